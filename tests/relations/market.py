"""The council's buying as one situation: for each relation of a provider to it the same records, every text with a mark.

A mark is a word that stands nowhere else: `Mark("narrative", "own")` is written “Qnarrativeown”. An answer in which it
stands has told it.
"""  # noqa: E501

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from plumbline.actions.models import Action, ActionNote
from plumbline.commissioning import models as buying
from plumbline.contracts import models as care
from plumbline.due import keeping
from plumbline.evidence.models import Document
from plumbline.evidence.operations import keep_document
from plumbline.people.access import ROLES
from plumbline.people.act import Act
from plumbline.people.models import Child, Organisation, User
from plumbline.people.operations import tie
from plumbline.toolkits.models import Answer, AnswerDocument, Return, ReturnAssignment
from tests.factories import files
from tests.factories.people import LONG_AGO, ChildFactory, OrganisationFactory, UserFactory, hold_role
from tests.factories.records import PlacementFactory, SettingFactory
from tests.factories.tenders import BidFactory, EvaluatorFactory, ScoreFactory, TenderFactory
from tests.factories.toolkits import content, criterion, published
from tests.relations.situations import AT, TODAY, YESTERDAY

# Of a contract, a return, a plan …: whose it is, seen from the provider's user.
OWN, MERGED, OTHER = "own", "merged", "other"
WHOSE = {
    OWN: "of the provider's own organisation",
    MERGED: "of a name found to be the same organisation",
    OTHER: "of another organisation",
}
# Of a tender: what stands between an evaluator and the bids.
SCORING, MODERATION, RECOMMENDED = "scoring", "moderation", "recommended"
TENDERS = {
    SCORING: "whose bids are scored, one evaluator having locked and one not",
    MODERATION: "whose evaluators have all locked",
    RECOMMENDED: "of which a bid is recommended, and not approved yet",
}
_NEXT = TODAY + timedelta(days=30)
_LATER = TODAY + timedelta(days=300)


_STATES = {SCORING: "evaluation", MODERATION: "moderation", RECOMMENDED: "recommendation"}


def mark(kind: str, whose: str) -> str:
    return f"Q{kind}{whose}"


VALUES = {OWN: Decimal(4817263), MERGED: Decimal(4928374), OTHER: Decimal(4739516)}
PRICES = {SCORING: Decimal(7654321), MODERATION: Decimal(7654322), RECOMMENDED: Decimal(7654323)}
_NUMBERS = {str(value): ("value", whose) for whose, value in VALUES.items()}
_NUMBERS |= {str(price): ("price", state) for state, price in PRICES.items()}
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_MARK = re.compile(r"Q([a-z]+?)(own|merged|other|scoring|moderation|recommended)\b")
# An address of a child's record, no matter who the child is.
_OF_CHILD = re.compile(r"/(?:children|placements|tacs)/\d+/")


def marks_in(said: str) -> set[tuple[str, str]]:
    """Every mark that stands in a text, as (kind, whose)."""
    plain = _THOUSANDS.sub("", said)
    found = set(_MARK.findall(said)) | {told for number, told in _NUMBERS.items() if number in plain}
    return found | ({("childlink", OWN)} if _OF_CHILD.search(said) else set())


@dataclass
class Market:
    """Everybody who asks, and the records by the names of the arguments of routes."""

    viewers: dict[str, User] = field(default_factory=dict)
    # By whose they are and then by the room of a route (its first word): the values of the arguments.
    organisations: dict[str, Organisation] = field(default_factory=dict)
    records: dict[tuple[str, str], object] = field(default_factory=dict)


