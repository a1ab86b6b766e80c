"""What each night does, and sending messages: `plumbline night`, `plumbline send-messages`."""

from datetime import date, datetime

import click
from django.conf import settings

from plumbline.actions import operations as actions
from plumbline.contracts.flagging_of_care import concerned_with_returns
from plumbline.contracts.operations import assurance, decisions, go_live, home_reports, incident_forms, incident_notices
from plumbline.contracts.operations import rating as contracts
from plumbline.contracts.queries.register import settings_with_contracts
from plumbline.evidence import operations as evidence
from plumbline.flags import operations as flags
from plumbline.flags import telling
from plumbline.flags.bounces import Taken
from plumbline.flags.bounces import take_bounces as read_bounces
from plumbline.flags.outbox import Sent, Server, send_waiting
from plumbline.jobs import duties, ways_in
from plumbline.people.act import Act
from plumbline.placements import at_setting
from plumbline.placements import operations as placements
from plumbline.placements.queries import settings_with_children
from plumbline.toolkits.operations import reminders


def night(*, at: datetime, on: date) -> dict[str, int]:
    """The day's turn: statuses, ratings and flags as of today, the month's check opened, what is overdue escalated,
    digests, the management team's list of contracts, reminders of returns."""
    act = Act(None, at, on)
    placements.open_month(act=act, setting_ids=settings_with_contracts(on))
    raised = placements.turn_of_the_day(act=act)
    about_settings = at_setting.tell_of_children(act=act)
    assurance.take_up_all(act=act)
    about_contracts = contracts.turn_of_the_day(act=act)
    about_starts = go_live.raise_go_live_flags(act=act)
    about_care = home_reports.raise_care_flags(with_children=settings_with_children(on=on), act=act)
    about_documents = evidence.raise_flags(act=act)
    about_actions = actions.raise_flags(act=act)
    about_returns = reminders.raise_flags(concerned=concerned_with_returns(on=on), act=act)
    about_forms = incident_forms.raise_form_flags(act=act)
    escalated = incident_notices.escalate_overdue(act=act)
    escalated += flags.escalate_overdue(act=act)
    telling.tell_open(act=act)
    waiting = duties.Waiting(at=at, on=on)
    digests = flags.write_digests(work_of=waiting.work_of, act=act)
    digests += decisions.write_digests(act=act)
    reminded = reminders.write_reminders(to_answer=waiting.to_answer, act=act)
    telling.join_messages(act=act)
    duties.catch_up(on=on)
    changed = (
        raised, about_settings, about_contracts, about_starts, about_care, about_documents, about_actions,
        about_returns, about_forms,
    )  # fmt: skip
    return {
        "raised": sum(sum(each.raised.values()) for each in changed),
        "closed": sum(sum(each.closed.values()) for each in changed),
        "escalated": escalated,
        "digests": digests,
        "reminders": reminded,
    }


def say_night(*, at: datetime, on: date) -> None:
    done = night(at=at, on=on)
    click.echo(", ".join(f"{name}: {count:,}" for name, count in done.items()))


def send_messages() -> Sent | None:
    """None where no server is set: messages wait."""
    if not settings.SMTP_URL:
        return None
    return send_waiting(
        server=Server.of(settings.SMTP_URL, sender=settings.EMAIL_FROM), now=ways_in.now, on=ways_in.today()
    )


def take_bounces() -> Taken | None:
    """None where no folder of bounces is set."""
    if settings.BOUNCES is None:
        return None
    return read_bounces(settings.BOUNCES, now=ways_in.now, on=ways_in.today())


def say_messages() -> None:
    back = take_bounces()
    if back is not None:
        click.echo(f"Came back: {back.failed:,}, other e-mails in the folder of bounces: {back.other:,}")
    done = send_messages()
    if done is None:
        click.echo("No mail server is set (PLUMBLINE_SMTP_URL): messages wait in the outbox.", err=True)
        return
    click.echo(
        f"Sent: {done.sent:,}, to be tried again: {done.later:,}, given up: {done.given_up:,}, "
        f"not sent any more: {done.not_sent:,}"
    )
