"""A page that fails its test when something is wrong with it, and what tests ask of it."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Request

# Everything that WCAG 2.2 AA asks and axe can see.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Watch:
    """What went wrong on a page unseen: script errors, refused styles, requests that left the site."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.host = urlsplit(site).netloc
        self.wrongs: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.wrongs.append(f"script error: {error}"))
        page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        # A page that answers 404 on purpose is an error to the browser; the test says which status it expects.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.wrongs.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc != self.host:
            self.wrongs.append(f"request to {address.netloc}")


def accessibility_faults(page: Page, *, tags: Sequence[str] = AXE_TAGS) -> list[str]:
    """What axe finds wrong, one sentence a fault. It is put in through the debugger, which the page's content security
    policy does not concern: the policy stays on, as people have it."""
    # After a click the next page may have begun and hold no element yet.
    page.wait_for_load_state()
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", list(tags)
    )
    return [
        f"{violation['id']}: {violation['help']} – {node['target']} {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def faults(page: Page) -> list[str]:
    """What is wrong with the page that is open: what axe finds, at the width that it has, and what scrolls sideways
    wide and narrow. It stays open. The frame and every component are read by axe at both widths (test_components)."""
    found = accessibility_faults(page)
    own = page.viewport_size
    assert own is not None
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"sideways at {width}: {element}" for element in sideways(page)]
    page.set_viewport_size(own)
    return found


def faults_of(pages: Iterable[tuple[Page, str]]) -> list[str]:
    """What is wrong with each of these addresses, as who is signed in on its page."""
    return [f"{path}: {fault}" for page, path in pages for fault in faults(visit(page, path))]


def visit(page: Page, path: str, *, status: int = 200) -> Page:
    """Open a page of the site; fails unless it answers as it should."""
    answer = page.goto(path)
    assert answer is not None, f"{path} gave no answer"
    assert answer.status == status, f"{path} answered {answer.status}"
    return page


def sideways(page: Page) -> list[str]:
    """The elements that make the page wider than the window; empty where nothing scrolls sideways."""
    return page.evaluate(
        """() => {
            const wide = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= wide) return [];
            const found = [...document.querySelectorAll("body *")]
                .filter(element => element.getBoundingClientRect().right > wide + 1)
                .map(element => element.tagName.toLowerCase() + "." + element.className);
            return found.length ? found : ["the page"];
        }"""
    )


def focused(page: Page) -> str:
    """The words of the element that has the keyboard: its name as a screen reader would say it, roughly."""
    return page.evaluate(
        """() => {
            const it = document.activeElement;
            const words = it.getAttribute("aria-label") || (it.labels && it.labels[0] && it.labels[0].innerText)
                || it.innerText || it.value || it.tagName;
            return words.replace(/\\s+/g, " ").trim();
        }"""
    )


def tab_to(page: Page, words: str, *, presses: int = 80) -> None:
    """Press Tab until the element with these words has the keyboard; fails where it cannot be reached."""
    passed = []
    for _ in range(presses):
        page.keyboard.press("Tab")
        passed.append(focused(page))
        if passed[-1] == words:
            return
    raise AssertionError(f"{words!r} cannot be reached with Tab; passed {passed}")


def focus_is_visible(page: Page) -> bool:
    """Whether the element with the keyboard is on the screen, uncovered, and drawn differently than without it."""
    return page.evaluate(
        """() => {
            const it = document.activeElement, box = it.getBoundingClientRect();
            const inside = box.width > 0 && box.top >= 0 && box.bottom <= innerHeight + 1;
            const drawn = () => { const s = getComputedStyle(it);
                return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.backgroundColor].join(); };
            const label = it.labels && it.labels[0];
            const aside = () => label ? getComputedStyle(label, "::before").boxShadow : "";
            const withIt = drawn() + aside();
            it.blur();
            const without = drawn() + aside();
            it.focus();
            return inside && withIt !== without;
        }"""
    )
