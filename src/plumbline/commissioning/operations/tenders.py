"""Tenders from the first draft until they are closed to bids; abandoned at any time before an award."""

from dataclasses import asdict
from datetime import date

from django.db.models import Q

from plumbline.commissioning.access import CLEARED, tenders_visible_to
from plumbline.commissioning.models import Evaluator, Tender, TenderConflict
from plumbline.commissioning.queries.tenders import details_of
from plumbline.commissioning.rules import tender as rules
from plumbline.commissioning.rules.tender import Details
from plumbline.commissioning.states import TENDER_MOVES
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import User
from plumbline.toolkits import content
from plumbline.toolkits.models import ToolkitVersion

_S = Tender.State


@operation
def make_tender(*, details: Details, act: PersonalAct) -> Tender:
    """Begin a draft; `act.by` leads it unless someone else is named. A reference is made where none is given."""
    act.check(Permission.TENDERS_MANAGE)
    values = _checked(details, but=None)
    values["reference"] = values["reference"] or _next_reference(act.on)
    values["lead_commissioner_id"] = values["lead_commissioner_id"] or act.by.pk
    tender = Tender.objects.create(**values, state=_S.DRAFT, state_since=act.on, made_at=act.at, made_by=act.by)
    act.record(
        "commissioning.tender.drafted", subject=tender, reference=tender.reference, sort=tender.kind, body=tender.body
    )
    return tender


@operation
def edit_tender(*, tender_id: int, details: Details, act: PersonalAct) -> Tender:
    """Change a draft. What has been approved is sent back to draft first."""
    tender = _locked(tender_id, Permission.TENDERS_MANAGE, act=act)
    if tender.state != _S.DRAFT:
        raise RuleBroken("Only a draft is changed. Take the tender back to draft first.", code="wrong_state")
    values = _checked(details, but=tender)
    values["reference"] = values["reference"] or tender.reference
    values["lead_commissioner_id"] = values["lead_commissioner_id"] or tender.lead_commissioner_id
    changed = sorted(name for name, value in values.items() if getattr(tender, name) != value)
    if not changed:
        return tender
    for name in changed:
        setattr(tender, name, values[name])
    # What was put to the approver is not what it was.
    tender.approval_asked_at = tender.approval_asked_by = None
    tender.save(update_fields=[*changed, "approval_asked_at", "approval_asked_by"])
    act.record("commissioning.tender.edited", subject=tender, changed=changed)
    return tender


@operation
def ask_approval(*, tender_id: int, act: PersonalAct) -> Tender:
    """Say that a draft is ready for someone else to approve; RuleBroken (not_ready) says all that is missing."""
    tender = _locked(tender_id, Permission.TENDERS_MANAGE, act=act)
    if tender.state != _S.DRAFT:
        raise RuleBroken("Only a draft is put to someone for approval.", code="wrong_state")
    _check_ready(tender, on=act.on)
    tender.approval_asked_at, tender.approval_asked_by = act.at, act.by
    tender.save(update_fields=["approval_asked_at", "approval_asked_by"])
    act.record("commissioning.tender.approval_asked", subject=tender)
    return tender


@operation
def approve_tender(*, tender_id: int, because: str = "", act: PersonalAct) -> Tender:
    """Approve a draft to be published; never one's own, unless with a reason."""
    tender = _locked(tender_id, Permission.TENDERS_APPROVE, act=act)
    check_move(TENDER_MOVES, _S(tender.state), _S.APPROVED)
    rules.check_approver(
        drafted_by=(tender.made_by_id, tender.approval_asked_by_id), approver=act.by.pk, because=because
    )
    _check_ready(tender, on=act.on)
    tender.approved_on, tender.approved_by = act.on, act.by
    _move(tender, _S.APPROVED, act.on, "approved_on", "approved_by")
    act.record("commissioning.tender.approved", subject=tender, because=because.strip())
    return tender


