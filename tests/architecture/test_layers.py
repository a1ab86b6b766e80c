"""Who may know whom: imports, foreign keys and SQL point down the layers of pyproject.toml."""

import ast
import re
import subprocess
import sys
import tomllib

from django.apps import apps

from tests.architecture.source import CHECKOUT, Module, modules

LONGEST_FILE = 600
# What SQL makes for itself, named after its room.
MADE = r"create (?:or replace )?(?:function|view|table(?: if not exists)?) ([a-z]+_[a-z_]+)"
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "common", "manager", "service", "services", "misc"}


def heights() -> dict[str, int]:
    """How far from the top each room stands; 0 is the top."""
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {name.strip(): height for height, layer in enumerate(layers) for name in layer.split("|")}


def test_imports_keep_the_contracts() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c(['--no-cache'])"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_has_its_layer() -> None:
    rooms = {module.room for module in modules()} - {""}
    assert rooms == set(heights())


def test_foreign_keys_point_down() -> None:
    height = heights()
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model.__module__.startswith("plumbline.")
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if field.is_relation and field.related_model.__module__.startswith("plumbline.")
        if height[field.related_model._meta.app_label] < height[model._meta.app_label]
    ]
    assert wrong == []


def test_sql_names_nothing_of_a_room_above() -> None:
    height = heights()
    named = {model._meta.db_table for model in apps.get_models()}
    named |= {name for module in modules() for _, text in texts(module) for name in re.findall(MADE, text)}
    ours = {name for name in named if name.split("_")[0] in height}
    wrong = [
        f"{module.place(node)} names {name}"
        for module in modules()
        if module.room
        for node, text in texts(module)
        for name in sorted(set(re.findall(r"[a-z]+_[a-z_]+", text)) & ours)
        if height[name.split("_")[0]] < height[module.room]
    ]
    assert wrong == []


def test_rules_know_no_tables_and_no_django() -> None:
    wrong = [
        f"{module.place(node)} imports {name}"
        for module in modules()
        if "rules" in module.name.split(".")
        for node, name in imports(module)
        if name.startswith("django") or name.endswith(".models") or ".models." in name
    ]
    assert wrong == []


def test_states_know_no_database() -> None:
    wrong = [
        f"{module.place(node)} imports {name}"
        for module in modules()
        if module.name.endswith(".states")
        for node, name in imports(module)
        if {"operations", "queries"} & set(name.split(".")) or name == "django.db.connection"
    ]
    assert wrong == []


def test_imports_are_absolute() -> None:
    wrong = [
        module.place(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert wrong == []


def test_an_import_inside_a_function_gives_its_reason() -> None:
    wrong = [
        module.place(node)
        for module in modules()
        for function in ast.walk(module.tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for first in [min((n.lineno for n in ast.walk(function) if _is_import(n)), default=0)]
        for node in ast.walk(function)
        # The reason stands beside the first of them, or above it.
        if _is_import(node) and node.lineno == first
        if "#" not in module.lines[node.lineno - 1] and not module.lines[node.lineno - 2].strip().startswith("#")
    ]
    assert wrong == []


def test_files_stay_readable() -> None:
    long = [
        f"{module.path.relative_to(CHECKOUT)}: {len(module.lines)} lines"
        for module in modules()
        if len(module.lines) > LONGEST_FILE and not module.is_migration
    ]
    assert long == []


def test_every_module_is_named_for_what_it_holds() -> None:
    assert [m.name for m in modules() if m.name.split(".")[-1] in NAMES_THAT_SAY_NOTHING] == []


def test_nothing_listens_for_signals() -> None:
    wrong = [
        f"{module.place(node)} imports {name}"
        for module in modules()
        for node, name in imports(module)
        if "signals" in name.split(".") or name == "django.dispatch.receiver"
    ]
    assert wrong == []


def test_no_model_saves_in_a_way_of_its_own() -> None:
    wrong = [
        f"{module.place(method)} {node.name}.{method.name}"
        for module in modules()
        if "models" in module.name.split(".")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name in {"save", "delete", "clean", "full_clean"}
    ]
    assert wrong == []


def test_no_model_has_an_order_of_its_own() -> None:
    ours = [model for model in apps.get_models() if model.__module__.startswith("plumbline.")]
    assert [model._meta.label for model in ours if model._meta.ordering] == []


def texts(module: Module) -> list[tuple[ast.AST, str]]:
    """Every text in a module, and every part of one that is put together."""
    return [
        (node, node.value)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def imports(module: Module) -> list[tuple[ast.AST, str]]:
    """Every import of a module with the full name of what it imports."""
    found: list[tuple[ast.AST, str]] = []
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found += [(node, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [(node, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def _is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)
