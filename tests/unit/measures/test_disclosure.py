"""Disclosure control: what is shown never tells a small count. A linear programme plays the curious reader."""

from datetime import date

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.periods import Period
from plumbline.measures.catalogue import CATALOGUE, get
from plumbline.measures.disclosure import (
    NOTHING_SHOWN,
    PROFILES,
    WITHHELD,
    get_profile,
    kin,
    protect_answer,
    protect_row,
    protect_table,
)
from plumbline.measures.model import Answer, Asked, Counted, Row, percent

DFE = PROFILES["dfe-cin"]
STRICT = [PROFILES["dfe-cin"], PROFILES["threshold10"], PROFILES["round5"]]
YEAR = Period(date(2015, 4, 1), date(2016, 3, 31))


def behind(profile, shown):
    """The least and the most count that a reader takes for what is `shown`: of those that read so, none that is small
    is ever shown. Counted out one by one, so that the rule which withholds is not what it is measured by."""
    read_so = [n for n in range(shown + profile.base + 1) if not profile.small(n) and profile.rounded(n) == shown]
    return read_so[0], read_so[-1]


class Reader:
    """Knows what is shown, that withheld cells are not zero, and which cells add up to which."""

    def __init__(self, profile):
        self.profile = profile
        self.bounds = []
        self.sums = []

    def sees(self, shown, count):
        """Add a cell; `count` is used only for the range that a rounded figure stands for."""
        if shown is WITHHELD:
            self.bounds.append((1, None))
        elif shown == "withheld altogether":
            # In a table of nothing but withheld cells the mark says nothing, not even that there is something.
            self.bounds.append((0, None))
        elif shown == "never printed":
            self.bounds.append((0, None))
        else:
            self.bounds.append(behind(self.profile, self.profile.rounded(count)))
        return len(self.bounds) - 1

    def knows_sum(self, parts, whole):
        self.sums.append((list(parts), whole))

    def range_of(self, number):
        equalities = np.zeros((len(self.sums), len(self.bounds)))
        for line, (parts, whole) in enumerate(self.sums):
            equalities[line, parts] = 1
            equalities[line, whole] -= 1
        ends = []
        for sign in (1, -1):
            goal = np.zeros(len(self.bounds))
            goal[number] = sign
            found = linprog(goal, A_eq=equalities, b_eq=np.zeros(len(self.sums)), bounds=self.bounds)
            assert found.status in (0, 3), found.message
            ends.append(sign * found.fun if found.status == 0 else sign * -np.inf)
        return ends


def check(reader, number, shown, count, *, is_total=False):
    low, high = reader.range_of(number)
    if shown is WITHHELD:
        assert high - low > 0.5, f"{count} is told exactly"
    if reader.profile.small(count):
        assert high >= reader.profile.threshold - 1e-6, f"{count} is told to be at most {high}"
        # A total is at least the number of its withheld parts, whatever else is withheld.
        assert is_total or low <= 1 + 1e-6, f"{count} is told to be at least {low}"


counts = st.one_of(st.integers(0, 8), st.integers(0, 60))


@settings(max_examples=80, deadline=None)
@given(row=st.lists(counts, min_size=1, max_size=7), profile=st.sampled_from(STRICT))
@example(row=[1, 1], profile=DFE)
@example(row=[3, 3, 40], profile=DFE)
@example(row=[1, 1, 4, 0], profile=DFE)
@example(row=[5, 1], profile=PROFILES["round5"])
def test_no_withheld_count_of_a_row_can_be_told_from_its_total(row, profile):
    shown, total = protect_row(row, profile)

    reader = Reader(profile)
    cells = [reader.sees(cell, count) for cell, count in zip(shown, row, strict=True)]
    whole = reader.sees(total, sum(row))
    reader.knows_sum(cells, whole)
    for number, cell, count in zip(cells, shown, row, strict=True):
        check(reader, number, cell, count)
    check(reader, whole, total, sum(row), is_total=True)


