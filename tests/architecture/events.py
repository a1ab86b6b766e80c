"""docs/reference/events.md: which events each operation leaves, as its source says.

python -m tests.architecture.events          status 1 where the page is not as the code has it
python -m tests.architecture.events --write  writes it
"""

import ast
import sys
from functools import cache

from tests.architecture.source import CHECKOUT, Function, Module, modules

PAGE = CHECKOUT / "docs" / "reference" / "events.md"
RECORD = "plumbline.audit.operations.record"
OPERATION = "plumbline.people.acting.operation"
# Who acted and when: every event says so.
_OF_EVERY_EVENT = {"by", "at"}

_HEAD = """\
<!-- Written by `python -m tests.architecture.events --write`; do not edit. -->

# Events of the audit trail

What each operation writes into the trail, and each function that operations share. An event says who acted and when;
the names in brackets are what it says besides: on what (“subject”), why (“because”) and more. “Through” names the
functions that it leaves further events by, with the words that tell them which. A test compares this page, so that no
event is lost unseen.
"""


@cache
def functions() -> dict[str, tuple[Module, Function]]:
    """Every function of every module, by its full name."""
    return {f"{m.name}.{f.name}": (m, f) for m in modules() if not m.is_migration for f in m.functions()}


@cache
def operations() -> dict[str, tuple[Module, Function]]:
    return {
        name: (module, function)
        for name, (module, function) in functions().items()
        if (module.name.split(".")[-1] == "operations" or ".operations." in module.name)
        and not function.name.startswith("_")
    }


@cache
def marked() -> dict[str, tuple[Module, Function]]:
    """The functions that are marked as operations, in whatever module they stand."""
    return {
        name: (module, function)
        for name, (module, function) in functions().items()
        if any(module.full_name(each) == OPERATION for each in function.decorator_list)
    }


def leaves_an_event(name: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether the function, or one that it calls by name, records an event."""
    if name == RECORD:
        return True
    if name in seen or name not in functions():
        return False
    return any(leaves_an_event(each, seen | {name}) for each, _ in calls(name))


@cache
def calls(name: str) -> tuple[tuple[str, ast.Call], ...]:
    """The functions that one calls by name, as they stand in its source."""
    module, function = functions()[name]
    found = [(_called(module, node), node) for node in ast.walk(function) if isinstance(node, ast.Call)]
    return tuple(sorted(((each, node) for each, node in found if each), key=lambda pair: pair[1].lineno))


def _called(module: Module, call: ast.Call) -> str | None:
    """The full name of the function; `act.record` is the trail's own."""
    return RECORD if ast.unparse(call.func) == "act.record" else module.full_name(call.func)


def written() -> str:
    """The page, by rooms."""
    parts = [_HEAD.rstrip()]
    rooms: dict[str, list[str]] = {}
    for name in sorted(functions()):
        module, _ = functions()[name]
        if name != RECORD and module.room not in ("web", "config") and leaves_an_event(name):
            rooms.setdefault(module.room, []).append(_line(name))
    for room, lines in rooms.items():
        parts.append("\n".join([f"## {room}", "", "| function | events | through |", "| --- | --- | --- |", *lines]))
    return "\n\n".join(parts) + "\n"


def _line(name: str) -> str:
    own = sorted(_event(node) for called, node in calls(name) if called == RECORD)
    others = {_call(called, node) for called, node in calls(name) if called != RECORD and leaves_an_event(called)}
    through = sorted(others)
    return f"| `{name.removeprefix('plumbline.')}` | {'<br>'.join(own)} | {'<br>'.join(through)} |"


def _event(node: ast.Call) -> str:
    kind = node.args[0]
    said = sorted({each.arg or "…" for each in node.keywords} - _OF_EVERY_EVENT)
    words = f"`{kind.value}`" if isinstance(kind, ast.Constant) else f"`{ast.unparse(kind)}`"
    return words + (f" ({', '.join(said)})" if said else "")


def _call(called: str, node: ast.Call) -> str:
    given = [each.value for each in (*node.args, *(k.value for k in node.keywords)) if isinstance(each, ast.Constant)]
    words = [f"“{each}”" for each in given if isinstance(each, str) and each]
    return f"`{called.removeprefix('plumbline.')}`" + (f" {', '.join(words)}" if words else "")


if __name__ == "__main__":
    said = written()
    if "--write" in sys.argv:
        PAGE.write_text(said, encoding="utf-8")
    if PAGE.read_text(encoding="utf-8") != said:
        sys.exit("docs/reference/events.md is not as the code says. Run `python -m tests.architecture.events --write`.")
