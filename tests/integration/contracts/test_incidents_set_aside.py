"""An incident that is the same as another, or entered in error: it ends, counts nowhere, stays readable, comes back."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

import plumbline
from plumbline.actions.models import Action
from plumbline.audit.models import Event
from plumbline.contracts import due_of_incidents
from plumbline.contracts import flagging_of_incidents as flagging
from plumbline.contracts.models import Incident, IncidentState
from plumbline.contracts.operations import incident_notices, incidents
from plumbline.contracts.queries import facts, held
from plumbline.contracts.queries import incidents as queries
from plumbline.flags.models import Flag
from plumbline.flags.outbox import why_not
from plumbline.kernel.errors import NotAllowed
from plumbline.people.act import Act
from plumbline.people.models import Child, User
from plumbline.placements import at_setting
from tests.duties import of_kind
from tests.factories.people import ChildFactory, TieFactory, UserFactory
from tests.factories.records import InvolvementFactory, PlacementFactory
from tests.integration.contracts.incident_situations import AT, ON, World, an_incident, line
from tests.refusals import raises

pytestmark = [pytest.mark.django_db, pytest.mark.login("web")]

# Long after every clock of the incident.
LATER = {"at": AT + timedelta(days=30), "on": date(2016, 8, 19)}
SAID = "Reported by the home and by us."


def set_aside(
    incident: Incident, world: World, *, same_as: str = "", because: str = SAID, by: User | None = None
) -> Incident:
    act = Act(by or world.manager, **LATER)
    return at_setting.set_aside(incident_id=incident.pk, same_as=same_as, because=because, act=act)


def take_back(incident: Incident, world: World, because: str = "It was another child.") -> Incident:
    return at_setting.take_back(incident_id=incident.pk, because=because, act=Act(world.manager, **LATER))


@pytest.fixture
def whole(world: World) -> Incident:
    """An incident of which every reader has something: late, with a child, news, an action, a text to read."""
    child = InvolvementFactory().child
    PlacementFactory(child=child, setting=world.setting, started_on=date(2016, 1, 1), ended_on=None)
    other = PlacementFactory(setting=world.setting, started_on=date(2016, 1, 1), ended_on=None)
    InvolvementFactory(child=other.child)
    incident = an_incident(world, children=(child,), type="death")
    Incident.objects.filter(pk=incident.pk).update(outcome="substantiated")
    told = line(incident, "customer_service_centre")
    incident_notices.mark_sent(notification_id=told.pk, channel="Telephone", act=Act(world.manager, AT, ON))
    incidents.add_news(incident_id=incident.pk, text="Orla is back.", act=Act(world.provider, AT, ON))
    incidents.raise_incident_action(
        incident_id=incident.pk,
        title="Mend the gate",
        detail="",
        owner=None,
        owner_organisation=world.contract.provider,
        due_on=date(2016, 7, 21),
        critical=True,
        act=Act(world.manager, AT, ON),
    )
    at_setting.tell_of_children(act=Act(None, AT, ON))
    incident_notices.escalate_overdue(act=Act(None, **LATER))
    return incident


def _facts(incident: Incident) -> facts.Facts:
    return facts.load([incident.contract_id])[incident.contract_id]


def _fact(relation: str, where: str) -> int:
    """The rows that the measures count."""
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from fact_{relation} where {where}")
        return cursor.fetchone()[0]


NOW_LATER = LATER["at"]
# Every reader of incidents that counts or asks for something, by name: how much of this incident it has.
READERS: dict[str, Callable[[Incident, World], int]] = {
    "still to be told": lambda i, w: queries.untold().filter(incident=i).count(),
    "the council’s to tell": lambda i, w: len(of_kind("incident.tell", w.manager, ON)),
    "the provider’s to tell": lambda i, w: len(of_kind("incident.tell", w.provider, ON)),
    "overdue": lambda i, w: queries.overdue_notifications(now=NOW_LATER).filter(incident=i).count(),
    "overdue news": lambda i, w: queries.overdue_news(now=NOW_LATER).filter(news__incident=i).count(),
    "first untold": lambda i, w: len(queries.first_untold([i.pk])),
    "to be decided": lambda i, w: len(of_kind("incident.decide", w.manager, ON)),
    "listed as untold": lambda i, w: queries.incidents_listed(w.manager, on=ON, now=NOW_LATER).get(pk=i.pk).untold,
    "listed as overdue": lambda i, w: queries.incidents_listed(w.manager, on=ON, now=NOW_LATER).get(pk=i.pk).overdue,
    "texts to read": lambda i, w: held.to_read(_reader(i), visible=Child.objects.all(), on=ON).count(),
    "flags wanted": lambda i, w: len(flagging.wanted_of_incidents(NOW_LATER, incident_id=i.pk)),
    "flags of children wanted": lambda i, w: len(flagging.wanted_of_children(ON)),
    "flags of forms wanted": lambda i, w: len(flagging.wanted_of_contracts(on=ON, contract_id=i.contract_id)),
    "children there asked about": lambda i, w: len(at_setting.wanted(ON)),
    "duties": lambda i, w: len(list(due_of_incidents.of_incidents([i.pk], ON))),
    "open flags": lambda i, w: Flag.objects.filter(state="open").exclude(subject_type="contract").count(),
    "messages to be sent": lambda i, w: sum(not why_not(m, **LATER) for f in Flag.objects.exclude(
        subject_type="contract") for m in f.messages.all()),
    "actions to do": lambda i, w: Action.objects.filter(origin_id=i.pk, state="open").count(),
    "the rating: notifications": lambda i, w: len(_facts(i).notifications),
    "the rating: allegations": lambda i, w: len(_facts(i).allegations),
    "the rating: actions": lambda i, w: len(_facts(i).actions),
    "the measure of incidents": lambda i, w: _fact("incident", f"incident_id = {i.pk} and occurred_on is not null"),
    "the measure of notifications": lambda i, w: _fact(
        "notification",
        f"needed and notification_id in (select id from contracts_notification where incident_id = {i.pk})"),
}  # fmt: skip


def _reader(incident: Incident) -> Any:
    if not hasattr(incident, "reader"):
        incident.reader = UserFactory(role="social_worker")
        for link in incident.children.all():
            TieFactory(user=incident.reader, subject_id=link.child_id)
    return incident.reader


def test_whatever_counts_incidents_or_asks_because_of_them_leaves_it_out_and_has_it_back(whole, world) -> None:
    before = {name: count(whole, world) for name, count in READERS.items()}
    set_aside(whole, world)
    aside = {name: count(whole, world) for name, count in READERS.items()}
    assert [name for name, count in before.items() if not count and name != "messages to be sent"] == []
    assert {name: count for name, count in aside.items() if count} == {}
    take_back(whole, world)
    # What it gave people to do stays cancelled, and closed flags are opened again.
    stays = {"actions to do", "messages to be sent", "open flags"}
    after = {name: count(whole, world) for name, count in READERS.items()}
    assert {n: c for n, c in after.items() if n not in stays} == {n: c for n, c in before.items() if n not in stays}


# Where tables of incidents are read, and why an incident that is set aside does no harm there or is left out.
READ_IN = {
    "contracts/due_of_incidents.py": "left out", "contracts/models/incidents.py": "whom a text concerns, aside or not",
    "placements/due_of_flags.py": "which rows are noted",
    "placements/due_of_homes.py": "which rows are noted",
    "contracts/locked_incident.py": "one incident, for the person who works on it",
    "contracts/holidays.py": "clocks move, whether they run or not: they may go on",
    "contracts/flagging_of_incidents.py": "left out", "contracts/intake.py": "which setting is meant",
    "contracts/operations/contacts.py": "those still to be told of one incident",
    "contracts/operations/following.py": "whose contract is rated",
    "contracts/operations/incident_notices.py": "one incident",
    "contracts/operations/incidents.py": "one incident, and the next number",
    "contracts/operations/incidents_aside.py": "itself", "contracts/queries/facts.py": "left out",
    "contracts/queries/contacts.py": "open ones alone",
    "contracts/queries/incidents.py": "left out; listed as set aside",
    "contracts/figures.py": "left out; what was corrected says that it was set aside",
    "placements/at_setting.py": "open ones alone",
    "placements/known_here.py": "left out",
}  # fmt: skip


def test_no_other_place_reads_incidents() -> None:
    root = Path(plumbline.__file__).parent
    tables = r"contracts_(?:incident|notification|newssent)\b|\b(?:Incident|Notification|NewsSent)\.objects|incidents__"
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "migrations" not in path.parts and re.search(tables, path.read_text(encoding="utf-8"))
    }
    assert found == set(READ_IN)


def test_it_leads_to_the_other_and_the_children_are_linked_there(world: World) -> None:
    child = InvolvementFactory().child
    kept, double = an_incident(world), an_incident(world, children=(child,))
    done = set_aside(double, world, same_as=kept.reference.lower())
    assert (done.state, done.same_as) == (IncidentState.ASIDE, kept)
    assert kept.children.get().child == child
    assert Flag.objects.filter(kind="incident_child", child_id=child.pk, state="open").count() == 1
    assert list(queries.same_as(world.manager, kept, on=ON)) == [double]


def test_it_leaves_its_event_and_its_reason(world: World) -> None:
    incident = an_incident(world)
    set_aside(incident, world)
    take_back(incident, world, because="It was another child.")
    kinds = ("contracts.incident.set_aside", "contracts.incident.taken_back")
    events = Event.objects.filter(subject_id=str(incident.pk), kind__in=kinds).order_by("no")
    assert list(events.values_list("because", flat=True)) == [SAID, "It was another child."]


@pytest.mark.parametrize("closed", [False, True])
def test_taken_back_it_is_open_or_closed_as_it_was(world: World, closed: bool) -> None:
    incident = an_incident(world, type="near_miss")
    if closed:
        Incident.objects.filter(pk=incident.pk).update(state="closed", lessons="Lock it.", closed_at=AT)
    set_aside(incident, world)
    assert take_back(incident, world).state == ("closed" if closed else "open")


def test_who_does_not_handle_it_cannot(world: World) -> None:
    incident = an_incident(world)
    for other in (world.provider, world.other_provider, UserFactory(role="management_team")):
        with pytest.raises(NotAllowed):
            set_aside(incident, world, by=other)
    set_aside(incident, world)
    with pytest.raises(NotAllowed):
        at_setting.take_back(incident_id=incident.pk, because="No.", act=Act(world.provider, **LATER))


def test_what_cannot_be_is_refused(world: World) -> None:
    incident, other = an_incident(world), an_incident(world)
    for code, said in (
        ("missing_reason", {"because": " "}),
        ("unknown_incident", {"same_as": "INC-1999-00001"}),
        ("same_incident", {"same_as": incident.reference}),
        ("names_somebody", {"because": world.provider.name}),
    ):
        with raises(code):
            set_aside(incident, world, **said)
    with raises("wrong_state"):
        take_back(incident, world)
    set_aside(incident, world, same_as=other.reference)
    with raises("others_lead_here"):
        set_aside(other, world)
    with raises("wrong_state"):
        set_aside(other, world, same_as=incident.reference)
    with raises("missing_reason"):
        take_back(incident, world, because="")


def test_nothing_is_done_with_it_meanwhile(world: World) -> None:
    incident = an_incident(world)
    row = line(incident, "ofsted")
    set_aside(incident, world)
    with raises("wrong_state"):
        incident_notices.mark_sent(notification_id=row.pk, channel="Telephone", act=Act(world.manager, **LATER))
    with raises("wrong_state"):
        incidents.add_news(incident_id=incident.pk, text="More.", act=Act(world.provider, **LATER))
    with raises("wrong_state"):
        incidents.link_child(incident_id=incident.pk, child=ChildFactory(), act=Act(world.manager, **LATER))
    with raises("wrong_state"):
        incidents.move_incident(incident_id=incident.pk, to="review", act=Act(world.manager, **LATER))


def test_the_database_holds_it_to_its_reason(world: World) -> None:
    incident = an_incident(world)
    for wrong in ({"state": "aside"}, {"same_as": incident}, {"aside_because": "So."}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Incident.objects.filter(pk=incident.pk).update(**wrong)
