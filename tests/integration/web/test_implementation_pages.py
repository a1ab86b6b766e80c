"""The implementation plan on its pages, from the award to a live contract."""

import pytest
from django.urls import reverse

from plumbline.commissioning.models import Award, ImplementationPlan, PathwayPack
from plumbline.commissioning.rules.implementation import COUNCIL_CONTACTS
from plumbline.contracts.models import Contract
from plumbline.people.act import Act
from plumbline.people.models import RoleHeld
from plumbline.toolkits import library
from tests import databases
from tests.factories.tenders import BidFactory, TenderFactory
from tests.integration.commissioning.implementing import AT, Situation
from tests.integration.placements.situations import a_user

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]


def visit(page, user, route, *args, **given):
    client, address = page(user), reverse(route, args=args)
    return client.post(address, given, follow=True) if given else client.get(address)


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def situation():
    return Situation()


def test_the_commissioner_makes_the_plan_on_a_page(page):
    library.load(act=Act(None, AT, AT.date()))
    commissioner = a_user("commissioner")
    tender = TenderFactory(state="contract_details", lead_commissioner=commissioner)
    award = Award.objects.create(
        tender=tender,
        bid=BidFactory(tender=tender, state="successful"),
        state="awarded",
        reason="Best",
        result={},
        recommended_at=AT,
        recommended_by=commissioner,
        approved_at=AT,
        approved_by=a_user("head_of_service"),
        awarded_on="2016-07-01",
    )

    visit(
        page,
        commissioner,
        "plan_new",
        tender.pk,
        award.pk,
        service_starts_on_day="1",
        service_starts_on_month="11",
        service_starts_on_year="2016",
    )

    assert ImplementationPlan.objects.get().items.count() == 22


def a_framework(commissioner):
    tender = TenderFactory(state="contract_details", kind="framework", lead_commissioner=commissioner)
    approver = a_user("head_of_service")
    return tender, [
        Award.objects.create(
            tender=tender,
            bid=BidFactory(tender=tender, state="successful"),
            state="awarded",
            reason="Best",
            result={},
            recommended_at=AT,
            recommended_by=commissioner,
            approved_at=AT,
            approved_by=approver,
            awarded_on="2016-07-01",
        )
        for _ in range(2)
    ]


def test_each_supplier_of_a_framework_has_its_own_plan_page(page):
    library.load(act=Act(None, AT, AT.date()))
    commissioner = a_user("commissioner")
    tender, awards = a_framework(commissioner)
    names = [award.bid.supplier.name for award in awards]
    overview = text(visit(page, commissioner, "tender_implementation", tender.pk))
    assert [name in overview for name in names] == [True, True]
    assert "Make the implementation plan" in overview

    answer = visit(
        page,
        commissioner,
        "plan_new",
        tender.pk,
        awards[1].pk,
        service_starts_on_day="1",
        service_starts_on_month="11",
        service_starts_on_year="2016",
    )

    assert ImplementationPlan.objects.get().award == awards[1]
    assert answer.request["PATH_INFO"] == reverse("award_implementation", args=[tender.pk, awards[1].pk])
    assert f"The contract is awarded to {names[0]}" in text(
        visit(page, commissioner, "award_implementation", tender.pk, awards[0].pk)
    )


def test_no_plan_is_found_under_another_tender(page, situation):
    commissioner = a_user("commissioner")
    tender, _ = a_framework(commissioner)
    for route in ("award_implementation", "plan_new"):
        assert visit(page, commissioner, route, tender.pk, situation.award.pk).status_code == 404


def test_the_lead_finds_a_plan_to_make_for_each_supplier_in_their_work(page):
    commissioner = a_user("commissioner")
    _, awards = a_framework(commissioner)
    work = text(visit(page, commissioner, "my_work"))
    assert [f"The contract is awarded to {award.bid.supplier.name}" in work for award in awards] == [True, True]


def test_the_page_says_what_holds_up_going_live(page, situation):
    answer = visit(page, situation.commissioner, "tender_implementation", situation.plan.tender_id)

    assert "The reporting pathways and contacts have not been given to the supplier." in text(answer)


