"""The whole state machine: a table of moves and a check."""

from collections.abc import Mapping
from typing import Protocol, TypeVar

from plumbline.kernel.errors import RuleBroken


class Labelled(Protocol):
    @property
    def label(self) -> str: ...


S = TypeVar("S", bound=Labelled)


def check_move(moves: Mapping[S, frozenset[S]], current: S, to: S) -> None:
    """Raise RuleBroken unless the table allows current → to."""
    if to not in moves[current]:
        raise RuleBroken(f"Cannot move from {current.label} to {to.label}.", code="wrong_state")
