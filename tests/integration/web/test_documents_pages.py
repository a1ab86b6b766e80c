"""Documents and changes in law on pages: given, replaced, taken out by whom one lets; what is refused, and how."""

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from plumbline.actions.models import ActionNote
from plumbline.audit.models import Event
from plumbline.evidence import operations
from plumbline.evidence.models import Document, LawChange
from plumbline.flags.models import Flag
from plumbline.ofsted.models import Inspection
from plumbline.people.act import Act
from tests.factories.files import EICAR, docx, pdf, png
from tests.factories.people import OrganisationFactory, TieFactory, UserFactory
from tests.factories.records import SettingFactory
from tests.integration.actions.test_operations import raised
from tests.integration.evidence import daemon
from tests.queries import assert_constant_queries

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]

TODAY = date(2016, 7, 31)
AT = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)
KIND = {"title": "Safeguarding policy", "kind": "safeguarding", "sensitivity": "council", "organisation": ""}


@pytest.fixture(autouse=True)
def _here(settings, tmp_path):
    settings.TODAY = TODAY
    settings.HOME = tmp_path


def text(answer) -> str:
    return answer.content.decode()


def officer():
    return UserFactory(role="contract_officer")


def provider(organisation):
    return UserFactory(role="provider_user", role__organisation=organisation)


def kept(tmp_path, **changes) -> Document:
    given = {"title": "Safeguarding policy", "file_name": "policy.pdf", "content": pdf()}
    act = Act(changes.pop("by", None), AT, TODAY)
    return operations.keep_document(**{**given, **changes}, folder=tmp_path / "files", act=act)


def report_on_a_setting(document: Document) -> None:
    Inspection.objects.create(
        setting=SettingFactory(),
        kind="full",
        inspected_on=TODAY,
        document=document,
        source="hand",
        entered_by=officer(),
        entered_at=AT,
    )


def give(client, file: SimpleUploadedFile, **changes):
    return client.post("/documents/new/", {**KIND, **changes, "file": file}, follow=True)


# --- giving ---------------------------------------------------------------------------------------------------------


def test_a_document_is_given_with_what_it_is_and_when_it_expires(page):
    give(
        page(officer()),
        SimpleUploadedFile("policy.docx", docx()),
        expires_on_day="31",
        expires_on_month="3",
        expires_on_year="2017",
    )

    assert Document.objects.values_list("title", "kind", "expires_on").get() == (
        "Safeguarding policy",
        "safeguarding",
        date(2017, 3, 31),
    )


def test_a_provider_gives_a_document_of_their_own_organisation(page):
    own = OrganisationFactory()
    give(page(provider(own)), SimpleUploadedFile("policy.pdf", pdf()), organisation=str(own.pk))

    assert Document.objects.values_list("organisation", "sensitivity").get() == (own.pk, "shared")


def test_a_provider_cannot_give_one_for_another_organisation(page):
    other = OrganisationFactory()
    give(page(provider(OrganisationFactory())), SimpleUploadedFile("policy.pdf", pdf()), organisation=str(other.pk))

    assert not Document.objects.filter(organisation=other).exists()


def test_an_upload_of_300_megabytes_is_answered_with_a_sentence_and_not_read(page):
    class NeverRead:
        """Stands for the body of the request: reading it is the failure."""

        def read(self, *args: object) -> bytes:
            raise AssertionError("the body was read")

        readline = read

    answer = page(officer()).generic(
        "POST",
        "/documents/new/",
        b"",
        CONTENT_TYPE="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(300 * 1024 * 1024),
        **{"wsgi.input": NeverRead()},
    )

    assert (answer.status_code, "larger than 10 MB: it has 300 MB" in text(answer)) == (413, True)


def test_a_file_a_little_too_large_is_refused_beside_its_field(page):
    answer = give(page(officer()), SimpleUploadedFile("a.pdf", pdf(b"x" * 10 * 1024 * 1024)))

    assert 'id="id_file_error"' in text(answer)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", pdf() + b"<script>", "two things at once"),
        ("photo.png", png() + b"<?php x", "two things at once"),
        ("report.pdf", b"MZ\x90\x00", "none of those that can be kept"),
        ("report.exe", pdf(), "Give it its own ending, .pdf"),
    ],
    ids=["polyglot PDF", "polyglot picture", "disguised program", "PDF called a program"],
)
def test_a_polyglot_or_disguised_file_is_refused_in_words(name, content, said, page):
    answer = give(page(officer()), SimpleUploadedFile(name, content))

    assert (said in text(answer), Document.objects.count()) == (True, 0)


