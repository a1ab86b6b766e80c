"""Promise 4: every operation is keyword-only, says who acts and when, and leaves its event in the same transaction."""

import ast

from tests.architecture import events
from tests.architecture.events import leaves_an_event, marked, operations
from tests.architecture.source import Function, modules

# Operations that do not take an `act`, or leave no event of their own, and why.
EXCEPTIONS = {
    "plumbline.audit.operations.record": "is the event",
    "plumbline.audit.operations.seal": "seals the trail itself: the seal is the trace, and nobody in person seals",
    "plumbline.people.inviting.accept": "is done by who has the link, and is nobody here yet",
    "plumbline.people.inviting.ask_again": "is done by who has the link, and is nobody here yet",
    "plumbline.indicators.operations.rerun": "reads only, for a viewer: the other half of publishing",
    "plumbline.scrutiny.operations.rerun_report": "reads only, for a viewer: the other half of publishing",
}


def acting() -> dict[str, Function]:
    """The operations that are no exception, wherever they stand."""
    everywhere = {**operations(), **marked()}
    return {name: function for name, (_, function) in sorted(everywhere.items()) if name not in EXCEPTIONS}


def test_an_operation_takes_everything_by_its_name() -> None:
    by_place = {name: [each.arg for each in (*f.args.posonlyargs, *f.args.args)] for name, f in acting().items()}
    assert {name: given for name, given in by_place.items() if given} == {}


def test_an_operation_is_told_who_acts_and_when() -> None:
    untold = [name for name, f in acting().items() if "act" not in {each.arg for each in f.args.kwonlyargs}]
    assert untold == []


def test_who_when_and_which_day_travel_together() -> None:
    """As one value, `act`, in every room above the trail: nobody takes two of them apart and gives on the third."""
    rooms = {"audit", "kernel", "documents", "measures"}
    apart = [
        f"{module.name}.{f.name}"
        for module in modules()
        if module.room not in rooms and not module.is_migration
        for f in module.functions()
        if {"by", "at", "on"} <= {each.arg for each in (*f.args.args, *f.args.kwonlyargs)}
    ]
    assert apart == []


def test_nothing_is_said_of_a_person_moment_or_day_that_is_not_given() -> None:
    """Where a function is given an `act`, what it says of itself speaks of that, and not of its parts."""
    said = [
        f"{module.name}.{f.name}: {part}"
        for module in modules()
        for f in module.functions()
        for given in [{each.arg for each in (*f.args.args, *f.args.kwonlyargs)}]
        for part in ("`by`", "`at`", "`on`")
        if "act" in given and part.strip("`") not in given and part in (ast.get_docstring(f) or "")
    ]
    assert said == []


def test_an_operation_leaves_an_event() -> None:
    assert [name for name in acting() if not leaves_an_event(name)] == []


def test_each_event_is_written_down_with_the_operation_that_leaves_it() -> None:
    """So that none is lost because the operation leaves another, or calls one that does."""
    assert events.PAGE.read_text(encoding="utf-8") == events.written(), (
        "look at each line, then run `python -m tests.architecture.events --write`"
    )


def test_a_reason_that_is_given_stands_in_the_event() -> None:
    silent = [
        name
        for name, function in acting().items()
        if {"because", "reason"} & {each.arg for each in function.args.kwonlyargs}
        if not any("because" in {word.arg for word in node.keywords} for node in calls_with_events(name))
    ]
    assert silent == []


def calls_with_events(name: str, seen: frozenset[str] = frozenset()) -> list[ast.Call]:
    """The calls that record an event, or lead to one, in the function and in those that it calls by name."""
    if name in seen or not leaves_an_event(name) or name == events.RECORD:
        return []
    found = []
    for called, node in events.calls(name):
        if leaves_an_event(called):
            found += [node, *calls_with_events(called, seen | {name})]
    return found


def test_every_exception_is_still_needed() -> None:
    assert set(EXCEPTIONS) <= set(operations()) | set(marked())
    assert len(set(marked()) - set(operations())) > 30


def test_a_function_that_records_nothing_is_seen_as_such() -> None:
    assert not leaves_an_event("plumbline.audit.moments.choose")
