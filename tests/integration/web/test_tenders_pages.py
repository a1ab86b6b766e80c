"""The pages of tenders from draft to stage 1: who reaches them, what they say, and that their forms do it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from plumbline.commissioning.models import Bid, Evaluator, Stage1Decision, Tender
from plumbline.commissioning.operations import tenders
from plumbline.commissioning.queries.next_step import facts_of
from plumbline.commissioning.rules.next_step import WAITS, Step, next_step
from plumbline.people.models import User
from tests.duties import duties_of
from tests.factories.tenders import TenderFactory
from tests.integration.commissioning.tendering import (
    COUNCIL,
    LATER,
    PDF,
    STAGE1,
    a_bid,
    a_supplier,
    a_tender,
    a_user,
    a_version,
    act,
    failed,
    in_stage1,
)
from tests.queries import assert_constant_queries

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]

OUR_DAY = date(2016, 7, 31)


@pytest.fixture
def commissioner() -> User:
    return a_user()


def day(name: str, value: date, prefix: str = "") -> dict[str, Any]:
    name = f"{prefix}-{name}" if prefix else name
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def later(settings, monkeypatch) -> None:
    """The pages take the day after bids closed for today."""
    settings.TODAY = LATER


def test_a_draft_is_begun_and_leads_to_what_is_asked(page: Callable[[User], Client], commissioner: User) -> None:
    answer = page(commissioner).post(
        "/tenders/new/",
        {
            "title": "Respite care",
            "service": "Respite",
            "kind": "competition",
            "body": "children",
            "value": "£12,500.40",
        },
    )
    made = Tender.objects.get()
    assert (answer["Location"], str(made.value)) == (f"/tenders/{made.pk}/edit/asked/", "12500.40")


def test_a_draft_says_what_is_missing(page: Callable[[User], Client], commissioner: User) -> None:
    tender = a_tender(commissioner, stage1_id=None)
    assert "Nothing goes out without stage 1" in words(page(commissioner).get(f"/tenders/{tender.pk}/"))


def test_the_timetable_is_saved(page: Callable[[User], Client], commissioner: User) -> None:
    tender = a_tender(commissioner)
    page(commissioner).post(
        f"/tenders/{tender.pk}/edit/timetable/",
        {
            **day("bids_due_on", date(2016, 9, 5)),
            **day("implementation_from", date(2016, 10, 1)),
            **day("service_starts_on", date(2017, 1, 1)),
            "light_touch": "on",
            "standstill_days": "8",
        },
    )
    tender.refresh_from_db()
    assert (tender.bids_due_on, tender.standstill_days) == (date(2016, 9, 5), 8)


def test_only_questions_whose_weights_add_to_100_are_offered(
    page: Callable[[User], Client], commissioner: User
) -> None:
    tender = a_tender(commissioner)
    light = a_version({**STAGE1[0], "answer": "score_0_5", "weight": "99"})
    assert f'value="{light.pk}"' not in words(page(commissioner).get(f"/tenders/{tender.pk}/edit/asked/"))


def test_a_draft_is_put_to_the_head_of_service_and_approved(page: Callable[[User], Client], commissioner: User) -> None:
    tender, head = a_tender(commissioner), a_user("head_of_service")
    page(commissioner).post(f"/tenders/{tender.pk}/ask-approval/")
    assert "Read the tender, and approve it" in words(page(head).get(f"/tenders/{tender.pk}/"))
    page(head).post(f"/tenders/{tender.pk}/approve/", {"because": ""})
    tender.refresh_from_db()
    assert tender.state == "approved"


def test_a_draft_is_sent_back_with_the_reason(page: Callable[[User], Client], commissioner: User) -> None:
    tender, head = a_tender(commissioner), a_user("head_of_service")
    page(commissioner).post(f"/tenders/{tender.pk}/ask-approval/")
    page(head).post(f"/tenders/{tender.pk}/approve/", {"do": "back", "because": "Say which homes."})
    assert "Say which homes." in words(page(commissioner).get(f"/tenders/{tender.pk}/"))


def test_a_tender_is_published_on_its_page(page: Callable[[User], Client], commissioner: User) -> None:
    tender = a_tender(commissioner, state="approved")
    page(commissioner).post(f"/tenders/{tender.pk}/publish/")
    tender.refresh_from_db()
    assert (tender.state, tender.published_on) == ("published", OUR_DAY)


def test_closing_too_early_is_refused_with_a_sentence(page: Callable[[User], Client], commissioner: User) -> None:
    tender = a_tender(commissioner, state="published")
    answer = page(commissioner).post(f"/tenders/{tender.pk}/close/", follow=True)
    assert answer.redirect_chain == [(f"/tenders/{tender.pk}/", 302)]
    assert "Bids may come until the end of 1 September 2016" in words(answer)


def test_a_bid_is_entered_for_a_new_supplier(page: Callable[[User], Client], commissioner: User) -> None:
    tender = a_tender(commissioner, state="closed")
    client = page(commissioner)
    answer = client.post(f"/tenders/{tender.pk}/bids/supplier/", {"name": "Ash Ltd", "GB-COH": "01234567"})
    client.post(answer["Location"], {**day("received_on", date(2016, 7, 30)), "received_time": "11:58", "price": ""})
    bid = Bid.objects.get()
    assert (bid.supplier.name, bid.received_at.isoformat()) == ("Ash Ltd", "2016-07-30T10:58:00+00:00")


def test_a_supplier_is_found_by_its_number(page: Callable[[User], Client], commissioner: User) -> None:
    tender, supplier = a_tender(commissioner, state="closed"), a_supplier("Oak and Daughters")
    supplier.identifiers.create(scheme="GB-COH", value="01234567")
    assert f"?supplier={supplier.pk}" in words(
        page(commissioner).get(f"/tenders/{tender.pk}/bids/enter/", {"q": "0123 4567"})
    )


def test_a_missing_paper_cannot_fail_before_it_was_asked_for(
    page: Callable[[User], Client], commissioner: User
) -> None:
    bid = in_stage1(commissioner)[0]
    answer = page(commissioner).post(
        f"/bids/{bid.pk}/stage1/policy/", {"do": "decide", "decision": "fail", "reason": "No policy."}
    )
    assert "Ask the bidder for them first" in words(answer)


def test_a_decision_leads_to_the_next_criterion(page: Callable[[User], Client], commissioner: User) -> None:
    bid = in_stage1(commissioner)[0]
    answer = page(commissioner).post(f"/bids/{bid.pk}/stage1/section11/", {"do": "decide", "decision": "pass"})
    assert answer["Location"] == f"/bids/{bid.pk}/stage1/policy/"


def test_the_bidder_is_asked_from_the_page(page: Callable[[User], Client], commissioner: User) -> None:
    bid = in_stage1(commissioner)[0]
    page(commissioner).post(
        f"/bids/{bid.pk}/stage1/policy/",
        {
            "do": "ask",
            "ask-asked": "Please send it.",
            **day("due_on", date(2016, 9, 9), "ask"),
        },
    )
    assert Stage1Decision.objects.get(bid=bid).clarification_due_on == date(2016, 9, 9)


def test_several_criteria_pass_at_once(page: Callable[[User], Client], commissioner: User) -> None:
    bid = in_stage1(commissioner)[0]
    page(commissioner).post(f"/bids/{bid.pk}/stage1/", {"criteria": ["section11"]})
    assert Stage1Decision.objects.get(bid=bid).decision == "pass"


def test_a_failed_bid_leads_to_its_letter(page: Callable[[User], Client], commissioner: User, later: None) -> None:
    bid = in_stage1(commissioner)[0]
    client = page(commissioner)
    client.post(f"/bids/{bid.pk}/stage1/section11/", {"do": "decide", "decision": "fail", "reason": "No idea of it."})
    client.post(f"/bids/{bid.pk}/stage1/policy/", {"do": "decide", "decision": "pass", "reason": "Seen at the portal."})
    answer = client.post(f"/bids/{bid.pk}/outcome/")
    assert (answer["Location"], COUNCIL in words(client.get(answer["Location"]))) == (f"/bids/{bid.pk}/letter/", True)


def test_a_paper_of_a_bid_is_taken_out_by_who_sees_the_bid_and_nobody_else(
    page: Callable[[User], Client], commissioner: User, settings, tmp_path
) -> None:
    settings.HOME = tmp_path
    bid = in_stage1(commissioner)[0]
    client = page(commissioner)
    client.post(
        f"/bids/{bid.pk}/papers/",
        {
            "document": SimpleUploadedFile("policy.pdf", PDF),
            "criteria": ["policy"],
            "title": "Policy",
        },
    )
    paper = bid.documents.get()
    address = f"/bids/{bid.pk}/papers/{paper.document_id}/"
    evaluator = a_user("evaluator")
    Evaluator.objects.create(tender=bid.tender, user=evaluator, declared="none")
    seen = [page(user).get(address).status_code for user in (commissioner, a_user("provider_user"), evaluator)]
    assert seen == [200, 404, 404]


def test_an_evaluator_who_has_not_declared_sees_no_bid(page: Callable[[User], Client], commissioner: User) -> None:
    bid = in_stage1(commissioner)[0]
    lead = a_user("service_area_lead")
    Evaluator.objects.create(tender=bid.tender, user=lead)
    answers = [page(lead).get(path) for path in (f"/bids/{bid.pk}/", f"/tenders/{bid.tender_id}/stage1/")]
    assert (answers[0].status_code, bid.supplier.name in words(answers[1])) == (404, False)


def test_who_reads_tenders_cannot_change_them(page: Callable[[User], Client], commissioner: User) -> None:
    bid = in_stage1(commissioner)[0]
    officer = page(a_user("contract_officer"))
    codes = [
        officer.get(path).status_code
        for path in (
            f"/tenders/{bid.tender_id}/",
            f"/bids/{bid.pk}/",
            f"/tenders/{bid.tender_id}/edit/what/",
            f"/bids/{bid.pk}/outcome/",
            f"/tenders/{bid.tender_id}/approve/",
        )
    ]
    assert codes == [200, 404, 404, 404, 404]


def test_every_page_of_a_tender_opens(page: Callable[[User], Client], commissioner: User, later: None) -> None:
    stopped, bid = in_stage1(commissioner, number=2)
    failed(commissioner, stopped)
    draft = a_tender(commissioner)
    conflict = tenders.record_conflict(tender_id=draft.pk, person="Owen", conflict="Shares.", act=act(commissioner))
    pk = bid.tender_id
    client = page(commissioner)
    wrong = {
        path: code
        for path in (
            "/tenders/",
            "/tenders/new/",
            f"/tenders/{pk}/",
            f"/tenders/{pk}/bids/",
            f"/tenders/{pk}/stage1/",
            f"/tenders/{pk}/conflicts/",
            f"/tenders/{pk}/history/",
            f"/tenders/{pk}/abandon/",
            f"/tenders/{pk}/bids/enter/",
            f"/tenders/{pk}/bids/enter/?q=Supplier",
            f"/tenders/{pk}/bids/supplier/",
            f"/tenders/{pk}/bids/file/",
            f"/bids/{bid.pk}/",
            f"/bids/{bid.pk}/answers/",
            f"/bids/{bid.pk}/papers/",
            f"/bids/{bid.pk}/stage1/",
            f"/bids/{bid.pk}/stage1/policy/",
            f"/bids/{bid.pk}/exclusion/mandatory/",
            f"/bids/{bid.pk}/outcome/",
            f"/bids/{bid.pk}/withdraw/",
            f"/bids/{stopped.pk}/",
            f"/bids/{stopped.pk}/letter/",
            f"/tenders/{draft.pk}/",
            f"/tenders/{draft.pk}/stage1/",
            f"/tenders/{draft.pk}/bids/",
            *(f"/tenders/{draft.pk}/edit/{part}/" for part in ("what", "asked", "timetable", "people")),
            f"/tenders/{draft.pk}/publish/",
            f"/tenders/{draft.pk}/redraft/",
            f"/tenders/{draft.pk}/extend/",
            f"/tenders/{draft.pk}/conflicts/{conflict.pk}/",
            "/tenders/?format=csv",
        )
        if (code := client.get(path).status_code) != 200
    }
    assert wrong == {}


def test_the_list_has_as_many_queries_for_many_tenders(page: Callable[[User], Client], commissioner: User) -> None:
    client = page(commissioner)
    a_tender(commissioner)

    def more() -> None:
        for _ in range(5):
            in_stage1(commissioner, number=2)

    assert_constant_queries(lambda: client.get("/tenders/"), more=more)


def test_the_board_has_as_many_queries_for_many_bids(page: Callable[[User], Client], commissioner: User) -> None:
    bid = in_stage1(commissioner, number=2)[0]
    client = page(commissioner)

    def more() -> None:
        for _ in range(5):
            a_bid(commissioner, bid.tender)

    assert_constant_queries(lambda: client.get(f"/tenders/{bid.tender_id}/stage1/"), more=more)


def test_my_work_gives_a_commissioner_what_is_next(page: Callable[[User], Client], commissioner: User) -> None:
    a_tender(commissioner, state="approved")
    assert "Respite care: publish it" in words(page(commissioner).get("/"))


def test_my_work_leaves_out_what_waits_for_others(page: Callable[[User], Client], commissioner: User) -> None:
    a_tender(commissioner, state="published")
    assert page(commissioner).get("/").context["work"].total == 0


def test_my_work_gives_an_approver_the_draft_that_was_put_to_them(
    page: Callable[[User], Client], commissioner: User
) -> None:
    tender = a_tender(commissioner)
    tenders.ask_approval(tender_id=tender.pk, act=act(commissioner))
    assert "May “Respite care” go out?" in words(page(a_user("management_team")).get("/"))


def test_my_work_gives_the_letter_to_send(page: Callable[[User], Client], commissioner: User) -> None:
    bid = failed(commissioner, in_stage1(commissioner)[0])
    assert f"Send the letter to {bid.supplier.name}" in words(page(commissioner).get("/"))


def test_an_evaluator_finds_tenders_in_the_menu(page: Callable[[User], Client]) -> None:
    assert 'href="/tenders/"' in words(page(a_user("evaluator")).get("/"))


def test_what_is_missing_leads_to_where_it_is_said(page: Callable[[User], Client], commissioner: User) -> None:
    tender = a_tender(commissioner, stage1_id=None)
    assert f'href="/tenders/{tender.pk}/edit/asked/">Mend it' in words(page(commissioner).get(f"/tenders/{tender.pk}/"))


def test_an_evaluator_is_led_to_their_own_page(page: Callable[[User], Client], commissioner: User) -> None:
    bid = in_stage1(commissioner)[0]
    evaluator = a_user("evaluator")
    Evaluator.objects.create(tender=bid.tender, user=evaluator)
    assert f'href="/tenders/{bid.tender_id}/evaluation/"' in words(page(evaluator).get(f"/tenders/{bid.tender_id}/"))


def test_the_supplier_of_a_direct_award_is_entered_without_closing_to_bids_first(
    page: Callable[[User], Client], commissioner: User
) -> None:
    tender = a_tender(
        commissioner,
        state="published",
        kind="direct_award",
        direct_award_reason="Settled there.",
        questions_id=None,
        bids_due_on=None,
    )
    assert "Enter the supplier’s papers" in words(page(commissioner).get(f"/tenders/{tender.pk}/"))


def test_bids_are_taken_from_a_file_and_a_row_that_is_not_says_why(
    page: Callable[[User], Client], commissioner: User, later: None
) -> None:
    tender = a_tender(commissioner, state="closed")
    file = SimpleUploadedFile("../bids.csv", b"Supplier,Received\nAsh Ltd,30/08/2016\nOak,31/02/2016\n")
    answer = words(page(commissioner).post(f"/tenders/{tender.pk}/bids/file/", {"file": file}))
    assert ("Row 3, Oak: received: “31/02/2016” is no day." in answer, tender.bids.get().supplier.name) == (
        True,
        "Ash Ltd",
    )


def test_a_tender_is_handed_over_on_its_page(page: Callable[[User], Client], commissioner: User) -> None:
    made, other = a_tender(commissioner, state="published"), a_user()
    page(commissioner).post(
        f"/tenders/{made.pk}/hand-over/", {"lead_commissioner_id": other.pk, "because": "On leave."}
    )
    made.refresh_from_db()
    assert made.lead_commissioner == other


@pytest.mark.parametrize("state", Tender.State.values)
def test_every_page_of_a_tender_says_the_same_of_what_comes_next(page, state) -> None:
    because = {"abandoned_because": "No money."} if state == "abandoned" else {}
    made = TenderFactory(state=state, **because)
    step = next_step(facts_of(made, on=LATER), on=LATER)
    said = [page(made.lead_commissioner).get(f"/tenders/{made.pk}/{tab}").content.decode() for tab in ("", "award/")]
    if state == "abandoned":
        assert step is None
        assert not any("Recommend a bid" in text for text in said)
    elif state in ("recommendation", "standstill"):
        assert step == Step.RECOMMEND
        assert all("Recommend a bid" in text for text in said)
    waiting = [seen.item.kind for seen in duties_of(made.lead_commissioner, LATER)]
    of_evaluation = ("evaluation", "moderation", "recommendation", "standstill", "awarded")
    assert (f"tender.{step}" in waiting) == (state in of_evaluation and step not in WAITS)
