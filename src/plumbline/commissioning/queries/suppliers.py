"""Suppliers, each as one body under all its names; published suppliers that wait for a person; published notices."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    Count,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat

from plumbline.audit.models import Event
from plumbline.commissioning.access import bids_visible_to, tenders_visible_to
from plumbline.commissioning.models import Bid, OcdsParty, OcdsProcess, SupplierMerge, Tender
from plumbline.kernel.errors import NotAllowed
from plumbline.kernel.identifiers import any_form
from plumbline.kernel.names import sort_key
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import Organisation, OrganisationIdentifier, User

READS = (Permission.TENDERS_VIEW, Permission.CONTRACTS_VIEW)
_WAITING = OcdsParty.Match.WAITING
# Names less alike than this are not offered (trigram similarity, 0 to 1).
_ALIKE = 0.3


def _reads(viewer: User, *, on: date) -> bool:
    return any(access.may(viewer, permission, on=on) for permission in READS)


# --- suppliers --------------------------------------------------------------------------------------------------------


def names_under(organisation: OuterRef | int) -> QuerySet[Organisation, Any]:
    """The organisation (for a subquery: that of the row around it), and those merged into it."""
    return Organisation.objects.filter(Q(pk=organisation) | Q(merged_into=organisation)).order_by().values("pk")


def number_of(rows: QuerySet[Any]) -> Coalesce:
    """For an annotation: how many `rows`, a queryset that names the row around it by OuterRef."""
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def suppliers_listed(viewer: User, *, on: date, holding: QuerySet[Any]) -> QuerySet[Organisation]:
    """Everybody that bid, holds a contract (`holding`: the numbers of those, as the viewer may see) or was matched with
    a published supplier: once, under the name in use, with `numbers` ("GB-COH 01234567"), `names` (merged into
    it), `bid_count` (the bids that the viewer sees) and `notice_count`."""
    if not _reads(viewer, on=on):
        return Organisation.objects.none()
    bids = bids_visible_to(viewer, on=on)
    published = OcdsParty.objects.exclude(organisation=None)
    known = Organisation.objects.filter(
        Q(pk__in=bids.order_by().values("supplier")) | Q(pk__in=holding) | Q(pk__in=published.values("organisation"))
    )
    merges = SupplierMerge.objects.filter(undone_at=None)
    body = names_under(OuterRef(OuterRef("pk")))
    numbers = OrganisationIdentifier.objects.filter(organisation__in=body).order_by("scheme", "value")
    return Organisation.objects.filter(
        Q(pk__in=known.values(head=Coalesce("merged_into", "pk"))) | Q(pk__in=merges.values("into")), merged_into=None
    ).annotate(
        numbers=ArraySubquery(numbers.values(said=Concat("scheme", Value(" "), "value"))),
        names=ArraySubquery(Organisation.objects.filter(merged_into=OuterRef("pk")).order_by("name").values("name")),
        bid_count=number_of(bids.filter(supplier__in=body)),
        notice_count=number_of(
            OcdsProcess.objects.filter(
                pk__in=OcdsParty.objects.filter(
                    organisation__in=names_under(OuterRef(OuterRef(OuterRef("pk"))))
                ).values("process")
            )
        ),
    )


def like(rows: QuerySet[Organisation], text: str) -> QuerySet[Organisation]:
    """Those of the suppliers called so, under whichever name, or with such a number."""
    number = "".join(text.split())
    found = Organisation.objects.filter(
        Q(name__named=text)
        | Q(sort_key__contains=sort_key(text))
        | Q(identifiers__value__icontains=number)
        | Q(identifiers__value__in=any_form(text))
    )
    return rows.filter(pk__in=found.values(head=Coalesce("merged_into", "pk")))


def supplier_seen(viewer: User, *, organisation_id: int, on: date, holding: QuerySet[Any]) -> Organisation:
    """One supplier under the name in use, also where asked for by a merged name. Raises NotAllowed."""
    head = Organisation.objects.filter(pk=organisation_id).values(head=Coalesce("merged_into", "pk"))
    found = suppliers_listed(viewer, on=on, holding=holding).filter(pk__in=head).first()
    if found is None:
        raise NotAllowed(f"There is no supplier {organisation_id}.")
    return found


def body_of(supplier: Organisation) -> list[int]:
    """The supplier and all that are read as it."""
    return list(names_under(supplier.pk).values_list("pk", flat=True))


def bidders_not_open_to(viewer: User, *, on: date) -> QuerySet[Organisation]:
    """Suppliers who have bid here, and none of whose bids the viewer may see."""
    open_bids = bids_visible_to(viewer, on=on).order_by().values("supplier")
    return Organisation.objects.filter(pk__in=Bid.objects.values("supplier")).exclude(pk__in=open_bids)


def merges_into(supplier: Organisation) -> QuerySet[SupplierMerge]:
    return (
        SupplierMerge.objects.filter(into=supplier, undone_at=None)
        .select_related("merged", "into", "merged_by")
        .order_by("merged__sort_key")
    )


def merge_seen(viewer: User, *, merge_id: int, on: date) -> SupplierMerge:
    """A merge that was not undone. Raises NotAllowed."""
    found = SupplierMerge.objects.filter(pk=merge_id, undone_at=None).select_related("merged", "into", "merged_by")
    merge = found.first() if _reads(viewer, on=on) else None
    if merge is None:
        raise NotAllowed(f"There is no merge {merge_id}.")
    return merge


def bids_of(viewer: User, *, body: Sequence[int], on: date) -> QuerySet[Bid]:
    return (
        bids_visible_to(viewer, on=on)
        .filter(supplier__in=body)
        .select_related("tender", "supplier")
        .order_by("-received_at", "pk")
    )


def notices_naming(body: Sequence[int]) -> QuerySet[OcdsProcess]:
    named = OcdsParty.objects.filter(organisation__in=body).values("process")
    return OcdsProcess.objects.filter(pk__in=named).order_by("-latest_on", "pk")


def history_of(supplier: Organisation, *, body: Sequence[int], most: int = 200) -> list[Event]:
    """What was done to the supplier under all its names, those that were taken apart again too; newest first."""
    once = SupplierMerge.objects.filter(into=supplier).values_list("merged", flat=True)
    parties = OcdsParty.objects.filter(organisation__in=body).values_list("pk", flat=True)
    wanted = Q(subject_type=Organisation._meta.label_lower, subject_id__in={str(pk) for pk in (*body, *once)})
    wanted |= Q(subject_type=OcdsParty._meta.label_lower, subject_id__in=[str(pk) for pk in parties])
    return list(Event.objects.filter(wanted).order_by("-no")[:most])


def names_of(numbers: Sequence[int]) -> dict[int, str]:
    return dict(Organisation.objects.filter(pk__in=numbers).values_list("pk", "name"))


# --- published suppliers that wait for a person -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """A supplier whose name is like the one asked for, under the name in use. `alike` from 0 to 1 (the same)."""

    pk: int
    name: str
    alike: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """Rows of one published name and the same numbers, which one decision can settle; `party` is the first."""

    party: int
    name: str
    numbers: tuple[str, ...]
    rows: int
    title: str
    buyer: str
    newest: datetime
    nearest: tuple[Known, ...]


def how_many_wait() -> int:
    """How many decisions wait: rows of one name and the same numbers are one."""
    return _groups().count()


def waiting(*, most: int, but: Collection[int] = ()) -> list[Waiting]:
    """The first of them, those named most often first, each with the nearest names known. Two queries."""
    groups = list(_groups()[:most])
    near = nearest([group["name"] for group in groups], but=but)
    return [
        Waiting(
            group["party"],
            group["name"],
            said(group["identifiers"]),
            group["rows"],
            group["title"],
            group["buyer"],
            group["newest"],
            near[group["name"]],
        )
        for group in groups
    ]


def _groups() -> QuerySet[OcdsParty, Any]:
    return (
        OcdsParty.objects.filter(match=_WAITING)
        .order_by()
        .values("name", "identifiers")
        .annotate(
            rows=Count("pk"),
            party=Min("pk"),
            title=Min("process__title"),
            buyer=Min("process__buyer_name"),
            newest=Max("process__latest_on"),
        )
        .order_by("-rows", "name", "party")
    )


def said(identifiers: Sequence[dict[str, str]]) -> tuple[str, ...]:
    return tuple(f"{each['scheme']} {each['id']}" for each in identifiers)


def party_waiting(party_id: int) -> OcdsParty | None:
    return OcdsParty.objects.filter(pk=party_id, match=_WAITING).select_related("process").first()


def alike(party: OcdsParty) -> QuerySet[OcdsParty]:
    """Every waiting row of the same name and numbers, this one too."""
    same = OcdsParty.objects.filter(match=_WAITING, name=party.name, identifiers=party.identifiers)
    return same.select_related("process").order_by("-process__latest_on", "pk")


def nearest(names: Sequence[str], *, most: int = 5, but: Collection[int] = ()) -> dict[str, tuple[Known, ...]]:
    """For each of these names the suppliers most like it, the same name first; a merged name leads to the one in
    use. None of `but`, whom the one who asks may not know of. One query however many names."""
    found: dict[str, dict[int, Known]] = {name: {} for name in names}
    if not names:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """select w.name, h.id, h.name, n.alike
               from unnest(%s::text[], %s::text[]) as w (name, key)
               cross join lateral (
                   select coalesce(o.merged_into_id, o.id) as head, similarity(o.sort_key, w.key) as alike, o.id
                   from people_organisation o where similarity(o.sort_key, w.key) >= %s
                       and o.id <> all(%s) and coalesce(o.merged_into_id, o.id) <> all(%s)
                   order by alike desc, o.id limit %s) n
               join people_organisation h on h.id = n.head
               order by w.name, n.alike desc, n.id""",
            [list(found), [sort_key(name) for name in found], _ALIKE, list(but), list(but), most],
        )
        for name, pk, known, alike in cursor.fetchall():
            found[name].setdefault(pk, Known(pk, known, alike))
    return {name: tuple(known.values()) for name, known in found.items()}


def looked_for(text: str, *, most: int = 10, but: Collection[int] = ()) -> list[tuple[int, str]]:
    """The organisations that a person may mean by a name, a part of one or a number: numbers and names, those that hold
    it first, then those like it; a merged name leads to the one in use."""
    standing = Organisation.objects.filter(merged_into=None).exclude(pk__in=but)
    found = dict(like(standing, text).order_by("sort_key", "pk").values_list("pk", "name")[:most])
    for known in nearest([text], but=but)[text]:
        found.setdefault(known.pk, known.name)
    return list(found.items())[:most]


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided on rows of one name at one moment; `party` is one of them."""

    party: int
    name: str
    match: str
    organisation: str
    by: str
    at: datetime | None
    rows: int