tables = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda size: st.lists(st.lists(counts, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0])
)


@settings(max_examples=80, deadline=None)
@given(rows=tables, profile=st.sampled_from(STRICT))
@example(rows=[[3, 0], [0, 7]], profile=DFE)
@example(rows=[[3, 10, 20], [10, 3, 20], [20, 20, 20]], profile=DFE)
def test_no_withheld_cell_of_a_table_can_be_told_from_its_totals(rows, profile):
    table = protect_table(rows, profile)

    reader = Reader(profile)
    numbers = [
        [reader.sees(cell, count) for cell, count in zip(line, row, strict=True)]
        for line, row in zip(table.cells, rows, strict=True)
    ]
    row_sums = [sum(row) for row in rows]
    column_sums = [sum(column) for column in zip(*rows, strict=True)]
    row_totals = [reader.sees(cell, count) for cell, count in zip(table.row_totals, row_sums, strict=True)]
    column_totals = [reader.sees(cell, count) for cell, count in zip(table.column_totals, column_sums, strict=True)]
    total = reader.sees(table.total, sum(row_sums))
    for line, whole in zip(numbers, row_totals, strict=True):
        reader.knows_sum(line, whole)
    for column, whole in zip(zip(*numbers, strict=True), column_totals, strict=True):
        reader.knows_sum(column, whole)
    reader.knows_sum(row_totals, total)
    reader.knows_sum(column_totals, total)
    for line, cells, row in zip(numbers, table.cells, rows, strict=True):
        for number, cell, count in zip(line, cells, row, strict=True):
            check(reader, number, cell, count)
    for number, cell, count in [
        *zip(row_totals, table.row_totals, row_sums, strict=True),
        *zip(column_totals, table.column_totals, column_sums, strict=True),
        (total, table.total, sum(row_sums)),
    ]:
        check(reader, number, cell, count, is_total=True)


@settings(max_examples=50, deadline=None)
@given(rows=tables)
def test_zeros_and_only_non_zero_cells_are_withheld(rows):
    table = protect_table(rows, DFE)

    for cells, row in zip(table.cells, rows, strict=True):
        assert all(cell == 0 for cell, count in zip(cells, row, strict=True) if count == 0)


@settings(max_examples=50, deadline=None)
@given(rows=tables)
def test_every_small_cell_is_withheld_and_every_other_is_true(rows):
    table = protect_table(rows, DFE)

    for cells, row in zip(table.cells, rows, strict=True):
        for cell, count in zip(cells, row, strict=True):
            assert cell is WITHHELD or (cell == count and not 1 <= count <= 5)


def test_withholds_the_smallest_other_cell_and_shows_the_total():
    assert protect_row([3, 40, 12, 90], DFE) == ((WITHHELD, 40, WITHHELD, 90), 145)


def test_two_small_counts_with_room_between_them_need_no_third():
    assert protect_row([3, 4, 40], DFE) == ((WITHHELD, WITHHELD, 40), 47)


def test_two_ones_need_a_third_because_their_sum_tells_them():
    assert protect_row([1, 1, 40], DFE) == ((WITHHELD, WITHHELD, WITHHELD), 42)


def test_a_small_total_is_withheld_with_its_only_part():
    assert protect_row([4, 0, 0], DFE) == ((WITHHELD, 0, 0), WITHHELD)


def test_a_row_without_small_counts_is_shown_whole():
    assert protect_row([6, 0, 40], DFE) == ((6, 0, 40), 46)


def test_internal_withholds_nothing():
    assert protect_row([1, 2], PROFILES["internal"]) == ((1, 2), 3)


@pytest.mark.parametrize(("count", "rounded"), [(7, 5), (8, 10), (12, 10), (13, 15), (0, 0)])
def test_round5_rounds_to_the_nearest_five(count, rounded):
    assert protect_row([count, 500], PROFILES["round5"])[0][0] == rounded


