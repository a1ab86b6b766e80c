"""The register of contracts, and what is looked at under each: assessments, policies, meetings, visits."""

from django.db import models
from django.db.models import F, Q

from plumbline.audit.models import Recorded
from plumbline.commissioning.models import Award, ImplementationPlan, OcdsContract
from plumbline.evidence.models import Document
from plumbline.intake.models import Origin
from plumbline.ofsted.models import Setting
from plumbline.people.labels import later
from plumbline.people.models import Child, Organisation, User
from plumbline.toolkits.models import Return


class Policy(models.TextChoices):
    """The six of the contract assurance toolkit (the seed report; domain.md 4.2)."""

    SAFER_RECRUITMENT = "safer_recruitment", "Safer recruitment"
    SAFEGUARDING = "safeguarding", "Safeguarding"
    DBS = "dbs", "Disclosure and barring checks"
    WHISTLEBLOWING = "whistleblowing", "Whistleblowing"
    COMPLAINTS = "complaints", "Complaints"
    ANTI_BULLYING = "anti_bullying", "Anti-bullying"


class ContractState(models.TextChoices):
    IMPLEMENTATION = "implementation", "In implementation"
    LIVE = "live", "Live"
    ENDED = "ended", "Ended"


class ReviewEvery(models.IntegerChoices):
    """How often the contract is evaluated at a meeting, in months."""

    MONTH = 1, "every month"
    QUARTER = 3, "every quarter"
    HALF_YEAR = 6, "every six months"
    YEAR = 12, "every year"


class Contract(Recorded):
    """One contract: a block contract, a framework, a call-off, or an individual placement agreement for one child.

    In force on a day D: live, starts_on ≤ D and (no ends_on, or ends_on ≥ D).
    """

    class Kind(models.TextChoices):
        BLOCK = "block", "Block contract"
        FRAMEWORK = "framework", "Framework"
        CALL_OFF = "call_off", "Call-off"
        SPOT = "spot", "Individual placement agreement"

    reference = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=Kind)
    framework = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="call_offs")
    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contracts")
    service = models.CharField(max_length=200)
    # As the source names them, and the user where one is known.
    manager_wording = models.CharField(max_length=200, blank=True)
    manager = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="contracts_managed")
    area_lead_wording = models.CharField(max_length=200, blank=True)
    area_lead = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="contracts_of_service")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    # From this day a statutory function is delivered, so that a board assessment is needed; NULL: none.
    statutory_from = models.DateField(null=True)
    visit_required = models.BooleanField(default=False)
    review_every = models.SmallIntegerField(choices=ReviewEvery, default=ReviewEvery.QUARTER)
    # The one child of an individual placement agreement. Never shown by a role alone.
    child = models.ForeignKey(Child, on_delete=models.PROTECT, null=True, related_name="agreements")
    state = models.CharField(max_length=14, choices=ContractState, default=ContractState.LIVE)
    live_on = models.DateField(null=True)
    # It was in force when it came in, so that no go-live was recorded here.
    live_before = models.BooleanField(default=False)
    ended_because = models.TextField(blank=True)
    award = models.OneToOneField(Award, on_delete=models.PROTECT, null=True, related_name="contract")
    plan = models.OneToOneField(ImplementationPlan, on_delete=models.PROTECT, null=True, related_name="contract")
    ocds_contract = models.OneToOneField(OcdsContract, on_delete=models.PROTECT, null=True, related_name="registered")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="contract_days_in_order", condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="contract_child_only_of_an_agreement", condition=Q(child__isnull=True) | Q(kind="spot")
            ),
            models.CheckConstraint(
                name="contract_reviewed_in_a_rhythm", condition=Q(review_every__in=ReviewEvery.values)
            ),
        ]
        indexes = [
            models.Index(fields=["starts_on", "id"], name="contract_started"),
            models.Index(fields=["provider", "id"], name="contract_provider"),
        ]

    @property
    def called(self) -> str:
        """ "CT017, Short breaks at weekends"."""
        return f"{self.reference}, {self.title}"


class ContractOrigin(Origin):
    row = models.OneToOneField(
        Contract, on_delete=models.DO_NOTHING, primary_key=True, db_column="id", related_name="origin"
    )


class ContractSetting(Recorded):
    """A setting in which the contract is delivered. The URN stays as the source wrote it."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="settings")
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="contracts")
    urn = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contract", "setting"], name="contract_setting_once")]


class ContractReturn(Recorded):
    """A toolkit's return asked for under a contract."""

    class Purpose(models.TextChoices):
        SELF_ASSESSMENT = "self_assessment", "Self-assessment"
        BOARD_ASSESSMENT = "board_assessment", later("{Board_before} assessment")
        ASSURANCE = "assurance", "Annual assurance"
        EVALUATION = "evaluation", "Quarterly evaluation"

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="returns")
    answer_set = models.OneToOneField(Return, on_delete=models.PROTECT, related_name="for_contract")
    purpose = models.CharField(max_length=20, choices=Purpose)


