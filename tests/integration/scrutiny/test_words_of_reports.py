"""A report is said in the council's words of the day that it is about, and a published one never in others."""

from datetime import date, timedelta

import pytest

from plumbline.people.labels import speaking_on
from plumbline.people.models import LabelWording
from plumbline.scrutiny import operations
from tests.factories.people import LONG_AGO, UserFactory
from tests.integration.scrutiny.situations import NOW, TODAY, page, publish, write

# A moment is known only of what was committed.
pytestmark = pytest.mark.usefixtures("own_database")


def family_help(*, from_on: date) -> None:
    """Entered an hour after the reports of these tests are published."""
    LabelWording.objects.create(
        key="tac",
        from_on=from_on,
        said_at=NOW + timedelta(hours=1),
        said_by=UserFactory(),
        forms={"tac": "Family Help plan", "tacs": "Family Help plans", "tac_long": "plan of help for a family"},
    )


def test_a_report_says_the_word_of_the_day_that_it_is_about(small_county):
    family_help(from_on=date(2016, 7, 1))
    with speaking_on(TODAY):
        earlier, later = page(write((6,), as_at=date(2016, 6, 30))), write((6,), as_at=TODAY)

    assert "Open TACs by the sector" in earlier
    assert "Family Help plan" not in earlier
    text = page(later)
    assert "Open Family Help plans by the sector" in text
    assert "Family Help plans that started on or before the day" in text


def test_a_published_one_stays_and_its_figures_run_again_to_the_same(small_county):
    report = publish(write((6,)))
    before = page(report)
    family_help(from_on=LONG_AGO)

    with speaking_on(TODAY):
        rows = operations.rerun_report(report_id=report.pk, viewer=None, on=TODAY)
        assert [row["ref"] for row in rows if not row["same_as_published"] or row["because"]] == []
        assert page(report) == before
