"""Disclosure control: what may be shown of small counts of children outside the case area.

A profile says which counts are withheld. Withholding them is not enough: totals, complements and other cells can tell
them. A table with its totals is a network (each cell flows from its row to its column, each total closes the circle),
so how far a withheld cell could move with everything shown unchanged is a flow in that network. Cells are withheld,
the cheapest first and totals last, until every small count could be anything from 1 to the threshold (or, for a
total, as little as its parts allow). Whole numbers and real ones give the same bounds in a network, so the bounds
are exact: the tests compare them with a linear programme.

A measure that counts a group, a complement or a numerator of another's split (`PartOf`) is never protected by itself:
`kin` says what is to be asked beside it, and its cells are withheld as they are in the whole split (docs/adr/0037).
What was published before, or is asked of another day, is not considered here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from plumbline.measures.catalogue import CATALOGUE
from plumbline.measures.model import NOT_RECORDED, Answer, Asked, Counted, Measure, Row, Split, percent
from plumbline.measures.network import DEFAULT, PROFILES, WITHHELD, Net, Profile, Shown, get_profile

__all__ = ["DEFAULT", "PROFILES", "WITHHELD", "Profile", "get_profile"]


@dataclass(frozen=True, slots=True)
class Table:
    """A protected table: `cells` by row and column, with the totals beside them."""

    cells: tuple[tuple[Shown, ...], ...]
    row_totals: tuple[Shown, ...]
    column_totals: tuple[Shown, ...]
    total: Shown


def protect_row(counts: Sequence[int], profile: Profile = DEFAULT) -> tuple[tuple[Shown, ...], Shown]:
    """Counts that add up to a total that is shown too: the counts and the total, as they may be shown."""
    net = Net(profile)
    cells = [net.add("all", "end", count) for count in counts]
    total = net.add("end", "all", sum(counts), is_total=True)
    net.protect()
    return tuple(net.shown(cell) for cell in cells), net.shown(total)


def protect_table(rows: Sequence[Sequence[int]], profile: Profile = DEFAULT) -> Table:
    """A two-way table with row, column and grand totals, as it may be shown."""
    net = Net(profile)
    columns = range(len(rows[0]) if rows else 0)
    cells = [[net.add(("row", i), ("column", j), row[j]) for j in columns] for i, row in enumerate(rows)]
    row_totals = [net.add("rows", ("row", i), sum(row), is_total=True) for i, row in enumerate(rows)]
    column_totals = [net.add(("column", j), "columns", sum(row[j] for row in rows), is_total=True) for j in columns]
    total = net.add("columns", "rows", sum(map(sum, rows)), is_total=True)
    net.protect()
    return Table(
        tuple(tuple(net.shown(cell) for cell in row) for row in cells),
        tuple(net.shown(cell) for cell in row_totals),
        tuple(net.shown(cell) for cell in column_totals),
        net.shown(total),
    )


# Answers

_WHOLE = "whole"
_Piece = date | str


def kin(asked: Asked) -> tuple[Asked, ...]:
    """The questions whose answers tell what this one would: to be asked beside it, of the same days and moment."""
    measure, part, by = asked.measure, asked.measure.part_of, asked.split_by
    if measure.disclosure != "child":
        return ()
    found = [replace(asked, measure=CATALOGUE[base], split_by=split) for _, base, split, _ in measure.counters_in]
    if part:
        base = CATALOGUE[part.base]
        found.append(replace(asked, measure=base, split_by=part.split or None))
        if by in base.split_keys:
            found.append(replace(asked, measure=base))
            if part.groups and by != part.split:
                found += [replace(asked, measure=each) for each in _blocks(base, by).values()]
    return tuple(each for number, each in enumerate(found) if each != asked and each not in found[:number])


def _blocks(base: Measure, by: str | None) -> dict[tuple[str, ...], Measure]:
    """The measures that count groups of a split of `base`, one for each set of groups, of those that can be split."""
    return {
        each.part_of.groups: each
        # Of a count and a share of the same groups the count, which comes first.
        for each in reversed(tuple(CATALOGUE.values()))
        if each.part_of and each.part_of.base == base.key and each.part_of.groups and by in each.split_keys
    }


def protect_answer(answer: Answer, profile: Profile = DEFAULT, beside: Sequence[Answer] = ()) -> Answer:
    """The answer as it may leave the case area. Figures about work, and the profile `internal`, pass as they are.

    `beside` are the unprotected answers to its `kin`; without them a figure is protected by itself alone.
    A share is a table of two columns, the numerator and the rest, with the denominator as their total; the rows of a
    split, or of a series of a flow, add up to the figure of the whole question. Each date of a stock's series is a
    table of its own. What the figure of the whole question shows, no split withholds: a split that would tell a small
    count all the same is withheld altogether.
    """
    if answer.measure.disclosure != "child" or not profile.threshold:
        return replace(answer, profile=profile.name)
    known = {(each.measure.key, each.asked.split_by): _Counts(each) for each in (*beside, answer)}
    if answer.measure.part_of and all((k.measure.key, k.split_by) in known for k in kin(answer.asked)):
        total, rows = _protect_part(answer, known, profile)
    elif answer.measure.is_stock and answer.asked.every:
        total, rows = _protect_dates(answer, profile)
    elif answer.asked.every and answer.asked.split_by and not answer.measure.is_share:
        total, rows = _protect_pieces(answer, known[answer.measure.key, answer.asked.split_by], profile)
    else:
        total, rows = _protect_rows(answer, answer.total, answer.rows, profile)
    found = replace(
        answer,
        total=total,
        rows=rows,
        exclusions=tuple(_protect_counted(each, profile) for each in answer.exclusions),
        apart=tuple(_protect_apart(each, answer.total, total, profile) for each in answer.apart),
        profile=profile.name,
    )
    found = _protect_counters(answer, found, known, profile)
    if found.shows_nothing:
        found = replace(found, notes=(*found.notes, NOTHING_SHOWN))
    return found


NOTHING_SHOWN = "Nothing of it can be shown: every count is small, or would tell one that is."


class _Counts:
    """The true counts of an answer, by piece of its series ("whole": all of a question that is no series, or of the
    flow over the whole period) and by group ("": not split): numerators, or the cases of a distribution."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.of: dict[_Piece, dict[str, int]] = {}
        by = answer.asked.split_by
        for row in answer.rows if by or answer.asked.every else (answer.total,):
            group = row.group.get(by, "") if by else ""
            pieces = [_piece(answer, row)]
            if answer.asked.every and not answer.measure.is_stock:
                pieces.append(_WHOLE)
            for piece in pieces:
                counts = self.of.setdefault(piece, {})
                counts[group] = counts.get(group, 0) + _cases(row)

    def at(self, piece: _Piece) -> dict[str, int]:
        return self.of.get(piece, {})


