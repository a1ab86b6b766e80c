"""Tenders, their bids and stage 1, as one viewer may see them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypedDict

from django.db.models import Count, Model, Q, QuerySet

from plumbline.audit.models import Event
from plumbline.commissioning.access import CLEARED, bids_visible_to, tenders_opened_to, tenders_visible_to
from plumbline.commissioning.models import (
    Award,
    Bid,
    BidDocument,
    BidState,
    Evaluator,
    ExclusionCheck,
    Stage1Decision,
    Tender,
    TenderConflict,
)
from plumbline.commissioning.rules import stage1 as rules
from plumbline.commissioning.rules import tender as tender_rules
from plumbline.commissioning.rules.tender import Details
from plumbline.commissioning.states import STOPPED
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.identifiers import any_form
from plumbline.people.access import users_with_role
from plumbline.people.models import Organisation, OrganisationIdentifier, User
from plumbline.people.queries import organisations_like
from plumbline.toolkits import content
from plumbline.toolkits.content import Content, Criterion
from plumbline.toolkits.models import ToolkitVersion

WAITING = (BidState.RECEIVED, BidState.CLARIFICATION)

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Counts(TypedDict):
        bid_count: int

    ListedTender = WithAnnotations[Tender, _Counts]


def tenders_listed(viewer: User, *, on: date) -> "QuerySet[ListedTender]":
    """The tenders that the viewer sees, each with `bid_count`."""
    return tenders_visible_to(viewer, on=on).select_related("lead_commissioner").annotate(bid_count=Count("bids"))


def tender_seen(viewer: User, *, tender_id: int, on: date) -> Tender:
    """One tender; NotAllowed where there is none for this viewer."""
    found = (
        tenders_visible_to(viewer, on=on)
        .select_related(
            "lead_commissioner",
            "service_area_lead",
            "framework",
            "stage1__toolkit",
            "questions__toolkit",
            "approved_by",
            "approval_asked_by",
            "made_by",
        )
        .filter(pk=tender_id)
        .first()
    )
    if found is None:
        raise NotAllowed(f"There is no tender {tender_id}.")
    return found


def details_of(tender: Tender) -> Details:
    """What a draft says now, as it would be typed."""
    return Details(**{name: getattr(tender, name) for name in Details.__dataclass_fields__})


def bids_of(viewer: User, *, tender: Tender, on: date) -> QuerySet[Bid]:
    """The tender's bids in the order of their suppliers' names, each with `papers`, a count. NotAllowed for the person
    who has no part in the tender."""
    if not has_part(viewer, tender=tender, on=on):
        raise NotAllowed(f"There are no bids of tender {tender.pk} to see.")
    return (
        bids_visible_to(viewer, on=on)
        .filter(tender=tender)
        .select_related("supplier")
        .annotate(papers=Count("documents__document", distinct=True))
        .order_by("supplier__sort_key", "pk")
    )


def bid_seen(viewer: User, *, bid_id: int, on: date) -> Bid:
    found = (
        bids_visible_to(viewer, on=on)
        .select_related("tender__stage1", "tender__questions", "tender__lead_commissioner", "supplier", "entered_by")
        .filter(pk=bid_id)
        .first()
    )
    if found is None:
        raise NotAllowed(f"There is no bid {bid_id}.")
    return found


def bids_of_one_supplier(tender: Tender) -> list[list[str]]:
    """The names of suppliers that have two bids in the running, since two names were found to be one body."""
    bids = tender.bids.exclude(state__in=STOPPED).select_related("supplier").order_by("supplier__sort_key", "pk")
    names: dict[int, list[str]] = {}
    for bid in bids:
        names.setdefault(bid.supplier.merged_into_id or bid.supplier_id, []).append(bid.supplier.name)
    return [each for each in names.values() if len(each) > 1]


def is_open(viewer: User, *, tender: Tender, on: date) -> bool:
    """Whether the viewer's roles open who bids in a tender, and all that follows from it."""
    return tenders_opened_to(viewer, on=on).filter(pk=tender.pk).exists()


def has_part(viewer: User, *, tender: Tender, on: date) -> bool:
    """Whether there is anything of its bids for the viewer, now or once they have declared their interests."""
    return is_open(viewer, tender=tender, on=on) or Evaluator.objects.filter(tender=tender, user=viewer).exists()


def may_read_bids(viewer: User, *, tender: Tender) -> bool:
    """False for an evaluator of the tender who has not declared, or has a conflict that was not decided for them."""
    return not Evaluator.objects.filter(tender=tender, user=viewer).exclude(CLEARED).exists()


# --- what can be chosen ---------------------------------------------------------------------------------------------


def stage1_choices() -> list[ToolkitVersion]:
    """The published versions of toolkits that can be a stage 1: all criteria passed or failed."""
    return _fitting(tender_rules.check_stage1)


def question_choices() -> list[ToolkitVersion]:
    """The published versions of toolkits whose questions can be scored: their weights add to 100."""
    return _fitting(tender_rules.check_questions)


def _fitting(check: Callable[[Content], None]) -> list[ToolkitVersion]:
    found = []
    published = ToolkitVersion.objects.filter(state=ToolkitVersion.State.PUBLISHED, content__isnull=False)
    for version in published.select_related("toolkit").order_by("title", "pk"):
        try:
            check(content.read(version.content))
        except RuleBroken:
            continue
        found.append(version)
    return found


def frameworks(*, but: Tender | None = None) -> QuerySet[Tender]:
    """What a call-off can be made from: any framework that was not abandoned."""
    found = Tender.objects.filter(kind=Tender.Kind.FRAMEWORK).exclude(state=Tender.State.ABANDONED)
    return (found.exclude(pk=but.pk) if but else found).order_by("reference")


