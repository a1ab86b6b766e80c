"""Settings, the inspections they had, what was judged, and where that leaves them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value

from plumbline.audit.models import Recorded
from plumbline.evidence.models import Document
from plumbline.intake.models import Import
from plumbline.ofsted import rules
from plumbline.people.models import User


class Register(models.TextChoices):
    """Whose number a URN is. The same six digits can name a school in one and a home in the other."""

    SOCIAL_CARE = "social_care", "Social care"
    EDUCATION = "education", "Education"


class Status(models.TextChoices):
    """What `ofsted.rules` makes of everything known about a setting. Worst first."""

    UNREGISTERED = rules.Status.UNREGISTERED.value, "Unregistered"
    ADVERSE = rules.Status.ADVERSE.value, "Adverse"
    CLOSED = rules.Status.CLOSED.value, "Closed"
    UNMATCHED = rules.Status.UNMATCHED.value, "Not matched"
    NOT_JUDGED = rules.Status.NOT_JUDGED.value, "No overall judgement"
    WATCH = rules.Status.WATCH.value, "Watch"
    CLEAR = rules.Status.CLEAR.value, "Clear"


class Owner(models.Model):
    """The organisation that owns settings, as Ofsted names it."""

    name = models.CharField(max_length=300)
    sort_key = models.CharField(max_length=300, unique=True)


class Setting(Recorded):
    """A home, school or service where a child may be placed.

    `judgements_rev` is raised by the database on any change of an inspection, judgement, notice or registration;
    `evaluated_rev` is set with the status. While they differ the placement guard refuses, whatever the status says.
    """

    register = models.CharField(max_length=20, choices=Register)
    urn = models.CharField(max_length=20)
    name = models.CharField(max_length=300, blank=True)
    sort_key = models.CharField(max_length=330, blank=True)
    provision_type = models.CharField(max_length=120, blank=True)
    phase = models.CharField(max_length=60, blank=True)
    local_authority = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=120, blank=True)
    sector = models.CharField(max_length=60, blank=True)
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, null=True, related_name="settings")
    places = models.IntegerField(null=True)
    registration_status = models.CharField(max_length=40, blank=True)
    registered_on = models.DateField(null=True)
    linked_urn = models.CharField(max_length=20, blank=True)
    # The day of the newest list that named it, and of the first newer list of its kind that no longer did.
    listed_on = models.DateField(null=True)
    gone_since = models.DateField(null=True)
    last_checked_on = models.DateField(null=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.UNMATCHED)
    status_since = models.DateField(null=True)
    reasons = models.JSONField(default=list)
    rule_version = models.CharField(max_length=20, blank=True)
    judgements_rev = models.BigIntegerField(default=0)
    evaluated_rev = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "urn"], name="setting_urn_once_per_register")]
        indexes = [
            GinIndex(fields=["sort_key"], opclasses=["gin_trgm_ops"], name="setting_name_trgm"),
            models.Index(fields=["urn"], name="setting_urn"),
            models.Index(fields=["status", "id"], name="setting_status"),
        ]


class OfstedList(models.Model):
    """One published list, read in whole: part (a) of the monthly check."""

    layout = models.CharField(max_length=60)
    register = models.CharField(max_length=20, choices=Register)
    # Lists of one family replace each other: a setting gone from a newer one of the same family is gone.
    family = models.CharField(max_length=40)
    as_at = models.DateField()
    # The last day for which it proves a check of what it names; NULL: the day it is as at. Earlier where the list
    # seemed to be of another day, and was taken for a reason.
    proves_to = models.DateField(null=True)
    # What was handed in for this day, as digests of the rows: the same content for another day is asked about.
    contents = models.JSONField(default=list)
    whole = models.BooleanField()
    # The regions it covers; empty: the whole country. A setting elsewhere is not gone because it is not on it.
    regions = models.JSONField(default=list)
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="ofsted_lists")
    compared_with = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    # Counts against the list before: new, gone, better, worse, newly_adverse, unchanged.
    differences = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["family", "-as_at"], name="ofsted_list_newest")]


class Listing(models.Model):
    """What one list said of one setting. NULL: the file has no such column, which says nothing."""

    ofsted_list = models.ForeignKey(OfstedList, on_delete=models.PROTECT, related_name="listings")
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="listings")
    line = models.IntegerField()
    registration_status = models.CharField(max_length=40, null=True)  # noqa: DJ001 - NULL: no such column
    attributes = models.JSONField(default=dict)
    # The overall judgement it told of, and of which inspection: what two lists are compared by. "": none.
    said_aspect = models.CharField(max_length=40, blank=True)
    said_grade = models.CharField(max_length=30, blank=True)
    said_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ofsted_list", "setting"], name="listing_once_per_list")]
        indexes = [models.Index(fields=["setting", "ofsted_list"], name="listing_setting")]


class CouncilFact(models.Model):
    """What Ofsted tells the council alone of a setting, by the list that said so: the name and address of a home above
    all. Never in anything that is published. A provider of supported accommodation has one for each of its premises.
    """

    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="council_facts")
    ofsted_list = models.ForeignKey(OfstedList, on_delete=models.PROTECT, related_name="council_facts")
    line = models.IntegerField()
    name = models.CharField(max_length=300, blank=True)
    address = models.TextField(blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    telephone = models.CharField(max_length=60, blank=True)
    email = models.CharField(max_length=254, blank=True)
    placement_codes = models.CharField(max_length=120, blank=True)
    provider_codes = models.CharField(max_length=120, blank=True)
    places = models.CharField(max_length=20, blank=True)
    closed_on = models.DateField(null=True)
    report_link = models.CharField(max_length=500, blank=True)
    conditions = models.TextField(blank=True)
    owner = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["setting", "ofsted_list"], name="council_fact_setting")]


class Establishment(Recorded):
    """A school as the schools register (GIAS) has it, by its newest extract: why a URN is on no list, what became of
    it, and who inspects it.
    """

    urn = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=60, blank=True)
    local_authority = models.CharField(max_length=120, blank=True)
    opened_on = models.DateField(null=True)
    why_opened = models.CharField(max_length=120, blank=True)
    closed_on = models.DateField(null=True)
    why_closed = models.CharField(max_length=120, blank=True)
    inspectorate = models.CharField(max_length=60, blank=True)
    # The trust or federation, by the register's group links.
    group = models.CharField(max_length=300, blank=True)
    joined_on = models.DateField(null=True)
    as_at = models.DateField()
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="+")


class EstablishmentLink(Recorded):
    """One school that became another, or was made from it, as the schools register links them."""

    urn = models.CharField(max_length=20)
    linked_urn = models.CharField(max_length=20)
    linked_name = models.CharField(max_length=300, blank=True)
    # The register's own word: predecessor, successor, …
    kind = models.CharField(max_length=80)
    linked_on = models.DateField(null=True)
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["urn", "linked_urn", "kind"], name="establishment_link_once")]


class Inspection(Recorded):
    """One inspection of a setting, no matter who inspected, with the list or the person that told us first."""

    class Source(models.TextChoices):
        LIST = "list", "Published list"
        HAND = "hand", "Entered by hand"

    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="inspections")
    kind = models.CharField(max_length=30)
    framework = models.CharField(max_length=40, blank=True)
    event_number = models.CharField(max_length=40, blank=True)
    event_wording = models.CharField(max_length=200, blank=True)
    inspected_on = models.DateField()
    published_on = models.DateField(null=True)
    predecessor_urn = models.CharField(max_length=20, blank=True)
    inspectorate = models.CharField(max_length=20, default="Ofsted")
    source = models.CharField(max_length=10, choices=Source, default=Source.LIST)
    ofsted_list = models.ForeignKey(OfstedList, on_delete=models.PROTECT, null=True, related_name="inspections")
    report_link = models.URLField(max_length=500, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["setting", "kind", "inspected_on"], name="inspection_once"),
            models.CheckConstraint(
                name="inspection_says_who_told_us",
                condition=Q(source="list", ofsted_list__isnull=False)
                | Q(source="hand", entered_by__isnull=False, entered_at__isnull=False),
            ),
        ]


class Judgement(Recorded):
    """One aspect judged at one inspection, in the source's words and as a grade, with the file that said so."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="judgements")
    aspect = models.CharField(max_length=40)
    wording = models.CharField(max_length=200)
    grade = models.CharField(max_length=30)
    ofsted_list = models.ForeignKey(OfstedList, on_delete=models.PROTECT, null=True, related_name="judgements")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inspection", "aspect"], name="judgement_once")]


