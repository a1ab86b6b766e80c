"""Lines of the register: whom they are with, under whatever name, who sees them, and what a file or a notice says."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from plumbline.commissioning.models import OcdsContract, OcdsParty, OcdsProcess
from plumbline.contracts import access
from plumbline.contracts.models import Contract
from plumbline.contracts.operations import register
from plumbline.contracts.queries.register import entry_from_published
from plumbline.exchange.contracts import import_contracts
from plumbline.intake.models import Import
from plumbline.kernel.errors import RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import Organisation
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2016, 3, 1, 9, 30, tzinfo=UTC)
TODAY = date(2016, 3, 1)
NOW = Act(None, AT, TODAY)
HEADER = (
    "contract_id,title,provider,provider_identifier,service,contract_manager,service_area_lead,start,end,value,"
    "statutory_from,setting_urns,kind,visit_required"
)


def registered(reference: str = "CT900", **more: object) -> Contract:
    entry = {
        "reference": reference, "title": "Short breaks", "kind": "block", "provider": "Fenside Care Ltd",
        "service": "Short breaks", "starts_on": TODAY,
    }  # fmt: skip
    return register.register_contract(entry=register.Entry(**entry | more), act=NOW)


def seen_by(user) -> set[str]:
    return set(access.contracts_visible_to(user, on=TODAY).values_list("reference", flat=True))


def handed_in(folder: Path, *rows: str, name: str = "contracts", header: str = HEADER) -> dict:
    (folder / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n")
    return import_contracts(folder, act=NOW)


def merge(one: str, into: str) -> None:
    Organisation.objects.filter(name=one).update(merged_into=Organisation.objects.get(name=into))


class TestProviders:
    def test_one_provider_has_two_contracts(self) -> None:
        assert registered().provider == registered("CT901", provider="FENSIDE  CARE ltd").provider

    def test_a_providers_user_sees_its_contracts_and_no_others(self) -> None:
        own = registered()
        registered("CT901", provider="Alder Advocacy")
        assert seen_by(UserFactory(role="provider_user", role__organisation=own.provider)) == {"CT900"}

    def test_after_a_merger_the_user_of_either_name_sees_both(self) -> None:
        registered()
        other = registered("CT901", provider="Fenside Care (East) Ltd")
        merge("Fenside Care (East) Ltd", "Fenside Care Ltd")
        assert seen_by(UserFactory(role="provider_user", role__organisation=other.provider)) == {"CT900", "CT901"}

    def test_a_provider_is_known_by_its_number_under_a_new_name(self, tmp_path: Path) -> None:
        handed_in(tmp_path, "CT900,A,Fenside Care Ltd,GB-COH-01234567,,,,2016-01-01,,,,,block,N")
        handed_in(tmp_path, "CT901,B,Fenside Homes Ltd,GB-COH-01234567,,,,2016-01-01,,,,,block,N")
        assert Organisation.objects.filter(contracts__reference__in=["CT900", "CT901"]).distinct().count() == 1

    @pytest.mark.parametrize("number", ["1234567", "01234567", "GB-COH-1234567", "0123 4567", "1234567.0"])
    def test_a_company_is_known_by_its_number_with_or_without_its_zeros(self, tmp_path: Path, number: str) -> None:
        handed_in(tmp_path, "CT900,A,Fenside Care Ltd,GB-COH-01234567,,,,2016-01-01,,,,,block,N")
        handed_in(tmp_path, f"CT901,B,Fenside Homes Ltd,{number},,,,2016-01-01,,,,,block,N")
        assert Organisation.objects.filter(contracts__reference__in=["CT900", "CT901"]).distinct().count() == 1

    def test_two_names_of_one_number_in_one_file_are_one_provider(self, tmp_path: Path) -> None:
        handed_in(
            tmp_path,
            "CT900,A,Fenside Homes Ltd,1234567,,,,2016-01-01,,,,,block,N",
            "CT901,B,Fenside Care Ltd,01234567,,,,2016-01-01,,,,,block,N",
        )
        assert set(Organisation.objects.values_list("name", flat=True)) == {"Fenside Care Ltd"}

    def test_a_number_of_a_company_and_of_a_charity_names_neither(self, tmp_path: Path) -> None:
        handed_in(
            tmp_path,
            "CT900,A,Fenside Care Ltd,GB-COH-01234567,,,,2016-01-01,,,,,block,N",
            "CT901,B,Fenside Trust,GB-CHC-1234567,,,,2016-01-01,,,,,block,N",
            "CT902,C,Fenside Homes Ltd,1234567,,,,2016-01-01,,,,,block,N",
        )
        assert Contract.objects.get(reference="CT902").provider.name == "Fenside Homes Ltd"

    def test_the_name_it_has_now_follows_every_merger(self) -> None:
        contract = registered()
        registered("CT901", provider="Second Ltd")
        registered("CT902", provider="Third Ltd")
        merge("Fenside Care Ltd", "Second Ltd")
        merge("Second Ltd", "Third Ltd")
        contract = Contract.objects.get(pk=contract.pk)
        assert access.head_of(contract.provider).name == "Third Ltd"


class TestKinds:
    def test_a_call_off_comes_under_its_framework(self) -> None:
        framework = registered(kind="framework")
        assert registered("CT901", kind="call_off", framework_id=framework.pk).framework == framework

    def test_nothing_is_called_off_from_a_block_contract(self) -> None:
        block = registered()
        with pytest.raises(RuleBroken) as refused:
            registered("CT901", kind="call_off", framework_id=block.pk)
        assert refused.value.code == "not_a_framework"

    def test_an_agreement_is_for_one_setting(self) -> None:
        with pytest.raises(RuleBroken) as refused:
            registered(kind="spot", urns=["SC900001", "SC900002"])
        assert refused.value.code == "one_setting"

    def test_only_an_agreement_is_for_one_child(self) -> None:
        with pytest.raises(RuleBroken) as refused:
            registered(child="P1")
        assert refused.value.code == "not_for_one_child"

    def test_a_childs_number_that_is_not_known_says_nothing(self) -> None:
        assert registered(kind="spot", child="NOBODY").child is None


class TestFiles:
    ROW = "CT900,A,Fenside Care Ltd,,Care,CM1,SEND,2016-01-01,2017-01-01,1000,,SC900001,block,N"

    def test_another_setting_in_a_later_file_is_a_change(self, tmp_path: Path) -> None:
        handed_in(tmp_path, self.ROW)
        assert handed_in(tmp_path, self.ROW.replace("SC900001", "SC900002"))["files"]["contracts"]["changed"] == 1

    def test_the_settings_are_then_those_of_the_later_file(self, tmp_path: Path) -> None:
        handed_in(tmp_path, self.ROW)
        handed_in(tmp_path, self.ROW.replace("SC900001", "SC900002"))
        assert list(Contract.objects.get().settings.values_list("urn", flat=True)) == ["SC900002"]

    def test_an_exact_repeat_is_counted_as_repeated(self, tmp_path: Path) -> None:
        assert handed_in(tmp_path, self.ROW, self.ROW)["files"]["contracts"]["repeated"] == 1

    def test_the_same_id_with_other_content_is_refused(self, tmp_path: Path) -> None:
        done = handed_in(tmp_path, self.ROW, self.ROW.replace("1000", "2000"))
        assert [(row["line"], row["code"]) for row in done["refused"]] == [(3, "conflict_in_file")]

    @pytest.mark.parametrize(
        ("was", "now", "code"),
        [
            ("2017-01-01", "2015-01-01", "end_before_start"), ("2016-01-01", "2016-02-31", "bad_date"),
            ("2016-01-01", "", "missing_start"), ("block", "spoon", "unknown_code"), ("CT900", "", "missing_id"),
            ("Fenside Care Ltd", "", "missing_provider"), ("1000", "lots", "bad_number"),
        ],
    )  # fmt: skip
    def test_a_row_that_cannot_be_is_refused_for_its_reason(
        self, tmp_path: Path, was: str, now: str, code: str
    ) -> None:
        assert [row["code"] for row in handed_in(tmp_path, self.ROW.replace(was, now))["refused"]] == [code]

    def test_an_assessment_of_an_unknown_contract_is_refused(self, tmp_path: Path) -> None:
        done = handed_in(
            tmp_path,
            "CT999,self,2016-01-01,2017-01-01",
            name="assessments",
            header="contract_id,kind,completed_on,valid_until",
        )
        assert [row["code"] for row in done["refused"]] == ["unknown_contract"]

    def test_a_dry_run_changes_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "contracts.csv").write_text(f"{HEADER}\n{self.ROW}\n")
        import_contracts(tmp_path, dry_run=True, act=NOW)
        assert not Contract.objects.exists()

    def test_a_file_of_another_kind_is_refused_whole_and_the_others_are_taken(self, tmp_path: Path) -> None:
        (tmp_path / "visits.csv").write_text("colour,size\nred,3\n")
        done = handed_in(tmp_path, self.ROW)
        assert ([row["code"] for row in done["refused"]], done["files"]["contracts"]["added"]) == (["bad_header"], 1)

    def test_a_folder_without_any_of_the_files_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(RuleBroken) as refused:
            import_contracts(tmp_path, act=NOW)
        assert refused.value.code == "nothing_to_read"


class TestPublished:
    def published(self) -> OcdsContract:
        run = Import.objects.create(kind="ocds", label="package", at=AT, by_name="the machine")
        process = OcdsProcess.objects.create(ocid="ocds-213czf-1", title="Short breaks", latest_on=run.at)
        OcdsParty.objects.create(process=process, party_id="S1", name="Fenside Care Ltd", roles=["supplier"])
        return OcdsContract.objects.create(
            process=process,
            contract_id="1",
            title="Short breaks, west",
            starts_on=TODAY,
            value="125000",
            currency="GBP",
        )

    def test_what_was_published_fills_the_form(self) -> None:
        said = entry_from_published(self.published())
        assert (said["title"], said["provider"], said["starts_on"]) == ("Short breaks, west", "Fenside Care Ltd", TODAY)

    def test_it_is_put_in_the_register_once(self) -> None:
        published = self.published()
        entry = register.Entry(
            reference="CT900",
            title="Short breaks",
            kind="block",
            provider="Fenside Care Ltd",
            service="",
            starts_on=TODAY,
        )
        register.register_contract(entry=entry, ocds_contract_id=published.pk, act=NOW)
        with pytest.raises(RuleBroken) as refused:
            register.register_contract(entry=entry, ocds_contract_id=published.pk, act=NOW)
        assert refused.value.code == "registered_already"
