"""The flags that the care of contracts wants on a day: meetings and visits ahead of time, reports of homes missing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from plumbline.contracts.models import ContractReturn
from plumbline.contracts.queries.care import meetings_due
from plumbline.contracts.queries.visits import homes, place_of, visits_due
from plumbline.contracts.recipients import Telling
from plumbline.contracts.rules.visits import missing_sentence
from plumbline.flags.models import Flag
from plumbline.flags.rules import Recipient, Wanted
from plumbline.toolkits.flagging import overdue

EVALUATION_DUE, VISIT_DUE, REPORT_MISSING = "evaluation_due", "visit_due", "home_report_missing"
KINDS = (EVALUATION_DUE, VISIT_DUE, REPORT_MISSING)

_WHY_CLOSED: Mapping[str, str] = {
    EVALUATION_DUE: "The meeting was held or is planned in time, or the contract is no longer in force.",
    VISIT_DUE: "The setting was visited or a visit is planned in time, or there is nothing there to visit any more.",
    REPORT_MISSING: "The reports have come, or the home is not in our contracts and has none of our children.",
}


def wanted_of_meetings(*, on: date) -> list[Wanted]:
    told = Telling(on)
    return [
        Wanted(
            kind=EVALUATION_DUE,
            subject_type="contract",
            subject_id=each.contract.pk,
            subject_source_id=each.contract.reference,
            reason=f"{each.contract.reference}: {each.sentence(on)}",
            recipients=(told.manager(each.contract),),
            due_on=each.due_on,
        )
        for each in meetings_due(on=on)
        if each.wants_telling(on)
    ]


def wanted_of_visits(*, on: date, with_children: Mapping[int, tuple[int, date]]) -> list[Wanted]:
    found, told = [], Telling(on)
    for each in visits_due(with_children=with_children, on=on):
        state = each.state(on)
        if state == "in_time" or (state == "due" and each.planned_on and each.planned_on < each.due.overdue_from):
            continue
        found.append(
            Wanted(
                kind=VISIT_DUE,
                subject_type="setting",
                subject_id=each.setting.pk,
                setting_urn=each.setting.urn,
                subject_source_id=each.setting.urn,
                reason=f"{place_of(each.setting)}: {each.sentence(on)}",
                recipients=told.managers(each.contracts),
                due_on=each.due.due_on,
            )
        )
    return found


def wanted_of_homes(
    *, on: date, with_children: Mapping[int, tuple[int, date]], setting_ids: Collection[int] | None = None
) -> list[Wanted]:
    told = Telling(on)
    return [
        Wanted(
            kind=REPORT_MISSING,
            subject_type="setting",
            subject_id=home.setting.pk,
            setting_urn=home.setting.urn,
            subject_source_id=home.setting.urn,
            reason=missing_sentence(place_of(home.setting), home.owed),
            recipients=told.managers(home.contracts),
            due_on=home.owed[0].due_on,
        )
        for home in homes(on=on, with_children=with_children, setting_ids=setting_ids)
        if home.owed
    ]


def concerned_with_returns(*, on: date) -> Mapping[int, tuple[Recipient, ...]]:
    """The managers of the contracts under which overdue returns were asked for, by return."""
    told = Telling(on)
    tied = ContractReturn.objects.filter(answer_set__in=overdue(on)).select_related("contract__manager__professional")
    return {each.answer_set_id: told.managers([each.contract]) for each in tied.order_by("pk")}


def why_closed(over: Sequence[Flag]) -> Mapping[int, str]:
    return {flag.pk: _WHY_CLOSED[flag.kind] for flag in over}
