"""What waits among the toolkits, on "My work"."""

from datetime import UTC, date, datetime

import pytest

from plumbline.people.act import Act
from plumbline.toolkits import library
from plumbline.toolkits.models import ToolkitVersion
from plumbline.toolkits.operations import versions
from tests.duties import what
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2016, 7, 31, 12, 0, tzinfo=UTC)
ON = date(2016, 7, 31)
TEXT = """\
key: own_survey
title: First
purpose: survey
sections:
  - key: one
    title: One
    criteria:
      - key: q1
        title: How is it?
        answer: text
"""


@pytest.fixture
def draft():
    """A draft that someone has begun."""
    return versions.write_toolkit(text=TEXT, act=Act(UserFactory(role="commissioner"), AT, ON))


def waiting(viewer):
    return [each for each in what(viewer, ON) if "toolkit" in each]


def test_a_draft_waits_for_who_began_it(draft):
    assert waiting(draft.made_by) == ["Go on with version 1 of the toolkit “First”"]


def test_a_draft_does_not_wait_for_others(draft):
    assert waiting(UserFactory(role="commissioner")) == []


def test_a_newer_shipped_version_waits_beside_the_councils_own(draft, tmp_path):
    versions.publish_version(version_id=draft.pk, act=Act(draft.made_by, AT, ON))
    (tmp_path / "own_survey.yaml").write_text(TEXT.replace("First", "Second"))
    library.load(act=Act(None, AT, AT.date()), folder=tmp_path)
    assert waiting(UserFactory(role="commissioner")) == ["Look at version 2 of the toolkit “Second”"]


def test_nothing_waits_for_who_may_not_manage_toolkits(draft):
    ToolkitVersion.objects.filter(pk=draft.pk).update(source="library")
    assert waiting(UserFactory(role="contract_officer")) == []