@operation
def return_to_draft(*, tender_id: int, because: str, act: PersonalAct) -> Tender:
    """Not approved, or approved and to be changed after all: a draft again, with the reason."""
    tender = _seen(tender_id, act=act)
    if not (act.may(Permission.TENDERS_MANAGE) or act.may(Permission.TENDERS_APPROVE)):
        raise NotAllowed(f"There is no tender {tender_id}.")
    if not because.strip():
        raise RuleBroken("Say what is to be changed.", code="missing_reason")
    if tender.state != _S.DRAFT:
        check_move(TENDER_MOVES, _S(tender.state), _S.DRAFT)
        tender.approved_on = tender.approved_by = None
    elif tender.approval_asked_at is None:
        raise RuleBroken("The tender is a draft already.", code="wrong_state")
    tender.approval_asked_at = tender.approval_asked_by = None
    _move(tender, _S.DRAFT, act.on, "approved_on", "approved_by", "approval_asked_at", "approval_asked_by")
    act.record("commissioning.tender.sent_back", subject=tender, because=because.strip())
    return tender


@operation
def publish_tender(*, tender_id: int, act: PersonalAct) -> Tender:
    """The tender goes out today. From here on its criteria, questions and their weights can no longer be changed."""
    tender = _locked(tender_id, Permission.TENDERS_MANAGE, act=act)
    check_move(TENDER_MOVES, _S(tender.state), _S.PUBLISHED)
    _check_ready(tender, on=act.on)
    asked = content.read(tender.questions.content) if tender.questions else None
    tender.scored_safeguarding = asked is not None and rules.asks_safeguarding(asked)
    tender.published_on = act.on
    _move(tender, _S.PUBLISHED, act.on, "published_on", "scored_safeguarding")
    act.record(
        "commissioning.tender.published",
        subject=tender,
        scored_safeguarding=tender.scored_safeguarding,
        stage1=tender.stage1_id,
        questions=tender.questions_id,
    )
    return tender


@operation
def extend_bids(*, tender_id: int, bids_due_on: date, because: str, act: PersonalAct) -> Tender:
    """Give every bidder more time, while the tender is open to bids."""
    tender = _locked(tender_id, Permission.TENDERS_MANAGE, act=act)
    if tender.state != _S.PUBLISHED or tender.bids_due_on is None:
        raise RuleBroken("Only a tender that is open to bids is extended.", code="wrong_state")
    if bids_due_on <= tender.bids_due_on or bids_due_on <= act.on:
        raise RuleBroken(
            f"The new last day comes after {wording.day(tender.bids_due_on)}, and lies ahead.", code="not_later"
        )
    if tender.implementation_from is not None and bids_due_on >= tender.implementation_from:
        raise RuleBroken(
            f"The implementation period begins on {wording.day(tender.implementation_from)}: bids must be in before.",
            code="after_implementation",
        )
    if not because.strip():
        raise RuleBroken("Say why bidders have more time.", code="missing_reason")
    before, tender.bids_due_on = tender.bids_due_on, bids_due_on
    tender.save(update_fields=["bids_due_on"])
    act.record(
        "commissioning.tender.extended",
        subject=tender,
        because=because.strip(),
        before=before.isoformat(),
        bids_due_on=bids_due_on.isoformat(),
    )
    return tender


@operation
def close_tender(*, tender_id: int, act: PersonalAct) -> Tender:
    """No more bids: after the last day for them; a direct award once the supplier's papers are in."""
    tender = _locked(tender_id, Permission.TENDERS_MANAGE, act=act)
    check_move(TENDER_MOVES, _S(tender.state), _S.CLOSED)
    rules.check_closing(kind=tender.kind, bids_due_on=tender.bids_due_on, on=act.on)
    tender.closed_on = act.on
    _move(tender, _S.CLOSED, act.on, "closed_on")
    act.record("commissioning.tender.closed", subject=tender, bids=tender.bids.count())
    return tender


