"""Small lists that once came out wrong (tests/data/cases), and others of their kinds: from the file to the status."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from plumbline.audit.models import Event
from plumbline.earlyhelp.models import Tac
from plumbline.exchange.import_ofsted import import_ofsted
from plumbline.flags.models import Flag
from plumbline.intake.models import Import
from plumbline.kernel.errors import RuleBroken
from plumbline.ofsted.models import Inspection, Judgement, OfstedList, Setting, StatusPeriod
from plumbline.people.act import Act
from plumbline.placements.models import Placement
from tests.integration.placements.situations import a_child

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parents[2] / "data" / "cases"
TODAY = date(2026, 11, 30)
NOW = Act(None, datetime(2026, 11, 30, 9, 0, tzinfo=UTC), TODAY)
WHY = "Ofsted sent it again"

HEADER = (
    "URN,Provision type,Registration status,Name,Local authority,Latest full inspection event type,"
    "Latest full inspection date,Latest full inspection publication date,"
    "Overall experiences and progress of children and young people,"
    "How well children and young people are helped and protected"
).split(",")


def home(urn: str, grade: str = "Good", *, status: str = "Active", on: str = "07/05/2026", published: str = "") -> list:
    return [urn, "Children's Home", status, "A", "Fenshire", "Full inspection", on, published, grade, grade]


def a_list(path: Path, *rows: list, above: str = "") -> Path:
    lines = [[above], HEADER, *rows] if above else [HEADER, *rows]
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in line) for line in lines) + "\n")
    return path


def take(path: Path, day: date, **more: Any) -> dict[str, Any]:
    return import_ofsted(path, as_at=day, **more, act=NOW)


def counts(result: dict[str, Any]) -> tuple[int, int, int]:
    (file,) = result["files"].values()
    return file["added"], file["changed"], file["unchanged"]


def status(urn: str) -> str:
    return Setting.objects.get(urn=urn).status


def spans(urn: str) -> list[tuple[str, date]]:
    return list(StatusPeriod.objects.filter(setting__urn=urn).order_by("from_on").values_list("status", "from_on"))


def refused(path: Path, day: date, **more: Any) -> str:
    with pytest.raises(RuleBroken) as caught:
        take(path, day, **more)
    return caught.value.code


# --- a corrected list of the same day ------------------------------------------------------------------------------


def test_a_corrected_list_of_the_same_day_counts_and_is_counted() -> None:
    folder, day = CASES / "ofsted_list_republished_corrected", date(2026, 11, 15)
    take(folder / "list_first.xlsx", day, because=WHY)
    placed = Placement.objects.create(
        source="here",
        source_id="H1",
        child=a_child(),
        setting=Setting.objects.get(urn="SC952001"),
        started_on=date(2026, 1, 5),
    )
    corrected = take(folder / "list_corrected.xlsx", day, because=WHY)
    again = take(folder / "list_corrected.xlsx", day, because=WHY)

    assert (counts(corrected), counts(again)) == ((0, 1, 2), (0, 0, 3))
    assert status("SC952001") == "adverse"
    assert list(Flag.objects.filter(subject_type="placement", subject_id=placed.pk).values_list("kind", "state")) == [
        ("placed_at_adverse", "open")
    ]


@pytest.mark.parametrize(
    ("first", "corrected", "expected"),
    [
        (home("SC900001", "Inadequate"), home("SC900001", "Good"), "clear"),
        (home("SC900001", status="Active"), home("SC900001", status="Suspended"), "adverse"),
        (home("SC900001", status="Suspended"), home("SC900001", status="Active"), "clear"),
        (home("SC900001", "Good"), home("SC900001", "Rather poor"), "watch"),
        # The day of the inspection was wrong: the good one of June never was.
        (home("SC900001", "Good", on="07/06/2026"), home("SC900001", "Inadequate"), "adverse"),
        (home("SC900001", "Inadequate", on="07/06/2026"), home("SC900001", "Good"), "clear"),
        # What the correction leaves empty is not blanked.
        (home("SC900001", "Inadequate"), home("SC900001", ""), "adverse"),
    ],
)
def test_whatever_a_corrected_list_of_the_same_day_says_otherwise_counts(
    tmp_path: Path, first: list, corrected: list, expected: str
) -> None:
    day = date(2026, 11, 15)
    take(a_list(tmp_path / "a.csv", first), day)
    result = take(a_list(tmp_path / "b.csv", corrected), day)

    assert (status("SC900001"), result["files"]["b"]["changed"]) == (expected, int(corrected[8] != ""))


def test_a_corrected_day_of_publication_counts(tmp_path: Path) -> None:
    day = date(2026, 11, 15)
    take(a_list(tmp_path / "a.csv", home("SC900001", "Inadequate", published="01/06/2026")), day)
    take(a_list(tmp_path / "b.csv", home("SC900001", "Inadequate", published="01/07/2026")), day)

    assert Inspection.objects.get().published_on == date(2026, 7, 1)


def test_a_correction_of_an_older_day_does_not_undo_a_newer_list(tmp_path: Path) -> None:
    take(a_list(tmp_path / "a.csv", home("SC900001", "Good")), date(2026, 9, 30))
    take(a_list(tmp_path / "b.csv", home("SC900001", "Inadequate"), home("SC900002")), date(2026, 10, 31))
    take(a_list(tmp_path / "c.csv", home("SC900001", "Outstanding")), date(2026, 9, 30))

    assert status("SC900001") == "adverse"


def grades_of(urn: str) -> dict[str, str]:
    return dict(Judgement.objects.filter(inspection__setting__urn=urn).values_list("aspect", "grade"))


@pytest.mark.parametrize("nothing", ["", "Not judged", "NULL"])
@pytest.mark.parametrize("later_first", [False, True])
def test_a_list_that_says_nothing_of_a_judgement_takes_no_grade_away(
    tmp_path: Path, nothing: str, later_first: bool
) -> None:
    known = a_list(tmp_path / "a.csv", home("SC900001", "Inadequate")), date(2026, 9, 30)
    silent = a_list(tmp_path / "b.csv", home("SC900001", nothing), home("SC900002")), date(2026, 10, 31)
    for path, day in (silent, known) if later_first else (known, silent):
        take(path, day)

    assert (status("SC900001"), grades_of("SC900001")["overall"]) == ("adverse", "inadequate")


@pytest.mark.parametrize("later_first", [False, True])
def test_of_two_lists_that_differ_about_one_inspection_the_newer_counts(tmp_path: Path, later_first: bool) -> None:
    older = a_list(tmp_path / "a.csv", home("SC900001", "Good")), date(2026, 9, 30)
    newer = a_list(tmp_path / "b.csv", home("SC900001", "Inadequate")), date(2026, 10, 31)
    for path, day in (newer, older) if later_first else (older, newer):
        take(path, day)

    assert (status("SC900001"), grades_of("SC900001")["overall"]) == ("adverse", "inadequate")


def test_an_older_list_corrects_no_grade_of_an_aspect_whatever_it_says_overall(tmp_path: Path) -> None:
    """The newer list gives a grade of how children are protected, and none overall."""
    newer = home("SC900001", "")
    newer[-1] = "Inadequate"
    older = home("SC900001", "")
    older[-1] = "Good"
    take(a_list(tmp_path / "b.csv", newer), date(2026, 10, 31))
    take(a_list(tmp_path / "a.csv", older, home("SC900002")), date(2026, 9, 30))

    assert grades_of("SC900001")["helped_protected"] == "inadequate"


# --- sheets --------------------------------------------------------------------------------------------------------


def test_a_hidden_sheet_is_not_read_and_is_named() -> None:
    result = take(CASES / "ofsted_hidden_sheet" / "list_with_hidden_sheet.xlsx", date(2025, 3, 31))

    assert any("working copy OLD" in str(note) for note in result["notes"])
    assert not Setting.objects.filter(urn="SC900009").exists()
    assert status("SC900001") == "adverse"


def a_workbook(path: Path, **sheets: list[list]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for line, row in enumerate([HEADER, *rows]):
                sheet.write_row(line, 0, row)
    return path


@pytest.mark.parametrize(
    "second",
    [
        [home("SC900001", "Inadequate"), home("SC900002")],
        [home("SC900001", on="08/05/2026"), home("SC900002")],
        [home("SC900001")],
        [home("SC900001"), home("SC900002"), home("SC900009", "Inadequate")],
        [home("SC900001", status="Suspended"), home("SC900002")],
    ],
)
def test_two_sheets_that_differ_are_refused(tmp_path: Path, second: list[list]) -> None:
    path = a_workbook(tmp_path / "list.xlsx", New=[home("SC900001"), home("SC900002")], Old=second)

    assert refused(path, date(2026, 11, 15)) == "two_tables"
    assert not Setting.objects.exists()


def test_two_sheets_that_say_the_same_are_one_list(tmp_path: Path) -> None:
    rows = [home("SC900001"), home("SC900002")]
    result = take(a_workbook(tmp_path / "list.xlsx", A=rows, B=rows[::-1]), date(2026, 11, 15))

    assert counts(result) == (2, 0, 0)


def test_two_sheets_with_different_settings_are_both_taken(tmp_path: Path) -> None:
    take(a_workbook(tmp_path / "list.xlsx", A=[home("SC900001")], B=[home("SC900002")]), date(2026, 11, 15))

    assert Setting.objects.count() == 2


# --- judgements ----------------------------------------------------------------------------------------------------


def test_a_full_inspection_without_a_grade_is_noted_and_watched_until_it_is_read(tmp_path: Path) -> None:
    folder = CASES / "ofsted_full_inspection_no_grade"
    take(folder / "first_list_1904.xlsx", date(2025, 3, 31))
    assert status("SC900002") == "clear"
    result = take(folder / "list.csv", date(2026, 3, 31))

    assert any("4 November 2025" in str(note) for note in result["notes"])
    assert (status("SC900002"), Setting.objects.get(urn="SC900002").reasons[0]["code"]) == (
        "watch",
        "judgement_not_read",
    )
    take(a_list(tmp_path / "read.csv", home("SC900002", "Good", on="04/11/2025")), date(2026, 4, 30))
    assert status("SC900002") == "clear"


@pytest.mark.parametrize("order", [1, -1])
def test_a_grade_of_a_report_card_counts_from_its_own_day(order: int) -> None:
    folder = CASES / "report_card_regraded"
    lists = [("most_recent_2026-02.csv", date(2026, 2, 28)), ("most_recent_2026-08.csv", date(2026, 8, 31))]
    first, last = lists[::order]
    take(folder / first[0], first[1])
    placed = Placement.objects.create(
        source="sen",
        source_id="S1",
        child=a_child(),
        setting=Setting.objects.get(urn="920002"),
        started_on=date(2026, 4, 20),
    )
    take(folder / last[0], last[1])

    assert spans("920002")[-2:] == [("clear", date(2026, 2, 25)), ("adverse", date(2026, 7, 7))]
    assert spans("920001")[-2:] == [("adverse", date(2026, 2, 24)), ("watch", date(2026, 7, 6))]
    assert list(Flag.objects.filter(subject_type="placement", subject_id=placed.pk).values_list("kind", flat=True)) == [
        "setting_adverse"
    ]


def test_the_names_of_2019_to_2022_are_read() -> None:
    take(CASES / "schools_mi_section8_layout" / "schools_as_at_2022-03-31.csv", date(2022, 3, 31))
    told = {
        (each.setting.urn, each.kind, each.inspected_on.year): (
            each.predecessor_urn,
            {judgement.aspect: judgement.grade for judgement in each.judgements.all()},
        )
        for each in Inspection.objects.select_related("setting").prefetch_related("judgements")
    }

    assert told == {
        ("910001", "full", 2019): (
            "899001",
            {"overall_effectiveness": "inadequate", "category_of_concern": "special_measures"},
        ),
        ("910002", "full", 2017): ("", {"overall_effectiveness": "good"}),
        ("910002", "full", 2013): (
            "",
            {"overall_effectiveness": "inadequate", "category_of_concern": "serious_weaknesses"},
        ),
        ("910002", "ungraded", 2021): ("", {"ungraded_outcome": "remains_good_concerns"}),
    }


def test_a_column_with_judgements_that_is_not_known_refuses_the_file(tmp_path: Path) -> None:
    path = a_list(tmp_path / "list.csv", home("SC900001"))
    path.write_text(path.read_text().replace("Name", "Care experience grade"))

    assert refused(path, date(2026, 11, 15)) == "unknown_judgement"


# --- of which day a list is ----------------------------------------------------------------------------------------


def many(grade: str = "Good", *, newest: str = "07/05/2026") -> list[list]:
    return [home(f"SC9{number:05}", grade, on=newest) for number in range(100)]


def test_a_day_that_the_lists_own_line_contradicts_is_refused(tmp_path: Path) -> None:
    path = CASES / "ofsted_title_of_another_day" / "list.csv"

    assert refused(path, date(2026, 9, 30)) == "title_of_another_day"
    assert take(path, date(2023, 3, 31))["import"]


@pytest.mark.parametrize(
    ("above", "code"),
    [
        ("Provider level as at 31 March 2026", "title_of_another_day"),
        ("Inspections and outcomes as at 31st Mar 2026", "title_of_another_day"),
        ("Position at 31/03/2026", "title_of_another_day"),
        ("As at: 2026-03-31", "title_of_another_day"),
        ("All inspections, 1 April 2025 to 31 March 2026", "title_of_another_day"),
        ("As at March 2026", "title_of_another_day"),
        ("Provider level as at 15 November 2026", ""),
        ("Provider level as at November 2026, published on 20 November 2026", ""),
        ("Published on 3 July 2025. The table begins at row 3", ""),
    ],
)
def test_the_lines_above_a_list_say_of_which_day_it_is(tmp_path: Path, above: str, code: str) -> None:
    path, day = a_list(tmp_path / "list.csv", home("SC900001"), above=above), date(2026, 11, 15)

    if code:
        assert refused(path, day) == code
    else:
        assert take(path, day)["import"]


def test_a_list_of_many_rows_without_a_recent_inspection_is_refused(tmp_path: Path) -> None:
    path = a_list(tmp_path / "list.csv", *many())

    assert refused(path, date(2026, 9, 5)) == "older_list"  # 121 days after the newest
    assert take(path, date(2026, 9, 4))["import"]


def test_a_list_of_many_rows_with_inspections_after_its_day_is_refused(tmp_path: Path) -> None:
    later = [home(f"SC8{number:05}", on="07/06/2026") for number in range(20)]

    assert refused(a_list(tmp_path / "list.csv", *many(), *later), date(2026, 5, 31)) == "newer_list"


def test_content_that_was_taken_for_another_day_is_refused_in_whatever_container(tmp_path: Path) -> None:
    rows = [home("SC900001"), home("SC900002")]
    take(a_list(tmp_path / "list.csv", *rows), date(2026, 9, 30))

    assert refused(a_workbook(tmp_path / "list.xlsx", A=rows[::-1]), date(2026, 10, 31)) == "taken_for_another_day"
    assert counts(take(tmp_path / "list.csv", date(2026, 9, 30))) == (0, 0, 2)


def test_a_reason_lets_it_in_is_kept_and_proves_no_check_beyond_the_lists_own_day(tmp_path: Path) -> None:
    path = a_list(tmp_path / "list.csv", home("SC900001"), above="As at 31 March 2026")
    result = take(path, date(2026, 10, 31), because=WHY)

    assert Import.objects.get(pk=result["import"]).because == WHY
    assert Event.objects.get(kind="ofsted.list.taken").because == WHY
    assert Setting.objects.get().last_checked_on == date(2026, 3, 31)
    assert Setting.objects.get().listed_on == date(2026, 10, 31)
    # The true list of that day proves it after all.
    take(a_list(tmp_path / "true.csv", home("SC900001", "Outstanding")), date(2026, 10, 31))
    assert (Setting.objects.get().last_checked_on, OfstedList.objects.get().proves_to) == (date(2026, 10, 31), None)


def test_the_same_list_typed_as_today_makes_no_setting_checked_today(tmp_path: Path) -> None:
    path = a_list(tmp_path / "list.csv", *many())
    take(path, date(2026, 6, 30))
    assert refused(path, TODAY) == "taken_for_another_day"
    take(path, TODAY, because=WHY)

    assert set(Setting.objects.values_list("last_checked_on", flat=True)) == {date(2026, 6, 30)}


def test_a_truly_older_list_fills_history(tmp_path: Path) -> None:
    take(a_list(tmp_path / "new.csv", *many()), date(2026, 6, 30))
    take(a_list(tmp_path / "old.csv", *many("Inadequate", newest="07/05/2025")), date(2025, 6, 30))

    assert set(Setting.objects.values_list("status", "last_checked_on")) == {("clear", date(2026, 6, 30))}
    assert spans("SC900000")[0] == ("adverse", date(2025, 5, 7))


# --- kinds of inspection are dated ---------------------------------------------------------------------------------

SCHOOLS = "URN,School name,Inspection start date,Overall effectiveness,Safeguarding is effective?"


def test_a_grade_that_did_not_exist_on_its_day_is_refused_by_its_row(tmp_path: Path) -> None:
    path = tmp_path / "schools.csv"
    path.write_text(f"{SCHOOLS}\n930001,Ash,05/03/2025,2,Yes\n930002,Elm,05/03/2024,2,Yes\n")
    result = take(path, date(2025, 3, 31))

    assert [(row["line"], row["code"]) for row in result["refused"]] == [(2, "kind_of_another_time")]
    assert status("930002") == "clear"


# --- what it means, before it is taken ------------------------------------------------------------------------------


def test_a_trial_run_says_what_it_means_for_our_settings_and_changes_nothing(tmp_path: Path) -> None:
    rows = [home("SC900001"), home("SC900002", "Inadequate"), home("SC900003"), home("SC900004")]
    take(a_list(tmp_path / "a.csv", *rows), date(2026, 9, 30))
    child = a_child()
    for number, urn in enumerate(("SC900001", "SC900002", "SC900003")):
        Placement.objects.create(
            source="sen",
            source_id=f"S{number}",
            child=child if number else a_child(),
            setting=Setting.objects.get(urn=urn),
            started_on=date(2026, 1, 5),
        )
    Tac.objects.create(source_id="T1", child=child, started_on=date(2026, 1, 1))
    rows = [
        home("SC900001", "Inadequate", on="07/09/2026"), home("SC900002", on="07/09/2026"),
        home("SC900004", "Awful", on="07/09/2026"),
    ]  # fmt: skip
    result = take(a_list(tmp_path / "b.csv", *rows), date(2026, 10, 31), dry_run=True)

    assert result["means"] == [
        "1 of our settings becomes adverse, and no child may be placed there: SC900001.",
        "1 of our settings is better: SC900002.",
        "1 of our settings is no longer on Ofsted’s list: SC900003.",
        "Concerned: 2 children, 0 workers and 1 open TAC.",
        "Words of judgements that are not understood here, and have to be read in the reports: “Awful”.",
    ]
    assert status("SC900001") == "clear"
