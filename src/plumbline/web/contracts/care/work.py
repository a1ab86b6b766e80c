"""What waits for someone in the care of contracts, for "My work"."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.urls import reverse

from plumbline.contracts.models import Evaluation, Visit
from plumbline.contracts.queries import care
from plumbline.contracts.queries import visits as visit_queries
from plumbline.contracts.queries.register import settings_with_contracts
from plumbline.kernel.labels import say
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.placements.queries import settings_with_children
from plumbline.web.contracts.care import frame
from plumbline.web.kit import wording
from plumbline.web.kit.work_item import Item

P = Permission
_SOON = timedelta(days=21)
# More of a kind than this are one line.
_FEW = 3


def items(viewer: User, on: date) -> Iterable[Item]:
    """For contract officers and service-area leads: meetings, visits, reports of homes; for the partnership officer:
    board assessments; for a provider: reports of visits to answer."""
    if may(viewer, P.CONTRACTS_MANAGE, on=on):
        yield from _meetings(viewer, on, own_only=False)
        yield from _visits(viewer, on)
        yield from _reports(viewer, on)
        yield from _without_contract(on)
    elif may(viewer, P.CONTRACTS_VIEW, on=on):
        yield from _meetings(viewer, on, own_only=True)
    if may(viewer, P.BOARD_ASSESSMENTS, on=on):
        yield from _board(viewer, on)
    if may(viewer, P.PROVIDER_PORTAL, on=on):
        yield from _to_answer(viewer, on)


def _meetings(viewer: User, on: date, *, own_only: bool) -> Iterable[Item]:
    """Planned ones whose day has come, and those that are late or near and not planned."""
    waiting = care.evaluations_visible_to(viewer, on=on).filter(state=Evaluation.State.PLANNED, held_on__lte=on)
    mine = waiting.filter(contract__area_lead=viewer) if own_only else waiting
    found = list(mine.order_by("held_on", "pk"))
    for each in found[:_FEW]:
        yield Item(
            what="Record the evaluation meeting", whom=f"{each.contract.reference}, {each.contract.title}",
            why=f"It was planned for {wording.day(each.held_on)}.", due=each.held_on,
            url=reverse("meeting_step", args=[each.pk, "who"]), button="Record the meeting",
        )  # fmt: skip
    due = [
        each for each in care.meetings_due(on=on)
        if each.planned_on is None and each.due_on <= on + _SOON
        and (each.contract.area_lead_id == viewer.pk if own_only else each.contract.manager_id in (None, viewer.pk))
    ]  # fmt: skip
    if len(due) > _FEW:
        late = sum(1 for each in due if each.due_on < on)
        yield Item(
            what=f"{wording.number(len(due))} evaluation meetings are to be planned",
            whom=f"{wording.number(late)} late",
            why="Every contract is evaluated in its rhythm, with its service area.", due=due[0].due_on,
            url=f"{reverse('meetings_due')}?planned=no", button="See which",
        )  # fmt: skip
        return
    for meeting in due:
        yield Item(
            what="Plan the evaluation meeting",
            whom=f"{meeting.contract.reference}, {meeting.contract.title}",
            why=meeting.sentence(on), due=meeting.due_on,
            url=reverse("meeting_plan", args=[meeting.contract.pk]), button="Plan the meeting",
        )  # fmt: skip


def _visits(viewer: User, on: date) -> Iterable[Item]:
    seen = visit_queries.visits_visible_to(viewer, on=on)
    for each in seen.filter(state=Visit.State.PLANNED, visited_on__lte=on).order_by("visited_on", "pk")[:_FEW]:
        yield Item(what="Record what was found at the visit", whom=frame.place(each.setting, each.contract),
                   why=f"It was planned for {wording.day(each.visited_on)}.", due=each.visited_on,
                   url=reverse("visit_hold", args=[each.pk]), button="Record the visit")  # fmt: skip
    for state, what, button in (
        (Visit.State.HELD, "Send the provider the report of the visit", "Send the report"),
        (Visit.State.ANSWERED, "Sign the visit off: the provider has answered", "Read the answer"),
    ):
        for each in seen.filter(state=state, by_council="", import_run=None).order_by("visited_on", "pk")[:_FEW]:
            yield Item(what=what, whom=frame.place(each.setting, each.contract),
                       why=f"Visited on {wording.day(each.visited_on)}.", due=None,
                       url=reverse("visit", args=[each.pk]), button=button)  # fmt: skip
    every = visit_queries.visits_due(with_children=settings_with_children(on=on), on=on)
    due = [each for each in every if each.state(on) != "in_time" and each.planned_on is None]
    if len(due) > _FEW:
        late = sum(1 for each in due if each.state(on) == "overdue")
        yield Item(what=f"{wording.number(len(due))} yearly visits are to be planned",
                   whom=f"{wording.number(late)} overdue",
                   why="Every home and school where we have children is visited each year.",
                   due=due[0].due.due_on, url=f"{reverse('visits_due')}?planned=no", button="See which")  # fmt: skip
        return
    for place in due:
        yield Item(what="Plan the yearly visit", whom=frame.place(place.setting), why=place.sentence(on),
                   due=place.due.due_on, url=f"{reverse('visit_plan')}?setting={place.setting.pk}",
                   button="Plan the visit")  # fmt: skip


def _without_contract(on: date) -> Iterable[Item]:
    """Homes and schools where children of ours are under no contract: nobody would answer for them else."""
    children = settings_with_children(on=on)
    number = len(set(children) - settings_with_contracts(on))
    if number:
        yield Item(what=f"{wording.how_many(number, 'home or school', 'homes and schools')} with our children "
                        f"{'is' if number == 1 else 'are'} under no contract", whom="",
                   why="Enter the agreement for each child there, so that someone answers for its checks.", due=None,
                   url=f"{reverse('visits_due')}?contract=no&ours=yes", button="See which", gravity=3)  # fmt: skip


def _reports(viewer: User, on: date) -> Iterable[Item]:
    unread = visit_queries.unread_reports(viewer, on=on)
    number, first = unread.count(), unread.first()
    if first is not None:
        url = reverse("home_report", args=[first.pk]) if number == 1 else reverse("home_reports")
        yield Item(what=f"Read {wording.how_many(number, 'report of a home', 'reports of homes')}",
                   whom=frame.place(first.setting) if number == 1 else "",
                   why=f"Waiting since {wording.day(first.received_on)}.", due=first.received_on + timedelta(days=14),
                   url=url, button="Read it" if number == 1 else "Read them")  # fmt: skip
    children = settings_with_children(on=on)
    homes = [home for home in visit_queries.homes(with_children=children, on=on) if home.owed]
    if homes:
        owed = sum(len(home.owed) for home in homes)
        yield Item(what=f"{wording.how_many(owed, 'report', 'reports')} of homes have not come",
                   whom=wording.how_many(len(homes), "home", "homes"), why="Ask each home for what it owes.",
                   due=min(home.owed[0].due_on for home in homes), url=reverse("home_reports"),
                   button="See which")  # fmt: skip


def _board(viewer: User, on: date) -> Iterable[Item]:
    waiting = care.board_assessments_waiting(on=on)
    if len(waiting) > _FEW:
        yield Item(what=f"{wording.number(len(waiting))} contracts wait for {say('{a_board}')} assessment", whom="",
                   why="They deliver a statutory function: without one they are amber.", due=None,
                   url=reverse("board_assessments"), button="See which", gravity=2)  # fmt: skip
        return
    for each in waiting:
        until = each.board_until
        why = f"The last is valid until {wording.day(until)}." if until else "There has been none."
        yield Item(what=say("Record the {board} assessment"), whom=f"{each.reference}, {each.title}", why=why,
                   due=until, url=reverse("assessment_record", args=[each.pk, "board"]), button="Record it",
                   gravity=2)  # fmt: skip


def _to_answer(viewer: User, on: date) -> Iterable[Item]:
    seen = visit_queries.visits_visible_to(viewer, on=on).filter(state=Visit.State.REPORT_SENT)
    for each in seen.order_by("report_sent_on", "pk"):
        yield Item(what="Answer the report of a visit", whom=frame.place(each.setting, each.contract),
                   why=f"The council visited on {wording.day(each.visited_on)}.", due=None,
                   url=reverse("visit", args=[each.pk]), button="Read and answer")  # fmt: skip
