"""My work, flags, settings, may I place here, placements, exceptions and the monthly check: as a browser shows them,
and their journeys by keyboard."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from plumbline.flags.models import Flag, FlagStep
from plumbline.ofsted.operations.by_hand import record_judgement, record_notice, record_unregistered_use
from plumbline.people.act import Act
from plumbline.placements import operations
from tests.functional.browser import faults_of, focused, tab_to, visit
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


@dataclass
class Situation:
    """A child placed at a setting that then became adverse, an exception asked for, and the month's check opened."""

    placement: Any
    adverse: Any
    watch: Any
    flag: Any
    step: Any
    exception: Any
    item: Any
    child: Any
    enquiry: Any
    noted: Any
    notice: Any


def _urn(number: int) -> str:
    return f"SC7{number:05}"


@pytest.fixture
def situation(writing: Callable[..., Any]) -> Situation:
    with writing():
        number = Flag.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        analyst = a_user("performance_analyst")
        adverse = a_setting(urn=_urn(3 * number + 1))
        watch = a_setting(urn=_urn(3 * number + 2))
        noted = a_setting(urn=_urn(3 * number + 3))
        child = a_child()
        placement = place(
            adverse,
            child,
            started_on=date(2016, 5, 1),
            source="social_care",
            import_run=an_import(),
            source_id=f"PLW{number}",
        )
        judged = {"inspected_on": date(2016, 7, 20), "report_link": "https://example.org/report", "kind": "full"}
        for setting, grade in ((adverse, "inadequate"), (watch, "requires_improvement")):
            operations.take_judgements(
                record=record_judgement,
                setting_id=setting.pk,
                judgements={"overall": grade},
                act=Act(analyst, AT, TODAY),
                **judged,
            )
            setting.refresh_from_db()
        place(
            watch,
            child=a_child(),
            started_on=date(2016, 5, 1),
            source="social_care",
            import_run=an_import(),
            source_id=f"PLX{number}",
        )
        by_hand = {"setting_id": noted.pk, "from_on": date(2016, 7, 1), "act": Act(analyst, AT, TODAY)}
        notice = operations.take_judgements(record=record_notice, kind="restriction", **by_hand).recorded.made
        operations.take_judgements(record=record_unregistered_use, legal_basis="Court order", **by_hand)
        flag = Flag.objects.get(subject_id=placement.pk, kind="setting_adverse")
        exception = an_exception(child, adverse, state="asked", from_on=TODAY)
        check = operations.open_month(act=Act(None, AT, TODAY))
        enquiry = operations.may_i_place(asked=adverse.urn, setting_id=adverse.pk, act=Act(analyst, AT, TODAY))
        return Situation(
            placement=placement,
            adverse=adverse,
            watch=watch,
            flag=flag,
            exception=exception,
            child=child,
            step=FlagStep.objects.get(flag=flag, code="decide"),
            item=check.items.get(setting=watch),
            enquiry=enquiry,
            noted=noted,
            notice=notice,
        )


PAGES = (
    ("head_of_service", "/"),
    ("placement_officer", "/"),
    ("contract_officer", "/"),
    ("management_team", "/"),
    ("elected_member", "/"),
    ("provider_user", "/"),
    ("head_of_service", "/flags/"),
    ("management_team", "/flags/?me=unread"),
    ("head_of_service", "/flags/{flag}/"),
    ("head_of_service", "/flags/{flag}/steps/{step}/"),
    ("head_of_service", "/flags/{flag}/close/"),
    ("contract_officer", "/settings/"),
    ("contract_officer", "/settings/social_care/{urn}/"),
    ("contract_officer", "/settings/social_care/{urn}/inspections/"),
    ("contract_officer", "/settings/social_care/{urn}/history/"),
    ("head_of_service", "/settings/social_care/{urn}/children/"),
    ("contract_officer", "/settings/social_care/{urn}/judgement/"),
    ("contract_officer", "/settings/social_care/{urn}/judgement/?kind=full"),
    ("contract_officer", "/settings/social_care/{urn}/notice/"),
    ("contract_officer", "/settings/social_care/{urn}/unregistered/"),
    ("contract_officer", "/settings/social_care/{urn}/provider/"),
    ("contract_officer", "/settings/social_care/{noted}/"),
    ("contract_officer", "/settings/social_care/{noted}/notices/{notice}/end/"),
    ("contract_officer", "/settings/social_care/{noted}/unregistered/"),
    ("contract_officer", "/settings/social_care/{noted}/unregistered/end/"),
    ("contract_officer", "/settings/unregistered/"),
    ("contract_officer", "/settings/record/"),
    ("placement_officer", "/may-i-place/"),
    ("placement_officer", "/may-i-place/?q=SC7"),
    ("placement_officer", "/may-i-place/?q=nowhere"),
    ("placement_officer", "/may-i-place/{enquiry}/"),
    ("placement_officer", "/placements/"),
    ("placement_officer", "/placements/{placement}/"),
    ("placement_officer", "/placements/record/"),
    ("placement_officer", "/placements/record/?child=Quill"),
    ("placement_officer", "/placements/record/?child_id={child}&q=SC7"),
    ("placement_officer", "/placements/record/?child_id={child}&register=social_care&urn={urn}"),
    ("placement_officer", "/placements/exceptions/"),
    ("head_of_service", "/placements/exceptions/{exception}/"),
    ("placement_officer", "/placements/exceptions/ask/?child_id={child}&register=social_care&urn={urn}"),
    ("contract_officer", "/check/"),
    ("contract_officer", "/check/items/{item}/evidence/"),
    ("contract_officer", "/check/items/{item}/not-found/"),
)