# Beside one viewer of each role: what else decides what one sees.
SPECIAL = {
    "reporter": "Service-area lead, who reported the incident",
    "manager": "Contract officer, the contract's own",
    "area_lead": "Service-area lead, the contract's own",
    "tied_officer": "Contract officer who is also tied to the children as a social worker",
    "tied_worker": "Social worker, tied to the children",
    "provider": "Provider user",
    "both": "Provider user of both organisations",
    "locked": "Evaluator, declared, scores locked",
    "open": "Evaluator, declared, still scoring",
    "undeclared": "Evaluator, not declared yet",
    "undecided": "Evaluator, conflict declared and not decided",
    "excluded": "Evaluator, excluded",
    "elsewhere": "Evaluator of another tender",
    "moderating": "Evaluator of the tender in moderation",
    "lead": "Commissioner, leading the tenders",
    "assigned": "Elected member, asked to answer the council's own return",
    "undecided_lead": "Commissioner who is an evaluator and declared a conflict",
    "former_officer": "Contract officer until yesterday, to whom an action, a return and an incident were given",
    "former_lead": "Commissioner until yesterday, leading a tender",
    "former_provider": "Provider user until yesterday",
    "former_evaluator": "Evaluator until yesterday",
}


def make(folder: Path) -> Market:
    """Set up as the worker; the owner's connection acts as the pages afterwards."""
    found = Market()
    own = OrganisationFactory(name="Juniper Care", sector="voluntary")
    found.organisations = {
        OWN: own,
        MERGED: OrganisationFactory(name="Juniper Homes", sector="voluntary", merged_into=own),
        OTHER: OrganisationFactory(name="Larch Care", sector="voluntary"),
    }
    for role in ROLES:
        if role != "provider_user":
            found.viewers[role] = UserFactory(role=role, name=f"Plain {role}")
    _people(found)
    for whose, organisation in found.organisations.items():
        found.records["supplier", whose] = organisation
        _contract(found, whose, organisation, folder)
    for state in TENDERS:
        _tender(found, state, folder)
    # What waits for whom is known before anybody asks for a page.
    keeping.catch_up(on=TODAY)
    return found


def _people(found: Market) -> None:
    for key, role in (
        ("manager", "contract_officer"),
        ("area_lead", "service_area_lead"),
        ("reporter", "service_area_lead"),
        ("tied_officer", "contract_officer"),
        ("tied_worker", "social_worker"),
        ("lead", "commissioner"),
        ("undecided_lead", "commissioner"),
        ("assigned", "elected_member"),
    ):
        found.viewers[key] = UserFactory(role=role, name=f"Special {key}")
    hold_role(user=found.viewers["tied_officer"], role="social_worker", from_on=LONG_AGO)
    for key in ("provider", "both"):
        user = found.viewers[key] = UserFactory(name=f"Special {key}")
        for whose in (OWN, OTHER) if key == "both" else (OWN,):
            hold_role(user=user, role="provider_user", organisation=found.organisations[whose], from_on=LONG_AGO)
    for key, role in (
        ("former_officer", "contract_officer"),
        ("former_lead", "commissioner"),
        ("former_provider", "provider_user"),
        ("former_evaluator", "evaluator"),
    ):
        user = found.viewers[key] = UserFactory(name=f"Special {key}")
        hold_role(
            user=user,
            role=role,
            from_on=LONG_AGO,
            to_on=YESTERDAY,
            organisation=found.organisations[OWN] if role == "provider_user" else None,
        )
    for key in ("locked", "open", "undeclared", "undecided", "excluded", "elsewhere", "moderating"):
        found.viewers[key] = UserFactory(role="evaluator", name=f"Special {key}")


def _child(found: Market, kind: str, whose: str) -> Child:
    child = ChildFactory(source_id=mark(f"{kind}number", whose), forename="Zebedee", surname=mark(kind, whose))
    for key in ("tied_officer", "tied_worker"):
        tie(
            user=found.viewers[key],
            subject_type="child",
            subject_ids=[child.pk],
            why="allocated_worker",
            from_on=LONG_AGO,
            to_on=None,
            because="Theirs.",
            act=Act(None, AT, TODAY),
        )
    return child


