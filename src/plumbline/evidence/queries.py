"""Documents and changes in the law as they stand on a day."""

from datetime import date

from django.db.models import DateField, Exists, OuterRef, Q, QuerySet, Value

from plumbline.evidence.access import DOCUMENT, documents_visible_to
from plumbline.evidence.models import Document, LawChange
from plumbline.evidence.rules import EXPIRING_WITHIN
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import held_on
from plumbline.people.act import Act
from plumbline.people.models import Tie, User


def standing(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Of these documents those that count now: not withdrawn, and no newer revision has taken their place."""
    return documents.filter(withdrawn_at__isnull=True, replaced_by__isnull=True)


def without_successor(documents: QuerySet[Document]) -> QuerySet[Document]:
    """Leaves out a document where its organisation has given a later one of the same kind, as a document of its own."""
    later = Document.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gt=OuterRef("expires_on")),
        organisation=OuterRef("organisation"),
        kind=OuterRef("kind"),
        withdrawn_at__isnull=True,
        replaced_by__isnull=True,
    ).exclude(kind="")
    return documents.filter(~Exists(later))


def expiring(documents: QuerySet[Document], *, on: date) -> QuerySet[Document]:
    """Of these the standing ones that expire within the time ahead, or have expired, soonest first."""
    soon = standing(documents).filter(expires_on__lte=on + EXPIRING_WITHIN)
    return without_successor(soon).order_by("expires_on", "pk")


def document_to_use(document_id: int | None, *, act: Act) -> Document | None:
    """The document that was chosen, if any. Raises NotAllowed where it was withdrawn, or `act.by` may not open it: who
    cannot read a paper shows nothing by it. `act.by` None is the machine's administrator."""
    if document_id is None:
        return None
    seen = Document.objects.all() if act.by is None else documents_visible_to(act.by, on=act.on)
    found = seen.filter(pk=document_id, withdrawn_at=None).first()
    if found is None:
        raise NotAllowed(f"There is no document {document_id}.")
    return found


def with_today(documents: QuerySet[Document], *, on: date) -> QuerySet[Document]:
    """The day and `replaced` beside each row, for what a list says of it."""
    newer = Exists(Document.objects.filter(replaces=OuterRef("pk")))
    return documents.annotate(today=Value(on, DateField()), replaced=newer)


def revisions_of(document: Document) -> list[Document]:
    """The document and all its revisions, the newest first. The person who may open one may open each: see `access`."""
    found = [document]
    while found[0].pk and (newer := Document.objects.filter(replaces=found[0]).select_related("added_by").first()):
        found.insert(0, newer)
    while older := found[-1].replaces:
        found.append(older)
    return found


def named_readers(document: Document, *, on: date) -> list[User]:
    """Who may open a document by name, beside the person who gave it."""
    ties = Tie.objects.filter(held_on(on), subject_type=DOCUMENT, subject_id=document.pk)
    return list(User.objects.filter(pk__in=ties.values("user")).order_by("name", "pk"))


def law_changes(on: date) -> QuerySet[LawChange]:
    """The changes in law and guidance that count on a day: in force by then, and not withdrawn; the oldest first."""
    return recorded_law_changes().filter(in_force__lte=on)


def recorded_law_changes() -> QuerySet[LawChange]:
    """Those that will come into force, too."""
    return LawChange.objects.filter(withdrawn_at__isnull=True).order_by("in_force", "pk")


def law_changes_listed(*, on: date) -> QuerySet[LawChange]:
    """The whole register, with those withdrawn, and the day beside each row."""
    return LawChange.objects.annotate(today=Value(on, DateField()))
