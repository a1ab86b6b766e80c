"""The contract between the measures and any database: named fact relations and what each column means.

Each relation R is given twice: `fact_R`, the rows as they are now, and `fact_R_version`, every version there ever
was, with `from_tx` (the number of the change that wrote it) and `to_tx` (of the change that ended it; null = it is
still so). Known at `n`, with the numbers `late` that committed after the moment, is then a filter on one table, so the
past is asked exactly as the present is.

A relation never holds a name of a person. Days are dates; an end is the first day on which it no longer holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from plumbline.measures.model import Known


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Relation:
    """One fact table. `key` is the column that is unique in `fact_R`; empty where there is none."""

    name: str
    key: str
    columns: tuple[Column, ...]

    @property
    def now(self) -> str:
        return f"fact_{self.name}"

    @property
    def versions(self) -> str:
        return f"fact_{self.name}_version"


def _relation(name: str, key: str, *columns: tuple[str, str, str]) -> Relation:
    return Relation(name, key, tuple(Column(*column) for column in columns))


RELATIONS: Mapping[str, Relation] = {
    relation.name: relation
    for relation in (
        _relation(
            "tac",
            "tac_id",
            ("tac_id", "text", "the Team Around the Child"),
            ("child_id", "text", "the child it is for"),
            ("started_on", "date", "first day"),
            ("ended_on", "date", "day of closure; null while open; a TAC is not open on it"),
            ("closure_code", "text", "closure code of the council's map; '' while open or not recorded; never null"),
            ("has_lead", "boolean", "someone leads it; never null"),
            ("lead_organisation_id", "text", "organisation of the lead; null when none or not yet mapped"),
            ("step_down_recorded", "boolean", "the record itself says that it came from social care; never null"),
        ),
        _relation(
            "organisation",
            "organisation_id",
            ("organisation_id", "text", "an organisation that may lead"),
            ("name", "text", "its name in the council's register"),
            ("sector", "text", "school, health, …; null or '' when not recorded"),
        ),
        _relation(
            "child",
            "child_id",
            ("child_id", "text", "a child"),
            ("dob", "date", "born, or expected, on; null when not recorded"),
            ("sex", "text", "code of the source; null or '' when not recorded"),
            ("ethnicity", "text", "code of the source; null or '' when not recorded"),
        ),
        _relation(
            "referral",
            "referral_id",
            ("referral_id", "text", "a referral to social care, and the episode that it opened"),
            ("child_id", "text", "the child referred"),
            ("referred_on", "date", "day of the referral"),
            ("closed_on", "date", "day on which the episode closed; null while open"),
        ),
        _relation(
            "tac_audit",
            "audit_id",
            ("audit_id", "text", "a quality audit of a TAC"),
            ("tac_id", "text", "the TAC audited"),
            ("audited_on", "date", "day of the audit"),
            ("grade", "text", "moderated grade, else the first: outstanding, good, requires_improvement, inadequate"),
        ),
        _relation(
            "placement",
            "placement_id",
            ("placement_id", "text", "a child placed at a setting"),
            ("child_id", "text", "the child"),
            ("setting_id", "text", "where; null when no setting could be named"),
            ("started_on", "date", "first day"),
            ("ended_on", "date", "last day's end: not placed there on it; null while there"),
            ("began_adverse", "boolean", "the setting was adverse when the placement began; never null"),
            ("exception_id", "text", "the exception by which it began there; null when none is recorded"),
        ),
        _relation(
            "placement_exception",
            "exception_id",
            ("exception_id", "text", "an exception asked for, for one child at one setting"),
            ("ground", "text", "court_named, emergency_night or other"),
        ),
        _relation(
            "setting_status",
            "",
            ("setting_id", "text", "a setting"),
            ("status", "text", "adverse, watch, clear, not_judged, closed, unregistered or unmatched"),
            ("from_on", "date", "first day of the status"),
            (
                "to_on",
                "date",
                "first day on which it no longer held; null = still; spells never overlap",
            ),
        ),
        _relation(
            "setting_check",
            "",
            ("setting_id", "text", "a setting that Ofsted's page or list was looked up for"),
            ("checked_on", "date", "day of it; a day may come more than once"),
        ),
        _relation(
            "placement_flag",
            "flag_id",
            ("flag_id", "text", "a flag"),
            ("placement_id", "text", "about which placement; null where it is about something else"),
            ("kind", "text", "its kind, such as setting_adverse"),
            ("raised_on", "date", "day on which it was raised"),
        ),
        _relation(
            "telling",
            "telling_id",
            ("telling_id", "text", "a flag that was put to someone"),
            ("flag_id", "text", "which flag"),
            ("why", "text", "why to them, such as: allocated worker"),
            ("told_on", "date", "day on which it reached them, by e-mail or its page; null when it has not"),
            ("told_hour", "bigint", "hour of that day, 0 to 23; null with the day"),
        ),
        _relation(
            "contract",
            "contract_id",
            ("contract_id", "text", "a contract that is or was live"),
            ("started_on", "date", "first day in force; null while in implementation"),
            ("ended_on", "date", "first day on which it was no longer in force; null = no end"),
            ("kind", "text", "block, framework, call_off or spot"),
            ("service", "text", "what is bought"),
            ("pounds", "bigint", "its value in whole pounds, 0 where none is recorded; never null"),
            ("has_value", "boolean", "a value is recorded; never null"),
            ("visit_required", "boolean", "it is to be visited each year; never null"),
        ),
        _relation(
            "contract_colour",
            "",
            ("contract_id", "text", "a contract"),
            ("colour", "text", "red, amber or green"),
            ("from_on", "date", "first day of the rating"),
            ("to_on", "date", "first day on which it no longer held; null = still; spells never overlap"),
        ),
        _relation(
            "contract_reason",
            "",
            ("contract_id", "text", "a contract"),
            ("code", "text", "the reason's code, such as no_action_plan"),
            ("from_on", "date", "first day on which it held"),
            ("to_on", "date", "first day on which it no longer held; null = still"),
        ),
        _relation(
            "evaluation",
            "evaluation_id",
            ("evaluation_id", "text", "an evaluation meeting"),
            ("contract_id", "text", "of which contract"),
            ("held_on", "date", "day of the meeting; null where it was not held"),
            ("service_area_present", "boolean", "the service area was represented; never null"),
        ),
        _relation(
            "visit",
            "visit_id",
            ("visit_id", "text", "a visit to a home or school"),
            ("setting_id", "text", "which; null where none is named"),
            ("visited_on", "date", "day of the visit; null where it was not made"),
            ("whose", "text", "own, or other: another council's that was accepted"),
        ),
        _relation(
            "incident",
            "incident_id",
            ("incident_id", "text", "a serious incident under a contract"),
            ("contract_id", "text", "of which contract"),
            ("type", "text", "its type"),
            ("occurred_on", "date", "day on which it occurred"),
        ),
        _relation(
            "notification",
            "notification_id",
            ("notification_id", "text", "one recipient to be told of an incident"),
            ("recipient", "text", "who"),
            ("duty", "text", "whose duty: provider or council"),
            ("due_on", "date", "day on which it was due"),
            ("needed", "boolean", "it was not found to be unneeded; never null"),
            ("in_time", "boolean", "sent by the moment it was due; never null"),
            ("sent", "boolean", "it was sent, in time or late; never null"),
        ),
        _relation(
            "tender",
            "tender_id",
            ("tender_id", "text", "a tender, direct award or call-off"),
            ("published_on", "date", "day of publication; null before it"),
            ("body", "text", "the commissioning body"),
            ("kind", "text", "competition, framework, direct_award or call_off"),
            ("has_stage1", "boolean", "with the business-information assessment; never null"),
            ("scored_safeguarding", "boolean", "with a scored question on safeguarding; never null"),
        ),
        _relation(
            "bid",
            "bid_id",
            ("bid_id", "text", "a bid"),
            ("tender_id", "text", "for which tender"),
            ("received_on", "date", "day on which it came"),
            ("failed_stage1", "boolean", "it failed stage 1; never null"),
        ),
        _relation(
            "stage1_fail",
            "decision_id",
            ("decision_id", "text", "a decision of fail on one criterion"),
            ("bid_id", "text", "on which bid"),
            ("criterion", "text", "the criterion's key"),
            ("decided_on", "date", "day of the decision; null where it is not a fail"),
        ),
    )
}


def table(relation: Relation, known: Known | None) -> str:
    """SQL naming the relation as it is now, or as it was known; parameters :known_n and :known_late."""
    if known is None:
        return relation.now
    columns = ", ".join(column.name for column in relation.columns)
    if not known.late:
        return (
            f"(select {columns} from {relation.versions} where from_tx <= :known_n"
            f" and (to_tx is null or to_tx > :known_n))"
        )
    late = "any(cast(:known_late as bigint[]))"
    return (
        f"(select {columns} from {relation.versions} where from_tx <= :known_n and not (from_tx = {late})"
        f" and (to_tx is null or to_tx > :known_n or to_tx = {late}))"
    )
