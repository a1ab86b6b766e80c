"""Flags as their readers may see them, with their steps and those they are put to."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from plumbline.flags import rules
from plumbline.flags.models import Flag, FlagFor, FlagState, FlagStep, Message, NumberedFlag
from plumbline.flags.rules import Recipient, names_of
from plumbline.kernel.periods import working_days_after
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import NumberedChild, Professional, RoleHeld, Tie, User
from plumbline.people.queries import CHILD

# They answer for every child that is placed: flags reach them of a restricted child, too, without saying who it is.
# The team by being told; the head of service, who decides for each child, no matter who was told.
_TOLD_OF_EVERY_CHILD = "role:management_team"
_DECIDES_FOR_EVERY_CHILD = "head_of_service"


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _NowFor(TypedDict):
        now_for: list[FlagFor]

    WithRecipients = WithAnnotations[Flag, _NowFor]

    class _Refusal(TypedDict):
        refused_at: datetime
        refused_because: str

    Refused = WithAnnotations[User, _Refusal]


def flags_visible_to(viewer: User, *, on: date) -> QuerySet[Flag]:
    """Flags put to the viewer or a role of theirs, and flags about children they reach. Nothing else exists."""
    if not access.may(viewer, Permission.FLAGS_VIEW, on=on):
        return Flag.objects.none()
    seen = Q(pk__in=_put_to(viewer, on=on).values("flag"))
    reach = access.reaches(viewer, on=on)
    if "placements" in reach:
        seen |= Q(subject_type__in=["placement", "setting", "exception"])
    if reach & {"tied", "team"}:
        about_own = Q(child_id__in=_tied_children(viewer, on=on))
        # Where a child is placed is social care's to know: a flag about it tells it.
        if not access.may(viewer, Permission.PLACEMENTS_VIEW, on=on):
            about_own &= ~Q(subject_type__in=["placement", "exception", "incident_child"])
        seen |= about_own
    allowed = Flag.objects.filter(seen)
    if _DECIDES_FOR_EVERY_CHILD in {held.role for held in access.current_roles(viewer, on=on)}:
        return allowed
    # A restricted child's flag exists for those tied to the child, for whom it is put to by name, and for those who
    # answer for every child.
    restricted = NumberedChild.objects.filter(restricted=True)
    by_name = FlagFor.objects.filter(recipient__in=names_of(viewer), to_at=None)
    keep = ~Q(child_id__in=restricted.values("pk")) | Q(child_id__in=_tied_children(viewer, on=on))
    keep |= Q(pk__in=by_name.values("flag"))
    keep |= Q(pk__in=_put_to(viewer, on=on).filter(recipient=_TOLD_OF_EVERY_CHILD).values("flag"))
    return allowed.filter(Q(child_id=None) | keep)


def flags_for(viewer: User, *, on: date) -> QuerySet[Flag]:
    """The open flags that are put to the viewer, by name or by role: what waits for them."""
    return flags_visible_to(viewer, on=on).filter(state=FlagState.OPEN, pk__in=_put_to(viewer, on=on).values("flag"))


def is_for(row: FlagFor, user: User, *, on: date) -> bool:
    """Whether this line of "for" is the user's own: their name, or a role they hold (of the team, if it has one)."""
    if not row.recipient.startswith("role:"):
        return row.recipient in names_of(user)
    role = row.recipient.removeprefix("role:")
    for held in access.current_roles(user, on=on):
        if role in (held.role, *access.ALSO_READ.get(held.role, ())) and (not row.team or held.team in ("", row.team)):
            return True
    return False


class Readers:
    """Who may read flags on a day: to put a flag to one of them by name. A fixed number of queries for all of it."""

    def __init__(self, on: date) -> None:
        self._may = frozenset(access.users_who_may(Permission.FLAGS_VIEW, on=on).values_list("pk", flat=True))

    def by_name(self, person: User | None, why: str) -> Recipient | None:
        """None for nobody, and for someone who has left or reads no flags: who then is told, the caller says.

        Reads the person's `professional`: select it where many are asked about.
        """
        return Recipient(names_of(person)[0], why) if person is not None and person.pk in self._may else None


def _put_to(viewer: User, *, on: date) -> QuerySet[FlagFor]:
    mine = Q(recipient__in=names_of(viewer))
    for held in access.current_roles(viewer, on=on):
        for role in (held.role, *access.ALSO_READ.get(held.role, ())):
            of_role = Q(recipient=f"role:{role}")
            if held.team:
                of_role &= Q(team__in=["", held.team])
            if role == "reviewing_officer":
                # The child's own reviewing officer; all of them where none is known, so that nobody is missed.
                of_role &= Q(flag__child_id__in=_tied_children(viewer, on=on)) | ~Q(
                    Exists(_officers(OuterRef("flag__child_id"), on))
                )
            mine |= of_role
    return FlagFor.objects.filter(mine, to_at=None)


