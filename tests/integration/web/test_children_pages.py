"""Children and TACs: who reaches whom by a page, what is left behind, and how many queries it takes."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plumbline.audit.models import Event
from tests.factories.people import ChildFactory, TieFactory, UserFactory
from tests.factories.records import InvolvementFactory, PlacementFactory, ReferralFactory, TacAuditFactory, TacFactory

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]

TIED_ROLES = ["lead_professional", "social_worker", "sen_caseworker", "reviewing_officer", "team_manager"]
NEVER = [
    "elected_member", "committee_chair", "lead_member", "co_opted_member", "management_team", "director",
    "performance_analyst", "scrutiny_officer", "information_governance", "administrator", "contract_officer",
]  # fmt: skip


def tied(role: str, child, **changes):
    return TieFactory(user=UserFactory(role=role), subject_id=child.pk, **changes).user


@pytest.mark.parametrize("role", TIED_ROLES)
def test_a_child_opens_to_who_is_tied_to_it(page, role):
    child = ChildFactory()
    assert page(tied(role, child)).get(f"/children/{child.pk}/").status_code == 200


@pytest.mark.parametrize("role", TIED_ROLES)
def test_a_child_does_not_exist_for_who_is_not_tied_to_it(page, role):
    assert page(UserFactory(role=role)).get(f"/children/{ChildFactory().pk}/").status_code == 404


@pytest.mark.parametrize("role", NEVER)
def test_a_tie_opens_nothing_to_a_role_that_sees_no_children(page, role):
    child = ChildFactory()
    assert page(tied(role, child)).get(f"/children/{child.pk}/").status_code == 404


def test_a_tie_that_has_ended_opens_nothing(page):
    child = ChildFactory()
    user = tied("social_worker", child, to_on=date(2016, 7, 30))
    assert page(user).get(f"/children/{child.pk}/").status_code == 404


@pytest.mark.parametrize("role", ["placement_officer", "head_of_service"])
def test_a_placed_child_opens_to_who_works_on_placements(page, role):
    child = PlacementFactory().child
    assert page(UserFactory(role=role)).get(f"/children/{child.pk}/").status_code == 200


@pytest.mark.parametrize("role", ["placement_officer", "head_of_service"])
def test_a_placed_child_whose_record_is_restricted_does_not_open_by_a_role(page, role):
    child = PlacementFactory(child__restricted=True).child
    assert page(UserFactory(role=role)).get(f"/children/{child.pk}/").status_code == 404


def test_a_restricted_child_is_found_by_no_list_of_a_role(page):
    child = PlacementFactory(child__restricted=True).child
    answer = page(UserFactory(role="placement_officer")).get("/children/")
    assert child.surname not in answer.content.decode()


def test_a_restricted_child_opens_to_its_worker(page):
    child = ChildFactory(restricted=True)
    assert page(tied("social_worker", child)).get(f"/children/{child.pk}/").status_code == 200


def test_opening_a_child_leaves_a_trace_with_the_role(page):
    child = ChildFactory()
    page(tied("social_worker", child)).get(f"/children/{child.pk}/timeline/")
    event = Event.objects.get(kind="people.child.viewed", child_id=child.pk)
    assert (event.by_role, event.data) == ("Social worker", {"page": "timeline"})


def test_a_list_of_children_leaves_one_trace_with_what_was_asked(page):
    page(UserFactory(role="social_worker")).get("/children/?q=quill")
    assert [event.data for event in Event.objects.filter(kind="people.children.listed")] == [{"asked": {"q": "quill"}}]


def test_what_answers_404_leaves_no_trace_of_a_look(page):
    child = ChildFactory()
    page(UserFactory(role="social_worker")).get(f"/children/{child.pk}/")
    assert not Event.objects.filter(child_id=child.pk).exists()


def test_a_lead_professional_is_not_shown_what_social_care_told_us(page):
    child = ChildFactory()
    ReferralFactory(child=child)
    assert page(tied("lead_professional", child)).get(f"/children/{child.pk}/social-care/").status_code == 404


def test_the_timeline_holds_what_happened_newest_first(page):
    child = ChildFactory()
    ReferralFactory(child=child, source_id="TRX", referred_on=date(2015, 1, 1))
    InvolvementFactory(child=child, from_on=date(2016, 1, 1))
    said = page(tied("social_worker", child)).get(f"/children/{child.pk}/timeline/").content.decode()
    assert said.index("Worker allocated") < said.index("Referred to social care (TRX)")


def test_the_list_of_a_tied_role_holds_only_its_own_children(page):
    child, other = ChildFactory(), ChildFactory()
    said = page(tied("social_worker", child)).get("/children/").content.decode()
    assert (child.source_id in said, other.source_id in said) == (True, False)


def tac_of(role: str = "lead_professional", why: str = "lead_professional", **changes):
    tac, user = TacFactory(**changes), UserFactory(role=role)
    # The one tie is never without the other (earlyhelp.operations).
    for subject, number in (("tac", tac.pk), ("child", tac.child_id)):
        TieFactory(user=user, subject_type=subject, subject_id=number, why=why)
    return tac, user


def test_a_tac_opens_to_who_leads_it(page):
    tac, lead = tac_of()
    assert page(lead).get(f"/tacs/{tac.pk}/").status_code == 200


def test_another_tac_of_the_same_child_does_not_open_to_a_lead(page):
    tac, lead = tac_of()
    other = TacFactory(child=tac.child)
    assert page(lead).get(f"/tacs/{other.pk}/").status_code == 404


def test_every_tac_of_a_child_opens_to_the_childs_social_worker(page):
    tac = TacFactory()
    assert page(tied("social_worker", tac.child)).get(f"/tacs/{tac.pk}/").status_code == 200


def test_opening_a_tac_is_a_trace_of_its_child_too(page):
    tac, lead = tac_of()
    page(lead).get(f"/tacs/{tac.pk}/history/")
    assert Event.objects.get(kind="earlyhelp.tac.viewed").child_id == tac.child_id


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"lead_organisation": None, "lead_wording": "Elm Sch"}, "“Elm Sch”, which is not mapped"),
        ({"ended_on": date(2016, 5, 1), "end_wording": "Sorted"}, "“Sorted” is not mapped to a reason"),
        ({"lead_professional": None}, "No lead professional is known"),
        ({"missing_since": date(2016, 7, 31)}, "no longer holds this TAC"),
        ({"started_on": date(2015, 7, 30)}, "Open for over a year, since 30 July 2015"),
    ],
)
def test_a_tac_says_what_is_wrong_or_due(page, changes, sentence):
    tac, lead = tac_of(**changes)
    assert sentence in page(lead).get(f"/tacs/{tac.pk}/").content.decode()


def test_a_tac_open_for_a_year_to_the_day_is_not_prompted(page):
    tac, lead = tac_of(started_on=date(2015, 7, 31))
    assert "Open for over a year" not in page(lead).get(f"/tacs/{tac.pk}/").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=open", {"A"}),
        ("state=closed", {"B"}),
        ("outcome=needs_met", {"B"}),
        ("missing=lead", {"A"}),
        ("sector=school", {"B"}),
        ("started_from=1+January+2016", {"A"}),
        ("ended_to=31+December+2015", {"B"}),
        ("lead=oak", {"B"}),
    ],
)
def test_tacs_are_filtered(page, query, found):
    user = UserFactory(role="lead_professional")
    given = {
        "A": {"lead_organisation": None},
        "B": {
            "started_on": date(2015, 1, 1), "ended_on": date(2015, 6, 1), "closure_code": "needs_met",
            "lead_organisation__name": "Oak School",
        },
    }  # fmt: skip
    for number, changes in given.items():
        tac = TacFactory(source_id=f"TEH-{number}", **changes)
        TieFactory(user=user, subject_type="tac", subject_id=tac.pk, why="lead_professional")
        TieFactory(user=user, subject_id=tac.child_id, why="lead_professional")
    said = page(user).get(f"/tacs/?{query}").content.decode()
    assert {number for number in given if f"TEH-{number}" in said} == found


def queries_of(page, user, path) -> int:
    client = page(user)
    client.get(path)  # signing in once: the session and its first writes
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


@pytest.mark.parametrize("path", ["/children/", "/tacs/", "/search/?q=quill"])
def test_a_list_takes_as_many_queries_for_many_rows_as_for_one(page, path):
    user = UserFactory(role="team_manager")

    def add() -> None:
        tac = TacFactory()
        TieFactory(user=user, subject_id=tac.child_id, why="team_manager")

    add()
    one = queries_of(page, user, path)
    for _ in range(30):
        add()
    assert queries_of(page, user, path) == one


def test_a_child_takes_as_many_queries_with_a_long_record_as_with_a_short_one(page):
    child = ChildFactory()
    user = tied("social_worker", child)
    path = f"/children/{child.pk}/timeline/"
    TacFactory(child=child)
    one = queries_of(page, user, path)
    for _ in range(10):
        TacAuditFactory(tac__child=child)
        ReferralFactory(child=child)
        InvolvementFactory(child=child)
        PlacementFactory(child=child)
    assert queries_of(page, user, path) == one


def test_a_file_of_the_list_holds_only_what_the_viewer_may_see(page):
    child, other = ChildFactory(), ChildFactory()
    body = b"".join(page(tied("social_worker", child)).get("/children/?format=csv").streaming_content).decode()
    assert (child.source_id in body, other.source_id in body) == (True, False)


def test_a_name_in_search_is_found_by_who_may_open_it(page):
    child = ChildFactory(surname="Zennor", sort_key="zennor, kit")
    assert "Kit Zennor" in page(tied("social_worker", child)).get("/search/?q=zennor").content.decode()


def test_a_name_in_search_is_not_found_by_others(page):
    ChildFactory(surname="Zennor", sort_key="zennor, kit")
    assert "Kit Zennor" not in page(UserFactory(role="social_worker")).get("/search/?q=zennor").content.decode()


def test_a_restricted_record_is_not_found_by_who_works_on_placements(page):
    PlacementFactory(child__surname="Zennor", child__sort_key="zennor, kit", child__restricted=True)
    assert "Kit Zennor" not in page(UserFactory(role="placement_officer")).get("/search/?q=zennor").content.decode()


def test_a_child_not_yet_born_is_called_so_with_the_day_on_which_the_birth_is_due(page):
    child = ChildFactory(dob=None, expected_dob=date(2016, 10, 2))
    worker = UserFactory(role="social_worker")
    TieFactory(user=worker, subject_id=child.pk)
    client = page(worker)

    opened = client.get(f"/children/{child.pk}/").content.decode()
    assert "Unborn, due 2 October 2016" in opened
    assert "Age not recorded" not in opened
    assert "unborn" in client.get("/children/").content.decode()
