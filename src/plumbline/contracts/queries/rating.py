"""The rating of contracts on any day: what is kept answers, since every day was worked out beforehand."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from plumbline.audit import moments
from plumbline.audit.moments import shown
from plumbline.contracts.models import Assessment, Contract, RatingByHand, RatingPeriod, ReasonPeriod
from plumbline.contracts.rules import rating as rules
from plumbline.kernel import wording
from plumbline.kernel.moments import day_here
from plumbline.people.access import lasting_on


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
    def since_when(self) -> str:
        return rules.since_when(self.sentence, self.since)

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
    # What counts on the day and was entered after it, as sentences.
    entered_later: tuple[str, ...] = ()


def ratings_on(day: date, contract_ids: Collection[int] | None = None) -> dict[int, Rating]:
    """The rating of each contract in force on a day, by its number, in the order of the references: three queries."""
    colours = RatingPeriod.objects.filter(lasting_on(day))
    held = ReasonPeriod.objects.filter(lasting_on(day))
    if contract_ids is not None:
        colours, held = colours.filter(contract__in=contract_ids), held.filter(contract__in=contract_ids)
    later = _entered_later(contract_ids, first=day, last=day)
    against: dict[int, list[Reason]] = {}
    for row in held:
        against.setdefault(row.contract_id, []).append(_reason(row))
    return {
        contract: Rating(
            contract,
            reference,
            colour,
            by_rules,
            from_on,
            to_on,
            _ordered(against.get(contract, ())),
            tuple(each.sentence for each in later.get(contract, ())),
        )
        for contract, reference, colour, by_rules, from_on, to_on in colours.order_by(
            "contract__reference"
        ).values_list("contract_id", "contract__reference", "colour", "rules_colour", "from_on", "to_on")
    }


def rating_on(day: date, contract_id: int) -> Rating | None:
    """None where the contract is not in force on the day."""
    return ratings_on(day, [contract_id]).get(contract_id)


def rating_known(day: date, contract_id: int, *, at: datetime) -> Rating | None:
    """The rating of a day as it was known at a moment: facts that were recorded or put right later are not in it.

    Raises RuleBroken (before_first_record). The moment is over: nothing that is written now can be in it.
    """
    known = moments.known_at(at)
    asked = {**moments.parameters(known), "contract": contract_id, "day": day}
    held = "contract_id = %(contract)s and from_on <= %(day)s and (to_on is null or to_on >= %(day)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select colour, rules_colour, from_on, to_on from contracts_ratingperiod_history
                where {moments.condition()} and {held}""",
            asked,
        )
        found = cursor.fetchone()
        cursor.execute(
            f"""select code, about, colour, from_on, to_on, detail
                from contracts_reasonperiod_history where {moments.condition()} and {held}""",
            asked,
        )
        reasons = [Reason(*row) for row in cursor.fetchall()]
    if found is None:
        return None
    colour, by_rules, from_on, to_on = found
    reference = Contract.objects.values_list("reference", flat=True).get(pk=contract_id)
    return Rating(contract_id, reference, colour, by_rules, from_on, to_on, _ordered(reasons))


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


@dataclass(frozen=True, slots=True)
class EnteredLater:
    """An assessment or action plan that counts on days before it was entered: `first` to `last` of them."""

    kind: str
    completed_on: date
    entered_on: date
    first: date
    last: date

    @property
    def sentence(self) -> str:
        completed, entered = wording.day(self.completed_on), wording.day(self.entered_on)
        return f"{self.kind} completed on {completed}: entered later, on {entered}."


def _entered_later(contract_ids: Collection[int] | None, *, first: date, last: date) -> dict[int, list[EnteredLater]]:
    """By contract, what counts on days from `first` to `last` that lie before the day on which it was entered."""
    rows = Assessment.objects.filter(recorded_at__isnull=False, completed_on__lte=last, valid_until__gte=first)
    if contract_ids is not None:
        rows = rows.filter(contract__in=contract_ids)
    found: dict[int, list[EnteredLater]] = {}
    for row in rows.order_by("completed_on", "pk"):
        entered_on = day_here(shown(row.recorded_at)) if row.recorded_at else row.completed_on
        until = min(row.valid_until, entered_on - timedelta(1), last)
        if max(row.completed_on, first) <= until:
            found.setdefault(row.contract_id, []).append(
                EnteredLater(row.get_kind_display(), row.completed_on, entered_on, max(row.completed_on, first), until)
            )
    return found


@dataclass(frozen=True, slots=True)
class Spell:
    """Days of one colour: the reasons that held on its first day, those of them that began then, and those that had
    held until the day before; a rating by hand that began or ended the day."""

    period: RatingPeriod
    reasons: tuple[Reason, ...]
    began: tuple[Reason, ...]
    ended: tuple[Reason, ...]
    hand_began: RatingByHand | None
    hand_ended: RatingByHand | None
    entered_later: tuple[str, ...] = ()


def history(contract: Contract) -> list[Spell]:
    """The contract's colours in order, each with what changed when it began: four queries."""
    later = _entered_later([contract.pk], first=date.min, last=date.max).get(contract.pk, [])
    rows = ReasonPeriod.objects.filter(contract=contract).order_by("from_on", "code", "about")
    held = [_reason(row) for row in rows]
    hands = list(RatingByHand.objects.filter(contract=contract).select_related("set_by").order_by("set_at", "pk"))
    found = []
    for period in RatingPeriod.objects.filter(contract=contract).order_by("from_on"):
        first, before = period.from_on, period.from_on - timedelta(1)
        reasons = [each for each in held if each.since <= first and (each.until is None or each.until >= first)]
        found.append(
            Spell(
                period,
                _ordered(reasons),
                _ordered(each for each in held if each.since == first),
                _ordered(each for each in held if each.until == before),
                next((hand for hand in reversed(hands) if hand.from_on == first and hand.ended_on != first), None),
                next((hand for hand in reversed(hands) if _over_on(hand) == first), None),
                tuple(
                    each.sentence for each in later if each.first <= (period.to_on or date.max) and each.last >= first
                ),
            )
        )
    return found


def _reason(row: ReasonPeriod) -> Reason:
    return Reason(row.code, row.about, row.colour, row.from_on, row.to_on, row.detail)


def _over_on(hand: RatingByHand) -> date | None:
    """The first day on which a rating by hand counts no more; None: it still does."""
    last = date.max if hand.until_on.year == date.max.year else hand.until_on + timedelta(1)
    return min(last, hand.ended_on or last)


def _ordered(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(sorted(reasons, key=lambda reason: rules.order(reason.code, reason.about, reason.colour)))
