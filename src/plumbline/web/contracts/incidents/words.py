"""How incidents, who is told of them and by when are called on pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from plumbline.audit.moments import shown
from plumbline.contracts.models import Incident, NewsSent, Notification, StepTaken
from plumbline.contracts.queries.incidents import OVER, Hand, may_tick
from plumbline.contracts.rules import incidents as rules
from plumbline.contracts.rules.contacts import Way
from plumbline.contracts.rules.notifications import library
from plumbline.flags.models import Message
from plumbline.kernel import wording
from plumbline.kernel.moments import here

STATE_KINDS = {"open": "amber", "review": "blue", "closed": "grey", "aside": "grey"}
DUTY = {"provider": "The provider", "council": "The council"}
CHANNELS = (
    ("Telephone", "By telephone"),
    ("E-mail", "By e-mail"),
    ("Online form", "By an online form"),
    ("In person", "In person"),
    ("Letter", "By letter"),
)


def said(value: datetime) -> str:
    """ "20 July 2016 at 15:00", where the council is."""
    return wording.moment(shown(value))


def due(value: datetime) -> str:
    """The same of a moment by which something is to be done: one that is still to come is of its own day in the
    demonstration too."""
    return wording.moment(here(value))


def label(recipient: str) -> str:
    return library().label(recipient)


@dataclass(frozen=True, slots=True)
class Line:
    """One recipient as a row of the clock table: what is there, and what can be done about it."""

    row: Notification
    who: str
    basis: str
    duty: str
    due: str
    kind: str
    word: str
    detail: str
    may_send: bool
    may_receive: bool
    may_leave_out: bool
    way: Way | None
    mail: str


def lines(
    rows: Iterable[Notification], ways: Mapping[str, Way], *, now: datetime, manages: bool, provides: bool, closed: bool
) -> list[Line]:
    """Every recipient, those who are still to be told first and the latest of them first."""
    found = [
        _line(row, ways.get(row.recipient), now=now, manages=manages, provides=provides, closed=closed) for row in rows
    ]
    return sorted(found, key=lambda line: (line.word not in ("Overdue", "To be told"), line.row.due_at))


def _mail(row: Notification) -> str:
    """What came of the e-mail that Plumbline wrote itself, and whether it was read; "" where it wrote none."""
    mail = row.mail
    if mail is None:
        return ""
    if mail.read_at:
        sent = f"{said(mail.sent_at)}. " if mail.sent_at else ""
        return f"E-mailed by Plumbline to {mail.to_address}, {sent}Read: {mail.read_by}, {said(mail.read_at)}."
    if mail.state == Message.State.SENT:
        return f"E-mailed by Plumbline to {mail.to_address}, {said(mail.sent_at or mail.written_at)}. {_unread(mail)}"
    if mail.state == Message.State.WAITING:
        again = f" It was refused {wording.how_many(mail.attempts, 'time', 'times')}." if mail.attempts else ""
        return f"An e-mail to {mail.to_address} waits to be sent.{again}"
    if mail.state == Message.State.NOT_SENT:
        return f"The e-mail to {mail.to_address} was not sent: {mail.error}{_another_way(row)}"
    return f"The e-mail to {mail.to_address} was not delivered: {mail.error}{_another_way(row)}"


def _unread(mail: Message) -> str:
    if mail.read_key:
        return "Not read yet."
    unset = "" if settings.SITE else ": Plumbline’s public address is not set (PLUMBLINE_HOSTS)"
    return f"It has no link by which they can say that they have read it{unset}."


def _another_way(row: Notification) -> str:
    return " Tell them another way." if is_untold(row) else ""


def is_untold(row: Notification) -> bool:
    return row.sent_at is None and not row.not_needed_because and not row.aside


def _line(row: Notification, way: Way | None, *, now: datetime, manages: bool, provides: bool, closed: bool) -> Line:
    kind, word, detail = _state(row, now)
    waits = is_untold(row)
    known = library().recipients.get(row.recipient)
    works = not closed and (manages or (provides and row.duty == Notification.Duty.PROVIDER))
    receives = manages or (known is not None and not known.council)
    return Line(
        row=row,
        who=label(row.recipient),
        basis=row.legal_basis,
        duty=DUTY[row.duty],
        due=f"{due(row.due_at)} ({wording.until(row.due_at, now)})" if waits else due(row.due_at),
        kind=kind,
        word=word,
        detail=detail,
        may_send=waits and works,
        may_leave_out=waits and manages and not closed,
        may_receive=works and receives and row.sent_at is not None and row.received_at is None,
        way=way,
        mail=_mail(row),
    )


def _state(row: Notification, now: datetime) -> tuple[str, str, str]:
    if row.not_needed_because:
        return "grey", "Not needed", row.not_needed_because
    if row.sent_at is None and row.aside:
        return "grey", "Not asked any more", "The incident is set aside."
    if row.sent_at is None:
        return ("red", "Overdue", "") if row.due_at < now else ("amber", "To be told", "")
    by = f", by {row.sent_by}" if row.sent_by else ""
    detail = f"{row.channel}, {said(row.sent_at)}{by}."
    if row.received_at:
        detail += f" Received: {row.received_by}."
    late = row.sent_at > row.due_at
    if late:
        return "amber", "Told late", detail
    return ("green", "Received", detail) if row.received_at else ("green", "Told in time", detail)


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of the agreed form: whether it was taken, by whom and when, and what can be done about it."""

    place: int
    step: str
    duty: str
    kind: str
    word: str
    detail: str
    may_tick: bool
    may_untick: bool
    way: Way | None


