"""Contracts, what is done under them, and tenders: each figure from plain facts, on every engine."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from plumbline.contracts.rules import rating
from plumbline.contracts.rules.rating import POLICIES, LawChange
from plumbline.contracts.rules.rating import Facts as Known
from plumbline.kernel.intervals import FAR
from plumbline.measures.catalogue import get
from plumbline.measures.definitions import buying
from plumbline.measures.definitions.buying import WANT_OF_AN_ASSESSMENT
from plumbline.measures.model import Known as KnownAt
from tests.spec.asking import ask, by_group, figure
from tests.spec.conftest import Rows

START, END = date(2015, 1, 1), date(2016, 12, 31)
ALWAYS = [(date(2010, 1, 1), date(2020, 1, 1))]


def contract(number: int = 1, **known: object) -> Known:
    """A contract of two years against which nothing counts but what is said."""
    assured: dict[str, object] = {
        "ends_on": END,
        "assessments": {"self": ALWAYS, "plan": ALWAYS, "board": ALWAYS},
        "reviews": {policy: [START, date(2015, 12, 1), date(2016, 11, 1)] for policy in POLICIES},
        "evaluations": [START + timedelta(90 * quarter) for quarter in range(1, 9)],
    }
    return Known(number, START, **assured | known)  # type: ignore[arg-type]


def rated(*contracts: Known, laws: Sequence[LawChange] = ()) -> dict[str, Rows]:
    """The fact tables of these contracts, with reasons and colours as the rules give them."""
    tables: dict[str, list[dict[str, object]]] = {"contract": [], "contract_reason": [], "contract_colour": []}
    for known in contracts:
        key = {"contract_id": f"CT{known.contract_id}"}
        reasons = rating.reasons(known, laws)
        tables["contract"].append(
            {
                **key,
                "started_on": known.starts_on,
                "ended_on": after(known.ends_on or FAR),
                "kind": "block",
                "visit_required": known.visit_required,
            }
        )
        tables["contract_reason"] += [
            {**key, "code": held.code, "from_on": held.from_on, "to_on": after(held.to_on)} for held in reasons
        ]
        tables["contract_colour"] += [
            {**key, "colour": period.colour, "from_on": period.from_on, "to_on": after(period.to_on)}
            for period in rating.periods(known, reasons)
        ]
    return tables


def after(day: date) -> date | None:
    return None if day == FAR else day + timedelta(1)


def held_on(*days: str) -> list[date]:
    return [date.fromisoformat(day) for day in days]


class TestContractsInForce:
    @pytest.mark.parametrize(
        ("day", "expected"), [("2014-12-31", 0), ("2015-01-01", 1), ("2016-12-31", 1), ("2017-01-01", 0)]
    )
    def test_a_contract_is_in_force_from_its_first_day_to_its_last(self, facts, day, expected):
        assert figure(ask(facts, rated(contract()), f"contracts_open {day}")) == expected

    def test_on_its_last_day_it_has_a_rating_as_on_any_other(self, facts):
        tables = rated(contract(), contract(2, assessments={}))

        assert by_group(ask(facts, tables, f"contracts_open {END} by colour")) == {"green": 1, "amber": 1}

    def test_what_contracts_are_worth_is_added_up_by_rating(self, facts):
        tables = """
            contract
            contract_id | started_on | ended_on   | pounds | has_value
            one         | 2015-01-01 |            | 300000 | yes
            two         | 2015-01-01 |            | 45000  | yes
            three       | 2015-01-01 |            |        | no
            over        | 2015-01-01 | 2015-06-01 | 999    | yes
            to come     |            |            | 5      | yes

            contract_colour
            contract_id | colour | from_on    | to_on
            one         | amber  | 2015-01-01 |
            two         | green  | 2015-01-01 |
            three       | green  | 2015-01-01 |
        """

        found = ask(facts, tables, "contracts_value 2015-06-01 by colour")

        assert (figure(found), by_group(found)) == (345_000, {"amber": 300_000, "green": 45_000})
        assert found.sentences() == ("Contracts without a recorded value, not in the sum: 1.",)


class TestWantOfAnAssessment:
    @pytest.mark.parametrize(("day", "expected"), [("2015-06-30", 0), ("2015-07-01", 1)])
    def test_a_contract_that_becomes_statutory_mid_term_needs_a_board_assessment_from_that_day(
        self, facts, day, expected
    ):
        known = contract(statutory_from=date(2015, 7, 1), assessments={"self": ALWAYS, "plan": ALWAYS})

        assert figure(ask(facts, rated(known), f"contracts_unassured {day}")) == expected

    def test_from_that_day_no_self_assessment_is_wanting(self, facts):
        known = contract(statutory_from=date(2015, 7, 1), assessments={"board": ALWAYS})

        found = ask(facts, rated(known), "contracts_unassured 2015-06-01..2015-07-31 every month")

        assert [row.value for row in found.rows] == [1, 0]

    def test_two_wants_of_one_contract_count_once(self, facts):
        assert figure(ask(facts, rated(contract(assessments={})), "contracts_unassured 2015-03-01")) == 1

    @pytest.mark.parametrize(("day", "expected"), [("2015-03-31", 0), ("2015-04-01", 1)])
    def test_an_assessment_counts_on_the_last_day_of_its_validity(self, facts, day, expected):
        known = contract(assessments={"self": [(START, date(2015, 3, 31))], "plan": ALWAYS})

        assert figure(ask(facts, rated(known), f"contracts_unassured {day}")) == expected

    def test_the_reasons_are_those_that_nothing_hides(self):
        assert set(WANT_OF_AN_ASSESSMENT) == rating.NEVER_HIDDEN


class TestQuarterlyReview:
    @pytest.mark.parametrize(
        ("day", "expected"), [("2015-04-03", "1 of 1"), ("2015-04-04", "0 of 1"), ("2015-04-05", "1 of 1")]
    )
    def test_it_is_on_time_to_the_92nd_day_from_the_start_and_again_from_the_day_of_the_meeting(
        self, facts, day, expected
    ):
        known = contract(evaluations=held_on("2015-04-05"))

        assert figure(ask(facts, rated(known), f"contracts_review_on_time {day}")) == expected

    @pytest.mark.parametrize(("day", "expected"), [("2015-09-03", "1 of 1"), ("2015-09-04", "0 of 1")])
    def test_a_meeting_on_the_very_92nd_day_leaves_no_day_late_and_counts_92_days_on(self, facts, day, expected):
        known = contract(evaluations=held_on("2015-03-03", "2015-06-03"))

        assert figure(ask(facts, rated(known), "contracts_review_on_time 2015-06-03")) == "1 of 1"
        assert figure(ask(facts, rated(known), f"contracts_review_on_time {day}")) == expected

    def test_the_contract_counts_on_its_last_day_and_not_on_the_day_after(self, facts):
        known = contract(evaluations=[], ends_on=date(2015, 4, 30))

        found = ask(facts, rated(known), "contracts_review_on_time 2015-03-01..2015-05-01 every month")

        assert [(row.numerator, row.denominator) for row in found.rows] == [(1, 1), (0, 1), (0, 0)]

    def test_a_contract_in_implementation_is_in_neither_number(self, facts):
        tables = rated(contract())
        tables["contract"][0]["started_on"] = None

        assert figure(ask(facts, tables, "contracts_review_on_time 2015-03-01")) == "0 of 0"

    def test_a_meeting_recorded_late_is_known_from_then_on_only(self, facts):
        before = """
            contract
            contract_id | started_on | from_tx | to_tx
            late        | 2015-01-01 | 1       |

            contract_reason
            contract_id | code               | from_on    | to_on      | from_tx | to_tx
            late        | evaluation_overdue | 2015-04-04 |            | 1       | 2
            late        | evaluation_overdue | 2015-07-01 |            | 2       |
        """

        answers = [
            figure(ask(facts, before, "contracts_review_on_time 2015-04-30", known=known))
            for known in (KnownAt(1), KnownAt(2), None, KnownAt(2, (2,)))
        ]

        assert answers == ["0 of 1", "1 of 1", "1 of 1", "0 of 1"]

    def test_a_contract_taken_out_later_still_stands_in_the_past(self, facts):
        tables = """
            contract
            contract_id | started_on | from_tx | to_tx
            kept        | 2015-01-01 | 1       |
            taken       | 2015-01-01 | 1       | 2

            contract_reason
            contract_id | code               | from_on    | to_on | from_tx | to_tx
            taken       | evaluation_overdue | 2015-04-04 |       | 1       | 2
        """

        answers = [
            figure(ask(facts, tables, "contracts_review_on_time 2015-04-30", known=known))
            for known in (KnownAt(1), KnownAt(2))
        ]

        assert answers == ["1 of 2", "1 of 1"]

    def test_the_days_in_its_meaning_are_those_of_the_rules_as_shipped(self):
        said = [get(f"contracts_{key}").meaning for key in ("review_on_time", "assurance_complete", "visits_on_time")]

        assert [
            f"{rating.BOOK.days[name]} days" in meaning
            for name, meaning in zip(("evaluation_3", "policy_review", "visit"), said, strict=True)
        ] == [True, True, True]


class TestAnnualAssurance:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [("2015-12-31", "1 of 1"), ("2016-01-01", "1 of 1"), ("2016-01-02", "0 of 1"), ("2016-02-01", "1 of 1")],
    )
    def test_it_is_complete_while_every_policy_was_reviewed_within_365_days(self, facts, day, expected):
        known = contract(reviews={policy: [START, date(2016, 2, 1)] for policy in POLICIES})

        assert figure(ask(facts, rated(known), f"contracts_assurance_complete {day}")) == expected

    def test_five_policies_are_not_complete(self, facts):
        seen = {policy: [START] for policy in list(POLICIES)[:5]}

        assert figure(ask(facts, rated(contract(reviews=seen)), "contracts_assurance_complete 2015-02-01")) == "0 of 1"

    def test_two_policies_wanting_at_once_take_one_contract_out_once(self, facts):
        tables = rated(contract(reviews={}), contract(2))

        found = ask(facts, tables, "contracts_assurance_complete 2015-02-01..2015-04-30 every month")

        assert [(row.numerator, row.denominator) for row in found.rows] == [(1, 2), (1, 2), (1, 2)]

    @pytest.mark.parametrize(("day", "expected"), [("2015-09-01", "1 of 1"), ("2015-09-02", "0 of 1")])
    def test_a_change_in_the_law_counts_from_the_day_after_the_reviews_of_it_were_due(self, facts, day, expected):
        law = LawChange("New guidance", date(2015, 5, 6), date(2015, 9, 1), frozenset({"dbs"}))

        found = ask(facts, rated(contract(), laws=[law]), f"contracts_assurance_complete {day}")

        assert figure(found) == expected


class TestVisits:
    @pytest.mark.parametrize(
        ("day", "expected"), [("2016-01-31", "1 of 1"), ("2016-02-01", "0 of 1"), ("2016-03-01", "1 of 1")]
    )
    def test_one_is_on_time_to_the_395th_day_from_the_start_and_again_from_its_own_day(self, facts, day, expected):
        known = contract(visit_required=True, visits=held_on("2016-03-01"))

        assert figure(ask(facts, rated(known), f"contracts_visits_on_time {day}")) == expected

    def test_a_contract_that_needs_no_visit_is_in_neither_number(self, facts):
        tables = rated(contract(visit_required=True), contract(2))

        assert figure(ask(facts, tables, "contracts_visits_on_time 2016-06-30")) == "0 of 1"

    def test_a_visit_where_none_is_required_is_counted_as_made_and_changes_no_share(self, facts):
        tables = rated(contract(visits=held_on("2015-05-01")))
        tables["visit"] = [{"visit_id": "v", "visited_on": date(2015, 5, 1), "whose": "own"}]

        assert figure(ask(facts, tables, "contracts_visits_on_time 2015-06-01")) == "0 of 0"
        assert figure(ask(facts, tables, "visits_held 2015-05-01..2015-05-31")) == 1


WORK = """
    evaluation
    evaluation_id | contract_id | held_on    | service_area_present | from_tx | to_tx
    m1            | one         | 2015-04-01 | yes                  | 1       |
    m2            | one         | 2015-06-30 | no                   | 1       | 3
    m2            | one         | 2015-06-30 | yes                  | 3       |
    m3            | one         | 2015-06-30 | yes                  | 2       |
    m4            | one         | 2015-07-01 | yes                  | 1       |
    planned       | one         |            | no                   | 1       |
    taken out     | one         | 2015-05-01 | no                   | 1       | 2

    contract
    contract_id | started_on | kind  | service
    one         | 2015-01-01 | block | Homes

    visit
    visit_id | visited_on | whose
    v1       | 2015-04-01 | own
    v2       | 2015-06-30 | other
    planned  |            | own

    incident
    incident_id | contract_id | type    | occurred_on
    i1          | one         | missing | 2015-04-01
    i2          | one         | missing | 2015-06-30
    i3          | one         | death   | 2015-05-05
    i4          | one         | death   | 2015-07-01

    notification
    notification_id | recipient | duty     | due_on     | needed | in_time | sent
    n1              | ofsted    | provider | 2015-04-01 | yes    | yes     | yes
    n2              | ofsted    | provider | 2015-04-02 | yes    | no      | yes
    n3              | lado      | council  | 2015-04-02 | yes    | no      | no
    n4              | lado      | council  | 2015-04-02 | no     | no      | no
    n5              | lado      | council  | 2017-07-31 | yes    | no      | no
    n6              | ofsted    | provider | 2017-07-31 | yes    | no      | yes

    tender
    tender_id | published_on | body     | kind         | has_stage1 | scored_safeguarding
    t1        | 2015-04-01   | children | competition  | yes        | yes
    t2        | 2015-06-30   | school   | direct_award | yes        | no
    t3        | 2015-05-01   | school   | call_off     | no         | no
    draft     |              | school   | competition  | no         | no

    bid
    bid_id | tender_id | received_on | failed_stage1
    b1     | t1        | 2015-05-01  | no
    b2     | t1        | 2015-05-01  | yes
    b3     | t2        | 2015-07-01  | no

    stage1_fail
    decision_id | bid_id | criterion    | decided_on
    d1          | b1     | dbs          | 2015-05-10
    d2          | b2     | dbs          | 2015-07-11
    d3          | b2     | complaints   | 2015-07-11
    d4          | b3     | complaints   | 2015-07-11
    passed      | b1     | complaints   |
