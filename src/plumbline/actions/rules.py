"""What may be done with an action, and by whom: plain values in, a reason or nothing out."""

from dataclasses import dataclass
from datetime import date

from plumbline.kernel import wording

# Subjects by which a child would be known: their actions are seen by their owner and by who is tied to the record.
CHILD_SUBJECTS = frozenset({"child", "tac", "placement", "exception"})


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts: whether they own the action (in person, or for the organisation that does), did it, may raise actions,
    may verify them."""

    owns: bool
    did: bool
    raises: bool
    verifies: bool


def new(*, title: str, owned: bool, due_on: date, on: date) -> str:
    """Why an action cannot be raised so; "" where it can."""
    if not title.strip():
        return "Say what is to be done."
    if not owned:
        return "Say who is to do it: a person, an organisation, or both."
    if due_on < on:
        return f"{wording.day(due_on)} is past. Say by which day to come it is to be done."
    return ""


def may_work(hand: Hand) -> bool:
    """Begin it or report it done: its owner, or the person who raises actions and records what they were told."""
    return hand.owns or hand.raises


def may_check(hand: Hand) -> bool:
    """Verify it or send it back: someone other than the owner and than the person who reported it done."""
    return hand.verifies and not hand.owns and not hand.did


def why_not_check(hand: Hand) -> str:
    """Why these hands may not verify an action, in a sentence; "" where they may. A second person always does."""
    if hand.owns:
        return "The owner of an action cannot verify it. Ask someone else to look at it."
    if hand.did:
        return "Who reported an action done cannot verify it. Ask someone else to look at it."
    return "" if hand.verifies else "Verifying actions is not part of this role."


def may_change(hand: Hand) -> bool:
    """Move its day, hand it over: the person who raises actions."""
    return hand.raises


def may_cancel(hand: Hand) -> bool:
    """An owner who could cancel could get round being verified."""
    return hand.raises and not hand.owns


def moved(*, due_on: date, to: date, because: str, on: date) -> str:
    """Why a day cannot be moved so; "" where it can."""
    if to == due_on:
        return "That is the day on which it is due already."
    if to < on:
        return f"{wording.day(to)} is past."
    return "" if because.strip() else "Say why the day is moved."


def overdue_reason(*, number: int, title: str, subject: str, about_child: bool, owner: str, due_on: date) -> str:
    """The sentence of the flag. Of an action about a child it says the number only: flags are read by more people."""
    if about_child:
        return f"Action {number} was due on {wording.day(due_on)} and is not done."
    return f"“{title}” ({subject}) was due on {wording.day(due_on)} and is not done. Its owner is {owner}."


def told(*, critical: bool, about_child: bool) -> tuple[str, ...]:
    """The roles told of an overdue action; the owner has it at the top of their own work."""
    if about_child:
        return ("head_of_service",)
    return ("contract_officer", "head_of_service") if critical else ("contract_officer",)
