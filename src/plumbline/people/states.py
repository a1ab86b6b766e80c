"""The tables of moves of a role that is asked for, and of an invitation."""

from plumbline.people.models import Invitation, RoleAsked

_S = RoleAsked.State

ROLE_MOVES = {
    _S.ASKED: frozenset({_S.GIVEN, _S.DECLINED}),
    _S.GIVEN: frozenset(),
    _S.DECLINED: frozenset(),
}

_I = Invitation.State

INVITATION_MOVES = {
    _I.WAITING: frozenset({_I.ACCEPTED, _I.WITHDRAWN}),
    _I.ACCEPTED: frozenset(),
    _I.WITHDRAWN: frozenset(),
}
