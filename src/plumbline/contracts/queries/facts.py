"""The plain facts by which contracts are rated: a fixed number of queries for any number of contracts."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection

from plumbline.actions.states import OUTSTANDING
from plumbline.contracts.rules.rating import ByHand, Facts, LawChange, Matter
from plumbline.kernel.intervals import FAR
from plumbline.kernel.moments import day_here
from plumbline.ofsted.models import Status

# In these a setting counts against the contract.
ADVERSE = (Status.UNREGISTERED.value, Status.ADVERSE.value)
# A contract is rated from its start, or from go-live where that was later; one in implementation is not rated.
RATED = "(c.state = 'live' or c.state = 'ended' and (c.live_on is not null or c.live_before))"
FIRST_DAY = "greatest(c.starts_on, coalesce(c.live_on, c.starts_on))"
_DAY = timedelta(1)


def load(contract_ids: Sequence[int]) -> dict[int, Facts]:
    """The facts of these contracts; those that are not rated are left out."""
    found = {
        row[0]: Facts(*row)
        for row in _rows(
            f"""select c.id, {FIRST_DAY}, c.ends_on, c.statutory_from, c.visit_required,
                    c.review_every from contracts_contract c
                where c.id = any(%s) and {RATED}""",
            contract_ids,
        )
    }
    ids = list(found)
    for add in _ADD:
        add(found, ids)
    return found


def laws() -> list[LawChange]:
    """The changes in law and guidance that are in force."""
    return [
        LawChange(title, in_force, review_by, frozenset(policies))
        for title, in_force, review_by, policies in _rows(
            """select title, in_force, review_by, policies from evidence_lawchange where withdrawn_at is null
               order by in_force, id"""
        )
    ]


def _rows(sql: str, *parameters: Any) -> Iterable[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(value) if isinstance(value, list | tuple) else value for value in parameters])
        yield from cursor.fetchall()


def _assessments(found: dict[int, Facts], ids: list[int]) -> None:
    for contract, kind, completed_on, valid_until in _rows(
        "select contract_id, kind, completed_on, valid_until from contracts_assessment where contract_id = any(%s)", ids
    ):
        found[contract].assessments.setdefault(kind, []).append((completed_on, valid_until))


def _reviews(found: dict[int, Facts], ids: list[int]) -> None:
    for contract, policy, days in _rows(
        """select contract_id, policy, array_agg(reviewed_on order by reviewed_on) from contracts_policyreview
           where contract_id = any(%s) group by contract_id, policy""",
        ids,
    ):
        found[contract].reviews[policy] = days


def _evaluations(found: dict[int, Facts], ids: list[int]) -> None:
    for contract, days in _rows(
        """select contract_id, array_agg(held_on order by held_on) from contracts_evaluation
           where contract_id = any(%s) and state = 'held' group by contract_id""",
        ids,
    ):
        found[contract].evaluations = days


def _visits(found: dict[int, Facts], ids: list[int]) -> None:
    """Visits made under the contract, and those to a setting of it that were made under none."""
    for contract, days in _rows(
        """select contract_id, array_agg(visited_on order by visited_on) from (
               select contract_id, visited_on from contracts_visit
               where contract_id = any(%s) and state not in ('planned', 'cancelled')
               union all
               select cs.contract_id, v.visited_on from contracts_visit v
               join contracts_contractsetting cs on cs.setting_id = v.setting_id
               where cs.contract_id = any(%s) and v.contract_id is null and v.state not in ('planned', 'cancelled')) v
           group by contract_id""",
        ids,
        ids,
    ):
        found[contract].visits = days


def _settings(found: dict[int, Facts], ids: list[int]) -> None:
    for contract, urn, from_on, to_on in _rows(
        """select cs.contract_id, s.urn, p.from_on, p.to_on from contracts_contractsetting cs
           join ofsted_setting s on s.id = cs.setting_id join ofsted_statusperiod p on p.setting_id = s.id
           where cs.contract_id = any(%s) and p.status = any(%s)""",
        ids,
        ADVERSE,
    ):
        found[contract].adverse.setdefault(urn, []).append((from_on, to_on - _DAY if to_on else FAR))


def _notifications(found: dict[int, Facts], ids: list[int]) -> None:
    for contract, reference, recipient, due_at, sent_at in _rows(
        """select i.contract_id, i.reference, n.recipient, n.due_at, n.sent_at from contracts_notification n
           join contracts_incident i on i.id = n.incident_id
           where i.contract_id = any(%s) and n.not_needed_because = '' and not n.aside order by n.id""",
        ids,
    ):
        told_on = day_here(sent_at) if sent_at else None
        matter = Matter(reference, day_here(due_at), told_on, recipient.replace("_", " "))
        found[contract].notifications.append(matter)


def _allegations(found: dict[int, Facts], ids: list[int]) -> None:
    """Substantiated ones: done when there is an action on the incident and all of them are."""
    for contract, reference, reported_at, outstanding, last_done in _rows(
        """select i.contract_id, i.reference, i.reported_at,
               count(a.id) filter (where a.state = any(%s)),
               max(a.done_on) filter (where a.state in ('done', 'verified'))
           from contracts_incident i
           left join actions_action a on a.origin_type = 'incident' and a.origin_id = i.id
           where i.contract_id = any(%s) and i.outcome = 'substantiated' and i.state <> 'aside'
           group by i.id order by i.id""",
        [state.value for state in OUTSTANDING],
        ids,
    ):
        done = last_done if not outstanding else None
        found[contract].allegations.append(Matter(reference, day_here(reported_at), done))


def _actions(found: dict[int, Facts], ids: list[int]) -> None:
    """Actions about the contract or about an incident under it."""
    for contract, number, title, due_on, state, done_on, cancelled_on in _rows(
        """select coalesce(i.contract_id, a.subject_id), a.id, a.title, a.due_on, a.state, a.done_on, a.cancelled_on
           from actions_action a
           left join contracts_incident i on a.subject_type = 'incident' and i.id = a.subject_id
           where a.subject_type in ('contract', 'incident') and coalesce(i.contract_id, a.subject_id) = any(%s)
               and (a.subject_type = 'contract' or i.state <> 'aside')
           order by a.id""",
        ids,
    ):
        over = None if state in OUTSTANDING else cancelled_on if state == "cancelled" else done_on
        found[contract].actions.append(Matter(str(number), due_on, over, title))


def _kpis(found: dict[int, Facts], ids: list[int]) -> None:
    for contract, number, title, ended_on, quarters, ratings in _rows(
        """select k.contract_id, k.id, k.title, k.ended_on, array_agg(r.quarter_from order by r.quarter_from),
               array_agg(r.rating order by r.quarter_from)
           from contracts_kpi k join contracts_kpireading r on r.kpi_id = k.id
           where k.contract_id = any(%s) group by k.id""",
        ids,
    ):
        found[contract].kpis[str(number)] = title, list(zip(quarters, ratings, strict=True)), ended_on


def _reports(found: dict[int, Facts], ids: list[int]) -> None:
    for contract, urn, month, received_on in _rows(
        """select cs.contract_id, s.urn, r.period_from, r.received_on from contracts_contractsetting cs
           join ofsted_setting s on s.id = cs.setting_id join contracts_homereport r on r.setting_id = s.id
           where cs.contract_id = any(%s) and r.kind = 'reg44' order by r.period_from""",
        ids,
    ):
        found[contract].reg44.setdefault(urn, []).append((month.replace(day=1), received_on))


def _by_hand(found: dict[int, Facts], ids: list[int]) -> None:
    for contract, colour, from_on, until_on, better, because, ended_on in _rows(
        """select contract_id, colour, from_on, until_on, better, because, ended_on from contracts_ratingbyhand
           where contract_id = any(%s) order by id""",
        ids,
    ):
        until = min(until_on, ended_on - _DAY) if ended_on else until_on
        if until >= from_on:
            found[contract].by_hand.append(ByHand(colour, from_on, until, better, because))


_ADD: Sequence[Callable[[dict[int, Facts], list[int]], None]] = (
    _assessments, _reviews, _evaluations, _visits, _settings, _notifications, _allegations, _actions, _kpis, _reports,
    _by_hand,
)  # fmt: skip


def out_of_line() -> list[int]:
    """Contracts whose kept reasons do not say of their settings what the settings' statuses say: nobody has followed a
    change of status up. Empty, always, once a way in has done."""
    return [
        pk
        for (pk,) in _rows(
            f"""with wanted as (
                    select c.id as contract_id, s.urn, range_agg(
                        daterange(p.from_on, p.to_on) * daterange({FIRST_DAY}, c.ends_on, '[]')) as days
                    from contracts_contract c join contracts_contractsetting cs on cs.contract_id = c.id
                    join ofsted_setting s on s.id = cs.setting_id join ofsted_statusperiod p on p.setting_id = s.id
                    where {RATED} and p.status = any(%s) and (c.ends_on is null or c.ends_on >= {FIRST_DAY})
                        and daterange(p.from_on, p.to_on) && daterange({FIRST_DAY}, c.ends_on, '[]')
                    group by c.id, s.urn),
                kept as (
                    select contract_id, about as urn, range_agg(daterange(from_on, to_on, '[]')) as days
                    from contracts_reasonperiod where code = 'setting_adverse' group by contract_id, about)
                select distinct contract_id from wanted full join kept using (contract_id, urn)
                where wanted.days is distinct from kept.days order by contract_id""",
            ADVERSE,
        )
    ]
