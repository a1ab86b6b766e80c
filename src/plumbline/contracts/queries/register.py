"""The register of contracts as its readers may see it: the list, and what the page of one contract shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from plumbline.actions.models import Action
from plumbline.actions.states import OUTSTANDING
from plumbline.audit.models import Event
from plumbline.commissioning.models import OcdsContract, OcdsParty, OcdsProcess
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import (
    Contract,
    ContractSetting,
    ContractState,
    PersonWording,
    RatingByHand,
    RatingPeriod,
    ReasonPeriod,
)
from plumbline.contracts.rules import rating as rules
from plumbline.flags.models import Flag, FlagState
from plumbline.flags.queries import flags_visible_to
from plumbline.ofsted.models import Setting
from plumbline.people.access import lasting_on
from plumbline.people.models import User
from plumbline.people.queries import same_body

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Rated(TypedDict):
        colour: str
        gravity: int
        code: str | None
        about: str | None
        detail: str | None
        reasons: int
        today: date
        mine: bool

    RatedContract = WithAnnotations[Contract, _Rated]

# Red first; a contract that is not in force has no colour.
_GRAVITY = (("red", 0), ("amber", 1), ("green", 2))


def _rank(field: str) -> Case:
    return Case(
        *(When(**{field: colour}, then=Value(rank)) for colour, rank in _GRAVITY),
        default=Value(3),
        output_field=IntegerField(),
    )


def contracts_listed(viewer: User, *, on: date, day: date | None = None) -> "QuerySet[RatedContract]":
    """The contracts for the viewer, each with `colour` ("" where not in force on the day), `gravity`, the worst
    reason's `code`, `about` and `detail`, `reasons` (how many), `today` and `mine` (the viewer manages it or leads its
    service). `day`: rated as of another day than `on`.
    """
    day = day or on
    held = ReasonPeriod.objects.filter(lasting_on(day), contract=OuterRef("pk"))
    first = held.order_by(_rank("colour"), "code", "about")
    colour = RatingPeriod.objects.filter(lasting_on(day), contract=OuterRef("pk")).values("colour")[:1]
    many = held.order_by().values("contract").annotate(number=Count("pk")).values("number")
    return (
        contracts_visible_to(viewer, on=on)
        .select_related("provider__merged_into", "manager", "area_lead")
        .annotate(
            colour=Coalesce(Subquery(colour), Value(""), output_field=CharField()),
            code=Subquery(first.values("code")[:1]),
            about=Subquery(first.values("about")[:1]),
            detail=Subquery(first.values("detail")[:1]),
            reasons=Coalesce(Subquery(many), Value(0)),
            today=Value(on, DateField()),
            mine=Case(When(Q(manager=viewer) | Q(area_lead=viewer), then=Value(True)), default=Value(False)),
        )
        .annotate(gravity=_rank("colour"))
    )


def settings_with_contracts(on: date) -> frozenset[int]:
    """The settings in which a contract in force on the day is delivered: they are checked each month."""
    live = Contract.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on, state=ContractState.LIVE
    )
    return frozenset(ContractSetting.objects.filter(contract__in=live).values_list("setting_id", flat=True))


def settings_of(contract: Contract) -> list[ContractSetting]:
    return list(
        ContractSetting.objects.filter(contract=contract).select_related("setting__owner").order_by("setting__urn")
    )


def sister_settings(settings: Iterable[Setting]) -> QuerySet[Setting]:
    """The other settings of the owners of these."""
    known = list(settings)
    owners = {setting.owner_id for setting in known if setting.owner_id}
    return (
        Setting.objects.filter(owner__in=owners).exclude(pk__in=[s.pk for s in known]).select_related("owner")
        if owners
        else Setting.objects.none()
    )


def others_of_provider(viewer: User, *, contract: Contract, on: date) -> "QuerySet[RatedContract]":
    """The provider's other contracts, under whatever name it holds them."""
    return (
        contracts_listed(viewer, on=on)
        .filter(provider__in=same_body([contract.provider_id]))
        .exclude(pk=contract.pk)
        .order_by("gravity", "reference")
    )


def contracts_at(viewer: User, *, setting_id: int, child_id: int | None, on: date) -> QuerySet[Contract]:
    """The contracts in force or being made ready at a setting, for whom the register exists. An agreement for one child
    is left out where another child is asked about; `child_id` None: nobody's in particular, and all are in."""
    found = contracts_visible_to(viewer, on=on).filter(settings__setting=setting_id).exclude(state=ContractState.ENDED)
    if child_id is not None:
        found = found.filter(Q(child=None) | Q(child=child_id))
    return found.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on)).order_by("reference")


def call_offs_of(viewer: User, *, contract: Contract, on: date) -> "QuerySet[RatedContract]":
    return contracts_listed(viewer, on=on).filter(framework=contract).order_by("gravity", "reference")


def frameworks() -> list[tuple[int, str]]:
    rows = Contract.objects.filter(kind=Contract.Kind.FRAMEWORK).exclude(state=ContractState.ENDED)
    return [(row.pk, f"{row.reference}: {row.title}") for row in rows.order_by("reference")]


@dataclass(frozen=True, slots=True)
class Due:
    """The next thing that counts against a contract unless it is done by the day."""

    code: str
    about: str
    detail: str
    due_on: date

    @property
    def title(self) -> str:
        return rules.title(self.code)


