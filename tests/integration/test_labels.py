"""What this council calls things: entered with a first day, said from that day on, and nowhere a word too early."""

import html
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from plumbline.audit.models import Event
from plumbline.contracts.models import Assessment, IncidentForm
from plumbline.contracts.operations.rating import turn_of_the_day as rate_contracts
from plumbline.intake.models import Extract
from plumbline.jobs import ways_in
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.labels import say
from plumbline.measures.catalogue import CATALOGUE
from plumbline.people.act import Act
from plumbline.people.labels import change_label, speaking_on, take_out_label
from plumbline.people.models import LabelWording, User
from plumbline.people.operations import tie
from plumbline.toolkits.models import ToolkitVersion
from tests.architecture.test_labels import PLACE, WORDS
from tests.conftest import point_at
from tests.factories.people import LONG_AGO, ImportFactory
from tests.factories.records import TacFactory
from tests.integration.placements.situations import AT, TODAY, a_user
from tests.integration.web.signing_in import as_

HELP = {"tac": "Family Help plan", "tacs": "Family Help plans", "tac_long": "plan of help for a family"}
FIRST = date(2016, 7, 1)


def enter(*, key: str = "tac", forms: dict[str, str] = HELP, from_on: date = FIRST, by=None) -> LabelWording:
    by = by or a_user("administrator")
    return change_label(key=key, forms=forms, from_on=from_on, act=Act(by, AT, TODAY))


def kept(**values: object) -> LabelWording:
    return LabelWording.objects.create(
        **{"key": "tac", "forms": HELP, "from_on": FIRST, "said_at": AT, "said_by": a_user(), **values}
    )


@pytest.mark.django_db
class TestEntering:
    def test_a_word_is_said_from_its_first_day_on_and_the_day_before_as_before(self):
        enter()
        enter(forms={**HELP, "tac": "FHP", "tacs": "FHPs"}, from_on=date(2016, 9, 1))

        said = []
        for day in (date(2016, 6, 30), FIRST, date(2016, 8, 31), date(2016, 9, 1)):
            with speaking_on(day):
                said.append(say("{a_tac}, {tacs}"))
        assert said == [
            "a TAC, TACs",
            "a Family Help plan, Family Help plans",
            "a Family Help plan, Family Help plans",
            "an FHP, FHPs",
        ]
        assert Event.objects.filter(kind="people.label.changed").count() == 2

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"from_on": FIRST}, "day_taken"),
            ({"from_on": FIRST + timedelta(1)}, "unchanged"),
            ({"from_on": TODAY, "forms": {**HELP, "tac": ""}}, "missing_words"),
            ({"from_on": TODAY, "forms": {**HELP, "tac": "a {tac}"}}, "bad_words"),
            ({"from_on": TODAY, "key": "town"}, "unknown_label"),
        ],
    )
    def test_what_cannot_be_said_is_refused_and_nothing_changes(self, given, code):
        enter()
        with pytest.raises(RuleBroken) as refused, transaction.atomic():
            enter(**given)
        assert (refused.value.code, LabelWording.objects.count()) == (code, 1)

    def test_one_whose_day_has_not_come_is_taken_out_and_one_that_is_said_is_not(self):
        coming, said = enter(from_on=TODAY + timedelta(1)), enter(from_on=TODAY, forms={**HELP, "tac": "FHP"})
        by = a_user("administrator")

        take_out_label(wording_id=coming.pk, act=Act(by, AT, TODAY))
        with pytest.raises(RuleBroken) as refused:
            take_out_label(wording_id=said.pk, act=Act(by, AT, TODAY))

        assert refused.value.code == "has_begun"
        assert list(LabelWording.objects.all()) == [said]
        assert Event.objects.get(kind="people.label.taken_out").data["from_on"] == "2016-08-01"

    def test_only_who_keeps_the_lists_changes_a_word(self):
        coming = enter(from_on=TODAY + timedelta(1))
        with pytest.raises(NotAllowed):
            enter(by=a_user("contract_officer"))
        with pytest.raises(NotAllowed):
            take_out_label(wording_id=coming.pk, act=Act(a_user("contract_officer"), AT, TODAY))

    @pytest.mark.parametrize(
        "forms", [{}, {"tac": ""}, {"tac": "a {tac}"}, {"tac": "x" * 81}, {"tac": "a\nb"}, {"tac": 3}]
    )
    def test_the_database_keeps_only_words(self, forms):
        with pytest.raises(IntegrityError), transaction.atomic():
            kept(forms=forms)

    def test_the_database_keeps_one_wording_a_day(self):
        kept()
        with pytest.raises(IntegrityError), transaction.atomic():
            kept()


