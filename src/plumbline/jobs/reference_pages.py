"""`plumbline reference-pages`: the pages of docs/reference, written from what the code says, and compared with it.

Nothing in them is kept by hand: the settings, measures, permissions, states, commands, refusal codes and glossary
are read from where they are defined. What lies above this room (settings, routes, commands, glossary) is handed in.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from django.apps import apps
from django.db.models import Field

from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import say
from plumbline.measures.catalogue import CATALOGUE
from plumbline.measures.facts import RELATIONS
from plumbline.measures.model import Measure, Spells
from plumbline.people.access import ROLES, Permission, Role

SOURCE = Path(__file__).resolve().parents[1]
MADE = "<!-- Written by `plumbline reference-pages`; do not edit. -->\n\n"


@dataclass(frozen=True)
class Route:
    """One address of the site. `kind` is public, signed_in or requires; any one of `permissions` is enough."""

    path: str
    name: str
    kind: str
    permissions: tuple[Permission, ...] = ()

    def open_to(self, role: Role) -> bool:
        return self.kind != "requires" or bool(role.permissions.intersection(self.permissions))


@dataclass(frozen=True)
class Known:
    """What the rooms above know: the settings, every route, the command line, the glossary."""

    settings: Mapping[str, tuple[str, str]]
    routes: Sequence[Route]
    commands: click.Group
    glossary: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Table:
    """A table of moves from one of the `states` modules, and the field that it rules where one holds its states."""

    name: str
    moves: Mapping[Any, frozenset[Any]]

    @property
    def states(self) -> tuple[Any, ...]:
        return tuple(self.moves)


def pages(known: Known) -> dict[str, str]:
    """Every generated page: its path below docs/, and its text."""
    return {
        "reference/settings.md": _settings(known.settings),
        "reference/measures.md": _measures(CATALOGUE.values()),
        "reference/permissions.md": _permissions(known.routes),
        "reference/states.md": _states(),
        "reference/commands.md": _commands(known.commands),
        "reference/refusal-codes.md": _refusals(),
        "glossary.md": _glossary(known.glossary),
    }


def write(known: Known, *, docs: Path) -> list[str]:
    """Write the pages that are not as the code says; their paths."""
    changed = stale(known, docs=docs)
    for path in changed:
        (docs / path).parent.mkdir(parents=True, exist_ok=True)
        (docs / path).write_text(pages(known)[path], encoding="utf-8")
    return changed


def check(known: Known, *, docs: Path) -> None:
    """Raise RuleBroken (out_of_date) naming the pages that are not as the code says."""
    changed = stale(known, docs=docs)
    if changed:
        raise RuleBroken(
            f"Not as the code says: {', '.join(changed)}. Run `plumbline reference-pages`.", code="out_of_date"
        )


def stale(known: Known, *, docs: Path) -> list[str]:
    return [
        path
        for path, text in pages(known).items()
        if not (docs / path).exists() or (docs / path).read_text(encoding="utf-8") != text
    ]


def _page(title: str, *parts: str) -> str:
    return MADE + "\n\n".join((f"# {title}", *(part for part in parts if part))) + "\n"


def _rows(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


# --- settings, measures ----------------------------------------------------------------------------------------------


def _settings(settings: Mapping[str, tuple[str, str]]) -> str:
    return _page(
        "Settings",
        "Every setting is an environment variable, read and checked at start: a wrong or missing one, and one that is"
        " not in this table, stops the start with a sentence.",
        _rows(
            ("setting", "meaning", "default"),
            ((f"`{n}`", meaning, default) for n, (meaning, default) in settings.items()),
        ),
    )


_KINDS = {
    "stock": "a count on a day",
    "flow": "a count over a period",
    "share_of_stock": "a share on a day",
    "share_of_flow": "a share over a period",
    "distribution": "median and quartiles over a period",
}


def _measures(measures: Iterable[Measure]) -> str:
    listed = list(measures)
    return _page(
        "Measures",
        "Each figure is defined once, as data; every page, chart, report and command asks the same definition."
        " A word in braces, {tac}, is a fact relation: a view without names of people, listed at the end.",
        _rows(
            ("key", "title", "unit", "what it is"),
            ((f"[{m.key}](#{m.key})", m.title, m.unit, _KINDS[m.kind]) for m in listed),
        ),
        *(_measure(measure) for measure in listed),
        "## Fact relations",
        *(
            f"### {relation.name}\n\n{_rows(('column', 'type', 'meaning'), map(astuple, relation.columns))}"
            for relation in RELATIONS.values()
        ),
    )


def _measure(m: Measure) -> str:
    facts = [
        ("version", str(m.version)),
        ("unit", m.unit),
        ("kind", _KINDS[m.kind]),
        ("split by", ", ".join(m.split_keys) or "nothing"),
        ("small counts tell of", "a child" if m.disclosure == "child" else "a piece of work"),
        ("read from", (" or " if m.any_source else ", ").join(f"`{source}`" for source in m.sources)),
        ("counted beside it", "; ".join(counter.sentence for counter in _counters(m))),
        ("definition", f"`{m.fingerprint}`"),
    ]
    return "\n\n".join(
        (
            f"## {m.key}",
            f"**{m.title}.** {m.meaning}",
            "\n".join(f"- {name}: {value}" for name, value in facts if value),
            "```sql\n" + "\n".join(_rule(m.rule)) + "\n```",
        )
    )


def _counters(m: Measure) -> tuple[Any, ...]:
    return (*(() if isinstance(m.rule, Spells) else m.rule.leaves_out), *m.rule.apart)


def _rule(rule: Any, indent: str = "") -> Iterator[str]:
    yield f"{indent}from {_one_line(rule.source)}"
    if isinstance(rule, Spells):
        yield f"{indent}from day {_one_line(rule.starts_on)} until the day before {_one_line(rule.ends_on)}"
        if rule.distinct:
            yield f"{indent}count distinct {rule.distinct}"
    else:
        yield f"{indent}on day {_one_line(rule.on)}"
        for counter in rule.leaves_out:
            yield f"{indent}leaving out {_one_line(counter.condition)}"
        if rule.not_yet_known:
            yield f"{indent}not yet known {_one_line(rule.not_yet_known)}"
        if rule.value:
            yield f"{indent}value {_one_line(rule.value)}"
    if rule.where:
        yield f"{indent}where {_one_line(rule.where)}"
    if rule.numerator:
        yield f"{indent}numerator {_one_line(rule.numerator)}"
    if isinstance(rule, Spells) and rule.numerator_spells:
        yield f"{indent}numerator spells:"
        yield from _rule(rule.numerator_spells, indent + "  ")
    if isinstance(rule, Spells) and rule.without:
        yield f"{indent}not in the numerator:"
        yield from _rule(rule.without, indent + "  ")


def _one_line(text: str) -> str:
    return " ".join(text.split())


# --- permissions -----------------------------------------------------------------------------------------------------

_REACH = {
    "tied": "children they have a tie to (a worker allocated, a TAC joined)",
    "team": "children tied to them, or to a worker of their team",
    "placements": "children placed, in that context",
    "all": "every child whose record is not restricted",
    "none": "no child's record by any route",
}


def _permissions(routes: Sequence[Route]) -> str:
    ordered = sorted(routes, key=lambda route: (route.path, route.name))
    return _page(
        "Who may do what",
        "A page that one's roles do not open answers as if it did not exist. A page about a child's record opens only"
        " for the children within reach: the role's permission and the relation to the record are both needed.",
        "## Roles",
        _rows(
            ("role", "does", "permissions", "which children's records"),
            ((role.label, role.does, _marked(sorted(role.permissions)), _REACH[role.reach]) for role in ROLES.values()),
        ),
        "## Pages",
        _rows(("address", "name", "open to"), ((f"`/{r.path}`", r.name, _open_to(r)) for r in ordered)),
        "## Pages that are not open to everybody, by role",
        _rows(
            ("role", "pages"),
            (
                (role.label, _marked(r.name for r in ordered if r.kind == "requires" and r.open_to(role)))
                for role in ROLES.values()
            ),
        ),
    )


def _marked(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words) or "none"


def _open_to(route: Route) -> str:
    if route.kind == "public":
        return "everybody"
    if route.kind == "signed_in":
        return "everybody signed in"
    needed = " or ".join(f"`{permission}`" for permission in route.permissions)
    return f"{needed}: {', '.join(role.label for role in ROLES.values() if route.open_to(role)) or 'no role'}"


# --- states ----------------------------------------------------------------------------------------------------------


def tables_of_moves() -> list[Table]:
    """Every table of moves (a name ending in MOVES) of every room's `states` module, in order of room and name."""
    found = []
    for app in sorted(apps.get_app_configs(), key=lambda app: app.name):
        if not app.name.startswith("plumbline.") or find_spec(f"{app.name}.states") is None:
            continue
        module = import_module(f"{app.name}.states")
        found += [
            Table(f"{app.label}.{name}", moves)
            for name, moves in sorted(vars(module).items())
            if name.endswith("MOVES") and isinstance(moves, Mapping)
        ]
    return found


