"""`plumbline export-ocds`: one tender of ours as open contracting data."""

from pathlib import Path

import click
from django.conf import settings
from django.urls import reverse

from plumbline.commissioning.models import Tender
from plumbline.exchange import export_ocds as exchange
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.people.act import Act


def export_ocds(path: Path, *, reference: str, act: Act) -> None:
    act.check(Permission.TENDERS_VIEW)
    tender = Tender.objects.filter(reference=reference).first()
    if tender is None:
        raise RuleBroken(f"There is no tender {reference}.", code="unknown_tender")
    package = exchange.export_tender(
        tender=tender,
        prefix=settings.OCID_PREFIX,
        council=settings.COUNCIL,
        uri=f"https://{settings.ALLOWED_HOSTS[0]}{reverse('tender_open_data', args=[tender.pk])}",
        act=act,
    )
    path.write_text(exchange.as_text(package), encoding="utf-8")
    click.echo(f"{path}: {package['releases'][0]['ocid']}, {', '.join(package['releases'][0]['tag'])}")
