"""Who a supplier is: decided by a person where no number says it; two found to be one, and found not to be."""

from collections.abc import Mapping
from typing import Any

from plumbline.audit.models import Event
from plumbline.commissioning.models import OcdsParty, SupplierMerge
from plumbline.commissioning.queries.identifiers import organisation_of
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.names import sort_key
from plumbline.people.access import Permission
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import Organisation, OrganisationIdentifier

_M = OcdsParty.Match


@operation
def decide_party(
    *,
    party_id: int,
    organisation_id: int | None = None,
    new: bool = False,
    not_ours: bool = False,
    all_alike: bool = False,
    act: PersonalAct,
) -> int:
    """Say who a published supplier is: one that is known, a new one, or none of ours; how many rows it settled.

    `all_alike`: every waiting row of the same name and numbers. The numbers are kept with the organisation, so that the
    next package needs nobody. Raises RuleBroken where a number is another organisation's already.
    """
    act.check(Permission.SUPPLIERS_SETTLE)
    if [organisation_id is not None, new, not_ours].count(True) != 1:
        raise RuleBroken("Choose a supplier that is known, a new one, or none of ours.", code="undecided")
    party = OcdsParty.objects.select_for_update().filter(pk=party_id).first()
    if party is None:
        raise NotAllowed(f"There is no published supplier {party_id}.")
    organisation = None if not_ours else _new(party) if new else _standing(organisation_id)
    numbers = _keep_numbers(organisation, party.identifiers) if organisation else []
    rows = OcdsParty.objects.filter(pk=party.pk)
    if all_alike:
        rows = rows | OcdsParty.objects.filter(match=_M.WAITING, name=party.name, identifiers=party.identifiers)
    match = _M.NOT_OURS if not_ours else _M.NEW if new else _M.PERSON
    settled = OcdsParty.objects.filter(pk__in=rows.values("pk")).update(
        match=match, organisation=organisation, decided_at=act.at, decided_by=act.by
    )
    act.record(
        "commissioning.supplier.decided",
        subject=party,
        match=str(match),
        rows=settled,
        organisation=organisation.pk if organisation else None,
        numbers=numbers,
    )
    return settled


@operation
def undo_decision(*, party_id: int, all_alike: bool = False, act: PersonalAct) -> int:
    """Put a decided row back among those that wait; how many. `all_alike`: all that the same decision settled.

    A number that the decision gave to a supplier is taken back with the last of its rows, and a supplier that was
    matched by that number since waits again. Raises RuleBroken for a row that waits already.
    """
    act.check(Permission.SUPPLIERS_SETTLE)
    party = OcdsParty.objects.select_for_update().filter(pk=party_id).first()
    if party is None:
        raise NotAllowed(f"There is no published supplier {party_id}.")
    if party.match == _M.WAITING:
        raise RuleBroken(f"Nothing was decided on {party.name} yet.", code="wrong_state")
    together = OcdsParty.objects.filter(
        decided_at=party.decided_at,
        decided_by=party.decided_by,
        organisation=party.organisation_id,
        name=party.name,
        identifiers=party.identifiers,
    ).exclude(decided_at=None)
    decision = _decision(party)
    numbers = list(together.values_list("pk", flat=True)) if all_alike and party.decided_at else [party.pk]
    undone = OcdsParty.objects.filter(pk__in=numbers).update(
        match=_M.WAITING, organisation=None, decided_at=None, decided_by=None
    )
    taken_back = [] if decision is None or together.exists() else _take_back(decision)
    act.record("commissioning.supplier.undecided", subject=party, rows=undone, numbers=taken_back)
    return undone


def _decision(party: OcdsParty) -> Event | None:
    """What was recorded of the decision on this row, be it made on one like it; None where nobody was decided on."""
    if party.decided_at is None or party.organisation_id is None:
        return None
    same = OcdsParty.objects.filter(name=party.name, identifiers=party.identifiers).values_list("pk", flat=True)
    numbers = [str(pk) for pk in same]
    # The event has a moment of the database's own, a little after that of the decision.
    return (
        Event.objects.filter(
            kind="commissioning.supplier.decided",
            subject_type=party._meta.label_lower,
            subject_id__in=numbers,
            at__gte=party.decided_at,
        )
        .order_by("no")
        .first()
    )


def _take_back(decision: Event) -> list[list[str]]:
    """Else the right supplier could never be given its number: it would stay the wrong one's."""
    gone: list[list[str]] = []
    for scheme, value in decision.data.get("numbers", []):
        where = {"scheme": scheme, "value": value, "organisation": decision.data["organisation"]}
        if OrganisationIdentifier.objects.filter(**where).delete()[0]:
            gone.append([scheme, value])
            _match_anew(scheme, value, decision.data["organisation"])
    return gone


def _match_anew(scheme: str, value: str, organisation_id: int) -> None:
    for row in OcdsParty.objects.filter(
        match=_M.IDENTIFIER, organisation=organisation_id, identifiers__contains=[{"scheme": scheme, "id": value}]
    ):
        row.organisation = organisation_of([(each["scheme"], each["id"]) for each in row.identifiers])
        row.match = _M.IDENTIFIER if row.organisation else _M.WAITING
        row.save()


