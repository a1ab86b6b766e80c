"""Recording a placement: child, setting, first day, one matter a page; and ending one."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed
from plumbline.ofsted.models import Setting
from plumbline.people.access import Permission, may
from plumbline.people.models import Child
from plumbline.people.operations import look_at_list
from plumbline.placements import operations, queries
from plumbline.placements.rules import BLOCKED
from plumbline.web.kit import setting_words as words
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, ask
from plumbline.web.kit.request import Request, acting, record_number
from plumbline.web.placements.asking import Ask
from plumbline.web.placements.forms import ChooseChild, EndPlacement, WhenPlaced
from plumbline.web.placements.views import setting_words

# What else the address holds while the child is looked for.
KEPT = ("register", "urn", "for")


def _journey(request: Request) -> str:
    return "Ask for an exception" if request.GET.get("for") == "exception" else "Record a placement"


@requires(Permission.PLACEMENTS_RECORD)
def record(request: Request) -> HttpResponseBase:
    """What was chosen so far is in the address, so that Back works and nothing is asked twice."""
    chosen = request.GET
    child = _child(request, chosen.get("child_id", ""))
    setting = _setting(request, chosen.get("register", ""), chosen.get("urn", ""))
    if child is None:
        return _choose_child(request)
    if setting is None:
        return _choose_setting(request, child)
    if chosen.get("for") == "exception":
        return redirect(exception_address(child, setting))

    def page(form: WhenPlaced) -> HttpResponseBase:
        context = {
            "form": form,
            "child": child,
            "setting": setting,
            "label": words.label(setting),
            "kind": words.kind(setting.status),
            "word": words.STATUSES[setting.status],
            "wrong": words.sentences(setting) if setting.status not in ("clear", "not_judged") else [],
            "wrong_kind": "red" if setting.status in BLOCKED else "amber",
            # No other day would help.
            "refused": list(form.non_field_errors()),
            "may_ask": may(request.user, Permission.PLACEMENT_EXCEPTION_ASK, on=request.day),
            "ask_url": exception_address(child, setting),
            "change_child": _address(setting=setting),
            "change_setting": _address(child=child),
        }
        return render(request, "placements/record_when.html", context)

    return ask(
        request,
        WhenPlaced(request.POST or None),
        page,
        do=partial(operations.begin_placement, child_id=child.pk, setting_id=setting.pk, act=acting(request)),
        done=f"The placement of {child.name} at {words.label(setting)} is recorded.",
        to=lambda placement: reverse("placement", args=[placement.pk]),
    )


def exception_address(child: Child, setting: Setting) -> str:
    """Where an exception for this child at this setting is asked for."""
    return f"{reverse('exception_ask')}?child_id={child.pk}&register={setting.register}&urn={setting.urn}"


def _address(*, child: Child | None = None, setting: Setting | None = None) -> str:
    parts = [f"child_id={child.pk}"] if child else []
    parts += [f"register={setting.register}&urn={setting.urn}"] if setting else []
    return reverse("placement_record") + ("?" + "&".join(parts) if parts else "")


def _child(request: Request, given: str) -> Child | None:
    number = record_number(given)
    return queries.child_to_place(request.user, child_id=number, on=request.day) if number else None


def _setting(request: Request, register: str, urn: str) -> Setting | None:
    if not register or not urn:
        return None
    return queries.setting_seen(request.user, register=register, urn=urn, on=request.day)


def _choose_child(request: Request) -> HttpResponseBase:
    form = ChooseChild(request.GET if "child" in request.GET else None)
    found: Sequence[Any] | None = None
    if form.is_valid():
        found = queries.children_to_place(request.user, words=form.cleaned_data["child"], on=request.day)
        look_at_list(kind="children", asked=request.GET.dict(), act=acting(request))
    kept = [(name, request.GET[name]) for name in KEPT if name in request.GET]
    return render(
        request,
        "placements/record_child.html",
        {
            "form": form,
            "found": found,
            "kept": kept,
            "back": reverse("placements"),
            "suffix": "".join(f"&{urlencode({name: value})}" for name, value in kept),
            "journey": _journey(request),
        },
    )


def _choose_setting(request: Request, child: Child) -> HttpResponseBase:
    form = Ask(request.GET if "q" in request.GET else None)
    form.fields["q"].label = "Which setting?"
    found: Sequence[Any] | None = None
    if form.is_valid():
        found = [
            {
                "setting": each,
                "label": words.label(each),
                "kind": words.kind(each.status),
                "word": words.STATUSES[each.status],
                "reason": words.one_reason(each),
            }
            for each in queries.settings_matching(request.user, words=form.cleaned_data["q"].strip(), on=request.day)
        ]
    return render(
        request,
        "placements/record_setting.html",
        {
            "form": form,
            "found": found,
            "child": child,
            "back": reverse("placement_record"),
            "journey": _journey(request),
            "suffix": "&for=exception" if request.GET.get("for") == "exception" else "",
        },
    )


@requires(Permission.PLACEMENTS_RECORD)
def end(request: Request, placement_id: int) -> HttpResponseBase:
    placement = queries.placement_seen(request.user, placement_id=placement_id, on=request.day)
    if placement.source != "here":
        raise NotAllowed("A placement that another system recorded is ended there.")
    address, since = reverse("placement", args=[placement_id]), wording.day(placement.started_on)
    return ask(
        request,
        EndPlacement(request.POST or None),
        Question(
            heading="End this placement",
            button="Record the end",
            back=address,
            back_words="The placement",
            caption=f"{placement.child_name}, at {setting_words(placement)} since {since}",
        ),
        do=partial(operations.end_placement, placement_id=placement_id, act=acting(request)),
        done="The end of the placement is recorded.",
        to=address,
    )