def _officers(child_id: Any, on: date) -> QuerySet[Tie]:
    officers = RoleHeld.objects.filter(access.held_on(on), role="reviewing_officer")
    return Tie.objects.filter(
        access.held_on(on),
        subject_type=CHILD,
        subject_id=child_id,
        user__in=officers.values("user"),
    )


def _tied_children(viewer: User, *, on: date) -> QuerySet[Tie, Any]:
    return Tie.objects.filter(access.held_on(on), user=viewer, subject_type=CHILD).values("subject_id")


def users_by_recipient(
    wanted: Iterable[tuple[str, str, int | None]], *, on: date
) -> Mapping[tuple[str, str, int | None], tuple[User, ...]]:
    """Who signs in as each (recipient, team, child), can be written to and may read flags: a fixed number of queries.

    An administrator may not, and is told of accounts that are missing.
    """
    asked = set(wanted)
    active = User.objects.filter(is_active=True).exclude(email="")
    readers = access.users_who_may(Permission.FLAGS_VIEW, on=on).exclude(email="")
    by_name: dict[str, list[User]] = {}
    named = {name for name, _, _ in asked if not name.startswith("role:")}
    for user in (
        readers.filter(
            Q(professional__source_id__in=named) | Q(username__in={name.removeprefix("user:") for name in named})
        )
        .select_related("professional")
        .order_by("pk")
    ):
        for name in names_of(user):
            by_name.setdefault(name, []).append(user)
    roles = {name.removeprefix("role:") for name, _, _ in asked if name.startswith("role:")}
    holders: dict[str, list[RoleHeld]] = {}
    for held in (
        RoleHeld.objects.filter(access.held_on(on), role__in=roles, user__in=active)
        .select_related("user")
        .order_by("pk")
    ):
        holders.setdefault(held.role, []).append(held)
    officers: dict[int, set[int]] = {}
    if "reviewing_officer" in roles:
        ids = [held.user_id for held in holders.get("reviewing_officer", [])]
        for user_id, tied_to in Tie.objects.filter(access.held_on(on), user__in=ids, subject_type=CHILD).values_list(
            "user_id", "subject_id"
        ):
            officers.setdefault(tied_to, set()).add(user_id)
    found: dict[tuple[str, str, int | None], tuple[User, ...]] = {}
    for name, team, child_id in asked:
        if not name.startswith("role:"):
            found[name, team, child_id] = tuple(by_name.get(name, ()))
            continue
        role = name.removeprefix("role:")
        those = [held.user for held in holders.get(role, ()) if not team or held.team in ("", team)]
        if role == "reviewing_officer" and child_id in officers:
            those = [user for user in those if user.pk in officers[child_id]]
        found[name, team, child_id] = tuple(those)
    return found


def unreached() -> QuerySet[FlagFor]:
    """The lines of open flags that could be told to nobody they are put to; names and reasons, no case."""
    waiting = NumberedFlag.objects.filter(state=FlagState.OPEN).values("pk")
    return FlagFor.objects.filter(flag__in=waiting, to_at=None, reached_at=None).exclude(unreached_because="")


def messages_visible_to(viewer: User, *, on: date) -> QuerySet[Message]:
    """Every e-mail and what came of it, for those who manage users; their texts name no child."""
    if not access.may(viewer, Permission.USERS_MANAGE, on=on):
        return Message.objects.none()
    return Message.objects.select_related("to_user")


def refused_addresses(viewer: User, *, on: date) -> "QuerySet[Refused]":
    """Who can sign in and has an address that refused an e-mail, at once or by a bounce, until it is put right or takes
    one again: with `refused_at`, and `refused_because`, what was said last.

    The person who manages users puts it right and sees all, the head of service too; a team's manager sees the team's.
    """
    found = addresses_that_refused()
    if access.may(viewer, Permission.USERS_MANAGE, on=on):
        return found
    if not access.may(viewer, Permission.ACCOUNTS_MISSING, on=on):
        return found.none()
    held = [
        each
        for each in access.current_roles(viewer, on=on)
        if Permission.ACCOUNTS_MISSING in access.ROLES[each.role].permissions
    ]
    teams = {each.team for each in held}
    if "" in teams or any(each.role != "team_manager" for each in held):
        return found
    in_team = RoleHeld.objects.filter(access.held_on(on), team__in=teams).values("user")
    return found.filter(Q(professional__department__in=teams) | Q(pk__in=in_team)).exclude(pk=viewer.pk)


