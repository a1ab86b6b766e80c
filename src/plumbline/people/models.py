"""People, organisations, and who may act as what."""

import hashlib

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from plumbline.audit.models import Recorded
from plumbline.intake.models import Origin

# So that names can be looked up by `__named` wherever there are tables.
from plumbline.people import named as named
from plumbline.people.row_rules import DAY, WITH_CHILD, as_row_of, tied


class Organisation(Recorded):
    """A body that works with children here: a school, a children's centre, a provider, the council itself."""

    class Sector(models.TextChoices):
        SCHOOL = "school", "School"
        EARLY_YEARS = "early_years", "Early years"
        CHILDREN_SERVICES = "children_services", "Children's services"
        HEALTH = "health", "Health"
        POLICE = "police", "Police"
        HOUSING = "housing", "Housing"
        VOLUNTARY = "voluntary", "Voluntary sector"
        YOUTH_JUSTICE = "youth_justice", "Youth justice"
        OTHER = "other", "Other"

    name = models.CharField(max_length=300)
    sort_key = models.CharField(max_length=300)
    sector = models.CharField(max_length=40, choices=Sector)
    urn = models.CharField(max_length=20, blank=True)
    # Another name of the same body, found later: reads follow it, and it can be undone (commissioning.SupplierMerge).
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sort_key"], name="organisation_name_once"),
            models.CheckConstraint(
                name="organisation_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
        ]


class OrganisationIdentifier(Recorded):
    """A number by which an organisation is known: GB-COH (company), GB-CHC (charity), GB-PPON (platform) …, in the one
    form of `kernel.identifiers`."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=40)
    value = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "value"], name="organisation_identifier_once"),
            models.CheckConstraint(
                name="organisation_identifier_in_one_form",
                condition=Q(scheme=Upper("scheme"), value=Upper("value"))
                & ~Q(value__regex=r"^$|\s")
                & ~Q(scheme="GB-COH", value__regex=r"^([0-9]{1,7}|[A-Z]{2}[0-9]{1,5}|R[0-9]{1,6})$")
                & ~Q(scheme="GB-CHC", value__startswith="0"),
            ),
        ]


class OrganisationName(models.Model):
    """Another wording that a source uses for an organisation, as mapped by a person ("organisation to be mapped")."""

    sort_key = models.CharField(max_length=300, unique=True)
    wording = models.CharField(max_length=300)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="other_names")


class CodeMapping(Recorded):
    """The council's own wording in one column of a source, and the code it means."""

    column = models.CharField(max_length=80)
    wording = models.CharField(max_length=300)
    wording_key = models.CharField(max_length=300)
    code = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["column", "wording_key"], name="code_mapping_once")]


class Professional(Recorded):
    """Someone who works with children, as their own system names them: a lead professional, a social worker."""

    source_id = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=300)
    sort_key = models.CharField(max_length=300)
    job_title = models.CharField(max_length=255, blank=True)
    department = models.CharField(max_length=300, blank=True)


class ProfessionalOrigin(Origin):
    row = models.OneToOneField(
        Professional, on_delete=models.DO_NOTHING, primary_key=True, db_column="id", related_name="origin"
    )


class Child(Recorded):
    """A child. Restricted records have a named list of readers and do not show in search."""

    rows_seen = (
        "{may[children.view]} and ("
        + tied("child", "{row}.id")
        + " or not {row}.restricted and ({reaches[all]} or {reaches[placements]} and exists (select from people_near n"
        f" where n.child_id = {{row}}.id and n.until >= {DAY})))"
    )

    class Sex(models.TextChoices):
        FEMALE = "F", "Female"
        MALE = "M", "Male"
        UNKNOWN = "U", "Not recorded"

    source_id = models.CharField(max_length=60, unique=True)
    forename = models.CharField(max_length=255, blank=True)
    surname = models.CharField(max_length=255, blank=True)
    sort_key = models.CharField(max_length=520)
    sex = models.CharField(max_length=1, choices=Sex, default=Sex.UNKNOWN)
    dob = models.DateField(null=True)
    # Of a child not yet born, or not yet recorded as born: the day on which the birth is due.
    expected_dob = models.DateField(null=True)
    ethnicity = models.CharField(max_length=255, blank=True)
    restricted = models.BooleanField(default=False)

    class Meta:
        indexes = [
            GinIndex(fields=["sort_key"], opclasses=["gin_trgm_ops"], name="child_name_trgm"),
            models.Index(fields=["sort_key", "id"], name="child_name"),
        ]
        constraints = [
            models.CheckConstraint(
                name="child_born_or_expected", condition=Q(dob__isnull=True) | Q(expected_dob__isnull=True)
            )
        ]

    @property
    def name(self) -> str:
        return f"{self.forename} {self.surname}".strip() or "Name not recorded"


