"""The list of everything that is bought, and one tender: where it stands, its bids, stage 1, conflicts, history."""

from datetime import date
from functools import partial
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.commissioning.models import Tender
from plumbline.commissioning.operations import tenders as operations
from plumbline.commissioning.queries import suppliers
from plumbline.commissioning.queries import tenders as queries
from plumbline.commissioning.rules.tender import weights
from plumbline.kernel import wording
from plumbline.people.access import Permission, may
from plumbline.web.commissioning.tenders import words
from plumbline.web.commissioning.tenders.forms import Because, Conflict
from plumbline.web.commissioning.tenders.frame import frame, of_tender
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask
from plumbline.web.kit.request import Request, acting

READS = (Permission.TENDERS_VIEW, Permission.TENDERS_EVALUATE)


class Tenders(tables.Table):
    title = "Tenders"
    one, many = "tender", "tenders"
    columns = (
        tables.Column("title", "Tender", link=words.tender_address, note="reference", note_heading="Reference",
                      sort=("title", "reference")),
        tables.Column("state_words", "State", "get_state_display", kind=words.tender_kind,
                      note=lambda row: f"since {wording.day(row.state_since)}", note_heading="Since",
                      sort="state_since"),
        tables.Column("kind_words", "How", "get_kind_display", note="get_body_display", note_heading="Bought by",
                      sort=("kind", "body")),
        tables.Column("lead", "Lead commissioner", "lead_commissioner", sort="lead_commissioner__name"),
        tables.Column("stage1", "Stage 1", lambda row: row.stage1_id is not None, sort="stage1_id"),
        # It is a fact of the day of publication: of a draft nothing is known yet.
        tables.Column("scored_safeguarding", "Safeguarding scored",
                      lambda row: row.scored_safeguarding if row.published_on else None, sort="scored_safeguarding",
                      absent="not published yet"),
        tables.Column("bid_count", "Bids", numeric=True, sort="bid_count"),
        tables.Column("bids_due_on", "Last day for bids", sort="bids_due_on", absent="none",
                      note=lambda row: f"service from {wording.day(row.service_starts_on)}"
                      if row.service_starts_on else "", note_heading="Service"),
    )  # fmt: skip
    filters = (
        tables.Text("q", "Title, service or reference", lambda rows, text: rows.filter(
            Q(title__named=text) | Q(service__named=text) | Q(reference__icontains=text))),
        tables.Choice("state", "State", "state", choices=Tender.State.choices),
        tables.Choice("kind", "How", "kind", choices=Tender.Kind.choices),
        tables.Choice("body", "Bought by", "body", choices=Tender.Body.choices),
        tables.YesNo("safeguarding", "Safeguarding scored", "scored_safeguarding"),
    )  # fmt: skip
    order = "-state_words"
    empty = "No tender is recorded yet."


@requires(*READS)
def tenders(request: Request) -> HttpResponseBase:
    rows = queries.tenders_listed(request.user, on=request.day)
    may_manage = may(request.user, Permission.TENDERS_MANAGE, on=request.day)
    return tables.page(request, Tenders(request, rows), "commissioning/tenders/list.html", {"may_manage": may_manage})


@requires(*READS)
def tender(request: Request, pk: int) -> HttpResponseBase:
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    stage1, questions = queries.stage1_asked(found), queries.questions_asked(found)
    context = frame(request, found, "")
    return render(
        request,
        "commissioning/tenders/overview.html",
        {
            **context,
            "stage1_asked": stage1,
            "questions_asked": questions,
            "weights": weights(questions) if questions else None,
            "timetable": _timetable(found, request.day),
            "editable": context["may_manage"] and found.state == "draft",
            "published": list(suppliers.published_of(found)),
            "sees_open_data": may(request.user, Permission.TENDERS_VIEW, on=request.day),
            "may_abandon": context["may_manage"]
            and found.state not in ("awarded", "contract_details", "implementation", "abandoned"),
            "may_hand_over": found.state not in ("draft", "abandoned")
            and (
                may(request.user, Permission.TENDERS_APPROVE, on=request.day)
                or (context["may_manage"] and found.lead_commissioner_id == request.user.pk)
            ),
            "may_redraft": context["may_manage"] and found.state == "approved",
            "may_extend": context["may_manage"] and found.state == "published" and found.bids_due_on is not None,
        },
    )


def _timetable(tender: Tender, on: date) -> list[dict[str, Any]]:
    """The days of a tender in order: what was, what is to come, what nobody has said yet."""
    rows = [
        ("Approved", tender.approved_on, ""),
        ("Published", tender.published_on, ""),
        ("Last day for bids", tender.bids_due_on, "none" if tender.kind == Tender.Kind.DIRECT_AWARD else ""),
        ("Closed to bids", tender.closed_on, ""),
        ("Stage 1 began", tender.stage1_began_on, ""),
        ("Standstill until", tender.standstill_until,
         f"{tender.standstill_days} working days from the award notice" if tender.standstill_days else "none"),
        ("Award, and implementation begins", tender.implementation_from, ""),
        ("The service starts", tender.service_starts_on, ""),
        ("The service ends", tender.service_ends_on, ""),
    ]  # fmt: skip
    return [
        {"what": what, "day": day, "words": said, "past": day is not None and day <= on} for what, day, said in rows
    ]