class Notice(Recorded):
    """An enforcement notice: a restriction of accommodation, a compliance notice, a suspension."""

    class Kind(models.TextChoices):
        RESTRICTION = "restriction", "Restriction of accommodation"
        COMPLIANCE = "compliance", "Compliance notice"
        SUSPENSION = "suspension", "Suspension of registration"

    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    wording = models.TextField(blank=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()


class UnregisteredUse(Recorded):
    """The gravest state of its own: a setting used though it is not registered, and what was done about it."""

    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="unregistered_uses")
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    legal_basis = models.TextField()
    court_order_on = models.DateField(null=True)
    ofsted_told_on = models.DateField(null=True)
    registration_applied_on = models.DateField(null=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["setting"], condition=Q(to_on__isnull=True), name="unregistered_use_open_once"
            )
        ]


class StatusPeriod(Recorded):
    """A setting's status from a day (included) to a day (excluded; NULL: still), by one version of the rules."""

    # Found by the index with the first day, which begins with the setting.
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="statuses", db_index=False)
    status = models.CharField(max_length=20, choices=Status)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    reasons = models.JSONField(default=list)
    rule_version = models.CharField(max_length=20)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="status_period_one_at_a_time",
                expressions=[
                    ("setting", RangeOperators.EQUAL),
                    (
                        Func(
                            F("from_on"),
                            F("to_on"),
                            Value("[)"),
                            function="daterange",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                name="status_period_days_in_order", condition=Q(to_on__isnull=True) | Q(to_on__gt=F("from_on"))
            ),
        ]
        indexes = [models.Index(fields=["setting", "from_on"], name="status_period_setting")]


class MonthlyCheck(Recorded):
    """The council's own check of a month; late after the fifth working day of the month."""

    month = models.DateField(unique=True)
    due_on = models.DateField()
    opened_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    completed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lists = models.ManyToManyField(OfstedList, related_name="checks")
    lists_note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="monthly_check_completed_by_and_at",
                condition=Q(completed_at__isnull=True, completed_by__isnull=True)
                | Q(completed_at__isnull=False, completed_by__isnull=False),
            )
        ]


class CheckItem(Recorded):
    """One of our own settings in a month's worklist: looked up, and unchanged or changed; or what else was done."""

    class Outcome(models.TextChoices):
        TO_DO = "to_do", "To check"
        UNCHANGED = "unchanged", "Nothing changed"
        CHANGED = "changed", "New judgement entered"
        NOT_OPENED = "not_opened", "Report not opened: as the lists say"
        NOT_FOUND = "not_found", "Looked for, and nothing found"

    check_month = models.ForeignKey(MonthlyCheck, on_delete=models.CASCADE, related_name="items")
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="check_items")
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.TO_DO)
    report_link = models.URLField(max_length=500, blank=True)
    # When the setting's page of Ofsted's reports was last opened from the worklist.
    opened_at = models.DateTimeField(null=True)
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, null=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True)
    note = models.TextField(blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["check_month", "setting"], name="check_item_once_a_month"),
            models.CheckConstraint(
                name="check_item_done_by_and_at",
                condition=Q(outcome="to_do", checked_at__isnull=True, checked_by__isnull=True)
                | (~Q(outcome="to_do") & Q(checked_at__isnull=False, checked_by__isnull=False)),
            ),
        ]
