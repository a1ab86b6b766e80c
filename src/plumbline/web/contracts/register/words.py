"""A contract in the words and addresses that its pages show."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from plumbline.audit.models import Event
from plumbline.audit.moments import shown
from plumbline.contracts.models import Contract, TeamDecision
from plumbline.contracts.operations.rating import UNTIL_CHANGED
from plumbline.contracts.queries.management import Line
from plumbline.contracts.queries.rating import Reason, Spell
from plumbline.contracts.queries.register import Due
from plumbline.contracts.rules import rating as rules
from plumbline.contracts.rules.rating import BOOK, to_do
from plumbline.intake.origins import import_of
from plumbline.kernel import wording
from plumbline.kernel.labels import say
from plumbline.ofsted.models import Setting
from plumbline.web.kit import navigation
from plumbline.web.kit import setting_words as settings

# The history of the rating says which colour came when and why; a decision is listed once, from its own record.
_ELSEWHERE = {"contracts.rating.worked_out", "contracts.reason.decided"}

_EVENTS = {
    "contracts.contract.registered": "Put in the register",
    "contracts.contract.changed": "Register corrected",
    "contracts.contract.ended": "Ended",
    "contracts.rating.set_by_hand": "Rated by hand",
    "contracts.rating.by_hand_ended": "Rating by hand ended",
    "contracts.reason.decided": "Decided by the management team",
    "contracts.contract.begun": "Entered after the award, in implementation",
    "contracts.contract.live": "Went live",
    "contracts.contract.published": "Found to be a published contract",
    "contracts.contract.unpublished": "Found not to be the published contract",
}


def address(contract: Contract) -> str:
    return reverse("contract", args=[contract.pk])


def manager(contract: Contract) -> str:
    return str(contract.manager) if contract.manager else contract.manager_wording


def area_lead(contract: Contract) -> str:
    return str(contract.area_lead) if contract.area_lead else contract.area_lead_wording


def summary(contract: Contract) -> list[tuple[Any, ...]]:
    """What the register says, for c-summary-list."""
    statutory = "no"
    if contract.statutory_from:
        statutory = f"yes, from {wording.day(contract.statutory_from)}"
    rows: list[tuple[Any, ...]] = [
        ("Kind", contract.get_kind_display()),
        ("Service", contract.service or wording.NOT_RECORDED),
        ("Contract manager", manager(contract) or wording.NOT_RECORDED),
        ("Service-area lead", area_lead(contract) or wording.NOT_RECORDED),
        ("From", wording.day(contract.starts_on)),
        ("To", wording.day(contract.ends_on) if contract.ends_on else "no last day"),
        ("Value", wording.money(contract.value) if contract.value is not None else wording.NOT_RECORDED),
        ("Statutory function", statutory),
        ("Reviewed", f"{contract.get_review_every_display()}, at the joint evaluation"),
        ("Yearly visit", "required" if contract.visit_required else "not required"),
    ]
    if contract.framework:
        rows.append(("Under framework", contract.framework.reference, address(contract.framework), "Open"))
    if contract.state != "live":
        rows.append(("State", contract.get_state_display()))
    if contract.ended_because:
        rows.append(("Ended because", contract.ended_because))
    if run := import_of(contract):
        rows.append(("Source", f"{run.label}, taken in {wording.day(shown(run.at))}"))
    return rows


def due(each: Due, on: date) -> dict[str, Any]:
    return {
        "what": say(to_do(each.code, each.about, each.detail)),
        "day": each.due_on,
        "due": wording.by_when(each.due_on, on),
    }


def due_here(contract: Contract, each: Due, on: date) -> dict[str, Any]:
    """The same on the contract's own page, with where it is done."""
    return {
        **due(each, on),
        "url": _where_of(contract, each.code, each.about),
        "button": button(each.code),
    }


def _where_of(contract: Contract, code: str, about: str) -> str:
    """Where one reason is dealt with: of an action its own page."""
    if section_of(code) == "action":
        return reverse("action", args=[about]) if about.isdigit() else ""
    return where(contract, code)


