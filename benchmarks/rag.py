"""The rating of contracts from nothing: 10,000 of them with five years of facts, against only reading those facts.

Baseline: one SELECT for each table of facts, every row fetched, nothing worked out and nothing kept. Then one changed
fact: its contract alone is rated again. The time of what is kept is within ours, history of every row included.

    python -m benchmarks.rag [CONTRACTS]
"""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from typing import Any

import psycopg

from benchmarks import databases

CONTRACTS = 10_000
TODAY = date(2016, 7, 31)

# Five years of facts made up for each contract, most in time and some not; the same each time.
_MADE_UP = (
    "insert into people_organisation (name, sort_key, sector, urn)"
    " select 'Provider ' || i, 'provider ' || i, 'other', '' from generate_series(1, %(contracts)s / 10 + 1) i",
    "insert into contracts_contract (reference, title, kind, provider_id, service, manager_wording, area_lead_wording,"
    " starts_on, ends_on, value, statutory_from, visit_required, review_every, state, live_on, live_before,"
    " ended_because)"
    " select 'BC' || i, 'Contract ' || i, 'block', (select min(id) from people_organisation) + i / 10, 'Short breaks',"
    " '', '', date '2011-08-01' + i %% 60, date '2018-07-31', 100000, case when i %% 5 = 0 then date '2014-01-01' end,"
    " i %% 3 = 0, 3, 'live', date '2011-08-01' + i %% 60, false, '' from generate_series(1, %(contracts)s)"
    " i",
    "insert into contracts_assessment (contract_id, kind, completed_on, valid_until, instrument)"
    " select c.id, k, c.starts_on + 365 * y + (c.id %% 20)::int, c.starts_on + 365 * y + 380, ''"
    " from contracts_contract c, generate_series(0, 4) y, unnest(array['self', 'plan']) k where (c.id + y) %% 11 > 0",
    "insert into contracts_assessment (contract_id, kind, completed_on, valid_until, instrument)"
    " select c.id, 'board', c.statutory_from + 365 * y, c.statutory_from + 365 * y + 370, '' from contracts_contract c,"
    " generate_series(0, 2) y where c.statutory_from is not null and (c.id + y) %% 7 > 0",
    "insert into contracts_policyreview (contract_id, policy, reviewed_on)"
    " select c.id, p, c.starts_on + 360 * y + (c.id %% 30)::int from contracts_contract c, generate_series(0, 4) y,"
    " unnest(array['safer_recruitment','safeguarding','dbs','whistleblowing','complaints','anti_bullying']) p"
    " where (c.id + y) %% 13 > 0",
    "insert into contracts_evaluation (contract_id, state, held_on, chair, minutes, safeguarding, cancelled_because)"
    " select c.id, 'held', c.starts_on + 90 * q + (c.id %% 9)::int, '', '', '{}', '' from contracts_contract c,"
    " generate_series(1, 20) q where (c.id + q) %% 17 > 0",
    "insert into contracts_visit (contract_id, state, visited_on, by_council, accepted_because, visitors, summary,"
    " provider_answer, cancelled_because) select c.id, 'held', c.starts_on + 365 * y, '', '', '', '', '', ''"
    " from contracts_contract c, generate_series(1, 5) y where c.visit_required and (c.id + y) %% 9 > 0",
    "insert into ofsted_setting (register, urn, name, sort_key, provision_type, phase, local_authority, region, sector,"
    " registration_status, linked_urn, status, reasons, rule_version, judgements_rev, evaluated_rev)"
    " select 'social_care', 'BS' || i, '', '', '', '', '', '', '', '', '', 'clear', '[]', '', 0, 0"
    " from generate_series(1, %(contracts)s / 4 + 1) i",
    "insert into contracts_contractsetting (contract_id, setting_id, urn) select c.id, s.id, s.urn"
    " from contracts_contract c join ofsted_setting s on s.urn = 'BS' || (c.id %% (%(contracts)s / 4) + 1)",
    "insert into ofsted_statusperiod (setting_id, status, from_on, to_on, reasons, rule_version)"
    " select id, case when id %% 12 = 0 then 'adverse' else 'clear' end, date '2013-01-01', date '2014-01-01', '[]', ''"
    " from ofsted_setting where urn like 'BS%%'",
    "insert into evidence_lawchange (source_id, title, in_force, policies, review_by, link, note, withdrawn_because)"
    " select 'BL' || i, 'Change ' || i, date '2012-01-01' + 400 * i, array['safeguarding', 'dbs'],"
    " date '2012-12-01' + 400 * i, '', '', '' from generate_series(0, 3) i",
)
_FACTS = (
    "select id, starts_on, ends_on, statutory_from, visit_required, live_on from contracts_contract",
    "select contract_id, kind, completed_on, valid_until from contracts_assessment",
    "select contract_id, policy, reviewed_on from contracts_policyreview",
    "select contract_id, held_on from contracts_evaluation where state = 'held'",
    "select contract_id, visited_on from contracts_visit where state <> 'planned'",
    "select cs.contract_id, cs.urn, p.status, p.from_on, p.to_on from contracts_contractsetting cs"
    " join ofsted_statusperiod p on p.setting_id = cs.setting_id",
    "select title, in_force, review_by, policies from evidence_lawchange",
)
_ANALYSED = (
    "contracts_contract", "contracts_assessment", "contracts_policyreview", "contracts_evaluation", "contracts_visit",
    "contracts_contractsetting", "ofsted_setting", "ofsted_statusperiod",
)  # fmt: skip


