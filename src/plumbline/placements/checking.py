"""Many lines of the monthly check at once, and the lines themselves with the children there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, DateField, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.ofsted import queries
from plumbline.ofsted.models import CheckItem, MonthlyCheck, Status
from plumbline.ofsted.operations import month
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import User
from plumbline.placements.operations import raise_flags
from plumbline.placements.queries import by_gravity, settings_listed


def items_of(viewer: User, *, check: MonthlyCheck, on: date) -> QuerySet[CheckItem]:
    """The worklist: what is left first, the gravest settings at the top; each with `children`."""
    if not access.may(viewer, Permission.MONTHLY_CHECK, on=on):
        return CheckItem.objects.none()
    children = settings_listed(viewer, on=on).filter(pk=OuterRef("setting")).values("children")
    return (
        CheckItem.objects.filter(check_month=check)
        .select_related("setting__owner", "checked_by", "inspection", "document")
        .annotate(
            children=Coalesce(Subquery(children[:1]), Value(0)),
            left=Case(When(outcome="to_do", then=Value(0)), default=Value(1), output_field=IntegerField()),
            gravity=by_gravity("setting__status"),
            today=Value(on, DateField()),
        )
        .order_by("left", "gravity", "setting__urn")
    )


def item_seen(viewer: User, *, item_id: int, on: date) -> CheckItem:
    """One line. Raises NotAllowed where there is none for the viewer."""
    item = CheckItem.objects.select_related("setting", "check_month").filter(pk=item_id).first()
    if item is None or not access.may(viewer, Permission.MONTHLY_CHECK, on=on):
        raise NotAllowed(f"There is no line {item_id} in a monthly check.")
    return item


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many lines were recorded as unchanged, as not opened, and left since nothing is known of the setting."""

    unchanged: int
    not_opened: int
    unknown: int


@operation
def record_unchanged(
    *,
    check_id: int,
    item_ids: Collection[int],
    act: PersonalAct,
    report_link: str = "",
    note: str = "",
    document_id: int | None = None,
) -> Recorded:
    """Of each the report page says nothing new. Those whose page nobody opened are recorded as that; those of which
    nothing is known cannot be unchanged and are left.

    `report_link`: where one was looked up, if not by the worklist's link to its page of Ofsted's reports.
    """
    chosen = CheckItem.objects.filter(check_month=check_id, pk__in=item_ids)
    items = list(chosen.select_related("setting").order_by("pk"))
    if not items:
        raise RuleBroken("Choose at least one setting.", code="nothing_chosen")
    known = [item for item in items if item.setting.status != Status.UNMATCHED]
    if len(items) == 1 and not known:
        known = items  # refused with its sentence
    not_opened = [
        item for item in known if not (report_link or item.opened_at or item.setting.status == Status.UNMATCHED)
    ]
    for item in known:
        if item in not_opened:
            month.check_not_opened(item_id=item.pk, act=act)
            continue
        month.check_unchanged(
            item_id=item.pk,
            report_link=report_link or queries.report_address(item.setting),
            note=note,
            document_id=document_id,
            act=act,
        )
    raise_flags(act=act)
    return Recorded(len(known) - len(not_opened), len(not_opened), len(items) - len(known))


@operation
def record_not_found(*, item_id: int, note: str, act: PersonalAct) -> None:
    """A setting of which nothing is known was looked for, and nothing was found."""
    month.check_not_found(item_id=item_id, note=note, act=act)
    raise_flags(act=act)
