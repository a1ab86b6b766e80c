"""Kinds of record that others are about: what one is called, and its page. One table for flags, actions, evidence, the
search and the trail.

The key is the word by which the rooms name a record without a key to its table (`subject_type`); `model` is how the
trail names it. Who may open a page is said by the page's own mark, and by what it answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from plumbline.kernel.labels import article, capital, spoken
from plumbline.people.models import User
from plumbline.web.kit import navigation


@spoken("one", "many")
@dataclass(frozen=True, slots=True)
class Subject:
    """`one`: "contract"; `many`: "contracts"; `route`: the page with the record's number in its address, "" where it
    has none of its own; `open`: what the link to it says, where not "Open the …"."""

    one: str
    many: str
    route: str = ""
    model: str = ""
    open: str = ""

    @property
    def called(self) -> str:
        """ "Incident", at the head of a line."""
        return capital(self.one)

    @property
    def any_one(self) -> str:
        """ "An incident"."""
        return capital(f"{article(self.one)} {self.one}")

    @property
    def link(self) -> str:
        return self.open or f"Open the {self.one}"


SUBJECTS: Mapping[str, Subject] = {
    "child": Subject("child", "children", "child", "people.child"),
    "tac": Subject("{tac}", "{tacs}", "tac", "earlyhelp.tac"),
    "placement": Subject("placement", "placements", "", "placements.placement"),
    "exception": Subject("exception", "exceptions", "exception", "placements.placementexception"),
    "setting": Subject("setting", "settings", "", "ofsted.setting"),
    "flag": Subject("flag", "flags", "flag", "flags.flag"),
    "action": Subject("action", "actions", "action", "actions.action"),
    "document": Subject("document", "documents", "document_page", "evidence.document"),
    "return": Subject("return", "returns", "return", "toolkits.return"),
    "tender": Subject("tender", "tenders", "tender", "commissioning.tender"),
    "bid": Subject("bid", "bids", "bid", "commissioning.bid"),
    "contract": Subject("contract", "contracts", "contract", "contracts.contract"),
    "evaluation": Subject("evaluation meeting", "evaluation meetings", "meeting", "contracts.evaluation"),
    "visit": Subject("visit", "visits", "visit", "contracts.visit"),
    "incident": Subject("incident", "incidents", "incident", "contracts.incident"),
    "incident_child": Subject(
        "child in an incident", "children in incidents", "incident_of_child", open="Open the incident"
    ),
    "child_at_incident": Subject(
        "child at the setting of an incident",
        "children at the setting of an incident",
        "child_at_incident",
        open="Say whether it concerns the child",
    ),
    "user": Subject("user", "users", "user", "people.user"),
    "report": Subject("report", "reports", "report", "scrutiny.report"),
}
_BY_MODEL = {subject.model: subject for subject in SUBJECTS.values() if subject.model}


def address(key: str, number: int | None) -> str:
    """The page of a record; "" where it has none."""
    subject = SUBJECTS.get(key)
    if subject is None or number is None or not navigation.page_exists(subject.route):
        return ""
    return reverse(subject.route, args=[number])


def opens(user: User, key: str, *, on: date) -> bool:
    """Whether this person may open pages of such records at all; the page itself says which."""
    return key in SUBJECTS and navigation.opens(user, SUBJECTS[key].route, on=on)


def of_model(label: str) -> Subject | None:
    """The kind of record that the trail names by its model, "contracts.contract"."""
    return _BY_MODEL.get(label)
