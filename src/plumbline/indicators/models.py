"""Publications: figures frozen with the moment at which they were known."""

from django.db import models

from plumbline.people.models import User


class Publication(models.Model):
    """A moment chosen for publishing, so that no change in flight is half seen (audit.moments)."""

    known_at = models.DateTimeField()
    title = models.CharField(max_length=300)
    profile = models.CharField(max_length=20)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")


class FrozenFigure(models.Model):
    """One published figure: the question, the answer as it was given, and the fingerprint of its definition."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="figures")
    ref = models.CharField(max_length=80)
    key = models.CharField(max_length=80)
    version = models.IntegerField()
    definition = models.CharField(max_length=80)
    asked = models.JSONField()
    # As it was, for those who may see it and for running again; and as shown, after disclosure control.
    answer = models.JSONField()
    shown = models.JSONField()
    observed_until = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "ref"], name="frozen_figure_once")]