@operation
def begin_stage1(*, tender_id: int, act: PersonalAct) -> Tender:
    """The bids are entered, and are now checked criterion by criterion."""
    tender = _locked(tender_id, Permission.TENDERS_MANAGE, act=act)
    check_move(TENDER_MOVES, _S(tender.state), _S.STAGE1)
    if not tender.bids.exists():
        raise RuleBroken("No bid is entered. Enter the bids first, or abandon the tender.", code="no_bids")
    rules.check_conflicts(tender.conflicts.filter(decided_at=None).values_list("person", flat=True))
    tender.stage1_began_on = act.on
    _move(tender, _S.STAGE1, act.on, "stage1_began_on")
    act.record("commissioning.tender.stage1_begun", subject=tender, bids=tender.bids.count())
    return tender


@operation
def hand_over(
    *, tender_id: int, lead_commissioner_id: int, service_area_lead_id: int | None, because: str, act: PersonalAct
) -> Tender:
    """Another lead commissioner or service-area lead, once the draft is over: by the lead, or by who approves
    tenders: a lead may be away. What only the lead decides is then the new one's."""
    tender = _seen(tender_id, act=act)
    leads = tender.lead_commissioner_id == act.by.pk and act.may(Permission.TENDERS_MANAGE)
    if not leads and not act.may(Permission.TENDERS_APPROVE):
        raise NotAllowed(f"There is no tender {tender_id} to hand over.")
    if tender.state == _S.ABANDONED:
        raise RuleBroken("The tender is over.", code="wrong_state")
    if not because.strip():
        raise RuleBroken("Say why it is handed over.", code="missing_reason")
    lead = User.objects.filter(pk=lead_commissioner_id, is_active=True).first()
    if lead is None or not access.may(lead, Permission.TENDERS_MANAGE, on=act.on):
        raise RuleBroken("The lead is someone who may manage tenders.", code="not_a_commissioner")
    if Evaluator.objects.filter(tender=tender, user=lead).exclude(CLEARED).exists():
        raise RuleBroken(
            f"{lead} evaluates this tender and is not cleared to: someone else leads it.", code="conflict_undecided"
        )
    if service_area_lead_id is not None and not User.objects.filter(pk=service_area_lead_id, is_active=True).exists():
        raise RuleBroken("This person does not sign in here.", code="unknown_user")
    before = tender.lead_commissioner
    tender.lead_commissioner, tender.service_area_lead_id = lead, service_area_lead_id
    tender.save(update_fields=["lead_commissioner", "service_area_lead"])
    act.record(
        "commissioning.tender.handed_over",
        subject=tender,
        because=because.strip(),
        before=before.called,
        lead=lead.called,
        service_area_lead=service_area_lead_id,
    )
    return tender


@operation
def abandon_tender(*, tender_id: int, because: str, act: PersonalAct) -> Tender:
    """The procurement ends without an award, with the reason."""
    tender = _locked(tender_id, Permission.TENDERS_MANAGE, act=act)
    check_move(TENDER_MOVES, _S(tender.state), _S.ABANDONED)
    if not because.strip():
        raise RuleBroken("Say why the tender is abandoned.", code="missing_reason")
    tender.abandoned_because = because.strip()
    _move(tender, _S.ABANDONED, act.on, "abandoned_because")
    act.record("commissioning.tender.abandoned", subject=tender, because=because.strip())
    return tender


# --- conflicts of interest ------------------------------------------------------------------------------------------


@operation
def record_conflict(*, tender_id: int, person: str, conflict: str, act: PersonalAct) -> TenderConflict:
    """Someone who has to do with the tender has an interest in it. The person who sees the tender may say so."""
    tender = _seen(tender_id, act=act)
    if tender.state in (_S.IMPLEMENTATION, _S.ABANDONED):
        raise RuleBroken("The tender is over.", code="wrong_state")
    if not person.strip() or not conflict.strip():
        raise RuleBroken("Say who, and what their interest is.", code="missing_conflict")
    made = TenderConflict.objects.create(
        tender=tender,
        person=" ".join(person.split()),
        conflict=conflict.strip(),
        recorded_at=act.at,
        recorded_by=act.by,
    )
    act.record("commissioning.conflict.recorded", subject=made, tender=tender.pk, person=made.person)
    return made


