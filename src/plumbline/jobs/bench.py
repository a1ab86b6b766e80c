"""`plumbline bench`: the benchmarks of this checkout, each as a ratio to a baseline run side by side.

They are in `benchmarks/`, outside the package: a production install has none.
"""

import importlib
import json
import os
import platform
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from plumbline.kernel.errors import RuleBroken

CHECKOUT = Path(__file__).resolve().parents[3]
ALL = ("imports", "ofsted", "measures", "pages", "work", "report", "rag", "register")


def bench(*, names: tuple[str, ...], scale: int | None, today: date) -> None:
    """Run them, and print figures and ratios as JSON. `scale`: how many TACs, where a benchmark's own is too many."""
    if not (CHECKOUT / "benchmarks").is_dir():
        raise RuleBroken("The benchmarks are in the checkout; this is an installed package.", code="no_benchmarks")
    unknown = sorted(set(names) - set(ALL))
    if unknown:
        raise RuleBroken(f"There is no benchmark “{unknown[0]}”; there are {', '.join(ALL)}.", code="unknown_benchmark")
    sys.path.insert(0, str(CHECKOUT))
    found: dict[str, Any] = {
        "day": today.isoformat(),
        "machine": _machine(),
        # Others' work on the same processors, too: how many processes ran or waited, over a minute, before and after.
        "load": {},
    }
    for name in names or ALL:
        click.echo(f"Benchmark: {name}", err=True)
        module = importlib.import_module(f"benchmarks.{name}")
        before = os.getloadavg()[0]
        found[name] = module.run(**({"scale": scale} if scale else {}))
        found["load"][name] = [round(before, 1), round(os.getloadavg()[0], 1)]
    click.echo(json.dumps(found, indent=1, default=str))


def _machine() -> str:
    kinds = [
        line.partition(":")[2].strip()
        for line in (Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else [])
        if line.startswith("model name")
    ]
    return f"{os.cpu_count()} cores, {kinds[0] if kinds else platform.machine()}, Python {platform.python_version()}"
