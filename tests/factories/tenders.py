"""Tenders in any state, with their toolkits, bids, evaluators and scores, made by the shortest way."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from plumbline.commissioning import models
from plumbline.people.models import Organisation, User
from plumbline.toolkits.models import Toolkit, ToolkitVersion
from tests.factories.people import OrganisationFactory, UserFactory

TODAY = date(2016, 7, 29)
AT = datetime(2016, 7, 29, 10, 0, tzinfo=UTC)
EARLIER = datetime(2016, 7, 1, 9, 0, tzinfo=UTC)

SCALE = [
    {"code": str(points), "label": f"{points}: {words}", "points": str(points)}
    for points, words in (
        (5, "Excellent"),
        (4, "Good"),
        (3, "Satisfactory"),
        (2, "Limited"),
        (1, "Poor"),
        (0, "Unacceptable"),
    )
]


def a_criterion(key: str, title: str, **more: Any) -> dict[str, Any]:
    """A criterion as a version's content keeps it."""
    plain = {
        "key": key, "title": title, "guidance": "", "answer": "score_0_5", "options": SCALE, "evidence": "optional",
        "weight": None, "minimum": None, "critical": False, "safeguarding": False, "fact": "", "due_days": None,
    }  # fmt: skip
    return plain | more


SAFEGUARDING = a_criterion(
    "safeguarding",
    "How will you keep children safe throughout the contract?",
    weight="40",
    minimum="3",
    safeguarding=True,
    guidance="Look for named leads, a route for concerns, and how disclosures are escalated.",
)
STAFF = a_criterion(
    "staff",
    "How will you recruit and keep your staff?",
    weight="35",
    guidance="Look for safer recruitment and supervision.",
)
OUTCOMES = a_criterion("outcomes", "How will children be better off?", weight="25", guidance="Look for measures.")
QUESTIONS = (SAFEGUARDING, STAFF, OUTCOMES)
STAGE1 = tuple(
    a_criterion(
        key,
        title,
        answer="pass_fail",
        evidence="required",
        options=[{"code": "pass", "label": "Pass", "points": None}, {"code": "fail", "label": "Fail", "points": None}],
    )
    for key, title in (("section11", "Understands section 11"), ("policies", "Has every required policy"))
)


def a_version(
    key: str, title: str, criteria: Sequence[Mapping[str, Any]] = QUESTIONS, purpose: str = "questions"
) -> ToolkitVersion:
    """A published version of a toolkit of this key, with its criteria in one section."""
    toolkit, _ = Toolkit.objects.get_or_create(key=key, defaults={"title": title, "purpose": purpose})
    content = {
        "key": key, "title": title, "purpose": purpose, "introduction": "", "sources": [],
        "sections": [{"key": "all", "title": title, "guidance": "", "criteria": list(criteria)}],
    }  # fmt: skip
    number = ToolkitVersion.objects.filter(toolkit=toolkit).count() + 1
    ToolkitVersion.objects.filter(toolkit=toolkit, state="published").update(state="withdrawn")
    return ToolkitVersion.objects.create(
        toolkit=toolkit,
        number=number,
        title=title,
        text="",
        content=content,
        sha256=hashlib.sha256(title.encode()).hexdigest(),
        source="council",
        state="published",
        made_at=EARLIER,
        published_at=EARLIER,
    )


class TenderFactory(DjangoModelFactory):
    """At the evaluation of its bids, with stage 1 and three scored questions (weights 40, 35 and 25)."""

    class Meta:
        model = models.Tender

    reference = factory.Sequence(lambda n: f"TT-{n:04}")
    title = factory.Sequence(lambda n: f"Residential care for children {n}")
    service = "Residential care"
    state = "evaluation"
    state_since = date(2016, 7, 20)
    stage1 = factory.LazyFunction(lambda: a_version("test_stage1", "Business information", STAGE1, "tender_stage1"))
    questions = factory.LazyFunction(lambda: a_version("test_questions", "Quality questions"))
    scored_safeguarding = True
    lead_commissioner = factory.SubFactory(UserFactory, role="commissioner")
    approved_on = date(2016, 5, 1)
    published_on = date(2016, 5, 3)
    bids_due_on = date(2016, 6, 30)
    closed_on = date(2016, 7, 1)
    implementation_from = date(2016, 9, 1)
    service_starts_on = date(2016, 11, 1)
    service_ends_on = date(2019, 10, 31)
    made_at = EARLIER


