"""What waits for one person, in one reading: a function of the database, which keeps its plan from page to page.

It reads past the rows' own policy, since to ask that of each of thousands of rows takes longer than all else, and asks
the same of the person once: that they are the one who looks.
"""

from django.db.backends.utils import CursorWrapper

from plumbline.due.rules import Band
from plumbline.kernel.duties import BACK, WAIT, Gravity
from plumbline.people.acting import OF_THE_MACHINE

# So many duties of one matter are shown; the others are counted.
SHOWN = 6
# Of a list that is longer than a page so many are shown where all of it is asked for; the tiles lead to the rest.
FEW = 12
# What came back to someone, and what a record waits for, are kept beside the duties and are none.
A_DUTY = f"left({{row}}.kind, {len(BACK)}) not in ('{BACK}', '{WAIT}')"
_THEIRS = (
    "{row}.whose = any(mine) and viewer <> all({row}.but) and ({row}.shows_from is null or {row}.shows_from <= at)"
)
_DANGER = int(Gravity.DANGER)
# What sorts matters within a band, and duties within a matter, as one number: a child in danger, what is late and of it
# the gravest, then what comes first (by the minute), of that the gravest. By band: due.rules.
ORDER = f"""case when {{gravity}} = {_DANGER} then case when {{minute}} < {{now}} then 0 else 1 end
    when {{minute}} < {{now}} then 2 + {{gravity}} else 9 end * 1000000000::bigint
    + coalesce({{minute}}, {{week}}) * 10::bigint + {{gravity}}"""
MINUTE = "floor(extract(epoch from {row}.due_at) / 60)::int"
_A_BAND = 10**10
_BAND = f"""case
    when m.gravity = {_DANGER} and (m.minute is null or m.minute <= today) then {int(Band.NOW)}
    when m.minute <= today then case when m.gravity <= {int(Gravity.LAW)} then {int(Band.NOW)}
        else {int(Band.TODAY)} end
    when m.minute is null or m.minute <= week then {int(Band.WEEK)}
    else {int(Band.PLANNED)} end"""
# A rank is a band and, within it, a tenth part of its order: 0 and 2 to 8 are late.
_NUMBERS = ", ".join(f"coalesce(sum(r.number) filter (where r.rank / 10 = {int(band)}), 0)" for band in Band)
_TO_DO = f"r.rank / 10 < {int(Band.PUT_OFF)}"
_OF_MATTER = ORDER.format(gravity="m.gravity", minute="m.minute", now="now", week="week")
_OF_ITEM = ORDER.format(gravity="i.gravity", minute=MINUTE.format(row="i"), now="now", week="week")
# A matter that was put off is listed apart, unless a child in it is in danger.
_FUNCTION = f"""
drop function if exists due_work;
create function due_work(
    viewer bigint, on_day date, at timestamptz, now int, today int, week int, asked int, most int, before int,
    out numbers int[], out late int, out band int, out number int, out nth int, out item due_item
) returns setof record
language plpgsql stable security definer set search_path = public, pg_temp as $$
#variable_conflict use_variable
declare
    mine text[] := people_keys_of(viewer, on_day);
begin
    if not ({OF_THE_MACHINE} or people_beyond() or viewer is not distinct from people_viewer()) then
        raise insufficient_privilege using message = 'Another person’s work is not shown.';
    end if;
    return query
    with matters as materialized (
        select m.matter_type, m.matter_id, min({_OF_MATTER}
            + {_A_BAND} * case when p.id is not null and m.gravity > {_DANGER} then {int(Band.PUT_OFF)}
                else {_BAND} end) as sort
        from due_matter m
        left join due_putoff p on p.user_id = viewer and p.matter_type = m.matter_type and p.matter_id = m.matter_id
            and p.until_on > on_day
        where {_THEIRS.format(row="m")}
        group by m.matter_type, m.matter_id
    ), ranked as (
        select c.sort / {_A_BAND // 10} as rank, count(*) as number from matters c group by 1
    ), counted as materialized (
        select array[{_NUMBERS}]::int[] as numbers, coalesce(sum(r.number) filter (where {_TO_DO}), 0) as total,
            coalesce(sum(r.number) filter (where {_TO_DO} and r.rank % 10 not in (1, 9)), 0)::int as late
        from ranked r
    ), shown as materialized (
        select c.matter_type, c.matter_id, c.sort from matters c
        where case when asked is null then c.sort < {int(Band.PUT_OFF)} * {_A_BAND}::bigint
            else c.sort >= asked * {_A_BAND}::bigint and c.sort < (asked + 1) * {_A_BAND}::bigint end
        order by c.sort, c.matter_type, c.matter_id offset before
        limit (select case when asked is null and c.total > most then {FEW} else most end from counted c)
    ), those as (
        -- Each once, though several keys lead to it.
        select distinct on (i.subject_id, i.kind, i.subject_type, i.about)
            i.id, s.matter_type, s.matter_id, s.sort, {_OF_ITEM} as order_in
        from shown s join due_item i on i.matter_type = s.matter_type and i.matter_id = s.matter_id
        where {A_DUTY.format(row="i")} and {_THEIRS.format(row="i")}
        order by i.subject_id, i.kind, i.subject_type, i.about, i.whose
    ), placed as (
        select t.id, t.sort, row_number() over here as nth,
            count(*) over (partition by t.matter_id, t.matter_type) as number
        from those t window here as (partition by t.matter_id, t.matter_type order by t.order_in, t.id)
    ), back as (
        -- Until it is read, the newest first.
        select i.id, row_number() over (order by i.about desc, i.id) as nth
        from due_item i where asked is null and i.kind like '{BACK}%' and {_THEIRS.format(row="i")}
            and not exists (select from due_seen s where s.user_id = viewer and s.kind = i.kind
                and s.subject_type = i.subject_type and s.subject_id = i.subject_id and s.about = i.about)
        order by i.about desc, i.id limit 25
    ), listed as (
        select p.id, p.sort, p.number, p.nth from placed p where p.nth <= {SHOWN}
        union all select b.id, null, null, b.nth from back b
    )
    select c.numbers, c.late, (l.sort / {_A_BAND})::int, l.number::int, l.nth::int, i
    from counted c left join (listed l join due_item i on i.id = l.id) on true
    order by l.sort, case when l.sort is null then l.nth end, i.matter_type, i.matter_id, l.nth;
end $$;
"""


def sync(cursor: CursorWrapper) -> None:
    """Make the function. Run by the owner after every migration."""
    cursor.execute(_FUNCTION)
