"""The demonstration's contracts, and what its people did under them by its day, through the operations of the pages."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from plumbline.contracts.flagging_of_care import concerned_with_returns
from plumbline.contracts.models import Contract, ContractReturn
from plumbline.contracts.operations import (
    assurance,
    contacts,
    decisions,
    evaluations,
    home_reports,
    incident_forms,
    incident_notices,
    kpis,
    people,
    register,
    visits,
)
from plumbline.contracts.operations import incidents as reporting
from plumbline.contracts.queries import rating
from plumbline.contracts.queries import visits as visits_queries
from plumbline.contracts.rules.contacts import Way
from plumbline.contracts.rules.evaluations import ActionGiven
from plumbline.contracts.rules.notifications import Step
from plumbline.contracts.rules.visits import AREAS, FindingGiven, expected
from plumbline.exchange import contracts
from plumbline.jobs import demo_tenders, ways_in
from plumbline.people.act import PersonalAct
from plumbline.people.models import Organisation, RoleHeld, User
from plumbline.placements import at_setting
from plumbline.placements.queries import settings_with_children
from plumbline.toolkits import content
from plumbline.toolkits.content import AnswerKind
from plumbline.toolkits.operations import reminders, returns

TODAY = date(2016, 7, 31)
# The contracts of this manager and this service area are the demonstration user's own.
MANAGER, AREA = "Beth Larkin", "Owen Tibbs"
PROVIDERS = {"provider": "Fenside Care Ltd", "provider2": "Willow Bank Family Services"}
_OFFICES = (
    ("customer_service_centre", "01632 960 010", "service.centre@fenmarsh.example"),
    ("service_inbox", "", "childrens.services@fenmarsh.example"),
    ("lado", "01632 960 014", "designated.officer@fenmarsh.example"),
)
# The home at which the demonstration's incidents happened.
HOME = "CT002"


def load(folder: Path, *, on: date) -> None:
    """The register, the tenders, and what was done under the contracts."""
    contracts.import_contracts(folder, act=ways_in.act().of(on))
    _people()
    demo_tenders.load()
    _providers()
    demo_tenders.implement()
    _forms_and_incidents()
    _contacts()
    _returns()
    _care()
    _visits()
    _home_reports()
    _decide(on)
    # What the night before would have done.
    incident_notices.escalate_overdue(act=ways_in.act().of(on))
    reminders.raise_flags(concerned=concerned_with_returns(on=on), act=ways_in.act().of(on))


def _user(username: str) -> User:
    return User.objects.get(username=username)


def _who(username: str, on: date = TODAY) -> PersonalAct:
    return PersonalAct(_user(username), ways_in.now(), on)


def _contract(reference: str) -> Contract:
    return Contract.objects.get(reference=reference)


def _people() -> None:
    """Contracts come with codes for their people; someone said which user each means."""
    for wording, username in ((MANAGER, "contracts"), (AREA, "servicelead")):
        people.map_person(wording=wording, user_id=_user(username).pk, act=_who("contracts"))
    contract = Contract.objects.select_related("provider").prefetch_related("settings").get(reference=HOME)
    entry = register.Entry(
        reference=contract.reference,
        title=contract.title,
        kind=contract.kind,
        provider=contract.provider.name,
        service=contract.service,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
        value=contract.value,
        statutory_from=contract.statutory_from,
        visit_required=contract.visit_required,
        manager=_user("contracts"),
        area_lead=_user("servicelead"),
        urns=[row.urn for row in contract.settings.all()],
    )
    register.change_contract(contract_id=contract.pk, entry=entry, act=_who("contracts"))


def _providers() -> None:
    for username, name in PROVIDERS.items():
        organisation = Organisation.objects.get(name=name)
        RoleHeld.objects.filter(user=_user(username), role="provider_user").update(organisation=organisation)


_STEPS = (
    Step("Keep the child safe and call the emergency services where they are needed", "provider"),
    Step("Call the Customer Service Centre about every child concerned", "provider", "customer_service_centre"),
    Step("Tell Ofsted where the regulations ask for it", "provider", "ofsted"),
    Step("Tell the designated officer of any allegation against staff", "provider", "lado"),
    Step("Tell the child's caseworker what happened and what was done", "council", "caseworker"),
)


def _forms_and_incidents() -> None:
    """A form agreed by all three; an allegation at a home, all told in time; a missing child, one recipient late."""
    for reference in (HOME, "CT049"):
        contract = _contract(reference)
        form = incident_forms.write_form(contract_id=contract.pk, steps=_STEPS, act=_who("contracts", date(2016, 4, 4)))
        for side, username in (("manager", "contracts"), ("area", "servicelead"), ("provider", "provider")):
            if reference == HOME or side != "provider":
                incident_forms.agree_form(form_id=form.pk, side=side, act=_who(username, date(2016, 4, 5)))
    _incident(
        "allegation_staff",
        "An allegation was made against a worker, who was sent home the same hour.",
        date(2016, 5, 9),
        late=(),
        close=True,
    )
    _incident(
        "missing",
        "A young person was missing overnight and came back in the morning, unhurt.",
        date(2016, 7, 28),
        late=("placing_authority",),
        close=False,
    )


def _contacts() -> None:
    """The council's own offices, as they are rung and written to: numbers kept for fiction."""
    for recipient, phone, email in _OFFICES:
        contacts.set_contact(
            contract_id=None,
            recipient=recipient,
            way=Way(phone=phone, email=email),
            act=_who("admin", date(2016, 4, 4)),
        )