def _piece(answer: Answer, row: Row) -> _Piece:
    if not answer.asked.every:
        return _WHOLE
    return row.at or row.first or _WHOLE


_Known = Mapping[tuple[str, str | None], _Counts]
# Of one piece: the groups whose numerator is withheld, and those whose denominator is. None: all are, zeros too.
_Hidden = set[str] | None


def _vector(
    counts: Mapping[str, int],
    profile: Profile,
    split: Split | None = None,
    *,
    whole: int | None = None,
    hidden: Mapping[str, bool] | None = None,
    hide_whole: bool | None = None,
) -> _Hidden:
    """Which of the counts that add up to a whole are withheld: the whole is shown as it is elsewhere, unless small."""
    whole = sum(counts.values()) if whole is None else whole
    net = Net(profile)
    numbers = {
        group: net.add("all", "end", count, rank=_rank(split, group), withheld=bool(hidden and hidden.get(group)))
        for group, count in counts.items()
    }
    spare = sum(counts.values()) - whole
    if spare:
        # A child in two groups is counted in both; and what is in no group is the rest.
        tail, head = ("end", "all") if spare > 0 else ("all", "end")
        net.add(tail, head, abs(spare), hidden=True, guarded=spare < 0)
    small = profile.small(whole)
    net.add("end", "all", whole, is_total=True, fixed=True, withheld=small if hide_whole is None else hide_whole)
    net.protect(moving=[numbers[group] for group, hide in (hidden or {}).items() if hide and counts[group]])
    return None if net.impossible else {group for group, number in numbers.items() if net.cells[number].withheld}


