"""What the tests of the care of contracts type and read."""

from datetime import date

from django.test import Client

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
        "who": {**day("held_on", planned.held_on), "chair": "Beth", "name_0": "Beth", "name_1": "Owen",
                "service_1": "on", "area": ""},
        "previous": {}, "safeguarding": {"incidents": "2", "concerns_raised": "no"},
        "cases": {"reference_0": "A7", "summary_0": "Late visits"}, "arrangements": {}, "commitments": {}, "kpis": {},
        "minutes": {"minutes": "All was discussed."},
        "actions": {"title_0": "Train the night staff", "owner_0": "provider", "due_0": "1/9/2016"},
        "next": day("next_on", date(2016, 10, 11)),
    } | changes  # fmt: skip
    for key, given in typed.items():
        answer = fill(client, planned, key, given)
        assert answer.status_code == 302, f"{key} answered {answer.status_code}"
