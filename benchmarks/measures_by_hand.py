"""The same questions as SQL written by hand for these very tables: what a good analyst would run.

The first statement of each gives month, sector of the lead, and the figures (denominator, numerator; a count alone;
or quartiles). Where the figure of the whole does not follow from these, a second one gives it, as the answer has it.
"""

_FIRST, _LAST, _HORIZON = "date '2006-04-01'", "date '2016-03-31'", "date '2016-07-31'"


def _month(day: str) -> str:
    return f"cast(date_trunc('month', cast({day} as timestamp)) as date)"


_SECTOR = "coalesce(nullif(o.sector, ''), 'not recorded')"
_ORGANISATION = "left join fact_organisation o on o.organisation_id = {}.lead_organisation_id"
_MONTHS = (
    "(select cast(month as date) as month from generate_series(timestamp '2006-04-01', timestamp '2016-03-01', "
    "interval '1 month') s(month))"
)


def _standing(steps: str, figures: tuple[str, ...]) -> str:
    """`steps`: month, sector and the changes of each figure. Before the first month counts as the first."""
    sums = ", ".join(f"sum({name}) as {name}" for name in figures)
    running = ", ".join(
        f"sum(coalesce({name}, 0)) over (partition by g.sector order by g.month) as {name}" for name in figures
    )
    return (
        f"with steps as (select greatest(month, {_FIRST}) as month, sector, {sums} from ({steps}) s group by 1, 2)"
        f" select g.month, g.sector, {running}"
        f" from (select * from {_MONTHS} m cross join (select distinct sector from steps) x) g"
        " left join steps on steps.month = g.month and steps.sector = g.sector"
    )


def _open(figures: str, names: tuple[str, ...]) -> str:
    return _standing(
        " union all ".join(
            f"select {_month('t.' + day)} as month, {_SECTOR} as sector, {figures.format(sign=sign)}"
            f" from fact_tac t {_ORGANISATION.format('t')} where t.{day} <= {_LAST} group by 1, 2"
            for day, sign in (("started_on", ""), ("ended_on", "-"))
        ),
        names,
    )


# One year later; from 29 February, 1 March.
_YEAR_ON = (
    "(cast({0} + interval '1 year' as date) + case when date_part('month', {0}) = 2 and date_part('day', {0}) = 29"
    " then 1 else 0 end)"
)
_STARTED_YEAR_ON = _YEAR_ON.format("t.started_on")
_ENDED_YEAR_ON = _YEAR_ON.format("t.ended_on")

_OVER_A_YEAR = _standing(
    " union all ".join(
        f"select {_month(day)} as month, {_SECTOR} as sector, {n} as n, {k} as k from fact_tac t"
        f" {_ORGANISATION.format('t')} where {day} <= {_LAST} {more} group by 1, 2"
        for day, n, k, more in (
            ("t.started_on", "count(*)", "0", ""),
            ("t.ended_on", "-count(*)", f"-count(*) filter (where t.ended_on > {_STARTED_YEAR_ON} + 1)", ""),
            (
                f"{_STARTED_YEAR_ON} + 1",
                "0",
                "count(*)",
                f"and (t.ended_on is null or t.ended_on > {_STARTED_YEAR_ON} + 1)",
            ),
        )
    ),
    ("n", "k"),
)

_CHILDREN = (
    f"with spells as (select child_id, {_SECTOR} as sector, started_on,"
    " coalesce(ended_on, date '9999-01-01') as ended_on"
    f" from fact_tac t {_ORGANISATION.format('t')}),"
    " marked as (select *, max(ended_on) over (partition by child_id, sector order by started_on"
    " rows between unbounded preceding and 1 preceding) as before from spells),"
    " fresh as (select sector, greatest(started_on, before) as started_on, ended_on from marked"
    " where before is null or before < ended_on)"
    + _standing(
        " union all ".join(
            f"select {_month(day)} as month, sector, {sign}count(*) as n from fresh"
            f" where {day} <= {_LAST} group by 1, 2"
            for day, sign in (("started_on", ""), ("ended_on", "-"))
        ),
        ("n",),
    ).replace("with steps", ", steps", 1)
)


