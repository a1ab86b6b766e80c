"""A bank holiday is announced or was wrong: the clocks that run follow, and the end of the list is said."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from plumbline.audit.models import Event
from plumbline.flags.models import Flag, FlagFor, FlagStep
from plumbline.jobs import reference
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.ofsted.models import MonthlyCheck
from plumbline.people.act import Act
from plumbline.people.models import BankHoliday
from plumbline.people.queries import holidays_end, holidays_from
from plumbline.placements.bank_holidays import change_bank_holiday
from tests.duties import what
from tests.integration.placements.situations import AT, a_user

pytestmark = pytest.mark.django_db

# The bank holiday of the coronation was announced in November 2022; 8 May 2023 is a Monday.
ON, CORONATION = date(2023, 4, 28), date(2023, 5, 8)


def change(*, counts: bool, day: date = CORONATION, name: str = "Coronation", by=None) -> int:
    by = by or a_user("administrator")
    return change_bank_holiday(day=day, counts=counts, name=name, because="Announced", act=Act(by, AT, ON))


@pytest.fixture
def not_known() -> None:
    BankHoliday.objects.filter(day=CORONATION).delete()


def a_flag(kind: str, due_on: date, **steps: date) -> Flag:
    flag = Flag.objects.create(
        kind=kind,
        key=f"{kind}:setting:1:1",
        subject_type="setting",
        subject_id=1,
        reason="x",
        severity=2,
        raised_at=AT,
        raised_on=ON,
        due_on=due_on,
    )
    FlagFor.objects.create(flag=flag, recipient="role:management_team", why="x", from_on=ON, from_at=AT)
    for code, day in steps.items():
        FlagStep.objects.create(flag=flag, code=code, action="x", owner_role="worker", due_on=day)
    return flag


@pytest.mark.usefixtures("not_known")
def test_running_clocks_follow_a_day_that_is_announced_and_one_that_is_taken_out_again():
    # 28 April is a Friday; 1 May a bank holiday. Two, five and ten working days after it.
    steps = {"contact_provider": date(2023, 5, 3), "child_seen": date(2023, 5, 8), "decide": date(2023, 5, 15)}
    flag = a_flag("setting_adverse", date(2023, 5, 3), **steps)
    # Five working days after it, without steps; and a day that came from elsewhere.
    without, given = a_flag("setting_watch", date(2023, 5, 8)), a_flag("action_overdue", date(2023, 5, 10))
    check = MonthlyCheck.objects.create(month=date(2023, 5, 1), due_on=date(2023, 5, 8), opened_at=AT)

    assert change(counts=True) == 4
    assert dict(flag.steps.values_list("code", "due_on")) == {
        **steps,
        "child_seen": date(2023, 5, 9),
        "decide": date(2023, 5, 16),
    }
    for row in (flag, without, given, check):
        row.refresh_from_db()
    assert [row.due_on for row in (flag, without, given, check)] == [
        date(2023, 5, 3),
        date(2023, 5, 9),
        date(2023, 5, 10),
        date(2023, 5, 9),
    ]

    assert change(counts=False) == 4
    assert dict(flag.steps.values_list("code", "due_on")) == steps
    check.refresh_from_db()
    assert check.due_on == date(2023, 5, 8)
    assert Event.objects.filter(kind="people.bank_holiday.changed").count() == 2


@pytest.mark.usefixtures("not_known")
def test_what_was_changed_here_is_not_undone_by_the_list_that_comes_with_plumbline():
    change(counts=True)
    change(counts=False, day=date(2023, 12, 25))
    reference.load()

    assert CORONATION in holidays_from(ON)
    assert date(2023, 12, 25) not in holidays_from(ON)


@pytest.mark.parametrize(
    ("day", "counts", "code"),
    [
        (date(2023, 12, 25), True, "unchanged"),
        (date(2023, 6, 5), False, "unchanged"),
        (date(2023, 5, 6), True, "bad_date"),
    ],
)
def test_a_day_that_changes_nothing_is_refused(day, counts, code):
    with pytest.raises(RuleBroken) as refused, transaction.atomic():
        change(counts=counts, day=day)
    assert refused.value.code == code


def test_only_who_keeps_the_lists_changes_them():
    with pytest.raises(NotAllowed):
        change(counts=True, by=a_user("contract_officer"))


def test_the_end_of_the_list_is_said_a_year_before_to_the_administrator():
    last = holidays_end()
    admin = a_user("administrator")

    def said(on: date) -> list[str]:
        return [each for each in what(admin, on) if "bank holidays" in each]

    assert (said(last - timedelta(366)), said(last - timedelta(364))) == ([], ["Enter the bank holidays to come"])


def test_the_page_enters_a_day_and_says_a_refusal_at_its_field(client, not_known):
    client.force_login(a_user("administrator"))
    answer = {
        "what": "enter",
        "on_day": "8",
        "on_month": "5",
        "on_year": "2023",
        "name": "Coronation",
        "because": "Announced",
    }

    assert client.post("/bank-holidays/", answer).status_code == 302
    again = client.post("/bank-holidays/", answer)
    assert (again.status_code, "8 May 2023 is a bank holiday already." in again.content.decode()) == (422, True)
