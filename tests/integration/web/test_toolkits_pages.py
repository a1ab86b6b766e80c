"""Toolkits on the page: seen by who may, copied, written, compared, published, withdrawn; nothing typed is lost."""

from datetime import UTC, datetime

import pytest

from plumbline.toolkits import queries
from plumbline.toolkits.models import Return, Toolkit, ToolkitVersion
from tests.factories.people import UserFactory
from tests.queries import assert_constant_queries

pytestmark = [pytest.mark.django_db, pytest.mark.login("pages")]

AT = datetime(2016, 7, 31, 12, 0, tzinfo=UTC)
TEXT = """\
key: own_survey
title: Own survey
purpose: survey
sections:
  - key: one
    title: One
    criteria:
      - key: q1
        title: How is it?
        answer: text
"""
# What Django, Jinja, a browser and a spreadsheet would run.
CODE = "{{ settings.SECRET_KEY }}{% debug %}${7*7}<script>alert(1)</script>"


@pytest.fixture
def client(page):
    return page(UserFactory(role="commissioner"))


def words(answer):
    return answer.content.decode()


def drafted(client, key="site_visit"):
    client.post(f"/toolkits/versions/{queries.current_version(key).pk}/copy/")
    return ToolkitVersion.objects.get(toolkit__key=key, state="draft")


def saved(client, draft, text, base=None):
    given = {"text": text, "base": base or draft.sha256}
    return client.post(f"/toolkits/versions/{draft.pk}/edit/", given, follow=True)


def test_the_list_names_every_toolkit_with_its_version_in_use(client):
    shown = words(client.get("/toolkits/"))
    assert shown.count("shipped with Plumbline") == Toolkit.objects.count()


def test_the_list_has_constant_queries(client):
    def more():
        for number in range(5):
            kit = Toolkit.objects.create(key=f"kit{number}", title=f"Kit {number}", purpose="other")
            ToolkitVersion.objects.create(
                toolkit=kit, number=1, title="T", text="x", sha256="x", source="council", made_at=AT
            )

    assert_constant_queries(lambda: client.get("/toolkits/"), more=more)


def test_the_versions_of_a_toolkit_have_constant_queries(client):
    kit = queries.current_version("site_visit").toolkit

    def more():
        for number in range(2, 7):
            ToolkitVersion.objects.create(
                toolkit=kit, number=number, title="T", text="x", sha256="x", source="council", made_at=AT
            )

    assert_constant_queries(lambda: client.get(f"/toolkits/{kit.pk}/"), more=more)


@pytest.mark.parametrize(
    "key", list(dict.fromkeys(["business_information", "site_visit", "survey_children", "section11"]))
)
def test_a_version_is_shown_as_it_will_be_answered(client, key):
    version = queries.current_version(key)
    shown = words(client.get(f"/toolkits/versions/{version.pk}/"))
    asked = [one["key"] for section in version.content["sections"] for one in section["criteria"]]
    assert [one for one in asked if f'name="{one}"' not in shown] == []


def test_the_preview_says_weight_and_minimum(client):
    version = queries.current_version("quality_questions")
    assert "Weight 30 of 100. Below 3 disqualifies." in words(client.get(f"/toolkits/versions/{version.pk}/"))


def test_the_preview_says_when_an_item_is_due(client):
    version = queries.current_version("implementation_plan")
    assert "Due 84 days before the service starts" in words(client.get(f"/toolkits/versions/{version.pk}/"))


def test_a_version_is_taken_out_as_its_file(client):
    version = queries.current_version("site_visit")
    answer = client.get(f"/toolkits/versions/{version.pk}/file/")
    assert (words(answer), answer["X-Content-Type-Options"], answer["Content-Disposition"]) == (
        version.text,
        "nosniff",
        'attachment; filename="site_visit-version-1.yaml"',
    )


def test_a_copy_opens_for_editing_with_its_text(client):
    version = queries.current_version("site_visit")
    answer = client.post(f"/toolkits/versions/{version.pk}/copy/", follow=True)
    assert answer.context["form"].initial["text"] == version.text


def test_looking_at_the_address_of_copying_copies_nothing(client):
    client.get(f"/toolkits/versions/{queries.current_version('site_visit').pk}/copy/")
    assert not ToolkitVersion.objects.filter(state="draft").exists()


def test_a_fault_is_shown_with_line_field_and_the_line_itself(client):
    draft = drafted(client, "quality_questions")
    shown = words(saved(client, draft, draft.text.replace("answer: score_0_5", "answer: smiley", 1)))
    line = draft.text.split("\n").index("        answer: score_0_5") + 1
    assert f"<strong>Line {line}, sections[1].criteria[1].answer</strong>: “smiley” is not known" in shown


