"""Who has bid is named nowhere to those to whom the bid is not open: viewers × every place that names organisations."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from plumbline.actions.models import Action
from plumbline.commissioning.models import BidDocument, OcdsParty, OcdsProcess
from plumbline.evidence.operations import keep_document
from plumbline.people.act import Act
from tests.factories import files
from tests.factories.people import OrganisationFactory, UserFactory
from tests.factories.records import TacFactory
from tests.factories.tenders import AT, TODAY, BidFactory, TenderFactory
from tests.relations.page import signed_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]

# Those who bid, one known by the bid alone; what is typed is a part of their names, or like them.
SEALED, KNOWN = "Zinniaflower Homes", "Zinniapetal Homes"
VIEWERS = ("contract_officer", "service_area_lead", "performance_analyst", "scrutiny_officer", "administrator",
           "partnership_officer", "management_team", "head_of_service", "social_worker", "elected_member")  # fmt: skip


@pytest.fixture
def places(settings, tmp_path):
    """Every address at which an organisation is named, chosen or looked for."""
    settings.TODAY = TODAY
    sealed, known = (OrganisationFactory(name=name, sector="other") for name in (SEALED, KNOWN))
    TacFactory(lead_organisation=known)
    tender = TenderFactory(state="evaluation")
    for supplier in (sealed, known):
        paper = keep_document(
            title="Paper of a bid",
            file_name="paper.pdf",
            content=files.pdf(b"paper"),
            folder=tmp_path,
            organisation=supplier,
            act=Act(None, AT, AT.date()),
        )
        BidDocument.objects.create(bid=BidFactory(tender=tender, supplier=supplier), document=paper)
    process = OcdsProcess.objects.create(ocid="ocds-213czf-1", title="Homes", latest_on=timezone.now())
    party = OcdsParty.objects.create(process=process, party_id="S1", name="Zinniaflowers Home", roles=["supplier"])
    TacFactory(lead_organisation=None, lead_wording="Zinniaflowers Home")
    other = OrganisationFactory(name="Other Care")
    OcdsParty.objects.create(
        process=process,
        party_id="S2",
        name="Other Care",
        roles=["supplier"],
        organisation=other,
        match="new",
        decided_at=AT,
    )

    def of(viewer):
        action = Action.objects.create(
            title="To be done",
            subject_type="contract",
            subject_id=1,
            subject_label="A contract",
            origin_type="other",
            raised_at=AT,
            raised_by=viewer,
            owner=viewer,
            first_due_on=date(2016, 8, 30),
            due_on=date(2016, 8, 30),
        )
        decide = reverse("queue_organisation_decide")
        return [
            f"{reverse('search')}?q=Zinnia",
            reverse("document_new"),
            f"{reverse('document_new')}?organisation={sealed.pk}",
            reverse("documents"),
            f"{reverse('documents')}?whose=Zinnia",
            reverse("action_hand_over", args=[action.pk]),
            reverse("return_new"),
            reverse("suppliers"),
            f"{reverse('suppliers')}?q=Zinnia",
            reverse("supplier", args=[sealed.pk]),
            reverse("supplier_queue"),
            reverse("supplier_decide", args=[party.pk]),
            f"{reverse('supplier_decide', args=[party.pk])}?q=Zinnia",
            reverse("supplier_merge", args=[other.pk]),
            f"{reverse('supplier_merge', args=[other.pk])}?q=Zinnia",
            f"{reverse('supplier_merge', args=[other.pk])}?other={sealed.pk}",
            f"{decide}?wording=Zinniaflowers Home",
            reverse("tender", args=[tender.pk]),
            reverse("tender_bids", args=[tender.pk]),
        ]

    return of


def naming(viewer, name: str, addresses: list[str]) -> list[str]:
    client = signed_in(viewer)
    return [address for address in addresses if name in text_of(client.get(address))]


@pytest.mark.parametrize("role", VIEWERS)
def test_a_sealed_bidder_is_named_nowhere(places, role):
    viewer = UserFactory(role=role)
    assert naming(viewer, SEALED, places(viewer)) == []


def test_a_bidder_whom_the_council_knows_otherwise_is_found_as_before(places):
    viewer = UserFactory(role="performance_analyst")
    assert f"{reverse('search')}?q=Zinnia" in naming(viewer, KNOWN, places(viewer))


def test_to_whom_the_bids_are_open_the_bidder_is_named(places):
    viewer = UserFactory(role="commissioner")
    found = naming(viewer, SEALED, places(viewer))
    assert {f"{reverse('search')}?q=Zinnia", reverse("document_new")} & set(found) != set()
