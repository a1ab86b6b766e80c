"""How an invitation and what came of it are said, and the pages where it is."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode

from plumbline.audit.moments import shown
from plumbline.flags.models import Message
from plumbline.people import inviting
from plumbline.people.models import Invitation
from plumbline.web.kit import wording

if TYPE_CHECKING:
    from plumbline.flags.inviting import WithMail

_M = Message.State


def address(organisation_id: int, *, back: str) -> str:
    return f"{reverse('invite', args=[organisation_id])}?{urlencode({'back': back})}"


def said(invitation: "WithMail", *, at: datetime) -> str:
    """ "Invited Jane Smith (jane@example.org) on 1 July 2016: the e-mail waits to be sent."."""
    person = f"{invitation.user.called} ({invitation.user.email})"
    return f"Invited {person} on {_day(invitation.invited_at)}: {stands(invitation, at=at)}."


def stands(invitation: "WithMail", *, at: datetime) -> str:
    """What came of it, as it is said after a colon."""
    # On the demonstration's day as all moments are, and then the week.
    ends_on = wording.day(shown(invitation.sent_at) + inviting.lasts())
    if invitation.state == Invitation.State.ACCEPTED and invitation.ended_at:
        return f"accepted on {_day(invitation.ended_at)}"
    if invitation.state == Invitation.State.WITHDRAWN and invitation.ended_at:
        return f"withdrawn on {_day(invitation.ended_at)}"
    if invitation.asked_again_at:
        return f"asked for a new link on {_day(invitation.asked_again_at)}"
    if invitation.mail_state == _M.FAILED:
        return f"the e-mail could not be delivered ({invitation.mail_error.rstrip('.')})"
    if invitation.mail_state == _M.NOT_SENT:
        return f"the e-mail was not sent ({invitation.mail_error.rstrip('.')})"
    if inviting.ends_at(invitation) <= at:
        return f"the link ended on {ends_on}, and was not used"
    if invitation.mail_state == _M.SENT and invitation.mail_sent_at:
        return (
            f"the e-mail was sent on {_day(invitation.mail_sent_at)}, and its link can be used until {ends_on}; not "
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


def _day(moment: datetime) -> str:
    return wording.day(shown(moment))
