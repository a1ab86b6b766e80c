"""Who may open which document."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from plumbline.evidence.models import Document, Sensitivity
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import User
from plumbline.people.queries import live_ties, organisations_of

# The subject of a tie that opens one document to one person, whatever its sensitivity.
DOCUMENT = "document"


def documents_visible_to(viewer: User, *, on: date, reached: Q | None = None) -> QuerySet[Document]:
    """The documents that the viewer may open.

    The person who gave one, and the person who is tied to it, opens it. Otherwise: restricted, nobody; with the
    permission, all others; a provider's user, what their own organisation may see of its own, and never another's,
    even if they gave it when they acted for that one. Documents that others reach by a record of a higher room (an
    Ofsted report on a setting) are `reached`; no restricted one is.
    """
    if not access.permissions_of(viewer, on=on):
        return Document.objects.none()
    open_to_some = ~Q(sensitivity=Sensitivity.RESTRICTED)
    tied = Exists(live_ties(viewer, DOCUMENT, on=on).filter(subject_id=OuterRef("pk")))
    if access.may(viewer, Permission.PROVIDER_PORTAL, on=on):
        own = Q(organisation__in=organisations_of(viewer, on=on))
        shared = Q(sensitivity__in=[Sensitivity.OPEN, Sensitivity.SHARED])
        seen = Q(tied) | (own & (shared | Q(added_by=viewer)))
    else:
        seen = Q(tied) | Q(added_by=viewer)
    if access.may(viewer, Permission.EVIDENCE_VIEW, on=on):
        seen |= open_to_some
    if reached is not None:
        seen |= reached & open_to_some
    return Document.objects.filter(seen).select_related("organisation", "added_by")
