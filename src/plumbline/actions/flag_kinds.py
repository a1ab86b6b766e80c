"""The kinds of flag about actions."""

from plumbline.flags.rules import Kind, Listed
from plumbline.people.access import Permission

KINDS = (
    Kind(
        key="action_overdue",
        label="An action is overdue",
        severity=3,
        roles=("contract_officer",),
        many="actions are overdue",
        settled_in=Listed("actions ?state=overdue", "See these actions", Permission.ACTIONS_VIEW),
    ),
)
