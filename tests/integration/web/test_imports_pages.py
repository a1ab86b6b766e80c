"""Imports and queues on the page, with the worker's part done by its own functions."""

import io
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from plumbline.audit.models import Event
from plumbline.contracts.models import Contract
from plumbline.earlyhelp.models import Tac
from plumbline.exchange import uploads
from plumbline.exchange.models import RefusedRow, Upload
from plumbline.people.models import Child, Organisation
from tests.factories.people import OrganisationFactory, UserFactory
from tests.factories.records import RefusedRowFactory
from tests.integration.exchange.extracts import HEADERS, OPEN_TAC, TAC

PERSONS = "P1,Anna,Bell,F,2008-02-03,WBRI\nP2,Ben,Cole,M,31/02/2009,WBRI"
TODAY = date(2016, 7, 31)


def now() -> datetime:
    return datetime.now(tz=UTC)


@pytest.fixture
def analyst(own_database):
    return UserFactory(role="performance_analyst")


@pytest.fixture
def home(tmp_path, settings):
    settings.HOME = tmp_path
    return tmp_path


def a_file(name: str, rows: str) -> io.BytesIO:
    file = io.BytesIO(f"{HEADERS[name]}\n{rows}\n".encode())
    file.name = f"{name}.csv"
    return file


def hand_in(client, **files: str) -> Upload:
    day = {"as_at_day": "31", "as_at_month": "7", "as_at_year": "2016"}
    given = [a_file(name, rows) for name, rows in files.items()]
    client.post("/imports/new/", {"kind": "ssd", "files": given, **day})
    return Upload.objects.latest("pk")


def looked(upload: Upload, home) -> Upload:
    uploads.look(upload_id=upload.pk, home=home, now=now, on=TODAY)
    upload.refresh_from_db()
    return upload


def taken(client, upload: Upload, home) -> Upload:
    looked(upload, home)
    client.post(f"/imports/uploads/{upload.pk}/take/")
    uploads.take(upload_id=upload.pk, home=home, now=now, on=TODAY)
    upload.refresh_from_db()
    return upload


