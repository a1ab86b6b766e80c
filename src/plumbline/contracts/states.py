"""The tables of moves of contracts, meetings, visits and incidents."""

from plumbline.contracts.models import ContractState, Evaluation, IncidentState, Visit

_C = ContractState

CONTRACT_MOVES = {
    _C.IMPLEMENTATION: frozenset({_C.LIVE, _C.ENDED}),
    _C.LIVE: frozenset({_C.ENDED}),
    _C.ENDED: frozenset(),
}

_E = Evaluation.State

EVALUATION_MOVES = {
    _E.PLANNED: frozenset({_E.HELD, _E.CANCELLED}),
    _E.HELD: frozenset(),
    _E.CANCELLED: frozenset(),
}

_V = Visit.State

VISIT_MOVES = {
    _V.PLANNED: frozenset({_V.HELD, _V.CANCELLED}),
    _V.HELD: frozenset({_V.REPORT_SENT, _V.SIGNED_OFF}),
    _V.REPORT_SENT: frozenset({_V.ANSWERED, _V.SIGNED_OFF}),
    _V.ANSWERED: frozenset({_V.SIGNED_OFF}),
    _V.SIGNED_OFF: frozenset(),
    _V.CANCELLED: frozenset(),
}

_I = IncidentState

INCIDENT_MOVES = {
    _I.OPEN: frozenset({_I.REVIEW, _I.ASIDE}),
    _I.REVIEW: frozenset({_I.OPEN, _I.CLOSED, _I.ASIDE}),
    _I.CLOSED: frozenset({_I.ASIDE}),
    # Taken back, it is open again, or closed where it was.
    _I.ASIDE: frozenset({_I.OPEN, _I.CLOSED}),
}
