"""What files of the register of contracts would change, or have changed, in the words of the field: which contracts
are new, over or rated otherwise, and whose names will have to be mapped."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from plumbline.contracts.models import Colour, Contract, RatingPeriod
from plumbline.contracts.queries import register
from plumbline.people.access import lasting_on

_MOST_NAMED = 20
# From the gravest.
_COLOURS = (Colour.RED, Colour.AMBER, Colour.GREEN)


@dataclass(frozen=True, slots=True)
class Standing:
    """Every contract's reference, the colour of each that is in force, and the names that mean no user yet."""

    contracts: frozenset[str]
    colours: dict[str, str]
    names: frozenset[str]


def standing(*, on: date) -> Standing:
    """How it is now; asked before the files are taken and after."""
    return Standing(
        frozenset(Contract.objects.values_list("reference", flat=True)),
        dict(RatingPeriod.objects.filter(lasting_on(on)).values_list("contract__reference", "colour")),
        frozenset(each.wording for each in register.people_to_map()),
    )


def what_changes(before: Standing, after: Standing) -> list[str]:
    """In sentences, the gravest first."""
    moved = {ref: now for ref, now in after.colours.items() if before.colours.get(ref, now) != now}
    new = after.contracts - before.contracts
    return [
        *_coloured(moved, "turns {}", "turn {}"),
        *_named(new, "is new", "are new"),
        *_coloured(
            {ref: now for ref, now in after.colours.items() if ref in new}, "that is new is {}", "that are new are {}"
        ),
        *_named(before.contracts - after.contracts, "is taken out", "are taken out"),
        *_named(
            (before.colours.keys() - after.colours.keys()) & after.contracts,
            "is no longer in force",
            "are no longer in force",
        ),
        *_to_map(after.names - before.names),
    ] or ["No contract is new or rated otherwise."]


def _coloured(found: Mapping[str, str], one: str, many: str) -> list[str]:
    return [
        sentence
        for colour in _COLOURS
        for sentence in _named(
            [ref for ref, now in found.items() if now == colour],
            one.format(colour.label.lower()),
            many.format(colour.label.lower()),
        )
    ]


def _named(references: Collection[str], one: str, many: str) -> list[str]:
    if not references:
        return []
    listed = ", ".join(sorted(references)[:_MOST_NAMED]) + (" …" if len(references) > _MOST_NAMED else "")
    what = "contract" if len(references) == 1 else "contracts"
    return [f"{len(references):,} {what} {one if len(references) == 1 else many}: {listed}."]


def _to_map(names: Collection[str]) -> list[str]:
    if not names:
        return []
    listed = ", ".join(f"“{name}”" for name in sorted(names)[:_MOST_NAMED])
    more = " …" if len(names) > _MOST_NAMED else ""
    people = "1 name" if len(names) == 1 else f"{len(names):,} names"
    return [f"It will have to be said who is meant by {people}: {listed}{more}."]
