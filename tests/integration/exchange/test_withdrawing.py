"""What an import said is taken back: history keeps both, what follows from it follows, and what people did stays."""

import json
from datetime import date
from pathlib import Path

import psycopg
import pytest

from tests import databases
from tests.integration.commands.running import answer_here as run
from tests.integration.commands.running import answer_on_its_own
from tests.integration.exchange.extracts import HEADERS
from tests.published import COUNTY, LISTS

HEADER = (
    "URN,Provision type,Registration status,Name,Latest full inspection event type,Latest full inspection date,"
    "Overall experiences and progress of children and young people\n"
)
PERSON = HEADERS["ssd_person"]


def rows(database: str, statement: str) -> list[tuple]:
    with psycopg.connect(databases.login_url("owner", database)) as connection:
        return connection.execute(statement).fetchall()


STATE = {
    "settings": """select register, urn, name, provision_type, registration_status, owner_id, listed_on, gone_since,
        last_checked_on, status, status_since, reasons::text from ofsted_setting where listed_on is not null
        order by 1, 2""",
    "inspections": """select setting_id, kind, inspected_on, event_number, ofsted_list_id from ofsted_inspection
        order by 1, 2, 3""",
    "judgements": "select inspection_id, aspect, grade, wording from ofsted_judgement order by 1, 2",
    "listings": "select ofsted_list_id, setting_id from ofsted_listing order by 1, 2",
    "children": "select source_id, forename, surname, dob, missing_since from people_child c"
    " left join people_childorigin o on o.id = c.id order by 1",
    "tacs": "select source_id, started_on, ended_on, closure_code, missing_since, import_run_id from earlyhelp_tac t"
    " left join earlyhelp_tacorigin o on o.id = t.id order by 1",
    "placements": """select source_id, setting_id, started_on, ended_on, missing_since from placements_placement p
        left join placements_placementorigin o on o.id = p.id
        order by 1""",
    "ties": "select user_id, subject_type, subject_id, why from people_tie order by 1, 2, 3, 4",
    "extracts": "select source, extracted_on from intake_extract order by 1, 2",
    "flags": "select kind, setting_urn, child_id from flags_flag where state = 'open' order by 1, 2, 3",
}


def state(database: str) -> dict[str, list[tuple]]:
    return {name: rows(database, statement) for name, statement in STATE.items()}


def differing(one: dict[str, list[tuple]], other: dict[str, list[tuple]]) -> dict[str, list[tuple]]:
    return {name: sorted(set(one[name]) ^ set(other[name]), key=str)[:4] for name in one if one[name] != other[name]}


def newest(database: str) -> int:
    return rows(database, "select max(id) from intake_import")[0][0]


def test_a_list_and_an_extract_are_taken_back_and_all_is_as_before_but_for_history(own_database: str) -> None:
    """The county between its two lists, and its whole extract: flags raised for children are closed again."""
    run(own_database, "import-ofsted", str(LISTS / "provider_at_march_2015.csv"), "--as-at", "2015-03-31")
    before_extract = state(own_database)
    run(own_database, "import-ssd", str(COUNTY), "--extracted", "2016-07-31")
    before_list = state(own_database)
    [(moment,)] = rows(own_database, "select max(at) from audit_moment")
    run(own_database, "import-ofsted", str(LISTS / "provider_at_march_2016.csv"), "--as-at", "2016-03-31")
    assert differing(state(own_database), before_list)
    figure = ["measure", "placements_adverse_share", "--as-at", "2016-06-30"]
    [(known,)] = rows(own_database, "select max(at) from audit_moment")
    then = run(own_database, *figure)

    done = run(own_database, "withdraw-import", str(newest(own_database)), "--because", "It was another year's list.")

    assert done["put_back"] > 0
    assert differing(state(own_database), before_list) == {}
    # As known at the moment at which the list stood, the figure is what it was.
    assert run(own_database, *figure, "--known-at", known.isoformat())["value"] == then["value"]
    assert moment < known

    run(own_database, "withdraw-import", str(newest(own_database) - 1), "--because", "The wrong county.")
    assert differing(state(own_database), before_extract) == {}


def a_list(folder: Path, *lines: str) -> str:
    path = folder / "list.csv"
    path.write_text(HEADER + "".join(f"{line}\n" for line in lines))
    return str(path)


