"""Suppliers, the queue of published ones, published notices and a tender's open data, on their pages."""

from pathlib import Path

import pytest

from plumbline.audit.models import Event
from plumbline.commissioning.models import Bid, OcdsParty, SupplierMerge
from plumbline.commissioning.operations import suppliers as operations
from plumbline.exchange.models import Upload
from plumbline.ofsted.models import Owner
from plumbline.people.act import Act
from plumbline.people.models import Organisation, OrganisationIdentifier, User
from tests.integration.commissioning.tendering import a_bid, a_supplier, a_tender
from tests.integration.contracts.care_situations import a_contract, a_home, a_user
from tests.integration.web.publishing import AT, ON, Page, published, words
from tests.queries import assert_constant_queries

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]


@pytest.fixture
def officer() -> User:
    return a_user("contract_officer")


@pytest.fixture
def commissioner() -> User:
    return a_user("commissioner")


def a_merge(by: User, one: Organisation, into: Organisation) -> SupplierMerge:
    return operations.merge_suppliers(
        merged_id=one.pk, into_id=into.pk, because="The register says renamed", act=Act(by, AT, ON)
    )


# --- the list ---------------------------------------------------------------------------------------------------------


def test_a_supplier_stands_once_with_the_contracts_of_all_its_names(page: Page, officer: User) -> None:
    old, new = a_supplier("Ash Homes"), a_supplier("Ash Care")
    a_contract(provider=old)
    a_contract(provider=new)
    a_merge(officer, old, new)
    lines = page(officer).get("/suppliers/?format=csv").getvalue().decode().splitlines()
    assert [line for line in lines if "Ash" in line] == ["Ash Care,also Ash Homes,,2,0,0"]


def test_who_neither_bid_nor_holds_a_contract_nor_was_named_is_no_supplier(page: Page, officer: User) -> None:
    a_supplier("Nobody Yet")
    assert "Nobody Yet" not in words(page(officer).get("/suppliers/"))


def test_a_supplier_is_found_by_a_merged_name(page: Page, officer: User) -> None:
    old, new = a_supplier("Ash Homes"), a_supplier("Elder Care")
    a_contract(provider=new)
    a_merge(officer, old, new)
    assert "Elder Care" in words(page(officer).get("/suppliers/", {"q": "ash hom"}))


def test_a_supplier_is_found_by_its_number(page: Page, officer: User) -> None:
    known = a_supplier("Elder Care")
    known.identifiers.create(scheme="GB-COH", value="01234567")
    a_contract(provider=known)
    a_contract()
    assert "1 supplier" in words(page(officer).get("/suppliers/", {"q": "0123 4567"}))


def test_the_list_takes_the_same_queries_for_many_suppliers(page: Page, officer: User, commissioner: User) -> None:
    client = page(officer)
    tender = a_tender(commissioner, state="closed")

    def more(number: int = 5) -> None:
        for _ in range(number):
            supplier = a_supplier()
            a_contract(provider=supplier)
            a_bid(commissioner, tender, supplier=supplier)
            supplier.identifiers.create(scheme="GB-CHC", value=f"{supplier.pk}")

    more(1)
    assert_constant_queries(lambda: client.get("/suppliers/"), more=more)


def test_who_sees_no_tender_is_not_told_that_there_were_no_bids(page: Page) -> None:
    a_contract()
    assert "Bids" not in words(page(a_user("partnership_officer")).get("/suppliers/"))


# --- one supplier -----------------------------------------------------------------------------------------------------


def test_a_supplier_shows_its_contracts_bids_and_notices(
    page: Page, officer: User, commissioner: User, tmp_path: Path
) -> None:
    supplier = a_supplier("Elder Care")
    supplier.identifiers.create(scheme="GB-COH", value="00000007")
    contract = a_contract(provider=supplier)
    bid = a_bid(commissioner, a_tender(commissioner, state="closed"), supplier=supplier)
    party = published(tmp_path, name="Elder", number="7")
    said = words(page(commissioner).get(f"/suppliers/{supplier.pk}/"))
    links = [f"/contracts/{contract.pk}/", f"/bids/{bid.pk}/", f"/notices/{party.process_id}/"]
    assert [link for link in links if f'href="{link}"' not in said] == []