def test_an_item_is_done_with_a_note(page, situation):
    item = situation.plan.items.get(criterion="kick_off")

    visit(
        page,
        situation.commissioner,
        "plan_item",
        situation.plan.pk,
        item.number,
        state="done",
        note="Met on 4 July",
        owner="",
        owner_words="",
    )

    item.refresh_from_db()
    assert (item.state, item.note) == ("done", "Met on 4 July")


def test_what_an_item_cannot_be_yet_is_said_at_the_field(page, situation):
    item = situation.plan.items.get(criterion="contact_sheet")

    answer = visit(
        page,
        situation.commissioner,
        "plan_item",
        situation.plan.pk,
        item.number,
        state="done",
        note="Sent.",
        owner="",
        owner_words="",
    )

    assert "have not been given to the supplier" in text(answer)


def test_from_the_contacts_to_a_live_contract(page, situation):
    plan, provider = situation.plan, situation.provider
    for role in COUNCIL_CONTACTS:
        visit(
            page,
            situation.commissioner,
            "plan_contact",
            plan.pk,
            "council",
            role,
            name="Desk",
            phone="01522 1",
            email="",
            hours="",
        )
    visit(page, situation.commissioner, "pack_give", plan.pk, go="1")
    pack = PathwayPack.objects.get()
    visit(page, provider, "pack", pack.pk, name="R. Quayle")
    visit(page, situation.lead, "pack_confirm", pack.pk, go="1")
    visit(page, situation.commissioner, "pack_confirm", pack.pk, go="1")
    visit(page, situation.commissioner, "plan_contract", plan.pk, reference="CT900", manager=situation.officer.pk)
    situation.do_critical()

    visit(page, situation.officer, "plan_go_live", plan.pk, go="1")

    assert Contract.objects.values_list("reference", "state").get() == ("CT900", "live")


def test_a_manager_goes_live_with_open_items_and_a_reason(page, situation):
    situation.contract()

    visit(page, situation.head, "plan_go_live", situation.plan.pk, because="The home closes on Monday")

    assert Contract.objects.get().state == "live"


def test_another_provider_does_not_find_the_pack(page, situation):
    pack = situation.pack()
    other = a_user("provider_user")
    supplier = BidFactory().supplier
    with databases.as_worker():
        RoleHeld.objects.filter(user=other).update(organisation=supplier)

    assert visit(page, other, "pack", pack.pk).status_code == 404


def test_a_provider_reads_the_contacts_in_its_pack(page, situation):
    pack = situation.pack()

    assert "Designated officer for allegations" in text(visit(page, situation.provider, "pack", pack.pk))


def test_the_leads_find_the_pack_to_confirm_in_their_work(page, situation):
    pack = situation.pack()
    visit(page, situation.provider, "pack", pack.pk, name="R. Quayle")

    assert "Confirm that the supplier understands whom to tell" in text(visit(page, situation.lead, "my_work"))


def test_who_does_what_is_said_for_all_items_on_one_page(page, situation):
    given = {f"owner{number}": str(situation.officer.pk) for number in range(1, 23)}

    visit(page, situation.commissioner, "plan_owners", situation.plan.pk, **given)

    assert set(situation.plan.items.values_list("owner", flat=True)) == {situation.officer.pk}


def test_what_holds_up_going_live_leads_to_where_it_is_settled(page, situation):
    answer = visit(page, situation.commissioner, "tender_implementation", situation.plan.tender_id)

    assert f'href="/plans/{situation.plan.pk}/items/3/">Open the item' in text(answer)


def test_who_may_not_override_is_told_that_the_service_cannot_go_live_yet(page, situation):
    situation.contract()

    answer = visit(page, situation.officer, "plan_go_live", situation.plan.pk, because="We want it")

    assert ("cannot go live yet. Settle what is open" in text(answer), Contract.objects.get().state) == (
        True,
        "implementation",
    )


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF"), ("docx", b"PK")])
def test_the_pack_is_taken_as_a_file_by_the_provider(page, situation, kind, begins):
    pack = situation.pack()

    assert visit(page, situation.provider, "pack_file", pack.pk, kind).content.startswith(begins)


def test_a_supplier_is_said_to_be_new_on_a_page(page):
    situation = Situation(new=False)

    visit(page, situation.commissioner, "plan_supplier", situation.plan.pk, supplier_is_new="yes", because="First one.")

    assert ImplementationPlan.objects.get().supplier_is_new
