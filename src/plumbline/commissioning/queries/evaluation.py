"""Scores and what follows from them, as one viewer may see them.

Until every evaluator has locked, each sees their own scores and nobody sees anybody else's, the commissioner neither.
An evaluator who is excluded, or whose declared conflict is not decided, is shown nothing of the bids by any route.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from django.db.models import Q, QuerySet

from plumbline.commissioning.access import (
    CLEARED,
    SETTLED,
    bids_visible_to,
    tenders_opened_to,
    tenders_visible_to,
)
from plumbline.commissioning.models import (
    Award,
    Bid,
    BidAnswer,
    BidDocument,
    BidState,
    Evaluator,
    ModeratedScore,
    ModerationMeeting,
    Promise,
    Score,
    Tender,
)
from plumbline.commissioning.rules import evaluation as rules
from plumbline.commissioning.rules import scoring
from plumbline.commissioning.rules.evaluation import Scorer
from plumbline.commissioning.rules.scoring import Offer, Question, Result
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.names import listed
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User
from plumbline.toolkits import content
from plumbline.toolkits.content import AnswerKind, Criterion

_S, _A = Tender.State, Award.State
# From moderation on, the scores are open to those whose part in the tender has begun.
OPENED = SETTLED | {_S.MODERATION}
# Interests can be declared once it is known who bids.
DECLARABLE = frozenset({_S.CLOSED, _S.STAGE1, _S.EVALUATION})
STANDING = frozenset({BidState.PASSED, BidState.RECOMMENDED, BidState.SUCCESSFUL, BidState.UNSUCCESSFUL})
_WHOLE_SCALE = tuple(Decimal(point) for point in range(6))


# --- what is asked --------------------------------------------------------------------------------------------------


def criteria_of(tender: Tender) -> dict[str, Criterion]:
    """The questions that are scored, in their order, as the toolkit asks them: those that carry a weight."""
    if tender.questions is None or tender.questions.content is None:
        return {}
    asked = content.read(tender.questions.content)
    return {each.key: each for each in asked.criteria if each.weight is not None}


def questions_of(tender: Tender) -> tuple[Question, ...]:
    """The same as the arithmetic needs them."""
    return tuple(_question(each) for each in criteria_of(tender).values())


def _question(criterion: Criterion) -> Question:
    points = tuple(sorted(option.points for option in criterion.options if option.points is not None))
    if not points and criterion.answer is AnswerKind.SCORE_0_5:
        points = _WHOLE_SCALE
    return Question(criterion.key, criterion.title, criterion.weight or Decimal(0), points, criterion.minimum)


def titles_of(tender: Tender) -> dict[str, str]:
    return {each.key: each.title for each in criteria_of(tender).values()}


# --- who evaluates --------------------------------------------------------------------------------------------------


def evaluators_of(tender: Tender) -> QuerySet[Evaluator]:
    """Everybody who was ever asked to score it, excluded ones too."""
    return Evaluator.objects.filter(tender=tender).select_related("user", "decided_by").order_by("user__name", "pk")


def as_scorer(evaluator: Evaluator) -> Scorer:
    return Scorer(
        name=evaluator.user.called,
        questions=tuple(evaluator.questions),
        declared=evaluator.declared,
        declared_at=evaluator.declared_at,
        decided=evaluator.decided_at is not None,
        excluded=evaluator.excluded,
        locked=evaluator.locked_at is not None,
    )


def evaluator_seen(viewer: User, *, tender_id: int, on: date) -> Evaluator:
    """The viewer as evaluator of a tender; NotAllowed where they are none, or were excluded."""
    found = None
    if access.may(viewer, Permission.TENDERS_EVALUATE, on=on):
        found = (
            Evaluator.objects.select_related(
                "tender__questions", "tender__lead_commissioner", "user", "tender__service_area_lead"
            )
            .filter(tender=tender_id, user=viewer, excluded=False)
            .first()
        )
    if found is None:
        raise NotAllowed(f"There is no tender {tender_id} to evaluate.")
    return found


def why_not_yet(evaluator: Evaluator) -> str:
    """Why the evaluator may not see the bids now, as a sentence to them; "" where they may."""
    entered = Bid.objects.filter(tender=evaluator.tender_id).values_list("entered_at", flat=True)
    return rules.why_not_yet(as_scorer(evaluator), entered)


def bidders_of(tender: Tender) -> list[str]:
    """The names against which interests are declared, and nothing else of the bids."""
    bids = Bid.objects.filter(tender=tender).exclude(state=BidState.WITHDRAWN)
    return list(bids.order_by("supplier__sort_key", "pk").values_list("supplier__name", flat=True))


def bids_to_score(tender: Tender) -> list[Bid]:
    """The bids that passed stage 1 and are still in the running."""
    bids = Bid.objects.filter(tender=tender, state__in=STANDING)
    return list(bids.select_related("supplier").order_by("supplier__sort_key", "pk"))


# --- one evaluator's own page ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One bid's answer to one question, and what the evaluator gave it; `score` None: still open."""

    bid: Bid
    criterion: Criterion
    score: Score | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one evaluator has to score: a row for each of their questions, a cell for each bid."""

    evaluator: Evaluator
    bids: list[Bid]
    rows: list[tuple[Criterion, list[Cell]]]

    @property
    def cells(self) -> list[Cell]:
        return [cell for _, cells in self.rows for cell in cells]

    @property
    def done(self) -> int:
        return sum(cell.score is not None for cell in self.cells)

    @property
    def open(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.score is None]


def sheet_of(evaluator: Evaluator) -> Sheet:
    """The evaluator's own scores. NotAllowed unless they have declared, and may read the bids."""
    if why_not_yet(evaluator):
        raise NotAllowed("Nothing of the bids is shown before a declaration that was accepted.")
    bids = bids_to_score(evaluator.tender)
    scorer = as_scorer(evaluator)
    given = {(score.bid_id, score.question): score for score in Score.objects.filter(evaluator=evaluator)}
    rows = [
        (criterion, [Cell(bid, criterion, given.get((bid.pk, key))) for bid in bids])
        for key, criterion in criteria_of(evaluator.tender).items()
        if scorer.scores(key)
    ]
    return Sheet(evaluator, bids, rows)


