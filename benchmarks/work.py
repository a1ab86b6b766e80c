"""My work with 5,000 contracts, under load, against a bare view that asks the page's own statement and nothing else.

A contract officer who manages half of them, and one of the management team, who decides on all. Beside the pages: how
long everything takes from nothing, and one changed contract. TACs besides, where they are asked for.

    python -m benchmarks.work [CONTRACTS] [TACS]
"""

import json
import subprocess
import sys
from typing import Any

import psycopg

from benchmarks import databases, pages, rag

CONTRACTS = 5_000
OFFICER, TEAM = "bench_officer", "bench_team"
_PAGES = {
    "officer": pages.Page(OFFICER, "/", "/?show=planned", "My work", "/work/"),
    "team": pages.Page(TEAM, "/", "/?show=planned", "My work", "/work/"),
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


def run(scale: int | None = None, *, tacs: int = 0) -> dict[str, Any]:
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
        with pages.served(url) as port:
            users = {user: pages.signed_in(url, user, _PAGES) for user in (OFFICER, TEAM)}
            found["pages"] = {name: pages.queries(page, users[page.user]) for name, page in _PAGES.items()}
            for name, page in _PAGES.items():
                with pages.bare(url, {"BARE_VIEWER": str(users[page.user]["viewer"])}) as bare_port:
                    found["pages"][name] |= pages.compare(page, users[page.user]["cookie"], port, bare_port)
    return found


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