def addresses_that_refused() -> "QuerySet[Refused]":
    """The same for all."""
    failed = Message.objects.filter(
        refused_at__isnull=False, to_user=OuterRef("pk"), to_address=OuterRef("email")
    ).order_by("-refused_at", "-pk")
    later = Message.objects.filter(
        state=Message.State.SENT,
        to_user=OuterRef("to_user"),
        to_address=OuterRef("to_address"),
        sent_at__gt=OuterRef("refused_at"),
    )
    standing = failed.exclude(Exists(later))
    return (
        User.objects.filter(Exists(standing), is_active=True)
        .annotate(
            refused_at=Subquery(standing.values("refused_at")[:1]),
            refused_because=Subquery(standing.values("error")[:1]),
        )
        .order_by("name", "pk")
    )


def flags_json(*, only_open: bool = False, kind: str = "") -> list[dict[str, Any]]:
    """Every flag as `plumbline flags --json` answers, worst first; for the machine's administrator."""
    flags = Flag.objects.all()
    if only_open:
        flags = flags.filter(state=FlagState.OPEN)
    if kind:
        flags = flags.filter(kind=kind)
    now_for = Prefetch("recipients", FlagFor.objects.filter(to_at=None).order_by("pk"), to_attr="now_for")
    return [_as_json(flag) for flag in flags.prefetch_related(now_for).order_by("severity", "due_on", "pk")]


def _as_json(flag: "WithRecipients") -> dict[str, Any]:
    return {
        "id": flag.pk,
        "kind": flag.kind,
        "subject": {
            "type": flag.subject_type,
            "id": flag.subject_id,
            "source_id": flag.subject_source_id or None,
            "setting_urn": flag.setting_urn or None,
        },
        "for": [row.recipient for row in flag.now_for],
        "raised_at": flag.raised_at.isoformat(),
        "due_at": flag.due_on.isoformat() if flag.due_on else None,
        "state": flag.state,
        "reason": flag.reason,
        **({"closed_because": flag.closed_because} if flag.state == FlagState.CLOSED else {}),
    }


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


def workers_named(recipients: set[str]) -> dict[str, str]:
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
    return step.owner_role == rules.WORKER and any(is_for(row, viewer, on=on) for row in workers)


def unread_by(viewer: User, *, recipients: list[FlagFor], on: date) -> list[FlagFor]:
    """The lines by which the flag is put to the viewer and not acknowledged yet."""
    return [
        row for row in recipients if row.to_at is None and row.acknowledged_at is None and is_for(row, viewer, on=on)
    ]


def unread_flags(viewer: User, *, on: date) -> QuerySet[Flag]:
    """Open flags put to the viewer that neither they nor anyone of the same role has acknowledged."""
    return flags_for(viewer, on=on).filter(pk__in=list(put_to_viewer(viewer, on=on)))


def put_to_others(viewer: User, *, own: Collection[int], on: date) -> QuerySet[Flag]:
    """Open flags put to the viewer, and read, whose steps are all for someone else to do. `own`: those with a step of
    theirs."""
    return (
        flags_for(viewer, on=on)
        .filter(pk__in=FlagStep.objects.filter(done_at=None).values("flag"))
        .exclude(pk__in=own)
        .exclude(pk__in=unread_flags(viewer, on=on).values("pk"))
    )


def put_to_viewer(viewer: User, *, on: date) -> dict[int, FlagFor]:
    """The line by which each open flag is put to the viewer and unread, by the flag's number."""
    rows = FlagFor.objects.filter(flag__in=flags_for(viewer, on=on), to_at=None, acknowledged_at=None)
    return {row.flag_id: row for row in rows if is_for(row, viewer, on=on)}


def not_reached(viewer: User, *, on: date) -> list[FlagFor]:
    """The lines by which open flags are put to the viewer, of which no message and no page has told them yet."""
    rows = FlagFor.objects.filter(flag__in=flags_for(viewer, on=on), to_at=None, reached_at=None)
    return [row for row in rows if is_for(row, viewer, on=on)]


def read_by(row: FlagFor, *, holidays: frozenset[date]) -> date:
    """By which day a flag is to be read."""
    return working_days_after(row.from_on, rules.ACKNOWLEDGE_WITHIN, holidays)
