"""The kinds of flag about documents."""

from plumbline.flags.rules import Kind, Listed
from plumbline.people.access import Permission

_BUTTON = "See these documents"

KINDS = (
    Kind(
        key="document_expiring",
        label="A document expires within 30 days",
        severity=4,
        roles=("contract_officer",),
        many="documents expire within 30 days",
        settled_in=Listed("documents ?expiring=soon", _BUTTON, Permission.EVIDENCE_VIEW),
    ),
    Kind(
        key="document_expired",
        label="A document has expired",
        severity=3,
        roles=("contract_officer",),
        many="documents have expired, and nothing newer has been given",
        settled_in=Listed("documents ?expiring=expired", _BUTTON, Permission.EVIDENCE_VIEW),
    ),
)
