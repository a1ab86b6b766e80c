"""Numbers that were kept before there was one form of them, put into it by the migrations."""

import importlib

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from plumbline.commissioning.models import OcdsParty, OcdsProcess
from plumbline.people.models import Organisation, OrganisationIdentifier

pytestmark = pytest.mark.django_db

KEPT = importlib.import_module("plumbline.people.migrations.0004_numbers_in_one_form")
PUBLISHED = importlib.import_module("plumbline.commissioning.migrations.0007_published_numbers_in_one_form")


def organisation(name: str, *numbers: tuple[str, str]) -> Organisation:
    made = Organisation.objects.create(name=name, sort_key=name.casefold(), sector="other")
    for scheme, value in numbers:
        OrganisationIdentifier.objects.create(organisation=made, scheme=scheme, value=value)
    return made


@pytest.fixture
def before(db: None) -> None:
    """As the database was: any writing of a number could be kept. As the owner, who migrates."""
    with connection.cursor() as cursor:
        cursor.execute("alter table people_organisationidentifier drop constraint organisation_identifier_in_one_form")


def numbers_of(name: str) -> list[str]:
    kept = OrganisationIdentifier.objects.filter(organisation__name=name).order_by("value")
    return [f"{each.scheme} {each.value}" for each in kept]


@pytest.mark.login("owner")
def test_a_company_number_gets_its_zeros(before: None) -> None:
    organisation("Fenside", ("GB-COH", "1234567"), ("GB-CHC", "0212424"))
    KEPT.put_in_one_form(apps, None)
    assert numbers_of("Fenside") == ["GB-COH 01234567", "GB-CHC 212424"]


@pytest.mark.login("owner")
def test_one_number_kept_twice_stays_with_who_has_it_in_full(before: None) -> None:
    organisation("Fenside Homes", ("GB-COH", "1234567"))
    organisation("Fenside Care", ("GB-COH", "01234567"))
    KEPT.put_in_one_form(apps, None)
    assert (numbers_of("Fenside Homes"), numbers_of("Fenside Care")) == ([], ["GB-COH 01234567"])


def test_a_published_supplier_that_waited_for_want_of_a_zero_is_matched() -> None:
    known = organisation("Fenside", ("GB-COH", "01234567"))
    process = OcdsProcess.objects.create(ocid="ocds-abc123-1", latest_on=timezone.now())
    OcdsParty.objects.create(
        process=process, party_id="1", name="Fenside", identifiers=[{"scheme": "GB-COH", "id": "1234567"}]
    )
    PUBLISHED.put_in_one_form(apps, None)
    assert OcdsParty.objects.values_list("match", "organisation", "identifiers").get() == (
        "identifier",
        known.pk,
        [{"scheme": "GB-COH", "id": "01234567"}],
    )


@pytest.mark.parametrize(
    ("scheme", "value"),
    [("GB-COH", "1234567"), ("GB-COH", "SC12345"), ("GB-CHC", "0212424"), ("GB-COH", "sc012345"), ("LOCAL", "A 7")],
)
def test_the_database_keeps_no_other_form(scheme: str, value: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        organisation("Fenside", (scheme, value))
