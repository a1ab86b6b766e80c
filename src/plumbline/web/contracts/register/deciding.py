"""The management team's list, and what is decided on each reason."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.contracts.models import Contract, TeamDecision
from plumbline.contracts.operations import decisions as operations
from plumbline.contracts.queries import management
from plumbline.contracts.queries.rating import rating_on
from plumbline.kernel import wording
from plumbline.people.access import Permission, may, users_with_role
from plumbline.people.models import User
from plumbline.web.contracts.register import frame, words
from plumbline.web.contracts.register.forms import Decide
from plumbline.web.kit import ratings
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, ask
from plumbline.web.kit.request import Request, acting

_SHOWN = ("all", "new", "undecided", "overdue")


@requires(Permission.CONTRACTS_VIEW)
def team(request: Request) -> HttpResponseBase:
    """Every contract that is red or amber, worst first, each reason with what was decided on it."""
    on = request.day
    decides = may(request.user, Permission.CONTRACTS_DECIDE, on=on)
    listed = management.team_list(on)
    new = management.new_lines(listed, on=on)
    shown = request.GET.get("show", "all")
    if shown not in _SHOWN:
        raise Http404
    rows: list[dict[str, Any]] = []
    for each in listed:
        lines = [words.line(each.contract, line, on, decides) for line in each.lines if _is_shown(line, shown, on)]
        if lines:
            rows.append(
                {
                    "contract": each.contract,
                    "url": words.address(each.contract),
                    "colour": each.colour,
                    "word": ratings.COLOURS[each.colour],
                    "since": each.since,
                    "lines": lines,
                    "provider": frame.provider_words(each.contract),
                    "manager": words.manager(each.contract),
                }
            )
    if shown == "new":
        rows.sort(key=lambda row: max(line["since"] for line in row["lines"]), reverse=True)
    address = reverse("contracts_team")
    counts = [
        {"number": sum(each.colour == "red" for each in listed), "label": "red", "kind": "red", "url": address},
        {"number": sum(each.colour == "amber" for each in listed), "label": "amber", "kind": "amber", "url": address},
        {"number": len(new), "label": "reasons new in the last 7 days", "kind": "amber",
         "url": f"{address}?show=new"},
        {"number": sum(each.undecided for each in listed), "label": "reasons not decided on", "kind": "blue",
         "url": f"{address}?show=undecided"},
        {"number": sum(line.overdue for each in listed for line in each.lines), "label": "decisions overdue",
         "kind": "red", "url": f"{address}?show=overdue"},
    ]  # fmt: skip
    tabs = [
        (label, f"{address}?show={key}" if key != "all" else address, key == shown)
        for key, label in zip(
            _SHOWN, ("Everything", "New in the last 7 days", "Not decided on", "Decisions overdue"), strict=True
        )
    ]
    return render(
        request,
        "contracts/register/team.html",
        {
            "rows": rows,
            "counts": counts,
            "tabs": tabs,
            "breadcrumbs": [("Contracts", reverse("contracts")), ("Management team’s list", "")],
        },
    )


def _is_shown(line: management.Line, shown: str, on: date) -> bool:
    if shown == "all":
        return True
    if shown == "new":
        return management.is_new(line, on=on)
    return line.decision is None if shown == "undecided" else line.overdue


@requires(Permission.CONTRACTS_DECIDE)
def decide(request: Request, pk: int) -> HttpResponseBase:
    found = frame.the_contract(request, pk)
    code, about = request.GET.get("code", ""), request.GET.get("about", "")
    rated = rating_on(request.day, found.pk)
    reason = next((each for each in rated.reasons if (each.code, each.about) == (code, about)), None) if rated else None
    if reason is None:
        raise Http404
    form = Decide(request.POST or None, people=_owners(request, found))

    def said(made: TeamDecision) -> str:
        also = f" It is an action of {made.action.owner}." if made.action else ""
        return f"Decided, to be done by {wording.day(made.by_when)}.{also}"

    return ask(
        request,
        form,
        Question(
            heading="What is decided?",
            button="Record the decision",
            caption=found.called,
            points=[reason.since_when],
            back=reverse("contracts_team"),
            back_words="Management team’s list",
        ),
        do=lambda owner, **given: operations.decide(
            contract_id=found.pk,
            code=code,
            about=about,
            action_owner=form.people.get(owner),
            **given,
            act=acting(request),
        ),
        done=said,
        to=reverse("contracts_team"),
    )


def _owners(request: Request, found: Contract) -> list[User]:
    """The contract's own manager and lead first, then those who manage contracts and lead services."""
    own = [user for user in (found.manager, found.area_lead) if user is not None]
    others = [
        user
        for role in ("contract_officer", "service_area_lead", "commissioner")
        for user in users_with_role(role, on=request.day)
    ]
    return list({user.pk: user for user in (*own, *others)}.values())
