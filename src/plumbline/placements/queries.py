"""Who was placed where, the queues of what nobody knows enough about, and the answer to "may I place here, now?"."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, F, Func, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from plumbline.flags.models import FlagState, NumberedStep
from plumbline.ofsted import establishments
from plumbline.ofsted.models import Register, Setting, Status, UnregisteredUse
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User
from plumbline.placements import rules
from plumbline.placements.access import children_visible_to, open_on
from plumbline.placements.flag_kinds import REVIEW
from plumbline.placements.known_here import live_exceptions, open_incidents
from plumbline.placements.models import Placement, Stay

_MOST_OTHERS = 20


def placements_visible_to(viewer: User, *, on: date) -> QuerySet[Placement]:
    """Placements of the children that the viewer reaches, on a day. Nothing else exists."""
    if not access.may(viewer, Permission.PLACEMENTS_VIEW, on=on):
        return Placement.objects.none()
    return Placement.objects.filter(child__in=children_visible_to(viewer, on=on))


def unregistered(viewer: User, *, on: date) -> QuerySet[UnregisteredUse]:
    """Unregistered settings in use on a day, the longest first, for the person who may see settings; each with
    `children`, `review_due` (the next weekly senior review of a child there; NULL: none) and `reviewed_at` (the last
    one).
    """
    if not access.may(viewer, Permission.SETTINGS_VIEW, on=on):
        return UnregisteredUse.objects.none()
    there = Stay.objects.filter(open_on(on), setting=OuterRef("setting")).order_by()
    count = there.annotate(n=Func(F("pk"), function="count")).values("n")
    ever_there = Stay.objects.filter(setting=OuterRef(OuterRef("setting"))).values("pk")
    review = NumberedStep.objects.filter(
        code=REVIEW,
        flag__kind="setting_unregistered",
        flag__state=FlagState.OPEN,
        flag__subject_type="placement",
        flag__subject_id__in=ever_there,
    )
    return (
        UnregisteredUse.objects.filter(access.lasting_on(on))
        .select_related("setting")
        .annotate(
            children=Coalesce(Subquery(count), Value(0)),
            review_due=Subquery(review.filter(done_at=None).order_by("due_on").values("due_on")[:1]),
            reviewed_at=Subquery(review.exclude(done_at=None).order_by("-done_at").values("done_at")[:1]),
        )
        .order_by("from_on", "pk")
    )


def answer_for(setting: Setting | None, *, asked: str, on: date) -> dict[str, Any]:
    """What `operations.may_i_place` answers and keeps."""
    if setting is None:
        return {"verdict": "no", "why": [rules.unknown_setting(asked)], "status": Status.UNMATCHED.value}
    closed = establishments.closed(setting.urn) if setting.register == Register.EDUCATION else ""
    verdict, why = rules.answer(
        urn=setting.urn,
        status=setting.status,
        sentences=[why.sentence for why in rules.reasons_of(setting.reasons)],
        evaluated=setting.evaluated_rev == setting.judgements_rev,
        gone_since=setting.gone_since,
        closed=closed,
        last_checked_on=setting.last_checked_on,
        open_incidents=open_incidents(setting, on=on),
        on=on,
    )
    others = (
        Setting.objects.filter(owner=setting.owner_id).exclude(pk=setting.pk).exclude(status=Status.CLEAR)
        if setting.owner_id
        else Setting.objects.none()
    )
    return {
        "verdict": verdict,
        "why": why,
        "status": setting.status,
        "since": setting.status_since.isoformat() if setting.status_since else None,
        "last_checked_on": setting.last_checked_on.isoformat() if setting.last_checked_on else None,
        "gone_since": setting.gone_since.isoformat() if setting.gone_since else None,
        "others": [
            {"urn": other.urn, "name": other.name, "status": other.status}
            for other in others.order_by("status", "urn")[:_MOST_OTHERS]
        ],
        "gone": bool(closed or (setting.gone_since and setting.gone_since <= on)),
        "exceptions": live_exceptions(setting, on=on),
    }


def settings_with_children(*, on: date, setting_ids: Collection[int] | None = None) -> dict[int, tuple[int, date]]:
    """By setting (of these), how many of our children are placed there on a day, and since when the first of them is.

    A count is no child's record: the rooms below are told of it by the ways in.
    """
    stays = Stay.objects.filter(open_on(on), setting__isnull=False)
    rows = (
        (stays if setting_ids is None else stays.filter(setting__in=setting_ids))
        .values("setting")
        .annotate(children=Count("child_id", distinct=True), first=Min("started_on"))
        .order_by("setting")
    )
    return {row["setting"]: (row["children"], row["first"]) for row in rows}
