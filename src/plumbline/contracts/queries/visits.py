"""Visits and homes as their readers may see them: whose they are, what is due, what is open, what is missing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Max, Min, Q, QuerySet

from plumbline.actions.models import Action, ActionState
from plumbline.actions.queries import owner_words
from plumbline.audit.moments import shown
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import Contract, ContractSetting, ContractState, HomeReport, Visit
from plumbline.contracts.rules import visits as rules
from plumbline.contracts.rules.visits import FindingGiven
from plumbline.contracts.visit_paper import ActionSaid, VisitSaid
from plumbline.kernel import wording
from plumbline.kernel.periods import add_months
from plumbline.ofsted.models import Setting
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import Organisation, User
from plumbline.toolkits.models import Answer
from plumbline.toolkits.states import ANSWERABLE

_S = Visit.State
MADE = (_S.HELD, _S.REPORT_SENT, _S.ANSWERED, _S.SIGNED_OFF)
# What a provider reads of a visit begins when its report was sent.
_FOR_PROVIDERS = (_S.REPORT_SENT, _S.ANSWERED, _S.SIGNED_OFF)
# Ofsted's words for what is a children's home ("Children's Home", "Secure children's home", …).
HOMES = Q(register="social_care", provision_type__iregex=r"children.?s home")
LOOK_BACK_MONTHS = 12


def in_force(on: date) -> Q:
    return Q(state=ContractState.LIVE, starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gte=on))


def visits_visible_to(viewer: User, *, on: date) -> QuerySet[Visit]:
    """Every visit for who may see contracts; for a provider's user those of its contracts and their settings, from the
    day the report was sent."""
    found = Visit.objects.select_related(
        "contract__provider", "setting", "report", "answer_set", "recorded_by", "signed_off_by"
    )
    if access.may(viewer, Permission.CONTRACTS_VIEW, on=on):
        return found
    own = contracts_visible_to(viewer, on=on)
    theirs = Q(contract__in=own) | Q(
        contract=None, setting__in=ContractSetting.objects.filter(contract__in=own).values("setting")
    )
    return found.filter(theirs, state__in=_FOR_PROVIDERS)


def visits_of(viewer: User, contract: Contract, *, on: date) -> QuerySet[Visit]:
    """The visits made or planned under a contract, and those to its settings that are under none; newest first."""
    settings = contract.settings.values("setting")
    here = Q(contract=contract) | Q(contract=None, setting__in=settings)
    return visits_visible_to(viewer, on=on).filter(here).order_by("-visited_on", "-pk")


def contracts_of(visit: Visit) -> list[int]:
    """The contracts whose clock a visit turns back."""
    if visit.contract_id is not None:
        return [visit.contract_id]
    return list(ContractSetting.objects.filter(setting=visit.setting_id).values_list("contract", flat=True))


def provider_of(visit: Visit) -> Organisation | None:
    """Whose report it is: the contract's provider, or the one provider of the setting's contracts."""
    if visit.contract is not None:
        return visit.contract.provider
    found = Organisation.objects.filter(contracts__settings__setting=visit.setting_id).distinct()[:2]
    return found[0] if len(found) == 1 else None


def place(visit: Visit) -> str:
    return place_of(visit.setting) if visit.setting else visit.contract.title if visit.contract else ""


def place_of(setting: Setting) -> str:
    """Its name, or its number where Ofsted keeps the name back (homes)."""
    named = setting.name.strip()
    return named if named and named.upper() != "REDACTED" else f"Setting {setting.urn}"


def may_answer(viewer: User, visit: Visit, *, on: date) -> bool:
    """Whether the viewer may give the provider's answer: its own user, or who manages contracts."""
    if access.may(viewer, Permission.CONTRACTS_MANAGE, on=on):
        return True
    return (
        access.may(viewer, Permission.PROVIDER_PORTAL, on=on)
        and visits_visible_to(viewer, on=on).filter(pk=visit.pk).exists()
    )


