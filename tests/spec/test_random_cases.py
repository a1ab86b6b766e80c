"""Random facts and questions: PostgreSQL, DuckDB and the naive reading say the same."""

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plumbline.kernel.periods import Period
from plumbline.measures.ask import answer, records
from plumbline.measures.catalogue import CATALOGUE
from plumbline.measures.facts import RELATIONS
from plumbline.measures.model import NATIVE, Asked, Known
from plumbline.measures.series import pieces
from tests.spec import naive
from tests.spec.conftest import complete

FIRST, LAST = date(2015, 1, 1), date(2018, 4, 30)
DAYS = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
# Where the awkward cases live: leap days, ends of months and years, and the same day a year apart.
AWKWARD = [date(2015, 2, 28), date(2015, 3, 1), date(2016, 2, 28), date(2016, 2, 29), date(2016, 3, 1)]
AWKWARD += [date(2017, 2, 28), date(2017, 3, 1), date(2015, 12, 31), date(2016, 1, 1), date(2016, 3, 31)]
CHILDREN = [f"child{number}" for number in range(6)]
CODES = ["", "needs_met", "needs_reduced", "stepped_up", "not_engaged", "error", "other"]
GRADES = ["outstanding", "good", "requires_improvement", "inadequate", "", None]
STATUSES = ["adverse", "watch", "clear", "not_judged", "closed", "unregistered", "unmatched", None]
HORIZON = date(2017, 12, 31)
OBSERVED = {source: HORIZON for measure in CATALOGUE.values() for source in measure.sources or (NATIVE,)}
LATEST = 5