def test_what_people_changed_since_stays_theirs(own_database: str, tmp_path: Path) -> None:
    def extract(surname: str) -> str:
        (tmp_path / "ssd_person.csv").write_text(f"{PERSON}\nP1,Anna,{surname},F,2012-02-03,WBRI\n")
        return str(tmp_path)

    run(own_database, "import-ssd", extract("Bell"), "--extracted", "2016-06-30")
    run(own_database, "import-ssd", extract("Ball"), "--extracted", "2016-07-30")
    with psycopg.connect(databases.login_url("owner", own_database)) as connection:
        connection.execute("update people_child set restricted = true")
    answer_on_its_own(own_database, "withdraw-import", str(newest(own_database)), "--because", "A slip.")

    assert rows(own_database, "select surname, restricted from people_child") == [("Bell", True)]
    surnames = rows(own_database, "select surname from people_child_history order by from_tx")
    assert [name for (name,) in surnames] == ["Bell", "Ball", "Ball", "Bell"]


def test_a_row_that_a_person_changed_since_is_not_taken_out(own_database: str, tmp_path: Path) -> None:
    (tmp_path / "ssd_person.csv").write_text(
        f"{PERSON}\nP1,Anna,Bell,F,2012-02-03,WBRI\nP2,Boris,Cole,M,2012-02-03,WBRI\n"
    )
    run(own_database, "import-ssd", str(tmp_path), "--extracted", "2016-06-30")
    with psycopg.connect(databases.login_url("owner", own_database)) as connection:
        connection.execute("update people_child set restricted = true where source_id = 'P1'")
    done = run(own_database, "withdraw-import", str(newest(own_database)), "--because", "A slip.")

    assert rows(own_database, "select source_id, restricted from people_child") == [("P1", True)]
    assert done["kept"] == 1


WHERE_FROM = """select source_id, import_run_id, missing_since::text from people_child c
    left join people_childorigin o on o.id = c.id order by 1"""


def test_where_rows_came_from_goes_back_with_them(own_database: str, tmp_path: Path) -> None:
    """A row that changed, one that was missing, one that came back, and one typed here that the files hold as well."""

    def take(day: str, *lines: str) -> int:
        (tmp_path / "ssd_person.csv").write_text("\n".join((PERSON, *lines, "")))
        run(own_database, "import-ssd", str(tmp_path), "--extracted", day)
        return newest(own_database)

    names = enumerate(("Anna,Bell", "Boris,Cole", "Cara,Dee", "Dan,Ede"))
    anna, boris, cara, dan = (f"P{number},{name},F,2012-02-03,WBRI" for number, name in names)
    take("2016-05-30", anna, boris, cara)
    with psycopg.connect(databases.login_url("owner", own_database)) as connection:
        connection.execute(
            """insert into people_child (source_id, forename, surname, sort_key, sex, dob, ethnicity, restricted)
               values ('P3', 'Dan', '', 'dan', 'F', '2012-02-03', 'WBRI', false)"""
        )
    take("2016-06-30", anna, boris)
    before = rows(own_database, WHERE_FROM)
    assert [(name, since) for name, _, since in before if since] == [("P2", "2016-06-30")]

    last = take("2016-07-30", anna.replace("Bell", "Ball"), cara, dan)
    assert rows(own_database, WHERE_FROM) == [
        ("P0", last, None),
        ("P1", before[1][1], "2016-07-30"),
        ("P2", last, None),
        ("P3", last, None),
    ]
    done = run(own_database, "withdraw-import", str(last), "--because", "A slip.")

    assert rows(own_database, WHERE_FROM) == before
    assert before[3] == ("P3", None, None)
    # Taken out is how far the source reached by it.
    assert (done["put_back"], done["taken_out"], done["kept"]) == (4, 1, 0)


GIAS = "URN,EstablishmentName,EstablishmentStatus (name),LA (name)\n930001,Fen School,{},Fenmarsh\n"


def test_what_the_schools_register_said_is_taken_back(own_database: str, tmp_path: Path) -> None:
    path = tmp_path / "edubase.csv"
    for day, status in (("2016-05-31", "Open"), ("2016-06-30", "Closed")):
        path.write_text(GIAS.format(status) + ("930002,Marsh School,Open,Fenmarsh\n" if status == "Closed" else ""))
        run(own_database, "import-ofsted", str(path), "--as-at", day)
    run(own_database, "withdraw-import", str(newest(own_database)), "--because", "It was a trial copy.")

    assert rows(own_database, "select urn, status, as_at::text from ofsted_establishment") == [
        ("930001", "Open", "2016-05-31")
    ]


