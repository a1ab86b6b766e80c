"""Tenders from draft to closed: who may, what is refused, and what is left behind."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from plumbline.audit.models import Event
from plumbline.commissioning.access import AWARDED, SETTLED, bids_visible_to, tenders_opened_to, tenders_visible_to
from plumbline.commissioning.models import Evaluator, Tender
from plumbline.commissioning.operations import evaluation, tenders
from plumbline.commissioning.queries import tenders as queries
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.models import User
from tests.factories.tenders import TenderFactory
from tests.integration.commissioning.tendering import (
    AT,
    LATER,
    QUESTIONS,
    TODAY,
    a_bid,
    a_criterion,
    a_tender,
    a_user,
    a_version,
    act,
    details,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def commissioner():
    return a_user()


def test_a_draft_gets_a_reference_and_its_lead(commissioner) -> None:
    made = tenders.make_tender(details=details(), act=act(commissioner))
    assert (made.reference, made.lead_commissioner, made.state) == ("T2016-001", commissioner, "draft")


def test_a_draft_may_leave_out_what_is_not_known_yet(commissioner) -> None:
    made = a_tender(commissioner, stage1_id=None, questions_id=None, bids_due_on=None, service_starts_on=None)
    assert made.state == "draft"


def test_two_tenders_never_have_one_reference(commissioner) -> None:
    a_tender(commissioner, reference="R1")
    with pytest.raises(RuleBroken, match="Another tender has the reference R1"):
        a_tender(commissioner, reference="R1")


@pytest.mark.parametrize("role", ["contract_officer", "head_of_service", "evaluator", "provider_user"])
def test_only_a_commissioner_drafts(role) -> None:
    with pytest.raises(NotAllowed):
        tenders.make_tender(details=details(), act=act(a_user(role)))


def test_questions_whose_weights_add_to_99_are_not_taken(commissioner) -> None:
    light = a_version(a_criterion("q", "Q", answer="score_0_5", weight="99"))
    with pytest.raises(RuleBroken, match="add to 99"):
        a_tender(commissioner, questions_id=light.pk)


def test_a_version_that_is_not_published_is_not_taken(commissioner) -> None:
    draft = a_version(*QUESTIONS, state="draft")
    with pytest.raises(RuleBroken, match="not the published one"):
        a_tender(commissioner, questions_id=draft.pk)


def test_an_unfinished_draft_is_not_put_to_the_approver(commissioner) -> None:
    made = a_tender(commissioner, stage1_id=None)
    with pytest.raises(RuleBroken, match="Nothing goes out without stage 1"):
        tenders.ask_approval(tender_id=made.pk, act=act(commissioner))


def test_a_change_takes_the_request_for_approval_back(commissioner) -> None:
    made = a_tender(commissioner)
    tenders.ask_approval(tender_id=made.pk, act=act(commissioner))
    changed = tenders.edit_tender(tender_id=made.pk, details=details(value=Decimal(5)), act=act(commissioner))
    assert changed.approval_asked_at is None


def test_who_drafted_does_not_approve(commissioner) -> None:
    made = a_tender(commissioner)
    a_role = commissioner.roles_held.get()
    a_role.pk, a_role.role = None, "head_of_service"
    a_role.save()
    with pytest.raises(RuleBroken, match="Someone else approves"):
        tenders.approve_tender(tender_id=made.pk, act=act(User.objects.get(pk=commissioner.pk)))


def test_a_commissioner_may_not_approve_at_all(commissioner) -> None:
    made = a_tender(commissioner)
    with pytest.raises(NotAllowed):
        tenders.approve_tender(tender_id=made.pk, act=act(a_user()))


def test_an_approved_tender_is_not_edited(commissioner) -> None:
    made = a_tender(commissioner, state="approved")
    with pytest.raises(RuleBroken, match="Take the tender back to draft"):
        tenders.edit_tender(tender_id=made.pk, details=details(), act=act(commissioner))


def test_an_approver_sends_a_draft_back_with_the_reason(commissioner) -> None:
    made = a_tender(commissioner)
    tenders.ask_approval(tender_id=made.pk, act=act(commissioner))
    tenders.return_to_draft(tender_id=made.pk, because="Say which homes.", act=act(a_user("head_of_service")))
    assert queries.last_sent_back(made).because == "Say which homes."


def test_publishing_says_whether_a_safeguarding_question_is_scored(commissioner) -> None:
    assert a_tender(commissioner, state="published").scored_safeguarding


def test_publishing_says_where_none_is_scored(commissioner) -> None:
    plain = a_version(a_criterion("q", "Q", answer="score_0_5", weight="100"))
    assert not a_tender(commissioner, state="published", questions_id=plain.pk).scored_safeguarding


def test_the_database_publishes_nothing_without_stage_1(commissioner) -> None:
    made = a_tender(commissioner)
    with pytest.raises(DatabaseError, match="Nothing goes out without stage 1"), transaction.atomic():
        Tender.objects.filter(pk=made.pk).update(state="published", stage1=None)


def test_a_day_gone_by_since_approval_stops_publication(commissioner) -> None:
    made = a_tender(commissioner, state="approved")
    with pytest.raises(RuleBroken, match="must lie ahead"):
        tenders.publish_tender(tender_id=made.pk, act=act(commissioner, LATER))


def test_a_direct_award_goes_out_with_stage_1_and_its_reason(commissioner) -> None:
    made = a_tender(
        commissioner,
        state="closed",
        kind="direct_award",
        direct_award_reason="The child is settled there.",
        questions_id=None,
        bids_due_on=None,
    )
    assert made.state == "closed"


def test_a_call_off_names_its_framework(commissioner) -> None:
    framework = a_tender(commissioner, state="published", kind="framework")
    made = a_tender(commissioner, state="published", kind="call_off", framework_id=framework.pk)
    assert made.framework == framework


def test_a_tender_is_not_closed_while_bids_may_come(commissioner) -> None:
    made = a_tender(commissioner, state="published")
    with pytest.raises(RuleBroken, match="Bids may come until"):
        tenders.close_tender(tender_id=made.pk, act=act(commissioner))


def test_more_time_for_bids_is_given_with_a_reason(commissioner) -> None:
    made = a_tender(commissioner, state="published")
    longer = tenders.extend_bids(
        tender_id=made.pk, bids_due_on=date(2016, 9, 20), because="Holidays.", act=act(commissioner)
    )
    assert longer.bids_due_on == date(2016, 9, 20)


def test_stage_1_does_not_begin_without_a_bid(commissioner) -> None:
    made = a_tender(commissioner, state="closed")
    with pytest.raises(RuleBroken, match="No bid is entered"):
        tenders.begin_stage1(tender_id=made.pk, act=act(commissioner, LATER))


def test_stage_1_does_not_begin_before_conflicts_are_decided(commissioner) -> None:
    made = a_tender(commissioner, state="closed")
    a_bid(commissioner, made)
    tenders.record_conflict(
        tender_id=made.pk, person="Owen Tibbs", conflict="His sister works there.", act=act(commissioner)
    )
    with pytest.raises(RuleBroken, match="conflict of interest of Owen Tibbs"):
        tenders.begin_stage1(tender_id=made.pk, act=act(commissioner, LATER))


def test_nobody_decides_on_their_own_conflict(commissioner) -> None:
    made = a_tender(commissioner)
    found = tenders.record_conflict(
        tender_id=made.pk, person=commissioner.name, conflict="Shares.", act=act(commissioner)
    )
    with pytest.raises(RuleBroken, match="your own conflict"):
        tenders.decide_conflict(conflict_id=found.pk, decided="It is fine.", act=act(commissioner))


def test_a_tender_is_abandoned_with_a_reason(commissioner) -> None:
    made = a_tender(commissioner, state="published")
    with pytest.raises(RuleBroken, match="why the tender is abandoned"):
        tenders.abandon_tender(tender_id=made.pk, because=" ", act=act(commissioner))


def test_what_is_abandoned_stays_so(commissioner) -> None:
    made = a_tender(commissioner)
    tenders.abandon_tender(tender_id=made.pk, because="No money.", act=act(commissioner))
    with pytest.raises(RuleBroken, match="Cannot move from Abandoned"):
        tenders.approve_tender(tender_id=made.pk, act=act(a_user("director")))


def test_every_step_stands_in_the_trail(commissioner) -> None:
    made = a_tender(commissioner, state="closed")
    kinds = Event.objects.filter(subject_type="commissioning.tender", subject_id=str(made.pk)).order_by("no")
    assert [event.kind.split(".")[2] for event in kinds] == ["drafted", "approved", "published", "closed"]


@pytest.mark.parametrize(("role", "sees"), [
    ("commissioner", 1), ("contract_officer", 1), ("performance_analyst", 1), ("head_of_service", 1),
    ("evaluator", 0), ("provider_user", 0), ("elected_member", 0), ("social_worker", 0),
])  # fmt: skip
def test_who_sees_a_tender(commissioner, role, sees) -> None:
    a_tender(commissioner)
    assert tenders_visible_to(a_user(role), on=TODAY).count() == sees


@pytest.mark.parametrize(("role", "opened"), [
    ("commissioner", set(Tender.State.values)), ("director", SETTLED), ("management_team", SETTLED),
    ("head_of_service", SETTLED), ("contract_officer", AWARDED), ("service_area_lead", AWARDED),
    ("performance_analyst", AWARDED), ("evaluator", set()), ("provider_user", set()),
])  # fmt: skip
def test_in_which_states_a_tender_is_open_to_a_role(role, opened) -> None:
    for state in Tender.State.values:
        TenderFactory(state=state, abandoned_because="No money." if state == "abandoned" else "")
    assert set(tenders_opened_to(a_user(role), on=TODAY).values_list("state", flat=True)) == opened


@pytest.mark.parametrize(("role", "reads"), [("commissioner", True), ("contract_officer", False)])
def test_a_conflict_is_read_by_whom_the_tender_is_open_to_and_by_who_recorded_it(commissioner, role, reads) -> None:
    tender, officer = a_tender(commissioner, state="closed"), a_user("contract_officer")
    tenders.record_conflict(tender_id=tender.pk, person="Owen", conflict="Shares.", act=act(officer))
    seen = [queries.conflicts_of(viewer, tender=tender, on=TODAY).exists() for viewer in (officer, a_user(role))]
    assert seen == [True, reads]


@pytest.mark.parametrize(("role", "kinds"), [
    ("commissioner", {"tender", "bid", "tenderconflict", "evaluator"}), ("performance_analyst", {"tender"}),
])  # fmt: skip
def test_the_history_of_a_tender_says_of_its_bids_what_is_open(commissioner, role, kinds) -> None:
    tender = a_tender(commissioner, state="closed")
    a_bid(commissioner, tender)
    tenders.record_conflict(tender_id=tender.pk, person="Owen", conflict="Shares.", act=act(commissioner))
    evaluation.assign_evaluator(tender_id=tender.pk, user_id=a_user("evaluator").pk, act=act(commissioner))
    said = queries.history_of(a_user(role), tender=tender, on=LATER)
    assert {event.subject_type.partition(".")[2] for event in said} == kinds


def test_an_evaluator_sees_only_the_tenders_they_evaluate(commissioner) -> None:
    own, _ = a_tender(commissioner), a_tender(commissioner)
    evaluator = a_user("evaluator")
    Evaluator.objects.create(tender=own, user=evaluator)
    assert list(tenders_visible_to(evaluator, on=TODAY)) == [own]


@pytest.mark.parametrize(("said", "sees"), [
    ({"declared": "not_yet"}, 0),
    ({"declared": "none"}, 1),
    ({"declared": "conflict", "conflict": "A bidder's sister."}, 0),
    ({"declared": "conflict", "conflict": "A bidder's sister.", "decided_at": AT, "excluded": True,
      "decided_because": "Too near."}, 0),
    ({"declared": "conflict", "conflict": "Once a governor.", "decided_at": AT}, 1),
])  # fmt: skip
def test_an_evaluator_sees_no_bid_before_they_are_cleared_whatever_their_role(commissioner, said, sees) -> None:
    tender = a_tender(commissioner, state="closed")
    a_bid(commissioner, tender)
    evaluator = a_user("commissioner")
    decided_by = commissioner if "decided_at" in said else None
    Evaluator.objects.create(tender=tender, user=evaluator, decided_by=decided_by, **said)
    assert bids_visible_to(evaluator, on=LATER).count() == sees


# --- call-offs, and other leads


def test_a_call_off_from_one_supplier_needs_neither_scored_questions_nor_a_standstill(commissioner) -> None:
    framework = a_tender(commissioner, kind="framework")
    made = a_tender(
        commissioner,
        state="published",
        kind="call_off",
        framework_id=framework.pk,
        questions_id=None,
        light_touch=False,
    )
    assert (made.state, made.scored_safeguarding) == ("published", False)


def hand_over(tender, lead, *, by, because="On leave."):
    return tenders.hand_over(
        tender_id=tender.pk, lead_commissioner_id=lead.pk, service_area_lead_id=None, because=because, act=act(by)
    )


def test_the_lead_hands_a_tender_over(commissioner) -> None:
    other = a_user()
    made = hand_over(a_tender(commissioner, state="published"), other, by=commissioner)
    assert (made.lead_commissioner, Event.objects.get(kind="commissioning.tender.handed_over").because) == (
        other,
        "On leave.",
    )


def test_where_the_lead_is_gone_who_approves_tenders_hands_it_over(commissioner) -> None:
    other = a_user()
    assert hand_over(a_tender(commissioner), other, by=a_user("head_of_service")).lead_commissioner == other


def test_no_other_commissioner_takes_a_tender_over(commissioner) -> None:
    other = a_user()
    with pytest.raises(NotAllowed):
        hand_over(a_tender(commissioner), other, by=other)


def test_a_tender_is_not_handed_over_without_a_reason(commissioner) -> None:
    with pytest.raises(RuleBroken, match="Say why"):
        hand_over(a_tender(commissioner), a_user(), by=commissioner, because=" ")


def test_a_tender_is_not_handed_over_to_an_evaluator_with_an_undecided_conflict(commissioner) -> None:
    made, other = a_tender(commissioner, state="closed"), a_user()
    Evaluator.objects.create(tender=made, user=other, declared="conflict", conflict="A share.", declared_at=AT)
    with pytest.raises(RuleBroken, match="is not cleared to"):
        hand_over(made, other, by=commissioner)
