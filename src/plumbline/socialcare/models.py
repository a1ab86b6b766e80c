"""What the council's social-care system told us. Read here, never written: that system is the record."""

from django.db import models
from django.db.models import Q

from plumbline.audit.models import Recorded
from plumbline.intake.models import Origin
from plumbline.people.models import Child, Professional
from plumbline.people.row_rules import WITH_CHILD, as_row_of


class Referral(Recorded):
    """A referral to social care and the episode that followed (SSD: ssd_cin_episodes)."""

    rows_seen = WITH_CHILD

    source_id = models.CharField(max_length=60, unique=True)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="referrals")
    referred_on = models.DateField()
    source_code = models.CharField(max_length=100, blank=True)
    nfa = models.BooleanField(null=True)
    closed_on = models.DateField(null=True)
    close_reason = models.CharField(max_length=255, blank=True)
    worker_wording = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="referral_days_in_order",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=models.F("referred_on")),
            )
        ]


class ReferralOrigin(Origin):
    rows_seen = as_row_of("socialcare_referral", "{row}.id")

    row = models.OneToOneField(
        Referral, on_delete=models.DO_NOTHING, primary_key=True, db_column="id", related_name="origin"
    )


class CareEpisode(Recorded):
    """Whose a period of care is, and a placement within it (SSD: ssd_cla_episodes): other rows name only these."""

    rows_seen = WITH_CHILD

    source_id = models.CharField(max_length=60, unique=True)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="care_episodes")
    period_of_care = models.CharField(max_length=60, blank=True)
    placement = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["period_of_care"], name="care_episode_period"),
            models.Index(fields=["placement"], name="care_episode_placement"),
        ]


class CareEpisodeOrigin(Origin):
    rows_seen = as_row_of("socialcare_careepisode", "{row}.id")

    row = models.OneToOneField(
        CareEpisode, on_delete=models.DO_NOTHING, primary_key=True, db_column="id", related_name="origin"
    )


class Involvement(Recorded):
    """A worker allocated to a child, from a day to a day (SSD: ssd_involvements)."""

    rows_seen = WITH_CHILD

    source_id = models.CharField(max_length=60, unique=True)
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="involvements")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, null=True, related_name="involvements")
    professional_wording = models.CharField(max_length=60)
    role = models.CharField(max_length=255, blank=True)
    team = models.CharField(max_length=255, blank=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="involvement_days_in_order",
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")),
            )
        ]
        indexes = [models.Index(fields=["professional"], name="involvement_professional")]


class InvolvementOrigin(Origin):
    rows_seen = as_row_of("socialcare_involvement", "{row}.id")

    row = models.OneToOneField(
        Involvement, on_delete=models.DO_NOTHING, primary_key=True, db_column="id", related_name="origin"
    )


class Allocation(models.Model):
    """Any involvement, without whose it is (a view): which workers have children, for those who see no child."""

    professional = models.ForeignKey(Professional, on_delete=models.DO_NOTHING, null=True, related_name="allocations")
    team = models.CharField(max_length=255)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "socialcare_allocation"
