"""Published notices, packages of them handed in, and a tender's open data, on their pages."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plumbline.audit.models import Event
from plumbline.commissioning.models import Award, OcdsContract, OcdsProcess
from plumbline.exchange import uploads
from plumbline.exchange.import_ocds import import_ocds
from plumbline.exchange.models import Upload
from plumbline.people.act import Act
from plumbline.people.models import User
from tests.factories.tenders import BidFactory
from tests.integration.commissioning.tendering import a_supplier, a_tender
from tests.integration.contracts.care_situations import a_contract, a_user
from tests.integration.ocds.test_import import award, package, release
from tests.integration.web.publishing import AT, ON, Page, published, take, words
from tests.queries import assert_constant_queries

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]


@pytest.fixture
def officer() -> User:
    return a_user("contract_officer")


@pytest.fixture
def commissioner() -> User:
    return a_user("commissioner")


# --- published notices ------------------------------------------------------------------------------------------------


def test_a_notice_shows_which_of_its_releases_counts(page: Page, officer: User, tmp_path: Path) -> None:
    take(
        tmp_path,
        release(number="early", day="2025-01-10T09:00:00Z"),
        release(number="late", day="2025-02-10T09:00:00Z"),
    )
    said = words(page(officer).get(f"/notices/{OcdsProcess.objects.get().pk}/"))
    assert (
        said.index("ocds-abc123-1-late") < said.index("counts where others differ") < said.index("ocds-abc123-1-early")
    )


def with_contract(folder: Path) -> OcdsContract:
    take(folder, release(**award(), contracts=[{"id": "C1", "awardID": "A1", "title": "Respite care"}]))
    return OcdsContract.objects.get()


def test_a_published_contract_leads_into_the_register(page: Page, officer: User, tmp_path: Path) -> None:
    contract = with_contract(tmp_path)
    client = page(officer)
    address = f"/contracts/new/?published={contract.pk}"
    assert (address in words(client.get(f"/notices/{contract.process_id}/")), client.get(address).status_code) == (
        True,
        200,
    )


def test_a_published_contract_in_the_register_leads_to_it(page: Page, officer: User, tmp_path: Path) -> None:
    contract = with_contract(tmp_path)
    ours = a_contract(ocds_contract=contract)
    assert f'href="/contracts/{ours.pk}/"' in words(page(officer).get(f"/notices/{contract.process_id}/"))


def test_the_list_of_notices_takes_the_same_queries_for_many(page: Page, officer: User, tmp_path: Path) -> None:
    client = page(officer)
    published(tmp_path, ocid="ocds-abc123-0")
    assert_constant_queries(
        lambda: client.get("/notices/"),
        more=lambda: [published(tmp_path, ocid=f"ocds-abc123-{at}") for at in range(1, 6)],
    )


# --- a package handed in ----------------------------------------------------------------------------------------------


def now() -> datetime:
    return AT


def handed_in(client: Client, tmp_path: Path, *releases: dict, name: str = "package.json") -> Upload:
    content = package(tmp_path, *releases).read_bytes()
    client.post("/notices/hand-in/", {"package": SimpleUploadedFile(name, content)})
    return Upload.objects.latest("pk")


@pytest.fixture
def home(tmp_path, settings) -> Path:
    settings.HOME = tmp_path / "home"
    return settings.HOME


def test_a_package_is_looked_at_before_anything_is_taken(page: Page, officer: User, tmp_path: Path, home: Path) -> None:
    client = page(officer)
    bad = release(number="2")
    del bad["initiationType"]
    upload = handed_in(client, tmp_path, release(), bad)
    uploads.look(upload_id=upload.pk, home=home, now=now, on=ON)
    said = words(client.get(f"/notices/hand-in/{upload.pk}/"))
    shown = "“initiationType” is missing (OCDS 1.1.5)." in said
    assert (shown, "Take these releases" in said, OcdsProcess.objects.exists()) == (True, True, False)


def test_a_package_is_taken_when_asked_for(page: Page, officer: User, tmp_path: Path, home: Path) -> None:
    client = page(officer)
    upload = handed_in(client, tmp_path, release(**award()))
    uploads.look(upload_id=upload.pk, home=home, now=now, on=ON)
    client.post(f"/notices/hand-in/{upload.pk}/take/")
    uploads.take(upload_id=upload.pk, home=home, now=now, on=ON)
    said = words(client.get(f"/notices/hand-in/{upload.pk}/"))
    assert (OcdsProcess.objects.count(), "Decide who the suppliers are" in said) == (1, True)


def test_a_package_of_which_nothing_is_valid_is_refused_with_its_reason(
    page: Page, officer: User, tmp_path: Path, home: Path
) -> None:
    bad = release()
    del bad["tag"]
    client = page(officer)
    upload = handed_in(client, tmp_path, bad)
    uploads.look(upload_id=upload.pk, home=home, now=now, on=ON)
    assert "“tag” is missing" in words(client.get(f"/notices/hand-in/{upload.pk}/"))


def test_a_file_that_is_no_package_is_not_stored(page: Page, officer: User, tmp_path: Path, home: Path) -> None:
    answer = page(officer).post("/notices/hand-in/", {"package": SimpleUploadedFile("list.csv", b"a,b")})
    assert ("list.csv is none of the kinds" in words(answer), Upload.objects.exists()) == (True, False)


def test_who_takes_extracts_in_does_not_see_packages_of_notices(
    page: Page, officer: User, tmp_path: Path, home: Path
) -> None:
    upload = handed_in(page(officer), tmp_path, release())
    assert page(a_user("performance_analyst")).get(f"/imports/uploads/{upload.pk}/").status_code == 404


# --- what was published of our own ------------------------------------------------------------------------------------


@pytest.fixture
def ours(commissioner: User) -> Any:
    return a_tender(commissioner, state="published")


def tie(client: Client, process: OcdsProcess, tender: Any) -> Any:
    return client.post(f"/notices/{process.pk}/tender/", {"tender": getattr(tender, "pk", tender)})


def test_a_tender_that_a_person_found_to_be_published_shows_its_notice(
    page: Page, commissioner: User, ours: Any, tmp_path: Path
) -> None:
    process = published(tmp_path).process
    client = page(commissioner)
    tie(client, process, ours)
    assert f"/notices/{process.pk}/" in words(client.get(f"/tenders/{ours.pk}/"))


def test_a_notice_of_ours_leads_to_its_tender(page: Page, commissioner: User, ours: Any, tmp_path: Path) -> None:
    process = published(tmp_path).process
    client = page(commissioner)
    tie(client, process, ours)
    assert f'href="/tenders/{ours.pk}/"' in words(client.get(f"/notices/{process.pk}/"))


def test_a_tender_is_looked_for_by_its_reference(page: Page, commissioner: User, ours: Any, tmp_path: Path) -> None:
    process = published(tmp_path).process
    said = words(page(commissioner).get(f"/notices/{process.pk}/tender/", {"q": ours.reference.lower()}))
    assert f"{ours.reference}: {ours.title}" in said


def test_a_draft_is_not_offered(page: Page, commissioner: User, tmp_path: Path) -> None:
    draft = a_tender(commissioner, state="draft")
    process = published(tmp_path).process
    assert f"{draft.reference}:" not in words(
        page(commissioner).get(f"/notices/{process.pk}/tender/", {"q": draft.reference})
    )


def test_a_tie_can_be_taken_back_and_stays_so(page: Page, commissioner: User, ours: Any, tmp_path: Path) -> None:
    client = page(commissioner)
    process = published(tmp_path, ocid=f"ocds-000000-{ours.reference}").process
    import_ocds(package(tmp_path), prefix="ocds-000000", act=Act(None, AT, ON))
    tie(client, process, "none")
    import_ocds(package(tmp_path), prefix="ocds-000000", act=Act(None, AT, ON))
    process.refresh_from_db()
    assert (process.tender, process.tied_by) == (None, commissioner)


def test_what_was_published_under_our_own_number_is_ours_at_once(
    page: Page, commissioner: User, ours: Any, tmp_path: Path
) -> None:
    process = published(tmp_path, ocid=f"ocds-000000-{ours.reference}").process
    import_ocds(package(tmp_path), prefix="ocds-000000", act=Act(None, AT, ON))
    assert "known by its number" in words(page(commissioner).get(f"/tenders/{ours.pk}/"))
    assert list(ours.published.all()) == [process]


def test_both_steps_stand_in_the_tenders_history(page: Page, commissioner: User, ours: Any, tmp_path: Path) -> None:
    client = page(commissioner)
    process = published(tmp_path).process
    tie(client, process, ours)
    tie(client, process, "none")
    assert sorted(
        Event.objects.filter(subject_id=str(ours.pk), kind__contains="notice").values_list("kind", flat=True)
    ) == ["commissioning.notice.tied", "commissioning.notice.untied"]


def test_who_only_reads_tenders_ties_none(page: Page, ours: Any, tmp_path: Path) -> None:
    process = published(tmp_path).process
    client = page(a_user("performance_analyst"))
    assert tie(client, process, ours).status_code == 404
    assert "/tender/" not in words(client.get(f"/notices/{process.pk}/"))


def a_published_contract(folder: Path) -> OcdsContract:
    take(
        folder,
        release(
            tender={"id": "T", "title": "Respite"},
            **award(),
            contracts=[{"id": "C1", "awardID": "A1", "title": "Respite", "status": "active"}],
        ),
    )
    return OcdsContract.objects.get()


def test_a_published_contract_is_tied_to_the_one_that_the_register_has(
    page: Page, officer: User, tmp_path: Path
) -> None:
    contract, row = a_contract(), a_published_contract(tmp_path)
    client = page(officer)
    client.post(f"/notices/contracts/{row.pk}/", {"reference": contract.reference.lower()})
    assert f"/notices/{row.process_id}/" in words(client.get(f"/contracts/{contract.pk}/"))
    assert contract.reference in words(client.get(f"/notices/{row.process_id}/"))


def test_a_contract_tied_wrongly_is_let_go(page: Page, officer: User, tmp_path: Path) -> None:
    contract, row = a_contract(), a_published_contract(tmp_path)
    client = page(officer)
    client.post(f"/notices/contracts/{row.pk}/", {"reference": contract.reference})
    client.post(f"/contracts/{contract.pk}/not-published/")
    contract.refresh_from_db()
    assert contract.ocds_contract is None


def test_a_reference_that_the_register_does_not_have_is_refused_at_its_field(
    page: Page, officer: User, tmp_path: Path
) -> None:
    answer = page(officer).post(f"/notices/contracts/{a_published_contract(tmp_path).pk}/", {"reference": "CT0"})
    assert "The register has no contract “CT0”" in words(answer)


def test_a_contract_that_came_of_a_published_tender_shows_its_notices(
    page: Page, officer: User, commissioner: User, tmp_path: Path
) -> None:
    process = published(tmp_path).process
    ours = a_tender(commissioner, state="closed")
    bid = BidFactory(tender=ours, supplier=a_supplier("Elder"), state="successful")
    contract = a_contract(
        award=Award.objects.create(
            tender=ours,
            bid=bid,
            state="awarded",
            reason="Best",
            result={},
            recommended_at=AT,
            recommended_by=commissioner,
            approved_at=AT,
            approved_by=officer,
            awarded_on=ON,
        )
    )
    tie(page(commissioner), process, ours)
    assert f"/notices/{process.pk}/" in words(page(officer).get(f"/contracts/{contract.pk}/"))


# --- open data of a tender of ours ------------------------------------------------------------------------------------


def test_a_tender_is_downloaded_as_open_data(page: Page, commissioner: User, prefix: None) -> None:
    tender = a_tender(commissioner, state="published")
    answer = page(commissioner).get(f"/tenders/{tender.pk}/open-data.json")
    assert (json.loads(answer.content)["releases"][0]["ocid"], answer["Content-Disposition"]) == (
        f"ocds-000000-{tender.reference}",
        f'attachment; filename="ocds-000000-{tender.reference}.json"',
    )


def test_the_overview_of_a_tender_leads_to_its_open_data(page: Page, commissioner: User) -> None:
    tender = a_tender(commissioner, state="published")
    assert f"/tenders/{tender.pk}/open-data.json" in words(page(commissioner).get(f"/tenders/{tender.pk}/"))


def test_a_draft_is_no_open_data_and_the_page_says_so(page: Page, commissioner: User, prefix: None) -> None:
    tender = a_tender(commissioner)
    answer = page(commissioner).get(f"/tenders/{tender.pk}/open-data.json")
    assert (answer.status_code, "not approved to publish is not written as open data" in words(answer)) == (409, True)
