"""What documents give a provider to do. The council has these as flags."""

from collections.abc import Collection, Iterable
from datetime import date

from plumbline.evidence import queries
from plumbline.evidence.access import DOCUMENT
from plumbline.evidence.models import Document, Sensitivity
from plumbline.kernel.duties import Duty, Gravity, Source, organisation, person
from plumbline.kernel.wording import day
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.models import Tie
from plumbline.people.queries import acting_for


def duties(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Each document of an organisation that expires soon or has, for those there who may open it."""
    own = Document.objects.exclude(organisation=None).select_related("organisation")
    for each in queries.expiring(own, on=on):
        if each.organisation is None or each.expires_on is None:
            continue
        past = each.expires_on < on
        for whose in _whose(each, on):
            yield Duty(
                kind="document.renew",
                subject=("document", each.pk),
                whose=whose,
                key=each.pk,
                what=f"Give a newer “{each.title}”",
                called=each.organisation.name,
                due=each.expires_on,
                why=f"It expired on {day(each.expires_on)}." if past else "It expires.",
                deed="Give the newer one",
                place=f"document_replace {each.pk}",
                gravity=Gravity.AGREED,
            )


def _whose(document: Document, on: date) -> list[str]:
    if document.organisation_id is None:
        return []
    if document.sensitivity in (Sensitivity.OPEN, Sensitivity.SHARED):
        return [organisation(document.organisation_id)]
    tied = Tie.objects.filter(access.held_on(on), subject_type=DOCUMENT, subject_id=document.pk)
    opened = {document.added_by_id, *tied.values_list("user", flat=True)}
    there = acting_for(document.organisation_id, on=on)
    return [person(user.pk, Permission.PROVIDER_PORTAL) for user in there if user.pk in opened]


SOURCES = (
    Source(
        name="documents", of=duties,
        watched={
            "evidence_document": "", "people_roleheld": "", "people_organisation": "",
            "people_tie": "select null::bigint as key from changed where subject_type = 'document'",
        },
    ),
)  # fmt: skip
