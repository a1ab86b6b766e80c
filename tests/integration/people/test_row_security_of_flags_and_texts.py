"""Row security on flags, texts, events and drafts: SQL of the pages' login shows each role what the queries show."""

from datetime import UTC, datetime
from typing import Any

import pytest

from plumbline.audit.models import Event
from plumbline.contracts.models import Evaluation, EvaluationCase, HeldText, IncidentChild
from plumbline.contracts.queries import held, incidents
from plumbline.flags.models import Flag, FlagFor, FlagStep
from plumbline.flags.queries import flags_visible_to
from plumbline.people import acting, drafts
from plumbline.people import operations as people
from plumbline.people.access import Permission, may
from plumbline.people.act import Act
from plumbline.people.models import Draft
from plumbline.placements.access import children_visible_to
from tests.factories.people import TieFactory, UserFactory, hold_role
from tests.integration.contracts.incident_situations import a_world, an_incident
from tests.integration.people.test_row_security import (
    TODAY,
    YESTERDAY,
    County,
    a_county,
    as_the_pages,
    seen_by_sql,
)

AT = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)


def a_flag(number: int, child_id: int | None, subject_type: str, *recipients: tuple[str, str]) -> Flag:
    flag = Flag.objects.create(
        kind="setting_adverse",
        key=f"flag {number}",
        subject_type=subject_type,
        subject_id=number,
        child_id=child_id,
        reason="Zebrowski",
        raised_at=AT,
        raised_on=TODAY,
    )
    for recipient, team in recipients:
        FlagFor.objects.create(flag=flag, recipient=recipient, team=team, why="worker", from_on=TODAY, from_at=AT)
    FlagStep.objects.create(flag=flag, code="visit", action="Visit", owner_role="worker", due_on=TODAY)
    return flag


def flags_of(county: County) -> None:
    named = county.users[0]
    put_to = (
        (),
        (("role:management_team", ""),),
        (("role:team_manager", "North"),),
        (("role:team_manager", "South"),),
        (("role:reviewing_officer", ""),),
        ((f"user:{named.username}", ""),),
        (("role:placement_officer", ""),),
    )
    number = 0
    for child in county.children.values():
        for subject_type in ("placement", "exception", "incident_child", "child"):
            for recipients in put_to:
                number += 1
                a_flag(number, child.pk, subject_type, *recipients)
    a_flag(number + 1, None, "setting", ("role:management_team", ""))
    # One that was put to someone, and is not any more.
    past = a_flag(number + 2, county.children["nobody's"].pk, "child", (f"user:{named.username}", ""))
    past.recipients.update(to_at=AT)


