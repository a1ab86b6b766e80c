"""Serious incidents: the list, those of one contract, and one incident with everyone who is to be told of it."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.actions import queries as actions
from plumbline.contracts.access import contract_seen
from plumbline.contracts.models import Contract, Incident, IncidentState, IncidentType
from plumbline.contracts.operations.incidents import note_narrative_read
from plumbline.contracts.queries import incidents as queries
from plumbline.contracts.queries.contacts import ways_for
from plumbline.contracts.rules.incidents import ALLEGATIONS, OUTCOMES, in_the_way_of_closing
from plumbline.contracts.rules.notifications import library
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission, may
from plumbline.people.operations import look_at_child
from plumbline.people.queries import organisations_of
from plumbline.placements import at_setting
from plumbline.placements.access import children_visible_to
from plumbline.web.contracts.incidents import words
from plumbline.web.contracts.register import frame
from plumbline.web.kit import duties, navigation, tables
from plumbline.web.kit import setting_words as settings
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting, now_of

# Who may open pages of incidents; which incidents are said by the queries: a social worker's are of own children.
READS = (Permission.INCIDENTS_VIEW, Permission.PROVIDER_PORTAL, Permission.PLACEMENTS_VIEW)
WORKS = (Permission.INCIDENTS_MANAGE, Permission.PROVIDER_PORTAL)


class Incidents(tables.Table):
    title = "Serious incidents"
    one, many = "incident", "incidents"
    columns = (
        tables.Column("reference", "Number", sort="reference", link=lambda row: reverse("incident", args=[row.pk])),
        tables.Column("what", "What happened", lambda row: row.get_type_display(), sort="type"),
        tables.Column("occurred_at", "When", sort="occurred_at"),
        tables.Column("contract", "Contract", lambda row: row.contract.reference, sort="contract__reference",
                      note=lambda row: row.contract.provider.name, note_heading="Provider"),
        tables.Column("overdue", "Overdue", numeric=True, sort="overdue"),
        tables.Column("untold", "Still to be told", numeric=True, sort="untold"),
        tables.Column("state", "State", lambda row: row.get_state_display(), sort="state",
                      kind=lambda row: words.STATE_KINDS[row.state]),
    )  # fmt: skip
    filters = (
        tables.Text("q", "Number, contract or provider", lambda rows, text: rows.filter(reference__icontains=text)
                    | rows.filter(contract__reference__icontains=text)
                    | rows.filter(contract__provider__name__named=text)),
        tables.Choice("type", "What happened", "type", choices=IncidentType.choices),
        tables.Choice("state", "State", "state", choices=IncidentState.choices),
        tables.YesNo("overdue", "Someone overdue", lambda rows, yes: rows.filter(overdue__gt=0) if yes
                     else rows.filter(overdue=0)),
        tables.Day("since", "Happened since", "occurred_at__date__gte"),
    )  # fmt: skip
    order = "-occurred_at"
    empty = "No serious incident is recorded."


def _table(request: Request, **narrowed: Any) -> Incidents:
    rows = queries.incidents_listed(request.user, on=request.day, now=now_of(request)).filter(**narrowed)
    return Incidents(request, rows)


@requires(*READS)
def incidents(request: Request) -> HttpResponseBase:
    return tables.page(
        request,
        _table(request),
        "contracts/incidents/list.html",
        {
            "provider": _is_provider(request),
            "own_children": not may(request.user, Permission.INCIDENTS_VIEW, on=request.day)
            and not _is_provider(request),
            "breadcrumbs": _crumbs(request, ("Serious incidents", "")),
        },
    )


@requires(Permission.INCIDENTS_VIEW, Permission.PROVIDER_PORTAL)
def contract_incidents(request: Request, pk: int) -> HttpResponseBase:
    """The incidents of one contract, and whether its incident form is agreed."""
    contract = contract_seen(request.user, contract_id=pk, on=request.day)
    newest = next(iter(queries.forms_of(contract)), None)
    context = {
        "contract": contract,
        "form": queries.form_in_force(contract),
        "newest": newest,
        "waits": newest is not None and not queries.agreed_of(newest).by_all,
        "may_report": may_report(request, contract),
        "may_write": may(request.user, Permission.INCIDENTS_MANAGE, on=request.day),
    }
    # A provider's people see the contract in the portal, without its colour (docs/adr/0029).
    own = address_of_contract(request, contract)
    around = {"breadcrumbs": _crumbs(request, (contract.reference, own), ("Serious incidents", ""))}
    if may(request.user, Permission.CONTRACTS_VIEW, on=request.day):
        around = frame.around(request, contract, "contract_incidents")
    return tables.page(
        request, _table(request, contract=contract), "contracts/incidents/of_contract.html", {**context, **around}
    )


@requires(*READS)
def incident(request: Request, pk: int) -> HttpResponseBase:
    """One incident: what is overdue, who is told, what became known, what is done, what happened when."""
    on, viewer, now = request.day, request.user, now_of(request)
    found = seen(request, pk)
    hand = queries.hand_of(viewer, found, on=on)
    rows = queries.notifications_of(found)
    news = queries.news_of(found)
    sent = [each for one in news for each in one.sent.all()]
    closed = found.state in queries.OVER
    children, hidden = queries.children_of(found, visible=children_visible_to(viewer, on=on))
    for child in children:
        look_at_child(child_id=child.pk, page=f"incident {found.reference}", act=acting(request))
    ways = ways_for(found.contract)
    ever = queries.steps_ever_taken(found) if found.form else []
    in_the_way = []
    if hand.manages and found.state == IncidentState.REVIEW:
        standing = replace(queries.standing_of(found, library()), lessons="to be written on closing")
        in_the_way = in_the_way_of_closing(standing)
    context = {
        "incident": found,
        "contract": found.contract,
        "contract_address": address_of_contract(request, found.contract),
        "setting": settings.label(found.setting) if found.setting else "",
        "kind": words.STATE_KINDS[found.state],
        "reasons": words.what_is_wrong(found, rows, sent, now),
        # What its flags say is said above.
        "next": duties.next_of(request, (queries.INCIDENT, found.pk), kinds=("incident.", "action.")),
        "lines": words.lines(rows, ways, now=now, manages=hand.manages, provides=hand.provides, closed=closed),
        "reached": any(row.recipient in ways for row in rows),
        "news": [{"news": one, "sent": [_sent(each, hand, now, closed) for each in one.sent.all()]} for one in news],
        "same": list(queries.same_as(viewer, found, on=on)),
        "other": queries.incidents_visible_to(viewer, on=on).filter(same=found.pk).first(),
        "hand": hand,
        "works": (hand.manages or hand.provides) and not closed,
        "manages": hand.manages and not closed,
        "closed": closed,
        "steps": words.steps(found, ever, ways, hand=hand, closed=closed),
        "children": children,
        "hidden": hidden,
        "placed": at_setting.asked_about(found) if not _is_provider(request) else None,
        "sees_children": may(viewer, Permission.CHILDREN_VIEW, on=on),
        "actions": list(actions.actions_about(viewer, subject_type=queries.INCIDENT, subject_id=found.pk, on=on)),
        "may_open": queries.may_open_narrative(viewer, found, on=on) and not hand.provides,
        "is_allegation": found.type in ALLEGATIONS,
        "outcome": OUTCOMES.get(found.outcome, ""),
        "in_the_way": in_the_way,
        "timeline": words.timeline(found, rows, news, ever),
        "breadcrumbs": _crumbs(request, ("Serious incidents", reverse("incidents")), (found.reference, "")),
    }
    return render(request, "contracts/incidents/incident.html", context)


def _sent(each: Any, hand: queries.Hand, now: Any, closed: bool) -> dict[str, Any]:
    waits = each.sent_at is None and not each.notification.aside
    late = waits and each.due_at < now
    own = hand.manages or (hand.provides and each.notification.duty == "provider")
    return {
        "row": each,
        "who": words.label(each.notification.recipient),
        "kind": "red" if late else "amber" if waits else "green" if each.sent_at else "grey",
        "word": "Overdue" if late else "To be told" if waits else "Told" if each.sent_at else "Not asked any more",
        "said": f"by {words.due(each.due_at)}" if each.sent_at is None else words.said(each.sent_at),
        "may_send": each.sent_at is None and own and not closed,
    }


@requires(Permission.PLACEMENTS_VIEW, Permission.INCIDENTS_VIEW)
def of_child(request: Request, pk: int) -> HttpResponseBase:
    """The incident behind the link of a child, for flags, which know the link's number."""
    found = queries.incidents_visible_to(request.user, on=request.day).filter(children=pk).first()
    if found is None:
        raise NotAllowed(f"There is no link {pk}.")
    return redirect("incident", found.pk)