def test_no_page_has_an_accessibility_fault_or_scrolls_sideways(
    open_page: Callable[..., Page], situation: Situation, someone: Callable[..., str], signed_in_as: Callable[..., Page]
) -> None:
    numbers = {
        "flag": situation.flag.pk, "step": situation.step.pk, "urn": situation.adverse.urn,
        "child": situation.child.pk, "enquiry": situation.enquiry.number, "placement": situation.placement.pk,
        "item": situation.item.pk, "exception": situation.exception.pk, "noted": situation.noted.urn,
        "notice": situation.notice.pk,
    }  # fmt: skip
    pages = {role: signed_in_as(open_page(1280), someone(role)) for role in dict(PAGES)}
    assert faults_of((pages[role], path.format(**numbers)) for role, path in PAGES) == []


def type_day(page: Page, day: date) -> None:
    """With the keyboard on the day's first input."""
    page.keyboard.type(str(day.day))
    page.keyboard.press("Tab")
    page.keyboard.type(str(day.month))
    page.keyboard.press("Tab")
    page.keyboard.type(str(day.year))


def test_a_placement_officer_asks_from_my_work_and_gets_a_number(
    wide: Page, situation: Situation, someone: Callable[..., str], signed_in_as: Callable[..., Page]
) -> None:
    visit(signed_in_as(wide, someone("placement_officer")), "/")
    tab_to(wide, "May I place here, now?")
    wide.keyboard.type(situation.adverse.urn)
    wide.keyboard.press("Enter")
    expect(wide.get_by_text("No, you may not")).to_be_visible()
    expect(wide.get_by_text("Answer", exact=False).first).to_be_visible()


def test_a_refused_placement_leads_by_keyboard_to_an_exception_that_is_approved(
    open_page: Callable[..., Page], situation: Situation, someone: Callable[..., str], signed_in_as: Callable[..., Page]
) -> None:
    officer = signed_in_as(open_page(1280), someone("placement_officer"))
    asked = f"child_id={situation.child.pk}&register=social_care&urn={situation.adverse.urn}"
    visit(officer, f"/placements/record/?{asked}")
    tab_to(officer, "Day")
    type_day(officer, TODAY)
    officer.keyboard.press("Enter")
    expect(officer.get_by_role("heading", name="The placement is not recorded")).to_be_visible()
    tab_to(officer, "Ask for an exception")
    officer.keyboard.press("Enter")
    expect(officer.get_by_role("heading", name="Ask for an exception", level=1)).to_be_visible()
    tab_to(officer, "A court or tribunal named this setting")
    officer.keyboard.press("Space")
    tab_to(officer, "Why must this child be placed there?")
    officer.keyboard.type("The court named it.")
    tab_to(officer, "What will keep the child safe there?")
    officer.keyboard.type("Visited each week.")
    tab_to(officer, "Day")
    tab_to(officer, "Day")
    type_day(officer, date(2016, 12, 31))
    officer.keyboard.press("Enter")
    expect(officer.get_by_text("The head of service decides.")).to_be_visible()
    head = signed_in_as(open_page(320), someone("head_of_service"))
    visit(head, officer.url.removeprefix(officer.url.split("/placements")[0]))
    tab_to(head, "Approve: the child may be placed there")
    head.keyboard.press("Space")
    tab_to(head, "Why?")
    head.keyboard.type("The court has decided.")
    tab_to(head, "Record the decision")
    head.keyboard.press("Enter")
    expect(head.get_by_text("Your decision is recorded.")).to_be_visible()


def test_a_step_without_its_answer_says_so_where_the_keyboard_is(
    wide: Page, situation: Situation, someone: Callable[..., str], signed_in_as: Callable[..., Page]
) -> None:
    visit(signed_in_as(wide, someone("head_of_service")), f"/flags/{situation.flag.pk}/")
    tab_to(wide, "Record the result")
    wide.keyboard.press("Enter")
    wide.wait_for_url("**/steps/**")
    tab_to(wide, "Record the result")
    wide.keyboard.press("Enter")
    expect(wide.get_by_text("There is a problem")).to_be_visible()
    assert focused(wide).startswith("There is a problem")


def test_the_contract_officer_records_from_my_work_what_the_provider_said(
    wide: Page, situation: Situation, someone: Callable[..., str], signed_in_as: Callable[..., Page]
) -> None:
    visit(signed_in_as(wide, someone("contract_officer")), "/")
    wide.get_by_role("button", name=f"Speak to the provider of Setting {situation.adverse.urn}").focus()
    wide.keyboard.press("Enter")
    wide.wait_for_url("**/provider/")
    tab_to(wide, "What did the provider say, and what will it do by when?")
    wide.keyboard.type("Its plan comes on Friday.")
    tab_to(wide, "Record the conversation")
    wide.keyboard.press("Enter")
    expect(wide.get_by_text("The conversation is recorded, on 1 flag")).to_be_visible()


def test_a_setting_is_recorded_as_unchanged_by_keyboard(
    narrow: Page, situation: Situation, someone: Callable[..., str], signed_in_as: Callable[..., Page]
) -> None:
    visit(signed_in_as(narrow, someone("contract_officer")), "/check/")
    narrow.get_by_role("button", name="Unchanged").first.focus()
    narrow.keyboard.press("Enter")
    expect(narrow.get_by_text("One setting is recorded as “report not opened”")).to_be_visible()


def test_what_to_do_works_without_scripts(
    open_page: Callable[..., Page], situation: Situation, someone: Callable[..., str], signed_in_as: Callable[..., Page]
) -> None:
    page = signed_in_as(open_page(320, java_script_enabled=False), someone("placement_officer"))
    visit(page, "/may-i-place/")
    page.get_by_label("Which setting?").fill(situation.adverse.urn)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("No, you may not")).to_be_visible()
