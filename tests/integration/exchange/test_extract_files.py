"""An extract as it was handed in: files by whatever name, a zip, a workbook; and what of it is not read, by name."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from plumbline.exchange.contracts import import_contracts
from plumbline.kernel.errors import RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import Child
from tests.integration.exchange.extracts import ANNA, AT, BEN, HEADERS, TAC, TODAY, counts, refusals, take, write

pytestmark = pytest.mark.django_db


def workbook(path: Path, sheets: dict[str, list[str]], hidden: str = "") -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row.split(","))
            if name == hidden:
                sheet.hide()
    return path


def noted(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(note["file"], note["code"]) for note in result["notes"]]


PERSONS = [HEADERS["ssd_person"], ANNA, BEN]
TACS = [HEADERS["ssd_early_help_episodes"], TAC]


def test_a_zip_is_read_as_the_folder_that_it_holds(tmp_path):
    path = tmp_path / "extract.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("July/ssd_person.csv", "\n".join(PERSONS) + "\n")
        packed.write(workbook(tmp_path / "x.xlsx", {"Sheet1": TACS}), "July/ssd_early_help_episodes.xlsx")

    result = take(path)

    assert {name: found["added"] for name, found in result["files"].items()} == {
        "ssd_person": 2,
        "ssd_early_help_episodes": 1,
    }


def test_a_zip_in_a_folder_is_read_too(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        packed.writestr("ssd_person.csv", "\n".join(PERSONS) + "\n")

    assert counts(take(tmp_path), "ssd_person") == {"read": 2, "added": 2}


def test_a_workbook_is_read_sheet_by_sheet_and_names_those_it_does_not_read(tmp_path):
    sheets = {"SSD_Person": PERSONS, "ssd_early_help_episodes": TACS, "About": ["x"], "ssd_cin_episodes": ["y"]}
    result = take(workbook(tmp_path / "extract.xlsx", sheets, hidden="ssd_cin_episodes"))

    assert {name: found["added"] for name, found in result["files"].items()} == {
        "ssd_person": 2,
        "ssd_early_help_episodes": 1,
    }
    assert [note["reason"] for note in result["notes"]] == [
        "The sheet “About” is not read: its name is of no kind.",
        "The sheet “ssd_cin_episodes” is not read: it is hidden.",
    ]


def test_a_hidden_sheet_of_a_kinds_own_workbook_is_not_read_and_is_named(tmp_path):
    workbook(tmp_path / "ssd_person.xlsx", {"New": PERSONS[:2], "Old": PERSONS}, hidden="Old")

    result = take(tmp_path)

    assert (counts(result, "ssd_person"), noted(result)) == (
        {"read": 1, "added": 1},
        [("ssd_person", "sheet_not_read")],
    )


def test_two_visible_sheets_that_hold_the_kind_refuse_it(tmp_path):
    workbook(tmp_path / "ssd_person.xlsx", {"New": PERSONS[:2], "Old": PERSONS})
    with pytest.raises(RuleBroken) as refused:
        take(tmp_path)

    assert refused.value.code == "two_tables"


def test_two_files_of_one_kind_that_differ_refuse_the_kind_and_no_other(tmp_path):
    write(tmp_path, ssd_early_help_episodes=TAC.replace("P1", "P2"), ssd_person=ANNA)
    (tmp_path / "ssd_person (1).csv").write_text("\n".join(PERSONS) + "\n")

    result = take(tmp_path)

    assert [row[3] for row in refusals(result)] == ["two_files", "unknown_person"]
    assert "ssd_person (1).csv" in result["refused"][0]["reason"]
    assert not Child.objects.exists()


@pytest.mark.parametrize(
    "name", ["ssd_person (1).csv", "dbo.ssd_person.csv", "SSD_PERSON.CSV", "ssd_person - Copy.csv", "ssd_person.txt"]
)
def test_a_file_is_known_by_what_a_download_or_a_database_makes_of_its_name(tmp_path, name):
    (tmp_path / name).write_text("\n".join(PERSONS) + "\n")

    assert counts(take(tmp_path), "ssd_person") == {"read": 2, "added": 2}


@pytest.mark.parametrize("name", ["ssd_person_old.csv", "person.csv", "ssd_person.pdf", "readme.docx"])
def test_a_file_of_no_kind_is_named(tmp_path, name):
    write(tmp_path, ssd_person=ANNA)
    (tmp_path / name).write_text("anything")

    assert noted(take(tmp_path)) == [(name, "file_not_read")]


def test_nothing_that_can_be_read_is_said_with_what_was_given_and_no_folder(tmp_path):
    (tmp_path / "notes.pdf").write_text("x")
    with pytest.raises(RuleBroken) as refused:
        take(tmp_path)

    assert (refused.value.code, "It has notes.pdf." in refused.value.reason) == ("nothing_to_read", True)
    assert str(tmp_path) not in refused.value.reason


def test_the_register_of_contracts_is_read_the_same_way(tmp_path):
    with zipfile.ZipFile(tmp_path / "register.zip", "w") as packed:
        packed.writestr("law_changes (1).csv", "change_id,title,in_force,policies,review_by\nL1,New,03/15/2016,,\n")
    with pytest.raises(RuleBroken) as refused:
        import_contracts(tmp_path / "register.zip", act=Act(None, AT, TODAY))

    assert (refused.value.code, "in_force" in refused.value.reason) == ("month_first", True)


def test_who_is_found_by_two_periods_of_care_that_differ_is_not_known(tmp_path):
    episodes = "clae_cla_episode_id,clae_person_id,clae_cla_id\nE1,P1,C1\nE2,P2,C1\nE3,P2,C2\n"
    placements = "clap_cla_placement_id,clap_cla_placement_start_date,clap_cla_placement_urn,clap_cla_id,"
    placements += "clap_cla_placement_end_date\nPL1,2016-01-01,SC1,C1,\nPL2,2016-01-01,SC1,C2,9999-12-31\n"
    write(tmp_path, ssd_person=f"{ANNA}\n{BEN}")
    (tmp_path / "ssd_cla_episodes.csv").write_text(episodes)
    (tmp_path / "ssd_cla_placement.csv").write_text(placements)

    result = take(tmp_path)

    assert refusals(result) == [("ssd_cla_placement", 2, "PL1", "unknown_person")]
    assert counts(result, "ssd_cla_placement") == {"read": 2, "added": 1, "refused": 1}
    assert noted(result) == [("ssd_cla_placement", "open_ended")]


def test_a_placement_that_names_no_one_in_any_column_refuses_the_file(tmp_path):
    write(tmp_path, ssd_person=ANNA)
    header = "clap_cla_placement_id,clap_cla_placement_start_date,clap_cla_placement_urn,clap_cla_placement_end_date"
    (tmp_path / "ssd_cla_placement.csv").write_text(f"{header}\nPL1,2016-01-01,SC1,\n")

    assert refusals(take(tmp_path)) == [("ssd_cla_placement", 1, "", "bad_header")]


def test_a_text_longer_than_can_be_kept_is_kept_up_to_there_and_said(tmp_path):
    result = take(write(tmp_path, ssd_person=f"P1,{'Z' * 300},Bell,F,2008-02-03,WBRI"))

    assert (Child.objects.get().forename, noted(result)) == ("Z" * 255, [("ssd_person", "text_cut")])


def test_a_child_that_was_born_since_is_no_longer_expected(tmp_path):
    header = f"{HEADERS['ssd_person']},pers_expected_dob\n"
    for row in ("P1,Unborn,Bell,U,,,2016-10-02", "P1,Anna,Bell,F,2016-07-30,,2016-10-02"):
        (tmp_path / "ssd_person.csv").write_text(header + row + "\n")
        take(tmp_path)

    assert [(str(child.dob), child.expected_dob) for child in Child.objects.all()] == [("2016-07-30", None)]


@pytest.mark.parametrize(("dob", "code"), [("2017-05-27", None), ("2017-05-28", "future_date")])
def test_a_birth_is_expected_within_a_pregnancy_and_not_later(tmp_path, dob, code):
    result = take(write(tmp_path, ssd_person=f"P1,Unborn,Bell,U,{dob},"))

    assert [row[3] for row in refusals(result)] == ([code] if code else [])
