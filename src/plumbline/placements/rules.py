"""What follows for a child from where the setting stands; who may begin where. Plain values in, sentences out."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.placements.flag_kinds import CHECKED_WITHIN_DAYS

# The same statuses as in the guard (placements.guard): no placement begins there without an exception.
BLOCKED = ("unregistered", "adverse", "closed")

FLAG_KINDS = (
    "setting_unregistered", "placed_at_adverse", "setting_adverse", "setting_watch", "setting_unmatched",
    "setting_gone", "check_late", "exception_undecided",
    "monthly_check_late",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Why:
    """A reason of a status, as `ofsted.rules` gave it."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Concern:
    """An open placement, where its setting stands, and who is allocated to the child ("" for nobody)."""

    placement_id: int
    source_id: str
    child_id: int
    started_on: date
    looked_after: bool
    urn: str
    status: str
    status_since: date | None
    reasons: tuple[Why, ...]
    gone_since: date | None
    worker: str
    team: str
    # What the schools register says of a URN that is on no list, in sentences.
    explained: str = ""


def reasons_of(stored: str | Sequence[Mapping[str, str]]) -> Iterable[Why]:
    """The reasons kept on a setting (a list of {code, sentence, since}; text where the driver gives JSON as text)."""
    rows = json.loads(stored) if isinstance(stored, str) else stored
    return [Why(row["code"], row["sentence"]) for row in rows]


def flags_of(concern: Concern) -> Iterable[tuple[str, str]]:
    """The kinds of flag that an open placement calls for, each with its reason in words."""
    said = " ".join(why.sentence for why in concern.reasons)
    nobody = "" if concern.worker else " No worker is allocated to the child."
    explained = f" {concern.explained}" if concern.explained else ""
    since = concern.status_since
    if concern.status == "unregistered":
        yield "setting_unregistered", f"The child is placed at {concern.urn}, which is not registered. {said}{nobody}"
    elif concern.status == "adverse":
        if since and concern.started_on >= since:
            yield (
                "placed_at_adverse",
                f"The placement at {concern.urn} began on {wording.day(concern.started_on)}, when the setting was "
                f"adverse already, since {wording.day(since)}. {said}{nobody}",
            )
        else:
            when = f" on {wording.day(since)}" if since else ""
            yield (
                "setting_adverse",
                f"Setting {concern.urn} became adverse{when}, while the child was placed there. {said}{nobody}",
            )
    elif concern.status == "watch" and any(why.code == "leaders_inadequate" for why in concern.reasons):
        leaders = next(why.sentence for why in concern.reasons if why.code == "leaders_inadequate")
        yield "setting_watch", f"{leaders} The setting, {concern.urn}, is not inadequate overall.{nobody}"
    if concern.status == "unmatched":
        if concern.urn:
            reason = f"Setting “{concern.urn}” is on none of Ofsted’s lists that were read, so nothing is known of it."
        else:
            reason = "No setting is recorded for this placement, so nothing is known of it."
        yield "setting_unmatched", f"{reason}{explained} It is not to be taken as safe.{nobody}"
    elif concern.status == "closed":
        yield (
            "setting_gone",
            f"Setting {concern.urn} has closed, and the child is recorded as placed there. {said}{nobody}",
        )
    elif concern.gone_since:
        yield (
            "setting_gone",
            f"Setting {concern.urn} is no longer on Ofsted’s list of {wording.day(concern.gone_since)}, and the child "
            f"is recorded as placed there.{explained}{nobody}",
        )


def check_late(*, urn: str, status: str, gone: bool, last_checked_on: date | None, on: date) -> str:
    """Why a setting with children is late for its check, or "". What is unmatched or gone has its own flag."""
    if status == "unmatched" or gone or (last_checked_on and last_checked_on + timedelta(CHECKED_WITHIN_DAYS) >= on):
        return ""
    when = f"was last checked on {wording.day(last_checked_on)}" if last_checked_on else "was never checked"
    return f"Setting {urn} {when}; children are placed there, and it should be checked every month."


def why_closed(
    *, kind: str, urn_then: str, urn_now: str, status: str, status_since: date | None, ended_on: date | None, on: date
) -> str:
    """Why what a flag about a placement says is not so any more, in a sentence."""
    if ended_on and ended_on <= on:
        return f"The placement ended on {wording.day(ended_on)}."
    if urn_then != urn_now:
        return f"The placement is now recorded at {urn_now or 'no setting'}."
    since = f", since {wording.day(status_since)}" if status_since else ""
    if kind == "setting_unmatched":
        return "The setting is matched now."
    if kind == "setting_gone":
        return (
            "The setting is on the newest list again, or has another status now: it is " + f"{_words(status)}{since}."
        )
    if status == "adverse":
        return f"The setting’s adverse judgement turned out to count from another day{since}: another flag says so."
    return f"The setting is {_words(status)} now{since}."


