"""Two counties: the public one with known figures, and a small one with small numbers."""

from datetime import date

import pytest

from plumbline.earlyhelp.models import Tac
from plumbline.exchange import ssd
from plumbline.intake.models import Extract, Import
from plumbline.people.act import Act
from plumbline.people.models import Child, Organisation, User
from tests.factories.people import hold_role
from tests.integration.scrutiny.situations import NOW, TODAY
from tests.published import COUNTY


@pytest.fixture
def county_2016(own_database):
    """The public county's extract of 31 July 2016; yields the name of its database."""
    ssd.import_ssd(COUNTY, extracted_on=TODAY, act=Act(None, NOW, TODAY))
    return own_database


@pytest.fixture
def small_county() -> list[Tac]:
    """In the database that the test has chosen: forty TACs open on 30 June 2016, of which schools lead 20, health 12,
    police 5 and housing 3; and thirty closed in the year before."""
    run = Import.objects.create(kind="ssd", label="test", at=NOW, by_name="test")
    for source in ("ssd_early_help_episodes", "ssd_cin_episodes", "tac_audits"):
        Extract.objects.create(source=source, extracted_on=TODAY, import_run=run)
    leads = [("school", 20), ("health", 12), ("police", 5), ("housing", 3)]
    outcomes = [("needs_met", 12), ("needs_reduced", 9), ("not_engaged", 6), ("stepped_up", 2), ("moved_away", 1)]
    tacs = []
    for sector, count in leads:
        lead = Organisation.objects.create(name=sector.title(), sort_key=sector, sector=sector)
        tacs += [tac(f"{sector}{number}", lead) for number in range(count)]
    for code, count in outcomes:
        tacs += [tac(f"{code}{number}", lead, date(2016, 1, number + 1), code) for number in range(count)]
    return tacs


def tac(name: str, lead: Organisation, ended_on: date | None = None, closure_code: str = "") -> Tac:
    child = Child.objects.create(source_id=f"P{name}", sort_key=name)
    return Tac.objects.create(
        source_id=f"EH{name}",
        child=child,
        started_on=date(2014, 1, 1),
        lead_organisation=lead,
        ended_on=ended_on,
        closure_code=closure_code,
    )


@pytest.fixture
def user_with():
    def make(role: str) -> User:
        user = User.objects.create(username=role, name=role.replace("_", " ").title())
        hold_role(user=user, role=role, from_on=date(2014, 4, 1))
        return user

    return make