def steps(
    incident: Incident, ever: Sequence[StepTaken], ways: Mapping[str, Way], *, hand: Hand, closed: bool
) -> list[StepLine]:
    """The steps of the form that was agreed, in its order; of those not ticked the first is next."""
    taken = {each.place: each for each in ever if each.undone_at is None}
    agreed = list(enumerate(incident.form.steps if incident.form else [], start=1))
    upcoming = next((place for place, _ in agreed if place not in taken), None)
    found = []
    for place, step in agreed:
        done = taken.get(place)
        works = not closed and may_tick(hand, step["duty"])
        state = ("green", "Done") if done else ("amber", "Next") if place == upcoming else ("grey", "To do")
        kind, word = ("grey", "Not done") if closed and not done else state
        found.append(
            StepLine(
                place=place,
                step=step["step"],
                duty=DUTY[step["duty"]],
                kind=kind,
                word=word,
                detail=f"{done.taken_by or 'The machine'}, {said(done.taken_at)}" if done else "",
                may_tick=works and done is None,
                may_untick=works and done is not None,
                way=ways.get(step.get("recipient", "")),
            )
        )
    return found


def what_is_wrong(
    incident: Incident, rows: Sequence[Notification], news: Sequence[NewsSent], now: datetime
) -> list[str]:
    """What is overdue, in sentences; then what nobody has decided, and whether a form was agreed."""
    if incident.state in OVER:
        return []
    found = [
        f"{label(row.recipient)} was to be told by {due(row.due_at)} and has not been. It is"
        f" {DUTY[row.duty].lower()}’s to do."
        for row in rows
        if row.sent_at is None and not row.not_needed_because and row.due_at < now
    ]
    found += [
        f"{label(sent.notification.recipient)} was to be told the later news by {due(sent.due_at)} and has not been."
        for sent in news
        if sent.sent_at is None and sent.due_at < now
    ]
    if incident.type in rules.TO_BE_DECIDED and incident.council_learnt_on is None:
        found.append("Nobody has decided whether the council must notify the national panel.")
    if incident.form_id is None:
        found.append(
            "No incident form was agreed for this contract when it was reported. The steps shown are the law’s."
        )
    return found


def timeline(
    incident: Incident, rows: Sequence[Notification], news: Sequence[Any], ever: Sequence[StepTaken]
) -> list[dict[str, Any]]:
    """Everything that happened, newest first."""
    entries: list[dict[str, Any]] = [
        {"at": incident.occurred_at, "who": "", "what": incident.get_type_display()},
        {"at": incident.reported_at, "who": str(incident.reported_by or "the machine"), "what": "Reported"},
    ]
    for row in rows:
        if row.sent_at:
            entries.append(
                {
                    "at": row.sent_at,
                    "who": str(row.sent_by or "the machine"),
                    "what": f"{label(row.recipient)} told",
                    "detail": row.channel,
                }
            )
        if row.mail is not None and row.mail.read_at:
            entries.append(
                {
                    "at": shown(row.mail.read_at),
                    "who": row.mail.read_by,
                    "what": f"{label(row.recipient)}: the e-mail was read",
                }
            )
        if row.received_at:
            entries.append({"at": row.received_at, "who": row.received_by, "what": f"{label(row.recipient)}: received"})
        if row.escalated_at:
            late = f"{label(row.recipient)} not told in time: the management team was told"
            entries.append({"at": row.escalated_at, "who": "the machine", "what": late})
    for each in news:
        entries.append({"at": each.at, "who": str(each.by or "the machine"), "what": "Later news", "detail": each.text})
        entries += [
            {
                "at": sent.sent_at,
                "who": str(sent.sent_by or "the machine"),
                "what": f"{label(sent.notification.recipient)} told the later news",
                "detail": sent.channel,
            }
            for sent in each.sent.all()
            if sent.sent_at
        ]
    for step in ever:
        detail = incident.form.steps[step.place - 1]["step"] if incident.form else ""
        entries.append(
            {
                "at": step.taken_at,
                "who": str(step.taken_by or "the machine"),
                "what": f"Step {step.place} done",
                "detail": detail,
            }
        )
        if step.undone_at:
            entries.append(
                {
                    "at": step.undone_at,
                    "who": str(step.undone_by or "the machine"),
                    "what": f"Step {step.place}: tick taken back",
                    "detail": detail,
                }
            )
    if incident.closed_at:
        entries.append(
            {
                "at": incident.closed_at,
                "who": str(incident.closed_by or "the machine"),
                "what": "Closed",
                "detail": incident.lessons,
            }
        )
    if incident.aside_at:
        entries.append(
            {
                "at": incident.aside_at,
                "who": str(incident.aside_by or "the machine"),
                "what": "Set aside",
                "detail": incident.aside_because,
            }
        )
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)