def decided_lately(*, most: int = 20) -> list[Decided]:
    rows = (
        OcdsParty.objects.exclude(decided_at=None)
        .order_by()
        .values("name", "identifiers", "match", "decided_at", known=F("organisation__name"), who=F("decided_by"))
        .annotate(party=Min("pk"), rows=Count("pk"))
        .order_by("-decided_at", "name", "party")
    )
    found = list(rows[:most])
    people = User.objects.in_bulk({row["who"] for row in found} - {None})
    return [
        Decided(
            row["party"],
            row["name"],
            OcdsParty.Match(row["match"]).label,
            row["known"] or "",
            str(people.get(row["who"]) or ""),
            row["decided_at"],
            row["rows"],
        )
        for row in found
    ]


# --- published notices ------------------------------------------------------------------------------------------------


def notices_listed(viewer: User, *, on: date) -> QuerySet[OcdsProcess]:
    """Every process that was published, with `release_count`, `award_count`, `contract_count`, `waiting` and
    `ours`: whether it is of a tender of ours."""
    if not _reads(viewer, on=on):
        return OcdsProcess.objects.none()
    return OcdsProcess.objects.annotate(
        release_count=Count("releases", distinct=True),
        award_count=Count("awards", distinct=True),
        contract_count=Count("contracts", distinct=True),
        ours=Case(When(tender=None, then=False), default=True, output_field=BooleanField()),
        waiting=Count("parties", filter=Q(parties__match=_WAITING), distinct=True),
    )


