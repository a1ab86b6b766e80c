"""What the pages are compared with: the one query that gives a page its rows, run as it is, and its rows as JSON.

Nobody signs in, nothing is checked, counted, formatted or recorded. The query is the page's own, worked out once.
"""

import os
from collections.abc import Callable
from datetime import date
from functools import cache

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.urls import path

from plumbline.earlyhelp.access import tacs_visible_to
from plumbline.people.models import User
from plumbline.placements.queries import settings_listed

# The viewer, and the TAC that is opened; said by benchmarks.pages.
_VIEWER = int(os.environ["BARE_VIEWER"])
_TAC = int(os.environ.get("BARE_TAC", "0"))


def _tacs(viewer: User, on: date) -> QuerySet:
    rows = tacs_visible_to(viewer, on=on).select_related("child", "lead_organisation", "lead_professional")
    return rows.filter(lead_organisation__sector="school").order_by("-started_on", "pk")[:50]


def _tac(viewer: User, on: date) -> QuerySet:
    rows = tacs_visible_to(viewer, on=on)
    rows = rows.select_related("child", "lead_organisation", "lead_professional", "origin__import_run")
    return rows.filter(pk=_TAC)[:1]


def _settings(viewer: User, on: date) -> QuerySet:
    return settings_listed(viewer, on=on).order_by("not_ours", "gravity", "pk")[:50]


def _bare(rows: Callable[[User, date], QuerySet]) -> Callable[[HttpRequest], JsonResponse]:
    @cache
    def statement() -> tuple[str, tuple]:
        return rows(User.objects.get(pk=_VIEWER), settings.TODAY).query.sql_with_params()

    def view(request: HttpRequest) -> JsonResponse:
        with connection.cursor() as cursor:
            cursor.execute(*statement())
            return JsonResponse({"rows": cursor.fetchall()})

    return view


urlpatterns = [
    path("tacs/", _bare(_tacs)), path("tac/", _bare(_tac)), path("settings/", _bare(_settings)),
]  # fmt: skip
