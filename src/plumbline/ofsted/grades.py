"""Ofsted's scales, as dated data: from the words of a published file to a grade, and from a grade to words for people.

A wording that is on no scale becomes the grade `unknown`; it is never guessed. "Not judged" is a grade of its own.
Sources: domain.md 5.2 to 5.4, 5.6, 5.7 and 5.9 of the project's design.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache

UNKNOWN = "unknown"
NOT_JUDGED = "not_judged"
NOT_APPLICABLE = "not_applicable"
# What says nothing about quality: neither clears anything nor counts as having been judged.
SAYS_NOTHING = frozenset({UNKNOWN, NOT_JUDGED, NOT_APPLICABLE})

FULL_GRADES_OF_SCHOOLS_ENDED_ON = date(2024, 9, 1)
RENEWED_FRAMEWORK_FROM = date(2025, 11, 10)
RENEWED_FRAMEWORK_OF_INDEPENDENT_SCHOOLS_FROM = date(2026, 1, 26)
SUPPORTED_ACCOMMODATION_FROM = date(2024, 9, 1)


@dataclass(frozen=True, slots=True)
class Grade:
    """`rank` orders the grades of one scale, 1 the best; equal ranks are names of different years for one step."""

    code: str
    label: str
    rank: int
    # Other spellings in files, folded; the label itself is always one.
    wordings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    key: str
    title: str
    grades: tuple[Grade, ...]
    used_from: date | None = None
    used_to: date | None = None
    comparable: bool = True
    _by_wording: Mapping[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        wordings = {fold(word): grade.code for grade in self.grades for word in (grade.label, *grade.wordings)}
        object.__setattr__(self, "_by_wording", wordings)

    def grade_of(self, wording: str) -> str:
        """The code, or `unknown`. A figure that passed through a spreadsheet (`3.0`) is the figure."""
        return self._by_wording.get(fold(wording).removesuffix(".0"), UNKNOWN)


def fold(wording: str) -> str:
    return " ".join(wording.replace("\u2019", "'").replace("\u2013", "-").split()).casefold()


_NOT_JUDGED = Grade(NOT_JUDGED, "Not judged", 0, ("9", "0", "not inspected", "no judgement"))
_NOT_APPLICABLE = Grade(NOT_APPLICABLE, "Does not apply", 0, ("8", "not applicable", "n/a"))

FOUR_POINT = Scale(
    "four_point",
    "Outstanding to inadequate",
    (
        Grade("outstanding", "Outstanding", 1, ("1",)),
        Grade("good", "Good", 2, ("2",)),
        Grade("requires_improvement", "Requires improvement to be good", 3, ("3", "requires improvement")),
        Grade("adequate", "Adequate", 3),  # to 2015
        Grade("satisfactory", "Satisfactory", 3),  # to 2012
        Grade("inadequate", "Inadequate", 4, ("4",)),
        _NOT_JUDGED,
        _NOT_APPLICABLE,
    ),
)
SUPPORTED_ACCOMMODATION = Scale(
    "supported_accommodation",
    "Three outcomes of supported accommodation",
    (
        Grade("consistently_strong", "Consistently strong service delivery", 1),
        Grade("inconsistent", "Inconsistent quality of service delivery", 2),
        Grade("serious_weaknesses", "Serious or widespread weaknesses", 3),
        _NOT_JUDGED,
    ),
    used_from=SUPPORTED_ACCOMMODATION_FROM,
)
REPORT_CARD = Scale(
    "report_card",
    "Five grades of the report card",
    (
        Grade("exceptional", "Exceptional", 1),
        Grade("strong_standard", "Strong standard", 2, ("strong",)),
        Grade("expected_standard", "Expected standard", 3, ("expected",)),
        Grade("needs_attention", "Needs attention", 4),
        Grade("urgent_improvement", "Urgent improvement", 5),
        _NOT_JUDGED,
        _NOT_APPLICABLE,
    ),
    used_from=RENEWED_FRAMEWORK_FROM,
)
MET = Scale(
    "met",
    "Met or not met",
    (
        Grade("met", "Met", 1, ("yes", "meets the standards")),
        Grade("not_met", "Not met", 2, ("no", "does not meet the standards")),
        _NOT_JUDGED,
        _NOT_APPLICABLE,
    ),
)
EFFECTIVE = Scale(
    "effective",
    "Effective or not",
    (Grade("effective", "Effective", 1, ("yes",)), Grade("not_effective", "Not effective", 2, ("no",)), _NOT_JUDGED),
)
CATEGORY = Scale(
    "category",
    "Category of concern",
    (
        Grade("no_category", "No category of concern", 1, ("none", "no")),
        Grade("notice_to_improve", "Notice to improve", 2, ("nti",)),  # to 2012
        Grade("significant_improvement", "Requires significant improvement", 3, ("rsi",)),
        Grade("serious_weaknesses", "Serious weaknesses", 3, ("swk", "sw")),
        Grade("special_measures", "Special measures", 4, ("sm",)),
    ),
)
UNGRADED = Scale(
    "ungraded",
    "Outcome of an ungraded inspection",
    (
        Grade("remains_outstanding", "School remains Outstanding", 1),
        Grade("remains_outstanding_concerns", "School remains Outstanding (Concerns) - S5 Next", 3),
        Grade("remains_good", "School remains Good", 2),
        Grade("remains_good_improving", "School remains Good (Improving) - S5 Next", 1),
        Grade("remains_good_concerns", "School remains Good (Concerns) - S5 Next", 3),
        Grade("improved_significantly", "Improved significantly", 1),
        Grade("standards_maintained", "Standards maintained", 2),
        Grade("not_as_strong", "Some aspects not as strong", 3),
        _NOT_JUDGED,
    ),
    comparable=False,
)
INTERIM = Scale(
    "interim",
    "Outcome of an interim inspection",
    (
        Grade("improved", "Improved effectiveness", 1),
        Grade("sustained", "Sustained effectiveness", 2),
        Grade("declined", "Declined in effectiveness", 3, ("declined effectiveness",)),
        Grade("inadequate", "Inadequate", 4),
        _NOT_JUDGED,
    ),
)
MONITORING = Scale(
    "monitoring",
    "Outcome of a monitoring visit",
    (
        Grade("met", "Met all standards that were checked", 1, ("met all standards", "met")),
        Grade(
            "not_met",
            "Did not meet all standards that were checked",
            2,
            ("did not meet all standards", "not met", "did not meet all of the standards that were checked"),
        ),
        Grade("effective_action", "Effective action", 1, ("taking effective action", "reasonable progress")),
        Grade("not_effective_action", "Not effective action", 2, ("inadequate progress",)),
        _NOT_JUDGED,
        _NOT_APPLICABLE,
    ),
    comparable=False,
)


@dataclass(frozen=True, slots=True)
class AspectOf:
    """What is judged: its scale, and its name inside a sentence (“Ofsted judged … inadequate”)."""

    scale: Scale
    label: str


class Aspect(StrEnum):
    OVERALL = "overall"
    HELPED_PROTECTED = "helped_protected"
    LEADERS = "leaders"
    EDUCATION_OUTCOMES = "education_outcomes"
    HEALTH = "health"
    QUALITY_OF_CARE = "quality_of_care"
    OUTCOMES = "outcomes"
    SUPPORTED_ACCOMMODATION = "supported_accommodation"
    INTERIM_OUTCOME = "interim_outcome"
    OVERALL_EFFECTIVENESS = "overall_effectiveness"
    QUALITY_OF_EDUCATION = "quality_of_education"
    BEHAVIOUR = "behaviour"
    PERSONAL_DEVELOPMENT = "personal_development"
    LEADERSHIP = "leadership"
    OUTCOMES_OF_PUPILS = "outcomes_of_pupils"
    TEACHING = "teaching"
    BEHAVIOUR_AND_WELFARE = "behaviour_and_welfare"
    EARLY_YEARS = "early_years"
    SIXTH_FORM = "sixth_form"
    SAFEGUARDING_EFFECTIVE = "safeguarding_effective"
    CATEGORY_OF_CONCERN = "category_of_concern"
    UNGRADED_OUTCOME = "ungraded_outcome"
    MONITORING_OUTCOME = "monitoring_outcome"
    SAFEGUARDING_STANDARDS = "safeguarding_standards"
    RC_INCLUSION = "rc_inclusion"
    RC_CURRICULUM = "rc_curriculum"
    RC_ACHIEVEMENT = "rc_achievement"
    RC_ATTENDANCE = "rc_attendance"
    RC_WELLBEING = "rc_wellbeing"
    RC_EARLY_YEARS = "rc_early_years"
    RC_POST_16 = "rc_post_16"
    RC_LEADERSHIP = "rc_leadership"
    ISS_OVERALL = "iss_overall"
    ISS_REGISTRATION = "iss_registration"
    ISS_PART_1 = "iss_part_1"
    ISS_PART_2 = "iss_part_2"
    ISS_PART_3 = "iss_part_3"
    ISS_PART_4 = "iss_part_4"
    ISS_PART_5 = "iss_part_5"
    ISS_PART_6 = "iss_part_6"
    ISS_PART_7 = "iss_part_7"
    ISS_PART_8 = "iss_part_8"


KEY_JUDGEMENTS = (Aspect.QUALITY_OF_EDUCATION, Aspect.BEHAVIOUR, Aspect.PERSONAL_DEVELOPMENT, Aspect.LEADERSHIP)
# To August 2019, always under an overall grade.
EARLIER_KEY_JUDGEMENTS = (Aspect.OUTCOMES_OF_PUPILS, Aspect.TEACHING, Aspect.BEHAVIOUR_AND_WELFARE)
PROVISION_JUDGEMENTS = (Aspect.EARLY_YEARS, Aspect.SIXTH_FORM)
REPORT_CARD_AREAS = tuple(aspect for aspect in Aspect if aspect.startswith("rc_"))
ISS_PARTS = tuple(aspect for aspect in Aspect if aspect.startswith("iss_part_"))

ASPECTS: Mapping[Aspect, AspectOf] = {
    Aspect.OVERALL: AspectOf(FOUR_POINT, "the overall experiences and progress of children"),
    Aspect.HELPED_PROTECTED: AspectOf(FOUR_POINT, "how well children are helped and protected"),
    Aspect.LEADERS: AspectOf(FOUR_POINT, "the effectiveness of leaders and managers"),
    Aspect.EDUCATION_OUTCOMES: AspectOf(FOUR_POINT, "outcomes in education and related learning activities"),
    Aspect.HEALTH: AspectOf(FOUR_POINT, "health services"),
    Aspect.QUALITY_OF_CARE: AspectOf(FOUR_POINT, "the quality of care"),
    Aspect.OUTCOMES: AspectOf(FOUR_POINT, "outcomes for children and young people"),
    Aspect.SUPPORTED_ACCOMMODATION: AspectOf(SUPPORTED_ACCOMMODATION, "the supported accommodation"),
    Aspect.INTERIM_OUTCOME: AspectOf(INTERIM, "progress since the full inspection"),
    Aspect.OVERALL_EFFECTIVENESS: AspectOf(FOUR_POINT, "the overall effectiveness of the school"),
    Aspect.QUALITY_OF_EDUCATION: AspectOf(FOUR_POINT, "the quality of education"),
    Aspect.BEHAVIOUR: AspectOf(FOUR_POINT, "behaviour and attitudes"),
    Aspect.PERSONAL_DEVELOPMENT: AspectOf(FOUR_POINT, "personal development"),
    Aspect.LEADERSHIP: AspectOf(FOUR_POINT, "the effectiveness of leadership and management"),
    Aspect.OUTCOMES_OF_PUPILS: AspectOf(FOUR_POINT, "outcomes for pupils"),
    Aspect.TEACHING: AspectOf(FOUR_POINT, "the quality of teaching, learning and assessment"),
    Aspect.BEHAVIOUR_AND_WELFARE: AspectOf(FOUR_POINT, "personal development, behaviour and welfare"),
    Aspect.EARLY_YEARS: AspectOf(FOUR_POINT, "early years provision"),
    Aspect.SIXTH_FORM: AspectOf(FOUR_POINT, "sixth form provision"),
    Aspect.SAFEGUARDING_EFFECTIVE: AspectOf(EFFECTIVE, "safeguarding"),
    Aspect.CATEGORY_OF_CONCERN: AspectOf(CATEGORY, "the category of concern"),
    Aspect.UNGRADED_OUTCOME: AspectOf(UNGRADED, "the outcome of the ungraded inspection"),
    Aspect.MONITORING_OUTCOME: AspectOf(MONITORING, "the outcome of the monitoring visit"),
    Aspect.SAFEGUARDING_STANDARDS: AspectOf(MET, "the safeguarding standards"),
    Aspect.RC_INCLUSION: AspectOf(REPORT_CARD, "inclusion"),
    Aspect.RC_CURRICULUM: AspectOf(REPORT_CARD, "curriculum and teaching"),
    Aspect.RC_ACHIEVEMENT: AspectOf(REPORT_CARD, "achievement"),
    Aspect.RC_ATTENDANCE: AspectOf(REPORT_CARD, "attendance and behaviour"),
    Aspect.RC_WELLBEING: AspectOf(REPORT_CARD, "personal development and wellbeing"),
    Aspect.RC_EARLY_YEARS: AspectOf(REPORT_CARD, "early years"),
    Aspect.RC_POST_16: AspectOf(REPORT_CARD, "post-16 provision"),
    Aspect.RC_LEADERSHIP: AspectOf(REPORT_CARD, "leadership and governance"),
    Aspect.ISS_OVERALL: AspectOf(MET, "the independent school standards as a whole"),
    Aspect.ISS_REGISTRATION: AspectOf(MET, "the registration agreement"),
    Aspect.ISS_PART_1: AspectOf(MET, "part 1 of the independent school standards (quality of education)"),
    Aspect.ISS_PART_2: AspectOf(MET, "part 2 of the independent school standards (development of pupils)"),
    Aspect.ISS_PART_3: AspectOf(MET, "part 3 of the independent school standards (welfare, health and safety)"),
    Aspect.ISS_PART_4: AspectOf(MET, "part 4 of the independent school standards (suitability of staff)"),
    Aspect.ISS_PART_5: AspectOf(MET, "part 5 of the independent school standards (premises)"),
    Aspect.ISS_PART_6: AspectOf(MET, "part 6 of the independent school standards (information)"),
    Aspect.ISS_PART_7: AspectOf(MET, "part 7 of the independent school standards (complaints)"),
    Aspect.ISS_PART_8: AspectOf(MET, "part 8 of the independent school standards (leadership and management)"),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """One aspect judged, in the source's own words and as a grade of the aspect's scale."""

    wording: str
    grade: str


@lru_cache(maxsize=4_096)
def read_judgement(aspect: Aspect, wording: str) -> Judgement:
    """What the file's wording means for this aspect; grade `unknown` for a wording that its scale does not have."""
    return Judgement(wording, ASPECTS[aspect].scale.grade_of(wording))


