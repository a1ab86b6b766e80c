"""The kinds of flag about the settings of children, and of the checks of settings."""

from plumbline.flags.rules import WORKER, Kind, Listed, StepRule
from plumbline.people.access import Permission

# A setting not checked for longer than this is a flag.
CHECKED_WITHIN_DAYS = 31

CONTACT_PROVIDER, REVIEW = "contact_provider", "review"

_FIRST_STEPS = (
    StepRule(CONTACT_PROVIDER, "Speak to the provider about the risks; ask for the improvement plan",
             "contract_officer", 2),
    StepRule("child_seen", "Visit: the child seen and spoken to", WORKER, 5, needs=frozenset({"seen_on", "spoken_to"})),
    StepRule("decide", "Decide for this child: stay with safeguards, or move", "head_of_service", 10,
             needs=frozenset({"decision"})),
)  # fmt: skip
_ADVERSE_STEPS = (
    *_FIRST_STEPS,
    StepRule(REVIEW, "Review the decision", "head_of_service", 28, every=28, needs=frozenset({"decision"})),
)
# The gravest state of its own: reviewed each week, as long as a child is there.
_UNREGISTERED_STEPS = (
    *_FIRST_STEPS,
    StepRule(REVIEW, "Weekly senior review: may this child stay another week?", "head_of_service", 5, every=5,
             needs=frozenset({"decision"})),
)  # fmt: skip

_PLACEMENTS = "See these placements"

# A reviewing officer is named only for looked-after children (domain.md, corrections).
_ALL = ("team_manager", "reviewing_officer", "management_team")

KINDS = (
    Kind(
        key="setting_unregistered",
        label="Placed at an unregistered setting",
        severity=1,
        worker=True,
        roles=_ALL,
        steps=_UNREGISTERED_STEPS,
        at_once=True,
        many="children are at a setting that is not registered",
    ),
    Kind(
        key="placed_at_adverse",
        label="Placed at a setting that was already adverse",
        severity=1,
        worker=True,
        roles=_ALL,
        steps=_ADVERSE_STEPS,
        at_once=True,
        many="children were placed at a setting that was adverse already",
    ),
    Kind(
        key="setting_adverse",
        label="The setting became adverse while the child was there",
        severity=2,
        worker=True,
        roles=_ALL,
        steps=_ADVERSE_STEPS,
        at_once=True,
        many="children are at a setting that became adverse while they were there",
    ),
    Kind(
        key="exception_undecided",
        label="A child was placed in an emergency and nobody has approved it",
        severity=1,
        roles=("head_of_service",),
        at_once=True,
        due_in=1,
    ),
    Kind(
        key="setting_watch",
        label="Leaders and managers judged inadequate",
        severity=3,
        worker=True,
        roles=("team_manager", "reviewing_officer"),
        at_once=True,
        many="children are at a setting whose leaders and managers were judged inadequate",
    ),
    Kind(
        key="setting_unmatched",
        label="The setting is on none of Ofsted’s lists",
        severity=3,
        worker=True,
        roles=("placement_officer",),
        many="placements are at settings that are on none of Ofsted’s lists",
        settled_in=Listed("placements ?queue=unmatched", _PLACEMENTS, Permission.PLACEMENTS_VIEW),
    ),
    Kind(
        key="setting_gone",
        label="The setting has gone from Ofsted’s register",
        severity=3,
        worker=True,
        roles=("placement_officer",),
        many="placements are at settings that have gone from Ofsted’s register",
        settled_in=Listed("placements ?queue=gone", _PLACEMENTS, Permission.PLACEMENTS_VIEW),
    ),
    Kind(
        key="check_late",
        label="The setting has not been checked for a month",
        severity=4,
        roles=("contract_officer", "performance_analyst"),
        many="settings with our children have not been checked for a month",
        settled_in=Listed("flags ?state=open&kind=check_late", "See these flags", Permission.FLAGS_VIEW),
    ),
    Kind(
        key="monthly_check_late",
        label="The monthly check is late",
        severity=4,
        roles=("performance_analyst", "management_team"),
    ),
    Kind(
        key="incident_at_setting",
        label="A serious incident happened at the setting of a child",
        severity=2,
        worker=True,
        roles=("team_manager", "reviewing_officer", "placement_officer"),
        at_once=True,
        due_in=0,
    ),
)
