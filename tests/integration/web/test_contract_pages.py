"""The register of contracts and one contract, as each role meets them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from plumbline.contracts.models import Contract, RatingByHand, TeamDecision
from plumbline.contracts.operations.register import Entry, register_contract
from plumbline.ofsted.models import Owner
from plumbline.people.act import Act
from tests.factories.people import ChildFactory, TieFactory, UserFactory
from tests.integration.contracts.care_situations import a_home
from tests.integration.placements.situations import AT, TODAY
from tests.integration.web.signing_in import as_
from tests.queries import assert_constant_queries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_day(settings) -> None:
    settings.TODAY = TODAY


def of(role: str) -> Client:
    return as_(UserFactory(role=role))


def registered(reference: str = "CT900", **more: Any) -> Contract:
    entry = {
        "reference": reference, "title": "Short breaks", "kind": "block", "provider": "Fenside Care Ltd",
        "service": "Short breaks", "starts_on": TODAY - timedelta(20), "ends_on": date(2018, 2, 28),
    }  # fmt: skip
    return register_contract(entry=Entry(**entry | more), act=Act(None, AT, TODAY))


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


ENTERED = {
    "reference": "CT950", "title": "Advocacy", "kind": "block", "framework": "", "provider": "Alder Advocacy",
    "service": "", "starts_on_day": "1", "starts_on_month": "7", "starts_on_year": "2016", "ends_on_day": "",
    "ends_on_month": "", "ends_on_year": "", "value": "12,500", "statutory_from_day": "", "statutory_from_month": "",
    "statutory_from_year": "", "review_every": "3", "manager": "", "area_lead": "",
    "urns": "SC900001\nSC900002", "child": "",
}  # fmt: skip


class TestTheList:
    def test_it_shows_the_rating_and_the_reason_that_matters_most(self) -> None:
        registered()
        assert "There is no valid action plan to go with the self-assessment. And 7 more." in text(
            of("contract_officer").get(reverse("contracts"))
        )

    def test_it_takes_as_many_queries_for_one_contract_as_for_many(self) -> None:
        registered()
        client = of("contract_officer")
        assert_constant_queries(
            lambda: client.get(reverse("contracts")), more=lambda: [registered(f"CT80{at}") for at in range(5)]
        )

    def test_it_is_kept_to_what_is_asked_for(self) -> None:
        registered()
        assert "CT900" not in text(of("contract_officer").get(reverse("contracts"), {"rating": "green"}))

    def test_on_a_day_before_it_began_the_contract_is_not_in_force(self) -> None:
        registered()
        assert "Not in force" in text(of("contract_officer").get(reverse("contracts"), {"day": "1/1/2016"}))

    def test_it_goes_out_as_a_file_with_the_reasons(self) -> None:
        registered()
        file = b"".join(of("contract_officer").get(reverse("contracts"), {"format": "csv"}).streaming_content).decode()
        assert "CT900,Short breaks,Fenside Care Ltd,Amber" in file

    def test_a_formula_in_a_title_stays_text_in_the_file(self) -> None:
        registered(title="=HYPERLINK(1)")
        file = b"".join(of("contract_officer").get(reverse("contracts"), {"format": "csv"}).streaming_content).decode()
        assert "'=HYPERLINK(1)" in file

    def test_a_social_worker_has_no_such_page(self) -> None:
        assert of("social_worker").get(reverse("contracts")).status_code == 404


class TestOneContract:
    def test_what_is_wrong_and_since_when_stands_first(self) -> None:
        contract = registered()
        assert "There is no completed self-assessment that is still valid. Since" in text(
            of("contract_officer").get(reverse("contract", args=[contract.pk]))
        )

    def test_what_is_due_next_stands_on_it(self) -> None:
        contract = registered()
        assert "The joint evaluation meeting" in text(
            of("contract_officer").get(reverse("contract", args=[contract.pk]))
        )

    def test_the_child_of_an_agreement_is_named_to_those_tied_to_the_child(self) -> None:
        child = ChildFactory()
        contract = registered(kind="spot", child=child.source_id)
        user = UserFactory(role="head_of_service")
        TieFactory(user=user, subject_id=child.pk)
        assert child.name in text(as_(user).get(reverse("contract", args=[contract.pk])))

    def test_the_child_of_an_agreement_has_no_name_for_a_contract_officer(self) -> None:
        child = ChildFactory()
        contract = registered(kind="spot", child=child.source_id)
        assert child.surname not in text(of("contract_officer").get(reverse("contract", args=[contract.pk])))

    def test_the_owners_other_settings_stand_on_it_the_gravest_first(self) -> None:
        owner, other = (Owner.objects.create(name=name, sort_key=name) for name in ("harbour", "alder"))
        contract = registered()
        own = a_home(contract, owner=owner)
        sisters = [a_home(owner=owner, status=status) for status in ("clear", "adverse", "unregistered")]
        strangers = [a_home(owner=other, status="adverse"), a_home(status="adverse")]
        said = text(of("contract_officer").get(reverse("contract", args=[contract.pk])))
        _, _, group = said.partition("Other settings of the same owner")
        places = [group.find(f"/settings/social_care/{each.urn}/") for each in reversed(sisters)]
        assert places == sorted(places)
        assert [place > 0 for place in places] == [True] * 3
        assert [each.urn for each in (own, *strangers) if f"/{each.urn}/" in group] == []

    def test_its_history_says_what_it_was_on_a_day(self) -> None:
        contract = registered()
        day = TODAY - timedelta(5)
        said = text(
            of("management_team").get(reverse("contract_history", args=[contract.pk]), {"day": f"{day:%d/%m/%Y}"})
        )
        assert "The policy on whistleblowing has not been seen. Since" in said

    def test_a_past_day_is_shown_as_it_was_known_then(self) -> None:
        contract = registered()
        said = text(
            of("management_team").get(
                reverse("contract_history", args=[contract.pk]),
                {"day": f"{TODAY:%d/%m/%Y}", "known": f"{localdate():%d/%m/%Y}"},
            )
        )
        assert "as it was known at the end of" in said

    def test_before_anything_was_recorded_nothing_can_be_said(self) -> None:
        contract = registered()
        said = text(
            of("management_team").get(
                reverse("contract_history", args=[contract.pk]),
                {"day": f"{TODAY:%d/%m/%Y}", "known": "1/1/2001"},
            )
        )
        assert "cannot be said" in said

    def test_its_history_tells_of_meetings_and_colours_alike(self) -> None:
        contract = registered()
        contract.evaluations.create(state="held", held_on=TODAY - timedelta(3), service_area_present=False)
        page = of("contract_officer").get(reverse("contract", args=[contract.pk]))
        assert [entry["what"] for entry in page.context["timeline"]][-2:] == [
            "Evaluation meeting",
            "The rating became amber",
        ]

    def test_a_reason_says_where_it_is_put_right(self) -> None:
        contract = registered()
        page = of("contract_officer").get(reverse("contract", args=[contract.pk]))
        assert {each["url"] for each in page.context["reasons"]} == {reverse("contract_assurance", args=[contract.pk])}

    def test_its_colours_are_a_drawing_without_scripts(self) -> None:
        contract = registered()
        drawn = of("contract_officer").get(reverse("contract_colours", args=[contract.pk]))
        assert (drawn["Content-Type"], b"script" in drawn.content) == ("image/svg+xml", False)


class TestEntering:
    def test_a_contract_is_entered_and_rated(self) -> None:
        of("contract_officer").post(reverse("contract_new"), ENTERED)
        assert Contract.objects.get(reference="CT950").rating_periods.get().colour == "amber"

    def test_its_settings_are_made_where_no_list_names_them(self) -> None:
        of("contract_officer").post(reverse("contract_new"), ENTERED)
        made = Contract.objects.get(reference="CT950").settings.values_list("urn", flat=True)
        assert sorted(made) == ["SC900001", "SC900002"]

    def test_a_reference_that_is_taken_is_said_at_its_field(self) -> None:
        registered("CT950")
        assert "There is a contract CT950 already." in text(
            of("contract_officer").post(reverse("contract_new"), ENTERED)
        )

    def test_a_last_day_before_the_first_is_refused(self) -> None:
        ended = ENTERED | {"ends_on_day": "1", "ends_on_month": "6", "ends_on_year": "2016"}
        assert "The contract ends before it starts." in text(
            of("contract_officer").post(reverse("contract_new"), ended)
        )

    def test_putting_right_keeps_the_child_that_is_not_shown(self) -> None:
        child = ChildFactory()
        contract = registered(kind="spot", child=child.source_id)
        of("contract_officer").post(
            reverse("contract_change", args=[contract.pk]),
            ENTERED | {"reference": "CT900", "kind": "spot", "urns": "SC900001", "title": "Agreement"},
        )
        contract.refresh_from_db()
        assert (contract.title, contract.child) == ("Agreement", child)

    def test_becoming_statutory_mid_term_asks_for_a_board_assessment_from_then(self) -> None:
        contract = registered()
        statutory = {"statutory_from_day": "1", "statutory_from_month": "9", "statutory_from_year": "2016"}
        of("contract_officer").post(reverse("contract_change", args=[contract.pk]), ENTERED | statutory)
        assert contract.reason_periods.get(code="no_board_assessment").from_on == date(2016, 9, 1)

    def test_who_only_reads_contracts_enters_none(self) -> None:
        assert of("management_team").post(reverse("contract_new"), ENTERED).status_code == 404

    def test_a_contract_is_ended_with_the_reason(self) -> None:
        contract = registered()
        of("contract_officer").post(
            reverse("contract_end", args=[contract.pk]),
            {"last_day_day": "31", "last_day_month": "8", "last_day_year": "2016", "because": "Not renewed"},
        )
        contract.refresh_from_db()
        assert (contract.state, contract.ends_on, contract.ended_because) == ("ended", date(2016, 8, 31), "Not renewed")


class TestByHand:
    SAID = {"colour": "green", "because": "Seen on paper", "until_on_day": "31", "until_on_month": "8",
            "until_on_year": "2016"}  # fmt: skip

    def test_an_officer_is_told_who_sets_a_better_rating(self) -> None:
        contract = registered()
        said = text(of("contract_officer").post(reverse("contract_rating", args=[contract.pk]), self.SAID))
        assert "A better rating than the rules give is set by a manager" in said

    def test_a_managers_better_rating_leaves_the_contract_amber_for_want_of_an_assessment(self) -> None:
        contract = registered()
        client = of("head_of_service")
        client.post(reverse("contract_rating", args=[contract.pk]), self.SAID)
        assert "A missing assessment is not hidden by it." in text(client.get(reverse("contract", args=[contract.pk])))

    def test_a_rating_by_hand_is_taken_back(self) -> None:
        contract = registered()
        client = of("head_of_service")
        client.post(reverse("contract_rating", args=[contract.pk]), self.SAID)
        client.post(reverse("contract_rating_end", args=[contract.pk]), {"because": "It came"})
        assert RatingByHand.objects.get().ended_because == "It came"


class TestTheTeamsList:
    def test_every_reason_stands_on_it(self) -> None:
        registered()
        assert text(of("management_team").get(reverse("contracts_team"))).count("has not been seen.") == 6

    def test_it_takes_as_many_queries_for_one_contract_as_for_many(self) -> None:
        registered()
        client = of("management_team")
        assert_constant_queries(
            lambda: client.get(reverse("contracts_team")), more=lambda: [registered(f"CT80{at}") for at in range(5)]
        )

    def test_what_was_decided_stands_beside_its_reason(self) -> None:
        contract = registered()
        client = of("management_team")
        client.post(
            reverse("contract_decide", args=[contract.pk]) + "?code=no_action_plan&about=",
            {
                "decision": "Plan by Friday",
                "by_when_day": "5",
                "by_when_month": "8",
                "by_when_year": "2016",
                "owner": "",
            },
        )
        assert "Plan by Friday" in text(client.get(reverse("contracts_team")))

    def test_a_decision_of_which_an_action_is_made_names_its_owner(self) -> None:
        officer = UserFactory(role="contract_officer")
        contract = registered()
        of("management_team").post(
            reverse("contract_decide", args=[contract.pk]) + "?code=no_action_plan&about=",
            {
                "decision": "Plan by Friday",
                "by_when_day": "5",
                "by_when_month": "8",
                "by_when_year": "2016",
                "owner": str(officer.pk),
            },
        )
        assert TeamDecision.objects.get().action.owner == officer

    def test_an_officer_reads_it_and_decides_nothing(self) -> None:
        contract = registered()
        address = reverse("contract_decide", args=[contract.pk]) + "?code=no_action_plan&about="
        assert of("contract_officer").get(address).status_code == 404
