"""Serious incidents: the form agreed beforehand, the incident, and who was told of it."""

from django.db import models
from django.db.models import F, Q

from plumbline.audit.models import Recorded
from plumbline.contracts.models.register import Contract
from plumbline.flags.models import Message
from plumbline.ofsted.models import Setting
from plumbline.people.models import Child, User
from plumbline.people.row_rules import WITH_CHILD, as_row_of, tied

# Whether the one who looks sees every child whom an incident concerns: those linked to it, each by number whosever they
# are, and the one of its contract.
_SEES_ALL_CONCERNED = (
    "not exists (select from contracts_numberedlink k where k.incident_id = {row}.incident_id and not "
    + as_row_of("contracts_incidentchild", "k.id")
    + ") and not exists (select from contracts_incident i join contracts_contract c on c.id = i.contract_id"
    " where i.id = {row}.incident_id and c.child_id is not null and not "
    + as_row_of("people_child", "c.child_id")
    + ")"
)


class IncidentForm(Recorded):
    """The steps to be taken in a serious incident under one contract, agreed by all three sides; versions are kept."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="incident_forms")
    number = models.IntegerField()
    # [{"step": sentence, "duty": "provider" | "council", "recipient": code}]
    steps = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    manager_agreed_at = models.DateTimeField(null=True)
    manager_agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    area_agreed_at = models.DateTimeField(null=True)
    area_agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    provider_agreed_at = models.DateTimeField(null=True)
    provider_agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="incident_form_who_has_when",
                condition=(Q(manager_agreed_by__isnull=True) | Q(manager_agreed_at__isnull=False))
                & (Q(area_agreed_by__isnull=True) | Q(area_agreed_at__isnull=False))
                & (Q(provider_agreed_by__isnull=True) | Q(provider_agreed_at__isnull=False)),
            ),
            models.UniqueConstraint(fields=["contract", "number"], name="incident_form_once"),
        ]


class IncidentType(models.TextChoices):
    DEATH = "death", "Death of a child"
    SERIOUS_INJURY = "serious_injury", "Serious injury"
    SERIOUS_ILLNESS = "serious_illness", "Serious illness"
    CSE = "cse", "Sexual exploitation"
    CCE = "cce", "Criminal exploitation"
    MISSING = "missing", "Missing"
    SELF_HARM = "self_harm", "Self-harm"
    ASSAULT = "assault", "Assault"
    RESTRAINT = "restraint", "Restraint"
    ALLEGED_OFFENCE = "alleged_offence", "Alleged offence by a child"
    POLICE_CALLED = "police_called", "Police called"
    ALLEGATION_STAFF = "allegation_staff", "Allegation against staff"
    DBS_REFERRAL = "dbs_referral", "Referral of staff to the Disclosure and Barring Service"
    CP_ENQUIRY_OPENED = "cp_enquiry_opened", "Child protection enquiry begun"
    CP_ENQUIRY_CLOSED = "cp_enquiry_closed", "Child protection enquiry concluded"
    FIRE_PREMISES = "fire_premises", "Fire or premises"
    MEDICATION_ERROR = "medication_error", "Medication error"
    DATA_BREACH = "data_breach", "Data breach"
    NEAR_MISS = "near_miss", "Near miss"
    OTHER_SERIOUS = "other_serious", "Other serious incident"


class IncidentState(models.TextChoices):
    OPEN = "open", "Open"
    REVIEW = "review", "Actions done, under review"
    CLOSED = "closed", "Closed"
    # The same as another incident, or entered in error: it has no clocks, and counts nowhere.
    ASIDE = "aside", "Set aside"


class Incident(Recorded):
    """One serious incident. `summary` names nobody and is seen widely; `narrative` is restricted (contracts.access)."""

    reference = models.CharField(max_length=30, unique=True)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="incidents")
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, null=True, related_name="incidents")
    form = models.ForeignKey(IncidentForm, on_delete=models.PROTECT, null=True, related_name="incidents")
    type = models.CharField(max_length=20, choices=IncidentType)
    occurred_at = models.DateTimeField()
    # When the provider came to know of it: from then its clocks run. NULL: from when it happened.
    known_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    summary = models.TextField()
    narrative = models.TextField(blank=True)
    # The names of staff concerned, one on each line; restricted as the narrative is, and kept out of the summary.
    staff_involved = models.TextField(blank=True)
    immediate_action = models.TextField(blank=True)
    children_count = models.IntegerField(default=0)
    strategy_discussion = models.BooleanField(null=True)
    police_reference = models.CharField(max_length=60, blank=True)
    lado_reference = models.CharField(max_length=60, blank=True)
    service_centre_reference = models.CharField(max_length=60, blank=True)
    placing_authority = models.CharField(max_length=200, blank=True)
    # Of an allegation: substantiated, malicious, false, unsubstantiated, unfounded.
    outcome = models.CharField(max_length=20, blank=True)
    # The council's own duties: notice to the national panel, and the rapid review.
    council_notifiable = models.BooleanField(default=False)
    council_learnt_on = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=IncidentState, default=IncidentState.OPEN)
    lessons = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # Set aside as the same as another, or (NULL) as entered in error. The reason is read widely.
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="same")
    aside_because = models.TextField(blank=True)
    aside_at = models.DateTimeField(null=True)
    aside_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="incident_who_has_when", condition=(Q(closed_by__isnull=True) | Q(closed_at__isnull=False))
            ),
            models.CheckConstraint(
                name="incident_aside_with_reason",
                condition=(Q(state="aside", aside_at__isnull=False) & ~Q(aside_because=""))
                | (
                    ~Q(state="aside")
                    & Q(aside_at__isnull=True, aside_by__isnull=True, same_as__isnull=True, aside_because="")
                ),
            ),
            models.CheckConstraint(name="incident_not_the_same_as_itself", condition=~Q(same_as=F("pk"))),
            models.CheckConstraint(
                name="incident_closed_with_lessons",
                condition=~Q(state="closed") | (~Q(lessons="") & Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["contract", "-occurred_at"], name="incident_contract")]


class StepTaken(Recorded):
    """A step of the agreed form, by its place in it, that was ticked for an incident; a tick can be taken back."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="steps_taken")
    place = models.IntegerField()
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "place"], name="step_taken_once", condition=Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(
                name="step_undone_who_has_when", condition=(Q(undone_by__isnull=True) | Q(undone_at__isnull=False))
            ),
        ]


