"""One bid: entered for its supplier, with answers and papers, as those see it who may."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.commissioning.models import Bid, BidDocument
from plumbline.commissioning.operations import bids as operations
from plumbline.commissioning.queries import tenders as queries
from plumbline.commissioning.queries.evaluation import papers_visible_to, scored_by
from plumbline.commissioning.rules import stage1 as rules
from plumbline.commissioning.states import CHECKED_AGAIN
from plumbline.contracts.models import Contract
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission, may
from plumbline.people.models import Organisation
from plumbline.people.queries import same_body
from plumbline.web.commissioning.tenders import words
from plumbline.web.commissioning.tenders.forms import Answers, Because, FindSupplier, NewBid, NewSupplier, Paper
from plumbline.web.commissioning.tenders.views import READS
from plumbline.web.evidence.files import answer_with, folder
from plumbline.web.kit import wording
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting, record_number


@requires(*READS)
def bid(request: Request, pk: int) -> HttpResponseBase:
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    tender = found.tender
    sees_all = queries.is_open(request.user, tender=tender, on=request.day)
    may_manage = may(request.user, Permission.TENDERS_MANAGE, on=request.day)
    line = queries.board([found], asked=queries.stage1_asked(tender))[0]
    deciding = may_manage and tender.state == "stage1" and words.goes_on(found)
    checking = deciding or (may_manage and tender.state in CHECKED_AGAIN and found.state in ("passed", "recommended"))
    open_to_change = may_manage and tender.state in ("published", "closed", "stage1") and found.state in (
        "received", "clarification", "passed")  # fmt: skip
    asked = queries.questions_asked(tender)
    questions = asked.criteria if asked else ()
    answers = {each.question: each.text for each in found.answers.all()}
    mine = scored_by(request.user, tender=tender, on=request.day)
    papers = list(_papers(request, found).order_by("pk"))
    titles = {each.criterion.key: each.criterion.title for each in line.cells}
    titles |= {each.key: each.title for each in questions}
    return render(request, "commissioning/tenders/bid.html", {
        "bid": found,
        "tender": tender,
        "kind": words.bid_kind(found),
        "sees_all": sees_all,
        "wrong": _wrong(found, line, sees_all=sees_all),
        "wrong_kind": "red" if found.state in ("failed", "disqualified") else "amber",
        "next": _next(found, line, deciding=deciding, may_manage=may_manage, on=request.day),
        "identifiers": [f"{operations.SCHEMES.get(each.scheme, each.scheme)} {each.value}"
                        for each in found.supplier.identifiers.order_by("scheme", "value")],
        "cells": [_cell(cell, found, deciding=deciding) for cell in line.cells],
        "checks": [_check(line, ground, label, deciding=checking) for ground, label in words.GROUNDS.items()],
        "answers": [(each, answers.get(each.key, "")) for each in questions if sees_all or each.key in mine],
        "papers": [{"row": each, "about": titles.get(each.criterion, "The whole bid"),
                    "url": reverse("bid_paper", args=[found.pk, each.document_id])} for each in papers],
        "not_entered": open_to_change and bool(questions) and not any(
            each.key in answers or any(paper.criterion == each.key for paper in papers) for each in questions
        ),
        "open_to_change": open_to_change, "checking": checking and not deciding,
        "may_withdraw": may_manage and found.state in ("received", "clarification", "passed"),
        "has_letter": bool(found.letter) and sees_all,
        "breadcrumbs": [("Tenders", reverse("tenders")), (tender.title, reverse("tender", args=[tender.pk])),
                        (found.supplier.name, "")],
    })  # fmt: skip


def _papers(request: Request, bid: Bid) -> QuerySet[BidDocument]:
    seen = papers_visible_to(request.user, on=request.day)
    return seen.filter(bid=bid).select_related("document")


def _wrong(bid: Bid, line: queries.Line, *, sees_all: bool) -> list[str]:
    if bid.state in ("failed", "disqualified", "withdrawn"):
        return [f"{bid.get_state_display()} on {wording.day(bid.stopped_on)}: {bid.stopped_because}" if bid.stopped_on
                else f"{bid.get_state_display()}: {bid.stopped_because}"]  # fmt: skip
    if not sees_all or bid.tender.state != "stage1" or not words.goes_on(bid):
        return []
    return [f"Failed {cell.criterion.title}: {cell.decision.reason}" for cell in line.failed if cell.decision]


def _next(bid: Bid, line: queries.Line, *, deciding: bool, may_manage: bool, on: Any) -> dict[str, str] | None:
    if may_manage and bid.state in ("failed", "disqualified") and bid.letter and not bid.letter_sent_on:
        return {"what": "Read the letter to the bidder, and say when it was sent", "button": "Open the letter",
                "url": reverse("bid_letter", args=[bid.pk])}  # fmt: skip
    if not deciding:
        return None
    undecided = [cell for cell in line.cells if cell.state not in rules.SETTLED]
    # What the bidder was asked and may still answer waits; the others do not.
    ready = [cell for cell in undecided if not _waits(cell, on)]
    if ready:
        left = wording.how_many(len(undecided), "criterion", "criteria")
        return {"what": f"Decide {left}", "button": "Decide the next one",
                "url": reverse("bid_stage1", args=[bid.pk, ready[0].criterion.key])}  # fmt: skip
    unchecked = [ground for ground in words.GROUNDS if ground not in line.checks]
    if unchecked:
        return {"what": "Check the grounds for exclusion and the debarment list", "button": "Check the next",
                "url": reverse("bid_exclusion", args=[bid.pk, unchecked[0]])}  # fmt: skip
    if undecided:
        due = min(
            cell.decision.clarification_due_on
            for cell in undecided if cell.decision and cell.decision.clarification_due_on
        )  # fmt: skip
        return {"what": "The bidder has been asked, and has not answered yet", "due": wording.by_when(due, on),
                "url": reverse("bid_stage1", args=[bid.pk, undecided[0].criterion.key]),
                "button": "Record the answer"}  # fmt: skip
    what = "A criterion was failed: the bid stops here" if line.failed else "Every criterion is met: the bid passes"
    return {"what": what, "button": "Decide stage 1", "url": reverse("bid_outcome", args=[bid.pk])}


def _waits(cell: queries.Cell, on: Any) -> bool:
    asked = cell.decision
    return bool(
        asked and cell.state == rules.CLARIFICATION and not asked.clarification_answered_on
        and asked.clarification_due_on >= on
    )  # fmt: skip


def _cell(cell: queries.Cell, bid: Bid, *, deciding: bool) -> dict[str, Any]:
    return {
        "criterion": cell.criterion,
        "state": words.DECISION_KINDS[cell.state],
        "word": words.DECISIONS[cell.state],
        "decision": cell.decision,
        "missing": cell.missing,
        "url": reverse("bid_stage1", args=[bid.pk, cell.criterion.key]) if deciding else "",
    }


def _check(line: queries.Line, ground: str, label: str, *, deciding: bool) -> dict[str, Any]:
    check = line.checks.get(ground)
    kind = {"none": "green", "excluded": "red"}.get(check.result, "amber") if check else "grey"
    return {"label": label, "check": check, "state": kind, "word": check.get_result_display() if check else "To check",
            "url": reverse("bid_exclusion", args=[line.bid.pk, ground]) if deciding else ""}  # fmt: skip


# --- entering ---------------------------------------------------------------------------------------------------------


@requires(Permission.TENDERS_MANAGE)
def new(request: Request, pk: int) -> HttpResponseBase:
    """First whose bid it is, then when it came and for how much."""
    tender = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    back = reverse("tender_bids", args=[tender.pk])
    supplier = Organisation.objects.filter(pk=record_number(request.GET.get("supplier"))).first()
    if supplier is None:
        find = FindSupplier(request.GET if "q" in request.GET else None)
        found = queries.suppliers_found(find.cleaned_data["q"]) if find.is_valid() else None
        entered = set(tender.bids.values_list("supplier_id", flat=True))
        return render(request, "commissioning/tenders/bid_supplier.html", {
            "tender": tender, "back": back, "form": find, "asked": request.GET.get("q", ""),
            "found": [{"row": each, "numbers": ", ".join(number.value for number in each.identifiers.all()),
                       "entered": each.pk in entered} for each in found] if found is not None else None,
            "new_url": reverse("bid_supplier_new", args=[tender.pk]),
        })  # fmt: skip
    form = NewBid(request.POST or None, initial={"new_to_council": not _has_contract(supplier)})
    form.day_field("received_on").no_later_than = (request.day, "That day is still to come")
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = operations.enter_bid(
                tender_id=tender.pk, supplier_id=supplier.pk, received_at=given["received_at"], price=given["price"],
                new_to_council=given["new_to_council"], late_accepted_because=given["late_accepted_because"],
                council=settings.COUNCIL, **acting(request),
            )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            said = "It came late, and is stopped: its letter is drafted." if made.state == "disqualified" else (
                "Now its answers and papers.")  # fmt: skip
            messages.success(request, f"The bid of {supplier.name} is entered. {said}")
            return redirect("bid", made.pk)
    context = {"form": form, "label": tender.title, "back": back, "heading": f"The bid of {supplier.name}",
               "button": "Enter the bid"}  # fmt: skip
    return render(request, "commissioning/tenders/enter.html", context)


def _has_contract(supplier: Organisation) -> bool:
    return Contract.objects.filter(provider__in=same_body({supplier.pk})).exists()


@requires(Permission.TENDERS_MANAGE)
def new_supplier(request: Request, pk: int) -> HttpResponseBase:
    tender = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    form = NewSupplier(request.POST or None, initial={"name": request.GET.get("q", "")})
    if form.is_valid():
        try:
            made = operations.make_supplier(
                name=form.cleaned_data["name"], identifiers=form.identifiers(), **acting(request),
            )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{made.name} is in the register.")
            return redirect(f"{reverse('bid_new', args=[tender.pk])}?supplier={made.pk}")
    context = {"form": form, "label": tender.title, "back": reverse("bid_new", args=[tender.pk]),
               "heading": "A new supplier", "button": "Record the supplier",
               "about": "By its number a supplier is known again in published notices, whatever its name."}  # fmt: skip
    return render(request, "commissioning/tenders/enter.html", context)


@requires(Permission.TENDERS_MANAGE)
def answers(request: Request, pk: int) -> HttpResponseBase:
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    asked = queries.questions_asked(found.tender)
    if asked is None:
        raise Http404
    initial = {each.question: each.text for each in found.answers.all()}
    form = Answers(request.POST or None, questions=asked.criteria, initial=initial)
    if form.is_valid():
        try:
            operations.save_answers(bid_id=found.pk, answers=form.cleaned_data, **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The answers are saved.")
            return redirect("bid", found.pk)
    context = {"form": form, "label": found.supplier.name, "back": words.bid_address(found),
               "heading": "Answers to the scored questions", "button": "Save the answers",
               "about": "As the bidder gave them: evaluators read these words and nothing else."}  # fmt: skip
    return render(request, "commissioning/tenders/enter.html", context)


@requires(Permission.TENDERS_MANAGE)
def attach(request: Request, pk: int) -> HttpResponseBase:
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    form = paper_form(request, found)
    if form.is_valid() and keep_paper(request, found, form):
        messages.success(request, "The paper is attached.")
        back = request.GET.get("criterion", "")
        stage1 = queries.stage1_asked(found.tender)
        if back and stage1 and back in {each.key for each in stage1.criteria}:
            return redirect("bid_stage1", found.pk, back)
        return redirect("bid", found.pk)
    context = {"form": form, "label": found.supplier.name, "back": words.bid_address(found),
               "heading": "Attach a paper", "button": "Attach the paper"}  # fmt: skip
    return render(request, "commissioning/tenders/enter.html", context)


def paper_form(request: Request, bid: Bid) -> Paper:
    """For every criterion and question; once the bidder was asked something, for the criteria of stage 1 alone."""
    stage1 = queries.stage1_asked(bid.tender)
    questions = None if queries.was_asked(bid) else queries.questions_asked(bid.tender)
    asked_for = request.GET.get("criterion", "")
    return Paper(
        request.POST or None, request.FILES or None, stage1=stage1.criteria if stage1 else (),
        questions=questions.criteria if questions else (), initial={"criteria": [asked_for] if asked_for else []},
    )  # fmt: skip


def keep_paper(request: Request, bid: Bid, form: Paper) -> bool:
    """Whether the paper was kept; the form says why where it was not."""
    upload = form.cleaned_data["document"]
    try:
        operations.attach_paper(
            bid_id=bid.pk, criteria=form.cleaned_data["criteria"], title=form.cleaned_data["title"],
            file_name=upload.name, content=upload.read(), folder=folder(), **acting(request),
        )  # fmt: skip
    except RuleBroken as refusal:
        form.refuse(refusal, field="document")
        return False
    return True


@requires(*READS)
def paper(request: Request, pk: int, document_id: int) -> HttpResponseBase:
    """A paper of a bid, as a file: for who may see the bid, and leaving a trace."""
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    given = _papers(request, found).filter(document=document_id).first()
    if given is None:
        raise Http404
    operations.open_paper(document=given.document, bid_id=found.pk, **acting(request))
    return answer_with(given.document)


@requires(Permission.TENDERS_MANAGE)
def detach(request: Request, pk: int, paper_id: int) -> HttpResponseBase:
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    given = found.documents.select_related("document").filter(pk=paper_id).first()
    if given is None:
        raise Http404
    form = Because(request.POST or None)
    if form.is_valid():
        try:
            operations.detach_paper(paper_id=given.pk, because=form.cleaned_data["because"], **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The paper is taken away from the bid.")
            return redirect("bid", found.pk)
    context = {"form": form, "label": found.supplier.name, "back": words.bid_address(found),
               "heading": f"Take away “{given.document.title}”", "button": "Take it away",
               "about": "For a paper attached in error. The document is kept, and the trail says who took it "
                        "away."}  # fmt: skip
    return render(request, "commissioning/tenders/enter.html", context)


@requires(Permission.TENDERS_MANAGE)
def withdraw(request: Request, pk: int) -> HttpResponseBase:
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    form = Because(request.POST or None, label="What did the bidder write?")
    if form.is_valid():
        try:
            operations.withdraw_bid(bid_id=found.pk, because=form.cleaned_data["because"], **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"The bid of {found.supplier.name} is withdrawn.")
            return redirect("bid", found.pk)
    context = {"form": form, "label": found.supplier.name, "back": words.bid_address(found),
               "heading": "The bidder withdraws", "button": "Record that it is withdrawn",
               "about": "A bid that is withdrawn goes no further."}  # fmt: skip
    return render(request, "commissioning/tenders/enter.html", context)