def state_fields() -> "list[Field[Any, Any]]":
    """Every column called `state` or `outcome` that has choices: each must have its table of moves."""
    return [
        field
        for model in sorted(apps.get_models(), key=lambda model: model._meta.label)
        for field in model._meta.concrete_fields
        if model.__module__.startswith("plumbline.") and field.name in {"state", "outcome"} and field.choices
    ]


def table_for(field: "Field[Any, Any]", tables: Sequence[Table]) -> Table | None:
    """The table of moves whose states are exactly the field's choices, in the field's own room or above."""
    choices = {value for value, _ in field.flatchoices}
    fits = [table for table in tables if {str(state) for state in table.states} == choices]
    of_own_enum = [t for t in fits if type(t.states[0]).__qualname__.startswith(f"{field.model.__name__}")]
    same_room = [t for t in fits if t.name.startswith(f"{field.model._meta.app_label}.")]
    return next(iter((*of_own_enum, *same_room)), None)


def _states() -> str:
    tables = tables_of_moves()
    begins = {
        table.name: field.default
        for field in state_fields()
        if (table := table_for(field, tables)) is not None and field.has_default()
    }
    return _page(
        "States",
        "A record moves from state to state only as these tables allow. An arrow to the end mark leaves a state from"
        " which nothing moves any more.",
        *(_diagram(table, begins.get(table.name)) for table in tables),
    )