def _incident(kind: str, summary: str, day: date, *, late: tuple[str, ...], close: bool) -> None:
    contract = _contract(HOME)
    setting = contract.settings.first()
    occurred = datetime.combine(day, time(21, 15), UTC)
    incident = at_setting.report_incident(
        contract_id=contract.pk,
        setting_id=setting.setting_id if setting else None,
        told=reporting.Told(
            type=kind,
            occurred_at=occurred,
            summary=summary,
            children_count=1,
            immediate_action="Staff followed the form of the contract step by step.",
        ),
        act=PersonalAct(_user("provider"), ways_in.now(), day + timedelta(1)),
    )
    for row in incident.notifications.order_by("due_at", "pk"):
        if row.recipient in late or row.sent_at is not None or row.not_needed_because:
            continue
        if row.recipient in ("national_panel", "rapid_review"):
            incident_notices.mark_not_needed(
                notification_id=row.pk,
                because="Nobody was seriously harmed.",
                act=ways_in.act().of(day + timedelta(1)),
            )
            continue
        incident_notices.mark_sent(
            notification_id=row.pk,
            channel="Telephone",
            sent_at=min(row.due_at, occurred + timedelta(hours=2)),
            act=ways_in.act().of(day + timedelta(1)),
        )
    if not close:
        return
    reporting.set_outcome(
        incident_id=incident.pk,
        outcome="unfounded",
        because="The strategy meeting of 20 May found no ground for it.",
        act=_who("contracts", date(2016, 5, 23)),
    )


