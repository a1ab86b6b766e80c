"""Toolkits: versioned questionnaires as data, and the returns in which they are filled in.

A return knows no subject: the room above that asked for it ties it to one (contracts.ContractReturn, …).
"""

from django.db import models
from django.db.models import F, Q

from plumbline.audit.models import Recorded
from plumbline.evidence.models import Document
from plumbline.people.models import Organisation, User


class Toolkit(Recorded):
    """A questionnaire by its key, which never changes; what it asks is in its versions."""

    key = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    purpose = models.CharField(max_length=40)
    retired_on = models.DateField(null=True)


class ToolkitVersion(Recorded):
    """One version of a toolkit, as checked data. Published, it never changes again; a draft is edited as YAML."""

    class Source(models.TextChoices):
        LIBRARY = "library", "Shipped with the product"
        COUNCIL = "council", "The council's own"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    toolkit = models.ForeignKey(Toolkit, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    title = models.CharField(max_length=200)
    # The YAML as written, and the same as data (toolkits.schema); a draft with errors has no content yet.
    text = models.TextField()
    content = models.JSONField(null=True)
    sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=10, choices=Source)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="toolkit_version_who_has_when",
                condition=(Q(published_by__isnull=True) | Q(published_at__isnull=False)),
            ),
            models.UniqueConstraint(fields=["toolkit", "number"], name="toolkit_version_once"),
            models.UniqueConstraint(
                fields=["toolkit"], condition=Q(state="published"), name="toolkit_one_published_version"
            ),
            models.CheckConstraint(
                name="toolkit_version_published_has_content",
                condition=~Q(state="published") | Q(content__isnull=False, published_at__isnull=False),
            ),
        ]


class ReturnState(models.TextChoices):
    REQUESTED = "requested", "Requested"
    IN_PROGRESS = "in_progress", "In progress"
    SUBMITTED = "submitted", "Submitted"
    RETURNED = "returned", "Sent back"
    RESUBMITTED = "resubmitted", "Submitted again"
    MODERATED = "moderated", "Moderated"
    SIGNED_OFF = "signed_off", "Signed off"
    CANCELLED = "cancelled", "Cancelled"


class Return(Recorded):
    """One toolkit filled in once, for a period. It keeps the version it was begun with."""

    version = models.ForeignKey(ToolkitVersion, on_delete=models.PROTECT, related_name="returns")
    title = models.CharField(max_length=300)
    # Whose answers they are; NULL: the council's own.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="returns")
    period_from = models.DateField(null=True)
    period_to = models.DateField(null=True)
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=12, choices=ReturnState, default=ReturnState.REQUESTED)
    # Last time's return, whose answers were carried forward.
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="next_returns")
    # Raised by one at every change of an answer, a state or an assignment: what the Excel file and the drafts compare.
    revision = models.IntegerField(default=0)
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_back_because = models.TextField(blank=True)
    overall_self_grade = models.CharField(max_length=40, blank=True)
    overall_moderated_grade = models.CharField(max_length=40, blank=True)
    moderated_at = models.DateTimeField(null=True)
    moderated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_off_at = models.DateTimeField(null=True)
    signed_off_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="return_who_has_when",
                condition=(Q(submitted_by__isnull=True) | Q(submitted_at__isnull=False))
                & (Q(moderated_by__isnull=True) | Q(moderated_at__isnull=False))
                & (Q(signed_off_by__isnull=True) | Q(signed_off_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="return_period_in_order",
                condition=Q(period_from__isnull=True) | Q(period_to__gte=F("period_from")),
            ),
            models.CheckConstraint(
                name="return_cancelled_with_reason", condition=~Q(state="cancelled") | ~Q(cancelled_because="")
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="return_state_due"),
            models.Index(fields=["organisation", "-id"], name="return_organisation"),
        ]


class ReturnAssignment(Recorded):
    """Who is asked to fill in a return: a person. A provider's people reach it by their organisation."""

    answer_set = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="assignments")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="return_assignments")
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["answer_set", "user"], condition=Q(ended_at__isnull=True), name="return_assigned_once"
            )
        ]


class Answer(Recorded):
    """The answer to one criterion. `value` is its code or text as `toolkits.rules` reads it; "" is not yet answered.

    `revision` is raised at every change: saving over someone else's newer answer is refused with both shown.
    """

    answer_set = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="answers")
    criterion = models.CharField(max_length=60)
    value = models.TextField(blank=True)
    comment = models.TextField(blank=True)
    impact = models.TextField(blank=True)
    reviewed_on = models.DateField(null=True)
    revision = models.IntegerField(default=1)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # The answer of last time, or of another toolkit that asks for the same fact, of which this is a copy unchanged.
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="carried_to")
    moderated_value = models.TextField(blank=True)
    moderation_note = models.TextField(blank=True)
    moderated_at = models.DateTimeField(null=True)
    moderated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="answer_who_has_when", condition=(Q(moderated_by__isnull=True) | Q(moderated_at__isnull=False))
            ),
            models.UniqueConstraint(fields=["answer_set", "criterion"], name="answer_once_per_criterion"),
        ]


class AnswerDocument(Recorded):
    """A document given for an answer. One document serves as many answers as ask for it."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="answers")
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "document"], condition=Q(withdrawn_at__isnull=True), name="answer_document_once"
            )
        ]