def test_rounds_half_up():
    assert PROFILES["round5"].rounded(3) == 5
    assert [percent(1, 16), percent(1, 2000)] == [percent(63, 1000), percent(1, 1000)]


@pytest.mark.parametrize("profile", STRICT)
def test_a_rounded_count_is_taken_to_tell_what_a_reader_makes_of_it(profile):
    """Five that are shown are five to seven, and not three to seven: three and four are withheld."""
    shown = [count for count in range(120) if not profile.small(count)]
    differ = {
        count: (profile.range_of(count), behind(profile, profile.rounded(count)))
        for count in shown
        if profile.range_of(count) != behind(profile, profile.rounded(count))
    }
    assert differ == {}


def test_an_unknown_profile_is_refused_with_those_there_are():
    with pytest.raises(RuleBroken, match="dfe-cin, round5, threshold10, internal") as refused:
        get_profile("none")

    assert refused.value.code == "unknown_profile"


# Answers


def share(numerator, denominator, **more):
    return Row(value=percent(numerator, denominator), numerator=numerator, denominator=denominator, **more)


def count_of(number, **more):
    return Row(value=number, numerator=number, **more)


def answer_of(key, total, *rows, split_by=None, every=None, **more):
    measure = get(key)
    at = {"as_at": date(2016, 3, 31)} if measure.is_stock and not every else {"period": YEAR}
    asked = Asked(measure, split_by=split_by, every=every, **at)
    return Answer(asked, total, rows, known_at=None, observed_until=YEAR.last, **more)


pairs = st.tuples(counts, counts).map(lambda pair: (pair[0], pair[0] + pair[1]))


@settings(max_examples=80, deadline=None)
@given(shares=st.lists(pairs, min_size=1, max_size=6), profile=st.sampled_from(STRICT))
@example(shares=[(97, 100)], profile=DFE)
@example(shares=[(3, 3), (40, 45)], profile=DFE)
def test_no_numerator_or_complement_of_a_split_share_can_be_told(shares, profile):
    numerator, denominator = (sum(column) for column in zip(*shares, strict=True))
    rows = [share(*pair, group={"lead_sector": str(i)}) for i, pair in enumerate(shares)]
    answer = answer_of("tac_closed_needs_met_or_reduced", share(numerator, denominator), *rows, split_by="lead_sector")

    found = protect_answer(answer, profile)

    reader = Reader(profile)
    altogether = all(set(row.kept_back) >= {"numerator", "denominator"} for row in found.rows)

    def see(row, truth):
        mark = "withheld altogether" if altogether and row is not found.total else WITHHELD
        return tuple(
            reader.sees(mark if name in row.kept_back else count, count)
            for name, count in zip(("numerator", "denominator"), truth, strict=True)
        )

    cells = []
    for row, truth in zip((found.total, *found.rows), ((numerator, denominator), *shares), strict=True):
        inside, whole = see(row, truth)
        rest = reader.sees("never printed", truth[1] - truth[0])
        reader.knows_sum((inside, rest), whole)
        cells.append((inside, whole, rest))
    for column in range(3):
        reader.knows_sum([each[column] for each in cells[1:]], cells[0][column])
    for position, (numbers, row, truth) in enumerate(
        zip(cells, (found.total, *found.rows), ((numerator, denominator), *shares), strict=True)
    ):
        for name, number, count in zip(("numerator", "denominator"), numbers[:2], truth, strict=True):
            shown = WITHHELD if name in row.kept_back else count
            check(reader, number, shown, count, is_total=position == 0 or name == "denominator")
        check(reader, numbers[2], None, truth[1] - truth[0], is_total=position == 0)


def test_a_small_complement_withholds_the_share():
    found = protect_answer(answer_of("tac_school_led", share(97, 100)), DFE).total

    assert (found.value, found.withheld) == (None, True)


