"""The table of moves of a role that is asked for."""

from plumbline.people.models import RoleAsked

_S = RoleAsked.State

ROLE_MOVES = {
    _S.ASKED: frozenset({_S.GIVEN, _S.DECLINED}),
    _S.GIVEN: frozenset(),
    _S.DECLINED: frozenset(),
}
