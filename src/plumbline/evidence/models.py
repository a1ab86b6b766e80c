"""Documents kept as evidence: whose they are, what they are, and their checksum."""

from django.db import models

from plumbline.people.models import User


class Document(models.Model):
    """A file kept outside the web root under its checksum; served only through a permission check."""

    title = models.CharField(max_length=300)
    file_name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
