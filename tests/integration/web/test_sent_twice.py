"""A form that makes a record makes it once: pressed twice, sent again from the page before, or by both at once."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from lxml import html

from plumbline.commissioning.models import Tender
from plumbline.contracts.models import Incident
from plumbline.people.models import Draft, FormSent, User
from plumbline.web.kit.access import routes
from tests.integration.commissioning.tendering import a_user
from tests.integration.contracts.incident_situations import World, a_world
from tests.integration.web.signing_in import as_
from tests.integration.web.walking import PAPER, as_shown
from tests.relations import crawl, market
from tests.relations.acting import written
from tests.relations.market import OWN, RECOMMENDED, SCORING, Market

# Rows that say nothing of the record: the session, what was typed, and that the form was sent.
_OF_NO_RECORD = {"django_session", "people_draft", "people_formsent", "people_user"}
# Routes whose form must be among those that made a record here, or this test has looked at nothing.
MAKES = {
    "assessment_record", "bid_supplier_new", "document_new", "document_replace", "evaluation_assign",
    "incident_news_sent", "kpi_new", "kpi_read", "meeting_plan", "plan_contact", "plan_item", "policy_review",
    "provider_policy", "return_new", "setting_notice", "setting_record", "tender_new", "toolkit_new",
}  # fmt: skip


# Views whose form may be carried out twice: what they change is so once, or they count attempts; and those of figures,
# which have no form and choose the moment that they read.
NOT_ONCE = {
    "account_change_password", "account_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_generate_recovery_codes", "mfa_reauthenticate", "report_publish", "figures", "figure", "figure_records",
    "figure_trend", "figure_spark", "report", "report_again", "invited",
    "incident_mail_read",
}  # fmt: skip


def test_no_other_view_carries_its_form_out_twice() -> None:
    assert {name for _, name, view in routes(get_resolver()) if getattr(view, "own_transactions", False)} == NOT_ONCE


@pytest.mark.django_db
@pytest.mark.login("owner")
def test_the_same_form_posted_twice_makes_one_record_whatever_the_page(tmp_path: Path, bare_answers: None) -> None:
    found = market.make(tmp_path)
    made: set[str] = set()
    twice: list[str] = []
    # Routes that answer with a file, which has no form.
    files: set[str] = set()
    for viewer in ("manager", "lead", "head_of_service", "administrator", "placement_officer", "provider"):
        for route, address, form in _forms(found, viewer, made=made, files=files):
            if route in made:
                continue
            outcome = _sent_twice(as_(found.viewers[viewer]), address, form)
            if outcome is not None:
                made.add(route)
                twice += [f"{route} of {viewer}: {outcome}"] if outcome else []
    assert twice == []
    assert sorted(MAKES - made) == []


def _form_of(client: Client, address: str, **typed: str) -> dict[str, Any]:
    """What a browser sends of the long form of a page, with what is typed into it."""
    tree = html.fromstring(client.get(address).content.decode())
    return _filled(tree.xpath("//form[@data-pl-draft]")[0]) | typed


def _tender(client: Client) -> dict[str, Any]:
    typed = {"title": "Respite in the east", "service": "Short breaks", "kind": "competition", "reference": ""}
    return _form_of(client, "/tenders/new/", **typed)


@pytest.mark.django_db
@pytest.mark.login("pages")
@pytest.mark.parametrize("by", ["manager", "provider"])
def test_an_incident_sent_twice_is_reported_once(by: str) -> None:
    world: World = a_world()
    client = as_(getattr(world, by))
    address = f"/contracts/{world.contract.pk}/incidents/report/"
    # The setting is the first that is offered, and it happened now, as the page has it.
    form = _form_of(client, address, type="missing", summary="A child did not come back from town.", known_time="")
    form = {name: value for name, value in form.items() if not name.startswith("known_on")}
    first, second = client.post(address, form), client.post(address, form, follow=True)
    made = Incident.objects.get(contract=world.contract)
    assert first["Location"] == second.redirect_chain[0][0] == f"/incidents/{made.pk}/"
    assert "You had sent this form already." in second.content.decode()
    assert not Draft.objects.filter(user=getattr(world, by)).exists()


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_the_same_words_from_a_page_opened_again_are_recorded_once_unless_they_are_sent_once_more() -> None:
    """As "back" has it: the browser asks for the page once more, and fills in what was typed."""
    world: World = a_world()
    client = as_(world.provider)
    address = f"/contracts/{world.contract.pk}/incidents/report/"

    def press(**more: str):
        typed = {
            "type": "missing",
            "summary": "A child did not come back from town.",
            "known_time": "",
            "occurred_time": "00:01",
        } | more
        form = _form_of(client, address, **typed)
        form = {name: value for name, value in form.items() if not name.startswith("known_on")}
        return client.post(address, form, follow=True)

    first, again = press(), press()
    made = Incident.objects.get(contract=world.contract)
    assert {each.redirect_chain[0][0] for each in (first, again)} == {f"/incidents/{made.pk}/"}
    assert "You had sent exactly this at" in again.content.decode()
    assert not Draft.objects.filter(user=world.provider).exists()
    # They mean another one.
    press()
    assert Incident.objects.filter(contract=world.contract).count() == 2
    press(summary="A child did not come back from school.")
    assert Incident.objects.filter(contract=world.contract).count() == 3
    # Hours later it is another one.
    FormSent.objects.update(at=timezone.now() - timedelta(hours=2))
    press()
    assert Incident.objects.filter(contract=world.contract).count() == 4
    # Nor are another person's words theirs.
    client = as_(world.manager)
    press()
    press()
    assert Incident.objects.filter(contract=world.contract).count() == 5


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_a_form_changed_after_it_was_sent_is_kept_and_makes_no_second_record() -> None:
    writer = a_user()
    client = as_(writer)
    form = _tender(client)
    client.post("/tenders/new/", form)
    answer = client.post("/tenders/new/", form | {"description": "Homes near the school"}, follow=True)
    assert Tender.objects.count() == 1
    assert "it is kept as a draft" in answer.content.decode()
    assert "Homes near the school" in client.get("/tenders/new/").content.decode()


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_a_form_that_was_refused_can_be_sent_again() -> None:
    client = as_(a_user())
    form = _tender(client)
    assert client.post("/tenders/new/", form | {"title": ""}).status_code == 200
    assert client.post("/tenders/new/", form).status_code == 302
    assert Tender.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.login("pages")
def test_two_showings_of_one_form_make_two_records() -> None:
    client = as_(a_user())
    for _ in range(2):
        client.post("/tenders/new/", _tender(client))
    assert Tender.objects.count() == 2


def test_two_presses_at_once_make_one_record(own_database: str, prefix: None) -> None:
    writer = a_user()
    form = _tender(as_(writer))
    barrier = Barrier(2)

    def press(writer: User) -> str:
        try:
            client = as_(writer)
            barrier.wait(timeout=10)
            return client.post("/tenders/new/", form)["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        led_to = list(pool.map(press, [writer, writer]))
    assert (Tender.objects.count(), len(set(led_to))) == (1, 1)


def _forms(found: Market, viewer: str, *, made: set[str], files: set[str]) -> Iterator[tuple[str, str, Any]]:
    client = as_(found.viewers[viewer])
    seen: set[tuple[str, int]] = set()
    for pattern, whose, address in crawl.addresses_for(found, found.viewers[viewer]):
        if whose not in ("", OWN, SCORING, RECOMMENDED) or (pattern.name, whose) in seen:
            continue
        if pattern.name in made | files:
            continue
        with transaction.atomic():
            answer = client.get(address)
            transaction.set_rollback(True)
        if answer.status_code != 200:
            continue
        if "html" not in answer["Content-Type"]:
            files.add(pattern.name)
            continue
        seen.add((pattern.name, whose))
        tree = html.fromstring(answer.content.decode())
        for form in tree.xpath("//main//form[@method='post']"):
            to = form.get("action") or address
            yield pattern.name if to == address else f"{pattern.name} to {re.sub('[0-9]+', 'n', to)}", to, form


def _sent_twice(client: Client, address: str, form: Any) -> str | None:
    """None where no record was made; else what went wrong."""
    with transaction.atomic():
        try:
            before = written()
            first = client.post(address, _filled(form))
            if not 300 <= first.status_code < 400 or not _new(before):
                return None
            before = written()
            second = client.post(address, _filled(form))
            more = _new(before)
            if more or second.status_code != 302 or second["Location"] != first["Location"]:
                return f"{second.status_code} {second.get('Location')} for {first['Location']}, {sorted(more)}"
            return ""
        finally:
            transaction.set_rollback(True)


def _new(before: dict[str, Any]) -> set[str]:
    """The tables that have had rows put in."""
    return {
        name
        for name, counts in written().items()
        if name not in _OF_NO_RECORD and counts[0] > before.get(name, (0,))[0]
    }


def _filled(form: Any) -> dict[str, Any]:
    """As a browser sends it, each empty field with something that it may take."""
    data = as_shown(form) | {"csrfmiddlewaretoken": form.xpath(".//input[@name='csrfmiddlewaretoken']")[0].get("value")}
    for each in form.xpath(".//input|.//select|.//textarea"):
        name, kind = each.get("name"), each.get("type", "text")
        if not name or data.get(name) or kind in ("hidden", "submit"):
            continue
        if each.tag == "select":
            values = [option.get("value") for option in each.xpath("./option") if option.get("value")]
            data[name] = values[0] if values else ""
        elif kind in ("radio", "checkbox"):
            data[name] = each.get("value", "on")
        elif kind == "file":
            data[name] = SimpleUploadedFile("paper.pdf", PAPER)
        else:
            data[name] = _typed(each, name, kind)
    return data


def _typed(field: Any, name: str, kind: str) -> str:
    if kind == "email":
        return "a.name@example.org"
    if field.get("inputmode") == "numeric" or field.get("inputmode") == "decimal":
        return next((v for end, v in {"_day": "29", "_month": "7", "_year": "2016"}.items() if name.endswith(end)), "3")
    return "10:15" if "time" in name else f"Words {name.replace('_', ' ')}"
