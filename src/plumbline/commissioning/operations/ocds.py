"""Taking in what others, and we, have published under the Open Contracting Data Standard."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from plumbline.commissioning.access import tenders_visible_to
from plumbline.commissioning.models import OcdsAward, OcdsContract, OcdsParty, OcdsProcess, OcdsRelease, Tender
from plumbline.commissioning.queries.identifiers import organisation_of
from plumbline.commissioning.rules.ocds import Party, Process, Release, ocid_of
from plumbline.intake.models import Import
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation


@dataclass(slots=True)
class Taken:
    """How the releases differ from what was known; `waiting`: suppliers for a person to decide, of these processes;
    `ours`: processes found to be of our own tenders."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    processes: int = 0
    waiting: int = 0
    ours: int = 0
    refused: list[tuple[Release, str]] = field(default_factory=list)


@operation
def take_releases(
    *,
    releases: Sequence[Release],
    together: Callable[[Sequence[Mapping[str, Any]]], Process],
    import_run: Import,
    prefix: str,
    act: Act,
) -> Taken:
    """Keep each release and make each process what its releases say together, whatever the order of importing.

    `together` reads the bodies of one process's releases, oldest first. A release known by its id with other content
    is a change. Suppliers are matched by identifier, else wait for a person; what a person decided stays. A process
    whose ocid is that of our own export (`prefix` and a tender's reference) is tied to that tender.
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
    taken.ours = _tie_our_own(prefix, at=act.at)
    act.record(
        "commissioning.ocds.taken",
        subject=import_run,
        added=taken.added,
        changed=taken.changed,
        unchanged=taken.unchanged,
        processes=taken.processes,
        ours=taken.ours,
    )
    return taken


def _tie_our_own(prefix: str, *, at: datetime) -> int:
    """Tie what is published under our own numbers, unless someone said that it is none of ours; how many."""
    if not prefix:
        return 0
    loose = OcdsProcess.objects.filter(tied_at=None, ocid__startswith=f"{prefix}-").values_list("ocid", flat=True)
    references = [ocid.removeprefix(f"{prefix}-") for ocid in loose]
    tenders = Tender.objects.filter(reference__in=references).exclude(state=Tender.State.DRAFT)
    for tender in tenders:
        OcdsProcess.objects.filter(ocid=ocid_of(tender.reference, prefix=prefix)).update(tender=tender, tied_at=at)
    return len(tenders)


@operation
def tie_notice(*, process_id: int, tender_id: int | None, act: PersonalAct) -> OcdsProcess:
    """Say of which of our tenders a published process is; None: of none. It can be said again.

    Raises RuleBroken (unknown_tender; not_public, for a draft, which nobody can have published).
    """
    act.check(Permission.TENDERS_MANAGE)
    process = OcdsProcess.objects.select_for_update(of=("self",)).filter(pk=process_id).first()
    if process is None:
        raise NotAllowed(f"There is no published notice {process_id}.")
    tender = tenders_visible_to(act.by, on=act.on).filter(pk=tender_id).first() if tender_id is not None else None
    if tender_id is not None and tender is None:
        raise RuleBroken("There is no such tender.", code="unknown_tender")
    if tender is not None and tender.state == Tender.State.DRAFT:
        raise RuleBroken(f"{tender.reference} is a draft: nobody can have published it.", code="not_public")
    before, process.tender = process.tender, tender
    process.tied_at, process.tied_by = act.at, act.by
    process.save(update_fields=["tender", "tied_at", "tied_by"])
    if before is not None and before != tender:
        act.record("commissioning.notice.untied", subject=before, ocid=process.ocid)
    if tender is not None:
        act.record("commissioning.notice.tied", subject=tender, ocid=process.ocid)
    return process


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
    """A supplier that was said to be none of ours, by name and numbers, is not asked about again: it is the same
    decision."""
    before = (
        OcdsParty.objects.filter(match=OcdsParty.Match.NOT_OURS, name=row.name, identifiers=row.identifiers)
        .order_by("-decided_at", "-pk")
        .first()
    )
    if before is not None:
        row.match, row.decided_at, row.decided_by = before.match, before.decided_at, before.decided_by
