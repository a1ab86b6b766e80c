"""Serious incidents as their readers may see them: who sees which, who may read the full account, what is due."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Least

from plumbline.actions.models import Action, ActionState
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import (
    Contract,
    Incident,
    IncidentChild,
    IncidentForm,
    IncidentNews,
    IncidentState,
    NewsSent,
    Notification,
    StepTaken,
)
from plumbline.contracts.rules.incidents import Agreed, Standing
from plumbline.contracts.rules.notifications import Library
from plumbline.kernel.errors import NotAllowed
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.acting import over_all_records
from plumbline.people.models import Child, RoleHeld, User
from plumbline.people.queries import CHILD, live_ties, organisations_of

INCIDENT = "incident"

# Still to be told: neither sent nor marked as not needed, of an incident that is not set aside.
UNTOLD = Q(sent_at__isnull=True, not_needed_because="", aside=False)
NEWS_UNTOLD = Q(sent_at__isnull=True, notification__aside=False)
# Not worked on any more.
OVER = (IncidentState.CLOSED, IncidentState.ASIDE)


def incidents_visible_to(viewer: User, *, on: date) -> QuerySet[Incident]:
    """The incidents that the viewer may see: of contracts they see, of their own organisation, of children whom they
    work with, and those opened to them by name. Nothing else exists."""
    if not access.permissions_of(viewer, on=on):
        return Incident.objects.none()
    seen = Q(pk__in=live_ties(viewer, INCIDENT, on=on).values("subject_id"))
    if access.may(viewer, Permission.INCIDENTS_VIEW, on=on):
        seen |= Q(contract__in=contracts_visible_to(viewer, on=on))
    own = organisations_of(viewer, on=on)
    if own:
        seen |= Q(contract__provider__in=own)
    # Where a child is placed is social care's to know, so those tied to a child by other work are not told of these.
    if access.may(viewer, Permission.CHILDREN_VIEW, on=on) and access.may(viewer, Permission.PLACEMENTS_VIEW, on=on):
        tied = live_ties(viewer, CHILD, on=on).values("subject_id")
        seen |= Q(pk__in=IncidentChild.objects.filter(child__in=tied).values("incident"))
    return Incident.objects.filter(seen)


def incidents_listed(viewer: User, *, on: date, now: datetime) -> QuerySet[Incident]:
    """Those, each with `untold` and `overdue` (how many are still to be told, and were to be told before `now`) and
    `next_due`. `now` is the moment on the council's clocks (`rules.incidents.moment`)."""
    untold = Notification.objects.filter(UNTOLD, incident=OuterRef("pk")).order_by().values("incident")
    news = NewsSent.objects.filter(NEWS_UNTOLD, news__incident=OuterRef("pk")).order_by()
    late_news = news.filter(due_at__lt=now).values("news__incident")
    return (
        incidents_visible_to(viewer, on=on)
        .select_related("contract__provider", "setting")
        .annotate(
            untold=_number(untold) + _number(news.values("news__incident")),
            overdue=_number(untold.filter(due_at__lt=now)) + _number(late_news),
            next_due=Least(
                Subquery(untold.annotate(first=Min("due_at")).values("first")),
                Subquery(news.values("news__incident").annotate(first=Min("due_at")).values("first")),
            ),
        )
    )


