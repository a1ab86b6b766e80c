"""How actions, their states and what they are about are called on pages."""

from datetime import date
from typing import Any

from plumbline.actions import queries
from plumbline.actions.models import Action, ActionState
from plumbline.actions.states import OUTSTANDING
from plumbline.kernel import wording
from plumbline.web.kit import subjects


def state_of(action: Action, on: date) -> tuple[str, str]:
    """The state's key for its tag, and the word."""
    if action.state in OUTSTANDING and action.due_on < on:
        return "overdue", "Overdue"
    return _LOOKS[action.state], ActionState(action.state).label


_LOOKS: dict[str, str] = {
    ActionState.OPEN: "grey", ActionState.IN_PROGRESS: "blue", ActionState.DONE: "amber",
    ActionState.SENT_BACK: "amber", ActionState.VERIFIED: "green", ActionState.CANCELLED: "grey",
}  # fmt: skip


def how_soon(action: Any, on: date) -> str:
    """ "3 days late", "tomorrow"; "" for what waits for nobody to do it."""
    if action.state not in OUTSTANDING:
        return ""
    return wording.how_soon(action.due_on, on)


def subject_address(action: Action) -> str:
    """Where the page of what it is about is; "" where it has none."""
    return subjects.address(action.subject_type, action.subject_id)


def owner(action: Action) -> str:
    return queries.owner_words(action)
