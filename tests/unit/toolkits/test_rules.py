"""What is an answer, when a return is complete, and what its answers come to."""

from datetime import date
from decimal import Decimal

import pytest

from plumbline.toolkits import content as contents
from plumbline.toolkits import rules
from tests.factories.toolkits import content, criterion


def read(*criteria, purpose="self_assessment"):
    return contents.read(content("trial", list(criteria), purpose=purpose))


def one(answer, **more):
    return read(criterion("it", answer, **more)).criterion("it")


@pytest.mark.parametrize(
    ("kind", "value"),
    [("yes_no", "yes"), ("pass_fail", "fail"), ("score_0_5", "0"), ("four_grades", "good"), ("rag", "amber"),
     ("met", "partly"), ("number", "12.50"), ("number", "-3"), ("date", "2016-02-29"), ("text", "Any words."),
     ("document", ""), ("yes_no", "")],
)  # fmt: skip
def test_an_answer_of_its_kind_is_taken(kind, value) -> None:
    assert rules.check_answer(one(kind), value) == ()


@pytest.mark.parametrize(
    ("kind", "value"),
    [("yes_no", "Yes"), ("pass_fail", "maybe"), ("score_0_5", "6"), ("score_0_5", "2.5"), ("four_grades", "adequate"),
     ("rag", "grey"), ("met", "yes"), ("number", "twelve"), ("number", "NaN"), ("number", "1e999999999"),
     ("date", "2015-02-29"), ("date", "20160229"), ("date", "29/02/2016"), ("text", "x" * 10_001)],
)  # fmt: skip
def test_an_answer_of_another_kind_is_refused_with_a_reason(kind, value) -> None:
    assert len(rules.check_answer(one(kind), value)) == 1


def test_a_toolkit_may_bring_a_scale_of_its_own() -> None:
    options = [
        {"code": "always", "label": "Always", "points": None},
        {"code": "never", "label": "Never", "points": None},
    ]
    assert rules.check_answer(one("choice", options=options), "never") == ()


def test_a_return_is_complete_when_all_is_answered() -> None:
    asked = read(criterion("a"), criterion("b", "text"))
    assert rules.completeness(asked, {"a": "no", "b": "Words"}, ()).is_complete


def test_what_is_not_answered_is_named() -> None:
    found = rules.completeness(read(criterion("a"), criterion("b", title="Whistleblowing")), {"a": "yes"}, ())
    assert found.reasons == ("Whistleblowing: it is not answered yet.",)


def test_blanks_are_no_answer() -> None:
    assert rules.completeness(read(criterion("b", "text")), {"b": "  \n"}, ()).answered == 0


def test_an_answer_that_needs_evidence_lacks_its_document() -> None:
    found = rules.completeness(read(criterion("a", evidence="required")), {"a": "yes"}, ())
    assert [each.code for each in found.missing] == ["missing_document"]


def test_a_document_given_is_the_evidence() -> None:
    assert rules.completeness(read(criterion("a", evidence="required")), {"a": "yes"}, {"a"}).is_complete


def test_an_expired_document_is_said_to_have_expired() -> None:
    found = rules.completeness(read(criterion("a", evidence="required")), {"a": "yes"}, (), expired={"a"})
    assert [each.code for each in found.missing] == ["expired_document"]


def test_no_evidence_is_asked_for_what_is_not_there() -> None:
    assert rules.completeness(read(criterion("a", evidence="required")), {"a": "no"}, ()).is_complete


def test_a_document_that_is_asked_for_is_answered_by_giving_it() -> None:
    assert rules.completeness(read(criterion("a", "document")), {}, {"a"}).answered == 1


def test_words_in_a_survey_may_be_left_out() -> None:
    asked = read(criterion("a"), criterion("b", "text"), purpose="survey")
    assert rules.completeness(asked, {"a": "yes"}, ()).is_complete


def test_words_left_out_of_a_survey_are_not_counted() -> None:
    asked = read(criterion("a"), criterion("b", "text"), purpose="survey")
    assert rules.completeness(asked, {"a": "yes"}, ()).sentence == "1 of 1 question answered in full"


def test_a_document_that_is_optional_may_be_left_out() -> None:
    assert rules.completeness(read(criterion("a", "document", evidence="optional")), {}, ()).is_complete


def test_an_optional_document_that_has_expired_is_named() -> None:
    asked = read(criterion("a", "document", evidence="optional"))
    assert [each.code for each in rules.completeness(asked, {}, (), expired={"a"}).missing] == ["expired_document"]


def test_an_answer_without_its_document_is_not_answered_in_full() -> None:
    asked = read(criterion("a", evidence="required"), criterion("b"), criterion("c"))
    assert rules.completeness(asked, {"a": "yes", "b": "no"}, ()).sentence == "1 of 3 questions answered in full"


