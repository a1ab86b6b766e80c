"""Settings, placements, exceptions and flags as their readers may see them, each with what it is shown with; and the
answer to "may I place here, now?".
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from plumbline.audit.models import Event
from plumbline.flags.models import Flag, FlagFor, FlagState, NumberedStep
from plumbline.flags.queries import flags_visible_to
from plumbline.kernel.errors import NotAllowed
from plumbline.kernel.names import sort_key
from plumbline.ofsted import establishments
from plumbline.ofsted.models import Owner, Register, Setting, Status, StatusPeriod, UnregisteredUse
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.acting import over_all_records
from plumbline.people.models import Child, NumberedChild, Professional, User
from plumbline.placements import rules
from plumbline.placements.access import children_visible_to, open_on
from plumbline.placements.flag_kinds import REVIEW
from plumbline.placements.known_here import live_exceptions, open_incidents
from plumbline.placements.models import Enquiry, Leave, Placement, PlacementException, Stay

_MOST_OTHERS = 20

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Listed(TypedDict):
        children: int
        gravity: int
        not_ours: int
        today: date

    class _Placed(TypedDict):
        child_name: str
        today: date
        gravity: int

    class _Begun(_Placed):
        status_at_start: str

    class _About(TypedDict):
        setting_pk: int | None
        setting_name: str | None
        setting_register: str | None
        setting_type: str | None
        child_name: str | None
        child_restricted: bool
        worker: str | None
        worker_name: str | None
        today: date
        due_if_open: date | None

    class _Excepted(TypedDict):
        child_name: str
        today: date
        times_used: int

    ListedSetting = WithAnnotations[Setting, _Listed]
    ListedPlacement = WithAnnotations[Placement, _Placed]
    WithStart = WithAnnotations[Placement, _Begun]
    ListedFlag = WithAnnotations[Flag, _About]
    ListedException = WithAnnotations[PlacementException, _Excepted]

# Worst first, as lists of settings begin.
GRAVITY = tuple(Status.values)


def by_gravity(field: str) -> Case:
    """An expression to order by: 0 for the gravest status."""
    return Case(
        *(When(**{field: status}, then=Value(rank)) for rank, status in enumerate(GRAVITY)),
        default=Value(len(GRAVITY)),
        output_field=IntegerField(),
    )


def _name_of(children: QuerySet[Child], child_id: str) -> Subquery:
    """The child's name where it is one of `children`, else NULL."""
    name = NullIf(Trim(Concat("forename", Value(" "), "surname")), Value(""))
    return Subquery(
        children.filter(pk=OuterRef(child_id)).values(shown=Coalesce(name, Value("Name not recorded")))[:1],
        output_field=CharField(),
    )


def _children_now(on: date, outer: str = "pk") -> Coalesce:
    placed = Stay.objects.filter(open_on(on), setting=OuterRef(outer)).values("setting")
    return Coalesce(Subquery(placed.values(number=Count("child_id", distinct=True))), Value(0))


def _status_on(day: date | OuterRef) -> Coalesce:
    """Where the setting of a placement stood on a day."""
    then = StatusPeriod.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=day), setting=OuterRef("setting"), from_on__lte=day
    )
    return Coalesce(Subquery(then.values("status")[:1]), Value("unmatched"))


# --- settings ---------------------------------------------------------------------------------------------------------


def settings_listed(viewer: User, *, on: date) -> "QuerySet[ListedSetting]":
    """Every setting, with `children`: how many are placed there on the day. A count is no child's record."""
    listed = Setting.objects.select_related("owner").annotate(
        children=_children_now(on),
        gravity=by_gravity("status"),
        not_ours=Case(When(children=0, then=Value(1)), default=Value(0), output_field=IntegerField()),
        today=Value(on, DateField()),
    )
    return listed if access.may(viewer, Permission.SETTINGS_VIEW, on=on) else listed.none()


def local_authorities() -> list[str]:
    return sorted(set(Setting.objects.exclude(local_authority="").values_list("local_authority", flat=True)))


def setting_seen(viewer: User, *, register: str, urn: str, on: date) -> "ListedSetting":
    """One setting as `settings_listed` gives it. Raises NotAllowed where there is none for the viewer."""
    setting = settings_listed(viewer, on=on).filter(register=register, urn=urn.upper()).first()
    if setting is None:
        raise NotAllowed(f"There is no setting {urn}.")
    return setting


def settings_of_owner(viewer: User, *, owner: Owner, other_than: Setting, on: date) -> "QuerySet[ListedSetting]":
    return settings_listed(viewer, on=on).filter(owner=owner).exclude(pk=other_than.pk).order_by("gravity", "urn")


