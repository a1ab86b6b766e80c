"""An extract comes in whole: what is counted, what is kept, what changes when it comes again."""

import os
from datetime import date

import pytest
from django.db import connection

from plumbline.audit.models import Event
from plumbline.earlyhelp.models import Tac, TacAudit
from plumbline.intake.models import Extract, Import
from plumbline.intake.origins import import_of, missing_since, present
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.ofsted.models import Setting
from plumbline.people.act import Act
from plumbline.people.models import Child, Professional
from plumbline.placements.models import Placement
from plumbline.socialcare.models import Involvement, Referral
from tests import published
from tests.integration.exchange.extracts import (
    ANNA,
    AT,
    BEN,
    EXTRACTED,
    TAC,
    TODAY,
    counts,
    take,
    write,
)
from tests.published import COUNTY, SCHOOL_PLACEMENTS

pytestmark = pytest.mark.django_db


def history(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}_history")
        return cursor.fetchone()[0]


def all_history() -> dict[str, int]:
    tables = ("people_child", "people_professional", "people_organisation", "people_codemapping", "earlyhelp_tac",
              "earlyhelp_tacaudit", "socialcare_referral", "socialcare_involvement", "placements_placement",
              "ofsted_setting", "people_tie", "intake_extract", "flags_flag")  # fmt: skip
    return {table: history(table) for table in tables}


def test_every_row_of_the_public_county_comes_in():
    expected = published.expected("expected")["rows"]

    result = take(COUNTY)

    assert result["refused"] == []
    assert {name: result["files"][name]["added"] for name in expected} == expected
    tables = {
        "ssd_person": Child,
        "ssd_early_help_episodes": Tac,
        "ssd_cin_episodes": Referral,
        "tac_audits": TacAudit,
        "ssd_cla_placement": Placement,
        "ssd_involvements": Involvement,
    }
    assert {name: model.objects.count() for name, model in tables.items()} == expected


def test_read_is_the_sum_of_the_other_counts():
    result = take(COUNTY)

    for taken in result["files"].values():
        assert taken["read"] == sum(count for name, count in taken.items() if name != "read")


def test_the_public_county_leaves_no_wording_and_no_lead_unmapped():
    take(COUNTY)

    assert not Tac.objects.filter(ended_on__isnull=False, closure_code="").exists()
    assert not Tac.objects.filter(lead_organisation__isnull=True).exclude(lead_wording="").exists()
    assert not Tac.objects.filter(lead_professional__isnull=True).exclude(worker_wording="").exists()


def test_the_same_extract_again_changes_nothing_and_adds_no_history():
    take(COUNTY)
    before = all_history()

    result = take(COUNTY)

    assert {name: counts(result, name).keys() for name in result["files"]} == {
        name: {"read", "unchanged"} for name in result["files"]
    }
    assert all_history() == before


def test_placements_at_schools_come_in_beside_those_of_social_care():
    result = take(SCHOOL_PLACEMENTS, extracted_on=date(2023, 8, 31), act=Act(None, AT, date(2023, 9, 1)))

    assert result["files"]["school_placements"]["added"] == 22
    one = Placement.objects.get(source="sen", source_id="SSP0001")
    assert (one.setting.register, one.setting.urn, one.caseworker.source_id) == ("education", "117064", "SC02")


def test_a_row_with_other_content_in_a_later_extract_is_a_change_and_history_keeps_both(tmp_path):
    folder = write(tmp_path / "extract", ssd_person=ANNA)
    take(folder, extracted_on=date(2016, 6, 30))

    result = take(write(folder, ssd_person=ANNA.replace("Bell", "Ball")))

    assert counts(result, "ssd_person") == {"read": 1, "changed": 1}
    with connection.cursor() as cursor:
        # One transaction holds the whole test: a second change in it replaces the first one's version.
        cursor.execute("select surname from people_child where source_id = 'P1'")
        assert cursor.fetchone() == ("Ball",)


def test_a_changed_row_names_the_extract_that_changed_it_and_an_unchanged_one_the_first(tmp_path):
    folder = write(tmp_path / "extract", ssd_person=f"{ANNA}\n{BEN}")
    take(folder, extracted_on=date(2016, 6, 30))
    first, second = Import.objects.get().pk, take(write(folder, ssd_person=f"{ANNA}\n{BEN}x"))["import"]

    assert dict(Child.objects.values_list("source_id", "origin__import_run")) == {"P1": first, "P2": second}


def test_identifiers_and_urns_are_cleaned(tmp_path):
    folder = write(
        tmp_path / "extract",
        ssd_person="\n".join((f" p1 {ANNA[2:]}", BEN)),
        ssd_cla_placement="PL1,p1,2016-01-01,K2, sc027252 ,PR4,",
        school_placements="S1,P2,103120.0,2016-01-01,,",
    )
    result = take(folder)

    assert result["refused"] == []
    placed = Placement.objects.order_by("source").values_list("source_id", "setting__register", "setting__urn")
    assert list(placed) == [("S1", "education", "103120"), ("PL1", "social_care", "SC027252")]


