"""A contracting process of the Open Contracting Data Standard (OCDS 1.1), as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

# The roles of a party that make it one of those who supply.
SUPPLYING = frozenset({"supplier", "tenderer"})


def ocid_of(reference: str, *, prefix: str) -> str:
    """The number under which we publish the tender of this reference."""
    return f"{prefix}-{reference}"


@dataclass(frozen=True, slots=True)
class Release:
    """One release as it came. `line`: its place in the package, counted from 1; `dated` knows its offset from UTC."""

    line: int
    ocid: str
    release_id: str
    dated: datetime
    tags: tuple[str, ...]
    body: Mapping[str, Any]
    sha256: str


@dataclass(frozen=True, slots=True)
class Party:
    """Someone who supplies or offers to. `award_id`: of which award, "" where none is named."""

    party_id: str
    award_id: str
    name: str
    identifiers: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Awarded:
    award_id: str
    title: str
    status: str
    dated: date | None
    value: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Contracted:
    contract_id: str
    award_id: str
    title: str
    status: str
    signed_on: date | None
    starts_on: date | None
    ends_on: date | None
    value: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Process:
    """What all releases of one process say together, the later winning over the earlier."""

    title: str
    buyer_name: str
    buyer_identifier: str
    tender_status: str
    awards: tuple[Awarded, ...]
    contracts: tuple[Contracted, ...]
    parties: tuple[Party, ...]
