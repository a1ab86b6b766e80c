"""Evaluators and their scores, moderation, and the award."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from plumbline.audit.models import Recorded
from plumbline.commissioning.models.tenders import Bid, Tender
from plumbline.people.models import User


class Evaluator(Recorded):
    """Someone who scores a tender's bids. Nothing of a bid is shown before a declaration that was accepted."""

    class Declared(models.TextChoices):
        NOT_YET = "not_yet", "Not declared yet"
        NONE = "none", "No conflict"
        CONFLICT = "conflict", "Conflict declared"

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="evaluators")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="evaluations")
    # Which questions; empty: all.
    questions = ArrayField(models.CharField(max_length=60), default=list)
    declared = models.CharField(max_length=10, choices=Declared, default=Declared.NOT_YET)
    conflict = models.TextField(blank=True)
    declared_at = models.DateTimeField(null=True)
    # Of a declared conflict: what the lead commissioner decided. An excluded evaluator sees nothing.
    excluded = models.BooleanField(default=False)
    decided_because = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # From this moment the evaluator's scores cannot change.
    locked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tender", "user"], name="evaluator_once"),
            models.CheckConstraint(
                name="evaluator_conflict_in_words", condition=~Q(declared="conflict") | ~Q(conflict="")
            ),
            models.CheckConstraint(
                name="evaluator_decided_by_and_at",
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="evaluator_excluded_with_reason", condition=Q(excluded=False) | ~Q(decided_because="")
            ),
        ]


class Score(Recorded):
    """One evaluator's score of one answer. Never changed once the evaluator has locked: a trigger refuses."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="scores")
    evaluator = models.ForeignKey(Evaluator, on_delete=models.PROTECT, related_name="scores")
    question = models.CharField(max_length=60)
    score = models.DecimalField(max_digits=5, decimal_places=2)
    comment = models.TextField()
    scored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bid", "evaluator", "question"], name="score_once"),
            models.CheckConstraint(name="score_with_comment", condition=~Q(comment="")),
            models.CheckConstraint(name="score_not_negative", condition=Q(score__gte=0)),
        ]


class ModerationMeeting(Recorded):
    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="moderation_meetings")
    held_on = models.DateField()
    chair = models.CharField(max_length=200)
    attendees = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


class ModeratedScore(Recorded):
    """The score agreed for one answer, with the scores the discussion began from."""

    meeting = models.ForeignKey(ModerationMeeting, on_delete=models.PROTECT, related_name="scores")
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="moderated_scores")
    question = models.CharField(max_length=60)
    # [{"evaluator": name, "score": "3"}] as locked.
    start_scores = models.JSONField()
    discussion = models.TextField()
    score = models.DecimalField(max_digits=5, decimal_places=2)
    reason = models.TextField(blank=True)
    agreed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bid", "question"], name="moderated_score_once")]


class Award(Recorded):
    """The recommendation of one bid and what became of it. `result`: totals, ranks and ties as they were worked out.

    A framework may have several, recommended together: they go on together, and a trigger refuses one that goes alone,
    or a second one of a tender of another kind.
    """

    class State(models.TextChoices):
        RECOMMENDED = "recommended", "Recommended"
        STANDSTILL = "standstill", "In standstill"
        AWARDED = "awarded", "Awarded"
        CANCELLED = "cancelled", "Cancelled"

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="awards")
    # A bid whose recommendation was cancelled may be recommended again.
    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="awards")
    state = models.CharField(max_length=12, choices=State, default=State.RECOMMENDED)
    reason = models.TextField()
    result = models.JSONField()
    recommended_at = models.DateTimeField()
    recommended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(null=True)
    notice_on = models.DateField(null=True)
    standstill_until = models.DateField(null=True)
    awarded_on = models.DateField(null=True)
    awarded_at = models.DateTimeField(null=True)
    awarded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    details_published_on = models.DateField(null=True)
    cancelled_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bid"], condition=~Q(state="cancelled"), name="award_one_standing_per_bid"),
            models.CheckConstraint(
                name="award_approved_by_and_at",
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="award_approved_by_another",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("recommended_by")),
            ),
            models.CheckConstraint(
                name="award_made_by_and_at",
                condition=Q(awarded_at__isnull=True, awarded_by__isnull=True)
                | Q(awarded_at__isnull=False, awarded_by__isnull=False),
            ),
            models.CheckConstraint(
                name="award_only_when_approved",
                condition=~Q(state__in=["standstill", "awarded"]) | Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="award_nothing_before_its_approval",
                condition=Q(approved_on__isnull=True)
                | (
                    (Q(notice_on__isnull=True) | Q(notice_on__gte=F("approved_on")))
                    & (Q(awarded_on__isnull=True) | Q(awarded_on__gte=F("approved_on")))
                ),
            ),
            models.CheckConstraint(
                name="award_not_before_standstill_ends",
                condition=Q(awarded_on__isnull=True)
                | Q(standstill_until__isnull=True)
                | Q(awarded_on__gt=F("standstill_until")),
            ),
        ]

    @property
    def tie_decided(self) -> str:
        """How it was decided between equal totals, in the words of who recommended; "" where it needed no deciding."""
        return str(self.result.get("tie_decided_because", ""))


class Promise(Recorded):
    """What the winner promised in the bid: becomes a commitment of the contract."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="promises")
    question = models.CharField(max_length=60, blank=True)
    text = models.TextField()
    due_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
