"""Stage 1 of one bid: each criterion decided, clarifications, the grounds for exclusion, the outcome and its letter."""

from collections.abc import Mapping, Sequence
from datetime import date

from plumbline.commissioning.access import bids_visible_to
from plumbline.commissioning.models import Bid, BidState, Decision, ExclusionCheck, Stage1Decision, Tender
from plumbline.commissioning.queries.tenders import clarification_of
from plumbline.commissioning.rules import stage1 as rules
from plumbline.commissioning.rules import tender as tender_rules
from plumbline.commissioning.rules.stage1 import Failed, LawChanged
from plumbline.commissioning.states import BID_MOVES, CHECKED_AGAIN, STOPPED
from plumbline.evidence.queries import law_changes
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.people.access import Permission
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.toolkits import content
from plumbline.toolkits.content import Criterion


@operation
def decide_criterion(
    *, bid_id: int, criterion: str, decision: str, reason: str = "", reviewed_on: date | None = None, act: PersonalAct
) -> Stage1Decision:
    """Pass, fail or "does not apply" for one criterion. Decided again, the newer decision counts, until the outcome.

    `reviewed_on`: of a policy, the day of its last review. Raises RuleBroken: missing_reason; clarification_first and
    clarification_open, where a required paper is missing; missing_review_day and reviewed_before_law_change, for a
    policy.
    """
    bid = _in_stage1(bid_id, act=act)
    asked = _criterion(bid, criterion)
    known = _decision(bid, criterion)
    rules.check_decision(
        decision=decision,
        reason=reason,
        evidence_required=asked.evidence == "required",
        has_evidence=bid.documents.filter(criterion=criterion).exists(),
        clarification=clarification_of(known),
        on=act.on,
    )
    if decision == rules.PASS and asked.policy:
        rules.check_review(reviewed_on=reviewed_on, laws=_laws(asked.policy, on=act.on), on=act.on)
    found = known or Stage1Decision(bid=bid, criterion=criterion)
    found.reviewed_on = reviewed_on if asked.policy else None
    found.decision, found.reason, found.decided_at, found.decided_by = decision, reason.strip(), act.at, act.by
    found.save()
    act.record(
        "commissioning.bid.criterion_decided", subject=bid, because=found.reason, criterion=criterion, decision=decision
    )
    return found


@operation
def pass_criteria(
    *, bid_id: int, criteria: Sequence[str], reviewed: Mapping[str, date | None], act: PersonalAct
) -> int:
    """Pass several criteria at once, each with what it asks for; how many. One that may not pass: none does.

    `reviewed`: by criterion, the day of the last review of each policy.
    """
    for criterion in criteria:
        decide_criterion(
            bid_id=bid_id, criterion=criterion, decision=rules.PASS, reviewed_on=reviewed.get(criterion), act=act
        )
    return len(criteria)


@operation
def ask_clarification(*, bid_id: int, criterion: str, asked: str, due_on: date, act: PersonalAct) -> Stage1Decision:
    """Ask the bidder about one criterion: for a missing paper, or what a paper means; never to better the bid."""
    bid = _in_stage1(bid_id, act=act)
    _criterion(bid, criterion)
    rules.check_clarification(asked=asked, due_on=due_on, on=act.on)
    found = _decision(bid, criterion) or Stage1Decision(bid=bid, criterion=criterion)
    found.decision, found.reason, found.decided_at, found.decided_by = Decision.CLARIFICATION, "", act.at, act.by
    found.reviewed_on = None
    found.clarification_asked, found.clarification_asked_on, found.clarification_due_on = asked.strip(), act.on, due_on
    found.clarification_answer, found.clarification_answered_on = "", None
    found.save()
    if bid.state == BidState.RECEIVED:
        check_move(BID_MOVES, BidState.RECEIVED, BidState.CLARIFICATION)
        bid.state = BidState.CLARIFICATION
        bid.save(update_fields=["state"])
    act.record(
        "commissioning.bid.clarification_asked",
        subject=bid,
        because=found.clarification_asked,
        criterion=criterion,
        due_on=due_on.isoformat(),
    )
    return found


@operation
def answer_clarification(
    *, bid_id: int, criterion: str, answer: str, answered_on: date, act: PersonalAct
) -> Stage1Decision:
    """What the bidder answered, and when. The criterion is then decided."""
    bid = _in_stage1(bid_id, act=act)
    found = _decision(bid, criterion)
    if found is None or found.clarification_asked_on is None:
        raise RuleBroken("The bidder was asked nothing on this criterion.", code="not_asked")
    if not answer.strip():
        raise RuleBroken("Say what the bidder answered, or which papers came.", code="missing_answer")
    if not found.clarification_asked_on <= answered_on <= act.on:
        raise RuleBroken("The answer came between the day of the question and today.", code="bad_date")
    found.clarification_answer, found.clarification_answered_on = answer.strip(), answered_on
    found.save(update_fields=["clarification_answer", "clarification_answered_on"])
    act.record(
        "commissioning.bid.clarification_answered",
        subject=bid,
        criterion=criterion,
        answered_on=answered_on.isoformat(),
    )
    return found


