"""What one version of a toolkit asks otherwise than another: pure, by the keys of sections and criteria."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from plumbline.toolkits.content import Content, Criterion, Option, Section


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs. `where`: the title of what it is in; `what`: the field; both values in words."""

    kind: Kind
    where: str
    what: str
    before: str
    after: str


_TOOLKIT = (("title", "Title"), ("purpose", "Purpose"), ("introduction", "Introduction"), ("sources", "Sources"))
_SECTION = (("title", "Title of the section"), ("guidance", "Guidance of the section"))
_CRITERION = (
    ("title", "Title"), ("guidance", "Guidance"), ("answer", "Kind of answer"), ("options", "Options"),
    ("evidence", "Evidence"), ("weight", "Weight"), ("minimum", "Minimum"), ("critical", "Critical"),
    ("safeguarding", "Safeguarding"), ("fact", "Fact"), ("due_days", "Due, days from the start"),
)  # fmt: skip


def differences(before: Content, after: Content) -> tuple[Difference, ...]:
    """Everything that differs, in the order of `after`; what was taken out comes last."""
    return tuple(_found(before, after))


def _found(before: Content, after: Content) -> Iterator[Difference]:
    yield from _changed("The toolkit", before, after, _TOOLKIT)
    old_sections = {section.key: section for section in before.sections}
    old = {criterion.key: (section, criterion) for section in before.sections for criterion in section.criteria}
    for section in after.sections:
        if section.key in old_sections:
            yield from _changed(section.title, old_sections[section.key], section, _SECTION)
        else:
            yield Difference(Kind.ADDED, section.title, "Section", "", section.title)
        for criterion in section.criteria:
            if criterion.key not in old:
                yield Difference(Kind.ADDED, section.title, "Criterion", "", criterion.title)
                continue
            was_in, was = old[criterion.key]
            if was_in.key != section.key:
                yield Difference(Kind.CHANGED, criterion.title, "Section", was_in.title, section.title)
            yield from _changed(criterion.title, was, criterion, _CRITERION)
    kept = {criterion.key for criterion in after.criteria}
    for section, criterion in old.values():
        if criterion.key not in kept:
            yield Difference(Kind.REMOVED, section.title, "Criterion", criterion.title, "")
    kept_sections = {section.key for section in after.sections}
    for section in before.sections:
        if section.key not in kept_sections:
            yield Difference(Kind.REMOVED, section.title, "Section", section.title, "")
    orders = [[c.key for c in each.criteria if c.key in kept and c.key in old] for each in (before, after)]
    if orders[0] != orders[1]:
        yield Difference(Kind.CHANGED, "The toolkit", "Order of the criteria", "", "The criteria are in another order")


def _changed(
    where: str,
    before: Content | Section | Criterion,
    after: Content | Section | Criterion,
    fields: Sequence[tuple[str, str]],
) -> Iterator[Difference]:
    for name, label in fields:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Difference(Kind.CHANGED, where, label, _said(old), _said(new))


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, tuple):
        return "; ".join(_said(each) for each in value)
    if isinstance(value, Option):
        return value.label if value.points is None else f"{value.label} ({value.points} points)"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else str(value)
