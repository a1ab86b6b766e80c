"""Before someone is switched off: what is theirs, to whom each goes, and that both is one act."""

from datetime import UTC, date, datetime

import pytest

from plumbline.actions.models import Action
from plumbline.audit.models import Event
from plumbline.commissioning.models import ImplementationPlan, PlanItem
from plumbline.contracts import intake
from plumbline.contracts.models import Contract, PersonWording
from plumbline.flags.models import Message
from plumbline.people.models import User
from plumbline.toolkits.models import ReturnAssignment
from tests.factories.people import ProfessionalFactory, UserFactory
from tests.factories.records import InvolvementFactory, TacFactory
from tests.factories.tenders import EvaluatorFactory, TenderFactory
from tests.factories.toolkits import asked
from tests.integration.actions.test_operations import raised
from tests.integration.commissioning.implementing import Situation
from tests.integration.contracts.care_situations import a_contract
from tests.queries import assert_constant_queries

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]
TODAY = date(2016, 7, 31)
AT = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(settings):
    settings.TODAY = TODAY


@pytest.fixture
def admin():
    return UserFactory(role="administrator")


@pytest.fixture
def officer():
    return UserFactory(name="Beth Larkin", role="contract_officer")


@pytest.fixture
def next_officer():
    return UserFactory(name="Cara Moss", role="contract_officer", email="cara@example.org")


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def leave(page, admin, user, **given):
    return page(admin).post(f"/users/{user.pk}/leaving/", {"because": "New post", **given}, follow=True)


def test_the_page_says_what_is_theirs_with_its_numbers(page, admin, officer, next_officer):
    contract, action = a_contract(manager=officer), raised(owner=officer)
    said = words(page(admin).get(f"/users/{officer.pk}/leaving/"))
    found = [
        each in said
        for each in ("1 contract as contract manager", contract.reference, f"Action {action.pk}", "Cara Moss")
    ]
    assert found == [True] * 4


def test_all_goes_to_one_person_and_they_are_switched_off(page, admin, officer, next_officer):
    contract, action = a_contract(manager=officer, manager_wording="Beth Larkin"), raised(owner=officer)
    leave(page, admin, officer, all=next_officer.pk)
    contract.refresh_from_db(), action.refresh_from_db(), officer.refresh_from_db()
    assert (contract.manager, contract.manager_wording, action.owner, officer.is_active) == (
        next_officer,
        "Cara Moss",
        next_officer,
        False,
    )


def test_each_record_and_the_act_leave_their_events(page, admin, officer, next_officer):
    a_contract(manager=officer), raised(owner=officer)
    leave(page, admin, officer, all=next_officer.pk)
    kinds = Event.objects.filter(because="New post", by_id=admin.pk).values_list("kind", flat=True)
    assert sorted(kinds) == [
        "people.record.handed_over",
        "people.record.handed_over",
        "people.user.handed_over",
        "people.user.switched_off",
    ]


def test_who_has_it_now_is_written_to_and_it_is_said(page, admin, officer, next_officer):
    a_contract(manager=officer)
    said = words(leave(page, admin, officer, all=next_officer.pk))
    message = Message.objects.get(to_user=next_officer, subject="Plumbline: this is yours now")
    assert "1 contract as contract manager" in message.body
    assert "An e-mail about it is on its way to Cara Moss" in said


def test_who_has_no_address_is_not_said_to_be_told(page, admin, officer):
    other = UserFactory(name="Dan Poole", role="contract_officer", email="")
    a_contract(manager=officer)
    said = words(leave(page, admin, officer, all=other.pk))
    assert ("Dan Poole has no e-mail address here: tell them yourself." in said, "on its way" in said) == (True, False)


def test_a_kind_goes_to_another_or_to_nobody_yet(page, admin, officer, next_officer):
    contract, action = a_contract(manager=officer), raised(owner=officer)
    leave(page, admin, officer, contracts=next_officer.pk, actions="nobody")
    contract.refresh_from_db(), action.refresh_from_db()
    assert (contract.manager, action.owner) == (next_officer, officer)
    assert "1 action to do" in words(page(admin).get(f"/users/{officer.pk}/leaving/"))


def test_what_was_left_is_handed_over_later(page, admin, officer, next_officer):
    action = raised(owner=officer)
    leave(page, admin, officer, all="", actions="nobody")
    leave(page, admin, officer, all=next_officer.pk)
    action.refresh_from_db()
    assert (action.owner, Event.objects.filter(kind="people.user.switched_off").count()) == (next_officer, 1)


def test_it_is_asked_who_has_each(page, admin, officer):
    a_contract(manager=officer)
    said = words(leave(page, admin, officer))
    assert "1 contract as contract manager: say who has this from now on" in said
    assert User.objects.get(pk=officer.pk).is_active


