"""Packages of the Open Contracting Data Standard 1.1: read, checked against its schema, and merged as it says."""

import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator
from jsonschema.exceptions import ValidationError
from ocdsmerge import Merger

from plumbline.commissioning.rules.ocds import SUPPLYING, Awarded, Contracted, Party, Process, Release
from plumbline.exchange.wrong_files import WrongFile
from plumbline.kernel.identifiers import in_one_form

SCHEMA = Path(__file__).parent / "ocds_schema" / "release-schema.json"
# A package is read whole; the services give at most a few megabytes at a time.
LARGEST = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Refused:
    """A release that cannot be taken: its place in the package (from 1), its id, the code and a sentence."""

    line: int
    id: str
    code: str
    reason: str
    body: Any


@dataclass(frozen=True, slots=True)
class Package:
    read: int
    releases: tuple[Release, ...]
    repeated: int
    refused: tuple[Refused, ...]


def read_package(path: Path) -> Package:
    """Read a release package or a record package (of a record: its releases where they are whole, else the compiled
    release). Raises WrongFile where it is neither (not_json, not_ocds), or none of its releases can be taken
    (invalid_package: with the reason of the first)."""
    bodies = list(_bodies(_json(path)))
    releases: list[Release] = []
    refused: list[Refused] = []
    first: dict[tuple[str, str], Release] = {}
    repeated = 0
    for line, body in enumerate(bodies, start=1):
        try:
            fault = _fault(body)
        except RecursionError:
            fault = "It is nested too deeply to be read."
        if fault:
            reason = _CANNOT_BE.sub("\ufffd", fault)
            refused.append(Refused(line, _said_id(body), "invalid_release", reason, body))
            continue
        release = _release(line, body)
        before = first.setdefault((release.ocid, release.release_id), release)
        if before is release:
            releases.append(release)
        elif before.sha256 == release.sha256:
            repeated += 1
        else:
            reason = f"Release {before.line} of this package has the same id and says something else."
            refused.append(Refused(line, release.release_id, "conflict_in_file", reason, body))
    if bodies and not releases:
        raise WrongFile(
            f"None of the {len(bodies)} releases of {path.name} can be taken. The first: {refused[0].reason}",
            code="invalid_package",
        )
    return Package(len(bodies), tuple(releases), repeated, tuple(refused))


def together(bodies: Sequence[Mapping[str, Any]]) -> Process:
    """What the releases of one process say together: the later wins, lists are joined by the ids of their members
    (the standard's merging rules). Later by the moment: the merging itself would compare the texts of the dates, of
    which 00:30+01:00 is later than 23:45Z of the day before, and is not in truth."""
    parts = [_part(body, _READ) | {"date": _in_utc(body["date"])} for body in bodies]
    said: Mapping[str, Any] = parts[0] if len(parts) == 1 else _merger().create_compiled_release(parts)
    tender = said.get("tender") or {}
    buyer = said.get("buyer") or {}
    parties = {party["id"]: party for party in said.get("parties") or [] if "id" in party}
    return Process(
        title=_text(tender.get("title") or tender.get("description") or "")[:500],
        buyer_name=_text(buyer.get("name") or parties.get(buyer.get("id"), {}).get("name") or "")[:300],
        buyer_identifier=_number(parties.get(buyer.get("id"), {}).get("identifier") or {})
        or str(buyer.get("id") or ""),
        tender_status=tender.get("status") or "",
        awards=tuple(_award(award) for award in said.get("awards") or []),
        contracts=tuple(_contract(contract) for contract in said.get("contracts") or []),
        parties=tuple(_parties(said, parties)),
    )


# What is read of a release. Extensions are kept with it and not merged: no schema of ours says how.
_READ: Mapping[str, Any] = {
    "ocid": None, "id": None, "date": None, "tag": None, "initiationType": None,
    "tender": dict.fromkeys(("id", "title", "description", "status")),
    "buyer": dict.fromkeys(("id", "name")),
    "parties": dict.fromkeys(("id", "name", "roles")) | {
        numbers: dict.fromkeys(("scheme", "id", "legalName")) for numbers in ("identifier", "additionalIdentifiers")
    },
    "awards": dict.fromkeys(("id", "title", "status", "date")) | {
        "value": dict.fromkeys(("amount", "currency")), "suppliers": dict.fromkeys(("id", "name")),
    },
    "contracts": dict.fromkeys(("id", "awardID", "title", "status", "dateSigned")) | {
        "value": dict.fromkeys(("amount", "currency")), "period": dict.fromkeys(("startDate", "endDate")),
    },
}  # fmt: skip


def _in_utc(said: str) -> str:
    """The moment in one form, so that the order of the texts is the order of the moments."""
    return datetime.fromisoformat(said).astimezone(UTC).isoformat(timespec="microseconds")


