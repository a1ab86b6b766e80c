"""The e-mail of an invitation, written in one transaction with it, and what came of both."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, TypedDict

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from plumbline.audit.moments import shown
from plumbline.flags.models import Message
from plumbline.flags.outbox import LINK
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.wording import day
from plumbline.people import inviting
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import Invitation, Organisation, User

_M = Message.State
# The address of the page at which a link's token is used.
Address = Callable[[Invitation, str], str]

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Mail(TypedDict):
        mail_state: str
        mail_error: str
        mail_sent_at: datetime | None

    WithMail = WithAnnotations[Invitation, _Mail]


def invite(
    *,
    organisation: Organisation,
    name: str,
    email: str,
    lands_on: str,
    council: str,
    address: Address,
    act: PersonalAct,
) -> Invitation:
    """A person is invited, and the e-mail with the link waits to be sent. Raises RuleBroken as people.inviting does,
    and leaves an event of a refusal by which addresses could be tried out."""
    try:
        with transaction.atomic():
            made = inviting.invite(organisation=organisation, name=name, email=email, lands_on=lands_on, act=act)
            _write(made, council=council, address=address, act=act)
    except RuleBroken as refusal:
        inviting.note_refusal(refusal, organisation=organisation, act=act)
        raise
    return made


@operation
def send_again(*, invitation_id: int, council: str, address: Address, act: PersonalAct) -> Invitation:
    """Another e-mail with a new link; one that still waited is not sent."""
    found = inviting.send_again(invitation_id=invitation_id, act=act)
    Message.objects.filter(invitation=found, state=Message.State.WAITING).update(
        state=Message.State.NOT_SENT, error="The invitation was sent again.", secret=""
    )
    _write(found, council=council, address=address, act=act)
    return found


@operation
def withdraw(*, invitation_id: int, act: PersonalAct) -> Invitation:
    """The invitation is withdrawn, and an e-mail that still waited is not sent."""
    found = inviting.withdraw(invitation_id=invitation_id, act=act)
    Message.objects.filter(invitation=found, state=Message.State.WAITING).update(
        state=Message.State.NOT_SENT, error="The invitation was withdrawn.", secret=""
    )
    return found


def _write(invitation: Invitation, *, council: str, address: Address, act: PersonalAct) -> None:
    token = inviting.Links(act.at).make_token(invitation.user)
    until = shown(invitation.sent_at) + inviting.lasts()
    Message.objects.create(
        to_user=invitation.user,
        to_address=invitation.user.email,
        invitation=invitation,
        subject=f"{council} asks you to answer for {invitation.organisation.name}"[:200],
        body=f"{act.by.called} of {council} has invited you to sign in to Plumbline, where the council asks "
        f"{invitation.organisation.name} what it needs to know about keeping children safe.\n\n"
        f"Choose your password here, by {day(until)}:\n{LINK}\n\n"
        f"Your user name is {invitation.user.username}. The link can be used once, by you alone: do not pass it "
        "on. If you do not expect this e-mail, do nothing, and tell the council.\n",
        secret=address(invitation, token),
        written_at=act.at,
        next_attempt_at=act.at,
    )


def invitations_visible_to(viewer: User, *, on: date) -> "QuerySet[WithMail]":
    """The invitations, with what came of the newest e-mail of each; for who may invite, and who manages users."""
    found = with_mail(Invitation.objects.all())
    return found if inviting.may_withdraw(viewer, on=on) else found.none()


def with_mail(invitations: QuerySet[Invitation]) -> "QuerySet[WithMail]":
    """These, with what came of the newest e-mail of each, the newest first."""
    newest = Message.objects.filter(invitation=OuterRef("pk")).order_by("-pk")
    return (
        invitations.select_related("user", "organisation", "invited_by")
        .annotate(
            mail_state=Subquery(newest.values("state")[:1]),
            mail_error=Subquery(newest.values("error")[:1]),
            mail_sent_at=Subquery(newest.values("sent_at")[:1]),
        )
        .order_by("-invited_at", "-pk")
    )


def stands(invitation: "WithMail", *, at: datetime) -> str:
    """What came of it, as it is said after a colon."""
    # On the demonstration's day as all moments are, and then the week.
    ends_on = day(shown(invitation.sent_at) + inviting.lasts())
    if invitation.state == Invitation.State.ACCEPTED and invitation.ended_at:
        return f"accepted on {_said(invitation.ended_at)}"
    if invitation.state == Invitation.State.WITHDRAWN and invitation.ended_at:
        return f"withdrawn on {_said(invitation.ended_at)}"
    if invitation.asked_again_at:
        return f"asked for a new link on {_said(invitation.asked_again_at)}"
    if invitation.mail_state == _M.FAILED:
        return f"the e-mail could not be delivered ({invitation.mail_error.rstrip('.')})"
    if invitation.mail_state == _M.NOT_SENT:
        return f"the e-mail was not sent ({invitation.mail_error.rstrip('.')})"
    if inviting.ends_at(invitation) <= at:
        return f"the link ended on {ends_on}, and was not used"
    if invitation.mail_state == _M.SENT and invitation.mail_sent_at:
        return (
            f"the e-mail was sent on {_said(invitation.mail_sent_at)}, and its link can be used until {ends_on}; not "
            "accepted yet"
        )
    return "the e-mail waits to be sent"


def needs_sending(invitation: "WithMail", *, at: datetime) -> bool:
    """Whether nothing comes of it unless it is sent again, or withdrawn."""
    return invitation.state == Invitation.State.WAITING and (
        invitation.asked_again_at is not None
        or invitation.mail_state in (_M.FAILED, _M.NOT_SENT)
        or inviting.ends_at(invitation) <= at
    )


def _said(moment: datetime) -> str:
    return day(shown(moment))