@operation
def merge_suppliers(*, merged_id: int, into_id: int, because: str, act: PersonalAct) -> SupplierMerge:
    """Two names are one supplier: what was the first's is read as the second's. Nothing is rewritten, so it can be
    undone. Raises RuleBroken for a merge with itself, with one that is merged, or without a reason."""
    act.check(Permission.SUPPLIERS_SETTLE)
    if not because.strip():
        raise RuleBroken("Say why these two are one supplier.", code="missing_reason")
    rows: Mapping[int, Any] = {
        row.pk: row
        for row in Organisation.objects.select_for_update().filter(pk__in=[merged_id, into_id]).order_by("pk")
    }
    if merged_id == into_id or len(rows) != 2:
        raise RuleBroken("Choose two different suppliers.", code="same_supplier")
    merged, into = rows[merged_id], rows[into_id]
    for each in (merged, into):
        if each.merged_into_id is not None:
            raise RuleBroken(f"{each.name} is merged already. Undo that first.", code="already_merged")
    if Organisation.objects.filter(merged_into=merged).exists():
        raise RuleBroken(
            f"Others are merged into {merged.name}. Merge into it, or undo those first.", code="has_merged"
        )
    merged.merged_into = into
    merged.save(update_fields=["merged_into"])
    merge = SupplierMerge.objects.create(
        merged=merged, into=into, because=because.strip(), merged_at=act.at, merged_by=act.by
    )
    act.record("commissioning.supplier.merged", subject=merged, because=because.strip(), into=into.pk)
    return merge


@operation
def rename_supplier(*, organisation_id: int, name: str, because: str, act: PersonalAct) -> Organisation:
    """Another name of the same body, as its register has it now. The names before are in its history, and what was
    said or sent under one of them keeps it. Raises RuleBroken (missing_name, missing_reason, nothing_changed,
    known_name, already_merged)."""
    act.check(Permission.SUPPLIERS_SETTLE)
    found = Organisation.objects.select_for_update(of=("self",)).filter(pk=organisation_id).first()
    if found is None:
        raise NotAllowed(f"There is no supplier {organisation_id}.")
    name, before = " ".join(name.split()), found.name
    if not name:
        raise RuleBroken("Enter the name.", code="missing_name")
    if not because.strip():
        raise RuleBroken("Say how you know the new name.", code="missing_reason")
    if found.merged_into_id is not None:
        raise RuleBroken(f"{found.name} is read as another supplier. Undo that first.", code="already_merged")
    if name == before:
        raise RuleBroken("It has this name already.", code="nothing_changed")
    key = sort_key(name)
    if Organisation.objects.filter(sort_key=key).exclude(pk=found.pk).exists():
        raise RuleBroken(f"There is a supplier called {name} already: say that the two are one.", code="known_name")
    found.name, found.sort_key = name, key
    found.save(update_fields=["name", "sort_key"])
    act.record("commissioning.supplier.renamed", subject=found, because=because.strip(), before=before, after=name)
    return found


@operation
def undo_merge(*, merge_id: int, because: str, act: PersonalAct) -> None:
    """The two are two again. Raises RuleBroken without a reason, or where it was undone already."""
    act.check(Permission.SUPPLIERS_SETTLE)
    merge = SupplierMerge.objects.select_for_update().filter(pk=merge_id).first()
    if merge is None:
        raise NotAllowed(f"There is no merge {merge_id}.")
    if merge.undone_at is not None:
        raise RuleBroken("This merge was undone already.", code="wrong_state")
    if not because.strip():
        raise RuleBroken("Say why these are two suppliers after all.", code="missing_reason")
    merge.undone_at, merge.undone_by, merge.undone_because = act.at, act.by, because.strip()
    merge.save()
    Organisation.objects.filter(pk=merge.merged_id).update(merged_into=None)
    act.record("commissioning.supplier.unmerged", subject=merge.merged, because=because.strip())


def _new(party: OcdsParty) -> Organisation:
    key = sort_key(party.name)
    if Organisation.objects.filter(sort_key=key).exists():
        raise RuleBroken(f"There is a supplier called {party.name} already: choose it.", code="known_name")
    return Organisation.objects.create(name=party.name, sort_key=key, sector=Organisation.Sector.OTHER)


def _standing(organisation_id: int | None) -> Organisation:
    standing = Organisation.objects.select_related("merged_into")
    found = standing.filter(pk=organisation_id).first() if organisation_id is not None else None
    if found is None:
        raise RuleBroken("There is no such supplier.", code="unknown_supplier")
    return found.merged_into or found


def _keep_numbers(organisation: Organisation, identifiers: list[dict[str, str]]) -> list[list[str]]:
    """Those that are new to the organisation, as pairs of scheme and number."""
    added: list[list[str]] = []
    for each in identifiers:
        kept, made = OrganisationIdentifier.objects.get_or_create(
            scheme=each["scheme"], value=each["id"], defaults={"organisation": organisation}
        )
        if kept.organisation_id != organisation.pk:
            raise RuleBroken(
                f"The number {each['scheme']} {each['id']} is {kept.organisation.name}'s: one of the two is wrong,"
                " or the two are one supplier.",
                code="number_of_another",
            )
        if made:
            added.append([each["scheme"], each["id"]])
    return added