def test_an_infected_file_is_refused_in_words(page, settings):
    with daemon.fake() as settings.CLAMAV:
        answer = give(page(officer()), SimpleUploadedFile("a.pdf", pdf(b"%" + EICAR)))

    assert ("The virus scanner found something" in text(answer), Document.objects.count()) == (True, 0)


def test_a_path_in_a_file_name_does_not_leave_the_folder(page, tmp_path):
    give(page(officer()), SimpleUploadedFile("x.pdf", pdf(), content_type="application/pdf"), title="Out")
    give(page(officer()), SimpleUploadedFile("..\\..\\..\\autoexec.pdf", pdf(b"% 2")))

    assert sorted(Document.objects.values_list("file_name", flat=True)) == ["autoexec.pdf", "x.pdf"]


# --- taking out -----------------------------------------------------------------------------------------------------


def test_a_document_is_only_ever_saved_and_never_shown_or_run(page, tmp_path):
    answer = page(officer()).get(f"/documents/{kept(tmp_path).pk}/")

    assert {
        name: answer[name]
        for name in (
            "Content-Disposition",
            "Content-Type",
            "X-Content-Type-Options",
            "Content-Security-Policy",
            "Cache-Control",
        )
    } == {
        "Content-Disposition": 'attachment; filename="policy.pdf"',
        "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    }


def test_the_file_comes_out_as_it_went_in(page, tmp_path):
    assert page(officer()).get(f"/documents/{kept(tmp_path).pk}/").content == pdf()


def test_each_opening_is_in_the_trail(page, tmp_path):
    document, user = kept(tmp_path), officer()
    page(user).get(f"/documents/{document.pk}/")

    assert Event.objects.filter(kind="evidence.document.opened", subject_id=document.pk, by_id=user.pk).count() == 1


@pytest.mark.parametrize("path", ["", "about/", "replace/", "withdraw/"])
def test_what_one_may_not_open_does_not_exist(path, page, tmp_path):
    document = kept(tmp_path, organisation=OrganisationFactory(), sensitivity="shared")

    assert page(provider(OrganisationFactory())).get(f"/documents/{document.pk}/{path}").status_code == 404


def test_a_refused_opening_leaves_no_trace_of_one(page, tmp_path):
    document = kept(tmp_path)
    page(UserFactory(role="social_worker")).get(f"/documents/{document.pk}/")

    assert not Event.objects.filter(kind="evidence.document.opened").exists()


def test_who_sees_settings_opens_the_report_on_one(page, tmp_path):
    document = kept(tmp_path)
    report_on_a_setting(document)

    assert page(UserFactory(role="social_worker")).get(f"/documents/{document.pk}/").status_code == 200


def test_a_restricted_document_is_not_reached_by_a_record(page, tmp_path):
    document = kept(tmp_path, sensitivity="restricted")
    report_on_a_setting(document)

    assert page(UserFactory(role="social_worker")).get(f"/documents/{document.pk}/").status_code == 404


def test_an_evaluator_tied_to_a_document_takes_it_out(page, tmp_path):
    document, user = kept(tmp_path, sensitivity="restricted"), UserFactory(role="evaluator")
    TieFactory(user=user, subject_type="document", subject_id=document.pk)

    assert page(user).get(f"/documents/{document.pk}/").status_code == 200


def test_who_gave_a_restricted_document_names_another_who_opens_it(page, tmp_path):
    giver, other = officer(), UserFactory(role="evaluator")
    document = kept(tmp_path, sensitivity="restricted", by=giver)
    page(giver).post(f"/documents/{document.pk}/let-open/", {"user": str(other.pk), "because": "They decide on it."})

    assert page(other).get(f"/documents/{document.pk}/").status_code == 200


def test_nobody_names_themselves_for_a_restricted_document(page, tmp_path):
    document, user = kept(tmp_path, sensitivity="restricted", by=officer()), officer()
    answer = page(user).post(f"/documents/{document.pk}/let-open/", {"user": str(user.pk), "because": "I want it."})

    assert answer.status_code == 404


def test_a_file_that_was_changed_on_the_disk_is_not_handed_out(page, tmp_path):
    document = kept(tmp_path)
    (tmp_path / "files" / document.sha256[:2] / document.sha256).write_bytes(b"other")
    answer = page(officer()).get(f"/documents/{document.pk}/")

    assert (answer.status_code, "its checksum does not agree" in text(answer)) == (409, True)


# --- the list and one document ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "shown"),
    [("expiring=soon", True), ("expiring=expired", False), ("kind=safeguarding", True), ("kind=dbs", False),
     ("whose=Rowan", True), ("whose=Nobody", False), ("which=old", False)],
)  # fmt: skip
def test_the_list_is_narrowed(query, shown, page, tmp_path):
    kept(tmp_path, expires_on=date(2016, 8, 20), kind="safeguarding", organisation=OrganisationFactory(name="Rowan"))

    assert ("Safeguarding policy" in text(page(officer()).get(f"/documents/?{query}"))) is shown


