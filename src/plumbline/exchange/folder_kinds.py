"""A file of a folder that is handed in: its columns, which of them a header must have, what is checked of one row."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from plumbline.exchange.folder_cells import Leniently, Read, RefusedCellError, Text, a_day
from plumbline.exchange.readers import Note
from plumbline.intake.staging import NULL
from plumbline.intake.tables import Intake
from plumbline.kernel.labels import spoken


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of the file, the staged column it becomes, and how its text is read."""

    column: str
    to: str
    read: Read
    type: str = "text"
    # The header must have it: without it the rows would say something else.
    required: bool = True
    # Of a day: it may be one that has not come yet, such as the end of a contract.
    may_come: bool = False


@spoken("called")
@dataclass(frozen=True, slots=True)
class Kind:
    """One file of a folder. Its first cell is the id, unless `identify` makes one of the staged values."""

    name: str
    called: str
    cells: tuple[Cell, ...]
    intake: Intake
    # Staged columns made of the row's other values, in their order.
    derived: tuple[str, ...] = ()
    derive: Callable[[Sequence[str]], tuple[str, ...]] = lambda values: ()
    start: str = ""
    end: str = ""
    identify: Callable[[Sequence[str]], str] | None = None
    # Columns of which the header must have one at least.
    either: tuple[str, ...] = ()
    # Puts right, in place, what the values of one row say together; given the last day that a record can name.
    settle: Callable[[list[str], str], None] | None = None

    @property
    def required(self) -> frozenset[str]:
        return frozenset(cell.column for cell in self.cells if cell.required)

    @property
    def staged(self) -> tuple[tuple[str, str], ...]:
        """The columns of a staged row after `line`, with their types."""
        made = (("id", "text"),) if self.identify else ()
        return (*made, *((cell.to, cell.type) for cell in self.cells), *((name, "text") for name in self.derived))


def optional(column: str, to: str, read: Read, type: str = "text") -> Cell:  # noqa: A002 - as the field is called
    return Cell(column, to, read, type, required=False)


def day(column: str, to: str) -> Cell:
    return Cell(column, to, a_day, "date")


def checker(kind: Kind, *, latest: str) -> Callable[[Sequence[str]], None]:
    """A function that raises RefusedCellError where the values of one row do not hold together.

    `values` in the order of the kind's cells; `latest` is the last day that a record in it can name (ISO).
    """
    places = {cell.to: place for place, cell in enumerate(kind.cells)}
    columns = [cell.column for cell in kind.cells]
    days = tuple(place for place, cell in enumerate(kind.cells) if cell.type == "date" and not cell.may_come)
    start = places.get(kind.start, -1)
    end = places.get(kind.end, -1)
    key = columns[0]

    def check(values: Sequence[str]) -> None:
        if not values[0]:
            raise RefusedCellError("missing_id", f"{key}: the row has no id.")
        if start >= 0 and values[start] == NULL:
            raise RefusedCellError("missing_start", f"{columns[start]}: the row has no date.")
        if end >= 0 and values[end] != NULL and values[end] < values[start]:
            raise RefusedCellError(
                "end_before_start",
                f"{columns[end]} is {values[end]}, before {columns[start]}, {values[start]}.",
            )
        for place in days:
            # NULL is below every figure.
            if values[place] > latest:
                raise RefusedCellError(
                    "future_date", f"{columns[place]} is {values[place]}, after the day of the extract, {latest}."
                )

    return check


def absent_from(kind: Kind, columns: Collection[str]) -> frozenset[str]:
    """The staged columns of which a file with these columns says nothing. Where another column says whose a row is, the
    person is found by that."""
    return frozenset(cell.to for cell in kind.cells if cell.column not in columns and cell.column not in kind.either)


def notes(kind: Kind) -> list[Note]:
    """What was read as not recorded, or kept in part."""
    said = []
    for cell in kind.cells:
        if isinstance(cell.read, Leniently) and cell.read.not_known:
            listed = ", ".join(f"“{wording}” ({count:,})" for wording, count in cell.read.not_known.most_common(5))
            reason = f"{cell.column}: not known here, and taken as not recorded: {listed}."
            said.append(Note(None, "unknown_code", reason))
        if isinstance(cell.read, Text) and cell.read.cut:
            reason = (
                f"{cell.column}: {cell.read.cut:,} text{'' if cell.read.cut == 1 else 's'} longer than "
                f"{cell.read.longest} characters were kept up to there."
            )
            said.append(Note(None, "text_cut", reason))
    return said
