"""What was published under the open contracting standard: the list, and one process with all its releases."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.commissioning.models import OcdsParty, OcdsProcess
from plumbline.commissioning.queries import suppliers as queries
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.operations import register
from plumbline.contracts.queries import register as contracts
from plumbline.people.access import Permission, may
from plumbline.web.commissioning.suppliers import words
from plumbline.web.commissioning.suppliers.forms import NONE, TieContract, TieNotice
from plumbline.web.kit import navigation, tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, act, ask
from plumbline.web.kit.request import Request, acting


class Notices(tables.Table):
    title = "Published notices"
    one, many = "published process", "published processes"
    columns = (
        tables.Column("title", "What is bought", lambda row: row.title or row.ocid, sort=("title", "ocid"),
                      link=lambda row: reverse("notice", args=[row.pk]), note="ocid", note_heading="Number"),
        tables.Column("buyer_name", "Buyer", sort="buyer_name", absent="not named"),
        tables.Column("tender_status", "Status", lambda row: row.tender_status.capitalize(), sort="tender_status",
                      kind=lambda row: words.notice_kind(row.tender_status), absent="not said"),
        tables.Column("ours", "Of our tenders", sort="ours"),
        tables.Column("award_count", "Awards", numeric=True, sort="award_count"),
        tables.Column("contract_count", "Contracts", numeric=True, sort="contract_count"),
        tables.Column("waiting", "Suppliers to decide", numeric=True, sort="waiting"),
        tables.Column("latest_on", "Latest release", sort="latest_on"),
    )  # fmt: skip
    filters = (
        tables.Text("q", "Title or number", lambda rows, text: rows.filter(title__named=text)
                    | rows.filter(ocid__icontains=text)),
        tables.Text("buyer", "Buyer", "buyer_name__named"),
        tables.Choice("status", "Status", "tender_status", choices=queries.statuses),
        tables.YesNo("ours", "Of our tenders", "ours"),
        tables.YesNo("contracts", "Contracts", lambda rows, yes: rows.filter(contract_count__gt=0) if yes
                     else rows.filter(contract_count=0)),
        tables.YesNo("waiting", "Suppliers to decide", lambda rows, yes: rows.filter(waiting__gt=0) if yes
                     else rows.filter(waiting=0)),
    )  # fmt: skip
    order = "-latest_on"
    empty = "No notice has been taken in."


@requires(*queries.READS)
def notices(request: Request) -> HttpResponseBase:
    table = Notices(request, queries.notices_listed(request.user, on=request.day))
    return tables.page(
        request,
        table,
        "commissioning/suppliers/notices.html",
        {
            "may_settle": may(request.user, Permission.SUPPLIERS_SETTLE, on=request.day),
            "breadcrumbs": [("Contracts", reverse("contracts")), ("Published notices", "")],
        },
    )


@requires(*queries.READS)
def notice(request: Request, pk: int) -> HttpResponseBase:
    found = queries.notice_seen(request.user, process_id=pk, on=request.day)
    releases = list(found.releases.select_related("import_run").order_by("-dated", "-release_id"))
    parties = list(found.parties.select_related("organisation__merged_into", "decided_by").order_by("name", "pk"))
    return render(
        request,
        "commissioning/suppliers/notice.html",
        {
            "process": found,
            "kind": words.notice_kind(found.tender_status),
            "releases": releases,
            "awards": [{"row": row, "value": words.value(row)} for row in found.awards.order_by("dated", "award_id")],
            "contracts": _contracts(request, found),
            "parties": [_party(row) for row in parties],
            "tender_url": _tender_url(request, found),
            "may_tie": may(request.user, Permission.TENDERS_MANAGE, on=request.day),
            "may_settle": may(request.user, Permission.SUPPLIERS_SETTLE, on=request.day),
            "breadcrumbs": [("Published notices", reverse("notices")), (found.title or found.ocid, "")],
        },
    )


def _tender_url(request: Request, found: OcdsProcess) -> str:
    sees = may(request.user, Permission.TENDERS_VIEW, on=request.day)
    return reverse("tender", args=[found.tender_id]) if found.tender_id and sees else ""


@requires(Permission.TENDERS_MANAGE)
def notice_tender(request: Request, pk: int) -> HttpResponseBase:
    """Of which of our tenders it is: those called like it first, another by its reference or title."""
    found = queries.notice_seen(request.user, process_id=pk, on=request.day)
    asked = request.GET.get("q", "").replace("\x00", "").strip()
    near = queries.tenders_for(request.user, process=found, asked=asked, on=request.day)
    if found.tender is not None and found.tender not in near:
        near.insert(0, found.tender)
    form = TieNotice(request.POST or None, tenders=near, initial={"tender": str(found.tender_id or "")})
    return ask(
        request,
        form,
        ("commissioning/suppliers/notice_tender.html", {"process": found, "asked": asked, "found": bool(near)}),
        do=lambda tender: register.tie_notice(
            process_id=found.pk, tender_id=None if tender == NONE else int(tender), act=acting(request)
        ),
        done=lambda tied: (
            "It is recorded of which tender this is."
            if tied.tender_id
            else "It is recorded that this is none of our tenders."
        ),
        to=reverse("notice", args=[found.pk]),
    )


@requires(Permission.CONTRACTS_MANAGE)
def notice_contract(request: Request, contract_id: int) -> HttpResponseBase:
    """A published contract that the register has already, under its own reference."""
    published = contracts.published(contract_id)
    if published is None:
        raise Http404
    address = reverse("notice", args=[published.process_id])
    name = published.title or published.process.title or published.contract_id
    return ask(
        request,
        TieContract(request.POST or None),
        Question(
            heading=f"Which contract of the register is “{name}”?",
            button="Save this decision",
            caption=f"{published.process.ocid}, {published.contract_id}",
            back=address,
            back_words="Published notice",
        ),
        do=partial(register.tie_published, ocds_contract_id=published.pk, act=acting(request)),
        done=lambda ours: f"It is recorded that this is {ours.reference}.",
        to=address,
    )


@requires(Permission.CONTRACTS_MANAGE)
def notice_contract_undo(request: Request, pk: int) -> HttpResponseBase:
    """`pk`: of our contract."""
    return act(
        request,
        do=partial(register.untie_published, contract_id=pk, act=acting(request)),
        done="What was published is not tied to this contract any more.",
        to=reverse("contract", args=[pk]),
    )


def _contracts(request: Request, found: OcdsProcess) -> list[dict[str, Any]]:
    """The published contracts: in the register already, or where they can be taken into it."""
    seen = contracts_visible_to(request.user, on=request.day)
    registered = {row.ocds_contract_id: row for row in seen.filter(ocds_contract__process=found)}
    takes = navigation.page_exists("contract_new") and may(request.user, Permission.CONTRACTS_MANAGE, on=request.day)
    shown = []
    for row in found.contracts.order_by("starts_on", "contract_id"):
        ours = registered.get(row.pk)
        shown.append(
            {
                "row": row,
                "value": words.value(row),
                "title": row.title or row.contract_id,
                "ours": ours.reference if ours else "",
                "url": reverse("contract", args=[ours.pk]) if ours else "",
                "take": f"{reverse('contract_new')}?published={row.pk}" if takes and not ours else "",
                "tie": reverse("notice_contract", args=[row.pk]) if takes and not ours else "",
            }
        )
    return shown


def _party(row: OcdsParty) -> dict[str, Any]:
    head = row.organisation and (row.organisation.merged_into or row.organisation)
    return {
        "row": row,
        "numbers": ", ".join(queries.said(row.identifiers)),
        "kind": words.MATCH_KINDS[row.match],
        "name": head.name if head else "",
        "url": reverse("supplier", args=[head.pk]) if head else "",
        "decide": reverse("supplier_decide", args=[row.pk]) if row.match == OcdsParty.Match.WAITING else "",
    }
