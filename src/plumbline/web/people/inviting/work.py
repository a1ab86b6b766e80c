"""Invitations from which nothing comes unless they are sent again, for "My work" of the officer who invited."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from plumbline.flags.inviting import invitations_visible_to
from plumbline.people.access import may_invite
from plumbline.people.models import Invitation, User
from plumbline.web.kit.work_item import Item
from plumbline.web.people.inviting import words


def items(viewer: User, on: date) -> Iterable[Item]:
    if not may_invite(viewer, on=on):
        return
    at = timezone.now()
    waiting = invitations_visible_to(viewer, on=on).filter(state=Invitation.State.WAITING, invited_by=viewer)
    for each in waiting:
        if words.needs_sending(each, at=at):
            yield Item(
                what=f"Send an invitation again, or withdraw it: {each.user.called}", whom=each.organisation.name,
                why=f"Nobody is told of what is asked: {words.stands(each, at=at)}.", due=None,
                url=words.address(each.organisation_id, back=each.lands_on), button="Look at it",
            )  # fmt: skip
