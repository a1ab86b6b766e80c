"""What the council buys, from the first draft of a tender to the service that is ready to begin."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from plumbline.audit.models import Import, Recorded
from plumbline.evidence.models import Document
from plumbline.people.models import Organisation, User
from plumbline.toolkits.models import ToolkitVersion


class Tender(Recorded):
    """One procurement of any commissioning body: a competition, a direct award or a call-off. All are on the list."""

    class Kind(models.TextChoices):
        COMPETITION = "competition", "Competition"
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
    # Whoever drafted it says that it is ready; somebody else approves.
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


class Evaluator(Recorded):
    """Somebody who scores a tender's bids. Nothing of a bid is shown before a declaration that was accepted."""

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
    """The recommendation of one bid and what became of it. `result`: totals, ranks and ties as they were worked out."""

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
    notice_on = models.DateField(null=True)
    standstill_until = models.DateField(null=True)
    awarded_on = models.DateField(null=True)
    awarded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    details_published_on = models.DateField(null=True)
    cancelled_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tender"], condition=~Q(state="cancelled"), name="award_one_standing_per_tender"
            ),
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
                name="award_only_when_approved",
                condition=~Q(state__in=["standstill", "awarded"]) | Q(approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="award_not_before_standstill_ends",
                condition=Q(awarded_on__isnull=True)
                | Q(standstill_until__isnull=True)
                | Q(awarded_on__gt=F("standstill_until")),
            ),
        ]


class Promise(Recorded):
    """What the winner promised in the bid: becomes a commitment of the contract."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="promises")
    question = models.CharField(max_length=60, blank=True)
    text = models.TextField()
    due_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")


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
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="supplier_merged_once_at_a_time"
            )
        ]


# Open contracting: what others and we have published (OCDS 1.1).


class OcdsProcess(Recorded):
    """One contracting process by its ocid, as its latest release says."""

    ocid = models.CharField(max_length=120, unique=True)
    tender = models.OneToOneField(Tender, on_delete=models.PROTECT, null=True, related_name="ocds_process")
    title = models.CharField(max_length=500, blank=True)
    buyer_name = models.CharField(max_length=300, blank=True)
    buyer_identifier = models.CharField(max_length=120, blank=True)
    tender_status = models.CharField(max_length=40, blank=True)
    latest_on = models.DateTimeField()


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
            models.UniqueConstraint(fields=["process", "party_id", "award_id"], name="ocds_party_once"),
            models.CheckConstraint(
                name="ocds_party_matched_to_one",
                condition=Q(match__in=["waiting", "not_ours"], organisation__isnull=True)
                | Q(match__in=["identifier", "person", "new"], organisation__isnull=False),
            ),
        ]


# Implementation: from award to the first day of the service.


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
    """Somebody whom a supplier must be able to reach, or the supplier's own. A change ends the row, begins another."""

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
            models.UniqueConstraint(fields=["plan", "number"], name="pathway_pack_once"),
            models.CheckConstraint(
                name="pathway_pack_acknowledged_by_name",
                condition=Q(acknowledged_at__isnull=True) | ~Q(acknowledged_name=""),
            ),
        ]
