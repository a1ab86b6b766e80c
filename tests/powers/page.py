"""Each operation called as each role, with the words of its own signature, and the page that says who is refused.

Pages are marked with who may use them, and are not the only way in: an operation asks itself. Here each is called
directly, over the records of a council's buying, by a person who holds no role and by one of each role; every call is
taken back. A refusal for another reason than the person (the state of the record, a word that is missing) counts as
"not refused": the operation has looked at the person by then, or never does.
"""

import inspect
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import NoneType
from typing import Any

from django.apps import apps
from django.db import Error, models, transaction

from plumbline.actions.operations import mark_done
from plumbline.earlyhelp.intake import END_REASON
from plumbline.earlyhelp.models import ClosureCode
from plumbline.evidence.models import LawChange
from plumbline.evidence.operations import withdraw_law_change
from plumbline.kernel.errors import NotAllowed
from plumbline.ofsted.models import Notice, Setting, UnregisteredUse
from plumbline.ofsted.operations.by_hand import end_notice
from plumbline.people.access import ROLES
from plumbline.people.act import Act
from plumbline.people.models import Child, RoleAsked, User
from plumbline.placements.operations import open_month
from tests.architecture.events import operations
from tests.architecture.source import CHECKOUT
from tests.factories.people import LONG_AGO, UserFactory, hold_role
from tests.relations import market, situations
from tests.relations.situations import AT, TODAY

PAGE = CHECKOUT / "docs" / "reference" / "powers.md"
ANYONE = "anyone"
_HEAD = """\
<!-- Written by `python -m tests.powers --write`; do not edit. -->

# Who each operation refuses

Each operation was called directly, past every page, by a person who holds no role and by one person of each role,
over the records of a council's buying. Named are the roles that it does not refuse as persons; what else it asks (the
state of the record, whose it is, a second person) comes on top. “Anyone” stands where an operation asks nobody: it is
a step of others that have asked, the night's, or a trace of what a person has just done. A test compares this page.
"""


def tried(folder: Path) -> dict[str, tuple[str, ...]]:
    """Operation → the roles that it does not refuse; (ANYONE,) where it does not refuse a person without a role."""
    _records(folder)
    people = {role: UserFactory() for role in ("", *ROLES)}
    for role in ROLES:
        hold_role(people[role], role, LONG_AGO)
    found = {}
    for name, do in _callable().items():
        if not _refuses(do, people[""], folder):
            found[name] = (ANYONE,)
        else:
            found[name] = tuple(role for role in ROLES if not _refuses(do, people[role], folder))
    return found


def _records(folder: Path) -> None:
    """A council's buying, a child with a record of every kind, and what is entered by hand about settings."""
    market.make(folder)
    situations.make("social_worker")
    setting = Setting.objects.order_by("pk")[0]
    Notice.objects.create(setting=setting, kind="restriction", from_on=TODAY, entered_at=AT)
    UnregisteredUse.objects.create(setting=setting, from_on=TODAY, legal_basis="none", entered_at=AT)
    open_month(act=Act(None, AT, TODAY), setting_ids=frozenset({setting.pk}))
    user = UserFactory()
    RoleAsked.objects.create(user=user, role="social_worker", from_on=TODAY, asked_by=UserFactory(), asked_at=AT)
    LawChange.objects.create(
        source_id="WT", title="Working Together", in_force=TODAY, policies=[], review_by=TODAY, entered_at=AT
    )


def written(found: Mapping[str, Sequence[str]]) -> str:
    rooms: dict[str, list[str]] = {}
    for name, roles in sorted(found.items()):
        room, _, rest = name.removeprefix("plumbline.").partition(".")
        rooms.setdefault(room, []).append(f"| `{rest}` | {', '.join(_words(role) for role in roles) or 'no role'} |")
    parts = [_HEAD.rstrip()]
    for room, lines in rooms.items():
        parts.append("\n".join([f"## {room}", "", "| operation | not refused |", "| --- | --- |", *lines]))
    return "\n\n".join(parts) + "\n"


def _words(role: str) -> str:
    return role if role == ANYONE else ROLES[role].label.lower()


def _callable() -> dict[str, Callable[..., Any]]:
    """Every operation that is told who acts."""
    found = {}
    for name in sorted(operations()):
        module, _, own = name.rpartition(".")
        do = getattr(import_module(module), own)
        if "act" in inspect.signature(do).parameters and name != "plumbline.audit.operations.record":
            found[name] = do
    return found


