"""The command, from Ofsted's files and the county's extract to the flags."""

import json
from collections import defaultdict
from datetime import date

import pytest

from tests import published
from tests.integration.commands.running import answer_here as run
from tests.integration.commands.running import answer_on_its_own
from tests.published import COUNTY, LISTS, PARTS, SCHOOL_PLACEMENTS

NAMES = (("provider_at_march_2015.csv", "2015-03-31"), ("provider_at_march_2016.csv", "2016-03-31"))


def import_lists(database: str) -> None:
    for name, day in NAMES:
        run(database, "import-ofsted", str(LISTS / name), "--as-at", day)


def import_county(database: str) -> None:
    run(database, "import-ssd", str(COUNTY), "--extracted", "2016-07-31")


def by_setting(flags: list[dict]) -> dict[str, list[tuple[str, str]]]:
    found = defaultdict(list)
    for flag in flags:
        found[flag["subject"]["setting_urn"]].append((flag["subject"]["source_id"], flag["for"][0]))
    return {urn: sorted(rows) for urn, rows in found.items()}


def expected(of: dict) -> dict[str, list[tuple[str, str]]]:
    return {urn: [(p["placement"], p["allocated_worker"]) for p in placements] for urn, placements in of.items()}


EXPECTED = {
    "setting_adverse": "newly_inadequate",
    "placed_at_adverse": "already_inadequate",
    "setting_unmatched": "unmatched",
    "setting_gone": "gone",
    "setting_watch": "leaders_watch",
}


@pytest.mark.parametrize("order", ["lists first", "records first"])
def test_the_countys_flags_come_out_in_either_order(own_database, order):
    steps = [import_lists, import_county]
    for step in steps if order == "lists first" else steps[::-1]:
        step(own_database)
    known = published.expected("expected_placements")
    flags = run(own_database, "flags", "--open")
    found = {kind: by_setting([flag for flag in flags if flag["kind"] == kind]) for kind in EXPECTED}

    assert found == {kind: expected(known[name]) for kind, name in EXPECTED.items()}
    assert answer_on_its_own(own_database, "flags", "--open", "--kind", "setting_watch") == [
        flag for flag in flags if flag["kind"] == "setting_watch"
    ]


def test_everything_again_changes_nothing_and_raises_nothing(own_database):
    import_lists(own_database)
    import_county(own_database)
    before = run(own_database, "flags")
    import_county(own_database)
    import_lists(own_database)

    assert run(own_database, "flags") == before


@pytest.mark.parametrize("order", [1, -1])
def test_the_flags_of_the_schools_come_out_in_either_order(own_database, order):
    folder = SCHOOL_PLACEMENTS
    steps = [
        ("import-ofsted", str(PARTS / "west_midlands_df.csv"), "--as-at", "2023-08-31"),
        ("import-ssd", str(folder), "--extracted", "2023-09-30"),
    ]
    for step in steps[::order]:
        run(own_database, *step, today="2023-09-30")
    known = json.loads((folder / "expected.json").read_text())["adverse"]
    found = by_setting(run(own_database, "flags", "--open", today="2023-09-30"))
    found = {urn: [row for row in rows if row[0] is not None] for urn, rows in found.items()}

    assert {urn: rows for urn, rows in found.items() if rows} == {
        urn: [(p["placement"], p["caseworker"]) for p in placements] for urn, placements in known.items()
    }


def test_a_list_of_a_day_to_come_is_refused(own_database):
    file = PARTS / "provider_at_march_2017.csv"

    assert run(own_database, "import-ofsted", str(file), "--as-at", "2017-03-31", status=1)["error"] == "future_date"


def test_a_file_that_is_no_list_is_refused_whole(own_database):
    file = COUNTY / "ssd_person.csv"

    assert run(own_database, "import-ofsted", str(file), "--as-at", "2016-03-31", status=1)["error"] == "bad_header"


def test_a_dry_run_says_what_would_change_and_changes_nothing(own_database):
    file = str(LISTS / "provider_at_march_2016.csv")
    counts = answer_on_its_own(own_database, "import-ofsted", file, "--as-at", "2016-03-31", "--dry-run")["files"]

    assert counts == {
        "provider_at_march_2016": {
            "read": 2647,
            "added": 2647,
            "changed": 0,
            "unchanged": 0,
            "repeated": 0,
            "refused": 0,
        }
    }
    assert run(own_database, "import-ofsted", file, "--as-at", "2016-03-31")["files"] == counts


def test_the_same_list_again_changes_nothing(own_database):
    file = str(LISTS / "provider_at_march_2016.csv")
    run(own_database, "import-ofsted", file, "--as-at", "2016-03-31")
    again = run(own_database, "import-ofsted", file, "--as-at", "2016-03-31")["files"]["provider_at_march_2016"]

    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 2647)


def test_a_list_says_how_it_differs_from_the_one_before(own_database, django_db_blocker):
    from plumbline.ofsted.models import OfstedList

    import_lists(own_database)
    differences = OfstedList.objects.get(as_at=date(2016, 3, 31)).differences

    assert (differences["new"], differences["gone"], differences["newly_adverse"]) == (222, 180, 32)
