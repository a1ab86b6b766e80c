"""Taking in what others, and we, have published under the Open Contracting Data Standard."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from plumbline.audit import operations as audit
from plumbline.audit.models import Import
from plumbline.commissioning.models import OcdsAward, OcdsContract, OcdsParty, OcdsProcess, OcdsRelease
from plumbline.commissioning.queries.identifiers import organisation_of
from plumbline.commissioning.rules.ocds import Party, Process, Release
from plumbline.people.models import User


@dataclass(slots=True)
class Taken:
    """How the releases stood to what was known; `waiting`: suppliers for a person to decide, of these processes."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    processes: int = 0
    waiting: int = 0
    refused: list[tuple[Release, str]] = field(default_factory=list)


@transaction.atomic
def take_releases(
    *,
    releases: Sequence[Release],
    together: Callable[[Sequence[Mapping[str, Any]]], Process],
    import_run: Import,
    by: User | None,
    at: datetime,
) -> Taken:
    """Keep each release and make each process what its releases say together, whatever the order of importing.

    `together` reads the bodies of one process's releases, oldest first. A release known by its id with other content
    is a change. Suppliers are matched by identifier, else wait for a person; what a person decided stays.
    """
    taken = Taken()
    known = {
        process.ocid: process for process in OcdsProcess.objects.filter(ocid__in={release.ocid for release in releases})
    }
    touched: dict[str, OcdsProcess] = {}
    for release in releases:
        process = known.get(release.ocid)
        if process is None:
            process = known[release.ocid] = OcdsProcess.objects.create(ocid=release.ocid, latest_on=release.dated)
        if _keep(process, release, import_run, taken):
            touched[release.ocid] = process
    for _, process in sorted(touched.items()):
        bodies = list(process.releases.order_by("dated", "release_id").values_list("body", "dated"))
        _make(process, together([body for body, _ in bodies]), latest_on=bodies[-1][1])
    taken.processes = len(touched)
    taken.waiting = OcdsParty.objects.filter(process__in=touched.values(), match=OcdsParty.Match.WAITING).count()
    audit.record(
        "commissioning.ocds.taken", by=by, at=at, subject=import_run, added=taken.added, changed=taken.changed,
        unchanged=taken.unchanged, processes=taken.processes,
    )  # fmt: skip
    return taken


def _keep(process: OcdsProcess, release: Release, import_run: Import, taken: Taken) -> bool:
    """Whether the release says anything that was not known."""
    kept = process.releases.filter(release_id=release.release_id).first()
    said = {"dated": release.dated, "tags": list(release.tags), "body": release.body, "sha256": release.sha256}
    if kept is None:
        OcdsRelease.objects.create(process=process, release_id=release.release_id, import_run=import_run, **said)
        taken.added += 1
        return True
    if kept.sha256 == release.sha256:
        taken.unchanged += 1
        return False
    for name, value in {**said, "import_run": import_run}.items():
        setattr(kept, name, value)
    kept.save()
    taken.changed += 1
    return True


def _make(process: OcdsProcess, said: Process, *, latest_on: datetime) -> None:
    process.title, process.tender_status, process.latest_on = said.title, said.tender_status, latest_on
    process.buyer_name, process.buyer_identifier = said.buyer_name, said.buyer_identifier
    process.save()
    for award in said.awards:
        values = asdict(award)
        OcdsAward.objects.update_or_create(process=process, award_id=values.pop("award_id"), defaults=values)
    for contract in said.contracts:
        values = asdict(contract)
        OcdsContract.objects.update_or_create(process=process, contract_id=values.pop("contract_id"), defaults=values)
    for party in said.parties:
        _make_party(process, party)


def _make_party(process: OcdsProcess, said: Party) -> None:
    row, _ = OcdsParty.objects.get_or_create(
        process=process, party_id=said.party_id, award_id=said.award_id, defaults={"name": said.name}
    )
    row.name, row.roles = said.name, list(said.roles)
    row.identifiers = [{"scheme": scheme, "id": value} for scheme, value in said.identifiers]
    if row.match == OcdsParty.Match.WAITING:
        row.organisation = organisation_of(said.identifiers)
        row.match = OcdsParty.Match.IDENTIFIER if row.organisation else OcdsParty.Match.WAITING
        if row.organisation is None and row.identifiers:
            _as_set_aside(row)
    row.save()


def _as_set_aside(row: OcdsParty) -> None:
    """Whoever was said to be none of ours, by name and numbers, is not asked about again: it is the same decision."""
    before = OcdsParty.objects.filter(
        match=OcdsParty.Match.NOT_OURS, name=row.name, identifiers=row.identifiers
    ).order_by("-decided_at", "-pk").first()  # fmt: skip
    if before is not None:
        row.match, row.decided_at, row.decided_by = before.match, before.decided_at, before.decided_by
