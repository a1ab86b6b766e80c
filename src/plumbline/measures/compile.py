"""From a measure's rule to one set-based SQL statement, the same text for PostgreSQL and DuckDB.

Parameters are written :name. A stock over many dates is opens minus closes, added up along a calendar: each
record is read twice whatever the number of dates, never joined to them.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from plumbline.kernel.periods import Period, same_day_next_year
from plumbline.measures.facts import RELATIONS, table
from plumbline.measures.model import NOT_RECORDED, Counter, Events, Known, Measure, Spells, Split

_RELATION = re.compile(r"\{(\w+)\}")
_PARAMETER = re.compile(r"(?<!:):([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with :name parameters, of which exactly those used are given.

    `columns` name what comes back: `piece` (0 is the first), `grp` (None where not split), then counts by key, and
    for a distribution `lower`, `median`, `upper`.
    """

    text: str
    parameters: dict[str, Any]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Spell:
    """One SELECT of spells adding to the counts with `sign`; `n` and `k` say to which.

    `distinct`: a record may be in several of its rows at once, and counts once.
    """

    select: str
    sign: int
    n: bool
    k: bool
    distinct: bool


def stock(measure: Measure, dates: Sequence[date], split: Split | None, known: Known | None) -> Statement:
    """What is open or in force on each of `dates` (ascending)."""
    rule = _rule(measure, Spells)
    counts = ("n", "k", *(counter.key for counter in rule.apart))
    single = len(dates) == 1
    spells = _spells(rule, split, merge=not single)
    parameters: dict[str, Any] = {"last": dates[-1]}
    if single:
        text = _stock_on_a_day(rule, spells, counts)
    else:
        text = _stock_series(rule, spells, counts)
        parameters["origin"] = dates[0]
        # Everything up to the first date counts as of it.
        parameters["piece_of"] = [0, *_numbered(((later - earlier).days for earlier, later in pairwise(dates)), 1)]
        parameters["pieces"] = list(range(len(dates)))
    return _statement(text, known, parameters, ("piece", "grp", *counts))


def flow(
    measure: Measure,
    pieces: Sequence[Period],
    split: Split | None,
    known: Known | None,
    observed_until: date,
) -> Statement:
    """What happened in each of `pieces` (ascending, without gaps). A piece and group without events is absent."""
    rule = _rule(measure, Events)
    counts = {
        "n": _all_of(_counted(rule)),
        "k": _all_of(_counted(rule), rule.numerator) if rule.numerator else "",
        "not_yet_known": _all_of(_kept(rule), f"({rule.not_yet_known})") if rule.not_yet_known else "",
        **{counter.key: condition for counter, condition in _leaves_out(rule)},
        **{counter.key: _all_of(_counted(rule), f"({counter.condition})") for counter in rule.apart},
    }
    parameters: dict[str, Any] = {
        "first": pieces[0].first,
        "last": pieces[-1].last,
        "year_over": _year_over(observed_until),
        "observed": observed_until,
    }
    single = len(pieces) == 1
    if not single:
        parameters["origin"] = pieces[0].first
        parameters["piece_of"] = _numbered(((piece.last - piece.first).days + 1 for piece in pieces), 0)
    if rule.value is not None:
        counts = {"n": counts["n"], **{counter.key: counts[counter.key] for counter in (*rule.leaves_out, *rule.apart)}}
        text = _distribution(rule, split, counts, single)
        return _statement(text, known, parameters, ("piece", "grp", *counts, "lower", "median", "upper"))
    text = _flow(rule, split, counts, single)
    return _statement(text, known, parameters, ("piece", "grp", *counts))


def records(
    measure: Measure, when: Period, split: Split | None, known: Known | None, observed_until: date
) -> Statement:
    """The records behind one figure: `record`, `grp`, and whether it is in the numerator (`k`).

    A stock is given by its day as a period of one day.
    """
    rule = measure.rule
    parameters = {
        "first": when.first,
        "last": when.last,
        "year_over": _year_over(observed_until),
        "observed": observed_until,
    }
    if isinstance(rule, Spells):
        parts = " union all ".join(
            f"select {'distinct ' if spell.distinct else ''}record, grp, {spell.sign if spell.n else 0} as n,"
            f" case when k then {spell.sign if spell.k else 0} else 0 end as k"
            f" from ({spell.select}) s where {_STANDS}"
            for spell in _spells(rule, split, merge=False)
        )
        text = (
            f"select record, grp, sum(k) > 0 as k from ({parts}) p group by record, grp having sum(n) > 0"
            " order by record, grp"
        )
    else:
        k = f"coalesce({rule.numerator}, false)" if rule.numerator else "true"
        text = (
            f"select {rule.record} as record, {_group(split)} as grp, {k} as k from {_source(rule, split)}"
            f" where {_in_period(rule)}{_and(_counted(rule))} order by 1, 2"
        )
    return _statement(text, known, parameters, ("record", "grp", "k"))


