"""What is next at a record, and for whom, is read from the duties that are kept (docs/adr/0041), and worked out by no
page; what lists and e-mails say of what waits for someone, too.

Lists of records answer another question. These ask which records there are, of whatever state, and not what is next
for the reader: actions that are mine or overdue, flags that are put to me or that I have not read, returns that are
late, decisions that are overdue, the steps of an incident's form (the first that is not ticked is marked), the days
that a contract comes to.
"""

import ast
import re

from tests.architecture.source import SOURCE, Function, Module, modules

_TEMPLATES = SOURCE / "web" / "templates"
# What works out duties, or the next step of something.
_SECOND_WAYS = re.compile(
    r"plumbline\.((?!web)\w+\.due\w*|due\.sources|commissioning\.(rules|queries)\.next_step)(\.|$)"
)


def test_no_page_works_out_what_is_next():
    asked = {
        module.name: sorted(name for name in module.imported.values() if _SECOND_WAYS.match(name))
        for module in modules()
        if module.room == "web"
    }
    assert {name: found for name, found in asked.items() if found} == {}


def test_the_box_of_what_is_next_is_drawn_in_one_place_and_from_the_kept_duties():
    drawn = {str(path.relative_to(_TEMPLATES)) for path in _TEMPLATES.rglob("*.html") if "pl-next" in path.read_text()}
    assert drawn == {"kit/next.html"}
    otherwise = {
        f"{module.name}: {ast.unparse(value)}"
        for module in modules()
        if module.name.startswith("plumbline.web.") and not module.name.startswith("plumbline.web.kit.")
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "next" and not _from_duties(value, function, module)
    }
    assert otherwise == set()


def _from_duties(value: ast.expr, function: Function, module: Module) -> bool:
    """Whether it is what `duties.next_of` answers, or nothing: at once, or by a name or a function of this module."""
    if isinstance(value, ast.IfExp):
        return all(_from_duties(each, function, module) for each in (value.body, value.orelse))
    if isinstance(value, ast.BoolOp):
        return all(_from_duties(each, function, module) for each in value.values)
    if isinstance(value, ast.Dict):
        spread = [each for key, each in zip(value.keys, value.values, strict=True) if key is None]
        return any(_from_duties(each, function, module) for each in spread)
    if isinstance(value, ast.Name):
        assigned = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
        set_to = [node.value for node in assigned if value.id in map(ast.unparse, node.targets)]
        return bool(set_to) and all(_from_duties(each, function, module) for each in set_to)
    if not isinstance(value, ast.Call):
        return isinstance(value, ast.Constant) and value.value is None
    if ast.unparse(value.func) in ("duties.next_of", "next_of_tender"):
        return True
    answers = [
        (node.value, each)
        for each in module.functions()
        if each.name == ast.unparse(value.func)
        for node in ast.walk(each)
        if isinstance(node, ast.Return) and node.value is not None
    ]
    return bool(answers) and all(_from_duties(each, of, module) for each, of in answers)
