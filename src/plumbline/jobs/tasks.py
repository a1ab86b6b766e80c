"""Scheduled work: thin calls into operations. Periodic work has a queue of its own, so that no import holds it up."""

from django.conf import settings
from procrastinate.contrib.django import app

from plumbline.contracts.operations import incident_notices
from plumbline.exchange import uploads, withdrawing
from plumbline.flags import operations as flags
from plumbline.flags import telling
from plumbline.jobs import audit_chain, duties, ways_in
from plumbline.jobs import night as night_job


@app.periodic(cron="* * * * *")
@app.task(queue="periodic", queueing_lock="seal")
@ways_in.in_todays_words
def seal_audit(timestamp: int) -> None:
    """Each minute."""
    audit_chain.seal_and_keep()


@app.periodic(cron="* * * * *")
@app.task(queue="periodic", queueing_lock="duties")
@ways_in.in_todays_words
def keep_duties(timestamp: int) -> None:
    """Each minute, so that the person who opens My work need not wait for it; the first of a day works out the day."""
    duties.catch_up(on=ways_in.today())


@app.periodic(cron="30 3 * * *")
@app.task(queue="periodic", queueing_lock="night")
@ways_in.in_todays_words
def night(timestamp: int) -> None:
    """At half past three."""
    night_job.night(at=ways_in.now(), on=ways_in.today())


@app.periodic(cron="*/10 * * * *")
@app.task(queue="periodic", queueing_lock="incidents")
@ways_in.in_todays_words
def watch_incidents(timestamp: int) -> None:
    """Every ten minutes: clocks of an hour cannot wait for the night."""
    incident_notices.escalate_overdue(act=ways_in.act())


@app.periodic(cron="* * * * *")
@app.task(queue="periodic", queueing_lock="messages")
@ways_in.in_todays_words
def send_messages(timestamp: int) -> None:
    """Each minute; first what came back, so that others are told in place of whom it did not reach."""
    night_job.take_bounces()
    flags.tell_of_events(act=ways_in.act())
    telling.tell_open(act=ways_in.act())
    night_job.send_messages()


# One import at a time: the others wait for their turn. The pages ask for these by their names.
@app.task(name="look_at_upload", queue="imports", lock="imports")
@ways_in.in_todays_words
def look_at_upload(upload_id: int) -> None:
    """What an upload would change."""
    uploads.look(
        upload_id=upload_id, home=settings.HOME, prefix=settings.OCID_PREFIX, now=ways_in.now, on=ways_in.today()
    )


@app.task(name="take_upload", queue="imports", lock="imports")
@ways_in.in_todays_words
def take_upload(upload_id: int) -> None:
    """Take an upload's records."""
    uploads.take(
        upload_id=upload_id, home=settings.HOME, prefix=settings.OCID_PREFIX, now=ways_in.now, on=ways_in.today()
    )


@app.task(name="try_withdrawal", queue="imports", lock="imports")
@ways_in.in_todays_words
def try_withdrawal(withdrawal_id: int) -> None:
    """What withdrawing an import would change."""
    withdrawing.try_out(withdrawal_id=withdrawal_id, now=ways_in.now, on=ways_in.today())


@app.task(name="withdraw_import", queue="imports", lock="imports")
@ways_in.in_todays_words
def withdraw_import(withdrawal_id: int) -> None:
    """Withdraw it, once what would change was seen."""
    withdrawing.carry_out(withdrawal_id=withdrawal_id, now=ways_in.now, on=ways_in.today())


@app.task(name="mend_row", queue="imports", lock="imports")
@ways_in.in_todays_words
def mend_row(refused_id: int) -> None:
    """Try a mended row again."""
    uploads.mend(refused_id=refused_id, now=ways_in.now, on=ways_in.today())
