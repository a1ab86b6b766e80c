"""What has to be flagged about actions on a day."""

from collections.abc import Mapping, Sequence
from datetime import date

from plumbline.actions import queries, rules
from plumbline.actions.models import Action, ActionState
from plumbline.flags.models import Flag
from plumbline.flags.queries import Readers
from plumbline.flags.rules import Recipient, Wanted
from plumbline.kernel import wording

KINDS = ("action_overdue",)
SUBJECT = "action"


def wanted(on: date, *, action_id: int | None = None) -> list[Wanted]:
    """The flags that should be open on a day; with `action_id` only that about one action."""
    rows = queries.overdue(on).select_related("owner__professional", "owner_organisation").order_by("pk")
    if action_id is not None:
        rows = rows.filter(pk=action_id)
    readers = Readers(on)
    return [_wanted(action, readers) for action in rows]


def _wanted(action: Action, readers: Readers) -> Wanted:
    about_child = action.subject_type in rules.CHILD_SUBJECTS
    reason = rules.overdue_reason(
        number=action.pk,
        title=action.title,
        subject=action.subject_label,
        about_child=about_child,
        owner=queries.owner_words(action),
        due_on=action.due_on,
    )
    owner = readers.by_name(action.owner, "owner")
    to = (
        *((owner,) if owner else ()),
        *(
            Recipient(f"role:{role}", role.replace("_", " "))
            for role in rules.told(critical=action.critical, about_child=about_child)
        ),
    )
    return Wanted(
        kind="action_overdue",
        subject_type=SUBJECT,
        subject_id=action.pk,
        reason=reason,
        recipients=to,
        due_on=action.due_on,
    )


def why_closed(flags: Sequence[Flag]) -> Mapping[int, str]:
    """Why what each flag says is no longer so, in a sentence."""
    actions = Action.objects.in_bulk([flag.subject_id for flag in flags if flag.subject_id])
    return {flag.pk: _why(actions.get(flag.subject_id or 0)) for flag in flags}


def _why(action: Action | None) -> str:
    if action is None:
        return "The action is no longer recorded."
    if action.state in (ActionState.DONE, ActionState.VERIFIED):
        return "The action was reported done."
    if action.state == ActionState.CANCELLED:
        return f"The action was cancelled: {action.cancelled_because}"
    return f"The action is now due on {wording.day(action.due_on)}."
