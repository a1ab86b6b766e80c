"""What a room's tables give to figures: the facts that measures ask, and the records that they count.

A room declares both in its `figures` module. The views of the facts, the rows behind a figure and what changed since a
publication all come from there. SQL speaks of the table, or of its history, as `t`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Of what is bought, no child is a part.
NO_CHILD = "null::bigint"


@dataclass(frozen=True, slots=True)
class Facts:
    """A fact relation (`measures.facts`): the table behind it, and its columns in the relation's order. No names of
    people, and one table, so that what was known at a moment is a filter on one view. `where`: who may read it."""

    relation: str
    table: str
    columns: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Decider:
    """Another table that decides whether a record counts: what its rows are called, and the records that a row is
    about, as SELECT. `codes`: the reasons of a rating that come from it; a measure that asks for others by name is not
    changed by it. Empty: it can change any."""

    name: str
    table: str
    about: str
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A kind of record that measures count.

    `key`: the column that numbers it in the facts. `row`: what is read of one, as SQL: its number in the source, first
    day, last day, what it says, never a name. `words`: its columns that decide whether it counts, as they are called
    when one is corrected. `child`: the number of its child, as SQL.
    """

    key: str
    table: str
    noun: str
    row: str
    words: Mapping[str, str]
    child: str = NO_CHILD
    deciders: tuple[Decider, ...] = ()
    several: str = ""
    # The files that bring it, as their extract is named.
    sources: tuple[str, ...] = field(default=())

    @property
    def nouns(self) -> str:
        """What several are called."""
        return self.several or f"{self.noun}s"
