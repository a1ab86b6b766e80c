"""Notices that were published, taken in for a test of their pages."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.test import Client

from plumbline.commissioning.models import OcdsParty
from plumbline.exchange.import_ocds import import_ocds
from plumbline.people.act import Act
from plumbline.people.models import User
from tests.integration.ocds.test_import import award, package, release

AT = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)
ON = date(2016, 7, 31)
Page = Callable[[User], Client]


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def take(folder: Path, *releases: dict) -> None:
    import_ocds(package(folder, *releases), act=Act(None, AT, ON))


def published(
    folder: Path, *, name: str = "Fenside Care Ltd", number: str = "", ocid: str = "ocds-abc123-1"
) -> OcdsParty:
    scheme = "GB-COH" if number else ""
    take(
        folder,
        release(
            ocid,
            tender={"id": "T", "title": "Respite", "status": "complete"},
            buyer={"id": "B", "name": "Fenmarsh"},
            **award(name, scheme, number),
        ),
    )
    return OcdsParty.objects.get(process__ocid=ocid)
