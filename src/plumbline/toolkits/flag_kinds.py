"""The kinds of flag about returns."""

from plumbline.flags.rules import Kind, Listed
from plumbline.people.access import Permission

KINDS = (
    Kind(
        key="return_overdue",
        label="A return is overdue",
        severity=3,
        roles=("contract_officer",),
        many="returns are overdue",
        settled_in=Listed("returns ?late=yes", "See these returns", Permission.CONTRACTS_VIEW),
    ),
)
