"""What a page's template asks for is given to it by a page: a name that nobody gives is empty without a word, and what
depends on it is never shown."""

import ast
import re

from tests.architecture.source import SOURCE, modules

_TEMPLATES = SOURCE / "web" / "templates"
# What Django, its forms and the pages for signing in give by themselves.
_GIVEN_ELSEWHERE = {
    "attrs", "block", "csrf_token", "field", "forloop", "form", "messages", "request", "slot", "user", "widget",
    "redirect_field", "redirect_field_name", "redirect_field_value", "total_count", "unused_codes",
    "totp_svg_data_uri", "errors",
}  # fmt: skip
_WORDS_OF_TAGS = {"and", "or", "not", "in", "is", "if", "None", "True", "False"}


def _asked(template: str) -> set[str]:
    """The names at the head of what a template prints, asks for or goes through."""
    asked = set(re.findall(r"{{\s*([a-zA-Z_]\w*)", template))
    asked |= set(re.findall(r"{%\s*for [\w, ]+ in ([a-zA-Z_]\w*)", template))
    asked |= set(re.findall(r'\s:[\w-]+="([a-zA-Z_]\w*)', template))
    for condition in re.findall(r"{%\s*(?:if|elif)\s+(.*?)%}", template):
        said = re.sub(r""""[^"]*"|'[^']*'""", "", condition)
        asked |= set(re.findall(r"(?<![\w.|:])([a-zA-Z_]\w*)", said)) - _WORDS_OF_TAGS
    return asked


def _set_there(template: str) -> set[str]:
    """The names that a template gives to itself, to what it includes and to its components."""
    given = {name.strip() for names in re.findall(r"{%\s*for ([\w, ]+) in", template) for name in names.split(",")}
    given |= set(re.findall(r"\bas (\w+)\s*%}", template))
    for tag in re.findall(r"{%\s*(?:with|include)\b(.*?)%}", template):
        given |= set(re.findall(r"(\w+)=", tag))
    for component in re.findall(r"<c-[\w.-]+((?:[^<>\"]|\"[^\"]*\")*)>", template):
        given |= {name.replace("-", "_") for name in re.findall(r"\s:?([\w-]+)=", component)}
    return given


def _given_by_pages() -> set[str]:
    given = set()
    for module in modules():
        if module.name.startswith("plumbline.web."):
            for node in ast.walk(module.tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    given.add(node.value)
                elif isinstance(node, ast.keyword) and node.arg:
                    given.add(node.arg)
    return given


def test_every_name_that_a_template_asks_for_is_given_by_a_page() -> None:
    texts = {str(path.relative_to(_TEMPLATES)): path.read_text("utf-8") for path in _TEMPLATES.rglob("*.html")}
    given = _given_by_pages() | _GIVEN_ELSEWHERE
    given = given.union(*map(_set_there, texts.values()))
    missing = {name: sorted(_asked(text) - given) for name, text in sorted(texts.items())}
    assert {name: names for name, names in missing.items() if names} == {}


def test_a_name_that_no_page_gives_is_found() -> None:
    assert _asked("{% if manages and not may_answer or each.state == 'held' %}{{ visit.pk|day }}{% endif %}") == {
        "manages",
        "may_answer",
        "each",
        "visit",
    }
    assert _set_there('{% for a, b in rows %}{% include "x.html" with first=a %}<c-tag :state="a" word="b" />') == {
        "a",
        "b",
        "first",
        "state",
        "word",
    }
