"""Whether anybody was told: messages to who can act, others in place of who cannot be told, and what reached whom.

Told means reached: an e-mail accepted for delivery to someone who can act, or the page opened (docs/adr/0035).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Least, TruncDate

from plumbline.flags import queries, rules
from plumbline.flags.kinds import kinds
from plumbline.flags.models import Flag, FlagFor, FlagState, Message
from plumbline.kernel.errors import NotAllowed
from plumbline.kernel.moments import PLACE, day_of
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import Child, Professional, User

# One at a time of what raises flags and tells of them, so that two at once cannot do the same twice.
_LOCK = 7_161_905_561

Line = tuple[Flag, FlagFor]
# Whom a line is put to, asked as queries.users_by_recipient answers.
Put = tuple[str, str, int | None]


def one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


@dataclass(slots=True)
class _Known:
    """The messages about these flags that were written before, by flag and user."""

    by_pair: Mapping[tuple[int, int], list[Message]]

    @classmethod
    def about(cls, flags: Iterable[int]) -> "_Known":
        found: dict[tuple[int, int], list[Message]] = defaultdict(list)
        asked = set(flags)
        told = Message.tells.through.objects.filter(flagfor__flag__in=asked).order_by("message_id")
        # A part of another is no message by itself: the whole tells the same lines.
        whole = Message.objects.exclude(state=Message.State.JOINED)
        messages = whole.filter(Q(flag__in=asked) | Q(tells__flag__in=asked)).in_bulk()
        pairs = {(message.flag_id, number) for number, message in messages.items()}
        pairs |= set(told.values_list("flagfor__flag", "message_id"))
        for flag_id, number in sorted(
            (flag_id, number) for flag_id, number in pairs if flag_id in asked and number in messages
        ):
            found[flag_id, messages[number].to_user_id or 0].append(messages[number])
        return cls(found)

    def of(self, flag: Flag, user: User) -> list[Message]:
        return list(self.by_pair.get((flag.pk, user.pk), ()))

    def refused(self, flag: Flag, user: User) -> bool:
        """Whether the address that they have now has refused what was written about it."""
        written = self.of(flag, user)
        return bool(written) and all(
            each.state == Message.State.FAILED and each.to_address == user.email for each in written
        )


@dataclass(slots=True)
class Told:
    """`stood_in`: lines of "for" for which someone else was told; `nobody`: those for which nobody could be."""

    messages: int = 0
    stood_in: int = 0
    nobody: int = 0
    _lines: list[Line] = field(default_factory=list)


def tell(lines: Sequence[Line], *, each_alone: bool, act: Act) -> Told:
    """Write to everybody these lines are put to, and to others in place of those who cannot be told.

    `each_alone`: a message a flag, as it is raised; else one message to each person about all of theirs. Kinds that are
    not told at once come with the day's digest. To be called with the lock held; a fixed number of queries, but for
    the lines that change.
    """
    done = Told()
    if not lines:
        return done
    known = _Known.about(flag.pk for flag, _ in lines)
    people = queries.users_by_recipient([_put(flag, row) for flag, row in lines], on=act.on)
    able = {row.pk: _able(flag, people[_put(flag, row)], known) for flag, row in lines}
    unable = [(flag, row) for flag, row in lines if not able[row.pk]]
    told_instead = _stand_in(unable, people, known, done, act=act)
    again = [row for flag, row in lines if able[row.pk] and row.unreached_because]
    for row in again:
        row.unreached_because, row.stood_in_by = "", ""
    FlagFor.objects.bulk_update(again, ["unreached_because", "stood_in_by"])
    _write(
        [*lines, *told_instead.lines],
        able | told_instead.able,
        told_instead.for_others,
        known,
        done,
        each_alone=each_alone,
        at=act.at,
    )
    _link_known(lines, able, known, on=act.on)
    return done


def _put(flag: Flag, row: FlagFor) -> Put:
    return row.recipient, row.team, flag.child_id


def _able(flag: Flag, users: Sequence[User], known: _Known) -> list[User]:
    return [user for user in users if not known.refused(flag, user)]


@dataclass(slots=True)
class _Instead:
    """Lines told in place of others: new ones of their own, and for each flag and user in whose place."""

    lines: list[Line] = field(default_factory=list)
    able: dict[int, list[User]] = field(default_factory=dict)
    for_others: set[tuple[int, int]] = field(default_factory=set)


def _stand_in(
    unable: Sequence[Line], people: Mapping[Put, Sequence[User]], known: _Known, done: Told, *, act: Act
) -> _Instead:
    """Who is told in place of these: said on each line, and put to them where it is not yet."""
    found = _Instead()
    if not unable:
        return found
    flags = {flag.pk: flag for flag, _ in unable}
    now_for = {
        (row.flag_id, row.recipient): row for row in FlagFor.objects.filter(flag__in=flags, to_at=None).order_by("pk")
    }
    why = _why_not(unable, people)
    teams = _teams(unable, now_for)
    restricted = set(
        Child.objects.filter(restricted=True, pk__in={f.child_id for f in flags.values()}).values_list("pk", flat=True)
    )
    chains = {
        row.pk: rules.stand_ins(row.recipient, team=teams.get(row.pk, ""), restricted=flag.child_id in restricted)
        for flag, row in unable
    }
    asked = {(name, team, flag.child_id) for flag, row in unable for name, team in chains[row.pk]}
    instead = queries.users_by_recipient(asked, on=act.on)
    new: list[FlagFor] = []
    changed = []
    for flag, row in unable:
        able: list[User] = []
        told = team = ""
        for told, team in chains[row.pk]:
            able = _able(flag, instead[told, team, flag.child_id], known)
            if able:
                break
        else:
            told = team = ""
        if (row.unreached_because, row.stood_in_by) != (why[row.pk], told):
            row.unreached_because, row.stood_in_by = why[row.pk], told
            changed.append(row)
            act.record(
                "flags.flag.reached_nobody",
                subject=flag,
                child_id=flag.child_id,
                because=f"{row.recipient} {why[row.pk]}",
                instead=told,
            )
        if not told:
            done.nobody += 1
            continue
        done.stood_in += 1
        found.for_others |= {(flag.pk, user.pk) for user in able}
        line = now_for.get((flag.pk, told))
        if line is None:
            line = FlagFor(
                flag=flag,
                recipient=told,
                team=team,
                why=rules.IN_PLACE,
                from_at=act.at,
                from_on=act.on,
                stands_in_for=row.recipient,
            )
            now_for[flag.pk, told] = line
            new.append(line)
    FlagFor.objects.bulk_update(changed, ["unreached_because", "stood_in_by"])
    FlagFor.objects.bulk_create(new)
    for line in new:
        flag = flags[line.flag_id]
        found.lines.append((flag, line))
        found.able[line.pk] = _able(flag, instead[line.recipient, line.team, flag.child_id], known)
    return found


def _why_not(unable: Sequence[Line], people: Mapping[Put, Sequence[User]]) -> dict[int, str]:
    """Why nobody can be told, of each line, as it is said after a name."""
    names = {row.recipient for _, row in unable if not row.recipient.startswith("role:")}
    accounts = {
        name: user
        for user in User.objects.filter(
            Q(professional__source_id__in=names) | Q(username__in={name.removeprefix("user:") for name in names})
        ).select_related("professional")
        for name in rules.names_of(user)
    }
    return {
        row.pk: rules.REFUSED
        if people[_put(flag, row)]
        else rules.why_not_told(row.recipient, accounts.get(row.recipient))
        for flag, row in unable
    }


def _teams(unable: Sequence[Line], now_for: Mapping[tuple[int, str], FlagFor]) -> dict[int, str]:
    """The team of each worker: of the flag's manager, else as the records have it."""
    names = {row.recipient for _, row in unable if not row.recipient.startswith("role:")}
    departments = dict(Professional.objects.filter(source_id__in=names).values_list("source_id", "department"))
    found = {}
    for flag, row in unable:
        manager = now_for.get((flag.pk, rules.MANAGER))
        found[row.pk] = manager.team if manager and manager.team else departments.get(row.recipient, "")
    return found