def _rank(split: Split | None, group: str) -> int:
    order = split.given_up_first if split else (NOT_RECORDED,)
    return order.index(group) if group in order else len(order)


def _split_of(measure: Measure, key: str | None) -> Split | None:
    return next((split for split in measure.splits if split.key == key), None)


def _protect_part(answer: Answer, known: _Known, profile: Profile) -> tuple[Row, tuple[Row, ...]]:
    """A part of another measure's records, withheld as that measure's whole split withholds it."""
    own = known[answer.measure.key, answer.asked.split_by]
    pieces = {_piece(answer, row) for row in (*answer.rows, answer.total)}
    if answer.asked.every and not answer.measure.is_stock:
        pieces.add(_WHOLE)
    whole = {piece: _whole_of_part(answer, known, piece, profile) for piece in pieces}
    groups = {
        piece: _groups_of_part(answer, known, piece, whole[piece], profile)
        if answer.asked.split_by
        else ({""} if whole[piece] else set(), set())
        for piece in pieces
    }
    if _WHOLE in pieces and answer.asked.every:
        _hide_in_time(own, groups, profile)
    rows = []
    for row in answer.rows:
        numerators, denominators = groups[_piece(answer, row)]
        group = row.group.get(answer.asked.split_by or "", "")
        rows.append((row, numerators is None or group in numerators, denominators is None or group in denominators))
    last = _WHOLE if _WHOLE in pieces else _piece(answer, answer.total)
    total = (answer.total, whole[last], False)
    shown = [_as_withheld(answer, row, n, d, profile) for row, n, d in (total, *rows)]
    waiting = _not_yet_known(answer.total, answer.rows, profile)
    shown = [_waiting(row, count) for row, count in zip(shown, waiting, strict=True)]
    nothing = {piece for piece in pieces if groups[piece][0] is None}
    return shown[0], (
        *shown[1:],
        *_of_none(answer, known, [row for row in shown[1:] if _piece(answer, row) in nothing]),
    )


def _of_none(answer: Answer, known: _Known, withheld: Sequence[Row]) -> list[Row]:
    """The groups of the whole split of which the part has none, as `withheld` as the others of their piece: where
    nothing can be shown, what is none would tell what the others are."""
    part, by = answer.measure.part_of, answer.asked.split_by
    whole = known.get((part.base, by)) if part else None
    if not whole or not by:
        return []
    alike = {_piece(answer, row): row for row in withheld}
    listed = {(_piece(answer, row), row.group.get(by, "")) for row in withheld}
    return [
        replace(row, group={by: group})
        for piece, row in alike.items()
        for group in sorted(whole.at(piece))
        if (piece, group) not in listed
    ]


def _whole_of_part(answer: Answer, known: _Known, piece: _Piece, profile: Profile) -> bool:
    """Whether the part itself is withheld, asked of this piece and not split."""
    measure, part = answer.measure, answer.measure.part_of
    assert part is not None  # noqa: S101 - the caller has looked
    base = CATALOGUE[part.base]
    counts = known[base.key, part.split or None].at(piece)
    if part.groups:
        hidden = _vector(counts, profile, _split_of(base, part.split))
        return hidden is None or any(group in hidden for group in part.groups)
    if measure.kind == "distribution":
        return profile.small(sum(counts.values()))
    count = sum(known[measure.key, answer.asked.split_by].at(piece).values())
    hidden = _vector({"": count}, profile, whole=sum(counts.values()))
    return hidden is None or "" in hidden


