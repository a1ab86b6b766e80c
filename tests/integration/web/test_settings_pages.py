"""Pages on which a setting's notices, its use without registration and the talks with its provider are recorded; the
chain on a setting and a placement; and what My work counts for who keeps the lists."""

from datetime import date, time, timedelta

import pytest
from django.test import Client

from plumbline.audit.models import Event
from plumbline.contracts.models import Contract
from plumbline.contracts.operations.register import Entry, register_contract
from plumbline.flags.models import Flag, FlagStep
from plumbline.kernel.moments import day_here, taken_at
from plumbline.ofsted.models import MonthlyCheck, Notice, Owner, Setting, UnregisteredUse
from plumbline.people.act import Act
from plumbline.placements import operations
from plumbline.placements.models import Placement
from tests.duties import items
from tests.factories.people import ChildFactory
from tests.factories.records import TacFactory
from tests.integration.placements.situations import (
    AT,
    TODAY,
    a_setting,
    a_user,
    an_import,
    evaluated,
    judge,
    place,
)
from tests.integration.web.signing_in import as_
from tests.queries import assert_constant_queries

pytestmark = pytest.mark.django_db
LINK = "/settings/social_care"


@pytest.fixture(autouse=True)
def _the_day(settings) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def officer() -> Client:
    return as_(a_user("contract_officer"))


def day(name: str, when: date) -> dict[str, str]:
    return {f"{name}_day": str(when.day), f"{name}_month": str(when.month), f"{name}_year": str(when.year)}


def placed_before(status: str = "adverse") -> Placement:
    """A child placed before the setting became what it is, with its flag raised."""
    setting = a_setting(status, since=date(2016, 7, 29))
    placement = place(setting, started_on=date(2016, 5, 1), source="social_care", import_run=an_import())
    operations.raise_flags(act=Act(None, AT, TODAY))
    return placement


# --- notices ----------------------------------------------------------------------------------------------------------


def restricted(officer: Client) -> Notice:
    urn = a_setting().urn
    officer.post(f"{LINK}/{urn}/notice/", {"kind": "restriction", **day("from_on", date(2016, 7, 1))})
    return Notice.objects.select_related("setting").get()


def end_of(notice: Notice) -> str:
    return f"{LINK}/{notice.setting.urn}/notices/{notice.pk}/end/"


def test_a_notice_in_force_is_ended_from_the_settings_page(officer) -> None:
    notice = restricted(officer)
    assert end_of(notice) in officer.get(f"{LINK}/{notice.setting.urn}/").content.decode()


def test_the_status_follows_from_the_end_of_a_notice(officer) -> None:
    notice = restricted(officer)
    before = Setting.objects.get(pk=notice.setting_id).status
    officer.post(end_of(notice), day("to_on", date(2016, 7, 30)))
    assert (before, Setting.objects.get(pk=notice.setting_id).status != "adverse") == ("adverse", True)


def test_the_end_of_a_notice_is_an_event(officer) -> None:
    officer.post(end_of(restricted(officer)), day("to_on", date(2016, 7, 30)))
    assert Event.objects.get(kind="ofsted.notice.ended").data == {"to_on": "2016-07-30"}


def test_a_notice_does_not_end_before_it_began(officer) -> None:
    notice = restricted(officer)
    page = officer.post(end_of(notice), day("to_on", date(2016, 6, 30))).content.decode()
    assert "It would end on 30 June 2016, before it begins." in page


def test_a_notice_is_ended_under_no_other_settings_address(officer) -> None:
    notice, other = restricted(officer), a_setting()
    assert officer.get(f"{LINK}/{other.urn}/notices/{notice.pk}/end/").status_code == 404


# --- used without registration ----------------------------------------------------------------------------------------


def used(officer: Client) -> UnregisteredUse:
    setting = a_setting()
    place(setting, started_on=date(2016, 5, 1))
    officer.post(
        f"{LINK}/{setting.urn}/unregistered/", {"legal_basis": "Court order", **day("from_on", date(2016, 7, 1))}
    )
    return UnregisteredUse.objects.select_related("setting").get()


def test_what_was_done_about_an_unregistered_use_is_added_later(officer) -> None:
    use = used(officer)
    officer.post(
        f"{LINK}/{use.setting.urn}/unregistered/",
        {"legal_basis": "Order of the High Court", **day("ofsted_told_on", date(2016, 7, 4))},
    )
    use.refresh_from_db()
    assert (use.legal_basis, use.ofsted_told_on) == ("Order of the High Court", date(2016, 7, 4))


def test_the_event_of_a_change_says_what_it_was_before(officer) -> None:
    use = used(officer)
    officer.post(f"{LINK}/{use.setting.urn}/unregistered/", {"legal_basis": "Order of the High Court"})
    event = Event.objects.get(kind="ofsted.unregistered_use.updated")
    assert (event.data["before"], event.data["now"]) == (
        {"legal_basis": "Court order"},
        {"legal_basis": "Order of the High Court"},
    )


