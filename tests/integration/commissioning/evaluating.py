"""An evaluation with three bidders and three evaluators, at any point of it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from plumbline.commissioning.models import Award, Bid, Evaluator, ModeratedScore, ModerationMeeting, Tender
from plumbline.commissioning.operations import award, evaluation
from plumbline.people.act import Act
from plumbline.people.models import User
from tests.factories.people import UserFactory
from tests.factories.tenders import AT, TODAY, EvaluatorFactory, TenderFactory, a_bidder, an_approver, score_all

COUNCIL = "Fenmarsh County Council"
# Scores of one evaluator by question, for Alder, Birch and Cedar in this order. Alder: 86, Birch: 79, Cedar: below.
SCORES = {"safeguarding": (4, 4, 2), "staff": (5, 4, 5), "outcomes": (4, 4, 5)}


@dataclass
class Evaluation:
    tender: Tender
    bids: list[Bid]
    evaluators: list[Evaluator]
    approver: User
    meeting: ModerationMeeting | None = None
    agreed: list[ModeratedScore] = field(default_factory=list)

    @property
    def lead(self) -> User:
        return self.tender.lead_commissioner

    def by(self, user: User | None = None, on: date = TODAY) -> Act:
        return Act(user or self.lead, AT, on)

    def fresh(self) -> Tender:
        return Tender.objects.select_related("questions", "lead_commissioner").get(pk=self.tender.pk)


def begun(
    *,
    bidders: tuple[str, ...] = ("Alder", "Birch", "Cedar"),
    prices: dict[str, int] | None = None,
    evaluators: int = 3,
    **tender: Any,
) -> Evaluation:
    """The tender is being evaluated; everybody has declared, nobody has scored."""
    made = TenderFactory(lead_commissioner=UserFactory(role="commissioner", name="Farah Quill"), **tender)
    bids = [a_bidder(made, name, price=Decimal((prices or {}).get(name, 100000))) for name in bidders]
    people = [UserFactory(role="evaluator", name=name) for name in ("Ann Ash", "Bob Beech", "Cat Cherry")[:evaluators]]
    return Evaluation(made, bids, [EvaluatorFactory(tender=made, user=user) for user in people], an_approver())


def scored(*, scores: dict[str, tuple[int, ...]] | None = None, **more: Any) -> Evaluation:
    """Every evaluator has scored, and nobody locked."""
    made = begun(**more)
    for evaluator in made.evaluators:
        score_all(evaluator, made.bids, scores or SCORES)
    return made


def locked(**more: Any) -> Evaluation:
    made = scored(**more)
    for evaluator in made.evaluators:
        evaluation.lock_scores(tender_id=made.tender.pk, act=made.by(evaluator.user))
    return made


def in_moderation(**more: Any) -> Evaluation:
    made = locked(**more)
    evaluation.open_moderation(tender_id=made.tender.pk, act=made.by())
    made.meeting = evaluation.record_meeting(
        tender_id=made.tender.pk,
        held_on=TODAY,
        chair="Margaret Oyelaran",
        attendees="Ann Ash, Bob Beech, Cat Cherry",
        act=made.by(),
    )
    return made


def agree(made: Evaluation, bid: Bid, question: str, score: int, reason: str = "") -> ModeratedScore:
    assert made.meeting is not None
    return evaluation.agree_score(
        tender_id=made.tender.pk,
        meeting_id=made.meeting.pk,
        bid_id=bid.pk,
        question=question,
        score=Decimal(score),
        discussion=f"All three read {question} alike.",
        reason=reason,
        act=made.by(),
    )


def moderated(*, scores: dict[str, tuple[int, ...]] | None = None, **more: Any) -> Evaluation:
    """Everything is agreed as the evaluators scored it, and moderation not closed."""
    made = in_moderation(scores=scores, **more)
    for question, given in (scores or SCORES).items():
        for bid, score in zip(made.bids, given, strict=True):
            made.agreed.append(agree(made, bid, question, score))
    return made


def settled(**more: Any) -> Evaluation:
    """Moderation is closed; a bid may be recommended."""
    made = moderated(**more)
    evaluation.close_moderation(tender_id=made.tender.pk, act=made.by())
    return made


def recommend(made: Evaluation, *bids: Bid, tie_reason: str = "", reason: str = "The highest total.") -> list[Award]:
    return award.recommend(
        tender_id=made.tender.pk, bid_ids=[bid.pk for bid in bids], reason=reason, tie_reason=tie_reason, act=made.by()
    )


def approve(made: Evaluation) -> list[Award]:
    return award.approve_award(tender_id=made.tender.pk, council=COUNCIL, act=made.by(made.approver))


def recommended(**more: Any) -> tuple[Evaluation, Award]:
    made = settled(**more)
    [found] = recommend(made, made.bids[0])
    return made, found


def approved(**more: Any) -> tuple[Evaluation, Award]:
    made, _ = recommended(**more)
    [found] = approve(made)
    return made, found


def letters_sent(made: Evaluation) -> None:
    for bid in Bid.objects.filter(tender=made.tender):
        award.send_outcome_letter(bid_id=bid.pk, sent_on=TODAY, act=made.by())