def settings_matching(viewer: User, *, words: str, on: date, most: int = 20) -> "list[ListedSetting]":
    """The settings that a URN or part of a name may mean; an exact URN first."""
    found = settings_listed(viewer, on=on).filter(Q(urn=words.upper()) | Q(name__named=words))
    exact = Case(When(urn=words.upper(), then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(found.order_by(exact, "not_ours", "gravity", "name", "pk")[:most])


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


def unregistered(viewer: User, *, on: date) -> QuerySet[UnregisteredUse]:
    """Unregistered settings in use on a day, the longest first, for the person who may see settings; each with
    `children`, `review_due` (the next weekly senior review of a child there; NULL: none) and `reviewed_at` (the last
    one).
    """
    if not access.may(viewer, Permission.SETTINGS_VIEW, on=on):
        return UnregisteredUse.objects.none()
    reviews = reviews_at(OuterRef(OuterRef("setting")))
    return (
        UnregisteredUse.objects.filter(access.lasting_on(on))
        .select_related("setting")
        .annotate(
            children=_children_now(on, outer="setting"),
            review_due=Subquery(reviews.filter(done_at=None).order_by("due_on").values("due_on")[:1]),
            reviewed_at=Subquery(reviews.exclude(done_at=None).order_by("-done_at").values("done_at")[:1]),
        )
        .order_by("from_on", "pk")
    )


def reviews_at(setting: int | OuterRef) -> QuerySet[NumberedStep]:
    """The senior reviews of the children at an unregistered setting, held and to come (or of an outer reference, from
    two queries out)."""
    there = Stay.objects.filter(setting=setting).values("pk")
    return NumberedStep.objects.filter(
        code=REVIEW,
        flag__kind="setting_unregistered",
        flag__state=FlagState.OPEN,
        flag__subject_type="placement",
        flag__subject_id__in=there,
    )


def contacts_with_provider(setting: Setting) -> list[Event]:
    """The conversations with a setting's provider about its risks, newest first: who, when, and what came of it."""
    return list(
        Event.objects.filter(
            subject_type=Setting._meta.label_lower, subject_id=str(setting.pk), kind="placements.provider.contacted"
        ).order_by("-no")
    )


@dataclass(frozen=True, slots=True)
class Told:
    """Of the open flags about children placed at a setting: how many, how many of those told have read, of how many."""

    flags: int
    read: int
    told: int


@over_all_records
def told_of(setting: Setting, *, on: date) -> Told:
    """How far the telling of a setting's flags has come; counts only, so that it is no child's record."""
    there = Stay.objects.filter(open_on(on), setting=setting).values("pk")
    counted = Flag.objects.filter(state=FlagState.OPEN, subject_type="placement", subject_id__in=there).aggregate(
        flags=Count("pk", distinct=True),
        told=Count("recipients", filter=Q(recipients__to_at=None)),
        read=Count("recipients", filter=Q(recipients__to_at=None, recipients__acknowledged_at__isnull=False)),
    )
    return Told(**counted)


# --- placements -------------------------------------------------------------------------------------------------------


def placements_visible_to(viewer: User, *, on: date) -> QuerySet[Placement]:
    """Placements of the children that the viewer reaches, on a day. Nothing else exists."""
    if not access.may(viewer, Permission.PLACEMENTS_VIEW, on=on):
        return Placement.objects.none()
    return Placement.objects.filter(child__in=children_visible_to(viewer, on=on))


def placements_listed(viewer: User, *, on: date) -> "QuerySet[ListedPlacement]":
    """The same, each with `child_name` and `today`."""
    return (
        placements_visible_to(viewer, on=on)
        .select_related("setting", "exception", "caseworker")
        .annotate(
            child_name=_name_of(children_visible_to(viewer, on=on), "child_id"),
            today=Value(on, DateField()),
            gravity=Coalesce(by_gravity("setting__status"), Value(0)),
        )
    )


def placements_on(rows: QuerySet[Placement], day: date) -> QuerySet[Placement]:
    """Of these, who was placed on a day, each with `status_then`: how the setting was judged on that day."""
    return rows.filter(open_on(day)).annotate(status_then=_status_on(day), day=Value(day, DateField()))


def placement_seen(viewer: User, *, placement_id: int, on: date) -> "WithStart":
    """One placement as `placements_listed` gives it, with where the setting stood when it began as `status_at_start`.
    Raises NotAllowed where there is none for the viewer."""
    placement = (
        placements_listed(viewer, on=on)
        .select_related("child", "setting__owner", "origin")
        .annotate(status_at_start=_status_on(OuterRef("started_on")))
        .filter(pk=placement_id)
        .first()
    )
    if placement is None:
        raise NotAllowed(f"There is no placement {placement_id}.")
    return placement


def placements_at(viewer: User, *, setting: Setting, on: date) -> QuerySet[Placement]:
    """Those placed at a setting now, of the children that the viewer may see."""
    return placements_listed(viewer, on=on).filter(open_on(on), setting=setting).order_by("started_on", "pk")


def children_to_place(viewer: User, *, words: str, on: date, most: int = 20) -> list[Child]:
    """The children that the viewer may see whose number is, or whose name holds, these words."""
    words = words.strip()
    if not words or not access.may(viewer, Permission.PLACEMENTS_VIEW, on=on):
        return []
    called = Q()
    for word in words.replace(",", " ").split():
        called &= Q(sort_key__contains=sort_key(word))
    found = children_visible_to(viewer, on=on).filter(Q(source_id__iexact=words) | called)
    return list(found.order_by("sort_key", "pk")[:most])


def child_to_place(viewer: User, *, child_id: int, on: date) -> Child:
    child = children_visible_to(viewer, on=on).filter(pk=child_id).first()
    if child is None or not access.may(viewer, Permission.PLACEMENTS_VIEW, on=on):
        raise NotAllowed(f"There is no child {child_id}.")
    return child


# --- exceptions, and "may I place here?" ------------------------------------------------------------------------------


def exceptions_listed(viewer: User, *, on: date) -> "QuerySet[ListedException]":
    """Exceptions for children that the viewer may see, each with `child_name`."""
    children = children_visible_to(viewer, on=on)
    listed = (
        PlacementException.objects.filter(child__in=children)
        .select_related("setting", "asked_by", "decided_by")
        .annotate(
            child_name=_name_of(children, "child_id"), today=Value(on, DateField()), times_used=Count("placements")
        )
    )
    return listed if access.may(viewer, Permission.PLACEMENTS_VIEW, on=on) else listed.none()


def exception_seen(viewer: User, *, exception_id: int, on: date) -> PlacementException:
    exception = exceptions_listed(viewer, on=on).select_related("child").filter(pk=exception_id).first()
    if exception is None:
        raise NotAllowed(f"There is no exception {exception_id}.")
    return exception


def exceptions_for_setting(viewer: User, *, setting: Setting, on: date) -> QuerySet[PlacementException]:
    return exceptions_listed(viewer, on=on).filter(setting=setting).order_by("-asked_at")


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
            for other in others.order_by(by_gravity("status"), "urn")[:_MOST_OTHERS]
        ],
        "gone": bool(closed or (setting.gone_since and setting.gone_since <= on)),
        "exceptions": live_exceptions(setting, on=on),
    }


