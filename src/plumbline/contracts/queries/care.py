"""The care of a contract as a viewer may see it: meetings, cases, assessments, commitments, indicators, what is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Exists, Max, Min, OuterRef, Prefetch, Q, QuerySet

from plumbline.actions.models import Action, ActionState
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import (
    Assessment,
    AssessmentTerm,
    Commitment,
    CommitmentCheck,
    Contract,
    ContractReturn,
    Evaluation,
    EvaluationCase,
    Kpi,
    KpiReading,
    Policy,
    PolicyReview,
)
from plumbline.contracts.queries.visits import in_force
from plumbline.contracts.rules import assurance as assurance_rules
from plumbline.contracts.rules import evaluations as rules
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import Child, User
from plumbline.people.queries import children_visible_to, same_body
from plumbline.toolkits.models import ReturnState

_S = Evaluation.State

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _BoardUntil(TypedDict):
        board_until: date | None

    WithBoardAssessment = WithAnnotations[Contract, _BoardUntil]


# --- meetings -------------------------------------------------------------------------------------------------------


def evaluations_visible_to(viewer: User, *, on: date) -> QuerySet[Evaluation]:
    """The meetings of contracts that someone of the council may see. A provider is sent its minutes, not this page."""
    if not access.may(viewer, Permission.CONTRACTS_VIEW, on=on):
        return Evaluation.objects.none()
    return Evaluation.objects.filter(contract__in=contracts_visible_to(viewer, on=on)).select_related(
        "contract__provider", "minutes_document", "answer_set", "recorded_by"
    )


def evaluations_of(viewer: User, contract: Contract, *, on: date) -> QuerySet[Evaluation]:
    return evaluations_visible_to(viewer, on=on).filter(contract=contract).order_by("-held_on", "-pk")


@dataclass(frozen=True, slots=True)
class CaseSeen:
    """A case that needs resolution. `child`: only where the viewer may open that child."""

    case: EvaluationCase
    child: Child | None


def cases_seen(
    viewer: User, cases: Iterable[EvaluationCase], *, on: date, children: QuerySet[Child] | None = None
) -> list[CaseSeen]:
    """Each case, nameless for who may not see its child. `children`: those whom the viewer may open, where the room
    above knows of more than ties."""
    listed = list(cases)
    reached = children_visible_to(viewer, on=on) if children is None else children
    seen = {child.pk: child for child in reached.filter(pk__in=[case.child_id for case in listed if case.child_id])}
    return [CaseSeen(case, seen.get(case.child_id or 0)) for case in listed]


def open_cases(viewer: User, contract: Contract, *, on: date) -> QuerySet[EvaluationCase]:
    """Cases of a contract's meetings that are not resolved, the oldest first."""
    meetings = evaluations_of(viewer, contract, on=on).order_by()
    found = EvaluationCase.objects.filter(evaluation__in=meetings, resolved_on=None).select_related("evaluation")
    return found.order_by("evaluation__held_on", "pk")


def previous_actions(contract: Contract) -> QuerySet[Action]:
    """What is still to be done about a contract, whatever raised it: what a meeting goes through first."""
    over = (ActionState.VERIFIED, ActionState.CANCELLED)
    found = Action.objects.filter(subject_type="contract", subject_id=contract.pk).exclude(state__in=over)
    return found.select_related("owner", "owner_organisation").order_by("due_on", "pk")


def actions_raised_at(meeting: Evaluation) -> QuerySet[Action]:
    found = Action.objects.filter(origin_type=Action.Origin.EVALUATION, origin_id=meeting.pk)
    return found.select_related("owner", "owner_organisation").order_by("due_on", "pk")


@dataclass(frozen=True, slots=True)
class DueMeeting:
    contract: Contract
    due_on: date
    last_on: date | None
    planned_on: date | None

    def sentence(self, on: date) -> str:
        return rules.due_sentence(
            due_on=self.due_on, planned_on=self.planned_on, review_every=self.contract.review_every, on=on
        )

    def wants_telling(self, on: date) -> bool:
        return rules.wants_telling(due_on=self.due_on, planned_on=self.planned_on, on=on)


