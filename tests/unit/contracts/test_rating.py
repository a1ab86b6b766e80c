"""The rating rules on plain facts: which days each reason holds, and the colour that follows."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from plumbline.contracts.rules import rating
from plumbline.contracts.rules.rating import ByHand, Facts, Held, LawChange, Matter
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.intervals import FAR

START, END = date(2015, 1, 1), date(2017, 12, 31)
DAY = timedelta(1)
ALWAYS = (date(2014, 1, 1), date(2020, 1, 1))


def facts(**known: object) -> Facts:
    """A contract against which nothing counts, but for what is said."""
    return Facts(1, START, **{"ends_on": END, "assessments": {"self": [ALWAYS], "plan": [ALWAYS]}} | known)  # type: ignore[arg-type]


def held(code: str, known: Facts, laws: tuple[LawChange, ...] = ()) -> list[tuple[str, date, date]]:
    return [(each.about, each.from_on, each.to_on) for each in rating.reasons(known, laws) if each.code == code]


def days(code: str, known: Facts, laws: tuple[LawChange, ...] = ()) -> list[tuple[date, date]]:
    return [(from_on, to_on) for _, from_on, to_on in held(code, known, laws)]


def colour(known: Facts, day: date) -> str:
    reasons = [
        each
        for each in rating.reasons(known, ())
        if each.code in ("setting_adverse", "no_action_plan", "rated_by_hand")
    ]
    return next(each.colour for each in rating.periods(known, reasons) if each.from_on <= day <= each.to_on)


class TestAssessments:
    def test_a_plan_that_is_valid_throughout_is_no_reason(self) -> None:
        assert days("no_action_plan", facts()) == []

    def test_it_is_missing_from_the_start_until_the_day_before_it_is_completed(self) -> None:
        known = facts(assessments={"self": [(date(2015, 3, 1), END)]})
        assert days("no_self_assessment", known) == [(START, date(2015, 2, 28))]

    def test_it_counts_on_its_last_day_and_not_on_the_day_after(self) -> None:
        known = facts(assessments={"self": [(START, date(2015, 6, 30))]})
        assert days("no_self_assessment", known) == [(date(2015, 7, 1), END)]

    def test_a_second_begun_on_the_day_after_leaves_no_break(self) -> None:
        known = facts(assessments={"self": [(START, date(2015, 6, 30)), (date(2015, 7, 1), END)]})
        assert days("no_self_assessment", known) == []

    def test_one_day_between_two_is_one_day_of_amber(self) -> None:
        known = facts(assessments={"self": [(START, date(2015, 6, 30)), (date(2015, 7, 2), END)]})
        assert days("no_self_assessment", known) == [(date(2015, 7, 1), date(2015, 7, 1))]

    def test_a_self_assessment_is_no_board_assessment(self) -> None:
        assert days("no_board_assessment", facts(statutory_from=START)) == [(START, END)]

    def test_becoming_statutory_ends_the_want_of_a_self_assessment(self) -> None:
        known = facts(assessments={}, statutory_from=date(2016, 1, 1))
        assert days("no_self_assessment", known) == [(START, date(2015, 12, 31))]

    def test_an_open_end_goes_on_until_a_fact_changes(self) -> None:
        assert days("no_action_plan", facts(ends_on=None, assessments={})) == [(START, FAR)]

    def test_the_reason_says_when_the_last_ran_out(self) -> None:
        known = facts(assessments={"self": [(START, date(2015, 6, 30))]})
        (reason,) = (each for each in rating.reasons(known, ()) if each.code == "no_self_assessment")
        assert reason.detail == "the last was valid until 30 June 2015"


class TestPolicies:
    def test_a_policy_never_seen_is_missing_throughout(self) -> None:
        assert ("dbs", START, END) in held("policy_missing", facts())

    def test_it_is_missing_until_the_day_before_the_first_review(self) -> None:
        assert ("dbs", START, date(2015, 2, 9)) in held("policy_missing", facts(reviews={"dbs": [date(2015, 2, 10)]}))

    def test_365_days_after_the_review_it_is_still_in_time(self) -> None:
        known = facts(reviews={"dbs": [START, START + 800 * DAY]})
        assert held("policy_review_overdue", known)[0] == ("dbs", START + 366 * DAY, START + 799 * DAY)

    def test_a_review_before_the_contract_counts_and_its_lateness_begins_with_the_contract(self) -> None:
        known = facts(reviews={"dbs": [START - 400 * DAY, START + 10 * DAY, START + 300 * DAY, START + 600 * DAY]})
        assert held("policy_review_overdue", known)[0] == ("dbs", START, START + 9 * DAY)

    def test_a_policy_older_than_the_law_is_due_after_the_day_set(self) -> None:
        law = LawChange("New guidance", date(2015, 5, 6), date(2015, 9, 1), frozenset({"dbs"}))
        known = facts(reviews={"dbs": [START, date(2015, 10, 1)]})
        assert days("policy_before_law_change", known, (law,)) == [(date(2015, 9, 2), date(2015, 9, 30))]

    def test_a_policy_reviewed_on_the_day_the_law_came_into_force_is_new_enough(self) -> None:
        law = LawChange("New guidance", date(2015, 5, 6), date(2015, 9, 1), frozenset({"dbs"}))
        assert days("policy_before_law_change", facts(reviews={"dbs": [date(2015, 5, 6)]}), (law,)) == []

    def test_another_policy_is_not_touched_by_the_change(self) -> None:
        law = LawChange("New guidance", date(2015, 5, 6), date(2015, 9, 1), frozenset({"complaints"}))
        assert days("policy_before_law_change", facts(reviews={"dbs": [START]}), (law,)) == []

    def test_each_time_names_the_change_that_it_is_about(self) -> None:
        laws = (
            LawChange("the first guidance", date(2015, 4, 1), date(2015, 6, 1), frozenset({"dbs"})),
            LawChange("the second guidance", date(2016, 4, 1), date(2016, 6, 1), frozenset({"dbs"})),
        )
        known = facts(reviews={"dbs": [START, date(2015, 9, 1)]})
        found = [each for each in rating.reasons(known, laws) if each.code == "policy_before_law_change"]
        assert [(each.from_on, each.detail) for each in found] == [
            (date(2015, 6, 2), "the first guidance"),
            (date(2016, 6, 2), "the second guidance"),
        ]


class TestMeetingsAndVisits:
    def test_without_a_meeting_it_is_overdue_from_the_93rd_day(self) -> None:
        assert days("evaluation_overdue", facts()) == [(START + 93 * DAY, END)]

    def test_a_late_meeting_ends_it_and_begins_the_next_clock(self) -> None:
        met = START + 100 * DAY
        assert days("evaluation_overdue", facts(evaluations=[met])) == [
            (START + 93 * DAY, met - DAY),
            (met + 93 * DAY, END),
        ]

    def test_where_no_visit_is_required_none_is_overdue(self) -> None:
        assert days("visit_overdue", facts()) == []

    def test_a_visit_is_overdue_a_year_and_thirty_days_after_the_last(self) -> None:
        known = facts(visit_required=True, visits=[START + 5 * DAY])
        assert days("visit_overdue", known) == [(START + (5 + 396) * DAY, END)]


class TestOthers:
    def test_a_setting_counts_only_within_the_days_of_the_contract(self) -> None:
        known = facts(adverse={"SC1": [(date(2014, 1, 1), date(2015, 3, 1))]})
        assert days("setting_adverse", known) == [(START, date(2015, 3, 1))]

    def test_two_periods_that_touch_are_one(self) -> None:
        spells = [(date(2015, 2, 1), date(2015, 3, 1)), (date(2015, 3, 2), date(2015, 4, 1))]
        assert days("setting_adverse", facts(adverse={"SC1": spells})) == [(date(2015, 2, 1), date(2015, 4, 1))]

    def test_a_notification_sent_on_the_day_it_was_due_is_no_reason(self) -> None:
        due = date(2015, 5, 1)
        assert days("notification_overdue", facts(notifications=[Matter("INC1", due, due)])) == []

    def test_a_notification_not_sent_counts_from_the_day_after(self) -> None:
        known = facts(notifications=[Matter("INC1", date(2015, 5, 1), None)])
        assert days("notification_overdue", known) == [(date(2015, 5, 2), END)]

    def test_an_action_is_amber_for_thirty_days(self) -> None:
        known = facts(actions=[Matter("7", date(2015, 5, 1), None)])
        assert days("action_overdue", known) == [(date(2015, 5, 2), date(2015, 5, 31))]

    def test_and_red_after_them(self) -> None:
        known = facts(actions=[Matter("7", date(2015, 5, 1), date(2015, 7, 1))])
        assert days("action_long_overdue", known) == [(date(2015, 6, 1), date(2015, 6, 30))]

    def test_a_substantiated_allegation_counts_from_the_day_it_was_reported_until_its_action_is_done(self) -> None:
        known = facts(allegations=[Matter("INC1", date(2015, 5, 1), date(2015, 6, 1))])
        assert days("allegation_without_action", known) == [(date(2015, 5, 1), date(2015, 5, 31))]

    def test_one_quarter_that_requires_improvement_is_no_reason(self) -> None:
        readings = [(date(2015, 1, 1), "requires_improvement"), (date(2015, 4, 1), "good")]
        assert days("kpi_requires_improvement", facts(kpis={"3": ("Waiting", readings, None)})) == []

    def test_two_quarters_running_are_one_until_a_better_quarter_ends(self) -> None:
        readings = [
            (date(2015, 1, 1), "requires_improvement"),
            (date(2015, 4, 1), "requires_improvement"),
            (date(2015, 7, 1), "good"),
        ]
        known = facts(kpis={"3": ("Waiting", readings, None)})
        assert days("kpi_requires_improvement", known) == [(date(2015, 7, 1), date(2015, 9, 30))]

    def test_two_quarters_with_one_between_are_not_running(self) -> None:
        readings = [(date(2015, 1, 1), "requires_improvement"), (date(2015, 7, 1), "requires_improvement")]
        assert days("kpi_requires_improvement", facts(kpis={"3": ("Waiting", readings, None)})) == []

    def test_an_inadequate_quarter_and_then_one_that_requires_improvement_are_two(self) -> None:
        readings = [(date(2015, 1, 1), "inadequate"), (date(2015, 4, 1), "requires_improvement")]
        known = facts(kpis={"3": ("Waiting", readings, None)})
        assert days("kpi_requires_improvement", known) == [(date(2015, 7, 1), END)]

    @pytest.mark.parametrize("code", ["kpi_inadequate", "kpi_requires_improvement"])
    def test_an_indicator_that_ended_counts_until_then(self, code: str) -> None:
        worst = code.removeprefix("kpi_")
        readings = [(date(2015, 1, 1), worst), (date(2015, 4, 1), worst)]
        known = facts(kpis={"3": ("Waiting", readings, date(2015, 8, 15))})
        assert days(code, known)[-1][1] == date(2015, 8, 15)

    def test_an_inadequate_quarter_counts_at_once(self) -> None:
        known = facts(kpis={"3": ("Waiting", [(date(2015, 1, 1), "inadequate")], None)})
        assert days("kpi_inadequate", known) == [(date(2015, 4, 1), END)]

    def test_a_home_whose_reports_never_began_is_not_waited_for(self) -> None:
        assert days("reg44_missing", facts()) == []

    def test_a_month_without_a_report_is_missing_from_the_end_of_the_next(self) -> None:
        reports = [(date(2015, 1, 1), date(2015, 2, 3)), (date(2015, 3, 1), date(2015, 4, 2))]
        assert days("reg44_missing", facts(reg44={"SC1": reports}))[0] == (date(2015, 4, 1), END)


class TestByHand:
    ADVERSE = {"SC1": [(date(2016, 1, 1), date(2016, 12, 31))]}

    def test_a_better_rating_lifts_what_is_hideable(self) -> None:
        hand = ByHand("green", date(2016, 3, 1), date(2016, 3, 31), better=True)
        assert colour(facts(adverse=self.ADVERSE, by_hand=[hand]), date(2016, 3, 15)) == "green"

    def test_it_never_stands_over_the_want_of_an_action_plan(self) -> None:
        hand = ByHand("green", date(2016, 3, 1), date(2016, 3, 31), better=True)
        known = facts(assessments={"self": [ALWAYS]}, adverse=self.ADVERSE, by_hand=[hand])
        assert colour(known, date(2016, 3, 15)) == "amber"

    def test_a_worse_rating_never_softens_what_the_rules_say_later(self) -> None:
        hand = ByHand("amber", date(2015, 3, 1), date(2016, 6, 30), better=False)
        assert colour(facts(adverse=self.ADVERSE, by_hand=[hand]), date(2016, 3, 15)) == "red"

    def test_after_its_last_day_the_rules_rate_again(self) -> None:
        hand = ByHand("green", date(2016, 3, 1), date(2016, 3, 31), better=True)
        assert colour(facts(adverse=self.ADVERSE, by_hand=[hand]), date(2016, 4, 1)) == "red"

    def test_the_rules_own_colour_is_kept_beside_the_one_set(self) -> None:
        hand = ByHand("green", date(2016, 3, 1), date(2016, 3, 31), better=True)
        known = facts(adverse=self.ADVERSE, by_hand=[hand])
        adverse = [each for each in rating.reasons(known, ()) if each.code == "setting_adverse"]
        lifted = next(each for each in rating.periods(known, adverse) if each.from_on == date(2016, 3, 1))
        assert (lifted.colour, lifted.rules_colour) == ("green", "red")

    def test_there_is_no_grey(self) -> None:
        with pytest.raises(RuleBroken, match="no other rating"):
            rating.check_by_hand(
                colour="grey",
                rules_colour="amber",
                because="New",
                from_on=START,
                until_on=END,
                may_override=True,
                on=START,
            )


class TestColours:
    def test_every_day_of_the_contract_has_one_colour(self) -> None:
        known = facts(adverse=TestByHand.ADVERSE, visit_required=True)
        found = rating.periods(known, rating.reasons(known, ()))
        days = [(each.to_on - each.from_on).days + 1 for each in found]
        assert (found[0].from_on, found[-1].to_on, sum(days)) == (START, END, (END - START).days + 1)

    def test_the_worst_wins(self) -> None:
        known = facts(assessments={}, adverse=TestByHand.ADVERSE)
        assert colour(known, date(2016, 6, 1)) == "red"

    def test_a_contract_that_ended_before_it_began_has_no_days(self) -> None:
        assert rating.periods(facts(ends_on=START - DAY), []) == []

    def test_red_is_said_before_amber(self) -> None:
        rows = [Held("policy_missing", "dbs", "amber", START, END), Held("setting_adverse", "SC1", "red", START, END)]
        assert [each.code for each in sorted(rows, key=lambda r: rating.order(r.code, r.about, r.colour))] == [
            "setting_adverse",
            "policy_missing",
        ]


class TestTheBook:
    TEXT = (Path(rating.__file__).parents[1] / "library" / "rag.yaml").read_text(encoding="utf-8")

    @pytest.mark.parametrize("code", sorted(rating.NEVER_HIDDEN))
    def test_no_edited_file_makes_a_missing_assessment_hideable(self, code: str) -> None:
        edited = self.TEXT.replace(
            f"{code}:\n    colour: amber\n    hideable: no", f"{code}:\n    colour: amber\n    hideable: yes"
        )
        with pytest.raises(RuleBroken, match="never hidden"):
            rating.read_book(edited)

    def test_no_edited_file_makes_a_reason_green(self) -> None:
        with pytest.raises(RuleBroken, match="amber or red"):
            rating.read_book(self.TEXT.replace("colour: red", "colour: green"))

    def test_no_edited_file_sends_people_to_a_section_that_there_is_not(self) -> None:
        with pytest.raises(RuleBroken, match="the section must be one of action, assurance"):
            rating.read_book(self.TEXT.replace("section: meetings", "section: reviews"))

    def test_no_edited_file_leaves_a_reason_out(self) -> None:
        with pytest.raises(RuleBroken, match="Missing: visit_overdue"):
            rating.read_book(self.TEXT.replace("  visit_overdue:", "  visit_late:"))

    @pytest.mark.parametrize("code", sorted(rating.BOOK.codes))
    def test_every_reason_is_a_whole_sentence(self, code: str) -> None:
        said = rating.sentence(code, "dbs", "since Monday")
        assert (said[0].isupper(), said[-1], "{" in said) == (True, ".", False)


class TestAContractThatNeverRan:
    def test_nothing_counts_against_it_and_it_has_no_colour(self) -> None:
        never = facts(ends_on=START - DAY, reviews={"dbs": [START - 800 * DAY]})
        assert (rating.reasons(never, ()), rating.periods(never, [])) == ([], [])


class TestBeforeTheContract:
    def test_a_review_that_was_late_and_made_good_before_it_began_does_not_count(self) -> None:
        known = facts(reviews={"dbs": [START - 900 * DAY, START - 100 * DAY, START + 200 * DAY]})
        assert held("policy_review_overdue", known) == [("dbs", START + 566 * DAY, END)]

    def test_a_change_of_the_law_that_was_answered_before_it_began_does_not_count(self) -> None:
        law = LawChange("Old guidance", START - 500 * DAY, START - 400 * DAY, frozenset({"dbs"}))
        known = facts(reviews={"dbs": [START - 600 * DAY, START - 300 * DAY]})
        assert days("policy_before_law_change", known, (law,)) == []


def test_a_lift_to_the_last_day_ends_with_the_contract() -> None:
    late = facts(assessments={}, by_hand=[rating.ByHand("green", END - DAY, END, better=True)])
    found = rating.periods(late, rating.reasons(late, ()))
    assert found[-1].to_on == END


def test_what_is_to_be_done_before_a_reason_begins_names_what_it_is_about() -> None:
    about = next(code for code, rule in rating.BOOK.codes.items() if "{about}" in rule.to_do)
    assert "afeguarding" in rating.to_do(about, "safeguarding", "")
    assert rating.to_do("left_the_book", "", "") == "left_the_book"
