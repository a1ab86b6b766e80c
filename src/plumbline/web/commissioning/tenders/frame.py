"""What every page of one tender has in common: its name and state, what is wrong, what is next, and its tabs.

A page of another area that belongs to a tender calls `frame` and extends "commissioning/tenders/frame.html", filling
block `tab`.
"""

from datetime import date
from typing import Any

from django.urls import reverse

from plumbline.commissioning.models import Bid, Tender
from plumbline.commissioning.queries import tenders as queries
from plumbline.commissioning.rules import tender as rules
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.web.commissioning.tenders import words
from plumbline.web.kit import duties, navigation
from plumbline.web.kit.asking import Question
from plumbline.web.kit.request import Request

_S = Tender.State

# Tabs of this area, and those of others, shown once their page exists.
_TABS = (("", "Overview"), ("bids", "Bids"), ("stage1", "Stage 1"), ("evaluation", "Evaluation"), ("award", "Award"),
         ("implementation", "Implementation"), ("conflicts", "Conflicts"), ("history", "History"))  # fmt: skip
# On the others each says itself what is next of its own work.
_OURS = ("", "bids", "stage1", "conflicts", "history", "award")
# Steps that are buttons of the tender's own page.
_BUTTONS = {
    "tender.next ask_approval": duties.Button("Ask for approval", "tender_ask_approval", sent=True),
    "tender.next close": duties.Button("Close it to bids", "tender_close", sent=True),
    "tender.next begin_stage1": duties.Button("Begin stage 1", "tender_begin_stage1", sent=True),
}
_BUTTONS_OF_DIRECT = {**_BUTTONS, "tender.next close": duties.Button("Close it", "tender_close", sent=True)}
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
        "next": next_of_tender(request, tender) if tab in _OURS else None,
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


def next_of_tender(request: Request, tender: Tender, **buttons: duties.Button) -> dict[str, Any] | None:
    """What is next. `buttons`: of steps that are done on this very page, by the step."""
    plans = [("plan", pk) for pk in tender.plans.order_by("pk").values_list("pk", flat=True)]
    own = _BUTTONS_OF_DIRECT if tender.kind == Tender.Kind.DIRECT_AWARD else _BUTTONS
    more = {f"tender.next {step}": button for step, button in buttons.items()}
    return duties.next_of(request, ("tender", tender.pk), *plans, buttons={**own, **more})


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
    """What is still wrong with a tender, in sentences; those about a draft lead to where it is mended."""
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
