"""Each step of the night has its effect: one county in which every step has something to do, and one night."""

import ast
import inspect
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from plumbline.actions.models import Action
from plumbline.contracts.models import Contract, Incident
from plumbline.evidence.models import Document
from plumbline.flags.models import Message
from plumbline.flags.operations import Raised
from plumbline.jobs import night as job
from plumbline.ofsted.models import Notice
from plumbline.people.models import User
from plumbline.toolkits.models import Return
from tests.factories.records import PlacementFactory
from tests.relations import market
from tests.relations.acting import written
from tests.relations.situations import AT, TODAY

pytestmark = [pytest.mark.django_db, pytest.mark.login("owner")]

# From a Sunday to a Thursday: what was raised on the first has not been read in time.
DAYS = timedelta(4)
STEPS = [
    "placements.open_month", "placements.turn_of_the_day", "at_setting.tell_of_children", "assurance.take_up_all",
    "contracts.turn_of_the_day", "go_live.raise_go_live_flags", "home_reports.raise_care_flags",
    "evidence.raise_flags", "actions.raise_flags", "reminders.raise_flags", "incident_forms.raise_form_flags",
    "incident_notices.escalate_overdue", "flags.escalate_overdue", "telling.tell_open", "flags.write_digests",
    "decisions.write_digests", "reminders.write_reminders", "telling.join_messages",
]  # fmt: skip


def a_night(*, without: str = "") -> dict[str, tuple[int, ...]]:
    """The rows that a night writes, taken back afterwards; `without`: one of its steps left out."""
    before = written()
    with transaction.atomic():
        try:
            if without:
                module, _, step = without.partition(".")
                raises = step.startswith("raise_") or step in ("turn_of_the_day", "tell_of_children")
                nothing = Raised() if raises else 0
                with patch.object(getattr(job, module), step, lambda **_: nothing):
                    job.night(at=AT + DAYS, on=TODAY + DAYS)
            else:
                job.night(at=AT + DAYS, on=TODAY + DAYS)
            after = written()
            return {
                name: tuple(now - then for now, then in zip(counts, before.get(name, (0, 0, 0)), strict=True))
                for name, counts in after.items()
            }
        finally:
            transaction.set_rollback(True)


def something_to_do(folder: Path) -> None:
    """A county after one night, and what has come in since."""
    market.make(folder)
    User.objects.update(email=Concat(F("username"), Value("@example.org")))
    job.night(at=AT, on=TODAY)
    Action.objects.update(due_on=TODAY, state="open")
    Return.objects.filter(title__contains="other").update(state="signed_off")
    Return.objects.exclude(state="signed_off").update(due_on=TODAY)
    Message.objects.filter(state="waiting").update(state="failed", error="Refused.")
    Document.objects.filter(title__contains="other").update(expires_on=TODAY + timedelta(20))
    incident = Incident.objects.get(contract__provider__name="Larch Care")
    Incident.objects.filter(pk=incident.pk).update(form=None)
    Contract.objects.filter(provider__name="Juniper Homes").update(state="implementation", starts_on=TODAY)
    PlacementFactory(setting=incident.setting, started_on=date(2016, 7, 1))
    Notice.objects.create(setting=incident.setting, kind="restriction", from_on=TODAY + timedelta(1), entered_at=AT)


def test_every_step_is_tried_here() -> None:
    called = [
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(inspect.getsource(job.night)))
        if isinstance(node, ast.Call) and "act" in {each.arg for each in node.keywords}
    ]
    assert sorted(called) == sorted(STEPS)


def test_each_step_of_the_night_is_seen(tmp_path: Path) -> None:
    something_to_do(tmp_path)
    whole = a_night()
    assert a_night() == whole
    same = [step for step in STEPS if a_night(without=step) == whole]
    assert same == [], " ".join(same)
