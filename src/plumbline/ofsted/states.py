"""The table of moves of a line of the monthly check."""

from plumbline.ofsted.models import CheckItem

_O = CheckItem.Outcome

# What was looked up may be looked up again while the month is open: a new report can come out.
CHECK_MOVES = {
    _O.TO_DO: frozenset({_O.UNCHANGED, _O.CHANGED, _O.NOT_OPENED, _O.NOT_FOUND}),
    _O.UNCHANGED: frozenset({_O.UNCHANGED, _O.CHANGED}),
    _O.NOT_OPENED: frozenset({_O.NOT_OPENED, _O.UNCHANGED, _O.CHANGED}),
    _O.NOT_FOUND: frozenset({_O.NOT_FOUND, _O.UNCHANGED, _O.CHANGED}),
    _O.CHANGED: frozenset({_O.CHANGED}),
}
