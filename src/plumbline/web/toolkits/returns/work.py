"""Returns that wait for one person: to be answered, put right, moderated or signed off."""

from collections.abc import Iterable
from datetime import date

from plumbline.audit.moments import shown
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.toolkits.due import overdue
from plumbline.toolkits.models import Return, ReturnState
from plumbline.toolkits.queries import returns as queries
from plumbline.web.kit import wording
from plumbline.web.kit.work_item import Item
from plumbline.web.toolkits.returns import words

# The list says of all of them; here stand those due first.
MOST = 25


def items(viewer: User, on: date) -> Iterable[Item]:
    to_answer = queries.with_progress(queries.to_answer(viewer, on=on), on=on)
    for answer_set in to_answer.order_by("due_on", "pk")[:MOST]:
        progress = f"{queries.progress(answer_set, on=on).sentence}."
        if answer_set.state == ReturnState.RETURNED:
            why = f"It was sent back: {answer_set.sent_back_because} {progress}"
            yield _item(answer_set, "Put right", why, "Put it right", due=answer_set.due_on, gravity=2)
        else:
            yield _item(answer_set, "Answer", progress, "Answer it", due=answer_set.due_on)
    if not may(viewer, Permission.FLAGS_VIEW, on=on):
        # Others who asked for a return have a flag.
        for answer_set in queries.with_progress(overdue(on).filter(requested_by=viewer), on=on).order_by(
            "due_on", "pk"
        ):
            why = f"You asked for it. {queries.progress(answer_set, on=on).sentence}."
            yield _item(answer_set, "Overdue", why, "Look at it", due=answer_set.due_on)
    for answer_set in queries.to_moderate(viewer, on=on).order_by("submitted_at", "pk")[:MOST]:
        yield _item(answer_set, "Moderate", _handed_in(answer_set), "Moderate it", "return_moderate")
    for answer_set in queries.to_sign_off(viewer, on=on).order_by("moderated_at", "pk")[:MOST]:
        yield _item(answer_set, "Sign off", "It is moderated.", "Read and sign off", "return_sign_off")


def _handed_in(answer_set: Return) -> str:
    again = "Handed in again" if answer_set.state == ReturnState.RESUBMITTED else "Handed in"
    return f"{again} on {wording.day(shown(answer_set.submitted_at))}." if answer_set.submitted_at else ""


def _item(
    answer_set: Return, what: str, why: str, button: str, route: str = "return", *, due: date | None = None,
    gravity: int = 3,
) -> Item:  # fmt: skip
    return Item(
        what=f"{what}: {answer_set.title}", whom=words.whose(answer_set), why=why, due=due, button=button,
        gravity=gravity, url=words.address(answer_set, route),
    )  # fmt: skip
