"""Any operation of any room, with what it asks for found in the records that there are: for random sequences of them.

An operation is found by how it is marked, so that one to come is among them. What it is given is found by the name and
the kind of each thing that it asks for. Which it refuses, and of whom, is not asked here.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

import plumbline
from plumbline.due.models import Item
from plumbline.kernel.duties import person_in
from plumbline.kernel.errors import NotAllowed, Refusal
from plumbline.people import acting
from plumbline.people.access import ROLES
from plumbline.people.act import Act
from plumbline.people.models import User

Operation = Callable[..., Any]
# Draws a number below this one.
Draw = Callable[[int], int]

_MARK = acting.operation(lambda: None).__code__
_NOT_ROOMS = (".web", ".jobs", ".config", ".migrations", ".due.")
# Of these every row is a change of its own, or they take in whole files; and who is refused is told them.
_LEFT_OUT = {
    "align_ties", "reconcile", "withdraw_import", "record_rows", "begin_attempt", "end_attempt", "load_question_sets",
}  # fmt: skip
# What is asked for by the number of a record, where the name of its kind does not say which.
_NUMBERED = {
    "item": ("commissioning.PlanItem", "ofsted.CheckItem"),
    "step": ("flags.FlagStep",),
    "check": ("ofsted.MonthlyCheck",),
    "plan": ("commissioning.ImplementationPlan",),
    "pack": ("commissioning.PathwayPack",),
    "notification": ("contracts.Notification",),
    "return": ("toolkits.Return",),
    "version": ("toolkits.ToolkitVersion",),
    "exception": ("placements.PlacementException",),
    "conflict": ("commissioning.TenderConflict",),
    "asked": ("people.RoleAsked",),
    "offer": ("contracts.PolicyOffer",),
    "held": ("contracts.HeldText",),
    "form": ("contracts.IncidentForm",),
    "refused": ("exchange.RefusedRow",),
    "party": ("commissioning.OcdsParty",),
    "supplier": ("people.Organisation",),
    "into": ("people.Organisation",),
    "merged": ("people.Organisation",),
    "lead_commissioner": ("people.User",),
    "service_area_lead": ("people.User",),
    "kpi": ("contracts.Kpi",),
}
# As what duties name a kind of record that is called otherwise than its table.
_CALLED = {
    "placementexception": "exception", "implementationplan": "plan", "planitem": "plan_item",
    "roleasked": "role_asked", "toolkitversion": "toolkit_version", "heldtext": "held_text",
}  # fmt: skip
_WORDS = {
    "subject_type": ("contract", "setting", "child", "tac", "incident"),
    "origin_type": ("visit", "contract", "other", "evaluation", "meeting"),
    "kind": ("self", "plan", "board", "other"),
    "outcome": ("substantiated", "unsubstantiated", "closed", "unfounded"),
    "grounds": ("no_alternative", "emergency", "childs_wishes"),
    "result": ("The child was seen and is well.",),
    "colour": ("red", "amber", "green"),
    "code": ("", "evaluation_overdue", "visit_overdue"),
    "policy": ("safeguarding", "dbs", "complaints"),
    "purpose": ("self_assessment", "site_visit"),
    "email": ("reader@example.org",),
    "sector": ("other", "health"),
    "team": ("", "West"),
    "about": ("",),
    "organisation": ("",),
    "professional": ("",),
    "arrangement": ("email",),
    "channel": ("phone", "email"),
    "side": ("council", "provider", "commissioner"),
    "rating": ("good", "inadequate", "requires_improvement"),
    "decided": ("no_risk", "stands_back"),
    "decision": ("Meet the provider within two weeks.",),
    "criterion": ("",),
}


def operations() -> dict[str, Operation]:
    """Every operation that can be given what it asks for, by room and name."""
    found = {}
    for module in pkgutil.walk_packages(plumbline.__path__, "plumbline."):
        if any(part in f"{module.name}." for part in _NOT_ROOMS):
            continue
        loaded = importlib.import_module(module.name)
        for name, each in vars(loaded).items():
            marked = inspect.isfunction(each) and each.__code__ is _MARK and each.__module__ == loaded.__name__
            if marked and not name.startswith("_") and name not in _LEFT_OUT and _can_be_asked(each):
                found[f"{loaded.__name__.removeprefix('plumbline.')}.{name}"] = each
    return found


def _can_be_asked(of: Operation) -> bool:
    return all(
        given.default is not inspect.Parameter.empty or name == "act" or any(True for _ in _kinds(name, kind))
        for name, given, kind in _asked(of)
    )


def _asked(of: Operation) -> Iterator[tuple[str, inspect.Parameter, Any]]:
    kinds = get_type_hints(inspect.unwrap(of))
    for name, given in inspect.signature(of).parameters.items():
        yield name, given, kinds[name]


_PLAIN = (bool, int, str, date, datetime, Decimal)


def _kinds(name: str, kind: Any) -> Iterator[Any]:
    """The kinds that can be drawn of those that something may be."""
    for each in get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,):
        if each is type(None):
            yield None
        elif (
            inspect.isclass(each)
            and each is not models.Model
            and (issubclass(each, Enum | models.Model) or each in _PLAIN)
        ):
            if each is not int or name.endswith("_id") or name in ("months", "place", "number"):
                yield each


def carry_out(of: Operation, draw: Draw, *, on: date) -> bool:
    """Carry it out as someone who may; whether it was carried out."""
    given = {}
    for name, parameter, kind in _asked(of):
        optional = parameter.default is not inspect.Parameter.empty
        if name == "act" or (optional and draw(3)):
            continue
        kinds = list(_kinds(name, kind))
        if not kinds:
            continue
        given[name] = _value(name, kinds[draw(len(kinds))], draw, on=on)
    users = _users(of, draw)
    # Whose duty it is, first.
    about = [
        getattr(value, "pk", value) for name, value in given.items() if name.endswith("_id") or hasattr(value, "pk")
    ]
    asked = Item.objects.filter(subject_id__in=[pk for pk in about if pk]).values_list("whose", flat=True)
    first = User.objects.filter(pk__in={number for whose in asked if (number := person_in(whose))}).order_by("pk")
    refused = 0
    for by in (*first[:5], *users):
        act = Act(by, datetime.now(UTC), on)
        try:
            with transaction.atomic():
                of(**given, act=act)
                with connection.cursor() as cursor:
                    cursor.execute("set constraints all immediate; set constraints all deferred")
            return True
        except NotAllowed:
            continue
        except Refusal:
            refused += 1
            if refused == 3:
                return False
        # What no page would ask for: a record that is not there, a word that is none of those that there are.
        except (DatabaseError, LookupError, ValueError, TypeError, AttributeError, models.ObjectDoesNotExist):
            return False
    return False


def _users(of: Operation, draw: Draw) -> list[User | None]:
    """One of each role, those of a role drawn first; the machine's administrator, where there may be one."""
    roles = list(ROLES)
    first = draw(len(roles))
    found: list[User | None] = []
    for role in (*roles[first:], *roles[:first]):
        held = User.objects.filter(is_active=True, roles_held__role=role).distinct().order_by("pk")
        users = list(held[:6])
        if users:
            found.append(users[draw(len(users))])
    if any(name == "act" and kind is Act for name, _, kind in _asked(of)):
        found.insert(0, None)
    return found


