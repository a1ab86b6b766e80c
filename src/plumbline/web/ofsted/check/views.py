"""The monthly check: Ofsted's lists read, and each of our settings looked up."""

from datetime import date
from functools import partial
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.ofsted import queries
from plumbline.ofsted.models import CheckItem, OfstedList, Status
from plumbline.people.access import Permission
from plumbline.placements import checking, operations
from plumbline.web.kit import navigation
from plumbline.web.kit import setting_words as words
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, act, ask
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
        return act(request, do=partial(operations.open_month, act=acting(request)), done="", to=_month_address(first))
    return _page(request, first)


@requires(Permission.MONTHLY_CHECK)
def of_month(request: Request, year: int, month: int) -> HttpResponseBase:
    return _page(request, _first(year, month))


def _first(year: int, month: int) -> date:
    try:
        return date(year, month, 1)
    except ValueError as impossible:
        raise Http404 from impossible


def _month_address(month: date) -> str:
    return reverse("check_month", args=[month.year, month.month])


def _page(request: Request, first: date, form: Complete | None = None) -> HttpResponseBase:
    on = request.day
    check = queries.check_of(first)
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
        "newest": [] if lists else [_list(each) for each in queries.newest_lists()],
        "import_url": navigation.address_of("import_new"),
        "form": form or Complete(),
        "earlier": queries.checks_before(first),
        "breadcrumbs": [("Settings", reverse("settings")), ("The monthly check", "")],
    }
    return render(request, "ofsted/check/month.html", context)


def _row(item: Any, month: date) -> dict[str, Any]:
    setting = item.setting
    back = _month_address(month)
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
    check = queries.check_of(_first(year, month))
    if check is None:
        raise Http404
    chosen = [record_number(each) for each in request.POST.getlist("item")]
    return act(
        request,
        do=partial(checking.record_unchanged, check_id=check.pk, item_ids=chosen, act=acting(request)),
        done=_said,
        to=_month_address(check.month),
    )


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
        operations.open_report(item_id=item.pk, act=acting(request))
    return redirect(item.report_link or queries.report_address(item.setting))


@requires(Permission.MONTHLY_CHECK)
def not_found(request: Request, item_id: int) -> HttpResponseBase:
    """A setting of which nothing is known was looked for in vain: where, and what is done about it."""
    item = checking.item_seen(request.user, item_id=item_id, on=request.day)
    label = words.label(item.setting)
    return ask(
        request,
        NotFound(request.POST or None, initial={"note": item.note}),
        _of_item(item, "not_found", heading="Looked for, and nothing found", button="Record: nothing found"),
        do=partial(checking.record_not_found, item_id=item.pk, act=acting(request)),
        done=f"{label} is recorded as looked for, with nothing found.",
        to=_month_address(item.check_month.month),
    )


@requires(Permission.MONTHLY_CHECK)
def complete(request: Request, year: int, month: int) -> HttpResponseBase:
    check = queries.check_of(_first(year, month))
    if check is None:
        raise Http404
    if request.method != "POST":
        return redirect("check_month", year, month)
    return ask(
        request,
        Complete(request.POST),
        lambda form: _page(request, check.month, form),
        do=partial(operations.complete_month, check_id=check.pk, act=acting(request)),
        done="The check of this month is complete.",
        to=_month_address(check.month),
    )


@requires(Permission.MONTHLY_CHECK)
def evidence(request: Request, item_id: int) -> HttpResponseBase:
    """Nothing changed, with the page or the file that was looked at."""
    item = checking.item_seen(request.user, item_id=item_id, on=request.day)
    link = item.report_link or queries.report_address(item.setting)

    def record(document: Any, **given: Any) -> checking.Recorded:
        return checking.record_unchanged(
            check_id=item.check_month_id,
            item_ids=[item.pk],
            document_id=kept_document(request, document, item.setting),
            **given,
            act=acting(request),
        )

    return ask(
        request,
        Unchanged(request.POST or None, request.FILES or None, initial={"report_link": link, "note": item.note}),
        _of_item(item, "evidence", heading="Unchanged, with evidence", button="Record: nothing changed"),
        do=record,
        done=f"{words.label(item.setting)} is recorded as looked up, with its evidence.",
        to=_month_address(item.check_month.month),
    )


def _of_item(item: CheckItem, template: str, *, heading: str, button: str) -> tuple[str, dict[str, Any]]:
    """A question about a line of the check, with the link to the setting's report page."""
    question = Question(
        heading=heading,
        button=button,
        back=_month_address(item.check_month.month),
        back_words="The monthly check",
        caption=words.label(item.setting),
    )
    return f"ofsted/check/{template}.html", {"question": question, "report": reverse("check_report", args=[item.pk])}
