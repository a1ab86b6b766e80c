"""Small extracts to import: a folder of files in the columns of the dataset, with only what a test is about."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from plumbline.exchange import ssd
from plumbline.people.act import Act

AT = datetime(2016, 8, 1, 9, 30, tzinfo=UTC)
TODAY = date(2016, 8, 1)
EXTRACTED = date(2016, 7, 31)
ACT = Act(None, AT, TODAY)

HEADERS = {
    "ssd_person": "pers_person_id,pers_forename,pers_surname,pers_sex,pers_dob,pers_ethnicity",
    "ssd_professionals": (
        "prof_professional_id,prof_professional_name,prof_professional_job_title,prof_professional_department"
    ),
    "ssd_early_help_episodes": (
        "earl_episode_id,earl_person_id,earl_episode_start_date,earl_episode_end_date,earl_episode_reason,"
        "earl_episode_end_reason,earl_episode_organisation,earl_episode_worker_id"
    ),
    "ssd_cin_episodes": (
        "cine_referral_id,cine_person_id,cine_referral_date,cine_referral_source_code,cine_referral_nfa,"
        "cine_close_date,cine_close_reason,cine_referral_worker_id"
    ),
    "ssd_involvements": (
        "invo_involvements_id,invo_professional_id,invo_professional_role_id,invo_professional_team,"
        "invo_involvement_start_date,invo_involvement_end_date,invo_person_id"
    ),
    "ssd_cla_placement": (
        "clap_cla_placement_id,clap_person_id,clap_cla_placement_start_date,clap_cla_placement_type,"
        "clap_cla_placement_urn,clap_cla_placement_provider,clap_cla_placement_end_date"
    ),
    "school_placements": "placement_id,person_id,school_urn,start_date,end_date,caseworker_id",
    "tac_audits": "audit_id,earl_episode_id,audit_date,auditor_id,grade",
    "organisations": "name,sector,urn",
    "code_map": "column,source_value,code",
}

ANNA = "P1,Anna,Bell,F,2008-02-03,WBRI"
BEN = "P2,Ben,Cole,M,2009-04-05,WBRI"
TAC = "EH1,P1,2015-01-10,2015-06-30,Housing,Needs met,Ash School,W1"
OPEN_TAC = "EH2,P2,2016-01-10,,Housing,,Ash School,W1"


def write(folder: Path, **files: str) -> Path:
    """The folder with these files: each the text of its rows under the header of its kind."""
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        (folder / f"{name}.csv").write_text(f"{HEADERS[name]}\n{rows}\n")
    return folder


def take(folder: Path, *, extracted_on: date = EXTRACTED, act: Act = ACT, **options: Any) -> dict[str, Any]:
    """Import a folder on the day of these tests."""
    return ssd.import_ssd(folder, extracted_on=extracted_on, act=act, **options)


def refusals(result: dict[str, Any]) -> list[tuple[str, int, str, str]]:
    return [(row["file"], row["line"], row["id"], row["code"]) for row in result["refused"]]


def counts(result: dict[str, Any], file: str) -> dict[str, int]:
    """The counts of one file that are not nought."""
    return {name: count for name, count in result["files"][file].items() if count}
