"""Taking a published list of Ofsted, and applying the rules again where a day or the rules have moved on.

Called through `placements.operations.take_judgements` and its like only, which then finds the children.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from plumbline.intake.models import Import
from plumbline.ofsted import evaluation, list_days, listing, overruled
from plumbline.ofsted.comparing import Differences, Said, compare_lists
from plumbline.ofsted.evaluation import StatusChange
from plumbline.ofsted.models import (
    MonthlyCheck,
    OfstedList,
    Setting,
)
from plumbline.ofsted.overruled import Overruled
from plumbline.ofsted.rules import RULE_VERSION
from plumbline.ofsted.staging import ListRead
from plumbline.people.act import Act
from plumbline.people.acting import operation


@dataclass(frozen=True, slots=True)
class ListTaken:
    """`rows` counts the list's rows: added, changed, unchanged. `differences`: from the list before, if any.
    `overruled`: what was entered by hand, and the list says otherwise; `withstood`: the same, entered after the list's
    day, so that it counts."""

    ofsted_list: OfstedList
    rows: Mapping[str, int]
    status_changes: tuple[StatusChange, ...]
    differences: Differences | None
    overruled: tuple[Overruled, ...]
    withstood: tuple[Overruled, ...]


@operation
def record_list(
    *, read: ListRead, import_run: Import, into: OfstedList | None = None, proves_to: date | None = None, act: Act
) -> ListTaken:
    """Take one list whole, or rows of the list `into` that could not be taken with it. `proves_to`: the last day for
    which it proves a check, where that is not its own. Raises RuleBroken (future_date) for a list of a day that is
    still to come.

    An older list than those known fills history and overwrites nothing newer; the same list again changes nothing.
    """
    list_days.check_list_day(read.as_at, on=act.on)
    taken = listing.take(read, import_run_id=import_run.pk, into=into, proves_to=proves_to)
    others = OfstedList.objects.filter(register=read.register, whole=True)
    moved: set[date] = set()
    changes = evaluation.evaluate(
        listing.in_stage_to_evaluate(rule_version=RULE_VERSION),
        on=act.on,
        moved=moved,
        days=set(others.values_list("as_at", flat=True)),
    )
    overruled.record(taken.overruled, import_run=import_run, by=act.by, at=act.at)
    differences = _compare(taken.ofsted_list)
    _compare_others(taken.ofsted_list, moved)
    for check in MonthlyCheck.objects.filter(month=act.on.replace(day=1), completed_at=None):
        check.lists.add(taken.ofsted_list)
    rows = _count(read, taken)
    if taken.new_list or rows["added"] or rows["changed"]:
        act.record(
            "ofsted.list.taken",
            subject=taken.ofsted_list,
            because=import_run.because,
            as_at=read.as_at.isoformat(),
            family=read.family,
            rows=rows,
            status_changes=len(changes),
        )
    return ListTaken(
        taken.ofsted_list, rows, tuple(changes), differences, tuple(taken.overruled), tuple(taken.withstood)
    )


def _count(read: ListRead, taken: listing.Taken) -> dict[str, int]:
    """Row by row: a list of settings adds settings, a list of inspections adds inspections."""
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    changed_urns = taken.changed | {urn for urn, _, _ in taken.new_events | taken.changed_events}
    for row in read.rows:
        if read.whole:
            new, changed = row.urn in taken.added, row.urn in changed_urns
        else:
            events = {(row.urn, str(told.kind), told.inspected_on) for told in row.inspections}
            new = bool(events & taken.new_events) or row.urn in taken.added
            changed = bool(events & taken.changed_events) or row.urn in taken.changed
        counts["added" if new else "changed" if changed else "unchanged"] += 1
    return counts


def _compare(ofsted_list: OfstedList) -> Differences | None:
    """How a whole list differs from the one before it, where both cover; kept as counts."""
    if not ofsted_list.whole:
        return None
    earlier = OfstedList.objects.filter(
        family=ofsted_list.family, register=ofsted_list.register, whole=True, as_at__lt=ofsted_list.as_at
    ).order_by("-as_at", "-pk")
    before = next((other for other in earlier if _covers_alike(other, ofsted_list)), None)
    if before is None:
        return None
    both = (
        {*before.regions, *ofsted_list.regions}
        if not before.regions or not ofsted_list.regions
        else (set(before.regions) & set(ofsted_list.regions))
    )
    differences = compare_lists(before=_said(before, both), after=_said(ofsted_list, both))
    counts = {
        "new": len(differences.new), "gone": len(differences.gone), "better": len(differences.better),
        "worse": len(differences.worse), "newly_adverse": len(differences.newly_adverse),
        "unchanged": len(differences.unchanged), "newly_adverse_urns": list(differences.newly_adverse),
    }  # fmt: skip
    if (ofsted_list.compared_with_id, ofsted_list.differences) != (before.pk, counts):
        ofsted_list.compared_with, ofsted_list.differences = before, counts
        ofsted_list.save(update_fields=["compared_with", "differences"])
    return differences


def _compare_others(ofsted_list: OfstedList, moved: Collection[date]) -> None:
    """The next newer list is now compared with this one, whichever was read first; and where a list told us how
    settings had been on the day of another (`moved`), the comparisons with that day are made again.
    """
    others = OfstedList.objects.filter(register=ofsted_list.register, whole=True).exclude(pk=ofsted_list.pk)
    again = {
        other.pk: other
        for other in others.select_related("compared_with")
        if other.as_at in moved or (other.compared_with and other.compared_with.as_at in moved)
    }
    later = others.filter(family=ofsted_list.family, as_at__gt=ofsted_list.as_at).order_by("as_at", "pk")
    following = next((other for other in later if _covers_alike(other, ofsted_list)), None)
    if ofsted_list.whole and following is not None:
        again[following.pk] = following
    for other in again.values():
        _compare(other)


def _covers_alike(one: OfstedList, other: OfstedList) -> bool:
    return not one.regions or not other.regions or bool(set(one.regions) & set(other.regions))


def _said(ofsted_list: OfstedList, regions: Collection[str]) -> dict[str, Said]:
    return {urn: Said(*said) for urn, said in listing.said_by(ofsted_list, regions=regions).items()}


@operation
def reevaluate(*, act: Act, everything: bool = False) -> list[StatusChange]:
    """Apply the rules where something is not evaluated, the rules are newer, or the day has moved a status on.

    `everything`: to every setting, whatever is kept.
    """
    ids = list(Setting.objects.values_list("pk", flat=True)) if everything else evaluation.to_evaluate(on=act.on)
    changes = evaluation.evaluate(ids, on=act.on)
    if changes:
        act.record("ofsted.settings.reevaluated", settings=len(ids), status_changes=len(changes))
    return changes
