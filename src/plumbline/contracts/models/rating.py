"""The rating of contracts, what was decided on it, and go-live."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from plumbline.actions.models import Action
from plumbline.audit.models import Recorded
from plumbline.contracts.models.register import Contract
from plumbline.people.models import User


class Colour(models.TextChoices):
    RED = "red", "Red"
    AMBER = "amber", "Amber"
    GREEN = "green", "Green"


class ReasonPeriod(Recorded):
    """Days on which one reason against a contract holds, worked out from its facts by `contracts.rules`.

    From `from_on` (included) to `to_on` (included; NULL: until a fact changes). Days to come are worked out too, so the
    rating of any day is a question to this table and nothing waits for a job. A changed fact rewrites one contract's.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="reason_periods")
    code = models.CharField(max_length=40)
    about = models.CharField(max_length=60, blank=True)
    colour = models.CharField(max_length=5, choices=Colour)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    detail = models.CharField(max_length=300, blank=True)
    rule_version = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "code", "about", "from_on"], name="reason_period_once"),
            models.CheckConstraint(
                name="reason_period_days_in_order", condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on"))
            ),
        ]
        indexes = [models.Index(fields=["from_on", "to_on"], name="reason_period_days")]


class RatingPeriod(Recorded):
    """Days on which a contract has one colour, from its reasons and from what was set by hand; worked out with them.

    `rules_colour`: what the rules alone give. From `from_on` to `to_on`, both included; NULL: until a fact changes.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="rating_periods")
    colour = models.CharField(max_length=5, choices=Colour)
    rules_colour = models.CharField(max_length=5, choices=Colour)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    rule_version = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "from_on"], name="rating_period_once"),
            models.CheckConstraint(
                name="rating_period_days_in_order", condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on"))
            ),
        ]


class RatingByHand(Recorded):
    """A rating set by a person. Worse needs a reason; better a manager, a reason and an end date.

    It never hides a missing assessment: see `contracts.rules`.
    """

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="ratings_by_hand")
    colour = models.CharField(max_length=5, choices=Colour)
    # Set as better than the rules gave: may lift the colour. Else it only ever makes it worse.
    better = models.BooleanField(default=False)
    because = models.TextField()
    from_on = models.DateField()
    until_on = models.DateField()
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # From this day it counts no more.
    ended_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="rating_by_hand_with_reason", condition=~Q(because="")),
            models.CheckConstraint(name="rating_by_hand_days_in_order", condition=Q(until_on__gte=F("from_on"))),
            models.CheckConstraint(
                name="rating_by_hand_ended_whole",
                condition=Q(ended_on__isnull=True, ended_at__isnull=True, ended_because="")
                | Q(ended_on__isnull=False, ended_at__isnull=False) & ~Q(ended_because=""),
            ),
        ]


class TeamDecision(Recorded):
    """What the management team decided on one reason of one contract, by whom, and by when it is to be done."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="decisions")
    code = models.CharField(max_length=40)
    about = models.CharField(max_length=60, blank=True)
    decision = models.TextField()
    decided_on = models.DateField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    by_when = models.DateField()
    action = models.ForeignKey(Action, on_delete=models.PROTECT, null=True, related_name="+")


class GoLive(Recorded):
    """The decision to begin a service; with open critical items only by a named manager's override."""

    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="go_live")
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    open_items = ArrayField(models.CharField(max_length=300), default=list)
    override_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="go_live_with_open_items_only_by_override", condition=Q(open_items=[]) | ~Q(override_because="")
            )
        ]
