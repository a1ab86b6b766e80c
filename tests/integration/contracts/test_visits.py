"""Visits and the reports of homes: made, reported, answered, signed off, accepted, sent on; received, read, missing."""

import json
from datetime import date

import pytest

from plumbline.actions.models import Action
from plumbline.audit.models import Event
from plumbline.contracts.models import ContractSetting, ReasonPeriod, Visit
from plumbline.contracts.operations import home_reports, visits
from plumbline.contracts.operations.rating import rerate
from plumbline.contracts.queries import visits as queries
from plumbline.contracts.rules import packs
from plumbline.contracts.rules.evaluations import ActionGiven
from plumbline.contracts.rules.visits import AREAS, FindingGiven
from plumbline.evidence.models import Document
from plumbline.flags.models import Flag
from plumbline.kernel.errors import NotAllowed
from plumbline.people.act import Act
from plumbline.toolkits import library
from plumbline.toolkits.operations import returns
from plumbline.toolkits.queries.returns import assigned_to
from tests.integration.contracts.care_situations import AT, TODAY, a_contract, a_home, a_user, by
from tests.refusals import raises

pytestmark = pytest.mark.django_db

VISITED = date(2016, 7, 5)
HOUSE = {"council": "Fenmarsh County Council", "colour": "#1d4f6e"}


@pytest.fixture
def officer():
    return a_user("contract_officer")


@pytest.fixture
def contract():
    return a_contract(visit_required=True, starts_on=date(2014, 1, 1))


@pytest.fixture
def home(contract):
    return a_home(contract)


@pytest.fixture
def planned(contract, home, officer) -> Visit:
    return visits.plan_visit(contract_id=contract.pk, setting_id=home.pk, visited_on=VISITED, act=by(officer))


def findings(**judged: str) -> list[FindingGiven]:
    return [FindingGiven(area, judged.get(area, "met"), "Looked at." if area in judged else "") for area in AREAS]


def hold(planned: Visit, officer, **changes) -> Visit:
    given = {"visited_on": VISITED, "visitors": "Beth Larkin", "summary": "A calm home.", "findings": findings()}
    return visits.hold_visit(visit_id=planned.pk, **{**given, **changes}, act=by(officer))


def send(visit: Visit, officer, folder) -> Visit:
    return visits.send_report(visit_id=visit.pk, content=None, file_name="", folder=folder, **HOUSE, act=by(officer))


def a_document() -> Document:
    return Document.objects.create(
        title="Report", file_name="a.pdf", media_type="application/pdf", size=9, sha256="0" * 64, added_at=AT
    )


def accept(officer, home, **changes) -> Visit:
    given = {
        "contract_id": None, "setting_id": home.pk, "by_council": "Lakeshire", "because": "Same team, same month.",
        "visited_on": VISITED, "report_id": a_document().pk,
    }  # fmt: skip
    return visits.accept_visit(**{**given, **changes}, act=by(officer))


def overdue(contract) -> bool:
    held = ReasonPeriod.objects.filter(contract=contract, code="visit_overdue", from_on__lte=TODAY)
    return held.exclude(to_on__lt=TODAY).exists()


def test_a_visit_made_ends_the_reason_that_it_was_overdue(planned, officer, contract) -> None:
    rerate(contract_ids=[contract.pk], act=by(None))
    before = overdue(contract)
    hold(planned, officer)
    assert (before, overdue(contract)) == (True, False)


def test_a_planned_visit_does_not_count_as_made(planned, contract) -> None:
    rerate(contract_ids=[contract.pk], act=by(None))
    assert overdue(contract)


def test_a_visit_to_a_home_of_two_contracts_counts_for_both(contract, home, officer) -> None:
    second = a_contract(visit_required=True, starts_on=date(2014, 1, 1))
    ContractSetting.objects.create(contract=second, setting=home, urn=home.urn)
    hold(visits.plan_visit(contract_id=contract.pk, setting_id=home.pk, visited_on=VISITED, act=by(officer)), officer)
    assert [overdue(contract), overdue(second)] == [False, False]


def test_a_visit_with_an_area_left_out_is_refused(planned, officer) -> None:
    with raises("missing_area"):
        hold(planned, officer, findings=findings()[:4])


# --- with the toolkit -------------------------------------------------------------------------------------------------


