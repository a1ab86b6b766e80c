"""What is an answer, when a return is complete, and what its answers come to."""

from datetime import date, timedelta
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


@pytest.mark.parametrize(
    ("days", "sent_back_since", "subject"),
    [
        (15, None, "You are asked to answer return 7, due on 15 August 2016"),
        (14, None, "Reminder: return 7 is due on 14 August 2016"),
        (4, None, "Reminder: return 7 is due on 4 August 2016"),
        (3, None, "Second reminder: return 7 is due on 3 August 2016"),
        (0, None, "Second reminder: return 7 is due on 31 July 2016"),
        (-1, None, "Return 7 is overdue: it was due on 30 July 2016"),
        (15, date(2016, 7, 1), "Return 7, handed in on 1 July 2016, was sent back to be corrected"),
        (14, date(2016, 7, 1), "Reminder: return 7 is due on 14 August 2016"),
        (None, date(2016, 7, 1), "Return 7, handed in on 1 July 2016, was sent back to be corrected"),
        (None, None, "You are asked to answer return 7"),
    ],
)
def test_a_reminder_says_how_near_the_day_is(days: int | None, sent_back_since: date | None, subject: str) -> None:
    on = date(2016, 7, 31)
    due = None if days is None else on + timedelta(days)
    if days in (15, 14, 4, 3):
        due = date(2016, 8, days)
        on = due - timedelta(days)
    found, text = rules.reminder(
        number=7,
        due_on=due,
        sent_back_since=sent_back_since,
        progress=rules.completeness(read(criterion("a")), {"a": "yes"}, ()),
        on=on,
    )
    assert found == subject
    assert ("Nothing is missing" in text, "its page says why" in text) == (not sent_back_since, bool(sent_back_since))


def test_what_is_not_complete_is_not_said_to_be_ready() -> None:
    progress = rules.completeness(read(criterion("a")), {}, ())
    _, text = rules.reminder(number=7, due_on=None, sent_back_since=None, progress=progress, on=date(2016, 7, 31))
    assert ("0 of 1 question answered in full" in text, "Nothing is missing" in text) == (True, False)


def test_what_has_options_is_graded() -> None:
    graded = [kind for kind in ("yes_no", "text", "number", "document") if rules.is_graded(one(kind))]
    assert graded == ["yes_no"]


def test_what_one_question_lacks() -> None:
    found = rules.completeness(read(criterion("a"), criterion("b")), {"a": "yes"}, ())
    assert (found.lack_of("a"), found.lack_of("b").code) == (None, rules.NOT_ANSWERED)


@pytest.mark.parametrize(
    ("purpose", "kind", "evidence", "left_out"),
    [
        ("survey", "text", "none", True),
        ("survey", "yes_no", "none", False),
        ("self_assessment", "text", "none", False),
        ("self_assessment", "document", "optional", True),
        ("self_assessment", "document", "required", False),
    ],
)
def test_words_in_a_survey_and_a_document_that_is_not_obligatory_may_be_left_out(
    purpose, kind, evidence, left_out
) -> None:
    asked = read(criterion("it", kind, evidence=evidence), purpose=purpose)
    assert rules.may_be_left_out(asked, asked.criterion("it")) is left_out


def test_an_answer_is_compared_with_the_one_before() -> None:
    now = read(criterion("a"), criterion("b"), criterion("c"), criterion("d"))
    then = read(criterion("b"), criterion("c"), criterion("d"), criterion("e"))
    found = rules.differences(now, {"b": "yes", "c": "yes"}, then, {"b": "yes", "c": "no", "e": "no"})
    assert [each.what for each in found] == ["new", "same", "changed", "unanswered", "gone"]


def test_a_document_that_is_not_obligatory_is_only_not_given() -> None:
    asked = read(criterion("it", "document", evidence="optional"), criterion("a"))
    found = rules.completeness(asked, {"a": "yes"}, ())
    assert (found.is_complete, found.answered) == (True, 1)


def test_an_answer_of_another_kind_is_what_a_return_lacks() -> None:
    assert rules.completeness(read(criterion("a")), {"a": "maybe"}, ()).lack_of("a").code == "bad_value"
