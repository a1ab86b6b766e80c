"""Documents kept, revised, withdrawn and expiring; who may open which; changes in law and guidance."""

from datetime import UTC, date, datetime

import pytest

from plumbline.audit.models import Event
from plumbline.evidence import operations, queries
from plumbline.evidence.access import documents_visible_to
from plumbline.evidence.models import Document
from plumbline.flags.models import Flag
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from tests.factories.files import docx, pdf
from tests.factories.people import OrganisationFactory, TieFactory, UserFactory

pytestmark = pytest.mark.django_db

TODAY = date(2016, 7, 29)
AT = datetime(2016, 7, 29, 9, 0, tzinfo=UTC)


@pytest.fixture
def keep(tmp_path):
    def kept(**changes) -> Document:
        given = {"title": "Safeguarding policy", "file_name": "policy.pdf", "content": pdf()}
        act = Act(changes.pop("by", None), AT, TODAY)
        return operations.keep_document(**{**given, **changes}, folder=tmp_path, act=act)

    return kept


@pytest.fixture
def give(tmp_path):
    def given(**changes) -> Document:
        values = {"title": "Safeguarding policy", "file_name": "policy.pdf", "content": pdf()}
        act = Act(changes.pop("by"), AT, TODAY)
        return operations.give_document(**{**values, **changes}, folder=tmp_path, act=act)

    return given


def provider(organisation):
    return UserFactory(role="provider_user", role__organisation=organisation)


def seen(viewer) -> list[Document]:
    return list(documents_visible_to(viewer, on=TODAY).order_by("pk"))


# --- who may open it -----------------------------------------------------------------------------------------------


def test_the_councils_document_is_opened_by_roles_that_read_evidence(keep):
    document = keep()

    assert seen(UserFactory(role="contract_officer")) == [document]


def test_a_role_that_reads_no_evidence_opens_nothing(keep):
    keep()

    assert seen(UserFactory(role="social_worker")) == []


def test_a_provider_opens_what_their_organisation_shares_with_the_council(keep):
    own = OrganisationFactory()
    document = keep(organisation=own, sensitivity="shared")

    assert seen(provider(own)) == [document]


def test_a_provider_does_not_open_another_organisations_document(keep):
    keep(organisation=OrganisationFactory(), sensitivity="shared")

    assert seen(provider(OrganisationFactory())) == []


def test_a_provider_does_not_open_what_the_council_keeps_about_them(keep):
    own = OrganisationFactory()
    keep(organisation=own, sensitivity="council")

    assert seen(provider(own)) == []


def test_a_provider_does_not_open_what_they_gave_for_an_organisation_they_no_longer_act_for(keep):
    before, user = OrganisationFactory(), provider(OrganisationFactory())
    keep(organisation=before, sensitivity="shared", by=user)

    assert seen(user) == []


def test_a_provider_whose_organisation_was_merged_opens_its_documents_under_both_names(keep):
    new = OrganisationFactory()
    old = OrganisationFactory(merged_into=new)
    documents = [keep(organisation=old, sensitivity="shared"), keep(organisation=new, sensitivity="shared")]

    assert seen(provider(new)) == documents


def test_a_restricted_document_is_not_opened_by_role(keep):
    keep(sensitivity="restricted")

    assert seen(UserFactory(role="director")) == []


def test_a_restricted_document_is_opened_by_who_is_tied_to_it(keep):
    document, user = keep(sensitivity="restricted"), UserFactory(role="evaluator")
    TieFactory(user=user, subject_type="document", subject_id=document.pk)

    assert seen(user) == [document]


def test_a_restricted_document_is_opened_by_who_gave_it(keep):
    user = UserFactory(role="contract_officer")
    document = keep(sensitivity="restricted", by=user)

    assert seen(user) == [document]


# --- giving ---------------------------------------------------------------------------------------------------------


def test_what_a_provider_gives_is_shared_with_the_council(give):
    own = OrganisationFactory()

    assert give(by=provider(own), organisation=own, sensitivity="restricted").sensitivity == "shared"


def test_a_provider_gives_nothing_for_another_organisation(give):
    with pytest.raises(NotAllowed):
        give(by=provider(OrganisationFactory()), organisation=OrganisationFactory())


def test_a_document_is_called_what_it_is_called_and_not_where_it_lay(keep):
    assert keep(file_name="../../etc/Policy 2016.docx", content=docx()).file_name == "Policy 2016.docx"


def test_a_file_is_kept_under_its_checksum_below_the_folder_whatever_it_is_called(keep, tmp_path):
    document = keep(file_name="../../../outside.pdf")

    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [document.sha256]


def test_a_period_that_ends_before_it_begins_is_refused(keep):
    with pytest.raises(RuleBroken, match="ends before it begins"):
        keep(period_from=date(2016, 2, 1), period_to=date(2016, 1, 1))


# --- revisions ------------------------------------------------------------------------------------------------------


def test_a_revision_counts_on_and_the_older_one_is_kept(keep):
    first = keep()
    second = keep(replaces=first, content=pdf(b"% new"))

    assert [(each.pk, each.revision) for each in queries.revisions_of(first)] == [(second.pk, 2), (first.pk, 1)]


def test_only_the_newest_revision_stands(keep):
    first = keep()
    second = keep(replaces=first)

    assert list(queries.standing(Document.objects.all())) == [second]


def test_of_two_revisions_of_one_document_the_second_is_told_of_the_first(keep):
    first = keep()
    keep(replaces=first)

    with pytest.raises(RuleBroken, match="replaced by revision 2"):
        keep(replaces=first)


