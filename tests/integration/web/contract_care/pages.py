"""What the tests of the care of contracts type and read."""

from datetime import date

from django.test import Client
from lxml import html

from plumbline.contracts.models import Evaluation

VISITED = date(2016, 7, 5)


def day(name: str, when: date) -> dict[str, str]:
    return {f"{name}_day": str(when.day), f"{name}_month": str(when.month), f"{name}_year": str(when.year)}


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, f"{path} answered {answer.status_code}"
    return answer.content.decode()


def fill(client: Client, planned: Evaluation, key: str, typed: dict[str, str]):
    return client.post(f"/contracts/meetings/{planned.pk}/record/{key}/", typed)


def fill_all(client: Client, planned: Evaluation, **changes: dict[str, str]) -> None:
    typed = {
        "who": {
            **day("held_on", planned.held_on),
            "chair": "Beth",
            "row-0-name": "Beth",
            "row-1-name": "Owen",
            "row-1-service": "on",
            "area": "",
        },
        "previous": {},
        "safeguarding": {"incidents": "2", "concerns_raised": "no"},
        "cases": {"row-0-reference": "A7", "row-0-summary": "Late visits"},
        "arrangements": {},
        "commitments": {},
        "kpis": {"quarter": "2016-04-01"},
        "minutes": {"minutes": "All was discussed."},
        "actions": {
            "row-TOTAL_FORMS": "1",
            "row-0-title": "Train the night staff",
            "row-0-owner": "provider",
            "row-0-due": "1/9/2016",
        },
        "next": day("next_on", date(2016, 10, 11)),
    } | changes
    for key, given in typed.items():
        answer = fill(client, planned, key, given)
        assert answer.status_code == 302, f"{key} answered {answer.status_code}"


def keep(client: Client, planned: Evaluation, key: str, typed: dict[str, str]) -> str:
    """What the page says beside its button after keeping this while it is typed."""
    shown = page(client, f"/contracts/meetings/{planned.pk}/record/{key}/")
    line = html.fromstring(shown).xpath("//main//input[@name='typed_into']/@value")[0]
    return client.post("/typed/", {"typed_into": line, "seq": "1", **typed}).content.decode()
