"""Nothing looks beside the checkout by itself: a newcomer's clone, with nothing beside it, has all that it needs.

Only `.ci/run` knows where the public files lie, and says so to the tests marked `shared` in PLUMBLINE_SHARED.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.source import CHECKOUT, modules, modules_of_tests


@cache
def trees() -> dict[Path, ast.Module]:
    read = {module.path: module.tree for module in (*modules(), *modules_of_tests())}
    measured = (CHECKOUT / "benchmarks").rglob("*.py")
    return read | {path: ast.parse(path.read_text(encoding="utf-8")) for path in measured}


def climbs(node: ast.AST, depth: int) -> bool:
    """Whether an expression is a path that leaves a checkout in which its file lies `depth` folders deep."""
    match node:
        # Path(__file__).parents[4]
        case ast.Subscript(value=ast.Attribute(attr="parents"), slice=ast.Constant(value=int(up))):
            return up > depth
        # CHECKOUT.parent
        case ast.Attribute(value=ast.Name(id="CHECKOUT") | ast.Attribute(attr="CHECKOUT"), attr="parent" | "parents"):
            return True
        # folder / "../shared"
        case ast.BinOp(op=ast.Div(), right=ast.Constant(value=str(said))):
            return ".." in said.split("/")
        # Path("../shared"), open("../shared/list.csv"), CHECKOUT.joinpath("..")
        case ast.Call(func=ast.Name(id="Path" | "open") | ast.Attribute(attr="joinpath"), args=args):
            return any(isinstance(a, ast.Constant) and ".." in str(a.value).split("/") for a in args)
    return False


def test_no_path_leaves_the_checkout() -> None:
    found = [
        f"{path.relative_to(CHECKOUT)}:{node.lineno}"
        for path, tree in trees().items()
        for depth in [len(path.relative_to(CHECKOUT).parts) - 1]
        for node in ast.walk(tree)
        if climbs(node, depth)
    ]
    assert found == []


@pytest.mark.parametrize(
    "said",
    [
        'Path(__file__).parents[3] / "data"',
        "CHECKOUT.parent",
        "databases.CHECKOUT.parent",
        'HERE / "../../../shared"',
        'open("../shared/a.csv")',
    ],
)
def test_such_a_path_is_found(said: str) -> None:
    assert any(climbs(node, 2) for node in ast.walk(ast.parse(said)))


def test_only_the_harness_asks_where_the_public_files_lie() -> None:
    asking = {
        str(path.relative_to(CHECKOUT))
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value == "PLUMBLINE_SHARED" and path.name != Path(__file__).name
    }
    # The settings only know that it is none of theirs.
    assert asking == {"tests/conftest.py", "src/plumbline/config/environment.py", "benchmarks/ofsted.py"}


def test_no_script_looks_beside_the_checkout() -> None:
    up = re.compile(r"\.\./(?!\.\.)\w")
    found = {path.name for path in (CHECKOUT / "script").iterdir() if up.search(path.read_text(encoding="utf-8"))}
    assert found == set()