def _part(value: Any, wanted: Mapping[str, Any] | None) -> Any:
    if wanted is None:
        return value
    if isinstance(value, list):
        return [_part(each, wanted) for each in value]
    if isinstance(value, dict):
        return {name: _part(value[name], more) for name, more in wanted.items() if name in value}
    return value


def faults(release: Mapping[str, Any]) -> str:
    """What the standard's schema finds wrong with a release, as a sentence; "" where it is valid."""
    return _fault(release)


def _json(path: Path) -> Any:
    if path.stat().st_size > LARGEST:
        raise WrongFile(f"{path.name} is larger than 200 MB: ask for it in parts.", code="too_large")
    try:
        return json.loads(path.read_bytes(), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as fault:
        raise WrongFile(f"{path.name} is not JSON, or was cut off: {fault}.", code="not_json") from fault


def _no_number(said: str) -> Any:
    raise ValueError(f"{said} is no number")


def _bodies(package: Any) -> Iterator[Any]:
    version = package.get("version") if isinstance(package, dict) else None
    if version is not None and not str(version).startswith("1.1"):
        raise WrongFile(
            f"The package says that it is of OCDS {str(version)[:20]}: version 1.1 is read. Ask its publisher for it.",
            code="not_ocds",
        )
    if isinstance(package, dict) and isinstance(package.get("releases"), list):
        yield from package["releases"]
    elif isinstance(package, dict) and isinstance(package.get("records"), list):
        for record in package["records"]:
            releases = record.get("releases") if isinstance(record, dict) else None
            # A linked release is only an address; the compiled one says what they say together.
            if releases and not any("url" in release for release in releases if isinstance(release, dict)):
                yield from releases
            else:
                yield record.get("compiledRelease") if isinstance(record, dict) else record
    else:
        raise WrongFile("This is neither an OCDS release package nor a record package.", code="not_ocds")


def _fault(body: Any) -> str:
    """A sentence on what is wrong with a release; "" where nothing is."""
    if not isinstance(body, dict):
        return "It holds no release, only addresses of releases."
    faults = sorted(_validator().iter_errors(body), key=lambda fault: (len(fault.absolute_path), str(fault.path)))
    if faults:
        more = f" There are {len(faults) - 1} more faults." if len(faults) > 1 else ""
        return _sentence(faults[0]) + more
    return next(_more_faults(body), "")


# What the standard allows and nothing here can keep.
_LONGEST = {"ocid": 120, "id": 200}
_LONGEST_ID = 200
_MOST = Decimal(10) ** 14
_YEARS = range(1900, 2200)


def _more_faults(body: Mapping[str, Any]) -> Iterator[str]:
    if not _can_be_kept(body):
        yield "It holds a character or a number that cannot be (U+0000, half a pair, or without end)."
        return
    for name, longest in _LONGEST.items():
        if len(body[name]) > longest:
            yield f"Its {name} is longer than {longest} characters: “{body[name][:40]}…”."
    yield from _moment_fault("Its date", body["date"], with_offset=True)
    for kind, days in (("awards", ("date",)), ("contracts", ("dateSigned", "startDate", "endDate"))):
        for place, each in enumerate(body.get(kind) or []):
            where = f"At {kind}/{place}"
            if len(str(each["id"])) > _LONGEST_ID:
                yield f"{where}: its id is longer than {_LONGEST_ID} characters."
            amount = (each.get("value") or {}).get("amount")
            if amount is not None and not -_MOST < Decimal(str(amount)) < _MOST:
                yield f"{where}: {str(amount)[:40]} is no amount."
            for day in days:
                said = (each.get("period") or {}).get(day) if day.endswith("Date") else each.get(day)
                if said:
                    yield from _moment_fault(f"{where}: its {day}", said, with_offset=False)


def _moment_fault(what: str, said: str, *, with_offset: bool) -> Iterator[str]:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        yield f"{what} “{said[:60]}” is not a moment."
        return
    if moment.year not in _YEARS:
        yield f"{what} “{said[:60]}” is not a moment that can be meant."
    elif with_offset and not moment.tzinfo:
        yield f"{what} “{said[:60]}” has no offset from UTC."


def _can_be_kept(value: Any) -> bool:
    """Whether the database can hold all of it as it came."""
    if isinstance(value, dict):
        return all(_can_be_kept(name) and _can_be_kept(each) for name, each in value.items())
    if isinstance(value, list):
        return all(map(_can_be_kept, value))
    if isinstance(value, Decimal | int):
        return -_NO_END < value < _NO_END
    return not isinstance(value, str) or not _CANNOT_BE.search(value)


_CANNOT_BE = re.compile("[\x00\ud800-\udfff]")
_NO_END = Decimal(10) ** 300


def _sentence(fault: ValidationError) -> str:
    where = "/".join(str(part) for part in fault.absolute_path)
    place = f"At {where}: " if where else ""
    if fault.validator == "required":
        missing = [name for name in fault.validator_value if name not in fault.instance]
        return f"{place}“{missing[0]}” is missing (OCDS 1.1.5)."
    return f"{place}{fault.message[:200]} (OCDS 1.1.5)."


def _said_id(body: Any) -> str:
    if not isinstance(body, dict):
        return ""
    return _CANNOT_BE.sub("\ufffd", str(body.get("id") or body.get("ocid") or ""))[:120]


def _release(line: int, body: dict[str, Any]) -> Release:
    plain = json.loads(json.dumps(body, default=_plain))
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False)
    return Release(
        line=line,
        ocid=body["ocid"],
        release_id=body["id"],
        dated=datetime.fromisoformat(body["date"]),
        tags=tuple(body["tag"]),
        body=plain,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )


