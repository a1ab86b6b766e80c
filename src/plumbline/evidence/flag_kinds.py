"""The kinds of flag about documents."""

from plumbline.flags.rules import Kind

KINDS = (
    Kind(key="document_expiring", label="A document expires within 30 days", severity=4, roles=("contract_officer",)),
    Kind(key="document_expired", label="A document has expired", severity=3, roles=("contract_officer",)),
)