def _number(rows: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def incident_seen(viewer: User, *, incident_id: int, on: date) -> Incident:
    """One incident with its contract, setting and form. Raises NotAllowed where the viewer may not see it."""
    related = ("contract__provider", "contract__manager", "contract__area_lead", "setting", "form", "same_as")
    people = ("reported_by", "closed_by", "aside_by")
    found = incidents_visible_to(viewer, on=on).select_related(*related, *people).filter(pk=incident_id).first()
    if found is None:
        raise NotAllowed(f"There is no incident {incident_id}.")
    return found


def same_as(viewer: User, incident: Incident, *, on: date) -> QuerySet[Incident]:
    """The incidents that were set aside as the same as this one, of those that the viewer may see."""
    return incidents_visible_to(viewer, on=on).filter(same_as=incident).order_by("reference")


@dataclass(frozen=True, slots=True)
class Hand:
    """In what role someone meets an incident: `manages` for the council, `provides` for the provider."""

    manages: bool
    provides: bool
    reads_narrative: bool


def hand_of(viewer: User | None, incident: Incident, *, on: date) -> Hand:
    """The caller has found the incident through `incidents_visible_to`. None is the machine's administrator."""
    if viewer is None:
        return Hand(True, False, False)
    return Hand(
        manages=access.may(viewer, Permission.INCIDENTS_MANAGE, on=on),
        provides=incident.contract.provider_id in organisations_of(viewer, on=on),
        reads_narrative=may_read_narrative(viewer, incident, on=on),
    )


def may_tick(hand: Hand, duty: str) -> bool:
    """Whether a step with this duty is theirs to tick: the provider of its own, the council of all."""
    return hand.manages or (hand.provides and duty == Notification.Duty.PROVIDER)


def steps_taken(incident: Incident) -> dict[int, StepTaken]:
    """The steps of its form that are ticked now, by their place."""
    return {each.place: each for each in incident.steps_taken.filter(undone_at=None).select_related("taken_by")}


def steps_ever_taken(incident: Incident) -> list[StepTaken]:
    """Those and the ticks that were taken back, as they were made."""
    return list(incident.steps_taken.select_related("taken_by", "undone_by").order_by("taken_at", "pk"))


def may_read_narrative(viewer: User, incident: Incident, *, on: date) -> bool:
    """The person who wrote the full account; else, with the permission, the contract's own manager and area lead and
    those to whom it was opened by name."""
    if incident.reported_by_id == viewer.pk:
        return True
    if not access.may(viewer, Permission.INCIDENTS_NARRATIVE, on=on):
        return False
    own = viewer.pk in (incident.contract.manager_id, incident.contract.area_lead_id)
    return own or live_ties(viewer, INCIDENT, on=on).filter(subject_id=incident.pk).exists()


def may_open_narrative(viewer: User, incident: Incident, *, on: date) -> bool:
    """Whether the viewer may open the full account to a colleague: the contract's own people; where neither of them
    signs in here, those who manage incidents."""
    contract = incident.contract
    if contract.manager_id is None and contract.area_lead_id is None:
        return access.may(viewer, Permission.INCIDENTS_MANAGE, on=on)
    own = viewer.pk in (contract.manager_id, contract.area_lead_id)
    return own and access.may(viewer, Permission.INCIDENTS_NARRATIVE, on=on)


def readers_to_choose(*, on: date) -> QuerySet[User]:
    """Everyone who may be let read a full account."""
    return access.users_who_may(Permission.INCIDENTS_NARRATIVE, on=on).order_by("name", "pk")


def notifications_of(incident: Incident) -> list[Notification]:
    """Everyone who is to be told, the soonest first."""
    return list(incident.notifications.select_related("sent_by", "mail").order_by("due_at", "pk"))


def news_of(incident: Incident) -> list[IncidentNews]:
    """What became known later, newest first, each with `sent` and the line of who is told prefetched."""
    return list(
        incident.news.select_related("by")
        .prefetch_related("sent__notification", "sent__sent_by")
        .order_by("-at", "-pk")
    )


def untold() -> QuerySet[Notification]:
    """Every line of someone who is still to be told."""
    return Notification.objects.filter(UNTOLD)


def news_line(incident: Incident, number: int) -> NewsSent | None:
    """One recipient's share of this incident's later news."""
    return NewsSent.objects.filter(pk=number, news__incident=incident).select_related("notification", "news").first()


def children_of(incident: Incident, *, visible: QuerySet[Child]) -> tuple[list[Child], int]:
    """The linked children among those that the viewer may see, and how many others there are."""
    seen = list(visible.filter(pk__in=incident.children.values("child")).order_by("sort_key", "pk"))
    total = max(incident.children_count, _linked_to(incident))
    return seen, max(0, total - len(seen))


@over_all_records
def _linked_to(incident: Incident) -> int:
    return incident.children.count()


def actions_of(incident: Incident) -> QuerySet[Action]:
    """Everything that this incident gave someone to do. Its page asks `actions.queries` for what the viewer sees."""
    return Action.objects.filter(origin_type=Action.Origin.INCIDENT, origin_id=incident.pk).order_by("due_on", "pk")


def standing_of(incident: Incident, library: Library) -> Standing:
    """What closing asks about an incident."""
    untold = incident.notifications.filter(UNTOLD).order_by("due_at", "pk").values_list("recipient", flat=True)
    news = NewsSent.objects.filter(NEWS_UNTOLD, news__incident=incident).order_by("due_at", "pk")
    open_actions = actions_of(incident).exclude(state__in=[ActionState.VERIFIED, ActionState.CANCELLED])
    return Standing(
        type=incident.type,
        outcome=incident.outcome,
        notifiable_decided=incident.council_learnt_on is not None,
        untold=[library.label(recipient) for recipient in untold],
        news_untold=[library.label(name) for name in news.values_list("notification__recipient", flat=True)],
        open_actions=list(open_actions.values_list("title", flat=True)),
        lessons=incident.lessons,
    )


def names_to_keep_out(incident: Incident, contract: Contract, *, staff: str, children: Iterable[Child]) -> set[str]:
    """Every name that a text for wide reading may not hold, no matter who may see it: for who may see them all."""
    named = [*children, *children_named(incident, contract)]
    return names_of(children=named, staff=staff, provider_id=contract.provider_id)


def children_named(incident: Incident | None, contract: Contract) -> list[Child]:
    """The child of an individual agreement, and those linked to the incident."""
    named = [contract.child] if contract.child else []
    if incident is not None:
        named += [link.child for link in incident.children.select_related("child")]
    return named


def names_of(*, children: Iterable[Child], staff: str, provider_id: int | None) -> set[str]:
    """The names of children, of staff concerned (one a line), and of those who sign in for the provider."""
    held = RoleHeld.objects.filter(organisation=provider_id).select_related("user") if provider_id else []
    return {
        *(child.name for child in children if child.forename or child.surname),
        *(line.strip() for line in staff.splitlines() if line.strip()),
        *(role.user.name for role in held if role.user.name.strip()),
    }


# --- forms -----------------------------------------------------------------------------------------------------------


def forms_of(contract: Contract) -> list[IncidentForm]:
    """Every version of the contract's incident form, newest first."""
    related = ("made_by", "manager_agreed_by", "area_agreed_by", "provider_agreed_by")
    return list(contract.incident_forms.select_related(*related).order_by("-number"))


def form_in_force(contract: Contract) -> IncidentForm | None:
    """The newest version that all three sides have agreed; a newer one that is not agreed yet changes nothing."""
    return agreed_forms().filter(contract=contract).order_by("-number").first()


def agreed_forms() -> QuerySet[IncidentForm]:
    return IncidentForm.objects.filter(
        manager_agreed_at__isnull=False, area_agreed_at__isnull=False, provider_agreed_at__isnull=False
    )


def agreed_of(form: IncidentForm) -> Agreed:
    return Agreed(form.manager_agreed_by_id, form.area_agreed_by_id, form.provider_agreed_by_id)


def sides_of(viewer: User, contract: Contract, *, on: date) -> list[str]:
    """For which sides the viewer can agree the contract's form: the named manager and area lead for theirs; where no
    user is named, those who manage contracts, and service-area leads; the provider's people for theirs."""
    sides = []
    manages = access.may(viewer, Permission.CONTRACTS_MANAGE, on=on)
    if contract.manager_id == viewer.pk or (contract.manager_id is None and manages):
        sides.append("manager")
    leads = any(held.role == "service_area_lead" for held in access.current_roles(viewer, on=on))
    if contract.area_lead_id == viewer.pk or (contract.area_lead_id is None and leads):
        sides.append("area")
    if contract.provider_id in organisations_of(viewer, on=on):
        sides.append("provider")
    return sides


# --- what waits ------------------------------------------------------------------------------------------------------


def first_untold(incident_ids: Collection[int]) -> dict[int, datetime]:
    """Of these incidents, the moment by which the first who is still untold was to be told of it or of later news."""
    found: dict[int, datetime] = {}
    waiting = [
        *Notification.objects.filter(UNTOLD, incident__in=incident_ids).values_list("incident", "due_at"),
        *NewsSent.objects.filter(NEWS_UNTOLD, news__incident__in=incident_ids).values_list("news__incident", "due_at"),
    ]
    for incident, due_at in waiting:
        found[incident] = min(due_at, found.get(incident, due_at))
    return found


def overdue_notifications(*, now: datetime, incident_ids: Collection[int] | None = None) -> QuerySet[Notification]:
    """Every notification that was to be sent before `now` and was not, of incidents that are not closed."""
    rows = Notification.objects.filter(UNTOLD, due_at__lt=now).exclude(incident__state=IncidentState.CLOSED)
    if incident_ids is not None:
        rows = rows.filter(incident__in=incident_ids)
    people = ("incident__contract__manager__professional", "incident__contract__area_lead__professional")
    return rows.select_related("incident__setting", *people).order_by("incident", F("due_at"), "pk")


def overdue_news(*, now: datetime, incident_ids: Collection[int] | None = None) -> QuerySet[NewsSent]:
    rows = NewsSent.objects.filter(NEWS_UNTOLD, due_at__lt=now).exclude(news__incident__state=IncidentState.CLOSED)
    if incident_ids is not None:
        rows = rows.filter(news__incident__in=incident_ids)
    contract = "news__incident__contract"
    people = (f"{contract}__manager__professional", f"{contract}__area_lead__professional")
    return rows.select_related("notification", "news__incident__setting", *people).order_by(
        "news__incident", "due_at", "pk"
    )
