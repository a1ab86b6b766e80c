"""The moves of an upload and of a refused row."""

from collections.abc import Mapping

from plumbline.exchange.models import RefusedRow, Upload

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

ROW_MOVES: Mapping[RefusedRow.State, frozenset[RefusedRow.State]] = {
    RefusedRow.State.OPEN: frozenset({RefusedRow.State.MENDED, RefusedRow.State.DISMISSED}),
    RefusedRow.State.MENDED: frozenset(),
    # Setting a row aside can be undone.
    RefusedRow.State.DISMISSED: frozenset({RefusedRow.State.OPEN}),
}
