"""Stage 1 on pages: one criterion of one bid, the grounds for exclusion, the outcome, and the letter."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.commissioning.models import Bid, ExclusionCheck
from plumbline.commissioning.operations import stage1 as operations
from plumbline.commissioning.queries import tenders as queries
from plumbline.commissioning.rules import stage1 as rules
from plumbline.people.access import Permission
from plumbline.web.commissioning.tenders import words
from plumbline.web.commissioning.tenders.forms import AnswerCame, Ask, Decide, Exclusion, Letter, PassThese, Sent
from plumbline.web.commissioning.tenders.frame import of_bid
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask, pressed
from plumbline.web.kit.request import Request, acting

# How long a bidder is given to answer, unless someone types another day.
ANSWERS_WITHIN = timedelta(5)


@requires(Permission.TENDERS_MANAGE)
def criterion(request: Request, pk: int, key: str) -> HttpResponseBase:
    """Decide one criterion, or ask the bidder about it; then the next one that waits for nobody."""
    found, line, cell = _cell(request, pk, key)
    doing = request.POST.get("do", "")
    forms: dict[str, Any] = {
        "decide": Decide(request.POST if doing == "decide" else None, initial=_decided(cell), criterion=cell.criterion),
        "ask": Ask(request.POST if doing == "ask" else None, initial=_to_ask(cell, request.day), prefix="ask"),
        "answer": AnswerCame(request.POST if doing == "answer" else None, initial={"answered_on": request.day},
                             prefix="answer"),
    }  # fmt: skip
    position = [each.criterion.key for each in line.cells].index(key) + 1
    papers = found.documents.filter(criterion=key).select_related("document").order_by("pk")
    context = {
        "bid": found,
        "cell": cell,
        "position": position,
        "of": len(line.cells),
        "papers": [{"row": each, "url": reverse("bid_paper", args=[found.pk, each.document_id])} for each in papers],
        "attach_url": f"{reverse('bid_attach', args=[found.pk])}?criterion={key}",
        "forms": forms,
        "open_ask": "yes" if doing == "ask" else "",
        "open_answer": "yes" if doing == "answer" else "",
        "waits_for_answer": bool(
            cell.decision and cell.decision.clarification_asked_on and not cell.decision.clarification_answered_on
        ),
        "state": words.DECISION_KINDS[cell.state],
        "word": words.DECISIONS[cell.state],
        "back": words.bid_address(found),
    }
    page = ("commissioning/tenders/criterion.html", context)
    if doing not in forms:
        return render(request, *page)
    return ask(
        request,
        forms[doing],
        page,
        do=partial(_DO[doing], bid_id=found.pk, criterion=key, act=acting(request)),
        done=f"{cell.criterion.title}: {_DONE[doing]}",
        to=lambda _: _following(request, found, key) if doing != "answer" else request.path,
    )


_DO: Mapping[str, Callable[..., object]] = {"decide": operations.decide_criterion, "ask": operations.ask_clarification,
       "answer": operations.answer_clarification}  # fmt: skip
_DONE = {"decide": "decided.", "ask": "the bidder is to be asked these words, at the portal.",
         "answer": "the answer is recorded. Decide the criterion now."}  # fmt: skip


def _cell(request: Request, pk: int, key: str) -> tuple[Bid, queries.Line, queries.Cell]:
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    line = queries.board([found], asked=queries.stage1_asked(found.tender))[0]
    cell = next((each for each in line.cells if each.criterion.key == key), None)
    if cell is None:
        raise Http404
    return found, line, cell


def _decided(cell: queries.Cell) -> dict[str, Any]:
    if cell.decision is None or cell.state not in rules.SETTLED:
        return {}
    return {"decision": cell.state, "reason": cell.decision.reason, "reviewed_on": cell.decision.reviewed_on}


def _to_ask(cell: queries.Cell, on: date) -> dict[str, Any]:
    asked = f"We found no paper for “{cell.criterion.title}”. Please send it." if cell.missing else ""
    return {"asked": asked, "due_on": on + ANSWERS_WITHIN}


def _following(request: Request, bid: Bid, key: str) -> str:
    """The next criterion of this bid that is not decided and was not asked about; the bid where there is none."""
    line = queries.board([bid], asked=queries.stage1_asked(bid.tender))[0]
    keys = [cell.criterion.key for cell in line.cells]
    after = line.cells[keys.index(key) + 1 :] + line.cells[: keys.index(key)]
    waiting = next((cell for cell in after if not cell.state), None)
    if waiting is None:
        return words.bid_address(bid)
    return reverse("bid_stage1", args=[bid.pk, waiting.criterion.key])


@requires(Permission.TENDERS_MANAGE)
def pass_these(request: Request, pk: int) -> HttpResponseBase:
    """Several criteria of one bid at once, each with its paper there."""
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    line = queries.board([found], asked=queries.stage1_asked(found.tender))[0]
    open_ones = [cell.criterion for cell in line.cells if not cell.state and not cell.missing]
    form = PassThese(request.POST or None, criteria=open_ones)
    return ask(
        request,
        form,
        of_bid(
            found,
            heading="Pass several criteria",
            button="Pass the criteria ticked",
            about="Criteria that are not decided yet, and whose papers are attached. Read each paper first; what is "
            "failed, or to be asked about, is decided on its own page.",
        ),
        do=lambda criteria, **_: operations.pass_criteria(
            bid_id=found.pk, criteria=criteria, reviewed=form.reviewed(), act=acting(request)
        ),
        done=lambda number: f"{number} criteria are passed.",
        to=reverse("bid", args=[found.pk]),
    )


@requires(Permission.TENDERS_MANAGE)
def exclusion(request: Request, pk: int, ground: str) -> HttpResponseBase:
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    if ground not in words.GROUNDS:
        raise Http404
    line = queries.board([found], asked=None)[0]
    known = line.checks.get(ground)
    initial = (
        {"result": known.result, "note": known.note, "checked_on": known.checked_on}
        if known
        else {"checked_on": request.day}
    )
    left = [each for each in words.GROUNDS if each not in line.checks and each != ground]

    def leads_to(made: ExclusionCheck) -> str:
        if made.result == rules.EXCLUDED:
            return reverse("bid_letter", args=[found.pk])
        return reverse("bid_exclusion", args=[found.pk, left[0]]) if left else reverse("bid", args=[found.pk])

    return ask(
        request,
        Exclusion(request.POST or None, ground=ground, initial=initial),
        of_bid(found, heading=words.GROUNDS[ground], button="Record the check", about=_ABOUT[ground]),
        do=partial(
            operations.check_exclusion, bid_id=found.pk, ground=ground, council=settings.COUNCIL, act=acting(request)
        ),
        done=f"{words.GROUNDS[ground]}: recorded.",
        to=leads_to,
    )


_ABOUT = {
    "mandatory": "Whether a mandatory ground for exclusion applies to the supplier or someone connected with it "
                 "(Procurement Act 2023, sections 57 and 58). It must be excluded, unless it has cleaned itself.",
    "discretionary": "Whether a discretionary ground applies, such as poor performance of an earlier contract. It may "
                     "be excluded.",
    "debarment": "Whether the supplier is on the debarment list of the central platform (section 62).",
}  # fmt: skip


@requires(Permission.TENDERS_MANAGE)
def outcome(request: Request, pk: int) -> HttpResponseBase:
    """Passed, or failed with the reasons of the criteria that were failed."""
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    line = queries.board([found], asked=queries.stage1_asked(found.tender))[0]
    context = {
        "bid": found,
        "tender": found.tender,
        "failed": line.failed,
        "not_yet": line.not_yet,
        "back": words.bid_address(found),
    }
    page = ("commissioning/tenders/outcome.html", context)
    name = found.supplier.name
    if line.failed:
        return ask(
            request,
            pressed(request),
            page,
            do=partial(operations.fail_bid, bid_id=found.pk, council=settings.COUNCIL, act=acting(request)),
            done=f"{name} failed stage 1. Its letter is drafted: read it, and send it.",
            to=reverse("bid_letter", args=[found.pk]),
        )
    return ask(
        request,
        pressed(request),
        page,
        do=partial(operations.pass_bid, bid_id=found.pk, act=acting(request)),
        done=f"{name} passed stage 1.",
        to=reverse("tender_stage1", args=[found.tender_id]),
    )


@requires(Permission.TENDERS_MANAGE)
def letter(request: Request, pk: int) -> HttpResponseBase:
    found = queries.bid_seen(request.user, bid_id=pk, on=request.day)
    if found.state not in ("failed", "disqualified"):
        raise Http404
    doing = request.POST.get("do", "")
    text = Letter(request.POST if doing == "text" else None, initial={"text": found.letter})
    sent = Sent(request.POST if doing == "sent" else None, initial={"sent_on": request.day}, prefix="sent")
    page = (
        "commissioning/tenders/letter.html",
        {"bid": found, "tender": found.tender, "text": text, "sent": sent, "back": words.bid_address(found)},
    )
    to = reverse("bid_letter", args=[found.pk])
    if doing == "text":
        do = partial(operations.edit_letter, bid_id=found.pk, act=acting(request))
        return ask(request, text, page, do=do, done="The letter is saved.", to=to)
    if doing == "sent":
        do = partial(operations.mark_letter_sent, bid_id=found.pk, act=acting(request))
        return ask(request, sent, page, do=do, done="The letter is recorded as sent.", to=to)
    return render(request, *page)
