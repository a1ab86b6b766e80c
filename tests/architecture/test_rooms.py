"""Pages live in rooms that have the names of the domains, and beside them the kit of all pages and the first pages."""

from pathlib import Path

from tests.architecture.source import SOURCE

ROOMS = SOURCE / "web"
NO_ROOMS = {"__pycache__", "assets", "static", "templates", "templatetags"}
# Names that a library gives: its own pages, and its components.
OF_LIBRARIES = {"account", "mfa", "cotton"}
# File names that say nothing of their subject.
SAYS_NOTHING = {
    "smaller", "doing", "story", "taking", "reach", "reaching", "rescuing", "handling", "utils", "helpers", "misc",
}  # fmt: skip


def folders(where: Path) -> set[str]:
    return {each.name for each in where.iterdir() if each.is_dir()}


def test_rooms_of_pages_are_named_as_the_domains() -> None:
    domains = folders(SOURCE) - {"__pycache__", "config", "documents", "jobs", "kernel", "measures", "web"}
    # What comes from the social-care system is shown where it is used, and how rows come in by exchange.
    assert folders(ROOMS) - NO_ROOMS == domains - {"intake", "socialcare"} | {"home", "kit"}


def test_templates_are_in_the_rooms_of_their_pages() -> None:
    assert folders(ROOMS / "templates") - OF_LIBRARIES == folders(ROOMS) - NO_ROOMS


def test_the_name_of_a_file_says_its_subject() -> None:
    assert not [path for path in SOURCE.rglob("*.py") if path.stem in SAYS_NOTHING]
