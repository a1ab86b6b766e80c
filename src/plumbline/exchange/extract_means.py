"""What an extract would change, or has changed, in the words of the field: children, TACs, placements, workers."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from plumbline.earlyhelp import queries as earlyhelp
from plumbline.earlyhelp.models import Tac
from plumbline.kernel.labels import say
from plumbline.people.models import Child, Tie
from plumbline.placements import access as placements
from plumbline.placements.models import Placement

_MOST_NAMED = 20
_OPEN = Q(to_on=None)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many there are; counts only, no child's record. And what waits to be mapped, by its wording."""

    counts: dict[str, int]
    wordings: frozenset[str]
    organisations: frozenset[str]


# By what each count is of: one, several.
_WORDS: dict[str, tuple[str, str]] = {
    "children": ("child known here", "children known here"),
    "tacs": ("open {tac}", "open {tacs}"),
    "placements": ("open placement", "open placements"),
    "ties": ("tie of a worker to a child or {a_tac}", "ties of workers to children and {tacs}"),
}


def standing(*, on: date) -> Standing:
    """How it is now; asked before an extract is taken and after."""
    lasting = placements.open_on(on)
    return Standing(
        {
            "children": Child.objects.count(),
            "tacs": Tac.objects.filter(lasting).count(),
            "placements": Placement.objects.filter(lasting).count(),
            "ties": Tie.objects.filter(_OPEN).count(),
        },
        frozenset(each.wording for each in earlyhelp.wordings_to_map()),
        frozenset(each.wording for each in earlyhelp.organisations_to_map()),
    )


def what_changes(before: Standing, after: Standing) -> list[str]:
    """In sentences: what there is more or less of, and what will have to be mapped."""
    sentences = [
        f"{_number(after.counts[what], *map(say, words))}, before {before.counts[what]:,}."
        for what, words in _WORDS.items()
        if after.counts[what] != before.counts[what]
    ]
    return [
        *sentences,
        *_to_map(say("reason for ending {a_tac}"), say("reasons for ending {a_tac}"), after.wordings - before.wordings),
        *_to_map("organisation", "organisations", after.organisations - before.organisations),
    ] or [say("Nothing changes for any child, {tac}, placement or worker.")]


def _number(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _to_map(one: str, many: str, new: frozenset[str]) -> list[str]:
    if not new:
        return []
    listed = ", ".join(f"“{wording}”" for wording in sorted(new)[:_MOST_NAMED])
    more = " …" if len(new) > _MOST_NAMED else ""
    return [
        f"{_number(len(new), one, many)} will have to be mapped, and count as not recorded until then: {listed}{more}."
    ]