def test_a_share_with_room_on_both_sides_is_shown():
    found = protect_answer(answer_of("tac_school_led", share(60, 100)), DFE).total

    assert (float(found.value), found.numerator, found.denominator, found.withheld) == (60.0, 60, 100, False)


def test_a_share_of_all_is_shown():
    assert not protect_answer(answer_of("tac_school_led", share(100, 100)), DFE).total.withheld


def test_a_withheld_count_is_not_zero_and_not_missing():
    found = protect_answer(answer_of("tac_open", count_of(4)), DFE)

    assert found.as_json() | {"value": None, "numerator": None, "withheld": True} == found.as_json()


def test_a_true_zero_is_shown():
    assert protect_answer(answer_of("tac_open", count_of(0)), DFE).total.value == 0


def test_the_months_of_a_flow_keep_the_small_month_from_their_total():
    months = [count_of(n, first=date(2015, m, 1), last=date(2015, m, 28)) for m, n in ((4, 3), (5, 20), (6, 9))]

    found = protect_answer(answer_of("tac_opened", count_of(32), *months, every="month"), DFE)

    assert [row.value for row in found.rows] == [None, 20, None]


def test_each_date_of_a_stock_stands_for_itself():
    dates = [count_of(n, at=date(2015, m, 28)) for m, n in ((4, 3), (5, 20), (6, 9))]

    found = protect_answer(answer_of("tac_open", dates[-1], *dates, every="month"), DFE)

    assert ([row.value for row in found.rows], found.total.value) == ([None, 20, 9], 9)


def test_each_date_of_a_split_stock_is_a_table_of_its_own():
    rows = [
        count_of(n, at=date(2015, m, 28), group={"sex": sex})
        for m, sex, n in ((4, "F", 3), (4, "M", 30), (5, "F", 8), (5, "M", 31))
    ]

    found = protect_answer(answer_of("tac_open", count_of(39), *rows, split_by="sex", every="month"), DFE)

    assert [row.value for row in found.rows] == [None, None, 8, 31]


def test_quartiles_of_few_are_withheld():
    few = Row(value=100, quartiles=(90, 110), denominator=4)

    found = protect_answer(answer_of("tac_duration", few), DFE).total

    assert (found.value, found.quartiles, found.denominator, found.withheld) == (None, None, None, True)


def test_counts_said_beside_a_figure_are_withheld_too():
    counted = (Counted("closed_in_error", "Closed as entered in error, left out", 2),)

    found = protect_answer(answer_of("tac_closed", count_of(100), exclusions=counted), DFE)

    assert "Closed as entered in error, left out: withheld." in found.sentences()


def test_a_part_is_withheld_where_the_rest_would_be_small():
    counted = (Counted("inferred", "Inferred from a social-care episode that closed", 98),)

    assert protect_answer(answer_of("tac_stepped_down", count_of(100), apart=counted), DFE).inferred is None


def test_figures_about_work_pass_as_they_are():
    answer = answer_of("tac_audit_inadequate", share(2, 50))

    assert protect_answer(answer, DFE).total == answer.total


def test_a_rounded_share_is_that_of_the_rounded_figures():
    found = protect_answer(answer_of("tac_school_led", share(12, 23)), PROFILES["round5"]).total

    assert (found.numerator, found.denominator, float(found.value)) == (10, 25, 40.0)


# A measure that is a part of another's split

_PARTS = [measure for measure in CATALOGUE.values() if measure.part_of and measure.part_of.groups]
_STATUSES = ("adverse", "watch", "clear", "unmatched", "not recorded")
_SEXES = ("F", "M", "not recorded")