def next_due(contract: Contract, *, on: date, most: int = 5) -> list[Due]:
    """What is due next, the soonest first: the last days before a reason begins to hold, as things stand."""
    coming = ReasonPeriod.objects.filter(contract=contract, from_on__gt=on).exclude(code="setting_adverse")
    return [
        Due(row.code, row.about, row.detail, row.from_on - timedelta(1))
        for row in coming.order_by("from_on", "code", "about")[:most]
    ]


def by_hand(contract: Contract) -> list[RatingByHand]:
    return list(RatingByHand.objects.filter(contract=contract).select_related("set_by").order_by("-set_at"))


def by_hand_now(contract: Contract, *, on: date) -> RatingByHand | None:
    return (
        RatingByHand.objects.filter(contract=contract, ended_at=None, from_on__lte=on, until_on__gte=on)
        .select_related("set_by")
        .order_by("-set_at")
        .first()
    )


def open_actions(contract: Contract) -> QuerySet[Action]:
    return Action.objects.filter(
        subject_type="contract", subject_id=contract.pk, state__in=[state.value for state in OUTSTANDING]
    ).order_by("due_on", "pk")


def actions_of(contract: Contract) -> QuerySet[Action]:
    """Every action about the contract, open or over."""
    found = Action.objects.filter(subject_type="contract", subject_id=contract.pk)
    return found.select_related("owner", "owner_organisation").order_by("raised_at", "pk")


def flags_about(viewer: User, *, contract: Contract, on: date) -> QuerySet[Flag]:
    return flags_visible_to(viewer, on=on).filter(subject_type="contract", subject_id=contract.pk, state=FlagState.OPEN)


def events_of(contract: Contract, *, most: int = 200) -> list[Event]:
    """What was done to the contract, newest first."""
    return list(
        Event.objects.filter(subject_type=Contract._meta.label_lower, subject_id=str(contract.pk)).order_by("-no")[
            :most
        ]
    )


def published_to_register() -> QuerySet[OcdsContract]:
    """Published contracts that are not in the register."""
    return OcdsContract.objects.filter(registered=None).select_related("process").order_by("-starts_on", "pk")


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A wording that files use for a manager or a service-area lead and that means no user; `role`: theirs."""

    wording: str
    role: str
    contracts: int
    first: str


def people_to_map() -> list[Unnamed]:
    """Names in contracts that are not over of which nobody said whose they are, those on most contracts first."""
    found: dict[tuple[str, str], list[str]] = {}
    for column, role in (("manager", "contract_officer"), ("area_lead", "service_area_lead")):
        rows = Contract.objects.filter(**{column: None}).exclude(**{f"{column}_wording": ""})
        for wording, reference in (
            rows.exclude(state=ContractState.ENDED).order_by("reference").values_list(f"{column}_wording", "reference")
        ):
            found.setdefault((wording, role), []).append(reference)
    listed = [Unnamed(wording, role, len(those), those[0]) for (wording, role), those in found.items()]
    return sorted(listed, key=lambda each: (-each.contracts, each.wording, each.role))


def people_mapped() -> QuerySet[PersonWording]:
    return PersonWording.objects.select_related("user", "mapped_by").order_by("wording")


def notices_of(contract: Contract) -> QuerySet[OcdsProcess]:
    """What was published of a contract: the process of its own notice, and those of the tender it came of."""
    return (
        OcdsProcess.objects.filter(Q(contracts__registered=contract) | Q(tender__awards__contract=contract))
        .distinct()
        .order_by("-latest_on", "ocid")
    )


def published(ocds_contract_id: int) -> OcdsContract | None:
    return OcdsContract.objects.filter(pk=ocds_contract_id).select_related("process").first()


def services() -> list[tuple[str, str]]:
    found = Contract.objects.exclude(service="").values_list("service", flat=True).distinct().order_by("service")
    return [(name, name) for name in found]


def with_reason(code: str, *, day: date) -> QuerySet[ReasonPeriod, Any]:
    """The numbers of the contracts against which a reason holds on a day."""
    return ReasonPeriod.objects.filter(lasting_on(day), code=code).values("contract")


def with_urn(urn: str) -> QuerySet[ContractSetting, Any]:
    """The numbers of the contracts at the setting of a URN."""
    return ContractSetting.objects.filter(urn__iexact=urn.strip()).values("contract")


def entry_from_published(published: OcdsContract) -> dict[str, Any]:
    """What a published contract says, as the first values of the form: who enters it completes them."""
    suppliers = [
        party
        for party in OcdsParty.objects.filter(process=published.process).select_related("organisation").order_by("pk")
        if "supplier" in party.roles and party.award_id in ("", published.award_id)
    ]
    matched = next((party.organisation.name for party in suppliers if party.organisation), "")
    return {
        "reference": f"{published.process.ocid}/{published.contract_id}"[:60],
        "title": (published.title or published.process.title)[:300],
        "kind": "block",
        "provider": matched or (suppliers[0].name if suppliers else ""),
        "starts_on": published.starts_on or published.signed_on,
        "ends_on": published.ends_on,
        "value": published.value if published.currency in ("", "GBP") else None,
    }
