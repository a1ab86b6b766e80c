"""What open flags give people to do: to read them, to take the steps that follow, to settle what they tell of."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from plumbline.actions.flagging import KINDS as ACTION_KINDS
from plumbline.actions.models import Action
from plumbline.contracts.flagging_of_care import KINDS as CARE_KINDS
from plumbline.contracts.flagging_of_incidents import OF_INCIDENT, OVERDUE, REPORTED
from plumbline.contracts.queries.incidents import first_untold
from plumbline.contracts.rules.flags import KINDS as COLOUR_KINDS
from plumbline.flags import rules
from plumbline.flags.kinds import kinds
from plumbline.flags.models import Flag, FlagFor, FlagState, FlagStep
from plumbline.flags.queries import read_by
from plumbline.flags.rules import WORKER
from plumbline.kernel.duties import Duty, Gravity, Source, of_role, person, put_to
from plumbline.kernel.moments import end_of
from plumbline.ofsted.models import Setting
from plumbline.ofsted.wording import label
from plumbline.people import access
from plumbline.people.access import ROLES, Permission
from plumbline.people.models import NumberedChild, RoleHeld, Tie, User
from plumbline.people.queries import CHILD, holidays_from
from plumbline.placements.models import Leave, Stay

P = Permission
_NEAR = {"tied", "team", "placements", "all"}
# These are told of a restricted child as well, without saying who it is.
_OF_EVERY_CHILD = {"management_team", "head_of_service"}
# What has duties of its own, for those who may see or do it.
_ELSEWHERE: Mapping[str, Permission] = {
    **dict.fromkeys(COLOUR_KINDS, P.CONTRACTS_VIEW),
    **dict.fromkeys(CARE_KINDS, P.CONTRACTS_MANAGE),
    "check_late": P.MONTHLY_CHECK, "monthly_check_late": P.MONTHLY_CHECK,
}  # fmt: skip
# At the flag itself, of one that is to be read.
_READ_IT = "Say that you have read this, so that nobody has to chase you"
_GRAVITY = {1: Gravity.DANGER, 2: Gravity.UNSEEN, 3: Gravity.AGREED}


@dataclass(frozen=True, slots=True)
class _Hand:
    """As what someone has a flag: in which word of `whose`, what their roles permit, whether they know the child."""

    whose: str
    permits: frozenset[Permission]
    near: bool
    but: tuple[int, ...] = ()


def duties(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    flags = Flag.objects.filter(state=FlagState.OPEN)
    if keys is not None:
        flags = flags.filter(pk__in=keys)
    found = list(flags.order_by("pk"))
    known = _Known(found, on)
    for flag in found:
        late = known.late.get(flag.subject_id or 0)
        if flag.kind == REPORTED and late is not None:
            continue  # the same incident, and worse: someone was not told in time
        for line in known.lines[flag.pk]:
            for hand in known.hands(flag, line):
                yield from _of_line(flag, line, hand, known)
        for step in known.steps[flag.pk]:
            yield from _of_step(flag, step, known)


class _Known:
    """What is asked once for all flags."""

    def __init__(self, flags: list[Flag], on: date) -> None:
        self.on = on
        numbers = [flag.pk for flag in flags]
        self.lines: dict[int, list[FlagFor]] = defaultdict(list)
        for line in FlagFor.objects.filter(flag__in=numbers, to_at=None).order_by("pk"):
            self.lines[line.flag_id].append(line)
        self.steps: dict[int, list[FlagStep]] = defaultdict(list)
        owners: set[tuple[int, str]] = set()
        for step in FlagStep.objects.filter(flag__in=numbers, done_at=None).order_by("due_on", "pk"):
            if (step.flag_id, step.owner_role) not in owners:
                owners.add((step.flag_id, step.owner_role))
                self.steps[step.flag_id].append(step)
        self.holidays = holidays_from(on.replace(day=1) - timedelta(400))
        self.late = first_untold([flag.subject_id for flag in flags if flag.kind in OF_INCIDENT and flag.subject_id])
        overdue = Flag.objects.filter(state=FlagState.OPEN, kind=OVERDUE, subject_id__in=list(self.late))
        told = set(overdue.values_list("subject_id", flat=True))
        self.late = {pk: at for pk, at in self.late.items() if pk in told}
        children = {flag.child_id for flag in flags if flag.child_id}
        self.restricted = set(
            NumberedChild.objects.filter(pk__in=children, restricted=True).values_list("pk", flat=True)
        )
        self.tied: dict[int, set[int]] = defaultdict(set)
        ties = Tie.objects.filter(access.held_on(on), subject_type=CHILD, subject_id__in=children)
        for child, user in ties.values_list("subject_id", "user"):
            self.tied[child].add(user)
        actions = [flag.subject_id or 0 for flag in flags if flag.kind in ACTION_KINDS]
        self.owners = dict(Action.objects.filter(pk__in=actions).values_list("pk", "owner"))
        self._settings(flags)
        self._people()

    def _settings(self, flags: list[Flag]) -> None:
        def of(kind: str) -> list[int]:
            return [flag.subject_id for flag in flags if flag.subject_type == kind and flag.subject_id]

        self.places = {
            "placement": dict(Stay.objects.filter(pk__in=of("placement")).values_list("pk", "setting")),
            "exception": dict(Leave.objects.filter(pk__in=of("exception")).values_list("pk", "setting")),
            "setting": {pk: pk for pk in of("setting")},
        }
        numbers = {pk for found in self.places.values() for pk in found.values() if pk}
        self.settings = {
            setting.pk: label(setting)
            for setting in Setting.objects.only("name", "provision_type", "urn").filter(pk__in=numbers)
        }

    def _people(self) -> None:
        """The users meant by name, and the roles of everyone whose roles matter."""
        names = {line.recipient for lines in self.lines.values() for line in lines if ":" not in line.recipient}
        usernames = {
            line.recipient.removeprefix("user:")
            for lines in self.lines.values()
            for line in lines
            if line.recipient.startswith("user:")
        }
        self.users: dict[str, User] = {}
        known = User.objects.filter(is_active=True).select_related("professional")
        meant = known.filter(professional__source_id__in=names) | known.filter(username__in=usernames)
        for user in meant.order_by("pk"):
            for name in rules.names_of(user):
                self.users[name] = user
        everyone = {user.pk for user in self.users.values()} | {pk for tied in self.tied.values() for pk in tied}
        self.roles: dict[int, list[RoleHeld]] = defaultdict(list)
        held = RoleHeld.objects.filter(access.held_on(self.on), user__in=everyone, user__is_active=True)
        for each in held.order_by("pk"):
            self.roles[each.user_id].append(each)

    def setting_of(self, flag: Flag) -> int | None:
        return self.places.get(flag.subject_type, {}).get(flag.subject_id or 0)

    def person(self, user: int) -> _Hand:
        roles = [ROLES[held.role] for held in self.roles[user]]
        permits = frozenset[Permission]().union(*(role.permissions for role in roles))
        return _Hand(person(user, P.FLAGS_VIEW), permits, any(role.reach in _NEAR for role in roles))

    def hands(self, flag: Flag, line: FlagFor) -> Iterable[_Hand]:
        """Those to whom a line puts the flag, and who may see it."""
        owner = self.owners.get(flag.subject_id or 0) if flag.kind in ACTION_KINDS else None
        if not line.recipient.startswith("role:"):
            user = self.users.get(line.recipient)
            if user is not None and user.pk != owner:
                yield self.person(user.pk)
            return
        role = line.recipient.removeprefix("role:")
        if role not in ROLES:
            return
        tied = self.tied.get(flag.child_id or 0, set())
        if role == "reviewing_officer" and flag.child_id:
            officers = [user for user in sorted(tied) if self._holds(user, role, "")]
            if officers:
                yield from map(self.person, officers)
                return
        if flag.child_id in self.restricted and role not in _OF_EVERY_CHILD:
            yield from (self.person(user) for user in sorted(tied) if self._holds(user, role, line.team))
            return
        near = ROLES[role].reach in _NEAR
        for whose in put_to(role, line.team):
            yield _Hand(whose, ROLES[role].permissions, near, (owner,) if owner else ())

    def _holds(self, user: int, role: str, team: str) -> bool:
        return any(held.role == role and (not team or held.team in ("", team)) for held in self.roles[user])


def _of_line(flag: Flag, line: FlagFor, hand: _Hand, known: _Known) -> Iterable[Duty]:
    elsewhere = _ELSEWHERE.get(flag.kind)
    if P.FLAGS_VIEW not in hand.permits or (elsewhere is not None and elsewhere in hand.permits):
        return
    kind = kinds()[flag.kind]
    what = kind.label
    unread = line.acknowledged_at is None and P.FLAGS_ANSWER in hand.permits
    if flag.kind in OF_INCIDENT and P.INCIDENTS_MANAGE in hand.permits:
        # Late since someone was to be told, not since the flag is to be read.
        moments = (end_of(flag.due_on) if flag.due_on else None, known.late.get(flag.subject_id or 0))
        yield _duty(
            flag,
            hand,
            known,
            what,
            "Open the incident",
            min(filter(None, moments), default=None),
            place=f"incident {flag.subject_id}",
            matter=("incident", flag.subject_id or 0),
            here=_READ_IT if unread else "",
        )
        return
    if unread and hand.near:
        by = read_by(line, holidays=known.holidays)
        yield _duty(flag, hand, known, f"Read: {what[:1].lower()}{what[1:]}", "Open and read it", by, here=_READ_IT)
    elif unread or not kind.steps:
        here = _READ_IT if unread else ""
        if kind.settled_in is not None and kind.settled_in.needs in hand.permits:
            yield _duty(
                flag,
                hand,
                known,
                what,
                kind.settled_in.button,
                flag.due_on,
                place=kind.settled_in.place,
                many=kind.many,
                matter=(f"flags.{flag.kind}", 0),
                here=here,
            )
        else:
            yield _duty(flag, hand, known, what, "Open the flag", flag.due_on, many=kind.many, here=here)


def _of_step(flag: Flag, step: FlagStep, known: _Known) -> Iterable[Duty]:
    """Of a worker, where the flag is put to them by name; else of the person who holds the role and may answer."""
    if step.owner_role == WORKER:
        users = (known.users.get(line.recipient) for line in known.lines[flag.pk])
        hands = [known.person(user.pk) for user in users if user is not None and user.professional_id]
    elif step.owner_role in ROLES:
        role = ROLES[step.owner_role]
        hands = [_Hand(whose, role.permissions, role.reach in _NEAR) for whose in put_to(step.owner_role)]
    else:
        hands = []
    for hand in hands:
        if P.FLAGS_ANSWER in hand.permits:
            yield _duty(
                flag,
                hand,
                known,
                step.action,
                "Record the result",
                step.due_on,
                place=f"flag_step {flag.pk} {step.pk}",
                about=f"step {step.pk}",
                kind="flag_step",
                # The flag's page says why.
                here=step.action,
                # Who may take each of these steps in another's place, and sees every flag.
                known_to=of_role("head_of_service"),
            )


def _duty(
    flag: Flag,
    hand: _Hand,
    known: _Known,
    what: str,
    button: str,
    due: date | datetime | None,
    *,
    place: str = "",
    many: str = "",
    about: str = "",
    matter: tuple[str, int] | None = None,
    kind: str = "flag",
    here: str = "",
    known_to: str = "",
) -> Duty:
    setting = known.setting_of(flag)
    where = known.settings.get(setting or 0, flag.setting_urn)
    child = ""
    if flag.child_id is not None:
        number = f"Case {flag.subject_source_id}" if flag.subject_source_id else f"Case of flag {flag.pk}"
        number = "A child whose record is restricted" if flag.child_id in known.restricted else number
        child = f"{{child|{number}}}" if hand.near else ""
        # Who sees no child knows the case by its number.
        what = what if hand.near else f"{what}: {number[:1].lower()}{number[1:]}"
    if matter is None and flag.child_id is not None and hand.near:
        matter = ("child", flag.child_id)
    elif matter is None and setting is not None:
        matter = ("setting", setting)
    return Duty(
        kind=f"{kind}.{flag.kind}",
        subject=("flag", flag.pk),
        whose=hand.whose,
        about=about,
        but=hand.but,
        what=what,
        why=_first_sentences(flag.reason),
        deed=button,
        place=place or f"flag {flag.pk}",
        due=due,
        called=f"{child}, at {where}" if child and where else child or where,
        child=flag.child_id,
        many=many,
        here=here,
        known_to=known_to,
        gravity=_GRAVITY.get(flag.severity, Gravity.HOUSEKEEPING),
        key=flag.pk,
        matter=matter or (flag.subject_type, flag.subject_id or flag.pk),
    )


def _first_sentences(reason: str, number: int = 2) -> str:
    """The beginning of a reason; the flag's page says all of it."""
    sentences = reason.split(". ")
    return reason if len(sentences) <= number else ". ".join(sentences[:number]) + ". …"


