"""Evaluation meetings of a contract: the list, one meeting, and what can be done with it besides the journey."""

from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from plumbline.actions.queries import owner_words, those_seen
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.locked_contract import may_change
from plumbline.contracts.models import CommitmentCheck, Contract, Evaluation, EvaluationCase
from plumbline.contracts.operations import evaluations as operations
from plumbline.contracts.queries import care
from plumbline.contracts.rules import evaluations as rules
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission, may
from plumbline.placements.access import children_visible_to
from plumbline.web.contracts.care import frame
from plumbline.web.contracts.care.forms import Cancel, LinkCase, MoveMeeting, PlanMeeting, ResolveCase
from plumbline.web.kit import duties, tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, act, ask
from plumbline.web.kit.request import Request, acting

P = Permission


def meeting_of(request: Request, pk: int) -> Evaluation:
    found = care.evaluations_visible_to(request.user, on=request.day).filter(pk=pk).first()
    if found is None:
        raise NotAllowed(f"There is no meeting {pk}.")
    return found


def cases_seen(request: Request, cases: Any) -> list[dict[str, Any]]:
    """Each case with the address of its child, where the viewer may open that child."""
    children = children_visible_to(request.user, on=request.day)
    shows = may(request.user, P.CHILDREN_VIEW, on=request.day)
    return [
        {
            "case": each.case,
            "child": each.child,
            "child_url": reverse("child", args=[each.child.pk]) if each.child and shows else "",
        }
        for each in care.cases_seen(request.user, cases, on=request.day, children=children)
    ]


@requires(P.CONTRACTS_VIEW)
def meetings(request: Request, pk: int) -> HttpResponseBase:
    contract = frame.the_contract(request, pk)
    held = list(care.evaluations_of(request.user, contract, on=request.day))
    due = care.meeting_due(contract, on=request.day)
    context = {
        **frame.around(request, contract, "meetings"), "meetings": held,
        "next": duties.next_of(request, ("contract", contract.pk), kinds="meeting."),
        "sentence": due.sentence(request.day) if due else "",
        "wrong": [due.sentence(request.day)] if due and due.due_on < request.day else [],
        "cases": cases_seen(request, care.open_cases(request.user, contract, on=request.day)),
        "links_children": may(request.user, P.CHILDREN_VIEW, on=request.day),
    }  # fmt: skip
    return render(request, "contracts/care/meetings.html", context)


@requires(P.CONTRACTS_VIEW)
def plan(request: Request, pk: int) -> HttpResponseBase:
    """Plan a meeting, or begin the record of one that was held."""
    contract = frame.the_contract(request, pk)
    _leads(request, contract)

    def said(made: Evaluation) -> str:
        planned = made.held_on > request.day
        return f"The meeting is planned for {wording.day(made.held_on)}." if planned else ""

    def leads_to(made: Evaluation) -> str:
        if made.held_on <= request.day:
            return reverse("meeting_step", args=[made.pk, "who"])
        return frame.address(contract, "meetings")

    return ask(
        request,
        PlanMeeting(request.POST or None),
        frame.question(
            contract,
            "meetings",
            heading="Plan or record a meeting",
            button="Go on",
            about="A day to come plans the meeting. For a day that has passed you go on to its record.",
        ),
        do=partial(operations.plan_evaluation, contract_id=contract.pk, act=acting(request)),
        done=said,
        to=leads_to,
    )


@requires(P.CONTRACTS_VIEW)
def meeting(request: Request, pk: int) -> HttpResponseBase:
    found = meeting_of(request, pk)
    contract = found.contract
    section = found.safeguarding
    shown = {**rules.COUNTS, **rules.SHARES, **rules.TEXTS}
    checks = CommitmentCheck.objects.filter(evaluation=found).select_related("commitment").order_by("pk")
    context = {
        **frame.around(request, contract, "meetings"), "meeting": found,
        "next": duties.next_of(request, ("meeting", found.pk)),
        "attendees": found.attendees.order_by("pk"),
        "safeguarding": [(label, wording.in_words(section.get(key))) for key, label in shown.items() if section],
        "concerns_raised": section.get("concerns_raised"),
        "cases": cases_seen(request, found.cases.order_by("pk")), "checks": checks,
        "readings": found.kpi_readings.select_related("kpi").order_by("kpi__title"),
        "actions": [
            (each, owner_words(each))
            for each in those_seen(request.user, care.actions_raised_at(found), on=request.day)
        ],
        "links_children": may(request.user, P.CHILDREN_VIEW, on=request.day),
        "may_begin_toolkit": may(request.user, P.RETURNS_REQUEST, on=request.day),
        "breadcrumbs": frame.crumbs(contract, ("Meetings", frame.address(contract, "meetings")),
                                    wording.day(found.held_on)),
    }  # fmt: skip
    return render(request, "contracts/care/meeting.html", context)


@requires(P.CONTRACTS_VIEW)
def move(request: Request, pk: int) -> HttpResponseBase:
    found = meeting_of(request, pk)
    _leads(request, found.contract)
    return ask(
        request,
        MoveMeeting(request.POST or None, initial={"held_on": found.held_on}),
        _of_meeting(found, heading="Put the meeting on another day", button="Put it on this day"),
        do=partial(operations.move_evaluation, evaluation_id=found.pk, act=acting(request)),
        done="The meeting is on another day.",
        to=frame.address(found.contract, "meetings"),
    )


