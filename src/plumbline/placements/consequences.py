"""What a list would change, or has changed, for our own settings and the children there, in sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from plumbline.earlyhelp.models import Tac
from plumbline.kernel.labels import say
from plumbline.ofsted.evaluation import StatusChange
from plumbline.ofsted.models import Setting, Status
from plumbline.placements import flagging, queries
from plumbline.placements.access import open_on
from plumbline.placements.rules import BLOCKED

_GRAVITY = list(Status.values)
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Before:
    """Our settings, those with our children, and which of them were gone, before a list was taken."""

    ours: frozenset[int]
    gone: frozenset[int]


def before(*, on: date) -> Before:
    """To be asked before a list is taken; counts only, no child's record."""
    ours = frozenset(queries.settings_with_children(on=on))
    gone = Setting.objects.filter(pk__in=ours, gone_since__isnull=False).values_list("pk", flat=True)
    return Before(ours, frozenset(gone))


def what_changes(then: Before, changes: Sequence[StatusChange], *, on: date) -> list[str]:
    """Of our settings: which become adverse, are to be watched, are better, vanish; and who is concerned.

    `then`: as it was before; `changes`: of all the lists of one file, in their order.
    """
    first: dict[int, StatusChange] = {}
    last: dict[int, StatusChange] = {}
    for change in changes:
        first.setdefault(change.setting_id, change)
        last[change.setting_id] = change
    moved = [(first[pk].before, last[pk]) for pk in last if pk in then.ours and first[pk].before != last[pk].after]
    adverse = [each for was, each in moved if each.after in BLOCKED and was not in BLOCKED]
    matched = [each for was, each in moved if was == Status.UNMATCHED and each not in adverse]
    rest = [(was, each) for was, each in moved if each not in adverse and each not in matched]
    better = [each for was, each in rest if _GRAVITY.index(each.after) > _GRAVITY.index(was)]
    worse = [each for was, each in rest if each not in better]
    now_gone = Setting.objects.filter(pk__in=then.ours - then.gone, gone_since__isnull=False).order_by("urn")
    vanished = dict(now_gone.values_list("pk", "urn"))
    sentences = [
        *_said(
            adverse,
            "becomes adverse, and no child may be placed there",
            "become adverse, and no child may be placed there",
        ),
        *_said(worse, "is worse", "are worse"),
        *_said(better, "is better", "are better"),
        *_said(matched, "is known now, and was not matched", "are known now, and were not matched"),
        *_named(vanished.values(), "is no longer on Ofsted’s list", "are no longer on Ofsted’s list"),
    ]
    if not sentences:
        return [f"Of the {len(then.ours):,} settings where our children are, none changes."]
    concerned = {*vanished, *(each.setting_id for _, each in moved)}
    return [*sentences, _concerned(concerned, on=on)]


def _said(changes: Iterable[StatusChange], one: str, many: str) -> list[str]:
    return _named(sorted(change.urn for change in changes), one, many)


def _named(urns: Iterable[str], one: str, many: str) -> list[str]:
    named = list(urns)
    if not named:
        return []
    listed = ", ".join(named[:_MOST_NAMED]) + (" …" if len(named) > _MOST_NAMED else "")
    return [f"{len(named):,} of our settings {one if len(named) == 1 else many}: {listed}."]


def _concerned(settings: set[int], *, on: date) -> str:
    """The children placed there, their workers, and the TACs of those children that are open. Counts only."""
    children: set[int] = set()
    workers: set[str] = set()
    for concern, setting in flagging.concerned(on):
        if setting and setting.setting_id in settings:
            children.add(concern.child_id)
            workers |= {concern.worker} - {""}
    tacs = Tac.objects.filter(open_on(on), child__in=children)
    return (
        f"Concerned: {_many(len(children), 'child', 'children')}, {_many(len(workers), 'worker', 'workers')} and "
        f"{_many(tacs.count(), say('open {tac}'), say('open {tacs}'))}."
    )


def _many(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