class Assessment(Recorded):
    """A safeguarding-board assessment, a self-assessment, or the action plan that must go with the latter."""

    class Kind(models.TextChoices):
        BOARD = "board", later("{Board_before} assessment")
        SELF = "self", "Self-assessment"
        PLAN = "plan", "Action plan"

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="assessments")
    kind = models.CharField(max_length=6, choices=Kind)
    completed_on = models.DateField()
    valid_until = models.DateField()
    instrument = models.CharField(max_length=120, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    answer_set = models.ForeignKey(Return, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assessment_who_has_when", condition=(Q(recorded_by__isnull=True) | Q(recorded_at__isnull=False))
            ),
            models.UniqueConstraint(fields=["contract", "kind", "completed_on"], name="assessment_once"),
            models.CheckConstraint(name="assessment_days_in_order", condition=Q(valid_until__gte=F("completed_on"))),
        ]


class AssessmentOrigin(Origin):
    row = models.OneToOneField(
        Assessment, on_delete=models.DO_NOTHING, primary_key=True, db_column="id", related_name="origin"
    )


class PolicyReview(Recorded):
    """A policy of the provider seen in place, and the day on which the provider last reviewed it."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="policy_reviews")
    policy = models.CharField(max_length=20, choices=Policy)
    reviewed_on = models.DateField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    answer_set = models.ForeignKey(Return, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="policy_review_who_has_when",
                condition=(Q(recorded_by__isnull=True) | Q(recorded_at__isnull=False)),
            ),
            models.UniqueConstraint(fields=["contract", "policy", "reviewed_on"], name="policy_review_once"),
        ]


class PolicyReviewOrigin(Origin):
    row = models.OneToOneField(
        PolicyReview, on_delete=models.DO_NOTHING, primary_key=True, db_column="id", related_name="origin"
    )


class Evaluation(Recorded):
    """The quarterly joint evaluation meeting of one contract."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        HELD = "held", "Held"
        CANCELLED = "cancelled", "Cancelled"

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="evaluations")
    state = models.CharField(max_length=10, choices=State, default=State.HELD)
    held_on = models.DateField()
    service_area_present = models.BooleanField(null=True)
    chair = models.CharField(max_length=200, blank=True)
    minutes = models.TextField(blank=True)
    minutes_document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    # The safeguarding section: incidents, allegations, complaints, staffing, training, DBS, concerns raised.
    safeguarding = models.JSONField(default=dict)
    next_on = models.DateField(null=True)
    answer_set = models.ForeignKey(Return, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_because = models.TextField(blank=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="evaluation_who_has_when", condition=(Q(recorded_by__isnull=True) | Q(recorded_at__isnull=False))
            ),
            models.UniqueConstraint(
                fields=["contract", "held_on"], condition=~Q(state="cancelled"), name="evaluation_once_a_day"
            ),
        ]


class EvaluationOrigin(Origin):
    row = models.OneToOneField(
        Evaluation, on_delete=models.DO_NOTHING, primary_key=True, db_column="id", related_name="origin"
    )


class EvaluationAttendee(Recorded):
    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="attendees")
    name = models.CharField(max_length=200)
    organisation = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=200, blank=True)
    service_area = models.BooleanField(default=False)


class EvaluationCase(Recorded):
    """A case that needs resolution: nameless for most; the child only for those who may see that child."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="cases")
    reference = models.CharField(max_length=60)
    summary = models.TextField()
    child = models.ForeignKey(Child, on_delete=models.PROTECT, null=True, related_name="+")
    resolved_on = models.DateField(null=True)
    resolution = models.TextField(blank=True)


class Commitment(Recorded):
    """What the provider promised in its bid or agreed since; each evaluation checks it."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="commitments")
    text = models.TextField()
    source = models.CharField(max_length=200)
    due_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)


class CommitmentCheck(Recorded):
    class Result(models.TextChoices):
        MET = "met", "Met"
        PARTLY = "partly", "Partly met"
        NOT_MET = "not_met", "Not met"
        NOT_SEEN = "not_seen", "Not looked at"

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="commitment_checks")
    commitment = models.ForeignKey(Commitment, on_delete=models.PROTECT, related_name="checks")
    result = models.CharField(max_length=10, choices=Result)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evaluation", "commitment"], name="commitment_check_once")]


