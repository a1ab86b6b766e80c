"""Imports: files handed in, what they would change, taken in the background, and the result. It can be left at any
time: each state has its sentence, and a page that is looked at again goes on by itself where scripts run."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.exchange import queries, withdrawing
from plumbline.exchange import uploads as exchange
from plumbline.exchange.handed_in import LIMITS, Given
from plumbline.exchange.models import RefusedRow, Upload, Withdrawal
from plumbline.intake.models import Import
from plumbline.ofsted.list_days import DOUBTS
from plumbline.people.access import Permission, may
from plumbline.web.exchange.imports.forms import HandIn, OfThatDay, Whole
from plumbline.web.kit import tables, under_way
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, act, ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.kit.uploads import takes_files

# An import, by the kind of what it read.
WHAT = exchange.KINDS | {"gias": "The register of schools (GIAS)", "ocds": "Published notices"}


def _sum(row: Import, count: str) -> int | None:
    """Over the files; None where the import keeps no counts."""
    counts = [file[count] for file in row.files.values() if isinstance(file, dict) and count in file]
    return sum(counts) if counts else None


class Imports(tables.Table):
    title = "Imports"
    one, many = "import", "imports"
    columns = (
        tables.Column("label", "Import", sort="label", link=lambda row: reverse("import", args=[row.pk])),
        tables.Column("kind", "What", lambda row: WHAT.get(row.kind, row.kind), sort="kind"),
        tables.Column("as_at", "Of the day", sort="as_at"),
        tables.Column("at", "Taken", sort="id"),
        tables.Column("by_name", "By", sort="by_name"),
        *(
            tables.Column(count, count.capitalize(), partial(_sum, count=count), numeric=True)
            for count in ("added", "changed", "refused")
        ),
    )
    filters = (
        tables.Text("q", "Name", "label__icontains"),
        tables.Day("from", "Taken from", "at__date__gte"),
        tables.Day("to", "Taken to", "at__date__lte"),
    )
    order = "-at"
    empty = "Nothing has been taken in yet."


@requires(Permission.IMPORTS)
def imports(request: Request) -> HttpResponseBase:
    table = Imports(request, queries.imports(request.user, on=request.day).order_by())
    waiting = exchange.uploads_visible_to(request.user, on=request.day).exclude(state=Upload.State.DONE)[:10]
    return tables.page(request, table, "exchange/imports/list.html", {"waiting": waiting})


class Uploads(tables.Table):
    title = "Files handed in"
    one, many = "upload", "uploads"
    columns = (
        tables.Column("id", "Upload", lambda row: f"Upload {row.pk}", sort="id",
                      link=lambda row: reverse("upload", args=[row.pk]), note=lambda row: ", ".join(row.file_names),
                      note_heading="Files"),
        tables.Column("kind", "What", lambda row: exchange.KINDS.get(row.kind, row.kind), sort="kind"),
        tables.Column("state", "State", "get_state_display", kind=lambda row: under_way.LOOKS[row.state], sort="state",
                      note="reason"),
        tables.Column("uploaded_at", "Handed in", sort="uploaded_at"),
        tables.Column("by", "By", "uploaded_by", sort="uploaded_by__name"),
    )  # fmt: skip
    filters = (tables.Choice("state", "State", "state", choices=Upload.State.choices),)
    order = "-id"


@requires(Permission.IMPORTS)
def uploads(request: Request) -> HttpResponseBase:
    rows = exchange.uploads_visible_to(request.user, on=request.day).order_by()
    crumbs = [("Imports", reverse("imports")), ("Files handed in", "")]
    return tables.page(request, Uploads(request, rows), "exchange/imports/uploads.html", {"breadcrumbs": crumbs})


@requires(Permission.IMPORTS)
@takes_files(largest=LIMITS.bytes)
def new_import(request: Request) -> HttpResponseBase:
    form = HandIn(request.POST or None, request.FILES or None)
    form.day_field("as_at").no_later_than = (request.day, "That day has not come yet")

    def receive(files: Sequence[Any], **given: Any) -> Upload:
        handed_in = [Given(file.name, file.file) for file in files]
        made = exchange.receive(given=handed_in, home=settings.HOME, **given, act=acting(request))
        under_way.look(request, made)
        return made

    return ask(
        request,
        form,
        Question(
            heading="Take files in",
            button="Look at the files",
            back=reverse("imports"),
            about="The files are looked at first. You see what would change, and nothing is taken until you say so.",
            breadcrumbs=[("Imports", reverse("imports")), ("New", "")],
        ),
        do=receive,
        done="",
        to=_address,
    )


@requires(Permission.IMPORTS)
def upload(request: Request, upload_id: int) -> HttpResponseBase:
    found = _upload(request, upload_id)
    return _page_of(request, found, Whole())


def _page_of(request: Request, found: Upload, form: Whole) -> HttpResponseBase:
    return render(
        request,
        "exchange/imports/upload.html",
        {
            **under_way.standing(request, found),
            "form": form,
            "kind_words": exchange.KINDS.get(found.kind, found.kind),
            "doubt_form": OfThatDay() if found.result.get("code") in DOUBTS else None,
            "of_day": date.fromisoformat(found.options["as_at"]) if found.options.get("as_at") else None,
            "breadcrumbs": [("Imports", reverse("imports")), (f"Upload {found.pk}", "")],
        },
    )


@requires(Permission.IMPORTS)
def look(request: Request, upload_id: int) -> HttpResponseBase:
    found = _upload(request, upload_id)
    because = request.POST.get("because", "")[:500]
    return act(request, do=lambda: under_way.look(request, found, because=because), done="", to=_address(found))


@requires(Permission.IMPORTS)
def take(request: Request, upload_id: int) -> HttpResponseBase:
    found = _upload(request, upload_id)
    whole = bool(found.would_change.get("gone"))
    if not whole or request.method != "POST":
        return act(request, do=lambda: under_way.take(request, found), done="", to=_address(found))
    return ask(
        request,
        Whole(request.POST),
        lambda form: _page_of(request, found, form),
        do=lambda whole: under_way.take(request, found, whole=whole),
        done="",
        to=_address(found),
    )


def _address(found: Upload) -> str:
    return reverse("upload", args=[found.pk])


class Refused(tables.Table):
    title = "Rows that were refused"
    one, many = "row", "rows"
    columns = (
        tables.Column("file", "File", sort="file"),
        tables.Column("line", "Line", sort="line", numeric=True, link=lambda row: reverse("refused", args=[row.pk])),
        tables.Column("row_id", "Number", sort="row_id"),
        tables.Column("reason", "Why", note="code", note_heading="Code"),
        tables.Column("state", "State", "get_state_display", sort="state",
                      kind=lambda row: {"open": "amber", "mended": "green"}.get(row.state, "grey")),
    )  # fmt: skip
    filters = (
        tables.Text("file", "File", "file__icontains"),
        tables.Text("code", "Code", "code__icontains"),
        tables.Choice("state", "State", "state", choices=RefusedRow.State.choices),
    )
    order = "file"


@requires(Permission.IMPORTS)
def one_import(request: Request, import_id: int) -> HttpResponseBase:
    found = queries.imports(request.user, on=request.day).filter(pk=import_id).first()
    if found is None:
        raise Http404
    table = Refused(request, exchange.refused_of(found).order_by())
    return tables.page(
        request,
        table,
        "exchange/imports/import.html",
        {
            "run": found,
            "may_withdraw": withdrawing.may_be_withdrawn(found)
            and may(request.user, exchange.needs(found.kind), on=request.day),
            "asked": withdrawing.withdrawals_visible_to(request.user, on=request.day)
            .filter(import_run=found, state__in=Withdrawal.OPEN)
            .first(),
            "counts": under_way.counts_of({k: v for k, v in found.files.items() if isinstance(v, dict)}),
            "breadcrumbs": [("Imports", reverse("imports")), (found.label, "")],
        },
    )


def _upload(request: Request, upload_id: int) -> Upload:
    found = exchange.uploads_visible_to(request.user, on=request.day).filter(pk=upload_id).first()
    if found is None:
        raise Http404
    return found
