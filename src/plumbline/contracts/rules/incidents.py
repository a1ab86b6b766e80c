"""Serious incidents: who is to be told by when, what may be written where, and when one can be closed.

Plain values in, decisions with reasons out. Sources of the duties: `contracts/library/notifications.yaml`.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from plumbline.contracts.rules.notifications import ALL, NOTIFIABLE, SECURE, Clock, Library, Rule
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.moments import add_hours, day_here, end_of, taken_at
from plumbline.kernel.periods import working_days_after

# The types of which the council must decide whether they are notified to the national panel: a child died, or was
# seriously harmed (Children Act 2004, section 16C). Of others it may decide so.
TO_BE_DECIDED = frozenset({"death", "serious_injury"})
# The types that end with an outcome of the allegation.
ALLEGATIONS = frozenset({"allegation_staff"})
OUTCOMES: Mapping[str, str] = {
    "substantiated": "Substantiated",
    "malicious": "Malicious",
    "false": "False",
    "unsubstantiated": "Unsubstantiated",
    "unfounded": "Unfounded",
}


@dataclass(frozen=True, slots=True)
class Due:
    """One recipient who is to be told, by when, by whose duty and by which law."""

    recipient: str
    basis: str
    duty: str
    due_at: datetime


def kind_of_setting(*, register: str, provision_type: str) -> str:
    """childrens_home, supported_accommodation or other, from what Ofsted calls the setting.

    A setting of the social-care register whose type is not known is taken for a children's home: that asks for more,
    and what is not needed is marked so with a reason.
    """
    said = provision_type.casefold().replace("’", "'")
    if "supported accommodation" in said:
        return "supported_accommodation"
    if re.search(r"children'?s'? home", said) or (register == "social_care" and not said.strip()):
        return "childrens_home"
    return "other"


def is_secure(provision_type: str) -> bool:
    """Whether what Ofsted calls the setting is a secure children's home."""
    return provision_type.strip().casefold().startswith("secure children")


def notifications(
    library: Library,
    *,
    type: str,  # noqa: A002 - what the field calls it
    setting_kind: str,
    secure: bool,
    occurred_on: date,
    provider_knew_at: datetime,
    council_knew_at: datetime,
    notifiable: bool,
    learnt_on: date | None,
    holidays: Collection[date],
) -> list[Due]:
    """Everyone who is to be told of an incident, by the law of the day on which it happened; the soonest first.

    A provider's clocks run from the moment at which the provider knew, the council's from when the council did; those
    of a notifiable incident from `learnt_on`, the day on which the council learnt that it is one.
    """
    found = []
    for rule in library.rules:
        if not _applies(
            rule, type=type, setting_kind=setting_kind, secure=secure, on=occurred_on, notifiable=notifiable
        ):
            continue
        knew_at = provider_knew_at if rule.duty == "provider" else council_knew_at
        if rule.when == NOTIFIABLE and learnt_on is not None:
            knew_at = taken_at(learnt_on, time(0))
        found.append(Due(rule.recipient, rule.basis, rule.duty, due_at(rule.clock, knew_at, holidays=holidays)))
    return sorted(found, key=lambda due: due.due_at)


def _applies(
    rule: Rule,
    *,
    type: str,  # noqa: A002 - as above
    setting_kind: str,
    secure: bool,
    on: date,
    notifiable: bool,
) -> bool:
    return (
        setting_kind in rule.settings
        and (ALL in rule.types or type in rule.types)
        and rule.stands_on(on)
        and (rule.when != NOTIFIABLE or notifiable)
        and (rule.when != SECURE or secure)
    )


def due_at(clock: Clock, knew_at: datetime, *, holidays: Collection[date]) -> datetime:
    """By when, in UTC. Of working days: the last minute of the nth working day after the day of knowing, so that the
    first after a Saturday is the Monday, unless that is a bank holiday.

    "Within one working day" (Working Together to Safeguard Children 2023, of the designated officer), "within 5 working
    days of becoming aware" and "within 15 working days" (the same, of the national panel and the rapid review) count
    after the day of knowing; "not later than 72 hours after having become aware" (UK GDPR, article 33) in hours.
    """
    if clock.hours is not None:
        return add_hours(knew_at, clock.hours)
    return end_of(working_days_after(day_here(knew_at), clock.working_days or 0, holidays))


def check_live(state: str) -> None:
    """Raise RuleBroken where an incident is not worked on any more."""
    if state == "closed":
        raise RuleBroken("The incident is closed.", code="wrong_state")
    if state == "aside":
        raise RuleBroken("The incident is set aside. Take that back first.", code="wrong_state")


