"""Everything that happened under a contract, from every room, newest first: a fixed number of queries."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from plumbline.actions.queries import owner_words, those_seen
from plumbline.audit.moments import shown
from plumbline.contracts.models import Contract, IncidentState, KpiReading
from plumbline.contracts.queries import care, incidents, management, register, visits
from plumbline.contracts.queries import rating as ratings
from plumbline.contracts.rules import rating as rules
from plumbline.kernel import wording
from plumbline.kernel.labels import small
from plumbline.kernel.moments import day_here
from plumbline.people.models import User
from plumbline.web.contracts.register import words

Entry = dict[str, Any]


def of_contract(viewer: User, contract: Contract, *, spells: Iterable[ratings.Spell], on: date) -> list[Entry]:
    """`spells`: of the contract's rating. What is still to come is elsewhere."""
    found = [
        *words.timeline(register.events_of(contract), management.decisions_on(contract)),
        *_colours(spells, on),
        *_meetings(viewer, contract, on),
        *_assessments(contract),
        *_visits(viewer, contract, on),
        *_incidents(viewer, contract, on),
        *_actions(viewer, contract, on),
        *_readings(contract),
        *_arrangements(contract),
    ]
    return sorted(found, key=lambda entry: (_day(entry["at"]), _moment(entry["at"])), reverse=True)


def what_changed(spell: ratings.Spell) -> str:
    """Why the colour changed, in sentences."""
    said = [
        *(each.sentence for each in spell.began),
        *(f"No longer: {small(each.sentence)}" for each in spell.ended),
    ]
    if spell.hand_ended:
        said.append(f"The rating by hand ended{f': {because}' if (because := spell.hand_ended.ended_because) else ''}.")
    if spell.hand_began and spell.hand_began.better:
        said.append(f"Rated {spell.hand_began.colour} by hand by {spell.hand_began.set_by}: {spell.hand_began.because}")
    return " ".join(said) or "The contract began, and nothing counted against it."


def _colours(spells: Iterable[ratings.Spell], on: date) -> Iterable[Entry]:
    for spell in spells:
        if spell.period.from_on <= on:
            yield {
                "at": spell.period.from_on,
                "what": f"The rating became {spell.period.colour}",
                "detail": " ".join((what_changed(spell), *spell.entered_later)),
            }


def _meetings(viewer: User, contract: Contract, on: date) -> Iterable[Entry]:
    for each in care.evaluations_of(viewer, contract, on=on).filter(state="held"):
        there = {True: "The service area was there.", False: "The service area was not there.", None: ""}
        yield {
            "at": each.held_on,
            "what": "Evaluation meeting",
            "who": str(each.recorded_by or ""),
            "detail": there[each.service_area_present],
            "url": reverse("meeting", args=[each.pk]),
        }


def _assessments(contract: Contract) -> Iterable[Entry]:
    url = reverse("contract_assurance", args=[contract.pk])
    for each in care.assessments_of(contract):
        yield {
            "at": each.completed_on,
            "what": f"{each.get_kind_display()} completed",
            "who": str(each.recorded_by or ""),
            "detail": f"Valid until {wording.day(each.valid_until)}.",
            "url": url,
        }
    for review in contract.policy_reviews.select_related("recorded_by"):
        yield {
            "at": review.reviewed_on,
            "what": f"Policy on {rules.policy_label(review.policy)} reviewed",
            "who": str(review.recorded_by or ""),
            "url": url,
        }


def _visits(viewer: User, contract: Contract, on: date) -> Iterable[Entry]:
    for each in visits.visits_of(viewer, contract, on=on).filter(state__in=visits.MADE):
        yield {
            "at": each.visited_on,
            "what": f"Visit to {visits.place(each)}",
            "who": each.visitors or each.by_council,
            "detail": each.summary,
            "url": reverse("visit", args=[each.pk]),
        }


def _incidents(viewer: User, contract: Contract, on: date) -> Iterable[Entry]:
    for each in incidents.incidents_visible_to(viewer, on=on).filter(contract=contract):
        yield {
            "at": each.reported_at,
            "what": f"Serious incident reported: {each.get_type_display().lower()}"
            + (" (set aside)" if each.state == IncidentState.ASIDE else ""),
            "detail": each.summary,
            "url": reverse("incident", args=[each.pk]),
        }


def _actions(viewer: User, contract: Contract, on: date) -> Iterable[Entry]:
    done = {"done": "reported done", "verified": "done and verified", "cancelled": "taken back"}
    for each in those_seen(viewer, register.actions_of(contract), on=on):
        url = reverse("action", args=[each.pk])
        yield {
            "at": each.raised_at,
            "what": f"Action raised: {each.title}",
            "detail": f"{owner_words(each)}, by {wording.day(each.due_on)}.",
            "url": url,
        }
        over = each.cancelled_on if each.state == "cancelled" else each.done_on
        if over and each.state in done:
            yield {"at": over, "what": f"Action {done[each.state]}: {each.title}", "url": url}


def _readings(contract: Contract) -> Iterable[Entry]:
    for each in KpiReading.objects.filter(kpi__contract=contract).select_related("kpi", "recorded_by"):
        yield {
            "at": each.recorded_at,
            "what": f"{each.kpi.title}: {each.get_rating_display().lower()}",
            "who": str(each.recorded_by or ""),
            "url": reverse("contract_kpis", args=[contract.pk]),
            "detail": f"{each.value} in the quarter from {wording.day(each.quarter_from)}.",
        }


def _arrangements(contract: Contract) -> Iterable[Entry]:
    for each in contract.arrangements.all():
        yield {
            "at": each.agreed_on,
            "what": "Safeguarding arrangement agreed",
            "who": each.agreed_by,
            "detail": each.text,
            "url": reverse("contract_arrangements", args=[contract.pk]),
        }


def _day(at: date | datetime) -> date:
    return day_here(shown(at)) if isinstance(at, datetime) else at


def _moment(at: date | datetime) -> float:
    """Within a day, what has a time comes by its time; what has none, before it."""
    return at.timestamp() if isinstance(at, datetime) else 0.0
