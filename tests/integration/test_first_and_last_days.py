"""Whatever lasts from a day to a day: the day before, the first, the last and the day after."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from plumbline.contracts.models import RatingByHand
from plumbline.contracts.queries import register, visits
from plumbline.kernel.errors import RuleBroken
from plumbline.ofsted.models import UnregisteredUse
from plumbline.people.act import Act
from plumbline.people.models import RoleHeld
from plumbline.people.operations import give_role
from plumbline.placements import queries as placements
from plumbline.placements.access import children_visible_to, open_on
from plumbline.placements.known_here import live_exceptions
from plumbline.placements.models import Placement
from plumbline.socialcare.queries import allocated_on
from plumbline.toolkits.queries.returns import documents_to_choose, is_valid
from tests.factories.people import ChildFactory, UserFactory
from tests.factories.records import InvolvementFactory, PlacementFactory, SettingFactory
from tests.factories.toolkits import a_document, asked
from tests.integration.contracts.care_situations import a_contract, a_home
from tests.integration.placements.situations import a_child, a_setting, an_exception, place

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2016, 7, 4), date(2016, 7, 8)
AFTER = LAST + timedelta(1)
DAYS = {FIRST - timedelta(1): False, FIRST: True, LAST: True, AFTER: False}
AT = datetime(2016, 7, 8, 9, 0, tzinfo=UTC)

Lasts = Callable[[date], bool]


def a_placement() -> Lasts:
    """The day on which it ends is none of its days."""
    placement = PlacementFactory(started_on=FIRST, ended_on=AFTER)
    return lambda day: Placement.objects.filter(open_on(day), pk=placement.pk).exists()


def an_allocation() -> Lasts:
    """The day on which it ends is the next worker's."""
    worker = InvolvementFactory(from_on=FIRST, to_on=AFTER)
    return lambda day: allocated_on(child_ids=[worker.child_id], on=day).exists()


def a_child_near_by_an_allocation() -> Lasts:
    child, officer = ChildFactory(), UserFactory(role="placement_officer")
    InvolvementFactory(child=child, from_on=FIRST, to_on=LAST)
    return lambda day: children_visible_to(officer, on=day).filter(pk=child.pk).exists()


def a_use_without_registration() -> Lasts:
    officer = UserFactory(role="contract_officer")
    use = UnregisteredUse.objects.create(
        setting=SettingFactory(), from_on=FIRST, to_on=LAST, legal_basis="An order.", entered_by=officer, entered_at=AT
    )
    return lambda day: placements.unregistered(officer, on=day).filter(pk=use.pk).exists()


def an_exception_that_was_approved() -> Lasts:
    setting = a_setting("adverse")
    an_exception(a_child(), setting, from_on=FIRST, ends_on=LAST)
    return lambda day: live_exceptions(setting, on=day) == 1


def a_day_on_which_a_setting_was_adverse() -> Lasts:
    """Where a placement is written down that began then."""
    setting = SettingFactory(status="clear")
    setting.statuses.create(status="adverse", from_on=FIRST, to_on=AFTER, rule_version="test", reasons=[])

    def is_refused(day: date) -> bool:
        try:
            with transaction.atomic():
                place(setting, started_on=day)
        except DatabaseError:
            return True
        return False

    return is_refused


def a_contract_in_force() -> Lasts:
    contract = a_contract(starts_on=FIRST, ends_on=LAST)
    return lambda day: type(contract).objects.filter(visits.in_force(day), pk=contract.pk).exists()


def a_home_with_a_contract() -> Lasts:
    home = a_home(a_contract(starts_on=FIRST, ends_on=LAST))
    return lambda day: home.pk in register.settings_with_contracts(day)


def a_rating_by_hand() -> Lasts:
    contract = a_contract()
    RatingByHand.objects.create(
        contract=contract,
        colour="red",
        because="A death.",
        from_on=FIRST,
        until_on=LAST,
        set_at=AT,
        set_by=UserFactory(),
    )
    return lambda day: register.by_hand_now(contract, on=day) is not None


def a_role_that_is_given_once() -> Lasts:
    user = UserFactory()
    RoleHeld.objects.create(user=user, role="evaluator", from_on=FIRST, to_on=LAST)

    def is_held(day: date) -> bool:
        try:
            with transaction.atomic():
                give_role(user=user, role="evaluator", from_on=day, to_on=day, act=Act(None, AT, FIRST))
                transaction.set_rollback(True)
        except RuleBroken as refusal:
            return refusal.code == "role_held"
        return False

    return is_held


@pytest.mark.parametrize("make", [
    a_placement, an_allocation, a_child_near_by_an_allocation, a_use_without_registration,
    an_exception_that_was_approved, a_day_on_which_a_setting_was_adverse, a_contract_in_force, a_home_with_a_contract,
    a_rating_by_hand, a_role_that_is_given_once,
])  # fmt: skip
def test_it_lasts_on_its_first_day_and_its_last_and_on_no_other(make: Callable[[], Lasts]) -> None:
    lasts = make()
    assert {day: lasts(day) for day in DAYS} == DAYS


def test_a_document_stands_on_the_day_on_which_it_expires() -> None:
    found = asked()
    document = a_document(found.organisation, expires_on=LAST)
    for day, stands in ((LAST, True), (AFTER, False)):
        assert is_valid(document, on=day) is stands
        assert documents_to_choose(found, viewer=None, on=day).exists() is stands


def test_a_contract_is_said_at_its_setting_to_its_last_day() -> None:
    officer, home = UserFactory(role="contract_officer"), a_home(a_contract(starts_on=FIRST, ends_on=LAST))
    for day, stands in ((LAST, True), (AFTER, False)):
        assert register.contracts_at(officer, setting_id=home.pk, child_id=None, on=day).exists() is stands