def _document(found: Market, name: str, whose: str, folder: Path, **more: object) -> Document:
    said = mark(name, whose)
    kept = keep_document(
        title=said,
        file_name=f"{said}.pdf",
        content=files.pdf(f"{said}".encode()),
        folder=folder,
        act=Act(None, AT, TODAY),
        **more,
    )
    found.records[f"document_{name}", whose] = kept
    return kept


def _contract(found: Market, whose: str, provider: Organisation, folder: Path) -> None:
    say = lambda kind: mark(kind, whose)  # noqa: E731
    people = found.viewers
    keep = lambda name, record: found.records.__setitem__((name, whose), record) or record  # noqa: E731
    setting = keep("setting", SettingFactory(provision_type="Children's home"))
    contract = keep(
        "contract",
        care.Contract.objects.create(
            reference=say("reference"),
            title=say("title"),
            kind="block",
            provider=provider,
            service="Residential care",
            manager=people["manager"],
            area_lead=people["area_lead"],
            starts_on=date(2015, 1, 1),
            visit_required=True,
            value=VALUES[whose],
            live_on=date(2015, 1, 1),
        ),
    )
    care.ContractSetting.objects.create(contract=contract, setting=setting, urn=setting.urn)
    spot_child = _child(found, "spotchild", whose)
    spot = keep(
        "spot",
        care.Contract.objects.create(
            reference=say("spot"),
            title=say("spottitle"),
            kind="spot",
            provider=provider,
            service="Residential care",
            manager=people["manager"],
            area_lead=people["former_officer"],
            starts_on=date(2016, 1, 1),
            child=spot_child,
            live_on=date(2016, 1, 1),
        ),
    )
    care.ContractSetting.objects.create(contract=spot, setting=setting, urn=setting.urn)
    PlacementFactory(child=spot_child, setting=setting, urn_wording=setting.urn)
    for each in (contract, spot):
        care.RatingPeriod.objects.create(
            contract=each, colour="amber", rules_colour="amber", from_on=date(2016, 1, 1), rule_version="1"
        )
        care.ReasonPeriod.objects.create(
            contract=each,
            code="no_self_assessment",
            colour="amber",
            from_on=date(2016, 1, 1),
            detail=say("ragreason"),
            rule_version="1",
        )
    care.RatingByHand.objects.create(
        contract=contract,
        colour="red",
        because=say("handrating"),
        from_on=date(2016, 7, 1),
        until_on=_NEXT,
        set_at=AT,
        set_by=people["manager"],
    )
    care.TeamDecision.objects.create(
        contract=contract,
        code="no_self_assessment",
        decision=say("teamdecision"),
        decided_on=TODAY,
        decided_at=AT,
        decided_by=people["head_of_service"],
        by_when=_NEXT,
    )
    _looked_at(found, whose, contract, folder)
    _incident(found, whose, contract)
    _returns(found, whose, provider, contract, folder)
    _documents(found, whose, provider, contract, folder)
    _actions(found, whose, provider, contract, folder)
    _plan(found, whose, provider)