def _write(
    lines: Sequence[Line],
    able: Mapping[int, Sequence[User]],
    for_others: set[tuple[int, int]],
    known: _Known,
    done: Told,
    *,
    each_alone: bool,
    at: datetime,
) -> None:
    """The messages themselves: of a flag nothing is written to someone twice, whatever they are told as."""
    theirs: dict[User, dict[int, list[FlagFor]]] = defaultdict(lambda: defaultdict(list))
    flags = {flag.pk: flag for flag, _ in lines}
    keepers = set()
    for flag, row in lines:
        if not kinds()[flag.kind].at_once:
            continue
        for user in able[row.pk]:
            if not known.of(flag, user):
                theirs[user][flag.pk].append(row)
                if row.recipient == rules.KEEPERS_OF_ACCOUNTS:
                    keepers.add(user.pk)
    links: list[tuple[Message, list[FlagFor]]] = []
    for user, about in theirs.items():
        rows = [row for told in about.values() for row in told]
        if user.pk in keepers:
            links.append((message_to(user, rules.mail_nobody(sorted(about)), at=at), rows))
        elif each_alone or len(about) == 1:
            for number, told in about.items():
                flag = flags[number]
                words = rules.mail(
                    kinds()[flag.kind], number=number, due=flag.due_on, in_place=(number, user.pk) in for_others
                )
                links.append((message_to(user, words, flag=flag, at=at), told))
        else:
            links.append((message_to(user, rules.mail_of_many(sorted(about)), at=at), rows))
    Message.objects.bulk_create([message for message, _ in links])
    link([(message, row) for message, told in links for row in told])
    done.messages += len(links)