@pytest.fixture
def with_toolkit(planned, officer) -> Visit:
    library.load(act=Act(None, AT, AT.date()))
    return visits.begin_toolkit(visit_id=planned.pk, act=by(officer))


def answered(visit: Visit, officer, **given: str) -> None:
    for criterion, value in given.items():
        returns.save_answer(
            return_id=visit.answer_set_id,
            criterion=criterion,
            value=value,
            comment="Two of three files.",
            base_revision=0,
            act=by(officer),
        )


def test_a_visits_toolkit_is_the_visitors_to_answer(with_toolkit, officer) -> None:
    assert list(assigned_to(with_toolkit.answer_set)) == [officer]


def test_two_homes_of_one_contract_each_have_their_own_toolkit(with_toolkit, contract, officer) -> None:
    second = visits.plan_visit(
        contract_id=contract.pk, setting_id=a_home(contract).pk, visited_on=VISITED, act=by(officer)
    )
    begun = visits.begin_toolkit(visit_id=second.pk, act=by(officer))
    assert begun.answer_set_id != with_toolkit.answer_set_id


def test_what_the_toolkit_says_of_an_area_is_what_the_record_begins_with(with_toolkit, officer) -> None:
    answered(with_toolkit, officer, training="partly", safer_recruitment="met", files_seen="3")
    assert queries.found_with_toolkit(with_toolkit) == [
        FindingGiven("safer_recruitment", "met", "Two of three files."),
        FindingGiven("training", "partly", "Two of three files."),
    ]


def test_the_toolkit_of_a_visit_is_begun_once(with_toolkit, officer) -> None:
    with raises("already_there"):
        visits.begin_toolkit(visit_id=with_toolkit.pk, act=by(officer))


def test_no_toolkit_is_begun_for_a_visit_that_is_recorded(planned, officer) -> None:
    library.load(act=Act(None, AT, AT.date()))
    hold(planned, officer)
    with raises("wrong_state"):
        visits.begin_toolkit(visit_id=planned.pk, act=by(officer))


def test_a_toolkit_that_is_not_handed_in_is_an_open_end_of_the_visit(with_toolkit, officer) -> None:
    held = hold(with_toolkit, officer)
    assert "The toolkit of the visit was begun and is not handed in." in queries.open_ends_of(held)


def test_the_toolkit_of_a_visit_that_is_not_to_be_waits_for_nobody(with_toolkit, officer) -> None:
    visits.cancel_visit(visit_id=with_toolkit.pk, because="The home closed.", act=by(officer))
    with_toolkit.answer_set.refresh_from_db()
    assert with_toolkit.answer_set.state == "cancelled"


def test_an_action_of_a_visit_is_the_providers(planned, officer, contract) -> None:
    hold(planned, officer, actions=[ActionGiven("Check three files", date(2016, 9, 1))])
    assert Action.objects.get(origin_type="visit", origin_id=planned.pk).owner_organisation == contract.provider


def test_only_who_manages_contracts_plans_a_visit(contract, home) -> None:
    with pytest.raises(NotAllowed):
        visits.plan_visit(
            contract_id=contract.pk, setting_id=home.pk, visited_on=VISITED, act=by(a_user("service_area_lead"))
        )


def test_a_setting_of_no_contract_can_be_visited(officer) -> None:
    visit = visits.plan_visit(contract_id=None, setting_id=a_home().pk, visited_on=VISITED, act=by(officer))
    assert visit.contract is None


def test_a_setting_that_is_not_of_the_contract_is_refused(contract, officer) -> None:
    with raises("wrong_setting"):
        visits.plan_visit(contract_id=contract.pk, setting_id=a_home().pk, visited_on=VISITED, act=by(officer))


def test_the_report_drawn_from_the_findings_is_a_document_shared_with_the_provider(
    planned, officer, contract, tmp_path
) -> None:
    sent = send(hold(planned, officer), officer, tmp_path)
    assert (sent.report.organisation, sent.report.sensitivity) == (contract.provider, "shared")


def test_the_provider_sees_a_visit_once_its_report_was_sent(planned, officer, contract, tmp_path) -> None:
    provider = a_user("provider_user", organisation=contract.provider)
    hold(planned, officer)
    before = queries.visits_visible_to(provider, on=TODAY).count()
    send(planned, officer, tmp_path)
    assert (before, queries.visits_visible_to(provider, on=TODAY).count()) == (0, 1)


