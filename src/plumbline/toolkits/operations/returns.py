"""A return from being asked for to being signed off. The moves are in `toolkits.states`.

Every change of an answer, a document, a state or an assignment raises `Return.revision` by one. The return's row is
locked first, so that two people's changes come one after the other. A due date locks nobody out of anything.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import F

from plumbline.flags import operations as flags
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.transitions import check_move
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.acting import operation
from plumbline.people.models import Organisation, User
from plumbline.toolkits import access, flagging, rules
from plumbline.toolkits import content as contents
from plumbline.toolkits.content import Content, Criterion
from plumbline.toolkits.models import (
    Answer,
    AnswerDocument,
    Return,
    ReturnAssignment,
    ReturnState,
    ToolkitVersion,
)
from plumbline.toolkits.queries import returns as queries
from plumbline.toolkits.states import ANSWERABLE, RETURN_MOVES

_S = ReturnState


class Incomplete(RuleBroken):
    """A return that lacks something; `reasons` has a sentence for each criterion."""

    default_code = "incomplete"

    def __init__(self, missing: tuple[rules.Missing, ...]) -> None:
        self.missing = missing
        self.reasons = tuple(each.reason for each in missing)
        super().__init__(
            "The return is not complete: "
            + " ".join(self.reasons[:3])
            + (f" And {len(missing) - 3} more." if len(missing) > 3 else "")
        )


class Conflict(RuleBroken):
    """Someone else saved another answer meanwhile. Nothing was changed; `theirs` is the answer that is kept now."""

    default_code = "conflict"

    def __init__(self, theirs: Answer) -> None:
        self.theirs = theirs
        who = theirs.answered_by or "Someone else"
        super().__init__(f"{who} has saved another answer since you opened this. Both are shown: choose one.")


@operation
def request_return(
    *,
    version: ToolkitVersion,
    title: str,
    organisation: Organisation | None,
    period_from: date | None,
    period_to: date | None,
    due_on: date | None,
    assign_to: Collection[User],
    carry_from: Return | None = None,
    act: Act,
) -> Return:
    """Ask for a return on a published version, which it keeps. `organisation`: whose answers; None: the council's own.

    The answers of the last return of the same toolkit and organisation that was handed in are carried forward, with
    the documents that are still valid. A return of the council's own is about something that only the caller knows
    (a home, a contract): it carries from `carry_from`, or nothing.

    Raises RuleBroken: not_published, missing_title, period_order, nobody_asked (a return of the council's own that
    nobody is to answer).
    """
    act.check(Permission.RETURNS_REQUEST)
    if version.state != ToolkitVersion.State.PUBLISHED:
        raise RuleBroken("This version of the toolkit is not published now.", code="not_published")
    title = " ".join(title.split())[:300]
    if not title:
        raise RuleBroken("Give the return a title.", code="missing_title")
    if (period_from is None) != (period_to is None) or (period_from and period_to and period_to < period_from):
        raise RuleBroken("The period needs a first and a last day, in that order.", code="period_order")
    if organisation is None and not assign_to:
        raise RuleBroken("Say who is to answer: it is a return of the council’s own.", code="nobody_asked")
    if carry_from is None and organisation is not None:
        carry_from = queries.last_handed_in(toolkit_id=version.toolkit_id, organisation=organisation)
    previous = carry_from
    made = Return.objects.create(
        version=version,
        title=title,
        organisation=organisation,
        period_from=period_from,
        period_to=period_to,
        due_on=due_on,
        previous=previous,
        requested_at=act.at,
        requested_by=act.by,
    )
    for user in dict.fromkeys(assign_to):
        ReturnAssignment.objects.create(answer_set=made, user=user, assigned_at=act.at, assigned_by=act.by)
    carried = _carry_forward(made, contents.read(version.content or {}), act=act) if previous else 0
    act.record(
        "toolkits.return.requested",
        subject=made,
        toolkit=version.toolkit.key,
        version=version.number,
        organisation_id=organisation.pk if organisation else None,
        due_on=due_on.isoformat() if due_on else None,
        previous_id=previous.pk if previous else None,
        carried=carried,
        assigned_to=[user.pk for user in dict.fromkeys(assign_to)],
    )
    return made


def _carry_forward(made: Return, content: Content, *, act: Act) -> int:
    """Copy last time's answers that still are answers; how many."""
    carried = 0
    asked = {criterion.key: criterion for criterion in content.criteria}
    before = Answer.objects.filter(answer_set=made.previous).order_by("pk")
    for answer in before:
        criterion = asked.get(answer.criterion)
        if criterion is None or rules.check_answer(criterion, answer.value):
            continue
        _copy(answer, made, criterion, act=act)
        carried += 1
    return carried


