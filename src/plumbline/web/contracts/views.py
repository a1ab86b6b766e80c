"""The register of contracts, and one contract: what is wrong and why, what is due next, and how it came so far."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.actions.queries import those_seen
from plumbline.contracts.models import Contract, ContractState
from plumbline.contracts.queries import management, register
from plumbline.contracts.queries.rating import history as colours_of
from plumbline.contracts.queries.rating import rating_on
from plumbline.contracts.rules import rating as rules
from plumbline.people.access import Permission, may
from plumbline.people.queries import children_visible_to
from plumbline.placements import lookups as placements
from plumbline.web import tables, wording
from plumbline.web.access import requires
from plumbline.web.contracts import drawing, frame, words
from plumbline.web.contracts.forms import OnDay
from plumbline.web.request import Request
from plumbline.web.settings import words as settings_words

_COLOUR_CHOICES = (("red", "Red"), ("amber", "Amber"), ("green", "Green"), ("wrong", "Red or amber"))


def _of_colour(rows: "QuerySet[register.RatedContract]", colour: str) -> "QuerySet[register.RatedContract]":
    return rows.filter(colour__in=["red", "amber"]) if colour == "wrong" else rows.filter(colour=colour)


class Contracts(tables.Table):
    title = "Contracts"
    one, many = "contract", "contracts"
    columns = (
        tables.Column("reference", "Contract", lambda row: row.reference, link=words.address,
                      note=lambda row: row.title, note_heading="Title", sort="reference"),
        tables.Column("provider", "Provider", frame.provider_words, sort="provider__sort_key"),
        tables.Column("rating", "Rating", lambda row: frame.COLOURS[row.colour],
                      kind=lambda row: frame.drawn_as(row.colour), note=frame.sentence, note_heading="Why",
                      sort=("gravity", "reference")),
        tables.Column("service", "Service", sort="service"),
        tables.Column("manager", "Contract manager", words.manager, sort="manager_wording"),
        tables.Column("value", "Value", numeric=True, sort="value", absent="not recorded",
                      shown=lambda row: wording.money(row.value) if row.value is not None else None),
        tables.Column("ends_on", "Ends", sort="ends_on", absent="open"),
    )  # fmt: skip
    filters = (
        tables.Text("q", "Contract, title or provider", lambda rows, text: rows.filter(
            Q(reference__icontains=text) | Q(title__icontains=text) | Q(provider__name__icontains=text)
            | Q(provider__merged_into__name__icontains=text))),
        tables.Choice("rating", "Rating", _of_colour, choices=_COLOUR_CHOICES),
        tables.Choice("why", "Counts against it", lambda rows, code: rows.filter(
            pk__in=register.with_reason(code, day=rows.query.annotations["today"].value)),
            choices=[(code.key, code.title) for code in rules.BOOK.codes.values()]),
        tables.Choice("service", "Service", "service", choices=register.services),
        tables.Choice("kind", "Kind", "kind", choices=Contract.Kind.choices),
        tables.YesNo("statutory", "Statutory function", lambda rows, yes: rows.filter(statutory_from__isnull=not yes)),
        tables.Choice("state", "State", "state", choices=ContractState.choices),
    )  # fmt: skip
    order = "rating"
    empty = "No contract is in the register yet."


@requires(Permission.CONTRACTS_VIEW)
def contracts(request: Request) -> HttpResponseBase:
    on = request.day
    day_form = OnDay({"day": request.GET.get("day")} if request.GET.get("day") else None)
    day = day_form.cleaned_data["day"] if day_form.is_valid() else None
    table = Contracts(request, register.contracts_listed(request.user, on=on, day=day))
    manages = may(request.user, Permission.CONTRACTS_MANAGE, on=on)
    return tables.page(
        request, table, "contracts/list.html",
        {"may_enter": manages, "day_form": day_form, "asked_day": day,
         "breadcrumbs": []},
    )  # fmt: skip


@requires(Permission.CONTRACTS_VIEW)
def contract(request: Request, pk: int) -> HttpResponseBase:
    """One contract as it stands today."""
    on, viewer = request.day, request.user
    found = frame.the_contract(request, pk)
    context = frame.around(request, found, "contract")
    rated = context["rated"]
    settings = register.settings_of(found)
    manages = may(viewer, Permission.CONTRACTS_MANAGE, on=on) and found.state != ContractState.ENDED
    overrides = may(viewer, Permission.CONTRACTS_OVERRIDE, on=on) and found.state != ContractState.ENDED
    decides = may(viewer, Permission.CONTRACTS_DECIDE, on=on)
    listed = management.team_list(on, [found.pk])
    due = register.next_due(found, on=on)
    context |= {
        "reasons": frame.lasting(rated),
        "by_hand": register.by_hand_now(found, on=on),
        "due": [words.due(each, on) for each in due],
        "next": words.due(due[0], on) if due else None,
        "chain": _chain(request, found, settings),
        "settings": _settings(request, settings),
        "sisters": _sisters(request, settings),
        "rows": words.summary(found),
        "child": _child(request, found),
        "lines": [words.line(found, line, on, decides) for each in listed for line in each.lines],
        "others": register.others_of_provider(viewer, contract=found, on=on)[:20],
        "call_offs": register.call_offs_of(viewer, contract=found, on=on)[:50],
        "actions": those_seen(viewer, register.open_actions(found), on=on)[:20],
        "notices": list(register.notices_of(found)),
        "flags": register.flags_about(viewer, contract=found, on=on)[:5],
        "may_open_plan": may(viewer, Permission.TENDERS_VIEW, on=on) or may(viewer, Permission.IMPLEMENTATION, on=on),
        "manages": manages, "rates": (manages or overrides) and rated is not None,
        "timeline": words.timeline(register.events_of(found), management.decisions_on(found)),
    }  # fmt: skip
    return render(request, "contracts/contract.html", context)


@requires(Permission.CONTRACTS_VIEW)
def history(request: Request, pk: int) -> HttpResponseBase:
    """Every colour the contract had, and what it was, or will be, on a day that is asked for."""
    found = frame.the_contract(request, pk)
    form = OnDay(request.GET if "day" in request.GET or "day_day" in request.GET else None)
    context = frame.around(request, found, "contract_history")
    asked = None
    if form.is_valid() and form.cleaned_data["day"]:
        day = form.cleaned_data["day"]
        rated = rating_on(day, found.pk)
        asked = {
            "day": day, "colour": frame.drawn_as(rated.colour if rated else ""),
            "word": frame.COLOURS[rated.colour if rated else ""], "reasons": frame.lasting(rated),
            "by_hand": rated is not None and rated.colour != rated.rules_colour,
        }  # fmt: skip
    spells = colours_of(found)
    context |= {
        "form": form,
        "asked": asked,
        "spells": [
            {"colour": period.colour, "word": frame.COLOURS[period.colour], "from_on": period.from_on,
             "to_on": period.to_on, "by_hand": period.colour != period.rules_colour,
             "reasons": [each.sentence for each in reasons], "to_come": period.from_on > request.day}
            for period, reasons in reversed(spells)
        ],
        "chart_words": words.chart_words(spells),
        "hands": register.by_hand(found),
    }  # fmt: skip
    return render(request, "contracts/history.html", context)


@requires(Permission.CONTRACTS_VIEW)
def colours(request: Request, pk: int) -> HttpResponseBase:
    found = frame.the_contract(request, pk)
    spells = [(period.colour, period.from_on, period.to_on or date.max) for period, _ in colours_of(found)]
    first = spells[0][1] if spells else found.starts_on
    ends = [to_on for _, _, to_on in spells if to_on != date.max]
    last = found.ends_on or max([*ends, request.day, first]) + timedelta(365)
    drawn = drawing.colours(spells, first=first, last=last, today=request.day)
    return HttpResponse(drawn, content_type="image/svg+xml")


def _chain(request: Request, found: Contract, settings: list[Any]) -> list[dict[str, Any]]:
    """contract › provider › setting › judgement › children (as a count) › flags."""
    links: list[dict[str, Any]] = [
        {"kind": "Contract", "text": found.reference, "here": True},
        {"kind": "Provider", "text": frame.provider_words(found),
         "url": f"{reverse('contracts')}?q={found.provider.name}"},
    ]  # fmt: skip
    for row in settings[:3]:
        links.append({"kind": "Setting", "text": settings_words.label(row.setting),
                      "url": settings_words.address(row.setting)})  # fmt: skip
        links.append({"kind": "Ofsted", "text": settings_words.STATUSES[row.setting.status],
                      "url": settings_words.address(row.setting)})  # fmt: skip
    if settings:
        links.append({"kind": "Children", "text": words.children(_children_at(request, settings))})
    flags = register.flags_about(request.user, contract=found, on=request.day).count()
    if flags:
        links.append({"kind": "Flags", "text": wording.how_many(flags, "open flag", "open flags"),
                      "url": f"{reverse('flags')}?q={found.reference}"})  # fmt: skip
    return links


def _children_at(request: Request, settings: list[Any]) -> int | None:
    """How many of our children are placed there now; None for whom may not see settings."""
    if not may(request.user, Permission.SETTINGS_VIEW, on=request.day):
        return None
    rows = placements.settings_listed(request.user, on=request.day).filter(pk__in=[row.setting_id for row in settings])
    return sum(row.children for row in rows)


def _settings(request: Request, settings: list[Any]) -> list[dict[str, Any]]:
    opens = may(request.user, Permission.SETTINGS_VIEW, on=request.day)
    return [words.setting(row.setting, opens=opens, urn=row.urn) for row in settings]


def _sisters(request: Request, settings: list[Any]) -> list[dict[str, Any]]:
    if not may(request.user, Permission.SETTINGS_VIEW, on=request.day):
        return []
    found = sorted(
        register.sister_settings([row.setting for row in settings])[:200],
        key=lambda each: (placements.GRAVITY.index(each.status), each.urn),
    )
    return [words.setting(each, opens=True, urn=each.urn) for each in found[:20]]


def _child(request: Request, found: Contract) -> dict[str, Any] | None:
    """Of an individual placement agreement: the child for who may see the child, else that there is one."""
    if found.child_id is None:
        return None
    child = children_visible_to(request.user, on=request.day).filter(pk=found.child_id).first()
    return {"name": child.name if child else "", "url": reverse("child", args=[child.pk]) if child else ""}
