"""What Teams Around the Child give people to do: to audit, to ask for advice, to say what wordings mean."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db.models import Count, Min

from plumbline.earlyhelp.models import Tac
from plumbline.earlyhelp.queries import organisations_to_map, wordings_to_map
from plumbline.earlyhelp.rules import long_before
from plumbline.kernel.duties import Duty, Gravity, Source, permitted, person
from plumbline.kernel.wording import how_many
from plumbline.people import access
from plumbline.people.access import ROLES, Permission
from plumbline.people.models import RoleHeld, Tie
from plumbline.people.queries import TAC

P = Permission


def of_tacs(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """For each who works with TACs: those open to them to audit, until their day; and those that have been open for
    more than a year."""
    roles = [role.key for role in ROLES.values() if role.reach == "tied" and P.TACS_VIEW in role.permissions]
    work_so = RoleHeld.objects.filter(access.held_on(on), role__in=roles).values("user")
    ties = Tie.objects.filter(access.held_on(on), subject_type=TAC, user__in=work_so)
    if keys is not None:
        ties = ties.filter(user__in=keys)
    audits = ties.filter(why="audit").values("user").annotate(number=Count("pk"), until=Min("to_on"))
    for each in audits.exclude(until=None).order_by("user"):
        number = each["number"]
        yield _duty(
            each["user"],
            "audit",
            f"{how_many(number, '{tac} is', '{tacs} are')} open to you to audit",
            "Grade each by what its record shows.",
            "tacs",
            due=each["until"],
            gravity=Gravity.AGREED,
        )
    before = long_before(on)
    long = Tac.objects.filter(ended_on=None, started_on__lt=before)
    worked = ties.exclude(why="audit").filter(subject_id__in=long.values("pk"))
    day = before - timedelta(1)
    for user, number in worked.values_list("user").annotate(n=Count("subject_id", distinct=True)).order_by("user"):
        yield _duty(
            user,
            "long",
            f"{how_many(number, '{tac} has', '{tacs} have')} been open for more than a year",
            "Long help may be right. Ask your early help consultant for a second view of each.",
            f"tacs ?state=open&started_to={day.day}/{day.month}/{day.year}",
        )


def _duty(
    user: int,
    kind: str,
    what: str,
    why: str,
    place: str,
    *,
    due: date | None = None,
    gravity: Gravity = Gravity.HOUSEKEEPING,
) -> Duty:
    return Duty(
        kind=f"tacs.{kind}",
        subject=("tacs", user),
        whose=person(user, P.TACS_VIEW),
        what=what,
        why=why,
        due=due,
        matter=(f"tacs.{kind}", user),
        gravity=gravity,
        deed="See these {tacs}",
        place=place,
        key=user,
    )


def of_wordings(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """What the code lists and the register of organisations do not know yet."""
    for waiting, one, many, why, place in (
        (
            wordings_to_map(),
            "wording waits to be mapped",
            "wordings wait to be mapped",
            "Until then the outcomes of these {tacs} count as not recorded.",
            "queue_wording",
        ),
        (
            organisations_to_map(),
            "organisation waits to be mapped",
            "organisations wait to be mapped",
            "Until then it is not known of which sector the lead of these {tacs} is.",
            "queue_organisations",
        ),
    ):
        if waiting:
            tacs = how_many(sum(each.rows for each in waiting), "{tac}", "{tacs}")
            yield Duty(
                kind="lists.map",
                subject=(place, 0),
                whose=permitted(P.LISTS_MANAGE),
                called=f"On {tacs}",
                why=why,
                what=how_many(len(waiting), one, many),
                gravity=Gravity.HOUSEKEEPING,
                deed="Map them",
                place=place,
            )


SOURCES = (
    Source("tacs", of_tacs, {
        "people_tie": "select user_id as key from changed where subject_type = 'tac'",
        "earlyhelp_tac": "select t.user_id as key from changed c join people_tie t on t.subject_type = 'tac'"
                         " and t.subject_id = c.id",
        "people_roleheld": "select user_id as key from changed",
    }),
    Source("wordings", of_wordings, {
        "earlyhelp_tac": "select null::bigint as key from changed where lead_organisation_id is null"
                         " or ended_on is not null and closure_code = ''",
    }),
)  # fmt: skip
