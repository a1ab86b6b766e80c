"""Numbers of children that are no cells: what waits to be known, and what is counted beside a figure."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plumbline.kernel.periods import Period
from plumbline.measures.catalogue import CATALOGUE
from plumbline.measures.disclosure import WITHHELD, kin, protect_answer
from plumbline.measures.model import Counted, Row
from tests.unit.measures.test_disclosure import DFE, STRICT, Reader, answer_of, check, count_of, counts, share

CHILDREN = [measure for measure in CATALOGUE.values() if measure.disclosure == "child"]
APRIL, MAY = Period(date(2015, 4, 1), date(2015, 4, 30)), Period(date(2015, 5, 1), date(2015, 5, 31))


def figure(measure, waiting, **more):
    """A large figure of the measure's kind, of which `waiting` are not yet known."""
    if measure.is_share:
        return share(100, 200, not_yet_known=waiting, **more)
    if measure.kind == "distribution":
        return Row(value=30, quartiles=(20, 40), denominator=100, not_yet_known=waiting, **more)
    return count_of(100, not_yet_known=waiting, **more)


def shapes(measure, waiting):
    """The measure asked in each way that it can be: as one figure, by month, split, and both."""
    beside = [Counted("beside", "Counted beside it", waiting)]
    for every in (None, "month"):
        for split in (None, *measure.split_keys[:1]):
            pieces = [{}]
            if every:
                pieces = [
                    {"at": month.last} if measure.is_stock else {"first": month.first, "last": month.last}
                    for month in (APRIL, MAY)
                ]
            groups = [{"group": {split: name}} for name in ("a", "b")] if split else [{}]
            rows = [figure(measure, waiting, **piece, **group) for piece in pieces for group in groups]
            whole = figure(measure, waiting, **(pieces[-1] if measure.is_stock else {}))
            yield answer_of(
                measure.key,
                whole,
                *(rows if every or split else ()),
                split_by=split,
                every=every,
                exclusions=tuple(beside),
                apart=tuple(beside),
            )


def numbers_of(answer):
    """Every number of children that an answer holds, by where it stands."""
    for place, row in (("total", answer.total), *((f"row {i}", row) for i, row in enumerate(answer.rows))):
        for name in ("numerator", "denominator", "not_yet_known"):
            yield f"{place} {name}", getattr(row, name)
    for counted in (*answer.exclusions, *answer.apart):
        yield counted.sentence, counted.count


@pytest.mark.parametrize("profile", STRICT)
def test_no_small_number_beside_a_figure_is_shown(profile):
    """Of every measure of children, however it is asked: with the questions beside it, and alone."""
    shown = [
        (measure.key, answer.asked.split_by, answer.asked.every, where, number)
        for measure in CHILDREN
        for waiting in (1, profile.threshold)
        for answer in shapes(measure, waiting)
        for beside in ((), [replace(answer, asked=each) for each in kin(answer.asked)])
        for where, number in numbers_of(protect_answer(answer, profile, beside))
        if number is not None and profile.small(number)
    ]
    assert shown == []


@pytest.mark.parametrize("profile", STRICT)
def test_a_number_beside_a_figure_is_shown_once_it_is_not_small(profile):
    answer = answer_of("tac_school_led", share(50, 100, not_yet_known=profile.threshold + 1))
    assert protect_answer(answer, profile).total.not_yet_known == profile.rounded(profile.threshold + 1)


@settings(max_examples=40, deadline=None)
@given(waiting=st.lists(counts, min_size=1, max_size=5), profile=st.sampled_from(STRICT))
@example(waiting=[3, 40], profile=DFE)
def test_what_waits_to_be_known_is_not_told_by_what_waits_elsewhere(waiting, profile):
    rows = [share(50, 100, not_yet_known=n, group={"lead_sector": str(i)}) for i, n in enumerate(waiting)]
    whole = share(50 * len(rows), 100 * len(rows), not_yet_known=sum(waiting))
    answer = answer_of("tac_closed_needs_met_or_reduced", whole, *rows, split_by="lead_sector")

    found = protect_answer(answer, profile)

    reader = Reader(profile)
    shown = [WITHHELD if "not_yet_known" in row.kept_back else row.not_yet_known for row in (found.total, *found.rows)]
    truth = [sum(waiting), *waiting]
    total, *cells = [reader.sees(each, count) for each, count in zip(shown, truth, strict=True)]
    reader.knows_sum(cells, total)
    for i, (number, mark, count) in enumerate(zip((total, *cells), shown, truth, strict=True)):
        check(reader, number, mark, count, is_total=i == 0)
