"""Kinds of inspection: what could be judged on a day, and of whom, and what a report of each gives grades for. Source:
domain.md 5.2 and 5.3.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NoReturn

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import capital
from plumbline.ofsted.grades import (
    ASPECTS,
    FULL_GRADES_OF_SCHOOLS_ENDED_ON,
    ISS_PARTS,
    KEY_JUDGEMENTS,
    PROVISION_JUDGEMENTS,
    RENEWED_FRAMEWORK_FROM,
    RENEWED_FRAMEWORK_OF_INDEPENDENT_SCHOOLS_FROM,
    REPORT_CARD_AREAS,
    Aspect,
)
from plumbline.ofsted.rules import Kind


def check_kind(
    *, register: str, kind: str, inspected_on: date, aspects: Iterable[str], independent: bool | None
) -> None:
    """Raise RuleBroken (kind_of_another_time) where no inspection of this kind, or none that judges these aspects, was
    made on the day. `aspects`: those that were graded; `independent`: None where it is not known whether the school
    is. Source: domain.md 5.2 and 5.3.
    """
    for aspect in aspects:
        used_from = ASPECTS[Aspect(aspect)].scale.used_from
        if used_from and inspected_on < used_from:
            _refuse_kind(f"{capital(ASPECTS[Aspect(aspect)].label)} has such grades", used_from, inspected_on)
    if register == "social_care":
        return
    renewed = RENEWED_FRAMEWORK_OF_INDEPENDENT_SCHOOLS_FROM if independent else RENEWED_FRAMEWORK_FROM
    if kind in (Kind.REPORT_CARD, Kind.REGRADED) and inspected_on < renewed:
        _refuse_kind("There are report cards", renewed, inspected_on)
    graded_overall = Aspect.OVERALL_EFFECTIVENESS in set(aspects)
    if kind == Kind.STANDARD:
        if independent is False:
            raise RuleBroken(
                "Standard inspections are of independent schools, and this one is funded by the state.",
                code="kind_of_another_time",
            )
        if graded_overall and inspected_on >= RENEWED_FRAMEWORK_OF_INDEPENDENT_SCHOOLS_FROM:
            _refuse_kind(
                "Independent schools get no overall grade", RENEWED_FRAMEWORK_OF_INDEPENDENT_SCHOOLS_FROM, inspected_on
            )
        return
    if not independent and graded_overall and inspected_on >= FULL_GRADES_OF_SCHOOLS_ENDED_ON:
        _refuse_kind("State-funded schools get no overall grade", FULL_GRADES_OF_SCHOOLS_ENDED_ON, inspected_on)
    if not independent and kind in (Kind.FULL, Kind.UNGRADED) and inspected_on >= RENEWED_FRAMEWORK_FROM:
        _refuse_kind(
            "State-funded schools have report cards, and no other grades,", RENEWED_FRAMEWORK_FROM, inspected_on
        )


def _refuse_kind(what: str, since: date, inspected_on: date) -> NoReturn:
    raise RuleBroken(
        f"{what} since {wording.day(since)}: an inspection of {wording.day(inspected_on)} cannot be of that kind. Look "
        "again at its report, or at the day.",
        code="kind_of_another_time",
    )


# What a report of each kind gives grades for, by register, the broadest first: for entering one by hand.
ASPECTS_OF: Mapping[str, Mapping[str, tuple[Aspect, ...]]] = {
    "social_care": {
        "full": (Aspect.OVERALL, Aspect.HELPED_PROTECTED, Aspect.LEADERS, Aspect.SUPPORTED_ACCOMMODATION),
        "interim": (Aspect.INTERIM_OUTCOME,),
        "monitoring": (Aspect.MONITORING_OUTCOME,),
    },
    "education": {
        "full": (
            Aspect.OVERALL_EFFECTIVENESS, *KEY_JUDGEMENTS, *PROVISION_JUDGEMENTS, Aspect.SAFEGUARDING_EFFECTIVE,
            Aspect.CATEGORY_OF_CONCERN,
        ),
        "report_card": (Aspect.SAFEGUARDING_STANDARDS, *REPORT_CARD_AREAS, Aspect.CATEGORY_OF_CONCERN),
        "regraded": (Aspect.SAFEGUARDING_STANDARDS, *REPORT_CARD_AREAS, Aspect.CATEGORY_OF_CONCERN),
        "standard": (Aspect.OVERALL_EFFECTIVENESS, Aspect.ISS_OVERALL, *ISS_PARTS),
        "ungraded": (Aspect.UNGRADED_OUTCOME, Aspect.SAFEGUARDING_EFFECTIVE),
        "monitoring": (Aspect.MONITORING_OUTCOME,),
    },
}  # fmt: skip


def aspects_of(*, register: str, kind: str, provision_type: str) -> Sequence[Aspect]:
    """What a report of this kind gives grades for."""
    aspects = ASPECTS_OF[register].get(kind, ())
    if register != "social_care" or kind != "full":
        return aspects
    # Supported accommodation has one outcome and none of the judgements of children's homes.
    supported = "supported accommodation" in provision_type.lower()
    return [aspect for aspect in aspects if (aspect == Aspect.SUPPORTED_ACCOMMODATION) == supported]
