"""A rating set by hand, and its end."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from plumbline.contracts.operations import rating as operations
from plumbline.contracts.queries.rating import rating_on
from plumbline.contracts.rules.rating import NEVER_HIDDEN
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.web.contracts.register import frame, words
from plumbline.web.contracts.register.forms import ByHand, EndByHand
from plumbline.web.kit import ratings
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting

_FIELDS = {
    "unknown_colour": "colour", "nothing_changes": "colour", "needs_override": "colour", "missing_reason": "because",
    "missing_end": "until_on", "end_before_start": "until_on",
}  # fmt: skip


@requires(Permission.CONTRACTS_MANAGE, Permission.CONTRACTS_OVERRIDE)
def by_hand(request: Request, pk: int) -> HttpResponseBase:
    found = frame.the_contract(request, pk)
    rated = rating_on(request.day, found.pk)
    form = ByHand(request.POST or None)
    if form.is_valid():
        try:
            operations.rate_by_hand(contract_id=found.pk, **form.cleaned_data, **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal, field=_FIELDS.get(refusal.code))
        else:
            now = rating_on(request.day, found.pk)
            messages.success(request, f"The rating by hand is set. The contract is {now.colour if now else ''} today.")
            return redirect("contract", pk=found.pk)
    never = [each.sentence for each in rated.reasons if each.code in NEVER_HIDDEN] if rated else []
    return render(request, "contracts/register/do.html", {
        "form": form, "heading": "Rate by hand", "caption": f"{found.reference}, {found.title}",
        "button": "Set the rating",
        "back": words.address(found), "back_words": found.reference, "reasons": ratings.lasting(rated), "never": never,
        "note": f"By its reasons the contract is {rated.rules_colour} today." if rated else
                "The contract is not in force today, so it has no rating.",
    })  # fmt: skip


@requires(Permission.CONTRACTS_MANAGE, Permission.CONTRACTS_OVERRIDE)
def end_by_hand(request: Request, pk: int) -> HttpResponseBase:
    found = frame.the_contract(request, pk)
    form = EndByHand(request.POST or None)
    if form.is_valid():
        try:
            operations.end_rating_by_hand(contract_id=found.pk, **form.cleaned_data, **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The rating by hand has ended. The reasons alone rate the contract.")
            return redirect("contract", pk=found.pk)
    return render(request, "contracts/register/do.html", {
        "form": form, "heading": "End the rating by hand", "caption": f"{found.reference}, {found.title}",
        "button": "End it", "back": words.address(found), "back_words": found.reference,
    })  # fmt: skip