@pytest.mark.django_db
@pytest.mark.login("web")
class TestThePage:
    @pytest.fixture(autouse=True)
    def _the_day(self, settings) -> None:
        settings.TODAY = TODAY

    def test_an_administrator_changes_a_word_from_a_day_and_takes_it_out_again(self):
        client = as_(a_user("administrator"))
        typed = {**HELP, "from_on_day": "1", "from_on_month": "9", "from_on_year": "2016"}

        assert "comes with “Team Around the Child”" in client.get("/labels/tac/").content.decode()
        answer = client.post("/labels/tac/", typed, follow=True).content.decode()
        assert "From 1 September 2016 we say: “A Family Help plan is a plan of help for a family." in answer
        assert "Today we say: “A TAC is a Team Around the Child. Two TACs are open.”" in answer
        again = client.post("/labels/tac/", typed)
        assert "Another wording begins on 1 September 2016" in again.context["form"].errors["from_on"][0]

        out = f"/labels/{LabelWording.objects.get().pk}/take-out/"
        assert "A Family Help plan is a plan of help for a family." in client.get(out).content.decode()
        assert "is taken out" in client.post(out, follow=True).content.decode()
        assert (LabelWording.objects.count(), client.get(out).status_code) == (0, 404)

    def test_what_cannot_be_a_word_is_said_at_its_field_and_stays_typed(self):
        client = as_(a_user("administrator"))
        answer = client.post(
            "/labels/tac/",
            {
                **HELP,
                "tac": "plan {x}",
                "from_on_day": "1",
                "from_on_month": "9",
                "from_on_year": "2016",
            },
        )

        text = answer.content.decode()
        assert (list(answer.context["form"].errors), LabelWording.objects.count()) == (["tac"], 0)
        assert "In short, one of them: words on one line" in text
        assert 'value="plan {x}"' in text
        assert client.get("/labels/town/").status_code == 404

    def test_others_do_not_reach_it(self):
        assert as_(a_user("contract_officer")).get("/labels/").status_code == 404

    def test_a_page_says_the_word_of_its_day_and_what_a_source_wrote_stays(self, settings):
        lead = a_user("tac_member")
        tac = TacFactory(reason_wording="A TAC was asked for by the school")
        for subject, number in (("tac", tac.pk), ("child", tac.child_id)):
            tie(
                user=lead,
                subject_type=subject,
                subject_ids=[number],
                why="tac_member",
                from_on=LONG_AGO,
                to_on=None,
                because="test",
                act=Act(None, AT, TODAY),
            )
        kept(from_on=TODAY)

        def read(day: date) -> tuple[str, str]:
            settings.TODAY = day
            client = as_(lead)
            listed = b"".join(client.get("/tacs/?format=csv").streaming_content).decode()
            return client.get(f"/tacs/{tac.pk}/").content.decode(), listed

        before, heading_before = read(TODAY - timedelta(1))
        after, heading_after = read(TODAY)

        assert (f"TAC {tac.source_id}" in before, f"Family Help plan {tac.source_id}" in before) == (True, False)
        assert (f"TAC {tac.source_id}" in after, f"Family Help plan {tac.source_id}" in after) == (False, True)
        assert "A TAC was asked for by the school" in before
        assert "A TAC was asked for by the school" in after
        # The file of a list is sent after the page is made: its words are those of the page.
        assert heading_before.lstrip("\ufeff").startswith("TAC,")
        assert heading_after.lstrip("\ufeff").startswith("Family Help plan,")

    def test_what_is_kept_of_a_figure_is_kept_in_the_words_of_then(self):
        run = ImportFactory()
        for source in ("ssd_early_help_episodes", "ssd_cin_episodes", "tac_audits"):
            Extract.objects.create(source=source, extracted_on=TODAY, import_run=run)
        TacFactory(missing_since=TODAY)
        client = as_(a_user("performance_analyst"))

        before = client.get("/figures/").content.decode()
        # As another process enters it: of this page's records nothing has changed.
        kept(from_on=TODAY)
        after = client.get("/figures/").content.decode()

        assert ("TACs open" in before, "Family Help plans open" in before) == (True, False)
        assert ("TACs open" in after, "Family Help plans open" in after) == (False, True)
        assert WORDS.search(after) is None

    def test_words_cost_one_query_where_they_are_said_and_none_elsewhere(self):
        client = as_(a_user("administrator"))
        asked = []
        for address in ("/about/glossary/", "/about/accessibility/"):
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            asked.append(sum("people_labelwording" in each["sql"] for each in queries.captured_queries))
        assert asked == [1, 0]


