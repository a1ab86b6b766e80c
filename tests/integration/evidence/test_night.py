"""What the night says of documents and actions."""

from datetime import UTC, date, datetime

import pytest

from plumbline.evidence.operations import keep_document
from plumbline.flags.models import Flag
from plumbline.jobs.night import night
from plumbline.people.act import Act
from tests.factories.files import pdf
from tests.integration.actions.test_operations import raised

pytestmark = pytest.mark.django_db

AT = datetime(2016, 8, 1, 0, 10, tzinfo=UTC)


def open_flags() -> set[str]:
    kinds = ("action_overdue", "document_expiring", "document_expired")
    return set(Flag.objects.filter(state="open", kind__in=kinds).values_list("kind", flat=True))


def test_the_night_flags_what_became_late_or_expired_at_midnight(tmp_path):
    raised(due_on=date(2016, 7, 31))
    keep_document(
        title="Policy",
        file_name="p.pdf",
        content=pdf(),
        folder=tmp_path,
        act=Act(None, AT, AT.date()),
        expires_on=date(2016, 7, 31),
    )
    night(at=AT, on=date(2016, 8, 1))

    assert open_flags() == {"action_overdue", "document_expired"}


def test_the_night_before_the_last_day_it_is_only_due(tmp_path):
    raised(due_on=date(2016, 7, 31))
    keep_document(
        title="Policy",
        file_name="p.pdf",
        content=pdf(),
        folder=tmp_path,
        act=Act(None, AT, AT.date()),
        expires_on=date(2016, 7, 31),
    )
    night(at=AT, on=date(2016, 7, 31))

    assert open_flags() == {"document_expiring"}
