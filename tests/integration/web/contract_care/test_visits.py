"""The pages of visits: planned, recorded, reported, answered, packed for another council and accepted from one."""

import io
import re
import zipfile
from datetime import date

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile

from plumbline.actions.operations import raise_action
from plumbline.contracts.models import Visit
from plumbline.contracts.operations import visits
from plumbline.contracts.rules.visits import AREAS
from plumbline.people.act import Act
from plumbline.toolkits import library
from plumbline.toolkits.operations import returns
from tests.factories.files import pdf
from tests.integration.contracts.care_situations import (
    AT,
    TODAY,
    a_contract,
    a_home,
    a_user,
    by,
)
from tests.integration.web.contract_care.pages import VISITED, day, page
from tests.integration.web.signing_in import as_

pytestmark = pytest.mark.django_db


def test_a_visit_goes_from_plan_to_pack(officer, contract, home) -> None:
    planned = officer.post(
        f"/contracts/visits/plan/?contract={contract.pk}&setting={home.pk}", day("visited_on", VISITED)
    )
    visit = Visit.objects.get()
    assert planned.url.endswith(f"/contracts/visits/{visit.pk}/record/")
    judged = {f"judged_{area}": "met" for area in AREAS}
    officer.post(planned.url, {**day("visited_on", VISITED), "visitors": "Beth", "owner": "provider", **judged})
    officer.post(f"/contracts/visits/{visit.pk}/report/", {})
    officer.post(f"/contracts/visits/{visit.pk}/answer/", {"answer": "We agree."})
    officer.post(f"/contracts/visits/{visit.pk}/sign-off/")
    pack = officer.post(f"/contracts/visits/{visit.pk}/pack/")
    with zipfile.ZipFile(io.BytesIO(pack.content)) as archive:
        assert sorted(archive.namelist()) == ["manifest.json", "report.pdf", "visit.json"]


def test_a_visit_is_recorded_from_what_its_toolkit_says(officer, contract, home, person) -> None:
    library.load(act=Act(None, AT, AT.date()))
    visit = visits.plan_visit(contract_id=contract.pk, setting_id=home.pk, visited_on=VISITED, act=by(person))
    begun = officer.post(f"/contracts/visits/{visit.pk}/toolkit/")
    visit.refresh_from_db()
    assert begun.url == f"/returns/{visit.answer_set_id}/"
    assert f'href="/contracts/visits/{visit.pk}/"' in page(officer, begun.url)
    returns.save_answer(
        return_id=visit.answer_set_id,
        criterion="training",
        value="partly",
        comment="First aid ran out.",
        base_revision=0,
        act=by(person),
    )
    form = page(officer, f"/contracts/visits/{visit.pk}/record/")
    assert "First aid ran out." in form
    assert re.search(r'name="judged_training"[^>]*value="partly"[^>]*checked', form)


def test_a_visit_is_shown(officer, visited) -> None:
    assert "Send the report" in page(officer, f"/contracts/visits/{visited.pk}/")


def test_an_area_not_met_needs_its_words(officer, contract, home, person) -> None:
    visit = visits.plan_visit(contract_id=contract.pk, setting_id=home.pk, visited_on=VISITED, act=by(person))
    judged = {f"judged_{area}": "not_met" for area in AREAS}
    answer = officer.post(
        f"/contracts/visits/{visit.pk}/record/", {**day("visited_on", VISITED), "visitors": "Beth", **judged}
    )
    assert "Training: say what was found" in answer.content.decode()


def test_a_provider_does_not_find_a_visit_before_its_report_was_sent(visited, contract) -> None:
    provider = as_(a_user("provider_user", organisation=contract.provider))
    assert provider.get(f"/contracts/visits/{visited.pk}/").status_code == 404


def test_a_provider_answers_the_report_of_its_visit(officer, visited, contract) -> None:
    officer.post(f"/contracts/visits/{visited.pk}/report/", {})
    provider = as_(a_user("provider_user", organisation=contract.provider))
    assert "Answer the report" in page(provider, f"/contracts/visits/{visited.pk}/")
    provider.post(f"/contracts/visits/{visited.pk}/answer/", {"answer": "We agree."})
    visited.refresh_from_db()
    assert visited.provider_answer == "We agree."


def test_an_answer_that_came_by_letter_is_recorded_for_the_provider(officer, visited) -> None:
    address = f"/contracts/visits/{visited.pk}/"
    offered = "Record an answer that came by letter"
    assert offered not in page(officer, address)
    officer.post(f"{address}report/", {})
    assert offered in page(officer, address)
    officer.post(f"{address}answer/", {"answer": "They agree."})
    assert "They agree." in page(officer, address)


def test_another_councils_visit_is_accepted(officer, home, contract) -> None:
    officer.post(
        f"/contracts/visits/accept/?contract={contract.pk}&setting={home.pk}",
        {
            "by_council": "Lakeshire",
            **day("visited_on", VISITED),
            "because": "Same month.",
            "report": SimpleUploadedFile("r.pdf", pdf()),
        },
    )
    assert Visit.objects.get().by_council == "Lakeshire"


def a_pack_of(council: str, officer, person, visited, settings) -> bytes:
    """A pack as that council makes it."""
    visits.sign_off_visit(visit_id=visited.pk, because="Agreed.", act=by(person))
    own, settings.COUNCIL = settings.COUNCIL, council
    content = officer.post(f"/contracts/visits/{visited.pk}/pack/").content
    settings.COUNCIL = own
    return content


