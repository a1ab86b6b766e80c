"""Disclosure control: what may be shown of small counts of children outside the case area.

A profile says which counts are withheld. Withholding them is not enough: totals, complements and other cells can tell
them. A table with its totals is a network (each cell flows from its row to its column, each total closes the circle),
so how far a withheld cell could move with everything shown unchanged is a flow in that network. Cells are withheld,
the cheapest first and totals last, until every small count could be anything from 1 to the threshold (or, for a
total, as little as its parts allow). Whole numbers and real ones give the same bounds in a network, so the bounds
are exact: the tests compare them with a linear programme.

What was published before, or is asked in another question, is not considered here.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from math import inf
from typing import Final, Literal

from plumbline.kernel.errors import RuleBroken
from plumbline.measures.model import Answer, Counted, Row, percent


class Withheld(Enum):
    """A cell kept back: not zero, not blank, not missing."""

    WITHHELD = "withheld"

    def __repr__(self) -> str:
        return "WITHHELD"


WITHHELD: Final = Withheld.WITHHELD
Shown = int | Literal[Withheld.WITHHELD]


@dataclass(frozen=True, slots=True)
class Profile:
    """`threshold`: counts from 1 to it are withheld (0: none). `base`: shown counts are rounded half-up to it.

    `mark` stands for every withheld cell, small or not: a mark of its own for small ones would tell the others.
    """

    name: str
    title: str
    threshold: int
    base: int = 1
    mark: str = "c"

    def small(self, count: int) -> bool:
        return 1 <= count <= self.threshold

    def rounded(self, count: int) -> int:
        return (count * 2 + self.base) // (self.base * 2) * self.base

    def range_of(self, count: int) -> tuple[int, int]:
        """What a reader who sees the rounded count knows of it: zeros are true, small counts are never shown."""
        if count == 0 or self.base == 1:
            return count, count
        shown = self.rounded(count)
        below = shown - self.base // 2
        return max(below, self.threshold + 1), below + self.base - 1


PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("dfe-cin", "As the Department for Education's Children in Need release: 1 to 5 withheld", 5),
        Profile("round5", "Rounded to 5, 1 to 4 withheld", 4, base=5),
        Profile("threshold10", "As research data services: 1 to 9 withheld", 9),
        Profile("internal", "Nothing withheld: for people who work with the records", 0),
    )
}
DEFAULT = PROFILES["dfe-cin"]


def get_profile(name: str) -> Profile:
    """Raises RuleBroken (unknown_profile)."""
    if name not in PROFILES:
        raise RuleBroken(
            f"There is no disclosure profile “{name}”; there are {', '.join(PROFILES)}.", code="unknown_profile"
        )
    return PROFILES[name]


@dataclass(frozen=True, slots=True)
class Table:
    """A protected table: `cells` by row and column, with the totals beside them."""

    cells: tuple[tuple[Shown, ...], ...]
    row_totals: tuple[Shown, ...]
    column_totals: tuple[Shown, ...]
    total: Shown


def protect_row(counts: Sequence[int], profile: Profile = DEFAULT) -> tuple[tuple[Shown, ...], Shown]:
    """Counts that add up to a total that is shown too: the counts and the total, as they may be shown."""
    net = _Net(profile)
    cells = [net.add("all", "end", count) for count in counts]
    total = net.add("end", "all", sum(counts), is_total=True)
    net.protect()
    return tuple(net.shown(cell) for cell in cells), net.shown(total)


def protect_table(rows: Sequence[Sequence[int]], profile: Profile = DEFAULT) -> Table:
    """A two-way table with row, column and grand totals, as it may be shown."""
    net = _Net(profile)
    columns = range(len(rows[0]) if rows else 0)
    cells = [[net.add(("row", i), ("column", j), row[j]) for j in columns] for i, row in enumerate(rows)]
    row_totals = [net.add("rows", ("row", i), sum(row), is_total=True) for i, row in enumerate(rows)]
    column_totals = [net.add(("column", j), "columns", sum(row[j] for row in rows), is_total=True) for j in columns]
    total = net.add("columns", "rows", sum(map(sum, rows)), is_total=True)
    net.protect()
    return Table(
        tuple(tuple(net.shown(cell) for cell in row) for row in cells),
        tuple(net.shown(cell) for cell in row_totals),
        tuple(net.shown(cell) for cell in column_totals),
        net.shown(total),
    )


# The network

_Node = str | tuple[str, int]


@dataclass(slots=True)
class _Cell:
    """`hidden` cells are never printed: nothing is known of them but what the others tell.

    `guarded` ones are counts of children, that may not be told when they are small.
    """

    tail: _Node
    head: _Node
    count: int
    is_total: bool
    hidden: bool
    guarded: bool
    withheld: bool


@dataclass(slots=True)
class _Net:
    profile: Profile
    cells: list[_Cell] = field(default_factory=list)
    _leaving: dict[_Node, list[tuple[int, bool]]] = field(default_factory=dict)

    def add(
        self,
        tail: _Node,
        head: _Node,
        count: int,
        *,
        is_total: bool = False,
        hidden: bool = False,
        guarded: bool = True,
    ) -> int:
        withheld = not hidden and self.profile.small(count)
        self.cells.append(_Cell(tail, head, count, is_total, hidden, guarded, withheld))
        number = len(self.cells) - 1
        self._leaving.setdefault(tail, []).append((number, True))
        self._leaving.setdefault(head, []).append((number, False))
        return number

    def shown(self, number: int) -> Shown:
        cell = self.cells[number]
        return WITHHELD if cell.withheld else self.profile.rounded(cell.count)

    def protect(self) -> None:
        for number, cell in enumerate(self.cells):
            if cell.guarded and self.profile.small(cell.count):
                # At least one more than it is, so that a count at the threshold cannot be told either.
                self._free(number, up=True, need=max(self.profile.threshold - cell.count, 1))
                self._free(number, up=False, need=cell.count - 1)

    def _free(self, number: int, *, up: bool, need: int) -> None:
        """Withhold what it takes for this cell to move by `need` while all that is shown stays as it is."""
        cell = self.cells[number]
        start, goal = (cell.head, cell.tail) if up else (cell.tail, cell.head)
        moved: dict[int, int] = {}
        while need > 0:
            path = self._free_path(start, goal, number, moved) or self._cheapest(start, goal, number, moved)
            if path is None:
                return
            dear = [arc for arc in path if self._room(*arc, moved, as_it_is=True) < 1]
            for other, _ in dear:
                self.cells[other].withheld = True
            step = int(min(need, *(self._room(*arc, moved, as_it_is=True) for arc in path)))
            for other, forward in path:
                moved[other] = moved.get(other, 0) + (step if forward else -step)
            need -= step

    def _free_path(
        self, start: _Node, goal: _Node, without: int, moved: Mapping[int, int]
    ) -> list[tuple[int, bool]] | None:
        """Any way over what is kept back already, depth first: there nearly always is one, and nothing is lost by it.

        In a long table `_cheapest` would look at every row for every cell.
        """
        last: dict[_Node, tuple[int, bool]] = {}
        if len(self._leaving[goal]) <= 8:
            for number, outwards in self._leaving[goal]:
                if number != without and self._room(number, not outwards, moved, as_it_is=True) >= 1:
                    cell = self.cells[number]
                    last[cell.head if outwards else cell.tail] = (number, not outwards)
        path: list[tuple[int, bool]] = []
        seen = {start}
        open_: list[tuple[_Node, Iterator[tuple[int, bool]]]] = [(start, iter(self._leaving[start]))]
        while open_:
            node, arcs = open_[-1]
            if node == goal:
                return path
            if node in last:
                return [*path, last[node]]
            for number, forward in arcs:
                cell = self.cells[number]
                following = cell.head if forward else cell.tail
                if following in seen or number == without:
                    continue
                if self._room(number, forward, moved, as_it_is=True) >= 1:
                    seen.add(following)
                    path.append((number, forward))
                    open_.append((following, iter(self._leaving[following])))
                    break
            else:
                open_.pop()
                if path:
                    path.pop()
        return None

    def _cheapest(
        self, start: _Node, goal: _Node, without: int, moved: Mapping[int, int]
    ) -> list[tuple[int, bool]] | None:
        best: dict[_Node, int] = {start: 0}
        came: dict[_Node, tuple[_Node, int, bool]] = {}
        queue: list[tuple[int, int, _Node]] = [(0, 0, start)]
        pushed = 0
        while queue:
            cost, _, node = heapq.heappop(queue)
            if node == goal:
                path = []
                while node != start:
                    node, number, forward = came[node]
                    path.append((number, forward))
                return path
            if cost > best[node]:
                continue
            for number, forward in self._leaving[node]:
                if number == without or self._room(number, forward, moved) < 1:
                    continue
                cell = self.cells[number]
                following = cell.head if forward else cell.tail
                dearer = cost + self._cost(number, forward, moved)
                if dearer < best.get(following, inf):
                    best[following] = dearer
                    came[following] = (node, number, forward)
                    pushed += 1
                    heapq.heappush(queue, (dearer, pushed, following))
        return None

    def _cost(self, number: int, forward: bool, moved: Mapping[int, int]) -> int:
        """Nothing for what is kept back already; else what is lost: small cells first, totals last."""
        if self._room(number, forward, moved, as_it_is=True) >= 1:
            return 0
        cell = self.cells[number]
        return cell.count + (1_000_000_000 if cell.is_total else 1)

    def _room(self, number: int, forward: bool, moved: Mapping[int, int], *, as_it_is: bool = False) -> float:
        """How far the cell can move: with what is shown now, or else if it were withheld."""
        cell = self.cells[number]
        low, high = self._bounds(cell, as_it_is=as_it_is)
        now = cell.count + moved.get(number, 0)
        return high - now if forward else now - low

    def _bounds(self, cell: _Cell, *, as_it_is: bool) -> tuple[float, float]:
        if cell.hidden:
            return 0, inf
        if cell.count == 0:
            # True zeros are shown, so a withheld cell is known to be at least 1.
            return 0, 0
        if cell.withheld or not as_it_is:
            return 1, inf
        return self.profile.range_of(cell.count)


# Answers


def protect_answer(answer: Answer, profile: Profile = DEFAULT) -> Answer:
    """The answer as it may leave the case area. Figures about work, and the profile `internal`, pass as they are.

    A share is a table of two columns, the numerator and the rest, with the denominator as their total; the rows of a
    split, or of a series of a flow, add up to the figure of the whole question. Each date of a stock's series is a
    table of its own.
    """
    if answer.measure.disclosure != "child" or not profile.threshold:
        return replace(answer, profile=profile.name)
    if answer.measure.is_stock and answer.asked.every:
        total, rows = _protect_dates(answer, profile)
    else:
        total, rows = _protect_rows(answer, answer.total, answer.rows, profile)
    return replace(
        answer,
        total=total,
        rows=rows,
        exclusions=tuple(_protect_counted(each, profile) for each in answer.exclusions),
        apart=tuple(_protect_apart(each, answer.total, total, profile) for each in answer.apart),
        profile=profile.name,
    )


def _protect_dates(answer: Answer, profile: Profile) -> tuple[Row, tuple[Row, ...]]:
    rows: list[Row] = []
    total = answer.total
    for day in sorted({row.at for row in answer.rows if row.at}):
        at_day = tuple(row for row in answer.rows if row.at == day)
        if answer.asked.split_by:
            whole = answer.total if day == answer.total.at else _summed(answer, at_day)
            protected, parts = _protect_rows(answer, whole, at_day, profile)
        else:
            protected, _ = _protect_rows(answer, at_day[0], (), profile)
            parts = (protected,)
        rows += parts
        if day == answer.total.at:
            total = replace(protected, group={})
    return total, tuple(rows)


def _summed(answer: Answer, rows: Sequence[Row]) -> Row:
    numerator = sum(row.numerator or 0 for row in rows)
    if not answer.measure.is_share:
        return Row(value=numerator, numerator=numerator)
    denominator = sum(row.denominator or 0 for row in rows)
    return Row(value=percent(numerator, denominator), numerator=numerator, denominator=denominator)


def _protect_rows(answer: Answer, total: Row, rows: Sequence[Row], profile: Profile) -> tuple[Row, tuple[Row, ...]]:
    """The total and the rows that make it up, protected together."""
    net = _Net(profile)
    if answer.measure.is_share:
        numbers = _add_shares(net, total, rows)
    else:
        numbers = _add_counts(net, total, rows)
    net.protect()
    not_yet_known = _not_yet_known(total, rows, profile)
    shown = [
        _shown(answer, row, [net.shown(number) for number in cells], waiting, profile)
        for row, cells, waiting in zip((total, *rows), numbers, not_yet_known, strict=True)
    ]
    return shown[0], tuple(shown[1:])


def _add_counts(net: _Net, total: Row, rows: Sequence[Row]) -> list[list[int]]:
    """One number a row: the count, or of a distribution the number of cases."""
    counts = [_cases(row) for row in rows]
    cells = [[net.add("all", "end", count)] for count in counts]
    # A child in two groups is counted in both: then the parts are more than the whole, and tell less of it.
    spare = sum(counts) - _cases(total) if rows else -_cases(total)
    if spare > 0:
        net.add("end", "all", spare, hidden=True, guarded=False)
    elif spare < 0:
        net.add("all", "end", -spare, hidden=True, guarded=False)
    return [[net.add("end", "all", _cases(total), is_total=True)], *cells]


def _add_shares(net: _Net, total: Row, rows: Sequence[Row]) -> list[list[int]]:
    """Two numbers a row: numerator and denominator; their difference is a hidden cell between them."""
    found: list[list[int]] = []
    for i, row in enumerate(rows or (total,)):
        numerator, denominator = row.numerator or 0, row.denominator or 0
        inside = net.add(("row", i), "numerator", numerator)
        net.add(("row", i), "rest", denominator - numerator, hidden=True)
        found.append([inside, net.add("rows", ("row", i), denominator, is_total=True)])
    numerator, denominator = total.numerator or 0, total.denominator or 0
    inside = net.add("numerator", "columns", numerator, is_total=True)
    net.add("rest", "columns", denominator - numerator, hidden=True)
    whole = [inside, net.add("columns", "rows", denominator, is_total=True)]
    return [whole, *found] if rows else [whole]


def _cases(row: Row) -> int:
    return (row.denominator if row.numerator is None else row.numerator) or 0


def _not_yet_known(total: Row, rows: Sequence[Row], profile: Profile) -> list[Shown]:
    shown, whole = protect_row([row.not_yet_known or 0 for row in rows], profile)
    if rows:
        return [whole, *shown]
    count = total.not_yet_known or 0
    return [WITHHELD if profile.small(count) else profile.rounded(count)]


def _shown(answer: Answer, row: Row, parts: Sequence[Shown], waiting: Shown, profile: Profile) -> Row:
    names = ("numerator", "denominator") if answer.measure.is_share else ("count",)
    kept_back = [name for name, part in zip(names, parts, strict=True) if part is WITHHELD]
    values = [None if part is WITHHELD else part for part in parts]
    changed = replace(
        row,
        not_yet_known=None if waiting is WITHHELD else waiting,
        kept_back=tuple(kept_back) + (("not_yet_known",) if waiting is WITHHELD else ()),
        withheld=bool(kept_back),
    )
    if answer.measure.is_share:
        numerator, denominator = values
        value = None
        if numerator is not None and denominator is not None:
            # Of the figures shown: the share of the true ones would undo the rounding.
            value = row.value if profile.base == 1 else percent(min(numerator, denominator), denominator)
        return replace(changed, value=value, numerator=numerator, denominator=denominator)
    if answer.measure.kind == "distribution":
        if kept_back:
            return replace(changed, value=None, quartiles=None, denominator=None)
        return replace(changed, denominator=values[0])
    return replace(changed, value=values[0], numerator=values[0])


def _protect_counted(counted: Counted, profile: Profile) -> Counted:
    count = counted.count or 0
    return replace(counted, count=None if profile.small(count) else profile.rounded(count))


def _protect_apart(counted: Counted, total: Row, shown: Row, profile: Profile) -> Counted:
    """A part of the whole: withheld too where the rest of it would be small, or the whole is withheld."""
    whole = total.numerator if total.denominator is None else total.denominator
    rest = (whole or 0) - (counted.count or 0)
    if shown.withheld or profile.small(rest):
        return replace(counted, count=None) if counted.count else counted
    return _protect_counted(counted, profile)
