"""Wordings and organisations that wait to be mapped, rows that wait to be mended, and who is tied to whom."""

from datetime import date

import pytest

from plumbline.audit.models import Event
from plumbline.earlyhelp import operations as earlyhelp
from plumbline.earlyhelp.intake import END_REASON
from plumbline.earlyhelp.models import Tac
from plumbline.earlyhelp.queries import organisations_to_map, wordings_to_map
from plumbline.exchange import queries
from plumbline.exchange.models import RefusedRow
from plumbline.exchange.operations import rows as operations
from plumbline.exchange.operations.ties import refresh_ties
from plumbline.kernel.errors import RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import Child, Organisation, Professional, Tie, User
from tests.integration.exchange.extracts import ANNA, AT, BEN, EXTRACTED, OPEN_TAC, TAC, TODAY, take, write

pytestmark = pytest.mark.django_db
ACTING = Act(None, AT, TODAY)


@pytest.fixture
def taken(tmp_path):
    """Two closed TACs with one unknown wording in two spellings, and one open; no register, no code map."""
    second = TAC.replace("EH1", "EH3").replace("Needs met", " needs  MET")
    tacs = f"{TAC}\n{OPEN_TAC}\n{second}"
    return write(tmp_path / "extract", ssd_person=f"{ANNA}\n{BEN}", ssd_early_help_episodes=tacs)


def test_a_row_with_an_unknown_wording_is_taken_and_waits_to_be_mapped(taken):
    result = take(taken)

    assert result["refused"] == []
    assert [(w.column, w.wording, w.rows) for w in wordings_to_map()] == [(END_REASON, "Needs met", 2)]


def test_mapping_a_wording_puts_every_row_right(taken):
    take(taken)

    assert earlyhelp.map_wording(column=END_REASON, wording="Needs met", code="needs_met", act=ACTING) == 2
    assert set(Tac.objects.values_list("source_id", "closure_code")) == {
        ("EH1", "needs_met"),
        ("EH2", ""),
        ("EH3", "needs_met"),
    }
    assert wordings_to_map() == []


def test_a_mapping_stays_when_the_extract_comes_again(taken):
    take(taken)
    earlyhelp.map_wording(column=END_REASON, wording="Needs met", code="needs_met", act=ACTING)
    result = take(taken)

    assert result["files"]["ssd_early_help_episodes"]["unchanged"] == 3


def test_a_mapping_can_be_taken_back(taken):
    take(taken)
    earlyhelp.map_wording(column=END_REASON, wording="Needs met", code="needs_met", act=ACTING)
    earlyhelp.unmap_wording(column=END_REASON, wording="NEEDS MET", act=ACTING)

    assert [w.rows for w in wordings_to_map()] == [2]


def test_mapping_leaves_its_event(taken):
    take(taken)
    earlyhelp.map_wording(column=END_REASON, wording="Needs met", code="needs_met", act=ACTING)

    assert Event.objects.get(kind="people.wording.mapped").data["code"] == "needs_met"


def test_a_wording_is_not_mapped_to_a_code_that_is_none(taken):
    take(taken)
    with pytest.raises(RuleBroken) as refused:
        earlyhelp.map_wording(column=END_REASON, wording="Needs met", code="finished", act=ACTING)

    assert refused.value.code == "unknown_code"


def test_a_later_code_map_puts_the_rows_of_earlier_extracts_right(taken, tmp_path):
    take(taken)
    take(write(tmp_path / "map", code_map=f"{END_REASON},Needs met,needs_met"))

    assert set(Tac.objects.filter(ended_on__isnull=False).values_list("closure_code", flat=True)) == {"needs_met"}


def test_another_code_in_a_later_map_moves_the_rows(taken, tmp_path):
    take(taken)
    take(write(tmp_path / "map", code_map=f"{END_REASON},Needs met,needs_met"))
    take(write(tmp_path / "map", code_map=f"{END_REASON},Needs met,needs_reduced"))

    assert set(Tac.objects.filter(ended_on__isnull=False).values_list("closure_code", flat=True)) == {"needs_reduced"}


def test_a_lead_that_is_not_in_the_register_waits_to_be_mapped(taken):
    take(taken)

    assert [(o.wording, o.rows, o.first_on) for o in organisations_to_map()] == [("Ash School", 3, date(2015, 1, 10))]


