"""A self-assessment answered on a phone, kept as typed, moderated at a desk; every page of it read by the rules of
accessibility at both widths."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from plumbline.people.act import Act
from plumbline.toolkits.models import Return
from plumbline.toolkits.operations import returns
from tests.factories.toolkits import AT, TODAY, a_document, a_person, answer_all, asked, plain_version
from tests.functional.browser import faults, visit


@pytest.fixture
def made(writing: Callable[[], Any]) -> Return:
    """Asked for the second time, so that last time's answers stand beside the questions."""
    with writing("web"):
        version = plain_version()
        first = asked(version)
        answer_all(first)
        returns.submit(return_id=first.pk, act=Act(None, AT, TODAY))
        made = asked(version, first.organisation, due_on=TODAY)
        a_document(made.organisation)
        return made


def button(page: Page, words: str) -> Any:
    return page.locator("button.govuk-button", has_text=words).first


def test_a_provider_answers_on_a_phone_and_an_officer_moderates(
    narrow: Page, wide: Page, made: Return, writing: Callable[[], Any], signed_in_as: Callable[..., Page]
) -> None:
    with writing("web"):
        provider = a_person("provider_user", organisation=made.organisation)
        officer, signer = a_person("contract_officer"), a_person("contract_officer")
    phone, desk = signed_in_as(narrow, provider.username), signed_in_as(wide, officer.username)
    found: dict[str, list[str]] = {}

    visit(phone, "/")
    phone.get_by_role("button", name="Answer it").first.click()
    found["return"] = faults(phone)
    phone.get_by_role("link", name="Answer Part 1").click()
    found["section"] = faults(phone)
    phone.get_by_role("link", name="Change Supervision").click()
    phone.get_by_label("Outstanding").check()
    phone.get_by_label("How do you know?").fill("The board reads each file.")
    expect(phone.locator("#saved")).to_contain_text("Saved")
    found["question"] = faults(phone)
    # Left without saving, it stands there again.
    visit(phone, f"/returns/{made.pk}/")
    visit(phone, f"/returns/{made.pk}/questions/supervision/")
    expect(phone.get_by_label("How do you know?")).to_have_value("The board reads each file.")
    button(phone, "Save, and check your answers").click()
    expect(phone.get_by_role("heading", name="Check your answers")).to_be_visible()
    visit(phone, f"/returns/{made.pk}/questions/recruits_safely/")
    button(phone, "Save, and add a document").click()
    found["evidence"] = faults(phone)
    phone.get_by_label("Choose a document that is kept already").select_option(index=1)
    button(phone, "Give this document").click()
    expect(phone.get_by_text("The document is given as evidence.")).to_be_visible()
    visit(phone, f"/returns/{made.pk}/sections/part_1/whole/")
    found["whole section"] = faults(phone)
    visit(phone, f"/returns/{made.pk}/check/")
    found["check"] = faults(phone)
    phone.get_by_role("checkbox").check()
    button(phone, "Hand the return in").click()
    expect(phone.get_by_text("The return is handed in.")).to_be_visible()
    for name in ("", "sections/part_1/", "paper/"):
        visit(phone, f"/returns/{made.pk}/{name}")
        found[f"handed in {name}"] = faults(phone)

    visit(desk, f"/returns/{made.pk}/moderate/part_1/")
    found["moderate"] = faults(desk)
    desk.get_by_label("Inadequate").check()
    button(desk, "Save and continue").click()
    expect(desk.get_by_role("alert")).to_contain_text("Say why your answer differs from theirs.")
    desk.get_by_label("Note").nth(1).fill("Two files had no record of it.")
    button(desk, "Save and continue").click()
    visit(desk, f"/returns/{made.pk}/moderate/")
    found["side by side"] = faults(desk)
    button(desk, "Agree with").click()
    expect(desk.get_by_text("The return is moderated, and waits to be signed off.")).to_be_visible()
    # Who moderated it does not sign it off.
    signed_in_as(desk, signer.username)
    visit(desk, f"/returns/{made.pk}/sign-off/")
    found["sign off"] = faults(desk)
    button(desk, "Sign the return off").click()
    expect(desk.get_by_text("The return is signed off.")).to_be_visible()
    for name in ("/returns/", "/returns/new/"):
        visit(desk, name)
        found[name] = faults(desk)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_two_in_one_return_see_both_answers_without_scripts_too(
    open_page: Callable[..., Page], made: Return, writing: Callable[[], Any], signed_in_as: Callable[..., Page]
) -> None:
    with writing("web"):
        people = [
            a_person("provider_user", organisation=made.organisation, name=name) for name in ("Ada Wren", "Bo Finch")
        ]
    ada, bo = (
        signed_in_as(open_page(width, java_script_enabled=scripts), person.username)
        for width, scripts, person in ((320, False, people[0]), (1280, True, people[1]))
    )
    for page in (ada, bo):
        visit(page, f"/returns/{made.pk}/questions/culture/")
    ada.get_by_label("Outstanding").check()
    button(ada, "Save, and check your answers").click()
    expect(ada.get_by_role("heading", name="Check your answers")).to_be_visible()
    bo.get_by_label("Inadequate").check()
    button(bo, "Save, and check your answers").click()
    expect(bo.get_by_role("heading", name="Ada Wren saved this")).to_be_visible()
    assert faults(bo) == []
    button(bo, "Keep theirs").click()
    expect(bo.get_by_label("Outstanding")).to_be_checked()