def a_county_with_teams() -> County:
    county = a_county()
    north = UserFactory(name="Of the north")
    hold_role(north, "team_manager", team="North")
    every = UserFactory(name="Of every team")
    hold_role(every, "team_manager")
    hold_role(every, "performance_analyst")
    # Whose reviewing officer has left: the flag is every reviewing officer's.
    gone = UserFactory(name="Gone")
    hold_role(gone, "reviewing_officer", to_on=YESTERDAY)
    TieFactory(user=gone, subject_id=county.children["placed"].pk, why="worker")
    county.users += [north, every]
    return county


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_sql_shows_each_role_the_flags_about_children_that_the_queries_show() -> None:
    county = a_county_with_teams()
    flags_of(county)
    about_children = set(Flag.objects.exclude(child_id=None).values_list("pk", flat=True))
    numbers = set()
    for user in county.users:
        expected = set(flags_visible_to(user, on=TODAY).exclude(child_id=None).values_list("pk", flat=True))
        steps = set(FlagStep.objects.filter(flag__in=expected).values_list("pk", flat=True))
        others = set(FlagStep.objects.exclude(flag__in=about_children).values_list("pk", flat=True))
        with as_the_pages(), acting.viewing(user, on=TODAY):
            assert seen_by_sql(Flag) & about_children == expected, f"{user}: {user.roles_held.first()}"
            assert seen_by_sql(FlagStep) == steps | others
        numbers.add(len(expected))
    assert 0 in numbers
    assert len(numbers) > 5


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_sql_shows_links_and_texts_of_incidents_to_those_who_see_every_child_concerned() -> None:
    county, world = a_county(), a_world()
    own, other = county.children["tied"], county.children["nobody's"]
    meeting = Evaluation.objects.create(contract=world.contract, held_on=TODAY, state="planned")
    cases = [
        EvaluationCase.objects.create(evaluation=meeting, reference="C", summary="S", child=child)
        for child in (own, other)
    ]
    both, only_own, nobody = (an_incident(world, by=None) for _ in range(3))
    for incident, children in ((both, (own, other)), (only_own, (own,))):
        IncidentChild.objects.bulk_create(IncidentChild(incident=incident, child=child) for child in children)

    def a_text(**about: Any) -> HeldText:
        return HeldText.objects.create(
            subject_type="contracts.incident", subject_id=1, field="summary", text="Zebrowski", written_at=AT, **about
        )

    concerned = {
        a_text(incident=both).pk: {own, other},
        a_text(incident=only_own).pk: {own},
        a_text(incident=nobody).pk: set(),
        a_text(incident=nobody, child=own).pk: {own},
        a_text(incident=nobody, child=other).pk: {other},
        a_text(case=cases[0]).pk: {own},
        a_text(case=cases[1]).pk: {other},
    }
    for user in [*county.users, world.provider, world.manager]:
        visible = children_visible_to(user, on=TODAY)
        links = set(IncidentChild.objects.filter(child__in=visible).values_list("pk", flat=True))
        to_read = set(held.to_read(user, visible=visible, on=TODAY).values_list("pk", flat=True))
        seen = set(visible)
        with as_the_pages(), acting.viewing(user, on=TODAY):
            assert seen_by_sql(IncidentChild) == links
            texts = seen_by_sql(HeldText)
            assert to_read <= texts, user
            # As the pages read it, who see no link to a hidden child.
            assert set(held.to_read(user, visible=visible, on=TODAY).values_list("pk", flat=True)) == to_read
            assert incidents.children_of(both, visible=visible)[1] == 2 - len(seen & {own, other})
        assert all(concerned[text] <= seen for text in texts), user


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_sql_shows_events_about_children_to_those_who_read_the_trail_and_to_the_one_who_did_it() -> None:
    county = a_county()
    child = county.children["tied"]
    for user in county.users:
        people.look_at_child(child_id=child.pk, page="record", act=Act(user, AT, TODAY))
    about = Event.objects.filter(child_id=child.pk)
    with as_the_pages():
        assert not about.exists()
    for user in county.users:
        expected = about if may(user, Permission.AUDIT_VIEW, on=TODAY) else about.filter(by_id=user.pk)
        numbers = set(expected.values_list("no", flat=True))
        with as_the_pages(), acting.viewing(user, on=TODAY):
            assert set(about.values_list("no", flat=True)) == numbers


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_a_draft_is_kept_for_its_writer_by_anybody_and_read_by_its_writer_alone() -> None:
    writer, other = UserFactory(role="social_worker"), UserFactory(role="information_governance")
    said = {"form": "f", "subject": "/s/", "base": 0, "seq": None, "at": AT}
    with as_the_pages():
        # Nobody is signed in any more.
        assert drafts.keep(user=writer, payload={"text": "Zebrowski"}, **said)
        assert not Draft.objects.exists()
        with acting.viewing(other, on=TODAY):
            assert drafts.keep(user=writer, payload={"text": "Zebrowski, again"}, **said)
            assert drafts.find(user=writer, form="f", subject="/s/") is None
            assert Draft.objects.update(payload={}) == 0
    with as_the_pages(), acting.viewing(writer, on=TODAY):
        assert [each.payload for each in Draft.objects.all()] == [{"text": "Zebrowski, again"}]
        drafts.drop(user=writer, form="f", subject="/s/")
        assert not Draft.objects.exists()
