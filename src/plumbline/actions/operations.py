"""Raising actions, working on them, and having them verified by someone else."""

from collections.abc import Collection
from datetime import date
from typing import Any

from plumbline.actions import flagging, queries, rules
from plumbline.actions.models import Action, ActionNote, ActionState
from plumbline.actions.rules import Hand
from plumbline.actions.states import ACTION_MOVES, OUTSTANDING
from plumbline.evidence.models import Document
from plumbline.flags import operations as flags
from plumbline.flags.operations import Raised
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import Organisation, User
from plumbline.people.queries import organisations_of


@operation
def raise_action(
    *,
    title: str,
    detail: str = "",
    subject_type: str,
    subject_id: int,
    subject_label: str,
    origin_type: str,
    origin_id: int | None = None,
    owner: User | None = None,
    owner_organisation: Organisation | None = None,
    due_on: date,
    critical: bool = False,
    act: Act,
) -> Action:
    """Put something down to be done by a day. `subject_label` is what people read; it never names a child.

    A provider's user may put down what their own organisation undertakes (the action plan of a self-assessment).
    Raises RuleBroken without a title or an owner, or for a day that is past; NotAllowed for whom it is not.
    """
    if act.by is not None and not act.may(Permission.ACTIONS_RAISE):
        own = owner_organisation is not None and owner_organisation.pk in organisations_of(act.by, on=act.on)
        if not own or owner not in (None, act.by):
            raise NotAllowed(f"{act.by} may not raise this action.")
    owned = owner is not None or owner_organisation is not None
    _refuse(rules.new(title=title, owned=owned, due_on=due_on, on=act.on), "wrong_action")
    if origin_type not in Action.Origin.values:
        raise RuleBroken(f"An action cannot come from “{origin_type}”.", code="unknown_origin")
    action = Action.objects.create(
        title=title.strip()[:300],
        detail=detail.strip(),
        subject_type=subject_type,
        subject_id=subject_id,
        subject_label=subject_label[:300],
        origin_type=origin_type,
        origin_id=origin_id,
        raised_at=act.at,
        raised_by=act.by,
        owner=owner,
        owner_organisation=owner_organisation,
        critical=critical,
        first_due_on=due_on,
        due_on=due_on,
    )
    act.record(
        "actions.action.raised",
        subject=action,
        about=f"{subject_type}:{subject_id}",
        origin=f"{origin_type}:{origin_id or ''}",
        due_on=due_on.isoformat(),
        owner=queries.owner_words(action),
    )
    return action


@operation
def start(*, action_id: int, act: Act) -> Action:
    """Say that it is being worked on."""
    action, hand = _seen(action_id, act=act)
    _allow(rules.may_work(hand), action)
    return _move(action, ActionState.IN_PROGRESS, "actions.action.started", act=act)


@operation
def note_progress(*, action_id: int, text: str, document: Document | None = None, act: Act) -> ActionNote:
    """Add a note, perhaps with a document; the person who sees the action may. It stays open."""
    action, _ = _seen(action_id, act=act)
    if action.state in (ActionState.VERIFIED, ActionState.CANCELLED):
        raise RuleBroken("This action is over.", code="wrong_state")
    note = _note(action, text, document=document, missing="Say how far it is.", act=act)
    act.record("actions.action.noted", subject=action, note=note.pk)
    return note


@operation
def move_due(*, action_id: int, due_on: date, because: str, act: Act) -> Action:
    """Give it another day, with the reason. The day first agreed stays on the record."""
    action, hand = _seen(action_id, act=act)
    _allow(rules.may_change(hand), action)
    if action.state not in OUTSTANDING:
        raise RuleBroken("This action waits for nobody to do it.", code="wrong_state")
    _refuse(rules.moved(due_on=action.due_on, to=due_on, because=because, on=act.on), "wrong_day")
    before = action.due_on
    ActionNote.objects.create(action=action, at=act.at, by=act.by, text=because.strip(), due_from=before, due_to=due_on)
    action.due_on = due_on
    action.save(update_fields=["due_on"])
    act.record(
        "actions.action.due_moved",
        subject=action,
        because=because.strip(),
        before=before.isoformat(),
        after=due_on.isoformat(),
    )
    raise_flags(act=act, action_id=action.pk)
    return action


@operation
def hand_over(
    *, action_id: int, owner: User | None, owner_organisation: Organisation | None, because: str, act: Act
) -> Action:
    """Give it to another owner, with the reason."""
    action, hand = _seen(action_id, act=act)
    _allow(rules.may_change(hand), action)
    if action.state not in OUTSTANDING:
        raise RuleBroken("This action waits for nobody to do it.", code="wrong_state")
    if owner is None and owner_organisation is None:
        raise RuleBroken("Say who is to do it.", code="missing_owner")
    before = queries.owner_words(action)
    action.owner, action.owner_organisation = owner, owner_organisation
    action.save(update_fields=["owner", "owner_organisation"])
    after = queries.owner_words(action)
    _note(
        action,
        f"Handed over from {before} to {after}: {because.strip()}" if because.strip() else "",
        document=None,
        missing="Say why it is handed over.",
        act=act,
    )
    act.record("actions.action.handed_over", subject=action, because=because.strip(), before=before, after=after)
    raise_flags(act=act, action_id=action.pk)
    return action