def cell_of(sheet: Sheet, *, bid_id: int, question: str) -> Cell:
    """One answer to score; NotAllowed where it is not the evaluator's."""
    found = next((c for c in sheet.cells if c.bid.pk == bid_id and c.criterion.key == question), None)
    if found is None:
        raise NotAllowed(f"There is no answer of bid {bid_id} to “{question}” to score.")
    return found


def next_open(sheet: Sheet, *, after: Cell) -> Cell | None:
    """The next answer without a score, the same question of the next bid first; None where all are scored."""
    cells = sheet.cells
    at = next(i for i, cell in enumerate(cells) if (cell.bid, cell.criterion) == (after.bid, after.criterion))
    return next((cell for cell in cells[at + 1 :] + cells[:at] if cell.score is None), None)


def scored_by(viewer: User, *, tender: Tender, on: date) -> frozenset[str]:
    """The questions whose answers the viewer scores, once they are cleared to."""
    if not access.may(viewer, Permission.TENDERS_EVALUATE, on=on):
        return frozenset()
    own = Evaluator.objects.filter(CLEARED, user=viewer, tender=tender).select_related("user").first()
    return frozenset(key for key in criteria_of(tender) if own is not None and as_scorer(own).scores(key))


def papers_visible_to(viewer: User, *, on: date) -> QuerySet[BidDocument]:
    """The papers of the bids that the viewer sees; of one whom scoring alone lets see them, those given for the
    questions that they score and those to the whole bid."""
    seen = Q(bid__tender__in=tenders_opened_to(viewer, on=on))
    if access.may(viewer, Permission.TENDERS_EVALUATE, on=on):
        evaluated = Tender.objects.filter(evaluators__in=Evaluator.objects.filter(CLEARED, user=viewer))
        for tender in evaluated.select_related("questions"):
            keys = scored_by(viewer, tender=tender, on=on)
            seen |= Q(bid__tender=tender, criterion__in=["", *keys])
    return BidDocument.objects.filter(seen, bid__in=bids_visible_to(viewer, on=on))


