"""My work: in which order, what is put off, what came back, and that nobody reads what is another's."""

from datetime import time, timedelta

import pytest
from django.db import connection

from plumbline.actions import operations as actions
from plumbline.audit.models import Event
from plumbline.due import keeping, operations, queries
from plumbline.due.models import Item, PutOff
from plumbline.due.reading import FEW
from plumbline.due.rules import Band, Clock, band
from plumbline.kernel.duties import Gravity
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.moments import end_of, taken_at
from plumbline.people.access import ROLES
from plumbline.people.act import Act
from plumbline.people.models import User
from tests.duties import duties_of, of_matters
from tests.integration.placements.situations import AT, TODAY, a_user

pytestmark = pytest.mark.django_db


def a_duty(what: str, due, gravity: int = Gravity.AGREED, *, whose: str, **more) -> Item:
    """A duty as it is kept, and its matter."""
    number = Item.objects.count() + 1
    by_day = due is not None and not hasattr(due, "hour")
    made = Item.objects.create(
        source="tests",
        key=number,
        kind="test.do",
        subject_type="thing",
        subject_id=number,
        about="",
        whose=whose,
        matter_type="thing",
        matter_id=more.pop("matter", number),
        what=what,
        deed="Do it",
        place="my_work",
        gravity=gravity,
        due_at=end_of(due) if by_day else due,
        by_day=by_day,
        **more,
    )
    with connection.cursor() as cursor:
        those = {"types": ["thing"], "ids": [made.matter_id]}
        cursor.execute(keeping._GONE, those)
        cursor.execute(keeping._THERE, those)
    return made


@pytest.fixture
def who() -> User:
    user = a_user("head_of_service")
    keeping.catch_up(on=TODAY, wait=True)
    return user


def shown(user: User, **asked) -> list[str]:
    return [seen.item.what for seen in of_matters(queries.work_of(user, on=TODAY, at=AT, **asked).matters)]


def test_what_has_no_day_stands_among_what_is_due_in_a_week(who):
    for n in range(12):
        a_duty(f"Due {n:02}", TODAY + timedelta(n), whose=f"u:{who.pk}")
    a_duty("An approval", None, whose=f"u:{who.pk}")
    assert shown(who).index("An approval") == 8


def test_a_child_in_danger_stands_before_what_has_been_late_for_longer_and_an_hour_is_an_hour(who):
    late, soon = (taken_at(TODAY, time(hour, 30)) for hour in (8, 11))
    for what, due, gravity in (
        ("A yearly visit", TODAY - timedelta(200), Gravity.AGREED),
        ("An overdue notice", TODAY - timedelta(2), Gravity.LAW),
        ("A child missing", late, Gravity.DANGER),
        ("A child hurt", soon, Gravity.DANGER),
        ("Today", TODAY, Gravity.AGREED),
        ("A child, in a week", TODAY + timedelta(8), Gravity.DANGER),
    ):
        a_duty(what, due, gravity, whose=f"u:{who.pk}")
    assert shown(who) == [
        "A child missing",
        "A child hurt",
        "An overdue notice",
        "A yearly visit",
        "Today",
        "A child, in a week",
    ]


def test_each_band_counts_what_its_list_shows_and_sql_says_the_same_as_the_rule(who):
    clock = Clock.of(on=TODAY, now=AT)
    expected = dict.fromkeys(Band, 0)
    for gravity in Gravity:
        for days in (-5, 0, 1, 7, 8, None):
            due = None if days is None else TODAY + timedelta(days)
            made = a_duty(f"{gravity} {days}", due, gravity, whose=f"u:{who.pk}")
            expected[band(gravity, made.due_at, clock)] += 1
    work = queries.work_of(who, on=TODAY, at=AT, most=100)
    assert work.counts == expected
    for each in (Band.NOW, Band.TODAY, Band.WEEK, Band.PLANNED):
        assert len(queries.work_of(who, on=TODAY, at=AT, band=each, most=100).matters) == expected[each]


def test_one_matter_holds_all_its_duties_the_most_pressing_first(who):
    a_duty("Later", TODAY + timedelta(20), whose=f"u:{who.pk}", matter=7)
    a_duty("First", TODAY - timedelta(1), whose="role:head_of_service", matter=7)
    work = queries.work_of(who, on=TODAY, at=AT)
    assert ([m.all for m in work.matters], shown(who), work.counts[Band.TODAY]) == ([2], ["First", "Later"], 1)


def test_the_rest_is_counted_and_comes_page_by_page(who):
    for n in range(30):
        a_duty(f"Due {n:02}", TODAY, whose=f"u:{who.pk}")
    assert (len(shown(who)), len(shown(who, band=Band.TODAY))) == (FEW, 25)
    assert len(shown(who, band=Band.TODAY, before=25)) == 5
    assert queries.work_of(who, on=TODAY, at=AT, before=25, band=Band.TODAY).counts[Band.TODAY] == 30


