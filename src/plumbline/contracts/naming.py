"""Texts for wide reading hold no names, and no refusal tells whose name it found.

What is typed is compared only with names that its writer may see. Where there are others (a child whom the writer may
not see, staff named in an account that they may not read), or the writer has been refused often, nothing is compared:
the text is kept unseen, whatever it says, and someone who may see those names reads it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from plumbline.audit import operations as audit
from plumbline.audit.models import Event
from plumbline.contracts.queries import held
from plumbline.contracts.rules import incidents as rules
from plumbline.kernel.errors import RuleBroken
from plumbline.people.models import User

P = ParamSpec("P")
R = TypeVar("R")

REFUSED = "contracts.name.refused"
_CODES = frozenset({"names_somebody", "names_a_child"})
# So many refusals of one writer in an hour; then their texts are kept unseen.
MOST_REFUSALS = 5


@dataclass(frozen=True, slots=True)
class Names:
    """Names that a text may not hold: those that its writer may see, and whether there are others."""

    seen: Collection[str]
    unseen: bool


def watched(operation: Callable[P, R]) -> Callable[P, R]:
    """Leave an event of each refusal because of a name; outside the transaction that is undone by it."""

    @wraps(operation)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return operation(*args, **kwargs)
        except RuleBroken as refusal:
            if refusal.code in _CODES:
                about: Any = kwargs
                audit.record(REFUSED, by=about["by"], at=about["at"], what=operation.__name__)
            raise

    return run


def shown(text: str, names: Names, *, what: str, by: User | None, at: datetime) -> str:
    """The text as others may read it at once: as it is, or `held.HELD`. Raises RuleBroken where it holds a name that
    its writer may see."""
    if not text:
        return text
    if names.unseen or _often_refused(by, at=at):
        return held.HELD
    rules.check_nameless(text, names.seen, what=what)
    return text


def _often_refused(by: User | None, *, at: datetime) -> bool:
    if by is None:
        return False
    lately = Event.objects.filter(kind=REFUSED, by_id=by.pk, at__gt=at - timedelta(hours=1))
    return lately.count() >= MOST_REFUSALS
