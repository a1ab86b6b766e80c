"""Kinds of inspection are dated, and each gives grades for its own aspects."""

from datetime import date

import pytest

from plumbline.ofsted.kinds import ASPECTS_OF, aspects_of, check_kind
from plumbline.ofsted.rules import Kind
from tests.refusals import raises


@pytest.mark.parametrize(
    ("kind", "aspect", "independent", "last_refused", "first_taken"),
    [
        (Kind.REPORT_CARD, "safeguarding_standards", False, date(2025, 11, 9), date(2025, 11, 10)),
        (Kind.REPORT_CARD, "rc_inclusion", None, date(2025, 11, 9), date(2025, 11, 10)),
        (Kind.REPORT_CARD, "safeguarding_standards", True, date(2026, 1, 25), date(2026, 1, 26)),
        (Kind.REGRADED, "safeguarding_standards", False, date(2025, 11, 9), date(2025, 11, 10)),
        (Kind.FULL, "overall_effectiveness", False, date(2024, 9, 1), date(2024, 8, 31)),
        (Kind.FULL, "quality_of_education", False, date(2025, 11, 10), date(2025, 11, 9)),
        (Kind.UNGRADED, "ungraded_outcome", False, date(2025, 11, 10), date(2025, 11, 9)),
        (Kind.STANDARD, "overall_effectiveness", True, date(2026, 1, 26), date(2026, 1, 25)),
        (Kind.STANDARD, "overall_effectiveness", None, date(2026, 1, 26), date(2026, 1, 25)),
    ],
)
def test_a_kind_of_inspection_that_did_not_exist_on_the_day_is_refused(
    kind: str, aspect: str, independent: bool | None, last_refused: date, first_taken: date
) -> None:
    asked = {"register": "education", "kind": kind, "aspects": [aspect], "independent": independent}
    check_kind(**asked, inspected_on=first_taken)  # type: ignore[arg-type]
    with raises("kind_of_another_time"):
        check_kind(**asked, inspected_on=last_refused)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("provision_type", "aspects"),
    [
        ("Children's Home", ["overall", "helped_protected", "leaders"]),
        ("Supported accommodation", ["supported_accommodation"]),
    ],
)
def test_supported_accommodation_has_an_outcome_and_none_of_the_judgements_of_homes(provision_type, aspects) -> None:
    assert aspects_of(register="social_care", kind="full", provision_type=provision_type) == aspects
    assert aspects_of(register="social_care", kind="interim", provision_type=provision_type) == ("interim_outcome",)


def test_a_report_of_each_kind_gives_grades_for_something() -> None:
    kinds = [(register, kind) for register, of in ASPECTS_OF.items() for kind in of]
    assert [each for each in kinds if not aspects_of(register=each[0], kind=each[1], provision_type="")] == []
