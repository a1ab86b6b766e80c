"""Everything that gives people something to do, as each room says it."""

from plumbline.actions import due as actions
from plumbline.commissioning import due as commissioning
from plumbline.contracts import due as contracts
from plumbline.earlyhelp import due as earlyhelp
from plumbline.evidence import due as evidence
from plumbline.exchange import due as exchange
from plumbline.flags import due as flags
from plumbline.kernel.duties import Source
from plumbline.people import due as people
from plumbline.placements import due as placements
from plumbline.placements import due_of_homes as homes
from plumbline.scrutiny import due as scrutiny
from plumbline.toolkits import due as toolkits

SOURCES: tuple[Source, ...] = (
    *people.SOURCES, *flags.SOURCES, *evidence.SOURCES, *actions.SOURCES, *toolkits.SOURCES, *commissioning.SOURCES,
    *contracts.SOURCES, *earlyhelp.SOURCES, *placements.SOURCES, *homes.SOURCES, *scrutiny.SOURCES, *exchange.SOURCES,
)  # fmt: skip
