"""Promise 4: every operation is keyword-only, says who acts and when, and leaves its event in the same transaction."""

import ast
from functools import cache

import pytest

from tests.architecture.source import Function, Module, modules

RECORD = "plumbline.audit.operations.record"

# Operations that do not take `by` and `at`, or leave no event of their own, and why.
EXCEPTIONS = {
    "plumbline.audit.operations.record": "is the event",
    "plumbline.audit.operations.seal": "seals the trail itself: the seal is the trace, and nobody in person seals",
    "plumbline.indicators.operations.rerun": "reads only, for a viewer: the other half of publishing",
    "plumbline.scrutiny.operations.rerun_report": "reads only, for a viewer: the other half of publishing",
}


@cache
def operations() -> dict[str, tuple[Module, Function]]:
    return {
        f"{module.name}.{function.name}": (module, function)
        for module in modules()
        if module.name.split(".")[-1] == "operations" or ".operations." in module.name
        for function in module.functions()
        if not function.name.startswith("_")
    }


@cache
def functions() -> dict[str, tuple[Module, Function]]:
    """Every function of every module, by its full name."""
    return {f"{m.name}.{f.name}": (m, f) for m in modules() if not m.is_migration for f in m.functions()}


def leaves_an_event(name: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether the function, or one that it calls by name, records an event."""
    if name == RECORD:
        return True
    if name in seen or name not in functions():
        return False
    module, function = functions()[name]
    called = {module.full_name(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    return any(leaves_an_event(each, seen | {name}) for each in called if each)


FOUND = sorted(set(operations()) - set(EXCEPTIONS))


@pytest.mark.parametrize("name", FOUND)
def test_an_operation_takes_everything_by_its_name(name: str) -> None:
    _, function = operations()[name]
    assert [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)] == []


@pytest.mark.parametrize("name", FOUND)
def test_an_operation_is_told_who_acts_and_when(name: str) -> None:
    _, function = operations()[name]
    assert {"by", "at"} <= {argument.arg for argument in function.args.kwonlyargs}


@pytest.mark.parametrize("name", FOUND)
def test_an_operation_leaves_an_event(name: str) -> None:
    assert leaves_an_event(name)


def test_every_exception_is_still_needed() -> None:
    assert set(EXCEPTIONS) <= set(operations())


def test_a_function_that_records_nothing_is_seen_as_such() -> None:
    assert not leaves_an_event("plumbline.audit.moments.choose")
