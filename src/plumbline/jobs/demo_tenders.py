"""The demonstration's tenders, one in every state, driven through the same operations as the pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from plumbline.commissioning.models import Bid, BidState, Contact, PlanItem, Tender
from plumbline.commissioning.operations import award as awarding
from plumbline.commissioning.operations import bids, evaluation, implementation, stage1, tenders
from plumbline.commissioning.queries import evaluation as evaluating
from plumbline.commissioning.queries.tenders import stage1_asked
from plumbline.commissioning.rules.implementation import COUNCIL_CONTACTS, SUPPLIER_CONTACTS
from plumbline.commissioning.rules.stage1 import GROUNDS
from plumbline.commissioning.rules.tender import COMPETITION, FRAMEWORK, Details
from plumbline.contracts.operations import go_live
from plumbline.documents import pdf
from plumbline.documents.model import Front, Paragraph, Report
from plumbline.jobs import ways_in
from plumbline.people.act import PersonalAct
from plumbline.people.models import Organisation, User
from plumbline.toolkits import content
from plumbline.toolkits.content import Criterion
from plumbline.toolkits.queries import current_version

S = Tender.State
# The states of a competition in their order.
_ORDER = (S.DRAFT, S.APPROVED, S.PUBLISHED, S.CLOSED, S.STAGE1, S.EVALUATION, S.MODERATION, S.RECOMMENDATION,
          S.STANDSTILL, S.AWARDED, S.CONTRACT_DETAILS, S.IMPLEMENTATION)  # fmt: skip

EVALUATORS = ("evaluator", "evaluator2", "evaluator3")


@dataclass(frozen=True)
class Wanted:
    """`to`: the state to which it is driven. `began`: the day of its draft; each step comes some days later."""

    title: str
    service: str
    to: Tender.State
    began: date
    suppliers: tuple[str, ...] = ()
    statutory: bool = False
    standstill: int = 0
    body: str = "children"
    value: int = 240_000
    # More than one: a framework, with so many suppliers.
    winners: int = 1


TENDERS = (
    Wanted("Short breaks for disabled children, east of the county", "Short breaks", S.DRAFT, date(2016, 7, 20)),
    Wanted("Independent visitors for looked-after children", "Advocacy and independent visitors", S.APPROVED,
           date(2016, 7, 11)),
    Wanted("Parenting programmes in the new towns", "Parenting programmes", S.PUBLISHED, date(2016, 7, 1),
           body="public_health"),
    Wanted("Young carers' groups", "Young carers", S.CLOSED, date(2016, 6, 1),
           ("Alder Advocacy", "Harbour Children's Trust")),
    Wanted("Supervised contact, county-wide", "Supervised contact", S.STAGE1, date(2016, 5, 25),
           ("Stepping Stones CIC", "Bramble Contact Services", "Two Rivers NHS Trust"), statutory=True),
    Wanted("Therapeutic support after harm", "Therapeutic support", S.EVALUATION, date(2016, 5, 2),
           ("Meridian Therapies", "Alder Advocacy", "Kestrel Counselling"), value=380_000),
    Wanted("Family group conferences", "Family group conferences", S.MODERATION, date(2016, 4, 18),
           ("St Guthlac's Society", "Stepping Stones CIC", "Harbour Children's Trust")),
    Wanted("Residential short breaks, west", "Residential care", S.RECOMMENDATION, date(2016, 4, 4),
           ("Brightwater Homes Ltd", "Fenside Care Ltd"), statutory=True, value=910_000),
    Wanted("Youth housing with support", "Youth housing", S.STANDSTILL, date(2016, 3, 14),
           ("Northgate Housing Association", "Oak Lane Education"), standstill=8, body="district"),
    Wanted("Health visiting outreach", "Health visiting", S.CONTRACT_DETAILS, date(2016, 2, 1),
           ("Two Rivers NHS Trust", "Meridian Therapies", "Kestrel Counselling"), statutory=True, body="public_health",
           winners=2),
    Wanted("Edge-of-care family support", "Early support for disabled children", S.IMPLEMENTATION, date(2016, 1, 11),
           ("Willow Bank Family Services", "Stepping Stones CIC", "Harbour Children's Trust"), statutory=True,
           value=520_000),
)  # fmt: skip

# How the three evaluators score the first, second and third bidder, each question alike.
_SCORES = ((4, 3, 3), (4, 4, 2), (5, 3, 3))


def load() -> None:
    """Every tender with everything that came before its state."""
    for wanted in TENDERS:
        _Drive(wanted).run()
    _direct_award()
    _call_off()
    _abandoned()


def implement() -> None:
    """What follows the award of the service that begins in autumn, once the supplier's people can sign in."""
    wanted = TENDERS[-1]
    drive = _Drive(wanted)
    drive.tender = Tender.objects.get(title=wanted.title)
    [made] = drive.made = evaluating.standing_awards(drive.tender)
    if made.details_published_on is None:
        raise ValueError(f"the details of {wanted.title} are not published yet")
    drive.day = made.details_published_on + timedelta(3)
    drive.implement()


