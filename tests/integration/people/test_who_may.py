"""Who may, on which days: the day before a role begins, its first and last, the day after; and the person next door."""

from datetime import UTC, date, datetime, timedelta

import pytest

from plumbline.people.access import lasting_on, may_invite, reaches
from plumbline.people.act import Act
from plumbline.people.models import RoleHeld, Tie, User
from plumbline.people.operations import tie
from plumbline.placements.access import children_listed, placements_of_child
from plumbline.toolkits.access import may_answer, reads_all
from tests.factories.people import LONG_AGO, ChildFactory, OrganisationFactory, UserFactory, hold_role
from tests.factories.records import PlacementFactory, TacFactory
from tests.factories.toolkits import AT, a_person, asked

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2016, 7, 4), date(2016, 7, 8)
DAYS = [(FIRST - timedelta(1), False), (FIRST, True), (LAST, True), (LAST + timedelta(1), False)]


def holding(role: str, *, from_on: date = LONG_AGO, to_on: date | None = None) -> User:
    """Fresh from the database, which keeps what it read of roles with each object."""
    user = UserFactory()
    RoleHeld.objects.create(user=user, role=role, from_on=from_on, to_on=to_on)
    return user


@pytest.mark.parametrize(("day", "holds"), DAYS)
def test_a_role_is_held_on_its_first_day_and_its_last(day: date, holds: bool) -> None:
    user = holding("contract_officer", from_on=FIRST, to_on=LAST)
    assert RoleHeld.objects.filter(lasting_on(day), user=user).exists() is holds
    assert may_invite(user, on=day) is holds
    assert reads_all(user, on=day) is holds


@pytest.mark.parametrize(("day", "holds"), DAYS)
def test_a_tie_opens_a_record_on_its_first_day_and_its_last(day: date, holds: bool) -> None:
    user, child, other = holding("social_worker"), ChildFactory(), ChildFactory()
    tie(
        user=user,
        subject_type="child",
        subject_ids=[child.pk],
        why="allocated",
        from_on=FIRST,
        to_on=LAST,
        because="Asked.",
        act=Act(None, AT, LAST),
    )
    assert set(children_listed(user, on=day)) == ({child} if holds else set())
    assert other not in children_listed(user, on=day)


def test_who_is_switched_off_reaches_nobody_and_invites_nobody() -> None:
    user = holding("placement_officer")
    assert reaches(user, on=FIRST)
    user.is_active = False
    user.__dict__.pop("_roles_by_day", None)
    assert (reaches(user, on=FIRST), may_invite(user, on=FIRST)) == (frozenset(), False)


def test_a_list_of_children_says_of_each_only_what_its_reader_may_know() -> None:
    child = ChildFactory()
    TacFactory(child=child, started_on=LONG_AGO)
    PlacementFactory(child=child, started_on=LONG_AGO)
    officer, lead = holding("placement_officer"), holding("lead_professional")
    tie(
        user=lead,
        subject_type="child",
        subject_ids=[child.pk],
        why="leads",
        from_on=LONG_AGO,
        to_on=None,
        because="Asked.",
        act=Act(None, AT, LAST),
    )
    (by_officer,), (by_lead,) = children_listed(officer, on=LAST), children_listed(lead, on=LAST)
    assert (by_officer.is_placed, hasattr(by_officer, "has_open_tac")) == (True, False)
    assert (by_lead.has_open_tac, hasattr(by_lead, "is_placed")) == (True, False)


def test_placements_of_a_child_are_for_who_may_see_placements() -> None:
    child = ChildFactory()
    older = PlacementFactory(child=child, started_on=LONG_AGO, ended_on=FIRST)
    newer = PlacementFactory(child=child, started_on=FIRST)
    PlacementFactory()
    assert list(placements_of_child(holding("placement_officer"), child=child, on=LAST)) == [newer, older]
    assert list(placements_of_child(holding("lead_professional"), child=child, on=LAST)) == []


def test_a_return_is_answered_by_whom_it_is_asked_of_and_by_nobody_next_door() -> None:
    own, other = OrganisationFactory(), OrganisationFactory()
    found = asked(organisation=own)
    theirs, next_door = (a_person("provider_user", organisation=each) for each in (own, other))
    assert (may_answer(theirs, found, on=LAST), may_answer(next_door, found, on=LAST)) == (True, False)
    found.state = "signed_off"
    assert not may_answer(theirs, found, on=LAST)


def test_who_acted_for_an_organisation_until_yesterday_answers_nothing_of_it() -> None:
    own = OrganisationFactory()
    user = UserFactory()
    hold_role(user, "provider_user", LONG_AGO, organisation=own)
    RoleHeld.objects.filter(user=user).update(to_on=LAST)
    found = asked(organisation=own)
    assert may_answer(User.objects.get(pk=user.pk), found, on=LAST)
    assert not may_answer(User.objects.get(pk=user.pk), found, on=LAST + timedelta(1))


def test_a_tie_given_once_more_from_its_day_lasts_as_is_said_now() -> None:
    """One that was ended on that day is not passed over in silence."""
    user, child = UserFactory(), ChildFactory()
    about = {"subject_type": "child", "subject_ids": [child.pk], "why": "asked_in"}
    day = date(2016, 7, 31)
    for to_on in (day, date(2016, 8, 31)):
        tie(
            user=user,
            **about,
            because="An audit.",
            from_on=day,
            to_on=to_on,
            act=Act(None, datetime(2016, 7, 31, 9, 0, tzinfo=UTC), day),
        )
        assert list(Tie.objects.filter(user=user).values_list("to_on", "ended_at")) == [(to_on, None)]