class IncidentChild(Recorded):
    rows_seen = WITH_CHILD

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="children")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="incidents")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "child"], name="incident_child_once")]


class Notification(Recorded):
    """One recipient who must be told of an incident: legal basis, whose duty it is, by when, and what was done."""

    class Duty(models.TextChoices):
        PROVIDER = "provider", "The provider"
        COUNCIL = "council", "The council"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="notifications")
    recipient = models.CharField(max_length=40)
    legal_basis = models.CharField(max_length=300)
    duty = models.CharField(max_length=8, choices=Duty)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=60, blank=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=200, blank=True)
    escalated_at = models.DateTimeField(null=True)
    not_needed_because = models.TextField(blank=True)
    # The nameless e-mail about it that Plumbline wrote itself, to an address of the council's own.
    mail = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    # Its incident is set aside: nobody is to be told, and it counts nowhere.
    aside = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notification_who_has_when", condition=(Q(sent_by__isnull=True) | Q(sent_at__isnull=False))
            ),
            models.UniqueConstraint(fields=["incident", "recipient"], name="notification_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="notification_unsent",
                condition=Q(sent_at__isnull=True, not_needed_because="", aside=False),
            )
        ]


class ReportingContact(Recorded):
    """How someone who is told of incidents is reached: kept once for the council (`contract` NULL), and where a
    contract has its own, for that. An office's, never a person's."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, null=True, related_name="reporting_contacts")
    recipient = models.CharField(max_length=40)
    phone = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    form_url = models.URLField(max_length=500, blank=True)
    hours = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "recipient"], name="reporting_contact_once", nulls_distinct=False
            ),
            models.CheckConstraint(name="reporting_contact_says_how", condition=~Q(phone="", email="", form_url="")),
            models.CheckConstraint(
                name="reporting_contact_secure_form", condition=Q(form_url="") | Q(form_url__startswith="https://")
            ),
        ]


class IncidentNews(Recorded):
    """What became known later; goes to all who were told."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="news")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField()


class NewsSent(Recorded):
    """One recipient's share of later news."""

    news = models.ForeignKey(IncidentNews, on_delete=models.CASCADE, related_name="sent")
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="news_sent")
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="news_sent_who_has_when", condition=(Q(sent_by__isnull=True) | Q(sent_at__isnull=False))
            ),
            models.UniqueConstraint(fields=["news", "notification"], name="news_sent_once"),
        ]


class HeldText(Recorded):
    """A text for wide reading that is kept unseen until someone who may see every name that it must not hold has read
    it. Where it belongs (`subject_type`, `subject_id`, `field`) a sentence is shown meanwhile."""

    rows_seen = (
        "case when {row}.child_id is not null then "
        + WITH_CHILD
        + " when {row}.case_id is not null then exists (select from contracts_evaluationcase c"
        " where c.id = {row}.case_id and "
        + as_row_of("people_child", "c.child_id")
        + ") else ("
        + tied("incident", "{row}.incident_id")
        + " or {may[incidents.view]} or {may[placements.view]} or {may[provider.portal]}) and "
        + _SEES_ALL_CONCERNED
        + " end"
    )

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, null=True, related_name="held_texts")
    case = models.ForeignKey("contracts.EvaluationCase", on_delete=models.CASCADE, null=True, related_name="held_texts")
    # The child, placed at the setting of the incident and not linked to it, whom the text names.
    child = models.ForeignKey(Child, on_delete=models.CASCADE, null=True, related_name="+")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    field = models.CharField(max_length=40)
    text = models.TextField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="held_text_of_one", condition=Q(incident__isnull=True, case__isnull=False)
                | Q(incident__isnull=False, case__isnull=True),
            ),
            models.CheckConstraint(
                name="held_text_settled_by_at", condition=Q(settled_by__isnull=True, settled_at__isnull=True)
                | Q(settled_by__isnull=False, settled_at__isnull=False),
            ),
        ]  # fmt: skip
