"""Inviting a person at an organisation that is asked for something, and what became of those invited."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from plumbline.flags import inviting as operations
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import MAY_INVITE, Permission, may_invite
from plumbline.people.models import Invitation, Organisation
from plumbline.people.queries import acting_for, organisations
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import act, ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.kit.sealed_names import known_by_bids_alone
from plumbline.web.people.inviting import words
from plumbline.web.people.inviting.forms import Invite

_INVITING = sorted(MAY_INVITE)


@requires(*_INVITING)
def invite(request: Request, organisation_id: int) -> HttpResponseBase:
    """Who signs in for the organisation, who is invited, and inviting one more. `back`: the page of what is asked."""
    organisation = _organisation(request, organisation_id)
    back = _back(request)

    def page(form: Invite | None) -> HttpResponseBase:
        found = operations.invitations_visible_to(request.user, on=request.day).filter(organisation=organisation)
        context = {
            "organisation": organisation,
            "back": back,
            "form": form,
            "signs_in": acting_for(organisation.pk, on=request.day),
            "invitations": [
                {
                    "row": each,
                    "said": words.said(each, at=request.at),
                    "waits": each.state == Invitation.State.WAITING,
                    "action": words.address(organisation.pk, back=back),
                }
                for each in found
            ],
        }
        return render(request, "people/inviting/invite.html", context)

    if not settings.SMTP_URL:
        return page(None)
    return ask(
        request,
        Invite(request.POST or None),
        page,
        do=partial(
            operations.invite,
            organisation=organisation,
            lands_on=back,
            council=settings.COUNCIL,
            address=_address(request),
            act=acting(request),
        ),
        done=lambda made: (
            f"{made.user.called} is invited. The e-mail to {made.user.email} waits to be sent; what comes of it is "
            "said here."
        ),
        to=back or words.address(organisation.pk, back=back),
    )


@requires(*_INVITING)
def send_again(request: Request, pk: int) -> HttpResponseBase:
    found = _invitation(request, pk)

    def send() -> None:
        if not settings.SMTP_URL:
            raise RuleBroken("No mail server is set here, so nobody can be sent an e-mail.", code="no_mail_server")
        operations.send_again(
            invitation_id=found.pk, council=settings.COUNCIL, address=_address(request), act=acting(request)
        )

    said = f"A new link to {found.user.called} waits to be sent. What comes of it is said here."
    return act(request, do=send, done=said, to=_page(request, found))


@requires(*_INVITING, Permission.USERS_MANAGE)
def withdraw(request: Request, pk: int) -> HttpResponseBase:
    found = _invitation(request, pk)
    return act(
        request,
        do=partial(operations.withdraw, invitation_id=found.pk, act=acting(request)),
        done=f"The invitation of {found.user.called} is withdrawn: its link cannot be used any more.",
        to=_page(request, found),
    )


def _organisation(request: Request, organisation_id: int) -> Organisation:
    known = organisations().filter(merged_into=None, pk=organisation_id)
    found = known.exclude(pk__in=known_by_bids_alone(request.user, on=request.day)).first()
    if found is None:
        raise Http404
    return found


def _invitation(request: Request, pk: int) -> Any:
    found = operations.invitations_visible_to(request.user, on=request.day).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _back(request: Request) -> str:
    back = request.GET.get("back", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if safe and len(back) <= 300 else ""


def _page(request: Request, found: Invitation) -> str:
    if not may_invite(request.user, on=request.day):
        return reverse("user", args=[found.user_id])
    return words.address(found.organisation_id, back=_back(request))


def _address(request: Request) -> operations.Address:
    return lambda invitation, token: request.build_absolute_uri(reverse("invited", args=[invitation.pk, token]))