def test_an_evaluator_who_has_not_declared_sees_no_bid_at_the_supplier(page: Page, commissioner: User) -> None:
    lead = a_user("service_area_lead")
    bid = a_bid(commissioner, a_tender(commissioner, state="closed"))
    a_contract(provider=bid.supplier)
    bid.tender.evaluators.create(user=lead)
    assert f"/bids/{bid.pk}/" not in words(page(lead).get(f"/suppliers/{bid.supplier_id}/"))


def test_a_supplier_shows_its_owner_group_with_sister_settings(page: Page, officer: User) -> None:
    owner = Owner.objects.create(name="Harbour Group", sort_key="harbour group")
    contract = a_contract()
    a_home(contract, owner=owner)
    sister = a_home(owner=owner, name="Gull House", status="adverse")
    said = words(page(officer).get(f"/suppliers/{contract.provider_id}/"))
    assert ("Harbour Group" in said, f'/settings/social_care/{sister.urn}/">Gull House' in said) == (True, True)


def test_a_merged_name_leads_to_the_one_that_stands(page: Page, officer: User) -> None:
    old, new = a_supplier(), a_supplier()
    a_merge(officer, old, new)
    assert page(officer).get(f"/suppliers/{old.pk}/")["Location"] == f"/suppliers/{new.pk}/"


def test_the_history_says_who_merged_and_why(page: Page, officer: User) -> None:
    old, new = a_supplier("Ash Homes"), a_supplier("Ash Care")
    a_merge(officer, old, new)
    assert "Ash Homes is read as Ash Care. The register says renamed" in words(
        page(officer).get(f"/suppliers/{new.pk}/")
    )


# --- merging ----------------------------------------------------------------------------------------------------------


def test_names_most_alike_are_offered_to_merge_with(page: Page, officer: User) -> None:
    one = a_contract(provider=a_supplier("Fenside Care Limited")).provider
    other = a_supplier("Fenside Care Ltd")
    assert f"?other={other.pk}" in words(page(officer).get(f"/suppliers/{one.pk}/merge/"))


def test_a_part_of_a_long_name_finds_it(page: Page, officer: User) -> None:
    one = a_contract().provider
    other = a_supplier("Ashcroft Residential and Therapeutic Children’s Services (Midlands)")
    assert f"?other={other.pk}" in words(page(officer).get(f"/suppliers/{one.pk}/merge/", {"q": "ash"}))


def test_what_would_be_read_as_one_is_shown_before_it_is(page: Page, officer: User) -> None:
    one, other = a_supplier("Ash Care"), a_supplier("Ash Homes")
    a_contract(provider=one)
    for _ in range(2):
        a_contract(provider=other)
    said = words(page(officer).get(f"/suppliers/{one.pk}/merge/", {"other": other.pk}))
    assert ('data-label="Contracts">1<' in said, 'data-label="Contracts">2<' in said) == (True, True)


def test_two_suppliers_are_merged_on_the_page(page: Page, officer: User) -> None:
    one, other = a_contract().provider, a_supplier()
    page(officer).post(f"/suppliers/{one.pk}/merge/?other={other.pk}", {"stays": one.pk, "because": "Renamed"})
    other.refresh_from_db()
    assert other.merged_into == one


def test_a_merge_without_a_reason_is_asked_for_one(page: Page, officer: User) -> None:
    one, other = a_contract().provider, a_supplier()
    answer = page(officer).post(f"/suppliers/{one.pk}/merge/?other={other.pk}", {"stays": one.pk, "because": ""})
    assert "Say why these two are one supplier" in words(answer)


def test_a_merge_is_undone_with_a_reason(page: Page, officer: User) -> None:
    old, new = a_supplier(), a_supplier()
    merge = a_merge(officer, old, new)
    page(officer).post(f"/suppliers/merges/{merge.pk}/undo/", {"because": "Two charities after all"})
    old.refresh_from_db()
    assert (old.merged_into, Event.objects.latest("no").because) == (None, "Two charities after all")


# --- the queue --------------------------------------------------------------------------------------------------------


def test_the_queue_offers_the_nearest_names_first(page: Page, officer: User, tmp_path: Path) -> None:
    far, near = a_supplier("Fenside Care Group"), a_supplier("Fenside Care Limited")
    published(tmp_path, name="Fenside Care Limited (North)")
    said = words(page(officer).get("/suppliers/to-decide/"))
    assert 0 < said.index(f'value="{near.pk}"') < said.index(f'value="{far.pk}"')


