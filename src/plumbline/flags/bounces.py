"""Bounces: what the mail servers say later of an e-mail that ours had accepted (RFC 3464), read from a Maildir.

How they come into the folder is the mail system's matter: a delivery rule, or a program that fetches a mailbox
(docs/adr/0035).
"""

import mailbox
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path

from plumbline.flags import telling
from plumbline.people.act import Act

# As the outbox numbers what it sends: in the Message-ID, and in the envelope where the server keeps it (RFC 3461).
_OURS = re.compile(r"\bplumbline-(\d{1,18})(?:@|\b)")
_ENDS = ("failed",)


@dataclass(frozen=True, slots=True)
class Bounce:
    """The number of the message that could not be delivered, to which address, and what was said of it."""

    number: int
    address: str
    said: str


@dataclass(slots=True)
class Taken:
    """`failed`: messages that turned out not to be delivered. `other`: e-mails that say that of none of ours."""

    failed: int = 0
    other: int = 0


def take_bounces(folder: Path, *, now: Callable[[], datetime], on: date) -> Taken:
    """Read what is new in a Maildir; each e-mail is marked as seen once what it says is kept. One that is no bounce of
    ours stays there unseen, for the person who looks after the mailbox."""
    done = Taken()
    box = mailbox.Maildir(folder, create=False)
    for key in sorted(box.keys()):
        kept = box.get_message(key)
        if kept.get_subdir() != "new":
            continue
        bounces = read(box.get_bytes(key))
        failed = sum(
            telling.bounced(number=each.number, address=each.address, said=each.said, act=Act(None, now(), on))
            for each in bounces
        )
        done.failed += failed
        done.other += not failed
        kept.set_subdir("cur")
        if failed:
            kept.add_flag("S")
        box[key] = kept
    return done


def read(content: bytes) -> list[Bounce]:
    """What an e-mail says was not delivered of ours; nothing where it is no notification, or only of a delay."""
    email = message_from_bytes(content, policy=default)
    if email.get_content_type() != "multipart/report" or email.get_param("report-type") != "delivery-status":
        return []
    found = []
    about, *recipients = _status(email) or [EmailMessage()]
    number = _number(about, email)
    for each in recipients:
        if number and _word(each, "Action").lower() in _ENDS:
            # As we wrote it, where it was sent on to another.
            address = _typed(each, "Original-Recipient") or _typed(each, "Final-Recipient")
            said = _typed(each, "Diagnostic-Code") or _word(each, "Status")
            found.append(Bounce(number, address, said))
    return found


def _status(email: EmailMessage) -> list[Message]:
    """The groups of the part for machines: the message's, then one for each recipient."""
    for part in email.walk():
        if part.get_content_type() == "message/delivery-status":
            return [each for each in part.get_payload() if isinstance(each, Message)]
    return []


def _number(about: Message, email: EmailMessage) -> int:
    """Our number: of the envelope, else of the e-mail that is sent back with it, whole or its headers alone, else of
    what the notification says it answers."""
    for said in (
        _word(about, "Original-Envelope-Id"),
        *_returned(email),
        _word(email, "In-Reply-To"),
        _word(email, "References"),
    ):
        hit = _OURS.search(said)
        if hit:
            return int(hit[1])
    return 0


def _returned(email: EmailMessage) -> Iterator[str]:
    for part in email.iter_parts():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            yield from (_word(each, "Message-ID") for each in part.get_payload() if isinstance(each, Message))
        elif kind == "text/rfc822-headers":
            yield _word(message_from_bytes(part.get_content().encode(), policy=default), "Message-ID")


def _word(headers: Message, name: str) -> str:
    return " ".join(str(headers.get(name, "")).split())


def _typed(headers: Message, name: str) -> str:
    """Of "rfc822; rosa@example.org" or "smtp; 550 5.1.1 No such user" what comes after the kind."""
    return _word(headers, name).partition(";")[2].strip()