def test_mapping_an_organisation_puts_every_row_right(taken):
    take(taken)
    ash = Organisation.objects.create(name="Ash Primary School", sort_key="ash primary school", sector="school")
    earlyhelp.map_organisation(wording="Ash School", organisation_id=ash.pk, act=ACTING)

    assert set(Tac.objects.values_list("lead_organisation", flat=True)) == {ash.pk}


def test_a_new_organisation_can_be_made_of_the_wording(taken):
    take(taken)
    earlyhelp.map_new_organisation(wording="Ash School", sector="school", act=ACTING)

    assert set(Tac.objects.values_list("lead_organisation__name", "lead_organisation__sector")) == {
        ("Ash School", "school")
    }


def test_what_an_organisations_wording_means_can_be_taken_back(taken):
    take(taken)
    earlyhelp.map_new_organisation(wording="Ash School", name="Ash Primary", sector="school", act=ACTING)
    earlyhelp.unmap_organisation(wording="ash school", act=ACTING)

    assert [o.rows for o in organisations_to_map()] == [3]


def test_a_later_register_puts_the_rows_of_earlier_extracts_right(taken, tmp_path):
    take(taken)
    take(write(tmp_path / "register", organisations="ASH SCHOOL,school,103120"))

    assert set(Tac.objects.values_list("lead_organisation__urn", flat=True)) == {"103120"}


# --- mending --------------------------------------------------------------------------------------------------


@pytest.fixture
def refused(tmp_path):
    rows = f"{TAC.replace('2015-01-10', '2015-13-10')}"
    take(write(tmp_path / "extract", ssd_person=ANNA, ssd_early_help_episodes=rows))
    return RefusedRow.objects.get()


def test_a_mended_row_is_taken_as_if_it_had_come_so(refused):
    mended = refused.cells | {"earl_episode_start_date": "10/01/2015"}
    operations.mend_row(refused_id=refused.pk, cells=mended, act=ACTING)

    tac = Tac.objects.get()
    assert (tac.source_id, tac.started_on, tac.origin.import_run) == ("EH1", date(2015, 1, 10), refused.import_run)
    refused.refresh_from_db()
    assert refused.state == "mended"


def test_a_row_that_is_still_wrong_is_refused_with_its_reason_and_stays(refused):
    mended = refused.cells | {"earl_episode_start_date": "2015-10-01"}
    with pytest.raises(RuleBroken, match="before earl_episode_start_date") as again:
        operations.mend_row(refused_id=refused.pk, cells=mended, act=ACTING)

    assert again.value.code == "end_before_start"
    refused.refresh_from_db()
    assert refused.state == "open"


def test_a_mended_row_that_points_to_nobody_is_refused(refused):
    mended = refused.cells | {"earl_episode_start_date": "2015-01-10", "earl_person_id": "P404"}
    with pytest.raises(RuleBroken, match="P404") as again:
        operations.mend_row(refused_id=refused.pk, cells=mended, act=ACTING)

    assert (again.value.code, Tac.objects.count()) == ("unknown_person", 0)


def test_mending_does_not_overwrite_what_a_newer_extract_brought(tmp_path):
    folder = write(tmp_path, ssd_person=ANNA.replace("2008-02-03", "soon"))
    take(folder, extracted_on=date(2016, 6, 30))
    row = RefusedRow.objects.get()
    RefusedRow.objects.update(row_id="elsewhere")
    take(write(tmp_path, ssd_person=ANNA))
    with pytest.raises(RuleBroken, match="31 July 2016") as again:
        operations.mend_row(refused_id=row.pk, cells=row.cells | {"pers_dob": "2001-01-01"}, act=ACTING)

    assert again.value.code == "newer_known"


def test_a_row_is_set_aside_with_a_reason_and_does_not_come_back(tmp_path):
    folder = write(tmp_path, ssd_person=f"{ANNA}\nP9,,,,soon,")
    take(folder)
    operations.dismiss_row(refused_id=RefusedRow.objects.get().pk, because="A test record", act=ACTING)
    take(folder)

    assert not queries.rows_to_mend(None, on=TODAY).exists()


