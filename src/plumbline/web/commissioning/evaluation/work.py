"""What waits in evaluations, for "My work"."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from plumbline.commissioning.queries import waiting as waiting_queries
from plumbline.commissioning.queries.waiting import Waiting
from plumbline.people.models import User
from plumbline.web.kit import wording
from plumbline.web.kit.work_item import Item


def items(viewer: User, on: date) -> Iterable[Item]:
    """What the viewer has to declare, score, lock, decide, moderate, recommend, approve or award."""
    for waiting in (
        *waiting_queries.waiting_for_evaluator(viewer, on=on),
        *waiting_queries.waiting_for_commissioner(viewer, on=on),
        *waiting_queries.waiting_for_approver(viewer, on=on),
    ):
        yield _item(waiting)


# What to do, the button, and the page, by kind; the page is of the tender.
_WORDS = {
    "declare": ("Declare whether you have an interest in a bidder", "Declare", "evaluation_declaration"),
    "score": ("Score bids", "Go on scoring", "tender_evaluation"),
    "lock": ("Lock your scores", "Read them and lock", "evaluation_lock"),
    "decide_conflict": ("Decide on a declared conflict of interest", "Decide", "evaluation_decide"),
    "open_moderation": ("Open the scores: every evaluator has locked", "Open the scores", "evaluation_open"),
    "moderate": ("Moderate the scores", "Go to the moderation", "evaluation_moderation"),
    "close_moderation": (
        "Close the moderation: every score is agreed",
        "Go to the moderation",
        "evaluation_moderation",
    ),
    "letters": ("Send every bidder their letter", "Go to the award", "tender_award"),
    "recommend": ("Recommend a bid", "See the result", "award_recommend"),
    "approve": ("Approve a recommended award", "Read and decide", "award_approve"),
    "notice": ("Publish the award notice", "Go to the award", "tender_award"),
    "award": ("Award the contract", "Go to the award", "tender_award"),
    "details": ("Publish the contract details", "Go to the award", "tender_award"),
}


def _item(waiting: Waiting) -> Item:
    what, button, route = _WORDS[waiting.kind]
    address = [waiting.tender.pk, waiting.evaluator_id] if waiting.evaluator_id else [waiting.tender.pk]
    return Item(what=what, whom=waiting.tender.title, why=_why(waiting), due=waiting.due,
                url=reverse(route, args=address), button=button, gravity=2)  # fmt: skip


def _why(waiting: Waiting) -> str:
    if waiting.of:
        done = waiting.of - waiting.left
        return f"{wording.number(done)} of {wording.how_many(waiting.of, 'answer', 'answers')} done."
    if waiting.kind == "decide_conflict":
        return f"{waiting.who} declared one, and sees nothing until you decide."
    if waiting.kind == "approve":
        return f"Recommended: {waiting.who}."
    return ""
