"""Figures published stay what they were, and say what has changed since."""

from datetime import UTC, date, datetime

import psycopg
import pytest

from plumbline.audit import moments
from plumbline.audit.models import Event
from plumbline.earlyhelp.models import Tac, TacOrigin
from plumbline.indicators import operations, queries, questions
from plumbline.intake.models import Extract, Import
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import Child, User
from tests import databases
from tests.factories.people import hold_role

pytestmark = pytest.mark.usefixtures("own_database")

NOW = datetime(2016, 8, 1, 9, 0, tzinfo=UTC)
TODAY = date(2016, 7, 31)
OPEN = {"key": "tac_open", "as_at": "2016-06-30"}
MET = {"key": "tac_closed_needs_met_or_reduced", "from": "2015-04-01", "to": "2016-03-31"}


@pytest.fixture
def county(own_database) -> list[Tac]:
    """Ten TACs, six of them closed in the year, four with needs met; observed until 31 July 2016."""
    run = Import.objects.create(kind="ssd", label="test", at=NOW, by_name="test")
    Extract.objects.create(source="ssd_early_help_episodes", extracted_on=TODAY, import_run=run)
    tacs = []
    for number in range(10):
        child = Child.objects.create(source_id=f"P{number}", sort_key=str(number))
        ended = date(2016, 1, number + 1) if number < 6 else None
        code = "" if ended is None else ("needs_met" if number < 4 else "other")
        tacs.append(
            Tac.objects.create(
                source_id=f"EH{number}", child=child, started_on=date(2015, 1, 1), ended_on=ended, closure_code=code
            )
        )
    return tacs


def publish(**asked):
    return operations.publish(
        title="To the committee", questions_by_ref=asked, profile="internal", act=Act(None, NOW, TODAY)
    )


def rerun(publication):
    return operations.rerun(publication=publication, viewer=None, on=TODAY)


def test_a_published_figure_re_runs_to_its_value_after_a_late_entry_and_says_why_now_differs(county):
    publication = publish(met=MET)
    Tac.objects.filter(source_id__in=["EH6", "EH7", "EH8"]).update(ended_on=date(2016, 3, 1), closure_code="needs_met")

    [row] = rerun(publication)

    assert (row["published"], row["as_known_then"], row["as_known_now"]) == (66.7, 66.7, 77.8)
    assert row["same_as_published"]
    assert row["because"] == ["3 closures entered after publication"]


def test_a_correction_is_said_in_the_words_of_what_was_corrected(county):
    publication = publish(met=MET)
    Tac.objects.filter(source_id="EH4").update(closure_code="needs_reduced")

    [row] = rerun(publication)

    assert row["because"] == ["1 TAC with its closure reason corrected after publication"]


def test_a_deleted_record_still_counts_in_the_published_past(county):
    publication = publish(opened=OPEN)
    county[9].delete()

    [row] = rerun(publication)

    assert (row["published"], row["as_known_then"], row["as_known_now"]) == (4, 4, 3)
    assert row["because"] == ["1 TAC removed after publication"]


def test_nothing_changed_means_nothing_is_said(county):
    [row] = rerun(publish(opened=OPEN))

    assert row["because"] == []


def test_a_change_in_flight_at_publication_is_not_in_it(county, own_database):
    with psycopg.connect(databases.login_url("worker", own_database)) as slow:
        slow.execute("update earlyhelp_tac set ended_on = '2016-06-01', closure_code = 'other' where source_id = 'EH9'")
        publication = publish(opened=OPEN)
        slow.commit()

    [row] = rerun(publication)

    assert (row["published"], row["as_known_then"], row["as_known_now"]) == (4, 4, 3)


