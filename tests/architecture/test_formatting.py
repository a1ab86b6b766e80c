"""The formatter lays out code; only a table of data is laid out by hand (docs/adr/0042)."""

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, modules, modules_of_tests

SKIP = "# fmt: " + "skip"


def _tables(tree: ast.AST) -> Iterator[int]:
    """The last line of each table: data that is given a name, and the cases of a test."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            if isinstance(node.value, ast.Dict | ast.List | ast.Set | ast.Tuple):
                yield node.end_lineno or 0
        elif isinstance(node, ast.FunctionDef):
            yield from (each.end_lineno or 0 for each in node.decorator_list if "parametrize" in ast.unparse(each))


def _by_hand(module: Module) -> list[str]:
    tables = set(_tables(module.tree))
    return [
        f"{module.name}:{number}"
        for number, line in enumerate(module.lines, 1)
        if SKIP in line and number not in tables
    ]


def test_only_tables_are_laid_out_by_hand() -> None:
    found = [
        each for module in (*modules(), *modules_of_tests()) if not module.is_migration for each in _by_hand(module)
    ]
    assert found == []


def test_code_laid_out_by_hand_is_found() -> None:
    text = f"value = call(a,\n             b)  {SKIP}\ntable = {{1: 2,\n         3: 4}}  {SKIP}\n"
    module = Module("made", modules()[0].path, ast.parse(text), tuple(text.splitlines()), {})
    assert _by_hand(module) == ["made:2"]
