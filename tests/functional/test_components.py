"""Every component, as a browser shows it: no faults, no sideways scrolling, nothing that the keyboard cannot reach."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.functional.browser import Watch, accessibility_faults, focus_is_visible, focused, sideways, tab_to, visit

PAGES = (
    "/sample/",
    "/sample/list/",
    "/sample/list/?state=adverse&since=rubbish",
    "/sample/list/?q=zz",
    "/sign-in/",
    "/about/glossary/",
    "/about/accessibility/",
    "/about/sources/",
    "/nowhere/",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 1280])
def test_a_page_has_no_accessibility_fault(open_page: Callable[..., Page], path: str, width: int) -> None:
    page = open_page(width)
    visit(page, path, status=404 if path == "/nowhere/" else 200)
    assert accessibility_faults(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_at_320_pixels(narrow: Page, path: str) -> None:
    visit(narrow, path, status=404 if path == "/nowhere/" else 200)
    assert sideways(narrow) == []


def test_nothing_scrolls_sideways_without_scripts(open_page: Callable[..., Page]) -> None:
    page = open_page(320, java_script_enabled=False)
    visit(page, "/sample/list/")
    # With scripts off nothing can be measured in the page: a picture of the whole page is as wide as what it holds.
    assert page.locator("html").bounding_box()["width"] == 320
    assert page.get_by_label("Status").is_visible()


def test_errors_of_a_form_stand_in_the_summary_and_lead_to_their_fields(wide: Page) -> None:
    visit(wide, "/sample/")
    wide.get_by_role("button", name="Record the visit").click()
    assert wide.title().startswith("Error: ")
    assert focused(wide).startswith("There is a problem")
    wide.get_by_role("link", name="Enter the date of the visit").click()
    assert focused(wide) == "Day"
    assert accessibility_faults(wide) == []


def test_errors_of_a_form_fit_320_pixels(narrow: Page) -> None:
    visit(narrow, "/sample/")
    narrow.get_by_role("button", name="Record the visit").click()
    assert sideways(narrow) == []


def test_what_was_typed_is_still_there_beside_the_error(wide: Page) -> None:
    visit(wide, "/sample/")
    wide.get_by_label("What was found?").fill("The fire door was propped open")
    wide.get_by_role("button", name="Record the visit").click()
    assert wide.get_by_label("What was found?").input_value() == "The fire door was propped open"


def test_the_keyboard_skips_to_the_content_first(wide: Page) -> None:
    visit(wide, "/sample/")
    wide.keyboard.press("Tab")
    assert focused(wide) == "Skip to main content"


def test_every_stop_of_the_keyboard_can_be_seen(wide: Page) -> None:
    visit(wide, "/sample/")
    unseen = []
    for _ in range(70):
        wide.keyboard.press("Tab")
        if wide.evaluate("document.activeElement === document.body"):
            break
        if not focus_is_visible(wide):
            unseen.append(focused(wide))
    assert unseen == []


def test_a_list_is_sorted_and_filtered_with_the_keyboard(wide: Page) -> None:
    visit(wide, "/sample/list/")
    tab_to(wide, "Status")
    wide.keyboard.press("ArrowDown")
    tab_to(wide, "Show")
    wide.keyboard.press("Enter")
    wide.wait_for_url("**state=adverse**")
    tab_to(wide, "Children placed")
    wide.keyboard.press("Enter")
    wide.wait_for_url("**sort=children**")
    assert "state=adverse" in wide.url
    assert wide.get_by_role("columnheader", name="Children placed").get_attribute("aria-sort") == "ascending"


def test_at_320_pixels_a_row_is_a_card_that_says_its_headings(narrow: Page) -> None:
    visit(narrow, "/sample/list/")
    label = narrow.evaluate("getComputedStyle(document.querySelector('td[data-label]'), '::before').content")
    assert label.startswith('"URN"')


def test_at_320_pixels_the_filters_open_with_a_button(narrow: Page) -> None:
    visit(narrow, "/sample/list/")
    assert not narrow.get_by_label("Name or URN").is_visible()
    narrow.get_by_role("button", name="Filter and sort").click()
    narrow.get_by_label("Name or URN").fill("Eau")
    narrow.get_by_role("button", name="Show").click()
    narrow.wait_for_url("**q=Eau**")
    assert narrow.locator(".pl-list-head__count").inner_text() == "19 settings"


def test_a_table_keeps_its_meaning_as_cards(narrow: Page) -> None:
    visit(narrow, "/sample/list/")
    assert narrow.get_by_role("row").count() == 51
    assert narrow.get_by_role("rowheader").count() == 50


def test_the_watch_over_a_page_notices_a_refused_style(chromium: Browser, site: str) -> None:
    page = chromium.new_page(base_url=site)
    watch = Watch(page, site)
    visit(page, "/sample/")
    assert watch.wrongs == []
    page.evaluate("document.head.append(Object.assign(document.createElement('style'), {textContent: 'p {}'}))")
    page.wait_for_timeout(100)
    page.close()
    assert ["Content Security Policy" in wrong for wrong in watch.wrongs] == [True]


def test_somebody_signed_in_sees_who_they_are(wide: Page, someone: Callable[..., str], signed_in_as: Callable) -> None:
    signed_in_as(wide, someone("contract_officer", name="Jo Marsh"))
    visit(wide, "/sample/")
    said = wide.locator(".pl-header__person").inner_text().split("\n")
    assert [line.strip() for line in said] == ["Jo Marsh", "Contract officer", "Sign out"]
    assert accessibility_faults(wide) == []


def test_the_header_of_somebody_signed_in_fits_320_pixels(
    narrow: Page, someone: Callable[..., str], signed_in_as: Callable
) -> None:
    signed_in_as(narrow, someone("performance_analyst"))
    visit(narrow, "/sample/")
    assert sideways(narrow) == []


def test_a_question_that_an_answer_asks_is_revealed_by_it(wide: Page) -> None:
    visit(wide, "/sample/")
    told, day = wide.get_by_label("Whom have you told?"), wide.get_by_role("group", name="When were they last trained?")
    assert (told.is_visible(), day.is_visible()) == (False, False)
    wide.get_by_label("Serious concern").check()
    wide.get_by_label("Training", exact=True).check()
    assert (told.is_visible(), day.is_visible()) == (True, True)
    assert accessibility_faults(wide) == []
    told.fill("The head of service")
    wide.get_by_label("Some concern").check()
    assert told.is_visible() is False
    # In case the answer is chosen again.
    wide.get_by_label("Serious concern").check()
    assert told.input_value() == "The head of service"


def test_without_scripts_a_question_that_an_answer_asks_says_when_it_is_to_be_answered(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(320, java_script_enabled=False)
    visit(page, "/sample/")
    assert page.get_by_label("Whom have you told?").is_visible()
    said = page.locator("#id_grade_2_asks noscript p")
    assert (said.is_visible(), said.text_content()) == (True, "Only if you choose “Serious concern”:")
