"""My work, flags, settings, placements, exceptions and the monthly check, as each role meets them."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plumbline.audit.models import Event
from plumbline.flags.models import Flag, FlagStep
from plumbline.ofsted.models import CheckItem, MonthlyCheck, Owner, Setting
from plumbline.people.act import Act
from plumbline.placements import operations
from plumbline.placements.models import Enquiry, Placement, PlacementException
from tests.factories.files import pdf
from tests.integration.placements.situations import (
    AT,
    TODAY,
    a_child,
    a_setting,
    a_user,
    an_exception,
    an_import,
    place,
)
from tests.integration.web.signing_in import as_
from tests.queries import assert_constant_queries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_day(settings) -> None:
    settings.TODAY = TODAY


def adverse_with_a_child(*, urn: str = "") -> Placement:
    """A child placed before the setting became adverse, with its flag raised."""
    setting = a_setting("adverse", since=date(2016, 7, 29), urn=urn)
    placement = place(setting, started_on=date(2016, 5, 1), source="social_care", import_run=an_import())
    operations.raise_flags(act=Act(None, AT, TODAY))
    return placement


# --- how many queries -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("head_of_service", "/"),
        ("management_team", "/"),
        ("contract_officer", "/"),
        ("placement_officer", "/"),
        ("head_of_service", "/flags/"),
        ("management_team", "/flags/?me=unread"),
        ("contract_officer", "/settings/"),
        ("placement_officer", "/placements/"),
        ("head_of_service", "/placements/exceptions/"),
        ("contract_officer", "/check/"),
        ("placement_officer", "/may-i-place/?q=SC"),
    ],
)
def test_a_list_takes_as_many_queries_for_one_row_as_for_many(role: str, path: str) -> None:
    client = as_(a_user(role))

    def more() -> None:
        for _ in range(4):
            placement = adverse_with_a_child()
            an_exception(placement.child, placement.setting, state="asked")
        operations.open_month(act=Act(None, AT, TODAY))
        client.get("/")  # who opens it first works out what changed

    more()
    assert_constant_queries(lambda: client.get(path), more=more)


# --- who sees whom ----------------------------------------------------------------------------------------------------


def test_the_management_team_reads_a_flag_without_the_childs_name() -> None:
    placement = adverse_with_a_child()
    flag = Flag.objects.get(subject_id=placement.pk, kind="setting_adverse")
    page = as_(a_user("management_team")).get(f"/flags/{flag.pk}/").content.decode()
    assert f"Case {placement.source_id}" in page
    assert "Quill" not in page


def test_a_social_worker_finds_no_flag_of_somebody_elses_child() -> None:
    flag = Flag.objects.get(subject_id=adverse_with_a_child().pk, kind="setting_adverse")
    assert as_(a_user("social_worker")).get(f"/flags/{flag.pk}/").status_code == 404


def test_opening_a_flag_with_a_childs_name_leaves_a_trace() -> None:
    placement = adverse_with_a_child()
    flag = Flag.objects.get(subject_id=placement.pk, kind="setting_adverse")
    head = a_user("head_of_service")
    as_(head).get(f"/flags/{flag.pk}/")
    assert Event.objects.filter(kind="people.child.viewed", by_id=head.pk, child_id=placement.child_id).count() == 1


def test_a_contract_officer_sees_how_many_children_and_not_who() -> None:
    placement = adverse_with_a_child()
    setting = placement.setting
    page = as_(a_user("contract_officer")).get(f"/settings/social_care/{setting.urn}/children/").content.decode()
    assert "1 of our children is placed here" in page
    assert "Quill" not in page


def test_a_placement_of_a_child_one_does_not_see_is_not_there() -> None:
    placement = adverse_with_a_child()
    assert as_(a_user("sen_caseworker")).get(f"/placements/{placement.pk}/").status_code == 404


def test_a_restricted_child_stands_in_no_list_of_placements() -> None:
    placement = adverse_with_a_child()
    placement.child.restricted = True
    placement.child.save()
    assert "Quill" not in as_(a_user("placement_officer")).get("/placements/").content.decode()


# --- what waits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["now", "week"])
def test_a_count_on_my_work_is_the_number_of_rows_of_the_list_it_leads_to(which: str) -> None:
    adverse_with_a_child()
    late = Flag.objects.get(subject_id=adverse_with_a_child().pk, kind="setting_adverse")
    Flag.objects.filter(pk=late.pk).update(due_on=date(2016, 7, 1))
    client = as_(a_user("management_team"))
    count = next(count for count in client.get("/").context["counts"] if which in count["url"])
    shown = client.get(f"/{count['url']}").context["work"].matters
    assert (len(shown), count["number"] > 0) == (count["number"], True)


def test_reading_all_flags_leaves_none_unread() -> None:
    adverse_with_a_child()
    client = as_(a_user("management_team"))
    client.post("/flags/read/", {"flag": client.get("/flags/?me=unread").context["to_read"]})
    assert client.get("/flags/?me=unread").context["table"].count == 0


def test_who_has_nothing_waiting_is_told_so_and_where_to_look() -> None:
    page = as_(a_user("elected_member")).get("/").content.decode()
    assert "Nothing is waiting for you" in page
    assert "/reports/" in page


def test_an_exception_waits_for_the_head_of_service_first() -> None:
    known = adverse_with_a_child()
    an_exception(known.child, a_setting("adverse"), state="asked", from_on=TODAY)
    first = as_(a_user("head_of_service")).get("/").context["work"].matters[0].duties[0].item
    assert first.deed == "Decide"


# --- answering --------------------------------------------------------------------------------------------------------


def test_the_head_of_services_decision_is_kept_with_the_step() -> None:
    flag = Flag.objects.get(subject_id=adverse_with_a_child().pk, kind="setting_adverse")
    step = FlagStep.objects.get(flag=flag, code="decide")
    as_(a_user("head_of_service")).post(
        f"/flags/{flag.pk}/steps/{step.pk}/", {"decision": "remain", "result": "Visited each week."}
    )
    step.refresh_from_db()
    assert (step.decision, step.result) == ("remain", "Visited each week.")


def test_a_step_without_its_answer_is_not_done() -> None:
    flag = Flag.objects.get(subject_id=adverse_with_a_child().pk, kind="setting_adverse")
    step = FlagStep.objects.get(flag=flag, code="decide")
    as_(a_user("head_of_service")).post(f"/flags/{flag.pk}/steps/{step.pk}/", {"result": "Visited each week."})
    step.refresh_from_db()
    assert step.done_at is None


def test_a_step_of_another_role_opens_for_nobody_else() -> None:
    flag = Flag.objects.get(subject_id=adverse_with_a_child().pk, kind="setting_adverse")
    step = FlagStep.objects.get(flag=flag, code="decide")
    assert as_(a_user("management_team")).get(f"/flags/{flag.pk}/steps/{step.pk}/").status_code == 404


def test_a_flag_that_is_still_so_cannot_be_closed() -> None:
    flag = Flag.objects.get(subject_id=adverse_with_a_child().pk, kind="setting_adverse")
    as_(a_user("head_of_service")).post(f"/flags/{flag.pk}/close/", {"because": "We have spoken to the home."})
    flag.refresh_from_db()
    assert flag.state == "open"


# --- may I place here, and placements ---------------------------------------------------------------------------------


def test_asking_about_an_adverse_setting_answers_no_with_a_number() -> None:
    a_setting("adverse", urn="SC400001")
    answer = as_(a_user("placement_officer")).post("/may-i-place/", {"q": "sc400001"}, follow=True)
    enquiry = Enquiry.objects.get()
    assert (enquiry.may, f"Answer <strong>{enquiry.number}</strong>" in answer.content.decode()) == (False, True)


def test_the_answer_shows_each_of_the_owners_other_settings_that_is_not_clear() -> None:
    owner = Owner.objects.create(name="Homes Ltd", sort_key="homes ltd")
    asked, *others = (a_setting(status) for status in ("clear", "not_judged", "adverse", "clear", "unmatched"))
    Setting.objects.filter(pk__in=[each.pk for each in (asked, *others)]).update(owner=owner)
    said = as_(a_user("placement_officer")).post("/may-i-place/", {"q": asked.urn}, follow=True).content.decode()
    shown = [each.status for each in others if f"/settings/social_care/{each.urn}/" in said]
    assert shown == ["not_judged", "adverse", "unmatched"]


def test_asking_about_what_nobody_knows_answers_no() -> None:
    as_(a_user("placement_officer")).post("/may-i-place/", {"q": "SC999999"})
    assert Enquiry.objects.get().may is False


def test_somebody_elses_answer_is_not_there_for_who_sees_only_own_children() -> None:
    as_(a_user("placement_officer")).post("/may-i-place/", {"q": "SC999999"})
    number = Enquiry.objects.get().number
    assert as_(a_user("contract_officer")).get(f"/may-i-place/{number}/").status_code == 404


def begin(client: Client, placement: Placement, setting: Setting):
    return client.post(
        f"/placements/record/?child_id={placement.child_id}&register=social_care&urn={setting.urn}",
        {"started_on_day": "31", "started_on_month": "7", "started_on_year": "2016"},
    )


def test_a_placement_at_a_clear_setting_is_recorded() -> None:
    client, known, clear = as_(a_user("placement_officer")), adverse_with_a_child(), a_setting()
    begin(client, known, clear)
    assert Placement.objects.filter(setting=clear, child=known.child).count() == 1


def test_a_placement_at_an_adverse_setting_is_refused_with_the_way_round() -> None:
    client, known = as_(a_user("placement_officer")), adverse_with_a_child()
    page = begin(client, known, a_setting("adverse")).content.decode()
    assert "no placement may begin there" in page
    assert "Ask for an exception" in page


def test_with_an_approved_exception_the_placement_is_recorded() -> None:
    client, known, adverse = as_(a_user("placement_officer")), adverse_with_a_child(), a_setting("adverse")
    an_exception(known.child, adverse)
    begin(client, known, adverse)
    assert Placement.objects.get(setting=adverse, child=known.child).exception is not None


def test_who_asked_for_an_exception_cannot_decide_it() -> None:
    exception = an_exception(a_child(), a_setting("adverse"), state="asked")
    asker = as_(exception.asked_by)
    assert asker.post(f"/placements/exceptions/{exception.pk}/", {"decision": "approve"}).status_code == 404


def test_the_head_of_service_refuses_an_exception_with_the_reason() -> None:
    known = adverse_with_a_child()
    exception = an_exception(known.child, a_setting("adverse"), state="asked")
    as_(a_user("head_of_service")).post(
        f"/placements/exceptions/{exception.pk}/", {"decision": "refuse", "reason": "There is room elsewhere."}
    )
    exception = PlacementException.objects.get(pk=exception.pk)
    assert (exception.state, exception.decision_reason) == ("refused", "There is room elsewhere.")


def test_the_list_of_a_day_shows_where_the_setting_stood_then() -> None:
    adverse_with_a_child()
    page = as_(a_user("placement_officer")).get("/placements/?day=1 June 2016")
    assert [row.status_then for row in page.context["table"].rows] == ["clear"]


def test_the_queue_of_unmatched_placements_leaves_out_a_child_at_a_setting_that_is_on_a_list() -> None:
    unmatched = place(a_setting("unmatched"))
    place(a_setting())
    page = as_(a_user("placement_officer")).get("/placements/?queue=unmatched")
    assert [row.pk for row in page.context["table"].rows] == [unmatched.pk]


# --- the monthly check ------------------------------------------------------------------------------------------------


def opened(client: Client) -> MonthlyCheck:
    client.post("/check/")
    return MonthlyCheck.objects.get()


def test_of_all_that_are_left_only_those_whose_report_was_opened_are_unchanged() -> None:
    adverse_with_a_child()
    adverse_with_a_child()
    unknown = place(a_setting("unmatched")).setting
    Setting.objects.update(last_checked_on=None)
    client = as_(a_user("contract_officer"))
    check = opened(client)
    first, second, third = check.items.order_by("setting__status", "pk")
    answer = client.get(f"/check/items/{first.pk}/report/")
    client.post("/check/2016/7/unchanged/", {"item": [first.pk, second.pk, third.pk]})
    assert answer["Location"] == f"https://reports.ofsted.gov.uk/provider/2/{first.setting.urn}"
    assert third.setting == unknown
    assert list(check.items.order_by("setting__status", "pk").values_list("outcome", "setting__last_checked_on")) == [
        ("unchanged", date(2016, 7, 31)),
        ("not_opened", None),
        ("to_do", None),
    ]


def test_a_setting_of_which_nothing_is_known_is_never_unchanged() -> None:
    place(a_setting("unmatched"))
    client = as_(a_user("contract_officer"))
    item = opened(client).items.get()
    client.get(f"/check/items/{item.pk}/report/")
    answer = client.post("/check/2016/7/unchanged/", {"item": [item.pk]}, follow=True)
    assert [each.level_tag for each in answer.context["messages"]] == ["error"]
    client.post(f"/check/items/{item.pk}/evidence/", {"report_link": "https://example.org/r"})
    assert CheckItem.objects.get().outcome == "to_do"
    client.post(f"/check/items/{item.pk}/not-found/", {"note": "Not on Ofsted's pages; the provider is asked."})
    assert list(CheckItem.objects.values_list("outcome", "setting__status")) == [("not_found", "unmatched")]


def test_a_changed_setting_gets_its_judgement_and_its_flag() -> None:
    setting = a_setting(urn="SC400002")
    place(setting)
    client = as_(a_user("contract_officer"))
    item = opened(client).items.get()
    client.post(
        f"/settings/social_care/SC400002/judgement/?kind=full&item={item.pk}&back=/check/",
        {
            "inspected_on_day": "20",
            "inspected_on_month": "7",
            "inspected_on_year": "2016",
            "inspectorate": "Ofsted",
            "overall": "inadequate",
            "report_link": "https://reports.ofsted.gov.uk/provider/2/SC400002",
        },
    )
    assert CheckItem.objects.get().outcome == "changed"
    assert Flag.objects.filter(kind="placed_at_adverse").count() == 1


def test_a_judgement_leads_back_to_no_other_site() -> None:
    a_setting(urn="SC400003")
    answer = as_(a_user("contract_officer")).post(
        "/settings/social_care/SC400003/notice/?back=//elsewhere.example/",
        {"kind": "compliance", "from_on_day": "1", "from_on_month": "7", "from_on_year": "2016"},
    )
    assert answer["Location"] == "/settings/social_care/SC400003/"


def test_the_check_is_not_complete_while_a_setting_is_left() -> None:
    adverse_with_a_child()
    client = as_(a_user("performance_analyst"))
    opened(client)
    client.post("/check/2016/7/complete/", {"lists_note": "None was published."})
    assert MonthlyCheck.objects.get().completed_at is None


# --- evidence ---------------------------------------------------------------------------------------------------------


def attach(client: Client, settings, tmp_path, content: bytes):
    settings.HOME = tmp_path
    adverse_with_a_child()
    item = opened(client).items.get()
    file = SimpleUploadedFile("report.pdf", content, content_type="text/html")
    return client.post(f"/check/items/{item.pk}/evidence/", {"report_link": "https://example.org/r", "document": file})


def test_a_file_is_given_out_only_as_a_file(settings, tmp_path) -> None:
    client = as_(a_user("contract_officer"))
    attach(client, settings, tmp_path, pdf())
    answer = client.get(f"/documents/{CheckItem.objects.get().document_id}/")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert answer["Content-Disposition"] == 'attachment; filename="report.pdf"'


def test_a_file_that_is_no_document_is_refused_whatever_it_is_called(settings, tmp_path) -> None:
    attach(as_(a_user("contract_officer")), settings, tmp_path, b"<script>alert(1)</script>")
    assert CheckItem.objects.get().outcome == "to_do"


def test_evidence_is_not_there_for_who_sees_no_settings(settings, tmp_path) -> None:
    attach(as_(a_user("contract_officer")), settings, tmp_path, pdf())
    number = CheckItem.objects.get().document_id
    assert as_(a_user("elected_member")).get(f"/documents/{number}/").status_code == 404
