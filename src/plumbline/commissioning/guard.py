"""What the database itself refuses about tenders, bids and scores, no matter who writes, by whatever route.

- A tender goes out only with a published business-information assessment as its stage 1; from then on what is asked,
  how it is weighed and how many it may be awarded to, does not change.
- A bid that failed, was disqualified or was withdrawn stays so; one that failed a criterion of stage 1, or whose
  supplier is excluded, never passes; none passes with a ground for exclusion not looked at, and none is entered passed.
- Only a bid that passed stage 1 is scored, has its scores moderated, or is awarded.
- Only a framework is awarded to several bids, and these awards go on together.
- The scores of an evaluator who has locked them, and the lock itself, never change.

Each reads its bid (or evaluator) under a share lock, so that a score and the failing of its bid, written at the same
instant, wait for each other.
"""

import psycopg
from django.db import DatabaseError, connection

from plumbline.commissioning.models import ExclusionCheck
from plumbline.kernel.errors import RuleBroken

# The SQLSTATE with which the database refuses.
REFUSED = "PL002"

SQL = f"""
create or replace function commissioning_tender_goes_out() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if new.state not in ('draft', 'approved', 'abandoned') and not exists (
        select from toolkits_toolkitversion v
        where v.id = new.stage1_id and v.state <> 'draft' and v.content ->> 'purpose' = 'tender_stage1')
    then
        raise exception 'Nothing goes out without stage 1: a published business-information assessment.'
            using errcode = 'PL002';
    end if;
    if tg_op = 'UPDATE' and old.state not in ('draft', 'approved') and row(
        new.kind, new.stage1_id, new.questions_id, new.quality_share, new.method, new.reason_beyond)
        is distinct from row(
        old.kind, old.stage1_id, old.questions_id, old.quality_share, old.method, old.reason_beyond)
    then
        raise exception 'How a tender is bought, what it asks and how it weighs are fixed when it is published.'
            using errcode = 'PL002';
    end if;
    return new;
end $$;
create or replace trigger guard_published before insert or update of state, kind, stage1_id, questions_id,
    quality_share, method, reason_beyond on commissioning_tender
    for each row execute function commissioning_tender_goes_out();

create or replace function commissioning_bid_keeps_outcome() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if old.state in ('failed', 'disqualified', 'withdrawn') then
        raise exception 'A bid that was stopped goes no further.' using errcode = 'PL002';
    end if;
    if new.state in ('passed', 'recommended', 'successful') and exists (
        select from commissioning_stage1decision d where d.bid_id = new.id and d.decision = 'fail')
    then
        raise exception 'A bid that failed a criterion of stage 1 goes no further.' using errcode = 'PL002';
    end if;
    if new.state in ('passed', 'recommended', 'successful') and (
        exists (select from commissioning_exclusioncheck c where c.bid_id = new.id and c.result = 'excluded')
        or (select count(*) from commissioning_exclusioncheck c where c.bid_id = new.id)
            < {len(ExclusionCheck.Ground)})
    then
        raise exception 'A bid goes on only once each ground for exclusion was looked at, and none excludes.'
            using errcode = 'PL002';
    end if;
    return new;
end $$;
create or replace trigger guard_outcome before update of state on commissioning_bid for each row
    when (new.state is distinct from old.state) execute function commissioning_bid_keeps_outcome();

create or replace function commissioning_bid_comes_in() returns trigger language plpgsql as $$
begin
    raise exception 'A bid is entered as received; stage 1 decides whether it passes.' using errcode = 'PL002';
end $$;
create or replace trigger guard_entered before insert on commissioning_bid for each row
    when (new.state in ('passed', 'recommended', 'successful')) execute function commissioning_bid_comes_in();

create or replace function commissioning_bid_goes_on() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    standing text;
begin
    select b.state into standing from commissioning_bid b where b.id = new.bid_id for share;
    if standing in ('failed', 'disqualified', 'withdrawn') then
        raise exception 'A bid that was stopped goes no further.' using errcode = 'PL002';
    end if;
    if standing in ('received', 'clarification') then
        raise exception 'A bid goes on to evaluation once it has passed stage 1.' using errcode = 'PL002';
    end if;
    return new;
end $$;
create or replace trigger guard_bid before insert or update of bid_id, score on commissioning_score
    for each row execute function commissioning_bid_goes_on();
create or replace trigger guard_bid before insert or update of bid_id, score on commissioning_moderatedscore
    for each row execute function commissioning_bid_goes_on();
create or replace trigger guard_bid before insert or update of bid_id on commissioning_award
    for each row execute function commissioning_bid_goes_on();

create or replace function commissioning_awards_together() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    bought text;
    standing int;
    steps int;
begin
    -- One after the other, should two awards of one tender be written at the same instant.
    select t.kind into bought from commissioning_tender t where t.id = new.tender_id for no key update;
    select count(*), count(distinct (a.state, a.recommended_at, a.recommended_by_id, a.approved_at, a.approved_by_id,
            a.approved_on, a.notice_on, a.standstill_until, a.awarded_on, a.awarded_at, a.awarded_by_id,
            a.details_published_on))
        into standing, steps from commissioning_award a
        where a.tender_id = new.tender_id and a.state <> 'cancelled';
    if standing > 1 and bought <> 'framework' then
        raise exception 'Only a framework is awarded to several suppliers.' using errcode = 'PL002';
    end if;
    if steps > 1 then
        raise exception 'The awards of a framework are recommended, approved and made together.'
            using errcode = 'PL002';
    end if;
    return null;
end $$;
create or replace trigger guard_together after insert or update on commissioning_award
    for each row execute function commissioning_awards_together();

create or replace function commissioning_score_locked() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    locked timestamptz;
begin
    -- In order of their numbers, should a score be moved from one evaluator to another.
    perform from commissioning_evaluator e
        where e.id in (case when tg_op = 'INSERT' then new.evaluator_id else old.evaluator_id end,
            case when tg_op = 'DELETE' then old.evaluator_id else new.evaluator_id end)
        order by e.id for share;
    select max(e.locked_at) into locked from commissioning_evaluator e
        where e.id in (case when tg_op = 'INSERT' then new.evaluator_id else old.evaluator_id end,
            case when tg_op = 'DELETE' then old.evaluator_id else new.evaluator_id end);
    if locked is not null then
        raise exception 'The evaluator has locked the scores; they do not change any more.' using errcode = 'PL002';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end $$;
create or replace trigger guard_locked before insert or update or delete on commissioning_score
    for each row execute function commissioning_score_locked();

create or replace function commissioning_lock_stays() returns trigger language plpgsql as $$
begin
    raise exception 'Scores that were locked stay locked.' using errcode = 'PL002';
end $$;
create or replace trigger guard_lock before update of locked_at on commissioning_evaluator for each row
    when (old.locked_at is not null and new.locked_at is distinct from old.locked_at)
    execute function commissioning_lock_stays();
"""


def sync() -> None:
    """Bring the functions and triggers up to date. Run by the owner after every migration."""
    with connection.cursor() as cursor:
        cursor.execute(SQL)


def refusal(error: DatabaseError) -> RuleBroken | None:
    """The database's refusal as a sentence, or None where it refused for another reason."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error) or cause.sqlstate != REFUSED:
        return None
    return RuleBroken(cause.diag.message_primary or "", code="bid_stopped")
