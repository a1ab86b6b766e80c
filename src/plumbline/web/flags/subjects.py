"""What flags are about beside placements and settings: the word, the page, and whether what a flag says is so."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from plumbline.actions import flagging as actions
from plumbline.evidence import flagging as evidence
from plumbline.flags.models import Flag
from plumbline.flags.rules import Wanted
from plumbline.toolkits import flagging as returns
from plumbline.web.kit import navigation


@dataclass(frozen=True, slots=True)
class Subject:
    """`route`: the page with the subject's number in its address. `wanted`: the flags about these subjects that should
    be open on a day; None where only the night's turn knows, and a flag closes by itself."""

    word: str
    link: str
    route: str
    wanted: Callable[[date], Sequence[Wanted]] | None = None


SUBJECTS: Mapping[str, Subject] = {
    "action": Subject("An action", "Open the action", "action", actions.wanted),
    "document": Subject("A document", "Open the document", "document_page", evidence.wanted),
    "contract": Subject("A contract", "Open the contract", "contract"),
    "incident": Subject("An incident", "Open the incident", "incident"),
    "incident_child": Subject("A child in an incident", "Open the incident", "incident_of_child"),
    "child_at_incident": Subject(
        "A child at the setting of an incident", "Say whether it concerns the child", "child_at_incident"
    ),
    "tender": Subject("A tender", "Open the tender", "tender"),
    "visit": Subject("A visit", "Open the visit", "visit"),
    "return": Subject("A return", "Open the return", "return", returns.wanted),
}


def address(flag: Flag) -> str:
    """The page of what the flag is about; "" where it has none."""
    subject = SUBJECTS.get(flag.subject_type)
    if subject is None or flag.subject_id is None or not navigation.page_exists(subject.route):
        return ""
    return reverse(subject.route, args=[flag.subject_id])


def still_so(flag: Flag, *, on: date) -> bool:
    """Whether what a flag about one of these says is still the case: then nobody closes it by hand."""
    wanted = SUBJECTS[flag.subject_type].wanted
    if wanted is None:
        return True
    about = (flag.kind, flag.subject_type, flag.subject_id)
    return any(want.about == about for want in wanted(on))
