"""Serious incidents: reported, decided on, told on, looked back at and closed. Who was told: `incident_notices`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from plumbline.actions.models import Action
from plumbline.actions.operations import raise_action
from plumbline.contracts import locked_incident, naming
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import (
    Contract,
    Incident,
    IncidentChild,
    IncidentNews,
    IncidentState,
    IncidentType,
    NewsSent,
    Notification,
)
from plumbline.contracts.operations import incident_forms, incident_notices
from plumbline.contracts.operations.held_texts import UNREAD_ACTION, hide_texts, hold_text
from plumbline.contracts.operations.rating import rerate
from plumbline.contracts.queries import held
from plumbline.contracts.queries import incidents as queries
from plumbline.contracts.rules import incidents as rules
from plumbline.contracts.rules.notifications import library
from plumbline.contracts.states import INCIDENT_MOVES
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.moments import day_here
from plumbline.kernel.transitions import check_move
from plumbline.ofsted.models import Setting
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import Child, Organisation, Tie, User
from plumbline.people.queries import holidays_from, organisations_of

# One number after the other, no matter who reports at the same instant.
_LOCK = 7_161_905_571


@dataclass(frozen=True, slots=True)
class Told:
    """What someone who reports an incident says of it. Moments are of the council's place.

    `summary` and `immediate_action` are read widely and name nobody; `narrative` and `staff_involved` (a name on each
    line) are restricted. `known_at` None: the provider knew when it happened.
    """

    type: str
    occurred_at: datetime
    summary: str
    known_at: datetime | None = None
    narrative: str = ""
    immediate_action: str = ""
    staff_involved: str = ""
    children_count: int = 0
    police_reference: str = ""
    lado_reference: str = ""
    service_centre_reference: str = ""
    placing_authority: str = ""
    strategy_discussion: bool | None = None


@naming.watched
@operation
def report_incident(
    *, contract_id: int, setting_id: int | None, told: Told, children: Sequence[Child] = (), act: Act
) -> Incident:
    """Report an incident under a contract, by the council or by its provider; who must be told follows from it.

    It is never stopped because no form is agreed: then `form` is None and a flag says so. `children` are linked: the
    caller has found them among those that `act.by` may see. Raises RuleBroken for what cannot be, or where a text for
    wide reading names someone; NotAllowed for the person who does not see the contract or may not report.
    """
    contract = _contract_to_report(contract_id, act=act)
    now = act.now
    setting = _setting(contract, setting_id)
    wide = _check_told(told, contract=contract, children=children, incident=None, now=now, act=act)
    form = queries.form_in_force(contract)
    incident = Incident.objects.create(
        reference=_next_reference(act.on),
        contract=contract,
        setting=setting,
        form=form,
        type=told.type,
        occurred_at=told.occurred_at,
        known_at=told.known_at or told.occurred_at,
        reported_at=now,
        reported_by=act.by,
        summary=wide["summary"],
        narrative=told.narrative.strip(),
        immediate_action=wide["immediate_action"],
        staff_involved=told.staff_involved.strip(),
        children_count=max(told.children_count, len(children)),
        strategy_discussion=told.strategy_discussion,
        police_reference=told.police_reference,
        lado_reference=told.lado_reference,
        service_centre_reference=told.service_centre_reference,
        placing_authority=told.placing_authority,
    )
    IncidentChild.objects.bulk_create([IncidentChild(incident=incident, child=child) for child in children])
    _hold(incident, wide, told, act=act)
    _write_notifications(incident, provider_knew_at=incident.known_at or incident.occurred_at, council_knew_at=now)
    act.record(
        "contracts.incident.reported",
        subject=incident,
        reference=incident.reference,
        type=incident.type,
        contract=contract.reference,
        form=form.number if form else None,
        children=len(children),
    )
    incident_forms.raise_form_flags(contract_id=contract.pk, act=act)
    incident_notices.follow(incident=incident, act=act)
    return incident


@naming.watched
@operation
def change_facts(*, incident_id: int, told: Told, setting_id: int | None, because: str, act: Act) -> Incident:
    """Put right what was reported, by the council. What the narrative says stays as it was written: news adds to it.

    Who must be told besides, by a changed type or setting, is added with clocks from now; nobody is taken away.
    """
    incident = locked_incident.to_manage(incident_id, act=act)
    now = act.now
    if not because.strip():
        raise RuleBroken("Say why it is changed.", code="missing_reason")
    wide = _check_told(told, contract=incident.contract, children=(), incident=incident, now=now, act=act)
    incident.setting = _setting(incident.contract, setting_id)
    changed = ["setting"]
    for name in (
        "type",
        "occurred_at",
        "summary",
        "immediate_action",
        "staff_involved",
        "children_count",
        "strategy_discussion",
        "police_reference",
        "lado_reference",
        "service_centre_reference",
        "placing_authority",
    ):
        value = wide.get(name, getattr(told, name))
        if getattr(incident, name) != value:
            setattr(incident, name, value)
            changed.append(name)
    incident.known_at = told.known_at or told.occurred_at
    incident.save(update_fields=[*changed, "known_at"])
    _hold(incident, wide, told, act=act)
    _write_notifications(incident, provider_knew_at=now, council_knew_at=now)
    act.record("contracts.incident.changed", subject=incident, because=because.strip(), fields=changed)
    incident_notices.follow(incident=incident, act=act)
    return incident


@operation
def decide_notifiable(*, incident_id: int, notifiable: bool, learnt_on: date, because: str, act: Act) -> Incident:
    """Decide whether the council must notify the national panel, from the day on which it learnt of it.

    Decided again later, a yes adds the duties; a no leaves what was written to be marked as not needed.
    """
    incident = locked_incident.to_manage(incident_id, act=act)
    if not because.strip():
        raise RuleBroken("Say why.", code="missing_reason")
    if learnt_on > act.on:
        raise RuleBroken("The council cannot have learnt of it in the future.", code="future_date")
    if learnt_on < day_here(incident.occurred_at):
        raise RuleBroken("The council cannot have learnt of it before it happened.", code="days_out_of_order")
    incident.council_notifiable, incident.council_learnt_on = notifiable, learnt_on
    incident.save(update_fields=["council_notifiable", "council_learnt_on"])
    now = act.now
    _write_notifications(incident, provider_knew_at=now, council_knew_at=now)
    act.record(
        "contracts.incident.notifiable_decided",
        subject=incident,
        because=because.strip(),
        notifiable=notifiable,
        learnt_on=learnt_on.isoformat(),
    )
    incident_notices.follow(incident=incident, act=act)
    return incident


@operation
def set_outcome(*, incident_id: int, outcome: str, because: str, act: Act) -> Incident:
    """The outcome of an allegation: one of `rules.OUTCOMES`."""
    incident = locked_incident.to_manage(incident_id, act=act)
    rules.check_outcome(incident.type, outcome)
    if not because.strip():
        raise RuleBroken("Say by whom it was decided, and on what.", code="missing_reason")
    incident.outcome = outcome
    incident.save(update_fields=["outcome"])
    act.record("contracts.incident.outcome_set", subject=incident, because=because.strip(), outcome=outcome)
    incident_notices.follow(incident=incident, act=act)
    return incident


@operation
def link_child(*, incident_id: int, child: Child, act: PersonalAct) -> int:
    """Link a child whom the caller has found among those that `act.by` may see; who knows the child is told. Returns
    how many texts named the child: they are not shown until someone has mended them."""
    incident = locked_incident.seen(incident_id, act=act)
    link_found(incident=incident, child=child, act=act)
    return hide_texts(incident=incident, child=child, act=act)


@operation
def link_child_placed_there(*, incident_id: int, child: Child, act: PersonalAct) -> int:
    """Link a child who was placed at the setting of the incident on its day, and whom `act.by` may see: the caller has
    found both. Who knows the child need not see the contract. Returns as `link_child`."""
    incident = (
        Incident.objects.select_for_update(of=("self",)).select_related("contract", "setting").get(pk=incident_id)
    )
    link_found(incident=incident, child=child, act=act)
    return hide_texts(incident=incident, child=child, act=act)


@operation
def link_found(*, incident: Incident, child: Child, act: Act) -> None:
    """Link a child to an incident that the caller has found and locked. Raises RuleBroken where it is linked already,
    or the incident is set aside."""
    if incident.state == IncidentState.ASIDE:
        rules.check_live(incident.state)
    link, made = IncidentChild.objects.get_or_create(incident=incident, child=child)
    if not made:
        raise RuleBroken("This child is linked already.", code="linked_already")
    if incident.children.count() > incident.children_count:
        incident.children_count = incident.children.count()
        incident.save(update_fields=["children_count"])
    act.record("contracts.incident.child_linked", subject=incident, child_id=child.pk)
    incident_notices.raise_child_flags(link_ids=[link.pk], act=act)


@operation
def unlink_child(*, incident_id: int, child: Child, because: str, act: PersonalAct) -> None:
    """Take a link back, with the reason; the caller has found the child among those that `act.by` may see."""
    incident = locked_incident.seen(incident_id, act=act)
    if not because.strip():
        raise RuleBroken("Say why.", code="missing_reason")
    link = IncidentChild.objects.filter(incident=incident, child=child).first()
    if link is None:
        raise NotAllowed(f"Child {child.pk} is not linked to incident {incident_id}.")
    number = link.pk
    link.delete()
    act.record("contracts.incident.child_unlinked", subject=incident, child_id=child.pk, because=because.strip())
    incident_notices.raise_child_flags(link_ids=[number], act=act)


@naming.watched
@operation
def add_news(*, incident_id: int, text: str, act: Act) -> IncidentNews:
    """What became known later: a line with a clock for everyone who was told. It names nobody, as the summary does."""
    incident = locked_incident.seen(incident_id, act=act)
    locked_incident.check_works_on(incident, act=act)
    rules.check_live(incident.state)
    if not text.strip():
        raise RuleBroken("Write the news.", code="missing_words")
    shown = naming.shown(text.strip(), naming.of_incident(incident, act=act), what="The news", act=act)
    now = act.now
    news = IncidentNews.objects.create(incident=incident, at=now, by=act.by, text=shown)
    if shown == held.HELD:
        hold_text(record=news, field="text", text=text.strip(), incident=incident, act=act)
    due_at = rules.due_at(library().clocks["news"], now, holidays=frozenset())
    # The person who has not been told yet is told of everything at once, and needs no second line.
    told = incident.notifications.filter(sent_at__isnull=False).order_by("pk")
    NewsSent.objects.bulk_create([NewsSent(news=news, notification=each, due_at=due_at) for each in told])
    act.record("contracts.incident.news_added", subject=incident, news=news.pk, to=len(told))
    incident_notices.raise_incident_flags(incident_id=incident.pk, act=act)
    return news


@naming.watched
@operation
def raise_incident_action(
    *,
    incident_id: int,
    title: str,
    detail: str,
    owner: User | None,
    owner_organisation: Organisation | None,
    due_on: date,
    critical: bool,
    act: Act,
) -> Action:
    """Put down what someone undertakes because of this incident; it names nobody concerned."""
    incident = locked_incident.to_manage(incident_id, act=act)
    words = f"{title}\n{detail}"
    unseen = naming.shown(words, naming.of_incident(incident, act=act), what="The action", act=act) == held.HELD
    action = raise_action(
        title=UNREAD_ACTION if unseen else title,
        detail=held.HELD if unseen else detail,
        subject_type=queries.INCIDENT,
        subject_id=incident.pk,
        subject_label=f"{incident.reference}, contract {incident.contract.reference}",
        origin_type="incident",
        origin_id=incident.pk,
        owner=owner,
        owner_organisation=owner_organisation,
        due_on=due_on,
        critical=critical,
        act=act,
    )
    if unseen:
        hold_text(record=action, field="title", text=words, incident=incident, act=act)
    rerate(contract_ids=[incident.contract_id], act=act)
    return action


@naming.watched
@operation
def move_incident(*, incident_id: int, to: str, because: str = "", lessons: str = "", act: Act) -> Incident:
    """Under review, open again (with the reason), or closed (with what was learnt).

    Closing is refused while anything is in its way, each thing named (`rules.in_the_way_of_closing`).
    """
    incident = locked_incident.to_manage(incident_id, act=act, closed=True)
    if to == IncidentState.ASIDE:
        raise ValueError("see incidents_aside.set_aside")
    check_move(INCIDENT_MOVES, IncidentState(incident.state), IncidentState(to))
    fields = ["state"]
    if to == IncidentState.OPEN and not because.strip():
        raise RuleBroken("Say why it is opened again.", code="missing_reason")
    if to == IncidentState.CLOSED:
        incident.lessons = naming.shown(
            lessons.strip(), naming.of_incident(incident, act=act), what="What was learnt", act=act
        )
        if incident.lessons == held.HELD:
            hold_text(record=incident, field="lessons", text=lessons.strip(), incident=incident, act=act)
        in_the_way = rules.in_the_way_of_closing(queries.standing_of(incident, library()))
        if in_the_way:
            raise RuleBroken("It cannot be closed yet. " + " ".join(in_the_way), code="open_duties")
        incident.closed_at, incident.closed_by = act.now, act.by
        fields += ["lessons", "closed_at", "closed_by"]
    incident.state = to
    incident.save(update_fields=fields)
    act.record(f"contracts.incident.{_DONE[to]}", subject=incident, because=because.strip())
    incident_notices.follow(incident=incident, act=act)
    return incident


_DONE = {"open": "reopened", "review": "under_review", "closed": "closed"}


@operation
def note_narrative_read(*, incident_id: int, act: PersonalAct) -> Incident:
    """Leave the trace that someone reads the full account, on each linked child, too. Raises NotAllowed for whom it is
    not (`queries.may_read_narrative`)."""
    incident = locked_incident.seen(incident_id, act=act)
    if not queries.may_read_narrative(act.by, incident, on=act.on):
        raise NotAllowed(f"The full account of incident {incident_id} is not for {act.by}.")
    role = access.roles_in_words(act.by, on=act.on)
    act.record("contracts.incident.narrative_read", by_role=role, subject=incident)
    for child_id in incident.children.order_by("pk").values_list("child", flat=True):
        act.record("contracts.incident.narrative_read", by_role=role, subject=incident, child_id=child_id)
    return incident


@operation
def let_read(*, incident_id: int, reader: User, because: str, act: PersonalAct) -> None:
    """Open the full account to a colleague whose role may read such; by the contract's own people, with the reason."""
    incident = locked_incident.seen(incident_id, act=act)
    if not queries.may_open_narrative(act.by, incident, on=act.on):
        raise NotAllowed(f"Incident {incident_id} is not {act.by}'s to open.")
    if not because.strip():
        raise RuleBroken("Say why they need to read it.", code="missing_reason")
    if not access.may(reader, Permission.INCIDENTS_NARRATIVE, on=act.on):
        raise RuleBroken("Their role does not let them read full accounts.", code="wrong_role")
    Tie.objects.get_or_create(
        user=reader, subject_type=queries.INCIDENT, subject_id=incident.pk, why="let_read", from_on=act.on
    )
    act.record("contracts.incident.opened_to", subject=incident, because=because.strip(), reader=reader.username)


