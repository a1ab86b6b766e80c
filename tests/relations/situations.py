"""One user of a role, and one child for each relation that the user may have to a record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from django.db import connection

from plumbline.earlyhelp.models import Tac
from plumbline.exchange.models import RefusedRow
from plumbline.exchange.operations.ties import refresh_ties
from plumbline.flags.models import Flag
from plumbline.ofsted.models import Setting, StatusPeriod
from plumbline.people.act import Act
from plumbline.people.models import Child, User
from plumbline.people.operations import look_at_child, tie
from plumbline.placements.models import Enquiry, Placement, PlacementException
from plumbline.placements.operations import raise_flags
from plumbline.socialcare.models import Involvement
from tests.factories.people import LONG_AGO, ChildFactory, ImportFactory, ProfessionalFactory, UserFactory, hold_role
from tests.factories.records import (
    InvolvementFactory,
    PlacementFactory,
    ReferralFactory,
    RefusedRowFactory,
    SettingFactory,
    TacFactory,
)

TODAY = date(2016, 7, 31)
YESTERDAY = date(2016, 7, 30)
AT = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)
DOB = date(2007, 11, 23)

RELATIONS: Mapping[str, str] = {
    "none": "no tie to the child, who has a TAC and is not placed",
    "placed": "no tie to the child, who is placed at an adverse setting, with a worker",
    "tied": "a tie that fits the role (see below)",
    "tie ended": "that tie ended yesterday; someone else has the child now",
    "team": "the child's worker is of the team for which the user holds the role",
    "restricted": "as “placed”, and the child's record is restricted",
    "restricted, tied": "the child's record is restricted, and the user is tied to it",
    "role ended": "as “tied”, and the user's role ended yesterday",
}

# The roles of members: what one is answered all are.
MEMBERS = ("elected_member", "committee_chair", "lead_member", "co_opted_member")

# How each role comes to be tied to a child, where a record of the council's systems says so.
ALLOCATED, LEADS, CASEWORKER = "allocated", "leads", "caseworker"
TIED_BY: Mapping[str, str] = {
    "lead_professional": LEADS,
    "social_worker": ALLOCATED,
    "sen_caseworker": CASEWORKER,
    "team_manager": ALLOCATED,
}
# For the others the tie is given by hand, to the child and the TAC; to roles that reach no child it is given too, and
# must open nothing.
_WHY = {"tac_member": "tac_member", "auditor": "auditor", "reviewing_officer": "reviewing_officer"}
_TEAM, _OTHER_TEAM = "West", "East"


@dataclass
class Case:
    """One child with a record of every kind, and the words by which an answer shows that it is about this child."""

    child: Child
    tac: Tac
    refused: RefusedRow
    setting: Setting
    placement: Placement | None = None
    ends_here: Placement | None = None
    exception: PlacementException | None = None
    flag: Flag | None = None

    @property
    def name(self) -> str:
        return self.child.surname

    @property
    def numbers(self) -> tuple[str, ...]:
        placed = [each.source_id for each in (self.placement, self.ends_here) if each]
        return (self.child.source_id, self.tac.source_id, f"RW{self.child.source_id[2:]}", *placed)


@dataclass
class Situation:
    role: str
    user: User
    former: User
    setting: Setting
    enquiry: Enquiry
    cases: dict[str, Case] = field(default_factory=dict)

    def viewer(self, relation: str) -> User:
        return self.former if relation == "role ended" else self.user


def make(role: str) -> Situation:
    """Everything about one role, from records as an import leaves them; ties and flags follow as they do in life.

    Set up as the worker, whose work that is; the owner's connection acts as the pages afterwards.
    """
    user = UserFactory(role=role, role__team=_TEAM, professional=ProfessionalFactory(department=_TEAM))
    former = UserFactory(professional=ProfessionalFactory())
    hold_role(user=former, role=role, from_on=LONG_AGO, to_on=YESTERDAY, team=_TEAM)
    setting = SettingFactory()
    StatusPeriod.objects.create(setting=setting, status="clear", from_on=LONG_AGO, rule_version="test", reasons=[])
    enquiry = Enquiry.objects.create(
        asked_at=AT,
        asked_by=user,
        asked=setting.urn,
        setting=setting,
        day=TODAY,
        may=False,
        answer={"verdict": "no", "why": []},
    )
    found = Situation(role, user, former, setting, enquiry)
    for number, relation in enumerate(RELATIONS):
        found.cases[relation] = _case(found, relation, number)
    refresh_ties(act=Act(None, AT, YESTERDAY))
    _end_the_tie(found)
    refresh_ties(act=Act(None, AT, TODAY))
    _becomes_adverse(setting)
    raise_flags(act=Act(None, AT, TODAY))
    for case in found.cases.values():
        case.flag = Flag.objects.filter(child_id=case.child.pk).first()
        look_at_child(child_id=case.child.pk, page="now", act=Act(UserFactory(), AT, TODAY))
    return found


def _case(situation: Situation, relation: str, number: int) -> Case:
    role, how = situation.role, TIED_BY.get(situation.role, "")
    tied_to = None
    if relation in ("tied", "tie ended", "restricted, tied", "role ended"):
        tied_to = situation.viewer(relation)
    letters = "".join(chr(ord("a") + int(digit)) for digit in f"{number:02}")
    child = ChildFactory(
        source_id=f"CH{number:04}",
        forename="Zebedee",
        surname=f"Quorn{letters}",
        dob=DOB,
        restricted=relation.startswith("restricted"),
        missing_since=YESTERDAY,
    )
    led = tied_to.professional if tied_to and how == LEADS else ProfessionalFactory()
    tac = TacFactory(source_id=f"TM{number:04}", child=child, lead_professional=led)
    ReferralFactory(child=child, source_id=f"RF{number:04}")
    refused = RefusedRowFactory(
        import_run=_import(),
        row_id=f"RW{number:04}",
        cells={
            "pers_person_id": f"RW{number:04}",
            "pers_forename": "Zebedee",
            "pers_surname": child.surname,
            "pers_dob": "31/02/2009",
        },
    )
    case = Case(child, tac, refused, situation.setting)
    if relation != "none":
        worker = tied_to.professional if tied_to and how == ALLOCATED else ProfessionalFactory()
        team = _TEAM if relation == "team" else _OTHER_TEAM
        InvolvementFactory(child=child, professional=worker, team=team)
        caseworker = tied_to.professional if tied_to and how == CASEWORKER else None
        case.placement = PlacementFactory(
            source_id=f"PM{number:04}",
            child=child,
            setting=situation.setting,
            urn_wording=situation.setting.urn,
            source="sen" if role == "sen_caseworker" else "social_care",
            **({"caseworker": caseworker} if caseworker else {}),
        )
        case.ends_here = PlacementFactory(source_id=f"HM{number:04}", child=child)
        case.exception = PlacementException.objects.create(
            child=child,
            setting=situation.setting,
            grounds="court_named",
            reason="A court named it.",
            safeguards="Visited each week.",
            from_on=TODAY,
            ends_on=date(2016, 8, 31),
            asked_by=UserFactory(),
            asked_at=AT,
        )
    if tied_to and not how:
        until = YESTERDAY if relation == "tie ended" else None
        for kind, subject in (("child", child), ("tac", tac)):
            tie(
                user=tied_to,
                subject_type=kind,
                subject_ids=[subject.pk],
                why=_WHY.get(role, "asked_in"),
                from_on=LONG_AGO,
                to_on=until,
                because="Asked in.",
                act=Act(None, AT, TODAY),
            )
    return case


def _import():
    return ImportFactory(label="extract of July")


def _end_the_tie(situation: Situation) -> None:
    """Someone else has the child from today on."""
    case = situation.cases["tie ended"]
    other = ProfessionalFactory()
    Tac.objects.filter(pk=case.tac.pk).update(lead_professional=other)
    Involvement.objects.filter(child=case.child).update(professional=other, professional_wording=other.source_id)
    if situation.role == "sen_caseworker":
        Placement.objects.filter(pk=case.placement.pk).update(caseworker=other)


def _becomes_adverse(setting: Setting) -> None:
    since = date(2016, 7, 10)
    reasons = [{"code": "overall_inadequate", "sentence": "Judged inadequate overall.", "since": since.isoformat()}]
    Setting.objects.filter(pk=setting.pk).update(status="adverse", status_since=since, reasons=reasons)
    StatusPeriod.objects.filter(setting=setting).update(to_on=since)
    StatusPeriod.objects.create(setting=setting, status="adverse", from_on=since, rule_version="test", reasons=reasons)
    setting.refresh_from_db()


def observed(*sources: str) -> None:
    """The records of these sources reach until today."""
    with connection.cursor() as cursor:
        for source in sources:
            cursor.execute(
                "insert into intake_extract (source, extracted_on, import_run_id) values (%s, %s, %s)",
                [source, TODAY, ImportFactory().pk],
            )