def _looked_at(found: Market, whose: str, contract: care.Contract, folder: Path) -> None:
    say = lambda kind: mark(kind, whose)  # noqa: E731
    setting = found.records["setting", whose]
    meeting = care.Evaluation.objects.create(
        contract=contract,
        held_on=date(2016, 6, 1),
        service_area_present=True,
        chair="The chair",
        minutes_document=_document(found, "minutesdoc", whose, folder, sensitivity="restricted"),
        minutes=say("minutes"),
        next_on=_NEXT,
        recorded_at=AT,
        safeguarding={"concerns": say("meetingconcern")},
    )
    planned = care.Evaluation.objects.create(contract=contract, held_on=_NEXT, state="planned")
    found.records["meeting", whose], found.records["meeting_planned", whose] = meeting, planned
    care.EvaluationAttendee.objects.create(evaluation=meeting, name=say("attendee"))
    found.records["case", whose] = care.EvaluationCase.objects.create(
        evaluation=meeting,
        reference=say("casereference"),
        summary=say("casesummary"),
        child=_child(found, "casechild", whose),
    )
    commitment = care.Commitment.objects.create(contract=contract, text=say("commitment"), source="The bid")
    care.CommitmentCheck.objects.create(
        evaluation=meeting, commitment=commitment, result="not_met", note=say("commitmentnote")
    )
    arrangement = care.Arrangement.objects.create(
        contract=contract,
        text=say("arrangement"),
        agreed_on=date(2016, 1, 1),
        agreed_by="A",
        agreed_with="B",
        recorded_at=AT,
    )
    kpi = care.Kpi.objects.create(contract=contract, title=say("kpi"), target="90%")
    care.KpiReading.objects.create(
        kpi=kpi, quarter_from=date(2016, 4, 1), value="50%", rating="inadequate", note=say("kpinote"), recorded_at=AT
    )
    visit = care.Visit.objects.create(
        contract=contract,
        setting=setting,
        state="report_sent",
        visited_on=date(2016, 6, 10),
        visitors="A visitor",
        summary=say("visitsummary"),
        report_sent_on=date(2016, 6, 20),
        recorded_at=AT,
        report=_document(found, "visitdoc", whose, folder, sensitivity="restricted"),
    )
    held = care.Visit.objects.create(
        contract=contract,
        setting=setting,
        state="held",
        visited_on=date(2016, 7, 10),
        summary=say("visitunsent"),
        recorded_at=AT,
    )
    care.VisitFinding.objects.create(visit=visit, area="induction", judgement="not_met", finding=say("finding"))
    report = care.HomeReport.objects.create(
        setting=setting,
        kind="reg44",
        period_from=date(2016, 6, 1),
        received_on=date(2016, 7, 5),
        recorded_at=AT,
        document=_document(found, "homereport", whose, folder, sensitivity="restricted"),
        concern=say("homeconcern"),
        read_at=AT,
        read_by=found.viewers["manager"],
    )
    assessment = care.Assessment.objects.create(
        contract=contract,
        kind="board",
        completed_on=date(2015, 9, 1),
        valid_until=date(2016, 8, 31),
        instrument=say("instrument"),
        recorded_at=AT,
        document=_document(found, "assessmentdoc", whose, folder, sensitivity="restricted"),
    )
    for name, record in (
        ("commitment", commitment),
        ("arrangement", arrangement),
        ("kpi", kpi),
        ("visit", visit),
        ("visit_held", held),
        ("home_report", report),
        ("assessment", assessment),
    ):
        found.records[name, whose] = record


def _incident(found: Market, whose: str, contract: care.Contract) -> None:
    say = lambda kind: mark(kind, whose)  # noqa: E731
    form = care.IncidentForm.objects.create(
        contract=contract,
        number=1,
        made_at=AT,
        steps=[{"step": say("formstep"), "duty": "provider", "recipient": "lado"}],
    )
    incident = care.Incident.objects.create(
        reference=say("incident"),
        contract=contract,
        setting=found.records["setting", whose],
        form=form,
        type="allegation_staff",
        occurred_at=AT - timedelta(days=2),
        known_at=AT - timedelta(days=2),
        reported_at=AT - timedelta(days=1),
        reported_by=found.viewers["reporter"],
        summary=say("incidentsummary"),
        narrative=say("narrative"),
        staff_involved=say("staff"),
        immediate_action=say("immediate"),
        children_count=1,
        police_reference=say("police"),
        lado_reference=say("lado"),
        council_notifiable=True,
        council_learnt_on=date(2016, 7, 29),
    )
    child = found.records["incident_child", whose] = _child(found, "incidentchild", whose)
    care.IncidentChild.objects.create(incident=incident, child=child)
    tie(
        user=found.viewers["former_officer"],
        subject_type="incident",
        subject_ids=[incident.pk],
        why="let_read",
        from_on=LONG_AGO,
        to_on=None,
        because="Asked.",
        act=Act(None, AT, TODAY),
    )
    told = care.Notification.objects.create(
        incident=incident,
        recipient="lado",
        legal_basis="Working Together",
        duty="provider",
        due_at=AT - timedelta(hours=3),
    )
    ours = care.Notification.objects.create(
        incident=incident,
        recipient="national_panel",
        legal_basis="Working Together",
        duty="council",
        due_at=AT + timedelta(hours=90),
        channel=say("councilchannel"),
        sent_at=AT,
    )
    news = care.IncidentNews.objects.create(incident=incident, at=AT, text=say("news"))
    sent = care.NewsSent.objects.create(news=news, notification=ours, due_at=AT)
    for name, record in (("incident", incident), ("told", told), ("news_sent", sent), ("incident_form", form)):
        found.records[name, whose] = record