def test_a_newer_extract_does_not_change_how_far_the_published_figure_reached(county):
    publication = publish(met=MET)
    run = Import.objects.create(kind="ssd", label="later", at=NOW, by_name="test")
    Extract.objects.create(source="ssd_early_help_episodes", extracted_on=date(2016, 12, 31), import_run=run)

    asked = questions.read(MET)
    then = queries.ask(viewer=None, asked=asked, on=date(2017, 1, 1), known_at=publication.known_at)
    now = queries.ask(viewer=None, asked=asked, on=date(2017, 1, 1))

    assert then.observed_until == TODAY
    assert now.observed_until == date(2016, 12, 31)


def test_a_figure_that_cannot_be_given_publishes_nothing(county):
    with pytest.raises(RuleBroken, match="reach to 31 July 2016"):
        operations.publish(
            title="Too soon",
            questions_by_ref={"ok": OPEN, "late": {"key": "tac_open", "as_at": "2016-09-01"}},
            profile="internal",
            act=Act(None, NOW, date(2016, 10, 1)),
        )

    assert not Event.objects.filter(kind="indicators.publication.made").exists()


def test_only_who_may_publish_publishes(county):
    user = User.objects.create(username="member", name="A member", password="!")
    hold_role(user=user, role="elected_member", from_on=date(2015, 1, 1))

    with pytest.raises(NotAllowed):
        operations.publish(title="No", questions_by_ref={"o": OPEN}, profile="internal", act=Act(user, NOW, TODAY))


def test_an_elected_member_asks_for_no_figure_and_no_records(county):
    user = User.objects.create(username="member", name="A member", password="!")
    hold_role(user=user, role="elected_member", from_on=date(2015, 1, 1))

    with pytest.raises(NotAllowed):
        queries.ask(viewer=user, asked=questions.read(OPEN), on=TODAY)
    with pytest.raises(NotAllowed):
        queries.records_behind(viewer=user, asked=questions.read(OPEN), on=TODAY)


def test_a_day_to_come_is_refused_with_a_sentence(county):
    with pytest.raises(RuleBroken, match="has not come yet") as refused:
        queries.ask(viewer=None, asked=questions.read({"key": "tac_open", "as_at": "2017-01-01"}), on=TODAY)

    assert refused.value.code == "future_date"


def test_a_moment_before_the_first_record_is_refused_with_a_sentence(county):
    with pytest.raises(RuleBroken, match="Nothing was recorded here before") as refused:
        queries.ask(viewer=None, asked=questions.read(OPEN), on=TODAY, known_at=datetime(2010, 1, 1, tzinfo=UTC))

    assert refused.value.code == "before_first_record"


def test_a_record_gone_from_the_newest_extract_counts_still_and_is_said(county):
    before = moments.choose()
    gone = TacOrigin.objects.create(row=Tac.objects.get(source_id="EH9"), import_run=Import.objects.get())
    TacOrigin.objects.filter(pk=gone.pk).update(missing_since=TODAY)

    answer = queries.ask(viewer=None, asked=questions.read(OPEN), on=TODAY)
    then = queries.ask(viewer=None, asked=questions.read(OPEN), on=TODAY, known_at=before)

    assert answer.total.numerator == then.total.numerator == 4
    said = "1 TAC is no longer in the newest extract, and counted here still."
    assert said in answer.notes
    assert said not in then.notes


def test_small_counts_are_withheld_by_the_public_profile(county):
    answer = queries.ask(viewer=None, asked=questions.read(OPEN), on=TODAY, profile="dfe-cin")

    assert answer.total.withheld
    assert answer.as_json()["value"] is None


@pytest.mark.parametrize(
    ("role", "withheld"),
    [("commissioner", True), ("scrutiny_officer", True), ("social_worker", False), ("performance_analyst", False)],
)
def test_a_small_count_is_withheld_from_who_stands_outside_the_case_area(county, role, withheld):
    user = User.objects.create(username=role, name=role, password="!")
    hold_role(user=user, role=role, from_on=date(2015, 1, 1))

    answer = queries.ask(viewer=user, asked=questions.read(OPEN), on=TODAY)

    assert answer.total.withheld is withheld
