"""Who does something, when, and which day it is for them: one value, which every operation is given as `act`.

    def mark_done(*, action_id: int, act: Act) -> Action:
        act.check(Permission.ACTIONS_WORK)
        …
        act.record("actions.action.done", subject=action)

The ways in make it: a page by `acting(request)`, a command and the night by `ways_in`. Below them nobody asks the
clock. Decision record: docs/adr/0046.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from plumbline.audit import operations as audit
from plumbline.kernel.moments import moment
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User


@dataclass(frozen=True, slots=True)
class Act:
    """A person, or the machine (`by` is None: its administrator by a command, or the night), at a moment, on a day.
    An attempt to sign in is by nobody yet, and asks for no permission.

    `at` is always the real moment. `on` is the day that is taken for today, by which rules decide: in the
    demonstration it is another one than that of the moment (docs/adr/0034).
    """

    by: User | None
    at: datetime
    on: date

    def may(self, permission: Permission) -> bool:
        """Whether a role held on the day permits it; the machine's administrator may."""
        return self.by is None or access.may(self.by, permission, on=self.on)

    def check(self, permission: Permission) -> None:
        """Raise NotAllowed unless a role held on the day permits it; the machine's administrator may."""
        access.check(self.by, permission, on=self.on)

    def record(self, kind: str, **what: Any) -> None:
        """Leave the event of it, in the transaction that does it (`audit.operations.record` says what it takes)."""
        audit.record(kind, by=self.by, at=self.at, **what)

    @property
    def now(self) -> datetime:
        """The moment on the council's clocks: the time of day of `at`, on the day taken for today."""
        return moment(on=self.on, at=self.at)

    def of(self, day: date) -> Self:
        """The same, as of another day."""
        return replace(self, on=day)


@dataclass(frozen=True, slots=True)
class PersonalAct(Act):
    """What only a person does, never the machine: its event names the person who answers for it."""

    by: User