@operation
def check_exclusion(
    *, bid_id: int, ground: str, result: str, note: str = "", checked_on: date, council: str, act: PersonalAct
) -> ExclusionCheck:
    """Record that the grounds of one kind were looked at: in stage 1, and again until the award, since a supplier may
    come onto the debarment list meanwhile. A supplier found excluded goes no further: its bid stops. One that is
    recommended is first taken off the recommendation."""
    bid = _until_award(bid_id, act=act)
    if ground not in ExclusionCheck.Ground.values or result not in ExclusionCheck.Result.values:
        raise RuleBroken("Choose the ground, and what was found.", code="unknown_code")
    rules.check_exclusion(ground=ground, result=result, note=note)
    if checked_on > act.on:
        raise RuleBroken(f"{wording.day(checked_on)} is a date in the future.", code="future_date")
    if result == rules.EXCLUDED and bid.state == BidState.RECOMMENDED:
        raise RuleBroken(
            "This bid is recommended. Take the recommendation back first, then exclude the supplier.",
            code="recommended",
        )
    found, _ = ExclusionCheck.objects.update_or_create(
        bid=bid,
        ground=ground,
        defaults={
            "result": result,
            "note": note.strip(),
            "checked_on": checked_on,
            "checked_at": act.at,
            "checked_by": act.by,
        },
    )
    act.record("commissioning.bid.exclusion_checked", subject=bid, because=found.note, ground=ground, result=result)
    if result == rules.EXCLUDED:
        failed = [Failed(f"Not excluded: {rules.GROUNDS[ground]}", found.note)]
        _stop(bid, BidState.DISQUALIFIED, failed, why="excluded", council=council, act=act)
    return found


@operation
def pass_bid(*, bid_id: int, act: PersonalAct) -> Bid:
    """The bid passed stage 1. Raises RuleBroken saying what failed, is undecided or was not checked; a law may have
    changed since a policy was passed."""
    bid = _in_stage1(bid_id, act=act)
    check_move(BID_MOVES, BidState(bid.state), BidState.PASSED)
    rules.check_passes(
        criteria={each.key: each.title for each in _criteria(bid)},
        decisions=dict(bid.stage1_decisions.values_list("criterion", "decision")),
        results=dict(bid.exclusion_checks.values_list("ground", "result")),
    )
    _check_policies(bid, on=act.on)
    tender_rules.check_conflicts(bid.tender.conflicts.filter(decided_at=None).values_list("person", flat=True))
    bid.state, bid.stage1_decided_on = BidState.PASSED, act.on
    bid.save(update_fields=["state", "stage1_decided_on"])
    act.record("commissioning.bid.passed", subject=bid)
    return bid


@operation
def fail_bid(*, bid_id: int, council: str, act: PersonalAct) -> Bid:
    """The bid failed stage 1 and goes no further: the reasons are those of the criteria failed; its letter is drafted.

    Every other criterion is decided first, so that the bidder is told all of it at once.
    """
    bid = _in_stage1(bid_id, act=act)
    titles = {each.key: each.title for each in _criteria(bid)}
    decisions = {each.criterion: each for each in bid.stage1_decisions.all()}
    failed = [
        Failed(title, decisions[key].reason)
        for key, title in titles.items()
        if key in decisions and decisions[key].decision == rules.FAIL
    ]
    rules.check_fails(failed)
    undecided = rules.not_yet(
        criteria=titles, decisions={key: each.decision for key, each in decisions.items()}, checked=rules.GROUNDS
    )
    if undecided:
        raise RuleBroken(
            f"Decide every criterion, so that the bidder is told all at once. {undecided[0]}", code="stage1_not_done"
        )
    bid.stage1_decided_on = act.on
    bid.save(update_fields=["stage1_decided_on"])
    return _stop(bid, BidState.FAILED, failed, why="stage1", council=council, act=act)


@operation
def edit_letter(*, bid_id: int, text: str, act: PersonalAct) -> Bid:
    """The letter to a bidder that was stopped, as it will be sent."""
    bid = _bid(bid_id, act=act)
    _check_letter(bid)
    if not text.strip():
        raise RuleBroken("The letter is empty.", code="missing_letter")
    if text.strip() == bid.letter.strip():
        return bid
    bid.letter = text.strip() + "\n"
    bid.save(update_fields=["letter"])
    act.record("commissioning.bid.letter_edited", subject=bid)
    return bid