def test_a_revision_given_on_a_page_stays_its_organisations_and_of_its_kind(give, keep):
    own = OrganisationFactory()
    first = keep(organisation=own, kind="complaints", sensitivity="shared")
    second = give(replaces=first, by=provider(own))

    assert (second.organisation, second.kind) == (own, "complaints")


def test_what_one_may_not_open_cannot_be_replaced(give, keep):
    first = keep(organisation=OrganisationFactory(), sensitivity="shared")

    with pytest.raises(NotAllowed):
        give(replaces=first, by=provider(OrganisationFactory()))


def test_a_withdrawn_document_stands_no_more(keep):
    user = UserFactory(role="contract_officer")
    document = keep()
    operations.withdraw_document(document_id=document.pk, because="The wrong one.", act=Act(user, AT, TODAY))

    assert not queries.standing(Document.objects.all()).exists()


def test_a_document_is_not_withdrawn_without_a_reason(keep):
    with pytest.raises(RuleBroken, match="why it is withdrawn"):
        operations.withdraw_document(
            document_id=keep().pk, because=" ", act=Act(UserFactory(role="contract_officer"), AT, TODAY)
        )


# --- expiry ---------------------------------------------------------------------------------------------------------


def flagged(on: date = TODAY) -> list[tuple[str, str]]:
    operations.raise_flags(act=Act(None, AT, on))
    return list(Flag.objects.filter(state="open").order_by("pk").values_list("kind", "reason"))


def test_a_document_is_flagged_thirty_days_ahead(keep):
    keep(expires_on=date(2016, 8, 28), organisation=OrganisationFactory(name="Rowan Care"))

    assert flagged() == [
        ("document_expiring", "“Safeguarding policy” of Rowan Care expires on 28 August 2016. Ask for its successor.")
    ]


def test_a_document_is_not_flagged_thirty_one_days_ahead(keep):
    keep(expires_on=date(2016, 8, 29))

    assert flagged() == []


def test_a_document_that_expires_today_has_not_expired_yet(keep):
    keep(expires_on=TODAY)

    assert [kind for kind, _ in flagged()] == ["document_expiring"]


def test_from_the_day_after_it_is_flagged_as_expired(keep):
    keep(expires_on=TODAY)
    flagged()

    assert [kind for kind, _ in flagged(date(2016, 7, 30))] == ["document_expired"]


def test_a_newer_revision_closes_the_flag(keep, give):
    first = keep(expires_on=date(2016, 7, 1))
    flagged()
    give(replaces=first, expires_on=date(2017, 7, 1), by=UserFactory(role="contract_officer"))

    assert Flag.objects.get(kind="document_expired").closed_because.startswith("A newer document was given")


def test_a_later_document_of_the_same_kind_and_organisation_counts_as_its_successor(keep):
    own = OrganisationFactory()
    keep(expires_on=date(2016, 7, 1), organisation=own, kind="complaints")
    keep(expires_on=date(2017, 7, 1), organisation=own, kind="complaints")

    assert flagged() == []


def test_a_later_document_of_another_organisation_is_no_successor(keep):
    keep(expires_on=date(2016, 7, 1), organisation=OrganisationFactory(), kind="complaints")
    keep(expires_on=date(2017, 7, 1), organisation=OrganisationFactory(), kind="complaints")

    assert [kind for kind, _ in flagged()] == ["document_expired"]


def test_the_flag_of_a_restricted_document_does_not_say_what_it_is(keep):
    document = keep(expires_on=date(2016, 8, 1), sensitivity="restricted", organisation=OrganisationFactory())

    assert flagged() == [
        ("document_expiring", f"Restricted document {document.pk} expires on 1 August 2016. Ask for its successor.")
    ]


# --- changes in law and guidance ------------------------------------------------------------------------------------


def enter(by=None, **changes):
    given = {"title": "Keeping children safe in education", "in_force": date(2016, 9, 5),
             "policies": ["safeguarding", "safer_recruitment"], "review_by": date(2016, 12, 5)}  # fmt: skip
    return operations.enter_law_change(
        **{**given, **changes}, act=Act(by or UserFactory(role="contract_officer"), AT, TODAY)
    )


def test_a_change_counts_from_the_day_it_is_in_force():
    change = enter()

    assert [list(queries.law_changes(day)) for day in (date(2016, 9, 4), date(2016, 9, 5))] == [[], [change]]


def test_a_change_that_was_withdrawn_counts_no_more():
    change = enter()
    operations.withdraw_law_change(
        law_change_id=change.pk, because="Postponed.", act=Act(UserFactory(role="contract_officer"), AT, TODAY)
    )

    assert not queries.law_changes(date(2017, 1, 1)).exists()


def test_a_change_names_at_least_one_policy():
    with pytest.raises(RuleBroken, match="which policies"):
        enter(policies=[])


def test_policies_are_not_due_before_the_change_is_in_force():
    with pytest.raises(RuleBroken, match="before the change is in force"):
        enter(review_by=date(2016, 9, 4))


def test_a_change_is_entered_by_who_keeps_the_register():
    with pytest.raises(NotAllowed):
        enter(by=UserFactory(role="evaluator"))


def test_entering_a_change_is_in_the_trail_with_the_policies_it_concerns():
    change = enter()
    event = Event.objects.get(kind="evidence.law_change.entered", subject_id=change.pk)

    assert event.data["policies"] == ["safeguarding", "safer_recruitment"]
