"""The schema of a toolkit's YAML: what may be in it, and where and why it is refused.

The file is read as a tree of nodes, each of which knows its line; no object is ever built from it, nothing in it is
run, and every text stays as it is written: what looks like a template is text. docs/how-to/toolkits.md has the fields.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml

from plumbline.kernel.labels import Said
from plumbline.toolkits import scales
from plumbline.toolkits.content import AnswerKind

LONGEST = 200_000  # characters of a whole file
DEEPEST = 12  # lists and groups inside each other; a toolkit needs seven
MOST_CRITERIA = 300
HUNDRED = Decimal(100)

PURPOSES = Said(
    {
        "tender_stage1": "Tender: business information (stage 1)",
        "tender_questions": "Tender: scored questions",
        "implementation": "Implementation plan",
        "evaluation": "Quarterly evaluation",
        "assurance": "Annual assurance",
        "visit": "Site visit",
        "self_assessment": "Self-assessment",
        "board_assessment": "{Board_before} assessment",
        "case_audit": "Case audit",
        "survey": "Survey",
        "other": "Other",
    }
)
EVIDENCE = ("required", "optional", "none")

_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
# A level of a scale is a code of its own: "0" … "5" too.
_CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
_FACT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_DECIMAL = re.compile(r"\d{1,6}(\.\d{1,4})?")
_INTEGER = re.compile(r"-?\d{1,4}")
# Tab and line ends are text; other control characters and half characters cannot be kept by the database.
_UNKEEPABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

_STANDARD_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "seq", "map", "timestamp", "merge", "value")
)
_SAID = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NULL, _BOOL = "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: in which file, on which line (the first is 1), in which field, and why.

    `field` is the path to it, such as `sections[2].criteria[1].weight` (the first is 1); "" is the file as a whole.
    """

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}"
        return f"{where}, {self.field}: {self.reason}" if self.field else f"{where}: {self.reason}"


def check(text: str, file: str) -> tuple[dict[str, Any] | None, tuple[Fault, ...]]:
    """The content of a toolkit as `toolkits.content.read` takes it, or None and everything that is wrong, by line.

    Weights, minimums and points are text, so that they stay exact in JSON.
    """
    faults = list(_refused_unread(text, file))
    if faults:
        return None, tuple(faults)
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as wrong:
        return None, (Fault(file, *_place(wrong)),)
    if root is None:
        return None, (Fault(file, 1, "", "the file holds nothing."),)
    reader = _Reader(file, faults)
    content = reader.toolkit(root)
    return (None if faults else content), tuple(sorted(faults, key=lambda fault: fault.line))


def _refused_unread(text: str, file: str) -> Iterator[Fault]:
    """What is refused before a tree is made of it: too large, too deep, or growing by references to itself."""
    if len(text) > LONGEST:
        yield Fault(file, 1, "", f"the file is longer than {LONGEST:,} characters.")
        return
    depth = 0
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            line = token.start_mark.line + 1
            if isinstance(token, (yaml.AnchorToken, yaml.AliasToken)):
                yield Fault(
                    file,
                    line,
                    "",
                    "references (& and *) are not used in a toolkit: write it out, or put a "
                    "text that begins so in quotation marks.",
                )
                return
            if isinstance(
                token,
                (
                    yaml.BlockSequenceStartToken,
                    yaml.BlockMappingStartToken,
                    yaml.FlowSequenceStartToken,
                    yaml.FlowMappingStartToken,
                ),
            ):
                depth += 1
            elif isinstance(token, (yaml.BlockEndToken, yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)):
                depth -= 1
            if depth > DEEPEST:
                yield Fault(file, line, "", f"lists and groups are more than {DEEPEST} deep inside each other.")
                return
    except yaml.YAMLError as wrong:
        yield Fault(file, *_place(wrong))
    except (ValueError, OverflowError):  # an escape such as "\UFFFFFFFF", which the scanner makes a character of
        yield Fault(file, 1, "", "a text holds a character by a number that is no character’s.")


def _place(wrong: yaml.YAMLError) -> tuple[int, str, str]:
    mark = getattr(wrong, "problem_mark", None) or getattr(wrong, "context_mark", None)
    problem = getattr(wrong, "problem", None) or "it holds a character that YAML does not allow"
    line = mark.line + 1 if mark else 1
    return (
        line,
        "",
        f"this is not YAML that can be read: {problem}. Look at the indents, colons and quotation marks here.",
    )