def supplier(name: str) -> Organisation:
    known = Organisation.objects.filter(name=name).first()
    return known or bids.make_supplier(
        name=name, act=PersonalAct(_user("commissioner"), ways_in.now(), date(2016, 1, 1))
    )


def _user(username: str) -> User:
    return User.objects.get(username=username)


def _stage1(tender: Tender) -> tuple[content.Criterion, ...]:
    asked = stage1_asked(tender)
    return asked.criteria if asked else ()


class _Drive:
    """One tender on its way, a step at a time. Its own day goes on with each step."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.day = wanted.began
        self.commissioner, self.head = _user("commissioner"), _user("head")
        self.council = settings.COUNCIL

    def who(self, user: User | None = None) -> PersonalAct:
        # What is done on the tender's own day bears its date, so that figures over a period find it.
        at = datetime.combine(self.day, time(10, 30), tzinfo=UTC)
        return PersonalAct(user or self.commissioner, at, self.day)

    def later(self, days: int) -> None:
        self.day += timedelta(days)

    def run(self) -> Tender:
        self.tender = tenders.make_tender(details=self.details(), act=self.who())
        steps = (self.approve, self.publish, self.close, self.check, self.evaluate, self.moderate, self.recommend,
                 self.stand_still, self.award, self.details_published, self.go_on)  # fmt: skip
        for step in steps[: _ORDER.index(self.wanted.to)]:
            step()
        return self.tender

    @property
    def bids_due_on(self) -> date:
        return self.wanted.began + timedelta(31)

    def details(self) -> Details:
        due = self.bids_due_on
        return Details(
            title=self.wanted.title,
            service=self.wanted.service,
            body=self.wanted.body,
            kind=FRAMEWORK if self.wanted.winners > 1 else COMPETITION,
            description="Bought for children of Fenmarsh and their families, in their homes and near them.",
            statutory_function=self.wanted.statutory,
            standstill_days=self.wanted.standstill,
            light_touch=not self.wanted.standstill,
            value=Decimal(self.wanted.value),
            cpv="85311300",
            lead_commissioner_id=self.commissioner.pk,
            service_area_lead_id=_user("servicelead").pk,
            stage1_id=current_version("business_information").pk,
            questions_id=current_version("quality_questions").pk,
            quality_share=Decimal(70),
            bids_due_on=due,
            implementation_from=due + timedelta(75),
            service_starts_on=due + timedelta(165),
            service_ends_on=due + timedelta(165 + 3 * 365),
        )

    def approve(self) -> None:
        tenders.ask_approval(tender_id=self.tender.pk, act=self.who())
        self.later(4)
        tenders.approve_tender(tender_id=self.tender.pk, act=self.who(self.head))

    def publish(self) -> None:
        self.later(2)
        tenders.publish_tender(tender_id=self.tender.pk, act=self.who())

    def close(self) -> None:
        self.day = self.bids_due_on + timedelta(1)
        tenders.close_tender(tender_id=self.tender.pk, act=self.who())
        for number, name in enumerate(self.wanted.suppliers):
            self.enter(name, number)

    def enter(self, name: str, number: int, *, tender: Tender | None = None) -> Bid:
        tender = tender or self.tender
        received = datetime.combine(self.day - timedelta(2), time(11, 30), UTC)
        bid = bids.enter_bid(
            tender_id=tender.pk,
            supplier_id=supplier(name).pk,
            received_at=received,
            price=Decimal(self.wanted.value) * (100 - 3 * number) / 100,
            new_to_council=name in NEW,
            council=self.council,
            act=self.who(),
        )
        if tender.questions:
            bids.save_answers(
                bid_id=bid.pk,
                answers={
                    question.key: f"{name} will do this from the first day. {question.title} Our policies, the names of"
                    " our leads and three years of figures are attached."
                    for question in content.read(tender.questions.content).criteria
                },
                act=self.who(),
            )
        asked = _stage1(tender)
        bids.attach_paper(
            bid_id=bid.pk,
            criteria=[each.key for each in asked if each.evidence == "required"],
            title=f"{name}: policies and registers",
            file_name="policies.pdf",
            content=_paper(name),
            folder=_folder(),
            act=self.who(),
        )
        return bid

    def check(self) -> None:
        """Stage 1 begins; where the tender goes on, every bid is decided."""
        self.later(3)
        tenders.begin_stage1(tender_id=self.tender.pk, act=self.who())
        self.later(4)
        found = list(self.tender.bids.order_by("pk"))
        if self.wanted.to == S.STAGE1:
            self.pass_stage1(found[0])
            self.fail_stage1(found[1])
            self.ask(found[2])
            return
        for bid in found:
            self.pass_stage1(bid)

    def pass_stage1(self, bid: Bid, *, tender: Tender | None = None) -> None:
        asked = _stage1(tender or self.tender)
        stage1.pass_criteria(bid_id=bid.pk, criteria=[each.key for each in asked], **self.reviewed(asked))
        self.look_at_grounds(bid)
        stage1.pass_bid(bid_id=bid.pk, act=self.who())

    def reviewed(self, asked: Sequence[Criterion]) -> dict[str, Any]:
        """Who acts, and the day of the last review of each policy that is passed."""
        return {"reviewed": {each.key: self.day - timedelta(30) for each in asked if each.policy}, "act": self.who()}

    def look_at_grounds(self, bid: Bid) -> None:
        for ground in GROUNDS:
            stage1.check_exclusion(
                bid_id=bid.pk, ground=ground, result="none", checked_on=self.day, council=self.council, act=self.who()
            )

    def fail_stage1(self, bid: Bid) -> None:
        asked = _stage1(self.tender)
        failed, *others = sorted(asked, key=lambda each: each.key != "dbs")
        stage1.pass_criteria(bid_id=bid.pk, criteria=[each.key for each in others], **self.reviewed(others))
        stage1.decide_criterion(
            bid_id=bid.pk,
            criterion=failed.key,
            decision="fail",
            reason="The policy asks for checks of new staff within three months of starting, not before.",
            act=self.who(),
        )
        self.look_at_grounds(bid)
        stage1.fail_bid(bid_id=bid.pk, council=self.council, act=self.who())

    def ask(self, bid: Bid) -> None:
        asked = _stage1(self.tender)[0]
        stage1.ask_clarification(
            bid_id=bid.pk,
            criterion=asked.key,
            asked="The safeguarding policy ends at page 4. Please send all of it.",
            due_on=self.day + timedelta(7),
            act=self.who(),
        )

    def evaluate(self) -> None:
        self.later(3)
        for username in EVALUATORS:
            evaluation.assign_evaluator(tender_id=self.tender.pk, user_id=_user(username).pk, act=self.who())
        evaluation.begin_evaluation(tender_id=self.tender.pk, act=self.who())
        unfinished = self.wanted.to == S.EVALUATION
        for username, scores in zip(EVALUATORS, _SCORES, strict=True):
            if unfinished and username == "evaluator3":
                continue
            self.score(_user(username), scores, lock=not (unfinished and username == "evaluator"))

    def score(self, evaluator: User, scores: Sequence[int], *, lock: bool) -> None:
        who = self.who(evaluator)
        evaluation.declare(tender_id=self.tender.pk, has_conflict=False, conflict="", act=who)
        passed = list(self.tender.bids.filter(state=BidState.PASSED).order_by("pk"))
        questions = evaluating.questions_of(self.tender)
        for question in questions if lock else questions[:2]:
            for bid, score in zip(passed, scores, strict=False):
                evaluation.save_score(
                    tender_id=self.tender.pk,
                    bid_id=bid.pk,
                    question=question.key,
                    score=Decimal(score),
                    comment="Meets what was asked, with figures." if score > 3 else "Mostly met; no figures are given.",
                    act=who,
                )
        if lock:
            evaluation.lock_scores(tender_id=self.tender.pk, act=who)

    def moderate(self) -> None:
        self.later(7)
        evaluation.open_moderation(tender_id=self.tender.pk, act=self.who())

    def recommend(self) -> None:
        meeting = evaluation.record_meeting(
            tender_id=self.tender.pk,
            held_on=self.day,
            chair=self.commissioner.name,
            attendees="The three evaluators; a note-taker",
            act=self.who(),
        )
        for bid in self.tender.bids.filter(state=BidState.PASSED).order_by("pk"):
            for question in evaluating.questions_of(self.tender):
                given = sorted(score.score for score in bid.scores.filter(question=question.key))
                evaluation.agree_score(
                    tender_id=self.tender.pk,
                    meeting_id=meeting.pk,
                    bid_id=bid.pk,
                    question=question.key,
                    score=given[len(given) // 2],
                    discussion="Each said what they had seen in the answer.",
                    reason="The evidence named in the answer carries this score." if given[0] != given[-1] else "",
                    act=self.who(),
                )
        evaluation.close_moderation(tender_id=self.tender.pk, act=self.who())
        best = evaluating.result_of(Tender.objects.get(pk=self.tender.pk)).standings[: self.wanted.winners]
        self.made = awarding.recommend(
            tender_id=self.tender.pk,
            bid_ids=[row.bid for row in best],
            reason="The highest total of quality and price.",
            act=self.who(),
        )

    def stand_still(self) -> None:
        self.later(4)
        awarding.approve_award(tender_id=self.tender.pk, council=self.council, act=self.who(self.head))
        for bid in self.tender.bids.exclude(state=BidState.WITHDRAWN).order_by("pk"):
            if not bid.letter_sent_on:
                awarding.send_outcome_letter(bid_id=bid.pk, sent_on=self.day, act=self.who())
        self.later(1)
        if self.wanted.to == S.STANDSTILL:
            # The notice is so late that the demonstration's day lies within the standstill.
            self.day = date(2016, 7, 27)
        awarding.publish_notice(tender_id=self.tender.pk, notice_on=self.day, act=self.who())

    def award(self) -> None:
        self.later(14)
        for made in self.made:
            for text in PROMISED:
                awarding.record_promise(award_id=made.pk, text=text, act=self.who())
        awarding.confirm_award(tender_id=self.tender.pk, awarded_on=self.day, act=self.who())

    def details_published(self) -> None:
        self.later(10)
        awarding.publish_details(tender_id=self.tender.pk, published_on=self.day, act=self.who())

    def go_on(self) -> None:
        """The rest waits for the supplier's own user: `implement`."""

    def implement(self) -> None:
        """The plan, half done: the pack is acknowledged and the service-area lead has confirmed it."""
        tender = Tender.objects.get(pk=self.tender.pk)
        [made] = self.made
        plan = implementation.make_plan(award_id=made.pk, service_starts_on=date(2016, 10, 1), act=self.who())
        for role in COUNCIL_CONTACTS:
            implementation.set_contact(
                plan_id=plan.pk,
                side=Contact.Side.COUNCIL,
                role=role,
                name=f"{COUNCIL_CONTACTS[role]} desk",
                phone="01632 960 000",
                email=f"{role}@fenmarsh.example",
                hours="Monday to Friday, 8am to 6pm",
                act=self.who(),
            )
        pack = implementation.give_pack(plan_id=plan.pk, act=self.who())
        self.later(5)
        provider = _user("provider2")
        implementation.acknowledge_pack(pack_id=pack.pk, name=provider.name, act=self.who(provider))
        implementation.confirm_pack(pack_id=pack.pk, act=self.who(_user("servicelead")))
        for role in SUPPLIER_CONTACTS:
            implementation.set_contact(
                plan_id=plan.pk,
                side=Contact.Side.SUPPLIER,
                role=role,
                name=provider.name if role == "safeguarding_lead" else "Duty manager",
                phone="01632 960 111",
                hours="At any hour" if role == "out_of_hours" else "",
                act=self.who(provider),
            )
        for item in plan.items.filter(number__in=[1, 2, 3, 6, 7]).order_by("number"):
            go_live.move_item(
                item_id=item.pk, state=PlanItem.State.DONE, note="Done at the kick-off meeting.", act=self.who()
            )
        implementation.record_agreement(
            plan_id=plan.pk,
            arrangement="Two workers at every first visit to a home.",
            agreed_by="Owen Tibbs",
            agreed_with=provider.name,
            agreed_on=self.day,
            act=self.who(),
        )
        go_live.begin_contract(
            award_id=made.pk,
            reference=f"CT{900 + tender.pk}",
            manager=_user("contracts"),
            visit_required=False,
            act=self.who(),
        )
        # A changed number: the pack is given again, and waits for the supplier.
        self.later(4)
        implementation.set_contact(
            plan_id=plan.pk,
            side=Contact.Side.COUNCIL,
            role="emergency_duty",
            name="Emergency duty team",
            phone="01632 960 222",
            email="emergency_duty@fenmarsh.example",
            hours="At any hour",
            act=self.who(),
        )