def _value(name: str, kind: Any, draw: Draw, *, on: date) -> Any:
    if kind is None:
        return None
    if name.endswith("_id"):
        return _number(name.removesuffix("_id"), draw)
    if issubclass(kind, Enum):
        return list(kind)[draw(len(kind))]
    if issubclass(kind, models.Model):
        return _row(kind, draw)
    if kind is bool:
        return bool(draw(2))
    if kind is int:
        return 1 + draw(12)
    if kind is Decimal:
        return Decimal(draw(6))
    if kind is datetime:
        return datetime.now(UTC) - timedelta(hours=draw(50))
    if kind is date:
        return on + timedelta((0, -1, 1, -30, 14, 60, -3)[draw(7)])
    words = _WORDS.get(name) or (*_choices(name), f"Words for this, number {draw(1000)}.")
    return words[draw(len(words))]


def _choices(name: str) -> tuple[str, ...]:
    if name == "role":
        return tuple(ROLES)
    return tuple(
        value
        for model in apps.get_models()
        for field in model._meta.fields
        if field.name == name and field.choices
        for value, _ in field.flatchoices
    )


def _number(of: str, draw: Draw) -> int:
    labels = _NUMBERED.get(of)
    if labels:
        found = [apps.get_model(label) for label in labels]
    else:
        short = of.replace("_", "")
        found = [each for each in apps.get_models() if each._meta.model_name in (short, f"tender{short}")]
    if not found:
        return 1
    model = found[draw(len(found))]
    row = _row(model, draw)
    return row.pk if row is not None else 0


def _row(model: type[models.Model], draw: Draw) -> Any:
    """A row of this kind: one of which something waits, else one of the newest, else any."""
    rows = model._default_manager.all()
    which = draw(4)
    if which < 2:
        waits = (
            Item.objects.filter(subject_type__in=_subjects(model)).order_by("pk").values_list("subject_id", flat=True)
        )
        numbers = sorted(set(waits))
        if numbers:
            return rows.filter(pk=numbers[draw(len(numbers))]).first()
    numbers = sorted(rows.order_by("-pk").values_list("pk", flat=True)[: 5 if which == 2 else 200])
    return rows.filter(pk=numbers[draw(len(numbers))]).first() if numbers else None


def _subjects(model: type[models.Model]) -> tuple[str, ...]:
    """As what kind of subject a duty names a row of this kind."""
    name = model._meta.model_name or ""
    return (name, _CALLED.get(name, name))
