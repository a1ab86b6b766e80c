"""What is due or wrong, for whom, by when; and the messages that say so."""

from django.db import models
from django.db.models import F, Q

from plumbline.audit.models import Recorded
from plumbline.people.models import Invitation, User
from plumbline.people.row_rules import as_row_of, lasting, tied

# Whether a flag is put to the one who looks: to their name, or to a role that they hold (of the team, if it has one).
_PUT = "exists (select from flags_flagfor f where f.flag_id = {row}.id and f.to_at is null and "
_BY_NAME = (
    _PUT + "f.recipient in (select 'user:' || u.username from people_user u where u.id = {viewer}"
    " union all select p.source_id from people_user u join people_professional p on p.id = u.professional_id"
    " where u.id = {viewer}))"
)
# As people.keys has it: “put:” and the role, with a team or, for who holds it in every team, “*”.
_ROLE = (
    "f.recipient like 'role:%' and array['put:' || substr(f.recipient, 6) || coalesce('/' || nullif(f.team, ''), ''),"
    " 'put:' || substr(f.recipient, 6) || '/*'] && (select people_keys_of_the_viewer())"
)
_OWN = tied("child", "{row}.child_id")
# A reviewing officer's where the child is theirs, or no reviewing officer's.
_BY_ROLE = (
    f"{_PUT}{_ROLE} and (f.recipient <> 'role:reviewing_officer' or {_OWN} or not exists (select from people_tie t"
    f" join people_roleheld h on h.user_id = t.user_id and h.role = 'reviewing_officer' and {lasting('h')}"
    f" where t.subject_type = 'child' and t.subject_id = {{row}}.child_id and {lasting('t')})))"
)
_OF_EVERY_CHILD = f"{_PUT}f.recipient = 'role:management_team' and {_ROLE})"


class FlagState(models.TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class Flag(Recorded):
    """One thing that needs attention. `key` makes raising it again do nothing."""

    # As flags.queries.flags_visible_to; of what concerns no child the queries alone say who reads it.
    rows_seen = (
        f"{{row}}.child_id is null or {{may[flags.view]}} and ({_BY_NAME} or {_BY_ROLE}"
        " or {reaches[placements]} and {row}.subject_type in ('placement', 'setting', 'exception')"
        f" or ({{reaches[tied]}} or {{reaches[team]}}) and {_OWN}"
        " and ({may[placements.view]} or {row}.subject_type not in ('placement', 'exception', 'incident_child')))"
        " and (not exists (select from people_numberedchild c where c.id = {row}.child_id and c.restricted)"
        f" or {{holds[head_of_service]}} or {_OWN} or {_BY_NAME} or {_OF_EVERY_CHILD})"
    )

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200, unique=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    subject_source_id = models.CharField(max_length=60, blank=True)
    setting_urn = models.CharField(max_length=60, blank=True)
    child_id = models.BigIntegerField(null=True)
    reason = models.TextField()
    severity = models.SmallIntegerField(default=2)
    raised_at = models.DateTimeField()
    raised_on = models.DateField()
    due_on = models.DateField(null=True)
    state = models.CharField(max_length=10, choices=FlagState, default=FlagState.OPEN)
    closed_at = models.DateTimeField(null=True)
    closed_by_name = models.CharField(max_length=200, blank=True)
    closed_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="flag_closed_with_moment_and_reason",
                condition=(Q(state="closed", closed_at__isnull=False) & ~Q(closed_because=""))
                | Q(state="open", closed_at__isnull=True, closed_because=""),
            )
        ]
        indexes = [
            models.Index(fields=["kind", "subject_type", "subject_id"], name="flag_subject"),
            models.Index(fields=["child_id"], name="flag_child"),
            models.Index(fields=["due_on", "id"], name="flag_open_due", condition=Q(state="open")),
        ]


class FlagFor(Recorded):
    """Someone a flag is for: a worker by source id, a user ("user:beth"), or a role ("role:management_team"), perhaps
    of one team.

    They are told of it, "reached", when an e-mail about it was accepted for delivery or they opened its page. Where
    nobody could be told, `unreached_because` says why and `stood_in_by` who was told instead; the row of that one has
    `stands_in_for`, where it was made for this (docs/adr/0035).
    """

    class How(models.TextChoices):
        MAIL = "mail", "By e-mail"
        PAGE = "page", "Opened the page"

    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="recipients")
    recipient = models.CharField(max_length=160)
    team = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=60)
    # The day of the telling, on which the clock of acknowledgement starts.
    from_on = models.DateField()
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    escalated_at = models.DateTimeField(null=True)
    escalated_to = models.CharField(max_length=80, blank=True)
    reached_at = models.DateTimeField(null=True)
    reached_on = models.DateField(null=True)
    reached_how = models.CharField(max_length=10, blank=True, choices=How)
    unreached_because = models.CharField(max_length=100, blank=True)
    stood_in_by = models.CharField(max_length=160, blank=True)
    stands_in_for = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["flag", "recipient"], condition=Q(to_at__isnull=True), name="flag_for_once_at_a_time"
            ),
            models.CheckConstraint(
                name="flag_for_acknowledged_by_and_at",
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="flag_for_reached_at_on_and_how",
                condition=Q(reached_at__isnull=True, reached_on__isnull=True, reached_how="")
                | (Q(reached_at__isnull=False, reached_on__isnull=False) & ~Q(reached_how="")),
            ),
        ]
        indexes = [models.Index(fields=["recipient"], name="flag_for_recipient", condition=Q(to_at__isnull=True))]