def test_the_provider_answers_the_report(planned, officer, contract, tmp_path) -> None:
    send(hold(planned, officer), officer, tmp_path)
    provider = a_user("provider_user", organisation=contract.provider)
    answered = visits.answer_report(visit_id=planned.pk, answer="We agree.", act=by(provider))
    assert (answered.state, answered.provider_answered_by) == ("answered", provider)


def test_another_provider_does_not_answer_the_report(planned, officer, tmp_path) -> None:
    send(hold(planned, officer), officer, tmp_path)
    with pytest.raises(NotAllowed):
        visits.answer_report(
            visit_id=planned.pk,
            answer="We agree.",
            act=by(a_user("provider_user", organisation=a_contract().provider)),
        )


def test_a_visit_is_not_signed_off_over_an_area_that_is_not_met_without_an_action(planned, officer) -> None:
    hold(planned, officer, findings=findings(training="not_met"))
    with raises("open_ends"):
        visits.sign_off_visit(visit_id=planned.pk, act=by(officer))


def test_a_reason_signs_a_visit_off_all_the_same(planned, officer) -> None:
    hold(planned, officer)
    visits.sign_off_visit(visit_id=planned.pk, because="The home has closed.", act=by(officer))
    assert Event.objects.get(kind="contracts.visit.signed_off").because == "The home has closed."


def test_an_answered_visit_is_signed_off_without_more_words(planned, officer, tmp_path) -> None:
    send(hold(planned, officer), officer, tmp_path)
    visits.answer_report(visit_id=planned.pk, answer="We agree.", act=by(officer))
    assert visits.sign_off_visit(visit_id=planned.pk, act=by(officer)).state == "signed_off"


def test_another_councils_visit_counts_as_one(contract, home, officer) -> None:
    accept(officer, home)
    assert not overdue(contract)


def test_another_councils_visit_is_accepted_with_a_reason(home, officer) -> None:
    with raises("missing_reason"):
        accept(officer, home, because=" ")


def test_the_same_visit_is_not_accepted_twice(home, officer) -> None:
    accept(officer, home)
    with raises("already_there"):
        accept(officer, home)


def exported(planned, officer) -> bytes:
    hold(planned, officer)
    visits.sign_off_visit(visit_id=planned.pk, because="Agreed by telephone.", act=by(officer))
    return visits.export_visit(visit_id=planned.pk, signing_key=None, **HOUSE, act=by(officer))


def test_a_visit_sent_on_is_read_back(planned, officer, home) -> None:
    pack = packs.read(exported(planned, officer), known={})
    said = json.loads(pack.files["visit.json"])
    assert (said["urn"], said["visited_on"], len(said["findings"])) == (home.urn, "2016-07-05", 5)


def test_the_checksum_of_a_pack_is_in_the_trail(planned, officer) -> None:
    content = exported(planned, officer)
    event = Event.objects.get(kind="contracts.visit.exported")
    assert event.data["manifest_sha256"] == packs.read(content, known={}).manifest_sha256


def test_a_visit_that_is_not_signed_off_is_not_sent_on(planned, officer) -> None:
    hold(planned, officer)
    with raises("wrong_state"):
        visits.export_visit(visit_id=planned.pk, signing_key=None, **HOUSE, act=by(officer))


def test_another_councils_visit_is_not_sent_on_as_ours(home, officer) -> None:
    visit = accept(officer, home)
    visits.sign_off_visit(visit_id=visit.pk, act=by(officer))
    with raises("wrong_state"):
        visits.export_visit(visit_id=visit.pk, signing_key=None, **HOUSE, act=by(officer))


def test_a_setting_with_children_and_no_contract_is_due(officer) -> None:
    setting = a_home()
    due = queries.visits_due(with_children={setting.pk: (2, date(2015, 3, 1))}, on=TODAY)
    assert [(each.setting, each.children, each.state(TODAY)) for each in due] == [(setting, 2, "overdue")]


def test_what_is_due_is_asked_in_as_many_queries_however_much_there_is(django_assert_num_queries) -> None:
    for _ in range(3):
        a_home(a_contract(visit_required=True))
    with django_assert_num_queries(4):
        queries.visits_due(with_children={}, on=TODAY)


# --- homes -----------------------------------------------------------------------------------------------------------


def receive(home, officer, **changes):
    given = {"kind": "reg44", "period_from": date(2016, 5, 1), "received_on": date(2016, 6, 20), "document_id": None,
             "with_children": {}}  # fmt: skip
    return home_reports.receive_report(setting_id=home.pk, **{**given, **changes}, act=by(officer))


