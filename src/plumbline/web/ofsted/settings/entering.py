"""Entering by hand what no list has said yet: a setting, a judgement, a notice and its end."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from plumbline.evidence.operations import keep_document
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed
from plumbline.ofsted import kinds, queries
from plumbline.ofsted.models import Setting
from plumbline.ofsted.operations import by_hand, month
from plumbline.people.access import Permission
from plumbline.placements import checking, operations
from plumbline.placements import queries as placements
from plumbline.web.evidence import files
from plumbline.web.kit import setting_words as words
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, ask
from plumbline.web.kit.request import Request, acting, record_number
from plumbline.web.ofsted.settings.forms import EndByHand, JudgementByHand, NoticeByHand, SettingByHand, WhichKind
from plumbline.web.ofsted.settings.views import INSPECTION_KINDS


def setting_of(request: Request, register: str, urn: str) -> Setting:
    return placements.setting_seen(request.user, register=register, urn=urn, on=request.day)


def question(setting: Setting, *, heading: str, button: str, about: str) -> Question:
    """What is asked about a setting, beside its name."""
    label = words.label(setting)
    return Question(
        heading=heading, button=button, back=words.address(setting), back_words=label, caption=label, about=about
    )


def said(setting: Setting, what: str) -> Callable[[operations.Judged[Any]], str]:
    """What is said of something recorded, with what followed."""

    def of(judged: operations.Judged[Any]) -> str:
        flags = sum(judged.raised.raised.values())
        follows = (
            f" {wording.how_many(flags, 'flag was', 'flags were')} raised. Each says who is told of it."
            if flags
            else ""
        )
        return f"{what} of {words.label(setting)} is recorded.{follows}"

    return of


def back(request: Request, setting: Setting) -> str:
    """Where one came from, or the page of the setting."""
    came_from = request.GET.get("back", "")
    if url_has_allowed_host_and_scheme(came_from, allowed_hosts=None) and came_from.startswith("/"):
        return came_from
    return words.address(setting)


@requires(Permission.MONTHLY_CHECK)
def judgement(request: Request, register: str, urn: str) -> HttpResponseBase:
    """First the kind of inspection, which decides what can be judged; then what was judged, with its evidence."""
    setting = setting_of(request, register, urn)
    known = [(kind, INSPECTION_KINDS[kind]) for kind in kinds.ASPECTS_OF[setting.register]]
    kind = request.GET.get("kind", "")
    if kind not in dict(known):
        context = {
            "label": words.label(setting),
            "back": words.address(setting),
            "kept": [(name, request.GET[name]) for name in ("back", "item") if name in request.GET],
            "form": WhichKind(request.GET if "kind" in request.GET else None, kinds=known),
        }
        return render(request, "ofsted/settings/judgement_kind.html", context)
    aspects = kinds.aspects_of(register=setting.register, kind=kind, provision_type=setting.provision_type)
    form = JudgementByHand(
        request.POST or None, request.FILES or None, aspects=aspects, initial={"inspectorate": "Ofsted"}
    )
    for name in ("inspected_on", "published_on"):
        form.day_field(name).no_later_than = (request.day, "That day is still to come")

    def record(document: Any, **given: Any) -> operations.Judged[Any]:
        return operations.take_judgements(
            **_recorded_as(request, setting),
            kind=kind,
            judgements=form.judgements(),
            **{name: given[name] for name in ("inspected_on", "published_on", "inspectorate", "report_link")},
            document_id=kept_document(request, document, setting),
            act=acting(request),
        )

    return ask(
        request,
        form,
        question(
            setting,
            heading=f"{INSPECTION_KINDS[kind]}: what was judged",
            button="Record the judgement",
            about="As the first page of the report gives it. If it makes the setting adverse, everyone concerned with "
            "a child there is told at once.",
        ),
        do=record,
        done=said(setting, "The judgement"),
        to=back(request, setting),
    )


def _recorded_as(request: Request, setting: Setting) -> dict[str, Any]:
    """As a line of the monthly check, where one came from there; else as a judgement of its own."""
    given = request.GET.get("item", "")
    if not given:
        return {"record": by_hand.record_judgement, "setting_id": setting.pk}
    item = checking.item_seen(request.user, item_id=record_number(given), on=request.day)
    if item.setting_id != setting.pk:
        raise NotAllowed(f"Line {item.pk} is about another setting.")
    return {"record": month.check_changed, "item_id": item.pk}


def kept_document(request: Request, upload: Any, setting: Setting) -> int | None:
    """The number of the document that was attached, kept; None where none was."""
    if upload is None:
        return None
    kept = keep_document(
        title=f"Report on {words.label(setting)}",
        file_name=upload.name,
        content=upload.read(),
        folder=files.folder(),
        act=acting(request),
    )
    return kept.pk


@requires(Permission.MONTHLY_CHECK)
def notice(request: Request, register: str, urn: str) -> HttpResponseBase:
    setting = setting_of(request, register, urn)
    return ask(
        request,
        NoticeByHand(request.POST or None),
        question(
            setting,
            heading="Enter a notice",
            button="Record the notice",
            about="A notice of Ofsted’s that is in force at this setting.",
        ),
        do=partial(
            operations.take_judgements, record=by_hand.record_notice, setting_id=setting.pk, act=acting(request)
        ),
        done=said(setting, "The notice"),
        to=back(request, setting),
    )


@requires(Permission.MONTHLY_CHECK)
def end_notice(request: Request, register: str, urn: str, notice_id: int) -> HttpResponseBase:
    setting = setting_of(request, register, urn)
    ended = next((each for each in queries.notices_of(setting) if each.pk == notice_id), None)
    if ended is None or (ended.to_on and ended.to_on < request.day):
        raise NotAllowed(f"There is no notice {notice_id} in force.")
    return ask(
        request,
        EndByHand(request.POST or None, label="Last day on which it is in force"),
        question(
            setting,
            heading=f"End the {ended.get_kind_display().lower()}",
            button="Record the end",
            about=f"In force since {wording.day(ended.from_on)}. What follows for the setting’s status, and for the "
            "flags of the children there, follows by itself.",
        ),
        do=partial(operations.take_judgements, record=by_hand.end_notice, notice_id=notice_id, act=acting(request)),
        done=said(setting, "The end of the notice"),
        to=back(request, setting),
    )


@requires(Permission.MONTHLY_CHECK)
def record(request: Request) -> HttpResponseBase:
    """A setting that is on no list: inspected by others than Ofsted, or not registered at all."""
    return ask(
        request,
        SettingByHand(request.POST or None, initial={"urn": request.GET.get("urn", "")}),
        Question(
            heading="Record a setting that is on no list",
            button="Record the setting",
            back=reverse("settings"),
            back_words="Settings",
            caption="Settings",
            about="A school inspected by others than Ofsted, or a place that is not registered. Until something is "
            "known of it, it is not taken as safe.",
        ),
        do=partial(by_hand.record_setting, act=acting(request)),
        done=lambda made: (
            f"{words.label(made)} is recorded. Say what is known of it: a judgement with its report, or that it is not "
            "registered."
        ),
        to=words.address,
    )


def judgement_address(setting: Setting, *, back: str) -> str:
    return f"{reverse('setting_judgement', args=[setting.register, setting.urn])}?back={back}"
