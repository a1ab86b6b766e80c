"""Promise 5: every field about a person is classified: what it is, who may see it, how long it is kept."""

import re

import yaml
from django.apps import apps
from django.db.models import Model

from plumbline.measures.facts import RELATIONS
from tests.architecture.source import CHECKOUT

REGISTER = yaml.safe_load((CHECKOUT / "docs" / "reference" / "personal-data.yaml").read_text(encoding="utf-8"))
TABLES = REGISTER["tables"]
KINDS = set(REGISTER["what"])

# An unmanaged model of ours is a view, of tables that are classified.
VIEWS = {model for model in apps.get_models() if model.__module__.startswith("plumbline.") and not model._meta.managed}
MODELS = {model._meta.label: model for model in apps.get_models() if model not in VIEWS}
OURS = {label: model for label, model in MODELS.items() if model.__module__.startswith("plumbline.")}


def columns(model: type[Model]) -> list[str]:
    return sorted(field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many))


def test_every_table_of_ours_is_classified_and_no_other() -> None:
    assert sorted(TABLES) == sorted(OURS)


def test_every_table_of_the_libraries_is_classified_and_no_other() -> None:
    assert sorted(REGISTER["libraries"]) == sorted(set(MODELS) - set(OURS))


def test_every_column_is_classified_once() -> None:
    classified = {
        label: sorted(name for kind in KINDS for name in TABLES.get(label, {}).get(kind, [])) for label in OURS
    }
    assert classified == {label: columns(model) for label, model in OURS.items()}


def test_a_table_says_about_whom_seen_by_whom_and_kept_how() -> None:
    said = {label: set(entry) - KINDS for label, entry in TABLES.items()}
    assert {label: found for label, found in said.items() if found != {"about", "seen_by", "kept"}} == {}


def test_every_period_is_one_that_gives_its_source() -> None:
    periods = {entry["kept"] for entry in (*TABLES.values(), *REGISTER["libraries"].values())}
    assert periods == {name for name, period in REGISTER["kept"].items() if period["how"] and period["source"]}


def test_what_is_special_is_never_open_to_everybody() -> None:
    special = {label: entry["seen_by"] for label, entry in TABLES.items() if entry.get("special")}
    assert ([label for label, seen_by in special.items() if "everybody" in seen_by], len(special) > 1) == ([], True)


def test_no_fact_relation_holds_a_name_or_way_to_reach_a_person() -> None:
    of_persons = {
        name
        for label in ("people.Child", "people.Professional", "people.User", "people.Family")
        for kind in ("identity", "contact")
        for name in TABLES[label].get(kind, [])
    } - {"id", "sex", "dob", "name"}
    held = {f"{relation.name}.{column.name}" for relation in RELATIONS.values() for column in relation.columns}
    wrong = [column for column in sorted(held) if column.split(".")[1] in of_persons or column == "child.name"]
    assert wrong == []


def test_what_only_the_council_is_told_of_a_home_is_read_by_its_own_room_alone() -> None:
    """Names and addresses of homes: written by the reader of lists, read for the setting's page, and nowhere else."""
    readers = {
        path.relative_to(CHECKOUT / "src/plumbline").as_posix()
        for path in (CHECKOUT / "src").rglob("*.py")
        if re.search("council_?fact", path.read_text(encoding="utf-8"), re.IGNORECASE)
        and "migrations" not in path.parts
    }
    assert readers == {
        "ofsted/models.py",
        "ofsted/listing.py",
        "ofsted/queries.py",
        "web/ofsted/settings/views.py",
        # Takes them out with the list that told them.
        "exchange/withdrawing.py",
    }
