"""That a person is told or asked is said only where one of them can be reached; otherwise what is to be done."""

from datetime import date

import pytest

from plumbline.people.act import Act
from plumbline.people.models import RoleHeld
from plumbline.toolkits import library
from tests.factories.people import UserFactory
from tests.factories.toolkits import AT, an_organisation, asked, plain_version
from tests.integration.contracts.care_situations import TODAY, a_contract
from tests.integration.web.contract_care.pages import day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_day(settings, tmp_path) -> None:
    settings.TODAY = TODAY
    settings.HOME = tmp_path


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def signs_in_for(organisation, *, email: str, active: bool = True):
    user = UserFactory(email=email, is_active=active)
    RoleHeld.objects.create(user=user, role="provider_user", organisation=organisation, from_on=date(2010, 1, 1))
    return user


def ask(page, contract) -> str:
    library.load(act=Act(None, AT, AT.date()))
    given = {"toolkit": "section11", **day("due_on", date(2016, 9, 1))}
    client = page(UserFactory(role="contract_officer"))
    return words(client.post(f"/contracts/{contract.pk}/assurance/ask/self/", given, follow=True))


def test_a_provider_that_signs_in_is_asked(page) -> None:
    contract = a_contract()
    signs_in_for(contract.provider, email="rosa@example.org")
    assert f"{contract.provider.name} is asked for it, by 1 September 2016." in ask(page, contract)


@pytest.mark.parametrize(
    "account", [None, {"email": ""}, {"email": "rosa@example.org", "active": False}], ids=["none", "no address", "off"]
)
def test_a_provider_that_nobody_signs_in_for_is_not_said_to_be_asked(page, account) -> None:
    contract = a_contract()
    if account is not None:
        signs_in_for(contract.provider, **account)
    said = ask(page, contract)
    assert ["is asked for it" in said, "can be told of it here" in said] == [False, True]
    # The page that follows offers both ways.
    made = contract.returns.get().answer_set_id
    assert [f"/returns/{made}/people/" in said, f"/returns/{made}/excel/" in said] == [True, True]


def test_a_return_that_is_asked_for_by_itself_says_the_same(page) -> None:
    version, client = plain_version(), page(UserFactory(role="contract_officer"))

    def asked_of(body) -> str:
        given = {"toolkit": version.toolkit.key, "title": "Audit 2016", "organisation": body.pk, "people": "",
                 **day("due_on", date(2016, 9, 1))}  # fmt: skip
        return words(client.post("/returns/new/", given, follow=True))

    unreached, other = asked_of(an_organisation()), an_organisation()
    signs_in_for(other, email="rosa@example.org")
    reached = asked_of(other)
    claim = "It is on the list of everybody who is to answer."
    assert (claim in unreached, claim in reached) == (False, True)


def test_who_only_reads_a_return_is_offered_nothing_to_do_about_it(page) -> None:
    made = asked()
    said = words(page(UserFactory(role="head_of_service")).get(f"/returns/{made.pk}/"))
    assert ["Nobody can answer it" in said, "Name someone" in said] == [True, False]
