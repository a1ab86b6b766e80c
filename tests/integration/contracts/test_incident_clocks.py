"""What is late is told upwards by the night and, since some clocks are of an hour, during the day as well."""

from datetime import timedelta

import pytest

from plumbline.contracts.models import Notification
from plumbline.contracts.operations.rating import rerate
from plumbline.contracts.queries import rating
from plumbline.flags.models import Flag
from plumbline.jobs.night import night
from plumbline.people.act import Act
from tests.integration.contracts.incident_situations import AT, ON, a_world, an_incident

pytestmark = pytest.mark.django_db

NEXT_DAY = {"at": AT + timedelta(days=1), "on": ON + timedelta(days=1)}


def test_the_night_tells_upwards_what_was_not_told_in_time() -> None:
    incident = an_incident(a_world())
    night(**NEXT_DAY)
    assert Flag.objects.filter(kind="notification_overdue", subject_id=incident.pk, state="open").exists()


def test_the_night_marks_each_late_line_as_told_upwards() -> None:
    incident = an_incident(a_world())
    night(**NEXT_DAY)
    late = Notification.objects.filter(incident=incident, due_at__lt=NEXT_DAY["at"])
    assert set(late.values_list("escalated_at", flat=True)) == {NEXT_DAY["at"]}


def test_a_contract_is_red_from_the_day_after_somebody_was_not_told_in_time() -> None:
    world = a_world(live_on=ON - timedelta(days=300))
    rerate(contract_ids=[world.contract.pk], act=Act(None, AT, ON))
    an_incident(world)
    reasons = rating.rating_on(ON + timedelta(days=2), world.contract.pk).reasons
    assert "notification_overdue" in {reason.code for reason in reasons}