@pytest.mark.django_db
class TestWorkWithoutAPage:
    @pytest.mark.parametrize(("today", "said"), [(FIRST - timedelta(1), "TACs"), (FIRST, "Family Help plans")])
    def test_a_job_says_the_words_of_its_day(self, settings, today, said):
        settings.TODAY = today
        kept()
        found = []

        ways_in.in_todays_words(lambda: found.append(say("{tacs}")))()
        assert found == [said]


@pytest.mark.django_db
class TestWhatNeverChanges:
    def test_no_definition_of_a_figure(self):
        before = {key: measure.fingerprint for key, measure in CATALOGUE.items()}
        kept()
        with speaking_on(TODAY):
            assert CATALOGUE["tac_open"].title == "Family Help plans open"
            assert {key: measure.fingerprint for key, measure in CATALOGUE.items()} == before

    def test_nor_what_is_kept_of_a_choice(self):
        kept(key="board", forms={"board": "partnership", "board_in_full": "x", "board_before": "partnership's"})
        with speaking_on(TODAY):
            assert (str(Assessment.Kind.BOARD), str(Assessment.Kind.BOARD.label)) == (
                "board",
                "Partnership's assessment",
            )


# Of each label words that nobody says, so that a word of ours that is left stands out.
PSEUDO = {
    "tac": {"tac": "Zigzag", "tacs": "Zigzags", "tac_long": "Zigzag of a Family"},
    "board": {"board": "conclave", "board_in_full": "conclave of guardians", "board_before": "guardian-conclave"},
    "contact_centre": {"contact_centre": "helping hands desk"},
}
# What may stand on these pages is a text with its version, a council's own answer, which no label changes, or what
# was said before.
NOT_OURS = re.compile(r"^/(toolkits|returns|reports|scrutiny|documents|labels)/")
USERS = ("lead", "worker", "contracts", "partnership", "head", "analyst", "admin", "governance", "provider")
_TEXT = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)


def test_no_page_of_the_demonstration_says_a_word_that_the_council_has_changed(demo_database):
    """Every page that a few people reach by links from their first, one of each kind."""
    for key, forms in PSEUDO.items():
        kept(key=key, forms=forms, from_on=LONG_AGO)
    with speaking_on(TODAY):
        # What the night writes: a flag says its reason in the words of the day on which it was written.
        rate_contracts(act=Act(None, AT, TODAY))
    typed = [each["step"] for form in IncidentForm.objects.all() for each in form.steps]
    typed += ToolkitVersion.objects.values_list("title", flat=True)
    point_at(demo_database, "web")

    left, said, pages = [], set(), set()
    for username in USERS:
        for page, address, text in walked(as_(User.objects.get(username=username)), pages):
            pages.add(page)
            text = html.unescape(_TEXT.sub(" ", text))
            for each in typed:
                text = text.replace(each, "")
            left += [
                f"{username} {address}: …{text[max(0, found.start() - 60) : found.end() + 40]}…"
                for found in (*WORDS.finditer(text), *PLACE.finditer(text))
            ]
            said |= {word for forms in PSEUDO.values() for word in forms.values() if word.lower() in text.lower()}
    assert left == []
    assert len(pages) > 100
    assert {word for forms in PSEUDO.values() for word in forms.values()} == said


def walked(client: Client, seen: set[str]) -> Iterator[tuple[str, str, str]]:
    """The pages that links lead to, one for each kind: its kind, its address, and what it says."""
    waiting, here = ["/"], set(seen) - {"my_work"}
    while waiting:
        address = waiting.pop(0)
        try:
            kind = str(resolve(address.partition("?")[0]).url_name)
        except Resolver404:
            continue
        if kind in here or NOT_OURS.match(address) or "logout" in kind:
            continue
        here.add(kind)
        answer = client.get(address)
        if answer.status_code == 302:
            waiting.append(answer["Location"])
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        text = answer.content.decode()
        yield kind, address, text
        waiting += [html.unescape(each) for each in re.findall(r'href="(/[^"#]*)', text)]
