"""The rating of contracts on any day: what is kept answers, since every day was worked out beforehand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from plumbline.contracts.models import Contract, RatingPeriod, ReasonPeriod
from plumbline.contracts.rules import rating as rules


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason against a contract on a day. `since`: the first day on which it held without a break; `until`: the
    last, as things stand (None: until a fact changes)."""

    code: str
    about: str
    colour: str
    since: date
    until: date | None
    detail: str

    @property
    def sentence(self) -> str:
        return rules.sentence(self.code, self.about, self.detail)

    @property
    def for_mail(self) -> str:
        return rules.sentence(self.code, self.about, "" if self.code in rules.TYPED else self.detail)

    @property
    def title(self) -> str:
        return rules.title(self.code)


@dataclass(frozen=True, slots=True)
class Rating:
    """A contract's colour on a day and every reason, the worst first. `rules_colour`: without what was set by hand."""

    contract_id: int
    reference: str
    colour: str
    rules_colour: str
    since: date
    until: date | None
    reasons: tuple[Reason, ...]


def held_on(day: date) -> Q:
    """Of periods, those that have this day."""
    return (Q(to_on__isnull=True) | Q(to_on__gte=day)) & Q(from_on__lte=day)


def ratings_on(day: date, contract_ids: Collection[int] | None = None) -> dict[int, Rating]:
    """The rating of each contract in force on a day, by its number, in the order of the references: two queries."""
    colours = RatingPeriod.objects.filter(held_on(day))
    held = ReasonPeriod.objects.filter(held_on(day))
    if contract_ids is not None:
        colours, held = colours.filter(contract__in=contract_ids), held.filter(contract__in=contract_ids)
    against: dict[int, list[Reason]] = {}
    for row in held.values_list("contract_id", "code", "about", "colour", "from_on", "since", "to_on", "detail"):
        contract, code, about, colour, from_on, since, to_on, detail = row
        against.setdefault(contract, []).append(Reason(code, about, colour, since or from_on, to_on, detail))
    return {
        contract: Rating(
            contract, reference, colour, by_rules, from_on, to_on,
            tuple(sorted(against.get(contract, ()), key=lambda r: rules.order(r.code, r.about, r.colour))),
        )
        for contract, reference, colour, by_rules, from_on, to_on in colours.order_by(
            "contract__reference"
        ).values_list("contract_id", "contract__reference", "colour", "rules_colour", "from_on", "to_on")
    }  # fmt: skip


def rating_on(day: date, contract_id: int) -> Rating | None:
    """None where the contract is not in force on the day."""
    return ratings_on(day, [contract_id]).get(contract_id)


# Of these the day on which the reason began is the setting's to say, not the contract's: null in the answer.
_SINCE_ELSEWHERE = frozenset({"setting_adverse"})


def contracts_json(day: date) -> list[dict[str, Any]]:
    """Every contract in force on the day as `plumbline contracts --json` answers; reasons by their codes."""
    return [
        {
            "id": rating.reference,
            "rag": rating.colour,
            "reasons": [
                {
                    "code": reason.code,
                    "about": reason.about or None,
                    "since": None if reason.code in _SINCE_ELSEWHERE else reason.since.isoformat(),
                }
                for reason in sorted(rating.reasons, key=lambda reason: (reason.code, reason.about))
            ],
        }
        for rating in ratings_on(day).values()
    ]


def history(contract: Contract) -> list[tuple[RatingPeriod, tuple[Reason, ...]]]:
    """The contract's colours in order, each with the reasons that held on its first day: two queries."""
    held = list(ReasonPeriod.objects.filter(contract=contract).order_by("from_on", "code", "about"))
    found = []
    for period in RatingPeriod.objects.filter(contract=contract).order_by("from_on"):
        reasons = [
            Reason(row.code, row.about, row.colour, row.since or row.from_on, row.to_on, row.detail)
            for row in held
            if row.from_on <= period.from_on and (row.to_on is None or row.to_on >= period.from_on)
        ]
        found.append((period, tuple(sorted(reasons, key=lambda r: rules.order(r.code, r.about, r.colour)))))
    return found
