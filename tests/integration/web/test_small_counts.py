"""Outside the case area no small count of children shows: on a figure's page, its split, its history, run again."""

from datetime import date

import pytest

from plumbline.indicators import operations, queries, questions
from plumbline.kernel.errors import NotAllowed
from plumbline.measures import catalogue
from plumbline.measures.model import Asked
from plumbline.people.act import Act
from plumbline.scrutiny import operations as scrutiny
from plumbline.scrutiny import queries as reports
from tests.factories.people import ChildFactory, UserFactory
from tests.factories.records import ReportFactory, TacFactory
from tests.relations.page import text_of
from tests.relations.situations import AT, TODAY, observed

OUTSIDE = ["commissioner", "contract_officer", "service_area_lead", "partnership_officer", "scrutiny_officer"]
web = [pytest.mark.django_db, pytest.mark.login("pages")]


@pytest.fixture
def three_tacs(settings):
    """Three TACs open: two of girls, one of a boy."""
    settings.TODAY = TODAY
    observed("ssd_early_help_episodes")
    for sex in "FFM":
        TacFactory(child=ChildFactory(sex=sex), started_on=date(2016, 1, 10))


@pytest.fixture
def page_context(page, three_tacs):
    def of(role: str, address: str):
        return page(UserFactory(role=role)).get(address).context

    return of


class TestOnPages:
    pytestmark = web

    @pytest.mark.parametrize("role", OUTSIDE)
    def test_a_small_figure_is_withheld(self, page_context, role):
        assert page_context(role, f"/figures/tac_open/?as_at={TODAY}")["answer"].total.withheld

    def test_a_small_figure_shows_to_who_works_with_the_records(self, page_context):
        assert page_context("head_of_service", f"/figures/tac_open/?as_at={TODAY}")["answer"].total.value == 3

    @pytest.mark.parametrize("role", OUTSIDE)
    def test_every_small_part_of_a_split_is_withheld(self, page_context, role):
        rows = page_context(role, f"/figures/tac_open/?as_at={TODAY}&by=sex")["answer"].rows
        assert [row.group for row in rows if not row.withheld and row.numerator] == []

    @pytest.mark.parametrize("role", OUTSIDE)
    def test_no_small_point_of_the_history_is_drawn(self, page_context, role):
        drawn = drawn_in(page_context(role, f"/figures/tac_open/?as_at={TODAY}")["trend"])
        assert {value for value in drawn if value} == set()

    def test_the_history_is_drawn_for_who_works_with_the_records(self, page_context):
        drawn = drawn_in(page_context("head_of_service", f"/figures/tac_open/?as_at={TODAY}")["trend"])
        assert 3 in drawn

    def test_a_card_of_all_figures_withholds_it_too(self, page, three_tacs):
        groups = page(UserFactory(role="commissioner")).get("/figures/").context["groups"]
        card = next(card for card in groups[0]["cards"] if card["url"] == "/figures/tac_open/")
        assert (card["value"], card["change"]) == ("withheld", "")

    def test_a_card_kept_for_who_works_with_the_records_is_not_shown_to_others(self, page, three_tacs):
        page(UserFactory(role="head_of_service")).get("/figures/")
        groups = page(UserFactory(role="commissioner")).get("/figures/").context["groups"]
        assert groups[0]["cards"][0]["value"] == "withheld"

    def test_a_profile_that_withholds_nothing_is_not_for_who_is_outside(self, three_tacs):
        asked = Asked(catalogue.get("tac_open"), as_at=TODAY)
        with pytest.raises(NotAllowed):
            queries.ask(viewer=UserFactory(role="commissioner"), asked=asked, on=TODAY, profile="internal")

    def test_the_scrutiny_officer_writes_no_report_that_withholds_nothing(self):
        with pytest.raises(NotAllowed):
            scrutiny.write_report(
                question_numbers=[6],
                as_at=TODAY,
                profile="internal",
                act=Act(UserFactory(role="scrutiny_officer"), AT, TODAY),
            )

    def test_a_report_that_withholds_nothing_does_not_exist_outside(self):
        report = ReportFactory(profile="internal")
        assert not reports.reports_visible_to(UserFactory(role="scrutiny_officer"), TODAY).filter(pk=report.pk).exists()

    def test_a_restricted_record_is_counted_and_not_listed(self, page, three_tacs):
        hidden = TacFactory(child=ChildFactory(restricted=True))
        user = page(UserFactory(role="performance_analyst"))
        counted = user.get(f"/figures/tac_open/?as_at={TODAY}").context["answer"].total.value
        listed = text_of(user.get(f"/figures/tac_open/records/?as_at={TODAY}&format=csv"))
        assert (counted, hidden.source_id in listed) == (4, False)


