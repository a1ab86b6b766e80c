"""One question, one act, all or nothing (web.kit.asking): what is undone with a refusal, and what of it stays."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from plumbline.audit.models import Event
from plumbline.commissioning.models import Tender
from plumbline.contracts.models import IncidentNews
from plumbline.kernel.errors import RuleBroken
from plumbline.ofsted.models import CheckItem
from plumbline.people import operations as people
from plumbline.people.act import Act
from plumbline.people.models import Organisation, RoleAsked
from plumbline.placements import operations as placements
from plumbline.toolkits.operations import returns
from plumbline.web.kit.asking import whole
from tests.factories.people import OrganisationFactory, UserFactory
from tests.factories.toolkits import a_person, answer_all, asked
from tests.integration.commissioning import tendering
from tests.integration.contracts.incident_situations import a_world, an_incident
from tests.integration.placements import situations as placing
from tests.integration.web.signing_in import as_

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_day(settings) -> None:
    settings.TODAY = date(2016, 7, 31)


def test_what_was_done_before_a_refusal_is_undone_and_what_is_recorded_of_it_stays() -> None:
    def do(**given: str) -> None:
        OrganisationFactory(name=given["name"])
        refusal = RuleBroken("No.")
        refusal.record(lambda: OrganisationFactory(name="The trace"))
        raise refusal

    with pytest.raises(RuleBroken, match="No"):
        whole(do, name="Half done")
    assert [each.name for each in Organisation.objects.all()] == ["The trace"]


def test_an_answer_may_have_any_name() -> None:
    assert whole(lambda **given: given, do="it") == {"do": "it"}


def test_a_name_that_is_tried_on_a_page_leaves_its_trace_though_the_page_is_undone() -> None:
    world = a_world()
    incident = an_incident(world, staff_involved="Morgan Vale")
    address = reverse("incident_news", args=[incident.pk])
    answer = as_(world.manager).post(address, {"text": "Vale was sent home."})

    assert answer.context["form"].errors
    assert IncidentNews.objects.count() == 0
    assert Event.objects.filter(kind="contracts.name.refused").count() == 1


def test_an_address_of_a_button_that_is_only_opened_changes_nothing_and_leads_back() -> None:
    commissioner = tendering.a_user()
    assert as_(commissioner).get(reverse("pack_confirm", args=[999])).url == reverse("pack", args=[999])


def test_a_button_that_is_refused_leads_back_with_the_reason() -> None:
    commissioner = tendering.a_user()
    tender = tendering.a_tender(commissioner, state="published")
    answer = as_(commissioner).post(reverse("tender_close", args=[tender.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("tender", args=[tender.pk]), 302)]
    assert [each.level_tag for each in answer.context["messages"]] == ["error"]
    assert Tender.objects.get(pk=tender.pk).state == "published"


def test_a_role_that_cannot_be_confirmed_is_said_on_the_list_of_roles() -> None:
    administrator = UserFactory(role="administrator")
    act = Act(administrator, placing.AT, date(2016, 7, 31))
    waits = people.give_role(user=UserFactory(), role="social_worker", from_on=date(2016, 7, 31), to_on=None, act=act)
    address = reverse("role_decide", args=[waits.pk])
    for decision, why in (("give", "someone else has to confirm it"), ("", "Say whether you confirm the role")):
        answer = as_(administrator).post(address, {"decision": decision}, follow=True)
        assert answer.redirect_chain == [(reverse("roles_asked"), 302)]
        assert [why in str(each) for each in answer.context["messages"]] == [True]
    assert RoleAsked.objects.get().state == "asked"


def test_a_file_that_is_refused_is_said_at_its_field() -> None:
    placing.place(placing.a_setting(), started_on=date(2016, 5, 1))
    officer = placing.a_user("contract_officer")
    placements.open_month(act=Act(officer, placing.AT, date(2016, 7, 31)))
    given = {"report_link": "", "document": SimpleUploadedFile("report.pdf", b"No report.")}
    answer = as_(officer).post(reverse("check_evidence", args=[CheckItem.objects.get().pk]), given)
    assert list(answer.context["form"].errors) == ["document"]


def test_a_moderation_that_is_refused_says_so_on_its_page() -> None:
    made = asked()
    answer_all(made)
    returns.submit(return_id=made.pk, act=Act(None, placing.AT, date(2016, 7, 31)))
    answer = as_(a_person("contract_officer")).post(reverse("return_moderate", args=[made.pk]), {"close": "yes"})
    (why,) = answer.context["form"].non_field_errors()
    assert why in answer.content.decode()
    made.refresh_from_db()
    assert made.state == "submitted"
