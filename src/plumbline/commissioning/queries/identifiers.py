"""Suppliers by the numbers under which registers know them."""

from collections.abc import Sequence

from plumbline.people.models import Organisation, OrganisationIdentifier


def organisation_of(identifiers: Sequence[tuple[str, str]]) -> Organisation | None:
    """The one organisation that these numbers name; None where none does, or they name two (a person decides)."""
    found: set[int] = set()
    for scheme, value in identifiers:
        found.update(
            OrganisationIdentifier.objects.filter(scheme=scheme, value=value).values_list("organisation", flat=True)
        )
    return Organisation.objects.get(pk=found.pop()) if len(found) == 1 else None