def answer_text(bid: Bid, question: str) -> str:
    return BidAnswer.objects.filter(bid=bid, question=question).values_list("text", flat=True).first() or ""


def papers_of(bid: Bid, question: str) -> list[BidDocument]:
    """The papers given for a question, then those to the whole bid."""
    papers = BidDocument.objects.filter(bid=bid, criterion__in=(question, "")).select_related("document")
    return list(papers.order_by("-criterion", "pk"))


def paper_to_read(evaluator: Evaluator, *, paper_id: int) -> BidDocument:
    """A paper of a bid that the evaluator scores; NotAllowed otherwise."""
    numbers = {bid.pk for bid in sheet_of(evaluator).bids}
    scorer, keys = as_scorer(evaluator), criteria_of(evaluator.tender)
    found = BidDocument.objects.filter(pk=paper_id, bid__in=numbers).select_related("document", "bid").first()
    # Papers of stage 1 are not evaluated; those of another evaluator's questions are not theirs.
    mine = found is not None and (not found.criterion or (found.criterion in keys and scorer.scores(found.criterion)))
    if found is None or not mine:
        raise NotAllowed(f"There is no paper {paper_id}.")
    return found


# --- the commissioner's board: who is how far, and never a score ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    evaluator: Evaluator
    done: int
    of: int
    covers: tuple[str, ...]

    @property
    def state(self) -> str:
        """excluded, not_declared, conflict, locked, done (all scored, not locked) or scoring."""
        if self.evaluator.excluded:
            return "excluded"
        if self.evaluator.declared == rules.NOT_YET:
            return "not_declared"
        if self.evaluator.declared == rules.CONFLICT and self.evaluator.decided_at is None:
            return "conflict"
        if self.evaluator.locked_at is not None:
            return "locked"
        return "done" if self.of and self.done == self.of else "scoring"


def tender_managed(viewer: User, *, tender_id: int, on: date) -> Tender:
    """A tender whose evaluation the viewer's roles open; NotAllowed otherwise. An evaluator who was not cleared reaches
    it by no other role."""
    opened = tenders_opened_to(viewer, on=on).filter(pk=tender_id)
    found = opened.select_related("questions", "stage1", "lead_commissioner", "service_area_lead").first()
    if found is None:
        raise NotAllowed(f"There is no tender {tender_id}.")
    return found


def progress_of(tender: Tender) -> list[Progress]:
    """How far each evaluator is: counts, never a score. The caller has found the tender by `tender_managed`."""
    bids = {bid.pk for bid in bids_to_score(tender)}
    titles = titles_of(tender)
    given: dict[int, int] = {}
    for evaluator_id, bid_id, question in Score.objects.filter(evaluator__tender=tender).values_list(
        "evaluator_id", "bid_id", "question"
    ):
        given[evaluator_id] = given.get(evaluator_id, 0) + (bid_id in bids and question in titles)
    found = []
    for evaluator in evaluators_of(tender):
        covers = tuple(title for key, title in titles.items() if as_scorer(evaluator).scores(key))
        found.append(Progress(evaluator, given.get(evaluator.pk, 0), len(covers) * len(bids), covers))
    return found


def why_moderation_waits(tender: Tender) -> list[str]:
    return rules.why_moderation_waits([as_scorer(each) for each in evaluators_of(tender)], titles_of(tender))


def not_covered(tender: Tender) -> list[str]:
    return rules.not_covered([as_scorer(each) for each in evaluators_of(tender)], titles_of(tender))


# --- the scores, once all have locked -------------------------------------------------------------------------------


def are_open(tender: Tender) -> bool:
    """Whether the scores may be shown to anybody but those who gave them: every evaluator has locked."""
    if tender.state == _S.ABANDONED:
        return ModerationMeeting.objects.filter(tender=tender).exists()
    return tender.state in OPENED


