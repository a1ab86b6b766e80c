"""Rows and files of an extract that cannot be taken: for which reason, and that they stop nothing else."""

import pytest

from plumbline.earlyhelp.models import Tac
from plumbline.exchange.models import RefusedRow
from plumbline.kernel.errors import RuleBroken
from plumbline.people.models import Child
from tests.integration.exchange.extracts import ANNA, BEN, HEADERS, TAC, counts, refusals, take, write

pytestmark = pytest.mark.django_db

ONE_ROW = [
    ("ssd_person", "P9,Zoe,Day,F,2008-02-30,WBRI", "P9", "bad_date"),
    ("ssd_person", "P9,Zoe,Day,F,13/13/2008,WBRI", "P9", "bad_date"),
    ("ssd_person", "P9,Zoe,Day,F,2017-08-01,WBRI", "P9", "future_date"),
    ("ssd_person", "1.23457E+11,Zoe,Day,F,2008-02-03,WBRI", "1.23457E+11", "rounded_id"),
    ("ssd_person", "Grand Total,1,,,,", "GRAND TOTAL", "totals_row"),
    ("ssd_person", ",Zoe,Day,F,2008-02-03,WBRI", "", "missing_id"),
    ("ssd_person", "NULL,Zoe,Day,F,2008-02-03,WBRI", "", "missing_id"),
    ("ssd_person", f"{'9' * 61},Zoe,Day,F,2008-02-03,WBRI", "9" * 61, "too_long"),
    ("ssd_person", "P9,Zoe,Day,F,2008-02-03,WBRI,one more", "P9", "wrong_cells"),
    ("ssd_person", "P9,Zoe", "P9", "wrong_cells"),
    ("ssd_early_help_episodes", "EH9,P1,2015-06-30,2015-06-29,,,,", "EH9", "end_before_start"),
    ("ssd_early_help_episodes", "EH9,P1,,2015-06-29,,,,", "EH9", "missing_start"),
    ("ssd_early_help_episodes", "EH9,P1,2015-06-30,2016-08-01,,,,", "EH9", "future_date"),
    ("ssd_early_help_episodes", "EH9,P404,2015-06-30,,,,,", "EH9", "unknown_person"),
    ("ssd_early_help_episodes", "EH9,,2015-06-30,,,,,", "EH9", "unknown_person"),
    ("ssd_cin_episodes", "RF9,P1,,1A,N,,,SW1", "RF9", "missing_start"),
    ("ssd_cin_episodes", "RF9,P1,2015-06-30,1A,N,2015-06-29,,SW1", "RF9", "end_before_start"),
    ("ssd_cin_episodes", "RF9,P404,2015-06-30,1A,N,,,SW1", "RF9", "unknown_person"),
    ("ssd_involvements", "IV9,SW1,Worker,Team,,,P1", "IV9", "missing_start"),
    ("ssd_involvements", "IV9,SW1,Worker,Team,2015-06-30,,P404", "IV9", "unknown_person"),
    ("ssd_cla_placement", "PL9,P1,,K2,SC027252,PR4,", "PL9", "missing_start"),
    ("ssd_cla_placement", "PL9,P404,2015-06-30,K2,SC027252,PR4,", "PL9", "unknown_person"),
    ("school_placements", "S9,P1,103120,2015-06-30,2015-06-29,", "S9", "end_before_start"),
    ("tac_audits", "AU9,EH404,2015-06-30,AUD1,Good", "AU9", "unknown_episode"),
    ("tac_audits", "AU9,EH1,2015-06-30,AUD1,Superb", "AU9", "unknown_code"),
    ("organisations", "Ash School,castle,", "Ash School", "unknown_code"),
    ("code_map", "earl_episode_end_reason,Needs met,finished", "earl_episode_end_reason", "unknown_code"),
    ("code_map", "shoe_size,Needs met,needs_met", "shoe_size", "unknown_code"),
]


@pytest.mark.parametrize(("file", "row", "row_id", "code"), ONE_ROW)
def test_a_row_is_refused_with_its_file_line_id_and_code(tmp_path, file, row, row_id, code):
    take(write(tmp_path / "known", ssd_person=ANNA, ssd_early_help_episodes=TAC))

    result = take(write(tmp_path / "extract", **{file: row}))

    assert refusals(result) == [(file, 2, row_id, code)]


@pytest.mark.parametrize(("file", "row", "row_id", "code"), ONE_ROW)
def test_a_refused_row_gives_its_reason_as_a_sentence(tmp_path, file, row, row_id, code):
    take(write(tmp_path / "known", ssd_person=ANNA, ssd_early_help_episodes=TAC))

    reason = take(write(tmp_path / "extract", **{file: row}))["refused"][0]["reason"]

    assert reason.endswith(".")
    assert "{" not in reason


