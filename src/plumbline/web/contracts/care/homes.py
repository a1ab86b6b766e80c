"""The reports of children's homes: a board of months for each home, what came, what was read, what is missing."""

from datetime import date
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import Contract, HomeReport
from plumbline.contracts.operations import home_reports as operations
from plumbline.contracts.queries import visits as queries
from plumbline.contracts.rules import visits as rules
from plumbline.evidence.operations import keep_document
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed
from plumbline.kernel.periods import add_months
from plumbline.ofsted.models import Setting
from plumbline.people.access import Permission, may
from plumbline.placements.queries import settings_with_children
from plumbline.web.contracts.care import forms, frame
from plumbline.web.evidence import files
from plumbline.web.kit import setting_words as settings
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, ask
from plumbline.web.kit.request import Request, acting

P = Permission
_MONTHS = 6


def _months(on: date, number: int) -> list[date]:
    """The first days of the last so many months, the newest last."""
    first = on.replace(day=1)
    return [add_months(first, -back) for back in range(number, 0, -1)]


def _halves(on: date) -> list[date]:
    this = rules.half_year_of(on)
    return [add_months(this, -12), add_months(this, -6)]


def _cell(home: queries.Home, kind: str, period_from: date, on: date, *, inside: bool = True) -> dict[str, Any]:
    """`inside`: for someone of the council, who reads what a report gave cause for."""
    label = wording.month(period_from) if kind == rules.REG44 else f"Half-year from {wording.month(period_from)}"
    found = home.reports.get((kind, period_from))
    if found is not None:
        url = reverse("home_report", args=[found.pk])
        if found.read_at is None:
            return {
                "label": label,
                "state": "blue",
                "word": "To be read",
                "url": url,
                "reason": f"came {wording.day(found.received_on)}",
            }
        if found.concern and inside:
            return {"label": label, "state": "amber", "word": "Concern", "url": url, "reason": ""}
        return {"label": label, "state": "green", "word": "Read", "url": url, "reason": ""}
    if period_from < home.since:
        return {"label": label, "state": "grey", "word": "Not asked", "url": "", "reason": ""}
    due = rules.due_by(kind, period_from)
    if due < on:
        return {"label": label, "state": "red", "word": "Missing", "url": "", "reason": f"due {wording.day(due)}"}
    return {"label": label, "state": "grey", "word": "Not due yet", "url": "", "reason": f"due {wording.day(due)}"}


@requires(P.CONTRACTS_VIEW)
def board(request: Request) -> HttpResponseBase:
    """Every children's home of our contracts or with our children, the last six months, and two half-years."""
    on = request.day
    homes = queries.homes(with_children=settings_with_children(on=on), on=on)
    months, halves = _months(on, _MONTHS), _halves(on)
    rows = [
        {
            "heading": settings.label(home.setting),
            "url": reverse("home", args=[home.setting.pk]),
            "cells": [
                *(_cell(home, rules.REG44, month, on) for month in months),
                *(_cell(home, rules.REG45, half, on) for half in halves),
            ],
        }
        for home in homes
    ]
    columns = ["Home", *(f"{month:%b %Y}" for month in months),
               *(f"{half:%b} to {add_months(half, 5):%b %Y}" for half in halves)]  # fmt: skip
    context = {
        "columns": columns, "rows": rows, "missing": sum(len(home.owed) for home in homes),
        "homes_missing": sum(1 for home in homes if home.owed),
        "unread": queries.unread_reports(request.user, on=on).count(),
        "breadcrumbs": [("Contracts", reverse("contracts")), ("Reports of homes", "")],
    }  # fmt: skip
    return render(request, "contracts/care/homes.html", context)


@requires(P.CONTRACTS_VIEW, P.PROVIDER_PORTAL)
def home(request: Request, pk: int) -> HttpResponseBase:
    """One home: twelve months, and every report that came."""
    found = _home(request, pk)
    on = request.day
    inside = may(request.user, P.CONTRACTS_VIEW, on=on)
    months = [
        {"label": wording.month(month), "cell": _cell(found, rules.REG44, month, on, inside=inside)}
        for month in reversed(_months(on, queries.LOOK_BACK_MONTHS))
    ]
    halves = [
        {
            "label": f"{wording.month(half)} to {wording.month(add_months(half, 5))}",
            "cell": _cell(found, rules.REG45, half, on, inside=inside),
        }
        for half in reversed(_halves(on))
    ]
    owed = found.owed
    context = {
        "home": found, "label": settings.label(found.setting), "months": months, "halves": halves,
        "wrong": [rules.missing_sentence(settings.label(found.setting), owed)] if owed else [],
        "hands_in": frame.may_manage(request) or not inside,
        "setting_url": settings.address(found.setting) if may(request.user, P.SETTINGS_VIEW, on=on) else "",
        "breadcrumbs": [("Reports of homes", reverse("home_reports")), (settings.label(found.setting), "")]
        if inside else [],
    }  # fmt: skip
    return render(request, "contracts/care/home.html", context)


