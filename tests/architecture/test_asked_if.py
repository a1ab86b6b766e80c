"""A question that depends on an answer depends on one that can be given, and is drawn where it is revealed."""

from importlib import import_module

from django.conf import settings

from plumbline.web.kit.forms import PageForm, shape_of


def _all_below(kind: type[PageForm]) -> set[type[PageForm]]:
    return {kind}.union(*(_all_below(each) for each in kind.__subclasses__()))


def conditions() -> list[tuple[type[PageForm], str, str, str]]:
    import_module(settings.ROOT_URLCONF)
    ours = [kind for kind in _all_below(PageForm) if kind.__module__.startswith("plumbline.")]
    return [(kind, name, other, answer) for kind in ours for name, (other, answer) in kind.asked_if.items()]


def _wrong(kind: type[PageForm], name: str, other: str, answer: str) -> str:
    fields = kind.base_fields
    if not {name, other} <= set(fields):
        return "no such field"
    if shape_of(fields[other]) not in ("radios", "checkboxes"):
        return "nothing is revealed by it"
    # Where only the page knows what may be chosen, nothing stands here yet.
    offered = {str(key) for key, _ in getattr(fields[other], "choices", ())}
    return "no such answer" if offered and answer not in offered else ""


def test_what_an_answer_asks_is_asked_by_an_answer_that_can_be_given() -> None:
    found = conditions()
    assert len(found) > 10
    assert [
        (kind.__qualname__, name, wrong)
        for kind, name, other, answer in found
        if (wrong := _wrong(kind, name, other, answer))
    ] == []


def test_a_condition_that_asks_nothing_is_found() -> None:
    for condition, wrong in {
        ("because", "decision", "refuse"): "",
        ("because", "decision", "no"): "no such answer",
        ("because", "because", "no"): "nothing is revealed by it",
        ("why", "decision", "refuse"): "no such field",
    }.items():
        kind = next(kind for kind, *_ in conditions() if kind.__module__.endswith("contracts.provider.forms"))
        assert _wrong(kind, *condition) == wrong
