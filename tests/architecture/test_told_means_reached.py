"""A page says that a person is told or asked only from who can be reached; what a page shows is kept here, and is not
carried through the browser."""

import ast
import re

from tests.architecture.source import SOURCE, Module, modules

_CLAIMS = re.compile(
    r"\b(is|are) (told|asked)\b|\bsees? it when\b|\bfinds the report\b|\b(has|have) it in their (work|list)\b"
    r"|\bon the list of everybody\b|\bconfirms it\b",
    re.IGNORECASE,
)
# What is asked in a form, not a person who is asked.
_NO_CLAIMS = ("what bidders are asked", "Each says who is told of it")
ASKING = {f"plumbline.web.kit.asking.{name}" for name in ("ask", "act")}
IF_REACHED = "plumbline.web.people.inviting.whom_to_ask.if_reached"


def claims(module: Module) -> list[str]:
    """Where what is said after an act says that a person is told, and not by `if_reached`."""
    held = {
        id(inner)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and module.full_name(node.func) == IF_REACHED
        for inner in ast.walk(node)
    }
    return [
        f"{module.place(text)}: {text.value}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        for said in _said_by(module, node)
        for text in ast.walk(said)
        if isinstance(text, ast.Constant) and isinstance(text.value, str) and id(text) not in held
        if _CLAIMS.search(text.value) and not any(words in text.value for words in _NO_CLAIMS)
    ]


def _said_by(module: Module, node: ast.Call) -> list[ast.AST]:
    """What a call says to who has done something: all that a message is given, and what `ask` and `act` say is done."""
    name = module.full_name(node.func)
    if name.startswith("django.contrib.messages."):
        return [node]
    if name not in ASKING:
        return []
    done = next(each.value for each in node.keywords if each.arg == "done")
    return [
        done,
        *(
            each
            for each in ast.walk(module.tree)
            if isinstance(each, ast.FunctionDef) and isinstance(done, ast.Name) and each.name == done.id
        ),
    ]


def test_that_somebody_is_told_is_said_from_who_can_be_reached() -> None:
    assert [claim for module in modules() if module.room == "web" for claim in claims(module)] == []


_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="\{\{ ?([^}|]+?)(?:\|[^}]*)? ?\}\}"')
# A number, a sealed line, or what stands in the page's own address and in its lists.
_SHORT = {
    "before.line", "redirect_field_value", "value", "number", "asked", "side.key", "each", "each.wording", "each.party",
    "each.row.party",
}  # fmt: skip


def test_no_page_carries_what_it_shows_through_the_browser() -> None:
    carried = [
        f"{path.relative_to(SOURCE)}: {name}={value}"
        for path in sorted((SOURCE / "web" / "templates").rglob("*.html"))
        for name, value in _HIDDEN.findall(path.read_text(encoding="utf-8"))
        if not value.strip().endswith((".pk", ".urn", ".register")) and value.strip() not in _SHORT
    ]
    assert carried == []
