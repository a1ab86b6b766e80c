"""`plumbline export-ocds`: one tender of ours as open contracting data."""

from datetime import date, datetime
from pathlib import Path

import click
from django.conf import settings
from django.urls import reverse

from plumbline.commissioning.models import Tender
from plumbline.exchange import export_ocds as exchange
from plumbline.kernel.errors import RuleBroken
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User


def export_ocds(path: Path, *, reference: str, by: User | None, at: datetime, on: date) -> None:
    access.check(by, Permission.TENDERS_VIEW, on=on)
    tender = Tender.objects.filter(reference=reference).first()
    if tender is None:
        raise RuleBroken(f"There is no tender {reference}.", code="unknown_tender")
    package = exchange.export_tender(
        tender=tender,
        prefix=settings.OCID_PREFIX,
        council=settings.COUNCIL,
        uri=f"https://{settings.ALLOWED_HOSTS[0]}{reverse('tender_open_data', args=[tender.pk])}",
        by=by,
        at=at,
        on=on,
    )
    path.write_text(exchange.as_text(package), encoding="utf-8")
    click.echo(f"{path}: {package['releases'][0]['ocid']}, {', '.join(package['releases'][0]['tag'])}")