def _diagram(table: Table, begins: Any) -> str:
    room, name = table.name.split(".")
    title = f"{room}: {name.removesuffix('MOVES').strip('_').replace('_', ' ').lower() or 'record'}"
    lines = ["stateDiagram-v2", *(f"    {state} : {state.label}" for state in table.states)]
    if begins is not None:
        lines.append(f"    [*] --> {begins}")
    for state, to in table.moves.items():
        lines += [f"    {state} --> {target}" for target in table.states if target in to]
        lines += [] if to else [f"    {state} --> [*]"]
    return f"## {title}\n\n```mermaid\n" + "\n".join(lines) + "\n```"


# --- commands --------------------------------------------------------------------------------------------------------


def _commands(group: click.Group) -> str:
    shown = [command for _, command in sorted(group.commands.items()) if not command.hidden]
    return _page(
        "Commands",
        "Words and progress go to standard error, the answer to standard output; `--json` makes the answer JSON."
        " Status 0: done (rows refused or not). 1: refused, nothing changed, with the reason. 2: wrong usage."
        " `--as USER` says who acts; the machine's administrator otherwise.",
        *(f"## {command.name}\n\n```text\n{_help(command)}\n```" for command in shown),
    )


def _help(command: click.Command) -> str:
    named = f"plumbline {command.name}"
    context = click.Context(
        command, info_name=named, terminal_width=100, max_content_width=100, help_option_names=["-h", "--help"]
    )
    return command.get_help(context).strip()


# --- refusals --------------------------------------------------------------------------------------------------------

# The codes that other programs rely on; what each means is agreed, whatever the sentence.
AGREED = {
    "bad_date": "The cell is no date, or a date that cannot be. Never guessed.",
    "end_before_start": "The last day lies before the first.",
    "future_date": "The day lies after the day of the extract.",
    "missing_id": "The row has no identifier.",
    "missing_start": "The row has no first day.",
    "conflict_in_file": "The same identifier is in this file with other content; the first row was taken.",
    "unknown_person": "The row names a person that is not known.",
    "unknown_episode": "The row names an episode that is not known.",
    "unknown_code": "The cell is not a code of its list.",
    "wrong_cells": "The row has more or fewer cells than the header.",
    "bad_header": "The file's header is not that of its kind: the whole file is refused.",
    "rounded_id": "A spreadsheet has rounded the identifier (1.23457E+11): whose row it is cannot be known.",
    "unpaired_quotes": "Quotation marks take lines together that may be rows, or the line cannot be read without them.",
    "totals_row": "The row is a total of others.",
    "error_cell": "A cell that is read holds an error of a spreadsheet, such as #N/A or #REF!, and no value.",
    "no_result": "A cell that is read is a formula, and the file does not hold its result.",
    "merged_cells": "A cell that is read is merged with others, so that its rows show a value that they do not hold.",
    "month_first": "Days of a column can only be read month first, or a spreadsheet read them so: the whole file is "
    "refused.",
    "two_files": "Several files of one kind differ: none is taken.",
    "many_gone": "An extract would end more than a tenth of a kind, ten rows or more: it is refused unless said to be "
    "whole.",
}

