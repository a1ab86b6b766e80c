"""The list of suppliers, and one supplier under all its names: contracts, bids, owner group, notices, history."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db.models import OuterRef, Q, QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.audit.moments import shown
from plumbline.commissioning.models import SupplierMerge
from plumbline.commissioning.operations import suppliers as operations
from plumbline.commissioning.queries import suppliers as queries
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import Contract, ContractSetting, ContractState
from plumbline.contracts.queries.register import contracts_listed, sister_settings
from plumbline.kernel import wording
from plumbline.people.access import Permission, may
from plumbline.people.models import Organisation
from plumbline.web.commissioning.suppliers import words
from plumbline.web.commissioning.suppliers.forms import Merge, Rename, Unmerge
from plumbline.web.commissioning.tenders import words as tenders
from plumbline.web.kit import duties, ratings, tables
from plumbline.web.kit import setting_words as settings
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, ask
from plumbline.web.kit.request import Request, acting, record_number
from plumbline.web.kit.sealed_names import unnamed

# Sister settings of an owner group that are listed by name; more are counted.
_MOST_SISTERS = 20


class Suppliers(tables.Table):
    title = "Suppliers"
    one, many = "supplier", "suppliers"
    columns: Sequence[tables.Column] = (
        tables.Column("name", "Supplier", link=lambda row: reverse("supplier", args=[row.pk]), sort="sort_key",
                      note=lambda row: f"also {', '.join(row.names)}" if row.names else "", note_heading="Other names"),
        tables.Column("numbers", "Numbers", lambda row: ", ".join(row.numbers), absent="none recorded"),
        tables.Column("contract_count", "Contracts in force", numeric=True, sort="contract_count"),
        tables.Column("bid_count", "Bids", numeric=True, sort="bid_count"),
        tables.Column("notice_count", "Published notices", numeric=True, sort="notice_count"),
    )  # fmt: skip
    filters: Sequence[tables.Filter] = (
        tables.Text("q", "Name or number", queries.like),
        tables.YesNo("contracts", "Contracts in force", lambda rows, yes: _any(rows, "contract_count", yes)),
        tables.YesNo("bids", "Bids", lambda rows, yes: _any(rows, "bid_count", yes)),
        tables.YesNo("merged", "Other names", lambda rows, yes: rows.filter(pk__in=Organisation.objects.filter(
            merged_into__isnull=False).values("merged_into")) if yes else rows.filter(merged=None)),
    )  # fmt: skip
    order = "name"
    empty = "Nobody has bid, holds a contract or was named in a published notice."


class SuppliersWithoutBids(Suppliers):
    """For who sees no tender: a nought there would say what is not known."""

    columns = tuple(column for column in Suppliers.columns if column.key != "bid_count")
    filters = tuple(each for each in Suppliers.filters if each.key != "bids")


def _any(rows: QuerySet[Organisation], count: str, yes: bool) -> QuerySet[Organisation]:
    return rows.filter(**{f"{count}__gt": 0}) if yes else rows.filter(**{count: 0})


def _holding(request: Request) -> QuerySet[Any]:
    seen = contracts_visible_to(request.user, on=request.day)
    return seen.order_by().values("provider")


def _in_force(request: Request) -> QuerySet[Contract]:
    on = request.day
    return contracts_visible_to(request.user, on=on).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on, state=ContractState.LIVE
    )


@requires(*queries.READS)
def suppliers(request: Request) -> HttpResponseBase:
    rows = queries.suppliers_listed(request.user, on=request.day, holding=_holding(request)).annotate(
        contract_count=queries.number_of(
            _in_force(request).filter(provider__in=queries.names_under(OuterRef(OuterRef("pk"))))
        )
    )
    sees_bids = may(request.user, Permission.TENDERS_VIEW, on=request.day)
    table = (Suppliers if sees_bids else SuppliersWithoutBids)(request, rows)
    return tables.page(
        request,
        table,
        "commissioning/suppliers/list.html",
        {
            "next": duties.next_of(request, ("suppliers", 0)),
            "some_left_out": sees_bids and not may(request.user, Permission.TENDERS_MANAGE, on=request.day),
            "breadcrumbs": [("Contracts", reverse("contracts")), ("Suppliers", "")],
        },
    )


@requires(*queries.READS)
def supplier(request: Request, pk: int) -> HttpResponseBase:
    found = _supplier(request, pk)
    if found.pk != pk:
        return redirect("supplier", found.pk)
    viewer, on = request.user, request.day
    body = queries.body_of(found)
    contracts = list(contracts_listed(viewer, on=on).filter(provider__in=body).order_by("gravity", "reference"))
    events = queries.history_of(found, body=body)
    return render(
        request,
        "commissioning/suppliers/supplier.html",
        {
            "supplier": found,
            "merges": queries.merges_into(found),
            "sees_bids": may(viewer, Permission.TENDERS_VIEW, on=on),
            "some_left_out": not may(viewer, Permission.TENDERS_MANAGE, on=on),
            "contracts": [
                {
                    "row": row,
                    "url": reverse("contract", args=[row.pk]),
                    "word": ratings.COLOURS[row.colour],
                    "kind": ratings.drawn_as(row.colour),
                    "why": ratings.sentence(row),
                }
                for row in contracts
            ],
            "bids": [
                {"row": bid, "kind": tenders.bid_kind(bid), "url": tenders.bid_address(bid)}
                for bid in queries.bids_of(viewer, body=body, on=on)
            ],
            "owners": _owners(contracts, opens=may(viewer, Permission.SETTINGS_VIEW, on=on)),
            "notices": [{"row": row, "url": reverse("notice", args=[row.pk])} for row in queries.notices_naming(body)],
            "timeline": words.timeline(events, queries.names_of(words.concerned(events))),
            "may_settle": may(viewer, Permission.SUPPLIERS_SETTLE, on=on),
            "breadcrumbs": [("Contracts", reverse("contracts")), ("Suppliers", reverse("suppliers")), (found.name, "")],
        },
    )


def _supplier(request: Request, pk: int) -> Organisation:
    return queries.supplier_seen(request.user, organisation_id=pk, on=request.day, holding=_holding(request))


def _owners(contracts: Sequence[Contract], *, opens: bool) -> list[dict[str, Any]]:
    """Each owner of a setting under these contracts, with those settings and its others."""
    ours = ContractSetting.objects.filter(contract__in=contracts).select_related("setting__owner")
    own = {row.setting_id: row.setting for row in ours.order_by("setting__urn")}
    groups: dict[int, dict[str, Any]] = {}
    for setting, bought in [
        *((setting, True) for setting in own.values()),
        *((setting, False) for setting in sister_settings(own.values()).order_by("sort_key", "urn")),
    ]:
        if setting.owner is None:
            continue
        group = groups.setdefault(setting.owner.pk, {"name": setting.owner.name, "ours": [], "others": [], "more": 0})
        listed = group["ours" if bought else "others"]
        if not bought and len(listed) == _MOST_SISTERS:
            group["more"] += 1
            continue
        listed.append(
            {
                "label": settings.label(setting),
                "url": settings.address(setting) if opens else "",
                "kind": settings.kind(setting.status),
                "word": settings.STATUSES[setting.status],
            }
        )
    return list(groups.values())


# --- merging ----------------------------------------------------------------------------------------------------------


@requires(Permission.SUPPLIERS_SETTLE)
def rename(request: Request, pk: int) -> HttpResponseBase:
    found = _supplier(request, pk)
    address = reverse("supplier", args=[found.pk])
    return ask(
        request,
        Rename(request.POST or None, initial={"name": found.name}),
        Question(
            heading="Another name for this supplier",
            button="Change the name",
            caption=found.name,
            about="For a body that has changed its name, or whose name was typed wrongly. What was published, said or "
            "sent under the name before keeps it.",
            back=address,
            back_words=found.name,
        ),
        do=partial(operations.rename_supplier, organisation_id=found.pk, act=acting(request)),
        done=lambda renamed: f"It is called {renamed.name} now. The name before is kept in its history.",
        to=address,
    )


@requires(Permission.SUPPLIERS_SETTLE)
def merge(request: Request, pk: int) -> HttpResponseBase:
    """The other supplier is looked for by name, then what will be read as one is shown, and the reason asked."""
    found = _supplier(request, pk)
    other = _other(request, found)
    context = {
        "supplier": found, "other": other,
        "breadcrumbs": [("Suppliers", reverse("suppliers")), (found.name, reverse("supplier", args=[found.pk])),
                        ("Merge", "")],
    }  # fmt: skip
    if other is None:
        asked = request.GET.get("q", "").replace("\x00", "").strip()
        but = unnamed(request.user, on=request.day)
        if asked:
            near = queries.looked_for(asked, but=but)
        else:
            near = [(known.pk, known.name) for known in queries.nearest([found.name], most=11, but=but)[found.name]]
        return render(
            request,
            "commissioning/suppliers/merge.html",
            {
                **context,
                "asked": asked,
                "near": [known for known in near if known[0] != found.pk],
            },
        )
    names = {found.pk: found.name, other.pk: other.name}

    def read_as_one(stays: str, because: str) -> SupplierMerge:
        goes = next(number for number in names if number != int(stays))
        return operations.merge_suppliers(merged_id=goes, into_id=int(stays), because=because, act=acting(request))

    return ask(
        request,
        Merge(request.POST or None, both=list(names.items()), initial={"stays": str(found.pk)}),
        (
            "commissioning/suppliers/merge_two.html",
            {**context, "columns": [_weight(request, found), _weight(request, other)]},
        ),
        do=read_as_one,
        done=lambda made: (
            f"{names[made.merged_id]} is read as {names[made.into_id]} from now on. It can be undone here."
        ),
        to=lambda made: reverse("supplier", args=[made.into_id]),
    )


def _other(request: Request, found: Organisation) -> Organisation | None:
    asked = request.GET.get("other", "")
    if not asked:
        return None
    # Not from the list of suppliers: an organisation that has neither bid nor been matched can be the same body.
    others = Organisation.objects.filter(merged_into=None).exclude(pk__in=unnamed(request.user, on=request.day))
    other = others.filter(pk=record_number(asked)).exclude(pk=found.pk).first()
    if other is None:
        raise Http404
    return other


def _weight(request: Request, found: Organisation) -> dict[str, Any]:
    """What goes with a name: shown before two are read as one."""
    viewer, on = request.user, request.day
    body = queries.body_of(found)
    names = queries.names_of([pk for pk in body if pk != found.pk])
    return {
        "name": found.name,
        "names": sorted(names.values()),
        "numbers": [f"{each.scheme} {each.value}" for each in found.identifiers.order_by("scheme", "value")],
        "contracts": contracts_visible_to(viewer, on=on).filter(provider__in=body).count(),
        "bids": queries.bids_of(viewer, body=body, on=on).count(),
        "notices": queries.notices_naming(body).count(),
    }


@requires(Permission.SUPPLIERS_SETTLE)
def unmerge(request: Request, merge_id: int) -> HttpResponseBase:
    found = queries.merge_seen(request.user, merge_id=merge_id, on=request.day)
    address = reverse("supplier", args=[found.into_id])
    since = wording.moment(shown(found.merged_at))
    return ask(
        request,
        Unmerge(request.POST or None),
        Question(
            heading="Undo this merge",
            button="Make them two again",
            about=[
                f"{found.merged.name} is read as {found.into.name} since {since}, by {found.merged_by}: "
                f"{found.because}",
                "Undone, each has its own contracts, bids and notices again.",
            ],
            back=address,
            back_words=found.into.name,
        ),
        do=partial(operations.undo_merge, merge_id=found.pk, act=acting(request)),
        done=f"{found.merged.name} is a supplier of its own again.",
        to=address,
    )
