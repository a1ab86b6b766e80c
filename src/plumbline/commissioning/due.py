"""What tenders give people to do: to their lead commissioner what is next, to evaluators and approvers their part."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from itertools import groupby

from plumbline.audit.moments import shown
from plumbline.commissioning.access import AWARDED, CLEARED, SETTLED
from plumbline.commissioning.models import (
    Award,
    Bid,
    BidState,
    Decision,
    Evaluator,
    ImplementationPlan,
    PathwayPack,
    Stage1Decision,
    Tender,
    TenderConflict,
)
from plumbline.commissioning.queries import tenders as queries
from plumbline.commissioning.queries.evaluation import (
    DECLARABLE,
    bids_to_score,
    board_of,
    sheet_of,
    standing_awards,
    suppliers_named,
    why_not_yet,
)
from plumbline.commissioning.queries.next_step import facts_of
from plumbline.commissioning.queries.suppliers import how_many_wait
from plumbline.commissioning.rules import evaluation as evaluation_rules
from plumbline.commissioning.rules import tender as rules
from plumbline.commissioning.rules.next_step import WAITS, Step, next_step
from plumbline.kernel.duties import BACK, NEWS, WAIT, Duty, Gravity, Source, news_since, organisation, permitted, person
from plumbline.kernel.wording import day, how_many, number
from plumbline.people.access import Permission

P = Permission
_S, _A = Tender.State, Award.State
_MINE = (_S.DRAFT, _S.APPROVED, _S.PUBLISHED, _S.CLOSED, _S.STAGE1)

# What comes next up to stage 1: in short, why, the button, and the page; a step that is a button of its own page opens
# that.
_STEPS: dict[Step, tuple[str, str, str, str]] = {
    Step.COMPLETE_DRAFT: ("go on with the draft", "Complete the draft.", "Go on with the draft", "tender_edit"),
    Step.ASK_APPROVAL: ("ask for approval", "The draft is complete: put it to someone for approval.",
                        "Open the tender", "tender"),
    Step.PUBLISH: ("publish it", "Publish it: the notice goes out on the central platform, and from then on the "
                   "criteria and questions can no longer be changed.", "Publish", "tender_publish"),
    Step.ENTER_PAPERS: ("enter the papers", "Enter what the supplier sent.", "Enter the supplier’s papers",
                        "bid_new"),
    Step.CLOSE: ("close it to bids", "The last day for bids has passed: close the tender, open the bids and enter them "
                 "here.", "Open the tender", "tender"),
    Step.ENTER_BIDS: ("enter the bids", "Enter each bid as it was opened.", "Enter a bid", "bid_new"),
    Step.BEGIN_STAGE1: ("begin stage 1", "When all bids are entered, begin stage 1.", "Open the tender", "tender"),
    Step.DECIDE_STAGE1: ("decide stage 1", "Check the bids against the criteria of stage 1.", "Go to stage 1",
                         "tender_stage1"),
    Step.ABANDON: ("abandon it", "No bid passed stage 1. Send the letters, and abandon the tender.",
                   "Abandon the tender", "tender_abandon"),
    Step.EVALUATE: ("begin the evaluation", "Stage 1 is decided for every bid: go on to the evaluation.",
                    "Go to the evaluation", "tender_evaluation"),
    Step.RECOMMEND: ("recommend a bid", "Recommend a bid, and have it approved.", "Recommend a bid",
                     "award_recommend"),
}  # fmt: skip
# What to do in an evaluation, the button, and the page, by kind; the page is of the tender.
_WORDS = {
    "declare": ("Declare whether you have an interest in a bidder", "Declare", "evaluation_declaration"),
    "score": ("Score bids", "Go on scoring", "tender_evaluation"),
    "lock": ("Lock your scores", "Read and lock", "evaluation_lock"),
    "decide_conflict": ("Decide on a declared conflict of interest", "Decide", "evaluation_decide"),
    "open_moderation": ("Open the scores: every evaluator has locked", "Open the scores", "evaluation_open"),
    "moderate": ("Moderate the scores", "Go to the moderation", "evaluation_moderation"),
    "close_moderation": ("Close the moderation: every score is agreed", "Go to the moderation",
                         "evaluation_moderation"),
    "letters": ("Send every bidder their letter", "Go to the award", "tender_award"),
    "recommend": ("Recommend a bid", "Recommend a bid", "award_recommend"),
    "approve": ("Approve a recommended award", "Read and decide", "award_approve"),
    "notice": ("Publish the award notice", "Record that it is published", "award_notice"),
    "award": ("Award the contract", "Award the contract", "award_confirm"),
    "details": ("Publish the contract details", "Record that they are published", "award_details"),
}  # fmt: skip
# At the tender itself, where that is said otherwise.
_HERE = {
    # How far it is stands there as a bar.
    "score": "Score each answer, alone",
    "moderate": "Agree the scores in a moderation meeting",
    "lock": "Every answer has a score. Read them once more, then lock them: that is final",
    "close_moderation": "Every score is there: close the moderation",
}
# What the lead commissioner does: of these, who reads the register of tenders may know at the tender itself.
_OF_LEAD = {"open_moderation", "moderate", "close_moderation", "letters", "recommend", "notice", "award", "details"}
# Nobody's duty, or several people's: what a tender waits for, said at the tender.
_WAITING: Mapping[Step, tuple[str, str, str]] = {
    Step.APPROVE: ("It waits for someone to approve it", "", ""),
    Step.WAIT_FOR_BIDS: ("Bids come in at the portal, sealed, until the end of the last day", "", ""),
    Step.SCORE: ("The evaluators score, each alone", "See how far they are", "evaluation_board"),
    Step.APPROVE_AWARD: ("The recommendation waits for someone else to approve it", "Go to the award", "tender_award"),
    Step.WAIT_STANDSTILL: ("The standstill lasts until the end of its last day", "", ""),
}
# What the law of procurement asks for comes before what was agreed.
_BY_LAW = {"declare", "decide_conflict", "letters", "notice", "details"}


def of_tenders(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    tenders = Tender.objects.exclude(state=_S.ABANDONED).select_related(
        "lead_commissioner", "stage1", "questions", "approval_asked_by"
    )
    if keys is not None:
        tenders = tenders.filter(pk__in=keys)
    found = list(tenders.order_by("pk"))
    evaluators: dict[int, list[Evaluator]] = defaultdict(list)
    for each in Evaluator.objects.filter(tender__in=found).select_related("tender__questions", "user").order_by("pk"):
        evaluators[each.tender_id].append(each)
    uncleared: dict[int, set[int]] = defaultdict(set)
    for number_of, user in Evaluator.objects.filter(tender__in=found).exclude(CLEARED).values_list("tender", "user"):
        uncleared[number_of].add(user)
    for tender in found:
        barred = uncleared[tender.pk]
        step = next_step(facts_of(tender, on=on), on=on)
        if step in WAITS:
            yield _waits(tender, step)
        elif step is not None and tender.state in _MINE:
            yield _led(tender, step, on)
        elif step is not None:
            board = board_of(tender, bids_to_score(tender)) if step == Step.MODERATE else None
            left, of = (len(board.open), len(board.cells)) if board else (0, 0)
            yield _in_evaluation(tender, step, _lead(tender), left=left, of=of)
        yield from _to_evaluate(tender, evaluators[tender.pk])
        if tender.lead_commissioner_id not in barred:
            yield from _stage1(tender, on)
        yield from _to_approve(tender, barred)


def _lead(tender: Tender) -> str:
    return person(tender.lead_commissioner_id or 0, P.TENDERS_MANAGE)


def _duty(
    tender: Tender,
    kind: str,
    whose: str,
    what: str,
    why: str,
    deed: str,
    place: str,
    *,
    due: date | None = None,
    gravity: Gravity = Gravity.AGREED,
    about: str = "",
    but: Collection[int | None] = (),
    called: str = "",
    here: str = "",
    known: bool = False,
    bid: int | None = None,
) -> Duty:
    return Duty(
        kind=f"tender.{kind}" if bid is None else f"bid.{kind}",
        subject=("tender", tender.pk) if bid is None else ("bid", bid),
        matter=("tender", tender.pk),
        whose=whose,
        what=what,
        why=why,
        deed=deed,
        place=place,
        due=due,
        gravity=gravity,
        about=about,
        but=tuple(pk for pk in but if pk),
        called=called or tender.title,
        here=here,
        known_to=permitted(P.TENDERS_VIEW) if known else "",
        key=tender.pk,
    )


def _waits(tender: Tender, step: Step) -> Duty:
    what, deed, route = _WAITING[step]
    due = None
    if step == Step.WAIT_FOR_BIDS:
        due = tender.bids_due_on
    elif step == Step.WAIT_STANDSTILL:
        award = next(iter(standing_awards(tender)), None)
        due = award.standstill_until if award else None
    elif step == Step.APPROVE and tender.approval_asked_at:
        what = f"{what}, since {day(shown(tender.approval_asked_at))}"
    return Duty(
        kind=f"{WAIT}tender",
        subject=("tender", tender.pk),
        whose=_lead(tender),
        known_to=permitted(P.TENDERS_VIEW),
        what=what,
        deed=deed,
        place=f"{route} {tender.pk}" if route else "",
        due=due,
        key=tender.pk,
    )


def _led(tender: Tender, step: Step, on: date) -> Duty:
    """What comes next up to stage 1."""
    short, why, deed, route = _STEPS[step]
    place = f"{route} {tender.pk}"
    if step == Step.COMPLETE_DRAFT:
        part, _ = rules.missing(queries.details_of(tender), on=on)[0]
        place = f"{place} {part}"
    if step == Step.CLOSE and tender.kind == Tender.Kind.DIRECT_AWARD:
        short, why = "close it", "The supplier’s papers are in: close the tender."
    here = why
    if tender.state == _S.DRAFT:
        not_ready = rules.not_ready(queries.details_of(tender), on=on)
        why = " ".join(not_ready[:2]) or why
        back = queries.last_sent_back(tender)
        why = f"Sent back by {back.by_name}: {back.because}" if back else why
    return _duty(
        tender,
        "next",
        _lead(tender),
        f"{tender.title}: {short}",
        why,
        deed,
        place,
        due=tender.bids_due_on if tender.state == _S.PUBLISHED else None,
        about=step,
        here=here,
        # How bids fare in stage 1 is for those who may see them.
        known=step != Step.ABANDON,
        called=f"{tender.get_state_display()} since {day(tender.state_since)}, {tender.reference}",
    )


def _to_evaluate(tender: Tender, evaluators: list[Evaluator]) -> Iterable[Duty]:
    """Each evaluator has to declare, score or lock; the lead decides on the conflicts that they declare."""
    for each in evaluators:
        if each.excluded:
            continue
        undecided = each.declared == evaluation_rules.CONFLICT and each.decided_at is None
        if undecided and tender.state in DECLARABLE | {_S.MODERATION} and each.user_id != tender.lead_commissioner_id:
            yield _in_evaluation(tender, "decide_conflict", _lead(tender), who=str(each.user), evaluator_id=each.pk)
        if each.locked_at is not None or tender.state not in DECLARABLE:
            continue
        whose = person(each.user_id, P.TENDERS_EVALUATE)
        why = why_not_yet(each)
        if why and undecided:
            continue  # waits for the lead commissioner
        if why:
            yield _in_evaluation(tender, "declare", whose)
        elif tender.state == _S.EVALUATION:
            sheet = sheet_of(each)
            kind = "score" if sheet.open else "lock"
            yield _in_evaluation(tender, kind, whose, left=len(sheet.open), of=len(sheet.cells))


def _in_evaluation(
    tender: Tender,
    kind: str,
    whose: str,
    *,
    left: int = 0,
    of: int = 0,
    who: str = "",
    evaluator_id: int = 0,
    since: datetime | None = None,
    but: Collection[int | None] = (),
) -> Duty:
    what, deed, route = _WORDS[kind]
    why = ""
    if of:
        done = f"{number(of - left)} of {number(of)}"
        why = f"{done} scores agreed." if kind == Step.MODERATE else f"{done} answers done."
    elif kind == "decide_conflict":
        why = f"{who} declared one, and sees nothing until you decide."
    elif kind == "approve":
        why = f"Recommended: {who}."
    return _duty(
        tender,
        kind,
        whose,
        what,
        why,
        deed,
        f"{route} {tender.pk} {evaluator_id or ''}".strip(),
        about=str(evaluator_id or since or ""),
        but=but,
        known=kind in _OF_LEAD,
        here=_HERE.get(kind, ""),
        gravity=Gravity.LAW if kind in _BY_LAW else Gravity.AGREED,
    )


def _stage1(tender: Tender, on: date) -> Iterable[Duty]:
    """For the lead: answers of bidders to decide after, conflicts of interest, letters to those who were stopped."""
    asked = Stage1Decision.objects.filter(
        decision=Decision.CLARIFICATION, bid__tender=tender, bid__state__in=queries.WAITING
    )
    titles: dict[str, str] | None = None
    for each in asked.select_related("bid__supplier").order_by("clarification_due_on", "pk"):
        clarification = queries.clarification_of(each)
        if clarification is not None and not clarification.is_over(on):
            continue
        if titles is None:
            content = queries.stage1_asked(tender)
            titles = {one.key: one.title for one in content.criteria} if content else {}
        title = titles.get(each.criterion, each.criterion)
        why = "The bidder has answered." if each.clarification_answered_on else "The day for the answer has passed."
        yield _duty(
            tender,
            "clarification",
            _lead(tender),
            f"{each.bid.supplier.name}: decide after the clarification",
            f"{title}. {why}",
            "Decide",
            f"bid_stage1 {each.bid_id} {each.criterion}",
            due=each.clarification_due_on,
            about=each.criterion,
            bid=each.bid_id,
            here=f"{why} Decide on “{title}”",
        )
    if tender.state != _S.IMPLEMENTATION:
        for conflict in TenderConflict.objects.filter(tender=tender, decided_at=None).order_by("recorded_at", "pk"):
            yield _duty(
                tender,
                "conflict",
                _lead(tender),
                f"Decide on the conflict of interest of {conflict.person}",
                conflict.conflict,
                "Decide",
                f"tender_conflict {tender.pk} {conflict.pk}",
                about=str(conflict.pk),
                gravity=Gravity.LAW,
            )
    # What follows from the scores is written with the award.
    if tender.state in (*_MINE, _S.EVALUATION, _S.MODERATION):
        stopped = Bid.objects.filter(
            tender=tender, state__in=(BidState.FAILED, BidState.DISQUALIFIED), letter_sent_on=None
        ).exclude(letter="")
        for bid in stopped.select_related("supplier").order_by("stopped_on", "pk"):
            yield _duty(
                tender,
                "letter",
                _lead(tender),
                f"Send the letter to {bid.supplier.name}",
                bid.stopped_because,
                "Open the letter",
                f"bid_letter {bid.pk}",
                gravity=Gravity.HOUSEKEEPING,
                bid=bid.pk,
                here="Read the letter to the bidder, and say when it was sent",
            )


def _to_approve(tender: Tender, barred: set[int]) -> Iterable[Duty]:
    """Drafts, and recommendations, that someone else put to those who approve."""
    approves = permitted(P.TENDERS_APPROVE)
    if tender.state == _S.DRAFT and tender.approval_asked_at is not None:
        yield _duty(
            tender,
            "may_go_out",
            approves,
            f"May “{tender.title}” go out?",
            f"{tender.lead_commissioner} asks for your approval.",
            "Read and decide",
            f"tender_approve {tender.pk}",
            called=f"{tender.get_kind_display()}, {tender.reference}",
            here="Read the tender, and approve it or send it back",
            but=(tender.approval_asked_by_id,),
        )
    if tender.state not in SETTLED | AWARDED:
        return
    rows = Award.objects.filter(tender=tender, state=_A.RECOMMENDED, approved_at=None)
    listed = list(rows.select_related("bid__supplier").order_by("recommended_at", "pk"))
    for (since, by), awards in groupby(listed, key=lambda award: (award.recommended_at, award.recommended_by_id)):
        who = suppliers_named(list(awards))
        yield _in_evaluation(tender, "approve", approves, who=who, since=since, but={by, *barred})


def back(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """What was approved of late, for who put it up: the draft, the recommendation."""
    awards = Award.objects.filter(approved_at__gt=news_since(on)).exclude(state=_A.CANCELLED)
    if keys is not None:
        awards = awards.filter(tender__in=keys)
    for award in awards.select_related("tender", "bid__supplier", "approved_by").order_by("pk"):
        if award.recommended_by_id is None or award.approved_at is None:
            continue
        yield Duty(
            kind=f"{BACK}award",
            subject=("award", award.pk),
            whose=person(award.recommended_by_id, P.TENDERS_VIEW),
            about=award.approved_at.isoformat(),
            called=award.tender.title,
            gravity=Gravity.HOUSEKEEPING,
            what=f"Approved: the award to {award.bid.supplier.name}",
            deed="Go to the award",
            why=f"{award.approved_by}, on {day(shown(award.approved_at))}.",
            place=f"tender_award {award.tender_id}",
            key=award.tender_id,
        )
    tenders = Tender.objects.filter(approved_on__gt=on - NEWS)
    if keys is not None:
        tenders = tenders.filter(pk__in=keys)
    for tender in tenders.select_related("approved_by").order_by("pk"):
        for user in dict.fromkeys((tender.lead_commissioner_id, tender.approval_asked_by_id)):
            if user and tender.approved_on is not None:
                yield Duty(
                    kind=f"{BACK}tender",
                    subject=("tender", tender.pk),
                    whose=person(user, P.TENDERS_VIEW),
                    about=tender.approved_on.isoformat(),
                    called=tender.reference,
                    gravity=Gravity.HOUSEKEEPING,
                    what=f"Approved: “{tender.title}” may go out",
                    deed="Open the tender",
                    key=tender.pk,
                    why=f"{tender.approved_by}, on {day(tender.approved_on)}.",
                    place=f"tender {tender.pk}",
                )


def of_plans(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Packs to acknowledge by the supplier and to confirm by the council, and plans that are not made yet."""
    plans = ImplementationPlan.objects.all() if keys is None else ImplementationPlan.objects.filter(pk__in=keys)
    newest = PathwayPack.objects.filter(plan__in=plans).order_by("plan", "-number").distinct("plan")
    for pack in newest.select_related("plan"):
        plan = pack.plan
        if pack.acknowledged_at is None:
            yield _of_pack(
                pack,
                "acknowledge",
                organisation(plan.supplier_id),
                "Read whom to tell, and acknowledge it by name",
                pack.because or "New to the council",
                "Read it",
            )
            continue
        waits = ((plan.service_area_lead_id, pack.area_lead_confirmed_at),
                 (plan.commissioner_id, pack.commissioner_confirmed_at))  # fmt: skip
        for user, confirmed in waits:
            if user and confirmed is None:
                yield _of_pack(
                    pack,
                    "confirm",
                    person(user, P.IMPLEMENTATION),
                    "Confirm that the supplier understands whom to tell",
                    f"{pack.acknowledged_name} has acknowledged it",
                    "Confirm it",
                    here="You have made sure that the supplier understands whom to tell and holds all contacts",
                )


