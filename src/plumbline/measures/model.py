"""What a figure is, as values: a measure with its rule, a question, and an answer."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import as_shipped, spoken
from plumbline.kernel.periods import Period

NOT_RECORDED = "not recorded"
# The horizon of what is recorded here and read from no extract: it reaches to the day of the question.
NATIVE = "native"

Kind = Literal["stock", "flow", "share_of_stock", "share_of_flow", "distribution"]
Every = Literal["month", "quarter", "year"]


@spoken("sentence")
@dataclass(frozen=True, slots=True)
class Counter:
    """Cases counted beside a figure: `condition` is SQL over the rule's source, `sentence` names them."""

    key: str
    condition: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Split:
    """How a measure falls into groups.

    `join` is added to the rule's source and `value` read from it; null or '' is the group "not recorded". In a
    stock, `from_on` and `to_on` bound the days on which the value holds (age, status); with `gaps`, days that no
    joined row covers are "not recorded". Where more must be withheld than what is small, groups are given up in the
    order of `given_up_first`, and the others after them: what the reader needs most goes last.
    """

    key: str
    title: str
    value: str
    join: str = ""
    from_on: str | None = None
    to_on: str | None = None
    gaps: bool = False
    given_up_first: tuple[str, ...] = (NOT_RECORDED,)


@dataclass(frozen=True, slots=True)
class PartOf:
    """A measure that counts a part of another's records: these groups of one of its splits, or a part that no split of
    it shows. Of a share that is the numerator, and the denominator is the whole of `base`; of a distribution the cases
    are.
    """

    base: str
    split: str = ""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spells:
    """The rule of a stock: things that hold from `starts_on` until the day before `ends_on` (null = still).

    SQL text over fact relations written as {tac}. A share's numerator is a condition on the same spells, or spells of
    its own (`numerator_spells`), or every record but for the days of other spells (`without`); each of those lies
    within one of the denominator's. `distinct` counts those instead of records; `amount`, a whole number that is never
    null, is added up instead of counting (of a plain stock only).
    """

    source: str
    record: str
    starts_on: str
    ends_on: str
    where: str = ""
    numerator: str | None = None
    numerator_spells: "Spells | None" = None
    without: "Spells | None" = None
    distinct: str | None = None
    apart: tuple[Counter, ...] = ()
    amount: str | None = None


@dataclass(frozen=True, slots=True)
class Events:
    """The rule of a flow: things that happen on a day, one row a record.

    `leaves_out` are counted as exclusions, each row at the first that fits. `not_yet_known` rows are in neither
    numerator nor denominator. `value` is the number whose distribution is asked. SQL text over fact relations
    written as {tac}; :first and :last are the period asked, :observed the last day of the records, :year_over the last
    day whose following year is over within them.
    """

    source: str
    record: str
    on: str
    where: str = ""
    numerator: str | None = None
    leaves_out: tuple[Counter, ...] = ()
    not_yet_known: str | None = None
    apart: tuple[Counter, ...] = ()
    value: str | None = None