def _returns(found: Market, whose: str, provider: Organisation, contract: care.Contract, folder: Path) -> None:
    say = lambda kind: mark(kind, whose)  # noqa: E731
    version = found.records.get(("version", OWN)) or published(
        content(
            "trial_relations",
            [criterion("recruits"), criterion("grade", "four_grades", evidence="optional")],
            [criterion("impact", "text")],
        )
    )
    audit = found.records.get(("audit_version", OWN)) or published(
        content("trial_case_audit", [criterion("seen")], purpose="case_audit")
    )
    found.records["version", whose], found.records["audit_version", whose] = version, audit
    for kind, state, which in (
        ("return", "submitted", version),
        ("moderated", "moderated", version),
        ("asked", "in_progress", version),
        ("council", "in_progress", version),
        ("caseaudit", "submitted", audit),
    ):
        council = kind in ("council", "caseaudit")
        made = Return.objects.create(
            version=which,
            title=say(f"{kind}title"),
            organisation=None if council else provider,
            state=state,
            requested_at=AT,
            due_on=_NEXT,
            requested_by=found.viewers["manager"] if not council else None,
        )
        answered = Answer.objects.create(
            answer_set=made,
            criterion="impact" if which is version else "seen",
            value=say(f"{kind}answer"),
            comment=say(f"{kind}comment"),
            moderated_value="good",
            moderation_note=say(f"{kind}note"),
            answered_at=AT,
            moderated_at=AT,
        )
        if kind == "return":
            given = _document(found, "answerdoc", whose, folder, sensitivity="restricted")
            AnswerDocument.objects.create(answer=answered, document=given, given_at=AT)
        if kind == "council":
            for key in ("assigned", "former_officer"):
                ReturnAssignment.objects.create(answer_set=made, user=found.viewers[key], assigned_at=AT)
        elif kind != "caseaudit":
            care.ContractReturn.objects.create(contract=contract, answer_set=made, purpose="self_assessment")
        found.records[f"return_{kind}", whose] = made


def _documents(found: Market, whose: str, provider: Organisation, contract: care.Contract, folder: Path) -> None:
    for level in ("open", "shared", "council", "restricted"):
        _document(
            found,
            f"doc{level}",
            whose,
            folder,
            organisation=provider,
            sensitivity=level,
            kind="safeguarding",
            expires_on=_NEXT,
        )
    for level in ("open", "shared", "council", "restricted"):
        if whose == OWN:
            _document(found, f"ourdoc{level}", whose, folder, sensitivity=level)
    offered = _document(found, "offer", whose, folder, organisation=provider, sensitivity="shared", kind="dbs")
    found.records["offer", whose] = care.PolicyOffer.objects.create(
        contract=contract, policy="dbs", reviewed_on=date(2016, 7, 1), document=offered, offered_at=AT
    )


