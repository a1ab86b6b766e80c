"""My work with 5,000 contracts and 250,000 TACs, under load, against a bare view.

A bare view is a page of the same server to the same person signed in: the same middleware, session, roles and
transaction as their viewer, and the frame of every page with nothing in it (benchmarks.frame_urls). Both are asked in
turn, round by round. The readers: a contract officer who manages half of the contracts, and one of the management team,
who decides on all. Beside the pages: how long everything takes from nothing, and one changed contract.

    python -m benchmarks.work [CONTRACTS] [TACS]
"""

import json
import statistics
import subprocess
import sys
from typing import Any

import psycopg

from benchmarks import databases, pages, rag

CONTRACTS, TACS = 5_000, 250_000
# Rounds of our page and the bare view; the middle one of them counts.
ROUNDS = 5
OFFICER, TEAM = "bench_officer", "bench_team"
_PAGES = {
    "officer": pages.Page(OFFICER, "/", "/?show=planned", "My work", "/bare/"),
    "team": pages.Page(TEAM, "/", "/?show=planned", "My work", "/bare/"),
}
_TIMES = """
import json, time, django
django.setup()
from datetime import date
from django.db import connection
from plumbline.due import keeping
from plumbline.due.models import Item, Matter
on = date(2016, 7, 31)
started = time.perf_counter()
duties = keeping.from_nothing(on=on)
whole = time.perf_counter() - started
times = []
for number in range(20):
    with connection.cursor() as cursor:
        cursor.execute("update contracts_evaluation set held_on = held_on - 1 where contract_id = (select contract_id"
                       " from contracts_ratingperiod order by contract_id offset %s limit 1)", [number])
    started = time.perf_counter()
    keeping.catch_up(on=on)
    times.append(time.perf_counter() - started)
print(json.dumps({"duties": duties, "matters": Matter.objects.values("matter_type", "matter_id").distinct().count(),
                  "from_nothing": round(whole, 2), "one_changed": round(sorted(times)[10] * 1000, 1)}))
"""


def run(scale: int | None = None, *, tacs: int = TACS) -> dict[str, Any]:
    """Seconds from nothing, milliseconds of one changed contract; by page as of benchmarks.pages."""
    contracts = scale or CONTRACTS
    with databases.fresh_databases("work") as fresh, fresh() as url:
        found: dict[str, Any] = {"contracts": contracts, "tacs": pages.fill(url, tacs) if tacs else 0}
        rag.fill(url, contracts)
        rag.rate(url)
        _people(url)
        found |= _worked_out(url)
        with psycopg.connect(databases.as_owner(url), autocommit=True) as owner:
            owner.execute("vacuum analyze")
        with pages.bare(url, {"PLUMBLINE_LOGIN": "web"}, settings="benchmarks.frame_settings") as port:
            users = {user: pages.signed_in(url, user, _PAGES) for user in (OFFICER, TEAM)}
            found["pages"] = {
                name: pages.queries(page, users[page.user]) | _compare(page, users[page.user]["cookie"], port)
                for name, page in _PAGES.items()
            }
    return found


def _compare(page: pages.Page, cookie: str, port: int) -> dict[str, Any]:
    """The middle round by its ratio at p95; the ratios of all, since others may work on the same processors."""
    rounds = []
    for _ in range(ROUNDS):
        bare = pages.load(port, page.bare, cookie, "main-content")
        ours = pages.load(port, page.path, cookie, page.words)
        rounds.append({"ours": ours, "bare": bare, **pages.ratios(ours, bare)})
    rounds.sort(key=lambda each: each["ratio_p95"])
    alone = pages.load(port, page.path, cookie, page.words, connections=1, requests=40)
    bare_alone = pages.load(port, page.bare, cookie, "main-content", connections=1, requests=40)
    return {
        **rounds[len(rounds) // 2],
        "alone": alone,
        "bare_alone": bare_alone,
        "ratios_p95": [each["ratio_p95"] for each in rounds],
        "ratio_p50_middle": statistics.median(each["ratio_p50"] for each in rounds),
    }


def _people(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            """with made as (insert into people_user (username, name, email, is_active, password, must_change_password,
                       session_stamp)
                   select name, 'Reader', '', true, '', false, '' from unnest(%s::text[]) name returning id, username)
               insert into people_roleheld (user_id, role, team, from_on)
               select id, case username when %s then 'contract_officer' else 'management_team' end, '', '2014-04-01'
               from made""",
            [[OFFICER, TEAM], OFFICER],
        )
        connection.execute(
            """update contracts_contract set manager_id = (select id from people_user where username = %s)
               where id %% 2 = 0""",
            [OFFICER],
        )


def _worked_out(url: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", _TIMES],
        cwd=databases.CHECKOUT,
        check=False,
        capture_output=True,
        text=True,
        env=databases.environ(url, DJANGO_SETTINGS_MODULE="plumbline.config.settings", PLUMBLINE_LOGIN="worker"),
    )
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    return json.loads(done.stdout)


def main() -> None:
    numbers = [int(each) for each in sys.argv[1:]]
    print(json.dumps(run(*numbers[:1], **({"tacs": numbers[1]} if numbers[1:] else {})), indent=1))


if __name__ == "__main__":
    main()