def _refuses(do: Callable[..., Any], by: User, folder: Path) -> bool:
    room = _name(do).split(".")[0]
    given = {name: _value(name, kind, room, folder) for name, kind in _asked(do).items()}
    given |= {name: make() for name, make in _GIVEN.get(_name(do), {}).items()} | {"act": Act(by, AT, TODAY)}
    try:
        with transaction.atomic():
            try:
                do(**given)
            finally:
                transaction.set_rollback(True)
    except NotAllowed:
        return True
    except (Exception, Error):
        # It went on to what it was given, which is nothing real.
        return False
    return False


def _name(do: Callable[..., Any]) -> str:
    return f"{do.__module__}.{do.__qualname__}".removeprefix("plumbline.")


@cache
def _asked(do: Callable[..., Any]) -> dict[str, Any]:
    """The arguments that an operation must be given, each with its kind."""
    parameters = inspect.signature(inspect.unwrap(do), eval_str=True).parameters.values()
    named = [each for each in parameters if each.default is each.empty and each.kind is each.KEYWORD_ONLY]
    return {each.name: each.annotation for each in named}


@cache
def _models() -> dict[str, type[models.Model]]:
    return {model.__name__.lower(): model for model in apps.get_models()}


# What an operation must be given to come as far as the question who may.
_GIVEN: dict[str, dict[str, Callable[[], Any]]] = {
    "commissioning.operations.stage1.pass_criteria": {"criteria": lambda: ["insurance"]},
    "contracts.operations.following.change_action": {"change": lambda: partial(mark_done, text="Words")},
    "contracts.operations.following.change_law": {
        "change": lambda: partial(withdraw_law_change, law_change_id=_first(LawChange, "pk"), because="Words")
    },
    "contracts.operations.held_texts.settle_text": {"visible": Child.objects.none},
    "earlyhelp.operations.map_wording": {"column": lambda: END_REASON, "code": lambda: ClosureCode.values[0]},
    "earlyhelp.operations.unmap_wording": {"column": lambda: END_REASON},
    "placements.operations.take_judgements": {
        "record": lambda: partial(end_notice, notice_id=_first(Notice, "pk"), to_on=TODAY)
    },
}
# The record that a number is of, where the argument is not called as its model is; by room where rooms differ.
_RECORDS = {
    "asked": "RoleAsked", "contracts.report": "HomeReport",
    "case": "EvaluationCase", "check": "MonthlyCheck", "conflict": "TenderConflict",
    "exception": "PlacementException", "form": "IncidentForm", "held": "HeldText", "into": "Organisation",
    "item": "PlanItem", "ofsted.item": "CheckItem", "placements.item": "CheckItem", "lead_commissioner": "User",
    "mail": "Message", "meeting": "ModerationMeeting", "merge": "SupplierMerge", "merged": "Organisation",
    "offer": "PolicyOffer", "pack": "PathwayPack", "paper": "BidDocument", "party": "OcdsParty",
    "plan": "ImplementationPlan", "process": "OcdsProcess", "refused": "RefusedRow", "service_area_lead": "User",
    "step": "FlagStep", "subject": "Contract", "supplier": "Organisation", "use": "UnregisteredUse",
    "version": "ToolkitVersion",
}  # fmt: skip
_PLAIN: dict[Any, Any] = {
    datetime: AT, date: TODAY, bool: True, str: "Words", Decimal: Decimal(1), bytes: b"x", models.Model: None,
}  # fmt: skip


def _value(name: str, kind: Any, room: str, folder: Path) -> Any:
    """Something of the kind that is asked for: of a record, the first."""
    kinds = [each for each in typing.get_args(kind) if each is not NoneType]
    origin = typing.get_origin(kind)
    if NoneType in typing.get_args(kind):
        return _value(name, kinds[0], room, folder)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind is Path:
        return folder
    if kind is int:
        # 0: a number that no record has.
        return _first(_model_of(name, room), "pk") or 0 if name.endswith("_id") else 1
    if origin in (list, tuple, Sequence, Iterable, Collection):
        return []
    if origin in (dict, Mapping):
        return {}
    if origin in (set, frozenset, AbstractSet):
        return set()
    if origin is typing.Literal:
        return kinds[0]
    if isinstance(kind, type) and issubclass(kind, models.Model):
        return _first(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    return None


def _model_of(argument: str, room: str) -> type[models.Model]:
    """Raises KeyError for an argument whose record is not known here."""
    record = argument.removesuffix("_id")
    return _models()[_RECORDS.get(f"{room}.{record}", _RECORDS.get(record, record.replace("_", ""))).lower()]


def _first(model: type[models.Model], attribute: str = "") -> Any:
    row = model._default_manager.order_by("pk").first()
    return getattr(row, attribute) if row and attribute else row