def label_of(aspect: str, grade: str) -> str:
    """The grade in words for people."""
    if grade == UNKNOWN:
        return "Not understood"
    for known in ASPECTS[Aspect(aspect)].scale.grades:
        if known.code == grade:
            return known.label
    raise KeyError(f"{grade} is not on the scale of {aspect}")


def is_worse(aspect: str, *, grade: str, than: str) -> bool:
    """Whether `grade` is a worse step of the aspect's scale. False where either says nothing."""
    return _step(aspect, than, grade) > 0


def is_better(aspect: str, *, grade: str, than: str) -> bool:
    """Whether `grade` is a better step of the aspect's scale. False where either says nothing."""
    return _step(aspect, than, grade) < 0


def _step(aspect: str, before: str, after: str) -> int:
    scale = ASPECTS[Aspect(aspect)].scale
    if not scale.comparable or before in SAYS_NOTHING or after in SAYS_NOTHING:
        return 0
    ranks = {grade.code: grade.rank for grade in scale.grades}
    return ranks[after] - ranks[before]


def framework_of(register: str, inspected_on: date, *, independent: bool = False) -> str:
    """The framework an inspection of that day was made under (domain.md 5.3)."""
    if register == "social_care":
        if inspected_on >= date(2017, 4, 1):
            return "sccif"
        return "2015" if inspected_on >= date(2015, 4, 1) else "pre_2015"
    renewed = RENEWED_FRAMEWORK_OF_INDEPENDENT_SCHOOLS_FROM if independent else RENEWED_FRAMEWORK_FROM
    if inspected_on >= renewed:
        return "reif"
    if inspected_on >= date(2019, 9, 1):
        return "oeif"
    return "cif" if inspected_on >= date(2015, 9, 1) else "pre_2015"
