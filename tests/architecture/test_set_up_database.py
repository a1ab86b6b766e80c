"""What `plumbline init` makes of a database: history for every recorded table, pairs by constraint, no ownership."""

from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import DateTimeField, ForeignKey, Model

from plumbline.audit.history import recorded_models
from plumbline.audit.models import Recorded
from tests import databases

pytestmark = pytest.mark.django_db

OURS = sorted(
    (model for model in apps.get_models() if model.__module__.startswith("plumbline.") and model._meta.managed),
    key=lambda m: m._meta.label,
)

# Tables whose rows may change and of which no history is kept, and why.
WITHOUT_HISTORY = {
    "audit.Event": "never changes: refused by trigger",
    "audit.Seal": "never changes: refused by trigger",
    "audit.Head": "goes forward only: refused by trigger",
    "audit.Moment": "is history's own clock",
    "intake.Import": "written once; its counts are filled in by the import that made it",
    "people.User": "roles and ties are recorded; a session's last sign-in would be a version each time",
    "people.OrganisationName": "a wording mapped: the mapping's events tell, and it is never changed",
    "people.Draft": "what is typed and not handed in; what is handed in has its history",
    "people.FormSent": "that a form was carried out; what it made has its own history",
    "people.Attempt": "counted, and gone after a day; the events tell",
    "people.BankHoliday": "reference data, the same for everybody",
    "people.LabelWording": "never changes; one whose day has not come may be taken out, which its event tells",
    "flags.Message": "an outbox: its attempts are not a record of the case",
    "ofsted.Owner": "a name as Ofsted gives it; written once",
    "ofsted.OfstedList": "written once by its import",
    "ofsted.Listing": "written once by its import",
    "placements.Enquiry": "written once; changing it is refused",
    "indicators.Publication": "written once",
    "indicators.FrozenFigure": "written once; changing it is refused",
    "scrutiny.QuestionSet": "reference data with its source, loaded from the library",
    "scrutiny.Question": "reference data with its source, loaded from the library",
    "exchange.Upload": "work in progress; its import and the events tell",
    "ofsted.CouncilFact": "added to by each list, never changed: the list that said so stands on the row",
    "exchange.Withdrawal": "work in progress; the import and the events tell",
    "due.Item": "worked out from the records, which have their history",
    "due.Matter": "worked out from the duties",
    "due.Changed": "what is to be worked out again, and gone then",
    "due.WorkedOut": "for which day duties are worked out",
    "due.Seen": "read once; what came back has its own history",
    "exchange.RefusedRow": "settled once, with who and when on the row",
}

# A person named without a moment of their own, and where the moment stands instead.
MOMENT_STANDS_ELSEWHERE = {
    "commissioning.Tender.approved_by": "approved_on is the day; its event has the moment",
    "indicators.Publication.published_by": "known_at is the moment of publication",
}


def columns(table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """select attname, format_type(atttypid, atttypmod) from pg_attribute
               where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attname""",
            [table],
        )
        return cursor.fetchall()


def role(login: str) -> str:
    """The database's own name of a login."""
    return urlsplit(databases.login_url(login, "any")).username or ""


def test_every_table_is_recorded_or_says_why_not() -> None:
    unrecorded = {model._meta.label for model in OURS if not issubclass(model, Recorded)}
    assert unrecorded == set(WITHOUT_HISTORY)


def test_a_recorded_table_has_a_history_of_the_same_columns() -> None:
    tables = {model._meta.db_table: columns(model._meta.db_table) for model in recorded_models()}
    histories = {
        table: [c for c in columns(f"{table}_history") if c[0] not in {"from_tx", "to_tx"}] for table in tables
    }
    assert (histories, all(tables.values())) == (tables, True)


def test_a_recorded_table_writes_its_history_by_itself() -> None:
    wanted = {"history_insert", "history_update", "history_delete", "no_truncate"}
    assert [model._meta.label for model in recorded_models() if not wanted <= triggers(model._meta.db_table)] == []


def triggers(table: str) -> set[str]:
    """The names of a table's own triggers that are on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select tgname from pg_trigger where tgrelid = %s::regclass and not tgisinternal and tgenabled = 'O'",
            [table],
        )
        return {row[0] for row in cursor.fetchall()}


def test_who_did_it_stands_beside_when_by_constraint() -> None:
    assert [said for model in OURS for said in standing_apart(model)] == []


def standing_apart(model: type[Model]) -> list[str]:
    """Who did something without the moment beside it."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    loose = []
    for name, who in fields.items():
        if not name.endswith("_by") or not isinstance(who, ForeignKey):
            continue
        when = fields.get(f"{name.removesuffix('_by')}_at")
        if not isinstance(when, DateTimeField):
            if f"{model._meta.label}.{name}" not in MOMENT_STANDS_ELSEWHERE:
                loose.append(f"{model._meta.label}.{name} has no moment")
        elif when.null and not _constrained_together(model, who.column, when.column):
            loose.append(f"{model._meta.label}.{name} and {when.name} can stand apart")
    return loose


def _constrained_together(model: type[Model], *wanted: str) -> bool:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return any(c["check"] and set(wanted) <= set(c["columns"]) for c in found.values())


@pytest.mark.parametrize("login", ["web", "worker"])
def test_a_login_of_pages_or_work_owns_nothing(login: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """select n.kind || ' ' || n.name from pg_roles r join (
                   select 'relation' as kind, relname::text as name, relowner as owner from pg_class
                   union all select 'function', proname, proowner from pg_proc
                   union all select 'schema', nspname, nspowner from pg_namespace
                   union all select 'database', datname, datdba from pg_database) n on n.owner = r.oid
               where r.rolname = %s""",
            [role(login)],
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize("login", ["web", "worker"])
def test_a_login_of_pages_or_work_has_no_power_over_the_database(login: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """select rolsuper or rolcreatedb or rolcreaterole or rolbypassrls or rolreplication,
                      pg_has_role(oid, (select datdba from pg_database where datname = current_database()), 'member'),
                      has_schema_privilege(oid, 'public', 'create')
               from pg_roles where rolname = %s""",
            [role(login)],
        )
        assert cursor.fetchall() == [(False, False, False)]


@pytest.mark.parametrize("login", ["web", "worker"])
@pytest.mark.parametrize("right", ["insert", "update", "delete", "truncate"])
def test_no_login_writes_history_by_hand(login: str, right: str) -> None:
    tables = [f"{model._meta.db_table}_history" for model in recorded_models()]
    with connection.cursor() as cursor:
        cursor.execute(
            """select t from unnest(%s::text[]) t, pg_roles r
               where r.rolname = %s and has_table_privilege(r.oid, t, %s)""",
            [tables, role(login), right],
        )
        assert cursor.fetchall() == []
