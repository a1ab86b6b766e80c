"""The evaluator's own pages: declare, score one answer a page, lock. Nobody else's scores are anywhere on them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.commissioning.models import Evaluator, Tender
from plumbline.commissioning.operations import evaluation as operations
from plumbline.commissioning.queries import evaluation as queries
from plumbline.commissioning.queries.evaluation import Cell, Sheet
from plumbline.commissioning.rules.scoring import plain
from plumbline.evidence import operations as evidence
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.access import Permission, may
from plumbline.web.commissioning.evaluation import leading
from plumbline.web.commissioning.evaluation.forms import Declaration, Score, scores_of
from plumbline.web.evidence.files import answer_with
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting

# A conflict that arises later is declared until the scores are settled.
_TELLS = queries.DECLARABLE | {Tender.State.MODERATION}


@requires(Permission.TENDERS_EVALUATE, Permission.TENDERS_VIEW)
def evaluation(request: Request, pk: int) -> HttpResponseBase:
    """An evaluator who has not locked: their own page. Everybody else who sees the tender: the board."""
    try:
        own = queries.evaluator_seen(request.user, tender_id=pk, on=request.day)
    except NotAllowed:
        own = None
    reads = may(request.user, Permission.TENDERS_VIEW, on=request.day)
    if own is not None and (own.locked_at is None or not reads):
        return _own_page(request, own)
    if not reads:
        raise Http404
    return leading.board_page(request, pk)


def _own_page(request: Request, own: Evaluator) -> HttpResponseBase:
    tender = own.tender
    why = queries.why_not_yet(own)
    waits = own.declared == Evaluator.Declared.CONFLICT and own.decided_at is None and not own.excluded
    context: dict[str, Any] = {
        "tender": tender, "evaluator": own, "why": why, "waits": waits,
        "may_declare": bool(why) and not waits and tender.state in queries.DECLARABLE,
        "begun": tender.state not in (Tender.State.CLOSED, Tender.State.STAGE1) and tender.state in queries.OPENED
        | {Tender.State.EVALUATION},
        "may_tell": not why and own.declared == Evaluator.Declared.NONE and tender.state in _TELLS,
        "scores_open": queries.are_open(tender) and own.locked_at is not None,
    }  # fmt: skip
    if not why and context["begun"]:
        sheet = queries.sheet_of(own)
        first = sheet.open[0] if sheet.open else None
        context |= {
            "sheet": sheet,
            "columns": ["Question", *(bid.supplier.name for bid in sheet.bids)],
            "rows": [_row(sheet, criterion, cells) for criterion, cells in sheet.rows],
            "left": len(sheet.open),
            "total": len(sheet.cells),
            "next_url": _address(tender.pk, first) if first else "",
            "scoring": tender.state == Tender.State.EVALUATION and own.locked_at is None,
        }
    return render(request, "commissioning/evaluation/own.html", context)


def _row(sheet: Sheet, criterion: Any, cells: list[Cell]) -> dict[str, Any]:
    return {
        "heading": criterion.title,
        "cells": [
            {
                "label": cell.bid.supplier.name,
                "state": "grey" if cell.score is None else "green",
                "word": "To score" if cell.score is None else f"{plain(cell.score.score)}",
                "url": _address(sheet.evaluator.tender_id, cell),
                "hidden": f"{cell.bid.supplier.name}, {criterion.title}",
            }
            for cell in cells
        ],
    }


def _address(tender_id: int, cell: Cell) -> str:
    return reverse("evaluation_score", args=[tender_id, cell.bid.pk, cell.criterion.key])


@requires(Permission.TENDERS_EVALUATE)
def declaration(request: Request, pk: int) -> HttpResponseBase:
    own = queries.evaluator_seen(request.user, tender_id=pk, on=request.day)
    again = not queries.why_not_yet(own)
    form = Declaration(request.POST or None, initial={"has_conflict": "yes"} if again else {})
    if form.is_valid():
        try:
            operations.declare(
                tender_id=pk, has_conflict=form.cleaned_data["has_conflict"] == "yes",
                conflict=form.cleaned_data["conflict"], **acting(request),
            )  # fmt: skip
        except RuleBroken as refusal:
            at_field = refusal.code in ("missing_conflict", "conflict_unclear", "acts_for_bidder")
            form.refuse(refusal, field="conflict" if at_field else None)
        else:
            messages.success(request, "Your declaration is recorded.")
            return redirect("tender_evaluation", pk)
    return render(request, "commissioning/evaluation/declaration.html", {
        "tender": own.tender, "form": form, "bidders": queries.bidders_of(own.tender),
        "may_declare": own.tender.state in (_TELLS if own.declared != "not_yet" else queries.DECLARABLE),
        "again": again,
    })  # fmt: skip


@requires(Permission.TENDERS_EVALUATE)
def score(request: Request, pk: int, bid_id: int, question: str) -> HttpResponseBase:
    own, sheet, cell = _cell(request, pk, bid_id, question)
    asked = next(each for each in queries.questions_of(own.tender) if each.key == question)
    scoring = own.tender.state == Tender.State.EVALUATION and own.locked_at is None
    form = Score(
        request.POST if request.method == "POST" and scoring else None, choices=scores_of(asked, cell.criterion),
        initial=_kept(cell),
    )  # fmt: skip
    if form.is_valid():
        try:
            operations.save_score(
                tender_id=pk, bid_id=bid_id, question=question, score=form.given(),
                comment=form.cleaned_data["comment"], **acting(request),
            )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal, field={"missing_comment": "comment", "off_scale": "score"}.get(refusal.code))
        else:
            following = queries.next_open(queries.sheet_of(own), after=cell)
            messages.success(request, f"Saved: {cell.bid.supplier.name}, {plain(form.given())}.")
            return redirect(_address(pk, following) if following else reverse("tender_evaluation", args=[pk]))
    cells = sheet.cells
    return render(request, "commissioning/evaluation/score.html", {
        "tender": own.tender, "cell": cell, "bid": cell.bid, "criterion": cell.criterion, "form": form,
        "question": asked, "weight": plain(asked.weight), "highest": plain(asked.highest),
        "minimum": plain(asked.minimum) if asked.minimum is not None else "",
        "answer": queries.answer_text(cell.bid, question), "papers": queries.papers_of(cell.bid, question),
        "at": cells.index(cell) + 1, "of": len(cells), "scoring": scoring,
    })  # fmt: skip


def _kept(cell: Cell) -> dict[str, str]:
    return {"score": plain(cell.score.score), "comment": cell.score.comment} if cell.score else {}


def _cell(request: Request, pk: int, bid_id: int, question: str) -> tuple[Evaluator, Sheet, Cell]:
    own = queries.evaluator_seen(request.user, tender_id=pk, on=request.day)
    if own.tender.state not in queries.OPENED | {Tender.State.EVALUATION}:
        raise Http404
    sheet = queries.sheet_of(own)
    return own, sheet, queries.cell_of(sheet, bid_id=bid_id, question=question)


@requires(Permission.TENDERS_EVALUATE)
def lock(request: Request, pk: int) -> HttpResponseBase:
    own = queries.evaluator_seen(request.user, tender_id=pk, on=request.day)
    sheet = queries.sheet_of(own)
    if request.method == "POST":
        operations.lock_scores(tender_id=pk, **acting(request))
        messages.success(request, "Your scores are locked. Nobody sees them before all evaluators have locked.")
        return redirect("tender_evaluation", pk)
    return render(request, "commissioning/evaluation/lock.html", {
        "tender": own.tender, "left": [(cell, _address(pk, cell)) for cell in sheet.open], "locked": own.locked_at,
        "rows": [(criterion, cells) for criterion, cells in sheet.rows],
    })  # fmt: skip


@requires(Permission.TENDERS_EVALUATE)
def paper(request: Request, pk: int, paper_id: int) -> HttpResponseBase:
    """A paper of a bid, as a file, for the evaluator of the question that it answers; leaves a trace."""
    own = queries.evaluator_seen(request.user, tender_id=pk, on=request.day)
    document = queries.paper_to_read(own, paper_id=paper_id).document
    evidence.note_opened(document=document, by=request.user, at=request.at)
    return answer_with(document)