def enquiry_seen(viewer: User, *, number: int, on: date) -> Enquiry:
    """An answer given; to whom it was given, and to those who see placements beyond their own children."""
    enquiry = Enquiry.objects.select_related("setting__owner", "asked_by").filter(number=number).first()
    wide = access.reaches(viewer, on=on) & {"placements", "all"}
    if (
        enquiry is None
        or not access.may(viewer, Permission.SETTINGS_VIEW, on=on)
        or not (enquiry.asked_by_id == viewer.pk or wide)
    ):
        raise NotAllowed(f"There is no answer {number}.")
    return enquiry


def enquiries_of(viewer: User, *, most: int = 5) -> list[Enquiry]:
    return list(Enquiry.objects.filter(asked_by=viewer).select_related("setting").order_by("-number")[:most])


# --- flags, with what they are about ----------------------------------------------------------------------------------


def flags_listed(viewer: User, *, on: date) -> "QuerySet[ListedFlag]":
    """The flags that the viewer may see, each with its setting, its worker, and the child's name where it may be known.

    `child_name` is NULL for those who do not reach the child; `setting_pk`, `setting_name`, `setting_register`,
    `setting_type` and `worker`, `worker_name` are NULL where there is none.
    """
    of_placement = Stay.objects.filter(pk=OuterRef("subject_id")).values("setting")[:1]
    of_exception = Leave.objects.filter(pk=OuterRef("subject_id")).values("setting")[:1]
    worker = FlagFor.objects.filter(flag=OuterRef("pk"), to_at=None).exclude(recipient__startswith="role:")
    setting = Setting.objects.filter(pk=OuterRef("setting_pk"))
    return flags_visible_to(viewer, on=on).annotate(
        setting_pk=Case(
            When(subject_type="placement", then=Subquery(of_placement)),
            When(subject_type="exception", then=Subquery(of_exception)),
            When(subject_type="setting", then=F("subject_id")),
            output_field=BigIntegerField(),
        ),
        setting_name=Subquery(setting.values("name")[:1]),
        setting_register=Subquery(setting.values("register")[:1]),
        setting_type=Subquery(setting.values("provision_type")[:1]),
        child_name=_name_of(children_visible_to(viewer, on=on), "child_id"),
        child_restricted=Exists(NumberedChild.objects.filter(pk=OuterRef("child_id"), restricted=True)),
        worker=Subquery(worker.order_by("pk").values("recipient")[:1]),
        worker_name=Subquery(Professional.objects.filter(source_id=OuterRef("worker")).values("name")[:1]),
        today=Value(on, DateField()),
        due_if_open=Case(When(state=FlagState.OPEN, then=F("due_on"))),
    )


def flag_seen(viewer: User, *, flag_id: int, on: date) -> "ListedFlag":
    flag = flags_listed(viewer, on=on).filter(pk=flag_id).first()
    if flag is None:
        raise NotAllowed(f"There is no flag {flag_id}.")
    return flag


def setting_of_flag(flag: "ListedFlag") -> Setting | None:
    """The setting of a flag that `flag_seen` gave."""
    if flag.setting_pk is None:
        return None
    return Setting.objects.select_related("owner").filter(pk=flag.setting_pk).first()


def child_of_flag(viewer: User, *, flag: Flag, on: date) -> Child | None:
    return children_visible_to(viewer, on=on).filter(pk=flag.child_id).first() if flag.child_id else None