@requires(P.CONTRACTS_VIEW)
def cancel(request: Request, pk: int) -> HttpResponseBase:
    found = meeting_of(request, pk)
    _leads(request, found.contract)
    return ask(
        request,
        Cancel(request.POST or None),
        _of_meeting(found, heading="Cancel the meeting", button="Cancel the meeting", kind="warning"),
        do=partial(operations.cancel_evaluation, evaluation_id=found.pk, act=acting(request)),
        done="The meeting is cancelled. The clock for the next one runs on.",
        to=frame.address(found.contract, "meetings"),
    )


def _of_meeting(found: Evaluation, *, heading: str, button: str, kind: str = "") -> Question:
    about = f"The meeting of {wording.day(found.held_on)}."
    return frame.question(found.contract, "meetings", heading=heading, button=button, about=about, kind=kind)


@requires(P.CONTRACTS_VIEW)
@require_POST
def begin_toolkit(request: Request, pk: int) -> HttpResponseBase:
    """Begin the joint evaluation toolkit for this meeting, and go to it."""
    found = meeting_of(request, pk)
    return act(
        request,
        do=partial(operations.begin_toolkit, evaluation_id=found.pk, act=acting(request)),
        done="",
        to=lambda begun: reverse("return", args=[begun.answer_set_id]),
        back=reverse("meeting", args=[found.pk]),
    )


def _case_of(request: Request, pk: int) -> EvaluationCase:
    seen = care.evaluations_visible_to(request.user, on=request.day).order_by()
    found = EvaluationCase.objects.filter(pk=pk, evaluation__in=seen).select_related("evaluation__contract").first()
    if found is None:
        raise NotAllowed(f"There is no case {pk}.")
    return found


@requires(P.CONTRACTS_VIEW)
def resolve(request: Request, pk: int) -> HttpResponseBase:
    case = _case_of(request, pk)
    _leads(request, case.evaluation.contract)
    contract = case.evaluation.contract
    form = ResolveCase(request.POST or None, initial={"resolved_on": request.day})
    form.day_field("resolved_on").no_later_than = (request.day, "That day is still to come")
    heading = f"How was case {case.reference} resolved?"
    return ask(
        request,
        form,
        frame.question(contract, "meetings", heading=heading, button="Record it", about=case.summary),
        do=partial(operations.resolve_case, case_id=case.pk, act=acting(request)),
        done=f"Case {case.reference} is resolved.",
        to=frame.address(contract, "meetings"),
    )


@requires(P.CONTRACTS_VIEW)
def link(request: Request, pk: int) -> HttpResponseBase:
    """Say which child a case is about: only for who may see children at all."""
    if not may(request.user, P.CHILDREN_VIEW, on=request.day):
        raise NotAllowed(f"There is no case {pk}.")
    case = _case_of(request, pk)
    contract = case.evaluation.contract
    heading = f"Which child is case {case.reference} about?"
    return ask(
        request,
        LinkCase(request.POST or None),
        frame.question(contract, "meetings", heading=heading, button="Tie it to the child", about=case.summary),
        do=partial(operations.link_case, case_id=case.pk, act=acting(request)),
        done="The case is tied to the child. Only people who may see the child are shown it.",
        to=frame.address(contract, "meetings"),
    )


class Due(tables.Table):
    title = "Evaluation meetings due"
    one, many = "contract", "contracts"
    columns = (
        tables.Column("contract", "Contract", lambda row: row.contract.called,
                      sort=lambda row: row.contract.reference,
                      link=lambda row: reverse("contract_meetings", args=[row.contract.pk])),
        tables.Column("provider", "Provider", lambda row: row.contract.provider.name,
                      sort=lambda row: row.contract.provider.sort_key),
        tables.Column("last_on", "Last held", sort=lambda row: row.last_on, absent="none held yet"),
        tables.Column("due_on", "Due by", sort=lambda row: row.due_on),
        tables.Column("planned_on", "Planned for", sort=lambda row: row.planned_on, absent="not planned"),
    )  # fmt: skip
    filters = (
        tables.YesNo("planned", "Planned", lambda rows, yes: [row for row in rows if bool(row.planned_on) == yes]),
    )  # fmt: skip
    order = "due_on"
    empty = "No contract is in force."


@requires(P.CONTRACTS_VIEW)
def meetings_due(request: Request) -> HttpResponseBase:
    """Of every contract in force, when it was last evaluated and when it is to be again."""
    rows = care.meetings_due(on=request.day, contracts=contracts_visible_to(request.user, on=request.day))
    context = {"breadcrumbs": [("Contracts", reverse("contracts")), ("Meetings due", "")]}
    return tables.page(request, Due(request, rows), "contracts/care/list.html", context)


def _leads(request: Request, contract: Contract) -> None:
    if not may_change(request.user, contract, on=request.day, area_lead=True):
        raise NotAllowed("This is for the contract's manager and its service-area lead.")
