"""What came in: uploads, their progress and result, and the rows that could not be taken."""

from django.db import models
from django.db.models import Q

from plumbline.intake.models import Import
from plumbline.ofsted.models import OfstedList
from plumbline.people.models import User


class Upload(models.Model):
    """Files handed in on the page, to be looked at (dry run) and then taken in the background."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Uploaded"
        LOOKING = "looking", "Looking at what would change"
        READY = "ready", "Ready to be taken"
        TAKING = "taking", "Being taken"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    kind = models.CharField(max_length=20)
    folder = models.CharField(max_length=300)
    file_names = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    progress = models.JSONField(default=dict)
    would_change = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, null=True, related_name="uploads")


class Withdrawal(models.Model):
    """An import that someone asks to be withdrawn: tried first, and done once its consequences were seen."""

    class State(models.TextChoices):
        TRYING = "trying", "Looking at what would change"
        READY = "ready", "Ready to be withdrawn"
        WITHDRAWING = "withdrawing", "Being withdrawn"
        DONE = "done", "Withdrawn"
        REFUSED = "refused", "Refused"
        LEFT = "left", "Left as it is"

    OPEN = (State.TRYING, State.READY, State.WITHDRAWING)

    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="withdrawals")
    because = models.TextField()
    state = models.CharField(max_length=11, choices=State, default=State.TRYING)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    # Since when it waits for the worker, or for the person.
    since = models.DateTimeField()
    # How many rows go back, out or stay, and what it means in sentences: of the trial, then of what was done.
    result = models.JSONField(default=dict)
    # Why it was refused.
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["import_run"], name="withdrawal_asked_once",
                condition=Q(state__in=("trying", "ready", "withdrawing")),
            ),
            models.CheckConstraint(name="withdrawal_with_reason", condition=~Q(because="")),
        ]  # fmt: skip


class RefusedRow(models.Model):
    """A row that could not be taken, kept as it was to be mended and tried again."""

    rows_seen = "{may[imports.manage]}"

    class State(models.TextChoices):
        OPEN = "open", "To mend"
        MENDED = "mended", "Mended and taken"
        DISMISSED = "dismissed", "Set aside"

    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="refused_rows")
    # Of a row of a list that Ofsted publishes: the list it is in.
    ofsted_list = models.ForeignKey(OfstedList, on_delete=models.PROTECT, null=True, related_name="refused_rows")
    file = models.CharField(max_length=100)
    line = models.IntegerField()
    row_id = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40)
    reason = models.TextField()
    cells = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_because = models.TextField(blank=True)
    # What was last typed to mend it, while it waits and where it was refused again: state, cells, reason, by_id, at.
    tried = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="refused_row_settled_by_and_at",
                condition=Q(state="open", settled_at__isnull=True, settled_by__isnull=True)
                | (~Q(state="open") & Q(settled_at__isnull=False)),
            )
        ]
        indexes = [models.Index(fields=["file", "row_id"], name="refused_row_open", condition=Q(state="open"))]
