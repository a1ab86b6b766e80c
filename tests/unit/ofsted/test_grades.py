"""From the words of a file to a grade, on every scale that Ofsted has used."""

from datetime import date

import pytest

from plumbline.ofsted.grades import ASPECTS, Aspect, framework_of, is_better, is_worse, label_of, read_judgement


@pytest.mark.parametrize(
    ("aspect", "wording", "grade"),
    [
        (Aspect.OVERALL, "Outstanding", "outstanding"),
        (Aspect.OVERALL, "Good", "good"),
        (Aspect.OVERALL, "Requires improvement", "requires_improvement"),
        (Aspect.OVERALL, "Requires Improvement to be good", "requires_improvement"),
        (Aspect.OVERALL, "Adequate", "adequate"),
        (Aspect.OVERALL, "Satisfactory", "satisfactory"),
        (Aspect.OVERALL, " INADEQUATE ", "inadequate"),
        (Aspect.OVERALL, "Not judged", "not_judged"),
        (Aspect.OVERALL, "Splendid", "unknown"),
        (Aspect.OVERALL, "", "unknown"),
        (Aspect.INTERIM_OUTCOME, "Improved effectiveness", "improved"),
        (Aspect.INTERIM_OUTCOME, "Sustained effectiveness", "sustained"),
        (Aspect.INTERIM_OUTCOME, "Declined in effectiveness", "declined"),
        (Aspect.INTERIM_OUTCOME, "Declined effectiveness", "declined"),
        (Aspect.INTERIM_OUTCOME, "Inadequate", "inadequate"),
        (Aspect.INTERIM_OUTCOME, "Good", "unknown"),
        (Aspect.SUPPORTED_ACCOMMODATION, "Consistently strong service delivery", "consistently_strong"),
        (Aspect.SUPPORTED_ACCOMMODATION, "Inconsistent quality of service delivery", "inconsistent"),
        (Aspect.SUPPORTED_ACCOMMODATION, "Serious or widespread weaknesses", "serious_weaknesses"),
        (Aspect.OVERALL_EFFECTIVENESS, "1", "outstanding"),
        (Aspect.OVERALL_EFFECTIVENESS, "2.0", "good"),
        (Aspect.OVERALL_EFFECTIVENESS, "3.0", "requires_improvement"),
        (Aspect.OVERALL_EFFECTIVENESS, "4", "inadequate"),
        (Aspect.QUALITY_OF_EDUCATION, "9.0", "not_judged"),
        (Aspect.QUALITY_OF_EDUCATION, "0", "not_judged"),
        (Aspect.EARLY_YEARS, "8.0", "not_applicable"),
        (Aspect.OVERALL_EFFECTIVENESS, "5", "unknown"),
        (Aspect.SAFEGUARDING_EFFECTIVE, "Yes", "effective"),
        (Aspect.SAFEGUARDING_EFFECTIVE, "No", "not_effective"),
        (Aspect.SAFEGUARDING_EFFECTIVE, "9", "not_judged"),
        (Aspect.CATEGORY_OF_CONCERN, "SM", "special_measures"),
        (Aspect.CATEGORY_OF_CONCERN, "SWK", "serious_weaknesses"),
        (Aspect.CATEGORY_OF_CONCERN, "RSI", "significant_improvement"),
        (Aspect.CATEGORY_OF_CONCERN, "NTI", "notice_to_improve"),
        (Aspect.UNGRADED_OUTCOME, "School remains Good (Concerns) - S5 Next", "remains_good_concerns"),
        (Aspect.UNGRADED_OUTCOME, "School remains Good (Concerns) – S5 Next", "remains_good_concerns"),
        (Aspect.UNGRADED_OUTCOME, "Standards maintained", "standards_maintained"),
        (Aspect.UNGRADED_OUTCOME, "Some aspects not as strong", "not_as_strong"),
        (Aspect.SAFEGUARDING_STANDARDS, "Met", "met"),
        (Aspect.SAFEGUARDING_STANDARDS, "Not met", "not_met"),
        (Aspect.RC_INCLUSION, "Exceptional", "exceptional"),
        (Aspect.RC_INCLUSION, "Strong standard", "strong_standard"),
        (Aspect.RC_INCLUSION, "Expected standard", "expected_standard"),
        (Aspect.RC_INCLUSION, "Needs attention", "needs_attention"),
        (Aspect.RC_INCLUSION, "Urgent improvement", "urgent_improvement"),
        (Aspect.ISS_PART_3, "Not met", "not_met"),
    ],
)
def test_reads_a_wording_on_the_scale_of_its_aspect(aspect: Aspect, wording: str, grade: str) -> None:
    assert read_judgement(aspect, wording).grade == grade


def test_keeps_the_wording_of_the_source() -> None:
    assert (
        read_judgement(Aspect.OVERALL, "Requires Improvement to be good").wording == "Requires Improvement to be good"
    )


@pytest.mark.parametrize("aspect", Aspect)
def test_has_a_scale_for_every_aspect_whose_labels_read_back_as_their_grades(aspect: Aspect) -> None:
    grades = [grade.code for grade in ASPECTS[aspect].scale.grades]

    assert [read_judgement(aspect, label_of(aspect, grade)).grade for grade in grades] == grades


@pytest.mark.parametrize(
    ("aspect", "before", "after", "worse", "better"),
    [
        ("overall", "good", "inadequate", True, False),
        ("overall", "inadequate", "requires_improvement", False, True),
        ("overall", "adequate", "requires_improvement", False, False),
        ("overall", "good", "good", False, False),
        ("overall_effectiveness", "good", "not_judged", False, False),
        ("overall_effectiveness", "not_judged", "inadequate", False, False),
        ("overall", "unknown", "inadequate", False, False),
        ("supported_accommodation", "consistently_strong", "inconsistent", True, False),
        ("rc_achievement", "needs_attention", "expected_standard", False, True),
        ("ungraded_outcome", "remains_good", "not_as_strong", False, False),
    ],
)
def test_compares_grades_only_within_a_scale_that_has_an_order(
    aspect: str, before: str, after: str, worse: bool, better: bool
) -> None:
    assert (is_worse(aspect, grade=after, than=before), is_better(aspect, grade=after, than=before)) == (worse, better)


@pytest.mark.parametrize(
    ("register", "day", "independent", "framework"),
    [
        ("social_care", date(2015, 3, 31), False, "pre_2015"),
        ("social_care", date(2016, 6, 30), False, "2015"),
        ("social_care", date(2017, 4, 1), False, "sccif"),
        ("education", date(2015, 8, 31), False, "pre_2015"),
        ("education", date(2019, 8, 31), False, "cif"),
        ("education", date(2025, 11, 9), False, "oeif"),
        ("education", date(2025, 11, 10), False, "reif"),
        ("education", date(2026, 1, 25), True, "oeif"),
        ("education", date(2026, 1, 26), True, "reif"),
    ],
)
def test_knows_the_framework_by_the_day_of_inspection(
    register: str, day: date, independent: bool, framework: str
) -> None:
    assert framework_of(register, day, independent=independent) == framework
