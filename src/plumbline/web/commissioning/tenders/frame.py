"""What every page of one tender has in common: its name and state, what is wrong, what is next, and its tabs.

A page of another area that belongs to a tender calls `frame` and extends "commissioning/tenders/frame.html", filling
block `tab`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse

from plumbline.commissioning.models import Bid, Tender
from plumbline.commissioning.queries import tenders as queries
from plumbline.commissioning.queries.waiting import facts_of
from plumbline.commissioning.rules import tender as rules
from plumbline.commissioning.rules.next_step import Step, next_step
from plumbline.contracts.models import Contract, ContractState
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.web.commissioning.tenders import words
from plumbline.web.kit import navigation, wording
from plumbline.web.kit.asking import Question
from plumbline.web.kit.request import Request

_S = Tender.State

# Tabs of this area, and those of others, shown once their page exists.
_TABS = (("", "Overview"), ("bids", "Bids"), ("stage1", "Stage 1"), ("evaluation", "Evaluation"), ("award", "Award"),
         ("implementation", "Implementation"), ("conflicts", "Conflicts"), ("history", "History"))  # fmt: skip
# Tabs of this area; others say themselves what is next.
_OURS = ("", "bids", "stage1", "conflicts", "history")
_AWARDED = {_S.AWARDED, _S.CONTRACT_DETAILS, _S.IMPLEMENTATION}
_AWARDING = {_S.RECOMMENDATION, _S.STANDSTILL} | _AWARDED
_FROM = {
    "evaluation": {_S.PUBLISHED, _S.CLOSED, _S.STAGE1, _S.EVALUATION, _S.MODERATION} | _AWARDING,
    "award": _AWARDING,
    "implementation": _AWARDED,
}


def frame(request: Request, tender: Tender, tab: str) -> dict[str, Any]:
    """The context of "commissioning/tenders/frame.html". `tab` is the key of the tab that is open."""
    viewer, on = request.user, request.day
    listed = queries.tenders_listed(viewer, on=on).get(pk=tender.pk)
    reads = may(viewer, Permission.TENDERS_VIEW, on=on)
    sees_all = queries.is_open(viewer, tender=tender, on=on)
    shown = _tabs(reads=reads, sees_all=sees_all, has_part=queries.has_part(viewer, tender=tender, on=on))
    return {
        "tender": tender,
        "kind": words.tender_kind(tender),
        "tab": tab,
        # Not the register alone, but who bids and what follows from it.
        "sees_all": sees_all,
        "tabs": [
            (label, reverse(f"tender_{key}" if key else "tender", args=[tender.pk]), key == tab)
            for key, label in _TABS
            if key in shown and _is_time_for(key, tender)
        ],
        "wrong": _wrong(tender, viewer, on=on) if reads else [],
        "wrong_title": "What is missing" if tender.state == _S.DRAFT else "What is wrong",
        "next": _not_here(next_of(viewer, listed, on=on), request.path) if tab in _OURS else None,
        "may_manage": may(viewer, Permission.TENDERS_MANAGE, on=on),
        "breadcrumbs": [("Tenders", reverse("tenders")), (tender.title, "")],
    }


def of_tender(tender: Tender, *, back: str = "", **said: Any) -> Question:
    """A page with one form about a tender. `back`: the page of it that it leads back to; else its first."""
    own = reverse("tender", args=[tender.pk])
    return Question(caption=tender.title, back=back or own, back_words="Back" if back else tender.title, **said)


def of_bid(bid: Bid, **said: Any) -> Question:
    """A page with one form about a bid, which leads back to it."""
    name = bid.supplier.name
    return Question(caption=name, back=words.bid_address(bid), back_words=name, **said)


def _not_here(step: dict[str, Any] | None, path: str) -> dict[str, Any] | None:
    """No button that leads to the page on which it stands."""
    return {**step, "url": "", "button": ""} if step and step["url"] == path else step


def _tabs(*, reads: bool, sees_all: bool, has_part: bool) -> frozenset[str]:
    """The tabs that the viewer may open: of the register, of its bids, of all that follows from them."""
    found = {""}
    if reads:
        found |= {"conflicts", "history"}
    if has_part:
        found |= {"bids", "evaluation"}
    if sees_all:
        found |= {"stage1", "award", "implementation"}
    return frozenset(found)


def _is_time_for(key: str, tender: Tender) -> bool:
    return key not in _FROM or (tender.state in _FROM[key] and navigation.page_exists(f"tender_{key}"))


def _wrong(tender: Tender, viewer: User, *, on: date) -> list[Any]:
    """What stands against a tender, in sentences; those about a draft lead to where it is mended."""
    found: list[Any] = []
    if tender.state == _S.ABANDONED:
        return [f"Abandoned: {tender.abandoned_because}"]
    if tender.state in (_S.DRAFT, _S.APPROVED):
        editing = may(viewer, Permission.TENDERS_MANAGE, on=on)
        back = queries.last_sent_back(tender) if tender.state == _S.DRAFT else None
        if back is not None:
            found.append(f"Sent back by {back.by_name}: {back.because}")
        for part, reason in rules.missing(queries.details_of(tender), on=on):
            url = reverse("tender_edit", args=[tender.pk, part]) if editing and tender.state == _S.DRAFT else ""
            found.append({"sentence": reason, "url": url, "link": "Mend it"})
    if tender.state in (_S.DRAFT, _S.APPROVED):
        found += rules.warnings(queries.details_of(tender), on=on)
    conflicts = queries.conflicts_of(viewer, tender=tender, on=on)
    undecided = [each.person for each in conflicts if each.decided_at is None]
    if undecided:
        found.append(f"Not decided yet: the conflict of interest of {', '.join(undecided)}.")
    if tender.state in (_S.CLOSED, _S.STAGE1, _S.EVALUATION, _S.MODERATION, _S.RECOMMENDATION):
        found += [
            f"{' and '.join(names)} were found to be one supplier: one of their bids is to be withdrawn."
            for names in queries.bids_of_one_supplier(tender)
        ]
    return found


def next_of(viewer: User, tender: "queries.ListedTender", *, on: date) -> dict[str, Any] | None:
    """What comes next for this viewer, as the arguments of `c-next-step`; `action`: its button is a form.

    `tender` is one of `queries.tenders_listed`, with its counts.
    """
    if may(viewer, Permission.TENDERS_APPROVE, on=on) and tender.state == _S.DRAFT and tender.approval_asked_at:
        return _step(
            "Read the tender, and approve it or send it back",
            "Read and decide",
            reverse("tender_approve", args=[tender.pk]),
        )
    if not may(viewer, Permission.TENDERS_MANAGE, on=on):
        return _of_evaluator(viewer, tender)
    step = step_of(tender, on=on)
    return _NEXT[step](tender, on) if step else None


def step_of(tender: Tender, *, on: date) -> Step | None:
    """The next step of the tender, no matter who looks (commissioning.rules.next_step)."""
    states = list(Contract.objects.filter(award__tender=tender).values_list("state", flat=True))
    live = bool(states) and ContractState.IMPLEMENTATION not in states
    return next_step(facts_of(tender, on=on, live=live), on=on)


def _step(what: str, button: str = "", url: str = "", *, due: str = "", post: bool = False) -> dict[str, Any]:
    return {"what": what, "button": button, "url": "" if post else url, "due": due, "action": url if post else ""}


def _drafting(tender: "queries.ListedTender", on: date) -> dict[str, Any]:
    missing = rules.missing(queries.details_of(tender), on=on)
    return _step("Complete the draft", "Go on with the draft", reverse("tender_edit", args=[tender.pk, missing[0][0]]))


def _approval(tender: "queries.ListedTender", on: date) -> dict[str, Any]:
    since = f", since {wording.day(tender.approval_asked_at)}" if tender.approval_asked_at else ""
    return _step(f"It waits for someone to approve it{since}.")


def _coming_in(tender: "queries.ListedTender", on: date) -> dict[str, Any]:
    due = wording.by_when(tender.bids_due_on, on) if tender.bids_due_on else ""
    return _step("Bids come in at the portal, sealed, until the end of the last day", due=due)


def _closing(tender: "queries.ListedTender", on: date) -> dict[str, Any]:
    address = reverse("tender_close", args=[tender.pk])
    if tender.kind == Tender.Kind.DIRECT_AWARD:
        return _step("The supplier’s papers are in: close the tender", "Close it", address, post=True)
    return _step(
        "The last day for bids has passed: close the tender, open the bids and enter them here",
        "Close it to bids",
        address,
        post=True,
    )


def _beginning(tender: "queries.ListedTender", on: date) -> dict[str, Any]:
    entered = wording.how_many(tender.bid_count, "bid is", "bids are")
    return _step(
        f"{entered} entered. When that is all of them, begin stage 1",
        "Begin stage 1",
        reverse("tender_begin_stage1", args=[tender.pk]),
        post=True,
    )


def _checking(tender: "queries.ListedTender", on: date) -> dict[str, Any]:
    due = tender.clarification_due
    return _step(
        f"Check {wording.how_many(tender.waiting, 'bid', 'bids')} against the criteria of stage 1",
        "Go to stage 1",
        reverse("tender_stage1", args=[tender.pk]),
        due=f"a bidder’s answer: {wording.by_when(due, on)}" if due else "",
    )


def _standing_still(tender: "queries.ListedTender", on: date) -> dict[str, Any]:
    until = tender.standstill_until
    return _step(
        f"The standstill lasts until the end of {wording.day(until)}." if until else "The standstill runs.",
        due=wording.by_when(until, on) if until else "",
    )


def _plain(what: str, button: str = "", route: str = "") -> "Callable[[queries.ListedTender, date], dict[str, Any]]":
    """A step whose words are the same for every tender."""
    return lambda tender, on: _step(what, button if route else "", reverse(route, args=[tender.pk]) if route else "")


def _of_evaluator(viewer: User, tender: Tender) -> dict[str, Any] | None:
    """For who scores the bids: to their own page, where they declare first."""
    theirs = tender.state in (_S.CLOSED, _S.STAGE1, _S.EVALUATION) and tender.evaluators.filter(user=viewer).exists()
    if not theirs or not navigation.page_exists("tender_evaluation"):
        return None
    return _step(
        "You evaluate this tender: declare your interests, and score each answer alone",
        "Go to your evaluation",
        reverse("tender_evaluation", args=[tender.pk]),
    )


_NEXT: Mapping[Step, "Callable[[queries.ListedTender, date], dict[str, Any]]"] = {
    Step.COMPLETE_DRAFT: _drafting,
    Step.ASK_APPROVAL: lambda tender, on: _step(
        "The draft is complete: put it to someone for approval", "Ask for approval",
        reverse("tender_ask_approval", args=[tender.pk]), post=True,
    ),
    Step.APPROVE: _approval,
    Step.PUBLISH: _plain("Publish it: the notice goes out on the central platform, and from then on the criteria and "
                         "questions stand", "Publish", "tender_publish"),
    Step.ENTER_PAPERS: _plain("Enter what the supplier sent", "Enter the supplier’s papers", "bid_new"),
    Step.WAIT_FOR_BIDS: _coming_in,
    Step.CLOSE: _closing,
    Step.ENTER_BIDS: _plain("Enter each bid as it was opened", "Enter a bid", "bid_new"),
    Step.BEGIN_STAGE1: _beginning,
    Step.DECIDE_STAGE1: _checking,
    Step.ABANDON: _plain("No bid passed stage 1. Send the letters, and abandon the tender", "Abandon the tender",
                         "tender_abandon"),
    Step.EVALUATE: _plain("Stage 1 is decided for every bid: go on to the evaluation", "Go to the evaluation",
                          "tender_evaluation"),
    Step.SCORE: _plain("The evaluators score, each alone", "See how far they are", "evaluation_board"),
    Step.OPEN_SCORES: _plain("Every evaluator has locked: open the scores", "Open the scores", "evaluation_open"),
    Step.MODERATE: _plain("Agree each score", "Go to the moderation", "evaluation_moderation"),
    Step.CLOSE_MODERATION: _plain("Every score is agreed: close the moderation", "Go to the moderation",
                                  "evaluation_moderation"),
    Step.RECOMMEND: _plain("Recommend a bid, and have it approved", "Recommend a bid", "award_recommend"),
    Step.APPROVE_AWARD: _plain("The recommendation waits for someone else to approve it.", "Go to the award",
                               "tender_award"),
    Step.SEND_LETTERS: _plain("Send every bidder their letter and assessment summary", "Go to the award",
                              "tender_award"),
    Step.PUBLISH_NOTICE: _plain("Every letter is sent: publish the award notice", "Record that it is published",
                                "award_notice"),
    Step.WAIT_STANDSTILL: _standing_still,
    Step.AWARD: _plain("Award the contract", "Award the contract", "award_confirm"),
    Step.PUBLISH_DETAILS: _plain("Publish the contract details", "Record that they are published", "award_details"),
    Step.MAKE_READY: _plain("Make the service ready", "Go to the implementation", "tender_implementation"),
}  # fmt: skip