class _Reader:
    """Reads the tree, field by field; what is wrong is noted and reading goes on, so that all is said at once."""

    def __init__(self, file: str, faults: list[Fault]) -> None:
        self.file = file
        self.faults = faults
        self.keys: dict[str, int] = {}
        self.facts: dict[str, int] = {}

    def fault(self, node: yaml.Node, field: str, reason: str) -> None:
        self.faults.append(Fault(self.file, node.start_mark.line + 1, field, reason))

    # -- the parts of a toolkit ---------------------------------------------------------------------------------------

    def toolkit(self, node: yaml.Node) -> dict[str, Any]:
        fields = self.group(node, "", {"key", "title", "purpose", "introduction", "sources", "sections"})
        content: dict[str, Any] = {
            "key": self.text(fields, "key", node, "", longest=60, form=_KEY, form_words=_KEY_WORDS),
            "title": self.text(fields, "title", node, "", longest=200),
            "purpose": self.one_of(fields, "purpose", node, "", tuple(PURPOSES)),
            "introduction": self.text(fields, "introduction", node, "", longest=10_000, default=""),
            "sources": [
                self.words(each, f"sources[{number}]", longest=500)
                for number, each in enumerate(self.list_of(fields, "sources", node, ""), start=1)
            ],
        }
        sections = self.list_of(fields, "sections", node, "", needed=True)
        used: dict[str, int] = {}
        content["sections"] = [
            self.section(each, f"sections[{number}]", used, plan=content["purpose"] == "implementation")
            for number, each in enumerate(sections, start=1)
        ]
        if len(self.keys) > MOST_CRITERIA:
            self.fault(node, "sections", f"there are {len(self.keys)} criteria; a toolkit has at most {MOST_CRITERIA}.")
        return content

    def section(self, node: yaml.Node, path: str, used: dict[str, int], *, plan: bool) -> dict[str, Any]:
        fields = self.group(node, path, {"key", "title", "guidance", "criteria"})
        key = self.text(fields, "key", node, path, longest=60, form=_KEY, form_words=_KEY_WORDS)
        self.once(fields.get("key"), f"{path}.key", key, used, "section")
        criteria = [
            self.criterion(each, f"{path}.criteria[{number}]", plan=plan)
            for number, each in enumerate(self.list_of(fields, "criteria", node, path, needed=True), start=1)
        ]
        weights = [Decimal(each["weight"]) for each in criteria if each["weight"] is not None]
        if weights and sum(weights) != HUNDRED:
            self.fault(
                node,
                f"{path}.criteria",
                f"the weights of this section add up to {_plain(sum(weights, Decimal(0)))}, not to 100.",
            )
        return {
            "key": key,
            "title": self.text(fields, "title", node, path, longest=200),
            "guidance": self.text(fields, "guidance", node, path, longest=5_000, default=""),
            "criteria": criteria,
        }

    def criterion(self, node: yaml.Node, path: str, *, plan: bool) -> dict[str, Any]:
        fields = self.group(
            node,
            path,
            {
                "key",
                "title",
                "guidance",
                "answer",
                "options",
                "evidence",
                "weight",
                "minimum",
                "critical",
                "safeguarding",
                "fact",
                "due_days",
            },
        )
        key = self.text(fields, "key", node, path, longest=60, form=_KEY, form_words=_KEY_WORDS)
        self.once(fields.get("key"), f"{path}.key", key, self.keys, "criterion")
        fact = self.text(
            fields,
            "fact",
            node,
            path,
            longest=80,
            default="",
            form=_FACT,
            form_words="words in small letters joined by full stops, such as policy.dbs",
        )
        if fact:
            self.once(fields.get("fact"), f"{path}.fact", fact, self.facts, "fact")
        answer = self.one_of(fields, "answer", node, path, tuple(kind.value for kind in AnswerKind))
        options = self.options(fields, node, path, answer)
        points = [Decimal(each["points"]) for each in options if each["points"] is not None]
        due_days = self.whole(fields, "due_days", path)
        if plan and due_days is None and "due_days" not in fields:
            self.fault(
                node,
                f"{path}.due_days",
                "an item of an implementation plan says when it is due: days from the "
                "service’s start, negative before it.",
            )
        return {
            "key": key,
            "title": self.text(fields, "title", node, path, longest=300),
            "guidance": self.text(fields, "guidance", node, path, longest=5_000, default=""),
            "answer": answer,
            "options": options,
            "evidence": self.evidence(fields, node, path, answer),
            "weight": self.weight(fields, path, counts=len(points) > 1),
            "minimum": self.minimum(fields, path, points),
            "critical": self.yes_or_no(fields, "critical", path),
            "safeguarding": self.yes_or_no(fields, "safeguarding", path),
            "fact": fact,
            "due_days": due_days,
        }

    def options(self, fields: Mapping[str, yaml.Node], node: yaml.Node, path: str, answer: str) -> list[dict[str, Any]]:
        """Those written, or those of a standard scale; a standard scale may be given words of one's own."""
        standard = scales.STANDARD.get(answer, ())
        if "options" not in fields:
            if answer == AnswerKind.CHOICE:
                self.fault(node, f"{path}.options", "an answer to choose needs its options.")
            return [{"code": code, "label": label, "points": points} for code, label, points in standard]
        if answer not in (*scales.STANDARD, AnswerKind.CHOICE):
            if answer:
                self.fault(fields["options"], f"{path}.options", f"an answer of the kind “{answer}” has no options.")
            return []
        used: dict[str, int] = {}
        options = []
        for number, each in enumerate(self.list_of(fields, "options", node, path), start=1):
            options.append(self.option(each, f"{path}.options[{number}]", used))
        if answer == AnswerKind.CHOICE:
            if len(options) < 2:
                self.fault(fields["options"], f"{path}.options", "there must be at least two to choose from.")
            return options
        points_of = {code: points for code, _, points in standard}
        if list(points_of) != [option["code"] for option in options]:
            self.fault(
                fields["options"],
                f"{path}.options",
                f"the scale “{answer}” has the codes "
                f"{', '.join(points_of)}, in this order; only their words may be your own.",
            )
            return []
        for option in options:
            if option["points"] not in (None, points_of[option["code"]]):
                self.fault(
                    fields["options"], f"{path}.options", f"the points of the scale “{answer}” cannot be changed."
                )
            option["points"] = points_of[option["code"]]
        return options

    def option(self, node: yaml.Node, path: str, used: dict[str, int]) -> dict[str, Any]:
        fields = self.group(node, path, {"code", "label", "points"})
        code = self.text(
            fields, "code", node, path, longest=40, form=_CODE, form_words="small letters, figures and underscores"
        )
        self.once(fields.get("code"), f"{path}.code", code, used, "option")
        points = self.number(fields, "points", path)
        return {
            "code": code,
            "label": self.text(fields, "label", node, path, longest=300),
            "points": None if points is None else _plain(points),
        }

    def evidence(self, fields: Mapping[str, yaml.Node], node: yaml.Node, path: str, answer: str) -> str:
        default = "required" if answer == AnswerKind.DOCUMENT else "none"
        evidence = self.one_of(fields, "evidence", node, path, EVIDENCE, default=default)
        if answer == AnswerKind.DOCUMENT and evidence == "none":
            self.fault(fields["evidence"], f"{path}.evidence", "an answer that is a document cannot be without one.")
        return evidence

    def weight(self, fields: Mapping[str, yaml.Node], path: str, *, counts: bool) -> str | None:
        weight = self.number(fields, "weight", path)
        if weight is None:
            return None
        if not counts:
            self.fault(fields["weight"], f"{path}.weight", "only an answer on a scale with points can carry a weight.")
        elif not 0 < weight <= HUNDRED:
            self.fault(fields["weight"], f"{path}.weight", "a weight is more than 0 and at most 100.")
        return _plain(weight)

    def minimum(self, fields: Mapping[str, yaml.Node], path: str, points: list[Decimal]) -> str | None:
        minimum = self.number(fields, "minimum", path)
        if minimum is None:
            return None
        if len(points) < 2:
            self.fault(
                fields["minimum"], f"{path}.minimum", "only an answer on a scale with points can have a minimum."
            )
        elif not min(points) <= minimum <= max(points):
            self.fault(
                fields["minimum"],
                f"{path}.minimum",
                f"{_plain(minimum)} is not on the scale, which is {_plain(min(points))} to {_plain(max(points))}.",
            )
        return _plain(minimum)

    # -- kinds of value -----------------------------------------------------------------------------------------------

    def group(self, node: yaml.Node, path: str, known: set[str]) -> dict[str, yaml.Node]:
        """The fields of a group by name; unknown ones and repeated ones are refused, each by its name."""
        here = path or "the toolkit"
        if not isinstance(node, yaml.MappingNode) or node.tag not in _STANDARD_TAGS:
            self.fault(node, path, f"{here} must be a group of fields, each written as “name: value”.")
            return {}
        found: dict[str, yaml.Node] = {}
        for name_node, value in node.value:
            name = name_node.value if isinstance(name_node, yaml.ScalarNode) else "a list"
            field = f"{path}.{name}" if path else name
            if name not in known:
                self.fault(
                    name_node, field, f"there is no field “{name}” here; the fields are {', '.join(sorted(known))}."
                )
            elif name in found:
                self.fault(name_node, field, f"“{name}” is given twice.")
            elif not (isinstance(value, yaml.ScalarNode) and value.tag == _NULL):
                found[name] = value
        return found

    def list_of(
        self, fields: Mapping[str, yaml.Node], name: str, parent: yaml.Node, path: str, *, needed: bool = False
    ) -> list[yaml.Node]:
        field = f"{path}.{name}" if path else name
        node = fields.get(name)
        if node is None:
            if needed and isinstance(parent, yaml.MappingNode):
                self.fault(parent, field, f"“{name}” is missing.")
            return []
        if not isinstance(node, yaml.SequenceNode) or node.tag not in _STANDARD_TAGS:
            self.fault(node, field, f"“{name}” must be a list, each entry on a line that begins with “- ”.")
            return []
        if needed and not node.value:
            self.fault(node, field, f"“{name}” is empty.")
        return list(node.value)

    def text(
        self,
        fields: Mapping[str, yaml.Node],
        name: str,
        parent: yaml.Node,
        path: str,
        *,
        longest: int,
        default: str | None = None,
        form: re.Pattern[str] | None = None,
        form_words: str = "",
    ) -> str:
        field = f"{path}.{name}" if path else name
        node = fields.get(name)
        if node is None:
            if default is None and isinstance(parent, yaml.MappingNode):
                self.fault(parent, field, f"“{name}” is missing.")
            return default or ""
        words = self.words(node, field, longest=longest, name=name)
        if words and form and not form.fullmatch(words):
            self.fault(node, field, f"“{words}” will not do: {form_words}.")
            return ""
        return words

    def words(self, node: yaml.Node, field: str, *, longest: int, name: str = "") -> str:
        """A text as it is written: `Yes`, `2024` and `{{ x }}` in quotation marks are the text that they look like."""
        if not isinstance(node, yaml.ScalarNode):
            self.fault(node, field, "this must be text; text that begins with a bracket is in quotation marks.")
            return ""
        if node.tag not in _STANDARD_TAGS:
            self.fault(node, field, f"“{node.tag}” is not used in a toolkit: text is text.")
            return ""
        words = str(node.value).strip()
        if _UNKEEPABLE.search(words):
            self.fault(node, field, "there is a control character in it, which cannot be kept.")
            return ""
        if not words:
            self.fault(node, field, f"“{name}” is empty." if name else "this is empty.")
        elif len(words) > longest:
            self.fault(node, field, f"it is {len(words):,} characters long; at most {longest:,} can be kept.")
        return words

    def one_of(
        self,
        fields: Mapping[str, yaml.Node],
        name: str,
        parent: yaml.Node,
        path: str,
        known: tuple[str, ...],
        *,
        default: str | None = None,
    ) -> str:
        value = self.text(fields, name, parent, path, longest=60, default=default)
        if value and name in fields and value not in known:
            field = f"{path}.{name}" if path else name
            self.fault(fields[name], field, f"“{value}” is not known; it is one of {', '.join(known)}.")
            return ""
        return value

    def yes_or_no(self, fields: Mapping[str, yaml.Node], name: str, path: str) -> bool:
        node = fields.get(name)
        if node is None:
            return False
        if not isinstance(node, yaml.ScalarNode) or node.tag != _BOOL or node.value.lower() not in _SAID:
            self.fault(node, f"{path}.{name}", f"“{name}” is true or false.")
            return False
        return _SAID[node.value.lower()]

    def whole(self, fields: Mapping[str, yaml.Node], name: str, path: str) -> int | None:
        found = self._figure(fields, name, path, _INTEGER, "a whole number of days, such as -28")
        return None if found is None else int(found)

    def number(self, fields: Mapping[str, yaml.Node], name: str, path: str) -> Decimal | None:
        found = self._figure(fields, name, path, _DECIMAL, "a number such as 20 or 12.5, with at most four decimals")
        return None if found is None else Decimal(found)

    def _figure(
        self, fields: Mapping[str, yaml.Node], name: str, path: str, form: re.Pattern[str], words: str
    ) -> str | None:
        """Read from the figures as written, never by way of a floating-point number."""
        node = fields.get(name)
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode) or node.tag not in _STANDARD_TAGS or not form.fullmatch(node.value):
            self.fault(node, f"{path}.{name}", f"“{name}” is {words}.")
            return None
        return str(node.value)

    def once(self, node: yaml.Node | None, field: str, value: str, used: dict[str, int], what: str) -> None:
        if node is None or not value:
            return
        if value in used:
            self.fault(node, field, f"the {what} “{value}” is on line {used[value]} already; each is used once.")
        else:
            used[value] = node.start_mark.line + 1


_KEY_WORDS = "a key begins with a small letter and has small letters, figures and underscores, at most 60"


def _plain(number: Decimal) -> str:
    """ "20", never "20.00" or "2E+1"."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
