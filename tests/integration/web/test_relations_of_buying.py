"""What the council buys: everybody asks for every address, and is told what is theirs and nothing else.

The page docs/reference/relations.md holds what each is told; here stands what must hold whatever that page says.
"""

from collections import defaultdict

import pytest
from django.db import transaction

from plumbline.flags.models import Flag, Message
from plumbline.jobs.night import night
from plumbline.people.access import ROLES
from tests.relations import acting, market, market_page, page, told
from tests.relations.market import MODERATION, OTHER, RECOMMENDED, SCORING
from tests.relations.market_page import OF_CONTRACTS, OF_TENDERS, viewers_told
from tests.relations.situations import AT, TODAY
from tests.relations.told import ALIKE, VIEWERS, Told

pytestmark = [pytest.mark.django_db, pytest.mark.login("owner")]

RUN = {"commissioner", "lead"}
APPROVE = {"management_team", "head_of_service"}
OFFICERS = {"manager", "contract_officer", "tied_officer", "area_lead", "service_area_lead", "partnership_officer",
            "performance_analyst"}  # fmt: skip
FORMER = {"former_officer", "former_lead", "former_provider", "former_evaluator"}
# The register of tenders; all else is of its bids.
REGISTER = {"tender", "formertender"}
CHILDREN = {"spotchild", "spotchildnumber", "casechild", "casechildnumber", "incidentchild", "incidentchildnumber"}
_kept: dict[str, tuple[Told, set[str]]] = {}


@pytest.fixture
def crawled() -> tuple[Told, set[str]]:
    """Asked once for all tests here: it takes most of a minute."""
    if not _kept:
        _kept["crawled"] = told.told_to_all()
    return _kept["crawled"]


@pytest.fixture
def known(crawled) -> Told:
    return crawled[0]


def told_of(known: Told, viewer: str) -> set[str]:
    return {kind for who, kind, _ in known if who == viewer}


def test_no_page_breaks_and_no_provider_reads_a_colour(crawled):
    assert crawled[1] == set()


def test_the_page_says_who_is_told_what(known):
    assert list(page.differences(page.parts()[1], market_page.written(known))) == [], (
        "look at each line, then run `python -m tests.relations --write`"
    )


def test_everything_that_is_told_is_named_on_the_page(known):
    assert {kind for _, kind, _ in known} - set(OF_CONTRACTS) - set(OF_TENDERS) == set()


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_asks_or_may_do_the_same_as_one_that_asks(role):
    asked = role in VIEWERS or role in ("evaluator", "provider_user", "social_worker")
    assert asked or told.of_what_is_bought(role) == told.of_what_is_bought(ALIKE[role])


# --- tenders ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(set(OF_TENDERS) - REGISTER))
def test_before_all_have_locked_nothing_of_the_bids_is_told_but_to_who_runs_the_tender_and_evaluates(known, kind):
    others = set(viewers_told(known, kind, SCORING)) - RUN
    # Interests are declared against the names of the bidders.
    own = {"ownconflict": {"undecided"}, "scorelocked": {"locked"}, "scoreopen": {"open"},
           "bidder": {"locked", "open", "undeclared", "undecided"},
           "bidanswer": {"locked", "open"}, "bidpaper": {"locked", "open"}}  # fmt: skip
    assert others <= own.get(kind, set())


@pytest.mark.parametrize("kind", ["scorelocked", "scoreopen"])
def test_no_score_is_told_to_anybody_but_who_gave_it_while_one_has_not_locked(known, kind):
    assert len(viewers_told(known, kind, SCORING)) == 1


@pytest.mark.parametrize("kind", sorted(set(OF_TENDERS) - REGISTER))
def test_in_moderation_nothing_is_told_to_who_will_approve_or_only_reads_the_register(known, kind):
    assert set(viewers_told(known, kind, MODERATION)) & (APPROVE | OFFICERS) == set()


@pytest.mark.parametrize(
    "kind", ["bidanswer", "bidder", "price", "scorecomment", "recommendedreason", "tenderconflict"]
)
def test_who_approves_is_told_all_that_they_decide_on(known, kind):
    assert set(viewers_told(known, kind, RECOMMENDED)) & (APPROVE | OFFICERS) == APPROVE


@pytest.mark.parametrize("kind", ["price", "stagepaper", "exclusionnote", "failedanswer", "failedpaper"])
def test_an_evaluator_is_not_told_what_they_do_not_score(known, kind):
    evaluators = {"locked", "open", "moderating"}
    assert (
        evaluators & set(viewers_told(known, kind, SCORING)),
        evaluators & set(viewers_told(known, kind, MODERATION)),
    ) == (set(), set())


@pytest.mark.parametrize("viewer", ["undeclared", "undecided", "excluded", "elsewhere"])
def test_an_evaluator_who_is_not_cleared_is_told_nothing_of_the_bids(known, viewer):
    assert told_of(known, viewer) & set(OF_TENDERS) - REGISTER <= {"ownconflict", "bidder"}


def test_the_register_is_told_to_everybody_who_sees_tenders(known):
    seen = (RUN | APPROVE | OFFICERS | {"undecided_lead"}) - {"partnership_officer"}
    assert seen - set(viewers_told(known, "tender", SCORING)) == set()


# --- contracts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["narrative", "staff"])
def test_the_full_account_of_an_incident_is_told_to_the_contracts_own_people_and_who_wrote_it(known, kind):
    assert viewers_told(known, kind, "own") == ("manager", "area_lead", "reporter")


