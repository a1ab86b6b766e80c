"""Leading an evaluation: who evaluates, who is how far, declared conflicts, beginning, opening. Never a score."""

from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.commissioning.models import Evaluator, Tender
from plumbline.commissioning.operations import evaluation as operations
from plumbline.commissioning.queries import evaluation as queries
from plumbline.commissioning.queries.evaluation import Progress
from plumbline.kernel import wording
from plumbline.kernel.duties import WAIT
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission, may, users_with_role
from plumbline.web.commissioning.evaluation.forms import Assign, Because
from plumbline.web.commissioning.tenders.frame import frame, next_of_tender, of_tender
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask, pressed
from plumbline.web.kit.duties import Button
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


_BEGIN = Button("Begin the evaluation", "evaluation_begin")


def board_page(request: Request, pk: int) -> HttpResponseBase:
    """Who has declared, how far they are, who has locked. NotAllowed where the tender is not open."""
    viewer, on = request.user, request.day
    tender = queries.tender_managed(viewer, tender_id=pk, on=on)
    leads = tender.lead_commissioner_id == viewer.pk and may(viewer, Permission.TENDERS_MANAGE, on=on)
    uncovered = queries.not_covered(tender) if tender.state in _BEFORE else []
    waits = queries.why_moderation_waits(tender) if tender.state == _S.EVALUATION else []
    box = None if uncovered else next_of_tender(request, tender, evaluate=_BEGIN)
    if box and waits and box["kind"].startswith(WAIT):
        box = None  # who scores, and how far they are, is what this page shows
    return render(
        request,
        "commissioning/evaluation/board.html",
        {
            **frame(request, tender, "evaluation"),
            "next": box,
            "places": places(request, tender, "board"),
            "columns": ["Evaluator", "State", "Scored", "Questions"],
            "rows": [_row(tender, each, leads=leads) for each in queries.progress_of(tender)],
            "leads": leads,
            "may_assign": leads and tender.state in _BEFORE,
            "uncovered": uncovered,
            "waits": waits,
            "before": tender.state in _BEFORE,
        },
    )


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
        if decide and progress.state == "conflict"
        else "",
        "exclude": reverse("evaluation_exclude", args=[tender.pk, evaluator.pk]) if decide else "",
    }


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
        found += [
            ("moderation", "Scores and moderation", reverse("evaluation_moderation", args=[tender.pk])),
            ("result", "Result", reverse("evaluation_result", args=[tender.pk])),
        ]
    if may(request.user, Permission.TENDERS_VIEW, on=on):
        found.append(("report", "Evaluation report", reverse("evaluation_report", args=[tender.pk])))
    return [(label, url, key == here) for key, label, url in found]


@requires(Permission.TENDERS_MANAGE)
def assign(request: Request, pk: int) -> HttpResponseBase:
    tender = queries.tender_managed(request.user, tender_id=pk, on=request.day)
    people = sorted(users_with_role("evaluator", on=request.day), key=str)
    form = Assign(request.POST or None, people=people, titles=queries.titles_of(tender))
    address = reverse("evaluation_board", args=[pk])
    return ask(
        request,
        form,
        of_tender(
            tender,
            heading="Choose an evaluator",
            button="Choose this evaluator",
            about="They declare their interests before anything of the bids is shown, and score alone.",
            back=address,
        ),
        do=lambda user, questions: operations.assign_evaluator(
            tender_id=pk, user_id=int(user), questions=questions, act=acting(request)
        ),
        done=lambda made: f"{made.user} evaluates, once they have declared their interests.",
        to=address,
    )


@requires(Permission.TENDERS_MANAGE)
def decide(request: Request, pk: int, evaluator_id: int) -> HttpResponseBase:
    """Let someone evaluate who declared a conflict. To exclude them is another page."""
    tender, evaluator = _evaluator(request, pk, evaluator_id)
    form = Because(
        request.POST or None,
        label=f"Why may {evaluator.user} evaluate all the same?",
        hint="It is in the evaluation report.",
    )
    address = reverse("evaluation_board", args=[pk])
    return ask(
        request,
        form,
        of_tender(
            tender,
            heading=f"{evaluator.user} declared a conflict",
            button="Let them evaluate",
            about=f"They wrote: “{evaluator.conflict}”",
            back=address,
            links=[("Exclude them instead", reverse("evaluation_exclude", args=[pk, evaluator_id]))],
        ),
        do=partial(operations.accept_conflict, evaluator_id=evaluator.pk, act=acting(request)),
        done=f"{evaluator.user} may evaluate.",
        to=address,
    )


@requires(Permission.TENDERS_MANAGE)
def exclude(request: Request, pk: int, evaluator_id: int) -> HttpResponseBase:
    tender, evaluator = _evaluator(request, pk, evaluator_id)
    address = reverse("evaluation_board", args=[pk])
    wrote = [f"They wrote: “{evaluator.conflict}”"] if evaluator.conflict else []
    return ask(
        request,
        Because(request.POST or None, label="Why?", hint="It is in the evaluation report."),
        of_tender(
            tender,
            heading=f"Exclude {evaluator.user}",
            button="Exclude them",
            about=[
                *wrote,
                "They see nothing more of this tender, and scores they gave count for nothing. This cannot be undone.",
            ],
            kind="warning",
            back=address,
        ),
        do=partial(operations.exclude_evaluator, evaluator_id=evaluator.pk, act=acting(request)),
        done=f"{evaluator.user} is excluded.",
        to=address,
    )


def _evaluator(request: Request, pk: int, evaluator_id: int) -> tuple[Tender, Evaluator]:
    tender = queries.tender_managed(request.user, tender_id=pk, on=request.day)
    found = queries.evaluators_of(tender).filter(pk=evaluator_id).first()
    if found is None:
        raise NotAllowed(f"There is no evaluator {evaluator_id}.")
    return tender, found


@requires(Permission.TENDERS_MANAGE)
def begin(request: Request, pk: int) -> HttpResponseBase:
    tender = queries.tender_managed(request.user, tender_id=pk, on=request.day)
    bids = queries.bids_to_score(tender)
    names = ", ".join(bid.supplier.name for bid in bids)
    address = reverse("evaluation_board", args=[pk])
    return ask(
        request,
        pressed(request),
        of_tender(
            tender,
            heading="Begin the evaluation",
            button="Begin the evaluation",
            about=[
                f"{wording.how_many(len(bids), 'bid', 'bids')} passed stage 1: {names}.",
                "From now on nothing of a bid changes. Each evaluator scores alone; you see who is how far, and no "
                "score.",
            ],
            back=address,
        ),
        do=partial(operations.begin_evaluation, tender_id=pk, act=acting(request)),
        done="The evaluation has begun. Each evaluator sees on “My work” what is theirs.",
        to=address,
    )


@requires(Permission.TENDERS_MANAGE)
def open_scores(request: Request, pk: int) -> HttpResponseBase:
    tender = queries.tender_managed(request.user, tender_id=pk, on=request.day)
    return ask(
        request,
        pressed(request),
        of_tender(
            tender,
            heading="Open the scores",
            button="Open the scores",
            about="Every evaluator has locked. Their scores are shown beside each other, and nobody can change them "
            "any more.",
            back=reverse("evaluation_board", args=[pk]),
        ),
        do=partial(operations.open_moderation, tender_id=pk, act=acting(request)),
        done="The scores are open to the evaluators and to you.",
        to=reverse("evaluation_moderation", args=[pk]),
    )
