"""Whom each reading begins with: those whose reason lasts, on each of its days; none from whom it was taken, and none
next door. Of each `…_visible_to` something is known that someone reads, and by what they would read it no more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model, QuerySet

from plumbline.actions.models import Action
from plumbline.actions.queries import actions_visible_to
from plumbline.audit.models import Event
from plumbline.commissioning.access import bids_visible_to, tenders_visible_to
from plumbline.commissioning.models import BidDocument, Evaluator, ImplementationPlan
from plumbline.commissioning.queries.evaluation import papers_visible_to
from plumbline.commissioning.queries.implementation import plans_visible_to
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import (
    ContractSetting,
    Evaluation,
    HeldText,
    HomeReport,
    IncidentChild,
    PolicyOffer,
    Visit,
)
from plumbline.contracts.queries.care import evaluations_visible_to
from plumbline.contracts.queries.held import to_read
from plumbline.contracts.queries.incidents import incidents_visible_to
from plumbline.contracts.queries.portal import offers_visible_to
from plumbline.contracts.queries.visits import home_reports_visible_to, visits_visible_to
from plumbline.earlyhelp.access import tacs_visible_to
from plumbline.evidence.access import documents_visible_to
from plumbline.exchange.models import Upload, Withdrawal
from plumbline.exchange.uploads import uploads_visible_to
from plumbline.exchange.withdrawing import withdrawals_visible_to
from plumbline.flags.inviting import invitations_visible_to
from plumbline.flags.models import Flag, FlagFor, Message
from plumbline.flags.queries import flags_for, flags_visible_to, is_for, messages_visible_to
from plumbline.people import queries as people
from plumbline.people.models import Invitation, RoleAsked, RoleHeld, Tie, User
from plumbline.placements.access import children_visible_to
from plumbline.placements.queries import placements_visible_to
from plumbline.scrutiny.queries import reports_visible_to
from plumbline.toolkits.access import returns_visible_to
from plumbline.toolkits.queries.versions import toolkits_visible_to
from tests.architecture.source import modules
from tests.factories.people import (
    ChildFactory,
    ImportFactory,
    OrganisationFactory,
    TieFactory,
    UserFactory,
    hold_role,
)
from tests.factories.records import InvolvementFactory, PlacementFactory, ReportFactory, TacFactory
from tests.factories.tenders import EvaluatorFactory, TenderFactory, a_bidder
from tests.factories.toolkits import a_document, a_person, asked, plain_version
from tests.integration.contracts.incident_situations import World, a_world, an_incident

pytestmark = pytest.mark.django_db

TODAY = date(2016, 7, 31)
FIRST, LAST = TODAY - timedelta(3), TODAY
AT = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)
DAYS = {FIRST - timedelta(1): False, FIRST: True, LAST: True, LAST + timedelta(1): False}

Reading = Callable[..., QuerySet[Any]]


@dataclass
class Theirs:
    """A record that someone reads; how it is taken from them, each by itself; and who would read it only by mistake."""

    record: Model
    viewer: User
    ends: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    next_door: tuple[User, ...] = ()
    # They read it by a tie, on the days of the tie.
    tied: bool = False


SITUATIONS: list[tuple[Reading, Callable[[], Theirs]]] = []


def read_by(*readings: Reading) -> Callable[[Callable[[], Theirs]], Callable[[], Theirs]]:
    def noted(make: Callable[[], Theirs]) -> Callable[[], Theirs]:
        SITUATIONS.extend((reading, make) for reading in readings)
        return make

    return noted


def texts_to_read(viewer: User, on: date) -> QuerySet[HeldText]:
    return to_read(viewer, visible=children_visible_to(viewer, on=on), on=on)


def reads(reading: Reading, user: User, theirs: Theirs, *, on: date = TODAY) -> bool:
    """As a request would: the object keeps what was read of roles."""
    return reading(User.objects.get(pk=user.pk), on=on).filter(pk=theirs.record.pk).exists()


def change(record: Model, **values: Any) -> Callable[[], object]:
    return lambda: type(record)._default_manager.filter(pk=record.pk).update(**values)


def of_another_organisation(user: User) -> Callable[[], object]:
    return lambda: RoleHeld.objects.filter(user=user).update(organisation=OrganisationFactory())


# --- what children's workers read -------------------------------------------------------------------------------------


@read_by(children_visible_to, people.children_visible_to)
def a_child() -> Theirs:
    viewer, child = UserFactory(role="social_worker"), ChildFactory()
    TieFactory(user=viewer, subject_id=child.pk)
    other = UserFactory(role="social_worker")
    TieFactory(user=other, subject_id=ChildFactory().pk)
    # Of this number, but a TAC and no child.
    TieFactory(user=other, subject_id=child.pk, subject_type="tac")
    return Theirs(child, viewer, next_door=(other, UserFactory(role="placement_officer")), tied=True)


@read_by(children_visible_to)
def a_child_with_a_worker() -> Theirs:
    child = ChildFactory()
    worker = InvolvementFactory(child=child)
    return Theirs(
        child,
        UserFactory(role="placement_officer"),
        {"allocated no more": change(worker, to_on=TODAY - timedelta(1)), "restricted": change(child, restricted=True)},
        (UserFactory(role="social_worker"), UserFactory(role="contract_officer")),
    )


@read_by(placements_visible_to)
def a_placement() -> Theirs:
    viewer, placement = UserFactory(role="social_worker"), PlacementFactory()
    TieFactory(user=viewer, subject_id=placement.child_id)
    lead = UserFactory(role="lead_professional")
    TieFactory(user=lead, subject_id=placement.child_id)
    return Theirs(placement, viewer, next_door=(UserFactory(role="social_worker"), lead), tied=True)


@read_by(tacs_visible_to)
def a_tac() -> Theirs:
    viewer, tac = UserFactory(role="lead_professional"), TacFactory()
    TieFactory(user=viewer, subject_type="tac", subject_id=tac.pk, why="lead_professional")
    other = UserFactory(role="lead_professional")
    TieFactory(user=other, subject_type="tac", subject_id=TacFactory(child=tac.child).pk, why="lead_professional")
    TieFactory(user=other, subject_id=tac.child_id, why="lead_professional")
    return Theirs(tac, viewer, next_door=(other,), tied=True)


# --- flags ------------------------------------------------------------------------------------------------------------


def a_flag(*, recipient: str, team: str = "", **about: Any) -> tuple[Flag, FlagFor]:
    flag = Flag.objects.create(
        kind="setting_adverse",
        key=f"flag for {recipient} {team}",
        reason="Look.",
        raised_at=AT,
        raised_on=TODAY,
        **{"subject_type": "contract", "subject_id": 1, **about},
    )
    return flag, FlagFor.objects.create(
        flag=flag, recipient=recipient, team=team, why="worker", from_on=TODAY, from_at=AT
    )


def flags_to_acknowledge(viewer: User, on: date) -> QuerySet[Flag]:
    lines = FlagFor.objects.filter(flag__in=flags_for(viewer, on=on), to_at=None)
    return Flag.objects.filter(pk__in=[row.flag_id for row in lines if is_for(row, viewer, on=on)])


@read_by(flags_visible_to, flags_for, flags_to_acknowledge)
def a_flag_put_by_name() -> Theirs:
    viewer = UserFactory(role="contract_officer")
    flag, line = a_flag(recipient=f"user:{viewer.username}")
    return Theirs(flag, viewer, {"passed on": change(line, to_at=AT)}, (UserFactory(role="contract_officer"),))


@read_by(flags_visible_to, flags_for, flags_to_acknowledge)
def a_flag_put_to_a_team() -> Theirs:
    viewer, other = UserFactory(), UserFactory()
    hold_role(viewer, "team_manager", team="West")
    hold_role(other, "team_manager", team="East")
    flag, line = a_flag(recipient="role:team_manager", team="West")
    held = RoleHeld.objects.get(user=viewer)
    ends = {"passed on": change(line, to_at=AT), "of another team": change(held, team="East")}
    return Theirs(flag, viewer, ends, (other,))


@read_by(flags_visible_to, flags_for, flags_to_acknowledge)
def a_flag_put_to_the_management_team() -> Theirs:
    flag, line = a_flag(recipient="role:management_team")
    return Theirs(
        flag,
        UserFactory(role="director"),
        {"passed on": change(line, to_at=AT)},
        (UserFactory(role="head_of_service"), UserFactory(role="commissioner")),
    )


@read_by(flags_visible_to)
def a_flag_about_ones_child() -> Theirs:
    viewer, child = UserFactory(role="social_worker"), ChildFactory()
    TieFactory(user=viewer, subject_id=child.pk)
    flag, _ = a_flag(recipient="role:management_team", subject_type="placement", child_id=child.pk)
    return Theirs(flag, viewer, next_door=(UserFactory(role="social_worker"),), tied=True)


# --- actions, papers and returns --------------------------------------------------------------------------------------


def an_action(**given: Any) -> Action:
    about = {"subject_type": "contract", "subject_id": 1, "subject_label": "CT1", "origin_type": "other"}
    days = {"raised_at": AT, "first_due_on": TODAY, "due_on": TODAY}
    return Action.objects.create(title="Train the night staff", **{**about, **days, **given})


@read_by(actions_visible_to)
def an_action_of_ones_own() -> Theirs:
    viewer, other = UserFactory(role="social_worker"), UserFactory(role="social_worker")
    action = an_action(owner=viewer)
    return Theirs(action, viewer, {"handed over": change(action, owner=other)}, (other,))


@read_by(actions_visible_to)
def an_action_of_an_organisation() -> Theirs:
    own, other = OrganisationFactory(), OrganisationFactory()
    viewer = a_person("provider_user", organisation=own)
    action = an_action(owner_organisation=own)
    ends = {
        "handed over": change(action, owner_organisation=other),
        "about a child": change(action, subject_type="child"),
        "acts for another": of_another_organisation(viewer),
    }
    return Theirs(action, viewer, ends, (a_person("provider_user", organisation=other),))


@read_by(actions_visible_to)
def an_action_about_a_child() -> Theirs:
    viewer, child = UserFactory(role="contract_officer"), ChildFactory()
    TieFactory(user=viewer, subject_id=child.pk)
    action = an_action(subject_type="child", subject_id=child.pk, owner=UserFactory(role="social_worker"))
    return Theirs(action, viewer, next_door=(UserFactory(role="contract_officer"),), tied=True)


@read_by(documents_visible_to)
def a_paper_of_an_organisation() -> Theirs:
    own, other = OrganisationFactory(), OrganisationFactory()
    viewer = a_person("provider_user", organisation=own)
    document = a_document(own, sensitivity="shared")
    ends = {
        "restricted": change(document, sensitivity="restricted"),
        "for the council": change(document, sensitivity="council"),
        "acts for another": of_another_organisation(viewer),
    }
    return Theirs(document, viewer, ends, (a_person("provider_user", organisation=other),))


@read_by(documents_visible_to)
def a_restricted_paper_by_name() -> Theirs:
    viewer, document = UserFactory(role="contract_officer"), a_document(sensitivity="restricted")
    TieFactory(user=viewer, subject_type="document", subject_id=document.pk, why="named")
    return Theirs(document, viewer, next_door=(UserFactory(role="contract_officer"),), tied=True)


@read_by(returns_visible_to)
def a_return_of_an_organisation() -> Theirs:
    own = OrganisationFactory()
    viewer = a_person("provider_user", organisation=own)
    ends = {"acts for another": of_another_organisation(viewer)}
    other = a_person("provider_user", organisation=OrganisationFactory())
    return Theirs(asked(organisation=own), viewer, ends, (other,))


@read_by(returns_visible_to)
def a_return_asked_of_a_person() -> Theirs:
    viewer = UserFactory(role="lead_professional")
    return Theirs(asked(None, None, viewer), viewer, next_door=(UserFactory(role="lead_professional"),))


@read_by(toolkits_visible_to)
def a_toolkit() -> Theirs:
    return Theirs(
        plain_version().toolkit, UserFactory(role="commissioner"), next_door=(UserFactory(role="social_worker"),)
    )


# --- contracts --------------------------------------------------------------------------------------------------------


def of_the_provider(world: World, record: Model, **ends: Callable[[], object]) -> Theirs:
    taken: dict[str, Callable[[], object]] = {
        "given to another": change(world.contract, provider=OrganisationFactory()),
        "acts for another": of_another_organisation(world.provider),
    }
    # A role in the council acts for nobody, even one that is held for an organisation.
    council = a_person("social_worker", organisation=world.contract.provider)
    return Theirs(record, world.provider, taken | ends, (world.other_provider, council))


def leave(world: World) -> Callable[[], object]:
    return lambda: ContractSetting.objects.filter(contract=world.contract).delete()


@read_by(contracts_visible_to)
def a_contract() -> Theirs:
    world = a_world()
    return of_the_provider(world, world.contract)


@read_by(visits_visible_to)
def a_visit() -> Theirs:
    world = a_world()
    visit = Visit.objects.create(contract=world.contract, visited_on=TODAY, state="report_sent")
    return of_the_provider(world, visit, **{"not sent": change(visit, state="held")})


@read_by(visits_visible_to)
def a_visit_to_a_home() -> Theirs:
    world = a_world()
    visit = Visit.objects.create(setting=world.setting, visited_on=TODAY, state="signed_off")
    return of_the_provider(world, visit, **{"of the contract no more": leave(world)})


@read_by(home_reports_visible_to)
def a_homes_report() -> Theirs:
    world = a_world()
    report = HomeReport.objects.create(
        setting=world.setting, kind="reg44", period_from=date(2016, 6, 1), received_on=TODAY, recorded_at=AT
    )
    return of_the_provider(world, report, **{"of the contract no more": leave(world)})


@read_by(offers_visible_to)
def a_policy_handed_in() -> Theirs:
    world = a_world()
    offer = PolicyOffer.objects.create(
        contract=world.contract, policy="safeguarding", reviewed_on=TODAY, document=a_document(), offered_at=AT
    )
    return of_the_provider(world, offer)


@read_by(incidents_visible_to)
def an_incident_of_the_provider() -> Theirs:
    world = a_world()
    return of_the_provider(world, an_incident(world))


@read_by(incidents_visible_to)
def an_incident_of_ones_child() -> Theirs:
    world, viewer, child = a_world(), UserFactory(role="social_worker"), ChildFactory()
    TieFactory(user=viewer, subject_id=child.pk)
    incident = an_incident(world)
    link = IncidentChild.objects.create(incident=incident, child=child)
    lead = UserFactory(role="lead_professional")
    TieFactory(user=lead, subject_id=child.pk)
    return Theirs(incident, viewer, {"not linked": link.delete}, (UserFactory(role="social_worker"), lead), tied=True)


@read_by(incidents_visible_to)
def an_incident_opened_by_name() -> Theirs:
    viewer, incident = UserFactory(role="social_worker"), an_incident(a_world())
    TieFactory(user=viewer, subject_type="incident", subject_id=incident.pk, why="named")
    return Theirs(incident, viewer, next_door=(UserFactory(role="social_worker"),), tied=True)


@read_by(texts_to_read)
def a_text_that_waits() -> Theirs:
    world, viewer, child = a_world(), UserFactory(role="social_worker"), ChildFactory()
    TieFactory(user=viewer, subject_id=child.pk)
    incident = an_incident(world)
    IncidentChild.objects.create(incident=incident, child=child)
    text = HeldText.objects.create(
        incident=incident, subject_type="contracts.incident", subject_id=1, field="summary", text="Kit", written_at=AT
    )
    ends: dict[str, Callable[[], object]] = {
        "read": change(text, settled_at=AT, settled_by=world.manager),
        "concerns another child too": lambda: IncidentChild.objects.create(incident=incident, child=ChildFactory()),
        "set aside": change(incident, state="aside", aside_at=AT, aside_because="Entered twice."),
    }
    return Theirs(text, viewer, ends, (UserFactory(role="social_worker"), world.provider), tied=True)


@read_by(evaluations_visible_to)
def a_meeting() -> Theirs:
    world = a_world()
    meeting = Evaluation.objects.create(contract=world.contract, held_on=TODAY, state="planned")
    return Theirs(meeting, world.officer, next_door=(world.provider, UserFactory(role="social_worker")))


# --- tenders ----------------------------------------------------------------------------------------------------------


def evaluated() -> tuple[Evaluator, dict[str, Callable[[], object]], tuple[User, ...]]:
    evaluator = EvaluatorFactory(tender=TenderFactory())
    return (
        evaluator,
        {"excluded": change(evaluator, excluded=True, decided_because="Related.")},
        (EvaluatorFactory(tender=TenderFactory()).user,),
    )


@read_by(tenders_visible_to)
def a_tender() -> Theirs:
    evaluator, ends, others = evaluated()
    return Theirs(evaluator.tender, evaluator.user, ends, others)


@read_by(bids_visible_to)
def a_bid() -> Theirs:
    evaluator, ends, others = evaluated()
    bid = a_bidder(evaluator.tender, "Alder")
    undeclared = change(evaluator, declared="", declared_at=None)
    return Theirs(bid, evaluator.user, {**ends, "not declared": undeclared}, others)


@read_by(papers_visible_to)
def a_paper_of_a_bid() -> Theirs:
    evaluator, ends, others = evaluated()
    paper = BidDocument.objects.create(
        bid=a_bidder(evaluator.tender, "Alder"), document=a_document(), criterion="safeguarding"
    )
    # What is not scored is not for who scores.
    return Theirs(paper, evaluator.user, {**ends, "of stage 1": change(paper, criterion="section11")}, others)


@read_by(plans_visible_to)
def a_plan() -> Theirs:
    own = OrganisationFactory()
    viewer = a_person("provider_user", organisation=own)
    plan = ImplementationPlan.objects.create(
        version=plain_version(),
        title="Short breaks",
        supplier=own,
        supplier_is_new=False,
        service_starts_on=TODAY,
        made_at=AT,
    )
    other = OrganisationFactory()
    ends = {"given to another": change(plan, supplier=other), "acts for another": of_another_organisation(viewer)}
    return Theirs(plan, viewer, ends, (a_person("provider_user", organisation=other),))


# --- who works with the records themselves ----------------------------------------------------------------------------


def of_a_role(record: Model, role: str, *others: str) -> Theirs:
    return Theirs(record, UserFactory(role=role), next_door=tuple(UserFactory(role=each) for each in others))


@read_by(uploads_visible_to)
def an_upload() -> Theirs:
    upload = Upload.objects.create(kind="ssd", folder="files", uploaded_by=UserFactory(), uploaded_at=AT)
    return of_a_role(upload, "performance_analyst", "commissioner", "social_worker")


@read_by(withdrawals_visible_to)
def a_withdrawal() -> Theirs:
    asked_for = Withdrawal.objects.create(
        import_run=ImportFactory(), because="Another year's.", asked_by=UserFactory(), asked_at=AT, since=AT
    )
    return of_a_role(asked_for, "performance_analyst", "commissioner", "social_worker")


@read_by(messages_visible_to)
def a_message() -> Theirs:
    message = Message.objects.create(
        to_user=UserFactory(),
        to_address="kit@example.org",
        subject="A flag",
        body="See it.",
        written_at=AT,
        next_attempt_at=AT,
    )
    return of_a_role(message, "administrator", "head_of_service", "team_manager")


@read_by(invitations_visible_to)
def an_invitation() -> Theirs:
    invitation = Invitation.objects.create(
        user=UserFactory(), organisation=OrganisationFactory(), invited_by=UserFactory(), invited_at=AT, sent_at=AT
    )
    return of_a_role(invitation, "contract_officer", "provider_user", "social_worker")


@read_by(people.users_visible_to)
def a_user() -> Theirs:
    return of_a_role(UserFactory(), "administrator", "information_governance", "head_of_service")


@read_by(people.roles_asked_visible_to)
def a_role_asked_for() -> Theirs:
    wanted = RoleAsked.objects.create(
        user=UserFactory(), role="social_worker", from_on=TODAY, asked_by=UserFactory(), asked_at=AT
    )
    return of_a_role(wanted, "information_governance", "head_of_service")


@read_by(people.events_visible_to)
def an_event() -> Theirs:
    event = Event.objects.create(at=AT, kind="people.user.made", by_name="Tess Ter")
    return of_a_role(event, "information_governance", "administrator", "director")


@read_by(reports_visible_to)
def a_draft_report() -> Theirs:
    return of_a_role(ReportFactory(), "scrutiny_officer", "elected_member", "social_worker")


# --- tried -----------------------------------------------------------------------------------------------------------


EVERY = pytest.mark.parametrize(
    ("reading", "make"), SITUATIONS, ids=[f"{reading.__name__}-{make.__name__}" for reading, make in SITUATIONS]
)


@EVERY
def test_what_is_taken_from_someone_they_read_no_longer(reading: Reading, make: Callable[[], Theirs]) -> None:
    theirs = make()
    viewer = theirs.viewer
    ends = {
        **theirs.ends,
        "has no role any more": lambda: RoleHeld.objects.filter(user=viewer).update(to_on=TODAY - timedelta(1)),
        "switched off": change(viewer, is_active=False),
    }
    still = []
    for name, end in ends.items():
        assert reads(reading, viewer, theirs), name
        point = transaction.savepoint()
        end()
        still += [name] if reads(reading, viewer, theirs) else []
        transaction.savepoint_rollback(point)
    assert still == []


@EVERY
def test_next_door_nobody_reads_it(reading: Reading, make: Callable[[], Theirs]) -> None:
    theirs = make()
    assert theirs.next_door
    assert [str(user) for user in theirs.next_door if reads(reading, user, theirs)] == []


@EVERY
def test_it_is_read_from_the_first_day_of_its_reason_to_its_last(reading: Reading, make: Callable[[], Theirs]) -> None:
    theirs = make()
    reasons: list[QuerySet[Any]] = [RoleHeld.objects.filter(user=theirs.viewer)]
    reasons += [Tie.objects.filter(user=theirs.viewer)] if theirs.tied else []
    for reason in reasons:
        point = transaction.savepoint()
        assert reason.update(from_on=FIRST, to_on=LAST)
        assert {day: reads(reading, theirs.viewer, theirs, on=day) for day in DAYS} == DAYS
        transaction.savepoint_rollback(point)


def test_of_each_reading_it_is_known_who_reads_it_no_longer() -> None:
    there = {
        f"{module.name}.{function.name}"
        for module in modules()
        if module.room != "web"
        for function in module.functions()
        if function.name.endswith("_visible_to")
    }
    assert there <= {f"{reading.__module__}.{reading.__name__}" for reading, _ in SITUATIONS}
