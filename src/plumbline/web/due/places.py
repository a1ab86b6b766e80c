"""Where to look: the pages that someone may open, and the newest reports."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from plumbline.kernel import wording
from plumbline.kernel.labels import say
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.scrutiny import queries as scrutiny
from plumbline.web.kit import navigation


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look: a page, and what is there."""

    label: str
    url: str
    about: str


def published_reports(viewer: User, *, on: date, most: int = 3) -> list[Place]:
    """The newest reports that the committee has, for those who read no drafts: others have a room of reports."""
    if may(viewer, Permission.REPORT_VIEW_DRAFT, on=on) or not may(viewer, Permission.REPORT_VIEW_PUBLISHED, on=on):
        return []
    published = scrutiny.reports_visible_to(viewer, on).filter(state="published").order_by("-pk")[:most]
    return [
        Place(report.title, reverse("report", args=[report.pk]), f"Published, as at {wording.day(report.as_at)}")
        for report in published
    ]


# In the order in which they are of use; shown where the page exists and its mark lets the person in.
_PLACES = (
    ("flags", "Flags", "What is wrong and who was told"),
    ("exceptions", "Exceptions", "Leave for one child to be placed at an adverse setting"),
    ("placements", "Placements", "Who was placed where on a day, and the setting’s judgement then"),
    ("provider", "Your contracts", "What you are asked for, and your contracts, policies and incidents"),
    ("contracts", "Contracts", "What the council buys, rated, each with its reasons"),
    ("contracts_team", "Management team’s list", "Contracts that are red or amber, and what was decided"),
    ("incidents", "Serious incidents", "What happened, and who must be told by when"),
    ("actions", "Actions", "What is to be done, by whom, by when"),
    ("documents", "Documents", "What was given as evidence, and when it expires"),
    ("returns", "Returns", "Self-assessments, evaluations, visits: what was asked for, and where it stands"),
    ("toolkits", "Toolkits", "What is asked in tenders, self-assessments, visits, audits and surveys"),
    ("law_changes", "Changes in law and guidance", "What policies are to be reviewed for"),
    ("tenders", "Tenders", "Everything that is bought, and where it stands"),
    ("suppliers", "Suppliers", "Who has bid, holds contracts or was named in a notice, under all their names"),
    ("notices", "Published notices", "Open contracting data: what was published, by whom, and who won"),
    ("settings", "Settings", "Where each home and school stands, and why"),
    ("check", "The monthly check", "Ofsted’s lists read, and our settings looked up"),
    ("may_i_place", "May I place here, now?", "One box: may a child be placed at a setting today"),
    ("tacs", "{Tacs}", "{Tacs} that you may see"),
    ("children", "Children and families", "The children whom you work with"),
    ("figures", "Figures", "Every figure, with its definition and its history"),
    ("reports", "Reports", "Reports to the scrutiny committee"),
    ("scrutiny", "Scrutiny", "Reports to the scrutiny committee"),
    ("imports", "Imports", "Files taken in, and what was refused"),
    ("queues", "Data to match", "Wordings and organisations that wait to be mapped"),
    ("people", "People", "Who signs in, and with which role"),
    ("without_account", "Without an account", "Workers who cannot be told of anything"),
    ("reporting_contacts", "Whom to tell of an incident", "How the offices are reached that incidents are told to"),
    ("bank_holidays", "Bank holidays", "Which days are no working days"),
    ("labels", "What we call things", "The council’s own words, and from which day they are said"),
    ("users", "People", "Who signs in, and with which role"),
    ("governance", "Who looked", "Who opened which child’s record"),
    ("audit", "Who looked", "Who opened which child’s record"),
    ("account", "Your account", "Your roles, your password"),
)


def places_of(viewer: User, *, on: date) -> list[Place]:
    """Where someone can look who has nothing waiting."""
    found: dict[str, Place] = {}
    for route, label, about in _PLACES:
        if label not in found and navigation.opens(viewer, route, on=on):
            found[label] = Place(say(label), navigation.address_of(route), say(about))
    return list(found.values())