def _actions(found: Market, whose: str, provider: Organisation, contract: care.Contract, folder: Path) -> None:
    about = {"subject_type": "contract", "subject_id": contract.pk, "subject_label": contract.title,
             "origin_type": "evaluation", "origin_id": found.records["meeting", whose].pk, "raised_at": AT,
             "raised_by": found.viewers["manager"], "first_due_on": _NEXT, "due_on": _NEXT}  # fmt: skip
    for kind, owner in (
        ("provideraction", {"owner_organisation": provider}),
        ("councilaction", {"owner": found.viewers["area_lead"]}),
    ):
        made = Action.objects.create(title=mark(kind, whose), detail=mark(f"{kind}detail", whose), **about, **owner)
        noted = _document(found, f"{kind}doc", whose, folder)
        ActionNote.objects.create(action=made, at=AT, text=mark(f"{kind}note", whose), document=noted)
        found.records[kind, whose] = made
    Action.objects.create(
        title=mark("visitaction", whose),
        **about | {"origin_type": "visit", "origin_id": found.records["visit", whose].pk},
        owner=found.viewers["area_lead"],
    )
    found.records["formeraction", whose] = Action.objects.create(
        title=mark("formeraction", whose), owner=found.viewers["former_officer"], **about
    )


def _plan(found: Market, whose: str, provider: Organisation) -> None:
    say = lambda kind: mark(kind, whose)  # noqa: E731
    lead = found.viewers["lead"]
    tender = TenderFactory(title=say("awardedtitle"), state="implementation", lead_commissioner=lead)
    bid = BidFactory(tender=tender, supplier=provider, price=Decimal(1), state="successful", letter=say("bidletter"))
    buying.BidAnswer.objects.filter(bid=bid).update(text=say("awardedanswer"))
    award = buying.Award.objects.create(
        tender=tender,
        bid=bid,
        state="awarded",
        reason=say("awardreason"),
        result={},
        recommended_at=AT,
        recommended_by=lead,
        approved_at=AT,
        approved_by=found.viewers["director"],
        awarded_on=date(2016, 7, 1),
        awarded_at=AT,
        awarded_by=lead,
    )
    plan = buying.ImplementationPlan.objects.create(
        tender=tender,
        award=award,
        version=found.records["version", whose],
        title=say("plantitle"),
        supplier=provider,
        supplier_is_new=True,
        service_starts_on=_LATER,
        commissioner=lead,
        service_area_lead=found.viewers["area_lead"],
        made_at=AT,
    )
    buying.PlanItem.objects.create(
        plan=plan,
        number=1,
        criterion="recruits",
        title=say("planitem"),
        due_on=_NEXT,
        note=say("plannote"),
        critical=True,
    )
    buying.Agreement.objects.create(
        plan=plan,
        arrangement=say("planagreement"),
        agreed_by="A",
        agreed_with="B",
        agreed_on=TODAY,
        recorded_at=AT,
        recorded_by=lead,
    )
    buying.Contact.objects.create(
        plan=plan, side="supplier", role="safeguarding_lead", name=say("suppliercontact"), entered_at=AT
    )
    buying.Contact.objects.create(plan=plan, side="council", role="lado", name=say("councilcontact"), entered_at=AT)
    pack = buying.PathwayPack.objects.create(
        plan=plan,
        number=1,
        sent_at=AT,
        sent_by=lead,
        contents={
            "pathways": [{"title": "LADO", "words": say("pathway")}],
            "contacts": [{"role": "LADO", "name": say("packcontact"), "phone": "", "email": "", "hours": ""}],
        },
    )
    for name, record in (("plan", plan), ("pack", pack), ("tender", tender), ("bid", bid)):
        found.records[name, whose] = record


