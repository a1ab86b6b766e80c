"""What is said of who is told or asked: only where one of them can be reached (docs/adr/0035); where nobody of an
organisation can, a person is invited there and then (docs/adr/0039).

messages.success(request, if_reached(acting_for(provider.pk, on=on), f"{provider.name} is asked for it.",
                                     otherwise=f"Nobody can be asked for it at {provider.name} here: …"))
context["wrong"] = ways(request, provider, nobody_of(provider), back=request.path)
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from plumbline.flags.inviting import invitations_visible_to
from plumbline.people.access import may_invite
from plumbline.people.models import Invitation, Organisation, User
from plumbline.people.queries import acting_for
from plumbline.web.kit.request import Request
from plumbline.web.people.inviting import words

# Said after what cannot be told, where the page that follows offers the invitation.
INVITE = "Invite a person there by e-mail, or hand it over yourself."


def can_be_reached(users: Iterable[User]) -> bool:
    """Whether one of them can sign in and has an address."""
    return any(user.is_active and user.email for user in users)


def if_reached(users: Iterable[User], said: str, *, otherwise: str) -> str:
    """A sentence that says that these are told, asked or see something; what is to be done instead, where none can."""
    return said if can_be_reached(users) else otherwise


def ways(request: Request, organisation: Organisation | None, sentence: str, *, back: str) -> list[Any]:
    """Reasons for a warning, where nobody who signs in for an organisation can be told of what is asked: `sentence`,
    who is invited, and the page on which those who may ask invite a person. `back`: the page of what is asked, which
    both sides open. None where one of them can be told."""
    if organisation is None or can_be_reached(acting_for(organisation.pk, on=request.day)):
        return []
    if not may_invite(request.user, on=request.day):
        return [sentence]
    page = words.address(organisation.pk, back=back)
    invited = invitations_visible_to(request.user, on=request.day).filter(
        organisation=organisation, state=Invitation.State.WAITING
    )
    found = [
        {"sentence": words.said(each, at=request.at), "link": "Send it again or withdraw it", "url": page}
        for each in invited
    ]
    if found:
        return [sentence, *found]
    if settings.SMTP_URL:
        return [{"sentence": sentence, "link": "Invite a person by e-mail", "url": page}]
    return [f"{sentence} No mail server is set, so nobody can be invited by e-mail."]
