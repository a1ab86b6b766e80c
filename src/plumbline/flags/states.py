"""The tables of moves of flags and messages."""

from plumbline.flags.models import FlagState, Message

# What is so again later is a flag of its own, so that the answers to the first stay with it.
FLAG_MOVES = {
    FlagState.OPEN: frozenset({FlagState.CLOSED}),
    FlagState.CLOSED: frozenset(),
}

_M = Message.State

# One that failed for now stays waiting, for its next attempt. Refused or not sent, it waits again once the person has
# another address.
MESSAGE_MOVES = {
    _M.WAITING: frozenset({_M.SENT, _M.FAILED, _M.NOT_SENT, _M.JOINED}),
    _M.SENT: frozenset(),
    _M.FAILED: frozenset({_M.WAITING}),
    _M.NOT_SENT: frozenset({_M.WAITING}),
    _M.JOINED: frozenset(),
}
