"""One flag opened: to whom it was put, its steps, and who may answer which."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from plumbline.flags import queries, rules
from plumbline.flags.models import Flag, FlagFor, FlagState, FlagStep
from plumbline.kernel.periods import working_days_after
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import Professional, User


def recipients_of(flag: Flag) -> list[FlagFor]:
    """Everyone a flag was ever put to, in the order of telling."""
    return list(flag.recipients.select_related("acknowledged_by").order_by("from_at", "pk"))


def now_for(flags: Iterable[Flag]) -> list[FlagFor]:
    """To whom any of these flags is put now, in the order of telling; each of them once, and closed flags left out."""
    open_flags = [flag.pk for flag in flags if flag.state == FlagState.OPEN]
    rows = FlagFor.objects.filter(flag__in=open_flags, to_at=None).order_by("from_at", "pk")
    return list({(row.recipient, row.team): row for row in rows}.values())


def steps_of(flag: Flag) -> list[FlagStep]:
    return list(flag.steps.select_related("done_by").order_by("due_on", "pk"))


def names_of(recipients: set[str]) -> dict[str, str]:
    """The names of workers by their source id, and of users by "user:…"."""
    names = dict(Professional.objects.filter(source_id__in=recipients).values_list("source_id", "name"))
    usernames = [each.removeprefix("user:") for each in recipients if each.startswith("user:")]
    for username, name in User.objects.filter(username__in=usernames).values_list("username", "name"):
        names[f"user:{username}"] = name
    return names


def may_answer(step: FlagStep, viewer: User, *, recipients: list[FlagFor], on: date) -> bool:
    """Whether the viewer may write this step's result. `recipients`: to whom the flag was put, or is put now."""
    if not access.may(viewer, Permission.FLAGS_ANSWER, on=on):
        return False
    roles = {held.role for held in access.current_roles(viewer, on=on)}
    # The head of service may stand in for anybody; a team manager for the team's workers, never for who decides.
    if roles & {step.owner_role, "head_of_service"} or (step.owner_role == rules.WORKER and "team_manager" in roles):
        return True
    workers = [row for row in recipients if row.to_at is None and not row.recipient.startswith("role:")]
    return step.owner_role == rules.WORKER and any(queries.is_for(row, viewer, on=on) for row in workers)


def unread_by(viewer: User, *, recipients: list[FlagFor], on: date) -> list[FlagFor]:
    """The lines by which the flag is put to the viewer and not acknowledged yet."""
    return [
        row
        for row in recipients
        if row.to_at is None and row.acknowledged_at is None and queries.is_for(row, viewer, on=on)
    ]


def unread_flags(viewer: User, *, on: date) -> QuerySet[Flag]:
    """Open flags put to the viewer that neither they nor anyone of the same role has acknowledged."""
    return queries.flags_for(viewer, on=on).filter(pk__in=list(put_to_viewer(viewer, on=on)))


def open_steps(viewer: User, *, on: date) -> QuerySet[FlagStep]:
    """The steps not done yet of the open flags that the viewer may see, soonest first."""
    flags = queries.flags_visible_to(viewer, on=on).filter(state=FlagState.OPEN)
    return FlagStep.objects.filter(flag__in=flags, done_at=None).select_related("flag").order_by("due_on", "pk")


def steps_for(viewer: User, *, on: date) -> QuerySet[FlagStep]:
    """Of these, the viewer's own to do: of a role they hold, or of the worker where the flag is put to them by name."""
    if not access.may(viewer, Permission.FLAGS_ANSWER, on=on):
        return FlagStep.objects.none()
    own = Q(owner_role__in={held.role for held in access.current_roles(viewer, on=on)})
    if viewer.professional:
        by_name = FlagFor.objects.filter(recipient__in=rules.names_of(viewer), to_at=None)
        own |= Q(owner_role=rules.WORKER, flag__in=by_name.values("flag"))
    return open_steps(viewer, on=on).filter(own)


def waiting_for_others(viewer: User, *, on: date) -> QuerySet[Flag]:
    """Open flags put to the viewer, and read, whose steps are all for someone else to do."""
    mine = queries.flags_for(viewer, on=on)
    others = FlagStep.objects.filter(done_at=None).values("flag")
    return (
        mine.filter(pk__in=others)
        .exclude(pk__in=steps_for(viewer, on=on).order_by().values("flag"))
        .exclude(pk__in=unread_flags(viewer, on=on).values("pk"))
    )


def put_to_viewer(viewer: User, *, on: date) -> dict[int, FlagFor]:
    """The line by which each open flag is put to the viewer and unread, by the flag's number."""
    rows = FlagFor.objects.filter(flag__in=queries.flags_for(viewer, on=on), to_at=None, acknowledged_at=None)
    return {row.flag_id: row for row in rows if queries.is_for(row, viewer, on=on)}


def not_reached(viewer: User, *, on: date) -> list[FlagFor]:
    """The lines by which open flags are put to the viewer, of which no message and no page has told them yet."""
    rows = FlagFor.objects.filter(flag__in=queries.flags_for(viewer, on=on), to_at=None, reached_at=None)
    return [row for row in rows if queries.is_for(row, viewer, on=on)]


def read_by(row: FlagFor, *, holidays: frozenset[date]) -> date:
    """By which day a flag is to be read."""
    return working_days_after(row.from_on, rules.ACKNOWLEDGE_WITHIN, holidays)