class ChildOrigin(Origin):
    rows_seen = as_row_of("people_child", "{row}.id")

    row = models.OneToOneField(
        Child, on_delete=models.DO_NOTHING, primary_key=True, db_column="id", related_name="origin"
    )


class NumberedChild(models.Model):
    """Any child, by number alone (a view): whether the record is restricted, for those who may know no more of it."""

    source_id = models.CharField(max_length=60)
    restricted = models.BooleanField()

    class Meta:
        managed = False
        db_table = "people_numberedchild"


class Family(Recorded):
    """Children and adults who are helped together."""

    label = models.CharField(max_length=200)


class FamilyMember(Recorded):
    rows_seen = WITH_CHILD

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="members")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="families")
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["family", "child", "from_on"], name="family_member_once"),
            models.CheckConstraint(
                name="family_member_days_in_order", condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on"))
            ),
        ]


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser):
    """Someone who signs in. What they may do comes from `RoleHeld` and `Tie`, never from a flag here."""

    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    professional = models.ForeignKey(Professional, on_delete=models.SET_NULL, null=True, related_name="users")
    # A password that someone else knows, since it was handed over: nothing is opened before it is changed.
    must_change_password = models.BooleanField(default=False)
    # Part of what every session is checked against: made new, it ends them all for good.
    session_stamp = models.CharField(max_length=32, blank=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["professional"], name="user_one_per_professional")]

    @property
    def called(self) -> str:
        """The name alone, for what is kept: the trail, a letter, a wording that is compared with others."""
        return self.name or self.username

    def __str__(self) -> str:
        # Wherever a person is named on a page it is said that they are here no more, or not yet.
        if self.is_active:
            return self.called
        return f"{self.called} (has left)" if self.has_usable_password() else f"{self.called} (invited)"

    def get_session_auth_hash(self) -> str:
        """What a session must agree with: the password, and the stamp that switching off makes new."""
        kept = super().get_session_auth_hash()
        return hashlib.sha256(f"{kept}{self.session_stamp}".encode()).hexdigest() if self.session_stamp else kept

    @property
    def is_staff(self) -> bool:
        """No one is Django "staff" here; libraries ask."""
        return False


class RoleHeld(Recorded):
    """A role of `people.access.ROLES` held by a user from a day, perhaps for one team or organisation.

    `to_on`: the last day. One that was said beforehand lasts to its midnight; where the role was ended on that day,
    `ended_at` is the moment, from which nothing is held (people.access.held_on).
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles_held")
    role = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True)
    team = models.CharField(max_length=200, blank=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="role_held_days_in_order", condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on"))
            ),
            models.CheckConstraint(
                name="role_held_ended_on_its_last_day",
                condition=Q(ended_at__isnull=True) | Q(to_on__isnull=False),
            ),
        ]


class RoleAsked(Recorded):
    """A role that someone asked for another person, and that a third has to confirm before it is held."""

    class State(models.TextChoices):
        ASKED = "asked", "Waits to be confirmed"
        GIVEN = "given", "Given"
        DECLINED = "declined", "Declined"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles_asked")
    role = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True)
    team = models.CharField(max_length=200, blank=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="role_asked_days_in_order", condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on"))
            ),
            models.CheckConstraint(
                name="role_asked_decided_by_somebody_at",
                condition=Q(state="asked", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="asked") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="role_asked_by_two",
                condition=~Q(asked_by=F("user"))
                & (Q(decided_by__isnull=True) | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("user")))),
            ),
        ]


class Invitation(Recorded):
    """A person asked by e-mail to sign in for an organisation. The account is switched off, and no one's who could be
    told anything, until they have chosen a password by the link of the e-mail.

    `sent_at`: when the newest link was made; `lands_on`: the page of what is asked, to which they are led; and
    `asked_again_at`: when they asked for a new link, until they are sent one.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits to be accepted"
        ACCEPTED = "accepted", "Accepted"
        WITHDRAWN = "withdrawn", "Withdrawn"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    lands_on = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    asked_again_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(state="waiting"), name="invitation_waits_once_for_a_user"
            ),
            models.CheckConstraint(
                name="invitation_ended_has_moment",
                condition=Q(state="waiting", ended_at__isnull=True)
                | (~Q(state="waiting") & Q(ended_at__isnull=False, asked_again_at__isnull=True)),
            ),
            models.CheckConstraint(name="invitation_by_another", condition=~Q(invited_by=F("user"))),
        ]


