"""Implementation: from award to the first day of the service."""

from django.db import models
from django.db.models import Q

from plumbline.audit.models import Recorded
from plumbline.commissioning.models.evaluation import Award
from plumbline.commissioning.models.tenders import Tender
from plumbline.evidence.models import Document
from plumbline.people.models import Organisation, User
from plumbline.toolkits.models import ToolkitVersion


class ImplementationPlan(Recorded):
    """The plan by which an awarded service is made ready; its dates count from the service's start."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, null=True, related_name="plans")
    award = models.OneToOneField(Award, on_delete=models.PROTECT, null=True, related_name="plan")
    version = models.ForeignKey(ToolkitVersion, on_delete=models.PROTECT, related_name="plans")
    title = models.CharField(max_length=300)
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="plans")
    supplier_is_new = models.BooleanField()
    service_starts_on = models.DateField()
    commissioner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="plans_led")
    service_area_lead = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="plans_of_service")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")


class PlanItem(Recorded):
    class State(models.TextChoices):
        OPEN = "open", "Open"
        IN_PROGRESS = "in_progress", "In progress"
        DONE = "done", "Done"
        NOT_NEEDED = "not_needed", "Not needed"

    plan = models.ForeignKey(ImplementationPlan, on_delete=models.PROTECT, related_name="items")
    number = models.IntegerField()
    criterion = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    critical = models.BooleanField(default=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="plan_items")
    owner_words = models.CharField(max_length=200, blank=True)
    due_on = models.DateField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    note = models.TextField(blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    done_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_item_once"),
            models.CheckConstraint(
                name="plan_item_done_by_and_at",
                condition=~Q(state__in=["done", "not_needed"]) | Q(done_at__isnull=False, done_by__isnull=False),
            ),
            models.CheckConstraint(
                name="plan_item_not_needed_with_reason", condition=~Q(state="not_needed") | ~Q(note="")
            ),
        ]


class Agreement(Recorded):
    """Which safeguarding arrangement was agreed, by whom with whom, and when."""

    plan = models.ForeignKey(ImplementationPlan, on_delete=models.PROTECT, related_name="agreements")
    arrangement = models.TextField()
    agreed_by = models.CharField(max_length=200)
    agreed_with = models.CharField(max_length=200)
    agreed_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class Contact(Recorded):
    """Someone whom a supplier must be able to reach, or the supplier's own. A change ends the row, begins another."""

    class Side(models.TextChoices):
        COUNCIL = "council", "The council's"
        SUPPLIER = "supplier", "The supplier's"

    plan = models.ForeignKey(ImplementationPlan, on_delete=models.PROTECT, related_name="contacts")
    side = models.CharField(max_length=10, choices=Side)
    role = models.CharField(max_length=120)
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    hours = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)


class PathwayPack(Recorded):
    """The reporting pathways and all contacts, as given to a supplier new to the council; a change is sent again."""

    plan = models.ForeignKey(ImplementationPlan, on_delete=models.PROTECT, related_name="packs")
    number = models.IntegerField()
    contents = models.JSONField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    because = models.CharField(max_length=300, blank=True)
    acknowledged_name = models.CharField(max_length=200, blank=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    area_lead_confirmed_at = models.DateTimeField(null=True)
    area_lead_confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    commissioner_confirmed_at = models.DateTimeField(null=True)
    commissioner_confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="pathway_pack_who_has_when",
                condition=(Q(acknowledged_by__isnull=True) | Q(acknowledged_at__isnull=False))
                & (Q(area_lead_confirmed_by__isnull=True) | Q(area_lead_confirmed_at__isnull=False))
                & (Q(commissioner_confirmed_by__isnull=True) | Q(commissioner_confirmed_at__isnull=False)),
            ),
            models.UniqueConstraint(fields=["plan", "number"], name="pathway_pack_once"),
            models.CheckConstraint(
                name="pathway_pack_acknowledged_by_name",
                condition=Q(acknowledged_at__isnull=True) | ~Q(acknowledged_name=""),
            ),
        ]