def test_to_who_may_not_hold_it_nothing_goes_and_nobody_is_switched_off(page, admin, officer):
    commissioner = UserFactory(role="commissioner", name="Kit Rowe")
    contract, action = a_contract(manager=officer), raised(owner=officer)
    said = words(leave(page, admin, officer, all=commissioner.pk))
    contract.refresh_from_db(), action.refresh_from_db(), officer.refresh_from_db()
    assert "Kit Rowe cannot be given 1 contract as contract manager: that needs another role." in said
    assert (contract.manager, action.owner, officer.is_active) == (officer, officer, True)
    assert not Message.objects.filter(to_user=commissioner).exists()


def test_an_action_about_a_child_goes_to_nobody_who_may_not_see_the_child(page, admin, officer, next_officer):
    action = raised(owner=officer, subject_type="tac", subject_id=TacFactory().pk)
    said = words(leave(page, admin, officer, all=next_officer.pk))
    assert f"Action {action.pk} is about a child whom Cara Moss may not see." in said
    assert User.objects.get(pk=officer.pk).is_active


def test_a_later_file_with_the_old_name_means_whoever_has_the_contract_now(page, admin, officer, next_officer):
    contract = a_contract(manager=officer, manager_wording="B. Larkin")
    PersonWording.objects.create(wording="B. Larkin", user=officer, mapped_at=AT)
    leave(page, admin, officer, all=next_officer.pk)
    Contract.objects.filter(pk=contract.pk).update(manager_wording="B. Larkin")
    intake.find_people()
    contract.refresh_from_db()
    assert contract.manager == next_officer


def test_tenders_plans_and_their_items_go_to_the_next_commissioner(page, admin):
    found = Situation()
    tender = TenderFactory(lead_commissioner=found.commissioner)
    item = found.plan.items.get(criterion="kick_off")
    PlanItem.objects.filter(pk=item.pk).update(owner=found.commissioner)
    other = UserFactory(role="commissioner")
    leave(page, admin, found.commissioner, all=other.pk)
    tender.refresh_from_db(), item.refresh_from_db()
    assert (tender.lead_commissioner, item.owner, ImplementationPlan.objects.get().commissioner) == (other,) * 3


def test_both_leads_of_a_plan_are_two_people(page, admin):
    found = Situation()
    other = UserFactory(role="commissioner")
    ImplementationPlan.objects.update(service_area_lead=other)
    said = words(leave(page, admin, found.commissioner, all=other.pk))
    assert "are two people" in said
    assert User.objects.get(pk=found.commissioner.pk).is_active


def test_a_return_goes_to_somebody_of_the_same_side(page, admin, officer, next_officer):
    made = asked(None, None, officer)
    provider = UserFactory(role="provider_user", role__organisation=asked().organisation)
    shown = page(admin).get(f"/users/{officer.pk}/leaving/").context["form"].fields["returns"].choices
    assert str(provider.pk) not in dict(shown)
    leave(page, admin, officer, all=next_officer.pk)
    live = ReturnAssignment.objects.filter(answer_set=made, ended_at=None)
    assert [each.user for each in live] == [next_officer]


def test_what_cannot_be_handed_over_is_said(page, admin):
    worker = UserFactory(role="social_worker", professional=ProfessionalFactory())
    TacFactory(lead_professional=worker.professional)
    InvolvementFactory(professional=worker.professional)
    EvaluatorFactory(user=worker)
    said = words(page(admin).get(f"/users/{worker.pk}/leaving/"))
    told = ("1 TAC led, 1 child allocated to them", "1 tender whose bids", "Nobody else is social worker")
    assert [each in said for each in told] == [True] * 3


def test_that_they_have_left_stands_beside_their_name(page, admin, officer):
    a_contract(manager=officer, title="Short breaks in the north")
    action = raised(owner=officer)
    leave(page, admin, officer, contracts="nobody", actions="nobody")
    reader = UserFactory(role="contract_officer")
    assert "Beth Larkin (has left)" in words(page(reader).get(f"/actions/{action.pk}/"))
    assert "Beth Larkin (has left)" in words(page(reader).get(f"/contracts/{Contract.objects.get().pk}/"))


def test_what_the_trail_keeps_is_the_name_alone(page, admin, officer):
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert (User.objects.get(pk=officer.pk).called, str(User.objects.get(pk=officer.pk))) == (
        "Beth Larkin",
        "Beth Larkin (has left)",
    )


def test_only_administrators_see_the_page(page, officer):
    assert page(officer).get(f"/users/{officer.pk}/leaving/").status_code == 404


def test_more_records_take_no_more_queries(page, admin, officer):
    client, _ = page(admin), raised(owner=officer)
    assert_constant_queries(
        lambda: client.get(f"/users/{officer.pk}/leaving/"), more=lambda: [raised(owner=officer) for _ in range(5)]
    )


def test_an_action_of_a_leaver_is_listed_with_the_next_one(page, admin, officer, next_officer):
    raised(owner=officer, title="Check the register")
    leave(page, admin, officer, all=next_officer.pk)
    assert Action.objects.get().owner == next_officer
    assert "Check the register" in words(page(next_officer).get("/actions/?who=mine"))
