"""What the council itself knows of a setting, in words: the last visit, serious incidents, live exceptions."""

from datetime import date
from typing import Any

from django.urls import reverse

from plumbline.kernel import wording
from plumbline.kernel.moments import day_here
from plumbline.ofsted.models import Setting
from plumbline.people.models import User
from plumbline.placements.known_here import KnownHere, known_here


def of_setting(viewer: User, setting: Setting, *, on: date) -> dict[str, Any]:
    """For `settings/known.html`."""
    known = known_here(viewer, setting, on=on)
    return {
        "visit": _visit(known),
        "visit_url": reverse("visit", args=[known.visit.pk]) if known.visit and known.opens_visit else "",
        "incidents": _incidents(known),
        "open_incidents": known.open_incidents,
        "seen": [
            {
                "text": f"{each.reference}, {each.get_type_display()}, {wording.day(day_here(each.occurred_at))}: "
                f"{each.get_state_display().lower()}",
                "url": reverse("incident", args=[each.pk]),
            }
            for each in known.seen
        ],
        "exceptions": (
            f"{wording.how_many(known.exceptions, 'child', 'children')} may be placed here by an approved exception"
            if known.exceptions
            else "none"
        ),
    }


def _visit(known: KnownHere) -> str:
    """ "12 May 2016, by our own officers (Beth Larkin): 1 of 5 areas not met"; "" where there was none."""
    visit = known.visit
    if visit is None:
        return ""
    who = visit.visitors or (str(visit.recorded_by) if visit.recorded_by and not visit.by_council else "")
    by = f"by {visit.by_council}" if visit.by_council else "by our own officers"
    found = ", ".join(
        f"{number} {words}" for number, words in ((visit.not_met, "not met"), (visit.partly, "partly met")) if number
    )
    areas = wording.how_many(visit.areas, "area", "areas")
    outcome = (
        "what was found is not recorded"
        if not visit.areas
        else f"of {areas} looked at {found}"
        if found
        else f"{areas} looked at, and met"
    )
    return f"{wording.day(visit.visited_on)}, {by}{f' ({who})' if who else ''}: {outcome}"


def _incidents(known: KnownHere) -> str:
    if not known.incidents:
        return "none reported in the last 12 months"
    number = wording.how_many(known.incidents, "incident", "incidents")
    still = f"{known.open_incidents} not closed" if known.open_incidents else "all closed"
    lately = "in the last 12 months, or before and not closed" if known.older_open else "in the last 12 months"
    return f"{number} {lately}, {still}"
