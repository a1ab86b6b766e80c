"""What each kind of flag means by its rule: who is told, which steps follow and by when; and the words of messages.

A kind is declared by the room that raises it, in its `flag_kinds` (all of them: `flags.kinds`). A council changes the
clock there. Days are working days from the day we learnt of it (domain.md, 5.11: a proposed default, no public rule
with a number of days was found).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.periods import working_days_after

# A worker who has not said that they read a flag by then: their manager is told.
ACKNOWLEDGE_WITHIN = 1
ESCALATES_TO = "head_of_service"

WORKER = "worker"


@dataclass(frozen=True, slots=True)
class StepRule:
    """`after` working days; `every`: comes again as long as the flag is open. `needs`: what its result must hold."""

    code: str
    action: str
    owner_role: str
    after: int
    every: int = 0
    needs: frozenset[str] = frozenset()


DECISIONS: Mapping[str, str] = {
    "remain": "Stays, with safeguards",
    "move_planned": "Move planned",
    "move_now": "Moves now",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """The list in which many flags of a kind are settled: its page (as the `place` of a duty), what the button that
    leads there says, and the permission that opens it."""

    place: str
    button: str
    needs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`roles` are told beside the child's worker, where it is a `worker` one; `at_once`: by e-mail the moment it is
    raised, others in the daily digest. `due_in`: working days, where no step says when. Severity 1 is the gravest.
    `many`: what several tell, after their number; `settled_in`: the list of what they are about, where there is one.
    """

    key: str
    label: str
    severity: int
    roles: tuple[str, ...]
    worker: bool = False
    steps: tuple[StepRule, ...] = ()
    at_once: bool = False
    due_in: int = 5
    many: str = ""
    settled_in: Listed | None = None


class Professional(Protocol):
    @property
    def source_id(self) -> str: ...


class Named(Protocol):
    @property
    def username(self) -> str: ...
    @property
    def professional(self) -> Professional | None: ...


@dataclass(frozen=True, slots=True)
class Recipient:
    """A worker's source id, "user:…" for someone whom the records of social care do not know, or "role:…" (of `team`,
    where that is given)."""

    name: str
    why: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A flag that should be open now. One of a kind is open for a subject at a time.

    `due_on`: the day on which it was due, where that does not follow from the kind's own clock.
    """

    kind: str
    subject_type: str
    subject_id: int
    reason: str
    recipients: tuple[Recipient, ...]
    subject_source_id: str = ""
    setting_urn: str = ""
    child_id: int | None = None
    due_on: date | None = None

    @property
    def about(self) -> tuple[str, str, int]:
        return self.kind, self.subject_type, self.subject_id


@dataclass(frozen=True, slots=True)
class DueStep:
    rule: StepRule
    due_on: date


def names_of(user: Named) -> tuple[str, ...]:
    """The recipients that are this user alone, the first the one to use: by the number that the records of social care
    have, else by the name under which they sign in."""
    own = f"user:{user.username}"
    return (user.professional.source_id, own) if user.professional else (own,)


MANAGER = "role:team_manager"
# Told where there is nobody else: they see no flag, and make the accounts that are missing.
KEEPERS_OF_ACCOUNTS = "role:administrator"
IN_PLACE = "in place of one who could not be told"
REFUSED = "refuses our e-mail"


class Account(Protocol):
    @property
    def is_active(self) -> bool: ...
    @property
    def email(self) -> str: ...


def why_not_told(recipient: str, account: Account | None) -> str:
    """Why a message to this recipient reaches nobody who can act, as it is said after their name."""
    if recipient.startswith("role:"):
        return "is a role that nobody holds who has an e-mail address"
    if account is None:
        return "has no account"
    if not account.is_active:
        return "has an account that is switched off"
    if not account.email:
        return "has an account without an e-mail address"
    return "has no role by which they may read flags"


def stand_ins(recipient: str, *, team: str, restricted: bool) -> tuple[tuple[str, str], ...]:
    """Who is told in place of one who cannot be, the first who can be: (recipient, team).

    The team's manager for a worker, unless the child's record is restricted, which a manager does not see; the head of
    service; and at last the person who makes accounts.
    """
    chain = ["role:head_of_service", KEEPERS_OF_ACCOUNTS]
    found = [(name, "") for name in chain[chain.index(recipient) + 1 if recipient in chain else 0 :]]
    if team and not restricted and not recipient.startswith("role:"):
        found.insert(0, (MANAGER, team))
    return tuple(found)


def recipients(kind: Kind, *, worker: str, team: str = "", looked_after: bool = False) -> tuple[Recipient, ...]:
    """Whom to tell, the worker first. `worker` "" where nobody is allocated."""
    found = [Recipient(worker, "allocated worker")] if kind.worker and worker else []
    for role in kind.roles:
        if role != "reviewing_officer" or looked_after:
            found.append(Recipient(f"role:{role}", role.replace("_", " "), team if role == "team_manager" else ""))
    return tuple(found)


def steps_of(kind: Kind, *, learnt_on: date, holidays: Collection[date]) -> tuple[DueStep, ...]:
    """The steps of a flag of this kind, each with its last day: so many working days after it was learnt of."""
    return tuple(DueStep(step, working_days_after(learnt_on, step.after, holidays)) for step in kind.steps)


def due_on(kind: Kind, steps: Sequence[DueStep], *, learnt_on: date, holidays: Collection[date]) -> date:
    """By when something must have been done: the first step, else the kind's own days."""
    if steps:
        return min(step.due_on for step in steps)
    return working_days_after(learnt_on, kind.due_in, holidays)


def next_time(rule: StepRule, *, after: date, holidays: Collection[date]) -> date | None:
    """When a step that comes again is due next; None for one that does not."""
    return working_days_after(after, rule.every, holidays) if rule.every else None