def _check_told(
    told: Told, *, contract: Contract, children: Collection[Child], incident: Incident | None, now: datetime, act: Act
) -> dict[str, str]:
    """The texts for wide reading as others may read them (`naming.shown`), once all that was told can be."""
    if told.type not in IncidentType.values:
        raise RuleBroken("Choose what happened.", code="unknown_type")
    if not told.summary.strip():
        raise RuleBroken("Write what happened in a sentence or two.", code="missing_words")
    if told.children_count < 0:
        raise RuleBroken("The number of children cannot be less than none.", code="bad_number")
    rules.check_times(occurred_at=told.occurred_at, knew_at=told.known_at or told.occurred_at, now=now)
    wide = {}
    for field, what in (("summary", "The summary"), ("immediate_action", "What was done at once")):
        text = getattr(told, field).strip()
        # What is as it was has been looked at, or is being held.
        if incident is not None and text == getattr(incident, field):
            wide[field] = text
            continue
        names = naming.of_incident(incident, contract=contract, children=children, staff=told.staff_involved, act=act)
        wide[field] = naming.shown(text, names, what=what, act=act)
    return wide


def _hold(incident: Incident, wide: dict[str, str], told: Told, *, act: Act) -> None:
    for field, text in wide.items():
        typed = getattr(told, field).strip()
        if text == held.HELD and typed != held.HELD:
            hold_text(record=incident, field=field, text=typed, incident=incident, act=act)