def _copy(source: Answer, to: Return, criterion: Criterion, *, act: Act) -> Answer:
    """The answer with its valid documents as the answer to `criterion` of another return, where there is none yet."""
    made = Answer.objects.create(
        answer_set=to,
        criterion=criterion.key,
        value=source.value,
        comment=source.comment,
        impact=source.impact,
        reviewed_on=source.reviewed_on,
        answered_at=act.at,
        carried_from=source,
    )
    for document in queries.documents_still_valid(source, on=act.on):
        AnswerDocument.objects.create(answer=made, document=document, given_at=act.at, given_by=act.by)
    return made


@operation
def save_answer(
    *,
    return_id: int,
    criterion: str,
    value: str,
    comment: str = "",
    impact: str = "",
    reviewed_on: date | None = None,
    base_revision: int,
    act: Act,
) -> Answer:
    """Save the answer to one criterion. `base_revision`: that of the answer as it was read; 0 where there was none.

    Saving what is there already changes nothing. Raises Conflict where another answer was saved meanwhile; NotAllowed
    unless asked; RuleBroken: not_answerable, unknown_criterion, bad_value, too_long, future_date.
    """
    answer_set = _to_answer(return_id, act)
    asked = _criterion(answer_set, criterion)
    value = rules.tidy(value)
    if wrong := rules.check_answer(asked, value):
        raise RuleBroken(wrong[0], code="bad_value")
    typed = {"value": value, "comment": rules.tidy(comment), "impact": rules.tidy(impact), "reviewed_on": reviewed_on}
    for words in (typed["comment"], typed["impact"]):
        if len(str(words)) > rules.LONGEST_TEXT:
            raise RuleBroken(f"At most {rules.LONGEST_TEXT:,} characters can be kept.", code="too_long")
    if reviewed_on is not None and reviewed_on > act.on:
        raise RuleBroken("The day of the review has not come yet.", code="future_date")
    answer = Answer.objects.select_related("answered_by").filter(answer_set=answer_set, criterion=criterion).first()
    if answer is None:
        if not any(typed.values()):
            return Answer(answer_set=answer_set, criterion=criterion, revision=0)
        answer = Answer(answer_set=answer_set, criterion=criterion, revision=0)
    if all(getattr(answer, name) == now for name, now in typed.items()):
        return answer
    if base_revision != answer.revision:
        raise Conflict(answer)
    _to_be_looked_at_again(answer)
    for name, now in typed.items():
        setattr(answer, name, now)
    answer.revision += 1
    answer.carried_from, answer.answered_at, answer.answered_by = None, act.at, act.by
    answer.save()
    _touched(answer_set)
    act.record("toolkits.answer.saved", subject=answer_set, criterion=criterion, revision=answer.revision)
    return answer


@operation
def take_answer(*, return_id: int, criterion: str, answer_id: int, act: Act) -> Answer:
    """Answer a criterion with one that the organisation gave to another toolkit for the same fact, documents and all.

    Raises RuleBroken: answered (there is an answer), not_offered (it is no such answer, or its documents expired).
    """
    answer_set = _to_answer(return_id, act)
    asked = _criterion(answer_set, criterion)
    offered = {offer.answer.pk: offer.answer for offer in queries.offers(answer_set, on=act.on).get(criterion, ())}
    if answer_id not in offered:
        raise RuleBroken("That answer is not offered here.", code="not_offered")
    kept = Answer.objects.filter(answer_set=answer_set, criterion=criterion).first()
    if kept is not None and kept.value:
        raise RuleBroken("There is an answer here already.", code="answered")
    source = offered[answer_id]
    if kept is None:
        kept = _copy(source, answer_set, asked, act=act)
    else:
        for name in ("value", "comment", "impact", "reviewed_on"):
            setattr(kept, name, getattr(source, name))
        kept.revision += 1
        kept.carried_from, kept.answered_at = source, act.at
        kept.save()
        for document in queries.documents_still_valid(source, on=act.on):
            AnswerDocument.objects.get_or_create(
                answer=kept, document=document, withdrawn_at=None, defaults={"given_at": act.at, "given_by": act.by}
            )
    kept.answered_by = act.by
    kept.save(update_fields=["answered_by"])
    _touched(answer_set)
    act.record("toolkits.answer.taken_over", subject=answer_set, criterion=criterion, from_answer=source.pk)
    return kept