def test_the_end_of_an_unregistered_use_is_recorded_and_an_event(officer) -> None:
    use = used(officer)
    officer.post(f"{LINK}/{use.setting.urn}/unregistered/end/", day("to_on", date(2016, 7, 30)))
    use.refresh_from_db()
    assert (use.to_on, Event.objects.filter(kind="ofsted.unregistered_use.ended").count()) == (date(2016, 7, 30), 1)


def test_no_use_ends_in_the_future(officer) -> None:
    use = used(officer)
    officer.post(f"{LINK}/{use.setting.urn}/unregistered/end/", day("to_on", TODAY + timedelta(1)))
    use.refresh_from_db()
    assert use.to_on is None


def test_each_child_at_an_unregistered_setting_is_reviewed_weekly(officer) -> None:
    used(officer)
    review = FlagStep.objects.get(flag__kind="setting_unregistered", code="review")
    as_(a_user("head_of_service")).post(
        f"/flags/{review.flag_id}/steps/{review.pk}/", {"decision": "remain", "result": "Visited."}
    )
    due = FlagStep.objects.filter(code="review").order_by("due_on").values_list("due_on", flat=True)
    assert list(due) == [date(2016, 8, 5), date(2016, 8, 12)]


def test_the_list_of_unregistered_settings_says_when_they_are_reviewed_next(officer) -> None:
    used(officer)
    [row] = officer.get("/settings/unregistered/").context["table"].rows
    assert (row.children, row.review_due, row.reviewed_at) == (1, date(2016, 8, 5), None)


def test_the_page_of_an_unregistered_setting_says_that_no_review_was_held(officer) -> None:
    use = used(officer)
    assert "None held yet" in officer.get(f"{LINK}/{use.setting.urn}/").content.decode()


# --- a setting on no list ---------------------------------------------------------------------------------------------


def test_a_setting_that_stands_on_no_list_is_recorded(officer) -> None:
    officer.post("/settings/record/", {"register": "education", "urn": "own-7", "name": "The Mill School"})
    setting = Setting.objects.get(register="education", urn="OWN-7")
    assert (setting.name, setting.status) == ("The Mill School", "unmatched")


def test_recording_a_setting_is_an_event(officer) -> None:
    officer.post("/settings/record/", {"register": "education", "urn": "own-7", "name": "The Mill School"})
    assert Event.objects.filter(kind="ofsted.setting.recorded").count() == 1


@pytest.mark.parametrize("role", ["head_of_service", "social_worker", "elected_member"])
def test_nobody_else_records_a_setting(role: str) -> None:
    assert as_(a_user(role)).get("/settings/record/").status_code == 404


# --- the provider -----------------------------------------------------------------------------------------------------


def test_my_work_of_the_contract_officer_names_the_provider_to_speak_to(officer) -> None:
    setting = placed_before().setting
    found = items(officer.get("/").context["work"].matters)
    assert [item.what for item in found if item.deed == "Record the conversation"] == [
        f"Speak to the provider of Setting {setting.urn}"
    ]


def test_the_conversation_is_recorded_from_its_page_and_leaves_my_work(officer) -> None:
    setting = placed_before().setting
    officer.post(f"{LINK}/{setting.urn}/provider/", {"said": "The plan comes on Friday."})
    found = items(officer.get("/").context["work"].matters)
    assert [item for item in found if item.deed == "Record the conversation"] == []


def test_the_settings_page_shows_what_was_said_with_the_provider(officer) -> None:
    setting = placed_before().setting
    officer.post(f"{LINK}/{setting.urn}/provider/", {"said": "The plan comes on Friday."})
    assert "The plan comes on Friday." in officer.get(f"{LINK}/{setting.urn}/").content.decode()


def test_the_contract_officer_learns_no_childs_name_on_the_way(officer) -> None:
    setting = placed_before().setting
    page = officer.post(f"{LINK}/{setting.urn}/provider/", {"said": "The plan comes."}, follow=True)
    assert "Quill" not in page.content.decode()


def test_a_conversation_without_words_is_not_recorded(officer) -> None:
    setting = placed_before().setting
    officer.post(f"{LINK}/{setting.urn}/provider/", {"said": ""})
    assert FlagStep.objects.get(code="contact_provider").done_at is None


def test_nobody_else_opens_the_page_of_the_conversation() -> None:
    setting = placed_before().setting
    assert as_(a_user("performance_analyst")).get(f"{LINK}/{setting.urn}/provider/").status_code == 404


# --- the chain --------------------------------------------------------------------------------------------------------


def a_whole_chain() -> Placement:
    placement = placed_before()
    setting = placement.setting
    setting.owner = Owner.objects.create(name="Lantern Care", sort_key="lantern care")
    setting.save()
    judge(setting, "inadequate", on=date(2016, 7, 20))
    evaluated(setting)
    return placement


def links(page) -> list[tuple[str, str]]:
    return [(link["kind"], link["text"]) for link in page.context["chain"]]


