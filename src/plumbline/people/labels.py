"""What this council calls things, from day to day: read for the day of a piece of work, and changed on a page.

Which things, and how a text is said with their words: `kernel.labels`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import cache

from django.db import connection
from django.utils.functional import lazy

from plumbline.kernel import labels, wording
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import LabelWording

# A text of ours that a class or a module holds: it is said when it is read, in the words of that day.
later = lazy(labels.say, str)


def words_on(day: date, *, known_at: datetime | None = None) -> labels.Words:
    """The words of a day; `known_at`: as they were entered by that moment."""
    rows = LabelWording.objects.filter(from_on__lte=day)
    if known_at is not None:
        rows = rows.filter(said_at__lte=known_at)
    return labels.words_of(labels.wording_on(rows.values_list("key", "from_on", "forms"), day))


def speaking_on(day: date | Callable[[], date], *, known_at: datetime | None = None) -> AbstractContextManager[None]:
    """Let everything inside be said in the words of a day: read once, and only where one of them is said."""

    @cache
    def words() -> labels.Words:
        return words_on(day() if callable(day) else day, known_at=known_at)

    return labels.speaking(words)


def wordings() -> list[LabelWording]:
    """What every label was, is and will be called, the newest first."""
    return list(LabelWording.objects.select_related("said_by").order_by("key", "-from_on"))


@operation
def change_label(*, key: str, forms: labels.Forms, from_on: date, act: PersonalAct) -> LabelWording:
    """Let a label be called so from a day on. Raises NotAllowed, and RuleBroken: unknown_label, missing_words,
    long_words, bad_words, day_taken, unchanged."""
    act.check(Permission.LISTS_MANAGE)
    forms = labels.check_forms(key, forms)
    # One at a time: two that begin on one day would each find the day free.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('label', 0))")
    of_label = list(LabelWording.objects.filter(key=key))
    if any(each.from_on == from_on for each in of_label):
        raise RuleBroken(
            f"Another wording begins on {wording.day(from_on)} already. Choose another day"
            + (", or take that one out first." if from_on > act.on else "."),
            code="day_taken",
        )
    rows = [(each.key, each.from_on, each.forms) for each in of_label]
    if labels.wording_on(rows, from_on).get(key, labels.LABELS[key].shipped) == forms:
        raise RuleBroken(f"It is called so on {wording.day(from_on)} already.", code="unchanged")
    found = LabelWording.objects.create(key=key, forms=forms, from_on=from_on, said_at=act.at, said_by=act.by)
    act.record("people.label.changed", label=key, from_on=from_on.isoformat(), forms=forms)
    return found


@operation
def take_out_label(*, wording_id: int, act: PersonalAct) -> LabelWording:
    """Take a wording out whose first day has not come. Raises NotAllowed, and RuleBroken: unknown_wording,
    has_begun."""
    act.check(Permission.LISTS_MANAGE)
    found = LabelWording.objects.select_for_update().filter(pk=wording_id).first()
    if found is None:
        raise RuleBroken("That wording is not in the list any more.", code="unknown_wording")
    if found.from_on <= act.on:
        raise RuleBroken(
            f"It has been said since {wording.day(found.from_on)}. Enter another wording from a later day.",
            code="has_begun",
        )
    act.record("people.label.taken_out", label=found.key, from_on=found.from_on.isoformat(), forms=found.forms)
    found.delete()
    return found
