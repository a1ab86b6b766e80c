"""One bid: entered for its supplier, with answers and papers, as those see it who may."""

from datetime import date
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.commissioning.models import Bid, BidDocument
from plumbline.commissioning.operations import bids as operations
from plumbline.commissioning.queries import tenders as queries
from plumbline.commissioning.queries.evaluation import papers_visible_to, scored_by
from plumbline.commissioning.rules import stage1 as rules
from plumbline.commissioning.states import CHECKED_AGAIN
from plumbline.contracts.models import Contract
from plumbline.kernel import wording
from plumbline.people.access import Permission, may
from plumbline.people.models import Organisation
from plumbline.people.queries import same_body
from plumbline.web.commissioning.tenders import words
from plumbline.web.commissioning.tenders.forms import Answers, Because, FindSupplier, NewBid, NewSupplier, Paper
from plumbline.web.commissioning.tenders.frame import of_bid, of_tender
from plumbline.web.commissioning.tenders.views import READS
from plumbline.web.evidence.files import answer_with, folder
from plumbline.web.kit import duties
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask
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
    open_to_change = (
        may_manage
        and tender.state in ("published", "closed", "stage1")
        and found.state in ("received", "clarification", "passed")
    )
    asked = queries.questions_asked(tender)
    questions = asked.criteria if asked else ()
    answers = {each.question: each.text for each in found.answers.all()}
    mine = scored_by(request.user, tender=tender, on=request.day)
    papers = list(_papers(request, found).order_by("pk"))
    titles = {each.criterion.key: each.criterion.title for each in line.cells}
    titles |= {each.key: each.title for each in questions}
    return render(
        request,
        "commissioning/tenders/bid.html",
        {
            "bid": found,
            "tender": tender,
            "kind": words.bid_kind(found),
            "sees_all": sees_all,
            "wrong": _wrong(found, line, sees_all=sees_all),
            "wrong_kind": "red" if found.state in ("failed", "disqualified") else "amber",
            "next": _next(request, found, line, deciding=deciding),
            "identifiers": [
                f"{operations.SCHEMES.get(each.scheme, each.scheme)} {each.value}"
                for each in found.supplier.identifiers.order_by("scheme", "value")
            ],
            "cells": [_cell(cell, found, deciding=deciding) for cell in line.cells],
            "checks": [_check(line, ground, label, deciding=checking) for ground, label in words.GROUNDS.items()],
            "answers": [(each, answers.get(each.key, "")) for each in questions if sees_all or each.key in mine],
            "papers": [
                {
                    "row": each,
                    "about": titles.get(each.criterion, "The whole bid"),
                    "url": reverse("bid_paper", args=[found.pk, each.document_id]),
                }
                for each in papers
            ],
            "not_entered": open_to_change
            and bool(questions)
            and not any(
                each.key in answers or any(paper.criterion == each.key for paper in papers) for each in questions
            ),
            "open_to_change": open_to_change,
            "checking": checking and not deciding,
            "may_withdraw": may_manage and found.state in ("received", "clarification", "passed"),
            "has_letter": bool(found.letter) and sees_all,
            "breadcrumbs": [
                ("Tenders", reverse("tenders")),
                (tender.title, reverse("tender", args=[tender.pk])),
                (found.supplier.name, ""),
            ],
        },
    )


def _papers(request: Request, bid: Bid) -> QuerySet[BidDocument]:
    seen = papers_visible_to(request.user, on=request.day)
    return seen.filter(bid=bid).select_related("document")


def _wrong(bid: Bid, line: queries.Line, *, sees_all: bool) -> list[str]:
    if bid.state in ("failed", "disqualified", "withdrawn"):
        return [
            f"{bid.get_state_display()} on {wording.day(bid.stopped_on)}: {bid.stopped_because}"
            if bid.stopped_on
            else f"{bid.get_state_display()}: {bid.stopped_because}"
        ]
    if not sees_all or bid.tender.state != "stage1" or not words.goes_on(bid):
        return []
    return [f"Failed {cell.criterion.title}: {cell.decision.reason}" for cell in line.failed if cell.decision]


