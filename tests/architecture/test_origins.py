"""Where a row came from lies beside it, never on it: a record that is typed here is a row like any other."""

from importlib import import_module

from django.apps import apps

from plumbline.intake.models import Origin
from plumbline.intake.tables import Intake
from tests.architecture.source import modules

ORIGINS = [model for model in apps.get_models() if issubclass(model, Origin)]


def intakes() -> list[Intake]:
    """What each room declares of its tables into which rows come."""
    rooms = [import_module(module.name) for module in modules() if module.name.endswith(".intake") and module.room]
    return [each for room in rooms for each in vars(room).values() if isinstance(each, Intake)]


def test_each_table_into_which_rows_come_has_one_beside_it_that_says_where_from() -> None:
    assert {model._meta.db_table for model in ORIGINS} == {each.origin for each in intakes() if each.traced}


def test_it_is_called_by_its_row_and_has_its_number() -> None:
    said = {model: (model._meta.db_table, model._meta.pk.column, model._meta.pk.name) for model in ORIGINS}
    of = {model: model.row.field.related_model._meta.db_table for model in ORIGINS}
    assert said == {model: (f"{table}origin", "id", "row") for model, table in of.items()}


def test_a_record_says_nothing_itself_of_where_it_came_from() -> None:
    records = [model.row.field.related_model for model in ORIGINS]
    said = {model._meta.label: {f.name for f in model._meta.get_fields()} for model in records}
    assert [name for name, fields in said.items() if fields & {"import_run", "missing_since"}] == []


def test_who_sees_the_row_and_no_other_sees_where_it_came_from() -> None:
    seen = {model: getattr(model.row.field.related_model, "rows_seen", "") for model in ORIGINS}
    wanted = {
        model: f"exists (select from {model.row.field.related_model._meta.db_table} seen where seen.id = {{row}}.id)"
        for model, rule in seen.items()
        if rule
    }
    assert {model: model.rows_seen for model in ORIGINS if hasattr(model, "rows_seen")} == wanted