def placements(table):
    """Every question about placements open on a day, answered without protection: by key and split."""
    found = {}

    def put(key, cells, split_by=None, whole=None):
        rows = [count_of(n, group={split_by: group}) for group, n in cells.items() if n] if split_by else []
        n = sum(cells.values()) if whole is None else whole
        found[key, split_by] = answer_of(key, count_of(n), *rows, split_by=split_by)

    by_sex = {sex: sum(table[status][i] for status in _STATUSES) for i, sex in enumerate(_SEXES)}
    put("placements_open", by_sex)
    put("placements_open", by_sex, "sex")
    put("placements_open", {status: sum(table[status]) for status in _STATUSES}, "status")
    for measure in _PARTS:
        if measure.part_of.base != "placements_open" or measure.is_share:
            continue
        cells = dict(zip(_SEXES, table.get(measure.part_of.groups[0], (0, 0, 0)), strict=True))
        put(measure.key, cells)
        put(measure.key, cells, "sex")
    return found


def protected(found, key, split_by, profile=DFE):
    asked = found[key, split_by]
    beside = [found[each.measure.key, each.split_by] for each in kin(asked.asked)]
    return protect_answer(asked, profile, beside)


_tables = st.fixed_dictionaries({status: st.tuples(*[counts] * 3) for status in _STATUSES})


@settings(max_examples=60, deadline=None)
@given(table=_tables, profile=st.sampled_from(STRICT))
@example(
    table={
        "adverse": (6, 5, 0),
        "watch": (40, 30, 0),
        "clear": (90, 90, 0),
        "unmatched": (3, 0, 0),
        "not recorded": (0, 0, 0),
    },
    profile=DFE,
)
@example(
    # Nothing of “not matched, by sex” can be shown: that none of them is M would tell the one of “not recorded”.
    table={
        "adverse": (0, 0, 0),
        "watch": (0, 0, 0),
        "clear": (0, 0, 0),
        "unmatched": (0, 0, 6),
        "not recorded": (0, 6, 1),
    },
    profile=DFE,
)
@example(
    table={
        "adverse": (0, 0, 0),
        "watch": (0, 0, 0),
        "clear": (0, 0, 0),
        "unmatched": (2, 6, 0),
        "not recorded": (0, 0, 6),
    },
    profile=DFE,
)
def test_no_count_comes_back_from_another_question_about_the_same_records(table, profile):
    """Everything about one day is asked: the whole, its splits, each status and each status by sex."""
    found = placements(table)
    said = {question: protected(found, *question, profile) for question in found}
    reader = Reader(profile)
    cells = {}

    def sees(name, shown, count):
        cells[name] = (reader.sees(shown, count), shown, count)
        return cells[name][0]

    def of(key, split_by, group, count):
        answer = said[key, split_by]
        if split_by is None:
            return WITHHELD if answer.total.withheld else count
        row = next((row for row in answer.rows if row.group[split_by] == group), None)
        if row is None:
            return count
        return ("withheld altogether" if answer.shows_nothing else WITHHELD) if row.withheld else count

    def tightest(first, second):
        """What is shown in one place is known in the other."""
        return next((each for each in (first, second) if each not in (WITHHELD, "withheld altogether")), first)

    total = sum(sum(row) for row in table.values())
    whole = sees("all", of("placements_open", None, "", total), total)
    margins, columns = [], []
    for status in _STATUSES:
        n = sum(table[status])
        shown = of("placements_open", "status", status, n)
        if status != "not recorded":
            shown = tightest(shown, of(f"placements_{status}", None, "", n))
        margins.append(sees(status, shown, n))
    for i, sex in enumerate(_SEXES):
        n = sum(row[i] for row in table.values())
        columns.append(sees(sex, of("placements_open", "sex", sex, n), n))
    inner = {}
    for status in _STATUSES:
        for i, sex in enumerate(_SEXES):
            n = table[status][i]
            shown = "never printed" if status == "not recorded" else of(f"placements_{status}", "sex", sex, n)
            inner[status, sex] = sees((status, sex), shown, n)
    reader.knows_sum(margins, whole)
    reader.knows_sum(columns, whole)
    for status, margin in zip(_STATUSES, margins, strict=True):
        reader.knows_sum([inner[status, sex] for sex in _SEXES], margin)
    for sex, column in zip(_SEXES, columns, strict=True):
        reader.knows_sum([inner[status, sex] for status in _STATUSES], column)
    for name, (number, shown, count) in cells.items():
        if shown == "withheld altogether" or name[0] == "not recorded":
            shown = None
        check(reader, number, shown, count, is_total=not isinstance(name, tuple))


