"""What the logins `web` (pages) and `worker` (imports, background work) may do in the database, by kind of relation.

Everything is taken away first and given again here, so that what is not named has no right: a view is read, a history
is read, a function is run only where it is listed. The matrix of what came of it is docs/reference/rights.md, compared
with the database by a test that also tries each right.
"""

from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.backends.utils import CursorWrapper

# Tables that both only read: written by triggers, by migrations or by the owner's `init`.
READ = ("audit_moment", "people_near", "django_migrations", "django_content_type", "auth_permission")
# Not even read: the one's lock holds up every commit, the other is what the pages sign with.
NONE = ("audit_gate", "people_actingkey")
# Added to; never changed and never taken away.
ADDED = ("audit_event", "placements_enquiry", "indicators_frozenfigure", "indicators_publication")
# Changed as the rules allow; never taken away.
KEPT = ("placements_placementexception", "people_roleasked", "people_invitation")

# Functions that a login runs itself. Those of triggers need no right, and nothing else is given.
FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    # Jobs are asked for by pages, and done by the worker.
    "procrastinate_defer_jobs_v1": ("web", "worker"),
    "audit_choose_moment": ("web", "worker"),
    # The pages show who acts, and the database believes it where it is signed.
    "people_act": ("web", "worker"),
    # Asked by the policies of tables about children, as the login that reads them.
    "people_beyond": ("web",),
    # Asked by the views behind figures.
    "people_counting": ("web", "worker"),
    "people_viewer": ("web",),
    "people_viewed_on": ("web",),
    "people_viewer_holds": ("web",),
    # Whose flags and duties are the viewer's: asked by policies and by the pages that read them.
    "people_keys_of": ("web", "worker"),
    "people_keys_of_the_viewer": ("web",),
    "due_work": ("web", "worker"),
    # What the pages may not write themselves: each checks who decides, or what is known.
    "placements_decide_exception": ("web", "worker"),
    "ofsted_keep_evaluation": ("web",),
}
_STATUS_OF_SETTING = ("id", "register", "urn", "status", "status_since", "reasons", "rule_version", "judgements_rev",
                      "evaluated_rev")  # fmt: skip
# Behind pg_stat_activity.
_OTHER_SESSIONS = "pg_stat_get_activity(integer), pg_stat_get_backend_activity(integer)"
# Those of the job queue; its triggers call each other as the login that asks for a job.
_QUEUE = "procrastinate\\_%"
_QUEUE_TRIGGERS = "procrastinate\\_notify\\_%"


def sync(*, web: str, worker: str, facts: str) -> None:
    """Give the logins their rights, and the views to the role of the facts. Run by the owner after every migration."""
    quoted = {"web": connection.ops.quote_name(web), "worker": connection.ops.quote_name(worker)}
    both = f"{quoted['web']}, {quoted['worker']}"
    with connection.cursor() as cursor:
        cursor.execute(f"revoke all on all tables in schema public from public, {both}")
        cursor.execute(f"revoke all on all sequences in schema public from public, {both}")
        cursor.execute(f"revoke create on schema public from public; grant usage on schema public to {both}")
        _give_views_away(cursor, facts=connection.ops.quote_name(facts), both=both)
        _grant_tables(cursor, both)
        _grant_sequences(cursor, both)
        _grant_functions(cursor, quoted, both)
        _hide_other_sessions(cursor)
        # The trail: the database numbers it, and only the worker seals it.
        cursor.execute(
            f"grant insert ({_columns('audit_event', but=('no',))}) on audit_event to {both};"
            f"grant insert on audit_seal to {quoted['worker']};"
            f"grant insert, update on audit_head to {quoted['worker']};"
            f"grant select on sequence audit_event_no_seq to {both};"
            f"grant update (seal_no) on audit_event to {quoted['worker']}"
        )
        # Whose placement it is, and with it that it had happened already, stays as it was written.
        columns = _columns("placements_placement", but=("source",))
        cursor.execute(
            f"revoke update, delete on placements_placement from {quoted['web']};"
            f"grant update ({columns}) on placements_placement to {quoted['web']}"
        )
        # Where a row came from is for the import to say.
        for table in _relations(cursor, "r"):
            if table.endswith("origin"):
                cursor.execute(f"revoke insert, update, delete on {table} from {quoted['web']}")
        # Nor do pages say what a setting's status is or was, which setting it is, or how an exception was decided; nor
        # do they take a setting away, to make it again as one of which nothing is known.
        columns = _columns("ofsted_setting", but=_STATUS_OF_SETTING)
        cursor.execute(
            f"revoke update on ofsted_setting from {quoted['web']};"
            f"grant update ({columns}) on ofsted_setting to {quoted['web']};"
            f"revoke delete on ofsted_setting from {quoted['web']};"
            f"revoke insert, update, delete on ofsted_statusperiod from {quoted['web']};"
            f"revoke update on placements_placementexception from {quoted['web']};"
            f"grant update (ends_on) on placements_placementexception to {quoted['web']}"
        )


