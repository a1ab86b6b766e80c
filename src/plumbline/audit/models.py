"""What happened, who did it, and every earlier state of a record.

Events have no foreign keys, so that the trail never holds up the live data and outlives it. Row history is
written by the database itself (audit.history); `Moment` gives each writing transaction the time it was committed.
"""

from django.db import models
from django.db.models import Q


class Recorded(models.Model):
    """A table whose every change is kept. `audit.history.sync` gives it its history table and triggers."""

    class Meta:
        abstract = True


class Moment(models.Model):
    """One transaction that wrote history. `at` is its moment of commit, set by a deferred trigger."""

    tx = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(null=True)
    xact = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["at", "tx"], name="moment_at")]


def called(by: models.Model | None) -> str:
    """What someone is called in the trail; nobody is the machine."""
    return getattr(by, "called", str(by)) if by else "the machine"


class Event(models.Model):
    """Something that was done or looked at. Never changed, never deleted; sealed in a chain each minute."""

    # What names a child's number is for those who read the trail, and for the one who did it.
    rows_seen = "{row}.child_id is null or {row}.by_id = {viewer} or {may[audit.view]}"

    no = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=80)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=200)
    by_role = models.CharField(max_length=80, blank=True)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=60, blank=True)
    child_id = models.BigIntegerField(null=True)
    because = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    seal_no = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["child_id", "no"], name="event_child", condition=Q(child_id__isnull=False)),
            models.Index(fields=["subject_type", "subject_id", "no"], name="event_subject"),
            models.Index(fields=["by_id", "no"], name="event_by"),
            models.Index(fields=["no"], name="event_unsealed", condition=Q(seal_no__isnull=True)),
        ]


class Seal(models.Model):
    """A link of the chain over events: see audit.operations.seal. `way`: how its digest was taken; never changed."""

    no = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    count = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    way = models.SmallIntegerField(default=1, db_default=1)


class Head(models.Model):
    """The newest link, and how many events are sealed by then: one row, so that a tail that is cut off is missed."""

    seal_no = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    events = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(name="one_head", condition=Q(id=1))]
