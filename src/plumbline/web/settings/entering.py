"""Entering by hand what no list has said yet: a judgement, a notice, that a setting is not registered."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from plumbline.evidence.operations import keep_document
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.ofsted import lookups
from plumbline.ofsted import operations as ofsted
from plumbline.people.access import Permission
from plumbline.placements import checking, operations
from plumbline.placements import lookups as placements
from plumbline.web import wording
from plumbline.web.access import requires
from plumbline.web.settings import documents, words
from plumbline.web.settings.forms import JudgementByHand, NoticeByHand, UnregisteredByHand, WhichKind
from plumbline.web.settings.views import INSPECTION_KINDS


def _setting(request: HttpRequest, register: str, urn: str) -> Any:
    return placements.setting_seen(request.user, register=register, urn=urn, on=request.day)


def _done(request: HttpRequest, setting: Any, what: str, raised: Any) -> HttpResponseBase:
    """Back to where one came from, saying what followed."""
    flags = sum(raised.raised.values())
    follows = (
        f" {wording.how_many(flags, 'flag was', 'flags were')} raised, and those concerned are told." if flags else ""
    )
    messages.success(request, f"{what} of {words.label(setting)} is recorded.{follows}")
    back = request.GET.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/"):
        return redirect(back)
    return redirect(words.address(setting))


@requires(Permission.MONTHLY_CHECK)
def judgement(request: HttpRequest, register: str, urn: str) -> HttpResponseBase:
    """First the kind of inspection, which decides what can be judged; then what was judged, with its evidence."""
    setting = _setting(request, register, urn)
    kinds = [(kind, INSPECTION_KINDS[kind]) for kind in lookups.ASPECTS_OF[setting.register]]
    kind = request.GET.get("kind", "")
    context = {"setting": setting, "label": words.label(setting), "back": words.address(setting),
               "kept": [(name, request.GET[name]) for name in ("back", "item") if name in request.GET]}  # fmt: skip
    if kind not in dict(kinds):
        form: Any = WhichKind(request.GET if "kind" in request.GET else None, kinds=kinds)
        return render(request, "settings/judgement_kind.html", {**context, "form": form})
    aspects = lookups.aspects_of(register=setting.register, kind=kind, provision_type=setting.provision_type)
    form = JudgementByHand(
        request.POST or None, request.FILES or None, aspects=aspects, initial={"inspectorate": "Ofsted"}
    )
    for name in ("inspected_on", "published_on"):
        form.fields[name].no_later_than = (request.day, "That day is still to come")
    if form.is_valid():
        try:
            judged = operations.take_judgements(
                **_recorded_as(request, setting), kind=kind, judgements=form.judgements(),
                inspected_on=form.cleaned_data["inspected_on"], published_on=form.cleaned_data["published_on"],
                inspectorate=form.cleaned_data["inspectorate"], report_link=form.cleaned_data["report_link"],
                document_id=kept_document(request, form, setting), by=request.user, at=request.at, on=request.day,
            )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            return _done(request, setting, "The judgement", judged.raised)
    return render(request, "settings/judgement.html", {**context, "form": form, "kind_words": INSPECTION_KINDS[kind]})


def _recorded_as(request: HttpRequest, setting: Any) -> dict[str, Any]:
    """As a line of the monthly check, where one came from there; else as a judgement of its own."""
    given = request.GET.get("item", "")
    if not given:
        return {"record": ofsted.record_judgement, "setting_id": setting.pk}
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 18 else 0
    item = checking.item_seen(request.user, item_id=number, on=request.day)
    if item.setting_id != setting.pk:
        raise NotAllowed(f"Line {item.pk} is about another setting.")
    return {"record": ofsted.check_changed, "item_id": item.pk}


def kept_document(request: HttpRequest, form: Any, setting: Any) -> int | None:
    """The number of the document that was attached, kept; None where none was."""
    upload = form.cleaned_data.get("document")
    if upload is None:
        return None
    title = f"Report on {words.label(setting)}"
    kept = keep_document(
        title=title, file_name=upload.name, content=upload.read(), folder=documents.folder(), by=request.user,
        at=request.at,
    )  # fmt: skip
    return kept.pk


@requires(Permission.MONTHLY_CHECK)
def notice(request: HttpRequest, register: str, urn: str) -> HttpResponseBase:
    setting = _setting(request, register, urn)
    form = NoticeByHand(request.POST or None)
    if form.is_valid():
        try:
            judged = operations.take_judgements(
                record=ofsted.record_notice, setting_id=setting.pk, by=request.user, at=request.at, on=request.day,
                **form.cleaned_data,
            )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            return _done(request, setting, "The notice", judged.raised)
    context = {"form": form, "label": words.label(setting), "back": words.address(setting),
               "heading": "Enter a notice", "button": "Record the notice",
               "about": "A notice of Ofsted’s that is in force at this setting."}  # fmt: skip
    return render(request, "settings/enter.html", context)


@requires(Permission.MONTHLY_CHECK)
def unregistered(request: HttpRequest, register: str, urn: str) -> HttpResponseBase:
    setting = _setting(request, register, urn)
    form = UnregisteredByHand(request.POST or None)
    if form.is_valid():
        try:
            judged = operations.take_judgements(
                record=ofsted.record_unregistered_use, setting_id=setting.pk, by=request.user, at=request.at,
                on=request.day, **form.cleaned_data,
            )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            return _done(request, setting, "The use without registration", judged.raised)
    context = {"form": form, "label": words.label(setting), "back": words.address(setting),
               "heading": "Say that it is not registered", "button": "Record it",
               "about": "The gravest state a setting can have. No child is placed there, and every child there is "
                        "flagged at once."}  # fmt: skip
    return render(request, "settings/enter.html", context)


def judgement_address(setting: Any, *, back: str) -> str:
    return f"{reverse('setting_judgement', args=[setting.register, setting.urn])}?back={back}"
