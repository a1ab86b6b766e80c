"""No sentence about a file names a folder of this machine: people know a file by its name."""

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src/plumbline"
# What a path is called in the code.
PATHS = frozenset({"path", "folder", "home", "given", "target", "source"})
REFUSALS = frozenset({"RuleBroken", "WrongFile", "NotAllowed", "Note", "RefusedRow"})


def named_in_sentences() -> Iterator[str]:
    for path in sorted((SOURCE / "exchange").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REFUSALS:
                for part in ast.walk(node):
                    if isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
                        if part.value.id in PATHS:
                            yield f"{path.name}, line {part.lineno}: {part.value.id}"


def test_no_refusal_about_files_names_a_whole_path() -> None:
    assert list(named_in_sentences()) == []
