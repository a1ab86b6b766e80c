"""The status of a setting on every day, as truth tables over all the scales."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.ofsted.grades import ASPECTS, Aspect
from plumbline.ofsted.rules import (
    RULE_VERSION,
    RULES,
    Inspection,
    Kind,
    Notice,
    Reason,
    Status,
    StatusPeriod,
    Unregistered,
    status_on,
    status_timeline,
)

FIRST = date(2022, 1, 12)
SECOND = date(2023, 1, 12)
TODAY = date(2026, 6, 1)


def full(on: date = FIRST, *, kind: str = Kind.FULL, published: date | None = None, **grades: str) -> Inspection:
    return Inspection(kind, on, published, grades)


BAD = full(overall="inadequate", leaders="inadequate")
GOOD = full(overall="good", leaders="good")


def now(*inspections: Inspection, **more: object) -> StatusPeriod:
    period = status_on(TODAY, status_timeline(inspections=inspections, **more))  # type: ignore[arg-type]
    assert period is not None
    return period


def verdict(*inspections: Inspection, **more: object) -> tuple[str, list[str]]:
    period = now(*inspections, **more)
    return period.status.value, [reason.code for reason in period.reasons]


# --- one inspection ------------------------------------------------------------------------------------------------

SOCIAL_CARE = [
    ({"overall": "outstanding"}, "clear", []),
    ({"overall": "good"}, "clear", []),
    ({"overall": "requires_improvement"}, "watch", ["requires_improvement"]),
    ({"overall": "adequate"}, "watch", ["requires_improvement"]),
    ({"overall": "satisfactory"}, "watch", ["requires_improvement"]),
    ({"overall": "inadequate"}, "adverse", ["overall_inadequate"]),
    ({"overall": "good", "helped_protected": "inadequate"}, "adverse", ["protection_inadequate"]),
    ({"overall": "good", "leaders": "inadequate"}, "watch", ["leaders_inadequate"]),
    (
        {"overall": "requires_improvement", "leaders": "inadequate"},
        "watch",
        ["leaders_inadequate", "requires_improvement"],
    ),
    ({"overall": "inadequate", "leaders": "inadequate"}, "adverse", ["overall_inadequate", "leaders_inadequate"]),
    ({"overall": "good", "quality_of_care": "inadequate"}, "watch", ["other_judgement_inadequate"]),
    ({"overall": "good", "health": "requires_improvement"}, "clear", []),
    ({"supported_accommodation": "consistently_strong"}, "clear", []),
    ({"supported_accommodation": "inconsistent"}, "watch", ["inconsistent"]),
    ({"supported_accommodation": "serious_weaknesses"}, "adverse", ["serious_weaknesses"]),
]
SCHOOLS = [
    ({"overall_effectiveness": "outstanding"}, "clear", []),
    ({"overall_effectiveness": "good"}, "clear", []),
    ({"overall_effectiveness": "requires_improvement"}, "watch", ["requires_improvement"]),
    ({"overall_effectiveness": "inadequate"}, "adverse", ["overall_inadequate"]),
    (
        {"overall_effectiveness": "good", "category_of_concern": "special_measures"},
        "adverse",
        ["category_of_concern"],
    ),
    ({"overall_effectiveness": "good", "category_of_concern": "notice_to_improve"}, "watch", ["notice_to_improve"]),
    (
        {"overall_effectiveness": "good", "safeguarding_effective": "not_effective"},
        "adverse",
        ["safeguarding_not_effective"],
    ),
    ({"overall_effectiveness": "good", "leadership": "inadequate"}, "watch", ["key_judgement_inadequate"]),
    ({"overall_effectiveness": "good", "behaviour": "requires_improvement"}, "clear", []),
    ({"overall_effectiveness": "good", "sixth_form": "inadequate"}, "watch", ["provision_inadequate"]),
    ({"overall_effectiveness": "not_judged", "quality_of_education": "good"}, "not_judged", ["not_judged"]),
    (
        {"overall_effectiveness": "not_judged", "quality_of_education": "inadequate"},
        "adverse",
        ["key_judgement_inadequate"],
    ),
    (
        {"overall_effectiveness": "not_judged", "behaviour": "requires_improvement"},
        "watch",
        ["key_judgement_requires_improvement"],
    ),
    (
        {"overall_effectiveness": "not_judged", "safeguarding_effective": "not_effective"},
        "adverse",
        ["safeguarding_not_effective"],
    ),
    ({"overall_effectiveness": "not_judged"}, "not_judged", ["not_judged"]),
]
REPORT_CARDS = [
    ({"safeguarding_standards": "met", "rc_inclusion": "exceptional"}, "clear", []),
    ({"safeguarding_standards": "met", "rc_inclusion": "strong_standard"}, "clear", []),
    ({"safeguarding_standards": "met", "rc_inclusion": "expected_standard"}, "clear", []),
    ({"safeguarding_standards": "met", "rc_inclusion": "needs_attention"}, "watch", ["needs_attention"]),
    ({"safeguarding_standards": "met", "rc_inclusion": "urgent_improvement"}, "adverse", ["urgent_improvement"]),
    ({"safeguarding_standards": "not_met", "rc_inclusion": "strong_standard"}, "adverse", ["safeguarding_not_met"]),
]
STANDARDS = [
    ({"iss_overall": "met", "iss_part_3": "met"}, "clear", []),
    ({"iss_part_3": "not_met"}, "adverse", ["standards_3_4_not_met"]),
    ({"iss_part_4": "not_met"}, "adverse", ["standards_3_4_not_met"]),
    *(({f"iss_part_{part}": "not_met"}, "watch", ["standards_not_met"]) for part in (1, 2, 5, 6, 7, 8)),
    ({"iss_overall": "not_met"}, "watch", ["standards_not_met"]),
]


@pytest.mark.parametrize(
    ("kind", "grades", "status", "reasons"),
    [
        *((Kind.FULL, *row) for row in SOCIAL_CARE),
        *((Kind.FULL, *row) for row in SCHOOLS),
        *((Kind.REPORT_CARD, *row) for row in REPORT_CARDS),
        *((Kind.STANDARD, *row) for row in STANDARDS),
    ],
)
def test_judges_a_setting_by_its_one_inspection(
    kind: str, grades: dict[str, str], status: str, reasons: list[str]
) -> None:
    assert verdict(full(kind=kind, **grades)) == (status, reasons)


@pytest.mark.parametrize("category", ["special_measures", "serious_weaknesses", "significant_improvement"])
def test_every_category_of_concern_is_adverse(category: str) -> None:
    assert verdict(full(category_of_concern=category, overall_effectiveness="good"))[0] == "adverse"


def test_every_rule_names_grades_of_its_aspects_scale() -> None:
    strange = [
        (rule.code, aspect, grade)
        for rule in RULES
        for aspect in rule.aspects
        for grade in rule.grades
        if grade not in {known.code for known in ASPECTS[Aspect(aspect)].scale.grades}
    ]
    assert strange == []


def test_watches_a_setting_not_yet_inspected() -> None:
    assert verdict(from_on=FIRST) == ("watch", ["not_inspected"])


def test_watches_a_setting_that_was_visited_and_not_judged() -> None:
    assert now(full(kind=Kind.MONITORING)).reasons[0].sentence == (
        "Ofsted has visited, last on 12 January 2022, and has not yet judged the setting."
    )


@pytest.mark.parametrize("grade", ["not_judged", "not_applicable"])
def test_never_reads_silence_as_safe(grade: str) -> None:
    assert verdict(full(overall=grade)) == ("watch", ["judgement_not_read"])


@pytest.mark.parametrize("grades", [{"overall": "unknown"}, {"overall": "unknown", "leaders": "good"}])
def test_watches_a_setting_whose_judgement_is_in_words_on_no_scale(grades: dict[str, str]) -> None:
    assert verdict(GOOD, full(SECOND, **grades)) == ("watch", ["not_understood"])


@pytest.mark.parametrize("kind", [Kind.FULL, Kind.STANDARD, Kind.REPORT_CARD])
@pytest.mark.parametrize("grades", [{}, {"overall": "not_judged"}, {"rc_inclusion": "not_applicable"}])
@pytest.mark.parametrize(
    "later", [None, full(SECOND, kind=Kind.MONITORING, overall="good"), full(SECOND, kind=Kind.UNGRADED)]
)
def test_a_full_inspection_without_any_judgement_is_watched_until_it_is_read(kind, grades, later) -> None:
    between = full(date(2022, 6, 1), kind=kind, **grades)
    events = [GOOD, between, *([later] if later else [])]

    assert verdict(*events) == ("watch", ["judgement_not_read"])
    assert verdict(GOOD, full(date(2022, 6, 1), kind=kind, overall="good")) == ("clear", [])


def test_words_on_no_scale_clear_no_inadequate() -> None:
    assert verdict(BAD, full(SECOND, overall="unknown"))[0] == "adverse"


# --- one after the other -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "status", "reasons"),
    [
        (BAD, full(SECOND, overall="good"), "clear", []),
        (BAD, full(SECOND, overall="requires_improvement"), "watch", ["requires_improvement"]),
        (BAD, full(SECOND), "adverse", ["overall_inadequate", "leaders_inadequate", "judgement_not_read"]),
        (
            BAD,
            full(SECOND, overall="not_judged"),
            "adverse",
            ["overall_inadequate", "leaders_inadequate", "judgement_not_read"],
        ),
        (
            BAD,
            full(SECOND, kind=Kind.INTERIM, interim_outcome="improved"),
            "adverse",
            ["overall_inadequate", "leaders_inadequate"],
        ),
        (
            BAD,
            full(SECOND, kind=Kind.MONITORING, overall="good"),
            "adverse",
            ["overall_inadequate", "leaders_inadequate"],
        ),
        (BAD, full(SECOND, kind=Kind.MONITORING), "adverse", ["overall_inadequate", "leaders_inadequate"]),
        (GOOD, full(SECOND, kind=Kind.INTERIM, interim_outcome="sustained"), "clear", []),
        (GOOD, full(SECOND, kind=Kind.INTERIM, interim_outcome="improved"), "clear", []),
        (GOOD, full(SECOND, kind=Kind.INTERIM, interim_outcome="declined"), "watch", ["interim_declined"]),
        (GOOD, full(SECOND, kind=Kind.INTERIM, interim_outcome="inadequate"), "adverse", ["interim_inadequate"]),
        (GOOD, full(SECOND, kind=Kind.MONITORING, overall="inadequate"), "adverse", ["overall_inadequate"]),
        (GOOD, full(SECOND, overall="inadequate"), "adverse", ["overall_inadequate"]),
        (
            full(overall="requires_improvement", leaders="inadequate"),
            full(SECOND, kind=Kind.MONITORING, overall="good"),
            "watch",
            ["leaders_inadequate"],
        ),
    ],
)
def test_only_a_full_inspection_that_judges_anew_clears_an_inadequate(
    before: Inspection, after: Inspection, status: str, reasons: list[str]
) -> None:
    assert verdict(before, after) == (status, reasons)


@pytest.mark.parametrize("outcome", ["remains_good_concerns", "remains_outstanding_concerns", "not_as_strong"])
def test_watches_a_school_whose_ungraded_inspection_raised_concerns(outcome: str) -> None:
    good = full(overall_effectiveness="good")

    assert verdict(good, full(SECOND, kind=Kind.UNGRADED, ungraded_outcome=outcome)) == ("watch", ["ungraded_concerns"])


@pytest.mark.parametrize("outcome", ["remains_good", "remains_good_improving", "standards_maintained"])
def test_an_ungraded_inspection_clears_no_inadequate_school(outcome: str) -> None:
    bad = full(overall_effectiveness="inadequate")

    assert verdict(bad, full(SECOND, kind=Kind.UNGRADED, ungraded_outcome=outcome))[0] == "adverse"


def test_a_later_ungraded_inspection_ends_the_concerns_of_an_earlier_one() -> None:
    concerns = full(SECOND, kind=Kind.UNGRADED, ungraded_outcome="remains_good_concerns")
    maintained = full(date(2024, 1, 12), kind=Kind.UNGRADED, ungraded_outcome="standards_maintained")

    assert verdict(full(overall_effectiveness="good"), concerns, maintained) == ("clear", [])


def test_a_school_that_was_good_and_now_has_no_single_word_is_neither_worse_nor_uninspected() -> None:
    graded = full(overall_effectiveness="good")
    since = full(date(2025, 1, 14), overall_effectiveness="not_judged", quality_of_education="good")

    assert verdict(graded, since) == ("not_judged", ["not_judged"])


def test_key_judgements_since_september_2024_clear_an_earlier_inadequate_school() -> None:
    since = full(date(2025, 1, 14), quality_of_education="good", safeguarding_effective="effective")

    assert verdict(full(overall_effectiveness="inadequate"), since) == ("not_judged", ["not_judged"])


def test_a_report_card_replaces_the_single_word() -> None:
    card = full(date(2025, 12, 2), kind=Kind.REPORT_CARD, safeguarding_standards="met", rc_inclusion="strong_standard")

    assert verdict(full(overall_effectiveness="inadequate"), card) == ("clear", [])


def test_a_monitoring_visit_to_an_independent_school_clears_no_standard_not_met() -> None:
    visit = full(SECOND, kind=Kind.PROGRESS_MONITORING, monitoring_outcome="met")

    assert verdict(full(kind=Kind.STANDARD, iss_part_3="not_met"), visit)[0] == "adverse"


def test_of_two_events_on_one_day_the_full_inspection_is_the_one_that_counts() -> None:
    visit = full(SECOND, kind=Kind.MONITORING, overall="good")
    inspection = full(SECOND, overall="inadequate")

    assert verdict(visit, inspection)[0] == verdict(inspection, visit)[0] == "adverse"


def test_the_order_of_telling_makes_no_difference() -> None:
    assert verdict(full(SECOND, overall="good"), BAD) == verdict(BAD, full(SECOND, overall="good"))


# --- register, notices, use ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wording", "status", "reasons"),
    [
        ("Active", "clear", []),
        ("Suspended", "adverse", ["suspended"]),
        ("Resigned", "closed", ["closed"]),
        ("CANCELLED ", "closed", ["closed"]),
        ("Closed", "closed", ["closed"]),
    ],
)
def test_reads_the_register(wording: str, status: str, reasons: list[str]) -> None:
    assert verdict(GOOD, registrations=[(SECOND, wording)]) == (status, reasons)


def test_a_registration_active_again_is_no_longer_suspended() -> None:
    assert verdict(GOOD, registrations=[(FIRST, "Suspended"), (SECOND, "Active")]) == ("clear", [])


def test_a_closed_setting_that_was_inadequate_stays_adverse_with_both_reasons() -> None:
    assert verdict(full(overall="inadequate"), registrations=[(SECOND, "Resigned")]) == (
        "adverse",
        ["overall_inadequate", "closed"],
    )


FOUR_DAYS = (date(2024, 2, 29), date(2024, 3, 1), date(2024, 5, 31), date(2024, 6, 1))
# Something happens on each of them, so that each is looked at by itself.
EACH_DAY = [GOOD, *(full(day, overall="good") for day in FOUR_DAYS)]


@pytest.mark.parametrize("inspections", [[GOOD], EACH_DAY])
@pytest.mark.parametrize(
    ("status", "more"),
    [
        ("adverse", {"notices": [Notice("restriction", FOUR_DAYS[1], FOUR_DAYS[2])]}),
        ("adverse", {"notices": [Notice("suspension", FOUR_DAYS[1], FOUR_DAYS[2])]}),
        ("watch", {"notices": [Notice("compliance", FOUR_DAYS[1], FOUR_DAYS[2])]}),
        ("unregistered", {"unregistered": [Unregistered(FOUR_DAYS[1], FOUR_DAYS[2])]}),
    ],
)
def test_a_notice_and_a_use_without_registration_count_on_each_of_their_days_and_no_other(
    status: str, more: dict[str, Any], inspections: list[Inspection]
) -> None:
    periods = status_timeline(inspections=inspections, **more)
    said = [found.status.value for day in FOUR_DAYS if (found := status_on(day, periods))]
    assert said == ["clear", status, status, "clear"]


def test_use_of_an_unregistered_setting_is_the_gravest_state() -> None:
    assert verdict(full(overall="inadequate"), unregistered=[Unregistered(SECOND)]) == (
        "unregistered",
        ["unregistered", "overall_inadequate"],
    )


# --- days and reasons ----------------------------------------------------------------------------------------------


def test_a_judgement_counts_from_its_publication() -> None:
    bad = full(SECOND, published=date(2023, 2, 20), overall="inadequate")

    periods = status_timeline(inspections=[GOOD, bad])

    assert [(period.status, period.from_on, period.to_on) for period in periods] == [
        (Status.CLEAR, FIRST, date(2023, 2, 20)),
        (Status.ADVERSE, date(2023, 2, 20), None),
    ]


def test_before_anything_was_known_and_in_a_gap_there_is_no_status() -> None:
    first = StatusPeriod("clear", date(2016, 1, 1), date(2016, 2, 1), ())
    assert status_on(date(2015, 12, 31), [first]) is None
    assert status_on(date(2016, 1, 31), [first]) is first
    assert status_on(date(2016, 2, 1), [first]) is None


def test_says_why_in_words_with_both_days() -> None:
    bad = Inspection("full", date(2016, 1, 12), date(2016, 2, 20), {"overall": "inadequate"})

    assert now(bad).reasons == (
        Reason(
            "overall_inadequate",
            "Ofsted judged the overall experiences and progress of children inadequate at the inspection of "
            "12 January 2016, published 20 February 2016.",
            date(2016, 2, 20),
        ),
    )


@pytest.mark.parametrize(
    ("inspection", "sentence"),
    [
        (
            full(overall="requires_improvement"),
            (
                "Ofsted gave “Requires improvement to be good” for the overall experiences and progress of children "
                "at the inspection of 12 January 2022."
            ),
        ),
        (
            full(kind=Kind.STANDARD, iss_part_3="not_met", iss_part_4="not_met"),
            (
                "Ofsted found part 3 of the independent school standards (welfare, health and safety) and part 4 of "
                "the independent school standards (suitability of staff) not met at the inspection of 12 January 2022."
            ),
        ),
        (
            full(category_of_concern="special_measures"),
            (
                "Ofsted placed the school in a category of concern (Special measures) "
                "at the inspection of 12 January 2022."
            ),
        ),
        (
            Inspection("standard", FIRST, None, {"iss_part_3": "not_met"}, inspectorate="ISI"),
            (
                "ISI found part 3 of the independent school standards (welfare, health and safety) not met at the "
                "inspection of 12 January 2022."
            ),
        ),
        (
            Inspection("full", FIRST, None, {"overall_effectiveness": "inadequate"}, predecessor_urn="800006"),
            (
                "Ofsted judged the overall effectiveness of the school inadequate at the inspection of "
                "12 January 2022, of the school it was then (URN 800006)."
            ),
        ),
    ],
)
def test_says_why_for_every_sort_of_judgement(inspection: Inspection, sentence: str) -> None:
    assert now(inspection).reasons[0].sentence == sentence


def test_a_reason_holds_since_it_first_came_without_a_break() -> None:
    again = full(SECOND, overall="inadequate")
    good = full(date(2024, 1, 12), overall="good")
    bad = full(date(2025, 1, 12), overall="inadequate")

    periods = status_timeline(inspections=[full(overall="inadequate"), again, good, bad])

    assert [[reason.since for reason in period.reasons] for period in periods] == [
        [FIRST],
        [FIRST],
        [],
        [date(2025, 1, 12)],
    ]


def test_stamps_every_period_with_the_version_of_the_rules() -> None:
    assert {period.rule_version for period in status_timeline(inspections=[GOOD, BAD])} == {RULE_VERSION}


DAYS = st.dates(min_value=date(2014, 1, 1), max_value=date(2026, 1, 1))
INSPECTIONS = st.lists(
    st.builds(
        Inspection,
        st.sampled_from([kind.value for kind in Kind]),
        DAYS,
        st.none(),
        st.dictionaries(
            st.sampled_from(["overall", "leaders", "helped_protected"]),
            st.sampled_from(["good", "requires_improvement", "inadequate", "not_judged"]),
        ),
    ),
    max_size=6,
)


@given(INSPECTIONS, st.lists(st.tuples(DAYS, st.sampled_from(["Active", "Suspended", "Resigned"])), max_size=4))
def test_gives_a_status_for_every_day_without_gaps_or_overlaps(
    inspections: list[Inspection], registrations: list[tuple[date, str]]
) -> None:
    periods = status_timeline(inspections=inspections, registrations=registrations, from_on=date(2013, 1, 1))

    assert periods[0].from_on == date(2013, 1, 1)
    assert periods[-1].to_on is None
    assert all(one.to_on == other.from_on for one, other in itertools.pairwise(periods))
    assert all(one.from_on < one.to_on for one in periods if one.to_on)


@given(INSPECTIONS, DAYS)
def test_nothing_learnt_later_changes_the_status_of_a_day(inspections: list[Inspection], day: date) -> None:
    known = [inspection for inspection in inspections if inspection.counts_from <= day]
    start = date(2013, 1, 1)

    with_all = status_on(day, status_timeline(inspections=inspections, from_on=start))
    with_known = status_on(day, status_timeline(inspections=known, from_on=start))

    assert with_all is not None
    assert with_known is not None
    assert (with_all.status, with_all.reasons) == (with_known.status, with_known.reasons)


@given(INSPECTIONS, DAYS)
def test_no_visit_ever_makes_an_adverse_setting_anything_else(inspections: list[Inspection], day: date) -> None:
    before = status_on(day, status_timeline(inspections=inspections, from_on=date(2013, 1, 1)))
    visit = Inspection(Kind.MONITORING, day, None, {"overall": "good", "interim_outcome": "improved"})
    later = [inspection for inspection in inspections if inspection.inspected_on <= day]
    after = status_on(day + timedelta(1), status_timeline(inspections=[*later, visit], from_on=date(2013, 1, 1)))

    assert before is not None
    assert after is not None
    assert before.status is not Status.ADVERSE or after.status is Status.ADVERSE


# --- grades of a report card given again ----------------------------------------------------------------------------

CARD = date(2026, 1, 20)
REGRADED = date(2026, 7, 6)


def card(**grades: str) -> Inspection:
    return full(CARD, kind=Kind.REPORT_CARD, published=date(2026, 2, 24), **grades)


def regraded(on: date = REGRADED, **grades: str) -> Inspection:
    return full(on, kind=Kind.REGRADED, **grades)


def spans(*inspections: Inspection) -> list[tuple[str, date]]:
    return [(period.status.value, period.from_on) for period in status_timeline(inspections=inspections)]


def test_a_grade_given_anew_counts_from_its_own_day_and_the_earlier_one_keeps_its_days() -> None:
    met = card(safeguarding_standards="met", rc_inclusion="expected_standard")

    assert spans(met, regraded(safeguarding_standards="not_met")) == [
        ("clear", date(2026, 2, 24)),
        ("adverse", REGRADED),
    ]


def test_a_grade_given_anew_replaces_that_grade_alone() -> None:
    bad = card(safeguarding_standards="not_met", rc_inclusion="needs_attention", rc_achievement="needs_attention")
    after = regraded(safeguarding_standards="met", rc_inclusion="strong_standard")
    period = status_timeline(inspections=[bad, after])[-1]

    assert (period.status, [reason.code for reason in period.reasons]) == ("watch", ["needs_attention"])
    assert "achievement" in period.reasons[0].sentence
    assert "inclusion" not in period.reasons[0].sentence


def test_the_sentence_of_a_grade_given_anew_says_when_it_was_given() -> None:
    reason = status_timeline(
        inspections=[card(rc_inclusion="strong_standard"), regraded(safeguarding_standards="not_met")]
    )[-1].reasons[0]

    assert reason.sentence == (
        "Ofsted found the safeguarding standards not met on 6 July 2026, when the grade was given again."
    )


@pytest.mark.parametrize(
    ("grades", "reasons"), [({}, ["judgement_not_read"]), ({"rc_inclusion": "strong_standard"}, [])]
)
def test_a_report_card_given_again_has_been_read(grades: dict[str, str], reasons: list[str]) -> None:
    unread = full(date(2022, 6, 1), kind=Kind.REPORT_CARD)
    assert verdict(GOOD, unread, full(SECOND, kind=Kind.REGRADED, **grades))[1] == reasons


# --- safeguarding --------------------------------------------------------------------------------------------------

NOT_SAFE = [
    (Kind.REPORT_CARD, {"safeguarding_standards": "not_met"}),
    (Kind.FULL, {"safeguarding_effective": "not_effective", "overall_effectiveness": "inadequate"}),
    (Kind.STANDARD, {"iss_part_3": "not_met"}),
    (Kind.FULL, {"helped_protected": "inadequate", "overall": "inadequate"}),
]
SILENT = [
    (Kind.FULL, {"overall_effectiveness": "good"}),
    (Kind.FULL, {"overall": "good", "leaders": "good"}),
    (Kind.REPORT_CARD, {"rc_inclusion": "expected_standard"}),
    (Kind.STANDARD, {"overall_effectiveness": "good", "iss_part_1": "met"}),
    (Kind.REPORT_CARD, {"rc_inclusion": "expected_standard", "safeguarding_standards": "not_judged"}),
]
JUDGED = {
    "safeguarding_standards": "met", "safeguarding_effective": "effective", "iss_part_3": "met",
    "helped_protected": "good",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "grades"), NOT_SAFE)
@pytest.mark.parametrize(("later", "silent"), SILENT)
def test_what_was_found_about_safeguarding_is_cleared_only_by_a_judgement_of_safeguarding(
    kind: str, grades: dict[str, str], later: str, silent: dict[str, str]
) -> None:
    found = full(FIRST, kind=kind, **grades)

    assert verdict(found, full(SECOND, kind=later, **silent))[0] == "adverse"
    assert verdict(found, full(SECOND, kind=later, **(silent | JUDGED)))[0] in ("clear", "not_judged")
