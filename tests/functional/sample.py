# ruff: noqa: E501 - sample data reads better on its line
"""Two pages with every component, for looking at and for the browser tests. Served by the tests only."""

from datetime import date
from types import SimpleNamespace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from plumbline.web.kit import forms, tables
from plumbline.web.kit.access import public

NAMES = ("Alder House", "Beck Lodge", "Carr Farm School", "Dunmere", "Eau Bank", "Fen View", "Gosberton Hall")
STATES = (
    ("adverse", "Adverse", "Inadequate overall on 14 June 2016"),
    ("watch", "Watch", "Leaders and managers inadequate, overall requires improvement"),
    ("clear", "Clear", ""),
    ("unknown", "Not matched", "Nothing in Ofsted’s list has this URN"),
)


def _rows() -> list[SimpleNamespace]:
    rows = []
    for at in range(137):
        state, word, why = STATES[at % 4 if at < 12 else 2]
        rows.append(
            SimpleNamespace(
                pk=at,
                urn=f"SC{27000 + at * 7:06d}",
                name=f"{NAMES[at % 7]} {at // 7 + 1}",
                state=state,
                word=word,
                why=why,
                children=None if state == "unknown" else (at * 13) % 9,
                inspected_on=None if state == "unknown" else date(2016, at % 6 + 1, at % 27 + 1),
            )
        )
    return rows


class Settings(tables.Table):
    title = "Settings"
    one, many = "setting", "settings"
    columns = (
        tables.Column("name", "Name", link=lambda row: f"/sample/?{row.urn}", sort=lambda row: row.name),
        tables.Column("urn", "URN", sort=lambda row: row.urn),
        tables.Column("word", "Status", kind="state", note="why", note_heading="Reason", sort=lambda row: row.word),
        tables.Column("inspected_on", "Last inspected", sort=lambda row: row.inspected_on, absent="never"),
        tables.Column("children", "Children placed", numeric=True, sort=lambda row: row.children),
    )
    filters = (
        tables.Text("q", "Name or URN", lambda rows, text: [r for r in rows if text.lower() in (r.name + r.urn).lower()]),
        tables.Choice(
            "state", "Status", lambda rows, state: [r for r in rows if r.state == state],
            choices=[(key, word) for key, word, _ in STATES],
        ),
        tables.Day("since", "Inspected since", lambda rows, day: [r for r in rows if r.inspected_on and r.inspected_on >= day]),
    )  # fmt: skip
    order = "name"


class Visit(forms.PageForm):
    asked_if = {"told": ("grade", "serious"), "trained_on": ("seen", "training")}

    setting = forms.LineField(label="Setting", hint="Its name or URN", autocomplete="off")
    urn = forms.LineField(label="URN", width=10, required=False)
    visited_on = forms.DayField(
        label="When was the visit?", hint="For example, 31 7 2016", missing="Enter the date of the visit"
    )
    grade = forms.ChoiceField(
        label="What did you find?",
        widget=forms.Radios,
        choices=[("good", "Good"), ("concern", "Some concern"), ("serious", "Serious concern")],
        choice_hints={"serious": "The head of service is told today"},
    )
    seen = forms.ChoicesField(
        label="What did you look at?",
        choices=[("recruitment", "Safer recruitment"), ("training", "Training")],
        required=False,
    )
    told = forms.LineField(label="Whom have you told?", missing="Say whom you have told")
    trained_on = forms.DayField(label="When were they last trained?", required=False)
    area = forms.ChoiceField(
        label="Service area", choices=[("", "Choose one"), ("eh", "Early help"), ("sen", "Special educational needs")]
    )
    found = forms.TextField(label="What was found?", hint="No child’s name", max_length=500)
    hours = forms.NumberField(label="Hours on site", required=False)
    report = forms.FileField(label="Report", hint="PDF or Word, up to 10 MB", required=False, accept=".pdf,.docx")
    agreed = forms.TickField(label="The home’s manager has read this")


@public
def components(request: HttpRequest) -> HttpResponseBase:
    form = Visit(request.POST or None, request.FILES or None)
    if "message" in request.GET:
        messages.success(request, "The visit to Alder House is recorded.")
    context = {
        "form": form,
        "breadcrumbs": [("My work", "/"), ("Settings and placements", "/sample/list/"), ("Alder House", "")],
        "tabs": [("Overview", "/sample/", True), ("Judgements", "/sample/?judgements", False), ("Visits", "/sample/?visits", False), ("Who looked", "/sample/?looked", False)],
        "reasons": [
            {"sentence": "Ofsted judged this home inadequate on 14 June 2016, and nobody has told the social worker of 1 child.", "url": "/sample/", "link": "Tell the social worker"},
            "The last check against Ofsted’s list was 38 days ago; it is due every month.",
        ],
        "counts": [
            {"number": 3, "label": "overdue", "url": "/sample/?o", "kind": "red"},
            {"number": 12, "label": "due this week", "url": "/sample/?d", "kind": "amber"},
            {"number": 1, "label": "new flag", "url": "/sample/?n"},
            {"number": 2704, "label": "waiting for others", "url": "/sample/?w"},
        ],
        "summary": [
            ("URN", "SC027255"),
            ("Registered", date(2009, 3, 2)),
            ("Places", 1200),
            ("Owner", None, "/sample/?owner"),
        ],
        "entries": [
            {"at": timezone.now(), "who": "Jo Marsh, contract officer", "what": "Visit recorded", "detail": "Safer recruitment looked at; nothing to follow up."},
            {"at": date(2016, 6, 14), "who": "Ofsted", "what": "Inspection: inadequate", "url": "/sample/?i"},
        ],
        "chain": [
            {"kind": "Contract", "text": "CT001 Residential care", "url": "/sample/?c"},
            {"kind": "Provider", "text": "Fen Care Limited", "url": "/sample/?p"},
            {"kind": "Setting", "text": "Alder House", "here": True},
            {"kind": "Judgement", "text": "Inadequate, 14 June 2016", "url": "/sample/?j"},
            {"kind": "Children", "text": "3 children"},
            {"kind": "Answer", "text": "Question 5", "url": "/sample/?a"},
        ],
        "facts": ["In the year to 31 March 2016", "Known at 31 July 2016 at 14:32", "41 not recorded; 12 not yet known"],
        "board_columns": ["Claim", "Figures", "Inspection", "Families"],
        "board_rows": [
            {"heading": "Every child has a plan", "url": "/sample/?1", "cells": [
                {"label": "Figures", "state": "green", "word": "Supports", "url": "/sample/?f"},
                {"label": "Inspection", "state": "red", "word": "Contradicts", "url": "/sample/?g", "reason": "“Some plans are out of date”, March 2016"},
                {"label": "Families", "state": "grey", "word": "Silent"}]},
        ],
        "states": ["unregistered", "adverse", "watch", "clear", "in_progress", "draft"],
    }  # fmt: skip
    return render(request, "sample/components.html", context)


@public
def listing(request: HttpRequest) -> HttpResponseBase:
    return tables.page(request, Settings(request, _rows()), "sample/list.html")


@public
def chart(request: HttpRequest) -> HttpResponse:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 200" width="640" height="200">'
        '<path d="M20 160 160 120 300 130 440 80 600 60" fill="none" stroke="#1d4f6e" stroke-width="3"/></svg>'
    )
    return HttpResponse(svg, content_type="image/svg+xml")