def test_a_row_of_the_queue_is_decided(page: Page, officer: User, tmp_path: Path) -> None:
    known, party = a_supplier("Fenside"), published(tmp_path)
    page(officer).post("/suppliers/to-decide/", {"party0": party.pk, "is0": known.pk})
    party.refresh_from_db()
    assert (party.match, party.organisation) == ("person", known)


def test_who_decided_lately_and_has_left_is_said_to_have(page: Page, officer: User, tmp_path: Path) -> None:
    known, party = a_supplier("Fenside"), published(tmp_path)
    page(officer).post("/suppliers/to-decide/", {"party0": party.pk, "is0": known.pk})
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert f"{officer.name} (has left)" in words(page(a_user("contract_officer")).get("/suppliers/to-decide/"))


def test_one_decision_is_for_all_that_are_alike(page: Page, officer: User, tmp_path: Path) -> None:
    party = published(tmp_path)
    published(tmp_path, ocid="ocds-abc123-2")
    page(officer).post("/suppliers/to-decide/", {"party0": party.pk, "is0": "not_ours"})
    assert list(OcdsParty.objects.values_list("match", flat=True)) == ["not_ours", "not_ours"]


def test_all_that_are_left_are_decided_at_once(page: Page, officer: User, tmp_path: Path) -> None:
    one, two = published(tmp_path), published(tmp_path, name="Other Ltd", ocid="ocds-abc123-2")
    page(officer).post("/suppliers/to-decide/", {"party0": one.pk, "is0": "new", "party1": two.pk, "all": "not_ours"})
    assert sorted(OcdsParty.objects.values_list("match", flat=True)) == ["new", "not_ours"]


def test_a_refused_decision_stops_no_other_and_is_said(page: Page, officer: User, tmp_path: Path) -> None:
    a_supplier("Fenside Care Ltd")
    one, two = published(tmp_path), published(tmp_path, name="Other Ltd", ocid="ocds-abc123-2")
    answer = page(officer).post(
        "/suppliers/to-decide/", {"party0": one.pk, "is0": "new", "party1": two.pk, "is1": "new"}, follow=True
    )
    said = "There is a supplier called Fenside Care Ltd already: choose it." in words(answer)
    two.refresh_from_db()
    assert (said, two.match) == (True, "new")


def test_what_was_just_decided_is_undone(page: Page, officer: User, tmp_path: Path) -> None:
    party = published(tmp_path)
    published(tmp_path, ocid="ocds-abc123-2")
    client = page(officer)
    client.post("/suppliers/to-decide/", {"party0": party.pk, "is0": "not_ours"})
    client.post("/suppliers/to-decide/undo/", {"party": party.pk})
    assert OcdsParty.objects.filter(match="waiting").count() == 2


def test_a_number_given_to_the_wrong_supplier_can_be_given_to_the_right_one(
    page: Page, officer: User, tmp_path: Path
) -> None:
    wrong, right, party = a_supplier("Wrong"), a_supplier("Right"), published(tmp_path, number="77")
    client = page(officer)
    client.post("/suppliers/to-decide/", {"party0": party.pk, "is0": wrong.pk})
    client.post("/suppliers/to-decide/undo/", {"party": party.pk})
    client.post("/suppliers/to-decide/", {"party0": party.pk, "is0": right.pk})
    assert OrganisationIdentifier.objects.get(value="00000077").organisation == right


def test_who_was_matched_by_a_number_taken_back_waits_again(page: Page, officer: User, tmp_path: Path) -> None:
    wrong, party = a_supplier("Wrong"), published(tmp_path, number="77")
    client = page(officer)
    client.post("/suppliers/to-decide/", {"party0": party.pk, "is0": wrong.pk})
    later = published(tmp_path, number="77", ocid="ocds-abc123-2")
    client.post("/suppliers/to-decide/undo/", {"party": party.pk})
    later.refresh_from_db()
    assert later.match == "waiting"


def test_who_is_none_of_ours_by_name_and_number_is_not_asked_about_again(
    page: Page, officer: User, tmp_path: Path
) -> None:
    party = published(tmp_path, number="77")
    page(officer).post("/suppliers/to-decide/", {"party0": party.pk, "is0": "not_ours"})
    assert published(tmp_path, number="77", ocid="ocds-abc123-2").match == "not_ours"


