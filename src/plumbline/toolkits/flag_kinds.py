"""The kinds of flag about returns."""

from plumbline.flags.rules import Kind

KINDS = (Kind(key="return_overdue", label="A return is overdue", severity=3, roles=("contract_officer",)),)
