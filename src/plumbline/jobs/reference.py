"""Reference data that every installation needs: bank holidays, question sets, toolkits."""

import csv
from importlib.resources import files

from plumbline.jobs import ways_in
from plumbline.people.models import BankHoliday
from plumbline.scrutiny import operations as scrutiny
from plumbline.toolkits import library as toolkits


def load() -> None:
    """Load or refresh the reference data; run twice, it changes nothing twice."""
    _bank_holidays()
    scrutiny.load_question_sets(act=ways_in.act(None))
    toolkits.load(act=ways_in.act(None))


def _bank_holidays() -> None:
    text = files("plumbline.people").joinpath("library/bank_holidays.csv").read_text(encoding="utf-8")
    # What was entered or taken out here stays as it is.
    BankHoliday.objects.bulk_create(
        (BankHoliday(day=row["day"], name=row["name"]) for row in csv.DictReader(text.splitlines())),
        ignore_conflicts=True,
    )