def link(told: Iterable[tuple[Message, FlagFor]]) -> None:
    """These lines are told by these messages."""
    through = Message.tells.through
    through.objects.bulk_create([through(message=message, flagfor=row) for message, row in told], ignore_conflicts=True)


def _link_known(lines: Sequence[Line], able: Mapping[int, Sequence[User]], known: _Known, *, on: date) -> None:
    """What was written about the flag to someone before tells the lines that came to them since."""
    told: list[tuple[Message, FlagFor]] = []
    reached: list[FlagFor] = []
    for flag, row in lines:
        for user in able[row.pk]:
            for message in known.of(flag, user):
                if message.state == Message.State.WAITING:
                    told.append((message, row))
                if message.state == Message.State.SENT and message.sent_at and row.reached_at is None:
                    row.reached_at = max(message.sent_at, row.from_at)
                    row.reached_on = max(day_of(message.sent_at, on=on), row.from_on)
                    row.reached_how = FlagFor.How.MAIL
                    reached.append(row)
    link(told)
    FlagFor.objects.bulk_update(reached, ["reached_at", "reached_on", "reached_how"])


def message_to(
    user: User, words: tuple[str, str], *, at: datetime, flag: Flag | None = None, event_no: int | None = None
) -> Message:
    """A message of this subject and body to someone, for the outbox; not saved."""
    subject, body = words
    return Message(
        to_user=user,
        to_address=user.email,
        subject=subject[:200],
        body=body,
        flag=flag,
        event_no=event_no,
        written_at=at,
        next_attempt_at=at,
    )


def write(user: User, words: tuple[str, str], *, at: datetime) -> bool:
    """Put a message to someone into the outbox; whether they have an address that it can go to."""
    if user.is_active and user.email:
        message_to(user, words, at=at).save()
        return True
    return False


# --- each minute and each night --------------------------------------------------------------------------------------


@operation
def tell_open(*, act: Act) -> Told:
    """Whatever of the open flags has reached nobody and is on no message that waits: told now to who has an account
    since, or else to others in their place. Messages refused at an address that was corrected since wait again. Can be
    run as often as one likes."""
    one_at_a_time()
    # What was read before it was kept whom a flag had reached.
    FlagFor.objects.filter(reached_at=None, acknowledged_at__isnull=False).update(
        reached_at=F("acknowledged_at"),
        reached_how=FlagFor.How.PAGE,
        reached_on=Least(Value(act.on), TruncDate("acknowledged_at", tzinfo=PLACE)),
    )
    _address_again(at=act.at)
    waiting = Message.tells.through.objects.filter(
        flagfor=OuterRef("pk"), message__state__in=[Message.State.WAITING, Message.State.SENT]
    )
    rows = (
        FlagFor.objects.filter(~Exists(waiting), flag__state=FlagState.OPEN, to_at=None, reached_at=None)
        .select_related("flag")
        .order_by("pk")
    )
    done = tell([(row.flag, row) for row in rows], each_alone=False, act=act)
    if done.messages:
        act.record("flags.open.told", messages=done.messages)
    return done