def _of_pack(pack: PathwayPack, kind: str, whose: str, what: str, why: str, deed: str, *, here: str = "") -> Duty:
    return Duty(
        kind=f"pack.{kind}",
        subject=("pack", pack.pk),
        whose=whose,
        matter=("plan", pack.plan_id),
        what=what,
        why=why,
        here=here,
        called=pack.plan.title,
        gravity=Gravity.AGREED,
        deed=deed,
        place=f"pack {pack.pk}",
        key=pack.plan_id,
    )


def of_awards(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Awards whose implementation plan the lead commissioner is to make."""
    planned = ImplementationPlan.objects.exclude(award=None).values("award")
    unplanned = Award.objects.filter(state=_A.AWARDED).exclude(pk__in=planned)
    for award in unplanned.select_related("tender", "bid__supplier").order_by("pk"):
        if award.tender.lead_commissioner_id is not None:
            yield Duty(
                kind="plan.make",
                subject=("award", award.pk),
                key=award.pk,
                matter=("tender", award.tender_id),
                whose=person(award.tender.lead_commissioner_id, P.IMPLEMENTATION),
                what="Make the implementation plan",
                called=award.tender.title,
                why=f"The contract is awarded to {award.bid.supplier.name}",
                deed="Make the plan",
                known_to=permitted(P.TENDERS_VIEW),
                place=f"plan_new {award.tender_id} {award.pk}",
            )


def of_suppliers(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """How many published suppliers wait for a person to say who they are."""
    waiting = how_many_wait()
    if waiting:
        yield Duty(
            kind="suppliers.settle",
            subject=("suppliers", 0),
            whose=permitted(P.SUPPLIERS_SETTLE),
            what=f"{how_many(waiting, 'published supplier waits', 'published suppliers wait')} to be decided",
            why="No number says who they are. Until then their awards are in no supplier’s history.",
            gravity=Gravity.HOUSEKEEPING,
            deed="Decide",
            place="supplier_queue",
        )


_BY_TENDER = "select tender_id as key from changed"
_OF_BID = "select b.tender_id as key from changed c join commissioning_bid b on b.id = c.bid_id"
_OF_TENDER = {
    "commissioning_tender": "select id as key from changed",
    "commissioning_bid": _BY_TENDER,
    "commissioning_evaluator": _BY_TENDER,
    "commissioning_award": _BY_TENDER,
    "commissioning_tenderconflict": _BY_TENDER,
    "commissioning_stage1decision": _OF_BID,
    "commissioning_score": _OF_BID,
    "commissioning_moderatedscore": _OF_BID,
    "commissioning_moderationmeeting": _BY_TENDER,
}
# Why a draft was sent back is an event of the same change as the tender's own; a published version stays as it is.
_SETTLED = frozenset({"audit_event", "toolkits_toolkitversion", "people_organisation", "people_user"})
SOURCES = (
    Source("tenders", of_tenders, _OF_TENDER, settled=_SETTLED),
    Source("tenders_back", back, {"commissioning_tender": "select id as key from changed",
                                  "commissioning_award": _BY_TENDER},
           settled=_SETTLED | {"commissioning_bid"}),
    Source("packs", of_plans, {"commissioning_implementationplan": "select id as key from changed",
                               "commissioning_pathwaypack": "select plan_id as key from changed"}),
    Source("awards", of_awards, {"commissioning_award": "", "commissioning_implementationplan": "",
                                 "commissioning_tender": ""},
           settled=_SETTLED | {"commissioning_bid"}),
    Source("suppliers", of_suppliers, {"commissioning_ocdsparty": ""},
           settled=frozenset({"commissioning_ocdsprocess"})),
)  # fmt: skip
