"""A tender of ours, its awards and their contracts as a release package of the Open Contracting Data Standard 1.1.5.

What was not successful stays unnamed: of the bidders only the number is published.
"""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from plumbline.commissioning.models import Award, Bid, Tender
from plumbline.commissioning.queries.evaluation import standing_awards, value_of
from plumbline.commissioning.rules.ocds import ocid_of
from plumbline.contracts.models import Contract
from plumbline.exchange.ocds_files import faults
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.acting import operation
from plumbline.people.models import Organisation

_S = Tender.State

# The standard's word for each state of ours (tenderStatus). What is not approved yet is not to be published.
_STATUS = {
    _S.APPROVED: "planned",
    _S.PUBLISHED: "active",
    _S.CLOSED: "active",
    _S.STAGE1: "active",
    _S.EVALUATION: "active",
    _S.MODERATION: "active",
    _S.RECOMMENDATION: "active",
    _S.STANDSTILL: "active",
    _S.AWARDED: "complete",
    _S.CONTRACT_DETAILS: "complete",
    _S.IMPLEMENTATION: "complete",
    _S.ABANDONED: "cancelled",
}
_METHOD = {
    Tender.Kind.COMPETITION: "open",
    Tender.Kind.FRAMEWORK: "open",
    Tender.Kind.DIRECT_AWARD: "direct",
    Tender.Kind.CALL_OFF: "limited",
}
_LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


@operation
def export_tender(*, tender: Tender, prefix: str, council: str, uri: str, act: Act) -> dict[str, Any]:
    """The package with one release: what is known today of the tender, its awards and their contracts.

    `prefix`: registered for the council (PLUMBLINE_OCID_PREFIX); `uri`: where the package can be had. Raises RuleBroken
    without a prefix (no_prefix), for a tender that is not approved yet (not_public), and, should it ever happen, for a
    release that is not valid (not_valid).
    """
    act.check(Permission.TENDERS_VIEW)
    if not prefix:
        raise RuleBroken(
            "The council has no registered prefix for open contracting yet: set PLUMBLINE_OCID_PREFIX.",
            code="no_prefix",
        )
    if tender.state not in _STATUS or (tender.state == _S.ABANDONED and tender.published_on is None):
        raise RuleBroken("A tender that is not approved to publish is not written as open data.", code="not_public")
    release = _release(tender, prefix=prefix, council=council, at=act.at)
    wrong = faults(release)
    if wrong:
        raise RuleBroken(f"The release would not be valid: {wrong}", code="not_valid")
    act.record("exchange.ocds.exported", subject=tender, release=release["id"])
    return {
        "uri": uri,
        "version": "1.1",
        "publishedDate": act.at.isoformat(),
        "publisher": {"name": council},
        "license": _LICENCE,
        "releases": [release],
    }


def as_text(package: dict[str, Any]) -> str:
    return json.dumps(package, ensure_ascii=False, indent=1)


def _release(tender: Tender, *, prefix: str, council: str, at: datetime) -> dict[str, Any]:
    buyer = {"id": "buyer", "name": council}
    # Public with its notice, before the standstill ends.
    public = (Award.State.STANDSTILL, Award.State.AWARDED)
    awards = [award for award in standing_awards(tender) if award.state in public]
    contracts = list(Contract.objects.filter(award__in=awards).select_related("award").order_by("award", "pk"))
    parties = [{**buyer, "roles": ["buyer", "procuringEntity"]}, *(_supplier(award.bid.supplier) for award in awards)]
    tags = ["contract"] if contracts else ["award"] if awards else ["tender"]
    if tender.state == _S.APPROVED:
        tags = ["planning"]
    elif tender.state == _S.ABANDONED:
        tags = ["tenderCancellation"]
    release: dict[str, Any] = {
        "ocid": ocid_of(tender.reference, prefix=prefix),
        "id": f"{tender.reference}-{at:%Y%m%dT%H%M%S}",
        "date": at.isoformat(),
        "language": "en",
        "tag": tags,
        "initiationType": "tender",
        "parties": parties,
        "buyer": buyer,
        "tender": _tender(tender, buyer),
    }
    if awards:
        release["awards"] = [_award(award, tender) for award in awards]
    if contracts:
        release["contracts"] = [_contract(contract, tender) for contract in contracts]
    return release


def _tender(tender: Tender, buyer: dict[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": tender.reference,
        "title": tender.title,
        "description": tender.description or tender.service,
        "status": _STATUS[_S(tender.state)],
        "procuringEntity": buyer,
        "procurementMethod": _METHOD[Tender.Kind(tender.kind)],
        "procurementMethodDetails": tender.get_kind_display() + (", light touch" if tender.light_touch else ""),
        "mainProcurementCategory": "services",
    }
    if tender.direct_award_reason:
        said["procurementMethodRationale"] = tender.direct_award_reason
    if tender.value is not None:
        said["value"] = _money(tender.value)
    if tender.cpv:
        said["items"] = [{"id": "1", "classification": {"scheme": "CPV", "id": tender.cpv}}]
    if tender.questions_id:
        said["awardCriteria"] = "ratedCriteria"
    if tender.published_on and tender.bids_due_on:
        said["tenderPeriod"] = _period(tender.published_on, tender.bids_due_on)
    if tender.service_starts_on:
        said["contractPeriod"] = _period(tender.service_starts_on, tender.service_ends_on)
    if tender.closed_on:
        said["numberOfTenderers"] = Bid.objects.filter(tender=tender).count()
    return said


def _award(award: Award, tender: Tender) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": _award_id(tender, award.pk),
        "title": tender.title,
        "status": "active" if award.state == Award.State.AWARDED else "pending",
        "suppliers": [{"id": _key(award.bid.supplier), "name": award.bid.supplier.name}],
    }
    if public_on := award.awarded_on or award.notice_on:
        said["date"] = _moment(public_on)
    value = value_of(award)
    if value is not None:
        said["value"] = _money(value)
    return said


def _award_id(tender: Tender, number: int | None) -> str:
    return f"{tender.reference}-award-{number}"


def _contract(contract: Contract, tender: Tender) -> dict[str, Any]:
    status = {"implementation": "pending", "live": "active", "ended": "terminated"}[contract.state]
    said: dict[str, Any] = {
        "id": contract.reference,
        "awardID": _award_id(tender, contract.award_id),
        "title": contract.title,
        "status": status,
        "period": _period(contract.starts_on, contract.ends_on),
    }
    if contract.value is not None:
        said["value"] = _money(contract.value)
    return said


def _supplier(supplier: Organisation) -> dict[str, Any]:
    numbers = [
        {"scheme": each.scheme, "id": each.value, "legalName": supplier.name}
        for each in supplier.identifiers.order_by("scheme", "value")
    ]
    said: dict[str, Any] = {"id": _key(supplier), "name": supplier.name, "roles": ["supplier", "tenderer"]}
    said["identifier"] = numbers[0] if numbers else {"legalName": supplier.name}
    if numbers[1:]:
        said["additionalIdentifiers"] = numbers[1:]
    return said


def _key(supplier: Organisation) -> str:
    return f"supplier-{supplier.pk}"


def _money(amount: Decimal) -> dict[str, Any]:
    return {"amount": float(amount), "currency": "GBP"}


def _period(first: date, last: date | None) -> dict[str, str]:
    said = {"startDate": _moment(first)}
    if last:
        said["endDate"] = _moment(last, time(23, 59, 59))
    return said


def _moment(day: date, at: time = time(0)) -> str:
    return datetime.combine(day, at, UTC).isoformat()