def test_a_list_that_fits_a_page_is_shown_whole(who):
    for n in range(25):
        a_duty(f"Due {n:02}", TODAY, whose=f"u:{who.pk}")
    assert len(shown(who)) == 25


def test_who_may_not_do_it_is_not_asked(who):
    a_duty("Approve it", None, whose="role:head_of_service", but=[who.pk])
    other = a_user("head_of_service")
    assert (shown(who), shown(other)) == ([], ["Approve it"])


# --- put off, and read -----------------------------------------------------------------------------------------------


def put_off(user: User, made: Item, **change) -> PutOff:
    given = {"until_on": TODAY + timedelta(10), "because": "The provider is away until then."}
    return operations.put_off(
        matter_type=made.matter_type, matter_id=made.matter_id, act=Act(user, AT, TODAY), **{**given, **change}
    )


def test_what_is_put_off_leaves_the_list_and_comes_back_on_its_day(who):
    made = a_duty("Plan the visit", TODAY, whose="role:head_of_service")
    put_off(who, made)
    work = queries.work_of(who, on=TODAY, at=AT)
    assert (work.total, work.counts[Band.PUT_OFF]) == (0, 1)
    assert shown(who, band=Band.PUT_OFF) == ["Plan the visit"]
    later = TODAY + timedelta(10)
    assert queries.work_of(who, on=later, at=AT).total == 1
    assert shown(a_user("head_of_service")) == ["Plan the visit"]
    event = Event.objects.get(kind="due.matter.put_off")
    assert (event.because, event.by_id) == ("The provider is away until then.", who.pk)


def test_a_child_in_danger_is_not_put_off(who):
    made = a_duty("A child missing", TODAY, Gravity.DANGER, whose=f"u:{who.pk}")
    with pytest.raises(RuleBroken, match="danger"):
        put_off(who, made)


def test_danger_that_comes_later_is_shown_though_the_matter_was_put_off(who):
    made = a_duty("Plan the visit", TODAY, whose=f"u:{who.pk}", matter=7)
    put_off(who, made)
    a_duty("A child missing", TODAY, Gravity.DANGER, whose=f"u:{who.pk}", matter=7)
    assert "A child missing" in shown(who)


def test_what_is_another_persons_is_not_put_off(who):
    made = a_duty("Not yours", TODAY, whose="u:0")
    with pytest.raises(NotAllowed):
        put_off(who, made)


def test_what_was_put_off_is_taken_up_again(who):
    made = a_duty("Plan the visit", TODAY, whose=f"u:{who.pk}")
    put_off(who, made)
    operations.take_up(matter_type="thing", matter_id=made.matter_id, act=Act(who, AT, TODAY))
    assert shown(who) == ["Plan the visit"]
    assert Event.objects.filter(kind="due.matter.taken_up").count() == 1


def test_what_came_back_is_there_until_it_is_read(who):
    made = a_duty("Approved", None, Gravity.HOUSEKEEPING, whose=f"u:{who.pk}")
    Item.objects.filter(pk=made.pk).update(kind="back.test", about="2016-07-30")
    assert [each.item.what for each in queries.work_of(who, on=TODAY, at=AT).back] == ["Approved"]
    operations.read(item_id=made.pk, act=Act(who, AT, TODAY))
    assert queries.work_of(who, on=TODAY, at=AT).back == []


# --- the page --------------------------------------------------------------------------------------------------------


def test_a_late_action_stands_once_before_its_owner_though_its_flag_is_put_to_them_too():
    owner = a_user("contract_officer")
    for number, whose in enumerate((owner, a_user("contract_officer"))):
        actions.raise_action(
            title=f"Action {number}",
            detail="",
            subject_type="contract",
            subject_id=7,
            subject_label="Home care",
            origin_type="visit",
            origin_id=3,
            owner=whose,
            owner_organisation=None,
            due_on=TODAY,
            critical=False,
            act=Act(owner, AT, TODAY),
        )
    late = TODAY + timedelta(1)
    actions.raise_flags(act=Act(None, AT, late))

    about = [seen.item for seen in duties_of(owner, late) if "Action" in seen.item.what + seen.item.why]
    assert {(item.deed, "Action 0" in item.why) for item in about} == {
        ("Open the action", False),
        ("See these actions", False),
    }


def _keys(user: User) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select people_keys_of(%s, %s)", [user.pk, TODAY])
        return cursor.fetchone()[0]


def test_the_words_of_whose_mean_who_has_the_permission_the_role_or_the_team():
    user = a_user("team_manager", team="West")
    assert set(_keys(user)) == {
        f"u:{user.pk}",
        "role:team_manager",
        "put:team_manager",
        "put:team_manager/West",
        *(f"may:{each}" for each in ROLES["team_manager"].permissions),
        *(f"u:{user.pk}/{each}" for each in ROLES["team_manager"].permissions),
    }
    assert "put:team_manager/*" in _keys(a_user("team_manager"))
    assert "put:management_team" in _keys(a_user("director"))
    assert _keys(User.objects.create(username="nobody", name="Nobody")) == []