class Attempt(models.Model):
    """Someone tried to get in, by a password or a code; kept for a day, to count who guesses (people.guessing).

    `source`: the address that it came from, or the browser that this user has signed in with before.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=10)
    username = models.CharField(max_length=150)
    source = models.CharField(max_length=80)

    class Meta:
        indexes = [
            models.Index(fields=["username", "at"], name="attempt_username"),
            models.Index(fields=["source", "at"], name="attempt_source"),
        ]


class Tie(Recorded):
    """Why one user may reach one record, from a day to a day. Written by the operations of the higher domains.

    `ended_at`: as a role's; where a person or a file ended it on its last day, the moment.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="ties")
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    why = models.CharField(max_length=40)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # With what else is asked of a tie, so that thousands are read from the index alone.
            models.UniqueConstraint(
                fields=["user", "subject_type", "subject_id", "why", "from_on"],
                include=["to_on", "ended_at"],
                name="tie_once",
            ),
            models.CheckConstraint(
                name="tie_days_in_order", condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on"))
            ),
            models.CheckConstraint(
                name="tie_ended_on_its_last_day", condition=Q(ended_at__isnull=True) | Q(to_on__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="tie_subject")]


class BankHoliday(models.Model):
    """Days that the working-day clocks leave out (bank holidays of England and Wales).

    `counts`: False for a day of the list that was taken out here; the list that comes with Plumbline does not bring it
    back, nor does it change what was entered here.
    """

    day = models.DateField(primary_key=True)
    name = models.CharField(max_length=80)
    counts = models.BooleanField(default=True)
    because = models.TextField(blank=True)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bank_holiday_changed_because",
                condition=Q(changed_at__isnull=True, changed_by__isnull=True, counts=True)
                | (Q(changed_at__isnull=False, changed_by__isnull=False) & ~Q(because="")),
            )
        ]


class WordsOnly(models.Func):
    """Whether every value of an object of JSON is a text of 1 to 80 characters, no control character and no brace."""

    function = "jsonb_path_exists"
    template = (
        'not %(function)s(%(expressions)s, \'$.* ? (@.type() != "string"'
        ' || !(@ like_regex "^[^\\u0001-\\u001f\\u007f-\\u009f{}]{1,80}$"))\')'
    )
    output_field = models.BooleanField()


class LabelWording(models.Model):
    """What this council calls one of `kernel.labels.LABELS`, from a day on: its forms by their names."""

    key = models.CharField(max_length=40)
    from_on = models.DateField()
    forms = models.JSONField()
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "from_on"], name="label_wording_once_a_day"),
            # A sentence is made of them: a brace would be a place in it.
            models.CheckConstraint(name="label_wording_is_words", condition=Q(WordsOnly(F("forms"))) & ~Q(forms={})),
        ]


class Draft(models.Model):
    """What someone has typed into a form and not yet handed in; saving it never touches the record.

    `subject`: what it is about, mostly the address of the page; `base`: the revision of the record it was begun from;
    `page`: the opened page that it was sent from, `seq`: that page's own count, so that an older request that arrives
    late never overwrites a newer one.
    """

    # What someone types about a child is theirs alone, until they hand it in.
    rows_seen = "{row}.user_id = {viewer}"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=60)
    subject = models.CharField(max_length=300)
    base = models.IntegerField(default=0)
    payload = models.JSONField()
    page = models.CharField(max_length=32, default="")
    seq = models.BigIntegerField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "form", "subject"], name="draft_once")]


class FormSent(models.Model):
    """A form that was sent and carried out, with what its sender was led to: sent once more, it leads there again.

    `key`: a digest of what the page carried that nobody else has seen; `content`: a digest of what was sent.
    """

    key = models.CharField(primary_key=True, max_length=64)
    content = models.CharField(max_length=64)
    led_to = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="form_sent_at")]
