"""Promise 1: role × route × relation to the record, as docs/reference/relations.md says and as really answered."""

import pytest
from django.urls import get_resolver

from plumbline.people.access import ROLES
from plumbline.web.kit.access import routes
from tests.relations import crawl, page
from tests.relations.page import NUMBER, YES, Answers
from tests.relations.probes import PROBES, TOLD_APART, TRIED

pytestmark = [pytest.mark.django_db, pytest.mark.login("owner")]

# Of these a restricted record is no secret: rows not taken yet, and who looked at it.
_NOT_THE_RECORD = ("refused row", "who looked", "refused rows")
# They learn of every child at an adverse setting, of a restricted one by a flag that does not say who it is.
_ANSWER_FOR_EVERY_CHILD = {"management_team", "director", "head_of_service"}
_kept: dict[str, Answers] = {}


@pytest.fixture
def answers() -> Answers:
    """Tried once for all tests here: it takes most of a minute."""
    if not _kept:
        _kept["answers"] = page.tried()
    return _kept["answers"]


def reached(answers: Answers, relation: str) -> list[str]:
    """Role and way of everything that opens with a relation."""
    return [f"{role}: {way}" for (role, way, at), cell in answers.items() if at == relation and cell in (YES, NUMBER)]


def test_every_route_is_told_apart_as_showing_a_childs_record_or_not():
    names = {name for _, name, _ in routes(get_resolver())}
    assert (names - TRIED - crawl.tried() - set(TOLD_APART), set(TOLD_APART) & (TRIED | crawl.tried())) == (
        set(),
        set(),
    )


def test_no_route_is_told_apart_that_is_not_there():
    assert (TRIED | set(TOLD_APART)) - {name for _, name, _ in routes(get_resolver())} == set()


def test_the_page_of_relations_is_as_the_site_answers(answers):
    assert list(page.differences(page.parts()[0], page.written(answers))) == [], (
        "look at each line, then run `python -m tests.relations --write`"
    )


def test_a_role_that_ended_yesterday_reaches_nothing(answers):
    assert reached(answers, "role ended") == []


def test_a_restricted_record_is_reached_by_a_tie_alone(answers):
    found = reached(answers, "restricted")
    assert [
        each
        for each in found
        if not any(words in each.lower() for words in _NOT_THE_RECORD)
        and not (each.partition(":")[0] in _ANSWER_FOR_EVERY_CHILD and "flag" in each.lower())
    ] == []


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_tie_that_ended_yesterday_opens_no_more_than_no_tie(answers, role):
    more = [
        probe.words
        for probe in PROBES
        if answers[role, probe.words, "tie ended"] != answers[role, probe.words, "placed"]
    ]
    assert more == []


@pytest.mark.parametrize("role", sorted(key for key, role in ROLES.items() if role.reach == "none"))
def test_a_role_without_reach_sees_no_child_by_name(answers, role):
    by_name = {way for (who, way, _), cell in answers.items() if who == role and cell == YES}
    # A flag by number is answered by those it is put to; a refused row is mended by who imports.
    acts = {probe.words for probe in PROBES if probe.posted}
    assert by_name - acts - {"A refused row, to be mended"} == set()


@pytest.mark.parametrize("relation", ["tie ended", "placed", "none"])
@pytest.mark.parametrize("role", sorted(key for key, role in ROLES.items() if role.reach in ("tied", "team")))
def test_a_role_that_works_by_ties_sees_no_other_child_by_name(answers, role, relation):
    by_name = [probe.words for probe in PROBES if not probe.posted and answers[role, probe.words, relation] == YES]
    assert by_name == []


def test_the_team_of_a_role_opens_records_to_the_manager_alone(answers):
    more = {role for (role, way, at), cell in answers.items() if at == "team" and cell != answers[role, way, "placed"]}
    assert more == {"team_manager"}