def actions_of(visit: Visit) -> QuerySet[Action]:
    found = Action.objects.filter(origin_type=Action.Origin.VISIT, origin_id=visit.pk)
    found = found.exclude(state=ActionState.CANCELLED).select_related("owner", "owner_organisation")
    return found.order_by("due_on", "pk")


def open_ends_of(visit: Visit) -> list[str]:
    """What is missing before a visit can be signed off, as sentences."""
    found = []
    if not visit.by_council and visit.report_sent_on is None:
        found.append("The report was not sent to the provider.")
    elif not visit.by_council and visit.provider_answered_at is None:
        found.append("The provider has not answered.")
    if visit.answer_set is not None and visit.answer_set.state in ANSWERABLE:
        found.append("The toolkit of the visit was begun and is not handed in.")
    areas = [rules.AREAS[each.area].lower() for each in visit.findings.filter(judgement="not_met").order_by("pk")]
    if areas and not actions_of(visit).exists():
        found.append(f"Not met, and nothing is to be done about it: {', '.join(areas)}.")
    return found


def found_with_toolkit(visit: Visit) -> list[FindingGiven]:
    """What the toolkit of a visit says of the five areas as it stands, for those that are answered in it.

    A council's own version of the toolkit may ask otherwise: only criteria with an area's key and a visit's judgement
    are read.
    """
    if visit.answer_set_id is None:
        return []
    answers = Answer.objects.filter(
        answer_set=visit.answer_set_id, criterion__in=rules.AREAS, value__in=rules.JUDGEMENTS
    )
    found = {each.criterion: each for each in answers}
    return [FindingGiven(area, found[area].value, found[area].comment) for area in rules.AREAS if area in found]


def said(visit: Visit, *, council: str, colour: str) -> VisitSaid:
    """A visit as its report says it. It names no child: nothing that is recorded of a visit does."""
    order = list(rules.AREAS)
    findings = sorted(visit.findings.all(), key=lambda each: order.index(each.area))
    return VisitSaid(
        council=council,
        colour=colour,
        place=place(visit),
        urn=visit.setting.urn if visit.setting else "",
        contract=visit.contract.called if visit.contract else "",
        visited_on=visit.visited_on,
        visitors=visit.visitors,
        summary=visit.summary,
        findings=[(each.area, each.judgement, each.finding) for each in findings],
        actions=[ActionSaid(each.title, owner_words(each), each.due_on) for each in actions_of(visit)],
        provider_answer=visit.provider_answer,
        standing=f"Signed off on {wording.day(shown(visit.signed_off_at))}" if visit.signed_off_at else "Draft",
    )


# --- what is due ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DueVisit:
    """A place that is to be visited each year. `children`: how many of ours are there now; None: not asked."""

    setting: Setting
    contracts: tuple[Contract, ...]
    due: rules.Due
    planned_on: date | None
    children: int | None

    def state(self, on: date) -> str:
        return self.due.state(on)

    def sentence(self, on: date) -> str:
        return rules.due_sentence(self.due, planned_on=self.planned_on, on=on)


def visits_due(
    *, with_children: Mapping[int, tuple[int, date]], on: date, setting_ids: Collection[int] | None = None
) -> list[DueVisit]:
    """Every home and school that is to be visited (of these), the longest overdue first; a fixed number of queries.

    `with_children` is asked of the room above: by setting, how many of our children are there on the day and since
    when the first of them has been. Settings of contracts that ask for visits are in the list without children too.
    """
    rows = ContractSetting.objects.filter(contract__in=Contract.objects.filter(in_force(on)))
    if setting_ids is not None:
        rows = rows.filter(setting__in=setting_ids)
    contracts: dict[int, list[Contract]] = {}
    since: dict[int, date] = {
        pk: first for pk, (_, first) in with_children.items() if setting_ids is None or pk in setting_ids
    }
    for row in rows.select_related("contract__manager", "contract__provider").order_by("contract__reference"):
        contracts.setdefault(row.setting_id, []).append(row.contract)
        if row.contract.visit_required:
            started = row.contract.starts_on
            since[row.setting_id] = min(started, since.get(row.setting_id, started))
    settings = Setting.objects.in_bulk(list(since))
    visits = Visit.objects.filter(setting__in=settings)
    last = dict(
        visits.filter(state__in=MADE, visited_on__lte=on).values_list("setting").annotate(day=Max("visited_on"))
    )
    planned = dict(visits.filter(state=_S.PLANNED).values_list("setting").annotate(day=Min("visited_on")))
    found = [
        DueVisit(
            setting=setting,
            contracts=tuple(contracts.get(pk, ())),
            due=rules.visit_due(last_visit_on=last.get(pk), since=since[pk]),
            planned_on=planned.get(pk),
            children=with_children[pk][0] if pk in with_children else None,
        )
        for pk, setting in settings.items()
    ]
    return sorted(found, key=lambda each: (each.due.due_on, each.setting.urn))


