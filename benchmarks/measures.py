"""Measures against the best SQL written by hand for the same tables, on PostgreSQL and DuckDB.

Every `tac_*` measure is asked monthly for ten years by sector of the lead, over facts made up for the purpose, and
must give what the hand-written statement gives before its time counts. Then: the same as known at a past moment, and
how the time grows with the number of TACs.

    python -m benchmarks.measures [TACS]
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import duckdb
import psycopg

from benchmarks.measures_by_hand import BY_HAND
from plumbline.config import database
from plumbline.kernel.periods import Period
from plumbline.measures.ask import Engine, answer
from plumbline.measures.catalogue import CATALOGUE
from plumbline.measures.engines.duckdb import DuckDBEngine, create_tables
from plumbline.measures.engines.postgres import PostgresEngine
from plumbline.measures.facts import RELATIONS
from plumbline.measures.model import Answer, Asked, Known

TEN_YEARS = Period(date(2006, 4, 1), date(2016, 3, 31))
HORIZON = date(2016, 7, 31)
OBSERVED = {source: HORIZON for measure in CATALOGUE.values() for source in measure.sources}
MOMENT = Known(900)

# Pseudo-random but the same each time: what follows from a number by DuckDB's hash.
_MADE_UP = {
    "organisation": "select 'O' || i as organisation_id, 'Organisation ' || i as name,"
    " case when i % 40 = 0 then '' else ['school','school','school','school','health','early_years','voluntary',"
    "'police','housing','youth_justice'][1 + i % 10] end as sector from range(500) t(i)",
    "child": "select 'C' || i as child_id, date '1995-01-01' + cast(hash(i) % 7000 as int) as dob,"
    " ['F','M'][1 + i % 2] as sex, 'WBRI' as ethnicity from range({children}) t(i)",
    "tac": "select tac_id, child_id, started_on, ended_on, case when ended_on is null then '' else code end as"
    " closure_code, has_lead, lead_organisation_id, step_down_recorded from ("
    " select 'T' || i as tac_id, 'C' || hash(i, 1) % {children} as child_id, started_on,"
    " case when hash(i, 3) % 3 > 0 and started_on + cast(hash(i, 4) % 900 as int) <= date '2016-07-31'"
    " then started_on + cast(hash(i, 4) % 900 as int) end as ended_on,"
    " ['needs_met','needs_met','needs_reduced','needs_reduced','not_engaged','stepped_up','moved_away','other',"
    "'error',''][1 + cast(hash(i, 5) % 10 as int)] as code, hash(i, 6) % 50 > 0 as has_lead,"
    " case when hash(i, 6) % 50 > 0 then 'O' || hash(i, 7) % 510 end as lead_organisation_id,"
    " hash(i, 8) % 20 = 0 as step_down_recorded"
    " from (select i, date '2004-01-01' + cast(hash(i, 2) % 4590 as int) as started_on from range({tacs}) t(i)) s) t",
    "referral": "select 'R' || i as referral_id, 'C' || hash(i, 11) % {children} as child_id, referred_on,"
    " case when hash(i, 13) % 5 > 0 then referred_on + cast(hash(i, 14) % 300 as int) end as closed_on"
    " from (select i, date '2004-01-01' + cast(hash(i, 12) % 4590 as int) as referred_on"
    " from range({referrals}) t(i)) s",
    "tac_audit": "select 'A' || i as audit_id, 'T' || hash(i, 21) % {tacs} as tac_id,"
    " date '2004-01-01' + cast(hash(i, 22) % 4590 as int) as audited_on,"
    " ['outstanding','good','requires_improvement','inadequate'][1 + cast(hash(i, 23) % 4 as int)] as grade"
    " from range({audits}) t(i)",
}


def measured() -> list[str]:
    return [key for key in CATALOGUE if key.startswith("tac_")]


def asked(key: str) -> Asked:
    return Asked(CATALOGUE[key], period=TEN_YEARS, every="month", split_by="lead_sector")


def run(scale: int = 1_000_000, *, url: str | None = None, repeats: int = 3) -> dict[str, Any]:
    """Times in seconds and ratios, by engine. `url` is a PostgreSQL on which a database may be made."""
    found: dict[str, Any] = {"tacs": scale}
    with made_up(scale, url or database.urls()["owner"]) as engines:
        for name, (engine, execute) in engines.items():
            lines = {key: _compare(key, engine, execute, repeats) for key in measured()}
            total = {part: sum(line[part] for line in lines.values()) for part in ("ours", "by_hand", "as_known")}
            found[name] = {
                **total,
                "ratio": total["ours"] / total["by_hand"],
                "as_known_ratio": total["as_known"] / total["ours"],
                "measures": lines,
            }
    smaller = growth((scale // 100, scale // 10), url=url)
    found["growth"] = {**smaller, str(scale): {name: found[name]["ours"] for name in ("postgres", "duckdb")}}
    return found


def growth(scales: tuple[int, ...], *, url: str | None = None) -> dict[str, Any]:
    """Seconds for all measures together, by number of TACs and engine."""
    found: dict[str, Any] = {}
    for scale in scales:
        with made_up(scale, url or database.urls()["owner"]) as engines:
            found[str(scale)] = {
                name: sum(
                    min(_seconds(lambda key=key, engine=engine: _ours(key, engine)) for _ in range(2))
                    for key in measured()
                )
                for name, (engine, _) in engines.items()
            }
    return found


Run = Callable[[str], list[Any]]


@contextmanager
def made_up(scale: int, url: str) -> Iterator[dict[str, tuple[Engine, Run]]]:
    """The same facts in a database of PostgreSQL made for it, dropped afterwards, and in DuckDB."""
    name = f"bench_measures_{os.getpid()}"
    with duckdb.connect() as duck, psycopg.connect(url, autocommit=True) as owner:
        create_tables(duck)
        sizes = {"tacs": scale, "children": scale * 4 // 5, "referrals": scale // 3, "audits": max(scale // 14, 1)}
        for relation, made in _MADE_UP.items():
            _make(duck, relation, made.format(**sizes))
        owner.execute(f"create database {name}")
        try:
            with psycopg.connect(url, dbname=name, autocommit=True) as connection:
                cursor = connection.cursor()
                _copy(duck, cursor)

                def by_hand(text: str) -> list[Any]:
                    return cursor.execute(text).fetchall()

                yield {
                    "postgres": (PostgresEngine(cursor), by_hand),
                    "duckdb": (DuckDBEngine(duck), lambda text: duck.execute(text).fetchall()),
                }
        finally:
            owner.execute(f"drop database {name} with (force)")


def _make(duck: duckdb.DuckDBPyConnection, relation: str, made: str) -> None:
    """A fifth of the records were corrected once: the versions hold the wrong ones too."""
    columns = ", ".join(column.name for column in RELATIONS[relation].columns)
    key = RELATIONS[relation].key
    duck.execute(f"insert into fact_{relation} ({columns}) select {columns} from ({made}) m")
    version = f"insert into fact_{relation}_version ({columns}, from_tx, to_tx) select {columns}"
    duck.execute(f"{version}, case when hash({key}) % 5 = 0 then 800 else 1 end, null from fact_{relation}")
    duck.execute(f"{version}, 1, 800 from fact_{relation} where hash({key}) % 5 = 0")


def _copy(duck: duckdb.DuckDBPyConnection, cursor: psycopg.Cursor) -> None:
    for relation in RELATIONS.values():
        columns = ", ".join(f"{column.name} {column.type}" for column in relation.columns)
        for table, more in ((relation.now, ""), (relation.versions, ", from_tx bigint, to_tx bigint")):
            cursor.execute(f"create table {table} ({columns}{more})")
            rows = duck.execute(f"select * from {table}")
            with cursor.copy(f"copy {table} from stdin") as copy:
                while batch := rows.fetchmany(50_000):
                    for row in batch:
                        copy.write_row(row)
            if relation.key:
                cursor.execute(f"create index on {table} ({relation.key})")
            if relation.name in ("tac", "referral"):
                cursor.execute(f"create index on {table} (child_id)")
            cursor.execute(f"analyze {table}")


def _compare(key: str, engine: Engine, execute: Run, repeats: int) -> dict[str, float]:
    ours, by_hand = as_cells(_ours(key, engine)), by_hand_cells(execute(BY_HAND[key][0]))
    if ours != by_hand:
        raise AssertionError(f"{key}: the statement written by hand gives other figures")
    ways: dict[str, Callable[[], object]] = {
        "ours": lambda: _ours(key, engine),
        "by_hand": lambda: [execute(text) for text in BY_HAND[key]],
        "as_known": lambda: _ours(key, engine, MOMENT),
    }
    # Side by side, so that whatever else the machine does falls on each; the best of each is the least disturbed.
    rounds = [{way: _seconds(work) for way, work in ways.items()} for _ in range(repeats)]
    best = {way: min(each[way] for each in rounds) for way in ways}
    return {**best, "ratio": best["ours"] / best["by_hand"]}


def _ours(key: str, engine: Engine, known: Known | None = None) -> Answer:
    return answer(asked(key), engine=engine, observed_until=OBSERVED, known=known)


def as_cells(found: Answer) -> dict[tuple[date, str], tuple]:
    """Figures by month and sector, those of nothing left out."""
    cells = {}
    for row in found.rows:
        last = row.at or row.last
        key = (last.replace(day=1), row.group["lead_sector"])
        if row.quartiles:
            cells[key] = tuple(map(float, (row.quartiles[0], row.value, row.quartiles[1])))
        elif row.denominator is not None:
            cells[key] = (row.denominator, row.numerator)
        else:
            cells[key] = (row.numerator,)
    return {key: cell for key, cell in cells.items() if cell[0]}


def by_hand_cells(rows: list[Any]) -> dict[tuple[date, str], tuple]:
    """Month, sector, figures."""
    return {(month, sector): tuple(map(float, cell)) for month, sector, *cell in rows if cell[0]}


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    scale = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    found = run(scale)
    for engine in ("postgres", "duckdb"):
        figures = found[engine]
        print(f"\n{engine}, {scale:,} TACs: seconds")
        for key, line in figures["measures"].items():
            print(
                f"  {key:34} ours {line['ours']:7.3f}  by hand {line['by_hand']:7.3f}  ratio {line['ratio']:5.2f}"
                f"  as known {line['as_known']:7.3f}"
            )
        print(f"  together: ours / by hand {figures['ratio']:.2f}; as known / now {figures['as_known_ratio']:.2f}")
    print("\nGrowth, seconds for all measures")
    for size, times in found["growth"].items():
        print(f"  {int(size):>9,}  " + "  ".join(f"{name} {seconds:.2f}" for name, seconds in times.items()))


if __name__ == "__main__":
    main()
