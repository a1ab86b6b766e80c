"""What has to be flagged about documents on a day: those that expire soon, and those that have."""

from collections.abc import Mapping, Sequence
from datetime import date

from plumbline.evidence import queries, rules
from plumbline.evidence.models import Document, Sensitivity
from plumbline.flags import rules as flag_rules
from plumbline.flags.kinds import kinds
from plumbline.flags.models import Flag
from plumbline.flags.rules import Wanted
from plumbline.kernel import wording

KINDS = ("document_expiring", "document_expired")
SUBJECT = "document"


def wanted(on: date) -> list[Wanted]:
    """The flags that should be open on a day."""
    found = queries.expiring(Document.objects.select_related("organisation"), on=on)
    return [_wanted(document, document.expires_on, on) for document in found if document.expires_on]


def _wanted(document: Document, expires_on: date, on: date) -> Wanted:
    # What only named people may open is not told to a role by its name.
    restricted = document.sensitivity == Sensitivity.RESTRICTED
    title = f"Restricted document {document.pk}" if restricted else f"“{document.title}”"
    whose = document.organisation.name if document.organisation and not restricted else ""
    kind, reason = rules.expires(title=title, whose=whose, expires_on=expires_on, on=on)
    # One that has expired already has the clock of its kind.
    due_on = expires_on if kind == "document_expiring" else None
    return Wanted(
        kind=kind,
        subject_type=SUBJECT,
        subject_id=document.pk,
        reason=reason,
        recipients=flag_rules.recipients(kinds()[kind], worker=""),
        due_on=due_on,
    )


def why_closed(flags: Sequence[Flag], *, on: date) -> Mapping[int, str]:
    """Why what each flag says is no longer so, in a sentence."""
    documents = Document.objects.in_bulk([flag.subject_id for flag in flags if flag.subject_id])
    return {flag.pk: _why(documents.get(flag.subject_id or 0), on) for flag in flags}


def _why(document: Document | None, on: date) -> str:
    if document is None:
        return "The document is no longer recorded."
    if document.withdrawn_at:
        return f"The document was withdrawn: {document.withdrawn_because}"
    if document.expires_on and document.expires_on < on and not hasattr(document, "replaced_by"):
        expired = f"The document has expired on {wording.day(document.expires_on)}, which is flagged now."
        later = queries.without_successor(Document.objects.filter(pk=document.pk)).exists()
        return expired if later else "A later document of this kind was given."
    return "A newer document was given, or it expires later than was said."
