"""What is typed into any page of the site is kept: its form says whose it is, and which."""

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[2] / "src" / "plumbline" / "web" / "templates"

# Forms into which something is typed or chosen and that keep nothing, each with the reason.
KEPT_NOWHERE = {
    "contracts/people.html": "one choice for each name that is to be mapped",
    "queues/organisations.html": "ticks and one choice, for what is to be mapped alike",
    "queues/wording.html": "ticks and one choice, for what is to be mapped alike",
    "suppliers/queue.html": "ticks and one choice, for what is to be decided alike",
    "placements/may_i_place.html": "a question, which changes nothing",
    "returns/check.html": "two choices, after everything is saved",
    "returns/evidence.html": "a file, and what it is called",
    "work/my_work.html": "a question, which changes nothing",
}


def test_every_form_keeps_what_is_typed_into_it_or_says_why_not() -> None:
    silent = set()
    for template in TEMPLATES.rglob("*.html"):
        for form in re.findall(r'<form\b[^>]*method="post".*?</form>', template.read_text(encoding="utf-8"), re.DOTALL):
            is_typed = re.search(r"<c-field|<textarea|<select|<input(?![^>]*type=\"(hidden|submit|checkbox))", form)
            if is_typed and not re.search("typed_line|typed_into", form):
                silent.add(str(template.relative_to(TEMPLATES)))
    assert silent == set(KEPT_NOWHERE)
