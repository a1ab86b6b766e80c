"""Recording a placement: child, setting, first day, one matter a page; and ending one."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.ofsted.models import Setting
from plumbline.people.access import Permission, may
from plumbline.people.models import Child
from plumbline.people.operations import look_at_list
from plumbline.placements import lookups, operations
from plumbline.placements.rules import BLOCKED
from plumbline.web.kit import setting_words as words
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting, record_number
from plumbline.web.placements.asking import Ask
from plumbline.web.placements.forms import ChooseChild, EndPlacement, WhenPlaced
from plumbline.web.placements.views import setting_words

# What else stands in the address while the child is looked for.
KEPT = ("register", "urn", "for")


def _journey(request: Request) -> str:
    return "Ask for an exception" if request.GET.get("for") == "exception" else "Record a placement"


@requires(Permission.PLACEMENTS_RECORD)
def record(request: Request) -> HttpResponseBase:
    """What was chosen so far stands in the address, so that Back works and nothing is asked twice."""
    chosen = request.GET
    child = _child(request, chosen.get("child_id", ""))
    setting = _setting(request, chosen.get("register", ""), chosen.get("urn", ""))
    if child is None:
        return _choose_child(request)
    if setting is None:
        return _choose_setting(request, child)
    if chosen.get("for") == "exception":
        return redirect(exception_address(child, setting))
    form = WhenPlaced(request.POST or None)
    refused = ""
    if form.is_valid():
        try:
            placement = operations.begin_placement(
                child_id=child.pk, setting_id=setting.pk, started_on=form.cleaned_data["started_on"],
                **acting(request),
            )  # fmt: skip
        except RuleBroken as refusal:
            if refusal.code == "setting_adverse":
                refused = refusal.reason
            else:
                form.refuse(refusal, field="started_on")
        else:
            messages.success(request, f"The placement of {child.name} at {words.label(setting)} is recorded.")
            return redirect("placement", placement.pk)
    return render(request, "placements/record_when.html", {
        "form": form,
        "child": child,
        "setting": setting,
        "label": words.label(setting),
        "kind": words.kind(setting.status),
        "word": words.STATUSES[setting.status],
        "wrong": words.sentences(setting) if setting.status not in ("clear", "not_judged") else [],
        "wrong_kind": "red" if setting.status in BLOCKED else "amber",
        "refused": [refused] if refused else [],
        "may_ask": may(request.user, Permission.PLACEMENT_EXCEPTION_ASK, on=request.day),
        "ask_url": exception_address(child, setting),
        "change_child": _address(setting=setting),
        "change_setting": _address(child=child),
    })  # fmt: skip


def exception_address(child: Child, setting: Setting) -> str:
    """Where an exception for this child at this setting is asked for."""
    return f"{reverse('exception_ask')}?child_id={child.pk}&register={setting.register}&urn={setting.urn}"


def _address(*, child: Child | None = None, setting: Setting | None = None) -> str:
    parts = [f"child_id={child.pk}"] if child else []
    parts += [f"register={setting.register}&urn={setting.urn}"] if setting else []
    return reverse("placement_record") + ("?" + "&".join(parts) if parts else "")


def _child(request: Request, given: str) -> Child | None:
    number = record_number(given)
    return lookups.child_to_place(request.user, child_id=number, on=request.day) if number else None


def _setting(request: Request, register: str, urn: str) -> Setting | None:
    if not register or not urn:
        return None
    return lookups.setting_seen(request.user, register=register, urn=urn, on=request.day)


def _choose_child(request: Request) -> HttpResponseBase:
    form = ChooseChild(request.GET if "child" in request.GET else None)
    found: Sequence[Any] | None = None
    if form.is_valid():
        found = lookups.children_to_place(request.user, words=form.cleaned_data["child"], on=request.day)
        look_at_list(kind="children", asked=request.GET.dict(), **acting(request))
    kept = [(name, request.GET[name]) for name in KEPT if name in request.GET]
    return render(request, "placements/record_child.html", {
        "form": form, "found": found, "kept": kept, "back": reverse("placements"),
        "suffix": "".join(f"&{urlencode({name: value})}" for name, value in kept),
        "journey": _journey(request),
    })  # fmt: skip


def _choose_setting(request: Request, child: Child) -> HttpResponseBase:
    form = Ask(request.GET if "q" in request.GET else None)
    form.fields["q"].label = "Which setting?"
    found: Sequence[Any] | None = None
    if form.is_valid():
        found = [
            {"setting": each, "label": words.label(each), "kind": words.kind(each.status),
             "word": words.STATUSES[each.status], "reason": words.one_reason(each)}
            for each in lookups.settings_matching(request.user, words=form.cleaned_data["q"].strip(), on=request.day)
        ]  # fmt: skip
    return render(request, "placements/record_setting.html", {
        "form": form, "found": found, "child": child, "back": reverse("placement_record"),
        "journey": _journey(request), "suffix": "&for=exception" if request.GET.get("for") == "exception" else "",
    })  # fmt: skip


@requires(Permission.PLACEMENTS_RECORD)
def end(request: Request, placement_id: int) -> HttpResponseBase:
    placement = lookups.placement_seen(request.user, placement_id=placement_id, on=request.day)
    if placement.source != "here":
        raise NotAllowed("A placement that another system recorded is ended there.")
    form = EndPlacement(request.POST or None)
    if form.is_valid():
        try:
            operations.end_placement(
                placement_id=placement_id, ended_on=form.cleaned_data["ended_on"], **acting(request),
            )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal, field="ended_on")
        else:
            messages.success(request, "The end of the placement is recorded.")
            return redirect("placement", placement_id)
    return render(request, "placements/end.html", {
        "form": form, "placement": placement, "setting_label": setting_words(placement),
    })  # fmt: skip
