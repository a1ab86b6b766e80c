"""How the later of two lists differs from the earlier."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from plumbline.ofsted.grades import is_better, is_worse
from plumbline.ofsted.rules import Status


@dataclass(frozen=True, slots=True)
class Said:
    """What one list left of a setting: the aspect and grade of its overall judgement ("" for none), and its status."""

    aspect: str
    grade: str
    status: str


@dataclass(frozen=True, slots=True)
class Differences:
    """URNs in order. `gone` and `new` are of the lists; `better`, `worse`, `unchanged` divide those in both.

    `newly_adverse` are those adverse now and not before, new ones too; it overlaps the others.
    """

    new: tuple[str, ...]
    gone: tuple[str, ...]
    better: tuple[str, ...]
    worse: tuple[str, ...]
    newly_adverse: tuple[str, ...]
    unchanged: tuple[str, ...]


def compare_lists(*, before: Mapping[str, Said], after: Mapping[str, Said]) -> Differences:
    """How the later of two lists differs. A grade that came or went (a first inspection, "Not judged") is no change of
    quality, nor is one on another scale: such a setting is unchanged here, and its status tells the rest.
    """
    both = sorted(before.keys() & after.keys())
    better = [urn for urn in both if _moved(before[urn], after[urn], is_better)]
    worse = [urn for urn in both if _moved(before[urn], after[urn], is_worse)]
    moved = {*better, *worse}
    adverse = (
        urn
        for urn, said in sorted(after.items())
        if said.status == Status.ADVERSE and (urn not in before or before[urn].status != Status.ADVERSE)
    )
    return Differences(
        new=tuple(sorted(after.keys() - before.keys())),
        gone=tuple(sorted(before.keys() - after.keys())),
        better=tuple(better),
        worse=tuple(worse),
        newly_adverse=tuple(adverse),
        unchanged=tuple(urn for urn in both if urn not in moved),
    )


def _moved(before: Said, after: Said, worse_or_better: Callable[..., bool]) -> bool:
    if not before.grade or not after.grade or before.aspect != after.aspect:
        return False
    return worse_or_better(after.aspect, grade=after.grade, than=before.grade)
