"""The published files that the tests read, inside the checkout; the whole ones only where PLUMBLINE_SHARED names them.

`COUNTY` is the demonstration's county and `LISTS` its two whole lists of Ofsted; `PARTS` are small parts of the other
lists, line for line as published (tests/data/README.md says which lines, and the licences).
"""

import json
from functools import cache
from typing import Any

from tests.databases import CHECKOUT

DATA = CHECKOUT / "tests" / "data"
_DEMONSTRATION = CHECKOUT / "src" / "plumbline" / "jobs" / "demonstration"
COUNTY = _DEMONSTRATION / "county_2016"
LISTS = _DEMONSTRATION / "ofsted"
PARTS = DATA / "ofsted_parts"
SCHOOL_PLACEMENTS = DATA / "school_placements_2023"
OCDS = DATA / "ocds"


@cache
def expected(name: str) -> Any:
    """What is known of the county beforehand: `expected_rag`, say."""
    return json.loads((DATA / "county_2016" / f"{name}.json").read_text())
