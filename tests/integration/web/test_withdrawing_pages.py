"""An import withdrawn on the page: why, what would change, and then the import as it was before."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from plumbline.audit.models import Event
from plumbline.exchange import withdrawing
from plumbline.exchange.models import Withdrawal
from plumbline.exchange.ssd import import_ssd
from plumbline.intake.models import Import
from plumbline.people.act import Act
from plumbline.people.models import Child
from tests.factories.people import UserFactory
from tests.integration.exchange.extracts import HEADERS

TODAY = date(2016, 7, 31)
BECAUSE = {"because": "It was another council's."}


def now() -> datetime:
    return datetime.now(tz=UTC)


def taken(folder, rows: str, day: date = TODAY) -> Import:
    (folder / "ssd_person.csv").write_text(f"{HEADERS['ssd_person']}\n{rows}\n")
    import_ssd(folder, extracted_on=day, whole=True, act=Act(None, now(), TODAY))
    return Import.objects.latest("pk")


@pytest.fixture
def analyst(own_database):
    return UserFactory(role="performance_analyst")


@pytest.fixture
def run(own_database, tmp_path) -> Import:
    return taken(tmp_path, "P1,Anna,Bell,F,2008-02-03,WBRI")


def asked(client, run: Import) -> Withdrawal:
    client.post(f"/imports/{run.pk}/withdraw/", BECAUSE)
    return Withdrawal.objects.latest("pk")


def tried(client, run: Import) -> Withdrawal:
    request = asked(client, run)
    withdrawing.try_out(withdrawal_id=request.pk, now=now, on=TODAY)
    return request


def settle(client, request: Withdrawal, do: str) -> None:
    client.post(f"/imports/withdrawals/{request.pk}/settle/", {"do": do})
    withdrawing.carry_out(withdrawal_id=request.pk, now=now, on=TODAY)


def jobs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select task_name from procrastinate_jobs where task_name like '%withdraw%' order by id")
        return [name for (name,) in cursor.fetchall()]


def text(client, path: str) -> str:
    return client.get(path).content.decode()


def test_it_is_asked_with_a_reason_tried_and_then_done(page, analyst, run) -> None:
    client = page(analyst)
    assert f"/imports/{run.pk}/withdraw/" in text(client, f"/imports/{run.pk}/")
    assert (
        "Say why the import is taken back"
        in client.post(f"/imports/{run.pk}/withdraw/", {"because": ""}).content.decode()
    )
    request = tried(client, run)
    shown = text(client, f"/imports/withdrawals/{request.pk}/")
    assert "0 children known here, before 1." in shown
    assert "Withdraw the import" in shown
    assert Child.objects.exists()
    assert "ready to be withdrawn" in text(client, f"/imports/{run.pk}/")

    settle(client, request, "yes")

    assert not Child.objects.exists()
    assert jobs() == ["try_withdrawal", "withdraw_import"]
    assert "What was changed" in text(client, f"/imports/withdrawals/{request.pk}/")
    after = text(client, f"/imports/{run.pk}/")
    assert "It was another council&#x27;s." in after
    assert f"/imports/{run.pk}/withdraw/" not in after
    kinds = Event.objects.filter(kind__contains="withdraw").order_by("no").values_list("kind", flat=True)
    assert list(kinds) == [
        "exchange.withdrawal.asked",
        "exchange.withdrawal.confirmed",
        "exchange.import.withdrawn",
    ]


def test_it_can_be_left_as_it_is_and_asked_again(page, analyst, run) -> None:
    client = page(analyst)
    settle(client, tried(client, run), "no")

    assert Child.objects.exists()
    assert f"/imports/{run.pk}/withdraw/" in text(client, f"/imports/{run.pk}/")
    assert asked(client, run).state == "trying"


def test_asked_twice_it_is_one_request(page, analyst, run) -> None:
    client = page(analyst)
    assert asked(client, run) == asked(client, run)
    assert Withdrawal.objects.count() == 1


def test_what_rests_on_it_is_said_at_the_form_and_by_the_worker(page, analyst, run, tmp_path) -> None:
    client = page(analyst)
    request = asked(client, run)
    later = taken(tmp_path, "P2,Ben,Cole,M,2009-02-03,WBRI", date(2016, 7, 31))
    withdrawing.try_out(withdrawal_id=request.pk, now=now, on=TODAY)

    assert f"Withdraw import {later.pk} first" in text(client, f"/imports/withdrawals/{request.pk}/")
    said = client.post(f"/imports/{run.pk}/withdraw/", BECAUSE).content.decode()
    assert f"Withdraw import {later.pk} first" in said


def test_who_may_not_take_files_in_finds_neither(page, analyst, run) -> None:
    request = asked(page(analyst), run)
    stranger = page(UserFactory(role="social_worker"))
    for path in (f"/imports/{run.pk}/withdraw/", f"/imports/withdrawals/{request.pk}/"):
        assert stranger.get(path).status_code in (403, 404)
