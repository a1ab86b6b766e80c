"""Words that councils call differently stand in our texts as places, never as words (kernel.labels, docs/adr/0040)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from plumbline.kernel.labels import SHIPPED
from tests.architecture.source import SOURCE, Module, modules

WORDS = re.compile(
    r"\bTACs?\b|(?i:\bteams? around the (child|family)|\bsafeguarding[- ](children )?board|\bboard assessments?\b"
    r"|\bLSCB|\bcustomer service centre)"
)
# Where a word stands as it is, and why.
ALLOWED = {
    "kernel/labels.py": "the words that Plumbline comes with",
    "toolkits/library/": "a toolkit is published text with its version: who wants another word publishes a new one",
    "scrutiny/library/answers/": "the demonstration's own answers of 2016; its tables and charts have places",
    "measures/facts.py": "what a column holds, for who reads the database; on no page",
    "jobs/reference_pages.py": "our own documentation, the same for every council",
    "config/cli.py": "the help of a command of ours, the same for every council",
    "jobs/demo_buying.py": "what the demonstration's people typed",
}
_SAYS = {"plumbline.kernel.labels.say", "plumbline.people.labels.later"}
_NAMED = re.compile(r"(?<!\{)\{([A-Za-z_]+)\}(?!\})")
# A place that nobody filled.
PLACE = re.compile(r"\{(" + "|".join(SHIPPED) + r")\}")
_OF_A_TEMPLATE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)


def allowed(path: Path) -> bool:
    return any(str(path.relative_to(SOURCE)).startswith(each) for each in ALLOWED)


def texts_of(module: Module) -> Iterator[ast.Constant]:
    """Every text of a module but its docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, str):
        yield value
    elif not isinstance(value, int | float | bool | None):
        for each in value if not hasattr(value, "isoformat") else ():
            yield from texts_in(each)


def words_as_they_are() -> Iterator[str]:
    for module in modules():
        if not (module.is_migration or allowed(module.path)):
            for node in texts_of(module):
                if WORDS.search(node.value):
                    yield f"{module.place(node)}: {node.value}"
    for path in sorted(SOURCE.rglob("*.html")):
        for found in WORDS.finditer(_OF_A_TEMPLATE.sub(" ", path.read_text(encoding="utf-8"))):
            yield f"{path.relative_to(SOURCE)}: {found[0]}"
    for path in sorted(SOURCE.rglob("*.yaml")):
        if not allowed(path):
            for text in texts_in(yaml.safe_load(path.read_text(encoding="utf-8"))):
                if WORDS.search(text):
                    yield f"{path.relative_to(SOURCE)}: {text}"


def test_no_text_of_ours_holds_a_word_that_a_council_may_call_differently() -> None:
    assert list(words_as_they_are()) == []


def test_tables_and_charts_of_the_demonstrations_answers_hold_places() -> None:
    """A council that has written no answer is offered these with its own figures."""
    for path in (SOURCE / "scrutiny" / "library" / "answers").glob("*.yaml"):
        answers = yaml.safe_load(path.read_text(encoding="utf-8"))["answers"]
        drawn = [
            claim for answer in answers.values() for claim in answer["claims"] if {"table", "chart"} & claim.keys()
        ]
        assert drawn
        assert [text for text in texts_in(drawn) if WORDS.search(text)] == []


def test_every_place_is_one_that_there_is() -> None:
    """A template says nothing at all for a name that it does not know; `say` leaves the place as it is."""
    unknown = []
    for path in sorted(SOURCE.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        unknown += [f"{path.name}: {name}" for name in re.findall(r"\blabels\.(\w+)", text) if name not in SHIPPED]
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and module.full_name(node.func) in _SAYS:
                for text in (part.value for part in node.args if isinstance(part, ast.Constant)):
                    named = _NAMED.findall(text)
                    if not named or not set(named) <= SHIPPED.keys():
                        unknown.append(f"{module.place(node)}: {text}")
    assert unknown == []


def test_every_exception_is_still_one() -> None:
    for place in ALLOWED:
        path = SOURCE / place
        files = [path] if path.is_file() else sorted(path.rglob("*.yaml"))
        assert any(WORDS.search(each.read_text(encoding="utf-8")) for each in files), place