def test_published_notices_are_taken_back_and_whom_a_person_decided_on_stays(own_database: str, tmp_path: Path) -> None:
    def notice(ocid: str, number: str, **more: object) -> dict:
        day = f"2016-0{number}-10T09:00:00Z"
        party = {"id": "P1", "name": f"Care {ocid[-1]} Ltd", "roles": ["supplier"]}
        return {
            "ocid": ocid,
            "id": f"{ocid}-{number}",
            "date": day,
            "tag": ["award"],
            "initiationType": "tender",
            "parties": [party],
            "awards": [{"id": "A1", "status": "active", "suppliers": [{"id": "P1"}]}],
            **more,
        }

    def take(*releases: dict) -> None:
        path = tmp_path / "package.json"
        path.write_text(json.dumps({"uri": "https://example.org", "version": "1.1", "releases": releases}))
        answer_on_its_own(own_database, "import-ocds", str(path))

    take(notice("ocds-abc123-1", "1", tender={"id": "T", "title": "Homes"}))
    take(
        notice("ocds-abc123-1", "2", tender={"id": "T", "title": "Schools"}),
        notice("ocds-abc123-2", "2"),
        notice("ocds-abc123-3", "2"),
    )
    with psycopg.connect(databases.login_url("owner", own_database)) as connection:
        connection.execute("update commissioning_ocdsparty set match = 'not_ours' where name = 'Care 3 Ltd'")
    done = run(own_database, "withdraw-import", str(newest(own_database)), "--because", "Another council's.")

    assert rows(own_database, "select ocid, title from commissioning_ocdsprocess order by 1") == [
        ("ocds-abc123-1", "Homes"),
        ("ocds-abc123-3", ""),
    ]
    assert rows(own_database, "select release_id from commissioning_ocdsrelease") == [("ocds-abc123-1-1",)]
    assert rows(own_database, "select name from commissioning_ocdsparty order by 1") == [
        ("Care 1 Ltd",),
        ("Care 3 Ltd",),
    ]
    assert done["kept"] == 2  # the supplier and its process


def test_a_trial_of_withdrawing_says_what_follows_and_changes_nothing(own_database: str, tmp_path: Path) -> None:
    (tmp_path / "ssd_person.csv").write_text(f"{PERSON}\nP1,Anna,Bell,F,2012-02-03,WBRI\n")
    run(own_database, "import-ssd", str(tmp_path), "--extracted", "2016-06-30")
    withdraw = ["withdraw-import", str(newest(own_database)), "--because", "A slip."]
    before = state(own_database)

    would, again = run(own_database, *withdraw, "--dry-run"), run(own_database, *withdraw, "--dry-run")
    assert (would, state(own_database)) == (again, before)
    assert would["means"] == ["0 children known here, before 1."]
    assert run(own_database, *withdraw) == would


@pytest.mark.parametrize(
    ("which", "because", "code"),
    [("first", "A slip.", "rests_on_it"), ("last", " ", "missing_reason"), ("none", "A slip.", "unknown_import")],
)
def test_what_cannot_be_withdrawn_says_why(
    own_database: str, tmp_path: Path, which: str, because: str, code: str
) -> None:
    for day, grade in ((date(2024, 3, 31), "Good"), (date(2025, 3, 31), "Inadequate")):
        line = f"SC900001,Children's Home,Active,Alder,Full inspection,{day.year - 1}-05-07,{grade}"
        run(own_database, "import-ofsted", a_list(tmp_path, line), "--as-at", day.isoformat(), today="2025-04-30")
    number = {"first": newest(own_database) - 1, "last": newest(own_database), "none": 999}[which]
    answer = run(own_database, "withdraw-import", str(number), "--because", because, today="2025-04-30", status=1)

    assert answer["error"] == code
    if which == "first":
        run(own_database, "withdraw-import", str(number + 1), "--because", "A slip.", today="2025-04-30")
        again = run(
            own_database, "withdraw-import", str(number + 1), "--because", "Twice.", today="2025-04-30", status=1
        )
        assert again["error"] == "withdrawn_already"
        assert rows(own_database, "select status from ofsted_setting") == [("clear",)]
        run(own_database, "withdraw-import", str(number), "--because", "A slip.", today="2025-04-30")
        assert rows(own_database, "select status from ofsted_setting") == []