@pytest.mark.parametrize("kind", sorted(CHILDREN))
def test_a_child_is_named_to_who_works_with_them_alone(known, kind):
    # Governance reads what someone typed into a search, which is recorded as typed.
    assert set(viewers_told(known, kind, "own")) - {"information_governance"} <= {
        "tied_officer",
        "tied_worker",
        "head_of_service",
    }


def test_an_address_of_a_childs_record_is_told_to_who_may_open_one(known):
    assert set(viewers_told(known, "childlink", "own")) <= {"tied_officer", "tied_worker", "head_of_service"}


def test_a_provider_is_told_nothing_of_another_organisation(known):
    assert {kind for who, kind, whose in known if who == "provider" and whose == OTHER} == set()


def test_a_provider_is_told_the_same_under_a_name_found_to_be_the_same(known):
    of = {whose: {kind for who, kind, at in known if who == "provider" and at == whose} for whose in ("own", "merged")}
    assert of["own"] == of["merged"]


def test_a_provider_is_told_nothing_of_a_tender(known):
    assert told_of(known, "provider") & (set(OF_TENDERS) | {"awardedanswer", "awardreason"}) == set()


def test_a_provider_is_not_told_what_is_the_councils_own(known):
    ours = {"handrating", "teamdecision", "minutes", "meetingconcern", "attendee", "casesummary", "casereference",
            "commitmentnote", "kpinote", "visitunsent", "homeconcern", "police", "lado", "narrative", "staff",
            "returnnote", "askednote", "councilaction", "councilactiondetail", "councilactionnote", "visitaction",
            "provideractiondoc", "councilactiondoc", "counciltitle", "councilanswer", "doccouncil", "docrestricted",
            "value", "planitem", "plannote"}  # fmt: skip
    assert told_of(known, "provider") & ours == set()


@pytest.mark.parametrize("viewer", sorted(FORMER))
def test_a_role_that_ended_yesterday_is_told_nothing(known, viewer):
    assert told_of(known, viewer) == set()


@pytest.mark.parametrize("viewer", ["elected_member", "administrator"])
def test_who_has_nothing_to_do_with_it_is_told_nothing(known, viewer):
    assert told_of(known, viewer) == set()


def test_a_member_who_is_asked_to_answer_is_told_that_return_alone(known):
    assert told_of(known, "assigned") <= {"counciltitle", "councilanswer", "councilcomment"}


# Open to nobody here, or read in another state than these.
_TOLD_TO_NOBODY = {
    *(f"{whose}docrestricted" for whose in ("", "our")), "minutesdoc", "assessmentdoc", "homereport", "visitdoc",
    "answerdoc", "caseaudittitle", "caseauditanswer", "caseauditcomment", "caseauditnote",
}  # fmt: skip


def test_all_else_that_the_page_names_is_told_to_somebody(known):
    """So that what is told to nobody is not so because it is nowhere."""
    assert (set(OF_CONTRACTS) | set(OF_TENDERS)) - {kind for _, kind, _ in known} == _TOLD_TO_NOBODY


# --- what the night writes -------------------------------------------------------------------------------------------

# What must stand in no flag and no e-mail, no matter who is told.
NEVER = (
    CHILDREN
    | {
        "childlink",
        "narrative",
        "staff",
        "incidentsummary",
        "police",
        "lado",
        "casesummary",
        "minutes",
        "teamdecision",
        "homereport",
        "minutesdoc",
        "assessmentdoc",
    }
    | set(OF_TENDERS)
)


@pytest.fixture
def after_a_night(tmp_path, settings):
    settings.TODAY = TODAY
    with transaction.atomic():
        found = market.make(tmp_path)
        for user in found.viewers.values():
            user.email = f"{user.username}@fenmarsh.example"
            user.save()
        night(at=AT, on=TODAY)
        yield found
        transaction.set_rollback(True)


@pytest.mark.login("worker")
def test_an_email_names_contracts_to_the_management_team_and_nothing_to_anybody_else(after_a_night):
    found = defaultdict(set)
    for message in Message.objects.all():
        found[message.to_user_id] |= {kind for kind, _ in market.marks_in(f"{message.subject}\n{message.body}")}
    named = {who: kinds for who, kinds in found.items() if kinds}
    assert (len(found) > 1, named) == (True, {after_a_night.viewers["management_team"].pk: {"reference", "spot"}})


@pytest.mark.login("worker")
def test_no_flag_tells_what_only_the_record_may(after_a_night):
    addresses = ["/flags/", "/flags/?format=csv", *(f"/flags/{flag.pk}/" for flag in Flag.objects.all()[:30])]
    said = set()
    for viewer in ("manager", "management_team", "performance_analyst"):
        client = page.signed_in(after_a_night.viewers[viewer])
        said |= {(viewer, kind) for each in addresses for kind, _ in market.marks_in(page.text_of(client.get(each)))}
    assert ({kind for _, kind in said} & NEVER, ("management_team", "reference") in said) == (set(), True)


# --- acting ----------------------------------------------------------------------------------------------------------


# Who sends forms about a tender whose bids are scored, and the routes that are offered to them.
SENDERS = {
    "elsewhere": set(), "excluded": set(), "former_lead": set(),
    "management_team": {"tender_conflicts", "tender_hand_over", "tender_open_data"},
}  # fmt: skip


def test_forms_as_others_fill_them_in_change_nothing_of_a_tender(tmp_path):
    with transaction.atomic():
        found = market.make(tmp_path)
        acts = acting.acts(found, {SCORING})
        changed = {
            who: {said.partition(":")[0] for said in acting.changed_by(found.viewers[who], acts)} for who in SENDERS
        }
        transaction.set_rollback(True)
    assert changed == SENDERS