def test_the_line_that_is_at_fault_is_quoted(client):
    draft = drafted(client, "quality_questions")
    shown = words(saved(client, draft, draft.text.replace("answer: score_0_5", "answer: smiley", 1)))
    assert '<code class="pl-code">answer: smiley</code>' in shown


def test_what_was_typed_with_faults_is_kept(client):
    draft = drafted(client)
    saved(client, draft, "key: [\n")
    draft.refresh_from_db()
    assert draft.text == "key: [\n"


def test_what_was_typed_with_faults_stands_in_the_form_again(client):
    assert saved(client, drafted(client), "key: [\n").context["form"].initial["text"] == "key: [\n"


def test_weights_that_add_to_99_are_refused_with_the_sum(client):
    draft = drafted(client, "quality_questions")
    shown = words(saved(client, draft, draft.text.replace("weight: 30", "weight: 29")))
    assert "the weights of this section add up to 99, not to 100" in shown


def test_line_ends_of_a_browser_are_those_of_the_file(client):
    draft = drafted(client)
    saved(client, draft, (draft.text + "# more\n").replace("\n", "\r\n"))
    draft.refresh_from_db()
    assert draft.text.endswith("\n# more\n")
    assert "\r" not in draft.text


def test_somebody_elses_newer_text_is_not_overwritten(client, page):
    draft = drafted(client)
    saved(page(UserFactory(role="commissioner")), draft, draft.text + "# theirs\n")
    saved(client, draft, draft.text + "# mine\n")
    draft.refresh_from_db()
    assert "# theirs" in draft.text
    assert "# mine" not in draft.text


def test_both_texts_are_shown_where_two_people_wrote(client, page):
    draft = drafted(client)
    saved(page(UserFactory(role="commissioner")), draft, draft.text + "# theirs\n")
    shown = words(saved(client, draft, draft.text + "# mine\n"))
    assert "-# theirs" in shown
    assert "+# mine" in shown


def test_who_has_seen_both_may_save_again(client, page):
    draft = drafted(client)
    saved(page(UserFactory(role="commissioner")), draft, draft.text + "# theirs\n")
    answer = saved(client, draft, draft.text + "# mine\n")
    saved(client, draft, draft.text + "# mine\n", base=answer.context["form"]["base"].value())
    draft.refresh_from_db()
    assert "# mine" in draft.text


def test_an_empty_text_is_refused_with_a_sentence(client):
    assert "Write the toolkit" in words(saved(client, drafted(client), ""))


def test_a_published_version_does_not_open_for_editing(client):
    version = queries.current_version("site_visit")
    assert client.get(f"/toolkits/versions/{version.pk}/edit/")["Location"] == f"/toolkits/versions/{version.pk}/"


def test_publishing_brings_the_draft_into_use(client):
    draft = drafted(client)
    client.post(f"/toolkits/versions/{draft.pk}/publish/")
    assert queries.current_version("site_visit") == draft


def test_before_publishing_the_returns_that_keep_theirs_are_counted(client):
    before = queries.current_version("site_visit")
    Return.objects.create(version=before, title="Visit", requested_at=AT)
    shown = words(client.get(f"/toolkits/versions/{drafted(client).pk}/publish/"))
    assert "1 return was begun with the one in use now" in shown


def test_a_draft_with_faults_is_not_published(client):
    draft = drafted(client)
    saved(client, draft, "key: [\n")
    answer = client.post(f"/toolkits/versions/{draft.pk}/publish/")
    assert "The draft has 1 fault" in answer.context["form"].non_field_errors()[0]
    assert ToolkitVersion.objects.get(pk=draft.pk).state == "draft"


def test_the_page_of_publishing_shows_the_faults(client):
    draft = drafted(client)
    saved(client, draft, "key: [\n")
    assert "There is 1 fault in it" in words(client.get(f"/toolkits/versions/{draft.pk}/publish/"))


def test_what_differs_from_the_version_it_is_based_on_is_shown(client):
    draft = drafted(client, "quality_questions")
    text = draft.text.replace("weight: 30", "weight: 25").replace("weight: 20", "weight: 25")
    saved(client, draft, text)
    rows = client.get(f"/toolkits/versions/{draft.pk}/compare/").context["table"].all_rows
    assert [(row.what, row.before, row.after) for row in rows] == [("Weight", "30", "25"), ("Weight", "20", "25")]


def test_a_draft_with_faults_is_compared_by_its_lines(client):
    draft = drafted(client)
    saved(client, draft, "key: [\n")
    assert "+key: [" in words(client.get(f"/toolkits/versions/{draft.pk}/compare/"))


