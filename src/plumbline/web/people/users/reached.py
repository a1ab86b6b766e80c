"""Who cannot be told of anything, and which e-mails did not arrive: what an administrator has to correct."""

from django.http import HttpResponseBase
from django.urls import reverse

from plumbline.audit.moments import shown
from plumbline.flags import queries as flags
from plumbline.flags import rules
from plumbline.flags.models import Message
from plumbline.kernel import wording
from plumbline.people.access import ROLES, Permission, may
from plumbline.people.models import Professional
from plumbline.placements.accounts import workers_without_account
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request


def _account(row: Professional) -> str:
    return rules.why_not_told(row.source_id, next(iter(row.users.all()), None)).removeprefix("has ").capitalize()


class WithoutAccount(tables.Table):
    title = "Workers without an account that works"
    one, many = "worker", "workers"
    columns = (
        tables.Column("name", "Name", sort="sort_key"),
        tables.Column("source_id", "In the records as", sort="source_id"),
        tables.Column("team", "Team", absent="not recorded", sort="team"),
        tables.Column("account", "What is missing", _account),
        tables.Column("flags", "Open flags that reached someone else", sort="flags"),
    )
    filters = (
        tables.Text("q", "Name or number", lambda rows, text: rows.filter(name__named=text)
                    | rows.filter(source_id__iexact=text)),
    )  # fmt: skip
    order = "-flags"
    empty = "Every worker who is allocated to a child, or is to be told of a flag, has an account and an address."


@requires(Permission.ACCOUNTS_MISSING)
def without_account(request: Request) -> HttpResponseBase:
    table = WithoutAccount(request, workers_without_account(request.user, on=request.day))
    roles = sorted(
        ROLES[role].label if role in ROLES else role
        for role in {
            row.recipient.removeprefix("role:") for row in flags.unreached() if row.recipient.startswith("role:")
        }
    )
    makes = may(request.user, Permission.USERS_MANAGE, on=request.day)
    breadcrumbs = [("People who sign in", reverse("people"))] if makes else [("My work", reverse("my_work"))]
    refused = flags.refused_addresses(request.user, on=request.day)
    context = {
        "roles": roles,
        "makes": makes,
        "refused": refused,
        "breadcrumbs": [*breadcrumbs, ("Without an account", "")],
    }
    return tables.page(request, table, "people/users/without_account.html", context)


_KINDS = {"waiting": "blue", "sent": "active", "failed": "red", "not_sent": "grey", "joined": "grey"}


def _read(row: Message) -> str:
    """Of one to an office whether its reader has said that it was read; "" of any other."""
    if row.read_at:
        return f"Read: {row.read_by}, {wording.moment(shown(row.read_at))}"
    return "Not read yet" if row.read_key and row.state == Message.State.SENT else ""


class Messages(tables.Table):
    title = "E-mails"
    one, many = "e-mail", "e-mails"
    columns = (
        tables.Column("to_user", "To", absent="an office", sort="to_user__name",
                      link=lambda row: reverse("user", args=[row.to_user_id]) if row.to_user_id else ""),
        tables.Column("to_address", "Address", absent="none", sort="to_address"),
        tables.Column("subject", "Subject", sort="subject"),
        tables.Column("written_at", "Written", sort="written_at"),
        tables.Column("state", "State", lambda row: row.get_state_display(), sort="state",
                      note=lambda row: row.error or _read(row), note_heading="Why, or who has read it",
                      kind=lambda row: _KINDS[row.state]),
    )  # fmt: skip
    filters = (
        tables.Choice("state", "State", "state", choices=Message.State.choices),
        tables.Text("q", "Name or address", lambda rows, text: rows.filter(to_user__name__named=text)
                    | rows.filter(to_address__icontains=text)),
    )  # fmt: skip
    order = "-written_at"


@requires(Permission.USERS_MANAGE)
def emails(request: Request) -> HttpResponseBase:
    """Every e-mail that Plumbline wrote: what came of it, and why one was not sent. Their texts name no child."""
    table = Messages(request, flags.messages_visible_to(request.user, on=request.day))
    breadcrumbs = [("People who sign in", reverse("people")), ("E-mails", "")]
    return tables.page(request, table, "people/users/emails.html", {"breadcrumbs": breadcrumbs})
