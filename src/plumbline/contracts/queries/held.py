"""Texts that nobody reads yet, since their writer may not see every name that they must not hold."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from plumbline.contracts.models import HeldText, IncidentChild, IncidentState
from plumbline.contracts.queries import incidents
from plumbline.people.acting import over_all_records
from plumbline.people.models import Child, User
from plumbline.people.queries import children_visible_to

# What is in the text's place.
HELD = "This text is shown once someone who may see the children and the staff concerned has read it."


def names_for(writer: User | None, *, named: Iterable[Child], staff_hidden: bool, on: date) -> tuple[set[int], bool]:
    """The numbers of those children whose names the writer may see, and whether there are names that they may not."""
    children = {child.pk for child in named}
    if writer is None:
        return children, False
    seen = set(children_visible_to(writer, on=on).filter(pk__in=children).values_list("pk", flat=True))
    return seen, seen != children or staff_hidden


def to_read(viewer: User, *, visible: QuerySet[Child], on: date) -> QuerySet[HeldText]:
    """The texts that wait for someone who sees every child concerned (and, of an incident with staff named in its
    account, may read that), the oldest first. `visible`: the children whom the viewer may see."""
    of_incident = (
        (Q(child=None, incident__in=incidents.incidents_visible_to(viewer, on=on)) | Q(child__in=visible))
        & ~Q(incident__in=_concerning_others(visible))
        & ~Q(incident__state=IncidentState.ASIDE)
        & (Q(incident__contract__child=None) | Q(incident__contract__child__in=visible))
    )
    waiting = HeldText.objects.filter(of_incident | Q(case__child__in=visible), settled_at=None).select_related(
        "incident__contract", "case__evaluation__contract", "written_by", "child"
    )
    without = [
        each.pk
        for each in waiting
        if each.incident
        and each.incident.staff_involved
        and not incidents.may_read_narrative(viewer, each.incident, on=on)
        and each.child_id is None
        and not each.incident.children.filter(child__in=visible).exists()
    ]
    return waiting.exclude(pk__in=without).order_by("written_at", "pk")


@over_all_records
def _concerning_others(visible: QuerySet[Child]) -> set[int]:
    """Of the incidents that texts are held of: the numbers of those that concern a child who is not among these."""
    waiting = HeldText.objects.filter(settled_at=None, incident__isnull=False).values("incident")
    others = IncidentChild.objects.filter(incident__in=waiting).exclude(child__in=visible)
    return set(others.values_list("incident", flat=True))


def names_of(text: HeldText) -> set[str]:
    """Every name that the text may not hold: the person who reads it may see them."""
    if text.case is not None:
        return {text.case.child.name} if text.case.child else set()
    incident = text.incident
    if incident is None:
        return set()
    also = (text.child,) if text.child else ()
    return incidents.names_to_keep_out(incident, incident.contract, staff=incident.staff_involved, children=also)


def about(text: HeldText) -> str:
    """What it belongs to, in words that name nobody."""
    if text.incident is not None:
        return f"{text.incident.reference}, contract {text.incident.contract.reference}"
    return f"Case {text.case.reference}" if text.case else ""