def _direct_award() -> None:
    """One supplier, named by a court's timetable, with its stage 1 all the same."""
    drive = _Drive(
        Wanted(
            "Specialist assessment ordered by the court",
            "Therapeutic support",
            S.AWARDED,
            date(2016, 6, 6),
            ("Meridian Therapies",),
            value=18_000,
        )
    )
    details = drive.details()
    drive.tender = tenders.make_tender(
        details=_changed(
            details,
            kind="direct_award",
            questions_id=None,
            bids_due_on=None,
            direct_award_reason="The court's timetable leaves three weeks; one expert is available.",
        ),
        act=drive.who(),
    )
    drive.approve()
    drive.publish()
    drive.later(3)
    bid = drive.enter("Meridian Therapies", 0)
    tenders.close_tender(tender_id=drive.tender.pk, act=drive.who())
    tenders.begin_stage1(tender_id=drive.tender.pk, act=drive.who())
    drive.pass_stage1(bid)
    drive.made = awarding.recommend(
        tender_id=drive.tender.pk,
        bid_ids=[bid.pk],
        reason="The one expert whom the court's timetable allows.",
        act=drive.who(),
    )
    drive.stand_still()
    awarding.confirm_award(tender_id=drive.tender.pk, awarded_on=drive.day, act=drive.who())


