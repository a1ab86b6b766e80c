"""What waits for someone among the tenders up to stage 1, for "My work"; what comes after is the evaluation's."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from plumbline.commissioning.models import Tender
from plumbline.commissioning.queries import tenders as queries
from plumbline.commissioning.rules import tender as rules
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.web.commissioning.tenders.frame import next_of
from plumbline.web.kit import wording
from plumbline.web.kit.work_item import Item

_S = Tender.State
_MINE = (_S.DRAFT, _S.APPROVED, _S.PUBLISHED, _S.CLOSED, _S.STAGE1)


def items(viewer: User, on: date) -> Iterable[Item]:
    """For the lead commissioner each tender with what comes next, clarifications, conflicts and letters; for an
    approver the drafts that others put to them."""
    if may(viewer, Permission.TENDERS_MANAGE, on=on):
        yield from _led(viewer, on)
        yield from _clarifications(viewer, on)
        yield from _conflicts(viewer, on)
        yield from _letters(viewer, on)
    if may(viewer, Permission.TENDERS_APPROVE, on=on):
        yield from _to_approve(viewer, on)


def _led(viewer: User, on: date) -> Iterable[Item]:
    led = queries.tenders_listed(viewer, on=on).filter(lead_commissioner=viewer, state__in=_MINE)
    for tender in led.order_by("state_since", "pk"):
        step = next_of(viewer, tender, on=on)
        if step is None or not (step["url"] or step["action"]):
            continue  # it waits for others, or for a day
        back = queries.last_sent_back(tender) if tender.state == _S.DRAFT else None
        yield Item(
            what=f"{tender.title}: {_FIRST[_S(tender.state)]}",
            whom=f"{tender.get_state_display()} since {wording.day(tender.state_since)}, {tender.reference}",
            why=f"Sent back by {back.by_name}: {back.because}" if back else _why(tender, step["what"], on),
            due=_due(tender), button=step["button"] if step["url"] else "Open the tender",
            url=step["url"] or reverse("tender", args=[tender.pk]), gravity=3,
        )  # fmt: skip


_FIRST = {_S.DRAFT: "go on with the draft", _S.APPROVED: "publish it", _S.PUBLISHED: "close it to bids",
          _S.CLOSED: "enter the bids", _S.STAGE1: "stage 1"}  # fmt: skip


def _why(tender: Tender, what: str, on: date) -> str:
    """What is missing from a draft, the first of it; else what is next."""
    missing = rules.not_ready(queries.details_of(tender), on=on) if tender.state == _S.DRAFT else []
    return " ".join(missing[:2]) or what.rstrip(".") + "."


def _due(tender: Tender) -> date | None:
    return tender.bids_due_on if tender.state == _S.PUBLISHED else None


def _clarifications(viewer: User, on: date) -> Iterable[Item]:
    """What bidders were asked, once they answered or their day has passed."""
    asked = queries.clarifications(viewer, on=on).filter(bid__tender__lead_commissioner=viewer)
    titles: dict[int, dict[str, str]] = {}
    for each in asked:
        answered, due = each.clarification_answered_on is not None, each.clarification_due_on
        if not answered and due is not None and due >= on:
            continue
        tender = each.bid.tender
        if tender.pk not in titles:
            content = queries.stage1_asked(tender)
            titles[tender.pk] = {one.key: one.title for one in content.criteria} if content else {}
        yield Item(
            what=f"{each.bid.supplier.name}: decide after the clarification", whom=tender.title,
            why=f"{titles[tender.pk].get(each.criterion, each.criterion)}. "
                + ("The bidder has answered." if answered else "The day for the answer has passed."),
            due=due, button="Decide",
            url=reverse("bid_stage1", args=[each.bid_id, each.criterion]), gravity=3,
        )  # fmt: skip


def _conflicts(viewer: User, on: date) -> Iterable[Item]:
    for each in queries.conflicts_undecided(viewer, on=on).filter(tender__lead_commissioner=viewer):
        yield Item(
            what=f"Decide on the conflict of interest of {each.person}", whom=each.tender.title, why=each.conflict,
            due=None, button="Decide", url=reverse("tender_conflict", args=[each.tender_id, each.pk]), gravity=2,
        )  # fmt: skip


def _letters(viewer: User, on: date) -> Iterable[Item]:
    # What follows from the scores is written with the award.
    stopped = queries.letters_to_send(viewer, on=on).filter(tender__lead_commissioner=viewer)
    for bid in stopped.filter(tender__state__in=(*_MINE, _S.EVALUATION, _S.MODERATION)):
        yield Item(
            what=f"Send the letter to {bid.supplier.name}", whom=bid.tender.title, why=bid.stopped_because, due=None,
            button="Open the letter", url=reverse("bid_letter", args=[bid.pk]), gravity=4,
        )  # fmt: skip


def _to_approve(viewer: User, on: date) -> Iterable[Item]:
    waiting = queries.tenders_listed(viewer, on=on).filter(state=_S.DRAFT, approval_asked_at__isnull=False)
    for tender in waiting.exclude(approval_asked_by=viewer).order_by("approval_asked_at", "pk"):
        yield Item(
            what=f"May “{tender.title}” go out?", whom=f"{tender.get_kind_display()}, {tender.reference}",
            why=f"{tender.lead_commissioner} asks for your approval.", due=None, button="Read and decide",
            url=reverse("tender_approve", args=[tender.pk]), gravity=3,
        )  # fmt: skip
