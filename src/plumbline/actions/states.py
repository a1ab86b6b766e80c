"""The table of moves of an action."""

from plumbline.actions.models import ActionState

_S = ActionState

ACTION_MOVES = {
    _S.OPEN: frozenset({_S.IN_PROGRESS, _S.DONE, _S.CANCELLED}),
    _S.IN_PROGRESS: frozenset({_S.DONE, _S.CANCELLED}),
    _S.DONE: frozenset({_S.VERIFIED, _S.SENT_BACK}),
    _S.SENT_BACK: frozenset({_S.IN_PROGRESS, _S.DONE, _S.CANCELLED}),
    _S.VERIFIED: frozenset(),
    _S.CANCELLED: frozenset(),
}

# What still waits for its owner.
OUTSTANDING = frozenset({_S.OPEN, _S.IN_PROGRESS, _S.SENT_BACK})
