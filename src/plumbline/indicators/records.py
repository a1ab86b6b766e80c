"""All that figures are made of, as each room declares it in its `figures`."""

from collections.abc import Mapping

from plumbline.commissioning import figures as commissioning
from plumbline.contracts import figures as contracts
from plumbline.earlyhelp import figures as earlyhelp
from plumbline.flags import figures as flags
from plumbline.measures.model import Measure
from plumbline.measures.records import Facts, Record
from plumbline.people import figures as people
from plumbline.placements import figures as placements
from plumbline.socialcare import figures as socialcare

_ROOMS = (people, flags, socialcare, commissioning, earlyhelp, contracts, placements)
FACTS: tuple[Facts, ...] = tuple(facts for room in _ROOMS for facts in room.FACTS)
# By the column that numbers a measure's records.
RECORDS: Mapping[str, Record] = {record.key: record for room in _ROOMS for record in room.RECORDS}
# By the file that brings them.
OF_SOURCE: Mapping[str, Record] = {source: record for record in RECORDS.values() for source in record.sources}


def counted_by(measure: Measure) -> Record:
    """The kind of record that a measure counts."""
    return RECORDS[measure.rule.record.rpartition(".")[2]]
