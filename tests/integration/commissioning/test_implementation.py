"""From the award to a service: the plan, the contacts and the pack."""

from datetime import date

import pytest

from plumbline.commissioning.models import Tender
from plumbline.commissioning.operations import implementation
from plumbline.commissioning.queries.implementation import plans_visible_to
from plumbline.contracts import due_of_plans
from plumbline.contracts.queries.go_live import standing_of
from plumbline.kernel.duties import person
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.access import Permission
from plumbline.people.act import Act
from tests.duties import of_kind
from tests.integration.commissioning.implementing import AT, ON, START, Situation
from tests.integration.placements.situations import a_user

pytestmark = pytest.mark.django_db


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_the_plan_has_the_items_of_the_template_with_days_before_the_start():
    plan = Situation().plan

    kick_off = plan.items.get(criterion="kick_off")
    assert (plan.items.count(), kick_off.due_on) == (22, date(2016, 7, 9))


def test_the_tender_moves_to_implementation():
    Situation()

    assert Tender.objects.get().state == "implementation"


def test_an_award_has_one_plan():
    situation = Situation()

    with pytest.raises(RuleBroken, match="its plan already"):
        implementation.make_plan(
            award_id=situation.award.pk, service_starts_on=START, act=Act(situation.commissioner, AT, ON)
        )


def test_another_first_day_moves_what_is_still_open():
    situation = Situation()
    situation.do("kick_off")

    implementation.move_start(
        plan_id=situation.plan.pk,
        service_starts_on=date(2016, 10, 11),
        because="Lease signed later",
        act=Act(situation.commissioner, AT, ON),
    )

    days = dict(situation.plan.items.values_list("criterion", "due_on"))
    assert (days["kick_off"], days["new_supplier"]) == (date(2016, 7, 9), date(2016, 7, 19))


def test_an_item_that_is_not_needed_says_why():
    with pytest.raises(RuleBroken, match="why this item is not needed"):
        Situation().do("kick_off", "not_needed", "")


def test_who_agreed_an_arrangement_with_whom_and_when_is_kept():
    situation = Situation()

    kept = implementation.record_agreement(
        plan_id=situation.plan.pk,
        arrangement="Staff alone with a child sign in and out",
        agreed_by="Ruth Adair",
        agreed_with="R. Quayle",
        agreed_on=ON,
        act=Act(situation.lead, AT, ON),
    )

    assert (kept.agreed_by, kept.agreed_with, kept.agreed_on) == ("Ruth Adair", "R. Quayle", ON)


# --- contacts and the pack --------------------------------------------------------------------------------------------


def test_a_pack_needs_every_contact_of_the_council():
    situation = Situation()
    situation.contact("lado")

    with pytest.raises(RuleBroken, match="Customer Service Centre"):
        implementation.give_pack(plan_id=situation.plan.pk, act=Act(situation.commissioner, AT, ON))


def test_a_changed_contact_is_given_again_and_must_be_acknowledged_anew():
    situation = Situation()
    situation.settle_pack()

    _, again = situation.contact("lado", name="Someone else")

    assert (again.number, again.because) == (2, "The contact changed: Designated officer for allegations (LADO).")
    assert [each.subject_id for each in of_kind("pack.acknowledge", situation.provider, ON)] == [again.pk]


def test_the_same_contact_again_changes_nothing():
    situation = Situation()
    situation.pack()

    assert situation.contact("lado")[1] is None


def test_the_pack_waits_for_the_supplier_then_for_both_leads():
    situation = Situation()
    pack = situation.pack()
    assert of_kind("pack.confirm", situation.lead, ON) == []
    implementation.acknowledge_pack(pack_id=pack.pk, name="R. Quayle", act=Act(situation.provider, AT, ON))

    waiting = [of_kind("pack.confirm", user, ON) for user in (situation.lead, situation.commissioner)]
    assert [[each.subject_id for each in theirs] for theirs in waiting] == [[pack.pk]] * 2


def test_a_pack_is_acknowledged_by_name():
    situation = Situation()
    pack = situation.pack()

    with pytest.raises(RuleBroken, match="Write your name"):
        implementation.acknowledge_pack(pack_id=pack.pk, name=" ", act=Act(situation.provider, AT, ON))


def test_another_suppliers_pack_does_not_exist():
    situation = Situation()
    pack = situation.pack()

    with pytest.raises(NotAllowed):
        implementation.acknowledge_pack(pack_id=pack.pk, name="X", act=Act(a_user("provider_user"), AT, ON))


def test_one_person_does_not_confirm_for_both_leads():
    situation = Situation()
    pack = situation.pack()
    implementation.acknowledge_pack(pack_id=pack.pk, name="R. Quayle", act=Act(situation.provider, AT, ON))
    implementation.confirm_pack(pack_id=pack.pk, act=Act(situation.lead, AT, ON))

    with pytest.raises(RuleBroken, match="each once"):
        implementation.confirm_pack(pack_id=pack.pk, act=Act(situation.lead, AT, ON))


def test_contacts_are_not_done_with_a_new_supplier_before_the_pack_is_settled():
    with pytest.raises(RuleBroken, match="have not been given"):
        Situation().do("contact_sheet")


def test_a_provider_sees_its_own_plan_only():
    situation = Situation()

    assert (
        list(plans_visible_to(situation.provider, on=ON)),
        plans_visible_to(a_user("provider_user"), on=ON).exists(),
    ) == ([situation.plan], False)


def test_what_nobody_else_owns_waits_for_both_leads():
    situation = Situation()

    mine = person(situation.lead.pk, Permission.IMPLEMENTATION)
    waiting = [each for each in due_of_plans.of_items([situation.plan.pk], ON) if each.whose == mine]
    settled = {each.number for each in standing_of(situation.plan, on=ON).items if each.settled}
    assert len(waiting) == 22 - len(settled)
