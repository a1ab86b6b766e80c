"""What contracts give people to do: to put right, to decide, to meet about, to assess."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Q

from plumbline.contracts import due_of_incidents, due_of_plans, due_of_providers
from plumbline.contracts.models import Contract, Evaluation, ReasonPeriod, Visit
from plumbline.contracts.queries import care, management
from plumbline.contracts.queries.register import people_to_map
from plumbline.contracts.rules.evaluations import TOLD_BEFORE_DAYS
from plumbline.contracts.rules.rating import BOOK, to_do
from plumbline.contracts.wording import worst
from plumbline.kernel.duties import Duty, Gravity, Source, permitted, person
from plumbline.kernel.wording import day, how_many
from plumbline.ofsted.wording import label
from plumbline.people.access import Permission

P = Permission
# What counts against a contract from so soon on is on the list of the person who manages it.
_SOON = timedelta(14)


def of_ratings(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """For who manages or leads a contract what counts against it, and soon will; for the management team what nobody
    decided, and what was decided and not carried out; for all who manage contracts those that have no manager here."""
    listed = management.team_list(on, keys)
    for each in listed:
        contract = each.contract
        matter, called = ("contract", contract.pk), contract.called
        grave = Gravity.LAW if each.colour == "red" else Gravity.AGREED
        if each.colour in ("red", "amber"):
            for user in _own(contract):
                yield Duty(
                    kind="contract.rating",
                    subject=matter,
                    whose=person(user, P.CONTRACTS_VIEW),
                    called=called,
                    what=f"Resolve: {worst(each.reasons)}",
                    why=f"The contract is {each.colour}",
                    gravity=grave,
                    deed="Open the contract",
                    place=f"contract {contract.pk}",
                    key=contract.pk,
                    known_to=_known_to(contract),
                )
            if contract.manager_id is None:
                yield Duty(
                    kind="contract.nobodys",
                    subject=matter,
                    whose=permitted(P.CONTRACTS_MANAGE),
                    called=called,
                    what=f"Nobody here manages it, and it is {each.colour}: give it a manager",
                    gravity=grave,
                    why=f"Its manager is known by name only. {worst(each.reasons)}",
                    deed="Open the contract",
                    place=f"contract {contract.pk}",
                    key=contract.pk,
                    known_to=_known_to(contract),
                )
        undecided = [line for line in each.lines if line.decision is None]
        if undecided:
            first = undecided[0].reason
            more = f" And {len(undecided) - 1} more." if len(undecided) > 1 else ""
            yield Duty(
                kind="contract.decide",
                subject=matter,
                whose=permitted(P.CONTRACTS_DECIDE),
                called=called,
                what="Decide what is to be done",
                gravity=grave,
                deed="Decide",
                key=contract.pk,
                why=f"{each.colour.capitalize()}, with reasons on which nothing was decided: {first.sentence}{more}",
                place=f"contract_decide {contract.pk} ?{urlencode({'code': first.code, 'about': first.about})}",
            )
        for line in each.lines:
            if line.overdue and line.decision is not None:
                yield Duty(
                    kind="contract.decision_late",
                    subject=matter,
                    whose=permitted(P.CONTRACTS_DECIDE),
                    called=called,
                    about=f"{line.reason.code} {line.reason.about}",
                    what="Ask what became of a decision",
                    why=f"Not carried out in time: {line.decision.decision}",
                    due=line.decision.by_when,
                    deed="Open the list",
                    place="contracts_team ?show=overdue",
                    key=contract.pk,
                )
    yield from _coming(keys, on)


def _known_to(contract: Contract) -> str:
    """Who reads the register; of a contract for one child nobody but whose duty it is."""
    return "" if contract.child_id else permitted(P.CONTRACTS_VIEW)


def _own(contract: Contract) -> list[int]:
    return list(dict.fromkeys(pk for pk in (contract.manager_id, contract.area_lead_id) if pk))


def _coming(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    coming = ReasonPeriod.objects.filter(from_on__gt=on, from_on__lte=on + _SOON + timedelta(1))
    coming = coming.exclude(code="setting_adverse").exclude(contract__manager=None, contract__area_lead=None)
    if keys is not None:
        coming = coming.filter(contract__in=keys)
    for row in coming.select_related("contract").order_by("from_on", "code", "about", "pk"):
        contract = row.contract
        deed, place = _where(row)
        for user in _own(contract):
            yield Duty(
                kind="contract.coming",
                subject=("contract", contract.pk),
                whose=person(user, P.CONTRACTS_VIEW),
                about=f"{row.code} {row.about} {row.from_on}",
                called=contract.called,
                what=to_do(row.code, row.about, row.detail),
                why="Unless it is done by then, it counts against the contract",
                due=row.from_on - timedelta(1),
                deed=deed,
                place=place,
                key=contract.pk,
                known_to=_known_to(contract),
            )


def _where(row: ReasonPeriod) -> tuple[str, str]:
    """Where a reason is dealt with: the button, and the page of the action or the section of the contract's."""
    code = BOOK.codes.get(row.code)
    if code is not None and code.section == "action":
        return code.button, f"action {row.about}"
    if code is None or code.section in ("none", "setting"):
        return "Open the contract", f"contract {row.contract_id}"
    return code.button, f"contract_{code.section} {row.contract_id}"