def scores_seen(viewer: User, *, tender_id: int, on: date) -> Tender:
    """The tender, where the viewer may see all its scores now; NotAllowed otherwise."""
    scorers = Evaluator.objects.filter(CLEARED, user=viewer, locked_at__isnull=False)
    seen = Q(pk__in=tenders_opened_to(viewer, on=on).values("pk"))
    seen |= Q(pk__in=tenders_visible_to(viewer, on=on).values("pk")) & Q(pk__in=scorers.values("tender"))
    tender = (
        Tender.objects.select_related("questions", "stage1", "lead_commissioner", "service_area_lead", "approved_by")
        .filter(seen, pk=tender_id)
        .first()
    )
    if tender is None or not are_open(tender):
        raise NotAllowed(f"There are no scores of tender {tender_id} to see.")
    return tender


@dataclass(frozen=True, slots=True)
class Given:
    """A locked score, with who gave it and why."""

    evaluator: str
    score: Decimal
    comment: str


@dataclass(frozen=True, slots=True)
class Moderated:
    """One answer in moderation: what each gave, and what was agreed. `agreed` None: not yet."""

    bid: Bid
    criterion: Criterion
    given: tuple[Given, ...]
    agreed: ModeratedScore | None

    @property
    def average(self) -> Fraction | None:
        return scoring.average([each.score for each in self.given]) if self.given else None

    @property
    def differ(self) -> bool:
        return len({each.score for each in self.given}) > 1


@dataclass(frozen=True, slots=True)
class Board:
    """Every answer of the bids that were scored, by question and bid."""

    bids: list[Bid]
    rows: list[tuple[Criterion, list[Moderated]]] = field(default_factory=list)

    @property
    def cells(self) -> list[Moderated]:
        return [cell for _, cells in self.rows for cell in cells]

    @property
    def open(self) -> list[Moderated]:
        return [cell for cell in self.cells if cell.agreed is None]


def scored_bids(tender: Tender) -> list[Bid]:
    """Every bid that was ever scored, also those disqualified or withdrawn since; without scores, those standing."""
    scored = Score.objects.filter(evaluator__tender=tender).values("bid")
    bids = Bid.objects.filter(tender=tender, pk__in=scored) | Bid.objects.filter(tender=tender, state__in=STANDING)
    return list(bids.select_related("supplier").order_by("supplier__sort_key", "pk"))


def board_of(tender: Tender, bids: Sequence[Bid] | None = None) -> Board:
    """The locked scores beside each other. The caller has found the tender by `scores_seen`."""
    chosen = list(scored_bids(tender) if bids is None else bids)
    given: dict[tuple[int, str], list[Given]] = {}
    locked = Score.objects.filter(
        evaluator__tender=tender, evaluator__excluded=False, evaluator__locked_at__isnull=False
    )
    for score in locked.select_related("evaluator__user").order_by("evaluator__user__name", "evaluator"):
        one = Given(str(score.evaluator.user), score.score, score.comment)
        given.setdefault((score.bid_id, score.question), []).append(one)
    agreed = {
        (each.bid_id, each.question): each
        for each in ModeratedScore.objects.filter(bid__in=chosen).select_related("meeting", "agreed_by")
    }
    rows = [
        (
            criterion,
            [
                Moderated(bid, criterion, tuple(given.get((bid.pk, key), ())), agreed.get((bid.pk, key)))
                for bid in chosen
            ],
        )
        for key, criterion in criteria_of(tender).items()
    ]
    return Board(chosen, rows)


def moderated_cell(board: Board, *, bid_id: int, question: str) -> Moderated:
    found = next((c for c in board.cells if c.bid.pk == bid_id and c.criterion.key == question), None)
    if found is None:
        raise NotAllowed(f"There is no answer of bid {bid_id} to “{question}”.")
    return found


def meetings_of(tender: Tender) -> QuerySet[ModerationMeeting]:
    return ModerationMeeting.objects.filter(tender=tender).select_related("recorded_by").order_by("held_on", "pk")


