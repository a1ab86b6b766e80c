"""What people and their roles give others to do: roles to confirm, attempts to look at, bank holidays to enter."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from urllib.parse import urlencode

from plumbline.audit.models import Event
from plumbline.audit.moments import shown
from plumbline.kernel.duties import BACK, Duty, Gravity, Source, news_since, permitted, person
from plumbline.kernel.moments import day_of, end_of
from plumbline.kernel.wording import day, how_many
from plumbline.people.access import ROLES, Permission
from plumbline.people.models import RoleAsked
from plumbline.people.queries import holidays_end

P = Permission
# How long an attempt to get in is news, in days.
_LATELY = 7
_SHUT_OUT = "people.sign_in.shut_out"


def of_roles(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Roles that someone asked for another person, for a third; and what became of them, for who asked."""
    for asked in RoleAsked.objects.select_related("user", "asked_by", "decided_by").order_by("asked_at", "pk"):
        label = ROLES[asked.role].label.lower()
        if asked.state == RoleAsked.State.ASKED:
            yield Duty(
                kind="role.confirm",
                subject=("role_asked", asked.pk),
                whose=permitted(P.USERS_CONFIRM),
                what=f"Confirm or decline a role: {label}",
                called=f"For {asked.user}",
                key=asked.pk,
                why=f"{asked.asked_by} asked for it on {day(day_of(asked.asked_at, on=on))}. It reaches children’s "
                "records, the trail or the powers of others, so it needs a second person.",
                deed="Confirm or decline",
                place="roles_asked",
                but=(asked.asked_by_id, asked.user_id),
            )
        elif asked.decided_at is not None and asked.decided_at > news_since(on):
            given = asked.state == RoleAsked.State.GIVEN
            yield Duty(
                kind=f"{BACK}role",
                subject=("role_asked", asked.pk),
                whose=person(asked.asked_by_id, P.USERS_MANAGE),
                about=asked.decided_at.isoformat(),
                what=f"{'Confirmed' if given else 'Declined'}: the role {label}",
                called=f"For {asked.user}",
                why=f"{asked.decided_by}, on {day(shown(asked.decided_at))}.",
                gravity=Gravity.HOUSEKEEPING,
                deed="See the person",
                place=f"user {asked.user_id}",
                key=asked.pk,
            )


def of_attempts(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """User names that were shut out of late, since someone may be guessing."""
    shut_out = Event.objects.filter(kind=_SHUT_OUT, at__gt=end_of(on - timedelta(_LATELY)))
    names = shut_out.values("subject_id").distinct().count()
    if names:
        yield Duty(
            kind="sign_in.shut_out",
            subject=("attempts", 0),
            whose=permitted(P.AUDIT_VIEW),
            gravity=Gravity.LAW,
            what=f"{how_many(names, 'user name was', 'user names were')} shut out after wrong passwords or codes",
            called=f"In the last {_LATELY} days",
            why="Someone may be guessing. See when, and ask the person whether it was they.",
            deed="See the attempts",
            place=f"governance ?{urlencode({'what': 'signed_in'})}",
        )


def of_holidays(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """A year before the list of bank holidays ends, since clocks that reach past it would run out too soon."""
    last = holidays_end()
    if last is None or last < on + timedelta(365):
        yield Duty(
            kind="holidays.enter",
            subject=("holidays", 0),
            whose=permitted(P.USERS_MANAGE),
            due=last,
            what="Enter the bank holidays to come",
            deed="Enter them",
            place="bank_holidays",
            why=f"The list ends on {day(last)}." if last else "No bank holiday is known.",
        )


SOURCES = (
    Source("roles", of_roles, {"people_roleasked": ""}, settled=frozenset({"people_user"})),
    Source("attempts", of_attempts, {"audit_event": ""},
           only_when={"audit_event": f"insert when (new.kind = '{_SHUT_OUT}')"}),
    Source("holidays", of_holidays, {"people_bankholiday": ""}),
)  # fmt: skip
