"""What is next at a record: the viewer's own first, then what they may know of others', and for whom."""

from datetime import timedelta

import pytest

from plumbline.due import queries
from plumbline.kernel.duties import Gravity, permitted, person
from plumbline.people.access import Permission
from tests.integration.due.test_my_work import a_duty
from tests.integration.placements.situations import AT, TODAY, a_user

pytestmark = pytest.mark.django_db

_READS = permitted(Permission.CONTRACTS_VIEW)


def next_for(user, **asked):
    found = queries.next_for(user, of=[("thing", 7)], on=TODAY, at=AT, **asked)
    return [(each.duty.item.what, each.whom, each.may) for each in found]


def test_the_viewers_own_stands_before_what_others_do_sooner():
    officer, other = a_user("contract_officer"), a_user("contract_officer")
    a_duty("Theirs", TODAY - timedelta(9), Gravity.LAW, whose=person(other.pk), matter=7, known_to=_READS)
    a_duty("Mine", TODAY + timedelta(9), whose=person(officer.pk), matter=7)
    assert next_for(officer) == [("Mine", "", True), ("Theirs", str(other), False)]


def test_what_is_not_to_be_known_is_shown_to_nobody_but_whose_it_is():
    officer, other = a_user("contract_officer"), a_user("contract_officer")
    a_duty("Theirs", TODAY, whose=person(other.pk), matter=7)
    a_duty("Of those who read", TODAY, whose=person(other.pk), matter=7, known_to=permitted("other.thing"))
    assert next_for(officer) == []


def test_whose_roles_permit_it_may_do_what_another_is_asked_but_not_who_is_left_out():
    officer, other = a_user("contract_officer"), a_user("contract_officer")
    needs = Permission.CONTRACTS_MANAGE
    a_duty("Publish it", None, whose=person(other.pk, needs), matter=7, known_to=_READS)
    a_duty("Look at it", None, whose=permitted(needs), matter=7, known_to=_READS, but=[officer.pk])
    assert next_for(officer) == [
        ("Publish it", str(other), True),
        ("Look at it", "contract officer", False),
    ]


def test_a_day_that_is_waited_for_is_nobodys_and_on_nobodys_list():
    officer = a_user("contract_officer")
    made = a_duty("Bids come in", TODAY + timedelta(3), whose=person(officer.pk), matter=7)
    type(made).objects.filter(pk=made.pk).update(kind="wait.thing")
    assert next_for(officer) == [("Bids come in", "", True)]
    assert queries.of_matter(officer, matter=("thing", 7), on=TODAY, at=AT) == []


def test_one_duty_that_several_keys_lead_to_is_there_once_and_only_of_the_kinds_asked_for():
    officer = a_user("contract_officer")
    made = a_duty("Decide", TODAY, whose=person(officer.pk), matter=7)
    made.pk, made.whose = None, "role:contract_officer"
    made.save()
    assert [what for what, *_ in next_for(officer)] == ["Decide"]
    assert next_for(officer, kinds="other.") == []