def _write_notifications(incident: Incident, *, provider_knew_at: datetime, council_knew_at: datetime) -> None:
    """Add who must be told and has no line yet."""
    setting = incident.setting
    kind = (
        rules.kind_of_setting(register=setting.register, provision_type=setting.provision_type) if setting else "other"
    )
    occurred_on = day_here(incident.occurred_at)
    wanted = rules.notifications(
        library(),
        type=incident.type,
        setting_kind=kind,
        secure=setting is not None and rules.is_secure(setting.provision_type),
        occurred_on=occurred_on,
        provider_knew_at=provider_knew_at,
        council_knew_at=council_knew_at,
        notifiable=incident.council_notifiable,
        learnt_on=incident.council_learnt_on,
        holidays=holidays_from(occurred_on),
    )
    there = set(incident.notifications.values_list("recipient", flat=True))
    Notification.objects.bulk_create(
        Notification(
            incident=incident, recipient=due.recipient, legal_basis=due.basis, duty=due.duty, due_at=due.due_at
        )
        for due in wanted
        if due.recipient not in there
    )


def _next_reference(on: date) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    beginning = f"INC-{on:%Y}-"
    last = Incident.objects.filter(reference__startswith=beginning).order_by("-reference").first()
    number = int(last.reference.removeprefix(beginning)) + 1 if last else 1
    return f"{beginning}{number:05}"


def _contract_to_report(contract_id: int, *, act: Act) -> Contract:
    seen = Contract.objects.all() if act.by is None else contracts_visible_to(act.by, on=act.on)
    contract = seen.filter(pk=contract_id).select_related("child").first()
    if contract is None:
        raise NotAllowed(f"There is no contract {contract_id}.")
    own = act.by is None or contract.provider_id in organisations_of(act.by, on=act.on)
    if not own:
        act.check(Permission.INCIDENTS_MANAGE)
    return contract


def _setting(contract: Contract, setting_id: int | None) -> Setting | None:
    if setting_id is None:
        return None
    setting = Setting.objects.filter(pk=setting_id, contracts__contract=contract).first()
    if setting is None:
        raise RuleBroken("The setting is not one of this contract’s.", code="other_setting")
    return setting
