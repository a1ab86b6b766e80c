"""Who changes a record holds it before looking at it: two who change it at the same instant wait for each other, and
the second sees what the first has made of it.

Read from the source: of which kind a variable is, its annotation says, or that of the function that gives it, or the
table that is asked. What is found in neither way is not looked at.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.architecture import events
from tests.architecture.events import functions, operations
from tests.architecture.source import Function, Module, modules

# What of a query gives fewer of its records, or one.
NARROWS = {"all", "exclude", "filter", "first", "get", "last", "order_by", "select_for_update", "select_related"}
CHECK_MOVE = "plumbline.kernel.transitions.check_move"
# Parts of a record, and the record that is held for them.
PART_OF = {
    "Answer": "Return",
    "AnswerDocument": "Return",
    "Arrangement": "Contract",
    "Commitment": "Contract",
    "EvaluationCase": "Contract",
    "IncidentForm": "Contract",
    "Kpi": "Contract",
    "Notice": "Setting",
    "StepTaken": "Incident",
    "ToolkitVersion": "Toolkit",
    "UnregisteredUse": "Setting",
}
# Operations that change what they do not hold, and why.
NOT_HELD = {
    "plumbline.commissioning.operations.bids.enter_bid": {"Bid"},  # the one that it has just made
    "plumbline.contracts.operations.incidents.link_found": {"Incident"},  # its callers hold it
    "plumbline.ofsted.operations.lists.record_list": {"OfstedList"},  # lists come in one at a time
    # What these write is the same, whatever was there before.
    "plumbline.people.operations.join_professional": {"User"},
    "plumbline.people.operations.new_password": {"User"},
    "plumbline.people.operations.switch_on": {"User"},
}


@cache
def tables() -> frozenset[str]:
    return frozenset(
        node.name
        for module in modules()
        if ".models" in module.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    )


def named(annotation: ast.expr | None, place: int | None = None) -> set[str]:
    """The tables that an annotation names; `place`: in that place of a tuple."""
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple) and place is not None:
        annotation = annotation.slice.elts[place]
    return set(re.findall(r"\w+", ast.unparse(annotation))) & tables() if annotation else set()


def read_by(module: Module, value: ast.expr, place: int | None = None) -> set[str]:
    """The tables whose records an expression gives; none where it makes them."""
    match value:
        case ast.Call(func=ast.Attribute(attr="create")):
            return set()
        case ast.Call(func=func) if called := functions().get(module.full_name(func)):
            return named(called[1].returns, place)
        case ast.Call(func=ast.Name(), args=[first, *_]):  # list(…), next(…)
            return read_by(module, first)
        case ast.Attribute(attr="objects", value=ast.Name(id=table)):
            return {table} & tables()
        case ast.Call(func=inner) | ast.Attribute(value=inner) | ast.Subscript(value=inner):
            return read_by(module, inner)
        case ast.ListComp(generators=[first, *_]) | ast.GeneratorExp(generators=[first, *_]):
            return read_by(module, first.iter)
    return set()


def given_to(function: Function, name: str) -> Iterator[tuple[ast.expr, int | None]]:
    """What a variable is set to, or goes through; with its place in a tuple."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[target], value=value):
                pass
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                pass
            case ast.NamedExpr(target=target, value=value):
                pass
            case _:
                continue
        match target:
            case ast.Name(id=one) if one == name:
                yield value, None
            case ast.Tuple(elts=several):
                names = [ast.unparse(one) for one in several]
                yield from ((value, place) for place, one in enumerate(names) if one == name)


def kinds_of(module: Module, function: Function, name: str, seen: frozenset[str] = frozenset()) -> set[str]:
    found: set[str] = set()
    for argument in (*function.args.args, *function.args.kwonlyargs):
        if argument.arg == name:
            found |= named(argument.annotation)
    for value, place in given_to(function, name):
        found |= read_by(module, value, place)
        if isinstance(of := narrowed(value), ast.Name) and of.id not in seen:
            found |= kinds_of(module, function, of.id, seen | {name})
    return found


def narrowed(value: ast.expr) -> ast.expr:
    """Of `rows.filter(…).first()`, `rows`: what gives records of the same kind."""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in NARROWS:
        value = value.func.value
    return value


def changed_in(name: str) -> set[str]:
    """The kinds of records that a function moves, or saves some fields of."""
    module, function = functions()[name]
    found: set[str] = set()
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        about: list[ast.expr] = []
        if isinstance(node.func, ast.Attribute) and node.func.attr == "save":
            about = [node.func.value] if any(each.arg == "update_fields" for each in node.keywords) else []
        elif module.full_name(node.func) == CHECK_MOVE:
            about = [each.value for each in ast.walk(node.args[1]) if isinstance(each, ast.Attribute)]
        for each in about:
            if isinstance(each, ast.Name):
                found |= kinds_of(module, function, each.id)
    return found


def held_in(name: str) -> set[str]:
    """The kinds of records that a function locks as it reads them."""
    module, function = functions()[name]
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and node.attr == "select_for_update":
            found |= read_by(module, node.value)
            if isinstance(node.value, ast.Name):
                found |= kinds_of(module, function, node.value.id)
    return found


def steps_of(name: str, *, own: bool) -> set[str]:
    """The operation and the functions that it is made of, but for other operations; `own`: of its own room."""
    found, left = {name}, [name]
    while left:
        for called, _ in events.calls(left.pop()):
            known = called in functions() and called not in found and called not in operations()
            if known and (not own or called.split(".")[1] == name.split(".")[1]):
                found.add(called)
                left.append(called)
    return found


def changed_by(name: str) -> set[str]:
    return set().union(*map(changed_in, steps_of(name, own=True)))


def held_by(name: str) -> set[str]:
    return set().union(*map(held_in, steps_of(name, own=False)))


def loose(name: str) -> set[str]:
    held = held_by(name)
    return {kind for kind in changed_by(name) if kind not in held and PART_OF.get(kind) not in held}


def test_who_changes_a_record_holds_it_before_looking_at_it() -> None:
    found = {name: loose(name) - NOT_HELD.get(name, set()) for name in operations()}
    assert {name: kinds for name, kinds in found.items() if kinds} == {}


def test_every_exception_is_still_needed() -> None:
    assert {name: loose(name) for name in NOT_HELD} == NOT_HELD
    changed = set().union(*map(changed_by, operations()))
    assert sorted(set(PART_OF) - changed) == []


def test_a_record_that_is_changed_is_seen_as_such() -> None:
    assert sum(1 for name in operations() if changed_by(name)) > 100
    assert "Flag" in changed_by("plumbline.flags.operations.record_step_result")
    assert "Evaluator" in changed_by("plumbline.commissioning.operations.evaluation.declare")
    assert "Tender" in changed_by("plumbline.commissioning.operations.award.cancel_recommendation")
    assert held_by("plumbline.indicators.operations.publish") == set()
