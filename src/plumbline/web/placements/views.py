"""Placements: who was placed where on a day, and what the setting's judgement was then."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.flags import queries as flag_queries
from plumbline.kernel import wording
from plumbline.people.access import Permission, may
from plumbline.people.operations import look_at_child, look_at_list
from plumbline.placements import queries
from plumbline.placements.rules import BLOCKED
from plumbline.web.kit import setting_words as words
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.days import NotADay, read_day
from plumbline.web.kit.request import Request, acting
from plumbline.web.ofsted.settings import chain

# SSDA903 codes (domain.md, 5.12).
TYPES = {
    "K1": "Secure children’s home", "K2": "Children’s home", "R1": "Residential care home", "R2": "NHS or health trust",
    "R3": "Family centre or mother-and-baby unit", "R5": "Young offender institution or prison",
    "S1": "Residential school", "H5": "Semi-independent living", "P1": "With own parents", "P2": "Independent living",
    "P3": "Residential employment",
}  # fmt: skip
QUEUES = (
    ("unmatched", "Setting not matched"),
    ("unregistered", "Setting not registered"),
    ("gone", "Setting gone from the list"),
)


def setting_words(row: Any) -> str | None:
    return words.label(row.setting) if row.setting else row.urn_wording or None


def _queue(rows: Any, queue: str) -> Any:
    if queue == "unmatched":
        return rows.filter(Q(setting=None) | Q(setting__status="unmatched"))
    if queue == "unregistered":
        return rows.filter(setting__status="unregistered")
    return rows.filter(Q(setting__gone_since__isnull=False) | Q(setting__status="closed"))


def _status(rows: Any, status: str) -> Any:
    wanted = BLOCKED if status == "blocked" else (status,)
    found = Q(setting__status__in=wanted)
    return rows.filter(found | Q(setting=None) if status == "unmatched" else found)


def status_now(row: Any) -> str:
    return row.setting.status if row.setting else "unmatched"


class Placements(tables.Table):
    one, many = "placement", "placements"
    columns = (
        tables.Column("child_name", "Child", link=lambda row: reverse("placement", args=[row.pk]),
                      sort="child__sort_key"),
        tables.Column("setting", "Setting", setting_words, sort=("setting__sort_key", "setting__urn"),
                      link=lambda row: words.address(row.setting) if row.setting else None, absent="none recorded"),
        tables.Column("status_then", "Setting on that day", lambda row: words.STATUSES[row.status_then],
                      kind=lambda row: words.kind(row.status_then), sort="status_then"),
        tables.Column("status", "Setting now", lambda row: words.STATUSES[status_now(row)],
                      kind=lambda row: words.kind(status_now(row)), sort="gravity"),
        tables.Column("started_on", "Placed since", sort="started_on"),
        tables.Column("ended_on", "To", sort="ended_on", absent="still there"),
        tables.Column("source_id", "Number", sort="source_id", note=lambda row: row.get_source_display(),
                      note_heading="Source"),
    )  # fmt: skip
    filters = (
        tables.Day("day", "On the day", lambda rows, day: rows),
        tables.Text("q", "Child, URN or number", lambda rows, text: rows.filter(
            Q(child_name__named=text) | Q(urn_wording__icontains=text) | Q(source_id__iexact=text)
            | Q(setting__urn__iexact=text) | Q(setting__name__named=text))),
        tables.Choice("status", "Setting now", _status,
                      choices=(("blocked", "No new placement"), *words.STATUSES.items())),
        tables.Choice("queue", "Needs looking into", _queue, choices=QUEUES),
    )  # fmt: skip
    order = "status"
    empty = "Nobody that you see was placed on this day."


@requires(Permission.PLACEMENTS_VIEW)
def placements(request: Request) -> HttpResponseBase:
    """Who was placed where on a day (today, where none is given)."""
    day = _day(request)
    rows = queries.placements_on(queries.placements_listed(request.user, on=request.day), day)
    table = Placements(request, rows, title=f"Placements on {wording.day(day)}")
    look_at_list(kind="placements", asked=request.GET.dict(), act=acting(request))
    return tables.page(
        request,
        table,
        "placements/list.html",
        {
            "placed_on": day,
            "is_today": day == request.day,
            "may_record": may(request.user, Permission.PLACEMENTS_RECORD, on=request.day),
        },
    )


def _day(request: Request) -> date:
    """The day asked; today where none is given, or none that is understood (the filter then says so)."""
    try:
        return read_day(request.GET.get("day", ""))
    except NotADay:
        return request.day


@requires(Permission.PLACEMENTS_VIEW)
def placement(request: Request, placement_id: int) -> HttpResponseBase:
    on, viewer = request.day, request.user
    found = queries.placement_seen(viewer, placement_id=placement_id, on=on)
    look_at_child(child_id=found.child_id, page=f"placement {found.source_id}", act=acting(request))
    status = status_now(found)
    is_open = found.started_on <= on and (found.ended_on is None or found.ended_on > on)
    flags = list(
        queries.flags_listed(viewer, on=on)
        .filter(subject_type="placement", subject_id=found.pk)
        .order_by("state", "-raised_at")
    )
    told = flag_queries.now_for(flags)
    wrong = []
    if is_open and status not in ("clear", "not_judged"):
        wrong = (
            words.sentences(found.setting)
            if found.setting
            else [
                "No setting is recorded for this placement, so nothing is known of it. It is not to be taken as safe."
            ]
        )
    if found.began_adverse:
        wrong.append(
            "The setting was adverse already when the placement began" + (", by exception." if found.exception else ".")
        )
    context = {
        "placement": found,
        "child": found.child,
        "setting": found.setting,
        "setting_label": setting_words(found),
        "status_kind": words.kind(status),
        "status_word": words.STATUSES[status],
        "then_kind": words.kind(found.status_at_start),
        "then_word": words.STATUSES[found.status_at_start],
        "is_open": is_open,
        "wrong": wrong,
        "wrong_kind": "red" if status in BLOCKED or found.began_adverse else "amber",
        "type_words": TYPES.get(found.placement_type, found.placement_type),
        "flags": flags,
        "chain": chain.of_placement(
            viewer, found, flags=flags, told=told, names=flag_queries.workers_named({row.recipient for row in told}),
            on=on,
        ),
        "may_end": found.source == "here" and found.ended_on is None
        and may(viewer, Permission.PLACEMENTS_RECORD, on=on),
        "sees_children": may(viewer, Permission.CHILDREN_VIEW, on=on),
        "sees_settings": may(viewer, Permission.SETTINGS_VIEW, on=on),
        "breadcrumbs": [("Placements", reverse("placements")), (found.source_id, "")],
    }  # fmt: skip
    return render(request, "placements/placement.html", context)
