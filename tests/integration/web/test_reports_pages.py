"""Reports on the page: who reads a draft, who writes, who publishes, the files, and the figures run again."""

import pytest

from plumbline.people.act import Act
from plumbline.scrutiny import operations
from plumbline.scrutiny.models import Report
from tests.factories.people import UserFactory
from tests.integration.scrutiny.conftest import small_county  # noqa: F401 - a fixture
from tests.integration.scrutiny.situations import NOW, TODAY

MEMBERS = ["elected_member", "committee_chair", "lead_member", "co_opted_member"]


@pytest.fixture
def draft(own_database, small_county, settings):  # noqa: F811
    settings.TODAY = TODAY
    return operations.write_report(question_numbers=[6], as_at=TODAY, act=Act(None, NOW, TODAY))


@pytest.fixture
def published(draft):
    return operations.publish_report(report_id=draft.pk, act=Act(None, NOW, TODAY))


def status(page, role: str, path: str) -> int:
    return page(UserFactory(role=role)).get(path).status_code


@pytest.mark.parametrize("role", MEMBERS)
def test_a_draft_does_not_exist_for_members(page, draft, role):
    assert status(page, role, f"/reports/{draft.pk}/") == 404


@pytest.mark.parametrize("ending", ["html", "docx", "pdf"])
def test_the_files_of_a_draft_do_not_exist_for_members(page, draft, ending):
    assert status(page, "elected_member", f"/reports/{draft.pk}/report.{ending}") == 404


def test_a_draft_is_not_in_the_list_of_members(page, draft):
    assert draft.title not in page(UserFactory(role="elected_member")).get("/reports/").content.decode()


@pytest.mark.parametrize("role", MEMBERS)
def test_a_published_report_is_read_by_members(page, published, role):
    assert status(page, role, f"/reports/{published.pk}/") == 200


@pytest.mark.parametrize(("ending", "begins"), [("html", b"<!DOCTYPE html>"), ("docx", b"PK"), ("pdf", b"%PDF")])
def test_a_report_is_taken_out_as_a_file(page, published, ending, begins):
    answer = page(UserFactory(role="elected_member")).get(f"/reports/{published.pk}/report.{ending}")
    assert (answer.content[: len(begins)], "attachment" in answer["Content-Disposition"]) == (begins, True)


def test_another_ending_is_not_there(page, published):
    assert status(page, "elected_member", f"/reports/{published.pk}/report.exe") == 404


def test_the_page_shows_no_figure_that_is_withheld(page, published):
    said = page(UserFactory(role="elected_member")).get(f"/reports/{published.pk}/").content.decode()
    # Housing leads three TACs.
    assert "withheld" in said


def test_the_director_publishes(page, draft):
    page(UserFactory(role="director")).post(f"/reports/{draft.pk}/publish/")
    assert Report.objects.get(pk=draft.pk).state == "published"


@pytest.mark.parametrize("role", ["scrutiny_officer", "head_of_service", "performance_analyst", "elected_member"])
def test_nobody_else_publishes(page, draft, role):
    page(UserFactory(role=role)).post(f"/reports/{draft.pk}/publish/")
    assert Report.objects.get(pk=draft.pk).state == "draft"


def test_the_scrutiny_officer_writes_a_draft(page, draft):
    day = {"as_at_day": str(TODAY.day), "as_at_month": str(TODAY.month), "as_at_year": str(TODAY.year)}
    page(UserFactory(role="scrutiny_officer")).post("/reports/new/", {"questions": ["6"], **day})
    assert Report.objects.filter(state="draft").count() == 2


def test_a_report_of_a_day_to_come_is_refused_at_its_field(page, draft):
    day = {"as_at_day": "1", "as_at_month": "1", "as_at_year": "2999"}
    answer = page(UserFactory(role="scrutiny_officer")).post("/reports/new/", {"questions": ["6"], **day})
    assert answer.context["form"].errors["as_at"] == ["That day has not come yet"]


def test_a_report_without_a_question_is_refused_at_its_field(page, draft):
    answer = page(UserFactory(role="scrutiny_officer")).post("/reports/new/", {"questions": []})
    assert answer.context["form"].errors["questions"] == ["Choose at least one question"]


def test_every_figure_is_run_again(page, published):
    table = page(UserFactory(role="director")).get(f"/reports/{published.pk}/again/").context["table"]
    assert table.count == published.publication.figures.count()


def test_what_changed_since_is_said_beside_its_figure(page, published, small_county):  # noqa: F811
    small_county[0].delete()
    rows = page(UserFactory(role="director")).get(f"/reports/{published.pk}/again/").context["table"].rows
    assert any(row["because"] for row in rows)


def test_a_draft_has_nothing_to_run_again(page, draft):
    assert status(page, "director", f"/reports/{draft.pk}/again/") == 404


def test_members_do_not_run_figures_again(page, published):
    assert status(page, "elected_member", f"/reports/{published.pk}/again/") == 404