@operation
def give_document(*, return_id: int, criterion: str, document_id: int, act: Act) -> AnswerDocument:
    """Give a kept document as evidence for an answer. Raises RuleBroken: unknown_document (not one of the
    organisation's, withdrawn or expired), given (it is given for this answer already)."""
    answer_set = _to_answer(return_id, act)
    _criterion(answer_set, criterion)
    document = queries.documents_to_choose(answer_set, viewer=act.by, on=act.on).filter(pk=document_id).first()
    if document is None:
        raise RuleBroken("That document is not one of those that can be given here.", code="unknown_document")
    answer, _ = Answer.objects.get_or_create(
        answer_set=answer_set,
        criterion=criterion,
        defaults={"revision": 0, "answered_at": act.at, "answered_by": act.by},
    )
    if answer.documents.filter(document=document, withdrawn_at__isnull=True).exists():
        raise RuleBroken("This document is given for this answer already.", code="given")
    given = AnswerDocument.objects.create(answer=answer, document=document, given_at=act.at, given_by=act.by)
    _to_be_looked_at_again(answer)
    answer.save(update_fields=_MODERATION)
    _touched(answer_set)
    act.record("toolkits.answer.document_given", subject=answer_set, criterion=criterion, document_id=document.pk)
    return given


@operation
def take_document_back(*, return_id: int, criterion: str, document_id: int, act: Act) -> None:
    """No longer give a document for an answer; the document itself is kept. Raises RuleBroken (unknown_document)."""
    answer_set = _to_answer(return_id, act)
    given = (
        AnswerDocument.objects.select_related("answer")
        .filter(
            answer__answer_set=answer_set, answer__criterion=criterion, document=document_id, withdrawn_at__isnull=True
        )
        .first()
    )
    if given is None:
        raise RuleBroken("That document is not given for this answer.", code="unknown_document")
    given.withdrawn_at = act.at
    given.save(update_fields=["withdrawn_at"])
    _to_be_looked_at_again(given.answer)
    given.answer.save(update_fields=_MODERATION)
    _touched(answer_set)
    act.record("toolkits.answer.document_taken_back", subject=answer_set, criterion=criterion, document_id=document_id)


@operation
def submit(*, return_id: int, act: Act) -> Return:
    """Hand the return in, for the first time or again; late or not. Raises Incomplete; RuleBroken (wrong_state)."""
    answer_set = _locked(return_id)
    access.check_asked(act, answer_set)
    if answer_set.state == _S.REQUESTED and answer_set.answers.exists():
        # Everything was carried forward and still holds: nothing was left to change.
        answer_set.state = _S.IN_PROGRESS
    to = _S.RESUBMITTED if answer_set.state == _S.RETURNED else _S.SUBMITTED
    check_move(RETURN_MOVES, _S(answer_set.state), to)
    held = queries.held(answer_set, on=act.on)
    found = held.completeness
    if not found.is_complete:
        raise Incomplete(found.missing)
    result = rules.overall(held.content, held.values)
    answer_set.submitted_at, answer_set.submitted_by = act.at, act.by
    answer_set.overall_self_grade = result.kept if result else ""
    _move(
        answer_set,
        to,
        "submitted",
        act=act,
        self_grade=answer_set.overall_self_grade,
        carried=sum(1 for answer in held.answers.values() if answer.carried_from_id),
    )
    _no_longer_overdue(answer_set, act=act)
    return answer_set


@operation
def send_back(*, return_id: int, because: str, act: Act) -> Return:
    """Give the return back to be corrected. Raises RuleBroken: missing_reason, wrong_state."""
    act.check(Permission.RETURNS_MODERATE)
    answer_set = _locked(return_id)
    answer_set.sent_back_because = _reason(because, "Say what is to be corrected.")
    _move(answer_set, _S.RETURNED, "sent_back", act=act, because=answer_set.sent_back_because)
    return answer_set


