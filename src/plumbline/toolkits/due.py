"""What returns and toolkits give people to do, and which returns came back to whom."""

from collections.abc import Collection, Iterable
from datetime import date

from plumbline.audit.moments import shown
from plumbline.kernel.duties import BACK, WAIT, Duty, Gravity, Source, news_since, organisation, permitted, person
from plumbline.kernel.wording import day
from plumbline.people.access import Permission, users_who_may
from plumbline.toolkits.access import CASE_AUDIT
from plumbline.toolkits.flagging import is_overdue
from plumbline.toolkits.models import Answer, Return, ReturnAssignment, ReturnState, ToolkitVersion
from plumbline.toolkits.queries import returns as queries
from plumbline.toolkits.states import ANSWERABLE

_S = ReturnState
# What a return that was handed in waits for, said to those who answered it.
_WAITS = {
    _S.SUBMITTED: "It is handed in. Someone who did not answer it reads and moderates it next.",
    _S.RESUBMITTED: "It is handed in again. Someone who did not answer it reads and moderates it next.",
    _S.MODERATED: "It is moderated, and waits to be signed off.",
}


def of_returns(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """To be answered or put right, moderated, signed off; overdue, for those who asked for it and read no flags."""
    rows = Return.objects.filter(state__in=[*ANSWERABLE, *queries.TO_MODERATE, _S.MODERATED])
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    found = list(queries.with_progress(rows.order_by("pk"), on=on))
    asked: dict[int, list[int]] = {}
    assigned = ReturnAssignment.objects.filter(answer_set__in=found)
    ever: dict[int, list[int]] = {}
    for number, user, ended in assigned.order_by("pk").values_list("answer_set", "user", "ended_at"):
        ever.setdefault(number, []).append(user)
        if ended is None:
            asked.setdefault(number, []).append(user)
    gave: dict[int, set[int]] = {}
    looked: dict[int, set[int]] = {}
    answers = Answer.objects.filter(answer_set__in=found)
    for number, by, moderator in answers.values_list("answer_set", "answered_by", "moderated_by").distinct():
        gave.setdefault(number, set()).add(by)
        looked.setdefault(number, set()).add(moderator)
    reads_flags = set(users_who_may(Permission.FLAGS_VIEW, on=on).values_list("pk", flat=True))
    for each in found:
        if each.state in ANSWERABLE:
            yield from _to_answer(each, asked.get(each.pk, []), on)
            requester = each.requested_by_id
            if requester and requester not in reads_flags and is_overdue(each, on=on) and not _of_case(each):
                yield _duty(
                    each,
                    "overdue",
                    person(requester),
                    "Overdue",
                    f"You asked for it. {queries.progress(each, on=on).sentence}.",
                    "Look at it",
                    due=each.due_on,
                    here="Ask when it will be handed in",
                )
            continue
        own = {*gave.get(each.pk, ()), each.submitted_by_id}
        if each.state == _S.MODERATED:
            yield from _for_others(
                each,
                Permission.RETURNS_SIGN_OFF,
                ever,
                "sign_off",
                "Sign off",
                "It is moderated.",
                "Read and sign off",
                "Read what was moderated, and sign it off",
                {*own, *looked.get(each.pk, ()), each.moderated_by_id},
            )
        else:
            yield from _for_others(
                each,
                Permission.RETURNS_MODERATE,
                ever,
                "moderate",
                "Moderate",
                _handed_in(each),
                "Moderate it",
                "Read the answers and moderate them",
                own,
            )


def _to_answer(each: Return, asked: list[int], on: date) -> Iterable[Duty]:
    whose = _answer_it(each, asked)
    progress = f"{queries.progress(each, on=on).sentence}."
    for one in whose:
        if each.state == _S.RETURNED:
            why = f"It was sent back: {each.sent_back_because} {progress}"
            here = "Correct what was sent back, and hand it in again"
            yield _duty(each, "answer", one, "Correct", why, "Correct it", due=each.due_on, here=here)
        else:
            yield _duty(
                each,
                "answer",
                one,
                "Answer",
                progress,
                "Answer it",
                due=each.due_on,
                asked=f"Asked for on {day(shown(each.requested_at))}.",
                here="Answer every question, and hand it in",
            )


def _answer_it(each: Return, asked: list[int]) -> list[str]:
    return [*map(person, asked), *([organisation(each.organisation_id)] if each.organisation_id is not None else [])]


def _for_others(
    each: Return,
    permission: Permission,
    ever: dict[int, list[int]],
    kind: str,
    what: str,
    why: str,
    deed: str,
    here: str,
    but: Collection[int | None],
) -> Iterable[Duty]:
    """Nobody looks at their own answers. Of an audit of a case only those who asked for it or were asked."""
    whose = [permitted(permission)]
    if _of_case(each):
        people = dict.fromkeys([*ever.get(each.pk, ()), *([each.requested_by_id] if each.requested_by_id else [])])
        whose = [person(pk, permission) for pk in people]
    for one in whose:
        left_out = tuple(pk for pk in but if pk)
        yield _duty(each, kind, one, what, why, deed, f"return_{kind}", but=left_out, here=here)
    for one in _answer_it(each, ever.get(each.pk, [])):
        yield Duty(
            kind=f"{WAIT}{kind}",
            subject=("return", each.pk),
            whose=one,
            known_to=_known_to(each),
            what=_WAITS[ReturnState(each.state)],
            deed="",
            place="",
            key=each.pk,
        )


def _of_case(each: Return) -> bool:
    return each.version.toolkit.purpose == CASE_AUDIT


def _known_to(each: Return) -> str:
    return "" if _of_case(each) else permitted(Permission.RETURNS_REQUEST)


def _handed_in(each: Return) -> str:
    again = "Handed in again" if each.state == _S.RESUBMITTED else "Handed in"
    return f"{again} on {day(shown(each.submitted_at))}." if each.submitted_at else ""


def _duty(
    each: Return,
    kind: str,
    whose: str,
    what: str,
    why: str,
    deed: str,
    route: str = "return",
    *,
    due: date | None = None,
    asked: str = "",
    but: tuple[int, ...] = (),
    here: str = "",
) -> Duty:
    return Duty(
        kind=f"return.{kind}",
        subject=("return", each.pk),
        whose=whose,
        what=f"{what}: {each.title}",
        why=why,
        called=each.organisation.name if each.organisation else "The council",
        due=due,
        asked=asked,
        but=but,
        here=here,
        known_to=_known_to(each),
        gravity=Gravity.AGREED,
        deed=deed,
        place=f"{route} {each.pk}",
        key=each.pk,
    )


def back(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """What was signed off of late, for those who answered it."""
    rows = Return.objects.filter(state=_S.SIGNED_OFF, signed_off_at__gt=news_since(on))
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    for each in rows.select_related("organisation").order_by("pk"):
        if each.signed_off_at is None:
            continue
        whose = [person(pk) for pk in each.assignments.order_by("user").values_list("user", flat=True).distinct()]
        if each.organisation_id is not None:
            whose.append(organisation(each.organisation_id))
        for one in whose:
            yield Duty(
                kind=f"{BACK}return",
                subject=("return", each.pk),
                whose=one,
                about=each.signed_off_at.isoformat(),
                what=f"Signed off: {each.title}",
                called=each.organisation.name if each.organisation else "The council",
                why=f"On {day(shown(each.signed_off_at))}.",
                gravity=Gravity.HOUSEKEEPING,
                deed="Look at it",
                place=f"return {each.pk}",
                key=each.pk,
            )


def of_toolkits(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Shipped versions that wait beside a council's own, and drafts, for those who began them."""
    drafts = ToolkitVersion.objects.filter(state=ToolkitVersion.State.DRAFT).defer("text", "content").order_by("pk")
    for version in drafts:
        shipped = version.source == version.Source.LIBRARY
        if not shipped and version.made_by_id is None:
            continue
        manages = Permission.TOOLKITS_MANAGE
        yield Duty(
            kind="toolkit.draft",
            subject=("toolkit_version", version.pk),
            key=version.pk,
            whose=permitted(manages) if shipped else person(version.made_by_id or 0, manages),
            what=f"{'Look at' if shipped else 'Go on with'} version {version.number} of the toolkit “{version.title}”",
            why="It came with a newer Plumbline, and does not replace your own by itself."
            if shipped
            else "Your draft is not published.",
            gravity=Gravity.HOUSEKEEPING,
            deed="See what differs" if shipped else "Open the draft",
            place=f"{'toolkit_compare' if shipped else 'toolkit_version'} {version.pk}",
        )


_OF_RETURN = {
    "toolkits_return": "select id as key from changed",
    "toolkits_returnassignment": "select answer_set_id as key from changed",
}
_OF_ANSWERS = {
    "toolkits_answer": "select answer_set_id as key from changed",
    "toolkits_answerdocument": "select a.answer_set_id as key from changed c join toolkits_answer a"
                               " on a.id = c.answer_id",
    # Whether what was given still counts.
    "evidence_document": "select a.answer_set_id as key from changed c join toolkits_answerdocument d"
                         " on d.document_id = c.id join toolkits_answer a on a.id = d.answer_id",
    "people_roleheld": "",
}  # fmt: skip
SOURCES = (
    # Its version does not change once it is asked for; names of organisations are said again by the night.
    Source("returns", of_returns, {**_OF_RETURN, **_OF_ANSWERS}, settled=frozenset(
        {"toolkits_toolkitversion", "toolkits_toolkit", "people_organisation", "people_user"}
    )),
    Source("returns_back", back, _OF_RETURN, settled=frozenset({"people_organisation"})),
    Source("toolkits", of_toolkits, {"toolkits_toolkitversion": ""}),
)  # fmt: skip
