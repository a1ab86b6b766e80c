"""One question, one act, all or nothing (web.kit.asking): what is undone with a refusal, and what of it stays."""

from datetime import date

import pytest
from django.urls import reverse

from plumbline.audit.models import Event
from plumbline.commissioning.models import Tender
from plumbline.contracts.models import IncidentNews
from plumbline.kernel.errors import RuleBroken
from plumbline.people.models import Organisation
from plumbline.web.kit.asking import whole
from tests.factories.people import OrganisationFactory
from tests.integration.commissioning import tendering
from tests.integration.contracts.incident_situations import a_world, an_incident
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
