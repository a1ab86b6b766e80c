"""The list that Ofsted sends to each council, joiners and leavers, and the schools register: what they tell, and where
it is seen."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from plumbline.exchange.import_ofsted import import_ofsted
from plumbline.flags.models import Flag
from plumbline.intake.models import Import
from plumbline.ofsted.models import CouncilFact, Establishment, Setting
from plumbline.people.act import Act
from plumbline.placements.models import Placement
from tests.integration.placements.situations import a_child, a_user
from tests.integration.web.signing_in import as_

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 30)
NOW = Act(None, datetime(2026, 11, 30, 9, 0, tzinfo=UTC), TODAY)
DAY = date(2026, 10, 31)

# The three layouts, by the columns that are read (others are left out of the rows, as an empty cell would be).
HOMES = {
    "Local Authority": "Fenshire", "URN": "SC900001", "Provider Type": "Children's Home", "Sector": "Private",
    "Setting Name": "Elder Lodge", "Registration Date": "01/12/2013", "Provider Status": "Active", "Closed Date": "-",
    "Provider Code": "PR4", "Provider Placement Code": "K2", "Max Users": "6",
    "Full Inspection Start Date": "07/09/2026", "Overall Effectiveness": "Inadequate", "CYP Safety": "Inadequate",
    "Leadership and Management": "Good", "CYP Outcomes": "-", "Interim Inspection Start Date": "-",
    "Interim Inspection Overall Effectiveness": "-", "Assurance Visit Start Date": "-",
    "Setting Address Line 1": "1 The Wold", "Setting Address Town": "Fenton", "Setting Address Postcode": "FN1 1AA",
    "Setting Telephone Number": "01234 555555", "Owner Name": "Homes Ltd",
}  # fmt: skip
PROVIDERS = {
    "URN": "SC900002", "Provision type": "Independent Fostering Agency", "Setting name": "Downs Fostering",
    "Registration status": "Active", "Setting address line 1": "2 Road", "Setting postcode": "FN2 2BB",
    "Organisation name": "Downs Ltd", "Local authority": "Fenshire", "Sector": "Private", "Placement code": "U1,U2",
    "Placement provider code": "PR4", "Date of last full inspection": "07/09/2026",
    "Latest overall Effectiveness grade from last full inspection": "Good", "Maximum fostering places": "20",
}  # fmt: skip
CLOSED = PROVIDERS | {"URN": "SC900003", "Registration status": "Resigned", "Deregistration date": "31/08/2026"}
ALL = {
    "Local Authority": "Fenshire", "URN": "SC900004", "Provider Type": "Local Authority Fostering Agency",
    "Setting Name": "Our Fostering", "Registration Status": "Active", "Deregistration Date": "-",
    "Placement Code": "U1", "Placement Provider Code": "PR1",
    "Link to Ofsted report webpage": "https://reports.ofsted.gov.uk/provider/4",
    "Date of last full inspection": "Not provided as service is inspected as part of the ILACS inspection",
    "Latest overall Effectiveness grade from last full inspection":
        "Not provided as service is inspected as part of the ILACS inspection",
    "Number of registered places": "300", "Conditions": "May only place children under 12",
}  # fmt: skip
SUPPORTED = {
    "Provider local authority": "Fenshire", "Setting Local Authority": "Fenshire", "URN": "2790005",
    "Provider type": "Supported Accommodation", "Provider name": "Stepping Out", "Registration status": "Active",
    "Closed date": "", "Placement code": "H5", "Capacity": "3", "Setting address line 1": "3 Mill Lane",
    "Setting address postcode": "FN3 3CC", "Setting status": "Open", "Setting category": "Single occupancy",
}  # fmt: skip


def a_workbook(path: Path, **sheets: list[dict[str, str]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate([list(rows[0]), *(list(each.values()) for each in rows)]):
                sheet.write_row(line, 0, row)
    return path


def take(path: Path, day: date = DAY, **more: Any) -> dict[str, Any]:
    return import_ofsted(path, as_at=day, **more, act=NOW)


def refusals(result: dict[str, Any]) -> list[Any]:
    return [(row["line"], row["code"], row["reason"]) for row in result["refused"]]


def page(urn: str, settings: Any, *, role: str = "social_worker", register: str = "social_care") -> str:
    settings.TODAY = TODAY
    return as_(a_user(role)).get(f"/settings/{register}/{urn}/").content.decode()


def test_the_list_to_councils_is_read_in_each_of_its_layouts(tmp_path: Path) -> None:
    premises = [SUPPORTED, SUPPORTED | {"Setting address line 1": "4 Mill Lane"}]
    results = [
        take(a_workbook(tmp_path / "homes.xlsx", Homes=[HOMES])),
        take(a_workbook(tmp_path / "providers.xlsx", Current=[PROVIDERS], Closed=[CLOSED])),
        take(a_workbook(tmp_path / "all.xlsx", Providers=[ALL], SA=premises)),
    ]

    assert [refusals(result) for result in results] == [[], [], []]
    assert dict(Setting.objects.values_list("urn", "status")) == {
        "SC900001": "adverse",
        "SC900002": "clear",
        "SC900003": "closed",
        "SC900004": "watch",
        "2790005": "watch",
    }
    assert set(CouncilFact.objects.values_list("setting__urn", "name", "placement_codes", "places", "closed_on")) == {
        ("SC900001", "Elder Lodge", "K2", "6", None),
        ("SC900002", "Downs Fostering", "U1,U2", "20", None),
        ("SC900003", "Downs Fostering", "U1,U2", "20", date(2026, 8, 31)),
        ("SC900004", "Our Fostering", "U1", "300", None),
        ("2790005", "Stepping Out", "H5", "3", None),
    }
    assert CouncilFact.objects.filter(setting__urn="2790005").count() == 2
    assert Setting.objects.get(urn="SC900003").status_since == date(2026, 8, 31)
    # Names that only the council is told stay out of what everything else reads.
    assert set(Setting.objects.values_list("name", "owner")) == {("", None)}


def test_the_name_of_a_home_is_shown_on_its_page_to_users_of_the_council(tmp_path: Path, settings: Any) -> None:
    take(a_workbook(tmp_path / "homes.xlsx", Homes=[HOMES]))
    shown = page("SC900001", settings)

    assert all(said in shown for said in ("Elder Lodge", "1 The Wold, Fenton, FN1 1AA", "K2", "01234 555555"))
    assert "Elder Lodge" not in page("SC900001", settings, role="elected_member")


def test_the_same_list_to_councils_again_changes_nothing(tmp_path: Path) -> None:
    path = a_workbook(tmp_path / "homes.xlsx", Homes=[HOMES])
    take(path)
    (counts,) = take(path)["files"].values()

    assert (counts["unchanged"], CouncilFact.objects.count()) == (1, 1)


JOINERS = (
    "URN,Provision type,Local authority,Sector,Places,"
    "First effective date (that the provider became active),First effective date (that the provider became resigned),"
    "First effective date (that the provider closed),First effective date (that the provider became cancelled),"
    "Joiner status,Leaver status,Registration status (as at 1 April 2025),"
    "Registration status (as at 31 March 2026),Name"
)


def test_leavers_are_closed_from_their_day_and_joiners_prove_no_check(tmp_path: Path) -> None:
    path = tmp_path / "joiners.csv"
    path.write_text(
        f"{JOINERS}\n"
        "SC900001,Children's home,Fenshire,Private,4,01/05/2015,30/11/2025,30/11/2025,,,Leaver,Active,Resigned,\n"
        "SC900002,Children's home,Fenshire,Private,NULL,01/05/2025,,,,Joiner,,,Active,REDACTED\n"
    )
    take(path, date(2026, 3, 31))

    assert list(Setting.objects.order_by("urn").values_list("urn", "status", "status_since", "last_checked_on")) == [
        ("SC900001", "closed", date(2025, 11, 30), None),
        ("SC900002", "watch", date(2026, 3, 31), None),
    ]


def test_closed_providers_explain_a_setting_that_was_not_matched(tmp_path: Path) -> None:
    Setting.objects.create(register="social_care", urn="SC900009")
    path = tmp_path / "closed.csv"
    path.write_text("urn,provider_status,close_date,,,\nSC900009,Resigned,04/02/2025,,,\n,,,,,\n")
    take(path)

    setting = Setting.objects.get()
    assert (setting.status, setting.status_since) == ("closed", date(2025, 2, 4))


GIAS = (
    '"URN","LA (name)","EstablishmentName","TypeOfEstablishment (name)","EstablishmentStatus (name)","OpenDate",'
    '"ReasonEstablishmentClosed (name)","CloseDate","InspectorateName (name)"\n'
    '930001,"Fenshire","Ash Primary","Community school","Closed","01-09-1990","Academy Converter","31-08-2026",""\n'
    '930002,"Fenshire","Ash Academy","Academy converter","Open","01-09-2026","Not applicable","",""\n'
    '930003,"Fenshire","Elm House","Other independent school","Open","","","","ISI"\n'
)
LINKS = (
    "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n"
    "930001,930002,Ash Academy,Successor,01-09-2026\n930002,930001,Ash Primary,Predecessor,01-09-2026\n"
)
GROUPS = (
    "URN,Group UID,Group Name,Group Type,Joined date,EstablishmentName\n"
    "930002,77,FEN TRUST,Trust,01/09/2026,Ash Academy\n"
)


def test_the_schools_register_explains_on_the_page_and_in_the_flag(tmp_path: Path, settings: Any) -> None:
    places = {
        urn: Placement.objects.create(
            source="sen",
            source_id=urn,
            child=a_child(),
            started_on=date(2026, 1, 5),
            setting=Setting.objects.create(register="education", urn=urn),
        )
        for urn in ("930001", "930003")
    }
    for name, text in (("edubase", GIAS), ("links", LINKS), ("groups", GROUPS)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="cp1252")
        (counts,) = take(tmp_path / f"{name}.csv")["files"].values()
        assert counts["added"] + counts["changed"] == counts["read"]

    def reason(urn: str) -> str:
        return Flag.objects.get(kind="setting_unmatched", subject_id=places[urn].pk).reason

    became = "It became URN 930002, Ash Academy, on 1 September 2026: look there."
    assert "closed on 31 August 2026 (Academy Converter)" in reason("930001")
    assert became in reason("930001")
    assert "It is inspected by ISI, so that Ofsted’s lists do not have it." in reason("930003")
    assert became in page("930001", settings, register="education")
    assert Establishment.objects.get(urn="930002").group == "FEN TRUST"
    assert Import.objects.filter(kind="gias").count() == 3
    # It judges nothing.
    assert set(Setting.objects.values_list("status", flat=True)) == {"unmatched"}


def test_an_older_extract_of_the_schools_register_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "edubase.csv"
    path.write_text(GIAS)
    take(path)
    path.write_text(GIAS.replace("Closed", "Open"))
    (counts,) = take(path, date(2026, 1, 31))["files"].values()

    assert (counts["changed"], Establishment.objects.get(urn="930001").status) == (0, "Closed")
