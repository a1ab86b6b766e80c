"""Profiles of disclosure control, and the network in which it is worked out what must be withheld (disclosure)."""

import heapq
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from math import inf
from typing import Final, Literal

from plumbline.kernel.errors import RuleBroken


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


_Node = str | tuple[str, int]


@dataclass(slots=True)
class _Cell:
    """`hidden` cells are never printed: nothing is known of them but what the others tell.

    `guarded` ones are counts of children, that may not be told when they are small. `fixed` ones are shown elsewhere
    and cannot be withheld any more. `rank`: cells of a higher one are given up after those of a lower.
    """

    tail: _Node
    head: _Node
    count: int
    is_total: bool
    hidden: bool
    guarded: bool
    withheld: bool
    fixed: bool = False
    rank: int = 0


@dataclass(slots=True)
class Net:
    """`impossible`: a small count is told because of cells that are fixed."""

    profile: Profile
    impossible: bool = False
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
        withheld: bool = False,
        fixed: bool = False,
        rank: int = 0,
    ) -> int:
        withheld = not hidden and (withheld or self.profile.small(count))
        self.cells.append(_Cell(tail, head, count, is_total, hidden, guarded, withheld, fixed, rank))
        number = len(self.cells) - 1
        self._leaving.setdefault(tail, []).append((number, True))
        self._leaving.setdefault(head, []).append((number, False))
        return number

    def shown(self, number: int) -> Shown:
        cell = self.cells[number]
        return WITHHELD if cell.withheld else self.profile.rounded(cell.count)

    def protect(self, *, moving: Collection[int] = ()) -> None:
        """`moving`: cells withheld for the sake of small ones of another table, which must not be told either."""
        for number in moving:
            self._free(number, up=True, need=self.profile.threshold)
            self._free(number, up=False, need=min(self.profile.threshold, self.cells[number].count - 1))
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
                self.impossible |= self._is_held_fast(start, goal, number, moved)
                return
            dear = [arc for arc in path if self._room(*arc, moved, as_it_is=True) < 1]
            for other, _ in dear:
                self.cells[other].withheld = True
            step = int(min(need, *(self._room(*arc, moved, as_it_is=True) for arc in path)))
            for other, forward in path:
                moved[other] = moved.get(other, 0) + (step if forward else -step)
            need -= step

    def _is_held_fast(self, start: _Node, goal: _Node, without: int, moved: Mapping[int, int]) -> bool:
        """Whether it could move if those that are fixed were not."""
        fixed = [cell for cell in self.cells if cell.fixed]
        for cell in fixed:
            cell.fixed = False
        path = self._cheapest(start, goal, without, moved)
        for cell in fixed:
            cell.fixed = True
        return path is not None

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
        return cell.count + 1 + cell.rank * 1_000_000 + (1_000_000_000 if cell.is_total else 0)

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
        if cell.withheld or not (as_it_is or cell.fixed):
            return 1, inf
        return self.profile.range_of(cell.count)
