"""Tenders and their bids, with stage 1; and suppliers found to be one."""

from django.db import models
from django.db.models import Q

from plumbline.audit.models import Recorded
from plumbline.evidence.models import Document
from plumbline.people.models import Organisation, User
from plumbline.toolkits.models import ToolkitVersion


class Tender(Recorded):
    """One procurement of any commissioning body: a competition for one contract or for a framework, a direct award or a
    call-off. All are on the list."""

    class Kind(models.TextChoices):
        COMPETITION = "competition", "Competition"
        FRAMEWORK = "framework", "Framework"
        DIRECT_AWARD = "direct_award", "Direct award"
        CALL_OFF = "call_off", "Call-off from a framework"

    class Body(models.TextChoices):
        CHILDREN = "children", "Children's Services"
        ADULTS = "adults", "Adult social care"
        PUBLIC_HEALTH = "public_health", "Public health"
        DISTRICT = "district", "District council"
        SCHOOL = "school", "School"
        OTHER = "other", "Other"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        APPROVED = "approved", "Approved to publish"
        PUBLISHED = "published", "Published"
        CLOSED = "closed", "Closed to bids"
        STAGE1 = "stage1", "Stage 1 check"
        EVALUATION = "evaluation", "Individual evaluation"
        MODERATION = "moderation", "Moderation"
        RECOMMENDATION = "recommendation", "Recommendation"
        STANDSTILL = "standstill", "Standstill"
        AWARDED = "awarded", "Awarded"
        CONTRACT_DETAILS = "contract_details", "Contract details published"
        IMPLEMENTATION = "implementation", "Implementation"
        ABANDONED = "abandoned", "Abandoned"

    class Method(models.TextChoices):
        MODERATE = "moderate", "Moderated to an agreed score"
        AVERAGE = "average", "Average of the evaluators' scores"

    reference = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=300)
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.COMPETITION)
    body = models.CharField(max_length=14, choices=Body, default=Body.CHILDREN)
    service = models.CharField(max_length=200)
    statutory_function = models.BooleanField(default=False)
    light_touch = models.BooleanField(default=True)
    # Working days; 0 where the procedure has none (light-touch contracts need none).
    standstill_days = models.IntegerField(default=0)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    cpv = models.CharField(max_length=20, blank=True)
    framework = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="call_offs")
    direct_award_reason = models.TextField(blank=True)
    lead_commissioner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tenders_led")
    service_area_lead = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="tenders_of_service")
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    state_since = models.DateField()
    # The business-information assessment and the scored questions asked, each a version of a toolkit, fixed when
    # published. A tender without a stage 1 cannot be published.
    stage1 = models.ForeignKey(ToolkitVersion, on_delete=models.PROTECT, null=True, related_name="tenders_stage1")
    questions = models.ForeignKey(ToolkitVersion, on_delete=models.PROTECT, null=True, related_name="tenders_questions")
    scored_safeguarding = models.BooleanField(default=False)
    quality_share = models.DecimalField(max_digits=5, decimal_places=2, default=100)
    method = models.CharField(max_length=10, choices=Method, default=Method.MODERATE)
    # An agreed score further than this from any individual score needs a reason.
    reason_beyond = models.DecimalField(max_digits=4, decimal_places=2, default=0)
    # The person who drafted it says that it is ready; someone else approves.
    approval_asked_at = models.DateTimeField(null=True)
    approval_asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(null=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_on = models.DateField(null=True)
    bids_due_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    stage1_began_on = models.DateField(null=True)
    standstill_until = models.DateField(null=True)
    service_starts_on = models.DateField(null=True)
    service_ends_on = models.DateField(null=True)
    implementation_from = models.DateField(null=True)
    abandoned_because = models.TextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tender_who_has_when",
                condition=(Q(approval_asked_by__isnull=True) | Q(approval_asked_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="tender_not_published_without_stage1",
                condition=Q(state__in=["draft", "approved", "abandoned"]) | Q(stage1__isnull=False),
            ),
            models.CheckConstraint(
                name="tender_abandoned_with_reason", condition=~Q(state="abandoned") | ~Q(abandoned_because="")
            ),
            models.CheckConstraint(
                name="tender_quality_share_is_a_share", condition=Q(quality_share__gte=0, quality_share__lte=100)
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="tender_state")]


class TenderConflict(Recorded):
    """A conflict of interest of anybody in the tender as a whole (not only evaluators), and what was decided."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="conflicts")
    person = models.CharField(max_length=200)
    conflict = models.TextField()
    decided = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tender_conflict_who_has_when",
                condition=(Q(decided_by__isnull=True) | Q(decided_at__isnull=False)),
            )
        ]


class BidState(models.TextChoices):
    RECEIVED = "received", "Received"
    CLARIFICATION = "clarification", "Clarification asked"
    PASSED = "passed", "Passed stage 1"
    FAILED = "failed", "Failed stage 1"
    DISQUALIFIED = "disqualified", "Disqualified"
    WITHDRAWN = "withdrawn", "Withdrawn"
    RECOMMENDED = "recommended", "Recommended"
    SUCCESSFUL = "successful", "Successful"
    UNSUCCESSFUL = "unsuccessful", "Unsuccessful"


class Bid(Recorded):
    """What one supplier offered, entered or imported after the sealed bids were opened. Failed, it goes no further."""

    tender = models.ForeignKey(Tender, on_delete=models.PROTECT, related_name="bids")
    supplier = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="bids")
    received_at = models.DateTimeField()
    price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    new_to_council = models.BooleanField(default=False)
    state = models.CharField(max_length=14, choices=BidState, default=BidState.RECEIVED)
    stopped_because = models.TextField(blank=True)
    stopped_on = models.DateField(null=True)
    # The day on which stage 1 was decided, passed or failed.
    stage1_decided_on = models.DateField(null=True)
    # Received after the last day for bids: stopped, unless it was accepted with a reason.
    late = models.BooleanField(default=False)
    late_accepted_because = models.TextField(blank=True)
    # The letter to the bidder: drafted by rule, edited by people, sent on a day.
    letter = models.TextField(blank=True)
    letter_sent_on = models.DateField(null=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tender", "supplier"], name="bid_once_per_supplier"),
            models.CheckConstraint(
                name="bid_stopped_with_reason",
                condition=~Q(state__in=["failed", "disqualified"]) | ~Q(stopped_because=""),
            ),
        ]


class BidDocument(Recorded):
    """A paper of the bid: the answer to one criterion or question ("" : to the whole)."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="bids")
    criterion = models.CharField(max_length=60, blank=True)


class BidAnswer(Recorded):
    """What the bidder wrote to one question, as evaluators read it."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=60)
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bid", "question"], name="bid_answer_once")]


class Decision(models.TextChoices):
    PASS = "pass", "Pass"
    FAIL = "fail", "Fail"
    CLARIFICATION = "clarification", "Clarification asked"
    NOT_APPLICABLE = "not_applicable", "Does not apply"


class Stage1Decision(Recorded):
    """The decision on one criterion of stage 1 for one bid."""

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="stage1_decisions")
    criterion = models.CharField(max_length=60)
    decision = models.CharField(max_length=14, choices=Decision)
    reason = models.TextField(blank=True)
    clarification_asked = models.TextField(blank=True)
    clarification_asked_on = models.DateField(null=True)
    clarification_due_on = models.DateField(null=True)
    clarification_answer = models.TextField(blank=True)
    clarification_answered_on = models.DateField(null=True)
    # Of a policy that passed: the day of its last review.
    reviewed_on = models.DateField(null=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bid", "criterion"], name="stage1_decision_once"),
            models.CheckConstraint(name="stage1_fail_with_reason", condition=~Q(decision="fail") | ~Q(reason="")),
            models.CheckConstraint(
                name="stage1_clarification_says_what",
                condition=~Q(decision="clarification") | ~Q(clarification_asked=""),
            ),
        ]


class ExclusionCheck(Recorded):
    """Grounds for exclusion and the debarment list looked at for one bid (Procurement Act 2023, sections 57-62)."""

    class Ground(models.TextChoices):
        MANDATORY = "mandatory", "Mandatory grounds"
        DISCRETIONARY = "discretionary", "Discretionary grounds"
        DEBARMENT = "debarment", "Debarment list"

    class Result(models.TextChoices):
        NONE = "none", "None found"
        SELF_CLEANED = "self_cleaned", "Found; self-cleaning accepted"
        ALLOWED = "allowed", "Found; not excluded, with the reason"
        EXCLUDED = "excluded", "Excluded"

    bid = models.ForeignKey(Bid, on_delete=models.PROTECT, related_name="exclusion_checks")
    ground = models.CharField(max_length=14, choices=Ground)
    result = models.CharField(max_length=14, choices=Result)
    note = models.TextField(blank=True)
    checked_on = models.DateField()
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bid", "ground"], name="exclusion_check_once"),
            models.CheckConstraint(name="exclusion_found_with_note", condition=Q(result="none") | ~Q(note="")),
            models.CheckConstraint(
                name="exclusion_mandatory_is_excluded_or_cleaned",
                condition=~Q(ground__in=["mandatory", "debarment"]) | ~Q(result="allowed"),
            ),
        ]


class SupplierMerge(Recorded):
    """Two names found to be one supplier (`people.Organisation.merged_into` follows); undone by a person."""

    merged = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="merges_from")
    into = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="merges_into")
    because = models.TextField()
    merged_at = models.DateTimeField()
    merged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="supplier_merge_who_has_when", condition=(Q(undone_by__isnull=True) | Q(undone_at__isnull=False))
            ),
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="supplier_merged_once_at_a_time"
            ),
        ]
