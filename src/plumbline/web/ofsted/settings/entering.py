"""Entering by hand what no list has said yet: a setting, a judgement, a notice and its end."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from plumbline.evidence.operations import keep_document
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.ofsted import lookups
from plumbline.ofsted import operations as ofsted
from plumbline.ofsted.models import Setting
from plumbline.people.access import Permission
from plumbline.placements import checking, operations
from plumbline.placements import lookups as placements
from plumbline.web.evidence import files
from plumbline.web.kit import setting_words as words
from plumbline.web.kit import wording
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting, record_number
from plumbline.web.ofsted.settings.forms import EndByHand, JudgementByHand, NoticeByHand, SettingByHand, WhichKind
from plumbline.web.ofsted.settings.views import INSPECTION_KINDS


def setting_of(request: Request, register: str, urn: str) -> Setting:
    return placements.setting_seen(request.user, register=register, urn=urn, on=request.day)


def done(request: Request, setting: Setting, what: str, raised: Any) -> HttpResponseBase:
    """Back to where one came from, saying what followed."""
    flags = sum(raised.raised.values())
    follows = (
        f" {wording.how_many(flags, 'flag was', 'flags were')} raised. Each says who is told of it." if flags else ""
    )
    messages.success(request, f"{what} of {words.label(setting)} is recorded.{follows}")
    back = request.GET.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/"):
        return redirect(back)
    return redirect(words.address(setting))


@requires(Permission.MONTHLY_CHECK)
def judgement(request: Request, register: str, urn: str) -> HttpResponseBase:
    """First the kind of inspection, which decides what can be judged; then what was judged, with its evidence."""
    setting = setting_of(request, register, urn)
    kinds = [(kind, INSPECTION_KINDS[kind]) for kind in lookups.ASPECTS_OF[setting.register]]
    kind = request.GET.get("kind", "")
    context = {"setting": setting, "label": words.label(setting), "back": words.address(setting),
               "kept": [(name, request.GET[name]) for name in ("back", "item") if name in request.GET]}  # fmt: skip
    if kind not in dict(kinds):
        form: Any = WhichKind(request.GET if "kind" in request.GET else None, kinds=kinds)
        return render(request, "ofsted/settings/judgement_kind.html", {**context, "form": form})
    aspects = lookups.aspects_of(register=setting.register, kind=kind, provision_type=setting.provision_type)
    form = JudgementByHand(
        request.POST or None, request.FILES or None, aspects=aspects, initial={"inspectorate": "Ofsted"}
    )
    for name in ("inspected_on", "published_on"):
        form.day_field(name).no_later_than = (request.day, "That day is still to come")
    if form.is_valid():
        try:
            with transaction.atomic():
                judged = operations.take_judgements(
                    **_recorded_as(request, setting), kind=kind, judgements=form.judgements(),
                    inspected_on=form.cleaned_data["inspected_on"], published_on=form.cleaned_data["published_on"],
                    inspectorate=form.cleaned_data["inspectorate"], report_link=form.cleaned_data["report_link"],
                    document_id=kept_document(request, form, setting), **acting(request),
                )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal, field="inspected_on" if refusal.code == "kind_of_another_time" else None)
        else:
            return done(request, setting, "The judgement", judged.raised)
    return render(
        request, "ofsted/settings/judgement.html", {**context, "form": form, "kind_words": INSPECTION_KINDS[kind]}
    )


def _recorded_as(request: Request, setting: Setting) -> dict[str, Any]:
    """As a line of the monthly check, where one came from there; else as a judgement of its own."""
    given = request.GET.get("item", "")
    if not given:
        return {"record": ofsted.record_judgement, "setting_id": setting.pk}
    item = checking.item_seen(request.user, item_id=record_number(given), on=request.day)
    if item.setting_id != setting.pk:
        raise NotAllowed(f"Line {item.pk} is about another setting.")
    return {"record": ofsted.check_changed, "item_id": item.pk}


def kept_document(request: Request, form: Any, setting: Setting) -> int | None:
    """The number of the document that was attached, kept; None where none was."""
    upload = form.cleaned_data.get("document")
    if upload is None:
        return None
    title = f"Report on {words.label(setting)}"
    kept = keep_document(
        title=title, file_name=upload.name, content=upload.read(), folder=files.folder(), by=request.user,
        at=request.at,
    )  # fmt: skip
    return kept.pk


@requires(Permission.MONTHLY_CHECK)
def notice(request: Request, register: str, urn: str) -> HttpResponseBase:
    setting = setting_of(request, register, urn)
    form = NoticeByHand(request.POST or None)
    if form.is_valid():
        try:
            judged = operations.take_judgements(
                record=ofsted.record_notice, setting_id=setting.pk, **acting(request),
                **form.cleaned_data,
            )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            return done(request, setting, "The notice", judged.raised)
    context = {"form": form, "label": words.label(setting), "back": words.address(setting),
               "heading": "Enter a notice", "button": "Record the notice",
               "about": "A notice of Ofsted’s that is in force at this setting."}  # fmt: skip
    return render(request, "ofsted/settings/enter.html", context)


@requires(Permission.MONTHLY_CHECK)
def end_notice(request: Request, register: str, urn: str, notice_id: int) -> HttpResponseBase:
    setting = setting_of(request, register, urn)
    ended = next((each for each in lookups.notices_of(setting) if each.pk == notice_id), None)
    if ended is None or (ended.to_on and ended.to_on < request.day):
        raise NotAllowed(f"There is no notice {notice_id} in force.")
    form = EndByHand(request.POST or None, label="Last day on which it is in force")
    if form.is_valid():
        try:
            judged = operations.take_judgements(
                record=ofsted.end_notice, notice_id=notice_id, to_on=form.cleaned_data["to_on"], **acting(request),
            )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal, field="to_on")
        else:
            return done(request, setting, "The end of the notice", judged.raised)
    context = {"form": form, "label": words.label(setting), "back": words.address(setting),
               "heading": f"End the {ended.get_kind_display().lower()}", "button": "Record the end",
               "about": f"In force since {wording.day(ended.from_on)}. What follows for the setting’s status, and for "
                        "the flags of the children there, follows by itself."}  # fmt: skip
    return render(request, "ofsted/settings/enter.html", context)


@requires(Permission.MONTHLY_CHECK)
def record(request: Request) -> HttpResponseBase:
    """A setting that stands on no list: inspected by others than Ofsted, or not registered at all."""
    form = SettingByHand(request.POST or None, initial={"urn": request.GET.get("urn", "")})
    if form.is_valid():
        try:
            setting = ofsted.record_setting(**form.cleaned_data, **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal, field="urn")
        else:
            messages.success(request, f"{words.label(setting)} is recorded. Say what is known of it: a judgement with "
                                      "its report, or that it is not registered.")  # fmt: skip
            return redirect(words.address(setting))
    context = {"form": form, "label": "Settings", "back": reverse("settings"),
               "heading": "Record a setting that stands on no list", "button": "Record the setting",
               "about": "A school inspected by others than Ofsted, or a place that is not registered. Until something "
                        "is known of it, it is not taken as safe."}  # fmt: skip
    return render(request, "ofsted/settings/enter.html", context)


def judgement_address(setting: Setting, *, back: str) -> str:
    return f"{reverse('setting_judgement', args=[setting.register, setting.urn])}?back={back}"
