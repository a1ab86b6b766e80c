"""A person is invited to answer for an organisation where it is asked for something and nobody there signs in.

The account is made switched off and without a password, with the one role that answers for that organisation; it is
theirs once they have chosen a password by the link that they are sent. Decision record: docs/adr/0039. The e-mail is
written in a room above (flags.inviting).
"""

import re
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.http import base36_to_int

from plumbline.audit import operations as audit
from plumbline.audit.models import Event
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.names import sort_key
from plumbline.kernel.transitions import check_move
from plumbline.people import access, acting
from plumbline.people.access import PROVIDER_USER, Permission
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.people.leaving import Kind
from plumbline.people.models import Attempt, Invitation, Organisation, RoleHeld, User
from plumbline.people.queries import organisations_of, same_body
from plumbline.people.states import INVITATION_MOVES

# So many times in a day one person invites, sends again, or is refused an address.
MOST_A_DAY = 20
INVITED, SENT_AGAIN, REFUSED = "people.user.invited", "people.invitation.sent_again", "people.invitation.refused"
# The kind of attempt (people.guessing) that opening a link is.
LINK = "link"
# Refusals by which an address could be tried out.
_TELLING = frozenset({"cannot_invite", "signs_in_already", "invited_already"})
_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)


class Links(PasswordResetTokenGenerator):
    """What is in a link: signed for this account as it is, so that choosing a password uses it up."""

    key_salt = "plumbline.people.inviting"

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def _now(self) -> datetime:
        return self.at.astimezone(UTC).replace(tzinfo=None)


def lasts() -> timedelta:
    return timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


def ends_at(invitation: Invitation) -> datetime:
    """When the newest link can be used no more."""
    return invitation.sent_at + lasts()


def may_withdraw(user: User, *, on: date) -> bool:
    return access.may_invite(user, on=on) or access.may(user, Permission.USERS_MANAGE, on=on)


@operation
def invite(*, organisation: Organisation, name: str, email: str, lands_on: str = "", act: PersonalAct) -> Invitation:
    """A person and their invitation, with nothing sent yet.

    Raises RuleBroken: missing_name, bad_address, signs_in_already, invited_already, cannot_invite (the address is
    someone else's here, of whom the officer is told nothing), too_many.
    """
    _check_may_invite(act)
    name, email = " ".join(name.split())[:200], email.strip()
    if not name:
        raise RuleBroken("Give the person’s name.", code="missing_name")
    try:
        validate_email(email)
    except ValidationError:
        raise RuleBroken(
            "That is no e-mail address. Write one such as jane.smith@example.org.", code="bad_address"
        ) from None
    # One at a time: two cannot invite the same person at once, nor one person more than they may.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('invitation', 0))")
    check_number(act)
    user = _account(organisation, name=name, email=email, on=act.on)
    invitation = Invitation.objects.create(
        user=user,
        organisation=organisation,
        lands_on=lands_on[:300],
        invited_by=act.by,
        invited_at=act.at,
        sent_at=act.at,
    )
    acting.act(act.by, on=act.on)
    RoleHeld.objects.create(user=user, role=PROVIDER_USER, organisation=organisation, from_on=act.on)
    act.record(INVITED, subject=user, role=PROVIDER_USER, organisation=organisation.pk, invitation=invitation.pk)
    return invitation


def note_refusal(refusal: RuleBroken, *, organisation: Organisation, act: PersonalAct) -> None:
    """Leave the trace of a refusal by which addresses could be tried out; outside the transaction undone by it."""
    if refusal.code in _TELLING:
        refusal.record(lambda: act.record(REFUSED, subject=organisation, code=refusal.code))


def _check_may_invite(act: PersonalAct) -> None:
    if not access.may_invite(act.by, on=act.on):
        raise NotAllowed(f"{act.by} invites nobody.")


def check_number(act: PersonalAct) -> None:
    """Raise RuleBroken (too_many) for who has invited, sent again or been refused often since yesterday."""
    lately = Event.objects.filter(
        kind__in=[INVITED, SENT_AGAIN, REFUSED], by_id=act.by.pk, at__gt=act.at - timedelta(days=1)
    )
    if lately.count() >= MOST_A_DAY:
        raise RuleBroken(
            f"You have sent {MOST_A_DAY} invitations since yesterday, and no more can be sent now. Go on tomorrow, or "
            "hand over the questions as an Excel file.",
            code="too_many",
        )


def _account(organisation: Organisation, *, name: str, email: str, on: date) -> User:
    """A new account for this address, or the one whose invitation for the same organisation was withdrawn."""
    known = list(User.objects.filter(email__iexact=email).order_by("pk"))
    bodies = same_body({organisation.pk})
    if any(bodies & organisations_of(user, on=on) for user in known):
        raise RuleBroken(
            f"This address signs in for {organisation.name} already. What is asked is on the person’s list.",
            code="signs_in_already",
        )
    theirs = Invitation.objects.filter(user__in=known, organisation__in=bodies).exclude(state=Invitation.State.ACCEPTED)
    if theirs.filter(state=Invitation.State.WAITING).exists():
        raise RuleBroken(
            f"This address has been invited for {organisation.name} already. Send that invitation again.",
            code="invited_already",
        )
    unused = [user for user in known if not user.is_active and not user.has_usable_password()]
    if known and (unused != known or set(theirs.values_list("user", flat=True)) != {user.pk for user in known}):
        raise RuleBroken("This address cannot be invited here. Ask the administrator.", code="cannot_invite")
    if unused:
        user = unused[0]
        user.name, user.password = name, make_password(None)
        user.save(update_fields=["name", "password"])
        return user
    return User.objects.create(
        username=_username(name), name=name, email=email, password=make_password(None), is_active=False
    )


