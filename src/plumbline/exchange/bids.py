"""The bids of one tender, taken from the list that the portal gives after opening: one row a bid (CSV, XLSX or ODS).

Columns: `supplier` and `received` (a day, with or without a time; noon where none is given); any of `company_number`,
`charity_number`, `price`, `new_to_council` (yes or no), `late_accepted_because`; and a column for each scored question,
named by its key or its title. A supplier is known by its number, else by its exact name, else made.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import transaction

from plumbline.commissioning.operations import bids
from plumbline.commissioning.queries import tenders as queries
from plumbline.exchange.cells import RoundedId, clean, clean_id, clean_text, fold
from plumbline.exchange.dates import BadDate, parse_date
from plumbline.exchange.readers import RefusedRow, Row, open_table
from plumbline.exchange.spreadsheets import Limits, open_workbook
from plumbline.exchange.text_files import is_spreadsheet
from plumbline.exchange.wrong_files import WrongFile
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.identifiers import in_one_form
from plumbline.kernel.moments import taken_at
from plumbline.kernel.names import sort_key
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import Organisation, OrganisationIdentifier

_LIMITS = Limits(unpacked_bytes=50_000_000, memory_bytes=500_000_000, seconds=30)
_REQUIRED = ("supplier", "received")
_ALIASES = {"company number": "company_number", "charity number": "charity_number", "new to council": "new_to_council",
            "late accepted because": "late_accepted_because"}  # fmt: skip
_SCHEMES = {"company_number": "GB-COH", "charity_number": "GB-CHC"}
_TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})")
_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0", ""})


@dataclass(frozen=True, slots=True)
class RefusedLine:
    line: int
    supplier: str
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """How many bids were added and how many were entered already (they are left as they are); what was refused."""

    added: int
    unchanged: int
    refused: tuple[RefusedLine, ...]


@operation
def take_bids(*, tender_id: int, path: Path, council: str, act: PersonalAct) -> Taken:
    """Enter each bid of a file. A row that cannot be taken stops no other.

    Raises WrongFile where the file is not such a list; RuleBroken where the tender takes no bids; NotAllowed.
    """
    tender = queries.tender_seen(act.by, tender_id=tender_id, on=act.on)
    asked = queries.questions_asked(tender)
    questions = {fold(name): each.key for each in (asked.criteria if asked else ()) for name in (each.key, each.title)}
    added = unchanged = 0
    refused: list[RefusedLine] = []
    for line, cells in _rows(path):
        if isinstance(cells, RefusedRow):
            refused.append(RefusedLine(line, cells.raw.get("supplier", ""), cells.reason))
            continue
        try:
            with transaction.atomic():
                supplier = _supplier(cells, act=act)
                bid = bids.enter_bid(
                    tender_id=tender.pk,
                    supplier_id=supplier.pk,
                    received_at=_received(cells["received"]),
                    price=_price(cells),
                    new_to_council=_is_new(cells),
                    council=council,
                    late_accepted_because=clean_text(cells.get("late_accepted_because", "")),
                    act=act,
                )
                answers = {questions[name]: clean_text(text) for name, text in cells.items() if name in questions}
                if any(answers.values()) and bid.stopped_on is None:
                    bids.save_answers(bid_id=bid.pk, answers=answers, act=act)
        except RuleBroken as refusal:
            if refusal.code == "wrong_state":
                raise
            if refusal.code == "bid_entered":
                unchanged += 1
            else:
                refused.append(RefusedLine(line, cells["supplier"].strip(), refusal.reason))
        else:
            added += 1
    act.record("exchange.bids.taken", subject=tender, added=added, unchanged=unchanged, refused=len(refused))
    return Taken(added, unchanged, tuple(refused))


def _rows(path: Path) -> Iterator[Row]:
    if not is_spreadsheet(path):
        yield from open_table(
            path, kind_name="a list of bids", required=_REQUIRED, aliases=_ALIASES, days=("received",)
        )
        return
    book = open_workbook(path, limits=_LIMITS)
    tables = book.tables(
        kind_name="a list of bids",
        required=_REQUIRED,
        aliases=_ALIASES,
        days=("received",),
        among=[sheet for sheet in book.sheets if sheet not in book.hidden],
    )
    if len(tables) > 1:
        raise WrongFile("Two sheets of the file hold bids. Keep one.", code="two_tables")
    yield from tables[0]


def _supplier(cells: Mapping[str, str], *, act: PersonalAct) -> Organisation:
    name = " ".join(clean_text(cells["supplier"]).split())
    try:
        numbers = in_one_form((scheme, clean_id(cells.get(column, ""))) for column, scheme in _SCHEMES.items())
    except RoundedId as rounded:
        raise RuleBroken(rounded.reason, code="rounded_id") from rounded
    for scheme, number in numbers:
        known = (
            OrganisationIdentifier.objects.filter(scheme=scheme, value=number).select_related("organisation").first()
        )
        if known is not None:
            return known.organisation
    found = Organisation.objects.filter(sort_key=sort_key(name)).first() if name else None
    if found is None:
        return bids.make_supplier(name=name, identifiers=numbers, act=act)
    others = dict(found.identifiers.values_list("scheme", "value"))
    for scheme, number in numbers:
        if scheme in others:
            raise RuleBroken(
                f"{name} is in the register with {bids.SCHEMES[scheme].lower()} {others[scheme]}, and is here with "
                f"{number}. Enter this bid by hand.",
                code="other_number",
            )
    return found


def _received(text: str) -> datetime:
    said = _TIME.search(text)
    hour, minute = (int(said[1]), int(said[2])) if said else (12, 0)
    if hour > 23 or minute > 59:
        raise RuleBroken(f"received: “{text.strip()}” has no such time.", code="bad_date")
    try:
        day = parse_date(text.strip())
    except BadDate as wrong:
        raise RuleBroken(f"received: “{text.strip()}” is no day.", code="bad_date") from wrong
    if day is None:
        raise RuleBroken("received: it is not said when the bid came.", code="bad_date")
    try:
        return taken_at(day, time(hour, minute))
    except RuleBroken as wrong:
        raise RuleBroken(f"received: {wrong.reason}", code=wrong.code) from wrong


def _price(cells: Mapping[str, str]) -> Decimal | None:
    text = clean(cells.get("price", "")).replace("£", "").replace(",", "").strip()
    if not text:
        return None
    try:
        price = Decimal(text)
    except InvalidOperation as wrong:
        raise RuleBroken(f"price: “{text}” is no number.", code="bad_price") from wrong
    if not price.is_finite() or price >= Decimal(10) ** 12 or price != round(price, 2):
        raise RuleBroken(f"price: “{text}” is no price in pounds and pence.", code="bad_price")
    return price


def _is_new(cells: Mapping[str, str]) -> bool:
    text = clean(cells.get("new_to_council", "")).casefold()
    if text not in _YES | _NO:
        raise RuleBroken(f"new_to_council: “{text}” is neither yes nor no.", code="unknown_code")
    return text in _YES
