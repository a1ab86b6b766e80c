"""A published report stays what it was, and says what has changed since."""

from datetime import date

import pytest

from plumbline.earlyhelp.models import Tac
from plumbline.intake.models import Extract
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.scrutiny import operations, queries
from plumbline.scrutiny.models import Report
from tests.integration.scrutiny.situations import TODAY, page, publish, write

# A moment is known only of what was committed.
pytestmark = pytest.mark.usefixtures("own_database")


def test_a_published_report_reads_the_same_after_records_are_corrected(small_county):
    report = publish(write())
    before = page(report)
    Tac.objects.filter(closure_code="not_engaged").update(closure_code="needs_met")
    Tac.objects.filter(ended_on=None).first().delete()
    assert page(Report.objects.get(pk=report.pk)) == before


def test_its_background_papers_say_how_far_the_records_reached_when_it_was_published(small_county):
    report = publish(write((6,)))
    Extract.objects.update(extracted_on=date(2016, 12, 31))
    document = queries.report_document(report, viewer=None, on=TODAY, council="", colour="#1d4f6e")
    reached = {
        paper.title.rpartition(", to ")[2] for paper in document.front.background_papers if ", to " in paper.title
    }
    assert reached == {"31 July 2016"}


def test_a_draft_follows_the_records(small_county):
    report = write()
    before = page(report)
    Tac.objects.filter(ended_on=None).first().delete()
    assert page(report) != before


def test_running_a_report_again_says_what_changed_since_and_why(small_county):
    report = publish(write((6,)))
    Tac.objects.filter(closure_code="not_engaged").update(closure_code="needs_met")

    rows = operations.rerun_report(report_id=report.pk, viewer=None, on=TODAY)

    [met] = [row for row in rows if row["ref"] == "needs_met"]
    assert (met["published"], met["as_known_then"], met["as_known_now"], met["because"]) == (
        70.0,
        70.0,
        90.0,
        ["6 TACs with their closure reason corrected after publication"],
    )


def test_every_figure_runs_again_to_what_was_published_where_nothing_changed(county_2016):
    report = publish(write((5, 6, 7)))
    rows = operations.rerun_report(report_id=report.pk, viewer=None, on=TODAY)
    assert [row["ref"] for row in rows if not row["same_as_published"] or row["because"]] == []


def test_a_report_is_published_with_the_reason_where_a_figure_cannot_be_given():
    report = publish(write((5,)))
    assert "“Children placed at settings” cannot be given: No placements" in page(report)


def test_a_report_is_published_once(small_county):
    report = publish(write((6,)))
    with pytest.raises(RuleBroken) as refusal:
        publish(report)
    assert refusal.value.code == "wrong_state"


def test_a_draft_cannot_be_run_again(small_county):
    with pytest.raises(RuleBroken) as refusal:
        operations.rerun_report(report_id=write((6,)).pk, viewer=None, on=TODAY)
    assert refusal.value.code == "not_published"


def test_writing_a_report_is_not_enough_to_publish_it(small_county, user_with):
    report = write((6,), by=user_with("scrutiny_officer"))
    with pytest.raises(NotAllowed):
        publish(report, by=report.made_by)


def test_the_director_publishes(small_county, user_with):
    assert publish(write((6,)), by=user_with("director")).state == Report.State.PUBLISHED


def test_a_member_sees_published_reports_and_no_draft(small_county, user_with):
    published, _ = publish(write((6,))), write((7,))
    assert list(queries.reports_visible_to(user_with("elected_member"), TODAY)) == [published]


def test_a_draft_does_not_exist_for_a_member(small_county, user_with):
    with pytest.raises(RuleBroken) as refusal:
        queries.get_report(viewer=user_with("elected_member"), report_id=write((6,)).pk, on=TODAY)
    assert refusal.value.code == "no_report"


def test_someone_with_no_part_in_reports_sees_none(small_county, user_with):
    publish(write((6,)))
    assert list(queries.reports_visible_to(user_with("lead_professional"), TODAY)) == []


def test_the_measures_wording_stays_as_it_was_when_published(small_county, monkeypatch):
    report = publish(write((6,)))
    monkeypatch.setattr(queries, "CATALOGUE", {})
    shown = queries.figures_shown(report, on=TODAY)
    assert shown["open_now"].title == "TACs open"