@operation
def moderate_answer(*, return_id: int, criterion: str, value: str, note: str = "", act: Act) -> Answer:
    """Put the moderator's answer beside theirs; a note is obligatory where the two differ.

    Raises NotAllowed to who answered it themselves; RuleBroken: wrong_state, not_answered, not_graded, bad_moderation.
    """
    answer_set = _to_moderate(return_id, act)
    asked = _criterion(answer_set, criterion)
    if not rules.is_graded(asked):
        raise RuleBroken("This answer is not graded: there is nothing to moderate.", code="not_graded")
    answer = Answer.objects.filter(answer_set=answer_set, criterion=criterion).first()
    if answer is None or not answer.value:
        raise RuleBroken("There is no answer here to moderate.", code="not_answered")
    if wrong := rules.check_moderation(asked, own=answer.value, moderated=value, note=note):
        raise RuleBroken(wrong[0], code="bad_moderation")
    answer.moderated_value, answer.moderation_note = value, note.strip()
    answer.moderated_at, answer.moderated_by = act.at, act.by
    answer.save()
    _touched(answer_set)
    act.record("toolkits.answer.moderated", subject=answer_set, criterion=criterion, own=answer.value, moderated=value)
    return answer


@operation
def moderate(*, return_id: int, agree_with_rest: bool = False, act: Act) -> Return:
    """Close the moderation. `agree_with_rest`: answers not yet looked at one by one stay as they gave them.

    Raises RuleBroken: wrong_state, not_moderated (answers are left and `agree_with_rest` is not said).
    """
    answer_set = _to_moderate(return_id, act)
    held = queries.held(answer_set, on=act.on)
    graded = {criterion.key for criterion in held.content.criteria if rules.is_graded(criterion)}
    left = [
        answer for key, answer in held.answers.items() if key in graded and answer.value and not answer.moderated_value
    ]
    if left and not agree_with_rest:
        raise RuleBroken(
            f"{len(left)} {'answer is' if len(left) == 1 else 'answers are'} not moderated yet.", code="not_moderated"
        )
    for answer in left:
        answer.moderated_value, answer.moderated_at, answer.moderated_by = answer.value, act.at, act.by
        answer.save(update_fields=["moderated_value", "moderated_at", "moderated_by"])
    final = {key: answer.moderated_value or answer.value for key, answer in held.answers.items()}
    result = rules.overall(held.content, final)
    answer_set.overall_moderated_grade = result.kept if result else ""
    answer_set.moderated_at, answer_set.moderated_by = act.at, act.by
    _move(
        answer_set,
        _S.MODERATED,
        "moderated",
        act=act,
        moderated_grade=answer_set.overall_moderated_grade,
        agreed_unchanged=len(left),
    )
    return answer_set


@operation
def sign_off(*, return_id: int, act: Act) -> Return:
    """The last word on a moderated return, by someone who neither answered nor moderated it. Raises RuleBroken
    (wrong_state, own_moderation)."""
    act.check(Permission.RETURNS_SIGN_OFF)
    answer_set = _locked(return_id)
    if act.by is not None and access.gave_answers(act.by, answer_set):
        raise NotAllowed("Who answered a return does not sign it off.")
    if act.by is not None and access.moderated(act.by, answer_set):
        raise RuleBroken("You moderated this return: someone else signs it off.", code="own_moderation")
    answer_set.signed_off_at, answer_set.signed_off_by = act.at, act.by
    _move(answer_set, _S.SIGNED_OFF, "signed_off", act=act)
    return answer_set


@operation
def cancel(*, return_id: int, because: str, act: Act) -> Return:
    """Take a return off, until it is moderated; its answers stay readable. Raises RuleBroken: missing_reason,
    wrong_state."""
    act.check(Permission.RETURNS_REQUEST)
    answer_set = _locked(return_id)
    answer_set.cancelled_because = _reason(because, "Say why the return is not wanted any more.")
    _move(answer_set, _S.CANCELLED, "cancelled", act=act, because=answer_set.cancelled_because)
    _no_longer_overdue(answer_set, act=act)
    return answer_set


@operation
def assign(*, return_id: int, user: User, act: Act) -> ReturnAssignment:
    """Ask one person more to answer. Raises RuleBroken: assigned (asked already), inactive_user."""
    act.check(Permission.RETURNS_REQUEST)
    answer_set = _locked(return_id)
    if not user.is_active:
        raise RuleBroken(f"{user} cannot sign in any more.", code="inactive_user")
    if answer_set.assignments.filter(user=user, ended_at__isnull=True).exists():
        raise RuleBroken(f"{user} is asked to answer this return already.", code="assigned")
    made = ReturnAssignment.objects.create(answer_set=answer_set, user=user, assigned_at=act.at, assigned_by=act.by)
    _touched(answer_set)
    act.record("toolkits.return.assigned", subject=answer_set, user_id=user.pk)
    return made


