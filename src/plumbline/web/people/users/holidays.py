"""Bank holidays: what the clocks of working days leave out, entered and taken out by an administrator."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.kernel import wording
from plumbline.people import queries
from plumbline.people.access import Permission
from plumbline.people.models import BankHoliday
from plumbline.placements.bank_holidays import change_bank_holiday
from plumbline.web.kit import forms, tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask
from plumbline.web.kit.request import Request, acting

YEAR = timedelta(365)


class ChangeHoliday(forms.PageForm):
    refused_at: ClassVar = {"missing_words": "name", "": "on"}

    what = forms.ChoiceField(
        label="What is to be changed?",
        widget=forms.Radios,
        missing="Choose what is to be changed",
        choices=(("enter", "Enter a bank holiday"), ("take_out", "Take a day out of the list")),
    )
    on = forms.DayField(label="Which day?", hint="For example, 8 5 2023")
    name = forms.LineField(
        label="What is it called?", required=False, max_length=80, hint="Leave this empty if you take a day out"
    )
    because = forms.TextField(
        label="Where was it announced, or why is it wrong?",
        rows=2,
        max_length=1000,
        missing="Say where it was announced, or why it is wrong",
    )


class Holidays(tables.Table):
    title = "Bank holidays"
    one, many = "day", "days"
    columns = (
        tables.Column("day", "Day", sort="day"),
        tables.Column("name", "Name", sort="name"),
        tables.Column("counts", "State", lambda row: "Bank holiday" if row.counts else "Taken out",
                      kind=lambda row: "active" if row.counts else "grey", sort="counts"),
        tables.Column("because", "Why", absent="in the published list"),
        tables.Column("changed_by", "Entered by", absent=""),
    )  # fmt: skip
    order = "day"


@requires(Permission.LISTS_MANAGE)
def bank_holidays(request: Request) -> HttpResponseBase:
    def change(what: str, on: date, **given: Any) -> int:
        return change_bank_holiday(day=on, counts=what == "enter", **given, act=acting(request))

    def said(moved: int) -> str:
        clocks = wording.how_many(moved, "running clock has moved", "running clocks have moved")
        return f"The list of bank holidays is changed. {clocks.capitalize()}."

    def page(form: ChangeHoliday) -> HttpResponseBase:
        last = queries.holidays_end()
        coming = _with_changes(BankHoliday.objects.filter(day__gte=request.day.replace(month=1, day=1)))
        table = Holidays(request, coming)
        context = {
            "form": form,
            "last": last,
            "ends_soon": last is None or last - request.day < YEAR,
            "table": table,
        }
        return table.download or render(
            request, "people/users/bank_holidays.html", context, status=422 if form.errors else 200
        )

    form = ChangeHoliday(request.POST or None)
    return ask(request, form, page, do=change, done=said, to=reverse("bank_holidays"))


def _with_changes(rows: QuerySet[BankHoliday]) -> QuerySet[BankHoliday]:
    return rows.select_related("changed_by")
