"""A fact that another room keeps is followed up at once: a setting's status, an action's end, a change of law."""

import ast
from datetime import UTC, date, datetime, timedelta

import pytest

from plumbline.actions import operations as actions
from plumbline.contracts.models import PolicyReview
from plumbline.contracts.operations import following, rating, register
from plumbline.contracts.queries import facts
from plumbline.contracts.queries.rating import rating_on
from plumbline.evidence import operations as evidence
from plumbline.ofsted.models import Setting
from plumbline.ofsted.operations import by_hand
from plumbline.people.act import Act
from plumbline.people.models import User
from plumbline.placements import operations as placements
from tests.architecture.source import modules
from tests.factories.people import UserFactory

AT = datetime(2016, 3, 1, 9, 30, tzinfo=UTC)
TODAY = date(2016, 3, 1)
# What Ofsted says goes in through these alone, which rate the contracts again.
WAYS_IN = {"plumbline.placements.operations", "plumbline.placements.checking", "plumbline.ofsted.operations.month"}
CHANGES = {
    "record_list", "record_judgement", "record_notice", "end_notice", "record_unregistered_use",
    "update_unregistered_use", "end_unregistered_use", "check_changed", "reevaluate",
}  # fmt: skip


def registered(by: User | None = None, **more: object):
    entry = {
        "reference": "CT900", "title": "Short breaks", "kind": "block", "provider": "Fenside Care Ltd",
        "service": "Short breaks", "starts_on": TODAY - timedelta(30), "ends_on": date(2018, 2, 28),
        "urns": ["SC900001"],
    }  # fmt: skip
    return register.register_contract(entry=register.Entry(**entry | more), act=Act(by, AT, TODAY))


def codes(contract, day: date = TODAY) -> set[str]:
    return {each.code for each in rating_on(day, contract.pk).reasons}


def analyst() -> User:
    return UserFactory(role="performance_analyst")


def judged(grade: str) -> Setting:
    setting = Setting.objects.get(urn="SC900001")
    placements.take_judgements(
        record=by_hand.record_judgement,
        setting_id=setting.pk,
        kind="full",
        judgements={"overall": grade},
        inspected_on=TODAY - timedelta(3),
        published_on=None,
        report_link="https://example.org/report",
        act=Act(analyst(), AT, TODAY),
    )
    return setting


@pytest.mark.django_db
class TestSettings:
    def test_an_inadequate_judgement_turns_the_contract_red(self) -> None:
        contract = registered()
        judged("inadequate")
        assert rating_on(TODAY, contract.pk).colour == "red"

    def test_a_good_judgement_leaves_no_contract_behind(self) -> None:
        registered()
        judged("good")
        assert facts.out_of_line() == []

    def test_a_setting_that_is_adverse_already_counts_against_a_new_contract(self) -> None:
        registered()
        judged("inadequate")
        other = registered(reference="CT901")
        assert "setting_adverse" in codes(other)

    def test_an_unregistered_setting_turns_the_contract_red(self) -> None:
        contract = registered()
        placements.take_judgements(
            record=by_hand.record_unregistered_use,
            setting_id=Setting.objects.get(urn="SC900001").pk,
            from_on=TODAY,
            legal_basis="Court order",
            act=Act(analyst(), AT, TODAY),
        )
        assert "setting_adverse" in codes(contract)

    def test_a_status_that_nobody_followed_up_is_found(self) -> None:
        contract = registered()
        judged("inadequate")
        contract.reason_periods.filter(code="setting_adverse").delete()
        assert facts.out_of_line() == [contract.pk]

    def test_the_nights_turn_follows_up_what_was_found(self) -> None:
        contract = registered()
        judged("inadequate")
        contract.reason_periods.filter(code="setting_adverse").delete()
        placements.turn_of_the_day(act=Act(None, AT, TODAY))
        assert facts.out_of_line() == []


def test_nothing_changes_a_status_but_through_the_ways_in_that_follow_it_up() -> None:
    """A call of one of ofsted's operations elsewhere would leave contracts as they were; handing one over does not."""
    wrong = [
        f"{module.place(node)} calls {name}"
        for module in modules()
        if module.name not in WAYS_IN
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        for name in [module.full_name(node.func)]
        if name and name.startswith("plumbline.ofsted.operations.") and name.split(".")[-1] in CHANGES
    ]
    assert wrong == []


@pytest.mark.django_db
class TestActions:
    def raised(self, contract, by: User):
        made = actions.raise_action(
            title="Send the plan",
            subject_type="contract",
            subject_id=contract.pk,
            subject_label="CT900",
            origin_type="evaluation",
            owner=by,
            due_on=TODAY,
            act=Act(by, AT, TODAY),
        )
        rating.rerate(contract_ids=[contract.pk], act=Act(by, AT, TODAY))
        return made

    def test_an_action_not_done_counts_from_the_day_after_it_was_due(self) -> None:
        by = UserFactory(role="contract_officer")
        contract = registered(by)
        self.raised(contract, by)
        assert ("action_overdue" in codes(contract), "action_overdue" in codes(contract, TODAY + timedelta(1))) == (
            False,
            True,
        )

    def test_reporting_it_done_rates_the_contract_anew(self) -> None:
        by = UserFactory(role="contract_officer")
        contract = registered(by)
        action = self.raised(contract, by)
        following.change_action(change=actions.mark_done, action_id=action.pk, text="Sent", act=Act(by, AT, TODAY))
        assert "action_overdue" not in codes(contract, TODAY + timedelta(1))

    def test_moving_its_day_rates_the_contract_anew(self) -> None:
        by = UserFactory(role="contract_officer")
        contract = registered(by)
        action = self.raised(contract, by)
        following.change_action(
            change=actions.move_due,
            action_id=action.pk,
            due_on=TODAY + timedelta(9),
            because="Ill",
            act=Act(by, AT, TODAY),
        )
        assert "action_overdue" not in codes(contract, TODAY + timedelta(9))


@pytest.mark.django_db
class TestLaw:
    def test_a_change_of_law_marks_an_older_policy_as_due_after_its_day(self) -> None:
        contract = registered()
        PolicyReview.objects.create(contract=contract, policy="dbs", reviewed_on=TODAY - timedelta(20))
        following.change_law(
            change=evidence.enter_law_change,
            title="New guidance",
            in_force=TODAY - timedelta(2),
            policies=["dbs"],
            review_by=TODAY + timedelta(10),
            act=Act(UserFactory(role="contract_officer"), AT, TODAY),
        )
        assert (
            "policy_before_law_change" in codes(contract, TODAY + timedelta(10)),
            "policy_before_law_change" in codes(contract, TODAY + timedelta(11)),
        ) == (False, True)