def _next(request: Request, bid: Bid, line: queries.Line, *, deciding: bool) -> dict[str, Any] | None:
    """What is next at the bid itself; else what is of its tender, and is done here."""
    own = duties.next_of(request, ("bid", bid.pk))
    if own is not None:
        return own
    here = {}
    if bid.state in ("failed", "disqualified") and bid.letter and not bid.letter_sent_on:
        here["tender.letters"] = duties.Button("Open the letter", "bid_letter", args=(bid.pk,))
    if deciding:
        here["tender.next decide_stage1"] = _decide(bid, line, on=request.day)
    if not here:
        return None
    found = duties.next_of(request, ("tender", bid.tender_id), kinds=tuple(here), buttons=here)
    return found if found and found["may"] else None


def _decide(bid: Bid, line: queries.Line, *, on: date) -> duties.Button:
    undecided = [cell for cell in line.cells if cell.state not in rules.SETTLED]
    # What the bidder was asked and may still answer waits; the others do not.
    ready = [cell for cell in undecided if not _waits(cell, on)]
    if ready:
        return duties.Button("Decide the next one", "bid_stage1", args=(bid.pk, ready[0].criterion.key))
    unchecked = [ground for ground in words.GROUNDS if ground not in line.checks]
    if unchecked:
        return duties.Button("Check the next", "bid_exclusion", args=(bid.pk, unchecked[0]))
    if undecided:
        return duties.Button("Record the answer", "bid_stage1", args=(bid.pk, undecided[0].criterion.key))
    return duties.Button("Decide stage 1", "bid_outcome", args=(bid.pk,))


def _waits(cell: queries.Cell, on: date) -> bool:
    asked = queries.clarification_of(cell.decision)
    return cell.state == rules.CLARIFICATION and asked is not None and not asked.is_over(on)


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
    return {
        "label": label,
        "check": check,
        "state": kind,
        "word": check.get_result_display() if check else "To check",
        "url": reverse("bid_exclusion", args=[line.bid.pk, ground]) if deciding else "",
    }


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
        return render(
            request,
            "commissioning/tenders/bid_supplier.html",
            {
                "tender": tender,
                "back": back,
                "form": find,
                "asked": request.GET.get("q", ""),
                "found": [
                    {
                        "row": each,
                        "numbers": ", ".join(number.value for number in each.identifiers.all()),
                        "entered": each.pk in entered,
                    }
                    for each in found
                ]
                if found is not None
                else None,
                "new_url": reverse("bid_supplier_new", args=[tender.pk]),
            },
        )
    form = NewBid(request.POST or None, initial={"new_to_council": not _has_contract(supplier)})
    form.day_field("received_on").no_later_than = (request.day, "That day is still to come")
    told = ("received_at", "price", "new_to_council", "late_accepted_because")

    def said(made: Bid) -> str:
        late = made.state == "disqualified"
        more = "It came late, and is stopped: its letter is drafted." if late else "Now its answers and papers."
        return f"The bid of {supplier.name} is entered. {more}"

    return ask(
        request,
        form,
        of_tender(tender, heading=f"The bid of {supplier.name}", button="Enter the bid", back=back),
        do=lambda **given: operations.enter_bid(
            tender_id=tender.pk,
            supplier_id=supplier.pk,
            council=settings.COUNCIL,
            **{name: given[name] for name in told},
            act=acting(request),
        ),
        done=said,
        to=lambda made: reverse("bid", args=[made.pk]),
    )


def _has_contract(supplier: Organisation) -> bool:
    return Contract.objects.filter(provider__in=same_body({supplier.pk})).exists()


