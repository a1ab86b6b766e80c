"""Serious incidents: reported, told to everybody in time, looked back at and closed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from plumbline.actions.models import Action
from plumbline.audit.models import Event
from plumbline.contracts import naming
from plumbline.contracts.models import HeldText, IncidentState, NewsSent, Notification
from plumbline.contracts.operations import held_texts, incident_notices, incidents
from plumbline.contracts.queries import incidents as queries
from plumbline.contracts.queries.held import HELD
from plumbline.contracts.rules.notifications import library
from plumbline.flags.models import Flag, Message
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import Child
from plumbline.people.queries import children_visible_to
from tests.duties import of_kind
from tests.factories.people import ChildFactory, ProfessionalFactory, TieFactory, UserFactory
from tests.integration.contracts.incident_situations import (
    AT,
    ON,
    World,
    a_world,
    agreed,
    an_incident,
    line,
    to_review,
    told,
)

pytestmark = [pytest.mark.django_db, pytest.mark.login("web")]


def tell_everybody(incident, world: World) -> None:
    for row in incident.notifications.all():
        incident_notices.mark_sent(notification_id=row.pk, channel="Telephone", act=Act(world.manager, AT, ON))


def open_flags(incident) -> set[str]:
    flags = Flag.objects.filter(subject_type="incident", subject_id=incident.pk, state="open")
    return set(flags.values_list("kind", flat=True))


# --- reporting -------------------------------------------------------------------------------------------------------


def test_a_provider_reports_and_everybody_to_be_told_has_a_line(world: World) -> None:
    incident = an_incident(world)
    assert set(incident.notifications.values_list("recipient", flat=True)) == {
        "customer_service_centre",
        "service_inbox",
        "caseworker",
        "ofsted",
        "placing_authority",
        "relevant_persons",
    }


def test_the_clock_of_the_provider_runs_from_when_it_knew(world: World) -> None:
    knew = datetime(2016, 7, 20, 13, 30, tzinfo=UTC)
    incident = an_incident(world, known_at=knew)
    assert line(incident, "customer_service_centre").due_at == knew + timedelta(hours=1)


def test_the_clock_of_the_caseworker_runs_from_the_report(world: World) -> None:
    assert line(an_incident(world), "caseworker").due_at == AT + timedelta(hours=1)


def test_incidents_are_numbered_one_after_the_other(world: World) -> None:
    first, second = an_incident(world), an_incident(world)
    assert int(second.reference[-5:]) == int(first.reference[-5:]) + 1


def test_another_provider_cannot_report_under_the_contract(world: World) -> None:
    with pytest.raises(NotAllowed):
        an_incident(world, by=world.other_provider)


def test_who_reads_contracts_without_managing_incidents_cannot_report(world: World) -> None:
    with pytest.raises(NotAllowed):
        an_incident(world, by=UserFactory(role="performance_analyst"))


def test_without_an_agreed_form_the_report_is_taken_and_flagged(world: World) -> None:
    incident = an_incident(world)
    flag = Flag.objects.get(kind="incident_form_missing", subject_id=world.contract.pk)
    assert (incident.form, flag.state) == (None, "open")


def test_with_an_agreed_form_the_incident_keeps_its_version(world: World) -> None:
    form = agreed(world)
    assert an_incident(world).form == form


def test_a_report_is_flagged_and_mailed_without_a_name(world: World) -> None:
    incident = an_incident(world, staff_involved="Morgan Vale", narrative="Morgan Vale was on shift.")
    bodies = Message.objects.filter(flag__subject_id=incident.pk, flag__kind="incident_reported")
    assert {"Vale" in text for pair in bodies.values_list("subject", "body") for text in pair} == {False}


@pytest.mark.parametrize("field", ["summary", "immediate_action"])
def test_a_text_for_wide_reading_that_names_staff_is_refused(world: World, field: str) -> None:
    with pytest.raises(RuleBroken, match="names someone"):
        an_incident(world, staff_involved="Morgan Vale", **{field: "Vale was sent home."})


def test_a_summary_that_names_a_linked_child_is_refused(world: World) -> None:
    child = ChildFactory(forename="Orla", surname="Penn")
    with pytest.raises(RuleBroken, match="names someone"):
        an_incident(world, children=(child,), summary="Orla did not come back.")


@pytest.mark.parametrize("summary", ["Orla did not come back.", "Nadia did not come back.", "A child fell."])
def test_a_text_about_a_child_whom_the_writer_may_not_see_is_kept_unseen_whatever_it_says(summary: str) -> None:
    """A refusal of one name and not of another would be an oracle."""
    world = a_world(kind="spot", child=ChildFactory(forename="Orla", surname="Penn"))
    incident = an_incident(world, summary=summary)
    assert incident.summary == HELD
    assert HeldText.objects.get(incident=incident).text == summary


def test_a_text_kept_unseen_is_read_by_who_may_see_the_child_and_nobody_else(world: World) -> None:
    child = ChildFactory(forename="Orla", surname="Penn")
    incident = an_incident(world, children=(child,))
    incidents.add_news(incident_id=incident.pk, text="Orla is back.", act=Act(world.provider, AT, ON))
    held = HeldText.objects.get(incident=incident)
    worker = UserFactory(role="social_worker", email="worker@example.org")
    everybody = Child.objects.all()
    for other in (world.provider, UserFactory(role="team_manager")):
        with pytest.raises(NotAllowed):
            held_texts.settle_text(
                held_id=held.pk, text="Back.", visible=children_visible_to(other, on=ON), act=Act(other, AT, ON)
            )
    TieFactory(user=worker, subject_id=child.pk)
    with pytest.raises(RuleBroken, match="names someone"):
        held_texts.settle_text(held_id=held.pk, text="Orla is back.", visible=everybody, act=Act(worker, AT, ON))
    held_texts.settle_text(held_id=held.pk, text="The child is back.", visible=everybody, act=Act(worker, AT, ON))
    assert incident.news.get().text == "The child is back."


def test_who_works_with_the_child_is_asked_to_read_it_by_a_mail_that_names_nobody(world: World) -> None:
    child = ChildFactory(forename="Orla", surname="Penn")
    worker = UserFactory(role="social_worker", email="worker@example.org")
    TieFactory(user=worker, subject_id=child.pk)
    incident = an_incident(world, children=(child,))
    incidents.add_news(incident_id=incident.pk, text="Orla is back.", act=Act(world.provider, AT, ON))
    message = Message.objects.get(to_user=worker, subject="Plumbline: a text waits to be read")
    assert "Orla" not in message.body


def test_every_refusal_of_a_name_is_an_event_and_after_some_nothing_is_compared(world: World) -> None:
    for _ in range(naming.MOST_REFUSALS):
        with pytest.raises(RuleBroken, match="names someone"):
            an_incident(world, staff_involved="Morgan Vale", summary="Vale was sent home.")
    assert Event.objects.filter(kind="contracts.name.refused").count() == naming.MOST_REFUSALS
    assert an_incident(world, staff_involved="Morgan Vale", summary="Vale was sent home.").summary == HELD


def test_a_setting_of_another_contract_is_refused(world: World) -> None:
    with pytest.raises(RuleBroken, match="not one of this contract"):
        incidents.report_incident(
            contract_id=world.contract.pk, setting_id=a_world().setting.pk, told=told(), act=Act(world.provider, AT, ON)
        )


def test_an_incident_of_tomorrow_is_refused(world: World) -> None:
    with pytest.raises(RuleBroken, match="in the future"):
        an_incident(world, occurred_at=AT + timedelta(days=1))


# --- who is told -----------------------------------------------------------------------------------------------------


def test_told_in_time_is_kept_with_who_and_how(world: World) -> None:
    row = line(an_incident(world), "ofsted")
    done = incident_notices.mark_sent(notification_id=row.pk, channel="Online form", act=Act(world.provider, AT, ON))
    assert (done.sent_at, done.sent_by, done.channel) == (AT, world.provider, "Online form")


def test_a_provider_does_not_answer_for_the_councils_duty(world: World) -> None:
    row = line(an_incident(world), "caseworker")
    with pytest.raises(NotAllowed):
        incident_notices.mark_sent(notification_id=row.pk, channel="Telephone", act=Act(world.provider, AT, ON))


def test_another_provider_marks_nothing(world: World) -> None:
    row = line(an_incident(world), "ofsted")
    with pytest.raises(NotAllowed):
        incident_notices.mark_sent(notification_id=row.pk, channel="Telephone", act=Act(world.other_provider, AT, ON))


def test_a_provider_cannot_excuse_itself_from_telling(world: World) -> None:
    row = line(an_incident(world), "ofsted")
    with pytest.raises(NotAllowed):
        incident_notices.mark_not_needed(
            notification_id=row.pk, because="Not serious.", act=Act(world.provider, AT, ON)
        )


def test_what_is_not_needed_needs_a_reason(world: World) -> None:
    row = line(an_incident(world), "ofsted")
    with pytest.raises(RuleBroken, match="why it is not needed"):
        incident_notices.mark_not_needed(notification_id=row.pk, because=" ", act=Act(world.manager, AT, ON))


def test_a_provider_does_not_say_that_the_council_received_it(world: World) -> None:
    row = line(an_incident(world), "service_inbox")
    incident_notices.mark_sent(notification_id=row.pk, channel="E-mail", act=Act(world.provider, AT, ON))
    with pytest.raises(NotAllowed):
        incident_notices.mark_received(notification_id=row.pk, received_by="The inbox", act=Act(world.provider, AT, ON))


def test_the_council_says_that_it_received_it(world: World) -> None:
    row = line(an_incident(world), "service_inbox")
    incident_notices.mark_sent(notification_id=row.pk, channel="E-mail", act=Act(world.provider, AT, ON))
    done = incident_notices.mark_received(notification_id=row.pk, received_by="Beth", act=Act(world.manager, AT, ON))
    assert (done.received_at, done.received_by) == (AT, "Beth")


def test_what_was_not_sent_cannot_have_been_received(world: World) -> None:
    row = line(an_incident(world), "ofsted")
    with pytest.raises(RuleBroken, match="not been sent"):
        incident_notices.mark_received(notification_id=row.pk, received_by="ref 7", act=Act(world.provider, AT, ON))


def test_nothing_is_sent_twice(world: World) -> None:
    row = line(an_incident(world), "ofsted")
    incident_notices.mark_sent(notification_id=row.pk, channel="E-mail", act=Act(world.provider, AT, ON))
    with pytest.raises(RuleBroken, match="recorded already"):
        incident_notices.mark_sent(notification_id=row.pk, channel="E-mail", act=Act(world.manager, AT, ON))


def test_once_everybody_was_told_the_flag_of_the_report_closes(world: World) -> None:
    incident = an_incident(world)
    tell_everybody(incident, world)
    assert open_flags(incident) == set()


# --- late ------------------------------------------------------------------------------------------------------------

NEXT_DAY = {"at": AT + timedelta(days=1, hours=2), "on": ON + timedelta(days=1)}


def test_what_was_not_told_in_time_is_flagged_and_told_upwards_once(world: World) -> None:
    incident = an_incident(world)
    first = incident_notices.escalate_overdue(act=Act(None, **NEXT_DAY))
    again = incident_notices.escalate_overdue(act=Act(None, **NEXT_DAY))
    assert (first, again, "notification_overdue" in open_flags(incident)) == (6, 0, True)


def test_the_flag_of_the_late_reaches_manager_area_lead_and_management_team(world: World) -> None:
    incident = an_incident(world)
    incident_notices.escalate_overdue(act=Act(None, **NEXT_DAY))
    flag = Flag.objects.get(kind="notification_overdue", subject_id=incident.pk)
    assert set(flag.recipients.values_list("recipient", flat=True)) == {
        f"user:{world.manager.username}",
        f"user:{world.area_lead.username}",
        "role:management_team",
    }


def test_told_late_closes_the_flag_and_stays_late(world: World) -> None:
    incident = an_incident(world)
    incident_notices.escalate_overdue(act=Act(None, **NEXT_DAY))
    for row in incident.notifications.all():
        incident_notices.mark_sent(notification_id=row.pk, channel="Telephone", act=Act(world.manager, **NEXT_DAY))
    late = [row for row in incident.notifications.all() if row.sent_at > row.due_at]
    assert (open_flags(incident), len(late)) == (set(), 6)


def test_what_is_told_in_time_is_told_to_nobody_upwards(world: World) -> None:
    tell_everybody(an_incident(world), world)
    assert incident_notices.escalate_overdue(act=Act(None, **NEXT_DAY)) == 0


# --- later news ------------------------------------------------------------------------------------------------------


def test_later_news_goes_to_all_who_were_told_and_to_nobody_else(world: World) -> None:
    incident = an_incident(world)
    for recipient in ("ofsted", "service_inbox"):
        row = line(incident, recipient)
        incident_notices.mark_sent(notification_id=row.pk, channel="E-mail", act=Act(world.provider, AT, ON))
    news = incidents.add_news(incident_id=incident.pk, text="The child is back.", act=Act(world.provider, AT, ON))
    assert set(news.sent.values_list("notification__recipient", flat=True)) == {"ofsted", "service_inbox"}


def test_later_news_has_a_clock_of_its_own(world: World) -> None:
    incident = an_incident(world)
    tell_everybody(incident, world)
    news = incidents.add_news(incident_id=incident.pk, text="The child is back.", act=Act(world.manager, AT, ON))
    assert set(news.sent.values_list("due_at", flat=True)) == {AT + timedelta(hours=24)}


def test_later_news_not_passed_on_in_time_is_flagged(world: World) -> None:
    incident = an_incident(world)
    tell_everybody(incident, world)
    incidents.add_news(incident_id=incident.pk, text="The child is back.", act=Act(world.manager, AT, ON))
    incident_notices.escalate_overdue(act=Act(None, **NEXT_DAY))
    assert open_flags(incident) == {"notification_overdue"}


@pytest.mark.parametrize("text", ["Orla is back.", "Nadia is back.", "The child is back."])
@pytest.mark.parametrize("place", ["news", "action", "changed"])
def test_no_text_about_a_linked_child_tells_the_childs_name_to_who_may_not_see_it(
    world: World, text: str, place: str
) -> None:
    """Whatever is typed, the same comes back: of every operation that takes a text for wide reading."""
    incident = an_incident(world, children=(ChildFactory(forename="Orla", surname="Penn"),))
    write = {
        "news": lambda: incidents.add_news(incident_id=incident.pk, text=text, act=Act(world.manager, AT, ON)).text,
        "action": lambda: (
            incidents.raise_incident_action(
                incident_id=incident.pk,
                title=text,
                detail="",
                owner=world.manager,
                owner_organisation=None,
                due_on=ON,
                critical=False,
                act=Act(world.manager, AT, ON),
            ).detail
        ),
        "changed": lambda: (
            incidents.change_facts(
                incident_id=incident.pk,
                told=told(summary=text),
                setting_id=None,
                because="A slip",
                act=Act(world.manager, AT, ON),
            ).summary
        ),
    }[place]
    assert write() == HELD


@pytest.mark.parametrize("text", ["Orla was found by us.", "Nadia was found by us."])
def test_what_stands_in_the_way_of_closing_is_said_whatever_was_learnt(world: World, text: str) -> None:
    incident = an_incident(world, children=(ChildFactory(forename="Orla", surname="Penn"),))
    incidents.move_incident(incident_id=incident.pk, to="review", act=Act(world.manager, AT, ON))
    with pytest.raises(RuleBroken) as refusal:
        incidents.move_incident(incident_id=incident.pk, to="closed", lessons=text, act=Act(world.manager, AT, ON))
    assert refusal.value.code == "open_duties"


def test_another_provider_adds_no_news(world: World) -> None:
    incident = an_incident(world)
    with pytest.raises(NotAllowed):
        incidents.add_news(incident_id=incident.pk, text="Back.", act=Act(world.other_provider, AT, ON))


# --- the council's own -----------------------------------------------------------------------------------------------


def test_a_notifiable_death_of_2016_is_told_to_ofsted_by_the_council_in_five_working_days(world: World) -> None:
    incident = an_incident(world, type="death", summary="A child died.")
    incidents.decide_notifiable(
        incident_id=incident.pk,
        notifiable=True,
        learnt_on=ON,
        because="Neglect is suspected.",
        act=Act(world.manager, AT, ON),
    )
    assert line(incident, "ofsted_by_council").due_at == datetime(2016, 7, 27, 22, 59, tzinfo=UTC)


def test_a_day_of_learning_before_the_incident_is_refused(world: World) -> None:
    incident = an_incident(world, type="death", summary="A child died.")
    with pytest.raises(RuleBroken, match="before it happened"):
        incidents.decide_notifiable(
            incident_id=incident.pk,
            notifiable=True,
            learnt_on=date(2016, 7, 1),
            because="Suspected.",
            act=Act(world.manager, AT, ON),
        )


def test_a_provider_does_not_decide_what_the_panel_is_told(world: World) -> None:
    incident = an_incident(world, type="death", summary="A child died.")
    with pytest.raises(NotAllowed):
        incidents.decide_notifiable(
            incident_id=incident.pk, notifiable=False, learnt_on=ON, because="Illness.", act=Act(world.provider, AT, ON)
        )


def test_a_changed_type_adds_who_must_be_told_with_clocks_from_now(world: World) -> None:
    incident = an_incident(world)
    later = {"at": AT + timedelta(hours=3), "on": ON}
    incidents.change_facts(
        incident_id=incident.pk,
        told=told(type="allegation_staff"),
        setting_id=world.setting.pk,
        because="It turned out to be an allegation.",
        act=Act(world.manager, **later),
    )
    assert line(incident, "lado").due_at == datetime(2016, 7, 21, 22, 59, tzinfo=UTC)


# --- looking back ----------------------------------------------------------------------------------------------------


def close(incident, world: World, lessons: str = "Doors are checked at ten."):
    return incidents.move_incident(
        incident_id=incident.pk, to="closed", lessons=lessons, act=Act(world.manager, AT, ON)
    )


def test_an_incident_with_somebody_untold_is_not_closed(world: World) -> None:
    incident = an_incident(world)
    to_review(incident, world)
    with pytest.raises(RuleBroken, match="Ofsted has not been told"):
        close(incident, world)


def test_an_incident_with_everybody_told_is_closed_with_what_was_learnt(world: World) -> None:
    incident = an_incident(world)
    tell_everybody(incident, world)
    to_review(incident, world)
    closed = close(incident, world)
    assert (closed.state, closed.lessons) == (IncidentState.CLOSED, "Doors are checked at ten.")


def test_an_incident_with_an_open_action_is_not_closed(world: World) -> None:
    incident = an_incident(world)
    tell_everybody(incident, world)
    incidents.raise_incident_action(
        incident_id=incident.pk,
        title="Check the doors",
        detail="",
        owner=None,
        owner_organisation=world.contract.provider,
        due_on=date(2016, 8, 20),
        critical=False,
        act=Act(world.manager, AT, ON),
    )
    to_review(incident, world)
    with pytest.raises(RuleBroken, match="The action “Check the doors” is not verified"):
        close(incident, world)


def test_an_action_of_an_incident_is_the_providers_to_do(world: World) -> None:
    incident = an_incident(world)
    incidents.raise_incident_action(
        incident_id=incident.pk,
        title="Check the doors",
        detail="",
        owner=None,
        owner_organisation=world.contract.provider,
        due_on=date(2016, 8, 20),
        critical=False,
        act=Act(world.manager, AT, ON),
    )
    action = Action.objects.get(origin_type="incident", origin_id=incident.pk)
    assert action.owner_organisation == world.contract.provider


def test_an_allegation_is_not_closed_without_its_outcome(world: World) -> None:
    incident = an_incident(world, type="allegation_staff", summary="A member of staff was accused.")
    tell_everybody(incident, world)
    to_review(incident, world)
    with pytest.raises(RuleBroken, match="The outcome of the allegation is not recorded"):
        close(incident, world)


def test_an_outcome_is_recorded_with_who_decided_it(world: World) -> None:
    incident = an_incident(world, type="allegation_staff", summary="A member of staff was accused.")
    done = incidents.set_outcome(
        incident_id=incident.pk,
        outcome="unfounded",
        because="The designated officer's meeting.",
        act=Act(world.manager, AT, ON),
    )
    assert done.outcome == "unfounded"


def test_a_closed_incident_takes_no_news_until_it_is_opened_again(world: World) -> None:
    incident = an_incident(world)
    tell_everybody(incident, world)
    to_review(incident, world)
    close(incident, world)
    with pytest.raises(RuleBroken, match="closed"):
        incidents.add_news(incident_id=incident.pk, text="More.", act=Act(world.manager, AT, ON))


def test_an_open_incident_is_not_closed_without_a_review(world: World) -> None:
    incident = an_incident(world)
    tell_everybody(incident, world)
    with pytest.raises(RuleBroken, match="Cannot move"):
        close(incident, world)


# --- what waits ------------------------------------------------------------------------------------------------------


def test_the_provider_is_asked_for_its_own_duties_only(world: World) -> None:
    an_incident(world)
    (mine,) = of_kind("incident.tell", world.provider, ON)
    rows = Notification.objects.filter(duty="provider").order_by("due_at", "pk")
    told = [library().label(row.recipient) for row in rows]
    assert len(told) == 5
    assert mine.why == f"Still to be told: {', '.join(told)}."


def test_the_council_is_asked_for_its_own_duties_only(world: World) -> None:
    an_incident(world)
    assert {each.about for each in of_kind("incident.tell", world.manager, ON)} == {"council"}


def test_another_provider_is_asked_for_nothing(world: World) -> None:
    an_incident(world)
    assert of_kind("incident.tell", world.other_provider, ON) == []


def test_news_waits_for_whose_duty_the_telling_was(world: World) -> None:
    incident = an_incident(world)
    tell_everybody(incident, world)
    incidents.add_news(incident_id=incident.pk, text="Back.", act=Act(world.manager, AT, ON))
    waiting = [each.why for each in of_kind("incident.tell", world.manager, ON)]
    assert waiting == ["Still to be told: The child’s caseworker (later news)."]


def test_news_that_was_passed_on_waits_no_more(world: World) -> None:
    incident = an_incident(world)
    tell_everybody(incident, world)
    incidents.add_news(incident_id=incident.pk, text="Back.", act=Act(world.manager, AT, ON))
    for sent in NewsSent.objects.filter(news__incident=incident):
        incident_notices.mark_news_sent(news_sent_id=sent.pk, channel="E-mail", act=Act(world.manager, AT, ON))
    assert of_kind("incident.tell", world.provider, ON) == []


def test_a_death_waits_for_a_decision_about_the_panel(world: World) -> None:
    incident = an_incident(world, type="death", summary="A child died.")
    assert [each.subject_id for each in of_kind("incident.decide", world.manager, ON)] == [incident.pk]


def test_the_list_counts_who_is_untold_and_who_is_overdue(world: World) -> None:
    incident = an_incident(world)
    now = AT + timedelta(hours=2)
    row = queries.incidents_listed(world.manager, on=ON, now=now).get(pk=incident.pk)
    assert (row.untold, row.overdue, row.next_due) == (6, 3, AT)


def test_a_manager_known_to_the_records_is_told_by_name() -> None:
    professional = ProfessionalFactory()
    world = a_world()
    world.manager.professional = professional
    world.manager.save()
    incident = an_incident(world)
    flag = Flag.objects.get(kind="incident_reported", subject_id=incident.pk)
    assert set(flag.recipients.values_list("recipient", flat=True)) == {
        professional.source_id,
        f"user:{world.area_lead.username}",
    }
