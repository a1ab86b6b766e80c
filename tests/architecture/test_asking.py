"""One way to ask (web.kit.asking): what a page does, a refusal shown, and what is said to be done are there alone.

A page that catches a refusal itself, opens a transaction or says that something is done, does what `ask`, `act` or
`whole` does for it: it shows the refusal at its field, undoes all of it, and keeps what is recorded of a refusal.
Those that must do otherwise are written down here, each with its reason.
"""

import ast
import re
from collections.abc import Iterator
from copy import deepcopy
from importlib import import_module

from plumbline.web.kit.forms import PageForm, dress
from tests.architecture.source import Module, modules

ASKING = "plumbline.web.kit.asking"
_SAYS = {"django.contrib.messages.success", "django.contrib.messages.error"}
_ATOMIC = "django.db.transaction.atomic"
_REFUSALS = {"plumbline.kernel.errors.Refusal", "plumbline.kernel.errors.RuleBroken"}

ELSEWHERE = {
    # The kit, around every page.
    "kit.access._marked": "a refusal that no page shows beside a field becomes a page of its own",
    "kit.access._as_viewer": "what was recorded of a refusal stays, and is seen as the viewer",
    "kit.once.carried_out": "the form's key and what is done are one transaction; what is recorded of a refusal stays",
    "kit.drafts.keep": "a draft that cannot be kept stops nothing that is done with the form",
    "kit.forms.PageForm._read_moments": "a form reads an hour that there was not on that day",
    "kit.journey.show_part": "a page of a journey is kept and nothing is done: leaving it says so",
    "kit.journey._attach": "what is typed is kept, whatever comes of the file beside it",
    "people.users.labels.ChangeLabel.clean": "a form checks the shape of each word",
    # Rows, each decided by itself (test_all_or_nothing).
    "toolkits.returns.answering._saved": "an answer that is refused loses none of the others",
    "toolkits.returns.answering._next": "what was saved answer by answer",
    "toolkits.returns.files.back": "answers of a file, a row each",
    "commissioning.tenders.importing.bids": "bids of a file, a row each",
    "commissioning.suppliers.deciding._settle": "published suppliers, each with who it is",
    "contracts.register.people._map": "names that files give, each with whose it is",
    # What is refused is an answer of its own.
    "toolkits.returns.handing_in.check": "what is missing is listed on the page, and the refusal says so",
    "toolkits.returns.judging._taken_up": "it says why nothing follows; each night tries again",
    "toolkits.versions.writing.edit": "what another has saved meanwhile is shown beside what was typed",
    "people.inviting.accepting._answer": "who has a link that is over is told no more than that",
    "contracts.incidents.reading._answer": "who has a link that is over is told no more than that",
    "commissioning.implementation.views.go_live": "what hinders it is on the page that it leads back to",
    # Nothing is done: a question about figures, days or versions that has no answer.
    "indicators.views.figure": "the page says what is wrong with the question",
    "indicators.views._card": "the card says why there is no figure",
    "indicators.views._trend": "a figure without its history",
    "contracts.register.views.history": "a day that is not known",
    "contracts.care.assurance.ask_for": "a toolkit that has no version in use is not offered",
    # The moment of its figures is chosen in a transaction of its own.
    "scrutiny.views.publish": "publishing freezes figures as known at one moment, which no other transaction may hold",
}


def _kinds_of_refusal() -> set[str]:
    """The refusals of a rule, and those that are made of them."""
    found = set(_REFUSALS)
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and {module.full_name(each) for each in node.bases} & _REFUSALS:
                found.add(f"{module.name}.{node.name}")
    return found - {"plumbline.kernel.errors.NotAllowed"}


def _parts(module: Module) -> Iterator[tuple[str, ast.AST]]:
    """The functions of a module and the methods of its classes, by name; what is inside one is its own."""
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef):
            yield from ((f"{module.name}.{node.name}.{getattr(each, 'name', '')}", each) for each in node.body)
        else:
            yield f"{module.name}.{getattr(node, 'name', '')}", node


def _does_it_itself(module: Module, part: ast.AST, refusals: set[str]) -> bool:
    for node in ast.walk(part):
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if refusals & {module.full_name(each) for each in caught}:
                return True
        elif isinstance(node, ast.Name | ast.Attribute) and module.full_name(node) in {*_SAYS, _ATOMIC}:
            return True
    return False


def found(of: tuple[Module, ...]) -> list[str]:
    refusals = _kinds_of_refusal()
    return [
        name.removeprefix("plumbline.web.")
        for module in of
        if module.room == "web" and module.name != ASKING
        for name, part in _parts(module)
        if _does_it_itself(module, part, refusals)
    ]


def test_what_is_asked_done_and_refused_is_in_one_place() -> None:
    assert sorted(set(found(modules())) - set(ELSEWHERE)) == [], "let `ask`, `act` or `whole` do it (web.kit.asking)"


def test_every_exception_is_still_needed() -> None:
    assert sorted(set(ELSEWHERE) - set(found(modules()))) == []


def test_a_page_that_does_it_itself_is_found() -> None:
    imported = {
        "messages": "django.contrib.messages",
        "transaction": "django.db.transaction",
        "RuleBroken": "plumbline.kernel.errors.RuleBroken",
        "returns": "plumbline.toolkits.operations.returns",
    }

    def is_found(body: str) -> bool:
        module = next(each for each in modules() if each.name == ASKING)
        made = Module("plumbline.web.page", module.path, ast.parse(f"def page(request):\n    {body}"), (), imported)
        return found((made,)) == ["page.page"]

    assert is_found("messages.success(request, 'Done.')")
    assert is_found("with transaction.atomic(): pass")
    assert is_found("try: pass\n    except RuleBroken: pass")
    assert is_found("try: pass\n    except (ValueError, RuleBroken): pass")
    assert is_found("try: pass\n    except returns.Incomplete: pass")
    assert not is_found("messages.warning(request, 'Nothing was decided.')")
    assert not is_found("try: pass\n    except ValueError: pass")


def _forms(of: type[PageForm] = PageForm) -> set[type[PageForm]]:
    for module in modules():
        if module.room == "web":
            import_module(module.name)
    return {of} | {deeper for each in of.__subclasses__() for deeper in _forms(each)}


def test_a_refusal_is_shown_at_a_field_that_there_is() -> None:
    nowhere = [
        f"{form.__qualname__}: {code} at {field}"
        for form in sorted(_forms(), key=lambda each: each.__qualname__)
        for code, field in form.refused_at.items()
        if field and field not in form.base_fields
    ]
    assert nowhere == []


def test_a_refusal_that_a_form_knows_can_come() -> None:
    codes = {
        node.value
        for module in modules()
        if module.room != "web"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    unknown = {
        f"{form.__qualname__}: {code}" for form in _forms() for code in form.refused_at if code and code not in codes
    }
    assert sorted(unknown) == []


# An article, or the beginning of no noun, after "Enter the".
_NO_NOUN = re.compile(r"^(Enter|Choose) the (the|an?|from|until|in|on|used|when|where|who|whom|what|how|why)\b")


def test_a_field_that_is_left_empty_is_asked_for_in_a_sentence() -> None:
    wrong = set()
    for form in _forms():
        empty = PageForm()
        empty.fields = deepcopy(form.base_fields)
        dress(empty)
        said = [field.error_messages["required"] for field in empty.fields.values() if field.required]
        wrong |= {f"{form.__qualname__}: {each}" for each in said if _NO_NOUN.match(each)}
    assert sorted(wrong) == []
