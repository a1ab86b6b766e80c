"""Search over what the viewer may see: people by name or number, TACs, settings, organisations, reports."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.earlyhelp.access import tacs_visible_to
from plumbline.kernel import wording
from plumbline.kernel.labels import capital
from plumbline.kernel.names import sort_key
from plumbline.ofsted.models import Setting
from plumbline.people import operations
from plumbline.people import queries as people
from plumbline.people.access import Permission, may
from plumbline.people.named import words_named
from plumbline.placements.access import children_visible_to
from plumbline.scrutiny.queries import reports_visible_to
from plumbline.web.kit import setting_words as words
from plumbline.web.kit.access import signed_in
from plumbline.web.kit.request import Request, acting
from plumbline.web.kit.sealed_names import known_by_bids_alone
from plumbline.web.kit.subjects import SUBJECTS, address

# Of each kind; the lists have filters for more.
_MOST = 10
_SHORTEST = 2


@signed_in
def search(request: Request) -> HttpResponseBase:
    """At most one query for each kind, however much is found."""
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:200]
    groups: list[dict[str, Any]] = []
    if len(text) >= _SHORTEST:
        groups = [group for group in (kind(request, text) for kind in _KINDS) if group["found"]]
        operations.look_at_list(kind="found", asked={"q": text}, act=acting(request))
    return render(
        request,
        "home/search/search.html",
        {"text": text, "too_short": bool(text) and len(text) < _SHORTEST, "groups": groups, "most": _MOST},
    )


def _words(field: str, text: str) -> Q:
    """Every word of the text somewhere in the field, which holds keys of names."""
    found = Q()
    for word in text.replace(",", " ").split():
        found &= Q(**{f"{field}__contains": sort_key(word)})
    return found


def _children(request: Request, text: str) -> dict[str, Any]:
    children = children_visible_to(request.user, on=request.day).filter(
        _words("sort_key", text) | Q(source_id__iexact=text)
    )
    return {
        "title": capital(SUBJECTS["child"].many),
        "found": [
            {"text": child.name, "note": child.source_id, "url": address("child", child.pk)}
            for child in children.order_by("sort_key", "pk")[:_MOST]
        ],
    }


def _tacs(request: Request, text: str) -> dict[str, Any]:
    tacs = tacs_visible_to(request.user, on=request.day).filter(source_id__istartswith=text).select_related("child")
    return {
        "title": capital(SUBJECTS["tac"].many),
        "found": [
            {"text": f"{SUBJECTS['tac'].called} {tac.source_id}", "note": tac.child.name, "url": address("tac", tac.pk)}
            for tac in tacs.order_by("source_id", "pk")[:_MOST]
        ],
    }


def _settings(request: Request, text: str) -> dict[str, Any]:
    if not may(request.user, Permission.SETTINGS_VIEW, on=request.day):
        return {"found": []}
    settings = Setting.objects.filter(_words("sort_key", text) | Q(urn__iexact=text)).select_related("owner")
    return {
        "title": capital(SUBJECTS["setting"].many),
        "found": [
            {
                "text": words.label(setting),
                "note": setting.urn,
                "state": setting.status,
                "word": setting.get_status_display(),
                "url": words.address(setting),
            }
            for setting in settings.order_by("sort_key", "pk")[:_MOST]
        ],
    }


def _organisations(request: Request, text: str) -> dict[str, Any]:
    needed = (Permission.TACS_VIEW, Permission.LISTS_MANAGE, Permission.FIGURES_VIEW)
    if not any(may(request.user, permission, on=request.day) for permission in needed):
        return {"found": []}
    by_list = may(request.user, Permission.TACS_VIEW, on=request.day)
    return {
        "title": "Organisations",
        "found": [
            {
                "text": organisation.name,
                "note": organisation.get_sector_display(),
                "url": f"{reverse('tacs')}?lead={organisation.name}" if by_list else "",
            }
            for organisation in people.organisations()
            .filter(words_named("name", text))
            .exclude(pk__in=known_by_bids_alone(request.user, on=request.day))[:_MOST]
        ],
    }


def _reports(request: Request, text: str) -> dict[str, Any]:
    reports = reports_visible_to(request.user, request.day).filter(words_named("title", text))
    return {
        "title": capital(SUBJECTS["report"].many),
        "found": [
            {
                "text": report.title,
                "note": f"As at {wording.day(report.as_at)}, {report.get_state_display().lower()}",
                "url": address("report", report.pk),
            }
            for report in reports[:_MOST]
        ],
    }


_KINDS = (_children, _tacs, _settings, _organisations, _reports)