def _username(name: str) -> str:
    """A user name made from the name: "jane.smith", or "jane.smith2" where that is taken."""
    plain = re.sub(r"[^a-z0-9]+", ".", sort_key(name)).strip(".")[:100].strip(".")
    begun = plain if len(plain) > 1 else "person"
    taken = set(User.objects.filter(username__startswith=begun).values_list("username", flat=True))
    number = 1
    while (found := begun if number == 1 else f"{begun}{number}") in taken:
        number += 1
    return found


@operation
def send_again(*, invitation_id: int, act: PersonalAct) -> Invitation:
    """A new link is about to be sent. Raises RuleBroken: wrong_state, too_many."""
    _check_may_invite(act)
    found = _waiting(invitation_id)
    check_number(act)
    found.sent_at, found.asked_again_at = act.at, None
    found.save(update_fields=["sent_at", "asked_again_at"])
    act.record(SENT_AGAIN, subject=found.user, invitation=found.pk)
    return found


@operation
def withdraw(*, invitation_id: int, act: PersonalAct) -> Invitation:
    """The links lead nowhere any more, and the role is taken from the account, which was never used and stays switched
    off. Raises RuleBroken (wrong_state)."""
    if not may_withdraw(act.by, on=act.on):
        raise NotAllowed(f"{act.by} withdraws no invitation.")
    found = _waiting(invitation_id)
    acting.act(act.by, on=act.on)
    RoleHeld.objects.filter(user=found.user, role=PROVIDER_USER, organisation=found.organisation).delete()
    found.user.set_unusable_password()
    found.user.save(update_fields=["password"])
    _end(found, Invitation.State.WITHDRAWN, at=act.at)
    act.record(
        "people.invitation.withdrawn",
        subject=found.user,
        role=PROVIDER_USER,
        organisation=found.organisation_id,
        invitation=found.pk,
    )
    return found


def invited(*, invitation_id: int, token: str, at: datetime) -> Invitation | None:
    """The invitation whose link this is, while it can be used. Looking uses nothing up: mail scanners open links."""
    found = _with_people().filter(pk=invitation_id, state=Invitation.State.WAITING).first()
    return found if found is not None and Links(at).check_token(found.user, token) else None


@operation
def accept(*, invitation_id: int, token: str, password: str, at: datetime) -> Invitation:
    """Its person has chosen a password, which is good enough: the account is theirs, and the link is used up.

    Raises RuleBroken (bad_link) for a link that is used, over, withdrawn or none.
    """
    found = _with_people().select_for_update(of=("self",)).filter(pk=invitation_id).first()
    if (
        found is None
        or found.state != Invitation.State.WAITING
        or not Links(at).check_token(user := User.objects.select_for_update().get(pk=found.user_id), token)
    ):
        raise RuleBroken("This link cannot be used.", code="bad_link")
    user.set_password(password)
    user.is_active = True
    user.save(update_fields=["password", "is_active"])
    found.user = user
    _end(found, Invitation.State.ACCEPTED, at=at)
    audit.record(
        "people.invitation.accepted",
        by=user,
        at=at,
        subject=user,
        organisation=found.organisation_id,
        invitation=found.pk,
    )
    return found


@operation
def ask_again(*, invitation_id: int, token: str, at: datetime) -> bool:
    """Someone with a link that was theirs, and is over, asks for a new one: the officer has it in their work. False for
    any other link, whose visitor is told the same."""
    found = _with_people().select_for_update(of=("self",)).filter(pk=invitation_id).first()
    if found is None or found.state != Invitation.State.WAITING or not was_sent(found.user, token):
        return False
    if found.asked_again_at is None:
        found.asked_again_at = at
        found.save(update_fields=["asked_again_at"])
        audit.record("people.invitation.asked_again", by=None, at=at, subject=found.user, invitation=found.pk)
    return True


def was_no_guess(*, source: str, username: str) -> None:
    """A link that was sent is no attempt at guessing one, and how often it is opened counts nowhere."""
    Attempt.objects.filter(kind=LINK, source=source, username=username).delete()


def was_sent(user: User, token: str) -> bool:
    """Whether this was made for the account as it is, however long ago."""
    try:
        made = _EPOCH + timedelta(seconds=base36_to_int(token.partition("-")[0]))
        return Links(made).check_token(user, token)
    except (ValueError, OverflowError):
        return False


def _with_people() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("user", "organisation", "invited_by")


def _waiting(invitation_id: int) -> Invitation:
    """The invitation, locked. Raises NotAllowed for none, RuleBroken (wrong_state) for one that is over."""
    found = _with_people().select_for_update(of=("self",)).filter(pk=invitation_id).first()
    if found is None:
        raise NotAllowed(f"There is no invitation {invitation_id}.")
    if found.state != Invitation.State.WAITING:
        raise RuleBroken(
            f"The invitation of {found.user.called} is {found.get_state_display().lower()} already.", code="wrong_state"
        )
    return found


def _end(found: Invitation, to: Invitation.State, *, at: datetime) -> None:
    check_move(INVITATION_MOVES, Invitation.State(found.state), to)
    found.state, found.ended_at, found.asked_again_at = to, at, None
    found.save(update_fields=["state", "ended_at", "asked_again_at"])


def _holders(user: User, on: date) -> QuerySet[User]:
    roles = [key for key, role in access.ROLES.items() if role.permissions & access.MAY_INVITE]
    held = RoleHeld.objects.filter(access.held_on(on), role__in=roles)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).exclude(pk=user.pk)


KINDS = (
    Kind("invitations", Invitation, "invited_by", "invitation that waits to be accepted",
         "invitations that wait to be accepted", lambda on: Q(state=Invitation.State.WAITING), _holders,
         lambda invitation: f"Invitation {invitation.pk}"),
)  # fmt: skip
