"""A contract's colour is a question of the day: midnight, mid-term changes, two officers at once, hands that lift."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from plumbline.contracts.models import Assessment, PolicyReview, RatingPeriod, ReasonPeriod
from plumbline.contracts.operations import decisions, rating, register
from plumbline.contracts.queries import management
from plumbline.contracts.queries.rating import rating_on
from plumbline.contracts.rules.rating import POLICIES
from plumbline.flags.models import Flag, Message
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import User
from tests.factories.people import UserFactory

AT = datetime(2016, 3, 1, 9, 30, tzinfo=UTC)
TODAY = date(2016, 3, 1)


def officer() -> User:
    return UserFactory(role="contract_officer")


def registered(by: User, reference: str = "CT900", **more: object):
    entry = {
        "reference": reference, "title": "Short breaks", "kind": "block", "provider": "Fenside Care Ltd",
        "service": "Short breaks", "starts_on": TODAY - timedelta(30), "ends_on": date(2018, 2, 28),
    }  # fmt: skip
    return register.register_contract(entry=register.Entry(**entry | more), act=Act(by, AT, TODAY))


def in_order(contract, *, valid_until: date = date(2017, 1, 31)) -> None:
    """Everything seen and valid: nothing counts against the contract."""
    for kind in ("self", "plan"):
        Assessment.objects.create(
            contract=contract, kind=kind, completed_on=contract.starts_on, valid_until=valid_until
        )
    for policy in POLICIES:
        PolicyReview.objects.create(contract=contract, policy=policy, reviewed_on=contract.starts_on)
    rating.rerate(contract_ids=[contract.pk], act=Act(None, AT, TODAY))


def colour(contract, day: date) -> str:
    found = rating_on(day, contract.pk)
    return found.colour if found else ""


def codes(contract, day: date) -> list[tuple[str, str]]:
    return [(each.code, each.about) for each in rating_on(day, contract.pk).reasons]


@pytest.mark.django_db
class TestByTheDay:
    def test_a_new_contract_without_an_assessment_is_amber_from_its_first_day(self) -> None:
        contract = registered(officer())
        assert colour(contract, contract.starts_on) == "amber"

    @pytest.mark.parametrize(("every", "days"), [(1, 31), (3, 92), (6, 184), (12, 366)])
    def test_the_evaluation_is_overdue_by_the_rhythm_of_the_register(self, every: int, days: int) -> None:
        contract = registered(officer(), review_every=every)
        late = contract.starts_on + timedelta(days + 1)
        said = [[code for code, _ in codes(contract, day)] for day in (late - timedelta(1), late)]
        assert ["evaluation_overdue" in each for each in said] == [False, True]

    def test_it_is_not_rated_before_it_starts(self) -> None:
        contract = registered(officer())
        assert rating_on(contract.starts_on - timedelta(1), contract.pk) is None

    def test_an_assessment_that_expires_tonight_is_green_today_and_amber_tomorrow(self) -> None:
        contract = registered(officer())
        in_order(contract, valid_until=TODAY)
        assert (colour(contract, TODAY), colour(contract, TODAY + timedelta(1))) == ("green", "amber")

    def test_nothing_is_written_when_the_day_turns(self) -> None:
        contract = registered(officer())
        in_order(contract, valid_until=TODAY)
        before = set(RatingPeriod.objects.values_list("pk", flat=True))
        rating.turn_of_the_day(act=Act(None, AT, TODAY + timedelta(1)))
        assert set(RatingPeriod.objects.values_list("pk", flat=True)) == before

    def test_a_contract_that_becomes_statutory_needs_a_board_assessment_from_that_day(self) -> None:
        contract = registered(officer(), statutory_from=date(2016, 6, 1))
        in_order(contract)
        assert ("no_board_assessment", "") in codes(contract, date(2016, 6, 1))

    def test_the_day_before_it_becomes_statutory_the_self_assessment_is_enough(self) -> None:
        contract = registered(officer(), statutory_from=date(2016, 6, 1), ends_on=None)
        in_order(contract)
        assert ("no_board_assessment", "") not in codes(contract, date(2016, 5, 31))

    def test_after_it_became_statutory_the_self_assessment_is_not_asked_for(self) -> None:
        contract = registered(officer(), statutory_from=date(2016, 2, 1))
        assert {code for code, _ in codes(contract, TODAY)} & {"no_self_assessment", "no_action_plan"} == set()

    def test_an_ended_contract_has_its_colours_up_to_its_last_day_and_none_after(self) -> None:
        by = officer()
        contract = registered(by)
        register.end_contract(contract_id=contract.pk, last_day=TODAY, because="Not renewed", act=Act(by, AT, TODAY))
        assert (colour(contract, TODAY), colour(contract, TODAY + timedelta(1))) == ("amber", "")


@pytest.mark.django_db
class TestOneFact:
    def test_a_changed_fact_writes_rows_of_its_own_contract_only(self) -> None:
        by = officer()
        one, other = registered(by), registered(by, "CT901")
        standing = set(ReasonPeriod.objects.filter(contract=other).values_list("pk", flat=True))
        Assessment.objects.create(contract=one, kind="self", completed_on=TODAY, valid_until=date(2017, 2, 28))
        done = rating.rerate(contract_ids=[one.pk], act=Act(None, AT, TODAY))
        assert (done.contracts, set(ReasonPeriod.objects.filter(contract=other).values_list("pk", flat=True))) == (
            (one.pk,),
            standing,
        )

    def test_only_the_reasons_that_differ_are_written(self) -> None:
        contract = registered(officer())
        Assessment.objects.create(contract=contract, kind="self", completed_on=TODAY, valid_until=date(2018, 2, 28))
        done = rating.rerate(contract_ids=[contract.pk], act=Act(None, AT, TODAY))
        # One reason ends a year and ten months earlier; the colour is the same as before.
        assert (done.written, done.removed) == (1, 1)

    def test_working_out_everything_again_changes_nothing(self) -> None:
        registered(officer())
        done = rating.rerate(contract_ids=None, act=Act(None, AT, TODAY))
        assert (done.written, done.removed) == (0, 0)


@pytest.mark.django_db
class TestByHand:
    def test_anybody_who_manages_contracts_may_rate_worse(self) -> None:
        by = officer()
        contract = registered(by)
        in_order(contract)
        rating.rate_by_hand(
            contract_id=contract.pk, colour="red", because="Staff left", until_on=None, act=Act(by, AT, TODAY)
        )
        assert colour(contract, TODAY) == "red"

    def test_a_worse_rating_is_a_reason_with_the_persons_words(self) -> None:
        by = officer()
        contract = registered(by)
        in_order(contract)
        rating.rate_by_hand(
            contract_id=contract.pk, colour="red", because="Staff left", until_on=None, act=Act(by, AT, TODAY)
        )
        assert rating_on(TODAY, contract.pk).reasons[0].sentence == "Rated worse by hand (Staff left)."

    def test_a_better_rating_is_not_the_officers_to_set(self) -> None:
        by = officer()
        contract = registered(by)
        with pytest.raises(RuleBroken) as refused:
            rating.rate_by_hand(
                contract_id=contract.pk,
                colour="green",
                because="Fine",
                until_on=date(2016, 4, 1),
                act=Act(by, AT, TODAY),
            )
        assert refused.value.code == "needs_override"

    def test_a_better_rating_needs_its_last_day(self) -> None:
        contract = registered(officer())
        with pytest.raises(RuleBroken) as refused:
            rating.rate_by_hand(
                contract_id=contract.pk,
                colour="green",
                because="Fine",
                until_on=None,
                act=Act(UserFactory(role="head_of_service"), AT, TODAY),
            )
        assert refused.value.code == "missing_end"

    def test_a_manager_lifts_an_overdue_policy_until_the_last_day(self) -> None:
        contract = registered(officer())
        in_order(contract)
        PolicyReview.objects.filter(contract=contract, policy="dbs").delete()
        rating.rerate(contract_ids=[contract.pk], act=Act(None, AT, TODAY))
        until = TODAY + timedelta(10)
        rating.rate_by_hand(
            contract_id=contract.pk,
            colour="green",
            because="Seen on paper",
            until_on=until,
            act=Act(UserFactory(role="head_of_service"), AT, TODAY),
        )
        assert [colour(contract, day) for day in (TODAY, until, until + timedelta(1))] == ["green", "green", "amber"]

    def test_no_rating_by_hand_hides_the_want_of_an_assessment(self) -> None:
        contract = registered(officer())
        rating.rate_by_hand(
            contract_id=contract.pk,
            colour="green",
            because="They promised",
            until_on=date(2016, 4, 1),
            act=Act(UserFactory(role="director"), AT, TODAY),
        )
        assert colour(contract, TODAY) == "amber"

    def test_a_better_rating_that_was_ended_counts_no_more_from_that_day(self) -> None:
        contract = registered(officer())
        in_order(contract)
        PolicyReview.objects.filter(contract=contract, policy="dbs").delete()
        rating.rerate(contract_ids=[contract.pk], act=Act(None, AT, TODAY))
        head = UserFactory(role="head_of_service")
        rating.rate_by_hand(
            contract_id=contract.pk,
            colour="green",
            because="Seen on paper",
            until_on=TODAY + timedelta(10),
            act=Act(head, AT, TODAY),
        )
        # The council's day, whatever the clock of the machine says.
        later = {"at": AT + timedelta(days=900), "on": TODAY + timedelta(3)}
        rating.end_rating_by_hand(contract_id=contract.pk, because="It was the wrong paper", act=Act(head, **later))
        assert [colour(contract, TODAY + timedelta(days)) for days in (2, 3)] == ["green", "amber"]

    @pytest.mark.parametrize("part", [{"ended_on": TODAY}, {"ended_because": "A mistake"}, {"ended_at": AT}])
    def test_the_database_refuses_a_rating_by_hand_that_is_ended_by_half(self, part: dict[str, object]) -> None:
        contract = registered(officer())
        head = UserFactory(role="head_of_service")
        rating.rate_by_hand(
            contract_id=contract.pk, colour="red", because="Staff left", until_on=TODAY, act=Act(head, AT, TODAY)
        )
        with pytest.raises(IntegrityError, match="rating_by_hand_ended_whole"), transaction.atomic():
            contract.ratings_by_hand.update(**part)

    def test_who_sees_no_contracts_rates_none(self) -> None:
        contract = registered(officer())
        with pytest.raises(NotAllowed):
            rating.rate_by_hand(
                contract_id=contract.pk,
                colour="red",
                because="No",
                until_on=None,
                act=Act(UserFactory(role="social_worker"), AT, TODAY),
            )


@pytest.mark.django_db
class TestTold:
    def test_an_amber_contract_is_a_flag_for_the_management_team(self) -> None:
        contract = registered(officer())
        flag = Flag.objects.get(kind="contract_amber", subject_id=contract.pk)
        assert "role:management_team" in flag.recipients.values_list("recipient", flat=True)

    def test_the_flag_says_which_contract_and_why(self) -> None:
        contract = registered(officer())
        assert Flag.objects.get(subject_id=contract.pk).reason.startswith("CT900: There is no valid action plan")

    def test_the_night_flags_what_turned_amber_at_midnight(self) -> None:
        contract = registered(officer())
        in_order(contract, valid_until=TODAY)
        rating.turn_of_the_day(act=Act(None, AT, TODAY + timedelta(1)))
        assert Flag.objects.filter(kind="contract_amber", subject_id=contract.pk, state="open").exists()

    def test_the_flag_closes_when_everything_is_in_order(self) -> None:
        contract = registered(officer())
        in_order(contract)
        assert (
            Flag.objects.get(subject_id=contract.pk).closed_because == "Nothing counts against the contract any more."
        )

    def test_the_management_team_reads_in_the_morning_why(self) -> None:
        UserFactory(role="management_team", email="team@example.org")
        contract = registered(officer())
        in_order(contract, valid_until=TODAY)
        decisions.write_digests(act=Act(None, AT, TODAY + timedelta(1)))
        body = Message.objects.get(subject="Plumbline, 2 March 2016: contracts that are red or amber").body
        assert "CT900 AMBER: There is no valid action plan to go with the self-assessment" in body

    def test_what_somebody_typed_goes_in_no_e_mail(self) -> None:
        UserFactory(role="management_team", email="team@example.org")
        by = officer()
        contract = registered(by)
        in_order(contract)
        rating.rate_by_hand(
            contract_id=contract.pk, colour="red", because="What Kit told us", until_on=None, act=Act(by, AT, TODAY)
        )
        decisions.write_digests(act=Act(None, AT, TODAY))
        assert "Kit" not in Message.objects.get(flag=None).body

    def test_a_decision_whose_day_has_passed_is_said_with_who_was_to_do_it(self) -> None:
        team = UserFactory(role="management_team", email="team@example.org")
        owner = UserFactory(role="contract_officer")
        contract = registered(officer())
        decisions.decide(
            contract_id=contract.pk,
            code="no_action_plan",
            about="",
            decision="Get the plan",
            by_when=TODAY,
            action_owner=owner,
            act=Act(team, AT, TODAY),
        )
        decisions.write_digests(act=Act(None, AT, TODAY + timedelta(1)))
        assert (
            f"CT900: No action plan. What was decided was to be done by 1 March 2016, by {owner}."
            in Message.objects.get(flag=None).body
        )

    def test_no_list_is_sent_twice_a_day(self) -> None:
        UserFactory(role="management_team", email="team@example.org")
        registered(officer())
        decisions.write_digests(act=Act(None, AT, TODAY))
        assert decisions.write_digests(act=Act(None, AT, TODAY)) == 0


@pytest.mark.django_db
class TestDecided:
    def decide(self, contract, **more: object):
        said = {"code": "no_action_plan", "about": "", "decision": "Plan by Friday", "by_when": TODAY + timedelta(3)}
        return decisions.decide(
            contract_id=contract.pk, **said | more, act=Act(UserFactory(role="management_team"), AT, TODAY)
        )

    def line(self, contract, on: date = TODAY):
        (listed,) = management.team_list(on, [contract.pk])
        return next(line for line in listed.lines if line.reason.code == "no_action_plan")

    def test_a_decision_stands_on_its_reason(self) -> None:
        contract = registered(officer())
        self.decide(contract)
        assert self.line(contract).decision.decision == "Plan by Friday"

    def test_a_decision_not_carried_out_in_time_is_overdue(self) -> None:
        contract = registered(officer())
        self.decide(contract)
        assert self.line(contract, TODAY + timedelta(4)).overdue

    def test_a_decision_can_become_somebodys_action(self) -> None:
        by = officer()
        contract = registered(by)
        made = self.decide(contract, action_owner=by)
        assert (made.action.owner, made.action.due_on) == (by, TODAY + timedelta(3))

    def test_nothing_is_decided_on_what_does_not_count_against_the_contract(self) -> None:
        contract = registered(officer())
        with pytest.raises(RuleBroken) as refused:
            self.decide(contract, code="visit_overdue")
        assert refused.value.code == "no_such_reason"

    def test_an_officer_decides_nothing(self) -> None:
        by = officer()
        contract = registered(by)
        with pytest.raises(NotAllowed):
            decisions.decide(
                contract_id=contract.pk,
                code="no_action_plan",
                about="",
                decision="Leave it",
                by_when=TODAY,
                act=Act(by, AT, TODAY),
            )


def test_two_officers_rating_at_once_leave_neither_fact_out(own_database: str) -> None:
    contract = registered(officer())
    start = Barrier(2)

    def add(kind: str) -> None:
        with transaction.atomic():
            Assessment.objects.create(
                contract_id=contract.pk, kind=kind, completed_on=TODAY, valid_until=date(2017, 2, 28)
            )
            start.wait(timeout=10)
            rating.rerate(contract_ids=[contract.pk], act=Act(None, AT, TODAY))
        connection.close()

    threads = [Thread(target=add, args=(kind,)) for kind in ("self", "plan")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert {code for code, _ in codes(contract, TODAY)} & {"no_self_assessment", "no_action_plan"} == set()
