"""What actions give people to do."""

from collections.abc import Collection, Iterable
from datetime import date

from plumbline.actions import rules
from plumbline.actions.models import Action, ActionState
from plumbline.actions.states import OUTSTANDING
from plumbline.kernel.duties import Duty, Gravity, Source, organisation, permitted, person
from plumbline.kernel.wording import day
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import Tie


def duties(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """For its owner what is to be done; for those who verify what was reported done."""
    rows = Action.objects.filter(state__in=[*OUTSTANDING, ActionState.DONE]).order_by("pk")
    found = list(rows if keys is None else rows.filter(pk__in=keys))
    tied = _tied([each for each in found if each.state == ActionState.DONE and _about_child(each)], on)
    for action in found:
        if action.state in OUTSTANDING:
            yield from _to_do(action)
        else:
            yield from _to_verify(action, tied)


def _about_child(action: Action) -> bool:
    return action.subject_type in rules.CHILD_SUBJECTS


def _to_do(action: Action) -> Iterable[Duty]:
    if action.owner_id:
        whose = person(action.owner_id)
    elif action.owner_organisation_id and not _about_child(action):
        whose = organisation(action.owner_organisation_id)
    else:
        return
    if action.state == ActionState.SENT_BACK:
        why = "It was sent back: see what is missing."
    else:
        why = "Children may be at risk until it is done." if action.critical else action.get_origin_type_display()
    yield Duty(
        kind="action.do",
        subject=("action", action.pk),
        whose=whose,
        matter=_matter(action),
        key=action.pk,
        what=action.title,
        why=why,
        called=action.subject_label,
        due=action.due_on,
        gravity=Gravity.UNSEEN if action.critical else Gravity.AGREED,
        deed="Open the action",
        place=f"action {action.pk}",
        here="See what is missing, and report it done again"
        if action.state == ActionState.SENT_BACK
        else "Report it done as soon as it is",
    )


def _to_verify(action: Action, tied: dict[tuple[str, int], list[int]]) -> Iterable[Duty]:
    """None who owns it or did it verifies it; of one about a child only those tied to that record."""
    verifies = Permission.ACTIONS_VERIFY
    if _about_child(action):
        whose = [person(pk, verifies) for pk in tied.get((action.subject_type, action.subject_id), ())]
    else:
        whose = [permitted(verifies)]
    for each in whose:
        yield Duty(
            kind="action.verify",
            subject=("action", action.pk),
            whose=each,
            matter=_matter(action),
            key=action.pk,
            what=f"Verify that it is done: {action.title}",
            called=action.subject_label,
            why=f"Reported done, waiting since {day(action.done_on)}." if action.done_on else "Reported done.",
            gravity=Gravity.AGREED,
            deed="Look at it",
            place=f"action {action.pk}",
            here="Look at what was done; verify it, or send it back",
            but=tuple(pk for pk in (action.owner_id, action.done_by_id) if pk),
        )


def _matter(action: Action) -> tuple[str, int]:
    return action.subject_type, action.subject_id


def _tied(found: list[Action], on: date) -> dict[tuple[str, int], list[int]]:
    tied: dict[tuple[str, int], list[int]] = {}
    subjects = {_matter(action) for action in found}
    if not subjects:
        return tied
    ties = Tie.objects.filter(
        access.held_on(on),
        subject_type__in={kind for kind, _ in subjects},
        subject_id__in={number for _, number in subjects},
    ).order_by("user")
    for kind, number, user in ties.values_list("subject_type", "subject_id", "user").distinct():
        tied.setdefault((kind, number), []).append(user)
    return tied


SOURCES = (
    Source(
        name="actions", of=duties,
        watched={
            "actions_action": "select id as key from changed",
            "people_tie": "select a.id as key from changed c join actions_action a on a.subject_type = c.subject_type"
                          " and a.subject_id = c.subject_id where a.state = 'done'",
        },
    ),
)  # fmt: skip
