"""Row security, tried by SQL over connections of the pages' login: it shows what the queries show, and nothing else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, models, transaction

from plumbline.audit.models import Recorded
from plumbline.contracts.models import HeldText, IncidentChild
from plumbline.earlyhelp.access import tacs_visible_to
from plumbline.earlyhelp.models import Tac
from plumbline.flags.models import Flag, FlagStep
from plumbline.indicators.queries import snapshot
from plumbline.people import acting, drafts, rows
from plumbline.people import operations as people
from plumbline.people.access import ROLES
from plumbline.people.act import Act
from plumbline.people.models import Child, User
from plumbline.placements.access import children_visible_to
from plumbline.placements.models import Placement
from plumbline.placements.queries import placements_visible_to
from tests import databases
from tests.factories.people import ChildFactory, ProfessionalFactory, TieFactory, UserFactory
from tests.factories.records import InvolvementFactory, PlacementFactory, TacFactory
from tests.integration.contracts.incident_situations import a_world, an_incident
from tests.integration.web.signing_in import as_

TODAY, YESTERDAY = date(2016, 7, 31), date(2016, 7, 30)
LONG_AGO = date(2010, 1, 1)


@dataclass(slots=True)
class County:
    """Children of every kind, and for each role a user who holds it and is tied in every way."""

    users: list[User] = field(default_factory=list)
    children: dict[str, Child] = field(default_factory=dict)


def a_county() -> County:
    county = County()
    kinds = ("nobody's", "placed", "placed once", "allocated", "allocated once", "tied", "tie ended", "with a TAC",
             "of one TAC")  # fmt: skip
    for kind in kinds:
        for restricted in (False, True):
            child = ChildFactory(restricted=restricted, surname=f"Zebrowski {kind}")
            county.children[f"{kind}, restricted" if restricted else kind] = child
            TacFactory(child=child)
            if kind.startswith("placed"):
                PlacementFactory(child=child, ended_on=date(2016, 7, 10) if kind.endswith("once") else None)
            if kind.startswith("allocated"):
                InvolvementFactory(
                    child=child,
                    professional=ProfessionalFactory(),
                    to_on=date(2016, 1, 1) if kind.endswith("once") else None,
                )
    for role in sorted(ROLES):
        user = UserFactory(role=role)
        county.users.append(user)
        for restricted in ("", ", restricted"):
            TieFactory(user=user, subject_id=county.children[f"tied{restricted}"].pk, why="worker")
            TieFactory(
                user=user,
                subject_id=county.children[f"tie ended{restricted}"].pk,
                why="worker",
                from_on=LONG_AGO,
                to_on=YESTERDAY,
            )
            child = county.children[f"of one TAC{restricted}"]
            TacFactory(child=child)
            TieFactory(user=user, subject_id=child.pk, why="lead_professional")
            TieFactory(user=user, subject_type="tac", subject_id=child.tacs.earliest("pk").pk, why="lead_professional")
    county.users += [UserFactory(), UserFactory(role="social_worker", is_active=False)]
    return county


def seen_by_sql(model: type[models.Model]) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"select id from {model._meta.db_table}")
        return {row[0] for row in cursor.fetchall()}


@contextmanager
def as_the_pages() -> Iterator[None]:
    with transaction.atomic():
        databases.act_as("web")
        yield
        databases.act_as("worker")


QUERIES: dict[type[models.Model], Callable[..., Any]] = {
    Child: children_visible_to,
    Tac: tacs_visible_to,
    Placement: placements_visible_to,
}


@pytest.mark.django_db
@pytest.mark.login("pages")
@pytest.mark.parametrize("model", QUERIES, ids=lambda model: model.__name__)
def test_sql_shows_each_role_what_the_queries_show(model: type[models.Model]) -> None:
    county = a_county()
    shown: dict[str, set[int]] = {}
    for user in county.users:
        expected = set(QUERIES[model](user, on=TODAY).values_list("pk", flat=True))
        with as_the_pages(), acting.viewing(user, on=TODAY):
            shown[str(user)] = seen_by_sql(model)
            assert shown[str(user)] == expected, f"{user}: {user.roles_held.first()}"
            history = {row[0] for row in _fetch(f"select id from {model._meta.db_table}_history where to_tx is null")}
            assert history == expected
    # It is tried on those who see some, and on those who see none.
    assert set() in shown.values()
    assert max(map(len, shown.values())) > 0


def _fetch(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_who_looks_within_anothers_reading_looks_no_longer_than_that() -> None:
    first, second = UserFactory(role="social_worker"), UserFactory(role="social_worker")
    own = {user: ChildFactory() for user in (first, second)}
    for user, child in own.items():
        TieFactory(user=user, subject_id=child.pk, why="worker")

    def seen() -> set[int]:
        return seen_by_sql(Child)

    with as_the_pages():
        with acting.viewing(first, on=TODAY):
            with acting.viewing(second, on=TODAY):
                assert seen() == {own[second].pk}
            assert seen() == {own[first].pk}
            with suppress(ValueError), acting.viewing(second, on=TODAY):
                raise ValueError
            assert seen() == {own[first].pk}
            with suppress(DatabaseError), acting.viewing(second, on=TODAY):
                _fetch("select 1 / 0")
            assert seen() == {own[first].pk}
        assert seen() == set()


ABOUT_OTHERS_TOO = ("audit_event", "flags_flag", "flags_flag_history")


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_where_nobody_looks_nothing_is_seen() -> None:
    tell_of(next(iter(a_county().children.values())))
    models_held = rows.about_children()
    assert len(models_held) >= 14
    tables = [model._meta.db_table for model in models_held]
    tables += [f"{model._meta.db_table}_history" for model in models_held if issubclass(model, Recorded)]
    # Of these, what is about no child is read by more.
    counts = {
        table: f"select count(*) from {table}{' where child_id is not null' if table in ABOUT_OTHERS_TOO else ''}"
        for table in tables
    }
    assert not FlagStep.objects.filter(flag__child_id=None).exists()
    for table in ("audit_event", "flags_flag", "flags_flag_history", "flags_flagstep", "people_draft"):
        assert _fetch(counts[table]) != [(0,)]
    with as_the_pages():
        assert {table: _fetch(count) for table, count in counts.items()} == {table: [(0,)] for table in counts}


# --- over raw connections -------------------------------------------------------------------------------------------


@pytest.fixture
def raw(own_database: str) -> Iterator[tuple[psycopg.Connection[Any], User, Child, Child]]:
    """A connection of the pages, a user, a child they are tied to, and another child."""
    user, own = UserFactory(role="social_worker"), ChildFactory(dob=None)
    other = ChildFactory(surname="Zebrowski", ethnicity="Zebrowski")
    TieFactory(user=user, subject_id=own.pk, why="worker", from_on=LONG_AGO)
    TacFactory(child=other)
    tell_of(other)
    with psycopg.connect(databases.login_url("web", own_database)) as opened:
        yield opened, user, own, other


def tell_of(child: Child) -> None:
    """The name in every other table that may hold it."""
    writer, at = UserFactory(role="information_governance"), datetime(2016, 7, 31, 9, 0, tzinfo=UTC)
    drafts.keep(user=writer, form="f", subject="/s/", base=0, payload={"t": child.surname}, seq=None, at=at)
    people.look_at_child(child_id=child.pk, page=child.surname, act=Act(writer, at, TODAY))
    flag = Flag.objects.create(
        kind="setting_adverse",
        key="f",
        subject_type="placement",
        subject_id=1,
        child_id=child.pk,
        reason=child.surname,
        raised_at=at,
        raised_on=TODAY,
    )
    FlagStep.objects.create(flag=flag, code="v", action=child.surname, owner_role="worker", due_on=TODAY)
    incident = an_incident(a_world())
    IncidentChild.objects.create(incident=incident, child=child)
    HeldText.objects.create(
        incident=incident,
        subject_type="contracts.incident",
        subject_id=incident.pk,
        field="summary",
        text=child.surname,
        written_at=at,
    )


def look(opened: psycopg.Connection[Any], user: User) -> None:
    """As acting.act does, with the key of the site."""
    [(this,)] = opened.execute(f"select {acting.TRANSACTION}").fetchall()
    proof = acting.signed(f"{user.pk}|{TODAY.isoformat()}|{this}")
    assert opened.execute("select people_act(%s, %s, %s)", [user.pk, TODAY, proof]).fetchone() == (True,)


def children(opened: psycopg.Connection[Any]) -> set[int]:
    return {row[0] for row in opened.execute("select id from people_child").fetchall()}


def test_a_raw_connection_sees_nobody_and_who_looks_their_own(raw) -> None:
    opened, user, own, _ = raw

    assert children(opened) == set()
    look(opened, user)
    assert children(opened) == {own.pk}
    opened.rollback()
    assert children(opened) == set()


def test_what_was_signed_for_one_transaction_opens_no_other(raw) -> None:
    opened, user, own, _ = raw
    look(opened, user)
    [(said,)] = opened.execute("select current_setting('plumbline.acting')").fetchall()
    assert children(opened) == {own.pk}
    opened.commit()

    opened.execute("select set_config('plumbline.acting', %s, true)", [said])
    assert children(opened) == set()


@pytest.mark.parametrize("name", ["plumbline.acting", "plumbline.beyond"])
@pytest.mark.parametrize("said", ["{user}|2016-07-31|", "{user}|2016-07-31|00", "beyond", "", "a|b|c|d", "|||"])
def test_nobody_becomes_another_by_a_setting(raw, name: str, said: str) -> None:
    opened, user, _, _ = raw
    opened.execute("select set_config(%s, %s, false)", [name, said.format(user=user.pk)])

    assert children(opened) == set()


ATTEMPTS = (
    "copy (select surname from people_child) to stdout",
    "copy (select payload from people_draft) to stdout",
    "copy contracts_heldtext to stdout",
    "select * from people_draft, people_user u where u.id = user_id",
    "select reason, action from flags_flag f join flags_flagstep s on s.flag_id = f.id",
    "select reason from flags_flag_history",
    "select action from flags_flagstep_history",
    "select text from contracts_heldtext union all select text from contracts_heldtext_history",
    "select data from audit_event",
    "select to_jsonb(e) from audit_event e",
    "select string_agg(f::text, '') from flags_flag f",
    "select c.source_id from contracts_incidentchild i join people_numberedchild c on c.id = i.child_id",
    "select c.source_id from flags_flag f join people_numberedchild c on c.id = f.child_id",
    "select ethnicity from fact_child union all select ethnicity from fact_child_version",
    "select set_config('plumbline.counting', 'counting', true); select ethnicity from fact_child",
    "select payload::text::int from people_draft",
    "update people_draft set payload = payload returning payload",
    "update flags_flag set reason = reason returning reason",
    "delete from contracts_heldtext returning text",
    "insert into people_draft (user_id, form, subject, payload, base, page, seq, saved_at)"
    " select user_id, form, 'again', payload, 0, '', 0, now() from people_draft returning payload",
    "copy people_child (surname) to stdout",
    "select c.surname from people_child c join earlyhelp_tac t on t.child_id = c.id",
    "select surname from people_child_history",
    "with hidden as materialized (select * from people_child) select surname from hidden",
    "select (select string_agg(surname, ',') from people_child)",
    "select query_to_xml('select surname from people_child', true, false, '')",
    "select table_to_xml('people_child', true, false, '')",
    "select most_common_vals::text from pg_stats where tablename like 'people_child%'",
    # An error that tells what it met, were it met.
    "select surname::int from people_child",
    "select 1 / (case when surname like 'Z%' then 0 else 1 end) from people_child",
    "update people_child set forename = forename where surname = 'Zebrowski' returning surname",
    "delete from earlyhelp_tac returning source_id",
    "select surname from people_child for update",
    "explain (analyze, verbose) select * from people_child where id = (select min(id) from people_child)",
    "set row_security = off; select surname from people_child",
    "create function pg_temp.told(t text) returns boolean language plpgsql cost 0.0001 as"
    " $$ begin raise notice '%', t; return true; end $$; select count(*) from people_child where pg_temp.told(surname)",
)


@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("looks", [False, True])
def test_no_way_round_tells_of_another_child(raw, attempt: str, looks: bool) -> None:
    opened, user, _, other = raw
    heard: list[str] = []
    opened.add_notice_handler(lambda notice: heard.append(notice.message_primary or ""))
    if looks:
        look(opened, user)
    try:
        if attempt.startswith("copy"):
            with opened.cursor().copy(attempt) as copy:
                heard += [bytes(part).decode() for part in copy]
        else:
            cursor = opened.execute(attempt)
            while True:
                heard += [str(row) for row in cursor.fetchall()] if cursor.description else []
                if not cursor.nextset():
                    break
    except psycopg.Error as refused:
        heard.append(str(refused))

    assert not [each for each in heard if other.surname in each or other.source_id in each]
    assert "division by zero" not in " ".join(heard)


def test_no_session_reads_what_another_asks(raw, own_database: str) -> None:
    opened, user, _, _ = raw
    look(opened, user)
    with psycopg.connect(databases.login_url("web", own_database)) as another:
        another.execute("select 'Zebrowski' as searched_for")
        for attempt in (
            "select query from pg_stat_activity",
            "select pg_stat_get_backend_activity(s) from generate_series(0, 200) s",
            "select (pg_stat_get_activity(null)).query",
        ):
            with pytest.raises(psycopg.Error, match="permission denied for function"), opened.transaction():
                opened.execute(attempt)


def test_figures_are_worked_out_from_what_nothing_else_reads(own_database: str) -> None:
    ChildFactory(ethnicity="Zebrowski")
    read = "select count(*) from fact_child where ethnicity = 'Zebrowski'"
    analyst = UserFactory(role="performance_analyst")
    with connected_as_the_pages(own_database):
        assert _fetch(read) == [(0,)]
        with snapshot():
            assert _fetch(read) == [(1,)]
        assert _fetch(read) == [(0,)]
        with acting.viewing(analyst, on=TODAY):
            with snapshot():
                assert _fetch(read) == [(1,)]
            assert _fetch(read) == [(0,)]


def test_a_hidden_child_and_one_that_is_not_there_answer_alike(raw) -> None:
    opened, user, _, other = raw
    said = []
    for number in (other.pk, 2**40):
        look(opened, user)
        with pytest.raises(psycopg.Error) as refused:
            opened.execute(
                "insert into people_familymember (family_id, child_id, from_on) values (1, %s, '2016-01-01')", [number]
            )
        said.append((refused.value.sqlstate, str(refused.value)))
        opened.rollback()

    assert said[0] == said[1]
    assert said[0][0] == "42501"


# --- kept true ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_comes_near_is_kept_as_worked_out_from_nothing() -> None:
    placed, allocated, ended = ChildFactory(), ChildFactory(), ChildFactory()
    PlacementFactory(child=placed)
    row = InvolvementFactory(child=allocated)
    InvolvementFactory(child=ended, to_on=date(2016, 1, 1))
    row.to_on = date(2016, 2, 2)
    row.save()

    assert near() == {placed.pk: "infinity", allocated.pk: "2016-02-02", ended.pk: "2016-01-01"}


@pytest.mark.django_db
def test_a_row_that_goes_or_becomes_another_childs_leaves_nobody_near() -> None:
    first, second = ChildFactory(), ChildFactory()
    row, placed = InvolvementFactory(child=first, to_on=date(2016, 1, 1)), PlacementFactory(child=first)
    row.child = second
    row.save()
    assert near() == {first.pk: "infinity", second.pk: "2016-01-01"}
    placed.delete()
    assert near() == {second.pk: "2016-01-01"}


def near() -> dict[int, str]:
    return dict(_fetch("select child_id, until::text from people_near"))


@contextmanager
def connected_as_the_pages(database: str) -> Iterator[None]:
    parts = psycopg.conninfo.conninfo_to_dict(databases.login_url("web", database))
    connection.close()
    connection.settings_dict.update(USER=parts["user"], PASSWORD=parts["password"])
    yield
    connection.close()


def test_a_file_that_is_sent_after_the_pages_transaction_holds_the_same_rows(own_database: str, settings: Any) -> None:
    settings.TODAY = TODAY
    user, own = UserFactory(role="social_worker"), ChildFactory()
    ChildFactory()
    TieFactory(user=user, subject_id=own.pk, why="worker")
    client = as_(user)
    with connected_as_the_pages(own_database):
        lines = b"".join(client.get("/children/?format=csv").streaming_content).decode().splitlines()

    assert len(lines) == 2
    assert own.source_id in lines[1]


def test_an_operation_looks_at_every_record_and_what_follows_does_not(own_database: str) -> None:
    child = ChildFactory()
    user = UserFactory(role="elected_member")

    @acting.operation
    def count() -> int:
        return Child.objects.count()

    @acting.operation
    def fails() -> None:
        raise ValueError(Child.objects.count())

    @acting.over_all_records
    def lazy() -> Any:
        return Child.objects.all()

    @acting.over_all_records
    def later() -> Any:
        return (child.pk for child in Child.objects.all())

    with connected_as_the_pages(own_database), acting.viewing(user, on=TODAY):
        assert (Child.objects.count(), count(), Child.objects.count()) == (0, 1, 0)
        with pytest.raises(ValueError, match="1"):
            fails()
        assert Child.objects.filter(pk=child.pk).first() is None
        for unread in (lazy, later):
            with pytest.raises(TypeError, match="to be read as the viewer"):
                unread()
        with pytest.raises(Exception, match="division by zero"), transaction.atomic():
            acting.operation(lambda: _fetch("select 1 / 0"))()
        assert Child.objects.count() == 0
