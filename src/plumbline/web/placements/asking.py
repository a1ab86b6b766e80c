""" "May I place here, now?": one box, an answer with a number to quote, and what to do next."""

from collections.abc import Sequence

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.ofsted import queries as ofsted
from plumbline.ofsted.models import Setting, Status
from plumbline.people.access import Permission, may
from plumbline.placements import operations, queries
from plumbline.placements.models import Enquiry
from plumbline.placements.rules import BLOCKED
from plumbline.web.kit import forms
from plumbline.web.kit import setting_words as words
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting, record_number
from plumbline.web.ofsted.settings import known


class Ask(forms.PageForm):
    q = forms.LineField(
        label="May I place here, now?",
        hint="The setting’s name or its URN, for example SC012345",
        missing="Enter the setting’s name or its URN",
        autocomplete="off",
    )


@requires(Permission.SETTINGS_VIEW)
def may_i_place(request: Request) -> HttpResponseBase:
    """The box. By POST it answers, when one setting is meant; asking by GET shows which settings may be meant."""
    on, viewer = request.day, request.user
    given = request.POST if request.method == "POST" else request.GET if "q" in request.GET else None
    form = Ask(given)
    matches: Sequence[Setting] = []
    if form.is_valid():
        asked = form.cleaned_data["q"].strip()
        matches = queries.settings_matching(viewer, words=asked, on=on)
        chosen = _chosen(request, matches)
        if request.method == "POST" and (chosen or not matches):
            enquiry = operations.may_i_place(asked=asked, setting_id=chosen.pk if chosen else None, act=acting(request))
            return redirect("enquiry", enquiry.number)
    context = {
        "form": form,
        "matches": [
            {"setting": each, "label": words.label(each), "kind": words.kind(each.status),
             "word": words.STATUSES[each.status], "url": words.address(each)}
            for each in matches
        ],
        "asked": form.cleaned_data.get("q", "") if form.is_bound and form.is_valid() else "",
        "recent": [
            {"enquiry": each, "setting": words.label(each.setting) if each.setting else each.asked}
            for each in queries.enquiries_of(viewer)
        ],
        "breadcrumbs": [("Settings", reverse("settings")), ("May I place here, now?", "")],
    }  # fmt: skip
    return render(request, "placements/may_i_place.html", context)


def _chosen(request: Request, matches: Sequence[Setting]) -> Setting | None:
    """The one setting that is meant: the one whose button was pressed, or the only one there is."""
    if pressed := request.POST.get("setting"):
        return next((each for each in matches if each.pk == record_number(pressed)), None)
    return matches[0] if len(matches) == 1 else None


@requires(Permission.SETTINGS_VIEW)
def answer(request: Request, number: int) -> HttpResponseBase:
    """An answer as it was given, and the setting as it is today."""
    on, viewer = request.day, request.user
    enquiry = queries.enquiry_seen(viewer, number=number, on=on)
    setting = None
    if enquiry.setting:
        setting = queries.setting_seen(viewer, register=enquiry.setting.register, urn=enquiry.setting.urn, on=on)
    others = []
    if setting and setting.owner:
        others = [
            {
                "label": words.label(each),
                "url": words.address(each),
                "kind": words.kind(each.status),
                "word": words.STATUSES[each.status],
                "children": each.children,
            }
            for each in queries.settings_of_owner(viewer, owner=setting.owner, other_than=setting, on=on)
            if each.status != Status.CLEAR
        ]
    asks = may(viewer, Permission.PLACEMENT_EXCEPTION_ASK, on=on)
    context = {
        "enquiry": enquiry,
        "setting": setting,
        "label": words.label(setting) if setting else enquiry.asked,
        "setting_url": words.address(setting) if setting else "",
        "kind": words.kind(setting.status) if setting else "amber",
        "word": words.STATUSES[setting.status] if setting else "Not known",
        "why": why_of(enquiry),
        "newest": next(iter(ofsted.inspections_of(setting)), None) if setting else None,
        "others": others,
        "exceptions": queries.exceptions_for_setting(viewer, setting=setting, on=on) if setting else [],
        "known": known.of_setting(viewer, setting, on=on) if setting else {},
        "conditions": enquiry.answer.get("verdict") == "conditions",
        # Answers of before say only that it had gone from Ofsted's list.
        "gone": enquiry.may and bool(enquiry.answer.get("gone", enquiry.answer.get("gone_since"))),
        "may_ask_exception": asks and not enquiry.may and setting is not None and setting.status in BLOCKED,
        "may_record": enquiry.may and may(viewer, Permission.PLACEMENTS_RECORD, on=on),
        "is_old": enquiry.day != on,
        "breadcrumbs": [("Settings", reverse("settings")), ("May I place here, now?", reverse("may_i_place")),
                        (f"Answer {number}", "")],
    }  # fmt: skip
    return render(request, "placements/answer.html", context)


def why_of(enquiry: Enquiry) -> list[str]:
    """The sentences of an answer."""
    return list(enquiry.answer.get("why", []))
