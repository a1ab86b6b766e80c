"""Names that files of contracts give for managers and service-area leads: whose each is, so that they are told."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.contracts.operations import people as operations
from plumbline.contracts.queries import register
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission, users_with_role
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import act
from plumbline.web.kit.request import Request, acting, record_number

# Rows of the queue on one page; the next come when these are decided.
_AT_ONCE = 50
# As what a contract names someone, by the role that they hold here.
_NAMED = {"contract_officer": "contract manager", "service_area_lead": "service-area lead"}


@requires(Permission.CONTRACTS_MANAGE)
def people(request: Request) -> HttpResponseBase:
    waiting = register.people_to_map()
    if request.method == "POST":
        return _map(request, {each.wording for each in waiting})
    choices = {role: [(user.pk, user.name) for user in users_with_role(role, on=request.day)] for role in _NAMED}
    return render(
        request,
        "contracts/register/people.html",
        {
            "how_many": len(waiting),
            "waiting": [
                {
                    "at": at,
                    "wording": each.wording,
                    "choices": choices[each.role],
                    "why": f"Named as {_NAMED[each.role]} of {each.first}{_more(each.contracts - 1)}",
                    "count": wording.how_many(each.contracts, "contract", "contracts"),
                }
                for at, each in enumerate(waiting[:_AT_ONCE])
            ],
            "known": register.people_mapped(),
            "breadcrumbs": [("Contracts", reverse("contracts")), ("People named in contracts", "")],
        },
    )


def _more(number: int) -> str:
    return f" and {wording.how_many(number, 'other contract', 'other contracts')}" if number else ""


def _map(request: Request, known: set[str]) -> HttpResponseBase:
    done = changed = 0
    for at in range(_AT_ONCE):
        said, user_id = request.POST.get(f"wording{at}", ""), record_number(request.POST.get(f"user{at}"))
        # The wording comes with the decision: the queue may have moved meanwhile.
        if said not in known or not user_id:
            continue
        try:
            changed += operations.map_person(wording=said, user_id=user_id, act=acting(request))
        except RuleBroken as refusal:
            messages.warning(request, f"“{said}” still waits. {refusal.reason}")
        else:
            done += 1
    if done:
        what = wording.how_many(done, "name is", "names are")
        messages.success(request, f"{what} known, on {wording.how_many(changed, 'contract', 'contracts')}.")
    else:
        messages.warning(request, "Nothing was decided: say who at least one of them is.")
    return redirect("contracts_people")


@requires(Permission.CONTRACTS_MANAGE)
def undo(request: Request) -> HttpResponseBase:
    return act(
        request,
        do=partial(operations.unmap_person, wording=request.POST.get("wording", ""), act=acting(request)),
        done=lambda changed: f"Taken back, on {wording.how_many(changed, 'contract', 'contracts')}.",
        to=reverse("contracts_people"),
    )
