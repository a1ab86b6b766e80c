"""Versions of toolkits: shipped, copied, written, published, withdrawn; what is begun with one keeps it."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from plumbline.audit.models import Event
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.toolkits import content, library, queries
from plumbline.toolkits.models import Return, Toolkit, ToolkitVersion
from plumbline.toolkits.operations import versions
from tests.factories.people import UserFactory
from tests.refusals import raises

pytestmark = pytest.mark.django_db

AT = datetime(2016, 7, 31, 12, 0, tzinfo=UTC)
ON = date(2016, 7, 31)
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


@pytest.fixture
def commissioner():
    return UserFactory(role="commissioner")


@pytest.fixture
def shelf(tmp_path):
    """A library of one file; `shelf(title)` writes it and loads it."""

    def write(title):
        (tmp_path / "own_survey.yaml").write_text(TEXT.replace("Own survey", title))
        library.load(act=Act(None, AT, AT.date()), folder=tmp_path)
        return [(v.number, v.title, str(v.state)) for v in of("own_survey")]

    return write


def of(key):
    return list(ToolkitVersion.objects.filter(toolkit__key=key).order_by("number"))


def copied(version, by):
    return versions.copy_version(version_id=version.pk, act=Act(by, AT, ON))


def saved(draft, text, by, base=None):
    return versions.save_draft(version_id=draft.pk, text=text, base_sha256=base or draft.sha256, act=Act(by, AT, ON))


def published(version, by):
    return versions.publish_version(version_id=version.pk, act=Act(by, AT, ON))


def test_an_installation_has_the_library_published():
    assert content.read(queries.current_version("contract_assurance").content).key == "contract_assurance"


def test_a_toolkit_that_nobody_wrote_is_not_in_use():
    with raises("no_toolkit"):
        queries.current_version("nobody_wrote_it")


def test_loading_the_library_twice_changes_nothing():
    before = (ToolkitVersion.objects.count(), Event.objects.count())
    library.load(act=Act(None, AT, AT.date()))
    assert (ToolkitVersion.objects.count(), Event.objects.count()) == before


def test_a_changed_file_is_a_new_version_and_the_older_is_kept(shelf):
    shelf("First")
    assert shelf("Second") == [(1, "First", "withdrawn"), (2, "Second", "published")]


def test_a_file_changed_back_is_a_new_version_again(shelf):
    shelf("First")
    shelf("Second")
    assert shelf("First")[-1] == (3, "First", "published")


def test_a_councils_own_version_is_not_replaced_by_a_changed_file(shelf, commissioner):
    shelf("First")
    published(copied(of("own_survey")[0], commissioner), commissioner)
    assert shelf("Second") == [(1, "First", "withdrawn"), (2, "First", "published"), (3, "Second", "draft")]


def test_a_newer_shipped_version_that_waits_is_offered(shelf, commissioner):
    shelf("First")
    published(copied(of("own_survey")[0], commissioner), commissioner)
    shelf("Second")
    assert queries.shipped_newer(of("own_survey")[0].toolkit_id).title == "Second"


def test_only_the_newest_shipped_version_waits(shelf, commissioner):
    shelf("First")
    published(copied(of("own_survey")[0], commissioner), commissioner)
    shelf("Second")
    assert [state for _, _, state in shelf("Third")] == ["withdrawn", "published", "withdrawn", "draft"]


def test_a_toolkit_that_the_council_withdrew_does_not_come_back_by_itself(shelf, commissioner):
    shelf("First")
    versions.withdraw_version(version_id=of("own_survey")[0].pk, because="Not ours", act=Act(commissioner, AT, ON))
    assert shelf("Second")[-1] == (2, "Second", "draft")


def test_a_copy_is_a_draft_of_the_councils_own(commissioner):
    source = queries.current_version("site_visit")
    draft = copied(source, commissioner)
    assert (draft.state, draft.source, draft.based_on, draft.text) == ("draft", "council", source, source.text)


def test_a_copy_leaves_the_version_in_use_alone(commissioner):
    source = queries.current_version("site_visit")
    copied(source, commissioner)
    assert queries.current_version("site_visit") == source


def test_a_draft_keeps_what_was_typed_with_its_faults(commissioner):
    draft, faults = saved(copied(queries.current_version("site_visit"), commissioner), "key: [", commissioner)
    draft.refresh_from_db()
    assert (draft.text, draft.content, len(faults)) == ("key: [", None, 1)


def test_a_draft_with_faults_is_not_published(commissioner):
    draft, _ = saved(copied(queries.current_version("site_visit"), commissioner), "key: [", commissioner)
    with raises("wrong_toolkit"):
        published(draft, commissioner)


def test_a_draft_whose_weights_add_to_99_is_not_published(commissioner):
    source = queries.current_version("quality_questions")
    draft, faults = saved(copied(source, commissioner), source.text.replace("weight: 30", "weight: 29"), commissioner)
    with pytest.raises(RuleBroken, match=f"quality_questions.yaml, line {faults[0].line}.* add up to 99, not to 100"):
        published(draft, commissioner)


def test_a_draft_keeps_its_toolkits_key(commissioner):
    source = queries.current_version("site_visit")
    _, faults = saved(copied(source, commissioner), source.text.replace("key: site_visit", "key: mine"), commissioner)
    assert [fault.field for fault in faults] == ["key"]


def test_two_people_in_one_draft_do_not_overwrite_each_other(commissioner):
    draft = copied(queries.current_version("site_visit"), commissioner)
    saved(draft, draft.text + "# mine\n", commissioner)
    with raises("changed_since"):
        saved(draft, draft.text + "# yours\n", UserFactory(role="commissioner"), base=draft.sha256)


def test_a_character_that_cannot_be_kept_is_refused(commissioner):
    with raises("unkeepable_text"):
        saved(copied(queries.current_version("site_visit"), commissioner), "key: \0", commissioner)


def test_publishing_withdraws_the_version_before(commissioner):
    before = queries.current_version("site_visit")
    published(copied(before, commissioner), commissioner)
    before.refresh_from_db()
    assert (before.state, before.withdrawn_because) == ("withdrawn", "Version 2 took its place.")


def test_a_return_keeps_the_version_it_was_begun_with(commissioner):
    before = queries.current_version("site_visit")
    begun = Return.objects.create(version=before, title="Visit", requested_at=AT)
    published(copied(before, commissioner), commissioner)
    begun.refresh_from_db()
    assert begun.version == before


def test_the_toolkit_takes_the_title_of_its_published_version(commissioner):
    source = queries.current_version("site_visit")
    draft, _ = saved(
        copied(source, commissioner), source.text.replace("title: Site visit", "title: Our visit"), commissioner
    )
    published(draft, commissioner)
    assert Toolkit.objects.get(key="site_visit").title == "Our visit"


def test_the_database_holds_no_two_published_versions(commissioner):
    draft = copied(queries.current_version("site_visit"), commissioner)
    with pytest.raises(IntegrityError), transaction.atomic():
        ToolkitVersion.objects.filter(pk=draft.pk).update(state="published", published_at=AT)


@pytest.mark.parametrize("how", ["published", "withdrawn"])
def test_what_is_no_draft_is_not_written(commissioner, how):
    version = published(copied(queries.current_version("site_visit"), commissioner), commissioner)
    if how == "withdrawn":
        versions.withdraw_version(version_id=version.pk, because="Old", act=Act(commissioner, AT, ON))
    with raises("wrong_state"):
        saved(version, "x", commissioner)


def test_a_version_of_the_library_is_not_written(shelf, commissioner):
    shelf("First")
    published(copied(of("own_survey")[0], commissioner), commissioner)
    shelf("Second")
    with raises("not_ours"):
        saved(of("own_survey")[2], "x", commissioner)


def test_a_withdrawn_version_is_not_published_again(commissioner):
    before = queries.current_version("site_visit")
    published(copied(before, commissioner), commissioner)
    with raises("wrong_state"):
        published(before, commissioner)


def test_a_withdrawn_version_can_be_copied(commissioner):
    before = queries.current_version("site_visit")
    published(copied(before, commissioner), commissioner)
    assert copied(before, commissioner).number == 3


def test_a_draft_with_faults_can_be_withdrawn(commissioner):
    draft, _ = saved(copied(queries.current_version("site_visit"), commissioner), "key: [", commissioner)
    gone = versions.withdraw_version(version_id=draft.pk, because="A slip", act=Act(commissioner, AT, ON))
    assert gone.state == "withdrawn"


def test_a_withdrawal_says_why(commissioner):
    with raises("no_reason"):
        versions.withdraw_version(
            version_id=queries.current_version("site_visit").pk, because=" ", act=Act(commissioner, AT, ON)
        )


def test_a_toolkit_of_the_councils_own_begins_as_a_draft(commissioner):
    draft = versions.write_toolkit(text=TEXT, act=Act(commissioner, AT, ON))
    assert (draft.toolkit.key, draft.state, draft.number) == ("own_survey", "draft", 1)


def test_a_toolkit_of_the_councils_own_is_published(commissioner):
    published(versions.write_toolkit(text=TEXT, act=Act(commissioner, AT, ON)), commissioner)
    assert queries.current_version("own_survey").title == "Own survey"


def test_a_key_that_is_taken_is_refused(commissioner):
    with raises("key_taken"):
        versions.write_toolkit(text=TEXT.replace("own_survey", "site_visit"), act=Act(commissioner, AT, ON))


def test_a_new_toolkit_with_faults_is_refused_with_its_line(commissioner):
    with pytest.raises(RuleBroken, match="line 3, purpose"):
        versions.write_toolkit(text=TEXT.replace("purpose: survey", "purpose: fun"), act=Act(commissioner, AT, ON))


def test_a_version_that_is_not_there_is_refused(commissioner):
    with raises("no_version"):
        versions.publish_version(version_id=999_999_999, act=Act(commissioner, AT, ON))


@pytest.mark.parametrize("role", ["contract_officer", "administrator", "provider_user", "elected_member"])
def test_who_may_not_manage_toolkits_copies_none(role):
    with pytest.raises(NotAllowed):
        copied(queries.current_version("site_visit"), UserFactory(role=role))


@pytest.mark.parametrize(
    ("role", "sees"), [("contract_officer", True), ("administrator", True), ("provider_user", False)]
)
def test_the_library_is_seen_by_who_may(role, sees):
    assert queries.toolkits_visible_to(UserFactory(role=role), on=ON).exists() is sees


def test_every_step_is_in_the_trail(commissioner):
    draft = copied(queries.current_version("site_visit"), commissioner)
    saved(draft, draft.text + "# more\n", commissioner)
    versions.withdraw_version(version_id=draft.pk, because="A slip", act=Act(commissioner, AT, ON))
    kinds = Event.objects.filter(subject_id=str(draft.pk), subject_type="toolkits.toolkitversion").order_by("no")
    assert [event.kind for event in kinds] == [
        "toolkits.version.copied",
        "toolkits.version.saved",
        "toolkits.version.withdrawn",
    ]


def test_code_in_a_text_is_kept_as_the_text_that_it_is(commissioner):
    text = TEXT.replace("How is it?", '"{{ settings.SECRET_KEY }} ${7*7}"')
    draft = versions.write_toolkit(text=text, act=Act(commissioner, AT, ON))
    assert content.read(draft.content).criterion("q1").title == "{{ settings.SECRET_KEY }} ${7*7}"