def where(contract: Contract, code: str) -> str:
    """The section of the contract's page in which a reason is dealt with; "" where there is none."""
    route = f"contract_{section_of(code)}"
    return reverse(route, args=[contract.pk]) if navigation.page_exists(route) else ""


def section_of(code: str) -> str:
    return BOOK.codes[code].section if code in BOOK.codes else "none"


def button(code: str) -> str:
    return BOOK.codes[code].button if code in BOOK.codes else "Go there"


def wrong(contract: Contract, reason: Reason, *, sees_settings: bool) -> dict[str, str]:
    """One reason for c-warning: its sentence, and where it is dealt with."""
    url = _where_of(contract, reason.code, reason.about)
    if section_of(reason.code) == "setting":
        url = f"{reverse('settings')}?q={reason.about}" if sees_settings else ""
    return {"sentence": reason.since_when, "url": url, "link": button(reason.code)}


def setting(found: Setting, *, opens: bool, urn: str) -> dict[str, Any]:
    return {
        "label": settings.label(found),
        "urn": urn,
        "url": settings.address(found) if opens else "",
        "kind": settings.kind(found.status),
        "word": settings.STATUSES[found.status],
        "owner": found.owner.name if found.owner else "",
    }


def children(number: int | None) -> str:
    if number is None:
        return "not shown"
    return wording.how_many(number, "child of ours placed", "children of ours placed") if number else "none placed now"


def line(contract: Contract, found: Line, on: date, decides: bool) -> dict[str, Any]:
    """One reason with what was decided on it."""
    reason, decision = found.reason, found.decision
    query = urlencode({"code": reason.code, "about": reason.about})
    return {
        "title": reason.title,
        "sentence": reason.sentence,
        "since": reason.since,
        "colour": reason.colour,
        "word": reason.colour.capitalize(),
        "where": where(contract, reason.code),
        "decision": decision,
        "overdue": found.overdue,
        "by_when": wording.by_when(decision.by_when, on) if decision else "",
        "action_url": _action(decision),
        "decide_url": f"{reverse('contract_decide', args=[contract.pk])}?{query}" if decides else "",
    }


def _action(decision: TeamDecision | None) -> str:
    if decision is None or decision.action_id is None or not navigation.page_exists("action"):
        return ""
    return reverse("action", args=[decision.action_id])


def until(day: date) -> str:
    return "until it is taken back" if day == UNTIL_CHANGED else f"until {wording.day(day)}"


def timeline(events: Sequence[Event], decisions: Sequence[TeamDecision]) -> list[dict[str, Any]]:
    """What happened, newest first; a decision once, from its own record."""
    entries = [
        {
            "at": event.at,
            "who": event.by_name,
            "what": _EVENTS.get(event.kind, _plain(event.kind)),
            "detail": _detail(event),
        }
        for event in events
        if event.kind not in _ELSEWHERE
    ]
    entries += [
        {
            "at": each.decided_at,
            "who": str(each.decided_by),
            "what": f"Decided: {rules.title(each.code)}",
            "detail": f"{each.decision} By {wording.day(each.by_when)}.",
        }
        for each in decisions
    ]
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


def _plain(kind: str) -> str:
    return kind.removeprefix("contracts.").replace(".", " ").replace("_", " ").capitalize()


def _detail(event: Event) -> str:
    if event.kind == "contracts.rating.set_by_hand":
        return f"{str(event.data.get('colour', '')).capitalize()}: {event.because}"
    return event.because


def chart_words(spells: Sequence[Spell]) -> str:
    """The chart of colours in words, every spell in it."""
    said = [
        f"{spell.period.colour} from {wording.day(spell.period.from_on)}"
        + (f" to {wording.day(spell.period.to_on)}" if spell.period.to_on else " on")
        for spell in spells
    ]
    return "Colour of the contract: " + "; ".join(said) + "."