def _groups_of_part(
    answer: Answer, known: _Known, piece: _Piece, hide_whole: bool, profile: Profile
) -> tuple[_Hidden, _Hidden]:
    """The part's split: by groups that are withheld, numerators and denominators."""
    measure, part, by = answer.measure, answer.measure.part_of, answer.asked.split_by
    assert part is not None  # noqa: S101 - the caller has looked
    base, own = CATALOGUE[part.base], known[measure.key, by].at(piece)
    if by not in base.split_keys:
        return _vector(own, profile, _split_of(measure, by), hide_whole=hide_whole), set()
    columns = known[base.key, by].at(piece)
    hidden = _vector(columns, profile, _split_of(base, by))
    if hidden is None:
        return None, None
    if measure.kind == "distribution":
        return hidden, hidden
    if by == part.split:
        # All of the group, or none.
        return hidden, hidden
    rows = {part.groups: own}
    if part.groups:
        rows = {groups: known[each.key, by].at(piece) for groups, each in _blocks(base, by).items()}
        margin = known[base.key, part.split].at(piece)
        order = _split_of(base, part.split)
        withheld = _vector(margin, profile, order)
        if withheld is None:
            return None, hidden
        hides = {groups: any(group in withheld for group in groups) for groups in rows}
        left = set(margin) - {group for groups in rows for group in groups}
        hides[()] = any(group in withheld for group in left)
        ranks = {groups: min((_rank(order, group) for group in groups), default=0) for groups in rows}
    else:
        hides, ranks = {(): hide_whole, ("rest",): hide_whole}, {(): 0}
    rest = () if part.groups else ("rest",)
    rows[rest] = {
        group: count - sum(row.get(group, 0) for groups, row in rows.items() if groups != rest)
        for group, count in columns.items()
    }
    net = Net(profile)
    numbers = {}
    for i, (groups, row) in enumerate(rows.items()):
        for j, group in enumerate(columns):
            printed = groups != rest
            numbers[groups, group] = net.add(
                ("row", i), ("column", j), max(0, row.get(group, 0)), hidden=not printed, rank=ranks.get(groups, 0)
            )
        net.add("rows", ("row", i), max(0, sum(row.values())), is_total=True, fixed=True, withheld=hides[groups])
    for j, (group, count) in enumerate(columns.items()):
        net.add(("column", j), "columns", count, is_total=True, fixed=True, withheld=group in hidden)
    whole = sum(columns.values())
    net.add("columns", "rows", whole, is_total=True, fixed=True)
    net.protect()
    if net.impossible:
        return None, hidden
    return {group for group in columns if net.cells[numbers[part.groups, group]].withheld}, hidden


def _hide_in_time(own: _Counts, groups: dict[_Piece, tuple[_Hidden, _Hidden]], profile: Profile) -> None:
    """The pieces of a flow add up to the whole period: one that is withheld alone takes another with it."""
    pieces = [piece for piece in groups if piece != _WHOLE]
    everything = groups[_WHOLE][0]
    for group, whole in own.at(_WHOLE).items():
        counts = {str(piece): own.at(piece).get(group, 0) for piece in pieces}
        hidden = {str(piece): (found := groups[piece][0]) is None or group in found for piece in pieces}
        more = _vector(
            counts, profile, whole=whole, hidden=hidden, hide_whole=everything is None or group in everything
        )
        for piece in pieces:
            numerators = groups[piece][0]
            if numerators is not None and (more is None or str(piece) in more):
                numerators.add(group)


def _protect_pieces(answer: Answer, own: _Counts, profile: Profile) -> tuple[Row, tuple[Row, ...]]:
    """A flow's split by pieces: each piece adds up to its own figure, each group to that of the whole period."""
    split = _split_of(answer.measure, answer.asked.split_by)
    groups = {piece: (_vector(own.at(piece), profile, split), set[str]()) for piece in own.of}
    hidden: dict[_Piece, tuple[_Hidden, _Hidden]] = {piece: (found, set()) for piece, (found, _) in groups.items()}
    _hide_in_time(own, hidden, profile)
    waiting = _not_yet_known(answer.total, answer.rows, profile)
    shown = [_as_withheld(answer, answer.total, profile.small(_cases(answer.total)), False, profile)]
    for row in answer.rows:
        found = hidden[_piece(answer, row)][0]
        group = row.group.get(answer.asked.split_by or "", "")
        shown.append(_as_withheld(answer, row, found is None or group in found, False, profile))
    shown = [_waiting(row, count) for row, count in zip(shown, waiting, strict=True)]
    return shown[0], tuple(shown[1:])


