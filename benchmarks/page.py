"""Takes what `plumbline bench` printed into benchmarks/last.json, each benchmark by itself, and writes the
page of it.

plumbline bench ofsted pages | python -m benchmarks.page
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_LAST = Path(__file__).with_name("last.json")
_PAGE = Path(__file__).resolve().parents[1] / "docs/reference/benchmarks.md"
Found = Mapping[str, Any]

_INTRODUCTION = """# Benchmarks

How long things take, each beside a baseline run in the same minutes on the same machine. Repeat them in a
checkout, with a database running, with `plumbline bench`, or some of them with `plumbline bench imports
ofsted measures rag register pages work report`; `--scale N` sets the number of TACs, or of contracts. Each makes
databases of its own and drops them. This page is written from the last run, kept in `benchmarks/last.json`,
by `plumbline bench | python -m benchmarks.page`.

Times move with whatever else the machine does; the load says how many processes ran or waited for a processor, over a
minute, before and after. Ratios move less than seconds, since both sides meet the same. Where one number
is given it is the best of several rounds, but for the pages, whose percentiles are of every answer.
"""


def written(last: Mapping[str, Found]) -> str:
    parts = {
        "imports": _imports, "ofsted": _ofsted, "measures": _measures, "rag": _rag, "register": _register,
        "pages": _pages, "work": _work, "report": _report,
    }  # fmt: skip
    text = [_INTRODUCTION]
    for name, part in parts.items():
        if name in last:
            run = last[name]
            before, after = run["load"]
            text.append(part(run["found"]))
            text.append(f"Last run on {run['day']}: {run['machine']}; load {before}, then {after}.\n")
    return "\n".join(text)


def _table(headings: list[str], rows: list[list[Any]]) -> str:
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def _target(is_met: bool) -> str:
    return "met" if is_met else "**not met**"


def _imports(found: Found) -> str:
    rows = [
        [
            "best SQL by hand, the same tables and history",
            f"{found['by_hand']:.1f} s",
            f"{found['by_hand_again']:.1f} s",
        ],
        ["`import-ssd`", f"{found['ours']:.1f} s", f"{found['ours_again']:.1f} s"],
        ["ratio", found["ratio_to_by_hand"], found["again_ratio_to_by_hand"]],
    ]
    return f"""## Taking in an extract

The demonstration county multiplied to {found["tacs"]:,} TACs, {found["rows"]:,} rows in all, into an empty
database, and the same extract again. By hand: text staged by COPY and one upsert a table, without a check
of any row. Both must leave the same tables, and as many versions, or the run fails. `benchmarks/imports.py`

{_table(["", "first", "again"], rows)}
- At most 3 times the statements by hand: {_target(found["ratio_to_by_hand"] <= 3)} ({found["ratio_to_by_hand"]}).
- A bare COPY into tables without keys takes {found["copy"]:.1f} s, a ratio of {found["ratio_to_copy"]}.
- Under 500 MB: {_target(found["memory_mb"] < 500)} ({found["memory_mb"]} MB at most);
  {found["rows_a_second"]:,} rows a second.
"""


def _ofsted(found: Found) -> str:
    rows = []
    judged = []
    for name, line in found.items():
        for what, label in (("", "first"), ("_again", "again")):
            by_hand = line.get("by_hand" + what)
            rows.append(
                [
                    f"{name}, {line['rows']:,} rows, {label}",
                    f"{line['ours' + what]:.1f} s",
                    f"{line['upsert' + what]:.3f} s",
                    line[f"ratio{what}_to_upsert"],
                    f"{by_hand:.3f} s" if by_hand else "",
                    line.get(f"ratio{what}_to_by_hand", ""),
                ]
            )
        judged.append(f"- COPY and one upsert into one table of text: a ratio of {line['ratio_to_upsert']}.")
        if "ratio_to_by_hand" in line:
            judged.append(
                f"- At most 1.5 times the same tables by hand: {_target(line['ratio_to_by_hand'] <= 1.5)}"
                f" ({line['ratio_to_by_hand']}). That way alone is {line['by_hand'] / line['upsert']:.1f} times the one"
                " upsert."
            )
    headings = ["list", "`import-ofsted`", "one upsert", "ratio", "the same tables by hand", "ratio"]
    return f"""## Taking in one of Ofsted's lists

Against COPY and one upsert into one table of the file's own columns; and against the tables that we keep (settings,
owners, what the list said, inspections, judgements, statuses) with the same history, written by hand for
this one file, where both must say the same. By hand nothing is checked, one year's columns and wordings
are known, and a status is taken from the overall grade alone. The command's own seconds, from opening the
file to the flags. `--scale` changes nothing here: a list is as long as Ofsted made it. `benchmarks/ofsted.py`

