"""Recommending, approving, the notice and the standstill, the award, letters and promises."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.commissioning.models import Award, Bid, BidState, Promise, Tender
from plumbline.commissioning.operations import award as operations
from plumbline.commissioning.queries import evaluation as queries
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission, may
from plumbline.web.commissioning.evaluation.forms import Because, Letter, OnDay, PromiseMade, Recommend
from plumbline.web.commissioning.evaluation.moderating import standing_words
from plumbline.web.commissioning.tenders.frame import frame, of_tender
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, ask, pressed
from plumbline.web.kit.request import Request, acting

_S, _A = Tender.State, Award.State


@requires(Permission.TENDERS_VIEW)
def award(request: Request, pk: int) -> HttpResponseBase:
    """Where the award stands: what was recommended and why, what is next, letters, promises."""
    viewer, on = request.user, request.day
    tender, awards = queries.awards_seen(viewer, tender_id=pk, on=on)
    found = awards[0] if awards else None
    manages = may(viewer, Permission.TENDERS_MANAGE, on=on)
    approves = may(viewer, Permission.TENDERS_APPROVE, on=on)
    bids = list(
        tender.bids.select_related("supplier").exclude(state=BidState.WITHDRAWN).order_by("supplier__sort_key", "pk")
    )
    scored = queries.scored(tender)
    return render(
        request,
        "commissioning/evaluation/award.html",
        {
            **frame(request, tender, "award"),
            "award": found,
            "names": queries.suppliers_named(awards),
            "scored": scored,
            "standings": found.result.get("standings", []) if found else [],
            "tie": found.tie_decided if found else "",
            "letters": bids if found and found.approved_at and (manages or approves) else [],
            "winners": [
                {
                    "award": each,
                    "promises": list(queries.promises_of(each)),
                    "may_promise": manages and not queries.contract_begun(each),
                }
                for each in awards
            ],
            "may_award_at_once": found is not None
            and found.approved_at is not None
            and found.state == _A.RECOMMENDED
            and not tender.standstill_days
            and found.notice_on is None
            and (manages or approves),
            "may_take_back": found is not None and found.state != _A.AWARDED and (manages or approves),
            "cancelled": [
                {"names": queries.suppliers_named(each), "award": each[0]}
                for each in queries.recommendations_of(tender)
                if each[0].state == _A.CANCELLED
            ],
        },
    )


def _recommending(tender: Tender) -> str:
    return "Recommend one bid or several" if tender.kind == Tender.Kind.FRAMEWORK else "Recommend a bid"


def _seen(request: Request, pk: int) -> tuple[Tender, list[Award]]:
    """The tender and its standing awards: one at least."""
    tender, awards = queries.awards_seen(request.user, tender_id=pk, on=request.day)
    if not awards:
        raise NotAllowed(f"Tender {pk} has no award.")
    return tender, awards


def _back(pk: int) -> str:
    return reverse("tender_award", args=[pk])


@requires(Permission.TENDERS_MANAGE)
def recommend(request: Request, pk: int) -> HttpResponseBase:
    tender = queries.tender_managed(request.user, tender_id=pk, on=request.day)
    several = tender.kind == Tender.Kind.FRAMEWORK
    hints: dict[str, str] = {}
    tied = False
    if queries.scored(tender):
        seen = queries.scores_seen(request.user, tender_id=pk, on=request.day)
        found, _ = queries.result_or_why(seen, queries.board_of(seen))
        if found is None:
            # The page of the result says why there is none.
            return redirect("evaluation_result", pk)
        offered = [row for row in found.standings if row.rank is not None] if several else list(found.first)
        choices = [(str(row.bid), row.name) for row in offered]
        tied = any(row.tied_with for row in offered)
        rows = [standing_words(row, found) for row in found.standings]
        if several:
            hints = {str(row["bid"]): _ranked(row) for row in rows}
        # What is under a bid that can be ticked is not said twice.
        words = [f"{row['name']}: {_ranked(row).lower()}." for row in rows if not several or row["rank"] == ""]
        if tied and several:
            words.append("Some totals are equal. Where you recommend one of these bids and not another, say why.")
        elif tied:
            words.append("The highest total is a tie. The scores do not decide; you do, and say why.")
        if not choices:
            words.append("No bid is left. Abandon the tender.")
    else:
        choices = [(str(bid.pk), bid.supplier.name) for bid in queries.bids_to_score(tender)]
        words = [f"{tender.get_kind_display()}, without scores. {tender.direct_award_reason}"]
    form = Recommend(
        request.POST or None,
        choices=choices,
        hints=hints,
        tied=tied,
        several=several,
        initial={"bid": [choices[0][0]] if several else choices[0][0]} if len(choices) == 1 else {},
    )
    return ask(
        request,
        form,
        of_tender(
            tender,
            heading=_recommending(tender),
            button="Recommend these bids" if several else "Recommend this bid",
            about=words,
        ),
        do=lambda reason, tie_reason="", **_: operations.recommend(
            tender_id=pk, bid_ids=form.bids(), reason=reason, tie_reason=tie_reason, act=acting(request)
        ),
        done="Recommended. Someone else who may approve tenders approves it.",
        to=_back(pk),
    )


def _ranked(row: dict[str, Any]) -> str:
    return f"{row['word']}{', ' + row['total'] + ' points' if row['total'] else ''}"


@requires(Permission.TENDERS_APPROVE)
def approve(request: Request, pk: int) -> HttpResponseBase:
    tender, awards = _seen(request, pk)
    found, names = awards[0], queries.suppliers_named(awards)
    about = [f"{found.recommended_by} recommends {names}: {found.reason}"]
    if found.tie_decided:
        about.append(f"Totals were equal. How it was decided: {found.tie_decided}")
    about.append("With your approval the letters and assessment summaries to all bidders are drafted.")
    return ask(
        request,
        pressed(request),
        of_tender(
            tender,
            heading=f"Approve the award to {names}",
            button="Approve the award",
            about=about,
            back=_back(pk),
            links=[
                ("Read the evaluation report", reverse("evaluation_report", args=[pk])),
                ("Take the recommendation back", reverse("award_take_back", args=[pk])),
            ],
        ),
        do=partial(operations.approve_award, tender_id=pk, council=settings.COUNCIL, act=acting(request)),
        done="Approved. The letters to all bidders are drafted.",
        to=_back(pk),
    )


@requires(Permission.TENDERS_MANAGE, Permission.TENDERS_APPROVE)
def take_back(request: Request, pk: int) -> HttpResponseBase:
    tender, awards = _seen(request, pk)
    return ask(
        request,
        Because(request.POST or None, label="Why is it taken back?", hint="It is in the evaluation report."),
        of_tender(
            tender,
            heading=f"Take back the recommendation of {queries.suppliers_named(awards)}",
            button="Take it back",
            about="Letters that told of it are void and are drafted again.",
            kind="warning",
            back=_back(pk),
        ),
        do=partial(operations.cancel_recommendation, tender_id=pk, act=acting(request)),
        done="The recommendation is taken back.",
        to=_back(pk),
    )


@requires(Permission.TENDERS_MANAGE)
def notice(request: Request, pk: int) -> HttpResponseBase:
    return ask(
        request,
        OnDay(request.POST or None, label="On which day was it published?", initial={"day": request.day}),
        _of_award(
            request,
            pk,
            "The standstill begins with the notice, where the procedure has one.",
            heading="The contract award notice",
            button="Record that it is published",
        ),
        do=lambda day: operations.publish_notice(tender_id=pk, notice_on=day, act=acting(request)),
        done="The notice is recorded.",
        to=_back(pk),
    )


@requires(Permission.TENDERS_MANAGE, Permission.TENDERS_APPROVE)
def confirm(request: Request, pk: int) -> HttpResponseBase:
    return ask(
        request,
        OnDay(request.POST or None, label="On which day is it awarded?", initial={"day": request.day}),
        _of_award(
            request,
            pk,
            "The other bids are then unsuccessful. The award cannot be taken back.",
            "An award notice comes first, unless the contract is below the threshold or of a user’s own choice.",
            heading="Award the contract",
            button="Award the contract",
        ),
        do=lambda day: operations.confirm_award(tender_id=pk, awarded_on=day, act=acting(request)),
        done="The contract is awarded.",
        to=_back(pk),
    )


@requires(Permission.TENDERS_MANAGE)
def details(request: Request, pk: int) -> HttpResponseBase:
    return ask(
        request,
        OnDay(request.POST or None, label="On which day were they published?", initial={"day": request.day}),
        _of_award(request, pk, heading="The contract details", button="Record that they are published"),
        do=lambda day: operations.publish_details(tender_id=pk, published_on=day, act=acting(request)),
        done="The contract details are published.",
        to=_back(pk),
    )


def _of_award(request: Request, pk: int, *about: str, heading: str, button: str) -> Question:
    """A page with one form about the award of a tender, which says first for whom it is."""
    tender, awards = _seen(request, pk)
    whose = f"It is for {queries.suppliers_named(awards)}."
    return of_tender(tender, heading=heading, button=button, about=[whose, *about], back=_back(pk))


# --- letters --------------------------------------------------------------------------------------------------------


def _bid(request: Request, pk: int, bid_id: int) -> tuple[Tender, Bid]:
    tender, _ = _seen(request, pk)
    bid = tender.bids.select_related("supplier").filter(pk=bid_id).first()
    if bid is None:
        raise NotAllowed(f"There is no bid {bid_id}.")
    return tender, bid


@requires(Permission.TENDERS_MANAGE, Permission.TENDERS_APPROVE)
def letter(request: Request, pk: int, bid_id: int) -> HttpResponseBase:
    tender, bid = _bid(request, pk, bid_id)
    may_edit = may(request.user, Permission.TENDERS_MANAGE, on=request.day) and bid.letter_sent_on is None
    page = (
        "commissioning/evaluation/letter.html",
        {
            "tender": tender,
            "bid": bid,
            "back": _back(pk),
            "summary": queries.scored(tender) and bid.scores.exists(),
        },
    )
    if not may_edit or not bid.letter:
        return render(request, *page)
    return ask(
        request,
        Letter(request.POST or None, initial={"text": bid.letter}),
        page,
        do=partial(operations.edit_outcome_letter, bid_id=bid.pk, act=acting(request)),
        done="The letter is saved.",
        to=reverse("award_letter", args=[pk, bid_id]),
    )


@requires(Permission.TENDERS_MANAGE)
def letter_sent(request: Request, pk: int, bid_id: int) -> HttpResponseBase:
    tender, bid = _bid(request, pk, bid_id)
    return ask(
        request,
        OnDay(request.POST or None, label="On which day was it sent?", initial={"day": request.day}),
        of_tender(
            tender,
            heading=f"The letter to {bid.supplier.name} was sent",
            button="Record it as sent",
            about="It is not edited any more after that.",
            back=reverse("award_letter", args=[pk, bid_id]),
        ),
        do=lambda day: operations.send_outcome_letter(bid_id=bid.pk, sent_on=day, act=acting(request)),
        done=f"The letter to {bid.supplier.name} is recorded as sent.",
        to=_back(pk),
    )


# --- promises -------------------------------------------------------------------------------------------------------


@requires(Permission.TENDERS_MANAGE)
def promise(request: Request, pk: int, award_id: int) -> HttpResponseBase:
    tender, awards = _seen(request, pk)
    found = next((award for award in awards if award.pk == award_id), None)
    if found is None:
        raise NotAllowed(f"Tender {pk} has no award {award_id}.")
    return ask(
        request,
        PromiseMade(request.POST or None, titles=queries.titles_of(tender)),
        of_tender(
            tender,
            heading=f"What {found.bid.supplier.name} promised",
            button="Record the promise",
            about="Each promise becomes a commitment of the contract, which its quarterly meetings check.",
            back=_back(pk),
        ),
        do=partial(operations.record_promise, award_id=found.pk, act=acting(request)),
        done="The promise is recorded. It becomes a commitment of the contract.",
        to=_back(pk),
    )


@requires(Permission.TENDERS_MANAGE)
def drop(request: Request, pk: int, promise_id: int) -> HttpResponseBase:
    tender, awards = _seen(request, pk)
    known = Promise.objects.filter(award__in=awards, pk=promise_id).first()
    if known is None:
        raise NotAllowed(f"There is no promise {promise_id}.")
    return ask(
        request,
        Because(request.POST or None, label="Why does it go?"),
        of_tender(
            tender,
            heading="Take a promise away",
            button="Take it away",
            about=f"“{known.text}”",
            kind="warning",
            back=_back(pk),
        ),
        do=partial(operations.drop_promise, promise_id=promise_id, act=acting(request)),
        done="",
        to=_back(pk),
    )
