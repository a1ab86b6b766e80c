"""The provider's own pages: what is asked for, own contracts and nobody else's, and policies handed in."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from plumbline.actions.operations import raise_action
from plumbline.contracts.models import HomeReport, PolicyOffer
from plumbline.contracts.operations import incident_forms
from plumbline.contracts.operations.assurance import request_contract_return
from plumbline.contracts.operations.rating import rerate
from plumbline.contracts.queries import portal
from plumbline.people.access import ROLES, Permission
from plumbline.people.act import Act
from plumbline.web.kit.duties import address
from tests.duties import duties_of, what
from tests.factories.people import ChildFactory, UserFactory
from tests.integration.contracts.incident_situations import STEPS, World, a_world, an_incident
from tests.queries import assert_constant_queries

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]

TODAY = date(2016, 7, 31)
AT = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def world() -> World:
    world = a_world(live_on=date(2015, 1, 1), state="live")
    rerate(contract_ids=[world.contract.pk], act=Act(None, AT, TODAY))
    return world


def text(answer) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def upload(page, world: World, *, user=None, key: str = "safeguarding", content: bytes = PDF, year: str = "2016"):
    return page(user or world.provider).post(
        reverse("provider_policy", args=[world.contract.pk, key]),
        {
            "file": SimpleUploadedFile("policy.pdf", content),
            "reviewed_on_day": "1",
            "reviewed_on_month": "7",
            "reviewed_on_year": year,
        },
    )


def test_home_asks_for_each_policy_that_was_never_seen(page, world: World) -> None:
    assert "Upload the policy on safeguarding" in text(page(world.provider).get(reverse("provider")))


def test_home_asks_for_the_self_assessment(page, world: World) -> None:
    assert "A new self-assessment with its action plan is needed" in text(page(world.provider).get(reverse("provider")))


def test_home_asks_whom_to_tell_of_an_incident(page, world: World) -> None:
    an_incident(world)
    assert "Still to be told: Customer service centre" in text(page(world.provider).get(reverse("provider")))


def test_home_asks_to_agree_the_incident_form(page, world: World) -> None:
    incident_forms.write_form(contract_id=world.contract.pk, steps=STEPS, act=Act(world.manager, AT, TODAY))
    assert "Read and agree the incident form" in text(page(world.provider).get(reverse("provider")))


def test_home_asks_for_our_actions(page, world: World) -> None:
    raise_action(
        title="Send the training matrix",
        subject_type="contract",
        subject_id=world.contract.pk,
        subject_label=world.contract.reference,
        origin_type="evaluation",
        owner_organisation=world.contract.provider,
        due_on=date(2016, 8, 20),
        act=Act(world.manager, AT, TODAY),
    )
    assert "Send the training matrix" in text(page(world.provider).get(reverse("provider")))


def test_home_lists_own_contracts_and_nobody_elses(page, world: World) -> None:
    other = a_world()
    said = text(page(world.provider).get(reverse("provider")))
    assert (world.contract.reference in said, other.contract.reference in said) == (True, False)


def test_home_has_a_constant_number_of_queries(page, world: World) -> None:
    client = page(world.provider)

    def more() -> None:
        for _ in range(3):
            other = a_world(provider=world.contract.provider, live_on=date(2015, 1, 1))
            incident_forms.write_form(contract_id=other.contract.pk, steps=STEPS, act=Act(other.manager, AT, TODAY))
            an_incident(other, by=world.provider)
        client.get(reverse("provider"))  # who opens it first works out what changed

    more()
    assert_constant_queries(lambda: client.get(reverse("provider")), more=more)


def test_home_of_a_provider_without_a_contract_says_so(page, world: World) -> None:
    assert "No contract of yours is recorded" in text(page(world.other_provider).get(reverse("provider")))


@pytest.mark.parametrize("route", ["provider_contract"])
def test_another_providers_contract_does_not_exist(page, world: World, route: str) -> None:
    assert page(world.other_provider).get(reverse(route, args=[world.contract.pk])).status_code == 404


def test_another_providers_policy_cannot_be_uploaded(page, world: World) -> None:
    assert upload(page, world, user=world.other_provider).status_code == 404


def test_the_councils_people_have_no_portal(page, world: World) -> None:
    assert page(world.manager).get(reverse("provider")).status_code == 404


def test_a_provider_user_holds_the_portal_and_nothing_of_the_councils() -> None:
    assert ROLES["provider_user"].permissions == {Permission.PROVIDER_PORTAL}


@pytest.mark.parametrize("route", ["provider_contract", "contract_visits", "contract_incidents", "incident_form"])
def test_the_colour_of_a_contract_is_not_shown_to_its_provider(page, world: World, route: str) -> None:
    body = text(page(world.provider).get(reverse(route, args=[world.contract.pk])))
    assert re.findall(r"\b(Red|Amber|Green)\b", body) == []


def test_the_colour_of_that_contract_is_shown_to_the_council(page, world: World) -> None:
    body = text(page(world.manager).get(reverse("contract_incidents", args=[world.contract.pk])))
    assert "Amber" in body


def test_the_report_of_a_home_that_is_missing_leads_to_the_home(world: World) -> None:
    HomeReport.objects.create(
        setting=world.setting,
        kind="reg44",
        period_from=date(2016, 1, 1),
        received_on=date(2016, 2, 3),
        recorded_at=AT,
    )
    rerate(contract_ids=[world.contract.pk], act=Act(None, AT, TODAY))
    asked = {address(each.item.place) for each in duties_of(world.provider, TODAY)}
    assert reverse("home", args=[world.setting.pk]) in asked


def test_the_child_of_an_individual_agreement_is_not_shown(page) -> None:
    world = a_world(kind="spot", child=ChildFactory(forename="Orla", surname="Penn"))
    assert "Penn" not in text(page(world.provider).get(reverse("provider_contract", args=[world.contract.pk])))


def test_a_policy_that_was_uploaded_waits_for_the_council(page, world: World) -> None:
    upload(page, world)
    said = text(page(world.provider).get(reverse("provider_contract", args=[world.contract.pk])))
    assert "With the council" in said


def test_a_policy_that_waits_is_not_asked_for_again(page, world: World) -> None:
    upload(page, world)
    assert "Upload the policy on safeguarding" not in text(page(world.provider).get(reverse("provider")))


def test_a_policy_that_waits_does_not_count(page, world: World) -> None:
    upload(page, world)
    lacks = portal.lacking([world.contract], on=TODAY)[world.contract.pk]
    assert ("policy_missing", "safeguarding") in {(each.code, each.about) for each in lacks}


def test_an_accepted_policy_counts(page, world: World) -> None:
    upload(page, world)
    offer = PolicyOffer.objects.get(contract=world.contract)
    page(world.manager).post(reverse("policy_offer", args=[offer.pk]), {"decision": "accept"})
    lacks = portal.lacking([world.contract], on=TODAY)[world.contract.pk]
    assert ("policy_missing", "safeguarding") not in {(each.code, each.about) for each in lacks}


def test_a_policy_is_not_sent_back_without_saying_what_is_wrong(page, world: World) -> None:
    upload(page, world)
    offer = PolicyOffer.objects.get(contract=world.contract)
    answer = page(world.manager).post(reverse("policy_offer", args=[offer.pk]), {"decision": "refuse"})
    assert "Say what needs to be corrected" in text(answer)


def test_a_policy_sent_back_says_to_the_provider_what_is_wrong(page, world: World) -> None:
    upload(page, world)
    offer = PolicyOffer.objects.get(contract=world.contract)
    page(world.manager).post(
        reverse("policy_offer", args=[offer.pk]), {"decision": "refuse", "because": "It names no deputy."}
    )
    said = text(page(world.provider).get(reverse("provider_contract", args=[world.contract.pk])))
    assert "It names no deputy." in said


def test_one_upload_serves_every_contract_of_the_provider(page, world: World) -> None:
    second = a_world(provider=world.contract.provider)
    upload(page, world)
    offers = PolicyOffer.objects.filter(policy="safeguarding").values_list("contract", flat=True)
    assert set(offers) == {world.contract.pk, second.contract.pk}


def test_a_newer_upload_takes_the_place_of_what_waits(page, world: World) -> None:
    upload(page, world)
    upload(page, world, content=PDF.replace(b"<<>>", b"<< >>"))
    states = PolicyOffer.objects.filter(contract=world.contract).order_by("pk").values_list("accepted", flat=True)
    assert list(states) == [False, None]


def test_a_review_of_next_year_is_refused(page, world: World) -> None:
    assert "cannot be in the future" in text(upload(page, world, year="2017"))


def test_a_file_that_is_no_document_is_refused_at_its_field(page, world: World) -> None:
    said = text(upload(page, world, content=b"MZ\x90\x00 a program"))
    assert ("There is a problem" in said, PolicyOffer.objects.count()) == (True, 0)


def test_the_uploaded_document_opens_for_the_council_and_its_provider_only(page, world: World) -> None:
    upload(page, world)
    address = reverse("document", args=[PolicyOffer.objects.get(contract=world.contract).document_id])
    statuses = [page(user).get(address).status_code for user in (world.manager, world.provider, world.other_provider)]
    assert statuses == [200, 200, 404]


def test_the_council_finds_what_was_handed_in_in_my_work(page, world: World) -> None:
    upload(page, world)
    assert "Look at a policy: safeguarding" in text(page(world.manager).get(reverse("my_work")))


def test_who_does_not_manage_contracts_decides_on_no_policy(page, world: World) -> None:
    upload(page, world)
    offer = PolicyOffer.objects.get(contract=world.contract)
    answer = page(UserFactory(role="management_team")).get(reverse("policy_offer", args=[offer.pk]))
    assert answer.status_code == 404


def test_my_work_of_a_provider_is_the_portal(page, world: World) -> None:
    assert page(world.provider).get(reverse("my_work")).headers["Location"] == reverse("provider")


def test_what_a_provider_put_off_is_shown_until_it_is_taken_up_again(page, world: World) -> None:
    client, home = page(world.provider), reverse("provider")
    matter = re.search(r'href="(/work/[^"]+/)put-off/"', text(client.get(home)))[1]
    day = {"until_on_day": "10", "until_on_month": "8", "until_on_year": "2016"}
    client.post(f"{matter}put-off/", {**day, "because": "The head is away."})
    assert "Until 10 August 2016. The head is away." in text(client.get(home))
    client.post(f"{matter}take-up/")
    assert "The head is away." not in text(client.get(home))


def test_what_was_asked_for_already_is_not_asked_for_twice(page, world: World) -> None:
    request_contract_return(
        contract_id=world.contract.pk,
        purpose="self_assessment",
        toolkit="safeguarding_standards",
        due_on=date(2016, 8, 19),
        period_from=date(2015, 9, 1),
        period_to=date(2016, 8, 31),
        act=Act(world.manager, AT, TODAY),
    )
    assert "self-assessment is needed" not in " ".join(what(world.provider, TODAY))


def test_who_was_not_asked_yet_is_told_whom_to_ask(page, world: World) -> None:
    said = text(page(world.provider).get(reverse("provider_contract", args=[world.contract.pk])))
    assert "A new self-assessment with its action plan is needed" in said
