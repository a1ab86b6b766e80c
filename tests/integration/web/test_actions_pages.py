"""The one list of actions, and one action from its raising to its verification, on pages."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plumbline.actions.models import Action
from plumbline.evidence.models import Document
from tests.factories.files import pdf, png
from tests.factories.people import OrganisationFactory, UserFactory
from tests.integration.actions.test_operations import done, officer, provider, raised

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]

TODAY = date(2016, 7, 31)


@pytest.fixture(autouse=True)
def _today(settings, tmp_path):
    settings.TODAY = TODAY
    settings.HOME = tmp_path


def text(answer) -> str:
    return answer.content.decode()


def test_what_is_overdue_stands_first(page):
    raised(title="Later", on=TODAY), raised(title="Late", due_on=date(2016, 7, 30))
    shown = text(page(officer()).get("/actions/"))

    assert shown.index(">Late<") < shown.index(">Later<")


def test_my_list_holds_what_is_mine_only(page):
    mine, other = raised(title="Of mine"), raised(title="Of others")
    shown = text(page(mine.owner).get("/actions/?who=mine"))

    assert (mine.title in shown, other.title in shown) == (True, False)


@pytest.mark.parametrize(
    "query", ["about=Fostering", "origin=audit", "owner=Nobody+Such", "state=over", "critical=yes", "subject=tender"]
)
def test_the_list_is_narrowed(query, page):
    raised(title="Check references")

    assert "Check references" not in text(page(officer()).get(f"/actions/?{query}"))


def test_a_formula_in_an_action_is_no_formula_in_the_exported_file(page):
    raised(title="=HYPERLINK(1)")
    csv = b"".join(page(officer()).get("/actions/?format=csv").streaming_content).decode()

    assert "'=HYPERLINK(1)" in csv


def test_the_list_takes_the_same_number_of_queries_for_more_rows(page):
    user = officer()
    client = page(user)
    # The first page of a session writes down that it is used.
    client.get("/actions/")
    counts = []
    for number in (1, 12):
        for _ in range(number):
            raised(owner_organisation=OrganisationFactory())
        with CaptureQueriesContext(connection) as queries:
            client.get("/actions/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_provider_sees_no_other_organisations_action(page):
    action = raised(owner_organisation=OrganisationFactory())

    assert page(provider(OrganisationFactory())).get(f"/actions/{action.pk}/").status_code == 404


def test_a_provider_reports_done_with_a_photograph(page):
    own = OrganisationFactory()
    action = raised(owner_organisation=own)
    page(provider(own)).post(
        f"/actions/{action.pk}/done/", {"text": "The gate is mended.", "file": SimpleUploadedFile("gate.png", png())}
    )
    document = Document.objects.get()

    assert (document.organisation, document.sensitivity, action.notes.get().document) == (own, "shared", document)


def test_a_document_given_before_serves_an_action_too(page):
    own = OrganisationFactory()
    action, user = raised(owner_organisation=own), provider(own)
    page(user).post(f"/actions/{action.pk}/note/", {"text": "See this.", "file": SimpleUploadedFile("a.pdf", pdf())})
    document = Document.objects.get()
    page(user).post(f"/actions/{action.pk}/done/", {"text": "As said.", "given": str(document.pk)})

    assert action.notes.filter(document=document).count() == 2


def test_an_action_about_a_child_takes_no_document(page):
    action = raised(subject_type="tac")

    assert 'type="file"' not in text(page(action.owner).get(f"/actions/{action.pk}/done/"))


def test_a_file_that_is_refused_leaves_the_action_as_it_was(page):
    action = raised()
    answer = page(action.owner).post(
        f"/actions/{action.pk}/done/", {"text": "Done.", "file": SimpleUploadedFile("a.pdf", b"MZ\x90")}
    )

    assert ("none of those that can be kept" in text(answer), Action.objects.get(pk=action.pk).state) == (True, "open")


def test_the_owner_is_told_why_they_cannot_verify(page):
    action = raised()
    done(action)

    assert "The owner of an action cannot verify it" in text(page(action.owner).get(f"/actions/{action.pk}/"))


def test_the_owner_cannot_reach_the_page_that_verifies(page):
    action = raised()
    done(action)

    assert page(action.owner).get(f"/actions/{action.pk}/verify/").status_code == 404


def test_somebody_else_verifies_it_on_the_page(page):
    action = raised()
    done(action)
    page(officer()).post(f"/actions/{action.pk}/verify/", {"text": "Seen on the file."})

    assert Action.objects.get(pk=action.pk).state == "verified"


def test_a_day_that_was_moved_shows_the_day_first_agreed(page):
    action = raised()
    client = page(officer())
    client.post(
        f"/actions/{action.pk}/move/",
        {"due_on_day": "30", "due_on_month": "9", "due_on_year": "2016", "because": "Staff are away."},
    )

    assert "30 days after the day first agreed" in text(client.get(f"/actions/{action.pk}/"))


def test_it_is_handed_over_to_an_organisation(page):
    action, own = raised(), OrganisationFactory()
    provider(own)
    page(officer()).post(
        f"/actions/{action.pk}/hand-over/", {"owner": "", "organisation": str(own.pk), "because": "It is theirs."}
    )

    assert Action.objects.get(pk=action.pk).owner_organisation == own


def test_sending_back_and_cancelling_are_asked_on_pages_of_their_own(page):
    action, user = raised(), officer()
    done(action)
    page(user).post(f"/actions/{action.pk}/send-back/", {"because": "Two are missing."})
    page(user).post(f"/actions/{action.pk}/cancel/", {"because": "The contract ended."})

    assert Action.objects.get(pk=action.pk).state == "cancelled"


def test_my_work_lists_what_is_mine_to_do(page):
    action = raised(title="Renew the insurance", due_on=date(2016, 7, 30))

    assert "Renew the insurance" in text(page(action.owner).get("/"))


def test_my_work_lists_what_waits_to_be_verified(page):
    done(raised(title="Renew the insurance"))

    assert "Verify that it is done: Renew the insurance" in text(page(UserFactory(role="commissioner")).get("/"))


def test_an_owner_without_the_list_reaches_their_action_from_my_work(page):
    action = raised(owner=UserFactory(role="partnership_officer"))

    assert page(action.owner).get(f"/actions/{action.pk}/").status_code == 200


def test_who_begins_an_action_says_so(page):
    action = raised()
    page(action.owner).post(f"/actions/{action.pk}/start/")

    assert Action.objects.get(pk=action.pk).state == "in_progress"