def test_who_is_none_of_ours_by_name_alone_is_asked_about_again(page: Page, officer: User, tmp_path: Path) -> None:
    party = published(tmp_path)
    page(officer).post("/suppliers/to-decide/", {"party0": party.pk, "is0": "not_ours"})
    assert published(tmp_path, ocid="ocds-abc123-2").match == "waiting"


def test_a_number_known_before_the_decision_stays_when_it_is_undone(page: Page, officer: User, tmp_path: Path) -> None:
    party = published(tmp_path, number="77")
    known = a_supplier()
    known.identifiers.create(scheme="GB-COH", value="00000077")
    client = page(officer)
    client.post("/suppliers/to-decide/", {"party0": party.pk, "is0": known.pk})
    client.post("/suppliers/to-decide/undo/", {"party": party.pk})
    assert known.identifiers.count() == 1


def test_a_supplier_called_otherwise_is_looked_for(page: Page, officer: User, tmp_path: Path) -> None:
    known, party = a_supplier("Quite Another Name"), published(tmp_path)
    said = words(page(officer).get(f"/suppliers/to-decide/{party.pk}/", {"q": "quite another"}))
    assert f'value="{known.pk}"' in said


def test_the_queue_takes_the_same_queries_for_many_rows(page: Page, officer: User, tmp_path: Path) -> None:
    client = page(officer)
    published(tmp_path, ocid="ocds-abc123-0")
    assert_constant_queries(
        lambda: client.get("/suppliers/to-decide/"),
        more=lambda: [published(tmp_path, name=f"Other {at} Ltd", ocid=f"ocds-abc123-{at}") for at in range(1, 6)],
    )


def test_what_waits_stands_in_my_work(page: Page, officer: User, tmp_path: Path) -> None:
    published(tmp_path)
    assert "1 published supplier waits to be decided" in words(page(officer).get("/"))


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def addresses(tmp_path: Path, officer: User, commissioner: User) -> dict[str, list[str]]:
    """Of every page here, by what it needs."""
    bid: Bid = a_bid(commissioner, a_tender(commissioner, state="closed"))
    merge, party = a_merge(officer, a_supplier(), bid.supplier), published(tmp_path)
    upload = Upload.objects.create(kind="ocds", uploaded_by=officer, uploaded_at=AT)
    return {
        "reads": [
            "/suppliers/",
            f"/suppliers/{bid.supplier_id}/",
            "/notices/",
            f"/notices/{party.process_id}/",
            f"/tenders/{bid.tender_id}/open-data.json",
        ],
        "settles": [
            f"/suppliers/{bid.supplier_id}/merge/",
            f"/suppliers/merges/{merge.pk}/undo/",
            "/suppliers/to-decide/",
            f"/suppliers/to-decide/{party.pk}/",
            "/notices/hand-in/",
            f"/notices/hand-in/{upload.pk}/",
        ],
    }


@pytest.mark.parametrize("role", ["provider_user", "evaluator", "social_worker", "elected_member", "administrator"])
def test_for_who_does_not_buy_none_of_it_exists(page: Page, addresses: dict[str, list[str]], role: str) -> None:
    client = page(a_user(role, organisation=a_supplier() if role == "provider_user" else None))
    assert {client.get(path).status_code for part in addresses.values() for path in part} == {404}


@pytest.mark.parametrize("role", ["contract_officer", "commissioner"])
def test_who_settles_suppliers_opens_all_of_it(
    page: Page, addresses: dict[str, list[str]], prefix: None, role: str
) -> None:
    client = page(a_user(role))
    assert {client.get(path).status_code for part in addresses.values() for path in part} == {200}


@pytest.mark.parametrize("role", ["head_of_service", "service_area_lead", "management_team", "performance_analyst"])
def test_who_only_reads_settles_nothing(page: Page, addresses: dict[str, list[str]], prefix: None, role: str) -> None:
    client = page(a_user(role))
    assert [{client.get(path).status_code for path in addresses[part]} for part in ("reads", "settles")] == [
        {200},
        {404},
    ]


def test_an_act_by_who_only_reads_is_not_found_and_changes_nothing(page: Page, tmp_path: Path) -> None:
    party = published(tmp_path)
    answer = page(a_user("head_of_service")).post("/suppliers/to-decide/", {"party0": party.pk, "is0": "new"})
    party.refresh_from_db()
    assert (answer.status_code, party.match) == (404, "waiting")