def test_a_section_counts_as_the_whole_does() -> None:
    asked = contents.read(content("trial", [criterion("a", evidence="required"), criterion("b")], [criterion("c")]))
    whole = rules.completeness(asked, {"a": "yes", "b": "no", "c": "no"}, ())
    assert [(part.answered, part.total) for part in map(whole.of, asked.sections)] == [(1, 2), (1, 1)]


def test_the_mean_is_weighted_and_exact() -> None:
    asked = read(criterion("a", "score_0_5", weight="33.3333"), criterion("b", "score_0_5", weight="66.6667"))
    assert rules.overall(asked, {"a": "5", "b": "2"}).percent == Decimal("60.00")


def test_marks_are_a_percentage_and_no_grade() -> None:
    found = rules.overall(read(criterion("a", "score_0_5", weight="100")), {"a": "4"})
    assert found.kept == "80.00%"


def test_grades_come_to_the_nearest_grade() -> None:
    asked = read(criterion("a", "four_grades", weight="70"), criterion("b", "four_grades", weight="30"))
    assert rules.overall(asked, {"a": "good", "b": "inadequate"}).grade == "requires_improvement"


def test_of_two_grades_equally_near_the_lower_is_given() -> None:
    asked = read(criterion("a", "four_grades"), criterion("b", "four_grades"))
    assert rules.overall(asked, {"a": "good", "b": "outstanding"}).grade == "good"


def test_the_grade_is_no_better_than_the_worst_critical_answer() -> None:
    asked = read(criterion("a", "four_grades", critical=True), *(criterion(k, "four_grades") for k in "bcdefg"))
    found = rules.overall(asked, {"a": "inadequate", **dict.fromkeys("bcdefg", "outstanding")})
    assert (found.grade, found.capped_by) == ("inadequate", "a")


def test_nothing_is_summed_up_before_everything_that_counts_is_answered() -> None:
    asked = read(criterion("a", "four_grades"), criterion("b", "four_grades"))
    assert rules.overall(asked, {"a": "good"}) is None


def test_a_yes_and_a_colour_count_for_nothing() -> None:
    assert rules.overall(read(criterion("a"), criterion("b", "rag")), {"a": "yes", "b": "red"}) is None


def test_an_option_without_points_is_left_out_of_the_mean() -> None:
    options = [{"code": "full", "label": "Full", "points": "2"}, {"code": "none", "label": "None", "points": "0"},
               {"code": "na", "label": "Does not apply", "points": None}]  # fmt: skip
    asked = read(criterion("a", "choice", options=options), criterion("b", "choice", options=options))
    assert rules.overall(asked, {"a": "full", "b": "na"}).percent == Decimal("100.00")


@pytest.mark.parametrize(
    ("own", "moderated", "note", "refused"),
    [("good", "good", "", False), ("good", "inadequate", "Two files had no check.", False),
     ("good", "inadequate", " ", True), ("good", "", "", True), ("good", "excellent", "x", True),
     ("good", "good", "x" * 10_001, True)],
)  # fmt: skip
def test_a_moderator_who_differs_says_why(own, moderated, note, refused) -> None:
    found = rules.check_moderation(one("four_grades"), own=own, moderated=moderated, note=note)
    assert bool(found) is refused


def test_last_time_is_shown_beside_now() -> None:
    before = read(criterion("a"), criterion("b"), criterion("old"))
    now = read(criterion("a"), criterion("b"), criterion("fresh"))
    found = rules.differences(
        now, {"a": "yes", "b": "no", "fresh": "yes"}, before, {"a": "yes", "b": "yes", "old": "no"}
    )
    assert [(each.criterion, each.what) for each in found] == [
        ("a", "same"),
        ("b", "changed"),
        ("fresh", "new"),
        ("old", "gone"),
    ]


def test_an_answer_serves_another_toolkit_only_for_the_same_fact_and_kind() -> None:
    wanted = one("yes_no", fact="policy.dbs")
    assert [
        rules.can_serve(wanted, one(kind, fact=fact), value)
        for kind, fact, value in (
            ("yes_no", "policy.dbs", "yes"),
            ("yes_no", "policy.complaints", "yes"),
            ("text", "policy.dbs", "yes"),
            ("yes_no", "policy.dbs", ""),
        )
    ] == [True, False, False, False]


def test_an_answer_that_comes_back_the_same_is_known_by_its_fingerprint() -> None:
    given = rules.fingerprint("met", "Seen on 3 May.", "", date(2016, 5, 3))
    assert given == rules.fingerprint(" met ", "Seen on 3 May.\n", "", date(2016, 5, 3))
    changed = [("partly", "Seen on 3 May.", "", date(2016, 5, 3)), ("met", "Seen.", "", date(2016, 5, 3)),
               ("met", "Seen on 3 May.", "Better", date(2016, 5, 3)), ("met", "Seen on 3 May.", "", None)]  # fmt: skip
    assert given not in {rules.fingerprint(*each) for each in changed}
