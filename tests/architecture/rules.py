"""docs/reference/rules.md: every rule, what it says in its first sentence, where it stands, and a test that holds it.

python -m tests.architecture.rules          status 1 where the page is not as the code has it
python -m tests.architecture.rules --write  writes it

A rule is a function of a `rules` module, or one that says who may (the `access` modules). Its test is one that calls
it, or else one that calls what applies it.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from tests.architecture.source import CHECKOUT, TESTS, Function, Module, modules, modules_of_tests

PAGE = CHECKOUT / "docs" / "reference" / "rules.md"
# Rules that stand in no module of that name.
_BESIDE = {"plumbline.kernel.periods", "plumbline.measures.disclosure"}
# A rule may be applied by an operation that a page calls: no further away.
_STEPS = 2

_HEAD = """\
<!-- Written by `python -m tests.architecture.rules --write`; do not edit. -->

# Rules

Every rule: a function that looks at what it is given and answers, with its reasons, or refuses with a sentence. None
reads the database but those that say who may see what (`…_visible_to`). The test is one that calls the rule, or one
that calls what applies it. A test compares this page.
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """`module` without "plumbline."; `test`: a file below tests/, "" where none was found."""

    name: str
    module: str
    sentence: str
    test: str


def rules() -> list[Rule]:
    found = []
    for module in modules():
        if not _holds_rules(module):
            continue
        for function in module.functions():
            if not function.name.startswith("_"):
                sentence = first_sentence(ast.get_docstring(function) or "")
                test = _test_of(f"{module.name}.{function.name}", module.room)
                found.append(Rule(function.name, module.name.removeprefix("plumbline."), sentence, test))
    return found


def first_sentence(text: str) -> str:
    """The first sentence of a docstring, in one line."""
    line = " ".join(text.split("\n\n")[0].split())
    end = re.search(r"(?<![A-Z])\.(?= [A-Z“`(]|$)", line)
    return line[: end.end()] if end else line


def written() -> str:
    rooms: defaultdict[str, list[str]] = defaultdict(list)
    for rule in rules():
        cells = (f"`{rule.name}`", rule.sentence.replace("|", "\\|"), f"`{rule.module}`", f"`{rule.test}`")
        rooms[rule.module.split(".")[0]].append(f"| {' | '.join(cells)} |")
    parts = [_HEAD.rstrip()]
    for room, lines in sorted(rooms.items()):
        parts.append(
            "\n".join([f"## {room}", "", "| rule | | in the code | test |", "| --- | --- | --- | --- |", *lines])
        )
    return "\n\n".join(parts) + "\n"


def _holds_rules(module: Module) -> bool:
    parts = module.name.split(".")
    if module.room == "web":
        return False
    return parts[-1] in ("rules", "access") or ".rules." in module.name or module.name in _BESIDE


def _test_of(name: str, room: str) -> str:
    names = {name}
    for _ in range(_STEPS + 1):
        files = {path for each in names for path in _called_in_tests()[each]}
        if files:
            return min(files, key=lambda path: (f"/{room}/" not in path, not path.startswith("unit/"), path))
        names = {caller for each in names for caller in _callers()[each]}
    return ""


@cache
def _called_in_tests() -> defaultdict[str, set[str]]:
    """Full name of a function → the files of tests that name it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for module in modules_of_tests():
        if module.path.name.startswith("test_"):
            for name in _names(module, [module.tree]):
                found[name].add(module.path.relative_to(TESTS).as_posix())
    return found


@cache
def _callers() -> defaultdict[str, set[str]]:
    """Full name of a function → the functions that name it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for module in modules():
        for function in module.functions():
            for name in _names(module, [function]):
                found[name].add(f"{module.name}.{function.name}")
    return found


def _names(module: Module, trees: Iterable[ast.AST | Function]) -> set[str]:
    found = {
        module.full_name(node)
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name)
    }
    return {each for each in found if each.startswith("plumbline.")}


if __name__ == "__main__":
    said = written()
    if "--write" in sys.argv:
        PAGE.write_text(said, encoding="utf-8")
    if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != said:
        sys.exit("docs/reference/rules.md is not as the code says. Run `python -m tests.architecture.rules --write`.")
