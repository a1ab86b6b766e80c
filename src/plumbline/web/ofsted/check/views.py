"""The monthly check: Ofsted's lists read, and each of our settings looked up."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.kernel.errors import RuleBroken
from plumbline.ofsted import lookups
from plumbline.ofsted.models import CheckItem, OfstedList, Status
from plumbline.people.access import Permission
from plumbline.placements import checking, operations
from plumbline.web.kit import navigation
from plumbline.web.kit import setting_words as words
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting, record_number
from plumbline.web.ofsted.check.forms import Complete, NotFound, Unchanged
from plumbline.web.ofsted.settings.entering import judgement_address, kept_document

FAMILIES = {
    "social_care": "Children’s social care providers",
    "social_care_in_year": "The year’s inspections of children’s social care",
    "social_care_to_councils": "Ofsted’s list to councils",
    "social_care_to_councils_conditions": "Ofsted’s list to councils: conditions of registration",
    "social_care_joiners_and_leavers": "Joiners and leavers of children’s social care",
    "social_care_closed_providers": "Closed providers of children’s social care",
    "state_schools": "State-funded schools",
    "state_schools_in_year": "The year’s inspections of state-funded schools",
    "independent_schools": "Independent schools",
}


@requires(Permission.MONTHLY_CHECK)
def this_month(request: Request) -> HttpResponseBase:
    """The check of this month; by POST it is opened, or settings that have come since are added."""
    first = request.day.replace(day=1)
    if request.method == "POST":
        operations.open_month(on=request.day, by=request.user, at=request.at)
        return redirect("check_month", first.year, first.month)
    return _page(request, first)


@requires(Permission.MONTHLY_CHECK)
def of_month(request: Request, year: int, month: int) -> HttpResponseBase:
    return _page(request, _first(year, month))


def _first(year: int, month: int) -> date:
    try:
        return date(year, month, 1)
    except ValueError as impossible:
        raise Http404 from impossible


def _page(request: Request, first: date, form: Complete | None = None) -> HttpResponseBase:
    on = request.day
    check = lookups.check_of(first)
    if check is None and first != on.replace(day=1):
        raise Http404
    items = list(checking.items_of(request.user, check=check, on=on)) if check else []
    left = [item for item in items if item.outcome == CheckItem.Outcome.TO_DO]
    is_open = check is not None and check.completed_at is None
    lists = list(check.lists.all()) if check else []
    context = {
        "first": first,
        "check": check,
        "is_this_month": first == on.replace(day=1),
        "late": check is not None and is_open and check.due_on < on,
        "is_open": is_open,
        "done": len(items) - len(left),
        "total": len(items),
        "left": [_row(item, first) for item in left],
        "settled": [_row(item, first) for item in items if item.outcome != CheckItem.Outcome.TO_DO],
        "lists": [_list(each) for each in lists],
        "newest": [] if lists else [_list(each) for each in lookups.newest_lists()],
        "import_url": navigation.address_of("import_new"),
        "form": form or Complete(),
        "earlier": lookups.checks_before(first),
        "breadcrumbs": [("Settings", reverse("settings")), ("The monthly check", "")],
    }
    return render(request, "ofsted/check/month.html", context)


def _row(item: Any, month: date) -> dict[str, Any]:
    setting = item.setting
    back = reverse("check_month", args=[month.year, month.month])
    return {
        "item": item,
        "label": words.label(setting),
        "url": words.address(setting),
        "kind": words.kind(setting.status),
        "word": words.STATUSES[setting.status],
        "report": reverse("check_report", args=[item.pk]),
        "is_known": setting.status != Status.UNMATCHED,
        "changed": f"{judgement_address(setting, back=back)}&item={item.pk}",
        "checked": words.checked(setting.last_checked_on, item.today),
    }


def _list(each: OfstedList) -> dict[str, Any]:
    said = each.differences or {}
    found = {key: said.get(key, 0) for key in ("newly_adverse", "worse", "better", "new", "gone", "unchanged")}
    return {
        "list": each,
        "name": FAMILIES.get(each.family, each.family.replace("_", " ").capitalize()),
        "counts": found,
        "compared": each.compared_with,
        "nothing": each.compared_with is not None
        and not any(found[key] for key in ("newly_adverse", "worse", "better", "new", "gone")),
        "adverse": said.get("newly_adverse_urns", [])[:20],
        "register": each.register,
    }


@requires(Permission.MONTHLY_CHECK)
def unchanged(request: Request, year: int, month: int) -> HttpResponseBase:
    """By POST: one line, or all that are left, say nothing new."""
    check = lookups.check_of(_first(year, month))
    if check is None:
        raise Http404
    if request.method == "POST":
        chosen = [record_number(each) for each in request.POST.getlist("item")]
        done = checking.record_unchanged(check_id=check.pk, item_ids=chosen, **acting(request))
        messages.success(request, _said(done))
    return redirect("check_month", year, month)


def _said(done: checking.Recorded) -> str:
    """What was recorded of the settings chosen, in sentences."""

    def settings(number: int) -> str:
        return "One setting is" if number == 1 else f"{number} settings are"

    said = []
    if done.unchanged:
        said.append(f"{settings(done.unchanged)} recorded as looked up, with nothing changed.")
    if done.not_opened:
        said.append(f"{settings(done.not_opened)} recorded as “report not opened”: nobody opened the report from here.")
    if done.unknown:
        said.append(f"{settings(done.unknown)} left: nothing is known there that could be unchanged.")
    return " ".join(said)


@requires(Permission.MONTHLY_CHECK)
def report(request: Request, item_id: int) -> HttpResponseBase:
    """On to the setting's page of Ofsted's reports; that it was opened is kept."""
    item = checking.item_seen(request.user, item_id=item_id, on=request.day)
    if item.check_month.completed_at is None:
        operations.open_report(item_id=item.pk, **acting(request))
    return redirect(item.report_link or lookups.report_address(item.setting))


@requires(Permission.MONTHLY_CHECK)
def not_found(request: Request, item_id: int) -> HttpResponseBase:
    """A setting of which nothing is known was looked for in vain: where, and what is done about it."""
    item = checking.item_seen(request.user, item_id=item_id, on=request.day)
    month = item.check_month.month
    form = NotFound(request.POST or None, initial={"note": item.note})
    if form.is_valid():
        try:
            checking.record_not_found(item_id=item.pk, note=form.cleaned_data["note"], **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{words.label(item.setting)} is recorded as looked for, with nothing found.")
            return redirect("check_month", month.year, month.month)
    back = reverse("check_month", args=[month.year, month.month])
    context = {"form": form, "label": words.label(item.setting), "back": back,
               "report": reverse("check_report", args=[item.pk])}  # fmt: skip
    return render(request, "ofsted/check/not_found.html", context)


@requires(Permission.MONTHLY_CHECK)
def complete(request: Request, year: int, month: int) -> HttpResponseBase:
    check = lookups.check_of(_first(year, month))
    if check is None:
        raise Http404
    if request.method != "POST":
        return redirect("check_month", year, month)
    form = Complete(request.POST)
    if form.is_valid():
        try:
            operations.complete_month(check_id=check.pk, **acting(request),
                                      **form.cleaned_data)  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The check of this month is complete.")
            return redirect("check_month", year, month)
    return _page(request, check.month, form)


@requires(Permission.MONTHLY_CHECK)
def evidence(request: Request, item_id: int) -> HttpResponseBase:
    """Nothing changed, with the page or the file that was looked at."""
    item = checking.item_seen(request.user, item_id=item_id, on=request.day)
    month = item.check_month.month
    link = item.report_link or lookups.report_address(item.setting)
    form = Unchanged(request.POST or None, request.FILES or None, initial={"report_link": link, "note": item.note})
    if form.is_valid():
        try:
            with transaction.atomic():
                checking.record_unchanged(
                    check_id=item.check_month_id, item_ids=[item.pk], report_link=form.cleaned_data["report_link"],
                    note=form.cleaned_data["note"], document_id=kept_document(request, form, item.setting),
                    **acting(request),
                )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{words.label(item.setting)} is recorded as looked up, with its evidence.")
            return redirect("check_month", month.year, month.month)
    back = reverse("check_month", args=[month.year, month.month])
    report = reverse("check_report", args=[item.pk])
    context = {"form": form, "label": words.label(item.setting), "back": back, "report": report}
    return render(request, "ofsted/check/evidence.html", context)
