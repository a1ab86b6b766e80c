"""A URN of six digits named by contracts and placements before any list of schools is read: the end is the same."""

import csv
import itertools
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from plumbline.contracts.models import Contract, ContractSetting, HomeReport, RatingPeriod, ReasonPeriod, Visit
from plumbline.contracts.operations import register
from plumbline.contracts.queries import facts, rating
from plumbline.exchange import ssd
from plumbline.exchange.contracts import import_contracts
from plumbline.exchange.import_ofsted import import_ofsted
from plumbline.flags.models import Flag
from plumbline.ofsted.models import MonthlyCheck, Setting
from plumbline.people.act import Act
from plumbline.placements import operations as placements
from plumbline.placements.models import Placement
from tests.factories.people import UserFactory
from tests.integration.exchange.extracts import HEADERS
from tests.published import PARTS

pytestmark = pytest.mark.django_db

AT = datetime(2023, 10, 2, 9, 30, tzinfo=UTC)
TODAY = date(2023, 10, 2)
NOW = Act(None, AT, TODAY)
# Inadequate on 31 August 2023; and a home that no list here names.
SCHOOL, OTHER_SCHOOL, HOME = "117064", "131574", "SC027255"
CONTRACTS = {
    "contracts": "contract_id,title,provider,start,end,value,statutory_from,setting_urns,kind,visit_required\n"
    f"CT1,Places,Fenside,2022-01-01,2025-01-01,1,,{SCHOOL};{HOME},block,Y\n"
    f"CT2,More places,Alder,2022-01-01,2025-01-01,1,,{SCHOOL},block,Y\n",
    "visits": f"contract_id,setting_urn,visited_on\nCT1,{SCHOOL},2023-05-04\nCT1,{HOME},2023-05-05\n",
}