@pytest.mark.parametrize("other", ["", "nonsense", "999999999", "9" * 30])
def test_comparing_with_what_is_not_there_compares_with_what_is(client, other):
    draft = drafted(client)
    assert client.get(f"/toolkits/versions/{draft.pk}/compare/?with={other}").context["before"] is not None


def test_a_version_alone_is_compared_with_none(client):
    version = queries.current_version("site_visit")
    assert "There is no other version yet" in words(client.get(f"/toolkits/versions/{version.pk}/compare/"))


def test_withdrawing_needs_a_reason(client):
    version = queries.current_version("site_visit")
    assert "Say why it is withdrawn" in words(
        client.post(f"/toolkits/versions/{version.pk}/withdraw/", {"because": ""})
    )


def test_a_withdrawn_version_is_not_in_use(client):
    version = queries.current_version("site_visit")
    answer = client.post(f"/toolkits/versions/{version.pk}/withdraw/", {"because": "Not ours"}, follow=True)
    assert "No version is in use" in words(answer)


def test_a_withdrawn_version_is_not_withdrawn_again(client):
    version = queries.current_version("site_visit")
    client.post(f"/toolkits/versions/{version.pk}/withdraw/", {"because": "Not ours"})
    again = words(client.post(f"/toolkits/versions/{version.pk}/withdraw/", {"because": "Again"}))
    assert "Cannot move from Withdrawn to Withdrawn" in again


def test_a_toolkit_of_the_councils_own_is_written(client):
    client.post("/toolkits/new/", {"text": TEXT, "base": ""})
    assert ToolkitVersion.objects.get(toolkit__key="own_survey").state == "draft"


def test_the_beginning_that_is_offered_has_no_fault(client):
    beginning = client.get("/toolkits/new/").context["form"].initial["text"]
    assert client.post("/toolkits/new/", {"text": beginning, "base": ""}).status_code == 302


def test_a_new_toolkit_with_a_fault_stays_in_the_form(client):
    answer = client.post("/toolkits/new/", {"text": TEXT + "colour: red\n", "base": ""})
    assert "there is no field “colour” here" in words(answer)
    assert "colour: red" in words(answer)


def test_a_key_that_is_taken_is_refused_in_the_form(client):
    answer = client.post("/toolkits/new/", {"text": TEXT.replace("own_survey", "site_visit"), "base": ""})
    assert "There is a toolkit “site_visit” already" in words(answer)


def with_code(client):
    """A draft with code in every text that a page shows."""
    text = (
        TEXT.replace("Own survey", f"'{CODE}'")
        .replace("How is it?", f"'{CODE}'")
        .replace("title: One", f"title: '{CODE}'")
    )
    client.post("/toolkits/new/", {"text": text, "base": ""})
    return ToolkitVersion.objects.get(toolkit__key="own_survey")


@pytest.mark.parametrize("address", ["", "edit/", "publish/", "withdraw/", "compare/"])
def test_code_in_a_text_is_shown_as_the_text_that_it_is(client, address):
    shown = words(client.get(f"/toolkits/versions/{with_code(client).pk}/{address}"))
    assert "{{ settings.SECRET_KEY }}{% debug %}${7*7}&lt;script&gt;alert(1)&lt;/script&gt;" in shown


@pytest.mark.parametrize("address", ["", "edit/", "publish/", "withdraw/", "compare/"])
def test_code_in_a_text_is_never_a_tag_of_the_page(client, address):
    assert "<script>alert" not in words(client.get(f"/toolkits/versions/{with_code(client).pk}/{address}"))


@pytest.mark.parametrize("address", ["", "file/", "compare/"])
def test_who_may_look_looks(page, address):
    version = queries.current_version("site_visit")
    officer = page(UserFactory(role="contract_officer"))
    assert officer.get(f"/toolkits/versions/{version.pk}/{address}").status_code == 200


@pytest.mark.parametrize("address", ["edit/", "publish/", "withdraw/", "copy/"])
def test_who_may_only_look_finds_no_page_to_change_it(page, address):
    version = queries.current_version("site_visit")
    officer = page(UserFactory(role="contract_officer"))
    assert officer.post(f"/toolkits/versions/{version.pk}/{address}").status_code == 404


def test_who_may_only_look_is_offered_no_change(page):
    version = queries.current_version("site_visit")
    shown = words(page(UserFactory(role="contract_officer")).get(f"/toolkits/versions/{version.pk}/"))
    assert "Copy to a draft" not in shown
    assert "Withdraw" not in shown


@pytest.mark.parametrize(
    "address", ["/toolkits/", "/toolkits/new/", "/toolkits/999999999/", "/toolkits/versions/999999999/"]
)
def test_a_provider_finds_no_toolkits(page, address):
    assert page(UserFactory(role="provider_user")).get(address).status_code == 404