@requires(*READS)
def bids(request: Request, pk: int) -> HttpResponseBase:
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    rows = list(queries.bids_of(request.user, tender=found, on=request.day))
    context = frame(request, found, "bids")
    direct = found.kind == Tender.Kind.DIRECT_AWARD and found.state == "published"
    return render(
        request,
        "commissioning/tenders/bids.html",
        {
            **context,
            "bids": [{"row": bid, "kind": words.bid_kind(bid), "url": words.bid_address(bid)} for bid in rows],
            "may_read": queries.may_read_bids(request.user, tender=found),
            "may_enter": context["may_manage"] and (found.state in ("closed", "stage1") or direct),
            "letters": [bid for bid in rows if bid.state in ("failed", "disqualified") and not bid.letter_sent_on],
        },
    )


@requires(Permission.TENDERS_VIEW)
def stage1(request: Request, pk: int) -> HttpResponseBase:
    """The board of bids × criteria, for whom the tender is open."""
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    if not queries.is_open(request.user, tender=found, on=request.day):
        raise Http404
    asked = queries.stage1_asked(found)
    rows = list(queries.bids_of(request.user, tender=found, on=request.day))
    lines = queries.board(rows, asked=asked)
    context = frame(request, found, "stage1")
    deciding = context["may_manage"] and found.state == "stage1"
    return render(
        request,
        "commissioning/tenders/stage1.html",
        {
            **context,
            "asked": asked,
            "columns": [
                "Criterion",
                *({"label": line.bid.supplier.name, "url": words.bid_address(line.bid)} for line in lines),
            ],
            "rows": [
                {"heading": criterion.title, "cells": [_cell(line, number, deciding) for line in lines]}
                for number, criterion in enumerate(asked.criteria if asked else ())
            ]
            + [
                {"heading": label, "cells": [_check(line, ground, label, deciding) for line in lines]}
                for ground, label in words.GROUNDS.items()
            ]
            + [{"heading": "Outcome", "cells": [_outcome(line) for line in lines]}]
            if lines
            else [],
            "lines": lines,
        },
    )


def _cell(line: queries.Line, number: int, deciding: bool) -> dict[str, Any]:
    cell = line.cells[number]
    reason = cell.decision.reason if cell.decision else ""
    if cell.decision and cell.state == "clarification":
        answered, due = cell.decision.clarification_answered_on, cell.decision.clarification_due_on
        reason = f"answered {wording.day(answered)}" if answered else f"answer due {wording.day(due)}" if due else ""
    elif not cell.decision and cell.missing:
        reason = "no paper yet"
    url = ""
    if deciding and words.goes_on(line.bid):
        url = reverse("bid_stage1", args=[line.bid.pk, cell.criterion.key])
    return {
        "label": line.bid.supplier.name,
        "state": words.DECISION_KINDS[cell.state],
        "word": words.DECISIONS[cell.state],
        "url": url,
        "reason": reason,
    }


def _check(line: queries.Line, ground: str, label: str, deciding: bool) -> dict[str, Any]:
    check = line.checks.get(ground)
    url = ""
    if deciding and words.goes_on(line.bid):
        url = reverse("bid_exclusion", args=[line.bid.pk, ground])
    if check is None:
        return {"label": line.bid.supplier.name, "state": "grey", "word": "To check", "url": url, "reason": ""}
    kind = {"none": "green", "excluded": "red"}.get(check.result, "amber")
    return {
        "label": line.bid.supplier.name,
        "state": kind,
        "word": check.get_result_display(),
        "url": url,
        "reason": check.note,
    }


def _outcome(line: queries.Line) -> dict[str, Any]:
    return {
        "label": line.bid.supplier.name,
        "state": words.bid_kind(line.bid),
        "word": line.bid.get_state_display(),
        "url": words.bid_address(line.bid),
        "reason": "",
    }


@requires(Permission.TENDERS_VIEW)
def conflicts(request: Request, pk: int) -> HttpResponseBase:
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    context = {
        **frame(request, found, "conflicts"),
        "conflicts": queries.conflicts_of(request.user, tender=found, on=request.day),
    }
    return ask(
        request,
        Conflict(request.POST or None),
        ("commissioning/tenders/conflicts.html", context),
        do=partial(operations.record_conflict, tender_id=found.pk, act=acting(request)),
        done="The conflict of interest is recorded. The lead commissioner decides on it.",
        to=reverse("tender_conflicts", args=[found.pk]),
    )


@requires(Permission.TENDERS_MANAGE)
def decide_conflict(request: Request, pk: int, conflict_id: int) -> HttpResponseBase:
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    conflict = queries.conflicts_of(request.user, tender=found, on=request.day).filter(pk=conflict_id).first()
    if conflict is None:
        raise Http404
    address = reverse("tender_conflicts", args=[found.pk])
    return ask(
        request,
        Because(request.POST or None, label="What is decided, and why?", initial={"because": conflict.decided}),
        of_tender(
            found,
            heading=f"The interest of {conflict.person}",
            button="Record the decision",
            about=conflict.conflict,
            back=address,
        ),
        do=lambda because: operations.decide_conflict(conflict_id=conflict.pk, decided=because, act=acting(request)),
        done="The decision is recorded.",
        to=address,
    )


@requires(Permission.TENDERS_VIEW)
def history(request: Request, pk: int) -> HttpResponseBase:
    found = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    asked = (queries.stage1_asked(found), queries.questions_asked(found))
    titles = {each.key: each.title for content in asked if content for each in content.criteria}
    names = queries.names_of_bids(found)
    entries = [
        words.timeline_entry(event, bids=names, titles=titles)
        for event in queries.history_of(request.user, tender=found, on=request.day)
    ]
    return render(
        request, "commissioning/tenders/history.html", {**frame(request, found, "history"), "entries": entries}
    )
