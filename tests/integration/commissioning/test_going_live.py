"""A service goes live: by a decision, once nothing critical is open, or with a reason."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError

from plumbline.audit.models import Event
from plumbline.commissioning.models import BidDocument, Promise, Stage1Decision
from plumbline.commissioning.operations import implementation
from plumbline.commissioning.rules.implementation import COUNCIL_CONTACTS, SUPPLIER_CONTACTS
from plumbline.contracts import due_of_plans
from plumbline.contracts.models import Assessment, Commitment, Contract, GoLive, IncidentForm, Policy, PolicyReview
from plumbline.contracts.operations import go_live
from plumbline.contracts.operations.papers import take_papers
from plumbline.contracts.queries.go_live import hindrances_of, standing_of
from plumbline.contracts.queries.papers import papers_held
from plumbline.contracts.rules.go_live import KNOWN, Held, lacking
from plumbline.contracts.rules.rating import LawChange
from plumbline.evidence.models import Document
from plumbline.flags.models import Flag
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.toolkits.models import ToolkitVersion
from tests.integration.commissioning.implementing import AT, ON, START, Situation
from tests.integration.placements.situations import a_user

pytestmark = pytest.mark.django_db


# --- go-live ----------------------------------------------------------------------------------------------------------


def test_the_contract_begins_with_what_was_promised():
    situation = Situation()
    Promise.objects.create(
        award=situation.award, text="A named nurse for each home", recorded_at=AT, recorded_by=situation.commissioner
    )

    contract = situation.contract()

    assert (contract.state, contract.statutory_from, contract.value) == ("implementation", START, 90_000)
    assert Commitment.objects.get(contract=contract).text == "A named nurse for each home"


def test_going_live_is_refused_while_a_critical_item_is_open():
    situation = Situation(new=False)

    with pytest.raises(RuleBroken, match=r"cannot go live yet\. Item 3"):
        go_live.go_live(contract_id=situation.contract().pk, act=Act(situation.officer, AT, ON))


def test_a_service_goes_live_once_everything_critical_is_settled():
    situation = Situation()
    situation.settle_pack()
    situation.do_critical()

    decided = go_live.go_live(contract_id=situation.contract().pk, act=Act(situation.officer, AT, ON))

    assert (decided.open_items, Contract.objects.get().state, Contract.objects.get().live_on) == ([], "live", ON)


def test_a_contract_officer_does_not_override():
    situation = Situation()

    with pytest.raises(NotAllowed):
        go_live.go_live(
            contract_id=situation.contract().pk, override_because="We need it", act=Act(situation.officer, AT, ON)
        )


def test_a_managers_override_is_recorded_with_its_reason_and_flagged():
    situation = Situation()

    go_live.go_live(
        contract_id=situation.contract().pk,
        override_because="The home closes on Monday",
        act=Act(situation.head, AT, ON),
    )

    assert "The home closes on Monday" in Flag.objects.get(kind="go_live_overridden").reason
    assert GoLive.objects.get().open_items[0].startswith("Item 3")
    assert Event.objects.get(kind="contracts.contract.live").because == "The home closes on Monday"


def test_the_flag_closes_when_what_was_open_is_settled():
    situation = Situation(new=False)
    go_live.go_live(
        contract_id=situation.contract().pk, override_because="The home closes", act=Act(situation.head, AT, ON)
    )
    situation.do_critical()

    go_live.raise_go_live_flags(act=Act(None, AT, ON))

    assert Flag.objects.get(kind="go_live_overridden").state == "closed"


# --- nothing goes round a critical item -------------------------------------------------------------------------------


def test_a_critical_item_is_not_done_without_words_or_evidence():
    with pytest.raises(RuleBroken, match="Say what was done, or give the evidence"):
        Situation().do("data_sharing", note=" ")


def test_who_works_on_a_plan_cannot_say_that_a_critical_item_is_not_needed():
    with pytest.raises(RuleBroken, match="only a manager"):
        Situation().do("incident_route", "not_needed", "We know each other.")


def test_a_manager_says_with_a_reason_that_a_critical_item_is_not_needed():
    situation = Situation()

    assert situation.do("incident_route", "not_needed", "Agreed last year.", situation.head).state == "not_needed"


def test_the_suppliers_leads_are_named_before_that_item_is_done():
    with pytest.raises(RuleBroken, match="Missing: Safeguarding lead, Deputy safeguarding lead, Out of hours"):
        Situation().do("named_leads")


def say_new(situation, new, by):
    return implementation.say_whether_new(
        plan_id=situation.plan.pk, supplier_is_new=new, because="No contract before.", act=Act(by, AT, ON)
    )


def test_a_supplier_said_to_be_new_needs_its_pack_before_going_live():
    situation = Situation(new=False)
    situation.do_critical()
    say_new(situation, True, situation.commissioner)

    with pytest.raises(RuleBroken, match="have not been given to the supplier"):
        go_live.go_live(contract_id=situation.contract().pk, act=Act(situation.officer, AT, ON))


def test_only_a_manager_says_that_a_supplier_is_not_new():
    situation = Situation()

    with pytest.raises(RuleBroken, match="Only a manager"):
        say_new(situation, False, situation.commissioner)
    assert not say_new(situation, False, situation.head).supplier_is_new


@pytest.mark.parametrize(("new", "pack", "critical", "ready"), [
    (True, True, True, True), (True, False, True, False), (False, False, True, True), (False, False, False, False),
])  # fmt: skip
def test_a_plan_is_plans_ready_exactly_where_nothing_holds_it_up(new, pack, critical, ready):
    situation = Situation(new=new)
    situation.contract()
    if pack:
        situation.settle_pack()
    if critical:
        situation.do_critical()

    waiting = [each for each in due_of_plans.of_items([situation.plan.pk], ON) if each.kind == "plan.begin"]
    assert (bool(waiting), not hindrances_of(situation.plan, on=ON)) == (ready, ready)


def test_what_the_record_knows_is_met_by_the_record_and_by_no_word():
    situation = Situation(new=False)
    situation.contract()
    situation.plan.items.filter(criterion__in=KNOWN).update(state="done", done_at=AT, done_by=situation.head)

    def open_items() -> set[str]:
        return {item.criterion for item in standing_of(situation.plan, on=ON).items if item.lacks}

    assert open_items() == KNOWN
    situation.do("incident_route", "open")
    with pytest.raises(RuleBroken) as refusal:
        situation.do("incident_route")
    assert (refusal.value.code, refusal.value.reason) == (
        "not_in_record",
        "No serious-incident form is written for this contract.",
    )
    situation.form(provider_agreed_at=None)
    assert "not agreed yet by: the provider" in " ".join(hindrances_of(situation.plan, on=ON))
    IncidentForm.objects.update(provider_agreed_at=AT)
    situation.policies()
    situation.contacts()
    assert open_items() == {"named_leads", "contact_sheet", "assessment"}
    situation.suppliers_contacts()
    assert open_items() == {"assessment"}
    Assessment.objects.create(
        contract=situation.contract(), kind="board", completed_on=ON, valid_until=date(2017, 7, 1)
    )
    assert open_items() == set()
    assert situation.plan.items.get(criterion="incident_route").state == "open"
    for found in situation.plan.items.filter(critical=True).exclude(criterion__in=KNOWN):
        situation.do(found.criterion)
    go_live.go_live(contract_id=situation.contract().pk, act=Act(situation.officer, AT, ON))
    assert set(situation.plan.items.filter(criterion__in=KNOWN).values_list("state", flat=True)) == {"done"}


def test_each_item_of_the_record_says_what_is_not_there():
    every = Held(
        begun=True,
        council_roles=frozenset(COUNCIL_CONTACTS),
        supplier_roles=frozenset(SUPPLIER_CONTACTS),
        form_waits=(),
        reviews=dict.fromkeys(Policy.values, ON),
        needed=("self", "plan"),
        assessed=frozenset({"self"}),
        asked=frozenset({"plan"}),
    )
    law = LawChange("New law", ON, ON, frozenset({"dbs"}))
    year_ago = ON - timedelta(366)
    for change, laws, lacking_items in (
        ({}, [law], set()),
        ({"begun": False}, [], {"incident_route", "policies_checked", "assessment"}),
        ({"council_roles": frozenset()}, [], {"contact_sheet"}),
        ({"supplier_roles": frozenset()}, [], {"named_leads", "contact_sheet"}),
        ({"pack_settled": False}, [], {"contact_sheet"}),
        ({"form_waits": None}, [], {"incident_route"}),
        ({"form_waits": ("the provider",)}, [], {"incident_route"}),
        ({"reviews": {}}, [], {"policies_checked"}),
        ({"reviews": {**dict.fromkeys(Policy.values, ON), "dbs": ON - timedelta(1)}}, [law], {"policies_checked"}),
        ({"reviews": {**dict.fromkeys(Policy.values, ON), "dbs": year_ago}}, [], {"policies_checked"}),
        ({"assessed": frozenset()}, [], {"assessment"}),
        ({"asked": frozenset()}, [], {"assessment"}),
    ):
        found = lacking(replace(every, **change), laws=laws, on=ON)
        assert {key for key, said in found.items() if said} == lacking_items, change


def test_papers_that_are_held_are_counted_for_the_new_contract_at_once():
    situation = Situation(new=False)
    contract = situation.contract()
    other = Contract.objects.create(
        reference="CT800", title="Respite", service="Respite", provider=contract.provider, starts_on=date(2015, 1, 1)
    )
    for policy, day in (("dbs", date(2016, 5, 1)), ("complaints", date(2016, 5, 2))):
        PolicyReview.objects.create(contract=other, policy=policy, reviewed_on=day)
    version = situation.award.tender.stage1
    version.content["sections"][0]["criteria"][0] |= {"key": "checks", "fact": "policy.dbs"}
    ToolkitVersion.objects.filter(pk=version.pk).update(content=version.content)
    document = Document.objects.create(
        title="DBS",
        file_name="dbs.pdf",
        media_type="application/pdf",
        size=3,
        sha256="a" * 64,
        added_at=AT,
        organisation=situation.award.bid.supplier,
        sensitivity="restricted",
    )
    BidDocument.objects.create(bid=situation.award.bid, document=document, criterion="checks")
    Stage1Decision.objects.create(
        bid=situation.award.bid,
        criterion="checks",
        decision="pass",
        reviewed_on=date(2016, 6, 1),
        decided_at=AT,
        decided_by=situation.commissioner,
    )
    Assessment.objects.create(contract=other, kind="board", completed_on=ON, valid_until=date(2017, 7, 1))
    officer = situation.officer
    assert [(each.label, each.day) for each in papers_held(contract, viewer=officer, on=ON)] == [
        (Policy("dbs").label, date(2016, 6, 1)),
        (Policy("complaints").label, date(2016, 5, 2)),
    ]
    take_papers(contract_id=contract.pk, act=Act(officer, AT, ON))
    found = {each.policy: each for each in PolicyReview.objects.filter(contract=contract)}
    assert {policy: each.reviewed_on for policy, each in found.items()} == {
        "dbs": date(2016, 6, 1),
        "complaints": date(2016, 5, 2),
    }
    shared = found["dbs"].document
    assert (shared.sha256, shared.sensitivity, shared.pk != document.pk) == ("a" * 64, "shared", True)
    with pytest.raises(RuleBroken, match="Nothing more"):
        take_papers(contract_id=contract.pk, act=Act(officer, AT, ON))
    partnership = a_user("partnership_officer")
    take_papers(contract_id=contract.pk, act=Act(partnership, AT, ON))
    assert contract.assessments.get().valid_until == date(2017, 7, 1)


def test_the_database_lets_no_service_go_live_without_a_decision():
    contract = Situation().contract()

    with pytest.raises(DatabaseError, match="goes live by a decision"):
        Contract.objects.filter(pk=contract.pk).update(state="live")


def test_the_database_takes_no_decision_without_a_reason_while_a_critical_item_is_open():
    situation = Situation()
    contract = situation.contract()

    with pytest.raises(DatabaseError, match="needs a reason"):
        GoLive.objects.create(contract=contract, decided_at=AT, decided_by=situation.officer, on=ON)


# --- a start that has passed ------------------------------------------------------------------------------------------


def late_flag(on: date) -> Flag | None:
    go_live.raise_go_live_flags(act=Act(None, AT, on))
    return Flag.objects.filter(kind="go_live_late").first()


def test_a_service_that_has_not_gone_live_on_its_first_day_is_flagged_on_the_day_after():
    Situation().contract()

    assert late_flag(START) is None
    flag = late_flag(START + timedelta(1))
    assert flag is not None
    assert set(flag.recipients.values_list("recipient", flat=True)) >= {"role:management_team", "role:commissioner"}


def test_the_flag_of_a_late_start_ends_when_the_service_goes_live():
    situation = Situation(new=False)
    contract = situation.contract()
    situation.do_critical()
    after = START + timedelta(2)
    late_flag(after)

    go_live.go_live(contract_id=contract.pk, act=Act(situation.officer, AT, after))

    assert Flag.objects.get(kind="go_live_late").state == "closed"


def test_another_first_day_is_the_contracts_too_with_the_day_from_which_it_is_statutory():
    situation = Situation()
    situation.contract()
    moved_to = date(2016, 9, 1)

    go_live.move_start(
        plan_id=situation.plan.pk, service_starts_on=moved_to, because="Sooner", act=Act(situation.commissioner, AT, ON)
    )

    contract = Contract.objects.get()
    assert (contract.starts_on, contract.statutory_from, contract.plan.service_starts_on) == (moved_to,) * 3


def test_a_service_does_not_start_after_its_contract_has_ended():
    situation = Situation()
    situation.contract()

    with pytest.raises(RuleBroken, match="The contract ends on 30 September 2019"):
        go_live.move_start(
            plan_id=situation.plan.pk,
            service_starts_on=date(2019, 10, 1),
            because="Later",
            act=Act(situation.commissioner, AT, ON),
        )
