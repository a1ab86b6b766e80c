"""What is next at a record, and for whom, is read from the duties that are kept (docs/adr/0041), and worked out by no
page."""

import re

from tests.architecture.source import SOURCE, modules

_TEMPLATES = SOURCE / "web" / "templates"
# Within one piece of work, from one answer or one step of a plan to the next: not yet a duty of its own.
_WITHIN_A_TASK = {
    "commissioning/evaluation/moderation.html",
    "commissioning/evaluation/own.html",
    "commissioning/implementation/pack.html", "commissioning/implementation/plan.html",
    "commissioning/suppliers/list.html", "commissioning/tenders/bid.html", "flags/flag.html",
}  # fmt: skip
# What works out duties, or the next step of something.
_SECOND_WAYS = re.compile(
    r"plumbline\.((?!web)\w+\.due\w*|due\.sources|commissioning\.(rules\.next_step|queries\.waiting))(\.|$)"
)


def test_no_page_works_out_what_is_next():
    asked = {
        module.name: sorted(name for name in module.imported.values() if _SECOND_WAYS.match(name))
        for module in modules()
        if module.room == "web"
    }
    assert {name: found for name, found in asked.items() if found} == {}


def test_the_box_of_what_is_next_is_drawn_from_the_kept_duties():
    written = {
        str(path.relative_to(_TEMPLATES))
        for path in _TEMPLATES.rglob("*.html")
        if re.search(r"<c-next[-_]step\b", path.read_text()) and path.parent.name != "cotton"
    }
    assert written == _WITHIN_A_TASK
