"""A return is answered, a section or a question a page, beside someone else."""

import pytest

from plumbline.people.models import Draft
from tests.factories.toolkits import a_person, answer, asked, content, criterion, published
from tests.integration.web.returns.answering import fields_of, handed_in, kept, question, section
from tests.integration.web.signing_in import as_

pytestmark = pytest.mark.django_db


# --- answering -----------------------------------------------------------------------------------------------------


def test_saving_a_section_leads_to_the_next(made, provider) -> None:
    page = provider.get(section(made))
    answered = provider.post(section(made), {**fields_of(page), "value_supervision": "good"})
    assert (answered.url, kept(made, "supervision")) == (section(made, "part_2"), "good")


def test_the_last_section_leads_to_checking(made, provider) -> None:
    page = provider.get(section(made, "part_2"))
    answered = provider.post(section(made, "part_2"), {**fields_of(page), "value_culture": "good"})
    assert answered.url == f"/returns/{made.pk}/check/"


def test_two_who_answer_the_same_question_at_once_see_both_answers(made, provider) -> None:
    mine = fields_of(provider.get(section(made)))
    answer(made, "supervision", "good", comment="Seen in twelve files.")
    page = provider.post(
        section(made), {**mine, "value_supervision": "inadequate", "comment_supervision": "Not for me."}
    )
    text = page.content.decode()
    assert ("Seen in twelve files." in text, "Not for me." in text, kept(made, "supervision")) == (True, True, "good")


def test_after_a_conflict_mine_can_be_put_in_its_place(made, provider) -> None:
    mine = fields_of(provider.get(section(made)))
    answer(made, "supervision", "good")
    page = provider.post(section(made), {**mine, "value_supervision": "inadequate"})
    provider.post(section(made), fields_of(page))
    assert kept(made, "supervision") == "inadequate"


def test_after_a_conflict_theirs_can_be_kept(made, provider) -> None:
    mine = fields_of(provider.get(section(made)))
    answer(made, "supervision", "good")
    page = provider.post(section(made), {**mine, "value_supervision": "inadequate"})
    provider.post(section(made), {**fields_of(page), "keep": "supervision"})
    assert (kept(made, "supervision"), Draft.objects.count()) == ("good", 0)


def test_what_conflicted_is_still_there_on_coming_back(made, provider) -> None:
    mine = fields_of(provider.get(section(made)))
    answer(made, "supervision", "good")
    provider.post(section(made), {**mine, "value_supervision": "inadequate", "comment_supervision": "My own words."})
    assert "My own words." in provider.get(section(made)).content.decode()


def test_a_question_i_did_not_touch_is_not_put_back(made, provider) -> None:
    mine = fields_of(provider.get(section(made)))
    answer(made, "supervision", "good")
    provider.post(section(made), {**mine, "value_recruits_safely": "yes"})
    assert (kept(made, "supervision"), kept(made, "recruits_safely")) == ("good", "yes")


def test_a_value_that_is_none_of_the_choices_is_shown_as_wrong(made, provider) -> None:
    page = provider.post(section(made), {**fields_of(provider.get(section(made))), "value_supervision": "splendid"})
    assert "There is a problem" in page.content.decode()


# --- a question a page ---------------------------------------------------------------------------------------------


def ask(made, client, key, *, query="", **typed):
    """One question answered on its page."""
    page = client.get(question(made, key) + query)
    return client.post(question(made, key) + query, {**fields_of(page), **typed})


def test_a_page_asks_one_question(made, provider) -> None:
    asked_here = provider.get(question(made)).context["form"].fields
    assert [name for name in asked_here if name.startswith("value_")] == ["value_supervision"]


def test_saving_a_question_leads_to_the_next(made, provider) -> None:
    answered = ask(made, provider, "recruits_safely", value_recruits_safely="yes")
    assert (answered.url, kept(made, "recruits_safely")) == (question(made, "supervision"), "yes")


def test_what_is_answered_in_full_is_not_asked_again_on_the_way(made, provider) -> None:
    answer(made, "supervision", "good")
    assert ask(made, provider, "recruits_safely", value_recruits_safely="yes").url == question(made, "culture")


def test_an_answer_that_lacks_its_document_is_on_the_way() -> None:
    made = asked(published(content("trial_papers", [criterion("a"), criterion("b", evidence="required")])))
    answer(made, "b", "yes")
    provider = as_(a_person("provider_user", organisation=made.organisation))
    assert ask(made, provider, "a", value_a="yes").url == question(made, "b")


def test_after_the_last_question_all_is_checked(made, provider) -> None:
    answered = ask(made, provider, "impact_seen", value_impact_seen="It helped.")
    assert answered.url == f"/returns/{made.pk}/check/"


@pytest.mark.parametrize(
    ("came_from", "back"), [("check", "check/#q-supervision"), ("section", "sections/part_1/#q-supervision")]
)
def test_a_question_opened_to_be_changed_leads_back(made, provider, came_from, back) -> None:
    answered = ask(made, provider, "supervision", query=f"?from={came_from}", value_supervision="good")
    assert answered.url == f"/returns/{made.pk}/{back}"


def test_two_on_the_page_of_one_question_see_both_answers(made, provider) -> None:
    mine = fields_of(provider.get(question(made)))
    answer(made, "supervision", "good", comment="Seen in twelve files.")
    page = provider.post(question(made), {**mine, "value_supervision": "inadequate"})
    assert ("Seen in twelve files." in page.content.decode(), kept(made, "supervision")) == (True, "good")


def test_a_question_of_a_return_that_is_handed_in_is_read_in_its_section(made, provider) -> None:
    handed_in(made)
    assert provider.get(question(made)).url == f"/returns/{made.pk}/sections/part_1/#q-supervision"


def test_a_question_that_is_not_asked_does_not_exist(made, provider) -> None:
    assert provider.get(question(made, "invented")).status_code == 404


def test_a_section_says_what_each_of_its_answers_lacks() -> None:
    made = asked(published(content("trial_lacks", [criterion("a", evidence="required"), criterion("b")])))
    answer(made, "a", "yes")
    provider = as_(a_person("provider_user", organisation=made.organisation))
    page = provider.get(f"/returns/{made.pk}/sections/part_1/").content.decode()
    assert [words in page for words in ("A document is needed", "Not answered yet", "0 of 2 questions")] == [True] * 3


def test_who_answers_reads_last_time_beside_each_answer(made, provider) -> None:
    handed_in(made)
    second = asked(made.version, made.organisation)
    ask(second, provider, "supervision", value_supervision="inadequate")
    page = provider.get(f"/returns/{second.pk}/sections/part_1/").content.decode()
    assert ("Last time: Good" in page, "Carried forward from last time" in page) == (True, True)