_WORDS = {"not_judged": "without an overall judgement", "unmatched": "not matched"}


def _words(status: str) -> str:
    return _WORDS.get(status, status)


# --- beginning, and exceptions ----------------------------------------------------------------------------------------


def check_days(*, started_on: date, ended_on: date | None, on: date) -> None:
    """Raise RuleBroken where a placement would start more than a year ahead, or end before it starts."""
    if started_on > on + timedelta(366):
        raise RuleBroken(f"{wording.day(started_on)} is more than a year ahead.", code="future_date")
    if ended_on and ended_on < started_on:
        raise RuleBroken(
            f"The placement would end on {wording.day(ended_on)}, before it starts on {wording.day(started_on)}.",
            code="end_before_start",
        )


def why_not(*, urn: str, status: str, sentences: Sequence[str], evaluated: bool) -> str:
    """Why nobody may be placed at a setting now; "" if someone may."""
    if not evaluated:
        return f"What is known about setting {urn} has changed and has not been evaluated yet."
    if status in BLOCKED:
        return f"Setting {urn} is {status}. {' '.join(sentences)}".strip()
    return ""


def check_exception(
    *, status: str, grounds: str, reason: str, safeguards: str, from_on: date, ends_on: date, on: date
) -> None:
    """Raise RuleBroken unless an exception may be asked for in these terms."""
    if status not in BLOCKED:
        raise RuleBroken("No exception is needed: the setting is not adverse.", code="not_needed")
    if not reason.strip():
        raise RuleBroken("Say why this child must be placed there.", code="missing_reason")
    if not safeguards.strip():
        raise RuleBroken("Say what will keep the child safe there.", code="missing_safeguards")
    if ends_on < from_on:
        raise RuleBroken(
            f"The exception would end before it begins on {wording.day(from_on)}.", code="end_before_start"
        )
    if ends_on < on:
        raise RuleBroken(f"The exception would have ended already, on {wording.day(ends_on)}.", code="past_date")
    if grounds == "emergency_night" and abs((on - from_on).days) > 1:
        raise RuleBroken("An emergency exception begins tonight or began last night.", code="not_an_emergency")
    if (ends_on - from_on).days > 366:
        raise RuleBroken("An exception lasts a year at most.", code="too_long")


# --- may I place here, now? -------------------------------------------------------------------------------------------


def unknown_setting(asked: str) -> str:
    """What is said of a setting that is on no list: never that it is safe."""
    return (
        f"No setting “{asked}” is on any of Ofsted’s lists that were read, or entered by hand. Nothing is known of it, "
        "so it is not to be taken as safe: look up its report, and enter what it says first."
    )


def answer(
    *,
    urn: str,
    status: str,
    sentences: Sequence[str],
    evaluated: bool,
    gone_since: date | None,
    closed: str = "",
    last_checked_on: date | None,
    open_incidents: int = 0,
    on: date,
) -> tuple[str, list[str]]:
    """ "yes", "no" or "conditions", with the sentences that say why and what to do first. `closed`: what the schools
    register says of a school that has closed; `open_incidents`: serious ones there that are not closed."""
    no = why_not(urn=urn, status=status, sentences=(), evaluated=evaluated)
    if no:
        return "no", [no, *sentences]
    if status == "unmatched":
        return "no", [unknown_setting(urn)]
    conditions: list[str] = []
    if status == "watch":
        conditions.append("It is to be watched: talk to the contract officer before placing, and agree on visits.")
    if status == "not_judged":
        conditions.append("There is no overall judgement: read what was judged before placing.")
    if gone_since and gone_since <= on:
        conditions.append(
            f"It is no longer on Ofsted’s list of {wording.day(gone_since)}: find out why before placing."
        )
    if closed:
        conditions.append(f"{closed} Ofsted’s lists do not say so yet: find out what became of it before placing.")
    if open_incidents:
        number = (
            "A serious incident there is" if open_incidents == 1 else f"{open_incidents} serious incidents there are"
        )
        conditions.append(f"{number} not closed: read first what is said of it, and ask the contract officer.")
    if check_late(urn=urn, status=status, gone=False, last_checked_on=last_checked_on, on=on):
        checked = f" since {wording.day(last_checked_on)}" if last_checked_on else ""
        conditions.append(f"Nobody has checked it{checked}: look up its report page before placing.")
    return ("conditions" if conditions else "yes"), [*sentences, *conditions]
