"""What messages give people to do: invitations to send again, and a mail server to set."""

from collections.abc import Collection, Iterable
from datetime import date
from urllib.parse import urlencode

from django.conf import settings

from plumbline.flags import inviting as words
from plumbline.flags.models import Message
from plumbline.kernel.duties import Duty, Gravity, Source, permitted, person
from plumbline.kernel.wording import how_many
from plumbline.people import inviting
from plumbline.people.access import Permission
from plumbline.people.models import Invitation


def of_invitations(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Invitations from which nothing comes unless they are sent again, for who invited: at once where the e-mail did
    not arrive, else from when the link ends."""
    waiting = words.with_mail(Invitation.objects.filter(state=Invitation.State.WAITING))
    for each in waiting:
        if each.invited_by_id is None:
            continue
        ends = inviting.ends_at(each)
        at_once = words.needs_sending(each, at=each.sent_at)
        yield Duty(
            kind="invitation.again",
            subject=("invitation", each.pk),
            whose=person(each.invited_by_id),
            key=each.pk,
            what=f"Send an invitation again, or withdraw it: {each.user.called}",
            called=each.organisation.name,
            why=f"Nobody is told of what is asked: {words.stands(each, at=each.sent_at if at_once else ends)}.",
            deed="Look at it",
            place=f"invite {each.organisation_id} ?{urlencode({'back': each.lands_on})}",
            shows_from=None if at_once else ends,
        )


def of_mail(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """E-mails that wait for a mail server: nobody is told by them."""
    if settings.SMTP_URL:
        return
    waiting = Message.objects.filter(state=Message.State.WAITING).count()
    if waiting:
        yield Duty(
            kind="mail.server",
            subject=("mail", 0),
            whose=permitted(Permission.USERS_MANAGE),
            gravity=Gravity.AGREED,
            what="Have a mail server set",
            called=how_many(waiting, "e-mail waits", "e-mails wait"),
            why="None is set (PLUMBLINE_SMTP_URL), so people are told only when they sign in. The person who looks "
            "after the server sets it.",
            deed="See the e-mails",
            place=f"emails ?{urlencode({'state': 'waiting'})}",
        )


SOURCES = (
    Source("invitations", of_invitations, {"people_invitation": "", "flags_message": ""},
           settled=frozenset({"people_user", "people_organisation"})),
    Source("mail", of_mail, {"flags_message": ""}),
)  # fmt: skip