{_table(headings, rows)}
{chr(10).join(judged)}
"""


def _measures(found: Found) -> str:
    engines = ("postgres", "duckdb")
    rows = [
        [
            name,
            *(f"{found[name][way]:.2f} s" for way in ("ours", "by_hand")),
            f"{found[name]['ratio']:.2f}",
            f"{found[name]['as_known']:.2f} s",
            f"{found[name]['as_known_ratio']:.2f}",
        ]
        for name in engines
    ]
    growth = [
        [f"{int(size):,} TACs", *(f"{times[name]:.2f} s" for name in engines)]
        for size, times in found["growth"].items()
    ]
    worst = {name: max(found[name]["measures"].items(), key=lambda measure: measure[1]["ratio"]) for name in engines}
    judged = "\n".join(
        f"- {name}: at most 1.5 times by hand {_target(found[name]['ratio'] <= 1.5)}, the single measure furthest off"
        f" `{worst[name][0]}` at {worst[name][1]['ratio']:.2f}; as known at a past moment at most 1.5 times now"
        f" {_target(found[name]['as_known_ratio'] <= 1.5)}."
        for name in engines
    )
    count = len(found["postgres"]["measures"])
    return f"""## Asking figures

All {count} `tac_*` measures of the catalogue, monthly for ten years by sector of the lead, over
{found["tacs"]:,} TACs made up for the purpose, against the best SQL that we could write by hand for the
same tables. Each must give the same figures, or the run fails. `benchmarks/measures.py`

{_table(["engine", "ours", "by hand", "ratio", "as known at a past moment", "to now"], rows)}
{judged}

How all of them together grow:

{_table(["", *engines], growth)}"""


def _rag(found: Found) -> str:
    rows = [
        ["reading the facts, one SELECT a table", f"{found['select']:.2f} s", f"{found['facts']:,} facts"],
        [
            "rating all contracts from nothing",
            f"{found['from_nothing']:.1f} s",
            f"{found['written']:,} rows with their history",
        ],
        ["telling who must know", f"{found['telling']:.1f} s", f"{found['flags']:,} flags"],
        [
            "one changed fact",
            f"{found['one_changed_fact'] * 1000:.0f} ms",
            f"{found['contracts_changed_by_it']:,} contract rated again",
        ],
    ]
    whole = found["from_nothing"] + found["telling"]
    return f"""## Rating contracts

{found["contracts"]:,} contracts with five years of facts made up for the purpose, rated for every day of their
terms: {found["reasons"]:,} spells of a reason and {found["colours"]:,} of a colour come of it. The baseline only
reads the facts, works nothing out and keeps nothing. `benchmarks/rag.py`

{_table(["", "seconds", "how many"], rows)}
- From nothing, with the telling, under 10 seconds: {_target(whole < 10)} ({whole:.1f} s). The rating alone is
  {found["ratio_to_select"]} times the baseline.
- One changed fact rates its own contract only: {_target(found["contracts_changed_by_it"] == 1)}.
"""


def _register(found: Found) -> str:
    is_constant = found["queries"] == found["queries_narrow"]
    return f"""## The register of contracts

The page of the register with {found["contracts"]:,} rated contracts, as a contract officer opens it in one process
without a server. The baseline is one SELECT of the same fifty rows. `benchmarks/register.py`

- As many queries for fifty rows as for one: {_target(is_constant)} ({found["queries"]}, {found["queries_narrow"]}).
- {found["seconds"] * 1000:.0f} ms, {found["ratio_to_select"]} times the baseline's
  {found["select"] * 1000:.1f} ms.
"""


_PAGES = {"tacs": "list of TACs, filtered", "tac": "one TAC", "settings": "list of settings"}


def _pages(found: Found) -> str:
    rows = []
    for name, page in found["pages"].items():
        ours, bare = page["ours"], page["bare"]
        rows.append(
            [
                _PAGES[name],
                f"{page['alone']['p50_ms']:.0f} ms",
                f"{ours['p50_ms']:.0f} ms",
                f"{ours['p95_ms']:.0f} ms",
                ours["requests_a_second"],
                f"{bare['p50_ms']:.0f} ms",
                f"{bare['p95_ms']:.0f} ms",
                bare["requests_a_second"],
                page["ratio_p95"],
                f"{page['queries_narrow']}, {page['queries']}",
            ]
        )
    headings = [
        "page", "one reader, p50", "p50", "p95", "a second", "bare p50", "bare p95", "bare a second", "ratio at p95",
        "queries",
    ]  # fmt: skip
    slowest = max(page["ours"]["p95_ms"] for page in found["pages"].values())
    constant = all(page["queries"] == page["queries_narrow"] for page in found["pages"].values())
    return f"""## Opening pages