@spoken("title", "meaning", "unit")
@dataclass(frozen=True, slots=True)
class Measure:
    """A figure, defined once.

    `sources` are the extracts that it reads; unless `any_source`, a missing one makes it incomplete and is said. None:
    it reads what is recorded here (NATIVE).
    `disclosure` is what a small count would tell of: a child, or a piece of work. `part_of`: what its counts would tell
    of another measure; `counters_in` the same of what is counted beside it: the counter's key, then measure, split and
    group.
    """

    key: str
    version: int
    title: str
    meaning: str
    unit: str
    kind: Kind
    rule: Spells | Events
    disclosure: Literal["child", "work"] = "child"
    sources: tuple[str, ...] = ()
    any_source: bool = False
    splits: tuple[Split, ...] = ()
    part_of: PartOf | None = None
    counters_in: tuple[tuple[str, str, str, str], ...] = ()

    @property
    def is_stock(self) -> bool:
        return isinstance(self.rule, Spells)

    @property
    def is_share(self) -> bool:
        return self.kind in ("share_of_stock", "share_of_flow")

    @property
    def split_keys(self) -> tuple[str, ...]:
        return tuple(split.key for split in self.splits)

    @property
    def fingerprint(self) -> str:
        """sha256 of everything that decides the figure; wording of the title and the splits are not part of it."""
        # What a council calls a thing decides no figure.
        with as_shipped():
            said = {
                "key": self.key,
                "version": self.version,
                "meaning": self.meaning,
                "unit": self.unit,
                "kind": self.kind,
                "rule": _used(asdict(self.rule)),
            }
        return "sha256:" + hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. A stock alone takes `as_at`; everything else, and every series, a `period`.

    A series (`every`) is cut from the first day of the period on, so that years from 1 April are April to March; a
    stock is then given at the last day of each piece.
    """

    measure: Measure
    as_at: date | None = None
    period: Period | None = None
    every: Every | None = None
    split_by: str | None = None

    def whole_period(self) -> Period:
        """Raises RuleBroken (wrong_question) where the question has none."""
        if self.period is None:
            raise RuleBroken(f"{self.measure.key} needs a period: give its first and last day.", code="wrong_question")
        return self.period


@dataclass(frozen=True, slots=True)
class Known:
    """A moment, resolved to history: changes numbered up to `n`, but for `late`, which committed after it."""

    n: int
    late: tuple[int, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """A count said beside a figure. `count` is None only where disclosure control has withheld it."""

    key: str
    sentence: str
    count: int | None

    def said(self, mark: str = "withheld") -> str:
        return f"{self.sentence}: {mark if self.count is None else f'{self.count:,}'}."


@dataclass(frozen=True, slots=True)
class Row:
    """One cell of a split or a series, or the figure itself.

    For a count `numerator` is the count and `denominator` None; for a distribution `denominator` is the number of
    cases and `value` the median. A share of nothing has no value. `withheld` means that `value` is kept back, never
    that it is missing; `kept_back` names the parts of the figure that are.
    `partial` is the day to which a clipped piece reaches.
    """

    group: Mapping[str, str] = field(default_factory=dict)
    at: date | None = None
    first: date | None = None
    last: date | None = None
    value: Decimal | int | None = None
    numerator: int | None = None
    denominator: int | None = None
    quartiles: tuple[Decimal, Decimal] | None = None
    not_yet_known: int | None = 0
    withheld: bool = False
    kept_back: tuple[str, ...] = ()
    partial: date | None = None

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"group": dict(self.group)} if self.group else {}
        if self.at:
            body["at"] = self.at.isoformat()
        elif self.first and self.last:
            body |= {"from": self.first.isoformat(), "to": self.last.isoformat()}
        body |= _figure_json(self)
        if self.partial:
            body["to_only"] = self.partial.isoformat()
        return body


@dataclass(frozen=True, slots=True)
class Answer:
    """The figure asked for, with all that must be said beside it. `rows` hold a split or a series.

    `total` is the figure of the whole question: of a stock series its last point, of a flow series the whole period.
    `observed_until` is None where no horizon was given. `profile` is set once disclosure control has been through it.
    """

    asked: Asked
    total: Row
    rows: tuple[Row, ...]
    known_at: datetime | None
    observed_until: date | None
    exclusions: tuple[Counted, ...] = ()
    apart: tuple[Counted, ...] = ()
    notes: tuple[str, ...] = ()
    profile: str = ""

    @property
    def measure(self) -> Measure:
        return self.asked.measure

    @property
    def inferred(self) -> int | None:
        """Of the figure, how many were inferred and not recorded; None where the measure infers nothing."""
        return next((counted.count for counted in self.apart if counted.key == "inferred"), None)

    @property
    def shows_nothing(self) -> bool:
        """A table or series of nothing but withheld counts: a sentence says so in its place."""
        return bool(self.rows) and all(row.withheld for row in self.rows)

    def sentences(self) -> tuple[str, ...]:
        counted = (*self.exclusions, *self.apart)
        return (*self.notes, *(each.said() for each in counted if each.count != 0))

    def as_json(self) -> dict[str, Any]:
        """The body of `plumbline measure --json` (interfaces)."""
        measure = self.measure
        body: dict[str, Any] = {"key": measure.key, "version": measure.version}
        if self.asked.period:
            body |= {"from": self.asked.period.first.isoformat(), "to": self.asked.period.last.isoformat()}
        elif self.asked.as_at:
            body |= {"as_at": self.asked.as_at.isoformat(), "at": self.asked.as_at.isoformat()}
        body["known_at"] = self.known_at.isoformat() if self.known_at else None
        body["unit"] = measure.unit
        body |= _figure_json(self.total)
        body["observed_until"] = self.observed_until.isoformat() if self.observed_until else None
        body["definition"] = measure.fingerprint
        body["exclusions"] = {each.key: each.count for each in self.exclusions}
        body |= {each.key: each.count for each in self.apart}
        body["notes"] = list(self.sentences())
        if self.profile:
            body["profile"] = self.profile
        if self.asked.split_by or self.asked.every:
            body["rows"] = [row.as_json() for row in self.rows]
        return body


def _used(rule: dict[str, Any]) -> dict[str, Any]:
    """What a rule does not use is no part of it, so that a new possibility changes no definition."""
    return {
        name: _used(part) if isinstance(part, dict) else part
        for name, part in rule.items()
        if name not in ("amount", "without") or part
    }


def _figure_json(row: Row) -> dict[str, Any]:
    body: dict[str, Any] = {
        "value": _number(row.value),
        "numerator": row.numerator,
        "denominator": row.denominator,
        "not_yet_known": row.not_yet_known,
        "withheld": row.withheld,
    }
    if row.quartiles:
        body["quartiles"] = [_number(row.quartiles[0]), _number(row.quartiles[1])]
    return body


def _number(value: Decimal | int | None) -> float | int | None:
    return float(value) if isinstance(value, Decimal) else value


def percent(numerator: int, denominator: int) -> Decimal | None:
    """The share in per cent, rounded half-up to one decimal; None of nothing."""
    if not denominator:
        return None
    return (Decimal(100) * numerator / denominator).quantize(Decimal("0.1"), ROUND_HALF_UP)
