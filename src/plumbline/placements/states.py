"""The table of moves of an exception."""

from plumbline.placements.models import PlacementException

_S = PlacementException.State

EXCEPTION_MOVES = {
    _S.ASKED: frozenset({_S.APPROVED, _S.REFUSED}),
    _S.APPROVED: frozenset(),
    _S.REFUSED: frozenset(),
}