def test_the_list_takes_the_same_number_of_queries_for_more_rows(page, tmp_path):
    client = page(officer())
    kept(tmp_path, organisation=OrganisationFactory())

    def more() -> None:
        for number in range(8):
            kept(tmp_path, organisation=OrganisationFactory(), title=f"No. {number}")

    assert_constant_queries(lambda: client.get("/documents/"), more=more)


def test_a_newer_revision_is_given_and_the_older_page_leads_to_it(page, tmp_path):
    first, client = kept(tmp_path), page(officer())
    client.post(f"/documents/{first.pk}/replace/", {"title": "Policy 2016", "file": SimpleUploadedFile("b.pdf", pdf())})
    second = Document.objects.get(replaces=first)

    assert f'href="/documents/{second.pk}/about/"' in text(client.get(f"/documents/{first.pk}/about/"))


def test_one_document_says_everywhere_that_it_is_used(page, tmp_path):
    document = kept(tmp_path)
    action = raised(title="Mend the gate")
    ActionNote.objects.create(action=action, at=AT, text="See this.", document=document)
    report_on_a_setting(document)
    shown = text(page(officer()).get(f"/documents/{document.pk}/about/"))

    assert ("Action: <a" in shown, "Judgement of: <a" in shown) == (True, True)


def test_a_use_that_the_viewer_may_not_see_is_not_named(page, tmp_path):
    own = OrganisationFactory()
    document = kept(tmp_path, organisation=own, sensitivity="shared")
    ActionNote.objects.create(action=raised(title="Secret plan"), at=AT, text="x", document=document)

    assert "Secret plan" not in text(page(provider(own)).get(f"/documents/{document.pk}/about/"))


def test_a_document_is_withdrawn_with_the_reason_on_its_page(page, tmp_path):
    document, client = kept(tmp_path), page(officer())
    client.post(f"/documents/{document.pk}/withdraw/", {"because": "It was the draft."})

    assert "It was withdrawn: It was the draft." in text(client.get(f"/documents/{document.pk}/about/"))


def test_a_provider_is_asked_on_my_work_for_the_successor_of_what_expires(page, tmp_path):
    own = OrganisationFactory()
    kept(tmp_path, organisation=own, sensitivity="shared", expires_on=date(2016, 8, 15))

    assert "Give a newer “Safeguarding policy”" in text(page(provider(own)).get("/provider/"))


def test_the_flag_of_an_expired_document_leads_to_it_and_cannot_be_closed_by_hand(page, tmp_path):
    document = kept(tmp_path, expires_on=date(2016, 7, 1))
    operations.raise_flags(act=Act(None, AT, TODAY))
    shown = text(page(officer()).get(f"/flags/{Flag.objects.get().pk}/"))

    assert (f'href="/documents/{document.pk}/about/"' in shown, "Close it, with the reason" in shown) == (True, False)


# --- changes in law --------------------------------------------------------------------------------------------------

CHANGE = {
    "title": "Keeping children safe in education", "policies": ["safeguarding", "dbs"], "in_force_day": "5",
    "in_force_month": "9", "in_force_year": "2016", "review_by_day": "5", "review_by_month": "12",
    "review_by_year": "2016", "link": "https://www.example.org/guidance", "note": "",
}  # fmt: skip


def test_a_change_is_entered_with_the_policies_that_it_concerns(page):
    page(officer()).post("/law-changes/new/", CHANGE)

    assert LawChange.objects.values_list("policies", "review_by").get() == (["dbs", "safeguarding"], date(2016, 12, 5))


def test_a_link_that_is_a_script_is_refused(page):
    page(officer()).post("/law-changes/new/", {**CHANGE, "link": "javascript:alert(1)"})

    assert not LawChange.objects.exists()


def test_the_register_says_what_is_still_to_come(page):
    client = page(officer())
    client.post("/law-changes/new/", CHANGE)

    assert "Still to come" in text(client.get("/law-changes/"))


def test_a_provider_reads_the_register_and_does_not_write_in_it(page):
    client = page(provider(OrganisationFactory()))

    assert [client.get(path).status_code for path in ("/law-changes/", "/law-changes/new/")] == [200, 404]


def test_a_change_is_withdrawn_with_the_reason_on_its_page(page):
    client = page(officer())
    client.post("/law-changes/new/", CHANGE)
    change = LawChange.objects.get()
    client.post(f"/law-changes/{change.pk}/withdraw/", {"because": "Postponed."})

    assert "Postponed." in text(client.get(f"/law-changes/{change.pk}/"))