@operation
def decide_conflict(*, conflict_id: int, decided: str, act: PersonalAct) -> TenderConflict:
    """Say what follows from a conflict; never by the person whose it is. Decided again, the newer words count."""
    act.check(Permission.TENDERS_MANAGE)
    found = (
        TenderConflict.objects.select_for_update(of=("self",))
        .filter(pk=conflict_id, tender__in=tenders_visible_to(act.by, on=act.on))
        .first()
    )
    if found is None:
        raise NotAllowed(f"There is no conflict {conflict_id}.")
    if found.person.casefold() == act.by.name.casefold():
        raise RuleBroken("Someone else decides on your own conflict of interest.", code="own_conflict")
    if not decided.strip():
        raise RuleBroken("Say what was decided.", code="missing_reason")
    found.decided, found.decided_at, found.decided_by = decided.strip(), act.at, act.by
    found.save(update_fields=["decided", "decided_at", "decided_by"])
    act.record("commissioning.conflict.decided", subject=found, tender=found.tender_id, because=found.decided)
    return found


# --- what the operations have in common -----------------------------------------------------------------------------


def _checked(details: Details, *, but: Tender | None) -> dict[str, object]:
    """The columns of a draft; RuleBroken for what does not fit or does not exist."""
    rules.check_draft(details)
    values = {key: value.strip() if isinstance(value, str) else value for key, value in asdict(details).items()}
    for name, choices in (("kind", Tender.Kind), ("body", Tender.Body), ("method", Tender.Method)):
        if values[name] not in choices.values:
            raise RuleBroken(f"“{values[name]}” is none of {', '.join(choices.values)}.", code="unknown_code")
    others = Tender.objects.exclude(pk=but.pk) if but else Tender.objects.all()
    if values["reference"] and others.filter(reference=values["reference"]).exists():
        raise RuleBroken(f"Another tender has the reference {values['reference']}.", code="reference_taken")
    frameworks = others.filter(kind=Tender.Kind.FRAMEWORK)
    if details.framework_id is not None and not frameworks.filter(pk=details.framework_id).exists():
        raise RuleBroken("The framework is not on the list of tenders.", code="unknown_framework")
    for name in ("lead_commissioner_id", "service_area_lead_id"):
        if values[name] is not None and not User.objects.filter(pk=values[name], is_active=True).exists():
            raise RuleBroken("This person does not sign in here.", code="unknown_user")
    _check_versions(details)
    return values


def _check_versions(details: Details) -> None:
    for number, check in ((details.stage1_id, rules.check_stage1), (details.questions_id, rules.check_questions)):
        if number is None:
            continue
        version = ToolkitVersion.objects.filter(pk=number).first()
        if version is None or version.state != ToolkitVersion.State.PUBLISHED or version.content is None:
            name = f"“{version.title}”, version {version.number}," if version else "This version"
            raise RuleBroken(f"{name} is not the published one. Choose it again.", code="not_published")
        check(content.read(version.content))


def _check_ready(tender: Tender, *, on: date) -> None:
    rules.check_ready(details_of(tender), on=on)
    _check_versions(details_of(tender))


def _next_reference(on: date) -> str:
    stem = f"T{on.year}-"
    taken = set(Tender.objects.filter(reference__startswith=stem).values_list("reference", flat=True))
    number = len(taken) + 1
    while f"{stem}{number:03}" in taken:
        number += 1
    return f"{stem}{number:03}"


def _locked(tender_id: int, permission: Permission, *, act: PersonalAct) -> Tender:
    act.check(permission)
    return _seen(tender_id, act=act)


def _seen(tender_id: int, *, act: PersonalAct) -> Tender:
    """The tender, locked. None is there for the person who may not see it."""
    visible = Q(pk__in=tenders_visible_to(act.by, on=act.on).values("pk"))
    found = Tender.objects.select_for_update(of=("self",)).filter(visible, pk=tender_id).first()
    if found is None:
        raise NotAllowed(f"There is no tender {tender_id}.")
    return found


def _move(tender: Tender, state: Tender.State, on: date, *columns: str) -> None:
    tender.state, tender.state_since = state, on
    tender.save(update_fields=["state", "state_since", *columns])