def _give_views_away(cursor: CursorWrapper, *, facts: str, both: str) -> None:
    """Views are read, and what lies behind them is read as a role that may do nothing else."""
    cursor.execute(f"grant usage, create on schema public to {facts}")
    cursor.execute(f"grant select on all tables in schema public to {facts}")
    for view in _relations(cursor, "v"):
        cursor.execute(f"alter view {view} owner to {facts}")
        cursor.execute(f"grant select on {view} to {both}")
    cursor.execute(f"revoke create on schema public from {facts}")


def _grant_tables(cursor: CursorWrapper, both: str) -> None:
    for table in _relations(cursor, "r"):
        if table in NONE:
            continue
        given = "select"
        if table in ADDED:
            given = "select, insert" if table != "audit_event" else "select"
        elif table in KEPT:
            given = "select, insert, update"
        elif table not in (*READ, "audit_seal", "audit_head") and not table.endswith("_history"):
            given = "select, insert, update, delete"
        cursor.execute(f"grant {given} on {table} to {both}")


def _grant_sequences(cursor: CursorWrapper, both: str) -> None:
    """An identity column needs no right to its sequence; the others are those of the queue of jobs."""
    cursor.execute(
        """select quote_ident(s.relname) from pg_class s join pg_depend d on d.objid = s.oid and d.deptype = 'a'
           where s.relkind = 'S' and s.relnamespace = 'public'::regnamespace and d.classid = 'pg_class'::regclass"""
    )
    for (sequence,) in cursor.fetchall():
        cursor.execute(f"grant usage on sequence {sequence} to {both}")
    # A placement that is tried and refused has its number first.
    cursor.execute(f"grant usage on sequence placements_placement_id_seq to {both}")


def _grant_functions(cursor: CursorWrapper, quoted: Mapping[str, str], both: str) -> None:
    """Ours and those of the queue; those of an extension are used by operators and indexes, and stay as they are."""
    cursor.execute(
        """select p.oid::regprocedure::text, p.proname, p.proname like %s, p.proname like %s
           from pg_proc p where p.pronamespace = 'public'::regnamespace
               and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
           order by 1""",
        [_QUEUE, _QUEUE_TRIGGERS],
    )
    for signature, name, of_queue, of_queue_trigger in cursor.fetchall():
        cursor.execute(f"revoke all on function {signature} from public, {both}")
        for login in FUNCTIONS.get(name, ("worker",) if of_queue and not of_queue_trigger else ()):
            cursor.execute(f"grant execute on function {signature} to {quoted[login]}")


def _hide_other_sessions(cursor: CursorWrapper) -> None:
    """What another session asks, with its values, these show to its own login, and all sessions of the pages have one.

    Only a superuser can forbid it; where the owner is none, the server's administrator does
    (docs/how-to/own-postgresql.md).
    """
    cursor.execute("select rolsuper from pg_roles where rolname = current_user")
    if cursor.fetchone()[0]:
        cursor.execute(
            f"revoke execute on function {_OTHER_SESSIONS} from public; grant execute on function {_OTHER_SESSIONS} to"
            " pg_monitor"
        )


def _relations(cursor: CursorWrapper, kind: str) -> list[str]:
    cursor.execute(
        """select quote_ident(c.relname) from pg_class c where c.relnamespace = 'public'::regnamespace
           and c.relkind = %s and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
           order by 1""",
        [kind],
    )
    return [row[0] for row in cursor.fetchall()]


def _columns(table: str, *, but: Iterable[str]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            """select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
               where attrelid = %s::regclass and attnum > 0 and not attisdropped and attname <> all(%s)""",
            [table, list(but)],
        )
        return cursor.fetchone()[0]
