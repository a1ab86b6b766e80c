"""Who must never see a child's record asks for every address of the site, and by every command; nothing shows one."""

from collections.abc import Iterator
from itertools import product

import pytest
from click.testing import CliRunner, Result
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from plumbline.config.cli import main
from plumbline.indicators.models import Publication
from plumbline.people.act import Act
from plumbline.scrutiny import operations as scrutiny
from plumbline.scrutiny.models import Report
from tests import databases
from tests.factories.people import UserFactory
from tests.relations import situations
from tests.relations.page import signed_in, text_of
from tests.relations.situations import AT, DOB, TODAY, Situation

# One of the members answers for all four: tests/architecture/test_access.py.
FAR = ("elected_member", "scrutiny_officer", "administrator")
SOURCES = ("ssd_early_help_episodes", "ssd_cin_episodes", "tac_audits", "ssd_cla_placement", "school_placements")
_OF_WHAT_IS_BOUGHT = (
    "pk", "toolkit_id", "version_id", "return_id", "conflict_id", "paper_id", "bid_id", "evaluator_id", "promise_id",
    "merge_id", "party_id", "contract_id", "award_id", "organisation_id",
)  # fmt: skip
_WORDS_OF_WHAT_IS_BOUGHT = ("section_key", "criterion_key", "part", "ground", "question", "side", "role", "recipient",
                             "token")  # fmt: skip
FORMATS = ("", "format=csv", "format=xlsx", "r-format=csv", "w-format=csv")
# Every way in which a day is written on a page or in a file.
BORN = (DOB.isoformat(), f"{DOB:%-d %B %Y}", f"{DOB:%d/%m/%Y}", f"{DOB:%-d %b %Y}")


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        else:
            yield pattern


def addresses(situation: Situation, reports: list[int]) -> Iterator[str]:
    """Every route, with the numbers of records that there are in place of each of its arguments."""
    cases = [situation.cases[name] for name in ("placed", "tied", "restricted, tied")]
    flags = [case.flag for case in cases if case.flag]
    numbers: dict[str, set[object]] = {
        "child_id": {case.child.pk for case in cases},
        "tac_id": {case.tac.pk for case in cases},
        "placement_id": {each.pk for case in cases for each in (case.placement, case.ends_here)},
        "exception_id": {case.exception.pk for case in cases},
        "flag_id": {flag.pk for flag in flags},
        "step_id": {step.pk for flag in flags for step in flag.steps.all()},
        "refused_id": {case.refused.pk for case in cases},
        "import_id": {case.refused.import_run_id for case in cases},
        "report_id": set(reports),
        "user_id": {situation.user.pk, situation.former.pk},
        "held_id": {held.pk for held in situation.former.roles_held.all()},
        "number": {situation.enquiry.pk},
        "matter_id": {case.child.pk for case in cases},
        "year": {2016},
        "month": {7},
        # There are none: a number that is of another record.
        "upload_id": {cases[0].child.pk}, "item_id": {cases[0].child.pk}, "document_id": {cases[0].child.pk},
        "notice_id": {cases[0].child.pk}, "asked_id": {cases[0].child.pk}, "wording_id": {cases[0].child.pk},
        "withdrawal_id": {cases[0].child.pk},
    }  # fmt: skip
    words: dict[str, set[object]] = {
        "section": {
            "tacs", "social-care", "placements", "flags", "timeline", "history", "inspections", "children",
        },
        "key": {"tac_open", "tac_closed", "placements_open", "social_care_referral_without_tac"},
        "file": {"ssd_person", "ssd_early_help_episodes", "ssd_cla_placement"},
        "register": {situation.setting.register},
        "urn": {situation.setting.urn},
        "kind": {"html", "docx"},
        "matter_type": {"child", "placement"},
    }  # fmt: skip
    # Of what is bought there is none here: a number that is of a child, and words that are of none.
    numbers |= {name: {cases[0].child.pk} for name in _OF_WHAT_IS_BOUGHT}
    words |= {name: {"none"} for name in _WORDS_OF_WHAT_IS_BOUGHT}
    known = numbers | words
    for pattern in patterns(get_resolver()):
        given = pattern.pattern.converters
        for chosen in product(*(sorted(known[name], key=str) for name in given)):
            address = reverse(pattern.name, kwargs=dict(zip(given, chosen, strict=True)))
            for form in FORMATS:
                yield f"{address}?{form}" if form else address
    child, setting = cases[0].child, situation.setting
    for route in ("placement_record", "exception_ask"):
        yield f"{reverse(route)}?child_id={child.pk}&register={setting.register}&urn={setting.urn}"
        yield f"{reverse(route)}?child={child.surname}"
    for case in cases:
        for text in (case.name, f"{case.child.forename} {case.name}", *case.numbers, setting.urn, DOB.isoformat()):
            yield f"{reverse('search')}?q={text}"
            for route in ("children", "tacs", "placements", "exceptions", "flags"):
                yield f"{reverse(route)}?q={text}"
        yield f"{reverse('governance')}?child={case.child.source_id}"


@pytest.fixture
def county(settings, bare_answers) -> None:
    settings.TODAY = TODAY
    situations.observed(*SOURCES)


def a_report(*, published: bool = False) -> int:
    """A report on every question that has an answer, of the records that there are."""
    report = scrutiny.write_report(question_numbers=[5, 6, 7], as_at=TODAY, act=Act(None, AT, TODAY))
    if published:
        report.publication = Publication.objects.create(known_at=AT, title=report.title, profile=report.profile)
        report.state, report.published_at = Report.State.PUBLISHED, AT
        report.save()
    return report.pk


