"""What a council settles for all its contracts."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from plumbline.audit.models import Recorded
from plumbline.contracts.models.register import Assessment
from plumbline.people.models import User


class AssessmentTerm(Recorded):
    """For how many months an assessment of a kind is valid, if it is completed on `from_on` or later.

    The newest that has begun by then counts; where there is none, `contracts.rules.assurance.MONTHS`.
    """

    kind = models.CharField(max_length=6, choices=Assessment.Kind)
    months = models.IntegerField()
    from_on = models.DateField()
    because = models.TextField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "from_on"], name="assessment_term_once_a_day"),
            models.CheckConstraint(
                name="assessment_term_of_one_to_sixty_months", condition=Q(months__gte=1, months__lte=60)
            ),
            models.CheckConstraint(name="assessment_term_with_reason", condition=~Q(because="")),
        ]


class PersonWording(Recorded):
    """Who is meant by a wording that files of contracts use for a manager or a service-area lead, as a person said."""

    wording = models.CharField(max_length=200)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="wordings_in_contracts")
    mapped_at = models.DateTimeField()
    mapped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(Lower("wording"), name="person_wording_once")]
