"""Before someone is switched off: what is theirs, and to whom each goes."""

from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.kernel.names import listed
from plumbline.people import queries
from plumbline.people.access import Permission
from plumbline.people.leaving import Kind
from plumbline.people.models import User
from plumbline.placements.leaving import KINDS, Left, let_go, stays
from plumbline.web.kit import subjects
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.people.users.forms import HandOver

# So many of a kind are named; the count says how many there are.
_NAMED = 20
# The kinds of record among them that have a page.
_SUBJECTS = {
    "contracts": "contract",
    "contracts_of_service": "contract",
    "tenders": "tender",
    "tenders_of_service": "tender",
    "actions": "action",
}


@requires(Permission.USERS_MANAGE)
def leaving(request: Request, user_id: int) -> HttpResponseBase:
    """Everything that is theirs, with to whom it goes; then they are switched off. Afterwards too."""
    found = queries.users_visible_to(request.user, on=request.day).filter(pk=user_id).first()
    if found is None:
        raise Http404
    theirs = [(kind, list(kind.rows(found, on=request.day))) for kind in KINDS]
    theirs = [(kind, rows) for kind, rows in theirs if rows]
    able = {kind.key: list(kind.holders(found, request.day).order_by("name", "pk")) for kind, _ in theirs}
    form = HandOver(request.POST or None, kinds=[(kind.key, kind.words(len(rows))) for kind, rows in theirs], able=able)

    def page(form: HandOver) -> HttpResponseBase:
        context = {
            "form": form,
            "user_shown": found,
            "theirs": [
                {
                    "words": kind.words(len(rows)),
                    "field": form[kind.key],
                    "rows": _named(request, kind, rows),
                    "more": max(0, len(rows) - _NAMED),
                    "nobody": not able[kind.key],
                }
                for kind, rows in theirs
            ],
            "stays": stays(found, on=request.day),
            "breadcrumbs": [
                ("People who sign in", reverse("people")),
                (str(found), reverse("user", args=[found.pk])),
                ("Leaving", ""),
            ],
        }
        return render(request, "people/users/leaving.html", context, status=422 if form.is_bound else 200)

    def hand_over(because: str, **_: str) -> Left:
        return let_go(user=found, to=form.receivers(), because=because, act=acting(request))

    return ask(
        request,
        form,
        page,
        do=hand_over,
        done=lambda done: _said(found, done),
        to=reverse("user", args=[found.pk]),
    )


def _named(request: Request, kind: Kind, rows: list[Any]) -> list[dict[str, str]]:
    subject = _SUBJECTS.get(kind.key, "")
    opens = subjects.opens(request.user, subject, on=request.day)
    return [
        {"label": kind.label(row), "url": subjects.address(subject, row.pk) if opens else ""} for row in rows[:_NAMED]
    ]


def _said(user: User, done: Left) -> str:
    """What was done and who is told, in sentences."""
    said = [f"{user.called} cannot sign in any more."]
    for receiver, words in done.given.items():
        said.append(f"{receiver} has {listed(words)}.")
    said += [f"{each} has no e-mail address here: tell them yourself." for each in done.given if each not in done.told]
    if done.told:
        said.append(f"An e-mail about it is on its way to {listed([str(each) for each in done.told])}.")
    return " ".join(said)