def of_names(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Names in contracts of which nobody said whose they are."""
    unknown = people_to_map()
    if unknown:
        yield Duty(
            kind="contract.names",
            subject=("contracts.names", 0),
            whose=permitted(P.CONTRACTS_MANAGE),
            what=f"{how_many(len(unknown), 'name in contracts is', 'names in contracts are')} nobody’s yet",
            why="Until someone says who they are, everybody with the role is told about their contracts.",
            gravity=Gravity.HOUSEKEEPING,
            deed="Say who",
            place="contracts_people",
        )


def of_meetings(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Meetings whose day has come, for all who manage contracts and the contract's own service-area lead; and those
    that are late or near and not planned, for its manager (where nobody here is, for all) and that lead."""
    planned = Evaluation.objects.filter(state=Evaluation.State.PLANNED, held_on__lte=on).select_related("contract")
    contracts = Contract.objects.all()
    if keys is not None:
        planned, contracts = planned.filter(contract__in=keys), contracts.filter(pk__in=keys)
    for each in planned.order_by("held_on", "pk"):
        for whose in _officers(each.contract, own=False):
            yield _about(
                each.contract,
                whose,
                "meeting.record",
                "Record the evaluation meeting",
                "Record the meeting",
                f"meeting_step {each.pk} who",
                f"It was planned for {day(each.held_on)}.",
                each.held_on,
                subject=("meeting", each.pk),
            )
    for meeting in care.meetings_due(on=on, contracts=contracts):
        if meeting.planned_on is None and meeting.due_on <= on + timedelta(TOLD_BEFORE_DAYS):
            for whose in _officers(meeting.contract, own=True):
                yield _about(
                    meeting.contract,
                    whose,
                    "meeting.plan",
                    "Plan the evaluation meeting",
                    "Plan the meeting",
                    f"meeting_plan {meeting.contract.pk}",
                    f"The last was on {day(meeting.last_on)}." if meeting.last_on else "None has been held yet.",
                    meeting.due_on,
                )


def _officers(contract: Contract, *, own: bool) -> Iterable[str]:
    if own and contract.manager_id is not None:
        yield person(contract.manager_id, P.CONTRACTS_MANAGE)
    else:
        yield permitted(P.CONTRACTS_MANAGE)
    if contract.area_lead_id is not None:
        yield person(contract.area_lead_id, P.CONTRACTS_VIEW)


def _about(
    contract: Contract,
    whose: str,
    kind: str,
    what: str,
    deed: str,
    place: str,
    why: str,
    due: date | None,
    *,
    subject: tuple[str, int] | None = None,
    gravity: Gravity = Gravity.AGREED,
) -> Duty:
    return Duty(
        kind=kind,
        subject=subject or ("contract", contract.pk),
        matter=("contract", contract.pk),
        whose=whose,
        what=what,
        deed=deed,
        place=place,
        why=why,
        due=due,
        called=contract.called,
        gravity=gravity,
        known_to=_known_to(contract),
        key=contract.pk,
    )


def of_board(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Contracts that deliver a statutory function and need the board's assessment."""
    contracts = Contract.objects.all() if keys is None else Contract.objects.filter(pk__in=keys)
    for contract in care.board_assessments_waiting(on=on, contracts=contracts):
        until = contract.board_until
        yield _about(
            contract,
            permitted(P.BOARD_ASSESSMENTS),
            "assessment.board",
            "Record the {board} assessment",
            "Record it",
            f"assessment_record {contract.pk} board",
            f"The last is valid until {day(until)}." if until else "There has been none.",
            until,
            gravity=Gravity.LAW,
        )


def of_visits(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Visits whose day has come, reports to send, answers to sign off."""
    state = Visit.State
    open_now = Q(state=state.PLANNED, visited_on__lte=on) | Q(
        state__in=(state.HELD, state.ANSWERED), by_council="", origin=None
    )
    rows = Visit.objects.filter(open_now).select_related("contract", "setting")
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    words = {
        state.PLANNED: ("Record what was found at the visit", "Record the visit"),
        state.HELD: ("Send the provider the report of the visit", "Send the report"),
        state.ANSWERED: ("Sign the visit off: the provider has answered", "Read the answer"),
    }
    for each in rows.order_by("visited_on", "pk"):
        planned = each.state == state.PLANNED
        what, deed = words[state(each.state)]
        called = label(each.setting) if each.setting else each.contract.title if each.contract else ""
        matter = ("setting", each.setting_id) if each.setting_id else ("contract", each.contract_id or 0)
        yield Duty(
            kind=f"visit.{each.state}",
            subject=("visit", each.pk),
            whose=permitted(P.CONTRACTS_MANAGE),
            matter=matter,
            what=what,
            called=called,
            due=each.visited_on if planned else None,
            deed=deed,
            key=each.pk,
            why=f"It was planned for {day(each.visited_on)}." if planned else f"Visited on {day(each.visited_on)}.",
            place=f"visit_hold {each.pk}" if planned else f"visit {each.pk}",
        )


_ITSELF = "select id as key from changed"
_OF_CONTRACT = {"contracts_contract": _ITSELF}
_BY_CONTRACT = "select contract_id as key from changed"
SOURCES = (
    Source("ratings", of_ratings, {
        **_OF_CONTRACT, "contracts_ratingperiod": _BY_CONTRACT, "contracts_reasonperiod": _BY_CONTRACT,
        "contracts_teamdecision": _BY_CONTRACT,
        "actions_action": "select d.contract_id as key from changed c join contracts_teamdecision d"
                          " on d.action_id = c.id",
        # What counts for days before it was entered is said beside a rating, and in no duty.
    }, settled=frozenset({"contracts_assessment", "people_organisation", "people_user"})),
    Source("contract_names", of_names, {"contracts_contract": ""}),
    Source("meetings", of_meetings, {**_OF_CONTRACT, "contracts_evaluation": _BY_CONTRACT},
           settled=frozenset({"people_user", "people_professional", "people_organisation"})),
    Source("visits", of_visits, {"contracts_visit": _ITSELF, "contracts_visitorigin": _ITSELF},
           settled=frozenset({"contracts_contract", "ofsted_setting"})),
    Source("board", of_board, {**_OF_CONTRACT, "contracts_assessment": _BY_CONTRACT},
           settled=frozenset({"people_organisation"})),
    *due_of_incidents.SOURCES,
    *due_of_providers.SOURCES,
    *due_of_plans.SOURCES,
)  # fmt: skip
