"""What a version of a toolkit asks, as plain values read from its checked content (toolkits.schema)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

# The facts by which toolkits ask for a policy, such as policy.safeguarding.
POLICY_FACT = "policy."


class AnswerKind(StrEnum):
    """The kinds of answer (product.md, Toolkits)."""

    PASS_FAIL = "pass_fail"  # noqa: S105 - a kind of answer, no password
    YES_NO = "yes_no"
    SCORE_0_5 = "score_0_5"
    FOUR_GRADES = "four_grades"
    RAG = "rag"
    MET = "met"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to choose from; `points` where the scale counts."""

    code: str
    label: str
    points: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """`evidence`: required, optional or none. `fact`: what is asked, by a name that other toolkits may ask for too (an
    answer given once serves them all). `due_days`: of a plan's item, days from the service's start (negative: before).
    """

    key: str
    title: str
    guidance: str
    answer: AnswerKind
    options: tuple[Option, ...]
    evidence: str
    weight: Decimal | None
    minimum: Decimal | None
    critical: bool
    safeguarding: bool
    fact: str
    due_days: int | None

    @property
    def policy(self) -> str:
        """The key of the policy that it asks for; "" where it asks for none."""
        return self.fact.removeprefix(POLICY_FACT) if self.fact.startswith(POLICY_FACT) else ""


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    guidance: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Content:
    key: str
    title: str
    purpose: str
    introduction: str
    sources: tuple[str, ...]
    sections: tuple[Section, ...]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for section in self.sections for criterion in section.criteria)

    def criterion(self, key: str) -> Criterion:
        """Raises KeyError where there is none of that key."""
        return next((c for c in self.criteria if c.key == key), None) or _missing(key)


def _missing(key: str) -> Criterion:
    raise KeyError(key)


def read(data: Mapping[str, Any] | None) -> Content:
    """The content of a version: what `toolkits.schema` has checked and kept as JSON, every key present.

    Only a draft with faults has none, and nobody reads one.
    """
    if data is None:
        raise ValueError("a draft with faults has no content")
    return Content(
        key=data["key"],
        title=data["title"],
        purpose=data["purpose"],
        introduction=data["introduction"],
        sources=tuple(data["sources"]),
        sections=tuple(
            Section(
                key=section["key"],
                title=section["title"],
                guidance=section["guidance"],
                criteria=tuple(_criterion(each) for each in section["criteria"]),
            )
            for section in data["sections"]
        ),
    )


def _criterion(data: Mapping[str, Any]) -> Criterion:
    return Criterion(
        key=data["key"],
        title=data["title"],
        guidance=data["guidance"],
        answer=AnswerKind(data["answer"]),
        options=tuple(
            Option(option["code"], option["label"], _decimal(option["points"])) for option in data["options"]
        ),
        evidence=data["evidence"],
        weight=_decimal(data["weight"]),
        minimum=_decimal(data["minimum"]),
        critical=data["critical"],
        safeguarding=data["safeguarding"],
        fact=data["fact"],
        due_days=data["due_days"],
    )


def _decimal(value: str | None) -> Decimal | None:
    """Weights, minimums and points are kept as text in JSON, so that they stay exact."""
    return None if value is None else Decimal(value)
