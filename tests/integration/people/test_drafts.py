"""Drafts: kept as typed, an older one never over a newer one, each writer's own."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.kernel.errors import RuleBroken
from plumbline.people import drafts
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2016, 7, 31, 14, 32, tzinfo=UTC)


def keep(user, words, *, seq, page="one", at=AT):
    return drafts.keep(
        user=user, form="trial", subject="1", base=0, payload={"words": words}, page=page, seq=seq, at=at
    )


def kept(user):
    return drafts.find(user=user, form="trial", subject="1").payload["words"]


def test_what_was_typed_last_is_kept() -> None:
    user = UserFactory()
    keep(user, "Once", seq=1)
    keep(user, "Once upon a time", seq=2)
    assert kept(user) == "Once upon a time"


def test_an_older_one_that_arrives_late_does_not_overwrite_a_newer_one() -> None:
    user = UserFactory()
    keep(user, "Once upon a time", seq=2)
    assert (keep(user, "Once", seq=1), kept(user)) == (False, "Once upon a time")


@settings(max_examples=30, deadline=None)
@given(
    sent=st.lists(st.tuples(st.sampled_from(["one", "two"]), st.integers(1, 10**12)), min_size=1, max_size=8),
)
def test_whatever_two_pages_count_what_each_typed_last_is_never_overwritten_by_what_it_typed_before(sent) -> None:
    """A page's count may be as far from another's as the clocks of two machines: between them the order of arrival
    counts, and within one its own."""
    user = UserFactory()
    expected = ("", 0)
    for page, seq in sent:
        keep(user, f"{page} {seq}", page=page, seq=seq)
        if page != expected[0] or seq > expected[1]:
            expected = (page, seq)
    assert kept(user) == "{} {}".format(*expected)


def test_each_writer_has_a_draft_of_their_own() -> None:
    one, two = UserFactory(), UserFactory()
    keep(one, "Mine", seq=1)
    keep(two, "Yours", seq=1)
    assert (kept(one), kept(two)) == ("Mine", "Yours")


def test_it_says_when_it_was_kept() -> None:
    user = UserFactory()
    keep(user, "Once", seq=1, at=AT + timedelta(minutes=1))
    assert drafts.find(user=user, form="trial", subject="1").saved_at == AT + timedelta(minutes=1)


def test_a_dropped_draft_is_gone() -> None:
    user = UserFactory()
    keep(user, "Once", seq=1)
    drafts.drop(user=user, form="trial", subject="1")
    assert drafts.find(user=user, form="trial", subject="1") is None


def test_a_character_that_no_database_holds_does_not_stop_the_rest() -> None:
    user = UserFactory()
    keep(user, "a\x00b", seq=1)
    assert kept(user) == "ab"


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(RuleBroken):
        keep(UserFactory(), "x" * 500_001, seq=1)


def test_what_is_sent_with_the_button_comes_after_all_that_was_typed() -> None:
    user = UserFactory()
    keep(user, "Once", seq=2)
    assert (keep(user, "Once upon a time", seq=None), kept(user)) == (True, "Once upon a time")


def test_what_is_typed_after_the_button_is_kept_whatever_our_own_clock_says() -> None:
    user = UserFactory()
    keep(user, "Once", seq=2)
    keep(user, "Once upon", seq=None)
    assert (keep(user, "Once upon a time", seq=3), kept(user)) == (True, "Once upon a time")


def test_the_drafts_of_one_subject_are_found_by_form() -> None:
    user = UserFactory()
    keep(user, "Mine", seq=1)
    keep(UserFactory(), "Yours", seq=1)
    assert {form: draft.payload for form, draft in drafts.about(user=user, subject="1").items()} == {
        "trial": {"words": "Mine"}
    }