class FlagStep(Recorded):
    """A step of the response clock (domain.md 5.11): what is to be done, by whom, by when, and its result."""

    rows_seen = as_row_of("flags_flag", "{row}.flag_id")

    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="steps")
    code = models.CharField(max_length=40)
    action = models.CharField(max_length=300)
    owner_role = models.CharField(max_length=40)
    due_on = models.DateField()
    result = models.TextField(blank=True)
    # Of a visit: when the child was seen, and whether spoken to. Of a review: what was decided for this child.
    seen_on = models.DateField(null=True)
    spoken_to = models.BooleanField(null=True)
    decision = models.CharField(max_length=30, blank=True)
    escalated_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flag", "code", "due_on"], name="flag_step_once"),
            models.CheckConstraint(
                name="flag_step_done_by_and_at",
                condition=Q(done_at__isnull=True, done_by__isnull=True, result="")
                | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(result="")),
            ),
        ]


class NumberedFlag(models.Model):
    """Any flag, by number alone (a view): whether it is open, and about which record, for those who may not know
    whose."""

    kind = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    raised_on = models.DateField()
    state = models.CharField(max_length=10, choices=FlagState)

    class Meta:
        managed = False
        db_table = "flags_numberedflag"


class NumberedStep(models.Model):
    """Any step, without what came of it for a child (a view): what is due when, and who did it when."""

    flag = models.ForeignKey(NumberedFlag, on_delete=models.DO_NOTHING, related_name="steps")
    code = models.CharField(max_length=40)
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.DO_NOTHING, null=True, related_name="+")

    class Meta:
        managed = False
        db_table = "flags_numberedstep"


class Message(models.Model):
    """An e-mail waiting to be sent or sent. Never with a child's name; the flag's page says the rest."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Refused or given up"
        NOT_SENT = "not_sent", "Not sent"
        JOINED = "joined", "Sent within another"

    # NULL: an office of the council, known by its address alone.
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="messages")
    to_address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    # What is put in place of "{link}" as it is sent: its reader can choose a password, or say that it was read. So it
    # is kept only until then.
    secret = models.TextField(blank=True, default="")
    # The invitation that it brings to its person, whose account is not switched on yet.
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, null=True, related_name="messages")
    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, null=True, related_name="messages")
    # The number of the event that it tells of: powers and sign-ins have no flag (flags.operations.tell_of_events).
    event_no = models.BigIntegerField(null=True)
    written_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    # When the address was refused for good, at once or by a bounce; what failed otherwise is no fault of the address.
    refused_at = models.DateTimeField(null=True)
    # Of one that failed what the server said; of one not sent why not.
    error = models.TextField(blank=True)
    # The night's one message to this person, of which it is a part.
    joined_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")
    # Of one to an office: the digest of the token in its link, "" where it has none; when its reader said there that it
    # was read, and who that is, as they wrote it.
    read_key = models.CharField(max_length=64, blank=True, default="")
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=100, blank=True, default="")
    # The lines of "for" that are told when it is accepted for delivery.
    tells = models.ManyToManyField(FlagFor, related_name="messages")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flag", "to_user", "subject"], name="message_once_per_flag"),
            models.UniqueConstraint(fields=["event_no", "to_user"], name="message_once_per_event"),
            models.CheckConstraint(
                name="message_to_an_office_by_itself",
                condition=Q(to_user__isnull=False)
                | (Q(flag__isnull=True, event_no__isnull=True, joined_into__isnull=True) & ~Q(to_address="")),
            ),
            models.CheckConstraint(
                name="message_secret_until_sent",
                condition=Q(secret="")
                | (Q(state="waiting") & (Q(invitation__isnull=False) | (Q(to_user__isnull=True) & ~Q(read_key="")))),
            ),
            models.CheckConstraint(
                name="message_read_by_an_office_and_at",
                condition=(Q(read_key="") | Q(to_user__isnull=True))
                & (Q(read_at__isnull=True, read_by="") | (Q(read_at__isnull=False) & ~Q(read_by="") & ~Q(read_key=""))),
            ),
            models.CheckConstraint(
                name="message_joined_into_another",
                condition=Q(state="joined", joined_into__isnull=False)
                | (~Q(state="joined") & Q(joined_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_refused_has_failed", condition=Q(state="failed") | Q(refused_at__isnull=True)
            ),
            models.CheckConstraint(
                name="message_sent_has_moment",
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
        ]
        indexes = [models.Index(F("next_attempt_at"), name="message_waiting", condition=Q(state="waiting"))]