def test_a_refused_row_stops_no_other(tmp_path):
    result = take(write(tmp_path, ssd_person=f"P9,,,,soon,\n{ANNA}\nP8,,,,never,\n{BEN}"))

    assert counts(result, "ssd_person") == {"read": 4, "added": 2, "refused": 2}
    assert [line for _, line, _, _ in refusals(result)] == [2, 4]


def test_an_exact_repeat_is_counted_as_repeated(tmp_path):
    result = take(write(tmp_path, ssd_person=f"{ANNA}\n{ANNA}\n{ANNA.replace('2008-02-03', '03/02/2008')}"))

    assert counts(result, "ssd_person") == {"read": 3, "added": 1, "repeated": 2}


def test_of_two_rows_with_one_id_the_first_is_taken_and_the_later_refused(tmp_path):
    result = take(write(tmp_path, ssd_person=f"{ANNA}\n{ANNA.replace('Bell', 'Ball')}\n{ANNA}"))

    assert counts(result, "ssd_person") == {"read": 3, "added": 1, "repeated": 1, "refused": 1}
    assert refusals(result) == [("ssd_person", 3, "P1", "conflict_in_file")]
    assert Child.objects.get().surname == "Bell"


def test_a_row_that_was_refused_does_not_hold_its_id(tmp_path):
    result = take(write(tmp_path, ssd_person=f"{ANNA.replace('2008-02-03', 'soon')}\n{ANNA}"))

    assert counts(result, "ssd_person") == {"read": 2, "added": 1, "refused": 1}


def test_a_refused_row_is_kept_with_its_cells_as_they_were(tmp_path):
    take(write(tmp_path, ssd_person=" p9 ,Zoe, Day,F,30/02/2008,WBRI"))

    row = RefusedRow.objects.get()
    assert row.cells == {
        "pers_person_id": " p9 ",
        "pers_forename": "Zoe",
        "pers_surname": " Day",
        "pers_sex": "F",
        "pers_dob": "30/02/2008",
        "pers_ethnicity": "WBRI",
    }
    assert (row.row_id, row.line, row.state) == ("P9", 2, "open")


@pytest.mark.parametrize("reason", ["unknown_person", "conflict_in_file"])
def test_a_row_that_the_database_refuses_is_kept_with_its_cells_too(tmp_path, reason):
    rows = {"unknown_person": TAC.replace("P1", "P404"), "conflict_in_file": f"{TAC}\n{TAC}2"}[reason]
    take(write(tmp_path, ssd_person=ANNA, ssd_early_help_episodes=rows))

    row = RefusedRow.objects.get(code=reason)
    assert row.cells["earl_episode_reason"] == "Housing"


def test_many_refused_rows_all_keep_their_own_cells(tmp_path):
    rows = "\n".join(f"EH{n},P404,2015-06-30,,Reason {n},,," for n in range(1, 12_001))
    take(write(tmp_path, ssd_person=ANNA, ssd_early_help_episodes=rows))

    kept = RefusedRow.objects.values_list("row_id", "cells")
    assert len(kept) == 12_000
    assert all(cells["earl_episode_reason"] == f"Reason {row_id[2:]}" for row_id, cells in kept)


def test_the_same_refused_row_again_is_kept_once(tmp_path):
    folder = write(tmp_path, ssd_person=f"{ANNA}\nP9,,,,soon,")
    take(folder)
    result = take(folder)

    assert len(result["refused"]) == 1
    assert RefusedRow.objects.count() == 1


def test_a_refused_row_whose_id_comes_in_later_is_settled(tmp_path):
    take(write(tmp_path, ssd_person=ANNA.replace("2008-02-03", "soon")))
    take(write(tmp_path, ssd_person=ANNA))

    assert RefusedRow.objects.get().state == "mended"


# --- whole files -----------------------------------------------------------------------------------------------------


def test_a_file_with_the_header_of_another_kind_is_refused_whole_and_the_others_go_on(tmp_path):
    write(tmp_path, ssd_person=ANNA)
    (tmp_path / "ssd_cin_episodes.csv").write_text(f"{HEADERS['ssd_person']}\n{BEN}\n")
    result = take(tmp_path)

    assert refusals(result) == [("ssd_cin_episodes", 1, "", "bad_header")]
    assert counts(result, "ssd_person") == {"read": 1, "added": 1}