# --- homes' reports -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Home:
    """A children's home of our contracts or with our children, since when its reports count, and what it owes."""

    setting: Setting
    contracts: tuple[Contract, ...]
    since: date
    reports: Mapping[tuple[str, date], HomeReport]
    owed: tuple[rules.Expected, ...]


def homes(
    *, with_children: Mapping[int, tuple[int, date]], on: date, setting_ids: Collection[int] | None = None
) -> list[Home]:
    """The children's homes in our contracts in force on a day, and those where our children are under none; which of
    the last twelve months' reports are missing. Those that owe most first; a fixed number of queries.

    `with_children`: as of `visits_due`.
    """
    rows = ContractSetting.objects.filter(
        contract__in=Contract.objects.filter(in_force(on)), setting__in=Setting.objects.filter(HOMES)
    )
    others = Setting.objects.filter(HOMES, pk__in=list(with_children))
    if setting_ids is not None:
        rows, others = rows.filter(setting__in=setting_ids), others.filter(pk__in=setting_ids)
    contracts: dict[int, list[Contract]] = {}
    settings: dict[int, Setting] = others.in_bulk()
    for row in rows.select_related("setting", "contract__provider", "contract__manager__professional").order_by("pk"):
        settings[row.setting_id] = row.setting
        contracts.setdefault(row.setting_id, []).append(row.contract)
    reports: dict[int, dict[tuple[str, date], HomeReport]] = {}
    for report in HomeReport.objects.filter(setting__in=settings, received_on__lte=on):
        reports.setdefault(report.setting_id, {})[report.kind, report.period_from] = report
    earliest = add_months(on.replace(day=1), -LOOK_BACK_MONTHS)
    found = []
    for pk, setting in settings.items():
        begun = [contract.starts_on for contract in contracts.get(pk, ())]
        if pk in with_children:
            begun.append(with_children[pk][1])
        since = max(min(begun), earliest)
        have = reports.get(pk, {})
        owed = rules.missing(since=since, on=on, received=have)
        found.append(Home(setting, tuple(contracts.get(pk, ())), since, have, tuple(owed)))
    return sorted(found, key=lambda home: (-len(home.owed), home.setting.urn))


def home_reports_visible_to(viewer: User, *, on: date) -> QuerySet[HomeReport]:
    """Every report for who may see contracts; a provider's user sees those of the settings of its contracts."""
    found = HomeReport.objects.select_related("setting", "document", "read_by", "recorded_by")
    if access.may(viewer, Permission.CONTRACTS_VIEW, on=on):
        return found
    own = ContractSetting.objects.filter(contract__in=contracts_visible_to(viewer, on=on))
    return found.filter(setting__in=own.values("setting"))


def unread_reports(viewer: User, *, on: date) -> QuerySet[HomeReport]:
    """Received and not read by anybody, the oldest first."""
    return home_reports_visible_to(viewer, on=on).filter(read_at=None).order_by(F("received_on"), "pk")


def contracts_of_setting(setting_id: int) -> Sequence[int]:
    return list(ContractSetting.objects.filter(setting=setting_id).values_list("contract", flat=True))
