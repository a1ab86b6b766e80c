"""A judgement that was entered by hand, and of which a list says otherwise: the list counts, unless it is of an earlier
day than the entry, and it is said to whom it concerns. What was entered stays in the history of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from plumbline.audit import operations as audit
from plumbline.intake.models import Import
from plumbline.kernel import wording
from plumbline.ofsted.grades import ASPECTS, Aspect, label_of
from plumbline.ofsted.models import Setting
from plumbline.people.models import User

KIND = "ofsted.judgement.overruled"


@dataclass(frozen=True, slots=True)
class Overruled:
    """One aspect of one inspection: the grade that a person had entered, and that of the list."""

    setting_id: int
    urn: str
    inspected_on: date
    aspect: str
    entered: str
    listed: str
    entered_by_id: int | None

    @property
    def sentence(self) -> str:
        return f"{self._said} The list counts."

    @property
    def withstood(self) -> str:
        """Of one that was entered after the day of the list."""
        return f"{self._said} What was entered is newer than the list, and counts."

    @property
    def _said(self) -> str:
        aspect = ASPECTS[Aspect(self.aspect)].label
        return (
            f"Setting {self.urn}, inspected on {wording.day(self.inspected_on)}: “{aspect}” was entered by hand as "
            f"{label_of(self.aspect, self.entered)}, and the list says {label_of(self.aspect, self.listed)}."
        )


def record(overruled: Sequence[Overruled], *, import_run: Import, by: User | None, at: datetime) -> None:
    """An event for each, with the import; the person who entered it is written to (flags.operations.tell_of_events)."""
    for each in overruled:
        audit.record(
            KIND,
            by=by,
            at=at,
            subject_type=Setting._meta.label_lower,
            subject_id=each.setting_id,
            because=each.sentence,
            entered_by=each.entered_by_id,
            import_run=import_run.pk,
            aspect=each.aspect,
            entered=each.entered,
            listed=each.listed,
        )
