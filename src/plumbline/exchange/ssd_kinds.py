"""The files of an extract of the social-care system, and the columns of each.

Columns: the Standard Safeguarding Dataset (domain.md 6.9) and the council's own files beside it.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from plumbline.earlyhelp import intake as earlyhelp
from plumbline.earlyhelp.models import AuditGrade, ClosureCode
from plumbline.earlyhelp.rules import wording_key
from plumbline.exchange.cells import fold
from plumbline.exchange.folder_cells import (
    SEX,
    YES_OR_NO,
    Leniently,
    RefusedCellError,
    Text,
    a_day,
    a_urn,
    an_id,
    key_of,
    one_of,
    text_of,
)
from plumbline.exchange.folder_kinds import Cell, Kind, day, optional
from plumbline.intake.staging import NULL
from plumbline.people import intake as people
from plumbline.people.models import Organisation
from plumbline.placements import intake as placements
from plumbline.socialcare import intake as socialcare

# --- what is made of other values ----------------------------------------------------------------------------------


def _child_key(values: Sequence[str]) -> tuple[str, ...]:
    surname, forename = key_of(values[2]), key_of(values[1])
    return (f"{surname}, {forename}" if surname and forename else surname or forename,)


def _professional_key(values: Sequence[str]) -> tuple[str, ...]:
    return (key_of(values[1] or values[0]),)


# From the day on which a pregnancy is known at the earliest to the day of birth at the latest.
_LONGEST_PREGNANCY = timedelta(days=300)


def _unborn(values: list[str], latest: str) -> None:
    """A child without a date of birth may have the day on which the birth is due; some systems give it as the other."""
    born, due = values[4], values[6]
    if born != NULL and latest < born <= (date.fromisoformat(latest) + _LONGEST_PREGNANCY).isoformat():
        values[4], values[6] = NULL, born
    elif born != NULL or due == NULL:
        values[6] = NULL


def _tac_keys(values: Sequence[str]) -> tuple[str, ...]:
    return wording_key(values[5]), key_of(values[6])


_URN = re.compile(r"(?:[A-Z]{1,3})?\d{4,10}")


def _urn_at(place: int) -> Callable[[Sequence[str]], tuple[str, ...]]:
    def derive(values: Sequence[str]) -> tuple[str, ...]:
        # XXXXXXX, NONE and the like name no setting; what the source gave stays on the row.
        urn = an_id(values[place].replace(" ", ""))
        return (urn if _URN.fullmatch(urn) and urn.strip("0") else "",)

    return derive


# --- the files -----------------------------------------------------------------------------------------------------


def _choices(choices: Sequence[tuple[str, str]]) -> dict[str, str]:
    return {fold(said): value for value, label in choices for said in (value, value.replace("_", " "), str(label))}


def _mapped_column(text: str) -> str:
    name = fold(text)
    if name != earlyhelp.END_REASON:
        raise RefusedCellError(
            "unknown_code", f"{{column}}: “{text.strip()}” is not a column whose wordings are mapped here."
        )
    return name


def kinds() -> dict[str, Kind]:
    """The files in the order in which they are taken: first what others point to. Made again for each import."""
    sectors = _choices(Organisation.Sector.choices)
    closure_codes = {fold(code): code for code in ClosureCode.values}
    grades = _choices(AuditGrade.choices)
    return {
        kind.name: kind
        for kind in (
            Kind(
                "organisations",
                "the register of organisations",
                (
                    Cell("name", "name", text_of(300)),
                    Cell("sector", "sector", one_of(sectors, "a sector")),
                    optional("urn", "urn", an_id),
                ),
                people.ORGANISATIONS,
                identify=lambda values: key_of(values[0]),
            ),
            Kind(
                "code_map",
                "the code map",
                (
                    Cell("column", "of_column", _mapped_column),
                    Cell("source_value", "wording", text_of(300)),
                    Cell("code", "code", one_of(closure_codes, "a closure code")),
                ),
                people.CODE_MAP,
                derived=("wording_key",),
                derive=lambda values: (wording_key(values[1]),),
                identify=lambda values: f"{values[0]}: {wording_key(values[1])}" if values[1] else "",
            ),
            Kind(
                "ssd_professionals",
                "the professionals",
                (
                    Cell("prof_professional_id", "id", an_id),
                    optional("prof_professional_name", "name", Text(300)),
                    optional("prof_professional_job_title", "job_title", Text(255)),
                    optional("prof_professional_department", "department", Text(300)),
                ),
                people.PROFESSIONALS,
                derived=("sort_key",),
                derive=_professional_key,
            ),
            Kind(
                "ssd_person",
                "the persons",
                (
                    Cell("pers_person_id", "id", an_id),
                    optional("pers_forename", "forename", Text(255)),
                    optional("pers_surname", "surname", Text(255)),
                    optional("pers_sex", "sex", Leniently(SEX, "U")),
                    Cell("pers_dob", "dob", a_day, "date"),
                    optional("pers_ethnicity", "ethnicity", Text(255, code=True)),
                    Cell("pers_expected_dob", "expected_dob", a_day, "date", required=False, may_come=True),
                ),
                people.CHILDREN,
                derived=("sort_key",),
                derive=_child_key,
                settle=_unborn,
            ),
            Kind(
                "ssd_early_help_episodes",
                "the early help episodes",
                (
                    Cell("earl_episode_id", "id", an_id),
                    Cell("earl_person_id", "person", an_id),
                    day("earl_episode_start_date", "started_on"),
                    day("earl_episode_end_date", "ended_on"),
                    optional("earl_episode_reason", "reason_wording", Text(300)),
                    Cell("earl_episode_end_reason", "end_wording", Text(300)),
                    Cell("earl_episode_organisation", "lead_wording", Text(300)),
                    optional("earl_episode_worker_id", "worker_wording", an_id),
                ),
                earlyhelp.TACS,
                derived=("end_key", "lead_key"),
                derive=_tac_keys,
                start="started_on",
                end="ended_on",
            ),
            Kind(
                "ssd_cin_episodes",
                "the social-care episodes",
                (
                    Cell("cine_referral_id", "id", an_id),
                    Cell("cine_person_id", "person", an_id),
                    day("cine_referral_date", "referred_on"),
                    optional("cine_referral_source_code", "source_code", Text(100, code=True)),
                    optional("cine_referral_nfa", "nfa", Leniently(YES_OR_NO, NULL), "boolean"),
                    day("cine_close_date", "closed_on"),
                    optional("cine_close_reason", "close_reason", Text(255, code=True)),
                    optional("cine_referral_worker_id", "worker_wording", an_id),
                ),
                socialcare.REFERRALS,
                start="referred_on",
                end="closed_on",
            ),
            Kind(
                "ssd_cla_episodes",
                "the episodes of looked-after children",
                (
                    Cell("clae_cla_episode_id", "id", an_id),
                    Cell("clae_person_id", "person", an_id),
                    optional("clae_cla_id", "period_of_care", an_id),
                    optional("clae_cla_placement_id", "placement", an_id),
                ),
                socialcare.CARE_EPISODES,
            ),
            Kind(
                "ssd_involvements",
                "the involvements",
                (
                    Cell("invo_involvements_id", "id", an_id),
                    Cell("invo_professional_id", "professional_wording", an_id),
                    optional("invo_professional_role_id", "role", Text(255)),
                    optional("invo_professional_team", "team", Text(255)),
                    day("invo_involvement_start_date", "from_on"),
                    day("invo_involvement_end_date", "to_on"),
                    optional("invo_person_id", "person", an_id),
                    optional("invo_referral_id", "referral", an_id),
                ),
                socialcare.INVOLVEMENTS,
                either=("invo_person_id", "invo_referral_id"),
                start="from_on",
                end="to_on",
            ),
            Kind(
                "ssd_cla_placement",
                "the placements of looked-after children",
                (
                    Cell("clap_cla_placement_id", "id", an_id),
                    optional("clap_person_id", "person", an_id),
                    day("clap_cla_placement_start_date", "started_on"),
                    optional("clap_cla_placement_type", "placement_type", Text(255, code=True)),
                    Cell("clap_cla_placement_urn", "urn_wording", a_urn),
                    optional("clap_cla_placement_provider", "provider_type", Text(255, code=True)),
                    day("clap_cla_placement_end_date", "ended_on"),
                    optional("clap_cla_id", "period_of_care", an_id),
                ),
                placements.FROM_SOCIAL_CARE,
                either=("clap_person_id", "clap_cla_id"),
                derived=("urn",),
                derive=_urn_at(4),
                start="started_on",
                end="ended_on",
            ),
            Kind(
                "school_placements",
                "the placements at schools",
                (
                    Cell("placement_id", "id", an_id),
                    Cell("person_id", "person", an_id),
                    Cell("school_urn", "urn_wording", a_urn),
                    day("start_date", "started_on"),
                    day("end_date", "ended_on"),
                    Cell("caseworker_id", "caseworker_wording", an_id),
                ),
                placements.FROM_SEN,
                derived=("urn",),
                derive=_urn_at(2),
                start="started_on",
                end="ended_on",
            ),
            Kind(
                "tac_audits",
                "the audits of {tacs}",
                (
                    Cell("audit_id", "id", an_id),
                    Cell("earl_episode_id", "episode", an_id),
                    day("audit_date", "audited_on"),
                    optional("auditor_id", "auditor_wording", an_id),
                    Cell("grade", "grade", one_of(grades, "a grade")),
                ),
                earlyhelp.AUDITS,
                start="audited_on",
            ),
        )
    }