def notice_seen(viewer: User, *, process_id: int, on: date) -> OcdsProcess:
    """Raises NotAllowed where there is none for this viewer."""
    found = notices_listed(viewer, on=on).select_related("tender", "tied_by").filter(pk=process_id).first()
    if found is None:
        raise NotAllowed(f"There is no published notice {process_id}.")
    return found


def published_of(tender: Tender) -> QuerySet[OcdsProcess]:
    """What was published of a tender of ours, on whichever platform, the latest first."""
    return OcdsProcess.objects.filter(tender=tender).select_related("tied_by").order_by("-latest_on", "ocid")


def tenders_for(viewer: User, *, process: OcdsProcess, asked: str, on: date, most: int = 8) -> list[Tender]:
    """Our tenders that a published process may be of: those asked for by a reference or a part of the title, else those
    called most like it. No draft."""
    ours = tenders_visible_to(viewer, on=on).exclude(state=Tender.State.DRAFT)
    if asked:
        found = ours.filter(Q(reference__icontains=asked) | Q(title__named=asked) | Q(service__named=asked))
        return list(found.order_by("reference")[:most])
    alike = ours.annotate(alike=TrigramSimilarity("title", process.title)).filter(alike__gte=_ALIKE)
    return list(alike.order_by("-alike", "reference")[:most])


def statuses() -> list[tuple[str, str]]:
    """The states that published tenders have, for a filter."""
    found = OcdsProcess.objects.exclude(tender_status="").order_by("tender_status").values_list("tender_status")
    return [(status, status.capitalize()) for (status,) in found.distinct()]
