"""Raising, passing on, answering, escalating and closing flags."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from plumbline.audit.models import Event
from plumbline.audit.moments import shown
from plumbline.flags import powers, queries, rules, telling
from plumbline.flags.kinds import kinds
from plumbline.flags.models import Flag, FlagFor, FlagState, FlagStep, Message
from plumbline.flags.rules import Recipient, Wanted
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.periods import working_days_after
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import User
from plumbline.people.queries import holidays_from


@dataclass(slots=True)
class Raised:
    """What a reconciliation changed, by kind; `passed_on`: open flags that came to someone else."""

    raised: dict[str, int] = field(default_factory=dict)
    closed: dict[str, int] = field(default_factory=dict)
    passed_on: int = 0

    def __bool__(self) -> bool:
        return bool(self.raised or self.closed or self.passed_on)


@operation
def reconcile(
    *,
    wanted: Sequence[Wanted],
    kinds: Collection[str],
    why_closed: Callable[[Sequence[Flag]], Mapping[int, str]],
    act: Act,
    subject: tuple[str, int] | None = None,
) -> Raised:
    """Make the open flags of `kinds` those that are wanted: raise, pass on to others, close.

    `why_closed` gives for each flag no longer wanted a sentence that says why. `subject` limits it to one subject.
    """
    telling.one_at_a_time()
    known = Flag.objects.filter(kind__in=kinds)
    if subject:
        known = known.filter(subject_type=subject[0], subject_id=subject[1])
    standing = {(flag.kind, flag.subject_type, flag.subject_id): flag for flag in known.filter(state=FlagState.OPEN)}
    should = {want.about: want for want in wanted}
    new = [want for about, want in should.items() if about not in standing]
    over = [flag for about, flag in standing.items() if about not in should]
    still = [(standing[about], want) for about, want in should.items() if about in standing]

    done = Raised(raised=_tally(want.kind for want in new), closed=_tally(flag.kind for flag in over))
    holidays = holidays_from(act.on)
    told = _raise(new, known=known, at=act.at, on=act.on, holidays=holidays)
    _close(over, why_closed(over) if over else {}, act=act)
    _say_again(still)
    passed = _pass_on(still, at=act.at, on=act.on)
    done.passed_on = len(passed)
    telling.tell([*told, *passed], each_alone=True, act=act)
    if done:
        act.record("flags.reconciled", raised=done.raised, closed=done.closed, passed_on=done.passed_on)
    return done


def _tally(kinds: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for kind in sorted(kinds):
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def _raise(
    new: Sequence[Wanted], *, known: QuerySet[Flag], at: datetime, on: date, holidays: frozenset[date]
) -> list[tuple[Flag, FlagFor]]:
    if not new:
        return []
    times = {
        (row["kind"], row["subject_type"], row["subject_id"]): row["times"]
        for row in known.values("kind", "subject_type", "subject_id").annotate(times=Count("pk")).order_by()
    }
    flags, recipients, steps = [], [], []
    for want in new:
        due_steps = rules.steps_of(kinds()[want.kind], learnt_on=on, holidays=holidays)
        number = times.get(want.about, 0) + 1
        flag = Flag(
            kind=want.kind,
            key=f"{want.kind}:{want.subject_type}:{want.subject_id}:{number}",
            subject_type=want.subject_type,
            subject_id=want.subject_id,
            subject_source_id=want.subject_source_id,
            setting_urn=want.setting_urn,
            child_id=want.child_id,
            reason=want.reason,
            severity=kinds()[want.kind].severity,
            raised_at=at,
            raised_on=on,
            due_on=want.due_on or rules.due_on(kinds()[want.kind], due_steps, learnt_on=on, holidays=holidays),
        )
        flags.append(flag)
        recipients += [_recipient(flag, to, at=at, on=on) for to in want.recipients]
        steps += [
            FlagStep(
                flag=flag,
                code=step.rule.code,
                action=step.rule.action,
                owner_role=step.rule.owner_role,
                due_on=step.due_on,
            )
            for step in due_steps
        ]
    Flag.objects.bulk_create(flags)
    rows: list[FlagFor | FlagStep] = [*recipients, *steps]
    for row in rows:
        # Assigned again now that it has a number: by the number alone it would be read from the database, one by one.
        row.flag = row.flag
    FlagFor.objects.bulk_create(recipients)
    FlagStep.objects.bulk_create(steps)
    return [(recipient.flag, recipient) for recipient in recipients]


def _recipient(flag: Flag, to: Recipient, *, at: datetime, on: date) -> FlagFor:
    return FlagFor(flag=flag, recipient=to.name, team=to.team, why=to.why, from_at=at, from_on=on)


def _close(over: Sequence[Flag], why: Mapping[int, str], *, act: Act) -> None:
    for flag in over:
        flag.state, flag.closed_at, flag.closed_because = FlagState.CLOSED, act.at, why[flag.pk]
        flag.closed_by_name = act.by.called if act.by else "the machine"
    Flag.objects.bulk_update(over, ["state", "closed_at", "closed_because", "closed_by_name"], batch_size=1000)


def _say_again(still: Sequence[tuple[Flag, Wanted]]) -> None:
    changed = []
    for flag, want in still:
        if (flag.reason, flag.setting_urn) != (want.reason, want.setting_urn):
            flag.reason, flag.setting_urn = want.reason, want.setting_urn
            changed.append(flag)
    Flag.objects.bulk_update(changed, ["reason", "setting_urn"], batch_size=1000)


def _pass_on(still: Sequence[tuple[Flag, Wanted]], *, at: datetime, on: date) -> list[tuple[Flag, FlagFor]]:
    """A changed worker gets the open flag; the former worker keeps having had it."""
    if not still:
        return []
    now_for: dict[int, dict[tuple[str, str], FlagFor]] = {flag.pk: {} for flag, _ in still}
    for row in FlagFor.objects.filter(flag__in=list(now_for), to_at=None, stands_in_for="").exclude(why=ESCALATED):
        now_for[row.flag_id][row.recipient, row.team] = row
    ended, begun = [], []
    unplaced = Q(pk__in=[])
    for flag, want in still:
        should = {(to.name, to.team): to for to in want.recipients}
        over = [row for name, row in now_for[flag.pk].items() if name not in should]
        ended += [row.pk for row in over]
        if over:
            unplaced |= Q(flag=flag, stands_in_for__in=[row.recipient for row in over])
        begun += [_recipient(flag, to, at=at, on=on) for name, to in should.items() if name not in now_for[flag.pk]]
    FlagFor.objects.filter(Q(pk__in=ended) | unplaced, to_at=None).update(to_at=at)
    # One who was only told because it was overdue, or in place of another, is now told in their own right.
    for row in begun:
        FlagFor.objects.filter(flag=row.flag, recipient=row.recipient, to_at=None).update(to_at=at)
    FlagFor.objects.bulk_create(begun)
    return [(row.flag, row) for row in begun]


ESCALATED = "told because it is overdue"


# --- answers -------------------------------------------------------------------------------------------------------


@operation
def acknowledge(*, flag_id: int, act: PersonalAct) -> Flag:
    """Say "I have read this". Raises NotAllowed unless the flag is for them, RuleBroken if it is closed."""
    flag = _open_flag(flag_id, act=act)
    mine = [row for row in flag.recipients.filter(to_at=None) if queries.is_for(row, act.by, on=act.on)]
    if not mine:
        raise NotAllowed(f"Flag {flag_id} is not for {act.by}.")
    FlagFor.objects.filter(pk__in=[row.pk for row in mine], acknowledged_at=None).update(
        acknowledged_at=act.at, acknowledged_by=act.by
    )
    FlagFor.objects.filter(pk__in=[row.pk for row in mine], reached_at=None).update(
        reached_at=act.at, reached_on=act.on, reached_how=FlagFor.How.PAGE
    )
    act.record("flags.flag.acknowledged", subject=flag, child_id=flag.child_id)
    return flag


@operation
def record_step_result(
    *,
    step_id: int,
    result: str,
    act: PersonalAct,
    seen_on: date | None = None,
    spoken_to: bool | None = None,
    decision: str = "",
) -> FlagStep:
    """The result of a step: what was found, when the child was seen, what was decided (codes: rules.DECISIONS).

    A step that comes again is put down for its next time. Raises RuleBroken where something that the step must say
    is missing, or it was done already; NotAllowed for the person who neither owns the step nor manages its owner.
    """
    step = FlagStep.objects.select_for_update().filter(pk=step_id).first()
    if step is None:
        raise NotAllowed(f"There is no step {step_id}.")
    flag = _open_flag(step.flag_id, act=act)
    now_for = list(flag.recipients.filter(to_at=None))
    if not queries.may_answer(step, act.by, recipients=now_for, on=act.on):
        raise NotAllowed(f"This step of flag {flag.pk} is for the {step.owner_role.replace('_', ' ')}.")
    if step.done_at:
        raise RuleBroken(f"This step was done on {wording.day(shown(step.done_at))}.", code="wrong_state")
    rule = rules.step_rule(kinds()[flag.kind], step.code)
    rules.check_result(rule, result=result, seen_on=seen_on, spoken_to=spoken_to, decision=decision, on=act.on)
    step.result, step.seen_on, step.spoken_to, step.decision = result.strip(), seen_on, spoken_to, decision
    step.done_at, step.done_by = act.at, act.by
    step.save(update_fields=["result", "seen_on", "spoken_to", "decision", "done_at", "done_by"])
    again = rules.next_time(rule, after=max(act.on, step.due_on), holidays=holidays_from(act.on))
    if again:
        FlagStep.objects.create(flag=flag, code=step.code, action=step.action, owner_role=step.owner_role, due_on=again)
    flag.due_on = flag.steps.filter(done_at=None).order_by("due_on", "pk").values_list("due_on", flat=True).first()
    flag.save(update_fields=["due_on"])
    act.record(
        "flags.step.done", subject=flag, child_id=flag.child_id, because=step.result, step=step.code, decision=decision
    )
    return step


@operation
def record_for_all(*, code: str, subject_type: str, subject_ids: Collection[int], result: str, act: PersonalAct) -> int:
    """One result for a step that concerns no single child, on every open flag about these subjects where it is still
    to be done; returns on how many. The caller has checked that `act.by` may: who records it may see none of the flags.
    """
    if not result.strip():
        raise RuleBroken("Say what was found.", code="missing_result")
    steps = list(
        FlagStep.objects.select_for_update(of=("self",))
        .filter(
            code=code,
            done_at=None,
            flag__state=FlagState.OPEN,
            flag__subject_type=subject_type,
            flag__subject_id__in=subject_ids,
        )
        .select_related("flag")
        .order_by("pk")
    )
    for step in steps:
        if rules.step_rule(kinds()[step.flag.kind], code).needs:
            raise RuleBroken("This step is about each child, and is answered for each.", code="wrong_step")
        step.result, step.done_at, step.done_by = result.strip(), act.at, act.by
    FlagStep.objects.bulk_update(steps, ["result", "done_at", "done_by"])
    left = FlagStep.objects.filter(flag=OuterRef("pk"), done_at=None).order_by("due_on", "pk")
    Flag.objects.filter(pk__in=[step.flag_id for step in steps]).update(due_on=Subquery(left.values("due_on")[:1]))
    for step in steps:
        act.record(
            "flags.step.done",
            subject=step.flag,
            child_id=step.flag.child_id,
            because=step.result,
            step=code,
            decision="",
        )
    return len(steps)


@operation
def close_flag(*, flag_id: int, because: str, still_so: bool, act: PersonalAct) -> Flag:
    """Close a flag by hand. `still_so`: what it says is still the case, by the room that raised it; then it stays."""
    flag = _open_flag(flag_id, act=act)
    if not because.strip():
        raise RuleBroken("Say why the flag can be closed.", code="missing_reason")
    if still_so:
        raise RuleBroken(
            f"What flag {flag_id} says is still so. It closes by itself when that changes: {flag.reason}",
            code="still_so",
        )
    _close([flag], {flag.pk: because.strip()}, act=act)
    act.record("flags.flag.closed", subject=flag, child_id=flag.child_id, because=because.strip())
    return flag


def _open_flag(flag_id: int, *, act: PersonalAct) -> Flag:
    act.check(Permission.FLAGS_ANSWER)
    flag = queries.flags_visible_to(act.by, on=act.on).filter(pk=flag_id).first()
    if flag is None:
        raise NotAllowed(f"There is no flag {flag_id}.")
    flag = Flag.objects.select_for_update().get(pk=flag_id)
    if flag.state != FlagState.OPEN:
        raise RuleBroken(f"Flag {flag_id} is closed: {flag.closed_because}", code="wrong_state")
    return flag


# --- what the night does ---------------------------------------------------------------------------------------------


@operation
def escalate_overdue(*, act: Act) -> int:
    """Tell the manager of who has not read a flag in time, and the head of service of steps not done in time.

    Each is told of each thing once. Returns how many were escalated.
    """
    holidays = holidays_from(act.on.replace(year=act.on.year - 1, day=1))
    # No clock of one working day is over on the day it started.
    unread = (
        FlagFor.objects.select_for_update(of=("self",))
        .filter(flag__state=FlagState.OPEN, to_at=None, acknowledged_at=None, escalated_at=None, from_on__lt=act.on)
        .exclude(recipient__startswith="role:")
        .select_related("flag")
        .order_by("pk")
    )
    late = [
        row
        for row in unread
        if kinds()[row.flag.kind].at_once
        and working_days_after(row.from_on, rules.ACKNOWLEDGE_WITHIN, holidays) < act.on
    ]
    teams = dict(
        FlagFor.objects.filter(
            flag__in=[row.flag_id for row in late], recipient="role:team_manager", to_at=None
        ).values_list("flag_id", "team")
    )
    told: list[tuple[Flag, str, str, str]] = []
    for row in late:
        row.escalated_at, row.escalated_to = act.at, "role:team_manager"
        told.append((row.flag, "role:team_manager", teams.get(row.flag_id, ""), "not read in time by its worker"))
    FlagFor.objects.bulk_update(late, ["escalated_at", "escalated_to"])

    steps = list(
        FlagStep.objects.select_for_update(of=("self",))
        .filter(flag__state=FlagState.OPEN, done_at=None, escalated_at=None, due_on__lt=act.on)
        .select_related("flag")
        .order_by("pk")
    )
    for step in steps:
        step.escalated_at = act.at
        told.append((step.flag, f"role:{rules.ESCALATES_TO}", "", step.action))
    FlagStep.objects.bulk_update(steps, ["escalated_at"])
    FlagFor.objects.bulk_create(
        [
            FlagFor(flag=flag, recipient=recipient, team=team, why=ESCALATED, from_at=act.at, from_on=act.on)
            for flag, recipient, team, _ in told
        ],
        ignore_conflicts=True,
    )
    _write_of_overdue(told, at=act.at, on=act.on)
    for flag, recipient, _, what in told:
        act.record("flags.flag.escalated", subject=flag, child_id=flag.child_id, because=what, to=recipient)
    return len(told)


def _write_of_overdue(told: Sequence[tuple[Flag, str, str, str]], *, at: datetime, on: date) -> None:
    """One message to each person about all that is overdue and comes to them now."""
    people = queries.users_by_recipient([(recipient, team, flag.child_id) for flag, recipient, team, _ in told], on=on)
    rows = {
        (row.flag_id, row.recipient): row
        for row in FlagFor.objects.filter(flag__in={flag.pk for flag, *_ in told}, to_at=None)
    }
    theirs: dict[User, list[tuple[Flag, str, FlagFor]]] = {}
    for flag, recipient, team, what in told:
        for user in people[recipient, team, flag.child_id]:
            theirs.setdefault(user, []).append((flag, what, rows[flag.pk, recipient]))
    messages = []
    for user, about in theirs.items():
        words = rules.mail_escalated([(flag.pk, what) for flag, what, _ in about])
        messages.append((telling.message_to(user, words, at=at), [row for *_, row in about]))
    Message.objects.bulk_create([message for message, _ in messages])
    telling.link((message, row) for message, about in messages for row in about)


@operation
def write_digests(*, work_of: Callable[[User], rules.Work], act: Act) -> int:
    """One e-mail a day to everybody who has open flags: how many, and how much waits on My work; and to administrators
    of how many nobody could be told. Returns how many were written."""
    subject = f"Plumbline, {wording.day(act.on)}: what is waiting for you"
    told = set(Message.objects.filter(flag=None, subject=subject).values_list("to_user_id", flat=True))
    unreached = queries.unreached().values("flag").distinct().count()
    keepers = {user.pk for user in access.users_who_may(Permission.USERS_MANAGE, on=act.on)} if unreached else set()
    messages: list[Message] = []
    tells: list[tuple[Message, FlagFor]] = []
    for user in User.objects.filter(is_active=True).exclude(email="").exclude(pk__in=told).order_by("pk"):
        flags = queries.flags_for(user, on=act.on).distinct().count()
        keeps = user.pk in keepers
        if flags or keeps:
            words = rules.digest(flags=flags, work=work_of(user), unreached=unreached if keeps else 0)
            message = telling.message_to(user, (subject, words), at=act.at)
            messages.append(message)
            tells += [(message, row) for row in queries.not_reached(user, on=act.on)]
    Message.objects.bulk_create(messages)
    telling.link(tells)
    if messages:
        act.record("flags.digests.written", count=len(messages))
    return len(messages)


@operation
def tell_of_events(*, act: Act) -> int:
    """Write the messages about changed powers, to information governance; about someone's own signing in, to them; and
    about a judgement that a list overrules, to the person who entered it. Of the last day, once each; returns how
    many. Run each minute, so that no way in can forget it.

    Of attempts that fail a person is told once in six hours, or a stranger could fill their box.
    """
    events = list(
        Event.objects.filter(
            kind__in=[*powers.POWERS, *powers.OWN, powers.OVERRULED], at__gt=act.at - timedelta(days=1)
        )
        .exclude(pk__in=Message.objects.filter(event_no__isnull=False).values("event_no"))
        .order_by("no")
    )
    about = User.objects.in_bulk([int(each.subject_id) for each in events if each.subject_type == "people.user"])
    entered = User.objects.filter(is_active=True).in_bulk([each.data.get("entered_by") or 0 for each in events])
    governance = [user for user in access.users_with_role("information_governance", on=act.on) if user.email]
    lately = set(
        Message.objects.filter(
            event_no__isnull=False,
            written_at__gt=act.at - timedelta(hours=6),
            body=powers.to_oneself(powers.SHUT_OUT)[1],
        ).values_list("to_user", flat=True)
    )
    messages = []
    for event in events:
        subject = about.get(int(event.subject_id)) if event.subject_type == "people.user" else None
        if event.kind in powers.POWERS:
            words = powers.to_governance(
                event.kind, by=event.by_name, about=str(subject or event.subject_id), role=event.data.get("role", "")
            )
            messages += [
                telling.message_to(user, words, at=act.at, event_no=event.pk) for user in governance if user != subject
            ]
        if event.kind == powers.OVERRULED and (user := entered.get(event.data.get("entered_by") or 0)) and user.email:
            words = powers.to_who_entered_it(event.because)
            messages.append(telling.message_to(user, words, at=act.at, event_no=event.pk))
        if event.kind in powers.OWN and subject is not None and subject.email and subject.is_active:
            if event.kind == powers.SHUT_OUT and subject.pk in lately:
                continue
            if event.kind == powers.SHUT_OUT:
                lately.add(subject.pk)
            words = powers.to_oneself(event.kind)
            messages.append(telling.message_to(subject, words, at=act.at, event_no=event.pk))
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    if messages:
        act.record("flags.events.told", messages=len(messages))
    return len(messages)
