"""The evaluator's own pages: declare, score one answer a page, lock. Nobody else's scores are anywhere on them."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.commissioning.models import Evaluator, Tender
from plumbline.commissioning.operations import evaluation as operations
from plumbline.commissioning.queries import evaluation as queries
from plumbline.commissioning.queries.evaluation import Cell, Sheet
from plumbline.commissioning.rules.scoring import plain
from plumbline.evidence import operations as evidence
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission, may
from plumbline.web.commissioning.evaluation import leading
from plumbline.web.commissioning.evaluation.forms import Declaration, Score, scores_of
from plumbline.web.evidence.files import answer_with
from plumbline.web.kit import duties
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask, pressed
from plumbline.web.kit.request import Request, acting

# A conflict that arises later is declared until the scores are settled.
_TELLS = queries.DECLARABLE | {Tender.State.MODERATION}


@requires(Permission.TENDERS_EVALUATE, Permission.TENDERS_VIEW)
def evaluation(request: Request, pk: int) -> HttpResponseBase:
    """An evaluator who has not locked: their own page. Everybody else who sees the tender: the board."""
    try:
        own = queries.evaluator_seen(request.user, tender_id=pk, on=request.day)
    except NotAllowed:
        own = None
    reads = may(request.user, Permission.TENDERS_VIEW, on=request.day)
    if own is not None and (own.locked_at is None or not reads):
        return _own_page(request, own)
    if not reads:
        raise Http404
    return leading.board_page(request, pk)


def _own_page(request: Request, own: Evaluator) -> HttpResponseBase:
    tender = own.tender
    why = queries.why_not_yet(own)
    waits = own.declared == Evaluator.Declared.CONFLICT and own.decided_at is None and not own.excluded
    context: dict[str, Any] = {
        "tender": tender, "evaluator": own, "why": why, "waits": waits,
        "may_declare": bool(why) and not waits and tender.state in queries.DECLARABLE,
        "begun": tender.state not in (Tender.State.CLOSED, Tender.State.STAGE1) and tender.state in queries.OPENED
        | {Tender.State.EVALUATION},
        "may_tell": not why and own.declared == Evaluator.Declared.NONE and tender.state in _TELLS,
        "scores_open": queries.are_open(tender) and own.locked_at is not None,
    }  # fmt: skip
    if not why and context["begun"]:
        sheet = queries.sheet_of(own)
        scoring = tender.state == Tender.State.EVALUATION and own.locked_at is None
        context |= {
            "sheet": sheet,
            "columns": ["Question", *(bid.supplier.name for bid in sheet.bids)],
            "rows": [_row(sheet, criterion, cells) for criterion, cells in sheet.rows],
            "total": len(sheet.cells),
            "scoring": scoring,
            "next": _next(request, tender, sheet) if scoring else None,
        }
    return render(request, "commissioning/evaluation/own.html", context)


def _next(request: Request, tender: Tender, sheet: Sheet) -> dict[str, Any] | None:
    buttons = {}
    if sheet.open:
        first = _args(tender.pk, sheet.open[0])
        buttons["tender.score"] = duties.Button("Score the next answer", "evaluation_score", args=first)
    return duties.next_of(request, ("tender", tender.pk), kinds=("tender.score", "tender.lock"), buttons=buttons)


def _row(sheet: Sheet, criterion: Any, cells: list[Cell]) -> dict[str, Any]:
    return {
        "heading": criterion.title,
        "cells": [
            {
                "label": cell.bid.supplier.name,
                "state": "grey" if cell.score is None else "green",
                "word": "To score" if cell.score is None else f"{plain(cell.score.score)}",
                "url": _address(sheet.evaluator.tender_id, cell),
                "hidden": f"{cell.bid.supplier.name}, {criterion.title}",
            }
            for cell in cells
        ],
    }


def _args(tender_id: int, cell: Cell) -> tuple[int | str, ...]:
    return tender_id, cell.bid.pk, cell.criterion.key


def _address(tender_id: int, cell: Cell) -> str:
    return reverse("evaluation_score", args=_args(tender_id, cell))


@requires(Permission.TENDERS_EVALUATE)
def declaration(request: Request, pk: int) -> HttpResponseBase:
    own = queries.evaluator_seen(request.user, tender_id=pk, on=request.day)
    again = not queries.why_not_yet(own)
    context = {
        "tender": own.tender,
        "bidders": queries.bidders_of(own.tender),
        "may_declare": own.tender.state in (_TELLS if own.declared != "not_yet" else queries.DECLARABLE),
        "again": again,
    }
    return ask(
        request,
        Declaration(request.POST or None, initial={"has_conflict": "yes"} if again else {}),
        ("commissioning/evaluation/declaration.html", context),
        do=lambda has_conflict, conflict: operations.declare(
            tender_id=pk, has_conflict=has_conflict == "yes", conflict=conflict, act=acting(request)
        ),
        done="Your declaration is recorded.",
        to=reverse("tender_evaluation", args=[pk]),
    )


@requires(Permission.TENDERS_EVALUATE)
def score(request: Request, pk: int, bid_id: int, question: str) -> HttpResponseBase:
    own, sheet, cell = _cell(request, pk, bid_id, question)
    asked = next(each for each in queries.questions_of(own.tender) if each.key == question)
    scoring = own.tender.state == Tender.State.EVALUATION and own.locked_at is None
    form = Score(
        request.POST if request.method == "POST" and scoring else None,
        choices=scores_of(asked, cell.criterion),
        initial=_kept(cell),
    )
    cells = sheet.cells
    context = {
        "tender": own.tender,
        "cell": cell,
        "bid": cell.bid,
        "criterion": cell.criterion,
        "weight": plain(asked.weight),
        "highest": plain(asked.highest),
        "minimum": plain(asked.minimum) if asked.minimum is not None else "",
        "answer": queries.answer_text(cell.bid, question),
        "papers": queries.papers_of(cell.bid, question),
        "at": cells.index(cell) + 1,
        "of": len(cells),
        "scoring": scoring,
    }

    def leads_to(_: object) -> str:
        following = queries.next_open(queries.sheet_of(own), after=cell)
        return _address(pk, following) if following else reverse("tender_evaluation", args=[pk])

    return ask(
        request,
        form,
        ("commissioning/evaluation/score.html", context),
        do=lambda comment, **_: operations.save_score(
            tender_id=pk, bid_id=bid_id, question=question, score=form.given(), comment=comment, act=acting(request)
        ),
        done=lambda _: f"Saved: {cell.bid.supplier.name}, {plain(form.given())}.",
        to=leads_to,
    )


def _kept(cell: Cell) -> dict[str, str]:
    return {"score": plain(cell.score.score), "comment": cell.score.comment} if cell.score else {}


def _cell(request: Request, pk: int, bid_id: int, question: str) -> tuple[Evaluator, Sheet, Cell]:
    own = queries.evaluator_seen(request.user, tender_id=pk, on=request.day)
    if own.tender.state not in queries.OPENED | {Tender.State.EVALUATION}:
        raise Http404
    sheet = queries.sheet_of(own)
    return own, sheet, queries.cell_of(sheet, bid_id=bid_id, question=question)


@requires(Permission.TENDERS_EVALUATE)
def lock(request: Request, pk: int) -> HttpResponseBase:
    own = queries.evaluator_seen(request.user, tender_id=pk, on=request.day)
    sheet = queries.sheet_of(own)
    context = {
        "tender": own.tender,
        "left": [(cell, _address(pk, cell)) for cell in sheet.open],
        "locked": own.locked_at,
        "rows": [(criterion, cells) for criterion, cells in sheet.rows],
    }
    return ask(
        request,
        pressed(request),
        ("commissioning/evaluation/lock.html", context),
        do=partial(operations.lock_scores, tender_id=pk, act=acting(request)),
        done="Your scores are locked. Nobody sees them before all evaluators have locked.",
        to=reverse("tender_evaluation", args=[pk]),
    )


@requires(Permission.TENDERS_EVALUATE)
def paper(request: Request, pk: int, paper_id: int) -> HttpResponseBase:
    """A paper of a bid, as a file, for the evaluator of the question that it answers; leaves a trace."""
    own = queries.evaluator_seen(request.user, tender_id=pk, on=request.day)
    document = queries.paper_to_read(own, paper_id=paper_id).document
    evidence.note_opened(document=document, act=acting(request))
    return answer_with(document)