def _call_off() -> None:
    """Under the framework of an earlier tender; at the check of its bids' papers."""
    framework = Tender.objects.get(title="Health visiting outreach")
    drive = _Drive(
        Wanted(
            "Health visiting outreach: the port towns",
            "Health visiting",
            S.PUBLISHED,
            date(2016, 7, 8),
            body="public_health",
            value=60_000,
        )
    )
    drive.tender = tenders.make_tender(
        details=_changed(drive.details(), kind="call_off", framework_id=framework.pk), act=drive.who()
    )
    drive.approve()
    drive.publish()


def _abandoned() -> None:
    drive = _Drive(Wanted("Holiday clubs", "Short breaks", S.PUBLISHED, date(2016, 3, 1), body="school"))
    tender = drive.run()
    drive.later(20)
    tenders.abandon_tender(tender_id=tender.pk, because="The schools will run the clubs themselves.", act=drive.who())


PROMISED = (
    "A named nurse for each family within two weeks",
    "Every worker trained to level 3 by month six",
    "Children asked what they think each quarter, and told what changed",
)
NEW = frozenset({"Willow Bank Family Services", "Bramble Contact Services", "Kestrel Counselling"})


def _changed(details: Details, **changes: Any) -> Details:
    return Details(**{**{name: getattr(details, name) for name in details.__slots__}, **changes})


def _folder() -> Path:
    return Path(settings.HOME) / "files"


def _paper(name: str) -> bytes:
    """A bidder's paper: a real PDF, so that it can be opened."""
    words = Paragraph(f"{name} handed in its policies and registers with its bid.")
    return pdf.write(
        Report(
            title=f"{name}: policies and registers",
            layout="paper",
            blocks=(),
            front=Front(
                on_behalf_of=name,
                to=settings.COUNCIL,
                date="2016",
                subject="Bid",
                summary=(words,),
                actions_required=(),
            ),
        )
    )
