"""The register of contracts as a page: as many queries for a full page of rows as for one, with 10,000 contracts.

Baseline: one SELECT of the same rows with their providers, nothing rated and nothing drawn.

    python -m benchmarks.register [CONTRACTS]
"""

import json
import subprocess
import sys
import time
from typing import Any

import psycopg

from benchmarks import databases, rag

WHOLE, NARROW = "/contracts/", "/contracts/?q=BC17"
OFFICER = "contracts.officer"
_ROWS = """select c.id, c.reference, c.title, o.name, c.starts_on, c.ends_on from contracts_contract c
    join people_organisation o on o.id = c.provider_id order by c.reference limit 50"""


def run(scale: int | None = None) -> dict[str, Any]:
    """Queries of both pages; seconds of the whole one, and of the baseline, as one reader waits for them."""
    contracts = scale or rag.CONTRACTS
    with databases.fresh_databases("register") as fresh, fresh() as url:
        rag.fill(url, contracts)
        rag.rate(url)
        with psycopg.connect(url) as connection:
            connection.execute(
                """with made as (insert into people_user (username, name, email, is_active, password)
                       values (%s, 'Officer', '', true, '') returning id)
                   insert into people_roleheld (user_id, role, team, from_on)
                   select id, 'contract_officer', '', '2014-04-01' from made""",
                [OFFICER],
            )
        with psycopg.connect(databases.as_owner(url), autocommit=True) as owner:
            owner.execute("vacuum analyze")
        asked = _asked(url)
        baseline = _baseline(url)
    found = {"contracts": contracts, "select": baseline, "queries": asked["queries"][WHOLE],
             "queries_narrow": asked["queries"][NARROW], "seconds": asked["seconds"][WHOLE]}  # fmt: skip
    return found | {"ratio_to_select": round(found["seconds"] / baseline, 1)}


def _asked(url: str) -> dict[str, Any]:
    # The whole page twice: what is read once in a process, such as templates, is read by the first.
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pages_signed_in", OFFICER, WHOLE, NARROW, WHOLE],
        env=databases.environ(url),
        cwd=databases.CHECKOUT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    return json.loads(done.stdout)


def _baseline(url: str) -> float:
    times = []
    with psycopg.connect(url) as connection:
        for _ in range(5):
            started = time.perf_counter()
            connection.execute(_ROWS).fetchall()
            times.append(time.perf_counter() - started)
    return round(min(times), 4)


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]) if len(sys.argv) > 1 else None), indent=1))
