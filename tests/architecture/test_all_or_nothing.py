"""What a page does at one press of a button it does whole, or not at all.

An operation is one transaction. A page that calls two would leave the first done where the second refuses, so it calls
them in what it gives `ask` or `act` to do (web.kit.asking), or within `transaction.atomic()`, inside the `try` that
shows what was refused. The source is read for the most
operations that one request can reach: of two branches the fuller one, of a loop the body twice, of a function called
what is in it.
"""

import ast
import textwrap
from functools import cache
from pathlib import Path

from tests.architecture.events import OPERATION, functions, operations
from tests.architecture.source import Function, Module, modules

ATOMIC = "django.db.transaction.atomic"
# These do in one transaction what they are given to do: by name, or `whole` by position.
ASKING = {f"plumbline.web.kit.asking.{name}" for name in ("ask", "act", "whole")}
ASKING |= {"plumbline.web.kit.journey.show_check"}
# Traces of what was shown: they stay, whatever is refused afterwards.
TRACES = {
    "plumbline.people.operations.look_at_child",
    "plumbline.people.operations.look_at_list",
    "plumbline.evidence.operations.note_opened",
    "plumbline.flags.telling.note_opened",
}
# Pages of several rows, each decided by itself: one that is refused stops no other, stays as it was, and is named.
EACH_BY_ITSELF = {
    "plumbline.web.contracts.register.people.people": "names that files give, each with whose it is",
    "plumbline.web.commissioning.suppliers.deciding.queue": "published suppliers, each with who it is",
    "plumbline.web.toolkits.returns.answering.question": "a refused answer loses none of the others typed",
    "plumbline.web.toolkits.returns.answering.whole_section": "an answer that is refused loses none of the others",
    "plumbline.web.people.inviting.accepting.invited": "attempts with links stay counted, whatever comes of the link",
    "plumbline.web.contracts.incidents.reading.mail_read": "attempts with links stay counted, whatever comes of it",
    "plumbline.web.toolkits.returns.judging.sign_off": "it says why nothing follows; each night tries again",
    "plumbline.web.commissioning.tenders.importing.bids": "bids of a file, a row each",
    "plumbline.web.toolkits.returns.files.back": "answers of a file, a row each",
    "plumbline.web.contracts.care.journey.step": "what is typed is kept, whatever comes of the file beside it",
}


@cache
def changes() -> frozenset[str]:
    """The operations, and what else below the pages is one transaction of someone's at a moment."""
    others = {
        f"{module.name}.{function.name}"
        for module, function in functions().values()
        if module.room not in ("web", "jobs", "config")
        and {"act", "at"} & {each.arg for each in function.args.kwonlyargs}
        and any(module.full_name(each) in (ATOMIC, OPERATION) for each in function.decorator_list)
    }
    return frozenset((set(operations()) | others) - TRACES)


@cache
def _module(name: str) -> Module | None:
    return next((module for module in modules() if module.name == name), None)


def _defined(name: str) -> str:
    """The name under which a function is defined, where a package hands it on under another."""
    while name not in functions():
        place, _, last = name.rpartition(".")
        module = _module(place)
        onward = module.imported.get(last) if module else None
        if onward is None or onward == name:
            break
        name = onward
    return name


@cache
def most_operations(name: str, above: frozenset[str] = frozenset(), *, together: bool = True) -> int:
    """The most operations that one call of a function of the pages can do. `together`: those that are held together
    count as one."""
    module, function = functions()[name]
    return max(_Paths(module, function, above | {name}, together=together).of(function.body))


def several() -> list[str]:
    """The pages that do more than one operation, together or not."""
    return [name for name in views() if most_operations(name, together=False) > 1]


def takes_files() -> list[str]:
    """The pages to which a file is sent: they read it, or say what a part of a journey does with it."""
    return [
        name
        for name in views()
        if any(
            (isinstance(node, ast.Attribute) and node.attr == "FILES")
            or (isinstance(node, ast.keyword) and node.arg == "attach")
            for node in ast.walk(functions()[name][1])
        )
    ]


