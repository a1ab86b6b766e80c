"""What every page of one tender has in common: its name and state, what is wrong, what is next, and its tabs.

A page of another area that belongs to a tender calls `frame` and extends "tenders/frame.html", filling block `tab`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse

from plumbline.commissioning.models import Tender
from plumbline.commissioning.queries import tenders as queries
from plumbline.commissioning.rules import tender as rules
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.web import navigation, wording
from plumbline.web.request import Request
from plumbline.web.tenders import words

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
    """The context of "tenders/frame.html". `tab` is the key of the tab that is open."""
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
    conflicts = queries.conflicts_of(viewer, tender=tender, on=on)
    undecided = [each.person for each in conflicts if each.decided_at is None]
    if undecided:
        found.append(f"Not decided yet: the conflict of interest of {', '.join(undecided)}.")
    if tender.state in (_S.CLOSED, _S.STAGE1, _S.EVALUATION, _S.MODERATION, _S.RECOMMENDATION):
        found += [f"{' and '.join(names)} were found to be one supplier: one of their bids is to be withdrawn."
                  for names in queries.bids_of_one_supplier(tender)]  # fmt: skip
    return found


def next_of(viewer: User, tender: "queries.ListedTender", *, on: date) -> dict[str, Any] | None:
    """What comes next for this viewer, as the arguments of `c-next-step`; `action`: its button is a form.

    `tender` is one of `queries.tenders_listed`, with its counts.
    """
    if may(viewer, Permission.TENDERS_APPROVE, on=on) and tender.state == _S.DRAFT and tender.approval_asked_at:
        return _step("Read the tender, and approve it or send it back", "Read and decide",
                     reverse("tender_approve", args=[tender.pk]))  # fmt: skip
    if not may(viewer, Permission.TENDERS_MANAGE, on=on):
        return _of_evaluator(viewer, tender)
    return _NEXT.get(_S(tender.state), _later)(tender, on)


def _step(what: str, button: str = "", url: str = "", *, due: str = "", post: bool = False) -> dict[str, Any]:
    return {"what": what, "button": button, "url": "" if post else url, "due": due, "action": url if post else ""}


def _draft(tender: "queries.ListedTender", on: date) -> dict[str, Any]:
    if tender.approval_asked_at:
        return _step(f"It waits for somebody to approve it, since {wording.day(tender.approval_asked_at)}.")
    missing = rules.missing(queries.details_of(tender), on=on)
    if missing:
        return _step("Complete the draft", "Go on with the draft",
                     reverse("tender_edit", args=[tender.pk, missing[0][0]]))  # fmt: skip
    return _step("The draft is complete: put it to somebody for approval", "Ask for approval",
                 reverse("tender_ask_approval", args=[tender.pk]), post=True)  # fmt: skip


def _approved(tender: "queries.ListedTender", on: date) -> dict[str, Any]:
    return _step("Publish it: the notice goes out on the central platform, and from then on the criteria and questions "
                 "stand", "Publish", reverse("tender_publish", args=[tender.pk]))  # fmt: skip


def _published(tender: "queries.ListedTender", on: date) -> dict[str, Any]:
    if tender.kind == Tender.Kind.DIRECT_AWARD:
        if not tender.bid_count:
            return _step("Enter what the supplier sent", "Enter the supplier’s papers",
                         reverse("bid_new", args=[tender.pk]))  # fmt: skip
        return _step("The supplier’s papers are in: close the tender", "Close it",
                     reverse("tender_close", args=[tender.pk]), post=True)  # fmt: skip
    if tender.bids_due_on is not None and on <= tender.bids_due_on:
        return _step("Bids come in at the portal, sealed, until the end of the last day",
                     due=wording.by_when(tender.bids_due_on, on))  # fmt: skip
    return _step("The last day for bids has passed: close the tender, open the bids and enter them here",
                 "Close it to bids", reverse("tender_close", args=[tender.pk]), post=True)  # fmt: skip


def _closed(tender: "queries.ListedTender", on: date) -> dict[str, Any]:
    if not tender.bid_count:
        return _step("Enter each bid as it was opened", "Enter a bid", reverse("bid_new", args=[tender.pk]))
    entered = wording.how_many(tender.bid_count, "bid is", "bids are")
    return _step(f"{entered} entered. When that is all of them, begin stage 1", "Begin stage 1",
                 reverse("tender_begin_stage1", args=[tender.pk]), post=True)  # fmt: skip


def _stage1(tender: "queries.ListedTender", on: date) -> dict[str, Any]:
    waiting = tender.waiting
    if waiting:
        due = tender.clarification_due
        return _step(
            f"Check {wording.how_many(waiting, 'bid', 'bids')} against the criteria of stage 1",
            "Go to stage 1", reverse("tender_stage1", args=[tender.pk]),
            due=f"a bidder’s answer: {wording.by_when(due, on)}" if due else "",
        )  # fmt: skip
    if not tender.bids.filter(state="passed").exists():
        return _step("No bid passed stage 1. Send the letters, and abandon the tender", "Abandon the tender",
                     reverse("tender_abandon", args=[tender.pk]))  # fmt: skip
    if navigation.page_exists("tender_evaluation"):
        return _step("Stage 1 is decided for every bid: go on to the evaluation", "Go to the evaluation",
                     reverse("tender_evaluation", args=[tender.pk]))  # fmt: skip
    return _step("Stage 1 is decided for every bid.")


# What is next once bids are evaluated, and the page of it.
_LATER = {
    _S.EVALUATION: ("The evaluators score, each alone", "Go to the evaluation", "evaluation_board"),
    _S.MODERATION: ("Agree each score", "Go to the moderation", "evaluation_moderation"),
    _S.RECOMMENDATION: ("Recommend a bid, and have it approved", "Go to the award", "tender_award"),
    _S.STANDSTILL: ("The standstill runs; then award the contract", "Go to the award", "tender_award"),
    _S.AWARDED: ("Publish the contract details", "Go to the award", "tender_award"),
    _S.CONTRACT_DETAILS: ("Make the service ready", "Go to the implementation", "tender_implementation"),
    _S.IMPLEMENTATION: ("Make the service ready", "Go to the implementation", "tender_implementation"),
}


def _later(tender: "queries.ListedTender", on: date) -> dict[str, Any] | None:
    what, button, route = _LATER.get(_S(tender.state), ("", "", ""))
    return _step(what, button, reverse(route, args=[tender.pk])) if navigation.page_exists(route) else None


def _of_evaluator(viewer: User, tender: Tender) -> dict[str, Any] | None:
    """For who scores the bids: to their own page, where they declare first."""
    theirs = tender.state in (_S.CLOSED, _S.STAGE1, _S.EVALUATION) and tender.evaluators.filter(user=viewer).exists()
    if not theirs or not navigation.page_exists("tender_evaluation"):
        return None
    return _step("You evaluate this tender: declare your interests, and score each answer alone",
                 "Go to your evaluation", reverse("tender_evaluation", args=[tender.pk]))  # fmt: skip


_NEXT: Mapping[_S, "Callable[[queries.ListedTender, date], dict[str, Any] | None]"] = {
    _S.DRAFT: _draft,
    _S.APPROVED: _approved,
    _S.PUBLISHED: _published,
    _S.CLOSED: _closed,
    _S.STAGE1: _stage1,
}