class Arrangement(Recorded):
    """A safeguarding arrangement of this contract alone, discussed and agreed for it (domain.md 4.2)."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="arrangements")
    text = models.TextField()
    agreed_on = models.DateField()
    agreed_by = models.CharField(max_length=200)
    agreed_with = models.CharField(max_length=200)
    ended_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")


class KpiRating(models.TextChoices):
    """The five rating words of the contract performance notice (UK9; domain.md 3.6)."""

    GOOD = "good", "Good"
    APPROACHING = "approaching", "Approaching target"
    REQUIRES_IMPROVEMENT = "requires_improvement", "Requires improvement"
    INADEQUATE = "inadequate", "Inadequate"
    OTHER = "other", "Other"


class Kpi(Recorded):
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="kpis")
    title = models.CharField(max_length=300)
    target = models.CharField(max_length=200)
    ended_on = models.DateField(null=True)


class KpiReading(Recorded):
    kpi = models.ForeignKey(Kpi, on_delete=models.CASCADE, related_name="readings")
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, null=True, related_name="kpi_readings")
    quarter_from = models.DateField()
    value = models.CharField(max_length=200)
    rating = models.CharField(max_length=24, choices=KpiRating)
    note = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kpi", "quarter_from"], name="kpi_reading_once_a_quarter")]


class Visit(Recorded):
    """A contract-management visit to a home or school, ours or another council's that we accepted."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        HELD = "held", "Held"
        REPORT_SENT = "report_sent", "Report sent"
        ANSWERED = "answered", "Answered by the provider"
        SIGNED_OFF = "signed_off", "Signed off"
        CANCELLED = "cancelled", "Cancelled"

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, related_name="visits")
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, null=True, related_name="visits")
    state = models.CharField(max_length=12, choices=State, default=State.HELD)
    visited_on = models.DateField()
    # "": our own visit; else the council whose visit we accepted.
    by_council = models.CharField(max_length=200, blank=True)
    accepted_because = models.TextField(blank=True)
    visitors = models.CharField(max_length=300, blank=True)
    summary = models.TextField(blank=True)
    answer_set = models.ForeignKey(Return, on_delete=models.PROTECT, null=True, related_name="+")
    report = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    report_sent_on = models.DateField(null=True)
    provider_answer = models.TextField(blank=True)
    provider_answered_at = models.DateTimeField(null=True)
    provider_answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_off_at = models.DateTimeField(null=True)
    signed_off_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_because = models.TextField(blank=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="visit_who_has_when",
                condition=(Q(provider_answered_by__isnull=True) | Q(provider_answered_at__isnull=False))
                & (Q(signed_off_by__isnull=True) | Q(signed_off_at__isnull=False))
                & (Q(recorded_by__isnull=True) | Q(recorded_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="visit_is_of_a_contract_or_a_setting",
                condition=Q(contract__isnull=False) | Q(setting__isnull=False),
            ),
            models.CheckConstraint(
                name="visit_of_another_council_says_why", condition=Q(by_council="") | ~Q(accepted_because="")
            ),
        ]
        indexes = [models.Index(fields=["setting", "-visited_on"], name="visit_setting")]


class VisitOrigin(Origin):
    row = models.OneToOneField(
        Visit, on_delete=models.DO_NOTHING, primary_key=True, db_column="id", related_name="origin"
    )


class VisitFinding(Recorded):
    """What was found in one area: the five of the visit toolkit."""

    class Judgement(models.TextChoices):
        MET = "met", "Met"
        PARTLY = "partly", "Partly met"
        NOT_MET = "not_met", "Not met"
        NOT_SEEN = "not_seen", "Not seen"

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="findings")
    area = models.CharField(max_length=60)
    judgement = models.CharField(max_length=10, choices=Judgement)
    finding = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "area"], name="visit_finding_once")]


class HomeReport(Recorded):
    """A home's regulation 44 (monthly) or regulation 45 (six-monthly) report: received, read, concern raised."""

    class Kind(models.TextChoices):
        REG44 = "reg44", "Regulation 44: independent visitor, monthly"
        REG45 = "reg45", "Regulation 45: review of the quality of care, six-monthly"

    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="home_reports")
    kind = models.CharField(max_length=6, choices=Kind)
    # The first day of the month (regulation 44) or of the half-year (regulation 45) that it speaks for.
    period_from = models.DateField()
    received_on = models.DateField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    concern = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["setting", "kind", "period_from"], name="home_report_once"),
            models.CheckConstraint(
                name="home_report_read_by_and_at",
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
            ),
        ]
