"""How settings and their states are called on pages."""

from datetime import date

from django.urls import reverse

from plumbline.kernel import wording
from plumbline.ofsted.models import Setting
from plumbline.ofsted.wording import MEANS as MEANS
from plumbline.ofsted.wording import called as called
from plumbline.ofsted.wording import label as label
from plumbline.ofsted.wording import one_reason as one_reason
from plumbline.ofsted.wording import sentences as sentences

STATUSES = {
    "unregistered": "Unregistered",
    "adverse": "Adverse",
    "closed": "Closed",
    "unmatched": "Not matched",
    "not_judged": "No overall judgement",
    "watch": "Watch",
    "clear": "Clear",
}
_KINDS = {"closed": "red", "unmatched": "amber", "not_judged": "blue"}

REGISTERS = {"social_care": "Social care", "education": "Education"}


def kind(status: str) -> str:
    """The state's key by which the tag of a status is drawn: a setting closed or unknown is not a matter at rest."""
    return _KINDS.get(status, status)


def address(setting: Setting) -> str:
    return reverse("setting", args=[setting.register, setting.urn])


def checked(last: date | None, today: date) -> str:
    """ "12 days ago, 19 July 2016"; what was never checked says so."""
    if last is None:
        return "never"
    days = (today - last).days
    if days == 0:
        return f"today, {wording.day(last)}"
    return f"{wording.how_many(days, 'day', 'days')} ago, {wording.day(last)}"
