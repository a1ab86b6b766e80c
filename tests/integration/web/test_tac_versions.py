"""What our records said of a TAC: moments are those of commit, so these tests commit in a database of their own."""

from datetime import date

import pytest

from plumbline.earlyhelp.models import Tac
from tests.factories.people import TieFactory, UserFactory
from tests.factories.records import TacFactory


@pytest.fixture
def lead_and_tac(own_database):
    tac = TacFactory()
    user = UserFactory(role="lead_professional")
    TieFactory(user=user, subject_type="tac", subject_id=tac.pk, why="lead_professional")
    return user, tac


def test_a_version_says_what_became_of_what(lead_and_tac, page):
    lead, tac = lead_and_tac
    Tac.objects.filter(pk=tac.pk).update(ended_on=date(2016, 5, 1), closure_code="needs_met")
    said = page(lead).get(f"/tacs/{tac.pk}/history/").content.decode()
    assert "Reason for closing: not recorded became <strong>Needs met</strong>" in said


def test_the_version_that_stands_is_known_until_now(lead_and_tac, page):
    lead, tac = lead_and_tac
    Tac.objects.filter(pk=tac.pk).update(ended_on=date(2016, 5, 1), closure_code="needs_met")
    said = page(lead).get(f"/tacs/{tac.pk}/history/").content.decode()
    assert said.count("until now") == 1


def test_the_timeline_tells_of_each_change_of_the_records(lead_and_tac, page):
    lead, tac = lead_and_tac
    Tac.objects.filter(pk=tac.pk).update(reason_wording="Housing")
    assert "Reason given: Housing" in page(lead).get(f"/tacs/{tac.pk}/timeline/").content.decode()