def _as_withheld(answer: Answer, row: Row, numerator: bool, denominator: bool, profile: Profile) -> Row:
    def said(count: int | None, hide: bool) -> Shown:
        return WITHHELD if hide or profile.small(count or 0) else profile.rounded(count or 0)

    if answer.measure.is_share:
        rest = (row.denominator or 0) - (row.numerator or 0)
        parts = [said(row.numerator, numerator or profile.small(rest)), said(row.denominator, denominator)]
    else:
        parts = [said(_cases(row), numerator)]
    return _shown(answer, row, parts, row.not_yet_known or 0, profile)


def _waiting(row: Row, count: Shown) -> Row:
    if count is WITHHELD:
        return replace(row, not_yet_known=None, kept_back=(*row.kept_back, "not_yet_known"))
    return replace(row, not_yet_known=count)


def _protect_counters(answer: Answer, found: Answer, known: _Known, profile: Profile) -> Answer:
    """What is counted beside a figure and is a group of another's split, or a part of one: withheld with it."""
    counted = {each.key: each.count or 0 for each in (*answer.exclusions, *answer.apart)}
    hide: set[str] = set()
    for key, base, split, group in answer.measure.counters_in:
        alike = [each for each, *cell in answer.measure.counters_in if cell == [base, split, group]]
        beside = known.get((base, split))
        hidden: _Hidden = set()
        if beside:
            last = _WHOLE if _WHOLE in beside.of else max(beside.of, key=str, default=_WHOLE)
            hidden = _vector(beside.at(last), profile, _split_of(CATALOGUE[base], split))
        if hidden is None or group in hidden or any(profile.small(counted.get(each, 0)) for each in alike):
            hide.add(key)

    def kept(each: Counted) -> Counted:
        return replace(each, count=None) if each.key in hide and each.count != 0 else each

    return replace(found, exclusions=tuple(map(kept, found.exclusions)), apart=tuple(map(kept, found.apart)))


def _protect_dates(answer: Answer, profile: Profile) -> tuple[Row, tuple[Row, ...]]:
    rows: list[Row] = []
    total = answer.total
    for day in sorted({row.at for row in answer.rows if row.at}):
        at_day = tuple(row for row in answer.rows if row.at == day)
        if answer.asked.split_by:
            whole = answer.total if day == answer.total.at else _summed(answer, at_day)
            protected, parts = _protect_rows(answer, whole, at_day, profile)
        else:
            protected, _ = _protect_rows(answer, at_day[0], (), profile)
            parts = (protected,)
        rows += parts
        if day == answer.total.at:
            total = replace(protected, group={})
    return total, tuple(rows)


def _summed(answer: Answer, rows: Sequence[Row]) -> Row:
    numerator = sum(row.numerator or 0 for row in rows)
    if not answer.measure.is_share:
        return Row(value=numerator, numerator=numerator)
    denominator = sum(row.denominator or 0 for row in rows)
    return Row(value=percent(numerator, denominator), numerator=numerator, denominator=denominator)


def _protect_rows(answer: Answer, total: Row, rows: Sequence[Row], profile: Profile) -> tuple[Row, tuple[Row, ...]]:
    """The total, and the rows that make it up beside it as it is shown."""
    alone = Net(profile)
    if answer.measure.is_share:
        [first] = _add_shares(alone, total, ())
        alone.protect()
        net = Net(profile)
        numbers = _add_shares(net, total, rows, hidden=[alone.cells[number].withheld for number in first])
    else:
        net = Net(profile)
        numbers = _add_counts(net, total, rows, _split_of(answer.measure, answer.asked.split_by))
    net.protect()
    not_yet_known = _not_yet_known(total, rows, profile)
    if net.impossible:
        for number in {number for cells in numbers[1:] for number in cells}:
            net.cells[number].withheld = True
    shown = [
        _shown(answer, row, [net.shown(number) for number in cells], waiting, profile)
        for row, cells, waiting in zip((total, *rows), numbers, not_yet_known, strict=True)
    ]
    return shown[0], tuple(shown[1:])


