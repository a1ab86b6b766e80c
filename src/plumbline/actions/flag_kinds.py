"""The kinds of flag about actions."""

from plumbline.flags.rules import Kind

KINDS = (Kind(key="action_overdue", label="An action is overdue", severity=3, roles=("contract_officer",)),)