@operation
def mark_letter_sent(*, bid_id: int, sent_on: date, act: PersonalAct) -> Bid:
    """The letter went out on a day; it is not edited any more."""
    bid = _bid(bid_id, act=act)
    _check_letter(bid)
    if not bid.letter.strip():
        raise RuleBroken("There is no letter yet.", code="missing_letter")
    if bid.stopped_on is not None and not bid.stopped_on <= sent_on <= act.on:
        raise RuleBroken("The letter went out between the day of the decision and today.", code="bad_date")
    bid.letter_sent_on = sent_on
    bid.save(update_fields=["letter_sent_on"])
    act.record("commissioning.bid.letter_sent", subject=bid, sent_on=sent_on.isoformat())
    return bid


def _stop(bid: Bid, state: BidState, failed: Sequence[Failed], *, why: str, council: str, act: PersonalAct) -> Bid:
    check_move(BID_MOVES, BidState(bid.state), state)
    bid.state, bid.stopped_because, bid.stopped_on = state, rules.why_stopped(failed), act.on
    bid.letter = rules.letter(
        why=why,
        council=council,
        supplier=bid.supplier.name,
        title=bid.tender.title,
        failed=failed,
        reference=bid.tender.reference,
        commissioner=str(bid.tender.lead_commissioner),
    )
    bid.save(update_fields=["state", "stopped_because", "stopped_on", "letter"])
    act.record("commissioning.bid.stopped", subject=bid, because=bid.stopped_because, state=state.value)
    return bid


def _check_letter(bid: Bid) -> None:
    if bid.state not in STOPPED:
        raise RuleBroken("There is a letter of stage 1 only for a bid that was stopped.", code="wrong_state")
    if bid.letter_sent_on is not None:
        raise RuleBroken(f"The letter was sent on {wording.day(bid.letter_sent_on)}.", code="letter_sent")


def _laws(policy: str, *, on: date) -> list[LawChanged]:
    """The changes in law that count on the day and name the policy."""
    found = law_changes(on).filter(policies__contains=[policy]).values_list("title", "in_force")
    return [LawChanged(title, in_force) for title, in_force in found]


def _check_policies(bid: Bid, *, on: date) -> None:
    passed = dict(bid.stage1_decisions.filter(decision=Decision.PASS).values_list("criterion", "reviewed_on"))
    for asked in _criteria(bid):
        if not asked.policy or asked.key not in passed:
            continue
        try:
            rules.check_review(reviewed_on=passed[asked.key], laws=_laws(asked.policy, on=on), on=on)
        except RuleBroken as refusal:
            raise RuleBroken(f"{asked.title}: {refusal.reason}", code=refusal.code) from refusal


def _decision(bid: Bid, criterion: str) -> Stage1Decision | None:
    return Stage1Decision.objects.select_for_update(of=("self",)).filter(bid=bid, criterion=criterion).first()


def _criteria(bid: Bid) -> tuple[Criterion, ...]:
    return content.read(bid.tender.stage1.content).criteria if bid.tender.stage1 else ()


def _criterion(bid: Bid, key: str) -> Criterion:
    found = next((each for each in _criteria(bid) if each.key == key), None)
    if found is None:
        raise NotAllowed(f"Stage 1 has no criterion “{key}”.")
    return found


def _in_stage1(bid_id: int, *, act: PersonalAct) -> Bid:
    bid = _bid(bid_id, act=act)
    if bid.tender.state != Tender.State.STAGE1:
        raise RuleBroken("Bids are checked while the tender is at stage 1.", code="wrong_state")
    if bid.state not in (BidState.RECEIVED, BidState.CLARIFICATION):
        raise RuleBroken(f"Stage 1 of this bid is decided: {bid.get_state_display().lower()}.", code="wrong_state")
    return bid


def _until_award(bid_id: int, *, act: PersonalAct) -> Bid:
    """The bid, locked: in stage 1 while it is undecided, and then while it is in the running and nothing is awarded."""
    bid = _bid(bid_id, act=act)
    if bid.tender.state in CHECKED_AGAIN and bid.state in (BidState.PASSED, BidState.RECOMMENDED):
        return bid
    return _in_stage1(bid_id, act=act)


def _bid(bid_id: int, *, act: PersonalAct) -> Bid:
    """The bid, locked. None is there for the person who may not see it."""
    act.check(Permission.TENDERS_MANAGE)
    seen = bids_visible_to(act.by, on=act.on).filter(pk=bid_id).values("pk")
    found = Bid.objects.select_for_update(of=("self",)).select_related("tender", "supplier").filter(pk__in=seen).first()
    if found is None:
        raise NotAllowed(f"There is no bid {bid_id}.")
    return found