@requires(P.CONTRACTS_MANAGE, P.PROVIDER_PORTAL)
def receive(request: Request, pk: int) -> HttpResponseBase:
    """A report has come; or the home hands its own in."""
    found = _home(request, pk)
    on = request.day
    months = [on.replace(day=1), *reversed(_months(on, queries.LOOK_BACK_MONTHS))]
    periods = [(each.isoformat(), f"{wording.month(each)}, or the half-year it is in") for each in months]
    form = forms.ReceiveReport(
        request.POST or None,
        request.FILES or None,
        periods=periods,
        initial={"received_on": on, "period": months[1].isoformat()},
    )
    form.day_field("received_on").no_later_than = (on, "That day is still to come")
    label, address = settings.label(found.setting), reverse("home", args=[found.setting.pk])

    def keep_and_receive(kind: str, period_from: date, received_on: date, document: Any, **_: Any) -> HomeReport:
        return operations.receive_report(
            setting_id=found.setting.pk,
            kind=kind,
            period_from=period_from,
            received_on=received_on,
            document_id=_kept(request, found, document, kind, period_from),
            with_children=settings_with_children(on=on),
            act=acting(request),
        )

    return ask(
        request,
        form,
        Question(heading="A report has come", button="Record it", caption=label, back=address, back_words=label),
        do=keep_and_receive,
        done="The report is recorded as received.",
        to=address,
    )


def _kept(request: Request, found: queries.Home, upload: Any, kind: str, period_from: date) -> int | None:
    if not upload:
        return None
    last = add_months(period_from, 1 if kind == rules.REG44 else 6)
    providers = {each.provider_id: each.provider for each in found.contracts}
    return keep_document(
        title=f"{HomeReport.Kind(kind).label}, {settings.label(found.setting)}",
        file_name=upload.name,
        content=upload.read(),
        folder=files.folder(),
        kind=kind,
        period_from=period_from,
        period_to=date.fromordinal(last.toordinal() - 1),
        sensitivity="shared" if len(providers) == 1 else "council",
        organisation=next(iter(providers.values())) if len(providers) == 1 else None,
        act=acting(request),
    ).pk


@requires(P.CONTRACTS_VIEW, P.PROVIDER_PORTAL)
def report(request: Request, pk: int) -> HttpResponseBase:
    """One report: what it is, and, for those who manage contracts, that it was read."""
    found = queries.home_reports_visible_to(request.user, on=request.day).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(f"There is no report {pk}.")
    period, address = wording.month(found.period_from), reverse("home", args=[found.setting_id])
    if found.kind == rules.REG45:
        period = f"{period} to {wording.month(add_months(found.period_from, 5))}"
    page = (
        "contracts/care/home_report.html",
        {
            "report": found,
            "label": settings.label(found.setting),
            "back": address,
            "inside": may(request.user, P.CONTRACTS_VIEW, on=request.day),
            "period": period,
        },
    )
    if found.read_at is not None or not frame.may_manage(request):
        return render(request, *page)
    form = forms.ReadReport(request.POST or None, owners=_owners(request, found))
    form.day_field("due_on").no_earlier_than = (request.day, "That day has passed")

    def read(concern: str, **_: Any) -> HomeReport:
        return operations.read_report(report_id=found.pk, concern=concern, action=form.action(), act=acting(request))

    return ask(request, form, page, do=read, done="It is recorded as read.", to=address)


def _home(request: Request, pk: int) -> queries.Home:
    children = settings_with_children(on=request.day)
    found = next(iter(queries.homes(with_children=children, on=request.day, setting_ids=[pk])), None)
    if found is None or not _sees(request, found.setting):
        raise NotAllowed(f"There is no home {pk}.")
    return found


def _sees(request: Request, setting: Setting) -> bool:
    if may(request.user, P.CONTRACTS_VIEW, on=request.day):
        return True
    own = Contract.objects.filter(settings__setting=setting)
    return own.filter(pk__in=contracts_visible_to(request.user, on=request.day)).exists()


def _owners(request: Request, found: HomeReport) -> list[tuple[str, str]]:
    rows = Contract.objects.filter(settings__setting=found.setting_id).select_related("provider")
    providers = {each.provider_id: each.provider.name for each in rows}
    named = [(forms.PROVIDER, next(iter(providers.values())))] if len(providers) == 1 else []
    return [*named, (str(request.user.pk), str(request.user))]
