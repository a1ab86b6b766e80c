"""Whatever is done, in whatever order, and however many days pass: what is kept of duties is what is worked out from
nothing. `script/soak` runs it for long."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from plumbline.due import keeping
from plumbline.people.acting import beyond
from tests.integration.due import any_operation
from tests.integration.due.test_kept import TODAY, differences, matters, said_by_the_rooms, touch

OPERATIONS = any_operation.operations()
_DUTIFUL = ("actions", "commissioning", "contracts", "evidence", "flags", "people", "placements", "toolkits")
_NAMES = sorted(OPERATIONS)
_SHORT = {"max_examples": 3, "stateful_step_count": 7, "derandomize": True}
_ANY = {"deadline": None, "suppress_health_check": list(HealthCheck)}
# `script/soak` asks for more examples than Hypothesis does by itself.
_LONG = settings.default is not None and settings.default.max_examples > 100


class AnyOrder(RuleBasedStateMachine):
    """Operations of every room, rows changed past all of them, and days that pass."""

    def __init__(self) -> None:
        super().__init__()
        self.on = TODAY
        self.whole = transaction.atomic()
        self.whole.__enter__()
        self.beyond = beyond()
        self.beyond.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.beyond.__exit__(None, None, None)
        self.whole.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        keeping.catch_up(on=self.on, wait=True)

    @rule(seed=st.integers(0, 2**32), number=st.integers(1, 4))
    def someone_does_something(self, seed: int, number: int) -> None:
        pick = random.Random(seed)
        self.same(", ".join(one_of(_NAMES, pick, on=self.on) for _ in range(number)))

    @rule(days=st.sampled_from((1, 1, 3, 8, 31, 100)))
    def days_pass(self, days: int) -> None:
        self.on += timedelta(days)
        self.same(f"{days} days later")

    def same(self, after: str) -> None:
        wanted = said_by_the_rooms(self.on)
        keeping.catch_up(on=self.on, wait=True)
        assert differences(wanted) == [], after


def worked_out_again() -> list[str]:
    """What differs once every change was taken back."""
    wanted = said_by_the_rooms(TODAY)
    keeping.catch_up(on=TODAY, wait=True)
    return differences(wanted)


def one_of(names: Sequence[str], pick: random.Random, *, on: date) -> str:
    """Carries out one of these operations, whichever comes first that can be. Each is tried many times before none is
    said to be, so that it is no matter of chance."""
    for name in (name for _ in range(20) for name in pick.sample(names, len(names))):
        if any_operation.carry_out(OPERATIONS[name], pick.randrange, on=on):
            return name
    raise AssertionError(f"Of {len(names)} operations none could be carried out.")


@pytest.fixture
def worked_out(demo_database):
    keeping.from_nothing(on=TODAY)


def test_what_is_kept_is_what_is_worked_out_from_nothing_whatever_is_done(demo_database):
    keeping.from_nothing(on=TODAY)
    run_state_machine_as_test(AnyOrder, settings=settings(**(_ANY if _LONG else {**_ANY, **_SHORT})))
    assert worked_out_again() == []


@pytest.mark.parametrize("room", _DUTIFUL)
def test_what_is_kept_follows_what_is_done_in_each_room_that_has_duties(worked_out, room):
    """One operation of each, however the dice of the other test fall."""
    machine = AnyOrder()
    try:
        machine.begin()
        done = one_of([name for name in _NAMES if name.startswith(f"{room}.")], random.Random(room), on=TODAY)
        wanted = said_by_the_rooms(TODAY)
        keeping.catch_up(on=TODAY, wait=True)
        assert differences(wanted) == [], done
    finally:
        machine.teardown()


@given(seed=st.integers(0, 10**6))
@example(seed=1)
@example(seed=3479)
@settings(**(_ANY if _LONG else {**_ANY, "max_examples": 1, "derandomize": True}))
def test_rows_that_are_changed_past_every_operation_are_noticed_too(worked_out, seed):
    """No matter who writes, by whatever route: a correction by hand, an import, what is built later."""
    pick = random.Random(seed)
    on = TODAY
    with transaction.atomic(), beyond():
        for _ in range(6):
            try:
                with transaction.atomic():
                    for _ in range(pick.randint(1, 12)):
                        touch(pick)
                    wanted = said_by_the_rooms(on)
            except (ValueError, TypeError, AttributeError, KeyError):
                continue  # what the database lets through and no operation writes, no room need be able to read
            keeping.catch_up(on=on, wait=True)
            assert differences(wanted) == []
            if pick.random() < 0.25:
                on += timedelta(pick.choice((1, 8, 40)))
                keeping.catch_up(on=on, wait=True)
                assert differences(said_by_the_rooms(on)) == []
        worked_out_one_by_one = matters()
        keeping.from_nothing(on=on)
        assert worked_out_one_by_one == matters()
        transaction.set_rollback(True)


def test_operations_of_every_room_that_has_duties_are_among_them():
    missing = set(_DUTIFUL) - {name.partition(".")[0] for name in _NAMES}
    assert (missing, len(OPERATIONS) > 150) == (set(), True)