def marks(situation: Situation) -> set[str]:
    found = set(BORN) | {"Zebedee"}
    for case in situation.cases.values():
        found |= {case.name, *case.numbers}
    return found


def shown(client, situation: Situation, reports: list[int]) -> Iterator[str]:
    """Where something of a child stands in an answer that was not in the question."""
    looked_for = marks(situation)
    closed = set()
    for address in addresses(situation, reports):
        page, _, asked = address.partition("?")
        # What does not open gives no file either, and a file gives no other.
        if asked in FORMATS[1:] and page in closed:
            continue
        answer = client.get(address)
        if not asked and (answer.status_code != 200 or "Content-Disposition" in answer):
            closed.add(page)
        said = text_of(answer)
        yield from (f"{address}: {mark}" for mark in looked_for if mark in said and mark not in address)


@pytest.mark.django_db
@pytest.mark.login("owner")
@pytest.mark.parametrize("role", FAR)
def test_nothing_of_a_child_shows_on_any_address(county, role):
    situation = situations.make(role)
    assert list(shown(signed_in(situation.user), situation, [a_report(), a_report(published=True)])) == []


@pytest.mark.django_db
@pytest.mark.login("owner")
def test_who_looked_names_children_by_number_alone_and_nothing_else_shows_one(county):
    situation = situations.make("information_governance")
    found = shown(signed_in(situation.user), situation, [])
    # The trail says by number whose record was opened, and what was typed into a search.
    outside = [each for each in found if not each.startswith(reverse("governance"))]
    assert outside == []


@pytest.mark.django_db
@pytest.mark.login("owner")
def test_the_trail_of_a_child_that_nobody_searched_for_holds_no_name_and_no_birthday(county):
    situation = situations.make("information_governance")
    said = text_of(signed_in(situation.user).get(f"{reverse('governance')}?format=csv"))
    names = {case.name for case in situation.cases.values()} | {"Zebedee", *BORN}
    assert ([mark for mark in names if mark in said], "CH0001" in said) == ([], True)


@pytest.mark.django_db
@pytest.mark.login("owner")
def test_the_same_addresses_show_children_to_who_may_see_them(county):
    situation = situations.make("team_manager")
    assert next(shown(signed_in(situation.user), situation, []), None) is not None


# --- commands --------------------------------------------------------------------------------------------------------

# Every command that takes --as, with what it is asked; {report} is a draft, {folder} an extract, {file} a list.
ACTING = {
    "import-ssd": ["{folder}", "--extracted", "2016-07-31", "--json"],
    "import-ofsted": ["{file}", "--as-at", "2016-03-31", "--json"],
    "import-contracts": ["{folder}", "--json"],
    "import-ocds": ["{file}", "--json"],
    "withdraw-import": ["1", "--because", "A slip.", "--json"],
    "export-ocds": ["T2016-001", "{folder}/tender.json"],
    "monthly-check": [],
    "measure": ["tac_open", "--as-at", "2016-07-31", "--json"],
    "report": ["--question", "6", "--as-at", "2016-07-31", "--output", "{folder}/report.html", "--json"],
    "publish": ["{report}", "--json"],
    "rerun": ["{report}", "--json"],
}


@pytest.fixture
def at_the_command_line(own_database, county, monkeypatch, tmp_path):
    """Runs a command as someone, in a database with a child in every relation; gives the result and the marks."""
    for setting, value in databases.environ_for(own_database).items():
        monkeypatch.setenv(setting, value)
    monkeypatch.setenv("PLUMBLINE_LOGIN", "worker")
    situation, report = situations.make("team_manager"), a_report()
    (tmp_path / "ssd_person.csv").write_text(
        "pers_person_id,pers_forename,pers_surname,pers_sex,pers_dob,pers_ethnicity\n"
        f"CH0001,Zebedee,{situation.cases['placed'].name},F,31/02/2009,WBRI\n"
    )
    (tmp_path / "list.csv").write_text("URN,Overall effectiveness\nSC900001,Good\n")

    def run(role: str) -> Iterator[tuple[str, Result, list[str]]]:
        """Every command, one after another; its result, and what of a child stands in it."""
        user, known = UserFactory(role=role), marks(situation)
        given = {"report": report, "folder": tmp_path, "file": tmp_path / "list.csv"}
        for command in sorted(ACTING):
            words = [word.format(**given) for word in ACTING[command]]
            result = CliRunner().invoke(main, [command, *words, "--as", user.username])
            yield f"{command} as {role}", result, [mark for mark in known if mark in result.output]

    return run


def test_every_command_that_acts_as_somebody_is_tried():
    acting = {name for name, command in main.commands.items() if any("--as" in each.opts for each in command.params)}
    assert acting == set(ACTING)


def test_a_command_refuses_who_is_far_from_children_and_shows_them_nothing(at_the_command_line):
    """A refused command changes nothing, so all are tried on one database."""
    wrong, showing, tried = [], [], set()
    for role in ("elected_member", "administrator", "information_governance"):
        for said, result, shows in at_the_command_line(role):
            tried.add(said)
            refused = "may not do this" in result.output or "There is no report" in result.output
            wrong += [] if (result.exit_code, refused) == (1, True) else [said]
            showing += [said] if shows else []
    assert (wrong, showing, len(tried)) == ([], [], 3 * len(ACTING))


def test_a_command_shows_the_scrutiny_officer_nothing_of_a_child(at_the_command_line):
    showing = {said: shows for said, _, shows in at_the_command_line("scrutiny_officer")}
    assert ([said for said, shows in showing.items() if shows], len(showing)) == ([], len(ACTING))
