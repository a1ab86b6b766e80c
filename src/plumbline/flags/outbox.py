"""Sending what waits in the outbox, over SMTP. Each message is claimed by one sender, and tried again if it must be."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from django.db import transaction

from plumbline.flags import queries, telling
from plumbline.flags.models import FlagState, Message
from plumbline.kernel.errors import RuleBroken
from plumbline.people.models import Invitation

# After the first, second, … failed attempt; after the last the message is given up, and shown as such.
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12))
_TIMEOUT = 20
# Where the body of a message has its secret.
LINK = "{link}"
# Longer than all attempts take, and than a long weekend without a mail server. What is still open by then is in the
# next daily message; a server set after a year releases nothing of that year.
TOO_OLD = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Server:
    """`PLUMBLINE_SMTP_URL` and `PLUMBLINE_EMAIL_FROM`. `smtp` upgrades to TLS where the server offers it."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: bool = False

    @classmethod
    def of(cls, url: str, *, sender: str) -> "Server":
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise RuleBroken(
                "PLUMBLINE_SMTP_URL must look like smtp://user:password@host:port or smtps://…", code="wrong_setting"
            )
        tls = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if tls else 587),
            sender=sender,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=tls,
        )


@dataclass(slots=True)
class Sent:
    """`later`: failed now, to be tried again. `given_up`: no more. `not_sent`: no longer to be sent, each says why."""

    sent: int = 0
    later: int = 0
    given_up: int = 0
    not_sent: int = 0


def send_waiting(*, server: Server, now: Callable[[], datetime], on: date, most: int = 500) -> Sent:
    """Send what is due, one transaction a message, so that a crash loses none and two senders share the work.

    Each is looked at before: whether the person can sign in still, has an address, and the matter is open and theirs.

    A crash between the server's answer and ours can send one twice: it has the same Message-ID.
    """
    done = Sent()
    connection: smtplib.SMTP | None = None
    started = now()
    try:
        for _ in range(most):
            with transaction.atomic():
                message = (
                    Message.objects.select_for_update(of=("self",), skip_locked=True)
                    .filter(state=Message.State.WAITING, next_attempt_at__lte=started)
                    .order_by("next_attempt_at", "pk")
                    .first()
                )
                if message is None:
                    return done
                because = why_not(message, at=now(), on=on)
                if because:
                    message.state, message.error, message.secret = Message.State.NOT_SENT, because, ""
                    message.save(update_fields=["state", "error", "secret"])
                    done.not_sent += 1
                    continue
                message.to_address = message.to_user.email if message.to_user else message.to_address
                try:
                    connection = connection or _connect(server)
                    connection.send_message(
                        _email(message, server), server.sender, [message.to_address], *_envelope(message, connection)
                    )
                except (smtplib.SMTPException, OSError) as failure:
                    _failed(message, failure, done, at=now())
                    # What is left of the connection is not trusted with the next message.
                    _leave(connection)
                    connection = None
                else:
                    message.state, message.sent_at, message.error = Message.State.SENT, now(), ""
                    message.attempts += 1
                    message.secret = ""
                    message.save(update_fields=["state", "sent_at", "attempts", "error", "to_address", "secret"])
                    telling.accepted(message, at=message.sent_at, on=on)
                    done.sent += 1
        return done
    finally:
        _leave(connection)


def why_not(message: Message, *, at: datetime, on: date) -> str:
    """Why a message is not to be sent any more; "" where it is."""
    user = message.to_user
    if message.invitation:
        if message.invitation.state != Invitation.State.WAITING:
            return "The invitation is accepted or withdrawn."
        if not message.secret:
            return "Its link is gone: send the invitation again."
    elif user and not user.is_active:
        return "The account is switched off."
    if user and not user.email:
        return "The account has no e-mail address."
    if at - message.written_at > TOO_OLD:
        return f"It waited too long.{' What is still open is in the next daily message.' if user else ''}"
    if message.flag and message.flag.state != FlagState.OPEN:
        return "The flag is closed."
    rows = list(message.tells.select_related("flag"))
    if rows and all(row.flag.state != FlagState.OPEN for row in rows):
        return "What it tells of is closed."
    if user and rows and not any(row.to_at is None and queries.is_for(row, user, on=on) for row in rows):
        return "What it tells of is no longer put to them."
    return ""


def _connect(server: Server) -> smtplib.SMTP:
    if server.tls:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT)
    try:
        connection.ehlo()
        if not server.tls and connection.has_extn("starttls"):
            connection.starttls()
            connection.ehlo()
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _leave(connection: smtplib.SMTP | None) -> None:
    if connection is None:
        return
    try:
        connection.quit()
    except (smtplib.SMTPException, OSError):
        # The server has gone already: there is nobody to say goodbye to.
        connection.close()


def _envelope(message: Message, connection: smtplib.SMTP) -> tuple[list[str], list[str]]:
    """Our number and the address as we have it, which a bounce then brings back (RFC 3461), where the server keeps
    them."""
    if not connection.has_extn("dsn"):
        return [], []
    return [f"ENVID=plumbline-{message.pk}"], [f"ORCPT=rfc822;{message.to_address}"]


def _email(message: Message, server: Server) -> EmailMessage:
    email = EmailMessage()
    email["From"], email["To"], email["Subject"] = server.sender, message.to_address, message.subject
    email["Message-ID"] = f"<plumbline-{message.pk}@{server.sender.rpartition('@')[2]}>"
    email["Date"] = message.written_at
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(message.body.replace(LINK, message.secret))
    return email


def _failed(message: Message, failure: Exception, done: Sent, *, at: datetime) -> None:
    message.attempts += 1
    message.error = _said(failure)[:1000]
    refused = _for_good(failure)
    if message.attempts > len(BACK_OFF) or refused:
        message.state, message.secret = Message.State.FAILED, ""
        message.refused_at = at if refused else None
        done.given_up += 1
    else:
        message.next_attempt_at = at + BACK_OFF[message.attempts - 1]
        done.later += 1
    message.save(update_fields=["attempts", "error", "state", "next_attempt_at", "to_address", "refused_at", "secret"])


def _said(failure: Exception) -> str:
    """What the server answered, as it said it."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {words.decode(errors='replace')}" for code, words in failure.recipients.values())
    return str(failure)


def _for_good(failure: Exception) -> bool:
    """Whether the server said that this address will never take it."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in failure.recipients.values())
    return False