# Stocks

_STANDS = "starts_on <= :last and (ends_on is null or ends_on > :last)"


def _spells(rule: Spells, split: Split | None, *, merge: bool) -> list[_Spell]:
    found = _parts(rule, rule, split, 1, merge=merge, n=True, k=rule.numerator_spells is None)
    if rule.numerator_spells:
        found += _parts(rule.numerator_spells, rule, split, 1, merge=merge, n=False, k=True)
    if rule.without:
        found += _parts(rule.without, rule, split, -1, merge=merge, n=False, k=True)
    return found


def _parts(
    spells: Spells, rule: Spells, split: Split | None, sign: int, *, merge: bool, n: bool, k: bool
) -> list[_Spell]:
    """The spells; and where the split has gaps the days that no row of it covers: all, minus those that are."""
    wanted = [(split, sign)]
    if split and split.gaps:
        name = f"'{NOT_RECORDED}'"
        wanted += [
            (Split(split.key, split.title, name), sign),
            (Split(split.key, split.title, name, split.join, split.from_on, split.to_on), -sign),
        ]
    distinct = bool(spells.distinct)
    return [_Spell(_spell_select(spells, rule, by, merge), signed, n, k, distinct) for by, signed in wanted]


def _spell_select(spells: Spells, rule: Spells, split: Split | None, merge: bool) -> str:
    starts_on, ends_on = spells.starts_on, spells.ends_on
    if split and split.from_on:
        starts_on = f"greatest({starts_on}, {split.from_on})"
    if split and split.to_on:
        ends_on = f"least({ends_on}, {split.to_on})"
    numerator = "true" if spells.numerator is None else f"({spells.numerator})"
    if spells is not rule or (rule.numerator is None and rule.numerator_spells is None):
        numerator = "true"
    columns = [
        f"{spells.distinct or spells.record} as record",
        f"{_group(split)} as grp",
        f"{starts_on} as starts_on",
        f"{ends_on} as ends_on",
        f"{numerator} as k",
        *(f"({counter.condition}) as {counter.key}" for counter in (rule.apart if spells is rule else ())),
        *([f"{rule.amount} as amount"] if rule.amount else []),
    ]
    select = (
        f"select {', '.join(columns)} from {_source(spells, split)}"
        f" where ({ends_on} is null or {starts_on} < {ends_on}){_and(spells.where)}"
    )
    return _merged(select) if merge and spells.distinct else select


def _merged(select: str) -> str:
    """Spells of the same record and group that overlap, each cut to the days that no earlier one covers."""
    return (
        "select record, grp, greatest(starts_on, covered_to) as starts_on, ends_on, k from ("
        "select *, max(coalesce(ends_on, date '9999-12-31')) over ("
        "partition by record, grp order by starts_on rows between unbounded preceding and 1 preceding) as covered_to"
        f" from ({select}) spells) ordered"
        " where covered_to is null or covered_to < coalesce(ends_on, date '9999-12-31')"
    )


def _stock_on_a_day(rule: Spells, spells: list[_Spell], counts: Sequence[str]) -> str:
    parts = " union all ".join(
        f"select grp, {_counts(spell, rule, counts, 'count(distinct record)' if spell.distinct else '', spell.sign)}"
        f" from ({spell.select}) s where {_STANDS} group by grp"
        for spell in spells
    )
    return f"select 0 as piece, grp, {_sums(counts)} from ({parts}) p group by grp"


def _stock_series(rule: Spells, spells: list[_Spell], counts: Sequence[str]) -> str:
    """By piece first: what is then added up is pieces times groups, however many records there are."""
    merged = ""
    for number, spell in enumerate(spells):
        if spell.distinct:
            # Read twice below, and dear: worked out once.
            merged += f"merged{number} as ({spell.select}), "
            spells[number] = replace(spell, select=f"select * from merged{number}")
    by_piece = " union all ".join(
        f"select {_piece(f'greatest({day} - cast(:origin as date), 0)')} as piece, grp,"
        f" {_counts(spell, rule, counts, '', spell.sign * sign)}"
        f" from ({spell.select}) s where {day} <= :last group by 1, 2"
        for spell in spells
        for day, sign in (("starts_on", 1), ("ends_on", -1))
    )
    running = ", ".join(
        f"sum(coalesce({count}, 0)) over (partition by g.grp order by g.piece) as {count}" for count in counts
    )
    return (
        f"with {merged}stepped as (select piece, grp, {_sums(counts)} from ({by_piece}) b group by 1, 2),"
        f" grid as (select p.piece, x.grp from (select unnest(cast(:pieces as int[])) as piece) p"
        f" cross join (select distinct grp from stepped) x)"
        f" select g.piece, g.grp, {running} from grid g"
        f" left join stepped s on s.piece = g.piece and s.grp is not distinct from g.grp"
    )


