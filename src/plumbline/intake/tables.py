"""How staged rows become rows of a table: what a room that takes rows from outside declares (its `intake` module).

Who reads the files (exchange) stages the rows and calls these steps in order, in one transaction:

    imports.importing(): refusing.stage_refusals() · for each table: staging.stage(), then load(),
    refusing.refuse_unfound(), refuse_repeats(), merging.take(), mark_missing()

A staged row has `line`, `id` and the columns that the intake's values name as `s.…`. History follows by trigger.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from plumbline.intake.models import Import


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its value as SQL over the staged row `s` and the joins, and the staged column it is of.

    Where the file has no column `of`, an existing row keeps what it has.
    """

    name: str
    value: str
    of: str


def same(*names: str) -> tuple[Column, ...]:
    """Columns taken as they are staged, under the same name."""
    return tuple(Column(name, f"s.{name}", name) for name in names)


@dataclass(frozen=True, slots=True)
class Need:
    """A staged row is refused where no row of `table` has its `of`. `reason` is a sentence with {} for the value."""

    table: str
    of: str
    code: str
    reason: str
    absent: str
    key: str = "source_id"


@dataclass(frozen=True, slots=True)
class Intake:
    """How staged rows become rows of one table."""

    table: str
    columns: tuple[Column, ...]
    joins: str = ""
    needs: tuple[Need, ...] = ()
    # Columns that are given a value only when the row is new.
    fixed: Mapping[str, str] = field(default_factory=dict)
    # Which row of the table, `t`, is the staged row, `s`; and which rows of the table this source speaks of.
    match: str = "t.source_id = s.id"
    scope: str = "true"
    # It is kept of each row which import it came from, and since when an extract no longer holds it (intake.Origin).
    traced: bool = True
    # Called with the name of the staged rows before they are looked up: fills in what other rows say of them.
    fill: Callable[[str], None] | None = None
    # Called with the name of the staged rows before they are taken: makes what they point to.
    before: Callable[[str], None] | None = None
    # Called once they are taken, with the import and the staged columns that the file did not have: brings in line what
    # they say of other tables, and answers how many rows changed by that alone.
    after: Callable[[str, Import, Collection[str]], int] | None = None

    @property
    def origin(self) -> str:
        """The table that says where the rows came from."""
        return f"{self.table}origin"


@dataclass(slots=True)
class Taken:
    """How the rows of one file were counted; read = the sum of the others."""

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    repeated: int = 0
    refused: int = 0

    def as_json(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in ("read", "added", "changed", "unchanged", "repeated", "refused")}
