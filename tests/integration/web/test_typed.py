"""What is typed into a form of the site: kept as it is typed, and nothing of it lost at a time-out or a conflict."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client, RequestFactory
from django.utils import timezone
from lxml import html

from plumbline.commissioning.models import Tender
from plumbline.people.models import Draft, User
from plumbline.web.kit.access import signed_in
from plumbline.web.kit.drafts import FIELD, LASTS, Place
from tests.integration.commissioning.tendering import a_tender, a_user
from tests.integration.web.walking import as_shown

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]

PASSWORD = "a long enough phrase for tests"


@pytest.fixture
def writer() -> User:
    return with_password(a_user())


@pytest.fixture
def colleague() -> User:
    return with_password(a_user())


@pytest.fixture
def tender(writer: User) -> Tender:
    return a_tender(writer, description="")


def with_password(user: User) -> User:
    user.password = make_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def as_(user: User, **options: Any) -> Client:
    client = Client(HTTP_HOST="localhost", **options)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def what(tender: Tender) -> str:
    return f"/tenders/{tender.pk}/edit/what/"


def form(client: Client, path: str, **typed: str) -> dict[str, Any]:
    """What a browser sends of the long form of a page, with what is typed into it."""
    tree = html.fromstring(client.get(path).content.decode())
    token = tree.xpath("//input[@name='csrfmiddlewaretoken']")[0].get("value")
    return as_shown(tree.xpath("//form[@data-pl-draft]")[0]) | {"csrfmiddlewaretoken": token} | typed


def keep(client: Client, path: str, *, seq: str = "7", **typed: str) -> Any:
    return client.post("/typed/", form(client, path, **typed) | {"seq": seq})


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def end_session(client: Client) -> None:
    """The session is over, as time ends it: the browser still has its cookie."""
    Session.objects.filter(pk=client.session.session_key).update(expire_date=timezone.now() - timedelta(minutes=1))


def sign_in(client: Client, user: User, address: str = "/sign-in/") -> Any:
    return client.post(address, {"login": user.username, "password": PASSWORD}, follow=True)


class TestWhileItIsTyped:
    def test_it_says_when_it_was_kept(self, writer, tender):
        assert "Kept as a draft at" in text(keep(as_(writer), what(tender), description="Homes near"))

    def test_the_record_is_not_touched(self, writer, tender):
        keep(as_(writer), what(tender), description="Homes near")
        tender.refresh_from_db()
        assert tender.description == ""

    def test_it_stands_there_again(self, writer, tender):
        keep(as_(writer), what(tender), description="Homes near")
        said = text(as_(writer).get(what(tender)))
        assert ("Homes near</textarea>" in said, "did not save it" in said) == (True, True)

    def test_what_makes_no_sense_yet_stands_there_again_without_errors(self, writer, tender):
        keep(as_(writer), what(tender), value="12 pou", title="")
        said = text(as_(writer).get(what(tender)))
        assert ('value="12 pou"' in said, "There is a problem" in said) == (True, False)

    def test_a_day_half_typed_stands_there_again(self, writer, tender):
        path = f"/tenders/{tender.pk}/edit/timetable/"
        keep(as_(writer), path, bids_due_on_day="31", bids_due_on_month="se", bids_due_on_year="")
        assert 'value="se"' in text(as_(writer).get(path))

    def test_it_is_not_shown_to_a_colleague(self, writer, colleague, tender):
        keep(as_(writer), what(tender), description="Homes near")
        assert "Homes near" not in text(as_(colleague).get(what(tender)))

    def test_it_is_not_shown_on_another_page(self, writer, tender):
        other = a_tender(writer)
        keep(as_(writer), what(tender), description="Homes near")
        assert "Homes near" not in text(as_(writer).get(what(other)))

    def test_it_goes_when_it_is_saved(self, writer, tender):
        client = as_(writer)
        keep(client, what(tender), description="Homes near")
        client.post(what(tender), form(client, what(tender)))
        tender.refresh_from_db()
        assert (tender.description, Draft.objects.count()) == ("Homes near", 0)

    def test_it_can_be_put_aside(self, writer, tender):
        client = as_(writer)
        keep(client, what(tender), description="Homes near")
        client.post("/typed/discard/", {FIELD: form(client, what(tender))[FIELD]})
        assert "Homes near" not in text(client.get(what(tender)))

    def test_what_says_no_more_than_the_record_is_not_offered(self, writer, tender):
        client = as_(writer)
        keep(client, what(tender))
        assert ("did not save it" in text(client.get(what(tender))), Draft.objects.count()) == (False, 0)

    def test_what_was_sent_and_not_taken_stands_there_again(self, writer, tender):
        client = as_(writer)
        client.post(what(tender), form(client, what(tender), title="", description="Homes near"))
        assert "Homes near</textarea>" in text(client.get(what(tender)))

    def test_what_was_sent_into_a_fault_of_ours_is_kept(self, writer):
        @signed_in
        def broken(request: HttpRequest) -> HttpResponse:
            raise ZeroDivisionError

        line = Place(writer.pk, "trial.Trial", "/trial/", "/trial/").sealed()
        request = RequestFactory().post("/trial/", {FIELD: line, "words": "Homes near"})
        request.user, request.day, request.at = writer, timezone.localdate(), timezone.now()
        with pytest.raises(ZeroDivisionError):
            broken(request)
        assert Draft.objects.get(user=writer).payload == {"words": "Homes near"}

    def test_several_ticks_are_all_kept(self, writer):
        data = QueryDict("questions=a&questions=b")
        line = Place(writer.pk, "trial.Trial", "/trial/", "/trial/").sealed()
        as_(writer).post("/typed/", {FIELD: line, "seq": "1", "questions": data.getlist("questions")})
        assert Draft.objects.get(user=writer).payload == {"questions": ["a", "b"]}

    def test_a_machine_whose_clock_is_behind_keeps_what_is_typed_there_later(self, writer, tender):
        keep(as_(writer), what(tender), seq="9999999999999", description="Typed first")
        keep(as_(writer), what(tender), seq="1", description="Typed later")
        assert Draft.objects.get(user=writer).payload["description"] == "Typed later"

    @pytest.mark.parametrize("address", ["/typed/", "its own"])
    @pytest.mark.parametrize("counted", ["seq", "typed_seq"])
    def test_what_arrives_late_from_a_page_overwrites_nothing(self, writer, tender, address, counted):
        client = as_(writer)
        page = form(client, what(tender), title="")
        client.post(what(tender), page | {"typed_seq": "5", "description": "Typed later"})
        late = page | {counted: "4", "description": "Typed before"}
        client.post(what(tender) if address == "its own" else address, late)
        assert Draft.objects.get(user=writer).payload["description"] == "Typed later"

    def test_what_is_too_long_is_said_not_to_be_kept(self, writer, tender):
        answer = keep(as_(writer), what(tender), description="x" * 600_000)
        assert "Not kept as a draft" in text(answer)

    def test_a_form_with_a_password_keeps_nothing(self, writer):
        assert FIELD not in text(as_(writer).get("/account/password/"))


class TestAfterTheSessionEnded:
    def test_a_form_leads_to_sign_in_and_says_that_it_is_kept(self, writer, tender):
        client = as_(writer)
        typed = form(client, what(tender), description="Homes near")
        end_session(client)
        assert "What you typed is kept for you" in text(client.post(what(tender), typed, follow=True))

    def test_nothing_is_carried_out(self, writer, tender):
        client = as_(writer)
        typed = form(client, what(tender), description="Homes near")
        end_session(client)
        client.post(what(tender), typed)
        sign_in(client, writer)
        tender.refresh_from_db()
        assert tender.description == ""

    def test_the_same_person_finds_it_in_the_page(self, writer, tender):
        client = as_(writer)
        typed = form(client, what(tender), description="Homes near")
        end_session(client)
        address = client.post(what(tender), typed)["Location"]
        assert "Homes near</textarea>" in text(sign_in(client, writer, address))

    def test_another_person_finds_nothing_of_it(self, writer, colleague, tender):
        client = as_(writer)
        typed = form(client, what(tender), description="Homes near")
        end_session(client)
        address = client.post(what(tender), typed)["Location"]
        said = text(sign_in(client, colleague, address))
        assert (str(colleague) in said, "Homes near" in said) == (True, False)

    def test_nothing_of_it_is_in_the_address_or_a_cookie(self, writer, tender):
        client = as_(writer)
        typed = form(client, what(tender), description="Homes near")
        end_session(client)
        answer = client.post(what(tender), typed)
        left = answer["Location"] + " ".join(cookie.value for cookie in client.cookies.values())
        assert "Homes" not in left

    def test_it_is_kept_too_when_the_session_is_gone_altogether(self, writer, tender):
        client = as_(writer)
        typed = form(client, what(tender), description="Homes near")
        client.cookies.clear()
        client.post(what(tender), typed)
        assert "Homes near</textarea>" in text(as_(writer).get(what(tender)))

    def test_a_short_form_is_kept_as_well(self, writer, colleague, tender):
        client = as_(writer)
        path = f"/tenders/{tender.pk}/edit/people/"
        tree = html.fromstring(client.get(path).content.decode())
        typed = as_shown(tree.xpath("//main//form")[0]) | {"lead_commissioner_id": str(colleague.pk)}
        end_session(client)
        client.post(path, typed)
        assert f'value="{colleague.pk}" selected' in text(as_(writer).get(path))

    def test_a_file_is_said_not_to_be_kept(self, writer, tender):
        client = as_(writer)
        typed = form(client, what(tender), description="Homes near")
        end_session(client)
        answer = client.post(what(tender), typed | {"paper": SimpleUploadedFile("plan.pdf", b"%PDF")}, follow=True)
        assert "A file cannot be kept: choose it again." in text(answer)

    def test_typing_on_is_told_at_once(self, writer, tender):
        client = as_(writer)
        typed = form(client, what(tender), description="Homes near")
        end_session(client)
        answer = client.post("/typed/", typed | {"seq": "9"}, headers={"HX-Request": "true"})
        assert ("You have been signed out." in text(answer), answer["HX-Trigger"]) == (True, "pl-signed-out")

    def test_typing_on_is_kept(self, writer, tender):
        client = as_(writer)
        typed = form(client, what(tender), description="Homes near")
        end_session(client)
        client.post("/typed/", typed | {"seq": "9"}, headers={"HX-Request": "true"})
        assert "Homes near</textarea>" in text(as_(writer).get(what(tender)))

    def test_a_button_leads_back_to_the_page_it_stood_on(self, writer, tender):
        client = as_(writer)
        end_session(client)
        answer = client.post(
            f"/tenders/{tender.pk}/ask-approval/", HTTP_REFERER=f"http://localhost/tenders/{tender.pk}/"
        )
        assert answer["Location"] == f"/sign-in/?next=/tenders/{tender.pk}/"

    def test_a_button_of_another_site_leads_to_no_page_of_it(self, tender):
        answer = Client(HTTP_HOST="localhost").post(
            f"/tenders/{tender.pk}/ask-approval/", HTTP_REFERER="http://elsewhere.example/tenders/"
        )
        assert answer["Location"] == "/sign-in/?next=/"

    def test_nothing_is_kept_for_somebody_who_is_here_no_more(self, writer, tender):
        client = as_(writer)
        typed = form(client, what(tender), description="Homes near")
        User.objects.filter(pk=writer.pk).update(is_active=False)
        client.post(what(tender), typed)
        assert not Draft.objects.exists()

    def test_a_line_that_we_did_not_write_keeps_nothing(self, tender, writer):
        Client(HTTP_HOST="localhost").post(what(tender), {FIELD: "made:up:line", "description": "Homes near"})
        assert not Draft.objects.exists()

    def test_a_page_that_stood_open_for_too_long_keeps_nothing(self, writer, tender, monkeypatch):
        client = as_(writer)
        typed = form(client, what(tender), description="Homes near")
        end_session(client)
        later = time.time() + LASTS.total_seconds() + 1
        monkeypatch.setattr(time, "time", lambda: later)
        client.post(what(tender), typed)
        assert not Draft.objects.exists()


class TestAPageOpenedBeforeSigningInAgain:
    """Whose token is no longer that of the browser."""

    def test_what_was_typed_is_shown_once_more_and_nothing_is_saved(self, writer, tender):
        client = as_(writer, enforce_csrf_checks=True)
        typed = form(client, what(tender), description="Homes near")
        client.force_login(writer, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.cookies["csrftoken"] = "b" * 32
        said = text(client.post(what(tender), typed, follow=True))
        tender.refresh_from_db()
        assert ("Homes near</textarea>" in said, "send it once more" in said, tender.description) == (True, True, "")

    def test_in_another_persons_session_it_is_refused(self, writer, colleague, tender):
        client = as_(writer, enforce_csrf_checks=True)
        typed = form(client, what(tender), description="Homes near")
        client.force_login(colleague, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.cookies["csrftoken"] = "b" * 32
        answer = client.post(what(tender), typed)
        said = text(answer)
        assert (answer.status_code, "someone else’s" in said, "Homes near" in said) == (409, True, False)

    def test_it_is_kept_for_whoever_typed_it_and_not_for_who_sent_it(self, writer, colleague, tender):
        client = as_(writer, enforce_csrf_checks=True)
        typed = form(client, what(tender), description="Homes near")
        client.force_login(colleague, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.cookies["csrftoken"] = "b" * 32
        client.post(what(tender), typed)
        assert [draft.user for draft in Draft.objects.all()] == [writer]

    def test_with_a_token_of_ones_own_anothers_page_does_nothing(self, writer, colleague, tender):
        typed = form(as_(writer), what(tender), description="Homes near")
        answer = as_(colleague).post(what(tender), typed)
        tender.refresh_from_db()
        assert (answer.status_code, tender.description, Draft.objects.count()) == (409, "", 0)

    def test_a_form_without_its_token_and_without_its_line_is_refused(self, writer, tender):
        client = as_(writer, enforce_csrf_checks=True)
        assert client.post(what(tender), {"title": "Another"}).status_code == 403


class TestTwoWhoChangeOneRecord:
    def test_what_only_the_other_changed_is_left_as_they_have_it(self, writer, colleague, tender):
        first, second = as_(writer), as_(colleague)
        opened = form(second, what(tender), description="Homes near")
        first.post(what(tender), form(first, what(tender), title="Respite at home"))
        second.post(what(tender), opened)
        tender.refresh_from_db()
        assert (tender.title, tender.description) == ("Respite at home", "Homes near")

    def test_what_both_changed_is_shown_in_both_versions_and_not_saved(self, writer, colleague, tender):
        first, second = as_(writer), as_(colleague)
        opened = form(second, what(tender), title="Respite abroad")
        first.post(what(tender), form(first, what(tender), title="Respite at home"))
        said = text(second.post(what(tender), opened))
        tender.refresh_from_db()
        assert tender.title == "Respite at home"
        assert "Respite at home</dd>" in said
        assert "Respite abroad</dd>" in said

    def test_sent_once_more_it_is_saved(self, writer, colleague, tender):
        first, second = as_(writer), as_(colleague)
        opened = form(second, what(tender), title="Respite abroad")
        first.post(what(tender), form(first, what(tender), title="Respite at home"))
        shown = html.fromstring(second.post(what(tender), opened).content.decode())
        second.post(what(tender), as_shown(shown.xpath("//form[@data-pl-draft]")[0]))
        tender.refresh_from_db()
        assert tender.title == "Respite abroad"

    def test_what_is_recorded_can_be_kept(self, writer, colleague, tender):
        first, second = as_(writer), as_(colleague)
        opened = form(second, what(tender), title="Respite abroad")
        first.post(what(tender), form(first, what(tender), title="Respite at home"))
        second.post(what(tender), opened)
        second.post("/typed/discard/", {FIELD: opened[FIELD]})
        assert 'value="Respite at home"' in text(second.get(what(tender)))

    def test_a_draft_older_than_the_record_shows_both(self, writer, colleague, tender):
        first, second = as_(writer), as_(colleague)
        keep(second, what(tender), title="Respite abroad")
        first.post(what(tender), form(first, what(tender), title="Respite at home"))
        said = text(second.get(what(tender)))
        assert ("Respite at home</dd>" in said, 'value="Respite abroad"' in said) == (True, True)

    def test_beside_a_draft_what_the_other_changed_is_shown_as_it_is_now(self, writer, colleague, tender):
        first, second = as_(writer), as_(colleague)
        keep(second, what(tender), description="Homes near")
        first.post(what(tender), form(first, what(tender), title="Respite at home"))
        said = text(second.get(what(tender)))
        assert ('value="Respite at home"' in said, "Recorded now" in said) == (True, False)


class TestTheSession:
    def test_it_is_written_down_that_it_was_used(self, writer):
        client = as_(writer)
        client.get("/account/")
        assert client.session["used_at"] == pytest.approx(time.time(), abs=30)

    def test_its_end_moves_on_with_its_use(self, writer):
        client = as_(writer)
        soon = timezone.now() + timedelta(minutes=2)
        Session.objects.filter(pk=client.session.session_key).update(expire_date=soon)
        client.get("/account/")
        assert Session.objects.get(pk=client.session.session_key).expire_date > soon

    def test_it_is_not_written_at_every_page(self, writer):
        client = as_(writer)
        client.get("/account/")
        soon = timezone.now() + timedelta(minutes=2)
        Session.objects.filter(pk=client.session.session_key).update(expire_date=soon)
        client.get("/account/")
        assert Session.objects.get(pk=client.session.session_key).expire_date == soon

    def test_it_goes_on_where_somebody_says_so(self, writer):
        client = as_(writer)
        client.get("/account/")
        soon = timezone.now() + timedelta(minutes=2)
        Session.objects.filter(pk=client.session.session_key).update(expire_date=soon)
        session = client.session
        session["used_at"] -= 30
        session.save()
        client.post("/session/", headers={"HX-Request": "true"})
        assert client.session["used_at"] == pytest.approx(time.time(), abs=10)

    def test_every_page_of_somebody_signed_in_says_how_long_it_lasts(self, writer, settings):
        assert f'data-pl-session="{settings.SESSION_COOKIE_AGE}"' in text(as_(writer).get("/account/"))
