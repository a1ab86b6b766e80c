"""Open contracting: what others and we have published (OCDS 1.1)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from plumbline.audit.models import Recorded
from plumbline.commissioning.models.tenders import Tender
from plumbline.intake.models import Import
from plumbline.people.models import Organisation, User


class OcdsProcess(Recorded):
    """One contracting process by its ocid, as its latest release says.

    `tender`: which of our tenders was published so, by the ocid that our own export gives it or as a person decided
    (`tied_by`); a tender can be published on several platforms. With `tied_at` and no tender: a person said, none.
    """

    ocid = models.CharField(max_length=120, unique=True)
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, null=True, related_name="published")
    tied_at = models.DateTimeField(null=True)
    tied_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=500, blank=True)
    buyer_name = models.CharField(max_length=300, blank=True)
    buyer_identifier = models.CharField(max_length=120, blank=True)
    tender_status = models.CharField(max_length=40, blank=True)
    latest_on = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ocds_process_who_has_when",
                condition=Q(tender__isnull=True, tied_by__isnull=True) | Q(tied_at__isnull=False),
            )
        ]


class OcdsRelease(Recorded):
    """One release as it came; later ones of the same process win by date, whatever the order of importing."""

    process = models.ForeignKey(OcdsProcess, on_delete=models.PROTECT, related_name="releases")
    release_id = models.CharField(max_length=200)
    dated = models.DateTimeField()
    tags = ArrayField(models.CharField(max_length=40), default=list)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="ocds_releases")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "release_id"], name="ocds_release_once")]


class OcdsAward(Recorded):
    process = models.ForeignKey(OcdsProcess, on_delete=models.PROTECT, related_name="awards")
    award_id = models.CharField(max_length=200)
    title = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=40, blank=True)
    dated = models.DateField(null=True)
    value = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "award_id"], name="ocds_award_once")]


class OcdsContract(Recorded):
    process = models.ForeignKey(OcdsProcess, on_delete=models.PROTECT, related_name="contracts")
    contract_id = models.CharField(max_length=200)
    award_id = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=40, blank=True)
    signed_on = models.DateField(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    value = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "contract_id"], name="ocds_contract_once")]


class OcdsParty(Recorded):
    """A supplier or tenderer as a release names it; matched by identifier, else offered for a person to decide."""

    class Match(models.TextChoices):
        WAITING = "waiting", "To be decided"
        IDENTIFIER = "identifier", "Matched by identifier"
        PERSON = "person", "Decided by a person"
        NEW = "new", "A new supplier"
        NOT_OURS = "not_ours", "Not one of our suppliers"

    process = models.ForeignKey(OcdsProcess, on_delete=models.PROTECT, related_name="parties")
    party_id = models.CharField(max_length=200)
    award_id = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=300)
    # [{"scheme": "GB-COH", "id": "01234567"}]
    identifiers = models.JSONField(default=list)
    roles = ArrayField(models.CharField(max_length=40), default=list)
    match = models.CharField(max_length=12, choices=Match, default=Match.WAITING)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="ocds_parties")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="ocds_party_who_has_when", condition=(Q(decided_by__isnull=True) | Q(decided_at__isnull=False))
            ),
            models.UniqueConstraint(fields=["process", "party_id", "award_id"], name="ocds_party_once"),
            models.CheckConstraint(
                name="ocds_party_matched_to_one",
                condition=Q(match__in=["waiting", "not_ours"], organisation__isnull=True)
                | Q(match__in=["identifier", "person", "new"], organisation__isnull=False),
            ),
        ]