def step_rule(kind: Kind, code: str) -> StepRule:
    """What one step of a kind asks; raises RuleBroken (unknown_step)."""
    for step in kind.steps:
        if step.code == code:
            return step
    raise RuleBroken(f"There is no step “{code}” for {kind.label}.", code="unknown_step")


def check_result(
    rule: StepRule, *, result: str, seen_on: date | None, spoken_to: bool | None, decision: str, on: date
) -> None:
    """Raise RuleBroken unless the result says what this step must say."""
    if not result.strip():
        raise RuleBroken("Say what was found.", code="missing_result")
    if "seen_on" in rule.needs and seen_on is None:
        raise RuleBroken("Say on which day the child was seen.", code="missing_seen_on")
    if seen_on and seen_on > on:
        raise RuleBroken(f"{wording.day(seen_on)} is a date in the future.", code="future_date")
    if "spoken_to" in rule.needs and spoken_to is None:
        raise RuleBroken("Say whether the child was spoken to.", code="missing_spoken_to")
    if "decision" in rule.needs and decision not in DECISIONS:
        raise RuleBroken("Say what was decided for this child.", code="missing_decision")


def mail(kind: Kind, *, number: int, due: date | None, in_place: bool = False) -> tuple[str, str]:
    """Subject and text of the e-mail. Never a child's name, nor the setting's: the flag's number is the reference.

    `in_place`: it is told in place of someone who could not be.
    """
    by = f" Something is to be done by {wording.day(due)}." if due else ""
    place = "You are told in place of someone who could not be told; the flag says who.\n\n" if in_place else ""
    return (
        f"Flag {number}: {kind.label}",
        f"{kind.label}.\n\nYour reference is flag {number}.{by}\n\n{place}"
        f"Sign in to Plumbline and open flag {number} to see which child it is about, why, and what comes next.\n",
    )


_MOST_NUMBERS = 50


def _numbered(numbers: Sequence[int]) -> str:
    more = f" and {len(numbers) - _MOST_NUMBERS:,} more" if len(numbers) > _MOST_NUMBERS else ""
    return "Flags " + ", ".join(str(each) for each in numbers[:_MOST_NUMBERS]) + more


def mail_of_many(numbers: Sequence[int]) -> tuple[str, str]:
    """To someone to whom several flags came at once, for example with a new account."""
    return (
        f"{len(numbers):,} flags are open for you",
        f"{_numbered(numbers)} are open for you.\n\nSign in to Plumbline and open My work to see them.\n",
    )


def mail_nobody(numbers: Sequence[int]) -> tuple[str, str]:
    """To an administrator, who sees no flag: accounts are missing."""
    return (
        f"Nobody could be told of {'a flag' if len(numbers) == 1 else f'{len(numbers):,} flags'}",
        "Nobody who can act could be told of what follows, since those it is for have no account, no e-mail address or"
        f" no role.\n\n{_numbered(numbers) if len(numbers) > 1 else f'Flag {numbers[0]}'}.\n\n"
        "Sign in to Plumbline and open People, Without an account.\n",
    )


def urgent(kind: Kind) -> bool:
    """Whether a flag of this kind is told by itself: a child in danger, or a clock of hours."""
    return kind.severity == 1 or kind.due_in == 0


def mail_of_the_night(parts: Sequence[tuple[str, str]], *, on: date) -> tuple[str, str]:
    """One message of several (subject, text), in their order."""
    subject = f"Plumbline, {wording.day(on)}: {len(parts)} messages in one"
    return subject, f"\n{'-' * 72}\n\n".join(f"{subject}\n\n{body}" for subject, body in parts)


def mail_handed_over(name: str, what: Sequence[str]) -> tuple[str, str]:
    """Subject and text of the message to the person who has what was someone else's."""
    listed = "\n".join(f"- {each}" for each in what)
    return (
        "Plumbline: this is yours now",
        f"{name} has left, or does this work no more. What was theirs is yours now:\n\n{listed}\n\nSign in to see each "
        "on “My work” and on the lists.\n",
    )


def mail_escalated(overdue: Sequence[tuple[int, str]]) -> tuple[str, str]:
    """Of all that is overdue and comes to one person now: (number of the flag, what was not done)."""
    lines = [f"Flag {number} is overdue: {what}" for number, what in overdue]
    if len(lines) == 1:
        return lines[0], f"{lines[0]}.\n\nSign in to Plumbline and open flag {overdue[0][0]}.\n"
    return (
        f"{len({number for number, _ in overdue}):,} flags are overdue",
        "\n".join(f"{line}." for line in lines) + "\n\nSign in to Plumbline and open My work to see them.\n",
    )


@dataclass(frozen=True, slots=True)
class Work:
    """How much waits for someone, as the tiles of My work say it; `late`: how much of it is late."""

    now: int
    today: int
    week: int
    planned: int
    late: int

    @property
    def total(self) -> int:
        return self.now + self.today + self.week + self.planned


def digest(*, flags: int, work: Work, unreached: int) -> str:
    """The text of the day's message: how much waits on My work, and how many `flags` are open for the reader; and, to
    the person who makes accounts, of how many nobody could be told."""
    parts = []
    if flags:
        waits = f"Waiting for you on My work: {work.total}."
        if work.total:
            waits += (
                f"\nNow: {work.now}. Today: {work.today}. This week: {work.week}. Planned: {work.planned}."
                f"\nLate: {work.late}."
            )
        parts.append(f"{waits}\nFlags open for you: {flags}.\n\nSign in to Plumbline to see them.\n")
    if unreached:
        parts.append(
            f"Flags of which someone could not be told: {unreached}.\n\n"
            "Sign in to Plumbline and open People, Without an account.\n"
        )
    return "\n".join(parts)