@operation
def end_assignment(*, return_id: int, user: User, act: Act) -> None:
    """No longer ask someone to answer; they can still read the return. Raises RuleBroken: not_assigned; nobody_asked
    (the last one of a return of the council's own)."""
    act.check(Permission.RETURNS_REQUEST)
    answer_set = _locked(return_id)
    live = answer_set.assignments.filter(ended_at__isnull=True)
    held = live.filter(user=user).first()
    if held is None:
        raise RuleBroken(f"{user} is not asked to answer this return.", code="not_assigned")
    if answer_set.organisation_id is None and live.count() == 1:
        raise RuleBroken("Ask someone else first: nobody would be left to answer it.", code="nobody_asked")
    held.ended_at = act.at
    held.save(update_fields=["ended_at"])
    _touched(answer_set)
    act.record("toolkits.return.assignment_ended", subject=answer_set, user_id=user.pk)


# --- what they share -----------------------------------------------------------------------------------------------


def _locked(return_id: int) -> Return:
    found = Return.objects.select_for_update(of=("self",)).select_related("version__toolkit").filter(pk=return_id)
    answer_set = found.first()
    if answer_set is None:
        raise NotAllowed("There is no such return.")
    return answer_set


def _to_answer(return_id: int, act: Act) -> Return:
    answer_set = _locked(return_id)
    access.check_asked(act, answer_set)
    if answer_set.state not in ANSWERABLE:
        raise RuleBroken(
            f"The return is {_S(answer_set.state).label.lower()}: its answers cannot be changed now.",
            code="not_answerable",
        )
    return answer_set


def _to_moderate(return_id: int, act: Act) -> Return:
    act.check(Permission.RETURNS_MODERATE)
    answer_set = _locked(return_id)
    if act.by is not None and access.gave_answers(act.by, answer_set):
        raise NotAllowed("Who answered a return does not moderate it.")
    check_move(RETURN_MOVES, _S(answer_set.state), _S.MODERATED)
    return answer_set


def _criterion(answer_set: Return, key: str) -> Criterion:
    try:
        return contents.read(answer_set.version.content or {}).criterion(key)
    except KeyError:
        raise RuleBroken(f"This return asks nothing called “{key[:60]}”.", code="unknown_criterion") from None


_MODERATION = ("moderated_value", "moderation_note", "moderated_at", "moderated_by")


def _to_be_looked_at_again(answer: Answer) -> None:
    """What a moderator said was said of the answer and its evidence as they were before."""
    answer.moderated_value, answer.moderation_note, answer.moderated_at, answer.moderated_by = "", "", None, None


def _touched(answer_set: Return) -> None:
    """An answer was changed: the revision goes up, and what was only asked for is in progress."""
    changes: dict[str, Any] = {"revision": F("revision") + 1}
    if answer_set.state == _S.REQUESTED and answer_set.answers.filter(carried_from__isnull=True).exists():
        check_move(RETURN_MOVES, _S.REQUESTED, _S.IN_PROGRESS)
        changes["state"] = _S.IN_PROGRESS
    Return.objects.filter(pk=answer_set.pk).update(**changes)


def _move(answer_set: Return, to: ReturnState, what: str, *, act: Act, **data: Any) -> None:
    check_move(RETURN_MOVES, _S(answer_set.state), to)
    answer_set.state = to
    answer_set.revision += 1
    answer_set.save()
    act.record(f"toolkits.return.{what}", subject=answer_set, **data)


def _no_longer_overdue(answer_set: Return, *, act: Act) -> None:
    """A flag about it, if there is one, ends at once; the night raises them (operations.reminders)."""
    flags.reconcile(
        wanted=(),
        kinds=flagging.KINDS,
        why_closed=flagging.why_closed,
        act=act,
        subject=(flagging.SUBJECT, answer_set.pk),
    )


def _reason(words: str, missing: str) -> str:
    if not words.strip():
        raise RuleBroken(missing, code="missing_reason")
    return words.strip()