def meetings_due(*, on: date, contracts: QuerySet[Contract] | None = None) -> list[DueMeeting]:
    """When each contract in force is to be evaluated next, the longest overdue first; one query."""
    rows = (Contract.objects.all() if contracts is None else contracts).filter(in_force(on))
    held = Q(evaluations__state=_S.HELD, evaluations__held_on__lte=on)
    rows = rows.select_related("manager__professional", "area_lead", "provider").annotate(
        last_on=Max("evaluations__held_on", filter=held),
        planned_on=Min("evaluations__held_on", filter=Q(evaluations__state=_S.PLANNED)),
    )
    found = [
        DueMeeting(
            row,
            rules.next_due(
                last_held_on=row.last_on,
                starts_on=max(row.starts_on, row.live_on or date.min),
                review_every=row.review_every,
            ),
            row.last_on,
            row.planned_on,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (each.due_on, each.contract.pk))


def meeting_due(contract: Contract, *, on: date) -> DueMeeting | None:
    """The same of one contract; None where it is not in force."""
    found = meetings_due(on=on, contracts=Contract.objects.filter(pk=contract.pk))
    return found[0] if found else None


# --- commitments, indicators ---------------------------------------------------------------------------------------


def commitments_of(contract: Contract) -> list[Commitment]:
    """What was promised, what still holds first, each with its checks as `newest_first`."""
    checks = CommitmentCheck.objects.select_related("evaluation").order_by("-evaluation__held_on", "-pk")
    rows = contract.commitments.prefetch_related(Prefetch("checks", checks, to_attr="newest_first"))
    return sorted(rows, key=lambda row: (row.ended_on is not None, row.pk))


def kpis_of(contract: Contract) -> list[Kpi]:
    """The indicators with their readings, newest quarter first, as `newest_first`; those still measured first."""
    readings = KpiReading.objects.select_related("recorded_by").order_by("-quarter_from")
    rows = contract.kpis.prefetch_related(Prefetch("readings", readings, to_attr="newest_first"))
    return sorted(rows, key=lambda row: (row.ended_on is not None, row.title.casefold(), row.pk))


# --- assessments, policies, returns --------------------------------------------------------------------------------


def term_on(kind: str, *, on: date) -> int:
    """For how many months an assessment of a kind is valid that is completed on a day: the council's term."""
    term = AssessmentTerm.objects.filter(kind=kind, from_on__lte=on).order_by("-from_on").first()
    return term.months if term else assurance_rules.MONTHS


def terms() -> QuerySet[AssessmentTerm]:
    return AssessmentTerm.objects.select_related("set_by").order_by("kind", "-from_on")


def plan_actions(contract: Contract, own: Assessment) -> QuerySet[Action]:
    """The actions that make the plan of a self-assessment: raised under it or, by the provider, since it was asked for;
    none that was taken back."""
    found = Action.objects.filter(
        subject_type="contract", subject_id=contract.pk, origin_type=Action.Origin.ASSESSMENT
    ).exclude(state=ActionState.CANCELLED)
    if own.answer_set is None:
        return found.filter(origin_id=own.pk)
    return found.filter(raised_at__gte=own.answer_set.requested_at)


def assessments_of(contract: Contract) -> QuerySet[Assessment]:
    return contract.assessments.select_related("origin", "document", "answer_set", "recorded_by").order_by(
        "-completed_on", "-pk"
    )


def needed_kinds(contract: Contract, *, on: date) -> tuple[str, ...]:
    """Which assessments the contract needs on a day (the joint evaluation's rule)."""
    if contract.statutory_from is not None and contract.statutory_from <= on:
        return (Assessment.Kind.BOARD,)
    return (Assessment.Kind.SELF, Assessment.Kind.PLAN)


@dataclass(frozen=True, slots=True)
class PolicyStanding:
    policy: str
    label: str
    review: PolicyReview | None


def policies_of(contract: Contract) -> Sequence[PolicyStanding]:
    """The six, each with its newest review."""
    newest: dict[str, PolicyReview] = {}
    for review in contract.policy_reviews.select_related("document").order_by("reviewed_on", "pk"):
        newest[review.policy] = review
    return [PolicyStanding(policy.value, policy.label, newest.get(policy.value)) for policy in Policy]


def returns_of(contract: Contract) -> QuerySet[ContractReturn]:
    found = contract.returns.select_related("answer_set__version__toolkit", "contract")
    return found.order_by("-answer_set__requested_at", "-pk")


def signed_off_elsewhere(contract: Contract, *, purpose: str) -> QuerySet[ContractReturn]:
    """Signed-off returns of the same provider that have not been counted under this contract yet, newest first."""
    counted = Assessment.objects.filter(contract=contract, answer_set=OuterRef("answer_set"))
    return (
        ContractReturn.objects.filter(
            purpose=purpose,
            answer_set__state=ReturnState.SIGNED_OFF,
            answer_set__organisation__in=same_body([contract.provider_id]),
        )
        .exclude(Exists(counted))
        .select_related("answer_set__version", "contract")
        .order_by("-answer_set__submitted_at", "-pk")
    )


def board_assessments_waiting(*, on: date, contracts: QuerySet[Contract] | None = None) -> "list[WithBoardAssessment]":
    """Contracts in force (of `contracts` alone, where given) that deliver a statutory function and have no board
    assessment valid on the day, or one that runs out within the time in which a new one is asked for, each with
    `board_until`; the longest without first."""
    soon = date.fromordinal(on.toordinal() + assurance_rules.TOLD_BEFORE_DAYS)
    rows = (Contract.objects.all() if contracts is None else contracts).filter(in_force(on), statutory_from__lte=soon)
    board = Q(assessments__kind=Assessment.Kind.BOARD)
    rows = rows.select_related("provider").annotate(board_until=Max("assessments__valid_until", filter=board))
    found = [row for row in rows if row.board_until is None or row.board_until < soon]
    return sorted(found, key=lambda row: (row.board_until or date.min, row.pk))
