"""The moves of an upload, of a request to withdraw an import, and of a refused row."""

from collections.abc import Mapping

from plumbline.exchange.models import RefusedRow, Upload, Withdrawal

_U = Upload.State

UPLOAD_MOVES: Mapping[Upload.State, frozenset[Upload.State]] = {
    _U.UPLOADED: frozenset({_U.LOOKING}),
    # What was stopped in the middle left nothing behind and is begun again.
    _U.LOOKING: frozenset({_U.LOOKING, _U.READY, _U.REFUSED}),
    _U.READY: frozenset({_U.LOOKING, _U.TAKING}),
    _U.TAKING: frozenset({_U.TAKING, _U.DONE, _U.REFUSED}),
    _U.REFUSED: frozenset({_U.LOOKING}),
    _U.DONE: frozenset(),
}

_W = Withdrawal.State

WITHDRAWAL_MOVES: Mapping[Withdrawal.State, frozenset[Withdrawal.State]] = {
    _W.TRYING: frozenset({_W.READY, _W.REFUSED}),
    _W.READY: frozenset({_W.WITHDRAWING, _W.LEFT}),
    _W.WITHDRAWING: frozenset({_W.DONE, _W.REFUSED}),
    _W.DONE: frozenset(),
    _W.REFUSED: frozenset(),
    _W.LEFT: frozenset(),
}

ROW_MOVES: Mapping[RefusedRow.State, frozenset[RefusedRow.State]] = {
    RefusedRow.State.OPEN: frozenset({RefusedRow.State.MENDED, RefusedRow.State.DISMISSED}),
    RefusedRow.State.MENDED: frozenset(),
    # Setting a row aside can be undone.
    RefusedRow.State.DISMISSED: frozenset({RefusedRow.State.OPEN}),
}
