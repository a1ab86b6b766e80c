"""What waits for those who work with no case: information governance, administrators, members of the committee."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode

from plumbline.flags import queries as flags
from plumbline.flags.models import Message
from plumbline.kernel.moments import day_of, end_of
from plumbline.people import queries as people
from plumbline.people.access import ROLES, Permission, may
from plumbline.people.models import User
from plumbline.scrutiny import queries as scrutiny
from plumbline.web.kit import wording
from plumbline.web.kit.work_item import Item

# How long a published report is new to the committee, and an attempt to get in is news, in days.
_NEW = 28
_LATELY = 7


def of_roles(viewer: User, on: date) -> Iterable[Item]:
    """Roles that someone else asked for a third person: the viewer may be the second person that they need."""
    if not may(viewer, Permission.USERS_CONFIRM, on=on):
        return
    waiting = people.roles_asked_visible_to(viewer, on=on).exclude(asked_by=viewer).exclude(user=viewer)
    for asked in waiting:
        since = wording.day(day_of(asked.asked_at, on=on))
        yield Item(
            what=f"Confirm or decline a role: {ROLES[asked.role].label.lower()}", whom=f"For {asked.user}",
            why=f"{asked.asked_by} asked for it on {since}. It reaches children’s records, the trail or the powers of "
                "others, so it needs a second person.",
            due=None, url=reverse("roles_asked"), button="Confirm or decline",
        )  # fmt: skip


def of_attempts(viewer: User, on: date) -> Iterable[Item]:
    """User names that were shut out of late, since someone may be guessing."""
    if not may(viewer, Permission.AUDIT_VIEW, on=on):
        return
    since = on - timedelta(_LATELY)
    shut_out = people.events_visible_to(viewer, on=on).filter(kind="people.sign_in.shut_out", at__gt=end_of(since))
    names = shut_out.values("subject_id").distinct().count()
    if names:
        said = wording.how_many(names, "user name was", "user names were")
        yield Item(
            what=f"{said} shut out after wrong passwords or codes", whom=f"In the last {_LATELY} days",
            why="Someone may be guessing. See when, and ask the person whether it was they.", due=None, gravity=2,
            url=f"{reverse('governance')}?{urlencode({'what': 'signed_in'})}", button="See the attempts",
        )  # fmt: skip


def of_mail(viewer: User, on: date) -> Iterable[Item]:
    """E-mails that wait for a mail server: nobody is told by them."""
    if settings.SMTP_URL:
        return
    waiting = flags.messages_visible_to(viewer, on=on).filter(state=Message.State.WAITING).count()
    if waiting:
        yield Item(
            what="Have a mail server set", whom=wording.how_many(waiting, "e-mail waits", "e-mails wait"),
            why="None is set (PLUMBLINE_SMTP_URL), so people are told only when they sign in. The person who looks "
                "after the server sets it.",
            due=None, url=f"{reverse('emails')}?{urlencode({'state': 'waiting'})}", button="See the e-mails",
        )  # fmt: skip


def of_published(viewer: User, on: date) -> Iterable[Item]:
    """What was published of late, for the members of the committee, who read no drafts."""
    if may(viewer, Permission.REPORT_VIEW_DRAFT, on=on) or not may(viewer, Permission.REPORT_VIEW_PUBLISHED, on=on):
        return
    published = scrutiny.reports_visible_to(viewer, on).filter(published_at__gt=end_of(on - timedelta(_NEW)))
    for report in published.prefetch_related("answers__question"):
        numbers = sorted(answer.question.number for answer in report.answers.all())
        answers = " and ".join(filter(None, (", ".join(map(str, numbers[:-1])), *map(str, numbers[-1:]))))
        day = wording.day(day_of(report.published_at, on=on)) if report.published_at else ""
        yield Item(
            what=f"Read the report “{report.title}”", whom=f"Published {day}, as at {wording.day(report.as_at)}",
            why=f"It answers {'question' if len(numbers) == 1 else 'questions'} {answers} of the committee."
                if numbers else "",
            due=None, url=reverse("report", args=[report.pk]), button="Read it", gravity=4,
        )  # fmt: skip