def _counts(spell: _Spell, rule: Spells, counts: Sequence[str], everything: str, sign: int) -> str:
    everything = everything or ("cast(sum(amount) as bigint)" if rule.amount else "count(*)")
    minus = "-" if sign < 0 else ""
    wanted = {"n": everything if spell.n else "0", "k": "0"}
    if spell.k:
        plain = rule.numerator is None or not spell.n
        wanted["k"] = everything if plain else f"{everything} filter (where k)"
    for counter in rule.apart:
        number = "count(*)" if rule.amount else everything
        wanted[counter.key] = f"{number} filter (where {counter.key})" if spell.n else "0"
    return ", ".join(f"{minus}{wanted[count]} as {count}" for count in counts)


# Flows


def _leaves_out(rule: Events) -> list[tuple[Counter, str]]:
    found: list[tuple[Counter, str]] = []
    before: list[str] = []
    for counter in rule.leaves_out:
        found.append((counter, _all_of(*before, f"({counter.condition})")))
        before.append(f"({counter.condition}) is not true")
    return found


def _kept(rule: Events) -> str:
    return _all_of(*(f"({counter.condition}) is not true" for counter in rule.leaves_out))


def _counted(rule: Events) -> str:
    return _all_of(_kept(rule), f"({rule.not_yet_known}) is not true" if rule.not_yet_known else "")


def _in_period(rule: Events) -> str:
    return f"{rule.on} >= :first and {rule.on} <= :last{_and(rule.where)}"


def _flow(rule: Events, split: Split | None, counts: dict[str, str], single: bool) -> str:
    aggregates = ", ".join(
        ("0" if condition == "" and key != "n" else f"count(*){_only(condition)}") + f" as {key}"
        for key, condition in counts.items()
    )
    return (
        f"select {_piece_of_event(rule, single)} as piece, {_group(split)} as grp, {aggregates}"
        f" from {_source(rule, split)} where {_in_period(rule)} group by 1, 2"
    )


def _distribution(rule: Events, split: Split | None, counts: dict[str, str], single: bool) -> str:
    aggregates = ", ".join(f"count(*){_only(condition)} as {key}" for key, condition in counts.items())
    quartiles = ", ".join(
        f"percentile_cont({fraction}) within group (order by {rule.value}){_only(_counted(rule))} as {name}"
        for fraction, name in ((0.25, "lower"), (0.5, "median"), (0.75, "upper"))
    )
    return (
        f"select {_piece_of_event(rule, single)} as piece, {_group(split)} as grp, {aggregates}, {quartiles}"
        f" from {_source(rule, split)} where {_in_period(rule)} group by 1, 2"
    )


def _only(condition: str) -> str:
    return f" filter (where {condition})" if condition else ""


def _piece_of_event(rule: Events, single: bool) -> str:
    return "cast(0 as int)" if single else _piece(f"{rule.on} - cast(:origin as date)")


def _piece(days: str) -> str:
    """The piece that lies this many days after the origin, looked up: pieces by their bounds would be a join."""
    return f"(cast(:piece_of as int[]))[{days} + 1]"


def _numbered(lengths: Iterable[int], first: int) -> list[int]:
    return [number for number, length in enumerate(lengths, first) for _ in range(length)]


# Pieces of text


def _rule(measure: Measure, kind: type) -> Any:
    if not isinstance(measure.rule, kind):
        raise TypeError(f"{measure.key} is not made of {kind.__name__.lower()}")
    return measure.rule


def _source(rule: Spells | Events, split: Split | None) -> str:
    return f"{rule.source} {split.join}" if split and split.join else rule.source


def _group(split: Split | None) -> str:
    if split is None:
        return "cast(null as varchar)"
    return f"coalesce(nullif({split.value}, ''), '{NOT_RECORDED}')"


def _sums(counts: Sequence[str]) -> str:
    return ", ".join(f"sum({count}) as {count}" for count in counts)


def _all_of(*conditions: str) -> str:
    return " and ".join(condition for condition in conditions if condition)


def _and(condition: str) -> str:
    return f" and ({condition})" if condition else ""


def _year_over(observed_until: date) -> date:
    """The last day whose following year is over within the records."""
    day = same_day_next_year(observed_until, -1)
    while same_day_next_year(day) > observed_until:
        day -= timedelta(1)
    return day


def _statement(text: str, known: Known | None, parameters: dict[str, Any], columns: tuple[str, ...]) -> Statement:
    text = _RELATION.sub(lambda match: table(RELATIONS[match[1]], known), text)
    if known is not None:
        parameters = {**parameters, "known_n": known.n, "known_late": list(known.late)}
    used = set(_PARAMETER.findall(text))
    return Statement(text, {name: value for name, value in parameters.items() if name in used}, columns)