def _happened(day: str, figures: str, where: str = "", source: str = "fact_tac t", lead: str = "t") -> str:
    return (
        f"select {_month(day)} as month, {_SECTOR} as sector, {figures} from {source} {_ORGANISATION.format(lead)}"
        f" where {day} between {_FIRST} and {_LAST} {where} group by 1, 2"
    )


def _closed_share(condition: str) -> str:
    return _happened(
        "t.ended_on", f"count(*) as n, count(*) filter (where {condition}) as k", "and t.closure_code <> 'error'"
    )


_AUDITED = "fact_tac_audit a left join fact_tac t on t.tac_id = a.tac_id"

_REPEAT = _happened(
    "t.ended_on",
    "count(*) as n, count(again.tac_id) as k",
    f"and t.closure_code not in ('error', 'stepped_up') and {_ENDED_YEAR_ON} <= {_HORIZON}",
    "fact_tac t left join (select distinct t.tac_id from fact_tac t join ("
    "select child_id, started_on as came_on from fact_tac union all select child_id, referred_on from fact_referral) e"
    f" on e.child_id = t.child_id and e.came_on > t.ended_on and e.came_on <= {_ENDED_YEAR_ON}"
    f" where t.ended_on between {_FIRST} and {_LAST} and t.closure_code not in ('error', 'stepped_up')"
    ") again on again.tac_id = t.tac_id",
)

# A join, since "recorded or exists (…)" took PostgreSQL four times as long.
_STEPPED_DOWN = _happened(
    "t.started_on",
    "count(*) as n",
    "and (t.step_down_recorded or i.tac_id is not null)",
    "fact_tac t left join (select distinct s.tac_id from fact_tac s join fact_referral r on r.child_id = s.child_id"
    f" and r.closed_on between s.started_on - 28 and s.started_on where s.started_on between {_FIRST} and {_LAST}"
    " and not s.step_down_recorded) i on i.tac_id = t.tac_id",
)

_BY_MONTH = {
    "tac_open": _open("{sign}count(*) as n", ("n",)),
    "tac_children": _CHILDREN,
    "tac_school_led": _open("{sign}count(*) as n, {sign}count(*) filter (where o.sector = 'school') as k", ("n", "k")),
    "tac_open_over_a_year": _OVER_A_YEAR,
    "tac_opened": _happened("t.started_on", "count(*) as n"),
    "tac_stepped_down": _STEPPED_DOWN,
    "tac_closed": _happened("t.ended_on", "count(*) as n", "and t.closure_code <> 'error'"),
    "tac_closed_needs_met_or_reduced": _closed_share("t.closure_code in ('needs_met', 'needs_reduced')"),
    "tac_closed_not_engaged": _happened("t.ended_on", "count(*) as n", "and t.closure_code = 'not_engaged'"),
    "tac_closed_not_engaged_share": _closed_share("t.closure_code = 'not_engaged'"),
    "tac_stepped_up": _happened("t.ended_on", "count(*) as n", "and t.closure_code = 'stepped_up'"),
    "tac_stepped_up_share": _closed_share("t.closure_code = 'stepped_up'"),
    "tac_duration": _happened(
        "t.ended_on",
        ", ".join(
            f"percentile_cont({part}) within group (order by t.ended_on - t.started_on)" for part in (0.25, 0.5, 0.75)
        ),
        "and t.closure_code <> 'error'",
    ),
    "tac_repeat_referral": _REPEAT,
    "tac_audits": _happened("a.audited_on", "count(*) as n", source=_AUDITED),
    **{
        f"tac_audit_{grade}": _happened(
            "a.audited_on", f"count(*) as n, count(*) filter (where a.grade = '{grade}') as k", source=_AUDITED
        )
        for grade in ("outstanding", "good", "requires_improvement", "inadequate")
    },
}

_QUARTILES = ", ".join(
    f"percentile_cont({part}) within group (order by ended_on - started_on)" for part in (0.25, 0.5, 0.75)
)
_WHOLE = {
    "tac_children": f"select count(distinct child_id) from fact_tac where started_on <= {_LAST}"
    f" and (ended_on is null or ended_on > {_LAST})",
    "tac_duration": f"select {_QUARTILES} from fact_tac where ended_on between {_FIRST} and {_LAST}"
    " and closure_code <> 'error'",
}

BY_HAND = {key: (text, _WHOLE[key]) if key in _WHOLE else (text,) for key, text in _BY_MONTH.items()}
