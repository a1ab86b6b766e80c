"""What is not there and what is not for the visitor answer with one and the same page."""

import re

import pytest

from tests.factories.people import ChildFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]


def test_the_page_says_that_it_is_not_there_or_not_for_the_visitor_and_offers_the_way_on(page) -> None:
    member = UserFactory(role="elected_member", name="Joan Fairweather")
    child = ChildFactory(surname="Quornaa")
    addresses = (f"/children/{child.pk}/", "/children/999999999/", "/no/such/address/")
    answers = [page(member).get(address) for address in addresses]
    mains = [re.search(r"<main.*?</main>", answer.content.decode(), re.DOTALL)[0] for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert (len(set(mains)), "Page not found" in mains[0], "it may not be open to you" in mains[0]) == (1, True, True)
    whole = answers[0].content.decode()
    assert ("Joan Fairweather" in whole, 'href="/search/"' in whole or 'action="/search/"' in whole) == (True, True)
    assert "Quornaa" not in whole
