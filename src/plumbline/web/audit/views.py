"""Who looked, and what was done: the trail, by child, by person, by day. Reading it leaves a trace of its own."""

import re

from django.db.models import QuerySet
from django.http import HttpResponseBase

from plumbline.audit.models import Event
from plumbline.audit.queries import last_seal, verify_chain
from plumbline.kernel.labels import Said
from plumbline.people import operations, queries
from plumbline.people.access import Permission
from plumbline.people.models import NumberedChild
from plumbline.web.kit import subjects, tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting

# What happened, in words; the rest are read off their kind.
_KINDS = Said(
    {
        "people.child.viewed": "Opened a child's record",
        "earlyhelp.tac.viewed": "Opened {a_tac}",
        "people.children.listed": "Looked at the list of children",
        "people.tacs.listed": "Looked at the list of {tacs}",
        "people.placements.listed": "Looked at the list of placements",
        "people.exceptions.listed": "Looked at the list of exceptions",
        "people.flags.listed": "Looked at the list of flags",
        "people.refused_rows.listed": "Looked at a refused row",
        "indicators.records.viewed": "Looked at the records behind a figure",
        "people.found.listed": "Searched",
        "people.trail.listed": "Looked at this page",
        "exchange.ssd.imported": "Took an extract in",
        "people.role.given": "Gave a role",
        "people.role.ended": "Ended a role",
        "people.role.asked": "Asked for a role for someone",
        "people.role.declined": "Declined a role",
        "people.sign_in.passed": "Signed in, or confirmed who they are",
        "people.sign_in.failed": "A password or code was wrong",
        "people.sign_in.refused": "An attempt to sign in was not looked at",
        "people.sign_in.shut_out": "Too many wrong passwords or codes",
        "people.sign_in.ended": "Signed out",
        "people.second_factor.set_up": "Set up a second factor",
        "people.second_factor.taken_off": "Took off a second factor",
        "people.second_factor.codes_made": "Made new recovery codes",
        "people.password.changed": "Changed their password",
        "people.user.made": "Made a user",
        "people.user.invited": "Invited a person to answer for an organisation",
        "people.invitation.sent_again": "Sent an invitation again",
        "people.invitation.withdrawn": "Withdrew an invitation",
        "people.invitation.accepted": "Accepted an invitation and chose a password",
        "people.invitation.asked_again": "Asked for a new link of an invitation",
        "people.invitation.refused": "Was refused an address that cannot be invited",
        "people.user.switched_off": "Switched a user off",
        "people.user.switched_on": "Switched a user on",
        "ofsted.judgement.overruled": "A list said otherwise than was entered by hand",
        "people.user.handed_over": "Handed over what was someone’s",
        "people.record.handed_over": "Handed a record over",
        "people.wording.mapped": "Mapped a wording",
        "people.organisation.named": "Mapped an organisation",
        "indicators.publication.made": "Froze figures",
        "scrutiny.report.written": "Wrote a report",
        "scrutiny.report.published": "Published a report",
        "people.label.changed": "Changed a word of the council’s",
        "people.label.taken_out": "Took out a word that was to come",
    }
)
_LOOKS = [
    "people.child.viewed", "earlyhelp.tac.viewed", "people.children.listed", "people.tacs.listed",
    "people.placements.listed", "people.exceptions.listed", "people.flags.listed", "people.refused_rows.listed",
    "indicators.records.viewed", "people.found.listed", "people.trail.listed",
]  # fmt: skip


_LONG = re.compile(r"[^\s,;]{30,}")


def kind_words(kind: str) -> str:
    """ "Opened a child's record"; a kind without words of its own is read off its name."""
    if kind in _KINDS:
        return _KINDS[kind]
    room, _, rest = kind.partition(".")
    return f"{rest.replace('.', ' ').replace('_', ' ').capitalize()} ({room})"


def record_words(model: str, number: str) -> str:
    """ "Contract 12"; a record without a page is read off the name of its table."""
    subject = subjects.of_model(model)
    called = subject.called if subject else model.rpartition(".")[2]
    return f"{called} {number}".strip()


def _of_child(rows: QuerySet[Event], number: str) -> QuerySet[Event]:
    return rows.filter(child_id__in=NumberedChild.objects.filter(source_id__iexact=number).values("pk"))


def _looks(rows: QuerySet[Event], what: str) -> QuerySet[Event]:
    if what == "signed_in":
        return rows.filter(kind__startswith="people.sign_in.")
    return rows.filter(kind__in=_LOOKS) if what == "looks" else rows.exclude(kind__in=_LOOKS)


class Trail(tables.Table):
    title = "Who looked, and what was done"
    one, many = "event", "events"
    columns = (
        tables.Column("at", "When", sort="no"),
        tables.Column("by_name", "Who", sort="by_name", note="by_role", note_heading="As what"),
        tables.Column("what", "What", lambda row: kind_words(row.kind), sort="kind", note="because"),
        tables.Column("child_source_id", "Child", absent="none"),
        tables.Column(
            "subject", "Record", lambda row: record_words(row.subject_type, row.subject_id),
            absent="none",
        ),
        # A checksum would make the page wider than the screen: whole in the files, its beginning on the page.
        tables.Column("detail", "More", lambda row: details(row), absent="nothing",
                      shown=lambda row: _LONG.sub(lambda found: f"{found[0][:12]}…", details(row)) or "nothing"),
    )  # fmt: skip
    filters = (
        tables.Text("child", "Child's number", _of_child),
        tables.Text("who", "Who", "by_name__named"),
        tables.Day("from", "From", "at__date__gte"),
        tables.Day("to", "To", "at__date__lte"),
        tables.Choice(
            "what",
            "What",
            _looks,
            choices=(("looks", "Looked"), ("did", "Changed something"), ("signed_in", "Signed in, or tried to")),
        ),
    )
    order = "-at"


def details(event: Event) -> str:
    """What the event holds besides, as "name: value"."""
    said = [
        f"{name.replace('_', ' ')}: {_plain(value)}"
        for name, value in event.data.items()
        if value not in ("", None, {})
    ]
    return "; ".join(said)


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(inner)}" for name, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@requires(Permission.AUDIT_VIEW)
def audit(request: Request) -> HttpResponseBase:
    events = queries.events_visible_to(request.user, on=request.day)
    table = Trail(request, events)
    child = table.chosen.get("child", "")
    lookers = list(queries.lookers(_of_child(events, child).filter(kind__in=_LOOKS))) if child else []
    operations.look_at_list(kind="trail", asked=request.GET.dict(), act=acting(request))
    return tables.page(
        request,
        table,
        "audit/trail.html",
        {
            # Checking reads every event there is, so it is done when asked for.
            "chain": verify_chain() if "check" in request.GET else None,
            "seal": last_seal(),
            "check_url": table.address(check="yes"),
            "child": child,
            "lookers": lookers,
        },
    )