def _returns() -> None:
    """A self-assessment half answered on the provider's phone; another handed in and waiting for moderation; a third
    asked for and late."""
    own = list(Contract.objects.filter(provider__name=PROVIDERS["provider"], statutory_from=None).order_by("reference"))
    for number, contract in enumerate(own[:3]):
        asked = assurance.request_contract_return(
            contract_id=contract.pk,
            purpose=ContractReturn.Purpose.SELF_ASSESSMENT,
            toolkit="safeguarding_standards",
            due_on=date(2016, 8, 19) if number != 2 else date(2016, 7, 22),
            period_from=date(2015, 9, 1),
            period_to=date(2016, 8, 31),
            act=_who("contracts", date(2016, 7, 1)),
        )
        criteria = content.read(asked.answer_set.version.content).criteria
        answered = {0: criteria[: len(criteria) // 2], 1: criteria, 2: ()}[number]
        for criterion in answered:
            returns.save_answer(
                return_id=asked.answer_set_id,
                criterion=criterion.key,
                value=_good(criterion),
                comment="In place and used; looked at again each spring.",
                base_revision=0,
                act=_who("provider"),
            )


def _good(criterion: content.Criterion) -> str:
    """An answer that fits the kind: the second-best of a scale, words for text."""
    if criterion.options:
        return criterion.options[1 if len(criterion.options) > 2 else 0].code
    return {AnswerKind.DATE: "2016-03-15", AnswerKind.NUMBER: "12"}.get(criterion.answer, "Done as agreed.")


def _care() -> None:
    """Indicators, a meeting put down for next month, a visit that is planned and one with a finding."""
    contract = _contract(HOME)
    for title, target, rated in (
        ("Placements kept stable for six months", "90%", "good"),
        ("Staff trained to level 3", "95%", "approaching"),
    ):
        kpi = kpis.add_kpi(contract_id=contract.pk, title=title, target=target, act=_who("contracts", date(2016, 4, 4)))
        kpis.record_reading(
            kpi_id=kpi.pk,
            quarter_from=date(2016, 4, 1),
            value="91%",
            rating=rated,
            note="",
            act=_who("contracts", date(2016, 7, 11)),
        )
    evaluations.plan_evaluation(contract_id=contract.pk, held_on=date(2016, 8, 17), act=_who("contracts"))
    setting = contract.settings.first()
    if setting is None:
        return
    visit = visits.plan_visit(
        contract_id=None,
        setting_id=setting.setting_id,
        visited_on=date(2016, 7, 12),
        visitors="Beth Larkin, Owen Tibbs",
        act=_who("contracts", date(2016, 6, 20)),
    )
    visits.hold_visit(
        visit_id=visit.pk,
        visited_on=date(2016, 7, 12),
        visitors="Beth Larkin, Owen Tibbs",
        summary="A warm house with steady staff. Supervision had slipped over the spring.",
        findings=[
            FindingGiven("safer_recruitment", "met", "Six files read; all complete."),
            FindingGiven("induction", "met", "Every new worker had a named buddy."),
            FindingGiven("supervision", "partly", "Two workers had none since March."),
            FindingGiven("appraisal", "met", "All done in the year."),
            FindingGiven("training", "met", "Level 3 for all but one, who is booked."),
        ],
        actions=[ActionGiven("Supervision each month for every worker, with dates sent to us", date(2016, 8, 31))],
        act=_who("contracts", date(2016, 7, 13)),
    )


def _home_reports() -> None:
    """What homes with our children owed by July has come, and but for the newest was read. The visitor's report on May
    is missing of the first home under contract and of every ninth of the others."""
    children = settings_with_children(on=TODAY)
    homes = visits_queries.homes(with_children=children, on=TODAY)
    for number, home in enumerate(sorted(homes, key=lambda each: (not each.contracts, each.setting.urn))):
        by = date(2016, 7, 1) if home.contracts else date(2016, 7, 30)
        for owed in expected(since=max(home.since, date(2015, 7, 1)), on=by):
            if owed.period_from == date(2016, 5, 1) and number % 9 == 0:
                continue
            report = home_reports.receive_report(
                setting_id=home.setting.pk,
                kind=owed.kind,
                period_from=owed.period_from,
                received_on=owed.due_on,
                document_id=None,
                with_children=children,
                act=_who("contracts"),
            )
            if owed.period_from < date(2016, 4, 1) or not home.contracts:
                home_reports.read_report(report_id=report.pk, concern="", act=_who("contracts"))


def _visits() -> None:
    """Of the homes and schools with our children that are under no contract, two in three were visited in the year."""
    under_none = [
        each
        for each in visits_queries.visits_due(with_children=settings_with_children(on=TODAY), on=TODAY)
        if not each.contracts
    ]
    for number, each in enumerate(under_none):
        if number % 3 == 0:
            continue
        visited_on = date(2015, 9, 7) + timedelta(number * 6)
        planned = visits.plan_visit(
            contract_id=None,
            setting_id=each.setting.pk,
            visited_on=visited_on,
            visitors="Beth Larkin",
            act=_who("contracts", visited_on - timedelta(14)),
        )
        visits.hold_visit(
            visit_id=planned.pk,
            visited_on=visited_on,
            visitors="Beth Larkin",
            summary="Records, rooms and three files seen; staff and young people spoken to.",
            findings=[FindingGiven(area, "met", "Seen, and in order.") for area in AREAS],
            actions=[],
            act=_who("contracts", visited_on + timedelta(2)),
        )
        visits.sign_off_visit(
            visit_id=planned.pk,
            because="Nothing to be corrected; the report was handed over at the visit.",
            act=_who("contracts", visited_on + timedelta(20)),
        )


def _decide(on: date) -> None:
    """The management team has decided on two of the reasons on its list."""
    listed = [(pk, rated) for pk, rated in sorted(rating.ratings_on(on).items()) if rated.colour == "amber"]
    wanting = [(pk, reason) for pk, rated in listed for reason in rated.reasons if reason.code in ("no_action_plan",)]
    for pk, reason in wanting[:2]:
        decisions.decide(
            contract_id=pk,
            code=reason.code,
            about=reason.about,
            decision="The provider sends its action plan, or no new child is referred.",
            by_when=date(2016, 8, 12),
            action_owner=_user("contracts"),
            act=_who("management", on),
        )