{found["tacs"]:,} TACs, read by one of a hundred early help consultants, each tied to their share, and by a
social worker (the list of settings). Served by `plumbline serve` (two processes of four threads), asked
over {found["connections"]} kept connections by a process on the same machine. The bare view has no
sign-in, no middleware and no template, leaves no event in the trail, counts nothing, and gives the rows of
the page's one query as JSON. `benchmarks/pages.py`

{_table(headings, rows)}
- Under half a second at p95 with {found["connections"]} connections: {_target(slowest < 500)}
  ({slowest:.0f} ms at most).
- As many queries for fifty rows as for one (both are given; writing the event is among them): {_target(constant)}.
{_policies(found)}
"""


def _policies(found: Found) -> str:
    held = {name: page["row_security"] for name, page in found["pages"].items() if "row_security" in page}
    return "".join(
        f"- {_PAGES[name][0].upper()}{_PAGES[name][1:]}, with the policies of row security"
        f" {each['with'] * 1000:.0f} ms, without them {each['without'] * 1000:.0f} ms: {each['ratio']} times.\n"
        for name, each in held.items()
    )


def _work(found: Found) -> str:
    rows = [
        [
            {"officer": "a contract officer, half of them their own", "team": "one of the management team"}[name],
            f"{page['alone']['p50_ms']:.0f} ms",
            f"{page['ours']['p50_ms']:.0f} ms",
            f"{page['ours']['p95_ms']:.0f} ms",
            page["ours"]["requests_a_second"],
            f"{page['bare_alone']['p50_ms']:.0f} ms",
            f"{page['bare']['p50_ms']:.0f} ms",
            f"{page['bare']['p95_ms']:.0f} ms",
            page["bare"]["requests_a_second"],
            page["ratio_p95"],
            page["queries"],
        ]
        for name, page in found["pages"].items()
    ]
    headings = ["My work of", "one reader, p50", "p50", "p95", "a second", "bare, one reader",
                "bare p50", "bare p95", "bare a second", "ratio at p95", "queries"]  # fmt: skip
    rounds = "; ".join(
        f"{name} {', '.join(str(ratio) for ratio in page['ratios_p95'])}" for name, page in found["pages"].items()
    )
    by_second = " and ".join(
        f"{page['bare']['requests_a_second'] / page['ours']['requests_a_second']:.1f}"
        for page in found["pages"].values()
    )
    worst = max(page["ratio_p95"] for page in found["pages"].values())
    return f"""## My work

{found["contracts"]:,} contracts and {found["tacs"]:,} TACs, {found["duties"]:,} duties in {found["matters"]:,}
matters. All of them worked out from nothing: {found["from_nothing"]:.1f} s; after one contract has changed:
{found["one_changed"]:.0f} ms. The bare view is the frame of every page with nothing in it, to the same person signed
in, by the same server: middleware, session, roles, the transaction as their viewer. Both are asked in turn, and the
round in the middle is given. `benchmarks/work.py`

{_table(headings, rows)}
- By round, at p95: {rounds}. By answers a second: {by_second} times. Where others work on the same processors, as the
  load says, the bare view's p95 is in part theirs.
- Under 2.5 times the bare view at p95: {_target(worst < 2.5)} ({worst} at most).
"""


def _report(found: Found) -> str:
    columns = list(found["county"]["seconds"])
    rows = [
        [f"{line['tacs']:,} TACs", *(f"{line['seconds'][part]:.2f} s" for part in columns), f"{line['command']:.1f} s"]
        for line in found.values()
    ]
    return f"""## Writing the report

Questions 5, 6 and 7, {found["county"]["figures"]} figures: the draft written, its figures asked, the
document built, and each file. HTML comes first and draws the charts, which PDF uses again; Word needs them
as pictures of another kind. The whole command begins with starting Python. `benchmarks/report.py`

{_table(["", *columns, "the whole command"], rows)}"""


def take(run: Found) -> None:
    """Keep what a run found, and write the page."""
    last = json.loads(_LAST.read_text()) if _LAST.exists() else {}
    for name, load in run["load"].items():
        last[name] = {"day": run["day"], "machine": run["machine"], "load": load, "found": run[name]}
    _LAST.write_text(json.dumps(last, indent=1) + "\n")
    _PAGE.write_text(written(last))


if __name__ == "__main__":
    take(json.load(sys.stdin))