@requires(*READS)
def account(request: Request, pk: int) -> HttpResponseBase:
    """The full account; reading it is recorded."""
    found = seen(request, pk)
    note_narrative_read(incident_id=found.pk, act=acting(request))
    return render(
        request,
        "contracts/incidents/account.html",
        {
            "incident": found,
            "breadcrumbs": _crumbs(
                request,
                ("Serious incidents", reverse("incidents")),
                (found.reference, reverse("incident", args=[found.pk])),
                ("Full account", ""),
            ),
        },
    )


def seen(request: Request, pk: int) -> Incident:
    return queries.incident_seen(request.user, incident_id=pk, on=request.day)


def may_report(request: Request, contract: Contract) -> bool:
    own = contract.provider_id in organisations_of(request.user, on=request.day)
    return own or may(request.user, Permission.INCIDENTS_MANAGE, on=request.day)


def _is_provider(request: Request) -> bool:
    return bool(organisations_of(request.user, on=request.day))


def address_of_contract(request: Request, contract: Contract) -> str:
    """The contract's page: the provider's own in the portal for who signs in for the provider."""
    if contract.provider_id in organisations_of(request.user, on=request.day):
        return reverse("provider_contract", args=[contract.pk])
    opens = navigation.page_exists("contract") and may(request.user, Permission.CONTRACTS_VIEW, on=request.day)
    return reverse("contract", args=[contract.pk]) if opens else ""


def _crumbs(request: Request, *more: tuple[str, str]) -> list[tuple[str, str]]:
    if _is_provider(request):
        return [("Your contracts", reverse("provider")), *more]
    if may(request.user, Permission.CONTRACTS_VIEW, on=request.day):
        return [("Contracts", navigation.address_of("contracts")), *more]
    return [("My work", reverse("my_work")), *more]
