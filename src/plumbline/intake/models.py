"""What came in: each reading of files from outside, how far each source reaches, and where a row came from."""

from django.db import models

from plumbline.audit.models import Recorded


class Import(models.Model):
    """One reading of files from outside: what every imported row and judgement points to as its source."""

    kind = models.CharField(max_length=40)
    label = models.CharField(max_length=300)
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=200)
    as_at = models.DateField(null=True)
    backfill = models.BooleanField(default=False)
    # Why it was taken though something spoke against it; "": nothing did.
    because = models.TextField(blank=True)
    files = models.JSONField(default=dict)
    # The number in history of what it changed; null: nothing, or it was taken before this was kept.
    tx = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_name = models.CharField(max_length=200, blank=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "-id"], name="import_kind")]
        constraints = [
            models.CheckConstraint(
                name="import_withdrawn_with_reason",
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_because="")
                | (models.Q(withdrawn_at__isnull=False) & ~models.Q(withdrawn_because="")),
            )
        ]


class Extract(Recorded):
    """How far the records of one source reach: `source` is the file's kind, such as ssd_early_help_episodes."""

    source = models.CharField(max_length=60)
    extracted_on = models.DateField()
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="extracts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "import_run"], name="extract_once_per_import")]


class Origin(Recorded):
    """Where a row of one table came from (docs/adr/0044): a row without one was typed here, and is like any other.

    Each table whose rows come in has one of its own, `<table>origin`, with the row's number as its own: `row`, a
    OneToOneField in the column `id`, with the related name `origin`.
    """

    # The import that brought the row or, since then, said something else of it.
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The day of the first extract without it; empty: the newest one still has it.
    missing_since = models.DateField(null=True)

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["missing_since"], condition=models.Q(missing_since__isnull=False), name="%(class)s_missing"
            )
        ]
