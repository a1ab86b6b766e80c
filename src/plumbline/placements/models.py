"""Where children are placed, and what keeps a child from an adverse setting.

The guard is in the database (placements.guard): see docs/adr/0006.
"""

from django.db import models
from django.db.models import F, Q

from plumbline.audit.models import Recorded
from plumbline.contracts.models import Incident
from plumbline.intake.models import Origin
from plumbline.ofsted.models import Setting
from plumbline.people.models import Child, Professional, User
from plumbline.people.row_rules import WITH_CHILD, as_row_of


class Grounds(models.TextChoices):
    COURT = "court_named", "A court or tribunal named this setting"
    EMERGENCY = "emergency_night", "Emergency at night: approval by the next working day"
    OTHER = "other", "Other"


class PlacementException(Recorded):
    """Leave for one child to be placed at one adverse setting until a day. Never deleted."""

    rows_seen = "{may[placements.view]} and " + WITH_CHILD

    class State(models.TextChoices):
        ASKED = "asked", "Asked for"
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Refused"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="placement_exceptions")
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="placement_exceptions")
    grounds = models.CharField(max_length=20, choices=Grounds)
    reason = models.TextField()
    safeguards = models.TextField()
    childs_wishes = models.TextField(blank=True)
    from_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="placement_exception_days_in_order", condition=Q(ends_on__gte=F("from_on"))),
            models.CheckConstraint(name="placement_exception_has_reasons", condition=~Q(reason="") & ~Q(safeguards="")),
            models.CheckConstraint(
                name="placement_exception_decided_by_and_at",
                condition=Q(state="asked", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state="asked") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="placement_exception_not_self_approved",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
            ),
        ]


class Placement(Recorded):
    """A child at a setting from a day to a day.

    `setting` is empty where the source gave no usable URN (such as XXXXXXX); `urn_wording` keeps what it gave.
    What another source says is for the import alone to write: it had happened already and could not be refused.
    """

    rows_seen = "{may[placements.view]} and " + WITH_CHILD

    class Source(models.TextChoices):
        SOCIAL_CARE = "social_care", "Social care"
        SEN = "sen", "Special educational needs"
        HERE = "here", "Recorded here"

    source = models.CharField(max_length=12, choices=Source)
    source_id = models.CharField(max_length=60)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="placements")
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, null=True, related_name="placements")
    urn_wording = models.CharField(max_length=60, blank=True)
    placement_type = models.CharField(max_length=255, blank=True)
    provider_type = models.CharField(max_length=255, blank=True)
    caseworker = models.ForeignKey(Professional, on_delete=models.PROTECT, null=True, related_name="placements")
    caseworker_wording = models.CharField(max_length=60, blank=True)
    started_on = models.DateField()
    ended_on = models.DateField(null=True)
    began_adverse = models.BooleanField(default=False)
    exception = models.ForeignKey(PlacementException, on_delete=models.PROTECT, null=True, related_name="placements")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="placement_source_id_once"),
            models.CheckConstraint(
                name="placement_days_in_order", condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on"))
            ),
            models.CheckConstraint(
                name="placement_adverse_only_by_exception_or_import",
                condition=Q(began_adverse=False) | Q(exception__isnull=False) | ~Q(source="here"),
            ),
        ]
        indexes = [
            models.Index(fields=["setting", "ended_on"], name="placement_setting"),
            models.Index(fields=["started_on", "id"], name="placement_started"),
        ]


class PlacementOrigin(Origin):
    rows_seen = as_row_of("placements_placement", "{row}.id")

    row = models.OneToOneField(
        Placement, on_delete=models.DO_NOTHING, primary_key=True, db_column="id", related_name="origin"
    )


class Stay(models.Model):
    """Any placement, without whose it is but a number (a view): how many are where, for those who see no child."""

    child_id = models.BigIntegerField()
    setting = models.ForeignKey(Setting, on_delete=models.DO_NOTHING, null=True, related_name="stays")
    caseworker = models.ForeignKey(Professional, on_delete=models.DO_NOTHING, null=True, related_name="stays")
    started_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "placements_stay"


class Leave(models.Model):
    """Any exception, without whose it is or why (a view)."""

    setting = models.ForeignKey(Setting, on_delete=models.DO_NOTHING, related_name="leaves")
    state = models.CharField(max_length=10, choices=PlacementException.State)
    from_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        managed = False
        db_table = "placements_leave"


class ChildAtIncident(Recorded):
    """A child who was placed at the setting of a serious incident on its day: who knows the child is asked whether it
    concerns them. A yes links the child to the incident."""

    rows_seen = as_row_of("placements_placement", "{row}.placement_id")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="children_there")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="incidents_there")
    concerned = models.BooleanField(null=True)
    because = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "placement"], name="child_at_incident_once"),
            models.CheckConstraint(
                name="child_at_incident_answered_by_and_at",
                condition=Q(concerned__isnull=True, answered_at__isnull=True, answered_by__isnull=True)
                | Q(concerned__isnull=False, answered_at__isnull=False, answered_by__isnull=False),
            ),
        ]


class Enquiry(models.Model):
    """ "May I place here, now?": the question and the answer given, with a number to quote."""

    number = models.BigAutoField(primary_key=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked = models.CharField(max_length=200)
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, null=True, related_name="+")
    day = models.DateField()
    may = models.BooleanField()
    answer = models.JSONField()
