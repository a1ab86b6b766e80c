"""Reading Ofsted's lists of every year: what each row says, and what is refused."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from plumbline.exchange.ofsted_lists import read_lists
from plumbline.exchange.ofsted_rows import InspectionRow, OfstedList, SettingRow
from plumbline.exchange.wrong_files import WrongFile
from plumbline.ofsted import comparing, rules
from plumbline.ofsted.grades import Judgement
from plumbline.ofsted.rules import Status, status_on, status_timeline
from tests import published
from tests.published import DATA, LISTS, PARTS, SCHOOL_PLACEMENTS

SAMPLES = DATA / "ofsted"

HEADER = "URN,Provision type,Name,Registration status,Event type,Inspection date,Publication date,Event number,"
HEADER += "Overall experiences and progress of children and young people,The effectiveness of leaders and managers\n"


def home(
    urn: str,
    *,
    event: str = "Full inspection",
    on: str = "04/10/2021",
    published: str = "19/11/2021",
    number: str = "10169460",
    overall: str = "Good",
    leaders: str = "Good",
    name: str = "REDACTED",
) -> str:
    return f"{urn},Children's home,{name},Active,{event},{on},{published},{number},{overall},{leaders}\n"


Write = Callable[..., OfstedList]


@pytest.fixture
def listed(tmp_path: Path) -> Write:
    def _listed(*rows: str, header: str = HEADER, as_at: date = date(2022, 3, 31)) -> OfstedList:
        path = tmp_path / "list.csv"
        path.write_text(header + "".join(rows))
        (read,) = read_lists(path, as_at)
        return read

    return _listed


def read(name: str, as_at: date, folder: Path = SAMPLES) -> OfstedList:
    (only,) = read_lists(folder / name, as_at)
    return only


@pytest.fixture
def providers(shared_data: Path) -> Path:
    return shared_data / "ofsted_social_care_providers"


def by_urn(of: OfstedList) -> dict[str, SettingRow]:
    return {row.urn: row for row in of.rows}


def grades(inspection: InspectionRow) -> dict[str, str]:
    return {aspect: judgement.grade for aspect, judgement in inspection.judgements.items()}


def status_of(row: SettingRow, day: date) -> rules.StatusPeriod:
    inspections = [
        rules.Inspection(
            one.kind, one.inspected_on, one.published_on, grades(one), one.event_number, one.predecessor_urn
        )
        for one in row.inspections
    ]
    status = row.attributes.get("registration_status")
    registrations = [(day, str(status))] if status else []
    period = status_on(day, status_timeline(inspections=inspections, registrations=registrations, from_on=day))
    assert period is not None
    return period


# --- rows ----------------------------------------------------------------------------------------------------------


def test_reads_a_setting_with_its_inspection_in_the_sources_words_and_as_grades(listed: Write) -> None:
    (row,) = listed(home(" sc448615 ", overall="Requires Improvement to be good")).rows

    assert (row.line, row.register, row.urn) == (2, "social_care", "SC448615")
    assert row.inspections == [
        InspectionRow(
            "full",
            "sccif",
            "10169460",
            "Full inspection",
            date(2021, 10, 4),
            date(2021, 11, 19),
            "",
            {
                "overall": Judgement("Requires Improvement to be good", "requires_improvement"),
                "leaders": Judgement("Good", "good"),
            },
        )
    ]


def test_says_nothing_of_columns_the_file_lacks_and_blank_where_it_is_redacted(listed: Write) -> None:
    read = listed(home("SC448615"))

    assert read.rows[0].attributes == {"name": "", "provision_type": "Children's home", "registration_status": "Active"}
    assert read.columns_present == {"name", "provision_type", "registration_status"}


def test_takes_a_setting_not_yet_inspected(listed: Write) -> None:
    (row,) = listed(home("SC448615", event="", on="", published="", number="", overall="", leaders="")).rows

    assert row.inspections == []


@pytest.mark.parametrize(
    ("row", "code", "says"),
    [
        (home(""), "missing_id", "The row has no URN"),
        (home("Total"), "totals_row", "The row is a total of others"),
        (home("Various"), "missing_id", "“Various” is not a URN"),
        (home("1.23E+06"), "rounded_id", "a spreadsheet has rounded"),
        (home("SC000001", leaders="#N/A"), "error_cell", "the cell holds the error #N/A"),
        (home("SC000001", overall="#REF!"), "error_cell", "the cell holds the error #REF!"),
        (home("SC000001", on="31/02/2021"), "bad_date", "Inspection date: “31/02/2021” is not a date"),
        (home("SC000001", published="13/13/2021"), "bad_date", "Publication date: “13/13/2021” is not a date"),
        (home("SC000001", on="01/04/2022", published=""), "future_date", "is after the day of the list, 31 March 2022"),
        (home("SC000001", on=""), "missing_start", "There is a judgement and no date of inspection"),
        (home("SC000001", name="Oak, Ash"), "wrong_cells", "The row has 11 cells, its header 10"),
    ],
)
def test_refuses_a_row_that_cannot_be_taken_and_takes_the_others(listed: Write, row: str, code: str, says: str) -> None:
    read = listed(row, home("SC000002"))

    (refused,) = read.refused
    assert (refused.line, refused.code, says in refused.reason) == (2, code, True)
    assert refused.raw["provision type"] == "Children's home"
    assert [taken.urn for taken in read.rows] == ["SC000002"]


def test_takes_a_judgement_published_before_its_inspection_without_that_day(listed: Write) -> None:
    read = listed(home("SC000001", published="03/10/2021"))

    assert [inspection.published_on for inspection in read.rows[0].inspections] == [None]
    assert [(note.line, note.code) for note in read.notes] == [(2, "end_before_start")]


def test_counts_an_exact_repeat_and_takes_it_once(listed: Write) -> None:
    read = listed(home("SC000001"), home("SC000001"))

    assert (read.read, len(read.rows), read.repeated, read.refused) == (2, 1, 1, [])


def test_refuses_the_same_setting_with_other_content_in_a_list_of_settings(listed: Write) -> None:
    others = [home(f"SC00{number}") for number in range(1000, 1030)]
    read = listed(home("SC000001"), *others, home("SC000001", overall="Inadequate", number="2"))

    (refused,) = read.refused
    assert (read.whole, refused.line, refused.id, refused.code) == (True, 33, "SC000001", "conflict_in_file")
    assert by_urn(read)["SC000001"].inspections[0].judgements["overall"].grade == "good"


def test_takes_several_inspections_of_a_setting_in_a_list_of_a_year(listed: Write) -> None:
    read = listed(
        home("SC000001"),
        home("SC000001", event="Interim inspection", on="01/02/2022", published="", number="2", overall="Inadequate"),
    )

    assert (read.whole, read.family, len(read.rows), read.refused) == (False, "social_care_in_year", 2, [])


def test_reads_an_interim_inspection_on_its_own_scale(listed: Write) -> None:
    read = listed(home("SC000001", event="Interim inspection", overall="Declined in effectiveness", leaders=""))

    (inspection,) = read.rows[0].inspections
    assert (inspection.kind, grades(inspection)) == ("interim", {"interim_outcome": "declined"})


@pytest.mark.parametrize(
    "event", ["Monitoring inspection", "Assurance visit", "SC – Emergency inspection", "Something new"]
)
def test_takes_an_event_that_does_not_plainly_judge_anew_as_a_visit(listed: Write, event: str) -> None:
    assert listed(home("SC000001", event=event)).rows[0].inspections[0].kind == "monitoring"


def test_takes_a_wording_on_no_scale_as_not_understood_and_says_so(listed: Write) -> None:
    read = listed(home("SC000001", overall="Splendid"))

    assert read.rows[0].inspections[0].judgements["overall"] == Judgement("Splendid", "unknown")
    (note,) = read.notes
    assert (note.line, note.id, note.code) == (2, "SC000001", "unknown_code")
    assert read.refused == []


# --- every file of the folder --------------------------------------------------------------------------------------


def how_read(folder: Path, year: int) -> tuple[object, ...]:
    """The layout of a year's list; whether it is whole; what was refused, not known and noted; how many settings and
    inspections."""
    found = read(f"provider_at_march_{year}.csv", date(year, 3, 31), folder)
    notes = [note.code for note in found.notes]
    inspections = sum(len(row.inspections) for row in found.rows)
    return found.layout, found.whole, found.refused, found.unknown_columns, notes, len(found.rows), inspections


@pytest.mark.parametrize(
    ("folder", "year", "layout", "settings", "inspections"),
    [
        (LISTS, 2015, "social_care_2015", 2605, 2605),
        (LISTS, 2016, "social_care_2016", 2647, 2647),
        (PARTS, 2017, "social_care_2016", 280, 280),
        (PARTS, 2019, "social_care_2019", 54, 54),
        (PARTS, 2020, "social_care_2019", 56, 56),
        (PARTS, 2021, "social_care_2019", 69, 54),
        (PARTS, 2022, "social_care_2022", 70, 63),
        (PARTS, 2023, "social_care_2023", 69, 69),
        (PARTS, 2025, "social_care_2025", 121, 95),
    ],
)
def test_reads_the_provider_list_of_every_year(
    folder: Path, year: int, layout: str, settings: int, inspections: int
) -> None:
    assert how_read(folder, year) == (layout, True, [], [], [], settings, inspections)


@pytest.mark.parametrize(
    ("year", "layout", "settings", "inspections"),
    [
        (2017, "social_care_2016", 2688, 2688),
        (2019, "social_care_2019", 2864, 2864),
        (2020, "social_care_2019", 2971, 2971),
        (2021, "social_care_2019", 3402, 2837),
        (2022, "social_care_2022", 3576, 3309),
        (2023, "social_care_2023", 3546, 3546),
        (2025, "social_care_2025", 5600, 4343),
    ],
)
def test_reads_the_provider_list_of_every_year_whole(
    providers: Path, year: int, layout: str, settings: int, inspections: int
) -> None:
    # In Ofsted's own list of 2023 a spreadsheet rounded one event's number.
    notes = ["rounded_id"] if year == 2023 else []
    assert how_read(providers, year) == (layout, True, [], [], notes, settings, inspections)


def copies_of_march_2018(folder: Path) -> tuple[OfstedList, OfstedList]:
    names = ("provider_at_march_2018.csv", "providers-as-at-2018-03-31.csv")
    ours, second = (read(name, date(2018, 3, 31), folder) for name in names)
    return ours, second


def inspections(of: OfstedList) -> dict[str, object]:
    return {row.urn: row.inspections for row in of.rows}


def test_reads_both_copies_of_march_2018_alike() -> None:
    ours, second = copies_of_march_2018(PARTS)

    assert (inspections(ours), ours.refused) == (inspections(second), [])
    assert "owner" in ours.columns_present - second.columns_present


def test_reads_both_whole_copies_of_march_2018_and_notes_the_publication_before_its_inspection(providers: Path) -> None:
    ours, second = copies_of_march_2018(providers)

    assert (inspections(ours), ours.refused) == (inspections(second), [])
    assert "owner" in ours.columns_present - second.columns_present
    assert [(note.id, note.code) for note in ours.notes] == [("SC394478", "end_before_start")]


def test_reads_the_inspections_of_2017_18_with_interim_and_monitoring_ones(providers: Path) -> None:
    read_ = read("inspections-in-year-2017-18.csv", date(2018, 3, 31), providers)

    kinds = Counter(row.inspections[0].kind for row in read_.rows)
    assert (read_.whole, kinds) == (False, {"full": 2600, "interim": 580, "monitoring": 308})
    assert Counter(
        grades(row.inspections[0]).get("interim_outcome") for row in read_.rows if row.inspections[0].kind == "interim"
    ) == {"sustained": 201, "improved": 170, "declined": 127, "not_judged": 79, None: 3}


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_reads_the_sheets_of_the_2022_publication_that_hold_a_table(providers: Path, ending: str) -> None:
    path = providers / f"Childrens_social_care_in_England_2022_underlying_data.{ending}"
    whole, in_year, moved = read_lists(path, date(2022, 3, 31))

    assert (whole.sheet, whole.whole, len(whole.rows)) == ("Provider_level_at_31_Mar_2022", True, 3576)
    assert (in_year.sheet, in_year.whole, len(in_year.rows)) == ("Provider_level_in_year_2021-22", False, 3612)
    assert (moved.family, moved.whole) == ("social_care_joiners_and_leavers", False)
    assert {row.urn: row.inspections for row in whole.rows} == {
        row.urn: row.inspections for row in read("provider_at_march_2022.csv", date(2022, 3, 31), providers).rows
    }


def test_reads_the_2025_publication_as_its_csv(providers: Path) -> None:
    whole, in_year, moved = read_lists(providers / "provider_at_march_2025.ods", date(2025, 3, 31))

    assert (len(whole.rows), len(in_year.rows), in_year.whole) == (5600, 4921, False)
    assert (moved.family, moved.whole, len(moved.rows)) == ("social_care_joiners_and_leavers", False, 1529)
    assert {row.urn: row.inspections for row in whole.rows} == {
        row.urn: row.inspections for row in read("provider_at_march_2025.csv", date(2025, 3, 31), providers).rows
    }


@pytest.mark.parametrize(
    ("name", "family", "rows"),
    [
        ("joiners_leavers_17.csv", "social_care_joiners_and_leavers", 468),
        ("joiners_leavers_20.csv", "social_care_joiners_and_leavers", 502),
        ("Closed providers final.csv", "social_care_closed_providers", 1328),
    ],
)
def test_reads_who_joined_left_and_closed(providers: Path, name: str, family: str, rows: int) -> None:
    (found,) = read_lists(providers / name, date(2023, 3, 31))

    assert (found.family, found.whole, len(found.rows), found.refused) == (family, False, rows, [])


@pytest.mark.parametrize(
    "name",
    ["private-sector-ownerships.csv", "providers_at_sept_14.csv", "../ofsted_schools/Cleaned_Dataset.csv",
     "../ofsted_schools/2017-18 Academic year - Secondary.xlsx"],
)  # fmt: skip
def test_refuses_other_kinds_of_file_saying_what_was_looked_for(providers: Path, name: str) -> None:
    with pytest.raises(WrongFile, match="is none of the lists of Ofsted that are read") as caught:
        read_lists(providers / name, date(2023, 3, 31))

    assert caught.value.code == "bad_header"


def said(folder: Path, name: str, as_at: date) -> dict[str, comparing.Said]:
    return {
        row.urn: comparing.Said(
            "overall",
            next((grades(one).get("overall", "") for one in row.inspections), ""),
            status_of(row, as_at).status,
        )
        for row in read(name, as_at, folder).rows
    }


def test_finds_what_changed_from_2022_to_2023(providers: Path) -> None:
    before = said(providers, "provider_at_march_2022.csv", date(2022, 3, 31))
    after = said(providers, "provider_at_march_2023.csv", date(2023, 3, 31))

    changed = comparing.compare_lists(before=before, after=after)

    moves = Counter((before[urn].grade, after[urn].grade) for urn in changed.worse)
    assert (len(changed.new), len(changed.gone)) == (160, 190)
    assert len(changed.better) + len(changed.worse) + len(changed.unchanged) == 3386
    assert moves == {
        ("good", "requires_improvement"): 229,
        ("good", "inadequate"): 30,
        ("outstanding", "good"): 151,
        ("requires_improvement", "inadequate"): 15,
        ("outstanding", "requires_improvement"): 22,
        ("outstanding", "inadequate"): 1,
    }


def test_finds_what_changed_from_2023_to_2025(providers: Path) -> None:
    before = said(providers, "provider_at_march_2023.csv", date(2023, 3, 31))
    after = said(providers, "provider_at_march_2025.csv", date(2025, 3, 31))

    changed = comparing.compare_lists(before=before, after=after)

    assert (len(changed.new), len(changed.gone), len(changed.worse), len(changed.better)) == (2413, 359, 423, 742)


def test_finds_the_settings_newly_inadequate_for_the_county() -> None:
    expected = published.expected("expected_placements")
    lists = [read(f"provider_at_march_{year}.csv", date(year, 3, 31), LISTS) for year in (2015, 2016)]
    day = date(2016, 6, 30)
    placed = {urn for part in ("newly_inadequate", "leaders_watch") for urn in expected[part]}
    placed |= set(expected["no_longer_inadequate"])
    periods = {}
    for urn in placed:
        told = [by_urn(one)[urn] for one in lists if urn in by_urn(one)]
        merged = SettingRow(0, "social_care", urn, {}, [one for row in told for one in row.inspections])
        periods[urn] = status_of(merged, day)

    adverse = {urn for urn, period in periods.items() if period.status is Status.ADVERSE}
    leaders = {
        urn for urn, period in periods.items() if period.reasons and period.reasons[0].code == "leaders_inadequate"
    }
    assert adverse == set(expected["newly_inadequate"])
    assert leaders == set(expected["leaders_watch"])


def test_reads_a_schools_list_whose_figures_passed_through_a_spreadsheet() -> None:
    expected = json.loads((SCHOOL_PLACEMENTS / "expected.json").read_text())
    (schools,) = read_lists(PARTS / "west_midlands_df.csv", date(2023, 8, 31))
    of = by_urn(schools)
    placements = (SCHOOL_PLACEMENTS / "school_placements.csv").read_text().splitlines()
    placed = {line.split(",")[2] for line in placements}

    status = {urn: status_of(of[urn], date(2023, 8, 31)) for urn in placed & of.keys()}

    assert (len(of), schools.refused, schools.notes) == (32, [], [])
    assert {urn for urn, period in status.items() if period.status is Status.ADVERSE} == set(expected["adverse"])
    assert [
        urn for urn, period in status.items() if [one.code for one in period.reasons] == ["not_inspected"]
    ] == expected["not_inspected"]


# --- layouts of which there is only a sample -----------------------------------------------------------------------


def statuses(name: str, as_at: date) -> dict[str, tuple[str, list[str]]]:
    periods = {row.urn: status_of(row, as_at) for row in read(name, as_at).rows}
    return {urn: (period.status.value, [reason.code for reason in period.reasons]) for urn, period in periods.items()}


@pytest.mark.parametrize(
    ("urn", "status", "reasons"),
    [
        ("900001", "clear", ""),
        ("900002", "adverse", "category_of_concern safeguarding_not_met urgent_improvement needs_attention"),
        ("900003", "not_judged", "not_judged"),
        ("900004", "adverse", "category_of_concern key_judgement_inadequate key_judgement_requires_improvement"),
        ("900005", "watch", "ungraded_concerns"),
        (
            "900006",
            "adverse",
            "overall_inadequate category_of_concern safeguarding_not_effective key_judgement_inadequate",
        ),
        ("900007", "watch", "not_inspected"),
        ("900008", "clear", ""),
        ("900009", "adverse", "safeguarding_not_effective key_judgement_requires_improvement"),
    ],
)
def test_reads_most_recent_inspections_with_report_cards(urn: str, status: str, reasons: str) -> None:
    assert statuses("state_schools_most_recent_2026.csv", date(2026, 4, 30))[urn] == (status, reasons.split())


def test_reads_a_schools_list_in_windows_1252_under_two_titles_without_an_unknown_column() -> None:
    schools = read("state_schools_most_recent_2026.csv", date(2026, 4, 30))

    assert (schools.layout, schools.header_line, schools.unknown_columns) == ("state_schools_reif", 3, [])
    assert by_urn(schools)["900002"].attributes["name"] == "Birch – St Chlöe’s Academy"


def test_marks_the_inspection_of_the_school_before_a_conversion() -> None:
    (inspection,) = by_urn(read("state_schools_most_recent_2026.csv", date(2026, 4, 30)))["900006"].inspections

    assert inspection.predecessor_urn == "800006"


def test_reads_the_schools_list_of_may_2024_with_previous_inspections() -> None:
    of = by_urn(read("state_schools_may_2024.csv", date(2024, 5, 31)))

    assert [
        (one.kind, one.inspected_on, grades(one).get("overall_effectiveness")) for one in of["900001"].inspections
    ] == [
        ("full", date(2019, 3, 12), "good"),
        ("full", date(2014, 6, 10), "requires_improvement"),
        ("ungraded", date(2024, 2, 6), None),
    ]
    # An ungraded inspection that became a graded one is told once.
    assert [(one.kind, one.predecessor_urn) for one in of["900010"].inspections] == [("full", ""), ("full", "800010")]


def test_reads_the_years_inspections_of_schools() -> None:
    schools = read("state_schools_in_year_2026.csv", date(2026, 4, 30))

    assert (schools.whole, [row.inspections[0].kind for row in schools.rows]) == (
        False,
        ["report_card", "monitoring", "monitoring"],
    )
    assert grades(schools.rows[2].inspections[0])["monitoring_outcome"] == "not_effective_action"


def test_reads_independent_schools_with_standards_and_report_cards() -> None:
    assert statuses("independent_schools_2026.csv", date(2026, 4, 30)) == {
        "910001": ("clear", []),
        "910002": ("adverse", ["standards_3_4_not_met", "requires_improvement", "standards_not_met"]),
        "910003": ("watch", ["needs_attention"]),
        "910004": ("watch", ["not_inspected"]),
    }


def test_reads_independent_schools_of_2025_where_a_monitoring_visit_clears_nothing() -> None:
    found = statuses("independent_schools_2025.csv", date(2025, 7, 31))

    assert found["910001"] == ("clear", [])
    assert found["910005"][0] == "adverse"
    assert found["910006"] == ("watch", ["monitoring_not_met"])


def test_reads_the_social_care_list_of_2024_in_mac_roman_with_previous_inspections() -> None:
    read_ = read("social_care_2024.csv", date(2024, 3, 31))

    first, second, third = read_.rows
    assert (read_.layout, read_.unknown_columns) == ("social_care_2024", [])
    assert [(one.inspected_on.year, grades(one)["overall"]) for one in first.inspections] == [
        (2023, "requires_improvement"),
        (2022, "inadequate"),
    ]
    assert (second.attributes["owner"], second.attributes["registered_on"]) == ("Café – Care & Co", date(2012, 2, 1))
    assert third.inspections == []
