"""Promise 9: no test that asserts nothing, no check that cannot fail, nothing skipped without a reason."""

import ast
from functools import cache

from tests.architecture.source import Function, Module, modules_of_tests

# Calls that are an assertion, no matter who defines them.
ASSERTING = {"pytest.raises", "pytest.warns", "pytest.fail", "playwright.sync_api.expect"}
ASSERTING_FIXTURES = {"django_assert_num_queries", "django_assert_max_num_queries"}


def every_test() -> list[tuple[Module, Function]]:
    return [
        (module, node)
        for module in modules_of_tests()
        if module.path.name.startswith("test_")
        for node in ast.walk(module.tree)
        if isinstance(node, Function) and node.name.startswith("test_")
    ]


@cache
def helpers() -> dict[str, tuple[Module, Function]]:
    return {
        f"{module.name}.{function.name}": (module, function)
        for module in modules_of_tests()
        for function in module.functions()
    }


def asserts(module: Module, function: Function, seen: frozenset[str] = frozenset()) -> bool:
    """Whether the function, or a helper of the tests that it calls, can fail."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant):
            return True
        if not isinstance(node, ast.Call):
            continue
        name = module.full_name(node.func)
        if name in ASSERTING or name.split(".")[-1] in ASSERTING_FIXTURES:
            return True
        if name not in seen and name in helpers() and asserts(*helpers()[name], seen | {name}):
            return True
    return False


def test_every_test_can_fail() -> None:
    idle = [module.place(function) for module, function in every_test() if not asserts(module, function)]
    assert idle == []


def test_no_assertion_is_about_a_constant() -> None:
    idle = [
        module.place(node)
        for module in modules_of_tests()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant | ast.JoinedStr | ast.Tuple)
    ]
    assert idle == []


def test_nothing_is_skipped_without_a_reason() -> None:
    wrong = [
        module.place(node)
        for module in modules_of_tests()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        if module.full_name(node.func) in {"pytest.skip", "pytest.mark.skip", "pytest.mark.skipif", "pytest.mark.xfail"}
        if not _says_why(module.full_name(node.func), node)
    ]
    assert wrong == []


def test_no_skip_is_written_without_its_reason_in_brackets() -> None:
    bare = [
        module.place(mark)
        for module in modules_of_tests()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for mark in node.decorator_list
        if module.full_name(mark) in {"pytest.mark.skip", "pytest.mark.xfail"}
    ]
    assert bare == []


def test_no_test_file_replaces_our_own_code() -> None:
    wrong = [
        module.place(node)
        for module in modules_of_tests()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and module.full_name(node.func) in {"unittest.mock.patch", "mock.patch"}
    ]
    assert wrong == []


def _says_why(name: str, call: ast.Call) -> bool:
    texts = [k.value for k in call.keywords if k.arg in {"reason", "msg"}]
    if name == "pytest.skip":
        texts += call.args[:1]
    return any(isinstance(t, ast.JoinedStr) or (isinstance(t, ast.Constant) and bool(t.value)) for t in texts)