@requires(Permission.TENDERS_MANAGE)
def new_supplier(request: Request, pk: int) -> HttpResponseBase:
    tender = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    form = NewSupplier(request.POST or None, initial={"name": request.GET.get("q", "")})
    back = reverse("bid_new", args=[tender.pk])
    return ask(
        request,
        form,
        of_tender(
            tender,
            heading="A new supplier",
            button="Record the supplier",
            about="By its number a supplier is known again in published notices, whatever its name.",
            back=back,
        ),
        do=lambda name, **_: operations.make_supplier(name=name, identifiers=form.identifiers(), act=acting(request)),
        done=lambda made: f"{made.name} is in the register.",
        to=lambda made: f"{back}?supplier={made.pk}",
    )


@requires(Permission.TENDERS_MANAGE)
def answers(request: Request, pk: int) -> HttpResponseBase:
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    asked = queries.questions_asked(found.tender)
    if asked is None:
        raise Http404
    initial = {each.question: each.text for each in found.answers.all()}
    return ask(
        request,
        Answers(request.POST or None, questions=asked.criteria, initial=initial),
        of_bid(
            found,
            heading="Answers to the scored questions",
            button="Save the answers",
            about="As the bidder gave them: evaluators read these words and nothing else.",
        ),
        do=lambda **given: operations.save_answers(bid_id=found.pk, answers=given, act=acting(request)),
        done="The answers are saved.",
        to=reverse("bid", args=[found.pk]),
    )


@requires(Permission.TENDERS_MANAGE)
def attach(request: Request, pk: int) -> HttpResponseBase:
    """Attach a paper for any criterion and question; once the bidder was asked something, for stage 1 alone."""
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    stage1 = queries.stage1_asked(found.tender)
    questions = None if queries.was_asked(found) else queries.questions_asked(found.tender)
    asked_for = request.GET.get("criterion", "")
    form = Paper(
        request.POST or None,
        request.FILES or None,
        stage1=stage1.criteria if stage1 else (),
        questions=questions.criteria if questions else (),
        initial={"criteria": [asked_for] if asked_for else []},
    )
    is_of_stage1 = stage1 is not None and asked_for in {each.key for each in stage1.criteria}
    return ask(
        request,
        form,
        of_bid(found, heading="Attach a paper", button="Attach the paper"),
        do=lambda document, **given: operations.attach_paper(
            bid_id=found.pk,
            file_name=document.name,
            content=document.read(),
            folder=folder(),
            **given,
            act=acting(request),
        ),
        done="The paper is attached.",
        to=reverse("bid_stage1", args=[pk, asked_for]) if is_of_stage1 else reverse("bid", args=[pk]),
    )


@requires(*READS)
def paper(request: Request, pk: int, document_id: int) -> HttpResponseBase:
    """A paper of a bid, as a file: for who may see the bid, and leaving a trace."""
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    given = _papers(request, found).filter(document=document_id).first()
    if given is None:
        raise Http404
    operations.open_paper(document=given.document, bid_id=found.pk, act=acting(request))
    return answer_with(given.document)


@requires(Permission.TENDERS_MANAGE)
def detach(request: Request, pk: int, paper_id: int) -> HttpResponseBase:
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    given = found.documents.select_related("document").filter(pk=paper_id).first()
    if given is None:
        raise Http404
    return ask(
        request,
        Because(request.POST or None),
        of_bid(
            found,
            heading=f"Take away “{given.document.title}”",
            button="Take it away",
            about="For a paper attached in error. The document is kept, and the trail says who took it away.",
        ),
        do=partial(operations.detach_paper, paper_id=given.pk, act=acting(request)),
        done="The paper is taken away from the bid.",
        to=reverse("bid", args=[found.pk]),
    )


@requires(Permission.TENDERS_MANAGE)
def withdraw(request: Request, pk: int) -> HttpResponseBase:
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    return ask(
        request,
        Because(request.POST or None, label="What did the bidder write?"),
        of_bid(
            found,
            heading="The bidder withdraws",
            button="Record that it is withdrawn",
            about="A bid that is withdrawn goes no further.",
        ),
        do=partial(operations.withdraw_bid, bid_id=found.pk, act=acting(request)),
        done=f"The bid of {found.supplier.name} is withdrawn.",
        to=reverse("bid", args=[found.pk]),
    )
