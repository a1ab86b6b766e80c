"""Bids: entered after the sealed ones were opened, with their answers and papers; withdrawn by the bidder."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

from plumbline.commissioning.access import bids_visible_to, tenders_visible_to
from plumbline.commissioning.models import Award, Bid, BidAnswer, BidDocument, BidState, Tender
from plumbline.commissioning.queries.tenders import was_asked
from plumbline.commissioning.rules import stage1 as stage1_rules
from plumbline.commissioning.rules import tender as tender_rules
from plumbline.commissioning.states import BID_MOVES
from plumbline.evidence import operations as evidence
from plumbline.evidence.models import Document, Sensitivity
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.identifiers import in_one_form
from plumbline.kernel.labels import capital
from plumbline.kernel.moments import day_here
from plumbline.kernel.names import sort_key
from plumbline.kernel.transitions import check_move
from plumbline.people.access import Permission
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import Organisation, OrganisationIdentifier
from plumbline.people.queries import same_body
from plumbline.toolkits import content

_T = Tender.State
# After opening, and until evaluators read what was entered.
_OPENED = frozenset({_T.CLOSED, _T.STAGE1})
# By which registers suppliers are known here (domain.md 3.7).
SCHEMES = {"GB-COH": "Company number", "GB-CHC": "Charity number", "GB-PPON": "Number on the central digital platform"}


@operation
def make_supplier(*, name: str, identifiers: Sequence[tuple[str, str]] = (), act: PersonalAct) -> Organisation:
    """A supplier that the register of organisations does not have yet. `identifiers`: (scheme, number).

    Raises RuleBroken (name_taken, identifier_taken) for one that is known already, saying under which name.
    """
    act.check(Permission.TENDERS_MANAGE)
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("The supplier needs a name.", code="missing_name")
    if Organisation.objects.filter(sort_key=sort_key(name)).exists():
        raise RuleBroken(f"{name} is in the register already: choose it.", code="name_taken")
    numbers = in_one_form(identifiers)
    for scheme, value in numbers:
        if scheme not in SCHEMES:
            raise RuleBroken(f"“{scheme}” is none of {', '.join(SCHEMES)}.", code="unknown_code")
        taken = OrganisationIdentifier.objects.filter(scheme=scheme, value=value).select_related("organisation").first()
        if taken:
            raise RuleBroken(
                f"{SCHEMES[scheme]} {value} is that of {taken.organisation.name}: choose it.", code="identifier_taken"
            )
    made = Organisation.objects.create(name=name, sort_key=sort_key(name), sector=Organisation.Sector.OTHER)
    for scheme, value in numbers:
        OrganisationIdentifier.objects.create(organisation=made, scheme=scheme, value=value)
    act.record("commissioning.supplier.made", subject=made, name=name, identifiers=numbers)
    return made


@operation
def enter_bid(
    *,
    tender_id: int,
    supplier_id: int,
    received_at: datetime,
    price: Decimal | None = None,
    new_to_council: bool = False,
    late_accepted_because: str = "",
    council: str,
    act: PersonalAct,
) -> Bid:
    """Record a bid as it was opened. One that came after the last day is kept, and stopped, unless it is accepted with
    a reason; its letter is drafted in the name of `council`.
    """
    tender = _tender(tender_id, act=act)
    direct = tender.kind == Tender.Kind.DIRECT_AWARD
    if tender.state not in _OPENED and not (direct and tender.state == _T.PUBLISHED):
        raise RuleBroken(
            "Bids are entered after they were opened, and before they are evaluated: close the tender first.",
            code="wrong_state",
        )
    supplier = _supplier(supplier_id)
    entered = tender.bids.filter(supplier__in=same_body({supplier.pk})).select_related("supplier").first()
    if entered is not None:
        also = f", as {entered.supplier.name}" if entered.supplier_id != supplier.pk else ""
        raise RuleBroken(f"The bid of {supplier.name} is entered already{also}.", code="bid_entered")
    if direct and tender.bids.exclude(state=BidState.WITHDRAWN).exists():
        raise RuleBroken("A direct award has one supplier.", code="one_supplier")
    received_on = day_here(received_at)
    if received_on > act.on:
        raise RuleBroken(f"{wording.day(received_on)} is a date in the future.", code="future_date")
    if price is not None and price < 0:
        raise RuleBroken("The price cannot be below 0.", code="bad_price")
    late = tender_rules.is_late(kind=tender.kind, received_on=received_on, bids_due_on=tender.bids_due_on)
    bid = Bid.objects.create(
        tender=tender,
        supplier=supplier,
        received_at=received_at,
        price=price,
        new_to_council=new_to_council,
        late=late,
        late_accepted_because=late_accepted_because.strip() if late else "",
        entered_at=act.at,
        entered_by=act.by,
    )
    act.record(
        "commissioning.bid.entered",
        subject=bid,
        tender=tender.pk,
        supplier=supplier.pk,
        late=late,
        because=bid.late_accepted_because,
    )
    if late and not bid.late_accepted_because:
        _stop_late(bid, received_on=received_on, council=council, act=act)
    return bid


def _stop_late(bid: Bid, *, received_on: date, council: str, act: PersonalAct) -> None:
    due = cast(date, bid.tender.bids_due_on)
    came = f"it came on {wording.day(received_on)}; the last day was {wording.day(due)}."
    failed = [stage1_rules.Failed("Received by the last day for bids", capital(came))]
    bid.state, bid.stopped_on = BidState.DISQUALIFIED, act.on
    bid.stopped_because = f"Late: {came}"
    bid.letter = stage1_rules.letter(
        why="late",
        council=council,
        supplier=bid.supplier.name,
        title=bid.tender.title,
        failed=failed,
        reference=bid.tender.reference,
        commissioner=str(bid.tender.lead_commissioner),
    )
    bid.save(update_fields=["state", "stopped_on", "stopped_because", "letter"])
    act.record("commissioning.bid.stopped", subject=bid, because=bid.stopped_because)


@operation
def save_answers(*, bid_id: int, answers: Mapping[str, str], act: PersonalAct) -> Bid:
    """What the bidder wrote to each question (key → text; "" takes an answer away), until stage 1 begins. From then on
    what is entered stays; what was forgotten may still be entered, unless the bidder was asked something meanwhile:
    no clarification makes a scored answer better."""
    bid = _bid(bid_id, act=act)
    _check_open(bid)
    asked = {each.key for each in _questions(bid.tender)}
    unknown = sorted(set(answers) - asked)
    if unknown:
        raise RuleBroken(f"The tender does not ask {', '.join(unknown)}.", code="unknown_question")
    known = {each.question: each for each in bid.answers.all()}
    changed = []
    for question, text in answers.items():
        text = text.strip()
        before = known.get(question)
        if text == (before.text if before else ""):
            continue
        stage1_rules.check_answer_open(
            begun=bid.tender.state == _T.STAGE1, entered=before is not None, asked_since=was_asked(bid)
        )
        changed.append(question)
        if not text:
            known[question].delete()
        elif before:
            before.text = text
            before.save(update_fields=["text"])
        else:
            BidAnswer.objects.create(bid=bid, question=question, text=text)
    if changed:
        act.record("commissioning.bid.answers_entered", subject=bid, questions=sorted(changed))
    return bid


@operation
def attach_paper(
    *, bid_id: int, criteria: Sequence[str], title: str, file_name: str, content: bytes, folder: Path, act: PersonalAct
) -> Document:
    """Keep a paper of the bid, once: for these criteria of stage 1 and questions; none named: for the whole bid."""
    bid = _bid(bid_id, act=act)
    _check_open(bid)
    asked = {each.key for each in (*_criteria(bid.tender), *_questions(bid.tender))}
    unknown = sorted(set(criteria) - asked)
    if unknown:
        raise RuleBroken(f"The tender does not ask “{unknown[0]}”.", code="unknown_question")
    # A paper for a scored question, or for the whole bid, which evaluators read too.
    of_stage1 = {each.key for each in _criteria(bid.tender)}
    if _questions(bid.tender) and (not criteria or not of_stage1.issuperset(criteria)):
        stage1_rules.check_answer_open(begun=bid.tender.state == _T.STAGE1, entered=False, asked_since=was_asked(bid))
    # Bids are in confidence: this paper is reached by who may see the bid, and by no other way.
    document = evidence.keep_document(
        title=title,
        file_name=file_name,
        content=content,
        folder=folder,
        organisation=bid.supplier,
        sensitivity=Sensitivity.RESTRICTED,
        act=act,
    )
    for criterion in dict.fromkeys(criteria) or [""]:
        BidDocument.objects.create(bid=bid, document=document, criterion=criterion)
    act.record("commissioning.bid.paper_attached", subject=bid, document=document.pk, criteria=sorted(criteria))
    return document


@operation
def detach_paper(*, paper_id: int, because: str, act: PersonalAct) -> None:
    """Take away a paper that was attached in error; the document itself is kept."""
    act.check(Permission.TENDERS_MANAGE)
    paper = BidDocument.objects.filter(pk=paper_id, bid__in=bids_visible_to(act.by, on=act.on)).first()
    if paper is None:
        raise NotAllowed(f"There is no paper {paper_id}.")
    bid = _bid(paper.bid_id, act=act)
    _check_open(bid)
    if not because.strip():
        raise RuleBroken("Say why the paper is taken away.", code="missing_reason")
    act.record(
        "commissioning.bid.paper_detached",
        subject=bid,
        because=because.strip(),
        document=paper.document_id,
        criterion=paper.criterion,
    )
    paper.delete()


@operation
def open_paper(*, document: Document, bid_id: int, act: PersonalAct) -> None:
    """Leave the trace that someone took a paper of a bid out."""
    bid = bids_visible_to(act.by, on=act.on).filter(pk=bid_id, documents__document=document).first()
    if bid is None:
        raise NotAllowed(f"There is no such paper of bid {bid_id}.")
    evidence.note_opened(document=document, act=act)


@operation
def withdraw_bid(*, bid_id: int, because: str, act: PersonalAct) -> Bid:
    """The bidder takes the bid back. One that is recommended is first taken off the recommendation."""
    bid = _bid(bid_id, act=act)
    check_move(BID_MOVES, BidState(bid.state), BidState.WITHDRAWN)
    if not because.strip():
        raise RuleBroken("Say what the bidder wrote.", code="missing_reason")
    if Award.objects.filter(bid=bid).exclude(state=Award.State.CANCELLED).exists():
        raise RuleBroken("This bid is recommended. Cancel the recommendation first.", code="recommended")
    bid.state, bid.stopped_because, bid.stopped_on = BidState.WITHDRAWN, because.strip(), act.on
    bid.save(update_fields=["state", "stopped_because", "stopped_on"])
    act.record("commissioning.bid.withdrawn", subject=bid, because=bid.stopped_because)
    return bid


def _check_open(bid: Bid) -> None:
    """Raise RuleBroken once evaluators read the bid, or it goes no further."""
    direct = bid.tender.kind == Tender.Kind.DIRECT_AWARD and bid.tender.state == _T.PUBLISHED
    if bid.tender.state not in _OPENED and not direct:
        raise RuleBroken("What the bidder gave is not changed once evaluation has begun.", code="wrong_state")
    if bid.state not in (BidState.RECEIVED, BidState.CLARIFICATION, BidState.PASSED):
        raise RuleBroken("The bid goes no further.", code="bid_stopped")


def _questions(tender: Tender) -> tuple[content.Criterion, ...]:
    return content.read(tender.questions.content).criteria if tender.questions else ()


def _criteria(tender: Tender) -> tuple[content.Criterion, ...]:
    return content.read(tender.stage1.content).criteria if tender.stage1 else ()


def _tender(tender_id: int, *, act: PersonalAct) -> Tender:
    act.check(Permission.TENDERS_MANAGE)
    seen = tenders_visible_to(act.by, on=act.on).filter(pk=tender_id).values("pk")
    found = Tender.objects.select_for_update(of=("self",)).filter(pk__in=seen).first()
    if found is None:
        raise NotAllowed(f"There is no tender {tender_id}.")
    return found


def _bid(bid_id: int, *, act: PersonalAct) -> Bid:
    """The bid, locked. None is there for the person who may not see it."""
    act.check(Permission.TENDERS_MANAGE)
    seen = bids_visible_to(act.by, on=act.on).filter(pk=bid_id).values("pk")
    found = Bid.objects.select_for_update(of=("self",)).select_related("tender", "supplier").filter(pk__in=seen).first()
    if found is None:
        raise NotAllowed(f"There is no bid {bid_id}.")
    return found


def _supplier(supplier_id: int) -> Organisation:
    found = Organisation.objects.filter(pk=supplier_id).first()
    if found is None:
        raise RuleBroken("This supplier is not in the register.", code="unknown_supplier")
    while found.merged_into is not None:
        found = found.merged_into
    return found
