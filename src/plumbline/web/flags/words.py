"""How flags, their kinds and those they are put to are called on pages."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from plumbline.flags.kinds import kinds
from plumbline.flags.rules import DECISIONS
from plumbline.people.access import ROLES
from plumbline.web.flags.subjects import about
from plumbline.web.kit import setting_words as settings

if TYPE_CHECKING:
    from plumbline.placements.queries import ListedFlag

STATES = (("open", "Open"), ("closed", "Closed"))


def kind_words(kind: str) -> str:
    return kinds()[kind].label if kind in kinds() else kind.replace("_", " ").capitalize()


def kind_choices() -> list[tuple[str, str]]:
    return [(key, rule.label) for key, rule in kinds().items()]


def put_to(recipient: str, team: str, names: Mapping[str, str]) -> str:
    """ "Rosa Pemberton (SW007)", "Team manager, West team"."""
    if recipient.startswith("user:"):
        return names.get(recipient, recipient.removeprefix("user:"))
    if not recipient.startswith("role:"):
        return f"{names[recipient]} ({recipient})" if recipient in names else recipient
    role = recipient.removeprefix("role:")
    label = ROLES[role].label if role in ROLES else role.replace("_", " ")
    return f"{label}, {team}" if team else label


def owner_words(role: str) -> str:
    return "Allocated worker" if role == "worker" else ROLES[role].label if role in ROLES else role.replace("_", " ")


def decision_words(code: str) -> str:
    return DECISIONS.get(code, code)


def whom(flag: "ListedFlag") -> str:
    """The child's name where the viewer may know it, else the number by which the case is known."""
    if flag.child_name:
        return flag.child_name
    if flag.child_restricted:
        return "A child whose record is restricted"
    if flag.child_id is None and (subject := about(flag.subject_type)):
        return subject.any_one
    if flag.child_id is None:
        return "The setting" if flag.subject_type == "setting" else "The council’s check"
    return f"Case {flag.subject_source_id}" if flag.subject_source_id else f"Case of flag {flag.pk}"


def setting_words(flag: "ListedFlag") -> str | None:
    if flag.setting_pk is None:
        return flag.setting_urn or None
    return settings.called(name=flag.setting_name, provision_type=flag.setting_type, urn=flag.setting_urn)


def setting_address(flag: "ListedFlag") -> str | None:
    if flag.setting_pk is None or not flag.setting_urn:
        return None
    return reverse("setting", args=[flag.setting_register, flag.setting_urn])


def state_of(flag: "ListedFlag", day: date) -> tuple[str, str]:
    """The state's key for its tag, and the word."""
    if flag.state == "closed":
        return "closed", "Closed"
    if flag.due_on and flag.due_on < day:
        return "overdue", "Overdue"
    return "open", "Open"
