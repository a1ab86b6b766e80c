"""Who sees which contracts: the council's own by role, a provider's people those of their organisation."""

from datetime import date

from django.db.models import QuerySet

from plumbline.contracts.models import Contract
from plumbline.kernel.errors import NotAllowed
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import Organisation, User
from plumbline.people.queries import organisations_of


def contracts_visible_to(viewer: User, *, on: date) -> QuerySet[Contract]:
    """The contracts that exist for the viewer."""
    if access.may(viewer, Permission.CONTRACTS_VIEW, on=on):
        return Contract.objects.all()
    own = organisations_of(viewer, on=on)
    return Contract.objects.filter(provider__in=own) if own else Contract.objects.none()


def contract_seen(viewer: User, *, contract_id: int, on: date) -> Contract:
    """One contract. Raises NotAllowed where there is none for the viewer."""
    found = (
        contracts_visible_to(viewer, on=on)
        .select_related(
            "provider__merged_into", "framework", "manager", "area_lead", "ocds_contract", "origin__import_run"
        )
        .filter(pk=contract_id)
        .first()
    )
    if found is None:
        raise NotAllowed(f"There is no contract {contract_id}.")
    return found


def head_of(organisation: Organisation) -> Organisation:
    """The organisation as it is called now: `merged_into` followed to its end."""
    seen = {organisation.pk}
    while organisation.merged_into is not None and organisation.merged_into.pk not in seen:
        organisation = organisation.merged_into
        seen.add(organisation.pk)
    return organisation
