"""Actions raised, worked on, verified by someone else; who sees which; what is flagged when one is late."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from plumbline.actions import operations, queries
from plumbline.actions.models import Action
from plumbline.audit.models import Event
from plumbline.flags.models import Flag
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import RoleHeld
from tests.duties import of_kind
from tests.factories.people import OrganisationFactory, ProfessionalFactory, TieFactory, UserFactory
from tests.integration.placements.situations import AT

pytestmark = pytest.mark.django_db

TODAY = date(2016, 7, 29)
LATER = date(2016, 8, 31)


def officer():
    return UserFactory(role="contract_officer")


def provider(organisation):
    return UserFactory(role="provider_user", role__organisation=organisation)


def raised(by=None, on=TODAY, **changes) -> Action:
    given = {
        "title": "Check every reference", "detail": "", "subject_type": "contract", "subject_id": 7,
        "subject_label": "Home care", "origin_type": "visit", "origin_id": 3, "owner": None,
        "owner_organisation": None, "due_on": LATER, "critical": False,
    }  # fmt: skip
    if not changes.get("owner") and not changes.get("owner_organisation"):
        changes["owner"] = officer()
    return operations.raise_action(**{**given, **changes}, act=Act(by or officer(), AT, on))


def done(action: Action, by=None) -> Action:
    return operations.mark_done(
        action_id=action.pk, text="All nine are on file.", act=Act(by or action.owner, AT, TODAY)
    )


# --- who sees it ----------------------------------------------------------------------------------------------------


def test_a_role_of_the_council_sees_every_action_that_is_not_about_a_child():
    action = raised()
    raised(subject_type="tac")

    assert list(queries.actions_visible_to(UserFactory(role="commissioner"), on=TODAY)) == [action]


def test_an_action_about_a_child_is_seen_by_its_owner():
    action = raised(subject_type="tac")

    assert list(queries.actions_visible_to(action.owner, on=TODAY)) == [action]


def test_an_action_about_a_child_is_seen_by_who_is_tied_to_the_record():
    tied = officer()
    TieFactory(user=tied, subject_type="tac", subject_id=41)
    action = raised(subject_type="tac", subject_id=41)

    assert list(queries.actions_visible_to(tied, on=TODAY)) == [action]


def test_a_provider_sees_the_actions_of_their_own_organisation_only():
    own = OrganisationFactory()
    action = raised(owner_organisation=own)
    raised(owner_organisation=OrganisationFactory())

    assert list(queries.actions_visible_to(provider(own), on=TODAY)) == [action]


def test_a_provider_sees_the_actions_of_the_name_that_their_organisation_was_merged_into():
    new = OrganisationFactory()
    old = OrganisationFactory(merged_into=new)
    action = raised(owner_organisation=new)

    assert list(queries.actions_visible_to(provider(old), on=TODAY)) == [action]


def test_an_owner_without_any_role_left_sees_nothing():
    action = raised()
    RoleHeld.objects.filter(user=action.owner).update(to_on=date(2016, 1, 1))

    assert not queries.actions_visible_to(type(action.owner).objects.get(pk=action.owner.pk), on=TODAY).exists()


def test_a_role_that_reads_no_actions_sees_none():
    raised()

    assert not queries.actions_visible_to(UserFactory(role="social_worker"), on=TODAY).exists()


# --- raising --------------------------------------------------------------------------------------------------------


def test_an_action_cannot_be_raised_for_a_day_that_is_past():
    with pytest.raises(RuleBroken, match="28 July 2016 is past"):
        raised(due_on=date(2016, 7, 28))


def test_an_action_needs_a_title():
    with pytest.raises(RuleBroken, match="what is to be done"):
        raised(title="  ")


def test_an_action_needs_an_owner():
    with pytest.raises(RuleBroken, match="who is to do it"):
        operations.raise_action(
            title="x",
            subject_type="contract",
            subject_id=1,
            subject_label="x",
            origin_type="visit",
            due_on=LATER,
            act=Act(officer(), AT, TODAY),
        )


def test_a_provider_may_put_down_what_their_own_organisation_undertakes():
    own = OrganisationFactory()

    assert raised(by=provider(own), owner_organisation=own, origin_type="assessment").owner_organisation == own


def test_a_provider_may_put_down_nothing_for_another_organisation():
    with pytest.raises(NotAllowed):
        raised(by=provider(OrganisationFactory()), owner_organisation=OrganisationFactory())


# --- doing and verifying --------------------------------------------------------------------------------------------


def test_what_is_reported_done_waits_to_be_verified():
    assert done(raised()).state == "done"


def test_an_action_is_not_done_without_saying_what_shows_it():
    action = raised()

    with pytest.raises(RuleBroken, match="what shows it"):
        operations.mark_done(action_id=action.pk, text=" ", act=Act(action.owner, AT, TODAY))


def test_the_owner_cannot_verify_their_own_action():
    action = raised()
    done(action, by=officer())

    with pytest.raises(RuleBroken, match="owner of an action cannot verify"):
        operations.verify(action_id=action.pk, act=Act(action.owner, AT, TODAY))


def test_who_reported_it_done_cannot_verify_it():
    action, doer = raised(), officer()
    done(action, by=doer)

    with pytest.raises(RuleBroken, match="reported an action done cannot verify"):
        operations.verify(action_id=action.pk, act=Act(doer, AT, TODAY))


def test_somebody_else_verifies_it():
    action, other = raised(), officer()
    done(action)

    assert operations.verify(action_id=action.pk, act=Act(other, AT, TODAY)).verified_by == other


def test_what_was_not_reported_done_cannot_be_verified():
    with pytest.raises(RuleBroken, match="Cannot move"):
        operations.verify(action_id=raised().pk, act=Act(officer(), AT, TODAY))


def test_the_database_itself_refuses_an_action_verified_by_its_owner():
    action = raised()
    done(action)

    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.filter(pk=action.pk).update(state="verified", verified_by=action.owner, verified_at=AT)


def test_what_is_sent_back_is_the_owners_again():
    action = raised()
    done(action)
    operations.send_back(action_id=action.pk, because="Two references are missing.", act=Act(officer(), AT, TODAY))

    assert [each.subject_id for each in of_kind("action.do", action.owner, TODAY)] == [action.pk]


def test_sending_back_needs_what_is_missing():
    action = raised()
    done(action)

    with pytest.raises(RuleBroken, match="what is missing"):
        operations.send_back(action_id=action.pk, because="", act=Act(officer(), AT, TODAY))


def test_a_provider_reports_done_what_their_organisation_owns():
    own = OrganisationFactory()
    action = raised(owner_organisation=own)

    assert done(action, by=provider(own)).state == "done"


def test_a_provider_cannot_verify():
    own = OrganisationFactory()
    action = raised(owner_organisation=own)
    done(action, by=officer())

    with pytest.raises(RuleBroken):
        operations.verify(action_id=action.pk, act=Act(provider(own), AT, TODAY))


def test_what_one_may_not_see_cannot_be_worked_on():
    with pytest.raises(NotAllowed):
        operations.start(action_id=raised().pk, act=Act(provider(OrganisationFactory()), AT, TODAY))


def test_a_note_is_kept_with_who_wrote_it():
    action = raised()
    operations.note_progress(action_id=action.pk, text="Half of them.", act=Act(action.owner, AT, TODAY))

    assert [(note.by, note.text) for note in queries.notes_of(action)] == [(action.owner, "Half of them.")]


def test_the_day_first_agreed_stays_when_it_is_moved():
    action = raised()
    operations.move_due(
        action_id=action.pk, due_on=date(2016, 9, 30), because="The office was closed.", act=Act(officer(), AT, TODAY)
    )
    action.refresh_from_db()

    assert (action.first_due_on, action.due_on) == (LATER, date(2016, 9, 30))


def test_a_day_is_not_moved_without_a_reason():
    with pytest.raises(RuleBroken, match="why the day is moved"):
        operations.move_due(action_id=raised().pk, due_on=date(2016, 9, 30), because="", act=Act(officer(), AT, TODAY))


def test_an_owner_cannot_get_round_being_verified_by_cancelling():
    action = raised()

    with pytest.raises(RuleBroken, match="cannot cancel"):
        operations.cancel(action_id=action.pk, because="Not needed.", act=Act(action.owner, AT, TODAY))


def test_an_action_is_cancelled_with_a_reason():
    action = raised()
    operations.cancel(action_id=action.pk, because="The contract ended.", act=Act(officer(), AT, TODAY))
    action.refresh_from_db()

    assert (action.state, action.cancelled_because) == ("cancelled", "The contract ended.")


def test_handing_over_moves_it_to_the_other_owners_list():
    action, other = raised(), officer()
    operations.hand_over(
        action_id=action.pk, owner=other, owner_organisation=None, because="On leave.", act=Act(officer(), AT, TODAY)
    )

    assert [each.subject_id for each in of_kind("action.do", other, TODAY)] == [action.pk]


def test_every_step_is_in_the_trail():
    action = raised()
    operations.start(action_id=action.pk, act=Act(action.owner, AT, TODAY))
    done(action)
    operations.verify(action_id=action.pk, act=Act(officer(), AT, TODAY))
    kinds = Event.objects.filter(subject_type="actions.action", subject_id=action.pk).order_by("no")

    assert [event.kind for event in kinds] == [
        "actions.action.raised",
        "actions.action.started",
        "actions.action.done",
        "actions.action.verified",
    ]


# --- late -----------------------------------------------------------------------------------------------------------


def test_an_action_due_today_is_not_overdue():
    raised(due_on=TODAY)

    assert not queries.overdue(TODAY).exists()


def test_an_overdue_action_is_flagged_with_its_owner_and_day():
    action = raised()
    operations.raise_flags(act=Act(None, AT, date(2016, 9, 1)))

    assert Flag.objects.get(kind="action_overdue").reason == (
        f"“Check every reference” (Home care) was due on 31 August 2016 and is not done. Its owner is {action.owner}."
    )


def test_a_critical_action_that_is_late_is_put_to_the_head_of_service_too():
    action = raised(critical=True)
    operations.raise_flags(act=Act(None, AT, date(2016, 9, 1)))
    told = Flag.objects.get(kind="action_overdue").recipients.order_by("pk")

    assert [row.recipient for row in told] == [
        f"user:{action.owner.username}",
        "role:contract_officer",
        "role:head_of_service",
    ]


def test_an_owner_with_a_workers_number_is_told_by_name():
    worker = ProfessionalFactory()
    raised(owner=UserFactory(role="social_worker", professional=worker))
    operations.raise_flags(act=Act(None, AT, date(2016, 9, 1)))
    told = Flag.objects.get(kind="action_overdue").recipients.order_by("pk")

    assert [row.recipient for row in told] == [worker.source_id, "role:contract_officer"]


def test_the_flag_of_an_action_about_a_child_says_its_number_only():
    action = raised(subject_type="tac")
    operations.raise_flags(act=Act(None, AT, date(2016, 9, 1)))

    assert Flag.objects.get(kind="action_overdue").reason == (
        f"Action {action.pk} was due on 31 August 2016 and is not done."
    )


def test_reporting_it_done_closes_the_flag_at_once():
    action = raised()
    operations.raise_flags(act=Act(None, AT, date(2016, 9, 1)))
    operations.mark_done(action_id=action.pk, text="Done, see file.", act=Act(action.owner, AT, date(2016, 9, 2)))

    assert Flag.objects.get(kind="action_overdue").closed_because == "The action was reported done."
