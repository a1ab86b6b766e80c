"""A provider reports an incident on a phone, the council marks and decides, the provider answers; every page of it read
by the rules of accessibility at both widths."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from plumbline.contracts.operations import incident_forms
from plumbline.contracts.operations.rating import rerate
from plumbline.people.act import Act
from plumbline.people.models import BankHoliday
from tests.functional.browser import faults, visit
from tests.integration.contracts.incident_situations import AT, ON, STEPS, World, a_world, provider_user


@pytest.fixture
def world(writing: Callable[..., Any]) -> World:
    """A live contract whose incident form waits for the provider's agreement alone."""
    with writing():
        assert BankHoliday.objects.exists()
        world = a_world()
        form = incident_forms.write_form(contract_id=world.contract.pk, steps=STEPS, act=Act(world.manager, AT, ON))
        incident_forms.agree_form(form_id=form.pk, side="manager", act=Act(world.manager, AT, ON))
        incident_forms.agree_form(form_id=form.pk, side="area", act=Act(world.area_lead, AT, ON))
        rerate(contract_ids=[world.contract.pk], act=Act(None, AT, ON))
        provider_user(world.contract.provider, name="Bo Finch")
    return world


def go(page: Page, words: str) -> None:
    """Follow the link, or the button that is one, whose words are these, hidden ones too."""
    page.locator("main a", has_text=words).first.click()


def button(page: Page, words: str) -> Any:
    return page.locator("button.govuk-button", has_text=words).first


def test_a_provider_reports_on_a_phone_the_council_marks_and_the_provider_answers(
    narrow: Page, wide: Page, world: World, signed_in_as: Callable[..., Page]
) -> None:
    phone, desk = signed_in_as(narrow, world.provider.username), signed_in_as(wide, world.manager.username)
    found: dict[str, list[str]] = {}

    # The provider sees at first sight what is asked for, and agrees the form.
    visit(phone, "/provider/")
    found["home"] = faults(phone)
    go(phone, "Read and agree the incident form")
    found["form"] = faults(phone)
    button(phone, "Agree for the provider").click()
    expect(phone.get_by_text("Agreed by all")).to_be_visible()

    # Something happens.
    visit(phone, f"/provider/contracts/{world.contract.pk}/")
    found["contract"] = faults(phone)
    go(phone, "Report an incident")
    found["report"] = faults(phone)
    phone.get_by_label("What happened?").select_option("missing")
    phone.get_by_label("What happened, in a sentence or two").fill("A child did not come back from town.")
    expect(phone.locator(".pl-saved")).to_contain_text("Kept")
    # Left without reporting, it stands there again.
    phone.reload()
    expect(phone.get_by_label("What happened, in a sentence or two")).to_have_value(
        "A child did not come back from town."
    )
    found["report, typed"] = faults(phone)
    button(phone, "Report the incident").click()
    expect(phone.get_by_text("Reported as INC-")).to_be_visible()
    found["incident"] = faults(phone)
    go(phone, "Mark as told: Customer service centre")
    found["told"] = faults(phone)
    phone.get_by_label("By telephone").check()
    button(phone, "Mark as told").click()
    expect(phone.get_by_text("Marked as told.")).to_be_visible()
    incident = phone.url

    # The council sees it, marks what it received, tells the caseworker, and says what is not needed.
    visit(desk, "/")
    go(desk, "Open the incident")
    assert desk.url == incident
    found["incident, wide"] = faults(desk)
    go(desk, "Mark as received: Customer service centre")
    desk.get_by_label("Who received it?").fill("Duty officer")
    found["received"] = faults(desk)
    button(desk, "Mark as received").click()
    go(desk, "Mark as told: The child’s caseworker")
    desk.get_by_label("By telephone").check()
    button(desk, "Mark as told").click()
    go(desk, "Not needed: Parents, carers and others concerned with the child")
    button(desk, "Mark as not needed").click()
    expect(desk.get_by_role("alert")).to_contain_text("Say why it is not needed")
    found["not needed"] = faults(desk)
    desk.get_by_label("Why need they not be told?").fill("The placing authority tells the family.")
    button(desk, "Mark as not needed").click()

    # The provider has news, which goes to those who were told.
    phone.reload()
    go(phone, "Add what has become known")
    phone.get_by_label("What has become known?").fill("The child is back and well.")
    found["news"] = faults(phone)
    button(phone, "Add the news").click()
    expect(phone.get_by_text("The child is back and well.").first).to_be_visible()
    go(phone, "Mark as told: Customer service centre, the later news")
    phone.get_by_label("By telephone").check()
    button(phone, "Mark as told").click()
    expect(phone.get_by_text("Marked as told.")).to_be_visible()

    for name in ("panel", "change", "action", "review", "readers"):
        visit(desk, f"{incident}{name}/")
        found[name] = faults(desk)
    for name in (
        "/incidents/",
        f"/contracts/{world.contract.pk}/incidents/",
        f"/contracts/{world.contract.pk}/incident-form/write/",
        "/contracts/policies/",
    ):
        visit(desk, name)
        found[name] = faults(desk)
    for name in (f"/provider/contracts/{world.contract.pk}/policies/safeguarding/", "/incidents/"):
        visit(phone, name)
        found[f"phone {name}"] = faults(phone)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_an_incident_is_reported_without_scripts(
    open_page: Callable[..., Page], world: World, signed_in_as: Callable[..., Page]
) -> None:
    phone = signed_in_as(open_page(320, java_script_enabled=False), world.provider.username)
    visit(phone, f"/contracts/{world.contract.pk}/incidents/report/")
    phone.get_by_label("What happened?").select_option("self_harm")
    phone.get_by_label("What happened, in a sentence or two").fill("A child was hurt.")
    button(phone, "Report the incident").click()
    expect(phone.get_by_text("Reported as INC-")).to_be_visible()
