"""The pages of serious incidents: who opens which, what stands on them, and that each button does what it says."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from lxml import html

from plumbline.audit.models import Event
from plumbline.contracts.models import Incident
from plumbline.contracts.operations import incident_notices, incidents
from plumbline.contracts.queries.held import HELD
from plumbline.contracts.rules.notifications import Step
from plumbline.flags.models import Message
from plumbline.people.act import Act
from tests.factories.people import ChildFactory, TieFactory, UserFactory, hold_role
from tests.integration.contracts.incident_situations import (
    AT,
    ON,
    World,
    a_world,
    agreed,
    an_incident,
    line,
    provider_user,
    told,
)
from tests.queries import assert_constant_queries

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]

# The day that the pages of the tests take for today.
TODAY = date(2016, 7, 31)
THEN = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return a_world()


def today(world: World, **changes: object) -> Incident:
    given = {"occurred_at": THEN - timedelta(minutes=20)}
    return incidents.report_incident(
        contract_id=world.contract.pk,
        setting_id=world.setting.pk,
        told=told(**{**given, **changes}),
        act=Act(world.provider, THEN, TODAY),
    )


def text(answer) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_list_says_how_many_are_still_to_be_told(page, world: World) -> None:
    incident = an_incident(world)
    said = text(page(world.manager).get(reverse("incidents")))
    assert incident.reference in said


def test_the_list_has_a_constant_number_of_queries(page, world: World) -> None:
    client = page(world.manager)
    an_incident(world)
    assert_constant_queries(
        lambda: client.get(reverse("incidents")), more=lambda: [an_incident(world) for _ in range(4)]
    )


@pytest.mark.parametrize("route", ["incident", "incident_account", "incident_news"])
def test_another_providers_incident_does_not_exist(page, world: World, route: str) -> None:
    incident = an_incident(world)
    assert page(world.other_provider).get(reverse(route, args=[incident.pk])).status_code == 404


@pytest.mark.parametrize("route", ["contract_incidents", "incident_report", "incident_form"])
def test_another_providers_contract_does_not_exist(page, world: World, route: str) -> None:
    assert page(world.other_provider).get(reverse(route, args=[world.contract.pk])).status_code == 404


@pytest.mark.parametrize(
    "route",
    ["incident_decide", "incident_outcome", "incident_change", "incident_action", "incident_review", "incident_close",
     "incident_reopen", "incident_let_read"],
)  # fmt: skip
def test_what_is_the_councils_to_do_is_not_there_for_the_provider(page, world: World, route: str) -> None:
    incident = an_incident(world)
    assert page(world.provider).get(reverse(route, args=[incident.pk])).status_code == 404


def test_a_line_of_another_incident_does_not_exist_under_this_one(page, world: World) -> None:
    first, other = an_incident(world), an_incident(a_world())
    answer = page(world.manager).get(reverse("incident_sent", args=[first.pk, line(other, "ofsted").pk]))
    assert answer.status_code == 404


@pytest.mark.parametrize("role", ["performance_analyst", "partnership_officer"])
def test_who_reads_contracts_but_no_incidents_is_not_told_that_there_are_none(page, world: World, role: str) -> None:
    answer = page(UserFactory(role=role)).get(reverse("contract_incidents", args=[world.contract.pk]))
    assert answer.status_code == 404


def test_a_social_worker_reads_that_only_own_childrens_incidents_are_listed(page) -> None:
    said = text(page(UserFactory(role="social_worker")).get(reverse("incidents")))
    assert "children whom you work with" in said


def test_what_is_overdue_stands_first(page, world: World) -> None:
    incident = an_incident(world)
    said = text(page(world.manager).get(reverse("incident", args=[incident.pk])))
    assert 0 < said.index("Ofsted was to be told by 21 July 2016 at 14:00") < said.index("Who must be told")


def test_what_is_due_tomorrow_says_tomorrows_day(page, world: World) -> None:
    incident = today(world)
    due = line(incident, "ofsted").due_at
    assert (due.day, due.month) == (1, 8)
    client = page(world.manager)
    assert "1 August 2016 at 09:40 (in" in text(client.get(reverse("incident", args=[incident.pk])))
    told = reverse("incident_sent", args=[incident.pk, line(incident, "ofsted").pk])
    assert "Due by 1 August 2016 at 09:40" in text(client.get(told))


def test_an_incident_without_an_agreed_form_says_so(page, world: World) -> None:
    incident = an_incident(world)
    assert "No incident form was agreed" in text(page(world.manager).get(reverse("incident", args=[incident.pk])))


def test_an_incident_shows_the_steps_that_were_agreed(page, world: World) -> None:
    agreed(world)
    incident = an_incident(world)
    assert "Ring the service centre" in text(page(world.provider).get(reverse("incident", args=[incident.pk])))


def test_a_linked_child_is_a_count_to_a_contract_officer(page, world: World) -> None:
    child = ChildFactory(forename="Orla", surname="Penn")
    incident = an_incident(world, children=(child,))
    said = text(page(world.manager).get(reverse("incident", args=[incident.pk])))
    assert ("Orla" in said, "whose name you may not see" in said) == (False, True)


def test_a_linked_child_is_named_to_its_social_worker_and_the_look_is_recorded(page, world: World) -> None:
    child, worker = ChildFactory(forename="Orla", surname="Penn"), UserFactory(role="social_worker")
    TieFactory(user=worker, subject_id=child.pk)
    incident = an_incident(world, children=(child,))
    said = text(page(worker).get(reverse("incident", args=[incident.pk])))
    looked = Event.objects.filter(kind="people.child.viewed", child_id=child.pk, by_id=worker.pk).exists()
    assert ("Orla Penn" in said, looked) == (True, True)


def test_the_flag_of_a_child_leads_its_worker_to_the_incident(page, world: World) -> None:
    child, worker = ChildFactory(), UserFactory(role="social_worker")
    TieFactory(user=worker, subject_id=child.pk)
    incident = an_incident(world, children=(child,))
    answer = page(worker).get(reverse("incident_of_child", args=[incident.children.get().pk]))
    assert answer["Location"] == reverse("incident", args=[incident.pk])


def test_a_provider_sees_a_number_of_children_and_no_name(page, world: World) -> None:
    incident = an_incident(world, children=(ChildFactory(forename="Orla", surname="Penn"),))
    said = text(page(world.provider).get(reverse("incident", args=[incident.pk])))
    assert ("Orla" in said, "Penn" in said) == (False, False)


def test_the_full_account_is_not_on_the_page_of_the_incident(page, world: World) -> None:
    incident = an_incident(world, narrative="Morgan Vale was on shift.")
    assert "Morgan Vale" not in text(page(world.manager).get(reverse("incident", args=[incident.pk])))


def test_reading_the_full_account_is_recorded(page, world: World) -> None:
    incident = an_incident(world, narrative="Morgan Vale was on shift.")
    said = text(page(world.manager).get(reverse("incident_account", args=[incident.pk])))
    traces = Event.objects.filter(kind="contracts.incident.narrative_read", by_id=world.manager.pk)
    assert ("Morgan Vale" in said, traces.count()) == (True, 1)


def test_a_contract_officer_of_another_contract_does_not_read_the_full_account(page, world: World) -> None:
    incident = an_incident(world, narrative="Morgan Vale was on shift.")
    assert page(world.officer).get(reverse("incident_account", args=[incident.pk])).status_code == 404


REPORT = {
    "type": "missing", "occurred_on_day": "31", "occurred_on_month": "7", "occurred_on_year": "2016",
    "occurred_time": "0.05", "known_on_day": "", "known_on_month": "", "known_on_year": "", "known_time": "",
    "summary": "A child did not come back.", "immediate_action": "", "children_count": "1", "narrative": "",
    "staff_involved": "",
}  # fmt: skip


def report(page, world: World, **changes: str):
    address = reverse("incident_report", args=[world.contract.pk])
    return page(world.provider).post(address, {**REPORT, "setting": str(world.setting.pk), **changes})


def test_a_provider_reports_and_comes_to_who_is_to_be_told(page, world: World) -> None:
    answer = report(page, world)
    made = Incident.objects.get(contract=world.contract)
    assert (answer.status_code, answer["Location"]) == (302, reverse("incident", args=[made.pk]))


def typed(page, world: World, **changes: str):
    address = reverse("incident_report", args=[world.contract.pk])
    line = re.search(r'name="typed_into" value="([^"]+)"', text(page(world.provider).get(address)))[1]
    sent = {**REPORT, "setting": str(world.setting.pk), "typed_into": line, "seq": "7", **changes}
    return page(world.provider).post(reverse("typed_keep"), sent)


def test_what_is_typed_into_a_report_stands_there_again(page, world: World) -> None:
    typed(page, world, summary="A child did not", occurred_on_month="", occurred_time="14:")
    said = text(page(world.provider).get(reverse("incident_report", args=[world.contract.pk])))
    assert ("A child did not" in said, 'value="14:"' in said) == (True, True)


def test_what_one_types_is_not_shown_to_a_colleague(page, world: World) -> None:
    typed(page, world, summary="A child did not")
    colleague = provider_user(world.contract.provider)
    assert "A child did not" not in text(page(colleague).get(reverse("incident_report", args=[world.contract.pk])))


def test_a_report_that_names_staff_in_its_summary_is_shown_again_with_what_was_typed(page, world: World) -> None:
    answer = report(page, world, staff_involved="Morgan Vale", summary="Vale was sent home.")
    said = text(answer)
    assert ("names someone" in said, "Vale was sent home." in said) == (True, True)


@pytest.mark.parametrize("wrong", ["25:00", "noon", "14:75", "13pm"])
def test_a_time_that_is_none_is_refused_at_its_field(page, world: World, wrong: str) -> None:
    assert "such as 14:30" in text(report(page, world, occurred_time=wrong))


def test_a_day_of_learning_without_its_time_is_refused(page, world: World) -> None:
    said = text(report(page, world, known_on_day="31", known_on_month="7", known_on_year="2016"))
    assert "both the day and the time" in said


def test_telling_is_marked_with_how_and_comes_back(page, world: World) -> None:
    incident = today(world)
    row = line(incident, "ofsted")
    address = reverse("incident_sent", args=[incident.pk, row.pk])
    answer = page(world.provider).post(address, {"channel": "Online form", "sent": "now"})
    row.refresh_from_db()
    assert (answer.status_code, row.channel, row.sent_by) == (302, "Online form", world.provider)


def test_telling_earlier_needs_the_day_and_the_time(page, world: World) -> None:
    incident = today(world)
    address = reverse("incident_sent", args=[incident.pk, line(incident, "ofsted").pk])
    said = text(page(world.provider).post(address, {"channel": "Telephone", "sent": "earlier"}))
    assert ("Enter the day" in said, "Enter the time" in said) == (True, True)


def test_the_council_marks_what_it_received(page, world: World) -> None:
    incident = an_incident(world)
    row = line(incident, "service_inbox")
    incident_notices.mark_sent(notification_id=row.pk, channel="E-mail", act=Act(world.provider, AT, ON))
    address = reverse("incident_received", args=[incident.pk, row.pk])
    page(world.manager).post(address, {"received_by": "Duty officer"})
    row.refresh_from_db()
    assert row.received_by == "Duty officer"


def test_not_needed_asks_for_the_reason(page, world: World) -> None:
    incident = an_incident(world)
    address = reverse("incident_not_needed", args=[incident.pk, line(incident, "relevant_persons").pk])
    assert "Say why it is not needed" in text(page(world.manager).post(address, {"because": ""}))


def test_news_is_added_by_the_provider(page, world: World) -> None:
    incident = an_incident(world)
    page(world.provider).post(reverse("incident_news", args=[incident.pk]), {"text": "The child is back."})
    assert list(incident.news.values_list("text", flat=True)) == ["The child is back."]


def test_the_news_is_marked_as_told(page, world: World) -> None:
    incident = an_incident(world)
    row = line(incident, "ofsted")
    incident_notices.mark_sent(notification_id=row.pk, channel="E-mail", act=Act(world.provider, AT, ON))
    news = incidents.add_news(incident_id=incident.pk, text="Back.", act=Act(world.provider, AT, ON))
    sent = news.sent.get()
    address = reverse("incident_news_sent", args=[incident.pk, sent.pk])
    page(world.provider).post(address, {"channel": "E-mail", "sent": "now"})
    sent.refresh_from_db()
    assert sent.channel == "E-mail"


def test_the_decision_about_the_panel_adds_the_councils_duty(page, world: World) -> None:
    incident = an_incident(world, type="death", summary="A child died.")
    page(world.manager).post(
        reverse("incident_decide", args=[incident.pk]),
        {
            "notifiable": "yes",
            "learnt_on_day": "20",
            "learnt_on_month": "7",
            "learnt_on_year": "2016",
            "because": "Neglect is suspected.",
        },
    )
    assert incident.notifications.filter(recipient="ofsted_by_council").exists()


def test_the_outcome_of_an_allegation_is_recorded(page, world: World) -> None:
    incident = an_incident(world, type="allegation_staff", summary="A member of staff was accused.")
    page(world.manager).post(
        reverse("incident_outcome", args=[incident.pk]), {"outcome": "unfounded", "because": "The officer's meeting."}
    )
    incident.refresh_from_db()
    assert incident.outcome == "unfounded"


def test_putting_right_keeps_the_names_that_the_form_does_not_show(page, world: World) -> None:
    incident = an_incident(world, staff_involved="Morgan Vale")
    page(world.officer).post(
        reverse("incident_change", args=[incident.pk]),
        {
            **REPORT,
            "occurred_on_day": "20",
            "occurred_time": "14:00",
            "setting": str(world.setting.pk),
            "summary": "A child came back late.",
            "strategy_discussion": "no",
            "because": "Spelling.",
        },
    )
    incident.refresh_from_db()
    # Whose names the officer may not see, theirs are not compared with what the officer types.
    assert (incident.summary, incident.staff_involved) == (HELD, "Morgan Vale")
    assert incident.held_texts.get().text == "A child came back late."


def test_a_text_kept_unseen_is_read_on_its_page_by_the_childs_worker_alone(page, world: World) -> None:
    child = ChildFactory(forename="Orla", surname="Penn")
    incident = an_incident(world, children=(child,))
    page(world.provider).post(reverse("incident_news", args=[incident.pk]), {"text": "Orla is back."})
    address = reverse("text_to_read", args=[incident.held_texts.get().pk])
    worker = UserFactory(role="social_worker")
    TieFactory(user=worker, subject_id=child.pk)
    assert [page(user).get(address).status_code for user in (world.provider, world.manager, worker)] == [404, 404, 200]
    assert address in page(worker).get(reverse("texts_to_read")).content.decode()
    assert "names someone" in text(page(worker).post(address, {"text": "Orla is back."}))
    page(worker).post(address, {"text": "The child is back."})
    assert incident.news.get().text == "The child is back."


def test_an_action_is_put_down_for_the_provider(page, world: World) -> None:
    incident = an_incident(world)
    page(world.manager).post(
        reverse("incident_action", args=[incident.pk]),
        {
            "title": "Check the doors",
            "detail": "",
            "owner": "provider",
            "due_on_day": "30",
            "due_on_month": "9",
            "due_on_year": "2016",
        },
    )
    assert "Check the doors" in text(page(world.provider).get(reverse("incident", args=[incident.pk])))


def test_closing_says_what_is_in_the_way(page, world: World) -> None:
    incident = an_incident(world)
    client = page(world.manager)
    client.post(reverse("incident_review", args=[incident.pk]))
    said = text(client.post(reverse("incident_close", args=[incident.pk]), {"lessons": "Doors."}))
    assert "Ofsted has not been told" in said


def test_a_social_worker_links_a_child_of_theirs(page, world: World) -> None:
    child, worker = ChildFactory(), UserFactory(role="head_of_service")
    TieFactory(user=worker, subject_id=child.pk)
    incident = an_incident(world)
    page(worker).post(reverse("incident_child", args=[incident.pk]), {"child": child.source_id})
    assert list(incident.children.values_list("child", flat=True)) == [child.pk]


def test_a_child_whom_one_may_not_see_is_not_linked(page, world: World) -> None:
    child, head = ChildFactory(restricted=True), UserFactory(role="head_of_service")
    incident = an_incident(world)
    said = text(page(head).post(reverse("incident_child", args=[incident.pk]), {"child": child.source_id}))
    assert "No child of this number is known to you" in said


def test_a_colleague_is_let_read(page, world: World) -> None:
    incident = an_incident(world, narrative="All of it.")
    page(world.manager).post(
        reverse("incident_let_read", args=[incident.pk]), {"reader": str(world.officer.pk), "because": "Holiday."}
    )
    assert page(world.officer).get(reverse("incident_account", args=[incident.pk])).status_code == 200


def test_an_incident_form_is_written_and_agreed_on_its_pages(page, world: World) -> None:
    steps = {"step_0": "Ring the service centre", "duty_0": "provider", "recipient_0": "customer_service_centre"}
    rest = {f"duty_{at}": "provider" for at in range(1, 12)}
    page(world.manager).post(reverse("incident_form_write", args=[world.contract.pk]), {**rest, **steps})
    for side, user in (("manager", world.manager), ("area", world.area_lead), ("provider", world.provider)):
        page(user).post(reverse("incident_form_agree", args=[world.contract.pk, 1]), {"side": side})
    assert "Agreed by all" in text(page(world.provider).get(reverse("incident_form", args=[world.contract.pk])))


def test_my_work_says_whom_the_council_has_to_tell(page, world: World) -> None:
    an_incident(world)
    assert "Still to be told: The child’s caseworker" in text(page(world.manager).get(reverse("my_work")))


def test_an_earlier_version_of_the_form_is_read_with_its_steps(page, world: World) -> None:
    agreed(world, (Step("Ring the old number", "provider"),))
    agreed(world)
    assert "Ring the old number" in text(page(world.provider).get(reverse("incident_form", args=[world.contract.pk])))


def test_an_incident_set_aside_says_so_leads_to_the_other_and_comes_back(page, world: World) -> None:
    kept, double = today(world), today(world)
    client = page(world.manager)
    form = {"kind": "same", "other": kept.reference, "because": "Reported by the home and by us."}
    refused = text(client.post(reverse("incident_set_aside", args=[double.pk]), form | {"other": ""}))
    assert "Enter the number of the other incident" in refused
    said = text(client.post(reverse("incident_set_aside", args=[double.pk]), form, follow=True))
    assert f'the same as <a class="govuk-link" href="/incidents/{kept.pk}/">{kept.reference}</a>' in said
    assert "Reported by the home and by us." in said
    assert "Mark as told" not in said
    assert double.reference in text(client.get(reverse("incident", args=[kept.pk])))
    # Its provider reads it, and takes nothing back.
    assert "Set aside:" in text(page(world.provider).get(reverse("incident", args=[double.pk])))
    assert page(world.provider).get(reverse("incident_take_back", args=[double.pk])).status_code == 404
    back = text(
        client.post(reverse("incident_take_back", args=[double.pk]), {"because": "Another child."}, follow=True)
    )
    assert "Mark as told" in back


def test_linking_a_child_whom_the_text_names_says_that_the_text_is_hidden(page, world: World) -> None:
    child = ChildFactory(forename="Orla", surname="Penn", source_id="P12345")
    incident = today(world, summary="Orla did not come back.")
    hold_role(world.manager, "social_worker")
    TieFactory(user=world.manager, subject_id=child.pk)
    client = page(world.manager)
    said = text(client.post(reverse("incident_child", args=[incident.pk]), {"child": "p12345"}, follow=True))
    assert "Mend it under “Texts to read”" in said
    assert HELD in said
    assert incident.children.get().child == child
    assert incident.reference in text(client.get(reverse("texts_to_read")))


def test_the_steps_of_the_form_are_ticked_with_one_press_and_what_is_not_is_next(page, world: World) -> None:
    agreed(
        world,
        steps=(
            Step("Ring the service centre", "provider"),
            Step("Write it down", "provider"),
            Step("Tell the caseworker", "council"),
        ),
    )
    incident = today(world)
    client = page(world.provider)

    def states() -> list[str]:
        tree = html.fromstring(client.get(reverse("incident", args=[incident.pk])).content.decode())
        steps = tree.xpath("//h2[@id='steps']/following-sibling::ol[1]/li")
        return [" ".join(each.text_content().split()) for each in steps]

    first = states()
    assert ["Next" in each for each in first] == [True, False, False]
    assert ["Tick: done" in each for each in first] == [True, True, False]
    said = text(client.post(reverse("incident_step_tick", args=[incident.pk, 1]), follow=True))
    assert f"{world.provider.name}, 31 July 2016" in said
    assert ["Next" in each for each in states()] == [False, True, False]
    client.post(reverse("incident_step_untick", args=[incident.pk, 1]))
    assert "Next" in states()[0]
    assert client.post(reverse("incident_step_tick", args=[incident.pk, 3])).status_code == 404


def test_contacts_stand_beside_each_line_and_step_as_links(page, world: World) -> None:
    administrator = page(UserFactory(role="administrator"))
    form = {
        "phone": "01632 960 001",
        "email": "centre@example.org",
        "form_url": "https://example.org/form",
        "hours": "",
    }
    assert administrator.post(reverse("reporting_contact", args=["customer_service_centre"]), form).status_code == 302
    refused = text(administrator.post(reverse("reporting_contact", args=["lado"]), {"form_url": "javascript:alert(1)"}))
    assert "beginning with https://" in refused
    own = {"phone": "01632 960 002", "email": "", "form_url": "", "hours": ""}
    address = reverse("contract_contact", args=[world.contract.pk, "customer_service_centre"])
    said = text(page(world.manager).post(address, own, follow=True))
    assert "Of this contract" in said
    assert page(world.provider).get(address).status_code == 404
    agreed(world)
    incident = today(world)
    for viewer in (world.manager, world.provider):
        tree = html.fromstring(page(viewer).get(reverse("incident", args=[incident.pk])).content.decode())
        for place in ("//h2[@id='steps']/following-sibling::ol[1]", "//table"):
            links = {each.get("href"): each for each in tree.xpath(f"({place})[1]//a")}
            assert {"tel:01632960002", "mailto:centre@example.org", "https://example.org/form"} <= set(links)
            assert links["https://example.org/form"].get("rel") == "noopener noreferrer"
    seen = text(page(world.manager).get(reverse("incident", args=[incident.pk])))
    assert "An e-mail to centre@example.org waits to be sent." in seen
    Message.objects.update(state="failed", error="550 No such person", secret="")
    seen = text(page(world.manager).get(reverse("incident", args=[incident.pk])))
    assert "was not delivered: 550 No such person" in seen
    assert "an office" in text(page(UserFactory(role="administrator")).get(reverse("emails")))
