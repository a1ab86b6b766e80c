"""One list of actions for everything that can raise one: owner, due date, progress, verified by someone else."""

from django.db import models
from django.db.models import F, Q

from plumbline.audit.models import Recorded
from plumbline.evidence.models import Document
from plumbline.people.models import Organisation, User


class ActionState(models.TextChoices):
    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    DONE = "done", "Done, to be verified"
    SENT_BACK = "sent_back", "Sent back"
    VERIFIED = "verified", "Verified"
    CANCELLED = "cancelled", "Cancelled"


class Action(Recorded):
    """Something that someone has undertaken to do by a day.

    `subject_type`/`subject_id`: what it is about (contract, setting, tender …); `origin_type`/`origin_id`: what
    raised it (evaluation, visit, incident, return, audit …). Both are names of records of rooms above, without a key.
    """

    class Origin(models.TextChoices):
        EVALUATION = "evaluation", "Evaluation meeting"
        ASSURANCE = "assurance", "Annual assurance"
        ASSESSMENT = "assessment", "Self-assessment"
        VISIT = "visit", "Site visit"
        INCIDENT = "incident", "Incident"
        AUDIT = "audit", "Audit"
        RECOMMENDATION = "recommendation", "Recommendation"
        IMPLEMENTATION = "implementation", "Implementation"
        DECISION = "decision", "Management team's decision"
        OTHER = "other", "Other"

    title = models.CharField(max_length=300)
    detail = models.TextField(blank=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(max_length=300)
    origin_type = models.CharField(max_length=20, choices=Origin)
    origin_id = models.BigIntegerField(null=True)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="actions_owned")
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="actions")
    critical = models.BooleanField(default=False)
    first_due_on = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=12, choices=ActionState, default=ActionState.OPEN)
    done_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verified_on = models.DateField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_because = models.TextField(blank=True)
    cancelled_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="action_who_has_when", condition=(Q(done_by__isnull=True) | Q(done_at__isnull=False))
            ),
            models.CheckConstraint(
                name="action_has_an_owner", condition=Q(owner__isnull=False) | Q(owner_organisation__isnull=False)
            ),
            models.CheckConstraint(
                name="action_verified_by_another",
                condition=~Q(state="verified")
                | (
                    Q(verified_by__isnull=False, verified_at__isnull=False, done_by__isnull=False)
                    & ~Q(verified_by=F("done_by"))
                    & (Q(owner__isnull=True) | ~Q(verified_by=F("owner")))
                ),
            ),
            models.CheckConstraint(
                name="action_cancelled_with_reason",
                condition=~Q(state="cancelled") | (~Q(cancelled_because="") & Q(cancelled_on__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="action_subject"),
            models.Index(fields=["owner", "due_on"], name="action_owner"),
            models.Index(fields=["state", "due_on"], name="action_state_due"),
        ]


class ActionNote(Recorded):
    """Progress on an action, or a change of its due date with the reason."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    due_from = models.DateField(null=True)
    due_to = models.DateField(null=True)