def _add_counts(net: Net, total: Row, rows: Sequence[Row], split: Split | None) -> list[list[int]]:
    """One number a row: the count, or of a distribution the number of cases."""
    counts = [_cases(row) for row in rows]
    ranks = [_rank(split, row.group.get(split.key, "")) if split else 0 for row in rows]
    cells = [[net.add("all", "end", count, rank=rank)] for count, rank in zip(counts, ranks, strict=True)]
    # A child in two groups is counted in both: then the parts are more than the whole, and tell less of it.
    spare = sum(counts) - _cases(total) if rows else -_cases(total)
    if spare > 0:
        net.add("end", "all", spare, hidden=True, guarded=False)
    elif spare < 0:
        net.add("all", "end", -spare, hidden=True, guarded=False)
    return [[net.add("end", "all", _cases(total), is_total=True, fixed=True)], *cells]


def _add_shares(net: Net, total: Row, rows: Sequence[Row], hidden: Sequence[bool] | None = None) -> list[list[int]]:
    """Two numbers a row: numerator and denominator; their difference is a hidden cell between them."""
    found: list[list[int]] = []
    for i, row in enumerate(rows or (total,)):
        numerator, denominator = row.numerator or 0, row.denominator or 0
        inside = net.add(("row", i), "numerator", numerator)
        net.add(("row", i), "rest", denominator - numerator, hidden=True)
        found.append([inside, net.add("rows", ("row", i), denominator, is_total=True)])
    numerator, denominator = total.numerator or 0, total.denominator or 0
    hide, hide_whole = hidden or (False, False)
    fixed = hidden is not None
    inside = net.add("numerator", "columns", numerator, is_total=True, fixed=fixed, withheld=hide)
    net.add("rest", "columns", denominator - numerator, hidden=True)
    whole = [inside, net.add("columns", "rows", denominator, is_total=True, fixed=fixed, withheld=hide_whole)]
    return [whole, *found] if rows else [whole]


def _cases(row: Row) -> int:
    return (row.denominator if row.numerator is None else row.numerator) or 0


def _not_yet_known(total: Row, rows: Sequence[Row], profile: Profile) -> list[Shown]:
    shown, whole = protect_row([row.not_yet_known or 0 for row in rows], profile)
    if rows:
        return [whole, *shown]
    count = total.not_yet_known or 0
    return [WITHHELD if profile.small(count) else profile.rounded(count)]


def _shown(answer: Answer, row: Row, parts: Sequence[Shown], waiting: Shown, profile: Profile) -> Row:
    names = ("numerator", "denominator") if answer.measure.is_share else ("count",)
    kept_back = [name for name, part in zip(names, parts, strict=True) if part is WITHHELD]
    values = [None if part is WITHHELD else part for part in parts]
    changed = replace(
        row,
        not_yet_known=None if waiting is WITHHELD else waiting,
        kept_back=tuple(kept_back) + (("not_yet_known",) if waiting is WITHHELD else ()),
        withheld=bool(kept_back),
    )
    if answer.measure.is_share:
        numerator, denominator = values
        value = None
        if numerator is not None and denominator is not None:
            # Of the figures shown: the share of the true ones would undo the rounding.
            value = row.value if profile.base == 1 else percent(min(numerator, denominator), denominator)
        return replace(changed, value=value, numerator=numerator, denominator=denominator)
    if answer.measure.kind == "distribution":
        if kept_back:
            return replace(changed, value=None, quartiles=None, denominator=None)
        return replace(changed, denominator=values[0])
    return replace(changed, value=values[0], numerator=values[0])


def _protect_counted(counted: Counted, profile: Profile) -> Counted:
    count = counted.count or 0
    return replace(counted, count=None if profile.small(count) else profile.rounded(count))


def _protect_apart(counted: Counted, total: Row, shown: Row, profile: Profile) -> Counted:
    """A part of the whole: withheld too where the rest of it would be small, or the whole is withheld."""
    whole = total.numerator if total.denominator is None else total.denominator
    rest = (whole or 0) - (counted.count or 0)
    if shown.withheld or profile.small(rest):
        return replace(counted, count=None) if counted.count else counted
    return _protect_counted(counted, profile)