def jobs(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where task_name = %s", [name])
        return cursor.fetchone()[0]


def test_files_handed_in_wait_for_the_worker(page, analyst, home):
    upload = hand_in(page(analyst), ssd_person=PERSONS)
    assert (upload.state, jobs("look_at_upload")) == ("looking", 1)


def test_looking_changes_nothing(page, analyst, home):
    looked(hand_in(page(analyst), ssd_person=PERSONS), home)
    assert not Child.objects.exists()


def test_the_page_says_what_would_change(page, analyst, home):
    client = page(analyst)
    upload = looked(hand_in(client, ssd_person=PERSONS), home)
    context = client.get(f"/imports/uploads/{upload.pk}/").context
    assert context["counts"] == [("ssd_person", [2, 1, 0, 0, 0, 1])]


def test_taking_takes(page, analyst, home):
    client = page(analyst)
    upload = taken(client, hand_in(client, ssd_person=PERSONS), home)
    assert (upload.state, list(Child.objects.values_list("source_id", flat=True))) == ("done", ["P1"])


def test_progress_is_seen_while_the_import_is_open(page, analyst, home):
    client = page(analyst)
    upload = hand_in(client, ssd_person=PERSONS)
    looked(upload, home)
    # The dry run put everything back, and yet its progress stands.
    assert upload.progress["what"] == "Dry run: putting everything back"


def test_pressing_take_twice_takes_once(page, analyst, home):
    client = page(analyst)
    upload = looked(hand_in(client, ssd_person=PERSONS), home)
    client.post(f"/imports/uploads/{upload.pk}/take/")
    uploads.take(upload_id=upload.pk, home=home, now=now, on=TODAY)
    uploads.take(upload_id=upload.pk, home=home, now=now, on=TODAY)
    assert Event.objects.filter(kind="exchange.ssd.imported").count() == 1


def test_what_was_not_looked_at_cannot_be_taken(page, analyst, home):
    client = page(analyst)
    upload = hand_in(client, ssd_person=PERSONS)
    answer = client.post(f"/imports/uploads/{upload.pk}/take/", follow=True)
    assert [each.level_tag for each in answer.context["messages"]] == ["error"]
    assert Upload.objects.get(pk=upload.pk).state == upload.state


def test_a_wrong_file_ends_in_a_sentence(page, analyst, home):
    client = page(analyst)
    file = io.BytesIO(b"this is no such file\n")
    file.name = "ssd_person.csv"
    client.post("/imports/new/", {"kind": "ssd", "files": [file]})
    upload = looked(Upload.objects.latest("pk"), home)
    assert (upload.state, bool(upload.reason)) == ("refused", True)


def test_a_fault_of_ours_ends_in_a_sentence_and_is_not_swallowed(page, analyst, home, monkeypatch):
    upload = hand_in(page(analyst), ssd_person=PERSONS)
    monkeypatch.setattr(uploads.ssd, "import_ssd", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        uploads.look(upload_id=upload.pk, home=home, now=now, on=TODAY)
    upload.refresh_from_db()
    assert (upload.state, upload.reason.startswith("It stopped because of a fault of ours")) == ("refused", True)


def test_a_job_that_died_can_be_begun_again(page, analyst, home):
    client = page(analyst)
    upload = hand_in(client, ssd_person=PERSONS)
    Upload.objects.filter(pk=upload.pk).update(progress={"done": 1, "total": 2, "what": "…", "at": "2016-01-01T00:00Z"})
    assert "Begin again" in client.get(f"/imports/uploads/{upload.pk}/").content.decode()


def test_a_file_that_could_be_a_program_is_refused_at_its_field(page, analyst, home):
    file = io.BytesIO(b"MZ")
    file.name = "ssd_person.exe"
    answer = page(analyst).post("/imports/new/", {"kind": "ssd", "files": [file]})
    assert "is none of the kinds" in answer.context["form"].errors["files"][0]


def test_a_list_of_ofsteds_needs_its_day(page, analyst, home):
    answer = page(analyst).post("/imports/new/", {"kind": "ofsted", "files": [a_file("ssd_person", PERSONS)]})
    assert answer.context["form"].errors["as_at"] == ["Say of which day the list is."]


def test_a_mended_row_is_taken(page, analyst, home):
    client = page(analyst)
    taken(client, hand_in(client, ssd_person=PERSONS), home)
    row = RefusedRow.objects.get()
    mend(client, row, pers_dob="2009-02-28")
    assert Child.objects.get(source_id="P2").dob == date(2009, 2, 28)


def test_a_cell_that_was_not_touched_comes_back_as_it_was(page, analyst):
    row = RefusedRowFactory(file="ssd_person", cells={"pers_surname": "=Bell\r\nBow", "pers_dob": "30/02/2009"})
    client = page(analyst)
    client.post(
        f"/queues/refused/{row.pk}/mend/",
        {f"mend-cell{at}": "".join(row.cells[column].splitlines()) for at, column in enumerate(uploads.cells_of(row))},
    )
    row.refresh_from_db()
    assert row.tried["cells"] == row.cells


def test_a_row_mended_wrongly_says_why_and_keeps_what_was_typed(page, analyst, home):
    client = page(analyst)
    taken(client, hand_in(client, ssd_person=PERSONS), home)
    row = RefusedRow.objects.get()
    mend(client, row, pers_dob="30/02/2009")
    said = client.get(f"/queues/refused/{row.pk}/").content.decode()
    assert ("It still cannot be taken" in said, 'value="30/02/2009"' in said) == (True, True)


def mend(client, row: RefusedRow, **changes: str) -> None:
    cells = {**row.cells, **changes}
    typed = {f"mend-cell{at}": cells[column] for at, column in enumerate(uploads.cells_of(row))}
    client.post(f"/queues/refused/{row.pk}/mend/", typed)
    uploads.mend(refused_id=row.pk, now=now, on=TODAY)
    row.refresh_from_db()


def test_a_row_set_aside_keeps_its_reason(page, analyst):
    row = RefusedRowFactory()
    page(analyst).post(f"/queues/refused/{row.pk}/set-aside/", {"aside-because": "A test record"})
    row.refresh_from_db()
    assert (row.state, row.settled_because, row.settled_by) == ("dismissed", "A test record", analyst)


def test_all_rows_refused_alike_are_set_aside_together(page, analyst):
    row, alike = (lambda run: (RefusedRowFactory(import_run=run), RefusedRowFactory(import_run=run)))(
        RefusedRowFactory().import_run
    )
    other = RefusedRowFactory(import_run=row.import_run, code="missing_id")
    given = {"aside-because": "Test records", "aside-alike": "on"}
    page(analyst).post(f"/queues/refused/{row.pk}/set-aside/", given)
    alike.refresh_from_db()
    other.refresh_from_db()
    assert (alike.state, other.state) == ("dismissed", "open")


def test_setting_aside_can_be_undone(page, analyst):
    row = RefusedRowFactory()
    client = page(analyst)
    client.post(f"/queues/refused/{row.pk}/set-aside/", {"aside-because": "A test record"})
    client.post(f"/queues/refused/{row.pk}/reopen/")
    row.refresh_from_db()
    assert (row.state, row.settled_because) == ("open", "")


def test_setting_aside_without_a_reason_says_so(page, analyst):
    row = RefusedRowFactory()
    answer = page(analyst).post(f"/queues/refused/{row.pk}/set-aside/", {"aside-because": ""})
    assert "Say why it is set aside" in answer.content.decode()


@pytest.fixture
def unmapped(page, analyst, home):
    client = page(analyst)
    rows = f"{TAC}\n{OPEN_TAC}"
    taken(client, hand_in(client, ssd_person=PERSONS.replace("31/02", "28/02"), ssd_early_help_episodes=rows), home)
    return client


def test_a_wording_is_mapped_for_every_tac(unmapped):
    unmapped.post("/queues/wording/", {"wording0": "Needs met", "code0": "needs_met"})
    assert Tac.objects.get(source_id="EH1").closure_code == "needs_met"


def test_all_wordings_left_open_are_mapped_alike(unmapped):
    unmapped.post("/queues/wording/", {"wording0": "Needs met", "code0": "", "all": "other"})
    assert Tac.objects.get(source_id="EH1").closure_code == "other"


def test_mapping_a_wording_can_be_undone(unmapped):
    unmapped.post("/queues/wording/", {"wording0": "Needs met", "code0": "needs_met"})
    unmapped.post("/queues/wording/undo/", {"wording": "Needs met"})
    assert Tac.objects.get(source_id="EH1").closure_code == ""


def test_an_organisation_is_mapped_to_one_like_it(unmapped):
    organisation = OrganisationFactory(name="Ash Schools")
    page = unmapped.get("/queues/organisations/decide/?wording=Ash+School")
    assert f'value="{organisation.pk}"' in page.content.decode()
    unmapped.post("/queues/organisations/decide/?wording=Ash+School", {"which": organisation.pk})
    assert set(Tac.objects.values_list("lead_organisation", flat=True)) == {organisation.pk}


def test_mapping_an_organisation_can_be_undone(unmapped):
    organisation = OrganisationFactory(name="Ash Schools")
    unmapped.post("/queues/organisations/decide/?wording=Ash+School", {"which": organisation.pk})
    unmapped.post("/queues/organisations/undo/", {"wording": "Ash School"})
    assert set(Tac.objects.values_list("lead_organisation", flat=True)) == {None}


def test_ticked_names_become_new_organisations_of_one_sector(unmapped):
    unmapped.post("/queues/organisations/", {"wording": ["Ash School"], "sector": "school"})
    assert Organisation.objects.get(name="Ash School").sector == "school"


def test_what_a_newer_extract_does_not_hold_is_in_its_queue(page, analyst, home):
    client = page(analyst)
    taken(client, hand_in(client, ssd_person=PERSONS), home)
    taken(client, hand_in(client, ssd_person=PERSONS.replace("P1,Anna", "P7,Una")), home)
    assert "P1" in client.get("/queues/gone/ssd_person/").content.decode()


PATHS = ["/imports/", "/imports/new/", "/imports/uploads/", "/queues/refused/", "/queues/gone/"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("role", ["administrator", "director", "social_worker", "elected_member"])
def test_imports_are_for_those_who_import(page, own_database, role, path):
    assert page(UserFactory(role=role)).get(path).status_code == 404


def test_the_register_of_contracts_is_looked_at_and_taken_by_page(page, analyst, home) -> None:
    client = page(analyst)
    header = "contract_id,title,provider,start,end,statutory_from,kind"
    file = io.BytesIO(f"{header}\nCT900,Short breaks,Fenside Care Ltd,2016-04-01,,,block\n".encode())
    file.name = "contracts.csv"
    client.post("/imports/new/", {"kind": "contracts", "files": [file]})
    upload = taken(client, Upload.objects.latest("pk"), home)
    assert (upload.state, Contract.objects.get(reference="CT900").provider.name) == ("done", "Fenside Care Ltd")