class Facts:
    """Versions of all relations out of one seed: dense, so that most questions have something to count.

    A late change is the last of its record, as the person who changes a record next waits for it to be committed.
    """

    def __init__(self, seed, size):
        self.seed = seed
        self.random = random.Random(seed)
        self.size = size
        self.known = self.random.choice([None, Known(LATEST), Known(3, (2,)), Known(4, (1, 3)), Known(5, (5,))])
        choose = self.random.choice
        self.tables = {
            "tac": self.versions("tac", "tac_id", self.tac),
            "organisation": self.versions(
                "organisation",
                "organisation_id",
                lambda: {"name": choose(["North", "South"]), "sector": choose(["school", "health", "", None])},
            ),
            "child": self.versions(
                "child", "child_id", lambda: {"dob": self.born(), "sex": choose(["F", "M", "", None])}
            ),
            "referral": self.versions(
                "referral",
                "referral_id",
                lambda: {"child_id": choose(CHILDREN), **self.span("referred_on", "closed_on")},
            ),
            "tac_audit": self.versions(
                "tac_audit",
                "audit_id",
                lambda: {"tac_id": choose(["tac0", "tac1", "gone"]), "audited_on": self.day(), "grade": choose(GRADES)},
            ),
            "placement": self.versions("placement", "placement_id", self.placement),
            "placement_exception": self.versions(
                "placement_exception", "exception_id", lambda: {"ground": choose(["court_named", "other"])}
            ),
            "placement_flag": self.versions(
                "placement_flag",
                "flag_id",
                lambda: {
                    "placement_id": choose(["placement0", "placement1", "gone", None]),
                    "raised_on": self.day(),
                    "kind": choose(["setting_adverse", "setting_adverse", "setting_watch"]),
                },
            ),
            "telling": self.versions(
                "telling",
                "telling_id",
                lambda: {
                    "flag_id": choose(["placement_flag0", "placement_flag1"]),
                    "told_on": choose([self.day(), self.day(), None]),
                    "why": choose(["allocated worker", "team manager"]),
                    "told_hour": self.random.randrange(24),
                },
            ),
            "setting_check": [
                complete(RELATIONS["setting_check"], {"setting_id": f"setting{number}", "checked_on": self.day()})
                for number in range(3)
                for _ in range(self.random.randrange(4))
            ],
            "setting_status": list(self.statuses()),
            **self.bought(),
        }

    def __repr__(self):
        return f"Facts(seed={self.seed}, size={self.size})"

    def bought(self):
        """Contracts with their ratings and reasons, and what is done under them and before them."""
        choose = self.random.choice

        def versions(name, record, **row):
            return self.versions(name, record, lambda: {key: make() for key, make in row.items()})

        def one_of(*values):
            return lambda: choose(values)

        day = one_of(*DAYS, *AWKWARD * 20, *[None] * 100)
        return {
            "contract": self.versions(
                "contract",
                "contract_id",
                lambda: {
                    **self.span(),
                    "kind": choose(["block", "spot"]),
                    "service": choose(["Homes", "", None]),
                    "pounds": self.random.randrange(1, 10**9),
                    "has_value": choose([True, False]),
                    "visit_required": choose([True, False]),
                },
            ),
            "contract_colour": list(self.coloured()),
            "contract_reason": list(self.reasons()),
            "evaluation": versions(
                "evaluation",
                "evaluation_id",
                contract_id=one_of("contract0", "contract1"),
                held_on=day,
                service_area_present=one_of(True, False),
            ),
            "visit": versions(
                "visit",
                "visit_id",
                setting_id=one_of("setting0", "setting1", None),
                visited_on=day,
                whose=one_of("own", "other"),
            ),
            "incident": versions(
                "incident",
                "incident_id",
                contract_id=one_of("contract0", "gone"),
                type=one_of("missing", "death", None),
                occurred_on=day,
            ),
            "notification": versions(
                "notification",
                "notification_id",
                recipient=one_of("ofsted", "lado"),
                duty=one_of("provider", "council"),
                due_on=one_of(*[HORIZON] * 300, *DAYS, None),
                needed=one_of(True, False),
                in_time=one_of(True, False),
                sent=one_of(True, False),
            ),
            "tender": versions(
                "tender",
                "tender_id",
                published_on=day,
                body=one_of("children", "school"),
                kind=one_of("competition", "call_off"),
                has_stage1=one_of(True, False),
                scored_safeguarding=one_of(True, False),
            ),
            "bid": versions(
                "bid", "bid_id", tender_id=one_of("tender0"), received_on=day, failed_stage1=one_of(True, False)
            ),
            "stage1_fail": versions(
                "stage1_fail",
                "decision_id",
                bid_id=one_of("bid0", "bid1", "bid2"),
                decided_on=day,
                criterion=one_of("dbs", "policies"),
            ),
        }

    def coloured(self):
        """Of three contracts, one colour after another, sometimes with days between."""
        for number in range(3):
            cuts = sorted({self.day() for _ in range(self.random.randrange(6))})
            for first, following in pairwise([*cuts, None]):
                colour = self.random.choice(["red", "amber", "green", None])
                if colour:
                    row = {"contract_id": f"contract{number}", "colour": colour, "from_on": first, "to_on": following}
                    yield complete(RELATIONS["contract_colour"], row)

    def reasons(self):
        """Reasons of three contracts. Two of a kind may hold at once, about different things; a missing meeting is
        one matter and does not overlap itself."""
        for number in range(3):
            for code in ("no_self_assessment", "no_action_plan", "visit_overdue", "visit_overdue", "policy_missing"):
                row = {"contract_id": f"contract{number}", "code": code, **self.span("from_on", "to_on")}
                yield complete(RELATIONS["contract_reason"], row)
            cuts = sorted({self.day() for _ in range(4)})
            for first, following in list(pairwise([*cuts, None]))[::2]:
                row = {"contract_id": f"contract{number}", "code": "evaluation_overdue", "from_on": first,
                       "to_on": following}  # fmt: skip
                yield complete(RELATIONS["contract_reason"], row)

    def day(self):
        return self.random.choice(AWKWARD if self.random.random() < 0.4 else DAYS)

    def born(self):
        leap = date(self.random.choice([2000, 2004, 2012]), 2, 29)
        return self.random.choice([None, leap, self.day(), self.day().replace(year=2006, day=1)])

    def span(self, first="started_on", end="ended_on"):
        one = self.day()
        days = self.random.choice([0, 1, 27, 28, 29, 365, 366, 367, self.random.randrange(900)])
        return {first: one, end: self.random.choice([None, one + timedelta(days), one + timedelta(days)])}

    def tac(self):
        choose = self.random.choice
        return {
            **self.span(),
            "child_id": choose(CHILDREN),
            "closure_code": choose(CODES),
            "has_lead": choose([True, False]),
            "lead_organisation_id": choose(["organisation0", "organisation1", "elsewhere", None]),
            "step_down_recorded": self.random.random() < 0.2,
        }

    def placement(self):
        choose = self.random.choice
        setting = choose(["setting0", "setting1", "setting2", "setting9", None])
        return {
            **self.span(),
            "child_id": choose(CHILDREN),
            "setting_id": setting,
            "began_adverse": choose([True, False]),
            "exception_id": choose(["placement_exception0", "gone", None]),
        }

    def versions(self, name, key, row):
        late = self.known.late if self.known else ()
        found = []
        for number in range(self.size):
            changes = sorted(self.random.sample(range(1, LATEST + 1), self.random.choice([1, 1, 2, 3])))
            first_late = next((i for i, change in enumerate(changes) if change in late), len(changes))
            changes = changes[: first_late + 1]
            for from_tx, to_tx in pairwise([*changes, self.random.choice([None, None, LATEST + 1])]):
                found.append(
                    complete(RELATIONS[name], {key: f"{name}{number}", "from_tx": from_tx, "to_tx": to_tx, **row()})
                )
        return found

    def statuses(self):
        """Of three settings, one after another, sometimes with days between."""
        for number in range(3):
            cuts = sorted({self.day() for _ in range(self.random.randrange(6))})
            for first, following in pairwise([*cuts, None]):
                status = self.random.choice(STATUSES)
                if status:
                    row = {"setting_id": f"setting{number}", "status": status, "from_on": first, "to_on": following}
                    yield complete(RELATIONS["setting_status"], row)

    def question(self, measure):
        split_by = self.random.choice([None, *measure.split_keys])
        every = self.random.choice([None, None, "month", "quarter", "year"])
        first, last = sorted(min(self.day(), HORIZON) for _ in range(2))
        if measure.is_stock and not every:
            return Asked(measure, as_at=first, split_by=split_by)
        return Asked(measure, period=Period(first, last), every=every, split_by=split_by)

    def read(self):
        if self.known:
            return naive.as_known(self.tables, self.known.n, self.known.late)
        return naive.as_now(self.tables)