class BidFactory(DjangoModelFactory):
    """One that passed stage 1, with every ground for exclusion looked at and an answer to each question."""

    class Meta:
        model = models.Bid
        skip_postgeneration_save = True

    tender = factory.SubFactory(TenderFactory)
    supplier = factory.SubFactory(OrganisationFactory, sector="voluntary", name=factory.Sequence(lambda n: f"Care {n}"))
    received_at = EARLIER
    price = Decimal(100000)
    state = "passed"
    entered_at = EARLIER

    @classmethod
    def _create(cls, model_class: type[models.Bid], *args: Any, **said: Any) -> models.Bid:
        """Entered as received, as the database wants it; `checked` brings it to its state."""
        state = said.pop("state")
        bid = super()._create(model_class, *args, state="received", **said)
        bid.wanted_state = state
        return bid

    @factory.post_generation
    def checked(self, create: bool, wanted: bool | None, **more: Any) -> None:
        if wanted is not False:
            _check(self, by=more.get("by") or self.tender.lead_commissioner)
        if self.wanted_state != self.state:
            self.state = self.wanted_state
            self.save(update_fields=["state"])


def _check(bid: models.Bid, *, by: User) -> None:
    for ground in models.ExclusionCheck.Ground.values:
        models.ExclusionCheck.objects.create(
            bid=bid, ground=ground, result="none", checked_on=date(2016, 7, 10), checked_at=EARLIER, checked_by=by
        )
    for criterion in STAGE1:
        models.Stage1Decision.objects.create(
            bid=bid, criterion=criterion["key"], decision="pass", decided_at=EARLIER, decided_by=by
        )
    for question in QUESTIONS:
        models.BidAnswer.objects.create(
            bid=bid, question=question["key"], text=f"{bid.supplier.name} answers on {question['key']}."
        )


class EvaluatorFactory(DjangoModelFactory):
    """Declared without a conflict; `locked_at=AT` has locked."""

    class Meta:
        model = models.Evaluator

    tender = factory.SubFactory(TenderFactory)
    user = factory.SubFactory(UserFactory, role="evaluator")
    declared = "none"
    declared_at = datetime(2016, 7, 21, 9, 0, tzinfo=UTC)


class ScoreFactory(DjangoModelFactory):
    class Meta:
        model = models.Score

    bid = factory.SubFactory(BidFactory)
    evaluator = factory.SubFactory(EvaluatorFactory)
    question = "safeguarding"
    score = Decimal(4)
    comment = "Everything is met, with evidence."
    scored_at = AT


def a_bidder(tender: models.Tender, name: str, **more: Any) -> models.Bid:
    """A bid of a supplier of this name, which begins the name where it is taken."""
    taken = Organisation.objects.filter(sort_key__startswith=name.casefold()).count()
    supplier = OrganisationFactory(name=f"{name} {taken}" if taken else name, sector="voluntary")
    return BidFactory(tender=tender, supplier=supplier, **more)


def score_all(evaluator: models.Evaluator, bids: Sequence[models.Bid], scores: Mapping[str, Sequence[int]]) -> None:
    """Scores of one evaluator: for each question one for each bid."""
    for question, given in scores.items():
        for bid, score in zip(bids, given, strict=True):
            ScoreFactory(
                bid=bid,
                evaluator=evaluator,
                question=question,
                score=Decimal(score),
                comment=f"{evaluator.user.name} on {question}: {score}.",
            )


def an_approver(**more: Any) -> User:
    return UserFactory(role="head_of_service", **more)
