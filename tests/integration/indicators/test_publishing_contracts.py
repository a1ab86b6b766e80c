"""Published figures of what is bought stay what they were, and say in words what was recorded since."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from plumbline.contracts.models import Contract, Evaluation, Incident, Notification, PolicyReview, Visit
from plumbline.contracts.operations import rating
from plumbline.indicators import differences, operations, queries, questions
from plumbline.indicators.definitions import record_rows
from plumbline.indicators.records import counted_by
from plumbline.kernel.errors import RuleBroken
from plumbline.measures.catalogue import CATALOGUE
from plumbline.people.act import Act
from plumbline.people.models import Organisation

pytestmark = pytest.mark.usefixtures("own_database")

NOW = datetime(2016, 8, 1, 9, 0, tzinfo=UTC)
TODAY = date(2016, 7, 31)
LAST_DAY = "2016-06-30"


@pytest.fixture
def contracts(own_database) -> list[Contract]:
    """Two contracts since January: of one, the meetings are up to date; of the other, none was held."""
    provider = Organisation.objects.create(name="Willow Bank", sort_key="willow bank")
    made = [
        Contract.objects.create(
            reference=f"CT{number}",
            title="Short breaks",
            kind="block",
            provider=provider,
            service="Short breaks",
            starts_on=date(2016, 1, 1),
            value=Decimal(1000),
            visit_required=True,
        )
        for number in range(2)
    ]
    rerate(*made)
    meeting(made[0], date(2016, 4, 1))
    return made


def meeting(contract: Contract, day: date, present: bool = True) -> Evaluation:
    held = Evaluation.objects.create(contract=contract, held_on=day, service_area_present=present)
    rerate(contract)
    return held


def rerate(*contracts: Contract) -> None:
    rating.rerate(contract_ids=[each.pk for each in contracts], act=Act(None, NOW, TODAY))


def publish(**asked):
    return operations.publish(
        title="To the committee", questions_by_ref=asked, profile="dfe-cin", act=Act(None, NOW, TODAY)
    )


def as_at(key: str) -> dict[str, str]:
    return {"key": key, "as_at": LAST_DAY}


def in_the_year(key: str) -> dict[str, str]:
    return {"key": key, "from": "2015-07-01", "to": LAST_DAY}


def again(publication):
    [row] = operations.rerun(publication=publication, viewer=None, on=TODAY)
    return row


def test_a_meeting_recorded_after_publication_changes_what_is_known_now_and_says_so(contracts):
    publication = publish(reviewed=as_at("contracts_review_on_time"))
    meeting(contracts[1], date(2016, 6, 20))
    Visit.objects.create(contract=contracts[1], visited_on=date(2016, 6, 1), state="held")

    row = again(publication)

    assert (row["published"], row["as_known_then"], row["as_known_now"]) == (50.0, 50.0, 100.0)
    assert row["same_as_published"]
    assert row["because"] == [
        "1 contract counted differently, by evaluation meetings that were entered or corrected after publication"
    ]


def test_an_incident_entered_later_is_said(contracts):
    publication = publish(incidents=in_the_year("incidents_reported"))
    incident(contracts[0])

    row = again(publication)

    assert (row["published"], row["as_known_then"], row["as_known_now"]) == (0, 0, 1)
    assert row["because"] == ["1 incident entered after publication"]


def test_a_notification_whose_sending_was_entered_later_is_said(contracts):
    told = Notification.objects.create(
        incident=incident(contracts[0]),
        recipient="ofsted",
        legal_basis="regulation 40",
        duty="provider",
        due_at=datetime(2016, 5, 2, 9, tzinfo=UTC),
    )
    publication = publish(told=in_the_year("notifications_in_time"))
    Notification.objects.filter(pk=told.pk).update(sent_at=datetime(2016, 5, 1, 20, tzinfo=UTC))

    row = again(publication)

    assert (row["published"], row["as_known_now"]) == (0.0, 100.0)
    assert row["because"] == ["1 notification with its sending corrected after publication"]


def test_a_corrected_value_changes_a_sum_whose_contracts_are_the_same(contracts):
    publication = publish(worth=as_at("contracts_value"))
    Contract.objects.filter(pk=contracts[0].pk).update(value=Decimal(5000))

    row = again(publication)

    assert (row["published"], row["as_known_now"]) == (2000, 6000)
    assert row["because"] == ["1 contract with its value corrected after publication"]


def test_a_contract_that_went_to_another_colour_is_said_where_the_whole_is_the_same(contracts):
    publication = publish(colours={**as_at("contracts_open"), "by": "colour"})
    PolicyReview.objects.create(contract=contracts[0], policy="dbs", reviewed_on=date(2016, 6, 1))
    Contract.objects.filter(pk=contracts[1].pk).delete()
    rerate(contracts[0])

    row = again(publication)

    assert (row["published"], row["as_known_now"]) == (2, 1)
    assert row["because"] == ["1 contract removed after publication"]


def test_a_corrected_attendance_is_said_in_the_words_of_what_was_corrected(contracts):
    publication = publish(present=in_the_year("evaluations_area_present"))
    Evaluation.objects.update(service_area_present=False)

    assert again(publication)["because"] == ["1 meeting with its attendance corrected after publication"]


def test_a_contract_that_never_went_live_is_in_no_figure(contracts):
    Contract.objects.filter(pk=contracts[1].pk).update(state="ended", live_on=None)

    found = queries.ask(viewer=None, asked=questions.read(as_at("contracts_open")), on=TODAY)

    assert found.total.value == 1


def test_what_was_known_at_a_moment_reaches_no_further_than_its_day(contracts):
    later = questions.read({"key": "contracts_open", "as_at": "2099-01-01"})

    with pytest.raises(RuleBroken, match="is after that"):
        queries.ask(viewer=None, asked=later, on=date(2099, 6, 1), known_at=datetime.now(UTC))


@pytest.mark.parametrize("key", CATALOGUE)
def test_of_every_figure_the_records_and_what_changed_about_them_can_be_said(key, own_database):
    measure = CATALOGUE[key]
    record = counted_by(measure)

    assert record_rows(measure=measure, behind=[], act=Act(None, NOW, NOW.date())) == []
    assert record_rows(measure=measure, behind=[], act=Act(None, NOW, NOW.date()), known_at=datetime.now(UTC)) == []
    assert differences._changed_elsewhere(measure, record, [1], datetime.now(UTC)) == {}


def incident(contract: Contract) -> Incident:
    return Incident.objects.create(
        reference="IN1",
        contract=contract,
        type="missing",
        occurred_at=datetime(2016, 5, 1, 9, tzinfo=UTC),
        reported_at=datetime(2016, 5, 1, 10, tzinfo=UTC),
        summary="Not back by ten.",
    )
