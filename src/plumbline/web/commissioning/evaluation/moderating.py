"""Moderation: the locked scores beside each other, the meeting, the agreed scores, and the result."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.commissioning.models import Tender
from plumbline.commissioning.operations import evaluation as operations
from plumbline.commissioning.queries import evaluation as queries
from plumbline.commissioning.queries.evaluation import Moderated
from plumbline.commissioning.rules.scoring import Result, Standing, plain, rounded
from plumbline.kernel import wording
from plumbline.people.access import Permission, may
from plumbline.web.commissioning.evaluation.forms import Agree, Meeting, scores_of
from plumbline.web.commissioning.evaluation.leading import places
from plumbline.web.commissioning.tenders.frame import frame, next_of_tender, of_tender
from plumbline.web.kit import duties
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask, pressed
from plumbline.web.kit.request import Request, acting

_S = Tender.State


def _manages(request: Request) -> bool:
    return bool(may(request.user, Permission.TENDERS_MANAGE, on=request.day))


@requires(Permission.TENDERS_EVALUATE, Permission.TENDERS_VIEW)
def moderation(request: Request, pk: int) -> HttpResponseBase:
    tender = queries.scores_seen(request.user, tender_id=pk, on=request.day)
    moderating = tender.state == _S.MODERATION
    found = queries.board_of(tender, queries.bids_to_score(tender) if moderating else None)
    averaged = tender.method == Tender.Method.AVERAGE
    may_agree = moderating and not averaged and _manages(request)
    meetings = list(queries.meetings_of(tender))
    left = [] if averaged else found.open
    return render(
        request,
        "commissioning/evaluation/moderation.html",
        {
            **frame(request, tender, "evaluation"),
            "next": _next(request, tender, left, met=bool(meetings)) if moderating else None,
            "places": places(request, tender, "moderation"),
            "columns": ["Question", *(bid.supplier.name for bid in found.bids)],
            "rows": [
                {"heading": criterion.title, "cells": [_cell(tender, each, averaged=averaged) for each in cells]}
                for criterion, cells in found.rows
            ],
            "averaged": averaged,
            "meetings": meetings,
            "of": len(found.cells),
            "done": len(found.cells) - len(left),
            "may_meet": may_agree,
            "moderating": moderating,
        },
    )


def _next(request: Request, tender: Tender, left: Sequence[Moderated], *, met: bool) -> dict[str, Any] | None:
    """What is next, done on this very page: the meeting, the scores that are not agreed, closing."""
    agree = duties.Button("Record the meeting", "evaluation_meeting")
    if met and left:
        agree = duties.Button("Agree the next score", "evaluation_agree", args=_args(tender, left[0]))
    close = duties.Button("Close the moderation", "evaluation_close")
    steps = {"tender.moderate": agree, "tender.close_moderation": close}
    return duties.next_of(request, ("tender", tender.pk), kinds=tuple(steps), buttons=steps)


def _args(tender: Tender, cell: Moderated) -> tuple[int | str, ...]:
    return tender.pk, cell.bid.pk, cell.criterion.key


def _address(tender: Tender, cell: Moderated) -> str:
    return reverse("evaluation_agree", args=_args(tender, cell))


def _cell(tender: Tender, cell: Moderated, *, averaged: bool) -> dict[str, Any]:
    given = ", ".join(plain(each.score) for each in cell.given) or "none"
    if averaged:
        state, word = "blue", f"Average {plain(cell.average)}" if cell.average is not None else "not scored"
    elif cell.agreed is not None:
        state, word = "green", f"Agreed {plain(cell.agreed.score)}"
    else:
        state, word = ("amber", "To agree, they differ") if cell.differ else ("grey", "To agree, all alike")
    return {
        "label": cell.bid.supplier.name,
        "state": state,
        "word": word,
        "reason": f"Scores {given}",
        "url": _address(tender, cell),
    }


@requires(Permission.TENDERS_MANAGE)
def meeting(request: Request, pk: int) -> HttpResponseBase:
    tender = queries.scores_seen(request.user, tender_id=pk, on=request.day)
    present = ", ".join(each.user.called for each in queries.evaluators_of(tender) if not each.excluded)
    form = Meeting(
        request.POST or None,
        initial={"held_on": request.day, "chair": str(tender.lead_commissioner), "attendees": present},
    )
    address = reverse("evaluation_moderation", args=[pk])
    return ask(
        request,
        form,
        of_tender(tender, heading="The moderation meeting", button="Record the meeting", back=address),
        do=partial(operations.record_meeting, tender_id=pk, act=acting(request)),
        done="",
        to=address,
    )


@requires(Permission.TENDERS_EVALUATE, Permission.TENDERS_VIEW)
def agree(request: Request, pk: int, bid_id: int, question: str) -> HttpResponseBase:
    """One answer: what each gave and why, and the score agreed."""
    tender = queries.scores_seen(request.user, tender_id=pk, on=request.day)
    found = queries.board_of(tender)
    cell = queries.moderated_cell(found, bid_id=bid_id, question=question)
    asked = next(each for each in queries.questions_of(tender) if each.key == question)
    meetings = list(queries.meetings_of(tender))
    may_agree = (
        tender.state == _S.MODERATION
        and tender.method == Tender.Method.MODERATE
        and bool(meetings)
        and _manages(request)
    )
    context = {
        "tender": tender,
        "criterion": cell.criterion,
        "bid": cell.bid,
        "answer": queries.answer_text(cell.bid, question),
        "agreed": cell.agreed,
        "given": [{"who": each.evaluator, "score": plain(each.score), "comment": each.comment} for each in cell.given],
        "agreed_score": plain(cell.agreed.score) if cell.agreed else "",
        "minimum": plain(asked.minimum) if asked.minimum is not None else "",
        "highest": plain(asked.highest),
        "weight": plain(asked.weight),
    }
    page = ("commissioning/evaluation/agree.html", context)
    if not may_agree:
        return render(request, *page)
    beyond = plain(tender.reason_beyond)
    form = Agree(
        request.POST or None,
        choices=scores_of(asked, cell.criterion),
        initial=_kept(cell),
        reason_hint="Needed where the agreed score differs from anybody’s."
        if beyond == "0"
        else f"Needed where the agreed score lies further than {beyond} from anybody’s.",
    )

    def leads_to(_: object) -> str:
        left = queries.board_of(tender, queries.bids_to_score(tender)).open
        return _address(tender, left[0]) if left else reverse("evaluation_moderation", args=[pk])

    return ask(
        request,
        form,
        page,
        do=lambda score, discussion, reason: operations.agree_score(
            tender_id=pk,
            meeting_id=meetings[-1].pk,
            bid_id=bid_id,
            question=question,
            score=Decimal(score),
            discussion=discussion,
            reason=reason,
            act=acting(request),
        ),
        done=lambda _: f"Agreed: {cell.bid.supplier.name}, {form.cleaned_data['score']}.",
        to=leads_to,
    )


def _kept(cell: Moderated) -> dict[str, str]:
    """What was agreed before; where nothing was and all gave the same, that."""
    if cell.agreed:
        return {
            "score": plain(cell.agreed.score),
            "discussion": cell.agreed.discussion,
            "reason": cell.agreed.reason,
        }
    return {"score": plain(cell.given[0].score) if cell.given and not cell.differ else ""}


@requires(Permission.TENDERS_MANAGE)
def close(request: Request, pk: int) -> HttpResponseBase:
    tender = queries.scores_seen(request.user, tender_id=pk, on=request.day)
    found, why = queries.result_or_why(tender, queries.board_of(tender, queries.bids_to_score(tender)))
    about = [why]
    if found is not None:
        below = [f"{row.name} is disqualified: {' '.join(row.below)}" for row in found.standings if row.below]
        about = ["The scores are settled, and do not change any more.", *below]
    return ask(
        request,
        pressed(request),
        of_tender(
            tender,
            heading="Close the moderation",
            button="Close the moderation",
            about=about,
            back=reverse("evaluation_moderation", args=[pk]),
        ),
        do=partial(operations.close_moderation, tender_id=pk, act=acting(request)),
        done="The scores are settled.",
        to=reverse("evaluation_result", args=[pk]),
    )


@requires(Permission.TENDERS_EVALUATE, Permission.TENDERS_VIEW)
def result(request: Request, pk: int) -> HttpResponseBase:
    """Totals, ranks and ties, with every step of the arithmetic."""
    tender = queries.scores_seen(request.user, tender_id=pk, on=request.day)
    found, why = queries.result_or_why(tender, queries.board_of(tender))
    priced = found is not None and any(row.price_points is not None for row in found.standings)
    return render(
        request,
        "commissioning/evaluation/result.html",
        {
            **frame(request, tender, "evaluation"),
            "next": next_of_tender(request, tender),
            "places": places(request, tender, "result"),
            "found": found,
            "why": why,
            "priced": priced,
            "rows": [standing_words(row, found) for row in found.standings] if found else [],
            "points": [_points(row) for row in found.standings if row.answers] if found else [],
            "tie": bool(found and len(found.first) > 1),
        },
    )


def standing_words(row: Standing, found: Result) -> dict[str, Any]:
    return {
        "name": row.name,
        "rank": "" if row.rank is None else f"{row.rank}{', a tie' if row.tied_with else ''}",
        "kind": "red" if row.rank is None else "amber" if row.tied_with else "green" if row.rank == 1 else "grey",
        "word": "Disqualified" if row.rank is None else f"Rank {row.rank}{', tie' if row.tied_with else ''}",
        "quality": str(rounded(row.quality)),
        "quality_points": str(rounded(row.quality_points)),
        "price": "" if row.price is None else wording.money(row.price),
        "price_points": "" if row.price_points is None else str(rounded(row.price_points)),
        "total": "" if row.total is None else str(rounded(row.total, found.places)),
        "reasons": row.reasons,
        "bid": row.bid,
    }


def _points(row: Standing) -> dict[str, Any]:
    return {
        "name": row.name,
        "answers": [
            {
                "title": answer.question.title,
                "score": plain(answer.score),
                "of": plain(answer.question.highest),
                "weight": plain(answer.question.weight),
                "points": str(rounded(answer.points)),
                "below": bool(answer.below),
            }
            for answer in row.answers
        ],
        "quality": str(rounded(row.quality)),
    }