def test_the_eleven_at_adverse_settings_are_not_told_by_their_own_figure_when_the_split_withholds_them():
    found = placements(
        {
            "adverse": (6, 5, 0),
            "watch": (0, 3, 0),
            "clear": (90, 90, 0),
            "unmatched": (0, 0, 0),
            "not recorded": (0, 0, 0),
        }
    )
    split = {row.group["status"]: row.withheld for row in protected(found, "placements_open", "status").rows}
    own = {status: protected(found, f"placements_{status}", None).total.withheld for status in split}
    assert (split, own) == (split, split)


def test_what_is_not_matched_is_given_up_before_what_is_adverse():
    found = placements(
        {
            "adverse": (6, 5, 0),
            "watch": (0, 3, 0),
            "clear": (90, 90, 0),
            "unmatched": (20, 20, 0),
            "not recorded": (0, 0, 0),
        }
    )
    rows = {row.group["status"]: row.value for row in protected(found, "placements_open", "status").rows}
    assert rows == {"adverse": 11, "watch": None, "clear": 180, "unmatched": None}


def test_a_share_is_withheld_with_the_group_that_its_numerator_counts():
    split = answer_of(
        "placements_open",
        count_of(54),
        count_of(11, group={"status": "adverse"}),
        count_of(3, group={"status": "watch"}),
        count_of(40, group={"status": "adverse_not"}),
        split_by="status",
    )
    asked = answer_of("placements_adverse_share", share(11, 54))
    alone, together = protect_answer(asked, DFE), protect_answer(asked, DFE, [split])
    hidden = next(row for row in protect_answer(split, DFE).rows if row.group["status"] == "adverse").withheld
    assert (alone.total.withheld, together.total.withheld) == (False, hidden)


def test_every_month_of_a_part_is_withheld_as_in_the_whole_split():
    def month(m, n, code=None):
        return count_of(
            n, first=date(2015, m, 1), last=date(2015, m, 28), **({"group": {"outcome": code}} if code else {})
        )

    own = answer_of("tac_stepped_up", count_of(47), month(4, 9), month(5, 18), month(6, 20), every="month")
    whole = answer_of(
        "tac_closed",
        count_of(200),
        month(4, 9, "stepped_up"),
        month(5, 18, "stepped_up"),
        month(6, 20, "stepped_up"),
        month(4, 3, "not_engaged"),
        month(5, 50, "not_engaged"),
        month(6, 100, "not_engaged"),
        split_by="outcome",
        every="month",
    )
    assert [row.value for row in protect_answer(own, DFE, [whole]).rows] == [None, None, 20]


def test_a_table_of_nothing_but_withheld_says_so_in_a_sentence():
    rows = [count_of(2, group={"sex": "F"}), count_of(3, group={"sex": "M"})]
    found = protect_answer(answer_of("tac_open", count_of(5), *rows, split_by="sex"), DFE)
    assert (found.shows_nothing, found.sentences()) == (True, (NOTHING_SHOWN,))


def test_every_measure_that_counts_some_of_anothers_records_says_so():
    """A numerator that is a condition on the source of a measure of its own, and a count of one more condition, are
    parts of it: found by their rules, so that a new one cannot be forgotten."""
    children = [each for each in CATALOGUE.values() if each.disclosure == "child" and not each.part_of]
    rules = {
        each.key: (each.is_stock, each.rule.source, getattr(each.rule, "on", "") or each.rule.starts_on)
        for each in children
    }
    missing = [
        (one.key, other.key)
        for one in children
        for other in children
        if one is not other and rules[one.key] == rules[other.key] and one.rule.record == other.rule.record
    ]
    assert missing == []
