"""Days, groups and figures in the words of a report."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from plumbline.audit.moments import shown
from plumbline.commissioning.models import Tender
from plumbline.contracts.models import Colour, Contract, IncidentType, Notification
from plumbline.contracts.rules import notifications
from plumbline.earlyhelp.models import AuditGrade, ClosureCode
from plumbline.kernel import wording
from plumbline.kernel.labels import Said
from plumbline.measures.model import NOT_RECORDED, Measure
from plumbline.ofsted.models import Status
from plumbline.people.models import Organisation
from plumbline.placements.models import Grounds

WITHHELD = "withheld"
NOTHING = "none to count"
CANNOT = "cannot be given"

# By split: the stored key of each group, in the order in which a table lists them, and its words.
GROUPS: Mapping[str, Mapping[str, str]] = {
    "outcome": dict(ClosureCode.choices),
    "grade": dict(AuditGrade.choices),
    "lead_sector": dict(Organisation.Sector.choices),
    "status": {
        Status.ADVERSE: "Adverse",
        Status.UNREGISTERED: "Unregistered",
        Status.UNMATCHED: "Not matched to Ofsted's lists",
        Status.CLOSED: "Closed",
        Status.NOT_JUDGED: "No overall judgement",
        Status.WATCH: "To be watched",
        Status.CLEAR: "Clear",
    },
    "colour": dict(Colour.choices),
    "body": dict(Tender.Body.choices),
    "kind": {**dict(Contract.Kind.choices), **dict(Tender.Kind.choices)},
    "type": dict(IncidentType.choices),
    "duty": dict(Notification.Duty.choices),
    "whose": {"own": "Our own", "other": "Another council's"},
    "ground": dict(Grounds.choices),
    # Of other toolkits than the shipped one, by their keys.
    "criterion": {"dbs": "Disclosure and barring checks", "section11_understood": "Understanding of section 11"},
}

# What each source is called among the background papers.
SOURCES: Mapping[str, str] = Said(
    {
        "ssd_early_help_episodes": "Early help episodes ({tacs}), from the council's case system",
        "ssd_cin_episodes": "Referrals to social care, from the council's case system",
        "tac_audits": "Register of quality audits of {tacs}",
        "ssd_cla_placement": "Placements of looked-after children, from the council's case system",
        "school_placements": "Placements at schools for special educational needs",
    }
)

# What is recorded here and read from no extract: by the relations that a measure counts.
_REGISTERS: Mapping[str, tuple[str, ...]] = {
    "Register of contracts": ("contract", "evaluation", "visit"),
    "Register of serious incidents": ("incident", "notification"),
    "Register of tenders and bids": ("tender", "bid", "stage1_fail"),
}


def register(measure: Measure) -> str:
    """The register that a measure counts from; "" where it reads extracts."""
    if measure.sources:
        return ""
    counted = measure.rule.source.partition("}")[0].removeprefix("{")
    return next((name for name, relations in _REGISTERS.items() if counted in relations), "")


def on_day(day: date | str) -> str:
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return wording.day(day)


def at_moment(moment: str | None) -> str:
    """ "as the records stood on 31 July 2016 at 14:32", in the council's own time."""
    if not moment:
        return ""
    return f"as the records stood on {wording.moment(shown(datetime.fromisoformat(moment)))}"


def when(body: Mapping[str, Any]) -> str:
    """The day or period of an answer or of one of its rows."""
    if body.get("as_at") or body.get("at"):
        return on_day(body.get("as_at") or body["at"])
    if body.get("from"):
        return f"{on_day(body['from'])} to {on_day(body['to'])}"
    return ""


def _groups(split: str) -> Mapping[str, str]:
    if split == "recipient":
        return {key: recipient.label for key, recipient in notifications.library().recipients.items()}
    return GROUPS.get(split, {})


def group(split: str, key: str) -> str:
    if key == NOT_RECORDED:
        return "Not recorded"
    words = _groups(split).get(key, key)
    # A key without words is said as it is written, but for how keys are written.
    return words.replace("_", " ").capitalize() if words == key and key.islower() else words


def group_order(split: str, key: str) -> tuple[int, int, str]:
    """Groups as their list has them; others after it by name; "not recorded" last."""
    known = list(_groups(split))
    return (key == NOT_RECORDED, known.index(key) if key in known else len(known), key)


def number(value: float | int) -> str:
    """2,704 or 273.5: one decimal, rounded half-up, where there is a part after the point."""
    rounded = Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{int(rounded):,}" if rounded == int(rounded) else f"{rounded:,}"