facts_of_any_kind = st.builds(Facts, seed=st.integers(0, 2**32), size=st.integers(1, 25))
random_cases = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def expected(tables, asked):
    """Rows by (piece, group): the naive reading of the question, rows of nothing left out."""
    measure, found = asked.measure, {}
    if measure.is_stock:
        dates = [asked.as_at] if asked.as_at else [piece.last for piece in pieces(asked.period, asked.every)]
        for number, day in enumerate(dates):
            for group, (k, n) in naive.stock_counts(measure.key, tables, day, asked.split_by).items():
                found[number, group] = (k, n, 0) if measure.is_share else (n, None, 0)
        return found
    for number, piece in enumerate(pieces(asked.period, asked.every)):
        if measure.kind == "distribution":
            quartiles = naive.durations(measure.key, tables, piece.first, piece.last, asked.split_by)
            found |= {(number, group): three for group, three in quartiles.items()}
        else:
            counts = naive.flow_counts(measure.key, tables, piece.first, piece.last, HORIZON, asked.split_by)
            for group, (k, n, not_yet_known) in counts.items():
                found[number, group] = (k, n, not_yet_known) if measure.is_share else (n, None, not_yet_known)
    return found


def got(rows, asked):
    whole = asked.period or Period(asked.as_at, asked.as_at)
    cut = pieces(whole, asked.every)
    numbers = {piece.last: number for number, piece in enumerate(cut)}
    found = {}
    for row in rows:
        group = row.group.get(asked.split_by) if asked.split_by else None
        key = numbers[row.at or row.last], group
        if asked.measure.kind == "distribution":
            if row.denominator:
                found[key] = (float(row.quartiles[0]), float(row.value), float(row.quartiles[1]))
        elif row.numerator or row.denominator or row.not_yet_known:
            found[key] = (row.numerator, row.denominator, row.not_yet_known)
    return found


@random_cases
@given(case=facts_of_any_kind)
def test_engines_and_the_naive_reading_agree(engines, case):
    read = case.read()
    questions = [case.question(measure) for measure in CATALOGUE.values()]
    for facts in engines:
        facts.load(case.tables)
        for asked in questions:
            found = answer(asked, engine=facts.engine, observed_until=OBSERVED, known=case.known)

            rows = found.rows if asked.split_by or asked.every else (found.total,)
            assert got(rows, asked) == expected(read, asked), (facts.name, asked)


@random_cases
@given(case=facts_of_any_kind)
def test_the_figure_of_a_split_or_series_is_that_of_the_whole_question(engines, case):
    # One engine is enough: that they agree is said above.
    facts = engines[-1]
    facts.load(case.tables)
    for asked in map(case.question, CATALOGUE.values()):
        alone = whole_of(asked)

        found = answer(asked, engine=facts.engine, observed_until=OBSERVED, known=case.known)

        plain = answer(alone, engine=facts.engine, observed_until=OBSERVED, known=case.known)
        assert (found.total, found.exclusions, found.apart) == (plain.total, plain.exclusions, plain.apart)


@random_cases
@given(case=facts_of_any_kind)
def test_the_records_behind_a_figure_are_as_many_as_it_says(engines, case):
    # A sum is as large as its records are worth, not as many as they are.
    counted = [measure for measure in CATALOGUE.values() if not (measure.is_stock and measure.rule.amount)]
    questions = [replace(whole_of(asked), split_by=asked.split_by) for asked in map(case.question, counted)]
    for facts in engines:
        facts.load(case.tables)
        for asked in questions:
            found = answer(asked, engine=facts.engine, observed_until=OBSERVED, known=case.known)

            behind = records(asked, engine=facts.engine, observed_until=OBSERVED, known=case.known)
            for row in found.rows or (found.total,):
                group = row.group.get(asked.split_by) if asked.split_by else None
                inside = [each for each in behind if each.group == group]
                wanted = row.numerator if row.denominator is None else row.denominator
                assert len(inside) == wanted, (facts.name, asked)
                if asked.measure.is_share:
                    assert sum(each.in_numerator for each in inside) == row.numerator, (facts.name, asked)


def whole_of(asked):
    """The same question without split or series."""
    if asked.measure.is_stock:
        last = asked.as_at or asked.period.last
        return Asked(asked.measure, as_at=last)
    return Asked(asked.measure, period=asked.period)