def result_of(tender: Tender, board: Board | None = None) -> Result:
    """Totals and ranks by the scores as they are now; RuleBroken where a score is missing."""
    chosen = board if board is not None else board_of(tender)
    offers = []
    for bid in chosen.bids:
        scores: dict[str, Fraction | Decimal] = {}
        for criterion, cells in chosen.rows:
            cell = next(each for each in cells if each.bid.pk == bid.pk)
            if tender.method == Tender.Method.AVERAGE:
                if cell.average is not None:
                    scores[criterion.key] = cell.average
            elif cell.agreed is not None:
                scores[criterion.key] = cell.agreed.score
        stopped = "" if bid.state in STANDING else bid.stopped_because or f"{BidState(bid.state).label}."
        offers.append(Offer(bid.pk, bid.supplier.name, bid.price, scores, stopped))
    return scoring.result(questions_of(tender), offers, quality_share=tender.quality_share)


def result_or_why(tender: Tender, board: Board) -> tuple[Result | None, str]:
    """The result, or why there is none yet."""
    try:
        return result_of(tender, board), ""
    except RuleBroken as refusal:
        return None, refusal.reason


def scored(tender: Tender) -> bool:
    """Whether the tender is decided by scores: a direct award is not."""
    return Score.objects.filter(evaluator__tender=tender).exists()


def reasons_for(board: Board, tender: Tender, bid_id: int) -> dict[str, str]:
    """Why each score of a bid was given, by question, as its bidder is told: what was discussed and agreed, or where
    scores are averaged each comment without the name of who wrote it."""
    said = {}
    for cell in board.cells:
        if cell.bid.pk != bid_id:
            continue
        if tender.method == Tender.Method.MODERATE:
            parts = [cell.agreed.discussion, cell.agreed.reason] if cell.agreed else []
        else:
            parts = [each.comment for each in cell.given]
        said[cell.criterion.key] = " ".join(part for part in parts if part)
    return said


# --- the award ------------------------------------------------------------------------------------------------------


def awards_of(tender: Tender) -> QuerySet[Award]:
    """Every recommendation and award, cancelled ones too, in their order; of those made together the best bid first."""
    people = ("recommended_by", "approved_by", "awarded_by")
    return Award.objects.filter(tender=tender).select_related("bid__supplier", *people).order_by("recommended_at", "pk")


def recommendations_of(tender: Tender) -> list[list[Award]]:
    """The same, those that were recommended together in one list."""
    by = groupby(awards_of(tender), key=lambda award: (award.recommended_at, award.state == _A.CANCELLED))
    return [list(together) for _, together in by]


def standing_awards(tender: Tender) -> list[Award]:
    """The recommendation or award that has not been cancelled, the best bid first: one, or of a framework several,
    which are at the same step."""
    return list(awards_of(tender).exclude(state=_A.CANCELLED))


def awards_seen(viewer: User, *, tender_id: int, on: date) -> tuple[Tender, list[Award]]:
    """The tender and its standing awards, for whom they are open."""
    tender = tender_managed(viewer, tender_id=tender_id, on=on)
    return tender, standing_awards(tender)


def suppliers_named(awards: Iterable[Award]) -> str:
    """Whose bids these are, as a sentence names them."""
    return listed([award.bid.supplier.name for award in awards])


def value_of(award: Award) -> Decimal | None:
    """What the contract is worth: the price of the bid, else what the tender was estimated at. An estimate for several
    suppliers together is the value of none of them."""
    if award.bid.price is not None:
        return award.bid.price
    return award.tender.value if len(standing_awards(award.tender)) == 1 else None


def contract_begun(award: Award) -> bool:
    """Whether the contract of an award is entered: its promises are commitments of the contract then.

    The one thing asked here of the room above (contracts), by the name by which its contract points to the award.
    """
    return Award.objects.filter(pk=award.pk, contract__isnull=False).exists()


def promises_of(award: Award) -> QuerySet[Promise]:
    """What the winner promised; `contracts` makes commitments of it."""
    return Promise.objects.filter(award=award).select_related("recorded_by").order_by("recorded_at", "pk")
