"""Who guesses waits; who is known does not wait for strangers; nobody waits for ever."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plumbline.people import guessing

NOW = datetime(2016, 7, 31, 12, 0, tzinfo=UTC)
HERE, KNOWN = "address:10.0.0.1", "browser:1"


@dataclass(frozen=True)
class Failed:
    username: str = "worker"
    source: str = HERE
    kind: str = "password"
    ago: int = 60

    @property
    def at(self) -> datetime:
        return NOW - timedelta(seconds=self.ago)


def waits(failures, *, username="worker", source=HERE, kind="password", at=NOW) -> float:
    until = guessing.wait_until(failures, kind=kind, username=username, source=source, at=at)
    return 0 if until is None else (until - at).total_seconds()


def test_the_fifth_failure_makes_this_name_wait_at_this_place() -> None:
    assert waits([Failed()] * 4) == 0
    assert waits([Failed()] * 5) == 14 * 60
    assert waits([Failed()] * 5, username="colleague") == 0
    assert waits([Failed()] * 5, source="address:10.0.0.2") == 0
    assert waits([Failed()] * 5, kind="code") == 0


def test_a_name_tried_from_everywhere_has_one_attempt_at_each_further_place_and_its_own_browser_all() -> None:
    everywhere = [Failed(source=f"address:10.0.1.{n}") for n in range(20)]
    new = "address:10.0.9.9"
    assert waits(everywhere, source=new) == 0
    assert waits([*everywhere, Failed(source=new)], source=new) > 0
    assert waits([*everywhere, Failed(source=KNOWN)], source=KNOWN) == 0


def test_one_address_over_many_names_waits_longer_with_each_and_at_most_a_minute() -> None:
    def over(names: int) -> float:
        return waits([Failed(username=f"n{n}", ago=0) for n in range(names)], username="next")

    assert [over(n) for n in (9, 10, 11, 13, 40)] == [0, 1, 2, 8, 60]


failures = st.lists(
    st.builds(
        Failed,
        username=st.sampled_from("ab"),
        source=st.sampled_from([HERE, KNOWN, "address:2"]),
        kind=st.sampled_from(["password", "code"]),
        ago=st.integers(0, 3600),
    ),
    max_size=60,
)


@given(failures)
def test_nobody_waits_longer_than_a_quarter_of_an_hour_and_strangers_never_hold_up_a_known_browser(tried) -> None:
    assert waits(tried, username="a") <= 15 * 60
    own = [each for each in tried if each.source == KNOWN]
    assert waits(tried, username="a", source=KNOWN) == waits(own, username="a", source=KNOWN)
