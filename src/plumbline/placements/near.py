"""Which children come near a role that reaches placements: those who were ever placed, and until when those are
allocated to a worker. Kept by triggers in a table of `people`, so that its rule about each of thousands of rows reads
one row. Numbers alone."""

from django.db import connection

_NEAR_OF = """
insert into people_near (child_id, until)
    select x.child_id, max(x.until) from (
        select child_id, 'infinity'::date as until from placements_placement
        union all select child_id, coalesce(to_on, 'infinity') from socialcare_involvement) x
    where {children} group by x.child_id
    on conflict (child_id) do update set until = excluded.until where people_near.until <> excluded.until;
delete from people_near n where {gone} and not exists (select from placements_placement p where p.child_id = n.child_id)
    and not exists (select from socialcare_involvement i where i.child_id = n.child_id);
"""
_CHANGED = "in (select child_id from changed)"
_KEPT = f"""
{_NEAR_OF.format(children="true", gone="true")}
create or replace function placements_keep_near() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    {_NEAR_OF.format(children=f"x.child_id {_CHANGED}", gone=f"n.child_id {_CHANGED}")}
    return null;
end $$;
"""
# A row that is changed may be another child's afterwards: both are looked at.
_TRIGGERS = "".join(
    f"""
create or replace trigger near_{event}_{rows} after {event} on {table} referencing {rows} table as changed
    for each statement execute function placements_keep_near();"""
    for table in ("placements_placement", "socialcare_involvement")
    for event, rows in (("insert", "new"), ("update", "new"), ("update", "old"), ("delete", "old"))
)


def sync() -> None:
    """Work them out, and keep them from now on. Run by the owner after every migration, once there are policies."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT + _TRIGGERS)
