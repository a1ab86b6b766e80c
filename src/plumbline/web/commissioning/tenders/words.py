"""How tenders and bids are said: the looks of their states, and what happened, in words."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from plumbline.commissioning.models import Bid, BidState, Decision, ExclusionCheck, Tender
from plumbline.commissioning.rules import stage1

# As which kind of tag a state is drawn (web.templatetags.plumbline).
TENDER_KINDS: Mapping[str, str] = {
    "draft": "grey", "approved": "blue", "published": "blue", "closed": "blue", "stage1": "amber",
    "evaluation": "amber", "moderation": "amber", "recommendation": "amber", "standstill": "amber", "awarded": "green",
    "contract_details": "green", "implementation": "green", "abandoned": "grey",
}  # fmt: skip
BID_KINDS: Mapping[str, str] = {
    "received": "blue", "clarification": "amber", "passed": "green", "failed": "red", "disqualified": "red",
    "withdrawn": "grey", "recommended": "green", "successful": "green", "unsuccessful": "grey",
}  # fmt: skip
DECISION_KINDS: Mapping[str, str] = {
    "pass": "green", "fail": "red", "clarification": "amber", "not_applicable": "grey", "": "grey",
}  # fmt: skip
DECISIONS: Mapping[str, str] = {**dict(Decision.choices), "": "To decide"}

GROUNDS: Mapping[str, str] = dict(ExclusionCheck.Ground.choices)

# What happened, by the event's kind without its room. What is not here is said from its own words.
_EVENTS: Mapping[str, str] = {
    "tender.drafted": "The draft was begun",
    "tender.edited": "The draft was changed",
    "tender.approval_asked": "It was put to someone for approval",
    "tender.approved": "Approved to publish",
    "tender.sent_back": "Sent back to draft",
    "tender.published": "Published",
    "tender.extended": "Bidders were given more time",
    "tender.closed": "Closed to bids",
    "tender.stage1_begun": "Stage 1 began",
    "tender.abandoned": "Abandoned",
    "tender.handed_over": "Handed over to another lead",
    "notice.tied": "A published notice was found to be of this tender",
    "notice.untied": "A published notice was found not to be of this tender",
    "conflict.recorded": "A conflict of interest was recorded",
    "conflict.decided": "A conflict of interest was decided on",
    "bid.entered": "Bid entered",
    "bid.answers_entered": "Answers entered",
    "bid.paper_attached": "A paper was attached",
    "bid.paper_detached": "A paper was taken away",
    "bid.criterion_decided": "A criterion of stage 1 was decided",
    "bid.clarification_asked": "Clarification asked",
    "bid.clarification_answered": "Clarification answered",
    "bid.exclusion_checked": "Grounds for exclusion checked",
    "bid.passed": "Passed stage 1",
    "bid.stopped": "Stopped",
    "bid.withdrawn": "Withdrawn",
    "bid.letter_edited": "The letter was edited",
    "bid.letter_sent": "The letter was sent",
}


def tender_address(tender: Tender, section: str = "") -> str:
    return reverse(f"tender_{section}" if section else "tender", args=[tender.pk])


def bid_address(bid: Bid) -> str:
    return reverse("bid", args=[bid.pk])


def tender_kind(tender: Tender) -> str:
    return TENDER_KINDS[tender.state]


def bid_kind(bid: Bid) -> str:
    return BID_KINDS[bid.state]


def goes_on(bid: Bid) -> bool:
    return bid.state in (BidState.RECEIVED, BidState.CLARIFICATION)


def timeline_entry(event: Any, *, bids: Mapping[str, str], titles: Mapping[str, str]) -> dict[str, Any]:
    """One event as the timeline shows it. `bids`: whose bid it is; `titles`: criteria and questions by key."""
    kind = event.kind.removeprefix("commissioning.")
    what = _EVENTS.get(kind) or _from_its_words(kind)
    about = []
    if event.subject_type == Bid._meta.label_lower:
        about.append(bids.get(event.subject_id, ""))
    if event.data.get("criterion"):
        about.append(titles.get(event.data["criterion"], event.data["criterion"]))
    if kind == "bid.criterion_decided":
        about.append(DECISIONS.get(event.data.get("decision", ""), ""))
    if kind == "bid.exclusion_checked":
        about.append(stage1.GROUNDS.get(event.data.get("ground", ""), ""))
    if event.data.get("late"):
        about.append("late")
    said = ": ".join(part for part in (what, ", ".join(filter(None, about))) if part)
    return {"at": event.at, "who": event.by_name, "what": said, "detail": event.because}


def _from_its_words(kind: str) -> str:
    """ "award.notice_published" → "Award: notice published", for what other rooms of commissioning record."""
    thing, _, happened = kind.partition(".")
    return f"{thing.replace('_', ' ').capitalize()}: {happened.replace('_', ' ')}"
