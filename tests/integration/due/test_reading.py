"""Who reads which duties in the demonstration, and in how many questions."""

from datetime import date, time

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from plumbline.due import keeping, queries
from plumbline.due.models import Item
from plumbline.kernel.moments import taken_at
from plumbline.people.acting import viewing
from plumbline.people.models import User
from tests.conftest import point_at
from tests.integration.web.signing_in import as_

TODAY = date(2016, 7, 31)


def test_the_page_takes_few_queries_for_every_role_however_much_waits(demo_database):
    keeping.from_nothing(on=TODAY)
    users = list(User.objects.filter(is_active=True).order_by("pk"))
    point_at(demo_database, "web")
    asked = {}
    for user in users:
        client = as_(user)
        client.get("/", follow=True)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get("/")
        if answer.status_code == 200:
            asked[user.username] = sum(query["sql"] not in ("BEGIN", "COMMIT") for query in captured.captured_queries)
    assert {name: number for name, number in asked.items() if number > 12} == {}
    assert len(asked) > 20


def test_the_pages_login_reads_nobody_elses_duties(demo_database):
    """Held by the database: what the policy shows is what the query asks for, for each user and role, and what may be
    known to them at its record."""
    keeping.from_nothing(on=TODAY)
    users = list(User.objects.filter(is_active=True).order_by("pk"))
    whose = {user.pk: set(_keys(user)) for user in users}
    every = list(Item.objects.values_list("pk", "whose", "known_to"))
    point_at(demo_database, "web")
    with transaction.atomic():
        assert Item.objects.count() == 0
    for user in users:
        with viewing(user, on=TODAY):
            seen = set(Item.objects.values_list("pk", flat=True))
        assert seen == {pk for pk, *of in every if whose[user.pk].intersection(of)}, user.username


def test_the_pages_login_is_refused_anothers_work(demo_database):
    """The reading goes past the policy of the rows, so it asks itself who looks."""
    keeping.from_nothing(on=TODAY)
    officer, head = (User.objects.get(username=name) for name in ("contracts", "head"))
    moment = {"on": TODAY, "at": taken_at(TODAY, time(9))}
    point_at(demo_database, "web")
    with viewing(officer, on=TODAY):
        assert queries.work_of(officer, **moment).total > 0
        with pytest.raises(ProgrammingError, match="work is not shown"), transaction.atomic():
            queries.work_of(head, **moment)
    with pytest.raises(ProgrammingError, match="work is not shown"), transaction.atomic():
        queries.work_of(officer, **moment)


def _keys(user: User) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select people_keys_of(%s, %s)", [user.pk, TODAY])
        return cursor.fetchone()[0]


def test_a_matter_is_put_off_and_taken_up_again_by_the_page(demo_database):
    keeping.from_nothing(on=TODAY)
    officer = User.objects.get(username="contracts")
    point_at(demo_database, "web")
    client = as_(officer)
    before = client.get("/?show=today").context["work"]
    first = before.matters[0]
    address = f"/work/{first.type}/{first.number}"
    day = {"until_on_day": "10", "until_on_month": "8", "until_on_year": "2016"}
    refused = client.post(f"{address}/put-off/", {**day, "because": ""})
    assert refused.status_code == 200
    client.post(f"{address}/put-off/", {**day, "because": "They are away."})
    page = client.get("/?show=put-off")
    assert "Until 10 August 2016. They are away." in page.content.decode()
    assert client.get("/").context["work"].total == before.total - 1
    client.post(f"{address}/take-up/")
    assert client.get("/").context["work"].total == before.total


def test_what_came_back_leaves_the_page_once_it_is_read(demo_database):
    keeping.from_nothing(on=TODAY)
    commissioner = User.objects.get(username="commissioner")
    point_at(demo_database, "web")
    client = as_(commissioner)
    back = client.get("/").context["back"]
    client.post(f"/work/came-back/{back[0]['pk']}/")
    assert [each["pk"] for each in client.get("/").context["back"]] == [each["pk"] for each in back[1:]]


def test_another_persons_matter_is_not_there(demo_database):
    keeping.from_nothing(on=TODAY)
    users = {name: User.objects.get(username=name) for name in ("worker", "contracts")}
    number = Item.objects.filter(matter_type="child").values_list("matter_id", flat=True).order_by("matter_id")[0]
    point_at(demo_database, "web")
    assert as_(users["contracts"]).get(f"/work/child/{number}/put-off/").status_code == 404