def test_a_pack_of_our_own_is_no_other_councils(officer, person, visited, settings) -> None:
    content = a_pack_of(settings.COUNCIL.upper(), officer, person, visited, settings)
    answer = officer.post("/contracts/visits/pack/", {"pack": SimpleUploadedFile("v.zip", content)})
    assert "This is a pack of our own council" in answer.content.decode()
    assert Visit.objects.count() == 1


def test_a_pack_is_read_and_its_visit_accepted(officer, person, visited, home, settings) -> None:
    content = a_pack_of("Lakeshire", officer, person, visited, settings)
    answer = officer.post("/contracts/visits/pack/", {"pack": SimpleUploadedFile("v.zip", content)}, follow=True)
    assert "Not signed." in answer.content.decode()
    report_id = answer.context["report_id"]
    officer.post(f"/contracts/visits/pack/{report_id}/", {"because": "Same month."})
    accepted = Visit.objects.exclude(pk=visited.pk).get()
    assert (accepted.report_id, accepted.visited_on, accepted.summary, accepted.findings.count()) == (
        report_id,
        VISITED,
        "Calm.",
        visited.findings.count(),
    )


def a_pack_read(officer, person, visited, settings) -> str:
    """The address under which the pack that was read waits for its reader."""
    content = a_pack_of("Lakeshire", officer, person, visited, settings)
    return officer.post("/contracts/visits/pack/", {"pack": SimpleUploadedFile("v.zip", content)}).url


def test_nothing_of_a_pack_is_taken_from_the_browser(officer, person, visited, home, settings) -> None:
    address = a_pack_read(officer, person, visited, settings)
    other = a_home()
    forged = {"because": "Same month.", "setting": other.pk, "by_council": "Nowhere", "summary": "All is well.",
              **day("visited_on", TODAY), "judged_safeguarding": "met"}  # fmt: skip
    assert "Calm." not in officer.get(address).content.decode().split("<form")[-1]
    officer.post(address, forged)
    accepted = Visit.objects.exclude(pk=visited.pk).get()
    assert (accepted.setting, accepted.visited_on, accepted.summary) == (home, VISITED, "Calm.")


def test_a_pack_waits_for_who_has_read_it_and_nobody_else(officer, person, visited, settings) -> None:
    address = a_pack_read(officer, person, visited, settings)
    assert as_(a_user("contract_officer")).get(address).status_code == 404


def test_a_pack_is_accepted_once(officer, person, visited, settings) -> None:
    address = a_pack_read(officer, person, visited, settings)
    statuses = [officer.post(address, {"because": "Same month."}).status_code for _ in range(2)]
    assert (statuses, Visit.objects.exclude(pk=visited.pk).count()) == ([302, 404], 1)


def test_a_pack_is_accepted_with_a_reason(officer, person, visited, settings) -> None:
    said = officer.post(a_pack_read(officer, person, visited, settings), {"because": ""}).content.decode()
    assert "Say why their visit counts in place of ours" in said


def test_what_is_no_pack_is_refused_at_its_field(officer) -> None:
    answer = officer.post("/contracts/visits/pack/", {"pack": SimpleUploadedFile("v.zip", b"not a zip")})
    assert "This is no visit pack" in answer.content.decode()


def test_a_pack_that_nobody_has_read_is_not_accepted(officer) -> None:
    assert officer.post("/contracts/visits/pack/999/", {"because": "Same month."}).status_code == 404


def test_a_pack_signed_with_the_councils_key_is_known_where_its_public_key_is(
    officer, person, visited, tmp_path, settings
) -> None:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "signing_key.pem").write_bytes(private)
    (tmp_path / "partner_keys").mkdir()
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "partner_keys" / "Lakeshire.pem").write_bytes(public)
    content = a_pack_of("Lakeshire", officer, person, visited, settings)
    answer = officer.post("/contracts/visits/pack/", {"pack": SimpleUploadedFile("v.zip", content)}, follow=True)
    assert "Signed with the key of Lakeshire" in answer.content.decode()


def test_a_visits_page_names_a_provider_only_its_own_actions():
    contract = a_contract()
    visit = Visit.objects.create(contract=contract, state="report_sent", visited_on=VISITED, report_sent_on=TODAY)
    theirs, council = {"owner_organisation": contract.provider}, {"owner": a_user("contract_officer")}
    for title, owner in (("Fit the locks", theirs), ("Look at who was dismissed", council)):
        raise_action(
            title=title,
            detail="",
            subject_type="contract",
            subject_id=contract.pk,
            subject_label=contract.title,
            origin_type="visit",
            origin_id=visit.pk,
            due_on=date(2016, 9, 1),
            critical=False,
            act=Act(None, AT, TODAY),
            **{"owner": None, "owner_organisation": None, **owner},
        )
    provider = as_(a_user("provider_user", organisation=contract.provider))
    said = provider.get(f"/contracts/visits/{visit.pk}/").content.decode()
    assert ("Fit the locks" in said, "Look at who was dismissed" in said) == (True, False)


def test_an_action_is_added_on_the_page_of_a_visit(officer, visited) -> None:
    typed = {"title": "Train everybody", "owner": "provider", "due_on_day": "31", "due_on_month": "8",
             "due_on_year": "2016"}  # fmt: skip
    officer.post(f"/contracts/visits/{visited.pk}/action/", typed)
    assert "Train everybody" in page(officer, f"/contracts/visits/{visited.pk}/")
