"""How settings and their states are called on pages."""

from datetime import date

from django.urls import reverse

from plumbline.ofsted.models import Setting
from plumbline.web.kit import wording

# Ofsted's public files give no names of children's homes.
_NO_NAMES = {"", "REDACTED"}

STATUSES = {
    "unregistered": "Unregistered",
    "adverse": "Adverse",
    "closed": "Closed",
    "unmatched": "Not matched",
    "not_judged": "No overall judgement",
    "watch": "Watch",
    "clear": "Clear",
}
# What a status means for a child, where no reason says more.
MEANS = {
    "unmatched": "On none of Ofsted’s lists that were read, so nothing is known of it. Not to be taken as safe.",
    "not_judged": "No single overall judgement; what was judged raises no concern.",
    "clear": "No concern in what Ofsted has said.",
}
_KINDS = {"closed": "red", "unmatched": "amber", "not_judged": "blue"}

REGISTERS = {"social_care": "Social care", "education": "Education"}


def kind(status: str) -> str:
    """The state's key by which the tag of a status is drawn: a setting closed or unknown is not a matter at rest."""
    return _KINDS.get(status, status)


def called(*, name: str | None, provision_type: str | None, urn: str) -> str:
    """The setting's name, or what it is and its number where its name is not published."""
    if name and name.strip().upper() not in _NO_NAMES:
        return name
    sort_of_place = (provision_type or "").strip() or "Setting"
    return f"{sort_of_place} {urn}".strip()


def label(setting: Setting) -> str:
    return called(name=setting.name, provision_type=setting.provision_type, urn=setting.urn)


def address(setting: Setting) -> str:
    return reverse("setting", args=[setting.register, setting.urn])


def sentences(setting: Setting) -> list[str]:
    """Why the status is what it is, in sentences; what it means where no reason is kept."""
    found = [reason["sentence"] for reason in setting.reasons]
    status: str = setting.status
    return found or ([MEANS[status]] if status in MEANS else [])


def one_reason(setting: Setting) -> str:
    return next(iter(sentences(setting)), "")


def checked(last: date | None, today: date) -> str:
    """ "12 days ago, 19 July 2016"; what was never checked says so."""
    if last is None:
        return "never"
    days = (today - last).days
    if days == 0:
        return f"today, {wording.day(last)}"
    return f"{wording.how_many(days, 'day', 'days')} ago, {wording.day(last)}"
