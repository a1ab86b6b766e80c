"""The list of TACs, one TAC and the list of settings under load, against a bare view that runs the same one query.

The demonstration county is multiplied to the number of TACs asked for, and read by one of a hundred early help
consultants, tied to their share of them (no role sees all), and by a social worker. Pages are served by
`plumbline serve` itself, the bare view by the same server with the same numbers of processes and threads; a process of
its own asks over 16 kept connections, one page after the other. Every view of a record or of a list of them leaves its
event in the trail; the bare view leaves none. Each page is timed as well with the policies of row security and without
them, on the same rows.

    python -m benchmarks.pages [TACS]
"""

import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import databases
from benchmarks.imports import EXTRACTED, multiply
from plumbline.config.environment import CHECKOUT

CONNECTIONS = 16
# As many answers or as long at each address, whichever is first.
REQUESTS, SECONDS = 800, 30
_LISTS = CHECKOUT / "src/plumbline/jobs/demonstration/ofsted"
CONSULTANTS = 100
# Times that the policies are taken off and put on again.
ROUNDS = 3
# The first of a hundred consultants, and a social worker.
CONSULTANT, WORKER = "bench_consultant_1", "bench_worker"


@dataclass(frozen=True)
class Page:
    """`narrow`: the same page with one row, or a record with as little to it as there is. `words`: in every answer."""

    user: str
    path: str
    narrow: str
    words: str
    bare: str


def run(scale: int = 250_000) -> dict[str, Any]:
    """By page: times, answers a second, their ratios to the bare view, and how many queries a page makes."""
    with databases.fresh_databases("pages") as fresh, fresh() as url:
        tacs = fill(url, scale)
        pages = _pages(url)
        with served(url) as port:
            users = {user: signed_in(url, user, pages) for user in (CONSULTANT, WORKER)}
            viewers = {page.bare: users[page.user]["viewer"] for page in pages.values()}
            found = {name: queries(page, users[page.user]) for name, page in pages.items()}
            for name, page in pages.items():
                found[name]["row_security"] = with_and_without_policies(url, page)
            for name, page in pages.items():
                more = {"BARE_VIEWER": str(viewers[page.bare]), "BARE_TAC": pages["tac"].path.split("/")[2]}
                with bare(url, more) as bare_port:
                    found[name] |= compare(page, users[page.user]["cookie"], port, bare_port)
    return {"tacs": tacs, "connections": CONNECTIONS, "pages": found}


# --- what is read ---------------------------------------------------------------------------------------------------


def fill(url: str, scale: int) -> int:
    with tempfile.TemporaryDirectory() as made:
        tacs = multiply(Path(made), scale)
        databases.plumbline(url, "import-ssd", made, "--extracted", EXTRACTED, "--json")
    for year in (2015, 2016):
        path = _LISTS / f"provider_at_march_{year}.csv"
        databases.plumbline(url, "import-ofsted", str(path), "--as-at", f"{year}-03-31", "--json")
    with psycopg.connect(url) as connection:
        connection.execute(
            """with made as (insert into people_user (username, name, email, is_active, password,
                       must_change_password, session_stamp)
                   select case n when 0 then %(worker)s else %(consultant)s || n end, 'Reader', '', true, '', false, ''
                   from generate_series(0, %(consultants)s) n returning id, username)
               insert into people_roleheld (user_id, role, team, from_on)
               select id, case username when %(worker)s then 'social_worker' else 'early_help_consultant' end, '',
                   '2014-04-01' from made""",
            {"worker": WORKER, "consultant": CONSULTANT[:-1], "consultants": CONSULTANTS},
        )
        # Each TAC has its consultant, whichever it is; who sees a TAC sees its child.
        for subject, number in (("tac", "id"), ("child", "child_id")):
            connection.execute(
                f"""insert into people_tie (user_id, subject_type, subject_id, why, from_on)
                   select distinct u.id, '{subject}', t.{number}, 'lead_professional', '2014-04-01'::date
                   from earlyhelp_tac t join people_user u
                       on u.username = %s || (1 + mod(abs(hashint8(t.id)::bigint), %s))""",
                [CONSULTANT[:-1], CONSULTANTS],
            )
    # As the database does by itself, but not always before the first page is asked for.
    with psycopg.connect(databases.as_owner(url), autocommit=True) as owner:
        owner.execute("vacuum analyze")
    return tacs


def _pages(url: str) -> dict[str, Page]:
    with psycopg.connect(url) as connection:
        tied = f"""select t.id, t.source_id, (select count(*) from earlyhelp_tacaudit a where a.tac_id = t.id) as audits
                   from earlyhelp_tac t join people_tie i on i.subject_type = 'tac' and i.subject_id = t.id
                   join people_user u on u.id = i.user_id and u.username = '{CONSULTANT}'"""
        most, number, _ = _one(connection, f"{tied} order by audits desc, t.id limit 1")
        least, _, _ = _one(connection, f"{tied} order by audits, t.id limit 1")
        (urn,) = _one(connection, "select urn from ofsted_setting order by id limit 1")
    listed = "/tacs/?sector=school"
    return {
        "tacs": Page(CONSULTANT, listed, f"/tacs/?q={number}", "Early help: TACs", "/tacs/"),
        "tac": Page(CONSULTANT, f"/tacs/{most}/", f"/tacs/{least}/", f"TAC {number}", "/tac/"),
        "settings": Page(WORKER, "/settings/", f"/settings/?q={urn}", "Our children there", "/settings/"),
    }