class _Paths:
    """Counts along the paths of one function. `of` gives two counts: for the fullest path that goes on after the
    statements (-1 where none does) and for the fullest that ends within them."""

    def __init__(self, module: Module, function: Function, above: frozenset[str], *, together: bool = True) -> None:
        self.module, self.above, self.together = module, above, together
        arguments = function.args
        self.own = {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        self.own |= {
            node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        # The functions inside this one that it gives to be done whole.
        self.whole = {
            name.id
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and self._asks(node)
            for given in self._given_to_do(node)
            for name in ast.walk(given)
            if isinstance(name, ast.Name)
        }

    def of(self, statements: list[ast.stmt]) -> tuple[int, int]:
        on, ended = 0, 0
        for statement in statements:
            goes_on, ends = self._statement(statement)
            ended = max(ended, on + ends)
            if goes_on < 0:
                return -1, ended
            on += goes_on
        return on, ended

    def _statement(self, node: ast.stmt) -> tuple[int, int]:
        match node:
            case ast.If():
                test = self._expression(node.test)
                ons, ends = zip(self.of(node.body), self.of(node.orelse), strict=True)
                return (test + max(ons) if max(ons) >= 0 else -1), test + max(ends)
            case ast.For() | ast.While():
                on, end = self.of(node.body)
                return 2 * max(on, 0) + self._expression(node.iter if isinstance(node, ast.For) else node.test), end
            case ast.With():
                around = sum(self._expression(each.context_expr) for each in node.items)
                on, end = self.of(node.body)
                if any(self._is_held_together(each.context_expr) for each in node.items):
                    on, end = min(on, 1), min(end, 1)
                return (around + on if on >= 0 else -1), around + end
            case ast.Try():
                on, end = self.of(node.body)
                tried = max(on, end)
                after, after_end = self.of(node.orelse)
                handled = [self.of(each.body) for each in node.handlers]
                ons = [tried + each for each, _ in handled if each >= 0]
                ons += [on + after] if on >= 0 and after >= 0 else []
                last = max(self.of(node.finalbody))
                return max(ons, default=-1 - last) + last, max(end, on + after_end, *(tried + e for _, e in handled))
            case ast.Match():
                found = [self.of(case.body) for case in node.cases]
                return max(0, *(on for on, _ in found)), max(end for _, end in found)
            case ast.FunctionDef():
                inside = max(self.of(node.body))
                return min(inside, 1) if self.together and node.name in self.whole else inside, 0
            case ast.Return() | ast.Raise():
                return -1, self._expression(node)
        return self._expression(node), 0

    def _is_held_together(self, node: ast.expr) -> bool:
        return self.together and isinstance(node, ast.Call) and self.module.full_name(node.func) == ATOMIC

    def _asks(self, node: ast.Call) -> bool:
        return self.module.full_name(node.func) in ASKING

    def _given_to_do(self, node: ast.Call) -> list[ast.expr]:
        named = [each.value for each in node.keywords if each.arg == "do"]
        return named or node.args[:1]

    def _expression(self, node: ast.AST) -> int:
        match node:
            case ast.IfExp():
                return self._expression(node.test) + max(self._expression(node.body), self._expression(node.orelse))
            case ast.Dict():
                # A table of which one is chosen.
                return max((self._expression(each) for each in node.values), default=0)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return 2 * sum(self._expression(each) for each in ast.iter_child_nodes(node))
            case ast.Call() if self.together and self._asks(node):
                done = self._given_to_do(node)
                given = [*node.args, *(each.value for each in node.keywords)]
                held = min(1, sum(self._expression(each) for each in done))
                return held + sum(self._expression(each) for each in given if each not in done)
            case ast.Call() if node.args and self.module.full_name(node.func) == "functools.partial":
                # The call that it prepares.
                return self._expression(ast.Call(node.args[0], node.args[1:], node.keywords))
            case ast.Call() if self._named_directly(node.func):
                # What an operation is given to carry out within its own transaction is part of it.
                given = [*node.args, *(each.value for each in node.keywords)]
                return 1 + sum(self._expression(each) for each in given if not self._named_directly(each))
            case ast.Name() | ast.Attribute() if not self._is_own(node):
                return self._named(self.module.full_name(node))
        return sum(self._expression(each) for each in ast.iter_child_nodes(node))

    def _named_directly(self, node: ast.expr) -> bool:
        """Whether it is the name of an operation."""
        is_name = isinstance(node, ast.Name | ast.Attribute) and not self._is_own(node)
        return is_name and _defined(self.module.full_name(node)) in changes()

    def _is_own(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return not isinstance(node, ast.Name) or node.id in self.own

    def _named(self, name: str) -> int:
        name = _defined(name)
        if name in changes():
            return 1
        if not name.startswith("plumbline.web.") or name not in functions() or name in self.above or is_view(name):
            return 0
        return most_operations(name, self.above, together=self.together)


@cache
def is_view(name: str) -> bool:
    module, function = functions()[name]
    marks = (each.func if isinstance(each, ast.Call) else each for each in function.decorator_list)
    return any(module.full_name(each).startswith("plumbline.web.kit.access.") for each in marks)


def views() -> list[str]:
    return sorted(name for name in functions() if name.startswith("plumbline.web.") and is_view(name))


def test_a_page_does_all_of_it_or_nothing() -> None:
    apart = [name for name in views() if most_operations(name) > 1 and name not in EACH_BY_ITSELF]
    assert apart == [], "call them in what `ask` or `act` is given to do"


def test_every_exception_is_still_needed() -> None:
    assert set(EACH_BY_ITSELF) <= {*several(), *takes_files()}


def test_what_a_page_does_is_counted() -> None:
    assert len(views()) > 300
    # Also what is one transaction of someone's outside a module of operations.
    assert {"plumbline.exchange.uploads.receive", "plumbline.people.inviting.accept"} <= changes()
    assert most_operations("plumbline.web.people.users.views.switch") == 1
    assert counted("first(by=1); second(by=1)") == 2
    assert counted("with transaction.atomic():\n    first(by=1); second(by=1)") == 1
    assert counted("for each in request:\n    first(by=1)") == 2
    assert counted("if request:\n    first(by=1)\nelse:\n    second(by=1)") == 1
    assert counted("if request:\n    first(by=1)\n    return\nsecond(by=1)") == 1
    assert counted("try:\n    first(by=1, given=second(by=1))\nexcept ValueError:\n    pass") == 2
    assert counted("first(by=1, record=second)") == 1
    assert counted("partial(first, by=1, record=second)") == 1
    assert counted("partial(first, by=1, record=second(by=1))") == 2
    assert counted("def both():\n    first(by=1); second(by=1)\nask(request, do=both)") == 1
    assert counted("def both():\n    first(by=1); second(by=1)\nboth()") == 2
    assert counted("ask(request, do=lambda: (first(by=1), second(by=1)))") == 1
    assert counted("whole(lambda: (first(by=1), second(by=1)))") == 1
    assert counted("first(by=1)\nact(request, do=lambda: second(by=1))") == 2
    assert counted("ask(request, do=lambda: first(by=1), done=lambda: second(by=1))") == 2


def counted(body: str) -> int:
    """The operations of a page that does this."""
    first, second = "plumbline.people.operations.make_user", "plumbline.people.operations.give_role"
    tree = ast.parse(f"def page(request):\n{textwrap.indent(body, '    ')}")
    names = {"first": first, "second": second, "transaction": "django.db.transaction"}
    names["partial"] = "functools.partial"
    names |= {name.rpartition(".")[2]: name for name in ASKING}
    module = Module("plumbline.web.page", Path(), tree, (), names)
    return max(_Paths(module, next(module.functions()), frozenset()).of(tree.body[0].body))  # type: ignore[attr-defined]
