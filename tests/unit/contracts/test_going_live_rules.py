"""What the record says of the items of a plan that it meets by itself; how those told of incidents are reached."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from plumbline.commissioning.rules.implementation import (
    CONTACTS_ITEM,
    COUNCIL_CONTACTS,
    SAFEGUARDING_LEADS_ITEM,
    SUPPLIER_CONTACTS,
)
from plumbline.contracts.rules import contacts
from plumbline.contracts.rules.assurance import KINDS
from plumbline.contracts.rules.contacts import Way
from plumbline.contracts.rules.go_live import ASSESSMENT_ITEM, FORM_ITEM, KNOWN, POLICIES_ITEM, Held, lacking
from plumbline.contracts.rules.rating import BOOK, POLICIES, LawChange
from tests.refusals import code_of

TODAY = date(2016, 7, 29)
REVIEWED = TODAY - timedelta(30)
POLICY = next(iter(POLICIES))
KIND = next(iter(KINDS))
WHOLE = Held(
    begun=True,
    council_roles=frozenset(COUNCIL_CONTACTS),
    supplier_roles=frozenset(SUPPLIER_CONTACTS),
    form_waits=(),
    reviews=dict.fromkeys(POLICIES, REVIEWED),
    needed=(KIND,),
    assessed=frozenset({KIND}),
)


def lacks(laws: tuple[LawChange, ...] = (), **change: object) -> dict[str, tuple[str, ...]]:
    """What is not there, of the items of which something is not."""
    found = lacking(replace(WHOLE, **change), laws=laws, on=TODAY)
    assert set(found) == KNOWN
    return {item: said for item, said in found.items() if said}


def test_nothing_lacks_where_all_is_held() -> None:
    assert lacks() == {}


def test_before_the_contract_is_entered_only_contacts_can_be_met() -> None:
    said = ("The contract is not entered yet.",)
    assert lacks(begun=False) == dict.fromkeys((FORM_ITEM, POLICIES_ITEM, ASSESSMENT_ITEM), said)


def test_each_contact_that_is_missing_is_named_on_its_item() -> None:
    first, *rest = COUNCIL_CONTACTS
    found = lacks(council_roles=frozenset(rest))
    assert set(found) == {CONTACTS_ITEM}
    assert found[CONTACTS_ITEM][0].endswith(f"Missing: {COUNCIL_CONTACTS[first]}.")
    first, *rest = SUPPLIER_CONTACTS
    assert set(lacks(supplier_roles=frozenset(rest))) == {CONTACTS_ITEM, SAFEGUARDING_LEADS_ITEM}


def test_a_pack_that_is_not_settled_holds_up_the_contacts() -> None:
    assert lacks(pack_settled=False) == {CONTACTS_ITEM: ("The supplier is new, and its pack is not settled.",)}


@pytest.mark.parametrize(
    ("waits", "said"),
    [
        (None, "No serious-incident form is written for this contract."),
        (("the provider",), "The serious-incident form is not agreed yet by: the provider."),
    ],
)
def test_the_form_is_written_and_agreed(waits, said: str) -> None:
    assert lacks(form_waits=waits) == {FORM_ITEM: (said,)}


YEAR = timedelta(BOOK.days["policy_review"])


@pytest.mark.parametrize(
    ("reviewed_on", "law", "said"),
    [
        (TODAY - YEAR, None, ""),
        (TODAY - YEAR - timedelta(1), None, "more than a year ago"),
        (REVIEWED, REVIEWED, ""),
        (REVIEWED, REVIEWED + timedelta(1), "before the law changed: The new law."),
        (REVIEWED, TODAY, "before the law changed: The new law."),
        (REVIEWED, TODAY + timedelta(1), ""),
    ],
)
def test_a_policy_was_reviewed_within_the_year_and_since_the_law_changed(reviewed_on, law, said: str) -> None:
    laws = (LawChange("The new law", law, law, frozenset({POLICY})),) if law else ()
    found = lacks(laws, reviews={**WHOLE.reviews, POLICY: reviewed_on})
    assert [words.rstrip(".").endswith(said.rstrip(".")) for words in found.get(POLICIES_ITEM, ())] == [True] * bool(
        said
    )


def test_policies_that_were_not_received_are_named() -> None:
    assert lacks(reviews=None)[POLICIES_ITEM] == (f"Not received yet: {', '.join(POLICIES.values())}.",)


@pytest.mark.parametrize(
    ("assessed", "asked", "met"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_an_assessment_is_held_or_asked_for(assessed: bool, asked: bool, met: bool) -> None:
    one = frozenset({KIND})
    found = lacks(assessed=one if assessed else frozenset(), asked=one if asked else frozenset())
    assert set(found) == (set() if met else {ASSESSMENT_ITEM})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, ""),
        ({"phone": "ring the office"}, "wrong_phone"),
        ({"phone": "", "email": ""}, "missing_words"),
        ({"phone": "", "email": "lado@fenmarsh.example"}, ""),
        ({"phone": "", "form_url": "https://fenmarsh.example/lado"}, ""),
        ({"form_url": "http://fenmarsh.example/lado"}, "wrong_address"),
        ({"form_url": "https://fenmarsh"}, "wrong_address"),
        ({"phone": "", "hours": ""}, ""),
    ],
)
def test_an_office_is_reached_by_a_number_an_address_or_a_form(change: dict[str, str], code: str) -> None:
    way = replace(Way(phone="01632 960 001", hours="9 to 5"), **change)
    assert code_of(contacts.check, "lado", way) == code


def test_no_office_is_kept_for_who_differs_from_child_to_child() -> None:
    assert code_of(contacts.check, "caseworker", Way(phone="01632 960 001")) == "unknown_recipient"


@pytest.mark.parametrize(
    ("phone", "tel"),
    [
        ("01632 960 001", "01632960001"),
        ("+44 1632 960001 ext 4", "+441632960001"),
        ("999", "999"),
        ("12", ""),
        ("", ""),
    ],
)
def test_a_number_is_dialled_without_its_extension(phone: str, tel: str) -> None:
    assert Way(phone=phone).tel == tel


def test_what_the_contract_has_of_its_own_goes_before_what_the_county_has() -> None:
    own, county = Way(phone="1", own=True), Way(phone="2", email="e", hours="9 to 5")
    assert contacts.first_of([own, county]) == Way("1", "e", "", "9 to 5", own=True)
    assert contacts.first_of([county]) == county
    assert contacts.first_of([]) == Way()


@pytest.mark.parametrize(
    ("on", "unread"), [(date(2016, 8, 1), False), (date(2016, 8, 2), False), (date(2016, 8, 3), True)]
)
def test_an_office_has_a_whole_working_day_to_read(on: date, unread: bool) -> None:
    assert contacts.is_unread(TODAY, on=on, holidays={date(2016, 8, 1)}) is unread
