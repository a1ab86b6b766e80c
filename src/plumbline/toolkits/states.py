"""The tables of moves of returns and of versions of a toolkit (product.md, Toolkits)."""

from plumbline.toolkits.models import ReturnState, ToolkitVersion

_R = ReturnState

# Taken off: until it is moderated, with a reason.
RETURN_MOVES = {
    _R.REQUESTED: frozenset({_R.IN_PROGRESS, _R.CANCELLED}),
    _R.IN_PROGRESS: frozenset({_R.SUBMITTED, _R.CANCELLED}),
    _R.SUBMITTED: frozenset({_R.RETURNED, _R.MODERATED, _R.CANCELLED}),
    _R.RETURNED: frozenset({_R.RESUBMITTED, _R.CANCELLED}),
    _R.RESUBMITTED: frozenset({_R.RETURNED, _R.MODERATED, _R.CANCELLED}),
    _R.MODERATED: frozenset({_R.SIGNED_OFF}),
    _R.SIGNED_OFF: frozenset(),
    _R.CANCELLED: frozenset(),
}

_V = ToolkitVersion.State

VERSION_MOVES = {
    _V.DRAFT: frozenset({_V.PUBLISHED, _V.WITHDRAWN}),
    _V.PUBLISHED: frozenset({_V.WITHDRAWN}),
    _V.WITHDRAWN: frozenset(),
}

# While a return is in one of these, the person it is assigned to may change its answers.
ANSWERABLE = frozenset({_R.REQUESTED, _R.IN_PROGRESS, _R.RETURNED})