def _tender(found: Market, state: str, folder: Path) -> None:
    say = lambda kind: mark(kind, state)  # noqa: E731
    people = found.viewers
    tender = TenderFactory(
        title=say("tender"),
        state=_STATES[state],
        lead_commissioner=people["lead"],
    )
    found.records["tender", state] = tender
    bid = BidFactory(tender=tender, supplier=found.organisations[OWN], price=PRICES[state], letter=say("bidletter"))
    # Known to the council by this bid alone.
    bidder = OrganisationFactory(name=say("bidder"), sector="voluntary")
    failed = BidFactory(
        tender=tender, supplier=bidder, state="failed", stopped_because=say("failedbecause"), letter=say("failedletter")
    )
    buying.BidAnswer.objects.filter(bid=bid).update(text=say("bidanswer"))
    buying.BidAnswer.objects.filter(bid=failed).update(text=say("failedanswer"))
    buying.ExclusionCheck.objects.filter(bid=bid, ground="discretionary").update(
        result="allowed", note=say("exclusionnote")
    )
    buying.Stage1Decision.objects.filter(bid=failed, criterion="policies").update(
        decision="fail", reason=say("stagereason")
    )
    paper = _document(found, "bidpaper", state, folder)
    failed_paper = _document(found, "failedpaper", state, folder)
    found.records["bid_document", state] = buying.BidDocument.objects.create(
        bid=bid, document=paper, criterion="safeguarding"
    )
    buying.BidDocument.objects.create(bid=failed, document=failed_paper)
    buying.BidDocument.objects.create(
        bid=bid, document=_document(found, "stagepaper", state, folder), criterion="policies"
    )
    found.records["bid", state], found.records["bid_failed", state] = bid, failed
    found.records["conflict", state] = buying.TenderConflict.objects.create(
        tender=tender,
        person=say("conflictperson"),
        conflict=say("tenderconflict"),
        recorded_at=AT,
        recorded_by=people["lead"],
    )
    by_key = {}
    if state == SCORING:
        for key, more in (
            ("locked", {}),
            ("open", {}),
            ("undeclared", {"declared": "not_yet", "declared_at": None}),
            ("undecided", {"declared": "conflict", "conflict": say("ownconflict")}),
            ("undecided_lead", {"declared": "conflict", "conflict": say("leadconflict")}),
            (
                "excluded",
                {
                    "declared": "conflict",
                    "conflict": "A cousin.",
                    "excluded": True,
                    "decided_because": "A relative.",
                    "decided_at": AT,
                    "decided_by": people["lead"],
                },
            ),
        ):
            by_key[key] = EvaluatorFactory(tender=tender, user=people[key], **more)
        scoring = ("locked", "open")
    elif state == MODERATION:
        by_key["moderating"] = EvaluatorFactory(tender=tender, user=people["moderating"])
        by_key["elsewhere"] = EvaluatorFactory(tender=tender, user=UserFactory(role="evaluator"))
        scoring = ("moderating", "elsewhere")
    else:
        scoring = ("first", "second")
        by_key |= {key: EvaluatorFactory(tender=tender, user=UserFactory(role="evaluator")) for key in scoring}
    for number, key in enumerate(scoring):
        for question in ("safeguarding", "staff", "outcomes"):
            ScoreFactory(
                bid=bid,
                evaluator=by_key[key],
                question=question,
                score=Decimal(4),
                comment=say(("scorelocked", "scoreopen")[number] if state == SCORING else "scorecomment"),
            )
    for key in scoring[: 1 if state == SCORING else 2]:
        buying.Evaluator.objects.filter(pk=by_key[key].pk).update(locked_at=AT)
    if state == RECOMMENDED:
        buying.Award.objects.create(
            tender=tender,
            bid=bid,
            state="recommended",
            reason=say("recommendedreason"),
            result={},
            recommended_at=AT,
            recommended_by=people["lead"],
        )
    found.records["evaluator", state] = by_key[scoring[0]]
    if state == SCORING:
        third = TenderFactory(title="A third tender", lead_commissioner=people["lead"])
        EvaluatorFactory(tender=third, user=people["elsewhere"])
        EvaluatorFactory(tender=tender, user=people["former_evaluator"])
        TenderFactory(title=say("formertender"), kind="framework", lead_commissioner=people["former_lead"])