@operation
def join_messages(*, act: Act) -> int:
    """What one night wrote to one person becomes one message; what is urgent stays by itself. Returns how many
    messages were joined."""
    parts: dict[User, list[Message]] = defaultdict(list)
    written = (
        Message.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state=Message.State.WAITING, written_at=act.at, attempts=0, event_no=None)
        .select_related("to_user", "flag")
        .order_by("pk")
    )
    for message in written:
        if message.to_user and (message.flag is None or not rules.urgent(kinds()[message.flag.kind])):
            parts[message.to_user].append(message)
    several = {user: theirs for user, theirs in parts.items() if len(theirs) > 1}
    wholes = {
        user: message_to(
            user, rules.mail_of_the_night([(each.subject, each.body) for each in theirs], on=act.on), at=act.at
        )
        for user, theirs in several.items()
    }
    Message.objects.bulk_create(wholes.values())
    joined = []
    for user, theirs in several.items():
        for part in theirs:
            part.state, part.joined_into = Message.State.JOINED, wholes[user]
            joined.append(part)
    Message.objects.bulk_update(joined, ["state", "joined_into"], batch_size=1000)
    into = {part.pk: part.joined_into_id for part in joined}
    through = Message.tells.through
    told = through.objects.filter(message__in=into).values_list("message_id", "flagfor_id")
    through.objects.bulk_create(
        [through(message_id=into[part], flagfor_id=row) for part, row in told], ignore_conflicts=True
    )
    if joined:
        act.record("flags.messages.joined", parts=len(joined), messages=len(wholes))
    return len(joined)


def _address_again(*, at: datetime) -> None:
    refused = [Message.State.FAILED, Message.State.NOT_SENT]
    again = list(
        Message.objects.select_for_update(of=("self",))
        .filter(
            Q(flag__state=FlagState.OPEN) | Q(flag=None, tells__flag__state=FlagState.OPEN),
            state__in=refused,
            to_user__is_active=True,
        )
        .exclude(to_user__email="")
        .exclude(to_user__email=F("to_address"))
        .select_related("to_user")
        .order_by("pk")
    )
    for message in again:
        message.to_address = message.to_user.email if message.to_user else message.to_address
        message.state, message.attempts = Message.State.WAITING, 0
        message.written_at, message.next_attempt_at, message.error, message.refused_at = at, at, "", None
    Message.objects.bulk_update(
        again,
        ["state", "to_address", "attempts", "written_at", "next_attempt_at", "error", "refused_at"],
        batch_size=1000,
    )


@operation
def bounced(*, number: int, address: str, said: str, act: Act) -> bool:
    """A message that had been accepted came back: what it told has reached nobody, but who opened the page or got
    another. `tell_open` then tells others in their place, as for any that failed.

    False where it was not sent to this address: the person who can write to the mailbox can write a bounce.
    """
    one_at_a_time()
    message = (
        Message.objects.select_for_update(of=("self",))
        .filter(pk=number, to_address__iexact=address, state=Message.State.SENT)
        .first()
    )
    if message is None:
        return False
    message.state, message.sent_at, message.refused_at = Message.State.FAILED, None, act.at
    message.error = f"It came back: {said}"[:1000]
    message.save(update_fields=["state", "sent_at", "refused_at", "error"])
    other = Message.tells.through.objects.filter(flagfor=OuterRef("pk"), message__state=Message.State.SENT)
    FlagFor.objects.filter(~Exists(other), messages=message, reached_how=FlagFor.How.MAIL).update(
        reached_at=None, reached_on=None, reached_how=""
    )
    act.record("flags.message.bounced", subject=message, because=said[:300], to=message.to_user_id)
    return True


def accepted(message: Message, *, at: datetime, on: date) -> None:
    """The message was accepted for delivery: the lines that it tells are reached."""
    FlagFor.objects.filter(messages=message, reached_at=None).update(
        reached_at=at, reached_on=on, reached_how=FlagFor.How.MAIL
    )


@operation
def note_opened(*, flag_id: int, act: PersonalAct) -> int:
    """Someone opened a flag's page: the lines by which it is put to them are reached. Returns how many newly are."""
    act.check(Permission.FLAGS_VIEW)
    if not queries.flags_visible_to(act.by, on=act.on).filter(pk=flag_id).exists():
        raise NotAllowed(f"There is no flag {flag_id}.")
    rows = FlagFor.objects.select_for_update().filter(flag=flag_id, to_at=None, reached_at=None).order_by("pk")
    mine = [row.pk for row in rows if queries.is_for(row, act.by, on=act.on)]
    if not mine:
        return 0
    FlagFor.objects.filter(pk__in=mine).update(reached_at=act.at, reached_on=act.on, reached_how=FlagFor.How.PAGE)
    flag = Flag.objects.get(pk=flag_id)
    act.record("flags.flag.opened", subject=flag, child_id=flag.child_id)
    return len(mine)
