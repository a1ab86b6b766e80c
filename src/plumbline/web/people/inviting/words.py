"""How an invitation and what came of it are said, and the pages where it is."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode

from plumbline.audit.moments import shown
from plumbline.flags.inviting import needs_sending as needs_sending
from plumbline.flags.inviting import stands as stands
from plumbline.kernel import wording

if TYPE_CHECKING:
    from plumbline.flags.inviting import WithMail


def address(organisation_id: int, *, back: str) -> str:
    return f"{reverse('invite', args=[organisation_id])}?{urlencode({'back': back})}"


def said(invitation: "WithMail", *, at: datetime) -> str:
    """ "Invited Jane Smith (jane@example.org) on 1 July 2016: the e-mail waits to be sent."."""
    person = f"{invitation.user.called} ({invitation.user.email})"
    return f"Invited {person} on {_day(invitation.invited_at)}: {stands(invitation, at=at)}."


def _day(moment: datetime) -> str:
    return wording.day(shown(moment))
