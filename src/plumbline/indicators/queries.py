"""Asking for figures: what may be asked by whom, as known when, and how far the records reach."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection, transaction

from plumbline.audit import moments
from plumbline.indicators.records import OF_SOURCE, RECORDS
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.labels import say
from plumbline.kernel.moments import day_of
from plumbline.measures import ask as asking
from plumbline.measures import disclosure
from plumbline.measures.engines.postgres import PostgresEngine
from plumbline.measures.model import NATIVE, Answer, Asked, Known
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.acting import counting
from plumbline.people.models import User

CASE_AREA = {Permission.CHILDREN_VIEW, Permission.FIGURES_RECORDS, Permission.FLAGS_ANSWER}


@dataclass(frozen=True)
class Behind:
    """One record behind a figure: the table's own number, and whether it is in the numerator."""

    record_id: int
    group: str | None
    in_numerator: bool


@contextmanager
def snapshot() -> Iterator[None]:
    """One view of the database for several statements, so that no commit in between is half seen; and in it figures are
    worked out (people.acting.counting)."""
    if connection.in_atomic_block:
        # The caller's transaction decides; a publication opens its own.
        with counting():
            yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
        with counting():
            yield


def ask(
    *,
    viewer: User | None,
    asked: Asked,
    on: date,
    known_at: datetime | None = None,
    profile: str | None = None,
) -> Answer:
    """The figure, split or series. `known_at` None: as our records say now. `profile` None: what the viewer's roles
    allow (`profile_of`).

    Raises NotAllowed, and RuleBroken with code future_date, before_first_record, not_observed, wrong_question,
    unknown_split or unknown_profile.
    """
    access.check(viewer, Permission.FIGURES_VIEW, on=on)
    if profile:
        check_profile(viewer, profile, on=on)
    return answer_unchecked(asked=asked, on=on, known_at=known_at, profile=profile or profile_of(viewer, on=on))


def profile_of(viewer: User | None, *, on: date) -> str | None:
    """What figures pass before this viewer sees them: nothing inside the case area, the default profile outside it.

    Inside is who comes near children's records, or answers for what happens to them; measures.md, disclosure control.
    """
    if viewer is None or CASE_AREA & access.permissions_of(viewer, on=on):
        return None
    return disclosure.DEFAULT.name


def check_profile(viewer: User | None, profile: str, *, on: date) -> None:
    """Raise NotAllowed where the viewer asks for small counts that they may not see, RuleBroken (unknown_profile)."""
    if disclosure.get_profile(profile).threshold == 0 and profile_of(viewer, on=on) is not None:
        raise NotAllowed(f"{viewer} may not see small counts of children, and the profile “{profile}” withholds none.")


def answer_unchecked(
    *,
    asked: Asked,
    on: date,
    known_at: datetime | None = None,
    profile: str | None = None,
    native_until: date | None = None,
) -> Answer:
    """As `ask`, for a caller that has checked who reads (a report and its readers). `native_until`: to which day our
    own records reached when the question was asked, where that is not today."""
    _refuse_future(asked, on)
    with snapshot(), connection.cursor() as cursor:
        known = _known(known_at)
        answer = asking.answer(
            asked,
            engine=PostgresEngine(cursor),
            observed_until=_reached(known, native_until, on),
            known=known,
        )
        answer = _say_what_is_missing(answer, known)
        if known is None:
            cursor.execute("select transaction_timestamp()")
            answer = replace(answer, known_at=cursor.fetchone()[0])
        if profile is None:
            return answer
        return protected(answer, profile=profile, on=on, known_at=known_at, native_until=native_until)


def protected(
    answer: Answer, *, profile: str, on: date, known_at: datetime | None, native_until: date | None = None
) -> Answer:
    """The answer through a profile, with the answers that would tell what it withholds asked beside it, as they were
    known at the same moment."""
    chosen = disclosure.get_profile(profile)
    beside = [
        answer_unchecked(asked=each, on=on, known_at=known_at, native_until=native_until)
        for each in (disclosure.kin(answer.asked) if chosen.threshold else ())
    ]
    return disclosure.protect_answer(answer, chosen, beside)


def records_behind(
    *, viewer: User | None, asked: Asked, on: date, known_at: datetime | None = None
) -> tuple[Behind, ...]:
    """The records of the denominator, and which of them are in the numerator.

    Raises NotAllowed for the person who may not see records behind figures, and RuleBroken as `ask` does.
    """
    access.check(viewer, Permission.FIGURES_RECORDS, on=on)
    return records_unchecked(asked=asked, on=on, known_at=known_at)


def records_unchecked(
    *, asked: Asked, on: date, known_at: datetime | None = None, native_until: date | None = None
) -> tuple[Behind, ...]:
    _refuse_future(asked, on)
    with snapshot(), connection.cursor() as cursor:
        known = _known(known_at)
        reached = _reached(known, native_until, on)
        found = asking.records(asked, engine=PostgresEngine(cursor), observed_until=reached, known=known)
    return tuple(Behind(int(record.id), record.group, record.in_numerator) for record in found)


def horizons(*, known: Known | None = None) -> dict[str, date]:
    """The last day that each source's records reach, by the name of the extract, as known then."""
    relation = "intake_extract"
    parameters: dict[str, int | list[int]] = {}
    if known is not None:
        relation = f"(select * from intake_extract_history where {moments.condition()})"
        parameters = {"n": known.n, "late": list(known.late)}
    with connection.cursor() as cursor:
        cursor.execute(f"select source, max(extracted_on) from {relation} x group by source", parameters)
        return dict(cursor.fetchall())


def _reached(known: Known | None, native_until: date | None, on: date) -> dict[str, date]:
    """How far each source reaches. What is recorded here reaches to today; as known at a moment, no further than it."""
    then = day_of(known.at, on=on) if known and known.at else on
    return {**horizons(known=known), NATIVE: native_until or then}


def _known(moment: datetime | None) -> Known | None:
    if moment is None:
        return None
    found = moments.known_at(moment)
    return Known(n=found.n, late=found.late, at=found.at)


def _refuse_future(asked: Asked, on: date) -> None:
    day = asked.as_at or (asked.period.first if asked.period else None)
    if day and day > on:
        raise RuleBroken(f"{wording.day(day)} has not come yet: today is {wording.day(on)}.", code="future_date")


def _say_what_is_missing(answer: Answer, known: Known | None) -> Answer:
    """Rows that a newer whole extract no longer holds are counted still, and said beside the figure."""
    records = {OF_SOURCE[source].key for source in answer.measure.sources if source in OF_SOURCE}
    notes = []
    with connection.cursor() as cursor:
        for key in sorted(records):
            record = RECORDS[key]
            relation = f"{record.table}origin"
            parameters: dict[str, int | list[int]] = {}
            if known is not None:
                relation = f"(select missing_since from {relation}_history where {moments.condition()})"
                parameters = {"n": known.n, "late": list(known.late)}
            cursor.execute(f"select count(*) from {relation} x where missing_since is not null", parameters)
            count = cursor.fetchone()[0]
            if count:
                words = f"1 {say(record.noun)} is" if count == 1 else f"{count:,} {say(record.nouns)} are"
                notes.append(f"{words} no longer in the newest extract, and counted here still.")
    return replace(answer, notes=(*answer.notes, *notes)) if notes else answer