@pytest.fixture(scope="module")
def schools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three rows of the published list, with both schools."""
    path = tmp_path_factory.mktemp("list") / "schools.csv"
    with (PARTS / "west_midlands_df.csv").open(encoding="utf-8") as source:
        rows = csv.reader(source)
        header = next(rows)
        urn = header.index("URN")
        kept = [row for row in rows if row[urn].partition(".")[0] in (SCHOOL, OTHER_SCHOOL, "103120")]
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([header, *kept])
    return path


@pytest.fixture(autouse=True)
def folders(tmp_path: Path) -> None:
    for folder, files in {
        "contracts": CONTRACTS,
        "care": {
            "ssd_person": f"{HEADERS['ssd_person']}\nP1,Anna,Bell,F,2012-02-03,WBRI\nP2,Ben,Cole,M,2013-04-05,WBRI\n",
            "ssd_cla_placement": f"{HEADERS['ssd_cla_placement']}\n"
            f"PL1,P1,2023-01-05,K1,{SCHOOL},PR4,\nPL2,P2,2023-01-05,K1,{HOME},PR4,\n",
            "school_placements": f"{HEADERS['school_placements']}\nSP1,P2,{OTHER_SCHOOL},2022-09-01,,SC01\n",
        },
    }.items():
        (tmp_path / folder).mkdir()
        for name, text in files.items():
            (tmp_path / folder / f"{name}.csv").write_text(text)


def read(what: str, folder: Path, schools: Path) -> Any:
    if what == "list":
        return import_ofsted(schools, as_at=date(2023, 8, 31), act=NOW)
    if what == "contracts":
        return import_contracts(folder / "contracts", act=NOW)
    return ssd.import_ssd(folder / "care", extracted_on=date(2023, 9, 30), act=NOW)


def all_that_is_known() -> dict[str, list[Any]]:
    def rows(queryset: Any, *names: str) -> list[Any]:
        return sorted(queryset.values_list(*names), key=str)

    flags = Flag.objects.filter(state="open")
    return {
        "settings": rows(Setting.objects, "register", "urn", "name", "status", "status_since", "listed_on"),
        "contracts": rows(ContractSetting.objects, "contract__reference", "urn", "setting__register", "setting__urn"),
        "visits": rows(Visit.objects, "contract__reference", "visited_on", "setting__register", "setting__urn"),
        "placements": rows(
            Placement.objects, "source_id", "setting__register", "setting__urn", "urn_wording", "began_adverse"
        ),
        "flags": rows(
            flags, "kind", "subject_type", "subject_source_id", "setting_urn", "reason", "recipients__recipient"
        ),
        "reasons": rows(ReasonPeriod.objects, "contract__reference", "code", "about", "from_on", "to_on"),
        "ratings": rows(RatingPeriod.objects, "contract__reference", "colour", "from_on", "to_on"),
        "answer": rating.contracts_json(TODAY),
    }


ORDERS = list(itertools.permutations(["list", "contracts", "care"]))


def test_with_the_list_first_the_contract_and_the_placement_are_at_the_school(tmp_path: Path, schools: Path) -> None:
    for what in ORDERS[0]:
        read(what, tmp_path, schools)
    list_first = all_that_is_known()
    assert [row for row in list_first["settings"] if row[1] == SCHOOL] == [
        (
            "education",
            SCHOOL,
            *Setting.objects.filter(urn=SCHOOL).values_list("name", "status", "status_since", "listed_on").get(),
        ),
    ]
    assert ("PL1", "education", SCHOOL, SCHOOL, True) in list_first["placements"]
    assert ("CT1", SCHOOL, "education", SCHOOL) in list_first["contracts"]
    assert {row[1] for row in list_first["reasons"] if row[2] == SCHOOL} == {"setting_adverse"}


@pytest.mark.parametrize("order", ORDERS[1:], ids=", ".join)
def test_every_other_order_of_importing_ends_the_same(order: tuple[str, ...], tmp_path: Path, schools: Path) -> None:
    with transaction.atomic():
        for what in ORDERS[0]:
            read(what, tmp_path, schools)
        list_first = all_that_is_known()
        transaction.set_rollback(True)
    for what in order:
        read(what, tmp_path, schools)
    assert all_that_is_known() == list_first


@pytest.mark.parametrize("order", ORDERS[1:], ids=", ".join)
def test_the_same_files_again_change_nothing(order: tuple[str, ...], tmp_path: Path, schools: Path) -> None:
    for what in order:
        read(what, tmp_path, schools)
    before = all_that_is_known()
    again = [read(what, tmp_path, schools)["files"].values() for what in order]
    counts = {(row["added"], row["changed"]) for files in again for row in files}
    assert (counts, all_that_is_known()) == ({(0, 0)}, before)


class TestContractsFirst:
    @pytest.fixture(autouse=True)
    def contracts(self, tmp_path: Path, schools: Path) -> None:
        read("contracts", tmp_path, schools)

    def test_what_was_written_of_the_home_by_hand_goes_to_the_school(self, tmp_path: Path, schools: Path) -> None:
        HomeReport.objects.create(
            setting=Setting.objects.get(urn=SCHOOL),
            kind="reg44",
            period_from=date(2023, 9, 1),
            received_on=TODAY,
            recorded_at=AT,
            recorded_by=UserFactory(),
        )
        read("list", tmp_path, schools)
        assert HomeReport.objects.get().setting.register == "education"

    def test_the_months_check_asks_for_the_school_and_not_for_a_home(self, tmp_path: Path, schools: Path) -> None:
        placements.open_month(setting_ids=frozenset([Setting.objects.get(urn=SCHOOL).pk]), act=NOW)
        read("list", tmp_path, schools)
        asked = MonthlyCheck.objects.get().items.values_list("setting__register", "setting__urn")
        assert list(asked) == [("education", SCHOOL)]

    def test_a_home_that_somebody_wrote_a_notice_of_stays_for_it(self, tmp_path: Path, schools: Path) -> None:
        home = Setting.objects.get(urn=SCHOOL)
        home.notices.create(kind="compliance", from_on=TODAY, entered_at=AT)
        read("list", tmp_path, schools)
        assert Setting.objects.filter(pk=home.pk).exists()

    def test_a_contract_entered_by_hand_is_at_the_school_too(self, tmp_path: Path, schools: Path) -> None:
        entry = register.Entry("CT9", "Places", "block", "Fenside", "Places", date(2022, 1, 1), urns=[SCHOOL])
        register.register_contract(entry=entry, act=NOW)
        read("list", tmp_path, schools)
        assert Contract.objects.get(reference="CT9").settings.get().setting.register == "education"

    def test_the_contract_is_rated_by_the_schools_judgement_at_once(self, tmp_path: Path, schools: Path) -> None:
        read("list", tmp_path, schools)
        red = RatingPeriod.objects.filter(contract__reference="CT2", colour="red").exists()
        assert (red, facts.out_of_line()) == (True, [])

    def test_a_number_that_both_registers_know_is_a_homes(self, tmp_path: Path, schools: Path) -> None:
        read("list", tmp_path, schools)
        Setting.objects.create(register="social_care", urn=SCHOOL, listed_on=date(2023, 3, 31), status="clear")
        read("list", tmp_path, schools)
        assert {row.setting.register for row in ContractSetting.objects.filter(urn=SCHOOL)} == {"social_care"}
