"""Rows of a file on their way to be staged: read, checked each for itself, written as COPY wants them."""

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter

from plumbline.exchange.folder_cells import RefusedCellError, an_id
from plumbline.exchange.folder_kinds import Kind, checker
from plumbline.exchange.readers import Cells, RefusedRow, Table
from plumbline.intake.staging import line_of

_ROWS_AT_ONCE = 20_000


def staged_rows(kind: Kind, table: Table, *, latest: str) -> Iterator[tuple[list[str], list[RefusedRow]]]:
    """The rows of a file in lots, each as lines to stage and as rows refused for what they say themselves."""
    stage_row = row_stager(kind, latest=latest, columns=table.names)
    lines: list[str] = []
    refused: list[RefusedRow] = []
    for line, cells in table:
        if isinstance(cells, RefusedRow):
            refused.append(RefusedRow(line, _id_of(kind, cells.raw), cells.code, cells.reason, cells.raw))
        else:
            try:
                lines.append(stage_row(line, cells))
            except RefusedCellError as reason:
                refused.append(refusal_of(kind, line, cells, reason))
        if len(lines) + len(refused) >= _ROWS_AT_ONCE:
            yield lines, refused
            lines, refused = [], []
    if lines or refused:
        yield lines, refused


def row_stager(kind: Kind, *, latest: str, columns: Sequence[str]) -> Callable[[int, Cells], str]:
    """A function that turns the cells of a row into a line to stage, or raises RefusedCellError."""
    names = [cell.column for cell in kind.cells]
    reads = [cell.read for cell in kind.cells]
    if set(names) <= set(columns):
        pick: Callable[[Cells], Sequence[str]] = itemgetter(*names)
    else:

        def pick(cells: Cells) -> Sequence[str]:
            return [cells.get(name, "") for name in names]

    check, settle = checker(kind, latest=latest), kind.settle
    derive, identify = (kind.derive if kind.derived else None), kind.identify

    def stage_row(line: int, cells: Cells) -> str:
        values = [read(text) for read, text in zip(reads, pick(cells), strict=True)]
        if settle:
            settle(values, latest)
        check(values)
        whole = [str(line), *values]
        if derive:
            whole += derive(values)
        if identify:
            made = identify(values)
            if not made:
                raise RefusedCellError("missing_id", "The row does not say what it is about.")
            whole.insert(1, made)
        return line_of(whole)

    return stage_row


def refusal_of(kind: Kind, line: int, cells: Cells, reason: RefusedCellError) -> RefusedRow:
    """The refused row as it is kept and shown."""
    said = reason.reason
    if "{column}" in said:
        said = said.replace("{column}", _column_at_fault(kind, cells), 1)
    return RefusedRow(line, _id_of(kind, cells), reason.code, said, cells)


def _column_at_fault(kind: Kind, cells: Cells) -> str:
    for cell in kind.cells:
        try:
            cell.read(cells.get(cell.column, ""))
        except RefusedCellError:
            return cell.column
    return kind.cells[0].column


def _id_of(kind: Kind, cells: Cells) -> str:
    """The id under which a refused row is known, as far as it can be read."""
    text = cells.get(kind.cells[0].column, "")
    if kind.identify:
        return " ".join(text.split())[:120]
    try:
        return an_id(text)
    except RefusedCellError:
        return text.strip()[:120]