def run(scale: int | None = None, *, repeats: int = 3) -> dict[str, Any]:
    """Seconds, the best of `repeats`, and rows. `scale`: how many contracts."""
    contracts = scale or CONTRACTS
    rounds = []
    with databases.fresh_databases("rag") as fresh:
        for _ in range(repeats):
            with fresh() as url:
                fill(url, contracts)
                baseline, facts = _read(url)
                rounds.append({"contracts": contracts, "facts": facts, "select": baseline, **rate(url)})
    best = min(rounds, key=lambda each: each["from_nothing"])
    best["select"] = min(each["select"] for each in rounds)
    best["one_changed_fact"] = min(each["one_changed_fact"] for each in rounds)
    return best | {"ratio_to_select": round(best["from_nothing"] / best["select"], 1)}


def fill(url: str, contracts: int) -> None:
    with psycopg.connect(databases.as_owner(url)) as owner:
        for statement in _MADE_UP:
            owner.execute(statement, {"contracts": contracts})
        for table in _ANALYSED:
            owner.execute(f"analyze {table}")


def _read(url: str) -> tuple[float, int]:
    """Only fetching the facts, as rows: the least that rating them can take."""
    with psycopg.connect(url) as worker:
        started = time.perf_counter()
        rows = sum(len(worker.execute(statement).fetchall()) for statement in _FACTS)
        return round(time.perf_counter() - started, 3), rows


def rate(url: str) -> dict[str, Any]:
    """In a process of its own, with Django signed in to this database as the worker."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.rag", "--rate"],
        env=databases.environ(url, PLUMBLINE_LOGIN="worker"),
        cwd=databases.CHECKOUT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    return json.loads(done.stdout)


def _rate_here() -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plumbline.config.settings")
    import django  # only in the process that rates

    django.setup()
    from plumbline.contracts.models import Assessment, Contract, RatingPeriod, ReasonPeriod  # needs Django ready
    from plumbline.contracts.operations.rating import raise_flags, rerate
    from plumbline.people.act import Act

    act = Act(None, datetime(2016, 7, 31, 9, tzinfo=UTC), TODAY)
    started = time.perf_counter()
    # Telling those concerned is timed apart: thousands of flags at once, as on no real day.
    done = rerate(contract_ids=None, tell=False, act=act)
    from_nothing = time.perf_counter() - started
    started = time.perf_counter()
    told = raise_flags(act=act)
    telling = time.perf_counter() - started
    one = Contract.objects.order_by("pk")[17]
    Assessment.objects.create(
        contract=one, kind="self", completed_on=date(2016, 7, 30), valid_until=date(2018, 1, 1), instrument=""
    )
    started = time.perf_counter()
    changed = rerate(contract_ids=[one.pk], act=act)
    return {
        "from_nothing": round(from_nothing, 2),
        "written": done.written,
        "telling": round(telling, 2),
        "flags": sum(told.raised.values()),
        "reasons": ReasonPeriod.objects.count(),
        "colours": RatingPeriod.objects.count(),
        "one_changed_fact": round(time.perf_counter() - started, 4),
        "contracts_changed_by_it": len(changed.contracts),
    }


if __name__ == "__main__":
    if "--rate" in sys.argv:
        print(json.dumps(_rate_here()))
    else:
        print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else None), indent=1))
