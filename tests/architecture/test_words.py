"""What people read is written as an officer of a council would write it, and comments are not far from it."""

import ast
import re

from tests.architecture.source import SOURCE, Module, modules

_NOWHERE = re.compile(r"\b(somebody|anew|nothing stands|for want of|the want of|a want of)\b", re.IGNORECASE)
_NOT_SAID = re.compile(r"\bwhoever\b", re.IGNORECASE)


def _texts() -> dict[str, str]:
    return {
        str(path.relative_to(SOURCE)): path.read_text(encoding="utf-8")
        for path in sorted(SOURCE.rglob("*"))
        if path.suffix in (".py", ".html", ".yaml") and "migrations" not in path.parts
    }


def _said(module: Module) -> list[str]:
    """The texts of a module that are no docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]


def test_no_text_has_the_words_that_nobody_says() -> None:
    assert [f"{name}: {hit.group()}" for name, text in _texts().items() for hit in _NOWHERE.finditer(text)] == []


def test_what_is_said_to_people_names_them_plainly() -> None:
    pages = {name: text for name, text in _texts().items() if not name.endswith(".py")}
    said = [f"{name}: {hit.group()}" for name, text in pages.items() for hit in _NOT_SAID.finditer(text)]
    said += [
        f"{module.name}: {text}"
        for module in modules()
        for text in _said(module)
        # SQL has comments of its own.
        if _NOT_SAID.search(text) and "create or replace" not in text and "-- " not in text
    ]
    assert said == []
