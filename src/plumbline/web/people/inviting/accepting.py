"""The page that the link of an invitation opens: its person chooses a password, and is signed in.

Looking at it uses nothing up, since mail scanners open links; a link that is used, over, withdrawn or invented is
answered alike. Nobody is signed in before the password is chosen.
"""

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from plumbline.kernel.errors import RuleBroken
from plumbline.people import inviting
from plumbline.people.models import Invitation
from plumbline.web.kit.access import public
from plumbline.web.kit.once import own_transactions
from plumbline.web.kit.request import DatedRequest
from plumbline.web.people.account import guarding
from plumbline.web.people.inviting.forms import ChoosePassword


@public
@own_transactions
def invited(request: DatedRequest, pk: int, token: str) -> HttpResponseBase:
    limited = guarding.opening_link(request, of=f"invitation {pk}", was_made=lambda: _was_made(request, pk, token))
    return guarding.passed_on_by_nobody(limited or _answer(request, pk, token))


def _answer(request: DatedRequest, pk: int, token: str) -> HttpResponseBase:
    found = inviting.invited(invitation_id=pk, token=token, at=request.at)
    if request.method == "POST" and "new_link" in request.POST:
        inviting.ask_again(invitation_id=pk, token=token, at=request.at)
        return render(request, "people/inviting/link.html", {"asked": True})
    if found is None:
        return render(request, "people/inviting/link.html", status=404)
    form = ChoosePassword(request.POST or None, user=found.user)
    if form.is_valid():
        try:
            found = inviting.accept(
                invitation_id=pk, token=token, password=form.cleaned_data["password"], at=request.at
            )
        except RuleBroken:
            return render(request, "people/inviting/link.html", status=404)
        return _signed_in(request, found)
    return render(request, "people/inviting/choose.html", {"invitation": found, "form": form})


def _was_made(request: DatedRequest, pk: int, token: str) -> bool:
    """A link that is over was no guess."""
    if inviting.invited(invitation_id=pk, token=token, at=request.at) is not None:
        return True
    found = Invitation.objects.select_related("user").filter(pk=pk).first()
    return found is not None and inviting.was_sent(found.user, token)


def _signed_in(request: DatedRequest, found: Invitation) -> HttpResponseBase:
    login(request, found.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, found.user, method="password", username=found.user.username)
    lands_on = found.lands_on
    safe = lands_on.startswith("/") and url_has_allowed_host_and_scheme(lands_on, allowed_hosts=None)
    answer = redirect(lands_on if safe else "/")
    guarding.remember(request, answer, found.user.username)
    return answer
