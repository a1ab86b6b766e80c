"""What figures are made of here: the statuses of settings, and the days on which they were looked up.

Neither is a filter on one table, so each is a pair of views of its own.
"""

# That a setting was looked up is kept on the setting itself, as the last day of it (ofsted). The days before that are
# in its history, and are never taken back.
_CHECKS = """
create or replace view fact_setting_check_version as
    select id as setting_id, last_checked_on as checked_on, min(from_tx) as from_tx, null::bigint as to_tx
    from ofsted_setting_history where last_checked_on is not null group by id, last_checked_on;
create or replace view fact_setting_check as
    select setting_id, checked_on from fact_setting_check_version;
"""

# A setting of no list has no judged status: it is unmatched for as long as the setting's own row says so.
_STATUS = """
create or replace view fact_setting_status as
    select setting_id, status::text, from_on, to_on from ofsted_statusperiod
    union all select id, 'unmatched', date '0001-01-01', null::date from ofsted_setting s where status = 'unmatched'
        and not exists (select from ofsted_statusperiod p where p.setting_id = s.id)
    union all select 0, 'unmatched', date '0001-01-01', null::date;
create or replace view fact_setting_status_version as
    select setting_id, status::text, from_on, to_on, from_tx, to_tx from ofsted_statusperiod_history
    union all select id, 'unmatched', date '0001-01-01', null::date, from_tx, to_tx
        from ofsted_setting_history where status = 'unmatched'
    union all select 0, 'unmatched', date '0001-01-01', null::date, 0, null::bigint;
"""

VIEWS = _STATUS + _CHECKS
