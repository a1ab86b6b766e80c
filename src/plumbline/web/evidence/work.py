"""What waits for someone among the documents, for "My work"."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from plumbline.evidence import queries
from plumbline.evidence.access import documents_visible_to
from plumbline.people.access import Permission, may
from plumbline.people.models import User
from plumbline.people.queries import organisations_of
from plumbline.web.kit import wording
from plumbline.web.kit.work_item import Item


def items(viewer: User, on: date) -> Iterable[Item]:
    """For a provider: each of their documents that expires soon or has. The council has these as flags."""
    if not may(viewer, Permission.PROVIDER_PORTAL, on=on):
        return
    own = documents_visible_to(viewer, on=on).filter(organisation__in=organisations_of(viewer, on=on))
    for document in queries.expiring(own, on=on):
        past = document.expires_on is not None and document.expires_on < on
        yield Item(
            what=f"Give a newer “{document.title}”", whom=document.organisation.name if document.organisation else "",
            why=f"It expired on {wording.day(document.expires_on)}." if past and document.expires_on else "It expires.",
            due=document.expires_on, url=reverse("document_replace", args=[document.pk]), button="Give the newer one",
            gravity=2 if past else 3,
        )  # fmt: skip
