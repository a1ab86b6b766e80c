"""A rating set by hand, and its end."""

from functools import partial

from django.http import HttpResponseBase

from plumbline.contracts.models import RatingByHand
from plumbline.contracts.operations import rating as operations
from plumbline.contracts.queries.rating import rating_on
from plumbline.contracts.rules.rating import NEVER_HIDDEN
from plumbline.people.access import Permission
from plumbline.web.contracts.register import frame, words
from plumbline.web.contracts.register.forms import ByHand, EndByHand
from plumbline.web.kit import ratings
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask
from plumbline.web.kit.request import Request, acting


@requires(Permission.CONTRACTS_MANAGE, Permission.CONTRACTS_OVERRIDE)
def by_hand(request: Request, pk: int) -> HttpResponseBase:
    found = frame.the_contract(request, pk)
    rated = rating_on(request.day, found.pk)
    about = ["The contract is not in force today, so it has no rating."]
    if rated:
        about = [f"By its reasons the contract is {rated.rules_colour} today."]
        if any(each.code in NEVER_HIDDEN for each in rated.reasons):
            about.append(
                "A better rating never hides a missing assessment: the contract stays amber until it is there."
            )

    def said(_: RatingByHand) -> str:
        now = rating_on(request.day, found.pk)
        return f"The rating by hand is set. The contract is {now.colour if now else ''} today."

    return ask(
        request,
        ByHand(request.POST or None),
        frame.question(
            found, heading="Rate by hand", button="Set the rating", about=about, points=ratings.lasting(rated)
        ),
        do=partial(operations.rate_by_hand, contract_id=found.pk, act=acting(request)),
        done=said,
        to=words.address(found),
    )


@requires(Permission.CONTRACTS_MANAGE, Permission.CONTRACTS_OVERRIDE)
def end_by_hand(request: Request, pk: int) -> HttpResponseBase:
    found = frame.the_contract(request, pk)
    return ask(
        request,
        EndByHand(request.POST or None),
        frame.question(found, heading="End the rating by hand", button="End it"),
        do=partial(operations.end_rating_by_hand, contract_id=found.pk, act=acting(request)),
        done="The rating by hand has ended. The reasons alone rate the contract.",
        to=words.address(found),
    )