def test_a_placement_without_a_usable_urn_keeps_what_the_source_said_and_names_no_setting(tmp_path):
    write(tmp_path, ssd_person=ANNA, ssd_cla_placement="PL1,P1,2016-01-01,K2,XXXXXXX,PR4,\nPL2,P1,2016-02-01,K2,,PR4,")
    take(tmp_path)

    placed = Placement.objects.order_by("source_id").values_list("source_id", "setting", "urn_wording")
    assert list(placed) == [("PL1", None, "XXXXXXX"), ("PL2", None, "")]


def test_a_setting_that_no_list_has_named_is_unmatched(tmp_path):
    take(write(tmp_path, ssd_person=ANNA, ssd_cla_placement="PL1,P1,2016-01-01,K2,SC999999,PR4,"))

    assert Setting.objects.get(urn="SC999999").status == "unmatched"


def test_a_looked_after_child_at_a_school_that_education_lists_is_placed_at_that_school(tmp_path):
    school = Setting.objects.create(register="education", urn="103120", status="clear", reasons=[])
    take(write(tmp_path, ssd_person=ANNA, ssd_cla_placement="PL1,P1,2016-01-01,S1,103120,PR4,"))

    assert Placement.objects.get().setting == school


def test_a_professional_who_comes_in_later_is_found_on_the_rows_that_named_them(tmp_path):
    take(
        write(
            tmp_path / "first",
            ssd_person=ANNA,
            ssd_early_help_episodes=TAC,
            ssd_involvements="IV1,W1,Worker,Team,2016-01-01,,P1",
            school_placements="S1,P1,103120,2016-01-01,,W1",
        )
    )
    take(write(tmp_path / "second", ssd_professionals="W1,Nina Orr,Teacher,Ash School"))

    nina = Professional.objects.get()
    assert Tac.objects.get().lead_professional == nina
    assert Involvement.objects.get().professional == nina
    assert Placement.objects.get().caseworker == nina


def test_columns_that_are_not_read_are_named_once(tmp_path):
    (tmp_path / "ssd_person.csv").write_text(
        "pers_person_id,pers_forename,pers_surname,pers_sex,pers_gender,pers_ethnicity,pers_dob,pers_legacy_id\n"
        "P1,Anna,Bell,F,2,WBRI,2008-02-03,77\n"
    )
    result = take(tmp_path)

    assert result["notes"] == [
        {
            "file": "ssd_person",
            "line": None,
            "code": "unknown_columns",
            "reason": "Columns that are not read: pers_gender, pers_legacy_id.",
        }
    ]


def test_a_file_says_nothing_about_columns_that_it_lacks(tmp_path):
    take(write(tmp_path, ssd_person=ANNA), extracted_on=date(2016, 6, 30))
    (tmp_path / "ssd_person.csv").write_text("pers_person_id,pers_dob\nP1,2008-02-04\n")
    take(tmp_path)

    child = Child.objects.get()
    assert (child.surname, child.sort_key, child.dob) == ("Bell", "bell, anna", date(2008, 2, 4))


def test_a_sex_that_is_not_known_here_is_taken_as_not_recorded_and_said(tmp_path):
    result = take(write(tmp_path, ssd_person=ANNA.replace(",F,", ",Q,")))

    assert Child.objects.get().sex == "U"
    assert any("pers_sex" in note["reason"] and "“Q” (1)" in note["reason"] for note in result["notes"])


def test_without_a_day_the_extract_is_of_the_newest_files_day_and_that_is_said(tmp_path):
    folder = write(tmp_path, ssd_person=ANNA)
    os.utime(folder / "ssd_person.csv", (1_467_300_000, 1_467_300_000))  # 30 June 2016
    result = take(folder, extracted_on=None)

    assert result["extracted_on"] == "2016-06-30"
    assert any("30 June 2016" in note["reason"] for note in result["notes"])


def test_each_source_reaches_to_the_day_of_its_newest_extract(tmp_path):
    take(write(tmp_path, ssd_person=ANNA))

    assert list(Extract.objects.values_list("source", "extracted_on")) == [("ssd_person", EXTRACTED)]


def test_an_import_leaves_its_event(tmp_path):
    take(write(tmp_path, ssd_person=ANNA))

    assert Event.objects.get(kind="exchange.ssd.imported").data["files"]["ssd_person"]["added"] == 1


def test_a_dry_run_says_what_would_change_and_changes_nothing(tmp_path):
    result = take(write(tmp_path, ssd_person=f"{ANNA}\nP9,,,,not a date,"), dry_run=True)

    assert (counts(result, "ssd_person"), Child.objects.count(), Import.objects.count()) == (
        {"read": 2, "added": 1, "refused": 1},
        0,
        0,
    )


def test_with_strict_one_refusal_undoes_all(tmp_path):
    write(tmp_path, ssd_person=f"{ANNA}\nP9,,,,not a date,")
    with pytest.raises(RuleBroken, match=r"1 rows? w.* refused") as refused:
        take(tmp_path, strict=True)

    assert (refused.value.code, Child.objects.count()) == ("refused_rows", 0)


