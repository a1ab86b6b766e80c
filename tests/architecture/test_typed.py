"""What is typed into any page of the site is kept: its form says whose it is, and which."""

import ast
import re
from pathlib import Path

from tests.architecture.source import modules

TEMPLATES = Path(__file__).resolve().parents[2] / "src" / "plumbline" / "web" / "templates"

# Forms into which something is typed or chosen and that keep nothing, each with the reason.
KEPT_NOWHERE = {
    "contracts/register/people.html": "one choice for each name that is to be mapped",
    "exchange/queues/organisations.html": "ticks and one choice, for what is to be mapped alike",
    "exchange/queues/wording.html": "ticks and one choice, for what is to be mapped alike",
    "commissioning/suppliers/queue.html": "ticks and one choice, for what is to be decided alike",
    "placements/may_i_place.html": "a question, which changes nothing",
    "toolkits/returns/check.html": "two choices, after everything is saved",
    "toolkits/returns/evidence.html": "a file, and what it is called",
    "due/my_work.html": "a question, which changes nothing",
}


def test_every_form_keeps_what_is_typed_into_it_or_says_why_not() -> None:
    silent = set()
    for template in TEMPLATES.rglob("*.html"):
        for form in re.findall(r'<form\b[^>]*method="post".*?</form>', template.read_text(encoding="utf-8"), re.DOTALL):
            is_typed = re.search(r"<c-field|<textarea|<select|<input(?![^>]*type=\"(hidden|submit|checkbox))", form)
            if is_typed and not re.search("typed_line|typed_into", form):
                silent.add(str(template.relative_to(TEMPLATES)))
    assert silent == set(KEPT_NOWHERE)


def _changes_a_record(node: ast.ClassDef) -> bool:
    return any(isinstance(each, ast.Assign) and ast.unparse(each) == "changes_a_record = True" for each in node.body)


def _gives_its_own(node: ast.ClassDef) -> bool:
    """Whether the form itself says what is recorded."""
    return any(
        isinstance(each, ast.FunctionDef) and each.name == "__init__" and "initial" in ast.unparse(each)
        for each in node.body
    )


def test_a_form_that_shows_what_is_recorded_is_given_it_when_it_is_sent_too() -> None:
    """Else whatever is sent from the page looks as if another had changed the record meanwhile."""
    web = [module for module in modules() if module.room == "web"]
    forms = {
        f"{module.name}.{node.name}"
        for module in web
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and _changes_a_record(node) and not _gives_its_own(node)
    }
    assert len(forms) > 10
    without = [
        f"{module.place(node)}: {ast.unparse(node)}"
        for module in web
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and (full := module.full_name(node.func))
        and (full in forms or f"{module.name}.{full}" in forms)
        and not any(given.arg in ("initial", None) for given in node.keywords)
    ]
    assert without == []