# Codes of `notes`: what was taken and should be known.
NOTED = {
    "unknown_columns": "Columns of the file that are not read.",
    "unknown_code": "A wording that is not known here was taken as not recorded, or as not understood.",
    "unpaired_quotes": "The quotation marks of a line do not pair, and it can be read one way only: they are text.",
    "open_ended": "Days that mean “open” (9999-12-31, 2099-12-31) or “not known” (1900-01-01) were taken as such.",
    "text_cut": "Texts longer than can be kept were kept up to there.",
    "rounded_id": "A number by which the row is not known was rounded by a spreadsheet, and left out.",
    "end_before_start": "A publication before its inspection was left out.",
    "file_not_read": "A file that was handed in is of no kind, or the same as another.",
    "sheet_not_read": "A sheet is hidden, or of no kind.",
    "day_assumed": "The day of the extract was not given.",
    "gone": "Rows taken earlier are no longer in the extract.",
    "more_refused": "More rows were refused than are listed.",
}


@dataclass(frozen=True, order=True)
class Coded:
    """A refusal as the code raises it: `where` is the room, `sentence` has … for what is filled in."""

    code: str
    where: str
    sentence: str


def refusals() -> list[Coded]:
    """Every refusal in the code that carries a code of its own; form errors of pages are not among them."""
    found = set()
    for path in sorted(SOURCE.rglob("*.py")):
        room = path.relative_to(SOURCE).parts[0]
        if room == "web" or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            coded = _coded(node)
            if coded:
                found.add(Coded(coded[0], room, coded[1]))
    return sorted(found)


def _coded(node: ast.AST) -> tuple[str, str] | None:
    if not isinstance(node, ast.Call):
        return None
    named = {keyword.arg: keyword.value for keyword in node.keywords}
    code = _text(named.get("code"))
    said = node.args[0] if node.args else None
    # A refused row: its code, then its sentence, wherever they are.
    called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if called.startswith("Refused") or called == "refused":
        texts = [
            at for at, each in enumerate(node.args) if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        if texts:
            code = _text(node.args[texts[0]])
            said = next(iter(node.args[texts[0] + 1 :]), None)
    sentence = _text(named.get("reason")) or _text(said)
    return (code, sentence) if code and " " not in code and sentence else None


def _text(node: ast.AST | None) -> str:
    """A text as written in the code, with … for what is filled in; "" where it is none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""


def _refusals() -> str:
    listed = refusals()
    return _page(
        "Refusal codes",
        "What a refusal is called for programs (`code` of a refused row, `error` of a refused command), and the"
        " sentence that comes with it; … stands for what is filled in.",
        "## Agreed codes of rows and files",
        _rows(("code", "meaning"), ((f"`{code}`", meaning) for code, meaning in AGREED.items())),
        "## Codes of notes",
        "What was taken and should be known: `notes` of an import's answer, each with file, line (or null) and reason.",
        _rows(("code", "meaning"), ((f"`{code}`", meaning) for code, meaning in NOTED.items())),
        "## Every code, with the sentences it comes with",
        _rows(("code", "room", "sentence"), ((f"`{c.code}`", c.where, c.sentence) for c in listed)),
        "Besides: `not_allowed` (this person may not), `rule_broken` (a rule of the field, with its sentence),"
        " `wrong_setting` (a setting is wrong or missing).",
    )


# --- glossary --------------------------------------------------------------------------------------------------------


def _glossary(terms: Sequence[Mapping[str, str]]) -> str:
    return _page(
        "Glossary",
        "The same words are on the page “Glossary” of the site.",
        _rows(
            ("term", "meaning"),
            ((say(term["term"]), say(term["means"])) for term in sorted(terms, key=lambda t: say(t["term"]).lower())),
        ),
    )