@pytest.fixture
def closed(settings):
    """Closed in July: nine with needs met, three where the family did not engage, forty stepped up."""
    settings.TODAY = TODAY
    observed("ssd_early_help_episodes")
    for code, many in (("needs_met", 9), ("not_engaged", 3), ("stepped_up", 40)):
        for _ in range(many):
            TacFactory(started_on=date(2016, 1, 10), ended_on=date(2016, 7, 10), closure_code=code)


class TestEveryOtherFigureOfTheSameRecords:
    """The split by outcome withholds three, and nine for their sake: so does whatever else counts those nine."""

    pytestmark = web
    JULY = "from=2016-07-01&to=2016-07-31"

    @pytest.fixture
    def context(self, page, closed):
        client = page(UserFactory(role="commissioner"))
        return lambda key, more="": client.get(f"/figures/{key}/?{self.JULY}{more}").context

    def test_the_split_withholds_nine_for_the_sake_of_three(self, context):
        rows = context("tac_closed", "&by=outcome")["answer"].rows
        assert {row.group["outcome"]: row.value for row in rows} == {
            "needs_met": None,
            "not_engaged": None,
            "stepped_up": 40,
        }

    def test_a_share_of_them_is_withheld_on_its_page_and_in_its_history(self, context):
        found = context("tac_closed_needs_met_or_reduced")
        assert (found["answer"].total.withheld, 9 in drawn_in(found["trend"])) == (True, False)

    def test_what_the_split_shows_its_own_figure_shows(self, context):
        assert context("tac_stepped_up")["answer"].total.value == 40

    def test_a_split_of_nothing_but_withheld_is_a_sentence(self, context):
        found = context("tac_closed_not_engaged", "&by=sex")
        assert (found["split_chart"], found["answer"].shows_nothing) == (None, True)

    def test_no_order_of_questions_shows_more(self, closed):
        """All that may be asked of the month, as the command and a report ask it."""
        for key in ("tac_closed_needs_met_or_reduced", "tac_closed_not_engaged", "tac_closed_not_engaged_share"):
            for more in ({}, {"every": "month"}, {"by": "sex"}, {"by": "lead_sector", "every": "month"}):
                asked = questions.read({"key": key, "from": "2016-06-01", "to": "2016-07-31", **more})
                answer = queries.ask(viewer=None, asked=asked, on=TODAY, profile="dfe-cin")
                assert [row for row in (answer.total, *answer.rows) if row.numerator] == []


def drawn_in(trend) -> list[object]:
    """Every value that the chart of a history draws."""
    return [] if trend is None else [point.value for series in trend.series for point in series.points]


@pytest.fixture
def published(own_database, three_tacs):
    """Three open TACs, frozen; then a fourth that had been open all along is entered."""
    found = operations.publish(
        title="To the committee",
        questions_by_ref={"open": {"key": "tac_open", "as_at": "2016-07-31"}},
        profile="dfe-cin",
        act=Act(None, AT, TODAY),
    )
    TacFactory(started_on=date(2016, 1, 10))
    return found


def run_again(published, role: str):
    [row] = operations.rerun(publication=published, viewer=UserFactory(role=role), on=TODAY)
    return row


def test_small_figures_run_again_stay_withheld_outside(published):
    row = run_again(published, "scrutiny_officer")
    assert (row["published"], row["as_known_then"], row["as_known_now"]) == (None, None, None)


def test_how_few_records_changed_is_not_said_outside(published):
    assert run_again(published, "scrutiny_officer")["because"] == [
        "Some TACs entered after publication, too few to say how many"
    ]


def test_figures_run_again_show_to_who_works_with_the_records(published):
    row = run_again(published, "director")
    assert (row["published"], row["as_known_then"], row["as_known_now"]) == (3, 3, 4)
