"""The record of a meeting, one matter a page: its pages, and the one operation at the end."""

from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse

from plumbline.contracts.locked_contract import may_change
from plumbline.contracts.models import Contract, Evaluation
from plumbline.contracts.operations import evaluations as operations
from plumbline.contracts.queries import care
from plumbline.evidence.operations import keep_document
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission, may
from plumbline.web.contracts.care import frame, steps
from plumbline.web.contracts.care.meetings import meeting_of
from plumbline.web.evidence import files
from plumbline.web.kit.access import requires
from plumbline.web.kit.journey import Journey, Part, show_check, show_part, show_parts
from plumbline.web.kit.request import Request, acting

P = Permission


@requires(P.CONTRACTS_VIEW)
def record(request: Request, pk: int) -> HttpResponseBase:
    return show_parts(_journey(request, _to_record(request, pk)))


@requires(P.CONTRACTS_VIEW)
def step(request: Request, pk: int, key: str) -> HttpResponseBase:
    found = _to_record(request, pk)
    return show_part(_journey(request, found), key, attach=partial(_attach, request, found))


@requires(P.CONTRACTS_VIEW)
def check(request: Request, pk: int) -> HttpResponseBase:
    found = _to_record(request, pk)
    return show_check(
        _journey(request, found),
        button="Record the meeting",
        do=lambda parts: operations.hold_evaluation(
            evaluation_id=found.pk, meeting=steps.meeting(parts), act=acting(request)
        ),
        done="The meeting is recorded, its actions are on the list, and the contract’s rating is worked out again.",
        to=reverse("meeting", args=[found.pk]),
    )


def _to_record(request: Request, pk: int) -> Evaluation:
    found = meeting_of(request, pk)
    if not may_change(request.user, found.contract, on=request.day, area_lead=True):
        raise NotAllowed(f"There is no meeting {pk} that you may record.")
    return found


def _journey(request: Request, meeting: Evaluation) -> Journey:
    contract, day = meeting.contract, request.day
    previous = list(care.previous_actions(contract))
    commitments = [each for each in care.commitments_of(contract) if not each.ended_on]
    kpis = [each for each in care.kpis_of(contract) if not each.ended_on]
    agreed = contract.arrangements.filter(ended_on=None).order_by("agreed_on", "pk")
    parts = (
        Part("who", "Who was there", partial(steps.Who, planned_on=meeting.held_on, day=day),
             about="Tick who came for the service area: its presence is counted from this."),
        Part("previous", "What was to be done since last time", partial(steps.Previous, actions=previous),
             about="What the meeting heard on each action. It is noted on the action itself; leave empty what was not "
                   "spoken of.",
             nothing="" if previous else "Nothing is left to be done from earlier meetings."),
        Part("safeguarding", "Safeguarding", steps.Safeguarding,
             about="What the provider reports for the quarter. Empty means not reported, which is not the same as "
                   "none."),
        Part("cases", "Cases that need resolution",
             partial(steps.Cases, of_rows={"sees_children": may(request.user, P.CHILDREN_VIEW, on=day)}),
             about="Everybody who may see the contract reads the summary. The child is shown only to people who may "
                   "see that child."),
        Part("arrangements", "Arrangements for this contract alone", steps.Arrangements,
             about="Safeguarding arrangements discussed and agreed for this contract. Those that hold already are "
                   "listed.",
             points=[f"{each.text} (agreed {wording.day(each.agreed_on)} with {each.agreed_with})" for each in agreed]),
        Part("commitments", "What the provider promised", partial(steps.Commitments, commitments=commitments),
             nothing="" if commitments else "No commitment is on record for this contract."),
        Part("kpis", "Indicators", partial(steps.Kpis, kpis=kpis, held_on=min(meeting.held_on, day)),
             nothing="" if kpis else "No indicator is measured under this contract."),
        Part("minutes", "Minutes", steps.Minutes),
        Part("actions", "What is to be done now",
             partial(steps.Actions, of_rows={"owners": owners(request, contract), "day": day}),
             about="Each action goes onto the list of actions, with its owner and day."),
        Part("next", "The next meeting", partial(steps.Next, held_on=meeting.held_on)),
    )  # fmt: skip
    return Journey(
        request,
        "meeting",
        meeting.pk,
        title="Record the meeting",
        caption=f"{contract.reference}, meeting of {wording.day(meeting.held_on)}",
        parts=parts,
        leave=frame.address(contract, "meetings"),
        closed=_closed(meeting),
    )


def _closed(meeting: Evaluation) -> str:
    """Why it takes no record any more; "" where it does."""
    if meeting.state == Evaluation.State.PLANNED:
        return ""
    if meeting.state == Evaluation.State.HELD and meeting.recorded_by:
        return f"{meeting.recorded_by} has recorded this meeting meanwhile."
    return f"This meeting is {meeting.get_state_display().lower()}."


def owners(request: Request, contract: Contract) -> list[tuple[str, str]]:
    """Who can be given something to do: the provider, the contract's own people, the one who is typing."""
    people = {each.pk: each for each in (contract.manager, contract.area_lead, request.user) if each is not None}
    return [(steps.PROVIDER, contract.provider.name), *((str(pk), str(each)) for pk, each in people.items())]


def _attach(request: Request, meeting: Evaluation, upload: Any) -> int:
    """Keep the minutes as a file, and which file it is."""
    return keep_document(
        title=f"Minutes, {meeting.contract.title}, {wording.day(meeting.held_on)}",
        file_name=upload.name or "",
        content=upload.read(),
        folder=files.folder(),
        kind="minutes",
        act=acting(request),
    ).pk