def test_a_setting_shows_the_chain_with_counts(officer) -> None:
    setting = a_whole_chain().setting
    assert links(officer.get(f"{LINK}/{setting.urn}/")) == [
        ("Contract", "none: enter the agreement"),
        ("Owner", "Lantern Care"),
        ("Setting", f"Setting {setting.urn}"),
        ("Judgement", "Inadequate, 20 July 2016"),
        ("Children", "1 child"),
        ("Told", "1 flag, 0 of 3 have read"),
    ]


def test_a_placement_shows_the_chain_with_the_childs_name() -> None:
    placement = a_whole_chain()
    page = as_(a_user("placement_officer")).get(f"/placements/{placement.pk}/")
    assert links(page) == [
        ("Owner", "Lantern Care"),
        ("Setting", f"Setting {placement.setting.urn}"),
        ("Judgement", "Inadequate, 20 July 2016"),
        ("Child", "Kit Quill"),
        ("Told", "3 others"),
    ]


def a_contract_at(setting, **more) -> Contract:
    entry = {
        "reference": "CT900", "title": "A place to live", "kind": "block", "provider": "Lantern Care",
        "service": "Residential care", "starts_on": date(2016, 1, 1), "urns": [setting.urn],
    }  # fmt: skip
    return register_contract(entry=Entry(**entry | more), act=Act(None, AT, TODAY))


def test_a_setting_leads_back_to_its_contract(officer) -> None:
    contract = a_contract_at(a_whole_chain().setting)
    first = officer.get(f"{LINK}/{contract.settings.get().urn}/").context["chain"][0]
    assert (first["text"], first["url"]) == ("CT900", f"/contracts/{contract.pk}/")


def test_a_placement_leads_back_to_its_contract_for_who_may_see_contracts() -> None:
    placement = a_whole_chain()
    a_contract_at(placement.setting)
    page = as_(a_user("head_of_service")).get(f"/placements/{placement.pk}/")
    assert ("Contract", "CT900") in links(page)


def test_the_agreement_for_another_child_does_not_stand_on_a_placement() -> None:
    placement = a_whole_chain()
    a_contract_at(placement.setting, kind="spot", child=ChildFactory().source_id)
    page = as_(a_user("head_of_service")).get(f"/placements/{placement.pk}/")
    assert ("Contract", "none in the register") in links(page)


def test_a_new_agreement_is_filled_in_from_the_setting(officer) -> None:
    setting = a_whole_chain().setting
    form = officer.get(f"/contracts/new/?setting={setting.urn}").context["form"]
    assert (form["kind"].value(), form["urns"].value(), form["provider"].value()) == (
        "spot",
        setting.urn,
        "Lantern Care",
    )


# --- what My work counts ----------------------------------------------------------------------------------------------


def test_the_analyst_finds_what_waits_to_be_mapped_and_what_is_gone() -> None:
    TacFactory(lead_organisation=None, lead_wording="Elm Sch")
    TacFactory(started_on=date(2015, 1, 5), ended_on=date(2015, 3, 1), end_wording="Sorted")
    ChildFactory(missing_since=date(2016, 7, 1))
    found = items(as_(a_user("performance_analyst")).get("/").context["work"].matters)
    assert {item.what for item in found} >= {
        "1 wording waits to be mapped",
        "1 organisation waits to be mapped",
        "1 row is no longer in the newest extract",
    }


def test_counting_what_waits_takes_as_many_queries_for_one_as_for_many() -> None:
    client = as_(a_user("performance_analyst"))

    def more() -> None:
        for number in range(4):
            TacFactory(lead_organisation=None, lead_wording=f"Elm Sch {TacFactory(end_wording=f'S{number}').pk}")
            ChildFactory(missing_since=date(2016, 7, 1))
        client.get("/")  # who opens it first works out what changed

    more()
    assert_constant_queries(lambda: client.get("/"), more=more)


def test_a_monthly_check_that_is_late_is_counted_as_overdue() -> None:
    MonthlyCheck.objects.create(month=date(2016, 7, 1), due_on=date(2016, 7, 29), opened_at=AT)
    operations.turn_of_the_day(act=Act(None, AT, TODAY))
    work = as_(a_user("performance_analyst")).get("/").context["work"]
    overdue = [item for item in items(work.matters) if item.due_at and item.due_at < taken_at(TODAY, time(0, 0))]
    assert (work.late, len(overdue)) == (1, 1)


def test_a_check_is_as_late_as_the_settings_that_it_is_to_look_up() -> None:
    setting = a_setting()
    place(setting, started_on=date(2016, 5, 1))
    Setting.objects.filter(pk=setting.pk).update(last_checked_on=date(2016, 6, 1))
    operations.open_month(act=Act(None, AT, TODAY))
    MonthlyCheck.objects.update(due_on=TODAY + timedelta(5))
    Flag.objects.filter(kind="check_late").update(due_on=date(2016, 7, 28))
    work = as_(a_user("performance_analyst")).get("/").context["work"]
    found = [item.due_at for item in items(work.matters) if "check of July" in item.what]
    assert [day_here(due) for due in found] == [date(2016, 7, 28)]
