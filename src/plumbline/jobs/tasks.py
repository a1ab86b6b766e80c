"""Scheduled work: thin calls into operations. Periodic work has a queue of its own, so that no import holds it up."""

from procrastinate.contrib.django import app

from plumbline.audit import operations as audit
from plumbline.jobs import ways_in


@app.periodic(cron="* * * * *")
@app.task(queue="periodic", queueing_lock="seal")
def seal_audit(timestamp: int) -> None:
    """Each minute."""
    audit.seal(at=ways_in.now())