def test_with_strict_a_wrong_header_undoes_all(tmp_path):
    write(tmp_path, ssd_person=ANNA)
    (tmp_path / "ssd_cin_episodes.csv").write_text(f"{HEADERS['ssd_person']}\n{BEN}\n")
    with pytest.raises(RuleBroken) as refused:
        take(tmp_path, strict=True)

    assert (refused.value.code, Child.objects.count()) == ("bad_header", 0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"name,colour\nAnna,red\n", "bad_header"),
        (b"", "empty_file"),
        (b"PK\x03\x04 and more", "not_a_table"),
        (b"%PDF-1.7 and more", "not_a_table"),
        (f'{HEADERS["ssd_person"]}\n{ANNA}\nP2,"Ben,Cole,M,2009-04-05'.encode(), "truncated_file"),
        (f"{HEADERS['ssd_person']}\n{ANNA.replace('2008-02-03', '02/13/2008')}\n".encode(), "month_first"),
        (f"{HEADERS['ssd_person']}\n{ANNA}\nP2,Be".encode(), "truncated_file"),
        (f"{HEADERS['ssd_person']}\n{ANNA}\n\n{HEADERS['ssd_person']}\n{BEN}\n".encode(), "two_tables"),
    ],
)
def test_an_extract_of_one_file_that_is_wrong_is_refused_and_changes_nothing(tmp_path, content, code):
    (tmp_path / "ssd_person.csv").write_bytes(content)
    with pytest.raises(RuleBroken) as refused:
        take(tmp_path)

    assert (refused.value.code, Child.objects.count()) == (code, 0)


def test_a_file_that_is_cut_off_takes_none_of_its_rows_and_marks_none_missing(tmp_path):
    take(write(tmp_path, ssd_person=f"{ANNA}\n{BEN}"))
    write(tmp_path, ssd_early_help_episodes=TAC)
    (tmp_path / "ssd_person.csv").write_text(f"{HEADERS['ssd_person']}\nP3,Zoe,Day,F,2008-02-03,WBRI\nP4,Be")
    result = take(tmp_path)

    assert refusals(result) == [("ssd_person", 1, "", "truncated_file")]
    assert list(Child.objects.order_by("pk").values_list("source_id", "origin__missing_since")) == [
        ("P1", None),
        ("P2", None),
    ]
    assert Tac.objects.count() == 1


# --- untidy files ----------------------------------------------------------------------------------------------------


def untidy(encoding: str, delimiter: str = ",", titles: str = "", newline: str = "\n") -> bytes:
    rows = [HEADERS["ssd_person"], "P1,René,Müller,F,03/02/2008,WBRI", "P2,Ben,Cole,M,05-04-2009 00:00:00,WBRI"]
    text = titles + newline.join(row.replace(",", delimiter) for row in rows) + newline
    return text.encode(encoding)


@pytest.mark.parametrize(
    "content",
    [
        untidy("utf-8"),
        untidy("utf-8-sig"),
        untidy("cp1252"),
        untidy("mac_roman"),
        untidy("utf-8", delimiter=";"),
        untidy("utf-8", delimiter="\t"),
        untidy("cp1252", delimiter=";", newline="\r\n"),
        untidy("utf-8", titles="Extract of the case system\nConfidential\n\n"),
    ],
    ids=["utf-8", "bom", "cp1252", "mac roman", "semicolons", "tabs", "cp1252 ; crlf", "title lines"],
)
def test_untidy_files_say_the_same(tmp_path, content):
    (tmp_path / "ssd_person.csv").write_bytes(content)
    result = take(tmp_path)

    assert result["refused"] == []
    children = Child.objects.order_by("source_id").values_list("forename", "surname", "dob")
    assert [(f, s, d.isoformat()) for f, s, d in children] == [
        ("René", "Müller", "2008-02-03"),
        ("Ben", "Cole", "2009-04-05"),
    ]


def test_a_cell_with_tabs_breaks_and_backslashes_comes_in_whole(tmp_path):
    take(write(tmp_path, ssd_person=ANNA, ssd_early_help_episodes='EH1,P1,2015-01-10,,"A\\b\tc\nd",,Ash School,W1'))

    assert Tac.objects.get().reason_wording == "A\\b c d"


def test_absent_values_are_absent(tmp_path):
    take(write(tmp_path, ssd_person=ANNA, ssd_early_help_episodes="EH1,P1,2015-01-10,NULL,#N/A,nan,REDACTED,-"))

    tac = Tac.objects.get()
    assert (tac.ended_on, tac.reason_wording, tac.end_wording, tac.lead_wording, tac.worker_wording) == (
        None,
        "",
        "",
        "",
        "",
    )


def test_a_child_called_null_keeps_their_name(tmp_path):
    take(write(tmp_path, ssd_person="P1,Nan,Null,F,2008-02-03,WBRI"))

    assert Child.objects.get().name == "Nan Null"
