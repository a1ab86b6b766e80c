"""Whom to tell about a contract: the person whom it names alone, else everybody who holds the role."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from plumbline.contracts.models import Contract
from plumbline.contracts.operations import people, rating, register
from plumbline.contracts.queries.register import people_to_map
from plumbline.exchange.contracts import import_contracts
from plumbline.flags.models import Flag, FlagFor, Message
from plumbline.flags.queries import flags_for
from plumbline.kernel.errors import RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import Professional, RoleHeld, User
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2016, 3, 1, 9, 30, tzinfo=UTC)
TODAY = date(2016, 3, 1)
NOW = Act(None, AT, TODAY)
HEADER = (
    "contract_id,title,provider,contract_manager,service_area_lead,start,end,value,statutory_from,setting_urns,kind"
)


def officer(**more: object) -> User:
    number = User.objects.count()
    return UserFactory(role="contract_officer", email=f"officer{number}@example.org", **more)


def handed_in(folder: Path, manager: str, area_lead: str = "", number: str = "CT900") -> Contract:
    """A contract that is red: no assessment, and at a setting that is adverse, of which people are told at once."""
    row = f"{number},A,Fenside,{manager},{area_lead},2016-01-01,,,,,block"
    (folder / "contracts.csv").write_text(f"{HEADER}\n{row}\n")
    import_contracts(folder, act=NOW)
    return Contract.objects.get(reference=number)


def told(contract: Contract) -> set[str]:
    return set(
        FlagFor.objects.filter(flag__subject_id=contract.pk, flag__state="open", to_at=None).values_list(
            "recipient", flat=True
        )
    ) - {"role:management_team"}


ALL_LEADS = "role:service_area_lead"


def test_where_nobody_is_named_all_of_the_role_are_told(tmp_path: Path) -> None:
    both = {officer(), officer()}
    contract = handed_in(tmp_path, "")
    assert told(contract) == {"role:contract_officer", ALL_LEADS}
    assert all(flags_for(each, on=TODAY).exists() for each in both)


def test_a_name_that_is_nobodys_is_told_to_all_of_the_role(tmp_path: Path) -> None:
    officer()
    assert told(handed_in(tmp_path, "CM3")) == {"role:contract_officer", ALL_LEADS}


def test_a_name_that_belongs_to_a_professional_who_never_signs_in_is_told_to_all_of_the_role(tmp_path: Path) -> None:
    Professional.objects.create(source_id="CM3", name="Beth Larkin", sort_key="beth larkin")
    assert told(handed_in(tmp_path, "CM3")) == {"role:contract_officer", ALL_LEADS}


@pytest.mark.parametrize("named", ["beth", "BETH", "Beth Larkin", "beth  larkin"])
def test_the_manager_whom_the_file_names_alone_is_told(tmp_path: Path, named: str) -> None:
    beth, other = officer(username="beth", name="Beth Larkin"), officer()
    contract = handed_in(tmp_path, named)
    assert (contract.manager, told(contract)) == (beth, {"user:beth", ALL_LEADS})
    assert (flags_for(beth, on=TODAY).count(), flags_for(other, on=TODAY).count()) == (1, 0)


def test_a_manager_whom_the_records_of_social_care_know_is_told_under_their_number(tmp_path: Path) -> None:
    known = Professional.objects.create(source_id="CM3", name="Beth Larkin", sort_key="beth larkin")
    officer(username="beth", professional=known)
    assert told(handed_in(tmp_path, "cm3")) == {"CM3", ALL_LEADS}


def test_of_two_of_one_name_neither_is_guessed(tmp_path: Path) -> None:
    officer(name="Beth Larkin")
    officer(name="Beth Larkin")
    assert told(handed_in(tmp_path, "Beth Larkin")) == {"role:contract_officer", ALL_LEADS}


def test_a_name_that_a_person_decided_on_is_told_to_that_person_alone(tmp_path: Path) -> None:
    beth, other = officer(username="beth"), officer()
    contract = handed_in(tmp_path, "CM3")
    assert people.map_person(wording="cm3", user_id=beth.pk, act=NOW) == 1
    assert told(contract) == {"user:beth", ALL_LEADS}
    assert (flags_for(beth, on=TODAY).count(), flags_for(other, on=TODAY).count()) == (1, 0)


def test_the_decision_holds_for_later_files(tmp_path: Path) -> None:
    beth = officer(username="beth")
    handed_in(tmp_path, "CM3")
    people.map_person(wording="CM3", user_id=beth.pk, act=NOW)
    assert handed_in(tmp_path, "CM3", number="CT901").manager == beth


def test_a_decision_taken_back_tells_all_of_the_role_again(tmp_path: Path) -> None:
    beth = officer(username="beth")
    contract = handed_in(tmp_path, "CM3")
    people.map_person(wording="CM3", user_id=beth.pk, act=NOW)
    people.unmap_person(wording="CM3", act=NOW)
    assert told(contract) == {"role:contract_officer", ALL_LEADS}


def test_a_file_that_names_another_manager_tells_the_other(tmp_path: Path) -> None:
    officer(username="beth")
    officer(username="carl")
    handed_in(tmp_path, "beth")
    assert told(handed_in(tmp_path, "carl")) == {"user:carl", ALL_LEADS}


def test_a_file_that_names_somebody_unknown_instead_tells_all_of_the_role(tmp_path: Path) -> None:
    officer(username="beth")
    handed_in(tmp_path, "beth")
    assert told(handed_in(tmp_path, "CM3")) == {"role:contract_officer", ALL_LEADS}


def test_a_manager_who_has_left_is_not_the_only_one_told(tmp_path: Path) -> None:
    beth = officer(username="beth")
    RoleHeld.objects.filter(user=beth).update(to_on=date(2016, 2, 28))
    assert told(handed_in(tmp_path, "beth")) == {"role:contract_officer", ALL_LEADS}


def test_the_lead_of_the_service_area_is_told_in_the_same_way(tmp_path: Path) -> None:
    lead = UserFactory(role="service_area_lead", username="owen")
    contract = handed_in(tmp_path, "", "SEND")
    people.map_person(wording="SEND", user_id=lead.pk, act=NOW)
    assert told(contract) == {"role:contract_officer", "user:owen"}


def test_a_manager_chosen_on_the_form_of_the_register_alone_is_told() -> None:
    beth = officer(username="beth")
    entry = register.Entry("CT9", "Places", "block", "Fenside", "Places", date(2016, 1, 1), manager=beth)
    assert told(register.register_contract(entry=entry, act=NOW)) == {"user:beth", ALL_LEADS}


def test_who_is_named_alone_gets_the_e_mail_of_a_red_contract(tmp_path: Path) -> None:
    beth, other = officer(username="beth"), officer()
    contract = handed_in(tmp_path, "beth")
    register_red(contract)
    assert set(Message.objects.filter(flag__kind="contract_red").values_list("to_user", flat=True)) == {beth.pk}
    assert not Message.objects.filter(to_user=other).exists()


def test_everybody_of_the_role_gets_the_e_mail_where_nobody_is_named(tmp_path: Path) -> None:
    both = {officer().pk, officer().pk}
    register_red(handed_in(tmp_path, "CM3"))
    assert set(Message.objects.filter(flag__kind="contract_red").values_list("to_user", flat=True)) == both


def register_red(contract: Contract) -> None:
    from_on = date(2016, 2, 1)
    contract.ratings_by_hand.create(
        colour="red",
        better=False,
        because="Worse",
        from_on=from_on,
        until_on=date(9999, 12, 31),
        set_at=AT,
        set_by=UserFactory(),
    )
    rating.rerate(contract_ids=[contract.pk], act=NOW)
    assert Flag.objects.filter(kind="contract_red", state="open").exists()


def test_the_queue_names_who_is_nobody_yet_with_those_on_most_contracts_first(tmp_path: Path) -> None:
    handed_in(tmp_path, "CM1", "SEND")
    handed_in(tmp_path, "CM3", "SEND", number="CT901")
    assert [(each.wording, each.role, each.contracts) for each in people_to_map()] == [
        ("SEND", "service_area_lead", 2),
        ("CM1", "contract_officer", 1),
        ("CM3", "contract_officer", 1),
    ]


def test_somebody_who_may_not_read_flags_is_not_the_one_to_tell(tmp_path: Path) -> None:
    handed_in(tmp_path, "CM3")
    with pytest.raises(RuleBroken, match="reads flags"):
        people.map_person(wording="CM3", user_id=UserFactory().pk, act=NOW)