def _plain(value: Any) -> Any:
    """A number of the file as JSON of the database holds it; what is read of it is made exact again by `_money`."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value))


def _award(award: Mapping[str, Any]) -> Awarded:
    amount, currency = _money(award.get("value"))
    return Awarded(
        award_id=str(award["id"]),
        title=_text(award.get("title") or "")[:500],
        status=award.get("status") or "",
        dated=_day(award.get("date")),
        value=amount,
        currency=currency,
    )


def _contract(contract: Mapping[str, Any]) -> Contracted:
    amount, currency = _money(contract.get("value"))
    period = contract.get("period") or {}
    return Contracted(
        contract_id=str(contract["id"]),
        award_id=str(contract.get("awardID") or ""),
        title=_text(contract.get("title") or "")[:500],
        status=contract.get("status") or "",
        signed_on=_day(contract.get("dateSigned")),
        starts_on=_day(period.get("startDate")),
        ends_on=_day(period.get("endDate")),
        value=amount,
        currency=currency,
    )


def _parties(said: Mapping[str, Any], parties: Mapping[str, Mapping[str, Any]]) -> Iterator[Party]:
    named = set()
    for award in said.get("awards") or []:
        for supplier in award.get("suppliers") or []:
            key = str(supplier.get("id") or supplier.get("name") or "")
            if key and (key, award["id"]) not in named:
                named.add((key, award["id"]))
                yield _party(key, str(award["id"]), parties.get(supplier.get("id", ""), supplier), supplier)
    awarded = {key for key, _ in named}
    for key, party in parties.items():
        if SUPPLYING & set(party.get("roles") or []) and key not in awarded:
            yield _party(key, "", party, party)


def _party(key: str, award_id: str, party: Mapping[str, Any], reference: Mapping[str, Any]) -> Party:
    numbers = [party.get("identifier") or {}, *(party.get("additionalIdentifiers") or [])]
    name = party.get("name") or reference.get("name") or numbers[0].get("legalName") or "no name given"
    return Party(
        party_id=key[:200],
        award_id=award_id[:200],
        name=_text(name)[:300],
        identifiers=tuple(
            (scheme[:40], number[:80])
            for scheme, number in in_one_form(
                (each["scheme"], str(each["id"])) for each in numbers if each.get("scheme") and each.get("id")
            )
        ),
        roles=tuple(party.get("roles") or ["supplier"]),
    )


def _number(identifier: Mapping[str, Any]) -> str:
    scheme, value = identifier.get("scheme"), identifier.get("id")
    return f"{scheme}-{value}"[:120] if scheme and value else ""


def _money(value: Mapping[str, Any] | None) -> tuple[Decimal | None, str]:
    amount = (value or {}).get("amount")
    if amount is None:
        return None, ""
    return Decimal(str(amount)).quantize(Decimal("0.01")), str((value or {}).get("currency") or "")[:3]


def _day(text: str | None) -> date | None:
    """The day as the notice says it: a time's own offset counts, not ours."""
    return datetime.fromisoformat(text).date() if text else None


def _text(text: str) -> str:
    """Words as people wrote them. Services publish “Â£” for “£” and “&apos;” for an apostrophe: where the text as a
    whole is UTF-8 that was read as Windows-1252, it is read again. The release itself is kept as it came."""
    text = html.unescape(text)
    if any(mark in text for mark in ("Â", "â€", "Ã")):
        try:
            text = text.encode("cp1252").decode("utf-8")
        except UnicodeError:
            # Not that fault, or not all of the text has it: left as published.
            return " ".join(text.split())
    return " ".join(text.split())


@cache
def _validator() -> Draft4Validator:
    return Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


@cache
def _merger() -> Merger:
    return Merger(json.loads(SCHEMA.read_text(encoding="utf-8")))