def test_an_extract_of_a_day_to_come_is_refused(tmp_path):
    with pytest.raises(RuleBroken, match="has not come") as refused:
        take(write(tmp_path, ssd_person=ANNA), extracted_on=date(2016, 8, 2))

    assert refused.value.code == "future_date"


def test_a_folder_with_no_file_of_an_extract_is_refused(tmp_path):
    (tmp_path / "holiday.csv").write_text("a,b\n1,2\n")
    with pytest.raises(RuleBroken, match=r"none of the files.*ssd_person\.csv") as refused:
        take(tmp_path)

    assert refused.value.code == "nothing_to_read"


def test_progress_is_told_from_the_first_row_to_the_last(tmp_path):
    told = []
    take(write(tmp_path, ssd_person=f"{ANNA}\n{BEN}"), progress=lambda done, total, what: told.append((done, what)))

    assert told[-1] == (2, "Committing")


def test_spellings_of_one_organisation_are_one(tmp_path):
    led = TAC.replace("Ash School", "st botolph's  SCHOOL")
    take(write(tmp_path, organisations="St Botolph’s  School,School,", ssd_person=ANNA, ssd_early_help_episodes=led))

    assert Tac.objects.get().lead_organisation.name == "St Botolph’s School"


# --- no longer in the extract, and older extracts -------------------------------------------------------------------


def both(folder, **extra):
    return write(folder, ssd_person=f"{ANNA}\n{BEN}", **extra)


def test_what_a_newer_whole_extract_no_longer_holds_is_marked_not_deleted(tmp_path):
    take(both(tmp_path), extracted_on=date(2016, 6, 30))
    take(write(tmp_path, ssd_person=ANNA))

    assert dict(Child.objects.values_list("source_id", "origin__missing_since")) == {"P1": None, "P2": EXTRACTED}


def test_a_row_that_comes_back_is_no_longer_marked(tmp_path):
    take(both(tmp_path), extracted_on=date(2016, 6, 29))
    take(write(tmp_path, ssd_person=ANNA), extracted_on=date(2016, 6, 30))
    take(both(tmp_path))

    assert not Child.objects.filter(origin__missing_since__isnull=False).exists()


def test_what_is_typed_here_is_a_row_like_any_other_of_which_no_extract_says_that_it_is_missing(tmp_path):
    here = Child.objects.create(source_id="H1", sort_key="ash, kit", dob=date(2012, 2, 3))
    take(both(tmp_path), extracted_on=date(2016, 6, 30))
    take(write(tmp_path, ssd_person=ANNA))

    assert set(present(Child.objects).values_list("source_id", flat=True)) == {"P1", "H1"}
    assert import_of(here) is missing_since(here) is None


def test_a_row_that_was_refused_is_still_in_the_extract(tmp_path):
    take(both(tmp_path), extracted_on=date(2016, 6, 30))
    take(write(tmp_path, ssd_person=f"{ANNA}\n{BEN.replace('2009-04-05', '2009-14-05')}"))

    assert Child.objects.get(source_id="P2").origin.missing_since is None


def test_a_file_that_is_absent_marks_nothing(tmp_path):
    take(both(tmp_path / "all", ssd_cin_episodes="RF1,P1,2015-08-02,1A,N,,,SW1"))
    take(both(tmp_path / "some"))

    assert Referral.objects.get().origin.missing_since is None


def test_a_source_speaks_only_of_its_own_placements(tmp_path):
    take(both(tmp_path / "care", ssd_cla_placement="PL1,P1,2016-01-01,K2,SC027252,PR4,"))
    take(both(tmp_path / "sen", school_placements="S1,P2,103120,2016-01-01,,"))

    assert not Placement.objects.filter(origin__missing_since__isnull=False).exists()


def test_an_extract_older_than_the_last_is_refused(tmp_path):
    take(both(tmp_path))
    with pytest.raises(RuleBroken, match="31 July 2016 was taken already") as refused:
        take(write(tmp_path, ssd_person=ANNA), extracted_on=date(2016, 6, 30))

    assert refused.value.code == "older_extract"


def test_a_backfill_adds_what_is_not_there_and_leaves_newer_content(tmp_path):
    take(write(tmp_path, ssd_person=ANNA))
    result = take(
        write(tmp_path, ssd_person=f"{ANNA.replace('Bell', 'Old')}\n{BEN}"),
        extracted_on=date(2016, 6, 30),
        backfill=True,
    )

    assert counts(result, "ssd_person") == {"read": 2, "added": 1, "unchanged": 1}
    assert set(Child.objects.values_list("surname", "origin__missing_since")) == {("Bell", None), ("Cole", EXTRACTED)}


def test_a_backfill_does_not_move_the_day_the_records_reach_to(tmp_path):
    take(both(tmp_path))
    take(both(tmp_path), extracted_on=date(2016, 6, 30), backfill=True)

    assert Extract.objects.get(source="ssd_person").extracted_on == EXTRACTED


def test_who_may_not_import_is_refused(tmp_path, django_user_model):
    nobody = django_user_model.objects.create(username="nobody", name="Nobody")
    with pytest.raises(NotAllowed):
        take(write(tmp_path, ssd_person=ANNA), act=Act(nobody, AT, TODAY))
