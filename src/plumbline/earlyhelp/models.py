"""Early help: the Team Around the Child (TAC) and the audits of its quality."""

from django.db import models
from django.db.models import F, Q

from plumbline.audit.models import Recorded
from plumbline.intake.models import Origin
from plumbline.people.models import Child, Organisation, Professional
from plumbline.people.row_rules import as_row_of, tied

# A tie to the child for one of these reasons opens the one TAC that it came with, not the child's other ones.
OF_ONE_TAC = ("lead_professional", "leads_team", "tac_member", "auditor")


class ClosureCode(models.TextChoices):
    """Why a TAC closed (domain.md, corrections). `error` was never a TAC and is left out of the figures."""

    NEEDS_MET = "needs_met", "Needs met"
    NEEDS_REDUCED = "needs_reduced", "Needs reduced: one service can support"
    STEPPED_UP = "stepped_up", "Moved into social care"
    NOT_ENGAGED = "not_engaged", "Family did not fully engage"
    CONSENT_WITHDRAWN = "consent_withdrawn", "Family withdrew consent"
    CONSENT_NOT_GIVEN = "consent_not_given", "Consent never given"
    MOVED_AWAY = "moved_away", "Moved out of the area"
    TRANSFERRED = "transferred", "Continues in another process"
    AGED_OUT = "aged_out", "Reached the age at which early help ends"
    DIED = "died", "Child died"
    ERROR = "error", "Opened in error"
    OTHER = "other", "Other"


class Tac(Recorded):
    """A Team Around the Child. What the source said and the code it was mapped to both stay on the row."""

    rows_seen = (
        "{may[tacs.view]} and ("
        + tied("tac", "{row}.id")
        + " or "
        + tied("child", "{row}.child_id", but=OF_ONE_TAC)
        + " or {reaches[all]} and exists (select from people_child c where c.id = {row}.child_id and not c.restricted))"
    )

    source_id = models.CharField(max_length=60, unique=True)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="tacs")
    started_on = models.DateField()
    ended_on = models.DateField(null=True)
    reason_wording = models.CharField(max_length=300, blank=True)
    end_wording = models.CharField(max_length=300, blank=True)
    closure_code = models.CharField(max_length=20, choices=ClosureCode, blank=True)
    lead_wording = models.CharField(max_length=300, blank=True)
    lead_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="tacs_led")
    lead_professional = models.ForeignKey(Professional, on_delete=models.PROTECT, null=True, related_name="tacs_led")
    worker_wording = models.CharField(max_length=60, blank=True)
    step_down_recorded = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tac_days_in_order", condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on"))
            ),
            models.CheckConstraint(
                name="tac_closure_code_only_when_closed", condition=Q(ended_on__isnull=False) | Q(closure_code="")
            ),
            models.CheckConstraint(
                name="tac_closure_code_known", condition=Q(closure_code="") | Q(closure_code__in=ClosureCode.values)
            ),
        ]
        indexes = [
            models.Index(fields=["started_on", "id"], name="tac_started"),
            models.Index(fields=["ended_on", "id"], name="tac_ended"),
        ]


class TacOrigin(Origin):
    rows_seen = as_row_of("earlyhelp_tac", "{row}.id")

    row = models.OneToOneField(
        Tac, on_delete=models.DO_NOTHING, primary_key=True, db_column="id", related_name="origin"
    )


class Led(models.Model):
    """Which organisation leads any TAC, without whose it is (a view): who is known here, for those who see no child."""

    organisation = models.ForeignKey(Organisation, on_delete=models.DO_NOTHING, null=True, related_name="leads")

    class Meta:
        managed = False
        db_table = "earlyhelp_led"


class AuditGrade(models.TextChoices):
    OUTSTANDING = "outstanding", "Outstanding"
    GOOD = "good", "Good"
    REQUIRES_IMPROVEMENT = "requires_improvement", "Requires improvement"
    INADEQUATE = "inadequate", "Inadequate"


class TacAudit(Recorded):
    """A quality audit of one TAC. Reports use the moderated grade where there is one."""

    rows_seen = as_row_of("earlyhelp_tac", "{row}.tac_id")

    source_id = models.CharField(max_length=60, unique=True)
    tac = models.ForeignKey(Tac, on_delete=models.PROTECT, related_name="audits")
    audited_on = models.DateField()
    auditor_wording = models.CharField(max_length=60, blank=True)
    grade = models.CharField(max_length=24, choices=AuditGrade)
    moderated_grade = models.CharField(max_length=24, choices=AuditGrade, blank=True)


class TacAuditOrigin(Origin):
    rows_seen = as_row_of("earlyhelp_tacaudit", "{row}.id")

    row = models.OneToOneField(
        TacAudit, on_delete=models.DO_NOTHING, primary_key=True, db_column="id", related_name="origin"
    )
