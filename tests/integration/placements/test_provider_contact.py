"""The provider of a setting is spoken to once, and every open flag of the setting has it."""

from datetime import date

import pytest

from plumbline.audit.models import Event
from plumbline.flags.models import Flag, FlagStep
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.moments import day_here
from plumbline.people.act import Act
from plumbline.placements import operations, queries
from plumbline.placements.models import Placement
from tests.duties import of_kind
from tests.integration.placements.situations import AT, TODAY, a_setting, a_user, an_import, place

pytestmark = pytest.mark.django_db


def two_children():
    """Two children at a setting that became adverse, their flags raised."""
    setting = a_setting("adverse", since=date(2016, 7, 29))
    for _ in range(2):
        place_imported(setting)
    operations.raise_flags(act=Act(None, AT, TODAY))
    return setting


def place_imported(setting) -> Placement:
    # As it was recorded before the setting became adverse.
    return place(setting, started_on=date(2016, 5, 1), source="social_care", import_run=an_import())


def contact(setting, *, said="Its plan comes on Friday.", by=None) -> int:
    return operations.record_provider_contact(
        setting_id=setting.pk, said=said, act=Act(by or a_user("contract_officer"), AT, TODAY)
    )


def test_one_conversation_settles_the_step_on_every_flag_of_the_setting():
    contact(two_children())
    assert set(FlagStep.objects.filter(code="contact_provider").values_list("result", flat=True)) == {
        "Its plan comes on Friday."
    }


def test_it_says_on_how_many_flags_it_was_recorded():
    assert contact(two_children()) == 2


def test_the_flags_are_then_due_by_their_next_step():
    contact(two_children())
    assert set(Flag.objects.values_list("due_on", flat=True)) == {date(2016, 8, 5)}


def test_another_settings_flags_wait_still():
    contact(two_children())
    other = two_children()
    contact(two_children())
    there = Placement.objects.filter(setting=other).values("pk")
    assert FlagStep.objects.filter(code="contact_provider", done_at=None, flag__subject_id__in=there).count() == 2


def test_each_child_has_it_in_the_trail():
    contact(two_children())
    children = set(Placement.objects.values_list("child", flat=True))
    assert set(Event.objects.filter(kind="flags.step.done").values_list("child_id", flat=True)) == children


def test_the_conversation_itself_names_no_child():
    setting = two_children()
    contact(setting)
    [event] = queries.contacts_with_provider(setting)
    assert (event.because, event.child_id) == ("Its plan comes on Friday.", None)


def test_there_is_nothing_to_record_a_second_time():
    setting = two_children()
    contact(setting)
    with pytest.raises(RuleBroken, match="No flag of this setting waits"):
        contact(setting)


def test_it_must_say_what_was_said():
    with pytest.raises(RuleBroken, match="Say what the provider said"):
        contact(two_children(), said=" ")


@pytest.mark.parametrize("role", ["performance_analyst", "social_worker", "management_team"])
def test_nobody_else_records_it(role):
    setting, other = two_children(), a_user(role)
    with pytest.raises(NotAllowed):
        contact(setting, by=other)


def test_each_setting_whose_provider_waits_is_found_with_its_day():
    setting = two_children()
    found = of_kind("provider.contact", a_user("contract_officer"), TODAY)
    assert [(each.subject_id, day_here(each.due_at)) for each in found] == [(setting.pk, date(2016, 8, 2))]