def commissioners(*, on: date) -> list[User]:
    return list(users_with_role("commissioner", on=on))


def service_area_leads(*, on: date) -> list[User]:
    return list(users_with_role("service_area_lead", on=on))


def suppliers_found(text: str, *, most: int = 10) -> list[Organisation]:
    """Organisations by their number (a company's, a charity's) or a name like this one; never a merged name."""
    exact = OrganisationIdentifier.objects.filter(value__in=any_form(text)).values("organisation")
    known = list(Organisation.objects.filter(pk__in=exact).order_by("sort_key"))
    alike = [each for each in organisations_like(text, most=most) if each not in known]
    return [each for each in (*known, *alike) if each.merged_into_id is None][:most]


# --- stage 1 --------------------------------------------------------------------------------------------------------


def clarification_of(decision: Stage1Decision | None) -> rules.Clarification | None:
    """What the bidder was asked on a criterion, if anything."""
    if decision is None or decision.clarification_due_on is None:
        return None
    return rules.Clarification(decision.clarification_due_on, decision.clarification_answered_on is not None)


@dataclass(frozen=True, slots=True)
class Cell:
    """One bid under one criterion. `missing`: a paper is asked for and none is attached."""

    criterion: Criterion
    decision: Stage1Decision | None
    missing: bool

    @property
    def state(self) -> str:
        return self.decision.decision if self.decision else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One bid on the board of stage 1, in the order of the criteria."""

    bid: Bid
    cells: tuple[Cell, ...]
    checks: dict[str, ExclusionCheck]

    @property
    def decisions(self) -> dict[str, str]:
        return {cell.criterion.key: cell.state for cell in self.cells if cell.decision}

    @property
    def not_yet(self) -> list[str]:
        return rules.not_yet(
            criteria={cell.criterion.key: cell.criterion.title for cell in self.cells},
            decisions=self.decisions,
            checked=self.checks,
        )

    @property
    def failed(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.state == rules.FAIL]


def stage1_asked(tender: Tender) -> Content | None:
    return content.read(tender.stage1.content) if tender.stage1 else None


def questions_asked(tender: Tender) -> Content | None:
    return content.read(tender.questions.content) if tender.questions else None


def board(bids: Sequence[Bid], *, asked: Content | None) -> list[Line]:
    """Bids × criteria, in three queries however many bids."""
    numbers = [bid.pk for bid in bids]
    decided: dict[tuple[int, str], Stage1Decision] = {
        (each.bid_id, each.criterion): each
        for each in Stage1Decision.objects.filter(bid__in=numbers).select_related("decided_by")
    }
    papers = set(BidDocument.objects.filter(bid__in=numbers).values_list("bid_id", "criterion"))
    checks: dict[int, dict[str, ExclusionCheck]] = {number: {} for number in numbers}
    for check in ExclusionCheck.objects.filter(bid__in=numbers).select_related("checked_by"):
        checks[check.bid_id][check.ground] = check
    criteria = asked.criteria if asked else ()
    return [
        Line(
            bid,
            tuple(
                Cell(
                    each,
                    decided.get((bid.pk, each.key)),
                    each.evidence == "required" and (bid.pk, each.key) not in papers,
                )
                for each in criteria
            ),
            checks[bid.pk],
        )
        for bid in bids
    ]


def was_asked(bid: Bid) -> bool:
    """Whether the bidder was asked for a clarification: what comes then is for stage 1, never for a scored answer."""
    return bid.stage1_decisions.exclude(clarification_asked_on=None).exists()


# --- conflicts and history ------------------------------------------------------------------------------------------


def conflicts_of(viewer: User, *, tender: Tender, on: date) -> QuerySet[TenderConflict]:
    """Those of a tender that is open to the viewer, and of any those that the viewer recorded."""
    seen = Q(tender__in=tenders_opened_to(viewer, on=on)) | Q(recorded_by=viewer)
    return (
        TenderConflict.objects.filter(seen, tender=tender)
        .select_related("recorded_by", "decided_by")
        .order_by("recorded_at", "pk")
    )


def history_of(viewer: User, *, tender: Tender, on: date, most: int = 300) -> list[Event]:
    """What was done to the tender, to those of its bids and conflicts that the viewer may see and, where it is open to
    them, to its evaluators and award; newest first. No score."""
    subjects: dict[type[Model], QuerySet[Any]] = {
        Tender: Tender.objects.filter(pk=tender.pk),
        Bid: bids_visible_to(viewer, on=on).filter(tender=tender),
        TenderConflict: conflicts_of(viewer, tender=tender, on=on),
    }
    followed: tuple[type[Evaluator | Award], ...] = (Evaluator, Award)
    if is_open(viewer, tender=tender, on=on):
        subjects |= {kind: kind.objects.filter(tender=tender) for kind in followed}
    wanted = Q()
    for model, rows in subjects.items():
        numbers = {str(pk) for pk in rows.values_list("pk", flat=True)}
        if numbers:
            wanted |= Q(subject_type=model._meta.label_lower, subject_id__in=numbers)
    return list(Event.objects.filter(wanted).order_by("-no")[:most])


def names_of_bids(tender: Tender) -> dict[str, str]:
    """Whose bid it is, by the number that events have."""
    return {str(pk): name for pk, name in tender.bids.values_list("pk", "supplier__name")}


def last_sent_back(tender: Tender) -> Event | None:
    """Why the draft came back from the approver, unless it was put to them again since."""
    found = (
        Event.objects.filter(
            subject_type=Tender._meta.label_lower,
            subject_id=str(tender.pk),
            kind__in=("commissioning.tender.sent_back", "commissioning.tender.approval_asked"),
        )
        .order_by("-no")
        .first()
    )
    return found if found and found.kind.endswith("sent_back") else None