def _of(kind: str, column: str) -> str:
    """The flags about a record of this kind that changed."""
    return (
        "select f.id as key from changed c join flags_flag f"
        f" on f.subject_type = '{kind}' and f.subject_id = c.{column} where f.state = 'open'"
    )


SOURCES = (
    Source(
        name="flags", of=duties,
        watched={
            # Of an incident, whether someone was told too late decides what its other flag gives to do.
            "flags_flag": "select id as key from changed union all select f.id from changed c join flags_flag f"
                          " on f.subject_type = 'incident' and f.subject_id = c.subject_id"
                          " where c.subject_type = 'incident'",
            "flags_flagfor": "select flag_id as key from changed",
            "flags_flagstep": "select flag_id as key from changed",
            "placements_placement": _of("placement", "id"),
            "placements_placementexception": _of("exception", "id"),
            "contracts_notification": _of("incident", "incident_id"),
            "contracts_newssent": "select f.id as key from changed c join contracts_incidentnews n on n.id = c.news_id"
                                  " join flags_flag f on f.subject_type = 'incident' and f.subject_id = n.incident_id"
                                  " where f.state = 'open'",
            "actions_action": _of("action", "id"),
            "people_tie": "select f.id as key from changed c join flags_flag f on f.child_id = c.subject_id"
                          " where c.subject_type = 'child' and f.state = 'open'",
            "people_child": "select f.id as key from changed c join flags_flag f on f.child_id = c.id"
                            " where f.state = 'open'",
            "people_roleheld": "", "people_user": "", "people_bankholiday": "",
        },
        only_when={"people_user": "update of professional_id, username, is_active"},
        # How a setting is called is said again by the night; later news of an incident comes with who is to be told.
        settled=frozenset({"ofsted_setting", "people_professional", "contracts_incidentnews"}),
    ),
)  # fmt: skip
