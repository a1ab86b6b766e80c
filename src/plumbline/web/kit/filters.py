"""The filters of a list: each reads one part of the address and narrows the rows.

``where`` is a lookup for a QuerySet ("status", "name__named") or a function (rows, value) → rows; a list of plain
rows needs the function.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet

from plumbline.web.kit.days import NotADay, read_day


@dataclass(frozen=True)
class Filter:
    key: str
    label: str
    where: str | Callable[[Any, Any], Any]
    widget: ClassVar[str] = "text"

    def read(self, given: str) -> Any:
        """What the filter compares with; raises ValueError with a sentence where ``given`` makes no sense."""
        return given

    def error(self, given: str) -> str:
        try:
            self.read(given)
        except ValueError as wrong:
            return str(wrong)
        return ""

    def narrow(self, rows: Any, given: str) -> Any:
        value = self.read(given)
        if callable(self.where):
            return self.where(rows, value)
        if not isinstance(rows, QuerySet):
            raise ImproperlyConfigured(f"the filter {self.key!r} of a plain list needs a function for `where`")
        return rows.filter(**{self.where: value})


@dataclass(frozen=True)
class Text(Filter):
    """Words typed; ``where`` as a lookup usually ends in ``__icontains``."""

    def read(self, given: str) -> str:
        if "\x00" in given:  # PostgreSQL stores no such character, so nothing can match it
            raise ValueError(f"{self.label} has a character that cannot be searched for")
        return given


@dataclass(frozen=True)
class Choice(Filter):
    """One of ``choices``: pairs of key and words, or a function giving them (asked once a page)."""

    choices: Sequence[tuple[str, str]] | Callable[[], Sequence[tuple[str, str]]] = ()
    any_label: str = "All"
    widget: ClassVar[str] = "select"

    def pairs(self) -> Sequence[tuple[str, str]]:
        return self.choices() if callable(self.choices) else self.choices

    def read(self, given: str) -> Any:
        if given not in {str(key) for key, _ in self.pairs()}:
            raise ValueError(f"{self.label}: choose one from the list")
        return given


@dataclass(frozen=True)
class YesNo(Choice):
    choices: Sequence[tuple[str, str]] | Callable[[], Sequence[tuple[str, str]]] = (("yes", "Yes"), ("no", "No"))

    def read(self, given: str) -> bool:
        return super().read(given) == "yes"


@dataclass(frozen=True)
class Day(Filter):
    """A day typed in any of the ways people write one."""

    widget: ClassVar[str] = "day"

    def read(self, given: str) -> date:
        try:
            return read_day(given)
        except NotADay as wrong:
            raise ValueError(f"{self.label} {wrong}") from wrong
