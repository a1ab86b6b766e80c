"""The evaluation report and the assessment summaries: as a page, and as PDF and Word from the same source."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe
from django.utils.text import slugify

from plumbline.commissioning import report as reports
from plumbline.commissioning.assessment_summary import assessment_summary
from plumbline.commissioning.models import Bid, Tender
from plumbline.commissioning.queries import evaluation as queries
from plumbline.documents import docx, html, pdf
from plumbline.documents.model import Report
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission
from plumbline.web.commissioning.evaluation.leading import places
from plumbline.web.commissioning.tenders.frame import frame
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request

_FILES: Mapping[str, tuple[str, Callable[[Report, datetime], bytes]]] = {
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        lambda document, at: docx.write(document),
    ),
    "pdf": ("application/pdf", lambda document, at: pdf.write(document, at)),
}


@requires(Permission.TENDERS_VIEW)
def report(request: Request, pk: int) -> HttpResponseBase:
    tender, document = _report(request, pk)
    return render(
        request,
        "commissioning/evaluation/report.html",
        {
            **frame(request, tender, "evaluation"),
            "next": None,
            "places": places(request, tender, "report"),
            "body": _body(document),
            "pdf": reverse("evaluation_report_file", args=[pk, "pdf"]),
            "docx": reverse("evaluation_report_file", args=[pk, "docx"]),
        },
    )


@requires(Permission.TENDERS_VIEW)
def report_file(request: Request, pk: int, kind: str) -> HttpResponseBase:
    tender, document = _report(request, pk)
    return answer_with_file(request, document, kind, f"evaluation-report-{tender.reference}")


def _report(request: Request, pk: int) -> tuple[Tender, Report]:
    tender = queries.scores_seen(request.user, tender_id=pk, on=request.day)
    return tender, reports.evaluation_report(tender, council=settings.COUNCIL, colour=settings.COLOUR, on=request.day)


@requires(Permission.TENDERS_MANAGE, Permission.TENDERS_APPROVE)
def summary(request: Request, pk: int, bid_id: int) -> HttpResponseBase:
    _, bid, document = _summary(request, pk, bid_id)
    return render(
        request,
        "commissioning/evaluation/summary.html",
        {
            "bid": bid,
            "body": _body(document),
            "back": reverse("award_letter", args=[pk, bid_id]),
            "pdf": reverse("assessment_summary_file", args=[pk, bid_id, "pdf"]),
            "docx": reverse("assessment_summary_file", args=[pk, bid_id, "docx"]),
        },
    )


@requires(Permission.TENDERS_MANAGE, Permission.TENDERS_APPROVE)
def summary_file(request: Request, pk: int, bid_id: int, kind: str) -> HttpResponseBase:
    tender, bid, document = _summary(request, pk, bid_id)
    return answer_with_file(request, document, kind, f"assessment-summary-{tender.reference}-{bid.supplier.name}")


def _summary(request: Request, pk: int, bid_id: int) -> tuple[Tender, Bid, Report]:
    tender = queries.scores_seen(request.user, tender_id=pk, on=request.day)
    awards = queries.standing_awards(tender)
    bid = tender.bids.select_related("supplier").filter(pk=bid_id).first()
    if bid is None or not awards or awards[0].approved_at is None:
        raise NotAllowed(f"There is no assessment summary of bid {bid_id}.")
    document = assessment_summary(tender, awards, bid, council=settings.COUNCIL, colour=settings.COLOUR, on=request.day)
    return tender, bid, document


def _body(document: Report) -> str:
    # It holds no script and no style.
    return mark_safe(html.fragment(document, with_title=False))  # noqa: S308 - escaped where it is written


def answer_with_file(request: Request, document: Report, kind: str, name: str) -> HttpResponseBase:
    """The document as PDF or Word; any other `kind` is no page."""
    if kind not in _FILES:
        raise Http404
    media_type, write = _FILES[kind]
    answer = HttpResponse(write(document, request.at), content_type=media_type)
    # Never opened in place: a page of its own would come from our address without our policy.
    answer["Content-Disposition"] = content_disposition_header(True, f"{slugify(name)}.{kind}")
    return answer
