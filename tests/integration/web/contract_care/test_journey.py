"""A record on several pages: its list, its rows, what it keeps, and what others change meanwhile."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from plumbline.actions.models import Action
from plumbline.audit.models import Event
from plumbline.contracts.models import Evaluation
from plumbline.contracts.operations import arrangements, evaluations
from plumbline.people.models import Draft
from tests.factories.files import pdf
from tests.integration.contracts.care_situations import a_user, by
from tests.integration.contracts.test_evaluations import meeting
from tests.integration.web.contract_care.pages import day, fill, fill_all, page
from tests.integration.web.signing_in import as_
from tests.queries import assert_constant_queries

pytestmark = pytest.mark.django_db


def at(planned: Evaluation, *rest: str) -> str:
    return f"/contracts/meetings/{planned.pk}/{'/'.join(('record', *rest))}/"


def standing(client: Client, path: str) -> dict[str, str]:
    """What stands in the fields of a page, as its browser would send it."""
    form = html.fromstring(page(client, path)).xpath("//main//form[@data-pl-draft]")[0]
    texts = form.xpath(".//input[@type='text']/@name | .//textarea/@name")
    return dict.fromkeys(texts, "") | {name: str(value) for name, value in form.form_values()}


def press(client: Client, planned: Evaluation, key: str, button: dict[str, str], **typed: str) -> dict[str, str]:
    """Press a button of a part, with what stands on it and this typed; what stands on the page it leads to."""
    sent = standing(client, at(planned, key)) | typed | button
    answer = client.post(at(planned, key), sent)
    assert answer.status_code == 302
    return standing(client, answer.url)


PEOPLE = {f"row-{number}-name": name for number, name in enumerate(("Ada", "Beth", "Cara", "Dora"))}


def test_a_row_is_added_without_a_script_and_what_was_typed_stays(officer, planned) -> None:
    shown = press(officer, planned, "who", {"more": "yes"}, chair="Ada", **PEOPLE)
    assert (shown["row-4-name"], shown["chair"], shown["row-TOTAL_FORMS"]) == ("", "Ada", "5")
    assert {name: shown[name] for name in PEOPLE} == PEOPLE


def test_a_row_is_taken_out_without_a_script_and_those_after_it_move_up(officer, planned) -> None:
    shown = press(officer, planned, "who", {"out": "1"}, **PEOPLE, **{"row-2-service": "on"})
    assert [shown[f"row-{number}-name"] for number in range(3)] == ["Ada", "Cara", "Dora"]
    assert ("row-3-name" in shown, shown.get("row-1-service"), shown.get("row-2-service")) == (False, "on", None)


@pytest.mark.parametrize("number", ["4", "-1", "x", "", "99999999999999999999"])
def test_a_row_that_is_not_there_takes_none_out(officer, planned, number) -> None:
    shown = press(officer, planned, "who", {"out": number}, **PEOPLE)
    assert {name: shown[name] for name in PEOPLE} == PEOPLE


def test_no_more_rows_are_added_than_are_read_back(officer, planned) -> None:
    many = {f"row-{number}-name": f"Person {number}" for number in range(39)}
    fill(officer, planned, "who", {**many, "row-TOTAL_FORMS": "39", "more": "yes"})
    shown = page(officer, at(planned, "who"))
    assert ('name="row-39-name"' in shown, "No more can be added" in shown, ">Add another<" in shown) == (
        True,
        True,
        False,
    )


def test_the_enter_key_presses_the_button_that_saves(officer, planned) -> None:
    """A browser presses the first button of a form: it must not be one that takes a row out."""
    for key in ("who", "cases", "actions", "minutes"):
        form = html.fromstring(page(officer, at(planned, key))).xpath("//main//form[@data-pl-draft]")[0]
        assert form.xpath(".//button")[0].get("name") is None


def test_each_row_has_its_errors_at_its_fields(officer, planned) -> None:
    typed = {"row-TOTAL_FORMS": "3", "row-0-text": "Two at night", "row-0-agreed_by": "Beth",
             "row-0-agreed_with": "Kemi", "row-2-text": "A call each week", "row-2-agreed_by": "Beth"}  # fmt: skip
    tree = html.fromstring(fill(officer, planned, "arrangements", typed).content)
    assert tree.xpath("//*[@role='alert']//a/@href") == ["#id_row-2-agreed_with"]
    assert tree.xpath("//p[@class='govuk-error-message']/@id") == ["id_row-2-agreed_with_error"]
    assert tree.xpath("//*[@id='id_row-2-text']")[0].text.strip() == "A call each week"


def test_a_row_with_only_what_is_always_chosen_is_none(officer, planned) -> None:
    fill(officer, planned, "actions", standing(officer, at(planned, "actions")))
    fill_all(officer, planned, actions=standing(officer, at(planned, "actions")))
    officer.post(f"/contracts/meetings/{planned.pk}/check/")
    planned.refresh_from_db()
    assert (planned.state, Action.objects.count()) == ("held", 0)


def test_the_list_says_which_pages_are_done(officer, planned) -> None:
    fill(officer, planned, "safeguarding", {"concerns_raised": "no"})
    fill(officer, planned, "minutes", {"minutes": "", "later": "yes"})
    lines = html.fromstring(page(officer, at(planned))).xpath("//li[contains(@class, 'govuk-task-list__item')]")
    said = {" ".join(line.text_content().split()).rpartition(" ")[0]: line.text_content() for line in lines}
    states = {line.xpath(".//a")[0].text: re.sub(r"\s+", " ", line.text_content()) for line in lines}
    assert "Done" in states["Safeguarding"]
    assert "To finish" in states["Minutes"]
    assert "Not started" in states["Who was there"]
    assert len(said) == 10


def test_leaving_asks_for_nothing(officer, planned) -> None:
    answer = fill(officer, planned, "actions", {"row-0-title": "Train", "row-0-owner": "provider", "later": "yes"})
    assert answer.url.endswith("/meetings/")
    assert 'value="Train"' in page(officer, at(planned, "actions"))


def test_who_comes_back_to_correct_is_shown_what_is_wrong_and_who_types_on_is_not(officer, planned) -> None:
    fill(officer, planned, "actions", {"row-0-title": "Train", "row-0-owner": "provider", "later": "yes"})
    assert "Say by when" not in page(officer, at(planned, "actions"))
    assert "Say by when" in page(officer, f"{at(planned, 'actions')}?from=check")


def test_a_part_that_is_corrected_leads_back_to_the_check(officer, planned) -> None:
    answer = officer.post(f"{at(planned, 'minutes')}?from=check", {"minutes": "All was discussed."})
    assert answer.url == f"/contracts/meetings/{planned.pk}/check/"


def test_what_is_hidden_by_an_answer_is_not_recorded(officer, planned) -> None:
    fill_all(officer, planned, safeguarding={"concerns_raised": "no", "concerns": "Half a thought"})
    assert "Half a thought" not in page(officer, f"/contracts/meetings/{planned.pk}/check/")
    officer.post(f"/contracts/meetings/{planned.pk}/check/")
    planned.refresh_from_db()
    assert (planned.state, planned.safeguarding.get("concerns", "")) == ("held", "")


def test_what_is_asked_by_an_answer_is_an_error_at_its_field(officer, planned) -> None:
    answer = fill(officer, planned, "safeguarding", {"concerns_raised": "yes", "concerns": "Late medicines"})
    tree = html.fromstring(answer.content)
    assert tree.xpath("//*[@role='alert']//a/@href") == ["#id_concerns_action"]
    assert tree.xpath("//*[@id='id_concerns_raised_0_asks']//textarea/@id") == ["id_concerns", "id_concerns_action"]


def test_what_is_refused_at_the_end_keeps_everything(officer, planned, person) -> None:
    who = {**day("held_on", date(2016, 7, 5)), "row-0-name": "Beth", "row-1-name": "Owen"}
    fill_all(officer, planned, who=who, minutes={"minutes": "", "file": SimpleUploadedFile("minutes.pdf", pdf())})
    # The day on which it was held is taken by another meeting meanwhile.
    evaluations.plan_evaluation(contract_id=planned.contract_id, held_on=date(2016, 7, 5), act=by(person))
    kept, events = Draft.objects.count(), Event.objects.count()
    answer = officer.post(f"/contracts/meetings/{planned.pk}/check/")
    planned.refresh_from_db()
    assert (answer.status_code, planned.state, Action.objects.count()) == (409, "planned", 0)
    assert "There is a meeting on 5 July 2016 already." in answer.content.decode()
    assert (Draft.objects.count(), Event.objects.count()) == (kept, events)
    shown = page(officer, f"/contracts/meetings/{planned.pk}/check/")
    assert all(words in shown for words in ("minutes.pdf", "Train the night staff", "Owen"))


def test_nothing_is_kept_once_it_is_recorded(officer, planned) -> None:
    fill_all(officer, planned)
    officer.post(f"/contracts/meetings/{planned.pk}/check/")
    assert Draft.objects.count() == 0


def test_two_who_record_one_meeting_do_not_lose_what_the_second_typed(officer, planned) -> None:
    second_user = a_user("contract_officer")
    second = as_(second_user)
    fill_all(second, planned, minutes={"minutes": "As I remember it."})
    fill_all(officer, planned)
    officer.post(f"/contracts/meetings/{planned.pk}/check/")
    # Still on a page when the other records it: what is sent then is kept, and said not to be recorded.
    answer = second.post(at(planned, "minutes"), {"minutes": "As I remember it better."}, follow=True)
    said = answer.content.decode()
    assert "has recorded this meeting meanwhile" in said
    assert "As I remember it better." in said
    assert "Record the meeting</button>" not in said
    planned.refresh_from_db()
    assert planned.minutes == "All was discussed."


def test_a_meeting_that_was_recorded_cannot_be_recorded_again(officer, planned, person) -> None:
    evaluations.hold_evaluation(evaluation_id=planned.pk, meeting=meeting(), act=by(person))
    answer = officer.get(f"/contracts/meetings/{planned.pk}/check/")
    assert (answer.status_code, "has recorded this meeting" in answer.content.decode()) == (409, True)


def test_what_was_typed_about_something_that_is_gone_is_shown_before_it_goes(
    officer, planned, contract, person
) -> None:
    promise = arrangements.add_commitment(
        contract_id=contract.pk, text="A psychologist", source="Its bid", act=by(person)
    )
    fill_all(officer, planned, commitments={f"result_{promise.pk}": "met", f"note_{promise.pk}": "She starts in May"})
    arrangements.end_commitment(commitment_id=promise.pk, because="Agreed.", act=by(person))
    check = f"/contracts/meetings/{planned.pk}/check/"
    shown = page(officer, check)
    assert ("is no longer asked" in shown, "She starts in May" in shown) == (True, True)
    officer.post(check)
    planned.refresh_from_db()
    assert planned.state == "planned"
    assert "She starts in May" in page(officer, f"{at(planned, 'commitments')}?from=check")
    fill(officer, planned, "commitments", {})
    officer.post(check)
    planned.refresh_from_db()
    assert planned.state == "held"


def test_the_list_and_the_check_ask_the_database_alike_however_many_rows_there_are(officer, planned) -> None:
    many = {f"row-{number}-name": f"Person {number}" for number in range(30)}
    for path in (at(planned), f"/contracts/meetings/{planned.pk}/check/", at(planned, "who")):
        fill(officer, planned, "who", PEOPLE | {"row-TOTAL_FORMS": "4", "more": "yes"})
        assert_constant_queries(
            lambda path=path: officer.get(path),
            more=lambda: fill(officer, planned, "who", many | {"row-TOTAL_FORMS": "30", "more": "yes"}),
        )
