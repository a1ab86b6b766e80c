"""Duties as they are kept, what changed since they were worked out, and what people put off or have read."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from plumbline.audit.models import Recorded
from plumbline.kernel.duties import BACK
from plumbline.people.models import User

# A duty says what may be known of a child: it is read by those whose it is, and by nobody else.
_THEIRS = "{row}.whose in (select unnest(people_keys_of_the_viewer()))"


class Item(models.Model):
    """One duty of `kernel.duties`, as its source says it. `source` and `key`: who says it, and of which record."""

    # And, at its record, by those to whom it may be known what waits there and for whom.
    rows_seen = f"({_THEIRS} or {_THEIRS.replace('.whose', '.known_to')})"

    source = models.CharField(max_length=40)
    key = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    about = models.CharField(max_length=200)
    whose = models.CharField(max_length=260)
    but = ArrayField(models.BigIntegerField(), default=list)
    known_to = models.CharField(max_length=260, blank=True)
    matter_type = models.CharField(max_length=60)
    matter_id = models.BigIntegerField()
    child_id = models.BigIntegerField(null=True)
    called = models.TextField(blank=True)
    what = models.TextField()
    here = models.TextField(blank=True)
    why = models.TextField(blank=True)
    asked = models.TextField(blank=True)
    many = models.TextField(blank=True)
    deed = models.CharField(max_length=120)
    place = models.TextField()
    gravity = models.SmallIntegerField()
    # The end of the day where it is due on a day.
    due_at = models.DateTimeField(null=True)
    by_day = models.BooleanField(default=False)
    shows_from = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_type", "subject_id", "about", "whose"], name="due_item_once"
            )
        ]
        indexes = [
            models.Index(fields=["source", "key"], name="due_item_source"),
            models.Index(fields=["matter_type", "matter_id"], name="due_item_matter"),
            models.Index(fields=["subject_type", "subject_id"], name="due_item_subject"),
            models.Index(fields=["whose"], name="due_item_back", condition=Q(kind__startswith=BACK)),
        ]

    @property
    def named(self) -> str:
        """Its kind, and what it is about: "tender.next close"."""
        return f"{self.kind} {self.about}"


class Matter(models.Model):
    """The duties of one gravity that one matter holds for one `whose`: how many, and the first of their moments.
    Follows from the rows of `Item`."""

    rows_seen = _THEIRS

    whose = models.CharField(max_length=260)
    but = ArrayField(models.BigIntegerField(), default=list)
    matter_type = models.CharField(max_length=60)
    matter_id = models.BigIntegerField()
    gravity = models.SmallIntegerField()
    # Of the first of its moments: due.rules.minute.
    minute = models.IntegerField(null=True)
    shows_from = models.DateTimeField(null=True)
    number = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["whose"], name="due_matter_whose"),
            models.Index(fields=["matter_type", "matter_id"], name="due_matter_matter"),
        ]


class Changed(models.Model):
    """A record changed since its duties were worked out. Written by triggers (due.watching); NULL: all of a source."""

    source = models.CharField(max_length=40)
    key = models.BigIntegerField(null=True)

    class Meta:
        db_table = "due_changed"


class WorkedOut(models.Model):
    """For which day the duties of a source are worked out."""

    source = models.CharField(max_length=40, primary_key=True)
    on_day = models.DateField()

    class Meta:
        db_table = "due_workedout"


class PutOff(Recorded):
    """A matter that someone put off for themselves until a day, and why."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    matter_type = models.CharField(max_length=60)
    matter_id = models.BigIntegerField()
    until_on = models.DateField()
    because = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "matter_type", "matter_id"], name="due_put_off_once"),
            models.CheckConstraint(name="due_put_off_with_reason", condition=~Q(because="")),
        ]


class Seen(models.Model):
    """What came back to someone, and they have read."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    about = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "subject_type", "subject_id", "about"], name="due_seen_once"
            )
        ]