"""


class TestWorkInAPeriod:
    @pytest.mark.parametrize(
        ("key", "expected"),
        [
            ("evaluations_held", 3),
            ("evaluations_area_present", "3 of 3"),
            ("visits_held", 2),
            ("incidents_reported", 3),
            ("notifications_in_time", "1 of 3"),
            ("tenders_published", 3),
            ("tenders_with_stage1", "2 of 3"),
            ("tenders_scored_safeguarding", "1 of 3"),
            ("bids_received", 2),
            ("bids_failed_stage1", "1 of 2"),
            ("stage1_criteria_failed", 3),
        ],
    )
    def test_both_days_of_the_period_count_and_what_was_not_done_does_not(self, facts, key, expected):
        assert figure(ask(facts, WORK, f"{key} 2015-04-01..2015-06-30")) == expected

    @pytest.mark.parametrize(
        ("question", "expected"),
        [
            ("visits_held {} by whose", {"own": 1, "other": 1}),
            ("incidents_reported {} by type", {"death": 1, "missing": 2}),
            ("incidents_reported {} by service", {"Homes": 3}),
            ("evaluations_held {} by service", {"Homes": 3}),
            ("notifications_in_time {} by recipient", {"lado": "0 of 1", "ofsted": "1 of 2"}),
            ("tenders_with_stage1 {} by body", {"children": "1 of 1", "school": "1 of 2"}),
            ("stage1_criteria_failed {} by criterion", {"dbs": 2, "complaints": 1}),
        ],
    )
    def test_the_groups_are_those_of_the_records(self, facts, question, expected):
        assert by_group(ask(facts, WORK, question.format("2015-04-01..2015-06-30"))) == expected

    def test_a_meeting_entered_corrected_or_taken_out_later_does_not_change_what_was_known(self, facts):
        answers = [
            figure(ask(facts, WORK, "evaluations_area_present 2015-04-01..2015-06-30", known=known))
            for known in (KnownAt(1), KnownAt(2), KnownAt(3), KnownAt(3, (3,)))
        ]

        assert answers == ["1 of 3", "2 of 3", "3 of 3", "2 of 3"]

    def test_what_is_due_on_the_last_day_of_the_records_and_not_sent_is_not_yet_known(self, facts):
        found = ask(facts, WORK, "notifications_in_time 2017-07-01..2017-07-31").total

        assert (found.numerator, found.denominator, found.not_yet_known) == (0, 1, 1)


def test_no_figure_of_what_is_bought_counts_children():
    assert {measure.disclosure for measure in buying.MEASURES} == {"work"}
