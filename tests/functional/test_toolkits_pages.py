"""Toolkits as a browser shows them: one is written with a fault, mended, looked at, published, and copied."""

from playwright.sync_api import Page, expect

from tests.functional.browser import faults, tab_to, visit


def shown_without_fault(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    assert faults(page) == []


def written(page: Page, text: str) -> None:
    page.get_by_label("The toolkit, as YAML").fill(text)
    page.locator("main form button").press("Enter")


def test_a_commissioner_writes_mends_publishes_and_copies_a_toolkit(narrow, signed_in_as, someone) -> None:
    page = visit(signed_in_as(narrow, someone("commissioner")), "/toolkits/")
    shown_without_fault(page, "Toolkits")
    tab_to(page, "Write a new toolkit")
    page.keyboard.press("Enter")
    beginning = page.get_by_label("The toolkit, as YAML").input_value().replace("our_questions", "ours")
    written(page, beginning.replace("answer: yes_no", "answer: smiley"))
    expect(page.get_by_text("“smiley” is not known")).to_be_visible()
    shown_without_fault(page, "Write a new toolkit")
    written(page, beginning)
    expect(page.get_by_label("Yes", exact=True)).to_be_visible()
    shown_without_fault(page, "Our questions")
    page.get_by_role("button", name="Publish", exact=True).press("Enter")
    shown_without_fault(page, "Publish version 1")
    page.get_by_role("button", name="Publish version 1").press("Enter")
    shown_without_fault(page, "Our questions")
    page.get_by_role("link", name="Version 1", exact=True).press("Enter")
    page.get_by_role("button", name="Copy to a draft of our own").press("Enter")
    shown_without_fault(page, "Edit Our questions")
    written(page, beginning.replace("What do you ask?", "What else do you ask?"))
    page.get_by_role("link", name="Compare with another version").press("Enter")
    expect(page.get_by_text("What else do you ask?").first).to_be_visible()
    shown_without_fault(page, "what differs")
