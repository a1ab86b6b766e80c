"""`import-ofsted` against COPY into a staging table with one upsert into one table keyed by URN, and against the same
tables with the same history, written by hand.

The list is that of March 2025 with 5,600 rows, where PLUMBLINE_SHARED names the folder of the public data; without it,
those of the demonstration, for which only the first baseline is written. Then the same list once more, where nothing
changes.

    python -m benchmarks.ofsted
"""

import csv
import io
import json
import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import databases
from benchmarks.ofsted_by_hand import STATEMENTS

_PUBLIC = Path(os.environ.get("PLUMBLINE_SHARED", "")) / "ofsted_social_care_providers"
_SHIPPED = databases.CHECKOUT / "src/plumbline/jobs/demonstration/ofsted"
BY_HAND_FOR = "provider_at_march_2025.csv"
# What both ways must have told the same; where a setting stands is worked out by us alone.
SAID = {
    "settings": "select urn, provision_type, local_authority, region, sector, registration_status, linked_urn, places,"
    " registered_on, replace(o.sort_key, chr(8217), chr(39)) from ofsted_setting s"
    " left join ofsted_owner o on o.id = s.owner_id order by urn",
    "inspections": "select s.urn, kind, event_number, event_wording, inspected_on, published_on"
    " from ofsted_inspection i join ofsted_setting s on s.id = i.setting_id order by 1, 2, 5",
    "judgements": "select s.urn, i.inspected_on, aspect, wording, grade from ofsted_judgement j"
    " join ofsted_inspection i on i.id = j.inspection_id join ofsted_setting s on s.id = i.setting_id order by 1, 2, 3",
    "listings": "select s.urn, l.registration_status, said_aspect, said_grade, said_on from ofsted_listing l"
    " join ofsted_setting s on s.id = l.setting_id order by 1",
    "histories": "select (select count(*) from ofsted_inspection_history),"
    " (select count(*) from ofsted_judgement_history)",
}


def lists() -> list[Path]:
    """The lists to read, oldest first."""
    public = _PUBLIC / BY_HAND_FOR
    return [public] if public.is_file() else sorted(_SHIPPED.glob("*.csv"))


def run(scale: int | None = None, *, repeats: int = 3) -> dict[str, Any]:
    """Seconds and ratios by list, the best of `repeats`. `scale` is ignored: a list is as long as Ofsted made it."""
    with databases.fresh_databases("ofsted") as fresh:
        return {path.name: _one(path, fresh, repeats) for path in lists()}


def _one(path: Path, fresh: databases.Fresh, repeats: int) -> dict[str, Any]:
    rounds = [_round(path, fresh) for _ in range(repeats)]
    best: dict[str, Any] = {name: min(each[name] for each in rounds) for name in rounds[0]}
    for what, ours in (("", "ours"), ("_again", "ours_again")):
        for theirs in ("upsert", "by_hand"):
            if theirs + what in best:
                best[f"ratio{what}_to_{theirs}"] = round(best[ours] / best[theirs + what], 2)
    return {"rows": len(_rows(path)[1]), **best}


def _round(path: Path, fresh: databases.Fresh) -> dict[str, float]:
    found: dict[str, float] = {}
    with fresh() as url:
        found["upsert"], found["upsert_again"] = (_upsert(databases.as_owner(url), path) for _ in range(2))
    said = {}
    with fresh() as url:
        if path.name == BY_HAND_FOR:
            found["by_hand"], found["by_hand_again"] = (by_hand(url, path) for _ in range(2))
            said = _said(url)
    with fresh() as url:
        found["ours"], found["ours_again"] = (_ours(url, path) for _ in range(2))
        differing = [name for name, rows in said.items() if rows != _said(url)[name]]
        if differing:
            raise AssertionError(f"the two ways do not give the same {', '.join(differing)}")
    return found


def _ours(url: str, path: Path) -> float:
    """The seconds that the command says it took, from opening the file to the flags."""
    as_at = _day_of(path).isoformat()
    answer = json.loads(
        databases.plumbline(url, "import-ofsted", str(path), "--as-at", as_at, "--json", today="2026-11-22")
    )
    if answer["refused"]:
        raise AssertionError("the list was not taken whole")
    return float(answer["seconds"])


def _day_of(path: Path) -> date:
    return date(int(path.stem[-4:]), 3, 31)


def _upsert(url: str, path: Path) -> float:
    """Every named column as text, in one table keyed by URN: the baseline that the issue names."""

    def write(cursor: psycopg.Cursor, columns: list[str]) -> None:
        named = ", ".join(columns)
        others = [column for column in columns if column != '"URN"']
        row, new = (", ".join(f"{alias}.{column}" for column in others) for alias in ("l", "excluded"))
        cursor.execute('create table if not exists list (like staged, primary key ("URN"))')
        cursor.execute(
            f'insert into list as l ({named}) select distinct on ("URN") {named} from staged order by "URN"'
            f' on conflict ("URN") do update set ({", ".join(others)}) = row({new})'
            f" where row({row}) is distinct from row({new})"
        )

    return _timed(url, path, write)


def by_hand(url: str, path: Path) -> float:
    def write(cursor: psycopg.Cursor, columns: list[str]) -> None:
        cursor.execute("analyze staged")
        for statement in STATEMENTS:
            cursor.execute(statement, {"as_at": _day_of(path)} if "%(as_at)s" in statement else None)

    return _timed(url, path, write)


def _timed(url: str, path: Path, write: Callable[[psycopg.Cursor, list[str]], None]) -> float:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        begun = time.perf_counter()
        header, text = _rows_as_text(path)
        columns = ['"' + " ".join(name.split()).replace('"', "") + '"' for name in header]
        cursor.execute(f"create temporary table staged ({', '.join(f'{column} text' for column in columns)})")
        with cursor.copy("copy staged from stdin with (format csv, null '\\N')") as copy:
            copy.write(text)
        write(cursor, columns)
        connection.commit()
        return time.perf_counter() - begun


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """The named columns and the rows under them: a list begins with a few lines of words."""
    with path.open(encoding="utf-8-sig", newline="") as source:
        lines = list(csv.reader(source))
    at = next(place for place, cells in enumerate(lines) if "URN" in cells)
    header = [name for name in lines[at] if name.strip()]
    return header, [cells[: len(header)] for cells in lines[at + 1 :]]


def _rows_as_text(path: Path) -> tuple[list[str], str]:
    header, rows = _rows(path)
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return header, text.getvalue()


def _said(url: str) -> dict[str, list[tuple]]:
    with psycopg.connect(url) as connection:
        return {name: connection.execute(query).fetchall() for name, query in SAID.items()}


def main() -> None:
    for name, found in run().items():
        print(f"{name}, {found['rows']:,} rows")
        for what in ("", "_again"):
            print(f"  {'again' if what else 'first'}: ours {found['ours' + what]:.2f} s")
            for theirs, label in (("upsert", "COPY and one upsert"), ("by_hand", "the same tables by hand")):
                if theirs + what in found:
                    ratio = found[f"ratio{what}_to_{theirs}"]
                    print(f"    {label} {found[theirs + what]:.3f} s, ratio {ratio}")


if __name__ == "__main__":
    main()