@operation
def mark_done(*, action_id: int, text: str, document: Document | None = None, act: PersonalAct) -> Action:
    """Report it done: what was done and what shows it, perhaps with a document. It then waits to be verified."""
    action, hand = _seen(action_id, act=act)
    _allow(rules.may_work(hand), action)
    action.done_on, action.done_at, action.done_by = act.on, act.at, act.by
    _move(action, ActionState.DONE, "actions.action.done", "done_on", "done_at", "done_by", act=act)
    _note(action, text, document=document, missing="Say what was done, and what shows it.", act=act)
    raise_flags(act=act, action_id=action.pk)
    return action


@operation
def verify(*, action_id: int, text: str = "", act: PersonalAct) -> Action:
    """Say that it was looked at and is done. Raises RuleBroken for its owner and for the person who reported it
    done."""
    action, hand = _seen(action_id, act=act)
    _check(hand, action)
    action.verified_on, action.verified_at, action.verified_by = act.on, act.at, act.by
    _move(action, ActionState.VERIFIED, "actions.action.verified", "verified_on", "verified_at", "verified_by", act=act)
    if text.strip():
        _note(action, text, document=None, missing="", act=act)
    return action


@operation
def send_back(*, action_id: int, because: str, act: PersonalAct) -> Action:
    """Say that it is not done, and what is missing; its owner has it again."""
    action, hand = _seen(action_id, act=act)
    _check(hand, action)
    action.done_on = action.done_at = action.done_by = None
    _move(
        action,
        ActionState.SENT_BACK,
        "actions.action.sent_back",
        "done_on",
        "done_at",
        "done_by",
        because=because.strip(),
        act=act,
    )
    _note(
        action,
        f"Sent back: {because.strip()}" if because.strip() else "",
        document=None,
        missing="Say what is missing.",
        act=act,
    )
    raise_flags(act=act, action_id=action.pk)
    return action


@operation
def cancel(*, action_id: int, because: str, act: Act) -> Action:
    """Say that it need not be done any more, and why. Never by its owner."""
    action, hand = _seen(action_id, act=act)
    if hand.raises and hand.owns:
        raise RuleBroken("The owner of an action cannot cancel it. Ask someone else.", code="own_action")
    _allow(rules.may_cancel(hand), action)
    if not because.strip():
        raise RuleBroken("Say why it need not be done any more.", code="missing_reason")
    action.cancelled_because, action.cancelled_on = because.strip(), act.on
    _move(
        action,
        ActionState.CANCELLED,
        "actions.action.cancelled",
        "cancelled_because",
        "cancelled_on",
        because=because.strip(),
        act=act,
    )
    raise_flags(act=act, action_id=action.pk)
    return action


@operation
def raise_flags(*, act: Act, action_id: int | None = None) -> Raised:
    """Make the flags about overdue actions what they should be on the day; with `action_id` only that about one."""
    return flags.reconcile(
        wanted=flagging.wanted(act.on, action_id=action_id),
        kinds=flagging.KINDS,
        why_closed=flagging.why_closed,
        act=act,
        subject=(flagging.SUBJECT, action_id) if action_id is not None else None,
    )


def _seen(action_id: int, *, act: Act) -> tuple[Action, Hand]:
    if act.by is not None and not queries.actions_visible_to(act.by, on=act.on).filter(pk=action_id).exists():
        raise NotAllowed(f"There is no action {action_id}.")
    locked = Action.objects.select_for_update(of=("self",)).select_related("owner", "owner_organisation")
    action = locked.filter(pk=action_id).first()
    if action is None:
        raise NotAllowed(f"There is no action {action_id}.")
    return action, queries.hand_of(act.by, action, on=act.on)


def _allow(may: bool, action: Action) -> None:
    if not may:
        raise NotAllowed(f"Action {action.pk} is for its owner.")


def _check(hand: Hand, action: Action) -> None:
    if not rules.may_check(hand):
        if not hand.verifies and not hand.owns:
            raise NotAllowed(rules.why_not_check(hand))
        raise RuleBroken(rules.why_not_check(hand), code="own_action")
    check_move(ACTION_MOVES, ActionState(action.state), ActionState.VERIFIED)


def _move(
    action: Action,
    to: ActionState,
    event: str,
    *fields: str,
    because: str = "",
    act: Act,
    **data: Any,
) -> Action:
    check_move(ACTION_MOVES, ActionState(action.state), to)
    action.state = to
    _save(action, {"state", *fields})
    act.record(event, subject=action, because=because, **data)
    return action


def _save(action: Action, fields: Collection[str]) -> None:
    action.save(update_fields=sorted(fields))


def _note(action: Action, text: str, *, document: Document | None, missing: str, act: Act) -> ActionNote:
    if not text.strip():
        raise RuleBroken(missing, code="missing_words")
    return ActionNote.objects.create(action=action, at=act.at, by=act.by, text=text.strip(), document=document)


def _refuse(reason: str, code: str) -> None:
    if reason:
        raise RuleBroken(reason, code=code)
