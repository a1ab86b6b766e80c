"""What the council itself knows of a setting, beside the answer to "may I place here, now?"."""

from datetime import UTC, date, datetime

import pytest

from plumbline.contracts.models import Incident, Visit, VisitFinding
from plumbline.ofsted.models import Establishment, Setting
from plumbline.placements.known_here import known_here
from plumbline.placements.queries import answer_for
from tests.factories.people import ImportFactory
from tests.integration.contracts.care_situations import a_contract
from tests.integration.placements.situations import TODAY, a_child, a_setting, a_user, an_exception
from tests.integration.web.signing_in import as_
from tests.queries import assert_constant_queries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_day(settings) -> None:
    settings.TODAY = TODAY


def an_incident(setting: Setting, *, on: date = date(2016, 7, 1), state: str = "open", number: int = 1) -> Incident:
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    closed = {"lessons": "Read.", "closed_at": at} if state == "closed" else {}
    if state == "aside":
        closed = {"aside_because": "Typed twice.", "aside_at": at}
    return Incident.objects.create(
        reference=f"INC-{setting.pk}-{number}",
        contract=a_contract(),
        setting=setting,
        type="injury",
        occurred_at=at,
        reported_at=at,
        summary="A fall.",
        state=state,
        **closed,
    )


def a_visit(setting: Setting, *, on: date = date(2016, 5, 12), state: str = "held", **findings: str) -> Visit:
    visit = Visit.objects.create(setting=setting, visited_on=on, state=state, visitors="Beth Larkin")
    for area, judgement in findings.items():
        VisitFinding.objects.create(visit=visit, area=area, judgement=judgement)
    return visit


def known(setting: Setting, role: str = "placement_officer"):
    return known_here(a_user(role), setting, on=TODAY)


def test_the_last_visit_made_says_what_was_found():
    setting = a_setting()
    a_visit(setting, on=date(2016, 1, 1))
    last = a_visit(setting, staffing="not_met", care="partly", records="met", food="not_seen")
    a_visit(setting, on=date(2016, 7, 1), state="cancelled")
    a_visit(setting, on=date(2016, 9, 1), state="planned")

    found = known(setting).visit
    assert found == last
    assert (found.areas, found.not_met, found.partly) == (3, 1, 1)


def test_incidents_of_the_last_year_are_counted_for_who_sees_none():
    setting = a_setting()
    an_incident(setting)
    an_incident(setting, state="closed", number=2)
    an_incident(setting, state="aside", number=3)
    an_incident(setting, on=date(2015, 7, 31), state="closed", number=5)
    an_incident(a_setting(), number=4)

    found = known(setting)
    assert (found.incidents, found.open_incidents, found.seen) == (2, 1, [])


def test_one_of_longer_ago_counts_as_long_as_it_is_not_closed():
    setting = a_setting()
    an_incident(setting, on=date(2015, 7, 31))

    found = known(setting)
    assert (found.incidents, found.open_incidents, found.older_open) == (1, 1, True)
    assert "1 incident in the last 12 months, or before and not closed, 1 not closed" in asked(setting)


@pytest.mark.parametrize(
    ("states", "verdict"),
    [([], "yes"), (["closed", "aside"], "yes"), (["open"], "conditions"), (["review", "closed"], "conditions")],
)
def test_an_incident_that_is_not_closed_is_no_plain_yes(states: list[str], verdict: str):
    setting = a_setting()
    for number, state in enumerate(states, 1):
        an_incident(setting, state=state, number=number)

    answer = answer_for(setting, asked=setting.urn, on=TODAY)
    said = [each for each in answer["why"] if "not closed" in each]
    assert (answer["verdict"], len(said)) == (verdict, int(verdict == "conditions"))
    page = asked(setting)
    assert ["Yes, with conditions" in page, "Yes, you may" in page] == [verdict == "conditions", verdict == "yes"]


def test_who_may_see_incidents_finds_the_open_ones_first():
    setting = a_setting()
    closed = an_incident(setting, on=date(2016, 7, 20), state="closed")
    still = an_incident(setting, number=2)

    assert known(setting, "contract_officer").seen == [still, closed]


def test_live_exceptions_are_counted():
    setting = a_setting("adverse")
    an_exception(a_child(), setting)
    an_exception(a_child(), setting, "asked")
    an_exception(a_child(), setting, ends_on=date(2016, 7, 30))

    assert known(setting).exceptions == 1


def asked(setting: Setting, role: str = "placement_officer") -> str:
    return as_(a_user(role)).post("/may-i-place/", {"q": setting.urn}, follow=True).content.decode()


def test_the_answer_says_visit_incidents_and_exceptions():
    setting = a_setting()
    a_visit(setting, staffing="not_met", care="met")
    incident = an_incident(setting)
    page = asked(setting)

    assert "12 May 2016, by our own officers (Beth Larkin): of 2 areas looked at 1 not met" in page
    assert "1 incident in the last 12 months, 1 not closed" in page
    assert incident.reference not in page
    assert incident.reference in asked(setting, "contract_officer")


def test_the_page_of_the_setting_says_the_same():
    setting = a_setting()
    a_visit(setting, staffing="met")
    page = as_(a_user("social_worker")).get(f"/settings/social_care/{setting.urn}/").content.decode()

    assert "1 area looked at, and met" in page
    assert "none reported in the last 12 months" in page


def test_a_setting_gone_from_the_list_is_no_plain_yes():
    setting = a_setting()
    Setting.objects.filter(pk=setting.pk).update(gone_since=date(2016, 7, 20))
    page = asked(setting)

    assert "Not before you know why it is gone" in page
    assert "Yes, you may" not in page
    assert "no longer on Ofsted’s list of 20 July 2016" in page


def test_a_school_that_has_closed_by_the_schools_register_is_no_plain_yes():
    setting = a_setting()
    Setting.objects.filter(pk=setting.pk).update(register="education")
    Establishment.objects.create(
        urn=setting.urn,
        name="Ash School",
        kind="Academy",
        status="Closed",
        closed_on=date(2016, 7, 1),
        as_at=date(2016, 7, 15),
        import_run=ImportFactory(),
    )
    setting.refresh_from_db()
    answer = answer_for(setting, asked=setting.urn, on=TODAY)

    assert (answer["verdict"], answer["gone"]) == ("conditions", True)
    assert "closed on 1 July 2016" in answer["why"][0]


def test_the_page_of_a_setting_takes_as_many_queries_for_one_incident_as_for_many():
    setting, client = a_setting(), as_(a_user("contract_officer"))
    a_visit(setting, staffing="not_met")
    an_incident(setting)

    def more() -> None:
        for number in range(2, 6):
            a_visit(setting, on=date(2016, 1, number), staffing="met")
            an_incident(setting, number=number)

    assert_constant_queries(lambda: client.get(f"/settings/social_care/{setting.urn}/"), more=more)
