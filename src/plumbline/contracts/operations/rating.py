"""Working out what counts against contracts and their colours; ratings by hand; telling those concerned."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection

from plumbline.contracts.access import contract_seen
from plumbline.contracts.models import Contract, RatingByHand
from plumbline.contracts.queries import facts, rating
from plumbline.contracts.recipients import Telling
from plumbline.contracts.rules import flags as flag_rules
from plumbline.contracts.rules import rating as rules
from plumbline.flags import operations as flags
from plumbline.flags.models import Flag
from plumbline.flags.operations import Raised
from plumbline.flags.rules import Recipient, Wanted
from plumbline.intake.staging import copy_in
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.intervals import FAR
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation

_AT_ONCE = 2_000
# Up to so many contracts have their flags looked at one by one, more of them all together.
_FEW = 20

_REASONS = "contract_id, code, about, colour, from_on, to_on, detail, rule_version"
_COLOURS = "contract_id, colour, rules_colour, from_on, to_on, rule_version"


@dataclass(frozen=True, slots=True)
class Rerated:
    """Of how many contracts something changed, and how many rows were written or taken away for it."""

    contracts: tuple[int, ...]
    written: int
    removed: int
    raised: Raised


@operation
def rerate(*, contract_ids: Collection[int] | None, tell: bool = True, act: Act) -> Rerated:
    """Work out the reasons and colours of these contracts (None: of all) for every day, and keep what differs.

    Every operation that changes a fact of a contract calls this last, once, with all the contracts concerned. Two at
    once wait for each other, so that neither misses the other's fact. Flags follow, unless the caller tells (`tell`).
    """
    changed: list[int] = []
    written = removed = 0
    ids = _lock(contract_ids)
    laws = facts.laws()
    for some in _in_lots(ids):
        outcome = _work_out(some, laws)
        for table, columns, wanted in (
            ("contracts_reasonperiod", _REASONS, outcome.reasons),
            ("contracts_ratingperiod", _COLOURS, outcome.colours),
        ):
            added, gone, concerned = _keep(table, columns, some, wanted)
            written += added
            removed += gone
            changed += concerned
    found = tuple(sorted(set(changed)))
    if found:
        act.record(
            "contracts.rating.worked_out",
            contracts=len(found),
            first=list(found[:100]),
            written=written,
            removed=removed,
            subject_type="contracts.contract" if len(found) == 1 else "",
            subject_id=found[0] if len(found) == 1 else "",
        )
    few = None if contract_ids is None or len(ids) > _FEW else ids
    raised = raise_flags(act=act, contract_ids=few) if tell else Raised()
    return Rerated(found, written, removed, raised)


@operation
def follow_settings(*, act: Act) -> Rerated | None:
    """Re-rate the contracts of settings whose status, of whatever day, is another than was counted; None: there are
    none. Called after anything that may change a status."""
    ids = facts.out_of_line()
    return rerate(contract_ids=ids, act=act) if ids else None


@operation
def turn_of_the_day(*, act: Act) -> Raised:
    """The night's work: everything worked out again, which changes something only where a fact was changed without
    its operation or the rules are newer; and the flags of the new day. The colours themselves wait for nothing."""
    return rerate(contract_ids=None, act=act).raised


@dataclass(slots=True)
class _Outcome:
    reasons: list[tuple[Any, ...]]
    colours: list[tuple[Any, ...]]


def _lock(contract_ids: Collection[int] | None) -> list[int]:
    rows = Contract.objects.select_for_update(no_key=True).order_by("pk")
    if contract_ids is not None:
        rows = rows.filter(pk__in=sorted(set(contract_ids)))
    return list(rows.values_list("pk", flat=True))


def _in_lots(ids: Sequence[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _end(day: date) -> date | None:
    return None if day == FAR else day


def _work_out(ids: list[int], laws: Sequence[rules.LawChange]) -> _Outcome:
    version = rules.BOOK.version
    outcome = _Outcome([], [])
    for pk, known in facts.load(ids).items():
        held = rules.reasons(known, laws)
        outcome.reasons += [
            (pk, each.code, each.about, each.colour, each.from_on, _end(each.to_on), each.detail, version)
            for each in held
        ]
        outcome.colours += [
            (pk, each.colour, each.rules_colour, each.from_on, _end(each.to_on), version)
            for each in rules.periods(known, held)
        ]
    return outcome


def _keep(table: str, columns: str, ids: list[int], wanted: Iterable[tuple[Any, ...]]) -> tuple[int, int, list[int]]:
    """Take away what is not wanted and add what is not there; how many rows each, and of which contracts."""
    with connection.cursor() as cursor:
        cursor.execute(f"select id, {columns} from {table} where contract_id = any(%s)", [ids])
        standing = {row[1:]: row[0] for row in cursor.fetchall()}
        added = [row for row in wanted if standing.pop(row, None) is None]
        if standing:
            cursor.execute(f"delete from {table} where id = any(%s)", [list(standing.values())])
        if added:
            copy_in(cursor, f"{table} ({columns})", added)
    return len(added), len(standing), [row[0] for row in (*added, *standing)]


# --- by hand --------------------------------------------------------------------------------------------------------


# The last day of a worse rating that was set without one.
UNTIL_CHANGED = date(9999, 12, 31)


@operation
def rate_by_hand(
    *, contract_id: int, colour: str, because: str, until_on: date | None, act: PersonalAct
) -> RatingByHand:
    """Set another colour than the rules give, from today; it replaces what was set by hand before.

    Worse: by the person who manages contracts, with the reason. Better: by a manager (CONTRACTS_OVERRIDE), with the
    reason and the last day; it never hides a missing assessment. Raises RuleBroken (rules.check_by_hand;
    not_in_force).
    """
    contract = contract_seen(act.by, contract_id=contract_id, on=act.on)
    may_override = act.may(Permission.CONTRACTS_OVERRIDE)
    if not may_override:
        act.check(Permission.CONTRACTS_MANAGE)
    _lock([contract.pk])
    rated = rating.rating_on(act.on, contract.pk)
    if rated is None:
        raise RuleBroken("Only a contract that is in force today has a rating.", code="not_in_force")
    better = rules.check_by_hand(
        colour=colour,
        rules_colour=rated.rules_colour,
        because=because,
        from_on=act.on,
        until_on=until_on,
        may_override=may_override,
        on=act.on,
    )
    _end_by_hand(contract, because="Another rating was set.", at=act.at, on=act.on)
    made = RatingByHand.objects.create(
        contract=contract,
        colour=colour,
        better=better,
        because=because.strip(),
        from_on=act.on,
        until_on=until_on or contract.ends_on or UNTIL_CHANGED,
        set_at=act.at,
        set_by=act.by,
    )
    act.record(
        "contracts.rating.set_by_hand",
        subject=contract,
        because=made.because,
        colour=colour,
        better=better,
        rules_colour=rated.rules_colour,
        until=made.until_on.isoformat(),
    )
    rerate(contract_ids=[contract.pk], act=act)
    return made


@operation
def end_rating_by_hand(*, contract_id: int, because: str, act: PersonalAct) -> None:
    """Take back what was set by hand: from today the rules alone rate. Raises RuleBroken (missing_reason, none_set)."""
    contract = contract_seen(act.by, contract_id=contract_id, on=act.on)
    if not act.may(Permission.CONTRACTS_OVERRIDE):
        act.check(Permission.CONTRACTS_MANAGE)
    if not because.strip():
        raise RuleBroken("Say why the rating by hand ends.", code="missing_reason")
    _lock([contract.pk])
    if not _end_by_hand(contract, because=because.strip(), at=act.at, on=act.on):
        raise RuleBroken("No rating by hand is set.", code="none_set")
    act.record("contracts.rating.by_hand_ended", subject=contract, because=because.strip())
    rerate(contract_ids=[contract.pk], act=act)


def _end_by_hand(contract: Contract, *, because: str, at: datetime, on: date) -> int:
    return RatingByHand.objects.filter(contract=contract, ended_at=None).update(
        ended_on=on, ended_at=at, ended_because=because
    )


# --- flags ----------------------------------------------------------------------------------------------------------


@operation
def raise_flags(*, act: Act, contract_ids: Collection[int] | None = None) -> Raised:
    """Bring the flags about contracts in line with their colours of today: raise, pass on, close with the reason."""
    ratings = rating.ratings_on(act.on, contract_ids)
    wanted = _wanted(ratings, on=act.on)
    done = Raised()
    subjects = [None] if contract_ids is None else [("contract", pk) for pk in sorted(set(contract_ids))]
    for subject in subjects:
        raised = flags.reconcile(
            wanted=[want for want in wanted if subject is None or want.subject_id == subject[1]],
            kinds=flag_rules.KINDS,
            why_closed=lambda over: _why_closed(over, ratings),
            act=act,
            subject=subject,
        )
        for kind, count in raised.raised.items():
            done.raised[kind] = done.raised.get(kind, 0) + count
        for kind, count in raised.closed.items():
            done.closed[kind] = done.closed.get(kind, 0) + count
        done.passed_on += raised.passed_on
    return done


def _wanted(ratings: Mapping[int, rating.Rating], *, on: date) -> list[Wanted]:
    flagged = {pk: rated for pk, rated in ratings.items() if rated.colour in flag_rules.KIND_OF}
    told = Telling(on)
    contracts = Contract.objects.filter(pk__in=flagged).select_related(
        "manager__professional", "area_lead__professional"
    )
    return [
        Wanted(
            flag_rules.KIND_OF[flagged[contract.pk].colour],
            "contract",
            contract.pk,
            flag_rules.reason(contract.reference, flagged[contract.pk].reasons),
            (Recipient("role:management_team", "management team"), told.manager(contract), told.area_lead(contract)),
            subject_source_id=contract.reference,
        )
        for contract in contracts
    ]


def _why_closed(over: Sequence[Flag], ratings: Mapping[int, rating.Rating]) -> dict[int, str]:
    return {
        flag.pk: flag_rules.why_closed(found.colour if (found := ratings.get(flag.subject_id or 0)) else None)
        for flag in over
    }
