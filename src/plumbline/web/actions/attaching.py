"""A document attached to an action's note: kept now, or one that was given before."""

from typing import Any

from plumbline.actions import rules
from plumbline.actions.models import Action
from plumbline.audit.moments import shown
from plumbline.evidence import queries
from plumbline.evidence.models import Document, Sensitivity
from plumbline.evidence.operations import keep_document
from plumbline.kernel import wording
from plumbline.web.evidence import files, opened
from plumbline.web.kit.request import Request, acting

_MOST = 100


def may_attach(action: Action) -> bool:
    """Documents about a child belong in the child's record, not on a list that many read."""
    return action.subject_type not in rules.CHILD_SUBJECTS


def choices(request: Request, action: Action) -> list[tuple[str, str]]:
    """The standing documents of the action's organisation (or the council's) that the viewer may open."""
    seen = queries.standing(opened.documents(request.user, on=request.day))
    found = seen.filter(organisation=action.owner_organisation).order_by("-added_at", "-pk")[:_MOST]
    return [(str(each.pk), f"{each.title} ({wording.day(shown(each.added_at))})") for each in found]


def attached(request: Request, action: Action, given: dict[str, Any]) -> Document | None:
    """The document that the form holds; a new one is kept. Raises RuleBroken for a file that cannot be."""
    if upload := given.get("file"):
        shared = Sensitivity.SHARED if action.owner_organisation_id else Sensitivity.COUNCIL
        return keep_document(
            title=f"{action.title}: what shows it",
            file_name=upload.name,
            content=upload.read(),
            folder=files.folder(),
            organisation=action.owner_organisation,
            sensitivity=shared,
            act=acting(request),
        )
    if number := given.get("given"):
        return opened.documents(request.user, on=request.day).get(pk=number)
    return None
