"""The queue of published suppliers that no number names: each is a supplier known, a new one, or none of ours."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.commissioning.models import OcdsParty
from plumbline.commissioning.operations import suppliers as operations
from plumbline.commissioning.queries import suppliers as queries
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.web.commissioning.suppliers.forms import NEW, NOT_OURS, Decide
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import act, ask
from plumbline.web.kit.request import Request, acting, record_number
from plumbline.web.kit.sealed_names import unnamed

# Rows of the queue on one page; the next come when these are decided.
_AT_ONCE = 50
_UNDO = "decided_suppliers"


@requires(Permission.SUPPLIERS_SETTLE)
def queue(request: Request) -> HttpResponseBase:
    if request.method == "POST":
        return _settle(request)
    waiting = queries.waiting(most=_AT_ONCE, but=unnamed(request.user, on=request.day))
    return render(
        request,
        "commissioning/suppliers/queue.html",
        {
            "how_many": queries.how_many_wait(),
            "at_once": _AT_ONCE,
            "waiting": [
                {
                    "row": each,
                    "why": _why(each),
                    "numbers": ", ".join(each.numbers) or "no number published",
                    "url": reverse("supplier_decide", args=[each.party]),
                }
                for each in waiting
            ],
            "undo": request.session.pop(_UNDO, []),
            "decided": queries.decided_lately(),
            "breadcrumbs": [("Suppliers", reverse("suppliers")), ("To be decided", "")],
        },
    )


def _why(each: queries.Waiting) -> str:
    what = f"{each.title or 'a notice without a title'}, bought by {each.buyer or 'someone not named'}"
    more = f" and {wording.how_many(each.rows - 1, 'more', 'more')}" if each.rows > 1 else ""
    return f"Named in {what}{more}"


def _settle(request: Request) -> HttpResponseBase:
    """Each row as decided, and those left open as all of them, where that was decided. One refused stops no other."""
    for_all = request.POST.get("all", "")
    done: list[dict[str, Any]] = []
    for at in range(_AT_ONCE):
        party, answer = record_number(request.POST.get(f"party{at}")), request.POST.get(f"is{at}", "") or for_all
        if not (party and answer):
            continue
        row = queries.party_waiting(party)
        if row is None:
            continue  # someone else decided it meanwhile
        try:
            _decide(request, row, answer, all_alike=True)
        except RuleBroken as refusal:
            messages.warning(request, f"{row.name} still waits. {refusal.reason}")
        else:
            done.append({"party": row.pk, "name": row.name})
    if done:
        request.session[_UNDO] = done
        messages.success(request, f"{wording.how_many(len(done), 'supplier is', 'suppliers are')} decided.")
    else:
        messages.warning(request, "Nothing was decided: say who at least one of them is.")
    return redirect("supplier_queue")


def _decide(request: Request, row: OcdsParty, answer: str, *, all_alike: bool) -> int:
    known = record_number(answer) if answer not in (NEW, NOT_OURS) else None
    return operations.decide_party(
        party_id=row.pk,
        organisation_id=known,
        new=answer == NEW,
        not_ours=answer == NOT_OURS,
        all_alike=all_alike,
        act=acting(request),
    )


@requires(Permission.SUPPLIERS_SETTLE)
def decide(request: Request, party_id: int) -> HttpResponseBase:
    """One of them with all its notices; a supplier whose name is not alike is looked for."""
    row = queries.party_waiting(party_id)
    if row is None:
        messages.info(request, "That supplier does not wait any more.")
        return redirect("supplier_queue")
    asked = request.GET.get("q", "").replace("\x00", "").strip()
    but = unnamed(request.user, on=request.day)
    if asked:
        known = queries.looked_for(asked, but=but)
    else:
        known = [(each.pk, each.name) for each in queries.nearest([row.name], but=but)[row.name]]
    alike = list(queries.alike(row))
    context = {
        "party": row,
        "numbers": queries.said(row.identifiers),
        "alike": alike,
        "asked": asked,
        "found": bool(known),
    }

    def said(settled: int) -> str:
        request.session[_UNDO] = [{"party": row.pk, "name": row.name}]
        return f"{row.name} is decided, in {wording.how_many(settled, 'notice', 'notices')}."

    return ask(
        request,
        Decide(request.POST or None, known=known, alike=len(alike)),
        ("commissioning/suppliers/decide.html", context),
        do=lambda which, all_alike=False: _decide(request, row, which, all_alike=all_alike),
        done=said,
        to=reverse("supplier_queue"),
    )


@requires(Permission.SUPPLIERS_SETTLE)
def undo(request: Request) -> HttpResponseBase:
    def take_back() -> int:
        parties = filter(None, map(record_number, request.POST.getlist("party")))
        return sum(operations.undo_decision(party_id=party, all_alike=True, act=acting(request)) for party in parties)

    return act(
        request,
        do=take_back,
        done=lambda rows: f"Taken back, in {wording.how_many(rows, 'notice', 'notices')}.",
        to=reverse("supplier_queue"),
    )
