"""The source as the architecture tests read it: every module's tree, and what its names stand for."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SOURCE = CHECKOUT / "src" / "plumbline"
TESTS = CHECKOUT / "tests"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file. `imported` maps a name used in it to the dotted name that it stands for."""

    name: str
    path: Path
    tree: ast.Module
    lines: tuple[str, ...]
    imported: dict[str, str] = field(hash=False)

    @property
    def room(self) -> str:
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""

    @property
    def is_migration(self) -> bool:
        return ".migrations" in self.name

    def place(self, node: ast.AST) -> str:
        return f"{self.path.relative_to(CHECKOUT)}:{getattr(node, 'lineno', 1)}"

    def functions(self) -> Iterator[Function]:
        """The functions of the module itself, not those of classes or inside others."""
        yield from (node for node in self.tree.body if isinstance(node, Function))

    def full_name(self, node: ast.AST) -> str:
        """The dotted name that an expression such as `timezone.now` stands for; "" where it is no name."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        first = self.imported.get(node.id, f"{self.name}.{node.id}")
        return ".".join((first, *reversed(parts)))


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the product."""
    return tuple(_read(path, SOURCE.parent) for path in sorted(SOURCE.rglob("*.py")))


@cache
def modules_of_tests() -> tuple[Module, ...]:
    """Every module of the tests."""
    return tuple(_read(path, CHECKOUT) for path in sorted(TESTS.rglob("*.py")))


def _read(path: Path, root: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    parts = path.relative_to(root).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Module(name, path, tree, tuple(text.splitlines()), _imported(tree))


def _imported(tree: ast.Module) -> dict[str, str]:
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found
