"""The management team's list: every contract that is red or amber, why, what was decided on it and by when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from plumbline.actions.states import OUTSTANDING
from plumbline.contracts.models import Contract, TeamDecision
from plumbline.contracts.queries.rating import Reason, ratings_on
from plumbline.contracts.rules import decisions as rules
from plumbline.contracts.rules import rating as rating_rules

# How long a reason stands out as new: a night that was missed, or a week away, hides none.
NEW_FOR = timedelta(7)


@dataclass(frozen=True, slots=True)
class Line:
    """One reason against a contract, and the newest decision on it since it began to hold."""

    reason: Reason
    decision: TeamDecision | None
    overdue: bool


@dataclass(frozen=True, slots=True)
class Listed:
    contract: Contract
    reference: str
    colour: str
    since: date
    lines: tuple[Line, ...]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(line.reason for line in self.lines)

    @property
    def undecided(self) -> int:
        return sum(line.decision is None for line in self.lines)


def team_list(on: date, contract_ids: Collection[int] | None = None) -> list[Listed]:
    """Contracts that are red or amber on the day, worst first; a fixed number of queries. Contracts that are green by
    hand are listed too where something counts against them."""
    ratings = {
        pk: rated for pk, rated in ratings_on(on, contract_ids).items() if rated.reasons or rated.colour != "green"
    }
    contracts = Contract.objects.select_related("provider__merged_into", "manager", "area_lead").in_bulk(list(ratings))
    decided = _newest(list(ratings))
    listed = [
        Listed(
            contracts[pk],
            rated.reference,
            rated.colour,
            rated.since,
            tuple(_line(pk, reason, decided, on) for reason in rated.reasons),
        )
        for pk, rated in ratings.items()
    ]
    return sorted(listed, key=lambda each: (*rating_rules.order("", "", each.colour), each.since, each.reference))


def is_new(line: Line, *, on: date) -> bool:
    """Whether a reason began to hold within the last seven days."""
    return line.reason.since > on - NEW_FOR


def new_lines(listed: Collection[Listed], *, on: date) -> list[tuple[Listed, Line]]:
    """Every new reason with its contract, the newest first; of one day, as the contracts are listed."""
    found = [(each, line) for each in listed for line in each.lines if is_new(line, on=on)]
    return sorted(found, key=lambda pair: pair[1].reason.since, reverse=True)


def _newest(contract_ids: Collection[int]) -> Mapping[tuple[int, str, str], TeamDecision]:
    rows = TeamDecision.objects.filter(contract__in=contract_ids).select_related("decided_by", "action__owner")
    return {(row.contract_id, row.code, row.about): row for row in rows.order_by("decided_at", "pk")}


def _line(pk: int, reason: Reason, decided: Mapping[tuple[int, str, str], TeamDecision], on: date) -> Line:
    decision = decided.get((pk, reason.code, reason.about))
    if decision is not None and decision.decided_on < reason.since:
        # It was about an earlier time: what holds now began after it.
        decision = None
    if decision is None:
        return Line(reason, None, overdue=False)
    over = decision.action is not None and decision.action.state not in OUTSTANDING
    return Line(reason, decision, rules.overdue(by_when=decision.by_when, action_is_over=over, on=on))


def decisions_on(contract: Contract) -> list[TeamDecision]:
    """Everything that was decided on the contract, newest first."""
    return list(
        TeamDecision.objects.filter(contract=contract).select_related("decided_by", "action").order_by("-decided_at")
    )