def test_a_home_owes_what_has_not_come() -> None:
    a_home(a_contract(starts_on=date(2016, 5, 1)))
    assert [one.period_from for one in queries.homes(with_children={}, on=TODAY)[0].owed] == [date(2016, 5, 1)]


def test_a_home_with_our_children_and_no_contract_owes_its_reports_from_when_the_first_came() -> None:
    home = a_home()
    found = queries.homes(with_children={home.pk: (1, date(2016, 4, 12))}, on=TODAY)
    assert [(each.setting, each.since, [one.period_from for one in each.owed]) for each in found] == [
        (home, date(2016, 4, 12), [date(2016, 5, 1)])
    ]


def test_a_missing_report_of_a_home_without_contract_is_flagged_for_who_holds_the_role() -> None:
    home = a_home()
    home_reports.raise_care_flags(with_children={home.pk: (1, date(2016, 4, 12))}, act=by(None))
    flag = Flag.objects.get(kind="home_report_missing", subject_id=home.pk)
    assert [row.recipient for row in flag.recipients.all()] == ["role:contract_officer"]


def test_a_school_owes_no_reports_of_homes() -> None:
    a_home(a_contract(), register="education", provision_type="Community school")
    assert queries.homes(with_children={}, on=TODAY) == []


def test_reports_are_asked_for_twelve_months_back_at_most() -> None:
    a_home(a_contract(starts_on=date(2010, 1, 1)))
    assert min(one.period_from for one in queries.homes(with_children={}, on=TODAY)[0].owed) == date(2015, 7, 1)


def test_a_report_that_came_closes_the_flag_that_it_was_missing(officer) -> None:
    home = a_home(a_contract(starts_on=date(2016, 5, 1)))
    home_reports.raise_care_flags(with_children={}, act=by(None))
    flag = Flag.objects.get(kind="home_report_missing", subject_id=home.pk)
    receive(home, officer)
    flag.refresh_from_db()
    assert flag.state == "closed"


def test_a_home_hands_its_own_report_in(contract, home) -> None:
    provider = a_user("provider_user", organisation=contract.provider)
    assert receive(home, provider).recorded_by == provider


def test_another_provider_does_not_hand_it_in(home) -> None:
    with pytest.raises(NotAllowed):
        receive(home, a_user("provider_user", organisation=a_contract().provider))


def test_the_same_report_does_not_come_twice(home, officer) -> None:
    receive(home, officer)
    with raises("already_there"):
        receive(home, officer)


def test_a_report_read_with_a_concern_raises_its_action(home, officer, contract) -> None:
    report = receive(home, officer)
    home_reports.read_report(
        report_id=report.pk,
        concern="Restraints have doubled.",
        action=ActionGiven("Say why, and what is done", date(2016, 8, 15)),
        act=by(officer),
    )
    assert Action.objects.get(subject_type="setting").owner_organisation == contract.provider


def test_a_concern_about_which_nothing_is_done_is_refused(home, officer) -> None:
    report = receive(home, officer)
    with raises("missing_what_is_done"):
        home_reports.read_report(report_id=report.pk, concern="Restraints have doubled.", act=by(officer))


def test_a_report_is_read_once(home, officer) -> None:
    report = receive(home, officer)
    home_reports.read_report(report_id=report.pk, concern="", act=by(officer))
    with raises("wrong_state"):
        home_reports.read_report(report_id=report.pk, concern="", act=by(officer))


def test_the_manager_is_told_of_a_meeting_that_is_late(contract) -> None:
    home_reports.raise_care_flags(with_children={}, act=by(None))
    flag = Flag.objects.get(kind="evaluation_due", subject_id=contract.pk)
    assert flag.recipients.get().recipient == "role:contract_officer"


def test_the_manager_is_told_of_a_visit_that_is_late(home) -> None:
    home_reports.raise_care_flags(with_children={}, act=by(None))
    assert Flag.objects.get(kind="visit_due").subject_id == home.pk


def test_a_flag_about_a_visit_closes_when_it_was_made(planned, officer, home) -> None:
    home_reports.raise_care_flags(with_children={}, act=by(None))
    hold(planned, officer)
    home_reports.raise_care_flags(with_children={}, act=by(None))
    assert Flag.objects.get(kind="visit_due").state == "closed"
