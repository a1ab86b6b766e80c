"""When an item of an implementation plan is settled, and what holds up going live."""

from dataclasses import replace
from datetime import date

import pytest

from plumbline.commissioning.rules import implementation as rules
from plumbline.commissioning.rules.implementation import COUNCIL_CONTACTS, Item, Pack
from tests.refusals import code_of
from tests.unit.commissioning.test_tender_rules import asks, criterion

PACK = Pack(2, acknowledged=True, area_lead_confirmed=True, commissioner_confirmed=True)
TRAINING = Item(3, "training", "Staff are trained", critical=True, settled=False, lacks=("No plan is held.",))


def test_items_are_due_so_many_days_from_the_start_of_the_service() -> None:
    plan = asks(replace(criterion("a"), due_days=-14), replace(criterion("b"), critical=True))
    found = rules.items_due(plan, service_starts_on=date(2016, 9, 15))
    assert [(each.number, each.criterion, each.critical, each.due_on) for each in found] == [
        (1, "a", False, date(2016, 9, 1)),
        (2, "b", True, date(2016, 9, 15)),
    ]


@pytest.mark.parametrize(
    ("is_new", "pack", "said"),
    [
        (False, None, []),
        (False, replace(PACK, acknowledged=False), []),
        (True, None, ["have not been given"]),
        (True, PACK, []),
        (True, replace(PACK, acknowledged=False), ["not acknowledged pack 2"]),
        (True, replace(PACK, area_lead_confirmed=False), ["service-area lead has not confirmed"]),
        (True, replace(PACK, commissioner_confirmed=False), ["lead commissioner has not confirmed"]),
        (True, Pack(1, False, False, False), ["not acknowledged", "service-area lead", "lead commissioner"]),
    ],
)
def test_a_new_supplier_has_a_pack_that_is_acknowledged_and_confirmed_twice(is_new, pack, said) -> None:
    found = rules.pack_wanting(supplier_is_new=is_new, pack=pack)
    assert len(found) == len(said)
    assert [words in sentence for words, sentence in zip(said, found, strict=True)] == [True] * len(said)
    assert pack is None or not is_new or pack.settled is not bool(said)


def test_each_contact_of_the_council_that_is_missing_is_named() -> None:
    first, *rest = COUNCIL_CONTACTS
    assert rules.missing_contacts(list(COUNCIL_CONTACTS)) == ()
    assert rules.missing_contacts(rest) == (COUNCIL_CONTACTS[first],)


@pytest.mark.parametrize(
    ("state", "critical", "note", "has_evidence", "may_waive", "code"),
    [
        ("not_needed", False, " ", False, True, "missing_reason"),
        ("not_needed", False, "No building.", False, False, ""),
        ("not_needed", True, "No building.", False, False, "critical_item"),
        ("not_needed", True, "No building.", True, False, "critical_item"),
        ("not_needed", True, "No building.", False, True, ""),
        ("done", True, " ", False, True, "missing_evidence"),
        ("done", True, " ", True, False, ""),
        ("done", True, "Trained on 1 July.", False, False, ""),
        ("done", False, "", False, False, ""),
        ("in_progress", True, "", False, False, ""),
    ],
)
def test_a_critical_item_is_settled_by_evidence_or_by_who_may_waive_it(
    state, critical, note, has_evidence, may_waive, code
) -> None:
    given = {"state": state, "critical": critical, "note": note, "has_evidence": has_evidence}
    assert code_of(rules.check_settled, **given, may_waive=may_waive) == code


def test_what_the_record_lacks_is_not_met_by_a_word() -> None:
    assert (code_of(rules.check_met, ["No form."]), code_of(rules.check_met, ())) == ("not_in_record", "")


@pytest.mark.parametrize(
    ("was_new", "is_new", "because", "may_waive", "code"),
    [
        (True, False, " ", True, "missing_reason"),
        (True, False, "Known.", False, "critical_item"),
        (True, False, "Known.", True, ""),
        (True, True, "Known.", False, ""),
        (False, True, "Known.", False, ""),
        (False, False, "Known.", False, ""),
    ],
)
def test_a_new_supplier_is_said_to_be_known_by_who_may_waive_the_pack(
    was_new, is_new, because, may_waive, code
) -> None:
    given = {"was_new": was_new, "is_new": is_new, "because": because, "may_waive": may_waive}
    assert code_of(rules.check_said_new, **given) == code


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, ("Item 3, Staff are trained, is open. No plan is held.",)),
        ({"lacks": ()}, ("Item 3, Staff are trained, is open.",)),
        ({"settled": True}, ()),
        ({"critical": False}, ()),
    ],
)
def test_an_open_critical_item_holds_up_going_live(change: dict[str, object], said: tuple[str, ...]) -> None:
    assert rules.hindrances([replace(TRAINING, **change)], supplier_is_new=False, pack=None) == said


def test_a_pack_that_is_not_settled_holds_it_up_too() -> None:
    assert len(rules.hindrances([TRAINING], supplier_is_new=True, pack=None)) == 2
