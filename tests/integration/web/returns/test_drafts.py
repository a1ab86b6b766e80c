"""What is typed into a return and not saved yet."""

import re

import pytest

from plumbline.people.models import Draft
from tests.factories.toolkits import a_person, answer
from tests.integration.web.returns.answering import fields_of, kept, question, section
from tests.integration.web.signing_in import as_

pytestmark = pytest.mark.django_db


def keep_draft(client, made, seq="1", **typed):
    page = fields_of(client.get(section(made)))
    return client.post(f"/returns/{made.pk}/draft/", {**page, **typed, "seq": seq}, headers={"HX-Request": "true"})


def test_what_is_typed_is_kept_with_the_time(made, provider) -> None:
    assert keep_draft(provider, made, comment_supervision="Half a sen").content.decode().startswith("Saved ")


def test_a_draft_does_not_touch_the_record(made, provider) -> None:
    keep_draft(provider, made, value_supervision="good")
    assert kept(made, "supervision") == ""


def test_a_draft_is_offered_again_after_a_time_out(made) -> None:
    user = a_person("provider_user", organisation=made.organisation)
    before = as_(user)
    keep_draft(before, made, comment_supervision="Half a sentence")
    before.session.flush()
    assert before.get(section(made)).status_code == 302
    page = as_(user).get(section(made)).content.decode()
    assert "Half a sentence" in page


def test_what_is_typed_after_the_time_out_is_told_at_once_and_kept(made) -> None:
    user = a_person("provider_user", organisation=made.organisation)
    client = as_(user)
    page = client.get(section(made))
    line = re.search(r'name="typed_into" value="([^"]+)"', page.content.decode())[1]
    typed = {**fields_of(page), "comment_supervision": "Half a sen", "typed_into": line, "seq": "1"}
    client.session.flush()
    answered = client.post(f"/returns/{made.pk}/draft/", typed, headers={"HX-Request": "true"})
    assert "You have been signed out." in answered.content.decode()
    assert "Half a sen" in as_(user).get(section(made)).content.decode()


@pytest.mark.parametrize("page", [section, question])
def test_what_is_sent_after_the_time_out_stands_in_the_page_again(made, page) -> None:
    user = a_person("provider_user", organisation=made.organisation)
    client = as_(user)
    shown = client.get(page(made))
    line = re.search(r'name="typed_into" value="([^"]+)"', shown.content.decode())[1]
    client.session.flush()
    client.post(page(made), {**fields_of(shown), "comment_supervision": "Half a sen", "typed_into": line})
    assert kept(made, "supervision") == ""
    again = as_(user).get(page(made)).content.decode()
    assert ("Half a sen" in again, "You typed this" in again) == (True, True)


def test_saving_the_section_takes_the_draft_away(made, provider) -> None:
    keep_draft(provider, made, value_supervision="good")
    provider.post(section(made), fields_of(provider.get(section(made))))
    assert (kept(made, "supervision"), Draft.objects.count()) == ("good", 0)


def test_a_draft_can_be_put_aside(made, provider) -> None:
    keep_draft(provider, made, value_supervision="good")
    provider.post(section(made), {"discard": "yes"})
    assert (kept(made, "supervision"), Draft.objects.count()) == ("", 0)


def test_a_draft_begun_before_somebody_elses_answer_does_not_overwrite_it(made, provider) -> None:
    keep_draft(provider, made, value_supervision="inadequate")
    answer(made, "supervision", "good")
    provider.post(section(made), fields_of(provider.get(section(made))))
    assert kept(made, "supervision") == "good"


def test_beside_a_draft_an_untouched_question_is_shown_as_it_stands_now(made, provider) -> None:
    keep_draft(provider, made, value_supervision="good")
    answer(made, "recruits_safely", "yes", comment="Answered by a colleague.")
    assert "Answered by a colleague." in provider.get(section(made)).content.decode()


def test_nobody_else_sees_a_draft(made, provider) -> None:
    keep_draft(provider, made, comment_supervision="Half a sentence")
    colleague = as_(a_person("provider_user", organisation=made.organisation))
    assert "Half a sentence" not in colleague.get(section(made)).content.decode()


def test_what_is_typed_on_one_page_is_offered_on_every_page_that_asks_the_question(made, provider) -> None:
    keep_draft(provider, made, comment_supervision="Half a sentence")
    assert "Half a sentence" in provider.get(question(made)).content.decode()


def test_only_what_was_touched_is_kept_as_a_draft(made, provider) -> None:
    keep_draft(provider, made, comment_supervision="Half a sentence")
    assert Draft.objects.count() == 1


def test_typing_undone_again_is_no_draft(made, provider) -> None:
    keep_draft(provider, made, comment_supervision="Half")
    page = fields_of(provider.get(question(made)))
    provider.post(f"/returns/{made.pk}/draft/", {**page, "comment_supervision": "", "seq": "2"})
    assert "You typed this" not in provider.get(question(made)).content.decode()


def test_what_is_typed_and_not_saved_is_said_before_handing_in(made, provider) -> None:
    keep_draft(provider, made, comment_supervision="Half a sentence")
    assert (
        "What you typed at “Supervision” is not saved yet."
        in provider.get(f"/returns/{made.pk}/check/").content.decode()
    )


def test_a_draft_that_comes_after_its_page_was_saved_is_not_said_to_be_unsaved(made, provider) -> None:
    page = fields_of(provider.get(question(made)))
    typed = {**page, "value_supervision": "good"}
    provider.post(question(made), typed)
    provider.post(f"/returns/{made.pk}/draft/", {**typed, "seq": "1"})
    assert "is not saved yet" not in provider.get(f"/returns/{made.pk}/check/").content.decode()
