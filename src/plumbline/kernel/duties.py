"""A duty: one thing that someone has to do, as every room says it in its `due.py`.

`whose` says for whom it is, in one text: a person, a role, those whom flags of a role are put to, those whose roles
permit something, or an organisation. Which of these texts mean the one who looks, `people.keys` says.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

from plumbline.kernel.moments import end_of

# How a kind begins that is no duty, and is kept beside them: what came back to someone until they have read it, and a
# day or a person that a record waits for.
BACK, WAIT = "back.", "wait."
# How long what came back is news.
NEWS = timedelta(28)


class Gravity(IntEnum):
    """How grave it is if it is not done; the smallest number is the gravest: a child may be in danger; is unseen or
    unplaced; a clock of the law; a date that was agreed; the rest."""

    DANGER = 1
    UNSEEN = 2
    LAW = 3
    AGREED = 4
    HOUSEKEEPING = 5


@dataclass(frozen=True, slots=True)
class Duty:
    """`kind`: "contract.decide"; one that begins with `BACK` or `WAIT` is no duty, and kept beside them.

    `subject` and `matter`: kind of record and number. One matter (an incident, a home, a contract, a child) holds
    all its duties. `about` tells apart several of a kind about one subject.

    `due`: a day, by the end of which it is to be done, or a moment. `deed`: what the button says; `place`: the page
    where it is done, as "route 12 section ?query". `but`: those who may not do it, of all whose it is.

    `child`: the child whose name is put before `called` for those who may know it; `called`: how the matter is called.
    `asked`: what was asked of others already, and how far it is. `shows_from`: from when it is a duty.
    """

    kind: str
    subject: tuple[str, int]
    whose: str
    what: str
    deed: str
    place: str
    gravity: Gravity = Gravity.AGREED
    due: date | datetime | None = None
    why: str = ""
    called: str = ""
    asked: str = ""
    about: str = ""
    matter: tuple[str, int] | None = None
    child: int | None = None
    but: tuple[int, ...] = ()
    # Those who may see, at its record, that this is next there, and for whom, though it is not theirs.
    known_to: str = ""
    shows_from: datetime | None = None
    # What it is at its own record, where that is said otherwise.
    here: str = ""
    # Of one whose matter holds many: "documents expire within 30 days".
    many: str = ""
    # By which number its source finds it again.
    key: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """The duties of one kind of record. `of(keys, on)`: those of these records, or of all (None), on a day.

    `watched`: by table, which keys a changed row of it concerns: a select over `changed` (the rows before and after),
    or "" where it may concern all. A change of what is only said in words may be left to the night.
    """

    name: str
    of: Callable[[Collection[int] | None, date], Iterable[Duty]]
    watched: Mapping[str, str]
    # By table: the one change that matters of it, "update of name" or "insert when (new.kind = 'made')".
    only_when: Mapping[str, str] | None = None
    # Tables that are read for what does not change, or only with a table that is watched.
    settled: frozenset[str] = frozenset()


def news_since(on: date) -> datetime:
    """From when on what came back is news on a day."""
    return end_of(on - NEWS)


def person(user_id: int, needs: str = "") -> str:
    """One person's; with `needs`, as long as a role permits them this."""
    return f"u:{user_id}/{needs}" if needs else f"u:{user_id}"


def permitted(permission: str) -> str:
    return f"may:{permission}"


def of_role(role: str) -> str:
    return f"role:{role}"


def put_to(role: str, team: str = "") -> tuple[str, ...]:
    """Those to whom a flag for this role, perhaps of one team, is put. Who holds the role for no team has all teams."""
    return (f"put:{role}/{team}", f"put:{role}/*") if team else (f"put:{role}",)


def organisation(organisation_id: int) -> str:
    return f"org:{organisation_id}"


def person_in(whose: str) -> int:
    """Whose it is where it is one person's; else 0."""
    kind, _, rest = whose.partition(":")
    return int(rest.partition("/")[0]) if kind == "u" else 0


def organisation_in(whose: str) -> int:
    kind, _, rest = whose.partition(":")
    return int(rest) if kind == "org" else 0


def needed(whose: str) -> str:
    """What must be permitted to the person who does it; "" where that is not said."""
    kind, _, rest = whose.partition(":")
    return rest if kind == "may" else rest.partition("/")[2] if kind == "u" else ""
