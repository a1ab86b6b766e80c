"""Leading an evaluation: who evaluates, who is how far, declared conflicts, beginning, opening. Never a score."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.commissioning.models import Evaluator, Tender
from plumbline.commissioning.operations import evaluation as operations
from plumbline.commissioning.queries import evaluation as queries
from plumbline.commissioning.queries.evaluation import Progress
from plumbline.commissioning.rules.tender import COMPETED
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.access import Permission, may, users_with_role
from plumbline.web.commissioning.evaluation.forms import Assign, Because
from plumbline.web.commissioning.tenders.frame import frame
from plumbline.web.kit import wording
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting

_S = Tender.State
_BEFORE = frozenset({_S.DRAFT, _S.APPROVED, _S.PUBLISHED, _S.CLOSED, _S.STAGE1, _S.EVALUATION})

# How each state of an evaluator is drawn and said.
STATES = {
    "excluded": ("black", "Excluded"), "not_declared": ("grey", "Not declared yet"),
    "conflict": ("red", "Conflict to decide"), "locked": ("green", "Locked"),
    "done": ("blue", "All scored, not locked"), "scoring": ("amber", "Scoring"),
}  # fmt: skip


@requires(Permission.TENDERS_VIEW)
def board(request: Request, pk: int) -> HttpResponseBase:
    return board_page(request, pk)


def board_page(request: Request, pk: int) -> HttpResponseBase:
    """Who has declared, how far they are, who has locked. NotAllowed where the tender is not open."""
    viewer, on = request.user, request.day
    tender = queries.tender_managed(viewer, tender_id=pk, on=on)
    leads = tender.lead_commissioner_id == viewer.pk and may(viewer, Permission.TENDERS_MANAGE, on=on)
    waits = queries.why_moderation_waits(tender) if tender.state == _S.EVALUATION else []
    return render(request, "commissioning/evaluation/board.html", {
        **frame(request, tender, "evaluation"), "next": None,
        "places": places(request, tender, "board"),
        "columns": ["Evaluator", "State", "Scored", "Questions"],
        "rows": [_row(tender, each, leads=leads) for each in queries.progress_of(tender)],
        "leads": leads,
        "may_assign": leads and tender.state in _BEFORE,
        "may_begin": leads and tender.state == _S.STAGE1 and tender.kind != Tender.Kind.DIRECT_AWARD,
        "direct": tender.kind not in COMPETED and tender.state == _S.STAGE1,
        "uncovered": queries.not_covered(tender) if tender.state in _BEFORE else [],
        "waits": waits,
        "may_open": leads and tender.state == _S.EVALUATION and not waits,
        "before": tender.state in _BEFORE,
    })  # fmt: skip


def _row(tender: Tender, progress: Progress, *, leads: bool) -> dict[str, Any]:
    evaluator = progress.evaluator
    kind, word = STATES[progress.state]
    decide = leads and not evaluator.excluded and tender.state in _BEFORE | {_S.MODERATION}
    return {
        "name": str(evaluator.user),
        "kind": kind,
        "word": word,
        "conflict": evaluator.conflict if leads else "",
        "decided": evaluator.decided_because,
        "scored": f"{progress.done} of {progress.of}" if not evaluator.excluded else "",
        "covers": "All questions" if not evaluator.questions else "; ".join(progress.covers),
        "url": reverse("evaluation_decide", args=[tender.pk, evaluator.pk])
        if decide and progress.state == "conflict" else "",
        "exclude": reverse("evaluation_exclude", args=[tender.pk, evaluator.pk]) if decide else "",
    }  # fmt: skip


def places(request: Request, tender: Tender, here: str) -> list[tuple[str, str, bool]]:
    """The pages below "Evaluation" that this viewer may open, and which of them is this."""
    found = []
    on = request.day
    if may(request.user, Permission.TENDERS_VIEW, on=on):
        found.append(("board", "Evaluators", reverse("evaluation_board", args=[tender.pk])))
    try:
        queries.scores_seen(request.user, tender_id=tender.pk, on=on)
    except NotAllowed:
        return [(label, url, key == here) for key, label, url in found]
    if queries.scored(tender):
        found += [("moderation", "Scores and moderation", reverse("evaluation_moderation", args=[tender.pk])),
                  ("result", "Result", reverse("evaluation_result", args=[tender.pk]))]  # fmt: skip
    if may(request.user, Permission.TENDERS_VIEW, on=on):
        found.append(("report", "Evaluation report", reverse("evaluation_report", args=[tender.pk])))
    return [(label, url, key == here) for key, label, url in found]


@requires(Permission.TENDERS_MANAGE)
def assign(request: Request, pk: int) -> HttpResponseBase:
    tender = queries.tender_managed(request.user, tender_id=pk, on=request.day)
    people = sorted(users_with_role("evaluator", on=request.day), key=str)
    form = Assign(request.POST or None, people=people, titles=queries.titles_of(tender))
    if form.is_valid():
        try:
            made = operations.assign_evaluator(
                tender_id=pk, user_id=int(form.cleaned_data["user"]), questions=form.cleaned_data["questions"],
                **acting(request),
            )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal, field="user" if refusal.code in ("acts_for_bidder", "not_an_evaluator") else None)
        else:
            messages.success(request, f"{made.user} evaluates, once they have declared their interests.")
            return redirect("evaluation_board", pk)
    return form_page(request, tender, form, "Choose an evaluator", "Choose this evaluator", [
        "They declare their interests before anything of the bids is shown, and score alone.",
    ])  # fmt: skip


@requires(Permission.TENDERS_MANAGE)
def decide(request: Request, pk: int, evaluator_id: int) -> HttpResponseBase:
    """Let someone evaluate who declared a conflict. To exclude them is another page."""
    tender, evaluator = _evaluator(request, pk, evaluator_id)
    form = Because(request.POST or None, label=f"Why may {evaluator.user} evaluate all the same?",
                   hint="It stands in the evaluation report.")  # fmt: skip
    return _decided(request, tender, evaluator, form, operations.accept_conflict, "may evaluate",
                    f"{evaluator.user} declared a conflict", "Let them evaluate", [
                        f"They wrote: “{evaluator.conflict}”",
                    ], other=reverse("evaluation_exclude", args=[pk, evaluator_id]))  # fmt: skip


@requires(Permission.TENDERS_MANAGE)
def exclude(request: Request, pk: int, evaluator_id: int) -> HttpResponseBase:
    tender, evaluator = _evaluator(request, pk, evaluator_id)
    form = Because(request.POST or None, label="Why?", hint="It stands in the evaluation report.")
    said = [f"They wrote: “{evaluator.conflict}”"] if evaluator.conflict else []
    return _decided(request, tender, evaluator, form, operations.exclude_evaluator, "is excluded",
                    f"Exclude {evaluator.user}", "Exclude them", [
                        *said, "They see nothing more of this tender, and scores they gave count for nothing. This "
                        "cannot be undone.",
                    ], kind="warning")  # fmt: skip


def _evaluator(request: Request, pk: int, evaluator_id: int) -> tuple[Tender, Evaluator]:
    tender = queries.tender_managed(request.user, tender_id=pk, on=request.day)
    found = queries.evaluators_of(tender).filter(pk=evaluator_id).first()
    if found is None:
        raise NotAllowed(f"There is no evaluator {evaluator_id}.")
    return tender, found


def _decided(
    request: Request,
    tender: Tender,
    evaluator: Evaluator,
    form: Because,
    operation: Callable[..., Evaluator],
    outcome: str,
    title: str,
    button: str,
    words: list[str],
    *,
    other: str = "",
    kind: str = "",
) -> HttpResponseBase:
    if form.is_valid():
        try:
            operation(evaluator_id=evaluator.pk, because=form.cleaned_data["because"], **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{evaluator.user} {outcome}.")
            return redirect("evaluation_board", tender.pk)
    more = [("Exclude them instead", other)] if other else []
    return form_page(request, tender, form, title, button, words, kind=kind, more=more)


@requires(Permission.TENDERS_MANAGE)
def begin(request: Request, pk: int) -> HttpResponseBase:
    tender = queries.tender_managed(request.user, tender_id=pk, on=request.day)
    if request.method == "POST":
        operations.begin_evaluation(tender_id=pk, **acting(request))
        messages.success(request, "The evaluation has begun. Each evaluator sees on “My work” what is theirs.")
        return redirect("evaluation_board", pk)
    bids = queries.bids_to_score(tender)
    return sure_page(request, tender, "Begin the evaluation", "Begin the evaluation", [
        f"{wording.how_many(len(bids), 'bid', 'bids')} passed stage 1: {', '.join(bid.supplier.name for bid in bids)}.",
        "From now on nothing of a bid changes. Each evaluator scores alone; you see who is how far, and no score.",
    ])  # fmt: skip


@requires(Permission.TENDERS_MANAGE)
def open_scores(request: Request, pk: int) -> HttpResponseBase:
    tender = queries.tender_managed(request.user, tender_id=pk, on=request.day)
    if request.method == "POST":
        operations.open_moderation(tender_id=pk, **acting(request))
        messages.success(request, "The scores are open to the evaluators and to you.")
        return redirect("evaluation_moderation", pk)
    return sure_page(request, tender, "Open the scores", "Open the scores", [
        "Every evaluator has locked. Their scores are shown beside each other, and nobody can change them any more.",
    ])  # fmt: skip


def form_page(
    request: Request,
    tender: Tender,
    form: Any,
    title: str,
    button: str,
    words: list[str],
    *,
    kind: str = "",
    more: list[tuple[str, str]] | None = None,
    back: str = "",
) -> HttpResponseBase:
    """A page with one form, of one matter."""
    address = back or reverse("evaluation_board", args=[tender.pk])
    return render(request, "commissioning/evaluation/form.html", {
        "tender": tender, "form": form, "title": title, "button": button, "words": words, "kind": kind,
        "more": more or [], "back": address,
    })  # fmt: skip


def sure_page(
    request: Request,
    tender: Tender,
    title: str,
    button: str,
    words: list[str],
    *,
    kind: str = "",
    back: str = "",
    more: list[tuple[str, str]] | None = None,
) -> HttpResponseBase:
    """A page that says what a button does, and has the button."""
    address = back or reverse("evaluation_board", args=[tender.pk])
    return render(request, "commissioning/evaluation/sure.html", {
        "tender": tender, "title": title, "button": button, "words": words, "kind": kind, "back": address,
        "more": more or [],
    })  # fmt: skip