def _one(connection: psycopg.Connection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    if row is None:
        raise AssertionError("the county was not taken in")
    return row


# --- serving --------------------------------------------------------------------------------------------------------


@contextmanager
def served(url: str) -> Iterator[int]:
    port = _free_port()
    environ = databases.environ(url, PLUMBLINE_PORT=str(port))
    with _running([sys.executable, "-m", "plumbline.config", "serve"], environ, port, "/accounts/login/"):
        yield port


@contextmanager
def bare(url: str, more: Mapping[str, str], *, settings: str = "benchmarks.bare_settings") -> Iterator[int]:
    port = _free_port()
    # As the worker, to whom the database shows every row: nobody is asked who may see it.
    environ = databases.environ(url, **{"DJANGO_SETTINGS_MODULE": settings, "PLUMBLINE_LOGIN": "worker", **more})
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "error",
        "plumbline.config.wsgi:application",
    ]  # fmt: skip
    with _running(command, environ, port, "/"):
        yield port


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def _running(command: list[str], environ: Mapping[str, str], port: int, path: str) -> Iterator[None]:
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=environ, cwd=CHECKOUT, stdout=log, stderr=log)
        try:
            for _ in range(300):
                with socket.socket() as asked:
                    if asked.connect_ex(("127.0.0.1", port)) == 0:
                        break
                if process.poll() is not None:
                    log.seek(0)
                    raise AssertionError(log.read().decode()[-2000:])
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(timeout=30)


# --- asking ---------------------------------------------------------------------------------------------------------


def signed_in(url: str, user: str, pages: Mapping[str, Page]) -> dict[str, Any]:
    return _asked_as(
        url, user, [path for page in pages.values() if page.user == user for path in (page.narrow, page.path)]
    )


def with_and_without_policies(url: str, page: Page) -> dict[str, float]:
    """The page's seconds by one process with the policies that the database has, and with none; taken in turn."""
    taken: dict[str, list[float]] = {"enable": [], "disable": []}
    with psycopg.connect(databases.as_owner(url), autocommit=True) as owner:
        held = owner.execute("select oid::regclass::text from pg_class where relrowsecurity").fetchall()
        for way in ("disable", "enable") * ROUNDS:
            for (table,) in held:
                owner.execute(f"alter table {table} {way} row level security")
            taken[way].append(_asked_as(url, page.user, [page.path], rounds=15)["seconds"][page.path])
    policies, none = statistics.median(taken["enable"]), statistics.median(taken["disable"])
    return {"with": policies, "without": none, "ratio": round(policies / none, 2)}


def _asked_as(url: str, user: str, paths: list[str], *, rounds: int = 1) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pages_signed_in", user, *paths],
        env=databases.environ(url, BENCH_ROUNDS=str(rounds)),
        cwd=CHECKOUT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise AssertionError(done.stderr[-2000:])
    return json.loads(done.stdout)


def queries(page: Page, signed_in: Mapping[str, Any]) -> dict[str, int]:
    return {"queries": signed_in["queries"][page.path], "queries_narrow": signed_in["queries"][page.narrow]}


def compare(page: Page, cookie: str, port: int, bare_port: int) -> dict[str, Any]:
    ours = load(port, page.path, cookie, page.words)
    bare = load(bare_port, page.bare, "", '"rows"')
    return {
        "ours": ours,
        "bare": bare,
        "alone": load(port, page.path, cookie, page.words, connections=1, requests=40),
        **ratios(ours, bare),
    }


def ratios(ours: Mapping[str, float], bare: Mapping[str, float]) -> dict[str, float]:
    return {f"ratio_{at}": round(ours[f"{at}_ms"] / bare[f"{at}_ms"], 2) for at in ("p50", "p95")}


def load(
    port: int, path: str, cookie: str, words: str, *, connections: int = CONNECTIONS, requests: int = REQUESTS
) -> dict[str, float]:
    # Each process and thread of the server has been asked before the times count.
    for asked in (4 * connections, requests):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "benchmarks.load",
                str(port),
                path,
                cookie,
                str(connections),
                str(asked),
                str(SECONDS),
                words,
            ],
            cwd=CHECKOUT,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise AssertionError(done.stderr[-2000:])
    return json.loads(done.stdout)


def main() -> None:
    found = run(int(sys.argv[1]) if len(sys.argv) > 1 else 250_000)
    print(f"{found['tacs']:,} TACs, {found['connections']} connections")
    for name, page in found["pages"].items():
        print(f"  {name}: {page['queries']} queries, {page['queries_narrow']} with least to show")
        for way in ("ours", "bare", "alone"):
            line = page[way]
            print(
                f"    {way:6} p50 {line['p50_ms']:8.1f} ms  p95 {line['p95_ms']:8.1f} ms"
                f"  {line['requests_a_second']:7.1f} a second, {line['requests']} answers"
            )
        print(f"    ratio at p50 {page['ratio_p50']}, at p95 {page['ratio_p95']}")
        print("    with policies {with:.4f} s, without {without:.4f} s: {ratio}".format(**page["row_security"]))


if __name__ == "__main__":
    main()
