"""The register of contracts, and one contract: what is wrong and why, what is due next, and how it came so far."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from plumbline.actions.queries import those_seen
from plumbline.contracts.models import Contract, ContractState, ReviewEvery
from plumbline.contracts.queries import management, register
from plumbline.contracts.queries.rating import Rating, rating_known, rating_on
from plumbline.contracts.queries.rating import history as colours_of
from plumbline.contracts.rules import rating as rules
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.moments import taken_at
from plumbline.people.access import Permission, may
from plumbline.people.queries import children_visible_to
from plumbline.placements import queries as placements
from plumbline.web.commissioning.implementation.addresses import address as address_of_plan
from plumbline.web.contracts.register import drawing, frame, words
from plumbline.web.contracts.register import history as story
from plumbline.web.contracts.register.forms import OnDay, OnDayKnown
from plumbline.web.kit import duties, ratings, tables
from plumbline.web.kit import setting_words as settings_words
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request

# So much of the history is on the page; the rest is asked for.
_NEWEST = 25
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
        tables.Column("rating", "Rating", lambda row: ratings.COLOURS[row.colour],
                      kind=lambda row: ratings.drawn_as(row.colour), note=ratings.sentence, note_heading="Why",
                      sort=("gravity", "reference")),
        tables.Column("service", "Service", sort="service"),
        tables.Column("manager", "Contract manager", words.manager, sort="manager_wording"),
        tables.Column("value", "Value", numeric=True, sort="value", absent="not recorded",
                      shown=lambda row: wording.money(row.value) if row.value is not None else None),
        tables.Column("ends_on", "Ends", sort="ends_on", absent="open"),
    )  # fmt: skip
    filters = (
        tables.Text("q", "Contract, title, provider or URN", lambda rows, text: rows.filter(
            Q(reference__icontains=text) | Q(title__named=text) | Q(provider__name__named=text)
            | Q(provider__merged_into__name__named=text)
            | Q(pk__in=register.with_urn(text)))),
        tables.Choice("rating", "Rating", _of_colour, choices=_COLOUR_CHOICES),
        tables.Choice("why", "Counts against it", lambda rows, code: rows.filter(
            pk__in=register.with_reason(code, day=rows.query.annotations["today"].value)),
            choices=lambda: [(code.key, code.title) for code in rules.BOOK.codes.values()]),
        tables.Choice("whose", "Whose", lambda rows, whose: rows.filter(mine=True) if whose == "mine"
                      else rows.filter(manager=None), choices=(("mine", "Mine"), ("nobody", "Nobody’s here"))),
        tables.Choice("service", "Service", "service", choices=register.services),
        tables.Choice("kind", "Kind", "kind", choices=Contract.Kind.choices),
        tables.YesNo("statutory", "Statutory function", lambda rows, yes: rows.filter(statutory_from__isnull=not yes)),
        tables.Choice("review", "Reviewed", lambda rows, months: rows.filter(review_every=int(months)),
                      choices=[(str(months), label) for months, label in ReviewEvery.choices]),
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
        request,
        table,
        "contracts/register/list.html",
        {"may_enter": manages, "day_form": day_form, "asked_day": day, "breadcrumbs": []},
    )


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
    opens_plan = may(viewer, Permission.TENDERS_VIEW, on=on) or may(viewer, Permission.IMPLEMENTATION, on=on)
    listed = management.team_list(on, [found.pk])
    coming = [words.due_here(found, each, on) for each in register.next_due(found, on=on)]
    happened = story.of_contract(viewer, found, spells=colours_of(found), on=on)
    whole = request.GET.get("happened") == "all"
    context |= {
        "reasons": [
            words.wrong(found, reason, sees_settings=may(viewer, Permission.SETTINGS_VIEW, on=on))
            for reason in (rated.reasons if rated else ())
        ],
        "by_hand": register.by_hand_now(found, on=on),
        "due": coming,
        "next": duties.next_of(request, ("contract", found.pk)),
        "chain": _chain(request, found, settings),
        "settings": _settings(request, settings),
        "sisters": _sisters(request, settings),
        "rows": words.summary(found),
        "child": _child(request, found),
        "lines": [
            words.line(found, line, on, decides) for each in listed for line in each.lines if decides or line.decision
        ],
        "others": register.others_of_provider(viewer, contract=found, on=on)[:20],
        "call_offs": register.call_offs_of(viewer, contract=found, on=on)[:50],
        "actions": those_seen(viewer, register.open_actions(found), on=on)[:20],
        "notices": list(register.notices_of(found)),
        "flags": register.flags_about(viewer, contract=found, on=on)[:5],
        "plan_url": address_of_plan(found.plan) if found.plan and opens_plan else "",
        "manages": manages,
        "rates": (manages or overrides) and rated is not None,
        "timeline": happened if whole else happened[:_NEWEST],
        "more": 0 if whole else len(happened[_NEWEST:]),
    }
    return render(request, "contracts/register/contract.html", context)


@requires(Permission.CONTRACTS_VIEW)
def history(request: Request, pk: int) -> HttpResponseBase:
    """Every colour the contract had, and what it was, or will be, on a day that is asked for."""
    found = frame.the_contract(request, pk)
    form = OnDayKnown(request.GET if "day" in request.GET else None)
    form.day_field("known").no_later_than = (timezone.localdate(), "That day is still to come")
    context = frame.around(request, found, "contract_history")
    asked = None
    if form.is_valid() and form.cleaned_data["day"]:
        day, known = form.cleaned_data["day"], form.cleaned_data["known"]
        asked = {"day": day, "known": known, "now": _as_rated(rating_on(day, found.pk))}
        if known:
            try:
                asked["then"] = _as_rated(rating_known(day, found.pk, at=_end_of(known)))
            except RuleBroken as refusal:
                form.refuse(refusal, field="known")
                asked = None
    spells = colours_of(found)
    context |= {
        "form": form,
        "asked": asked,
        "spells": [
            {
                "colour": spell.period.colour,
                "word": ratings.COLOURS[spell.period.colour],
                "from_on": spell.period.from_on,
                "to_on": spell.period.to_on,
                "by_hand": spell.period.colour != spell.period.rules_colour,
                "why": story.what_changed(spell),
                "reasons": [each.sentence for each in spell.reasons],
                "entered_later": spell.entered_later,
                "to_come": spell.period.from_on > request.day,
            }
            for spell in reversed(spells)
        ],
        "chart_words": words.chart_words(spells),
        "hands": register.by_hand(found),
    }
    return render(request, "contracts/register/history.html", context)


def _as_rated(rated: Rating | None) -> dict[str, Any]:
    colour = rated.colour if rated else ""
    return {
        "colour": ratings.drawn_as(colour),
        "word": ratings.COLOURS[colour],
        "reasons": ratings.lasting(rated),
        "by_hand": rated is not None and rated.colour != rated.rules_colour,
        "in_force": rated is not None,
        "entered_later": rated.entered_later if rated else (),
    }


def _end_of(day: date) -> datetime:
    return taken_at(day, time.max)


@requires(Permission.CONTRACTS_VIEW)
def colours(request: Request, pk: int) -> HttpResponseBase:
    found = frame.the_contract(request, pk)
    periods = [spell.period for spell in colours_of(found)]
    spells = [(period.colour, period.from_on, period.to_on or date.max) for period in periods]
    first = spells[0][1] if spells else found.starts_on
    ends = [to_on for _, _, to_on in spells if to_on != date.max]
    last = found.ends_on or max([*ends, request.day, first]) + timedelta(365)
    drawn = drawing.colours(spells, first=first, last=last, today=request.day)
    return HttpResponse(drawn, content_type="image/svg+xml")


def _chain(request: Request, found: Contract, settings: list[Any]) -> list[dict[str, Any]]:
    """contract › provider › setting › judgement › children (as a count) › flags."""
    links: list[dict[str, Any]] = [
        {"kind": "Contract", "text": found.reference, "here": True},
        {"kind": "Provider", "text": frame.provider_words(found), "url": reverse("supplier", args=[found.provider_id])},
    ]  # fmt: skip
    for row in settings[:3]:
        links.append(
            {"kind": "Setting", "text": settings_words.label(row.setting), "url": settings_words.address(row.setting)}
        )
        links.append(
            {
                "kind": "Ofsted",
                "text": settings_words.STATUSES[row.setting.status],
                "url": settings_words.address(row.setting),
            }
        )
    if settings:
        children = {"kind": "Children", "text": words.children(_children_at(request, settings))}
        if len(settings) == 1 and may(request.user, Permission.SETTINGS_VIEW, on=request.day):
            where = settings[0].setting
            children["url"] = reverse("setting_section", args=[where.register, where.urn, "children"])
        links.append(children)
    flags = register.flags_about(request.user, contract=found, on=request.day).count()
    if flags:
        links.append(
            {
                "kind": "Flags",
                "text": wording.how_many(flags, "open flag", "open flags"),
                "url": f"{reverse('flags')}?q={found.reference}",
            }
        )
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
    found = register.sister_settings([row.setting for row in settings])
    worst_first = found.order_by(placements.by_gravity("status"), "urn")
    return [words.setting(each, opens=True, urn=each.urn) for each in worst_first[:20]]


def _child(request: Request, found: Contract) -> dict[str, Any] | None:
    """Of an individual placement agreement: the child for who may see the child, else that there is one."""
    if found.child_id is None:
        return None
    child = children_visible_to(request.user, on=request.day).filter(pk=found.child_id).first()
    return {"name": child.name if child else "", "url": reverse("child", args=[child.pk]) if child else ""}
