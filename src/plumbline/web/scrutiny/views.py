"""Reports to scrutiny: the list, one report as a page and as files, writing, publishing, and its figures run again."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe
from django.utils.text import slugify

from plumbline.documents import docx, html, pdf
from plumbline.documents.model import Report as Document
from plumbline.kernel import wording
from plumbline.measures.catalogue import CATALOGUE
from plumbline.people.access import Permission, may
from plumbline.people.acting import viewing
from plumbline.scrutiny import operations, queries
from plumbline.scrutiny.models import Report
from plumbline.web.kit import duties, tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, ask
from plumbline.web.kit.once import own_transactions
from plumbline.web.kit.request import Request, acting
from plumbline.web.scrutiny.forms import WriteReport

_FILES: Mapping[str, tuple[str, Callable[[Document, datetime], bytes]]] = {
    "html": ("text/html; charset=utf-8", lambda document, at: html.page(document).encode()),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        lambda document, at: docx.write(document),
    ),
    "pdf": ("application/pdf", lambda document, at: pdf.write(document, at)),
}


class Reports(tables.Table):
    title = "Reports to scrutiny"
    one, many = "report", "reports"
    columns = (
        tables.Column("title", "Report", sort="title", link=lambda row: reverse("report", args=[row.pk])),
        tables.Column("as_at", "As at", sort="as_at"),
        tables.Column("state", "State", "get_state_display", kind="state", sort="state"),
        tables.Column("published_at", "Published", sort="published_at", absent="not published"),
    )
    filters = (
        tables.Text("q", "Title", "title__named"),
        tables.Choice("state", "State", "state", choices=Report.State.choices),
    )
    order = "-as_at"
    empty = "No report has been published yet."


@requires(Permission.REPORT_VIEW_PUBLISHED, Permission.REPORT_VIEW_DRAFT)
def reports(request: Request) -> HttpResponseBase:
    table = Reports(request, queries.reports_visible_to(request.user, request.day))
    return tables.page(
        request,
        table,
        "scrutiny/list.html",
        {"may_write": may(request.user, Permission.REPORT_WRITE, on=request.day)},
    )


_BUTTONS = {"report.approve": duties.Button("Publish this report", "report_publish")}


@requires(Permission.REPORT_VIEW_PUBLISHED, Permission.REPORT_VIEW_DRAFT)
@own_transactions
def report(request: Request, report_id: int) -> HttpResponseBase:
    found = _report(request, report_id)
    document = _document(request, found)
    body = html.fragment(document, with_title=False)
    return render(
        request,
        "scrutiny/report.html",
        {
            "report": found,
            # Everything of the report is escaped where it is written; it holds no script and no style.
            "body": mark_safe(body),  # noqa: S308 - made by documents.html, which escapes
            "not_printed": pdf.not_printed(document),
            "next": _next(request, found),
            "may_run_again": found.state == Report.State.PUBLISHED and _may(request, Permission.FIGURES_VIEW),
            "breadcrumbs": [("Reports", reverse("scrutiny")), (found.title, "")],
        },
    )


def _next(request: Request, found: Report) -> dict[str, Any] | None:
    # This page has no viewer of its own: it reads figures at moments that it chooses.
    with viewing(request.user, on=request.day):
        return duties.next_of(request, ("report", found.pk), buttons=_BUTTONS)


@requires(Permission.REPORT_VIEW_PUBLISHED, Permission.REPORT_VIEW_DRAFT)
def download(request: Request, report_id: int, kind: str) -> HttpResponseBase:
    found = _report(request, report_id)
    if kind not in _FILES:
        raise Http404
    media_type, write = _FILES[kind]
    answer = HttpResponse(write(_document(request, found), request.at), content_type=media_type)
    name = f"{slugify(found.title)}-{found.as_at.isoformat()}.{kind}"
    # Never opened in place: a page of its own would come from our address without our policy.
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


@requires(Permission.REPORT_WRITE)
def new_report(request: Request) -> HttpResponseBase:
    questions = queries.answerable_questions(queries.answers_here())
    form = WriteReport(
        request.POST if request.method == "POST" else None,
        questions=questions,
        today=request.day,
        initial={"questions": [each.number for each in questions], "as_at": request.day},
    )

    def write(questions: Sequence[str], as_at: date) -> Report:
        numbers = [int(number) for number in questions]
        return operations.write_report(question_numbers=numbers, as_at=as_at, act=acting(request))

    return ask(
        request,
        form,
        Question(
            heading="Write a report",
            button="Write the draft",
            back=reverse("scrutiny"),
            about="The answers are the council's own, each paragraph tied to its figures and evidence. The figures "
            "come from the records as they are now; small numbers of children are withheld.",
            breadcrumbs=[("Reports", reverse("scrutiny")), ("Write a report", "")],
        ),
        do=write,
        done="The draft is written. The director publishes it.",
        to=lambda written: reverse("report", args=[written.pk]),
    )


@requires(Permission.REPORT_PUBLISH)
@own_transactions
def publish(request: Request, report_id: int) -> HttpResponseBase:
    found = _report(request, report_id)
    if request.method == "POST":
        operations.publish_report(report_id=found.pk, act=acting(request))
        messages.success(request, "Published. Its figures are frozen with their moment and can be run again.")
        return redirect("report", found.pk)
    return render(request, "scrutiny/publish.html", {"report": found})


def figure_words(row: Mapping[str, Any], key: str) -> str:
    """The value as people read it; a figure that cannot be given any more says so, and why is said beside it."""
    value = row[key]
    if key in row["withheld"]:
        return "withheld"
    if value is None:
        return "cannot be given" if row["because"] else "no cases"
    return f"{wording.number(value)}%" if row["is_share"] else wording.number(value)


class RunAgain(tables.Table):
    title = "The figures run again"
    one, many = "figure", "figures"
    columns = (
        tables.Column(
            "title", "Figure", sort=lambda row: row["title"], note=lambda row: row["when"], note_heading="When"
        ),
        *(
            tables.Column(key, heading, numeric=True, shown=partial(figure_words, key=key))
            for key, heading in (
                ("published", "Published"),
                ("as_known_then", "As known then"),
                ("as_known_now", "As known now"),
            )
        ),
        tables.Column(
            "state", "Since then", lambda row: "Differs" if row["because"] else "The same",
            kind=lambda row: "amber" if row["because"] else "green", sort=lambda row: not row["because"],
        ),
        tables.Column("why", "Why", lambda row: "; ".join(row["because"]), absent="nothing changed"),
    )  # fmt: skip
    filters = (
        tables.YesNo(
            "differs", "Differs", where=lambda rows, yes: [row for row in rows if bool(row["because"]) == yes]
        ),
    )
    order = "state"


@requires(Permission.FIGURES_VIEW)
@own_transactions
def again(request: Request, report_id: int) -> HttpResponseBase:
    """Every figure of a published report as it was, as known then, and as known now."""
    found = _report(request, report_id)
    if found.state != Report.State.PUBLISHED:
        raise Http404
    rows = operations.rerun_report(report_id=found.pk, viewer=request.user, on=request.day)
    asked = queries.figures_asked(found)
    table = RunAgain(request, [{**row, **_about(row["key"], asked.get(row["ref"], {}))} for row in rows])
    kept = all(row.get("same_as_published", False) for row in rows)
    return tables.page(
        request,
        table,
        "scrutiny/again.html",
        {
            "report": found,
            "differ": sum(bool(row["because"]) for row in rows),
            "figures": wording.how_many(len(rows), "figure", "figures"),
            "kept": kept,
            "breadcrumbs": [
                ("Reports", reverse("scrutiny")),
                (found.title, reverse("report", args=[found.pk])),
                ("Run again", ""),
            ],
        },
    )


def _about(key: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What a figure is called, and of which days it is."""
    measure = CATALOGUE.get(key)
    days = [wording.day(date.fromisoformat(asked[name])) for name in ("as_at", "from", "to") if asked.get(name)]
    split = f", by {asked['by'].replace('_', ' ')}" if asked.get("by") else ""
    return {
        "title": measure.title if measure else key,
        "is_share": measure.is_share if measure else False,
        "when": " to ".join(days) + split,
    }


def _report(request: Request, report_id: int) -> Report:
    found = queries.reports_visible_to(request.user, request.day).filter(pk=report_id).first()
    if found is None:
        raise Http404
    return found


def _document(request: Request, found: Report) -> Document:
    return queries.report_document(
        found, viewer=request.user, on=request.day, council=settings.COUNCIL, colour=settings.COLOUR
    )


def _may(request: Request, permission: Permission) -> Any:
    return may(request.user, permission, on=request.day)
