"""What has to be flagged about returns on a day: those that are due and not handed in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from django.db.models import QuerySet

from plumbline.audit.moments import shown
from plumbline.flags import rules as flag_rules
from plumbline.flags.kinds import kinds
from plumbline.flags.models import Flag
from plumbline.flags.queries import Readers
from plumbline.flags.rules import Recipient, Wanted
from plumbline.kernel import wording
from plumbline.toolkits.access import CASE_AUDIT
from plumbline.toolkits.models import Return, ReturnState
from plumbline.toolkits.queries.returns import progress, with_progress
from plumbline.toolkits.states import ANSWERABLE

OVERDUE = "return_overdue"
KINDS = (OVERDUE,)
SUBJECT = "return"


def is_overdue(answer_set: Return, *, on: date) -> bool:
    """Whether it should have been handed in by now and was not. It can be, all the same."""
    return answer_set.state in ANSWERABLE and answer_set.due_on is not None and answer_set.due_on < on


def overdue(on: date) -> QuerySet[Return]:
    """The returns of which `is_overdue` holds, but for audits of cases: these are for nobody else to know of."""
    return Return.objects.filter(state__in=ANSWERABLE, due_on__lt=on).exclude(version__toolkit__purpose=CASE_AUDIT)


def wanted(on: date, *, concerned: Mapping[int, Sequence[Recipient]] | None = None) -> list[Wanted]:
    """The flags that should be open on a day. `concerned`: by return, whom the room above knows to be concerned."""
    readers = Readers(on)
    rows = with_progress(overdue(on), on=on).select_related("organisation", "requested_by__professional")
    return [_wanted(each, readers, (concerned or {}).get(each.pk, ()), on) for each in rows.order_by("pk")]


def _wanted(answer_set: Return, readers: Readers, concerned: Sequence[Recipient], on: date) -> Wanted:
    whose = answer_set.organisation.name if answer_set.organisation else "the council itself"
    back = " It was sent back to be corrected." if answer_set.state == ReturnState.RETURNED else ""
    # By name who asked for it, and the contract's manager; else the person who holds the role.
    asked_by = readers.by_name(answer_set.requested_by, "asked for it")
    due = wording.day(cast(date, answer_set.due_on))
    told = {to.name: to for to in (*concerned, *((asked_by,) if asked_by else ()))}
    return Wanted(
        kind=OVERDUE,
        subject_type=SUBJECT,
        subject_id=answer_set.pk,
        reason=f"“{answer_set.title}”, from {whose}, was due on {due} and is not handed "
        f"in: {progress(answer_set, on=on).sentence}.{back}",
        recipients=tuple(told.values()) or flag_rules.recipients(kinds()[OVERDUE], worker=""),
    )


def why_closed(flags: Sequence[Flag]) -> Mapping[int, str]:
    """Why what each flag says is no longer so, in a sentence."""
    returns = Return.objects.in_bulk([flag.subject_id for flag in flags if flag.subject_id])
    return {flag.pk: _why(returns.get(flag.subject_id or 0)) for flag in flags}


def _why(answer_set: Return | None) -> str:
    if answer_set is None:
        return "The return is no longer recorded."
    if answer_set.state == ReturnState.CANCELLED:
        return f"The return was cancelled: {answer_set.cancelled_because}"
    if answer_set.state in ANSWERABLE or answer_set.submitted_at is None:
        return "The return is not overdue any more."
    return f"The return was handed in on {wording.day(shown(answer_set.submitted_at))}."
