"""Contracts, people and settings for the tests of the care of contracts, made by the shortest way."""

from datetime import UTC, date, datetime
from itertools import count

from plumbline.contracts.models import Contract, ContractSetting
from plumbline.ofsted.models import Setting
from plumbline.people.act import Act
from plumbline.people.models import Organisation, User
from tests import databases
from tests.factories.people import hold_role

TODAY = date(2016, 7, 31)
AT = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)
LONG_AGO = date(2010, 1, 1)
_numbers = count(1)


def a_user(role: str, *, organisation: Organisation | None = None, to_on: date | None = None) -> User:
    number = next(_numbers)
    user = User.objects.create(username=f"care{number}", name=f"Care Person {number}")
    hold_role(user=user, role=role, organisation=organisation, from_on=LONG_AGO, to_on=to_on)
    return user


def an_organisation() -> Organisation:
    number = next(_numbers)
    return Organisation.objects.create(name=f"Rowan Care {number}", sort_key=f"rowan care {number}", sector="voluntary")


def a_contract(**changes) -> Contract:
    number = next(_numbers)
    given = {
        "reference": f"CARE{number}", "title": "Short breaks", "kind": "block", "service": "Short breaks",
        "starts_on": date(2016, 1, 1), "state": "live",
    }  # fmt: skip
    provider = changes.pop("provider", None) or an_organisation()
    return Contract.objects.create(provider=provider, **{**given, **changes})


def a_home(contract: Contract | None = None, **changes) -> Setting:
    given = {"register": "social_care", "provision_type": "Children's Home", "name": "REDACTED"}
    with databases.as_worker():
        setting = Setting.objects.create(urn=f"SC5{next(_numbers):05}", **{**given, **changes})
    if contract is not None:
        ContractSetting.objects.create(contract=contract, setting=setting, urn=setting.urn)
    return setting


def by(user: User | None, *, on: date = TODAY) -> Act:
    """Who acts, at which moment and day."""
    return Act(user, datetime(on.year, on.month, on.day, 9, 0, tzinfo=UTC), on)
