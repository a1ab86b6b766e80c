"""Documents kept as evidence: whose they are, what they are, the period they speak for; and changes in the law."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from plumbline.audit.models import Recorded
from plumbline.intake.models import Origin
from plumbline.people.models import Organisation, User


class Sensitivity(models.TextChoices):
    """Who may open a document, beside the person who gave it (evidence.access)."""

    OPEN = "open", "May be published"
    SHARED = "shared", "The council and the organisation it belongs to"
    COUNCIL = "council", "The council only"
    RESTRICTED = "restricted", "Named people only"


class Document(Recorded):
    """A file kept outside the web root under its checksum; served only through a permission check.

    A newer revision replaces an older one (`replaces`); both are kept, and what was given with the older keeps it.
    """

    title = models.CharField(max_length=300)
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    # Whose it is; NULL: the council's own.
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="documents")
    # What it is, such as a policy's key (safeguarding, whistleblowing, …): by this it serves every toolkit that asks.
    kind = models.CharField(max_length=60, blank=True)
    period_from = models.DateField(null=True)
    period_to = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    sensitivity = models.CharField(max_length=12, choices=Sensitivity, default=Sensitivity.COUNCIL)
    revision = models.IntegerField(default=1)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    # Which scanner found it clean, and when; "": none is configured.
    scanned_by = models.CharField(max_length=120, blank=True)
    scanned_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_period_in_order",
                condition=Q(period_from__isnull=True) | Q(period_to__isnull=True) | Q(period_to__gte=F("period_from")),
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "kind"], name="document_organisation_kind"),
            models.Index(fields=["expires_on"], name="document_expires", condition=Q(expires_on__isnull=False)),
        ]


class LawChange(Recorded):
    """A change in law or guidance: each policy named here and last reviewed before `in_force` is due by `review_by`."""

    source_id = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=300)
    in_force = models.DateField()
    policies = ArrayField(models.CharField(max_length=40))
    review_by = models.DateField()
    link = models.URLField(max_length=500, blank=True)
    note = models.TextField(blank=True)
    entered_at = models.DateTimeField(null=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="law_change_who_has_when", condition=(Q(entered_by__isnull=True) | Q(entered_at__isnull=False))
            ),
            models.CheckConstraint(name="law_change_review_after_force", condition=Q(review_by__gte=F("in_force"))),
        ]


class LawChangeOrigin(Origin):
    row = models.OneToOneField(
        LawChange, on_delete=models.DO_NOTHING, primary_key=True, db_column="id", related_name="origin"
    )