def test_a_settled_row_is_not_mended_again(refused):
    operations.dismiss_row(refused_id=refused.pk, because="A test record", act=ACTING)
    with pytest.raises(RuleBroken, match="settled already"):
        operations.mend_row(refused_id=refused.pk, cells=refused.cells, act=ACTING)


def test_the_queue_of_what_is_gone_counts_by_file(tmp_path):
    take(write(tmp_path, ssd_person=f"{ANNA}\n{BEN}"), extracted_on=date(2016, 6, 30))
    take(write(tmp_path, ssd_person=ANNA))

    assert [(m.file, m.rows, m.first_seen) for m in queries.no_longer_in_extract(None, on=TODAY)] == [
        ("ssd_person", 1, EXTRACTED)
    ]


# --- ties -----------------------------------------------------------------------------------------------------


@pytest.fixture
def worker():
    nina = Professional.objects.create(source_id="W1", name="Nina Orr", sort_key="nina orr")
    return User.objects.create(username="nina", name="Nina Orr", professional=nina)


def ties(user) -> set[tuple]:
    return set(user.ties.values_list("subject_type", "why", "from_on", "to_on"))


def test_an_allocated_worker_is_tied_to_the_child(tmp_path, worker):
    take(write(tmp_path, ssd_person=ANNA, ssd_involvements="IV1,W1,Worker,Team,2016-01-01,,P1"))

    tie = Tie.objects.get()
    assert (tie.user, tie.subject_id, tie.why) == (worker, Child.objects.get().pk, "allocated_worker")


def test_the_lead_of_a_tac_is_tied_to_it_and_to_its_child(tmp_path, worker):
    take(write(tmp_path, ssd_person=ANNA, ssd_early_help_episodes=TAC))

    assert ties(worker) == {
        (kind, "lead_professional", date(2015, 1, 10), date(2015, 6, 30)) for kind in ("tac", "child")
    }


def test_a_sen_caseworker_is_tied_to_the_child(tmp_path, worker):
    take(write(tmp_path, ssd_person=ANNA, school_placements="S1,P1,103120,2016-01-01,,W1"))

    assert ties(worker) == {("child", "sen_caseworker", date(2016, 1, 1), None)}


def test_a_tie_ends_with_the_involvement(tmp_path, worker):
    take(write(tmp_path, ssd_person=ANNA, ssd_involvements="IV1,W1,Worker,Team,2016-01-01,,P1"))
    take(write(tmp_path, ssd_person=ANNA, ssd_involvements="IV1,W1,Worker,Team,2016-01-01,2016-05-01,P1"))

    assert ties(worker) == {("child", "allocated_worker", date(2016, 1, 1), date(2016, 5, 1))}


def test_a_tie_ends_when_the_extract_no_longer_holds_the_involvement(tmp_path, worker):
    take(
        write(tmp_path, ssd_person=ANNA, ssd_involvements="IV1,W1,Worker,Team,2016-01-01,,P1"),
        extracted_on=date(2016, 6, 30),
    )
    take(write(tmp_path, ssd_person=ANNA, ssd_involvements="IV2,W2,Worker,Team,2016-01-01,,P1"))

    assert ties(worker) == {("child", "allocated_worker", date(2016, 1, 1), EXTRACTED)}


def test_a_child_handed_to_another_worker_is_no_longer_the_first_ones(tmp_path, worker):
    take(write(tmp_path, ssd_person=ANNA, ssd_involvements="IV1,W1,Worker,Team,2016-01-01,,P1"))
    take(write(tmp_path, ssd_person=ANNA, ssd_involvements="IV1,W2,Worker,Team,2016-01-01,,P1"))

    assert ties(worker) == {("child", "allocated_worker", date(2016, 1, 1), date(2016, 8, 1))}
    assert worker.ties.get().ended_at is not None


def test_a_user_who_is_joined_to_a_professional_later_is_tied_by_refreshing(tmp_path):
    take(
        write(
            tmp_path,
            ssd_person=ANNA,
            ssd_professionals="W1,Nina Orr,Worker,Team",
            ssd_involvements="IV1,W1,Worker,Team,2016-01-01,,P1",
        )
    )
    nina = User.objects.create(username="nina", name="Nina Orr", professional=Professional.objects.get())

    assert refresh_ties(act=ACTING) == 1
    assert ties(nina) == {("child", "allocated_worker", date(2016, 1, 1), None)}
