"""What waits for whom: each minute what changed, or all of it from nothing (`plumbline duties`); what e-mails say."""

from datetime import date, datetime

import click

from plumbline.due import keeping, queries
from plumbline.due.rules import Band
from plumbline.flags.rules import Work
from plumbline.people.models import User


def catch_up(*, on: date) -> None:
    keeping.catch_up(on=on, wait=True)


def from_nothing(*, on: date) -> None:
    click.echo(f"Duties: {keeping.from_nothing(on=on):,}")


class Waiting:
    """What waits for each at this moment, as My work says it."""

    def __init__(self, *, at: datetime, on: date) -> None:
        catch_up(on=on)
        self.on, self.at = on, at

    def work_of(self, user: User) -> Work:
        work = queries.work_of(user, on=self.on, at=self.at)
        counts = work.counts
        return Work(counts[Band.NOW], counts[Band.TODAY], counts[Band.WEEK], counts[Band.PLANNED], work.late)

    def to_answer(self, user: User) -> list[int]:
        return queries.subjects_of(user, kind="return.answer", on=self.on, at=self.at)
