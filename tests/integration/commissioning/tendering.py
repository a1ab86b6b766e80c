"""Tenders from draft to stage 1 for the tests, made by the operations themselves where they are what is tested."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from plumbline.commissioning.models import Bid, Tender
from plumbline.commissioning.operations import bids, stage1, tenders
from plumbline.commissioning.rules.stage1 import GROUNDS
from plumbline.commissioning.rules.tender import Details
from plumbline.kernel.names import sort_key
from plumbline.people.act import Act
from plumbline.people.models import Organisation, User
from plumbline.toolkits.models import Toolkit, ToolkitVersion
from tests.factories.people import hold_role

TODAY = date(2016, 7, 31)
# After the last day for bids.
LATER = date(2016, 9, 2)
AT = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)
COUNCIL = "Fenmarsh County Council"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n"
_numbers = count(1)


def a_user(role: str = "commissioner") -> User:
    number = next(_numbers)
    user = User.objects.create(username=f"tendering{number}", name=f"Tender Person {number}")
    hold_role(user=user, role=role, from_on=date(2014, 1, 1))
    return user


def a_supplier(name: str = "") -> Organisation:
    name = name or f"Supplier {next(_numbers)}"
    return Organisation.objects.create(name=name, sort_key=sort_key(name), sector="other")


def a_criterion(key: str, title: str, **said: Any) -> dict[str, Any]:
    return {
        "key": key,
        "title": title,
        "guidance": "",
        "answer": "pass_fail",
        "options": [],
        "evidence": "none",
        "weight": None,
        "minimum": None,
        "critical": False,
        "safeguarding": False,
        "fact": "",
        "due_days": None,
        **said,
    }


STAGE1 = (
    a_criterion("section11", "Understands section 11"),
    a_criterion("policy", "Safeguarding policy", evidence="required"),
)
QUESTIONS = (
    a_criterion("quality", "How will you deliver?", answer="score_0_5", weight="60"),
    a_criterion("safeguarding", "How will you safeguard?", answer="score_0_5", weight="40", safeguarding=True),
)


def a_version(*criteria: dict[str, Any], purpose: str = "tender_questions", state: str = "published") -> ToolkitVersion:
    key = f"made{next(_numbers)}"
    toolkit = Toolkit.objects.create(key=key, title=key, purpose=purpose)
    content = {"key": key, "title": key, "purpose": purpose, "introduction": "", "sources": [],
               "sections": [{"key": "s", "title": "S", "guidance": "", "criteria": list(criteria)}]}  # fmt: skip
    return ToolkitVersion.objects.create(
        toolkit=toolkit,
        number=1,
        title=key,
        text="",
        content=content,
        sha256="",
        source="council",
        state=state,
        made_at=AT,
        published_at=AT,
    )


def details(**said: Any) -> Details:
    """A tender that may go out on TODAY."""
    given = {
        "title": "Respite care", "service": "Respite", "bids_due_on": date(2016, 9, 1),
        "implementation_from": date(2016, 11, 1), "service_starts_on": date(2017, 1, 1),
    }  # fmt: skip
    if "stage1_id" not in said:
        given["stage1_id"] = a_version(*STAGE1, purpose="tender_stage1").pk
    if "questions_id" not in said:
        given["questions_id"] = a_version(*QUESTIONS).pk
    return replace(Details(title="", service=""), **{**given, **said})


def act(user: User, on: date = TODAY) -> Act:
    return Act(user, AT, on)


def a_tender(by: User, *, state: str = "draft", **said: Any) -> Tender:
    """As far as `state`, by the operations."""
    tender = tenders.make_tender(details=details(**said), act=act(by))
    steps = ("approved", "published", "closed", "stage1")
    if state in steps:
        tender = tenders.approve_tender(tender_id=tender.pk, act=act(a_user("head_of_service")))
    if state in steps[1:]:
        tender = tenders.publish_tender(tender_id=tender.pk, act=act(by))
    if state in steps[2:]:
        tender = tenders.close_tender(tender_id=tender.pk, act=act(by, LATER))
    return tender


def a_bid(by: User, tender: Tender, *, supplier: Organisation | None = None, on: date = LATER, **said: Any) -> Bid:
    given = {"received_at": datetime(2016, 8, 30, 12, tzinfo=UTC), "council": COUNCIL, **said}
    return bids.enter_bid(tender_id=tender.pk, supplier_id=(supplier or a_supplier()).pk, **given, act=act(by, on))


def in_stage1(by: User, *, number: int = 1, **said: Any) -> list[Bid]:
    """Bids of a tender at stage 1."""
    tender = a_tender(by, state="closed", **said)
    made = [a_bid(by, tender) for _ in range(number)]
    tenders.begin_stage1(tender_id=tender.pk, act=act(by, LATER))
    return [Bid.objects.select_related("tender").get(pk=bid.pk) for bid in made]


def decide(
    by: User, bid: Bid, criterion: str, decision: str = "pass", reason: str = "Seen.", reviewed_on: date | None = None
) -> None:
    stage1.decide_criterion(
        bid_id=bid.pk,
        criterion=criterion,
        decision=decision,
        reason=reason,
        reviewed_on=reviewed_on,
        act=act(by, LATER),
    )


def check_grounds(by: User, bid: Bid) -> None:
    for ground in GROUNDS:
        stage1.check_exclusion(
            bid_id=bid.pk, ground=ground, result="none", checked_on=LATER, council=COUNCIL, act=act(by, LATER)
        )


def passed(by: User, bid: Bid) -> Bid:
    for criterion in ("section11", "policy"):
        decide(by, bid, criterion)
    check_grounds(by, bid)
    return stage1.pass_bid(bid_id=bid.pk, act=act(by, LATER))


def failed(by: User, bid: Bid) -> Bid:
    decide(by, bid, "section11", "fail", "It does not know it.")
    decide(by, bid, "policy")
    return stage1.fail_bid(bid_id=bid.pk, council=COUNCIL, act=act(by, LATER))