def check_aside(*, because: str, is_error: bool, leading_here: Collection[str]) -> None:
    """Raise RuleBroken unless an incident may be set aside: with a reason, and, as entered in error, only where no
    other was set aside as the same as it. Otherwise what happened would be recorded nowhere."""
    if not because.strip():
        raise RuleBroken("Say why.", code="missing_reason")
    if is_error and leading_here:
        raise RuleBroken(
            f"{', '.join(sorted(leading_here))} was set aside as the same as this one. Take that back first.",
            code="others_lead_here",
        )


def check_times(*, occurred_at: datetime, knew_at: datetime, now: datetime) -> None:
    """Raise RuleBroken unless an incident happened before it was known, and was known before now."""
    if occurred_at > now:
        raise RuleBroken("The incident cannot have happened in the future.", code="future_date")
    if knew_at > now:
        raise RuleBroken("The provider cannot have learnt of it in the future.", code="future_date")
    if knew_at < occurred_at:
        raise RuleBroken("The provider cannot have learnt of it before it happened.", code="days_out_of_order")


def names_in(text: str, names: Iterable[str]) -> list[str]:
    """Which of these names a text for wide reading holds: a whole name, or a surname or forename of three letters and
    more, as a word of its own. Capital letters are asked for in parts of a name, so that "may" is no Ms May."""
    found = []
    plain = text.replace("’", "'")
    for name in names:
        whole = " ".join(name.replace("’", "'").split())
        parts = [part for part in whole.split() if len(part) >= 3]
        if whole and re.search(rf"(?<!\w){re.escape(whole)}(?!\w)", plain, re.IGNORECASE):
            found.append(name)
        elif any(re.search(rf"(?<!\w){re.escape(part[:1].upper() + part[1:])}(?!\w)", plain) for part in parts):
            found.append(name)
    return found


def check_nameless(text: str, names: Iterable[str], *, what: str) -> None:
    """Raise RuleBroken where a text that many read names someone. The refusal does not repeat the name."""
    if names_in(text, names):
        raise RuleBroken(
            f"{what} names someone. Many people read it: write “a child” or “a member of staff”, and put the names in"
            " the full account.",
            code="names_somebody",
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """What closing an incident asks about it. `untold`, `news_untold`, `open_actions`: in words, one each."""

    type: str
    outcome: str
    notifiable_decided: bool
    untold: Sequence[str]
    news_untold: Sequence[str]
    open_actions: Sequence[str]
    lessons: str


def in_the_way_of_closing(standing: Standing) -> list[str]:
    """Why an incident cannot be closed yet, in sentences; empty where it can."""
    reasons = [f"{name} has not been told." for name in standing.untold]
    reasons += [f"{name} has not been told the later news." for name in standing.news_untold]
    if standing.type in TO_BE_DECIDED and not standing.notifiable_decided:
        reasons.append("Nobody has decided whether it must be notified to the national panel.")
    if standing.type in ALLEGATIONS and not standing.outcome:
        reasons.append("The outcome of the allegation is not recorded.")
    reasons += [f"The action “{title}” is not verified." for title in standing.open_actions]
    if not standing.lessons.strip():
        reasons.append("What was learnt is not written down.")
    return reasons


def check_outcome(type: str, outcome: str) -> None:  # noqa: A002 - as above
    """Raise RuleBroken for an outcome of what is no allegation, or one that “Working Together” does not know."""
    if type not in ALLEGATIONS:
        raise RuleBroken("Only an allegation has an outcome.", code="no_allegation")
    if outcome not in OUTCOMES:
        raise RuleBroken("Choose the outcome of the allegation.", code="unknown_outcome")


@dataclass(frozen=True, slots=True)
class Agreed:
    """Who has agreed one version of an incident form; None: nobody of that side yet."""

    manager: int | None
    area: int | None
    provider: int | None

    @property
    def by_all(self) -> bool:
        return None not in (self.manager, self.area, self.provider)


SIDES: Mapping[str, str] = {
    "manager": "Contract manager",
    "area": "Service area",
    "provider": "Provider",
}


def check_agreement(agreed: Agreed, *, side: str, user_id: int, newest: bool) -> None:
    """Raise RuleBroken unless this person can agree for this side now. Nobody agrees for two sides."""
    if side not in SIDES:
        raise RuleBroken("There is no such side.", code="unknown_side")
    if not newest:
        raise RuleBroken("There is a newer version of this form. Read that one.", code="old_version")
    if getattr(agreed, side) is not None:
        raise RuleBroken(f"This version is agreed already for the side: {SIDES[side].lower()}.", code="agreed_already")
    if user_id in {agreed.manager, agreed.area, agreed.provider}:
        raise RuleBroken("You have agreed for another side already. Each side agrees for itself.", code="two_sides")
