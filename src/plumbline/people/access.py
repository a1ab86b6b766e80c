"""Who may do what: permissions, the roles that carry them, and the checks. A change of power is a reviewed change here.

Access to one child's record comes from a tie or from supervising someone with a tie, never from a role alone:
see the `*_visible_to` queries of each room. What may not be seen answers as if it did not exist.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Q, QuerySet

from plumbline.kernel.errors import NotAllowed
from plumbline.kernel.labels import spoken
from plumbline.people.models import RoleHeld, User


class Permission(StrEnum):
    """One thing that someone may do. Child-level ones still need a tie to the child."""

    CHILDREN_VIEW = "children.view"
    TACS_VIEW = "tacs.view"
    PLACEMENTS_VIEW = "placements.view"
    PLACEMENTS_RECORD = "placements.record"
    PLACEMENT_EXCEPTION_ASK = "placements.exception.ask"
    PLACEMENT_EXCEPTION_DECIDE = "placements.exception.decide"
    SETTINGS_VIEW = "settings.view"
    MONTHLY_CHECK = "settings.check"
    PROVIDER_CONTACT = "settings.provider_contact"
    FLAGS_VIEW = "flags.view"
    FLAGS_ANSWER = "flags.answer"
    IMPORTS = "imports.manage"
    FIGURES_VIEW = "figures.view"
    FIGURES_RECORDS = "figures.records"
    REPORT_VIEW_DRAFT = "report.view_draft"
    REPORT_WRITE = "report.write"
    REPORT_PUBLISH = "report.publish"
    REPORT_VIEW_PUBLISHED = "report.view_published"
    USERS_MANAGE = "users.manage"
    USERS_CONFIRM = "users.confirm"
    ACCOUNTS_MISSING = "accounts.missing"
    AUDIT_VIEW = "audit.view"
    LISTS_MANAGE = "lists.manage"
    TOOLKITS_VIEW = "toolkits.view"
    TOOLKITS_MANAGE = "toolkits.manage"
    RETURNS_REQUEST = "returns.request"
    RETURNS_MODERATE = "returns.moderate"
    RETURNS_SIGN_OFF = "returns.sign_off"
    EVIDENCE_VIEW = "evidence.view"
    EVIDENCE_KEEP = "evidence.keep"
    LAW_CHANGES = "evidence.law_changes"
    ACTIONS_VIEW = "actions.view"
    ACTIONS_RAISE = "actions.raise"
    ACTIONS_VERIFY = "actions.verify"
    TENDERS_VIEW = "tenders.view"
    TENDERS_MANAGE = "tenders.manage"
    TENDERS_APPROVE = "tenders.approve"
    TENDERS_EVALUATE = "tenders.evaluate"
    SUPPLIERS_SETTLE = "suppliers.settle"
    IMPLEMENTATION = "tenders.implementation"
    CONTRACTS_VIEW = "contracts.view"
    CONTRACTS_MANAGE = "contracts.manage"
    CONTRACTS_OVERRIDE = "contracts.override"
    CONTRACTS_DECIDE = "contracts.decide"
    BOARD_ASSESSMENTS = "contracts.board_assessments"
    INCIDENTS_VIEW = "incidents.view"
    INCIDENTS_MANAGE = "incidents.manage"
    INCIDENTS_NARRATIVE = "incidents.narrative"
    PROVIDER_PORTAL = "provider.portal"


P = Permission


@spoken("label", "does")
@dataclass(frozen=True, slots=True)
class Role:
    """A role of product.md. `reach` says which children it may come near."""

    key: str
    label: str
    does: str
    permissions: frozenset[Permission]
    # tied: own ties only; team: also those tied to the team's workers; placements: children placed, in that context;
    # all: every child not restricted; none: no child's row by any route.
    reach: str = "none"


def _roles(*roles: Role) -> dict[str, Role]:
    return {role.key: role for role in roles}


_CASE = frozenset({P.CHILDREN_VIEW, P.TACS_VIEW, P.FLAGS_VIEW, P.FLAGS_ANSWER, P.FIGURES_VIEW})
_MEMBER = frozenset({P.REPORT_VIEW_PUBLISHED})
# What everybody reads who works with contracts in the council. Of one contract's incidents: the summary, never the
# narrative; of children: a count.
_BUYING = frozenset(
    {P.CONTRACTS_VIEW, P.TENDERS_VIEW, P.TOOLKITS_VIEW, P.EVIDENCE_VIEW, P.ACTIONS_VIEW, P.INCIDENTS_VIEW}
)
# A named manager: better ratings, go-live with open items, sign-off, and what the team decides.
_DECIDING = _BUYING | {
    P.CONTRACTS_DECIDE,
    P.CONTRACTS_OVERRIDE,
    P.TENDERS_APPROVE,
    P.RETURNS_SIGN_OFF,
    P.ACTIONS_VERIFY,
    P.ACTIONS_RAISE,
    P.INCIDENTS_NARRATIVE,
}

ROLES: dict[str, Role] = _roles(
    Role(
        "lead_professional",
        "Lead professional",
        "Runs the {tacs} they lead.",
        frozenset({P.CHILDREN_VIEW, P.TACS_VIEW, P.FLAGS_VIEW}),
        "tied",
    ),
    Role(
        "tac_member",
        "{Tac} member",
        "Reads and adds to the {tacs} they belong to.",
        frozenset({P.CHILDREN_VIEW, P.TACS_VIEW}),
        "tied",
    ),
    Role(
        "early_help_consultant",
        "Early help consultant",
        "Advises on the {tacs} of a locality.",
        frozenset({P.CHILDREN_VIEW, P.TACS_VIEW, P.FLAGS_VIEW, P.FIGURES_VIEW}),
        "tied",
    ),
    Role(
        "social_worker",
        "Social worker",
        "Own children: placement flags, step-up and step-down.",
        _CASE | {P.PLACEMENTS_VIEW, P.SETTINGS_VIEW},
        "tied",
    ),
    Role(
        "sen_caseworker",
        "SEN caseworker",
        "Own children placed for special educational needs.",
        _CASE | {P.PLACEMENTS_VIEW, P.SETTINGS_VIEW},
        "tied",
    ),
    Role(
        "reviewing_officer",
        "Reviewing officer",
        "Told of their looked-after children's placement flags.",
        _CASE | {P.PLACEMENTS_VIEW, P.SETTINGS_VIEW},
        "tied",
    ),
    Role(
        "placement_officer",
        "Placement officer",
        "Asks where a child may be placed, records placements.",
        frozenset(
            {
                P.CHILDREN_VIEW,
                P.PLACEMENTS_VIEW,
                P.PLACEMENTS_RECORD,
                P.PLACEMENT_EXCEPTION_ASK,
                P.SETTINGS_VIEW,
                P.FLAGS_VIEW,
            }
        ),
        "placements",
    ),
    Role(
        "team_manager",
        "Team manager",
        "The team's work and its flags.",
        _CASE | {P.PLACEMENTS_VIEW, P.SETTINGS_VIEW, P.ACCOUNTS_MISSING},
        "team",
    ),
    Role(
        "auditor",
        "Auditor",
        "Sampled {tacs} for the time of the audit.",
        frozenset({P.CHILDREN_VIEW, P.TACS_VIEW}),
        "tied",
    ),
    Role(
        "contract_officer",
        "Contract officer",
        "Contracts, visits, and the settings they buy from.",
        _BUYING
        | {
            P.SETTINGS_VIEW,
            P.MONTHLY_CHECK,
            P.PROVIDER_CONTACT,
            P.FLAGS_VIEW,
            P.FIGURES_VIEW,
            P.CONTRACTS_MANAGE,
            P.RETURNS_REQUEST,
            P.RETURNS_MODERATE,
            P.RETURNS_SIGN_OFF,
            P.EVIDENCE_KEEP,
            P.LAW_CHANGES,
            P.ACTIONS_RAISE,
            P.ACTIONS_VERIFY,
            P.SUPPLIERS_SETTLE,
            P.IMPLEMENTATION,
            P.INCIDENTS_MANAGE,
            P.INCIDENTS_NARRATIVE,
        },
    ),
    Role(
        "service_area_lead",
        "Service-area lead",
        "Own services: meetings, implementation, concerns.",
        _BUYING
        | {
            P.SETTINGS_VIEW,
            P.FIGURES_VIEW,
            P.FLAGS_VIEW,
            P.IMPLEMENTATION,
            P.ACTIONS_RAISE,
            P.ACTIONS_VERIFY,
            P.EVIDENCE_KEEP,
            P.INCIDENTS_MANAGE,
            P.INCIDENTS_NARRATIVE,
        },
    ),
    Role(
        "commissioner",
        "Commissioner",
        "Tenders, award, implementation.",
        _BUYING
        | {
            P.SETTINGS_VIEW,
            P.FIGURES_VIEW,
            P.FLAGS_VIEW,
            P.TENDERS_MANAGE,
            P.TOOLKITS_MANAGE,
            P.SUPPLIERS_SETTLE,
            P.IMPLEMENTATION,
            P.EVIDENCE_KEEP,
            P.ACTIONS_RAISE,
            P.ACTIONS_VERIFY,
        },
    ),
    Role("evaluator", "Evaluator", "Bids assigned, after declaring no conflict.", frozenset({P.TENDERS_EVALUATE})),
    Role("provider_user", "Provider user", "Own contracts.", frozenset({P.PROVIDER_PORTAL})),
    Role(
        "partnership_officer",
        "Partnership officer",
        "{Board_before} assessments, practice reviews.",
        frozenset(
            {
                P.FIGURES_VIEW,
                P.CONTRACTS_VIEW,
                P.TOOLKITS_VIEW,
                P.TOOLKITS_MANAGE,
                P.BOARD_ASSESSMENTS,
                P.EVIDENCE_VIEW,
                P.EVIDENCE_KEEP,
                P.LAW_CHANGES,
                P.RETURNS_REQUEST,
                P.RETURNS_MODERATE,
            }
        ),
    ),
    Role(
        "head_of_service",
        "Head of service",
        "Exceptions, step decisions, the management team's list.",
        _CASE
        | {
            P.PLACEMENTS_VIEW,
            P.PLACEMENT_EXCEPTION_DECIDE,
            P.SETTINGS_VIEW,
            P.FIGURES_RECORDS,
            P.ACCOUNTS_MISSING,
            P.REPORT_VIEW_DRAFT,
            P.REPORT_VIEW_PUBLISHED,
        }
        | _DECIDING,
        "placements",
    ),
    Role(
        "management_team",
        "Management team",
        "What needs a decision, and what was decided.",
        _DECIDING
        | {P.FLAGS_VIEW, P.FLAGS_ANSWER, P.SETTINGS_VIEW, P.FIGURES_VIEW, P.REPORT_VIEW_DRAFT, P.REPORT_VIEW_PUBLISHED},
    ),
    Role(
        "director",
        "Director",
        "Approves answers and reports.",
        _DECIDING
        | {
            P.FLAGS_VIEW,
            P.FLAGS_ANSWER,
            P.SETTINGS_VIEW,
            P.FIGURES_VIEW,
            P.REPORT_VIEW_DRAFT,
            P.REPORT_PUBLISH,
            P.REPORT_VIEW_PUBLISHED,
        },
    ),
    Role(
        "performance_analyst",
        "Performance analyst",
        "Imports, measures, the Ofsted check.",
        frozenset(
            {
                P.IMPORTS,
                P.MONTHLY_CHECK,
                P.SETTINGS_VIEW,
                P.FIGURES_VIEW,
                P.FIGURES_RECORDS,
                P.FLAGS_VIEW,
                P.LISTS_MANAGE,
                P.REPORT_VIEW_DRAFT,
                P.REPORT_VIEW_PUBLISHED,
                P.CONTRACTS_VIEW,
                P.TENDERS_VIEW,
                P.TOOLKITS_VIEW,
            }
        ),
    ),
    Role(
        "scrutiny_officer",
        "Scrutiny officer",
        "Question sets, requests, reports, recommendations.",
        frozenset({P.FIGURES_VIEW, P.REPORT_VIEW_DRAFT, P.REPORT_WRITE, P.REPORT_VIEW_PUBLISHED}),
    ),
    Role("elected_member", "Elected member", "Published reports; never a child's record.", _MEMBER),
    Role("committee_chair", "Committee chair", "Published reports; confirms what is closed.", _MEMBER),
    Role("lead_member", "Lead member", "Published reports.", _MEMBER),
    Role("co_opted_member", "Co-opted member", "Published reports.", _MEMBER),
    Role(
        "information_governance",
        "Information governance",
        "Sees who opened which record; confirms roles.",
        frozenset({P.AUDIT_VIEW, P.USERS_CONFIRM}),
    ),
    Role(
        "administrator",
        "Administrator",
        "Users, labels, lists; no case content.",
        frozenset({P.USERS_MANAGE, P.USERS_CONFIRM, P.ACCOUNTS_MISSING, P.LISTS_MANAGE, P.TOOLKITS_VIEW}),
    ),
)

PROVIDER_USER = "provider_user"

# What is put to a role is read by others too.
ALSO_READ = {"director": ("management_team",)}

# What comes near children's records or the trail, or lets someone give such powers.
_NEEDS_TWO = frozenset(
    {
        P.CHILDREN_VIEW,
        P.PLACEMENTS_VIEW,
        P.FIGURES_RECORDS,
        P.IMPORTS,
        P.INCIDENTS_NARRATIVE,
        P.AUDIT_VIEW,
        P.USERS_MANAGE,
        P.USERS_CONFIRM,
    }
)


# The person who may ask an organisation for something invites a person there who can answer, by an e-mail
# (people.inviting).
MAY_INVITE = frozenset({P.RETURNS_REQUEST, P.CONTRACTS_MANAGE, P.BOARD_ASSESSMENTS, P.IMPLEMENTATION})


def needs_second_person(role: str) -> bool:
    """Whether a role is held only once someone else has confirmed it: it reaches children, the trail, or powers."""
    return ROLES[role].reach != "none" or bool(ROLES[role].permissions & _NEEDS_TWO)


def lasting_on(day: date) -> Q:
    """Of what is kept from a first to a last day, both included (no last day: until further notice): what has this."""
    return (Q(to_on__isnull=True) | Q(to_on__gte=day)) & Q(from_on__lte=day)


def held_on(day: date) -> Q:
    """Of roles and ties: what is held on a day, and was not ended on it.

    A last day that was said beforehand lasts to its midnight. What a person or a file ends, ends at that moment.
    """
    return Q(from_on__lte=day) & (Q(to_on__isnull=True) | Q(to_on__gt=day) | Q(to_on=day, ended_at__isnull=True))


def current_roles(user: User, *, on: date) -> tuple[RoleHeld, ...]:
    """The roles held on a day, read once per user object and day (a request makes a new user object)."""
    kept: dict[date, tuple[RoleHeld, ...]] = user.__dict__.setdefault("_roles_by_day", {})
    if on not in kept:
        kept[on] = tuple(user.roles_held.filter(held_on(on)).order_by("from_on", "id"))
    return kept[on]


def roles_in_words(user: User, *, on: date) -> str:
    """ "Social worker", "Director, Head of service": as what someone acts, for the trail; at most 80 characters."""
    labels = dict.fromkeys(ROLES[held.role].label for held in current_roles(user, on=on))
    return ", ".join(labels)[:80]


def permissions_of(user: User, *, on: date) -> frozenset[Permission]:
    """What the roles held on a day permit, put together once per user object and day."""
    if not user.is_active:
        return frozenset()
    kept: dict[date, frozenset[Permission]] = user.__dict__.setdefault("_permissions_by_day", {})
    if on not in kept:
        kept[on] = frozenset().union(*(ROLES[held.role].permissions for held in current_roles(user, on=on)))
    return kept[on]


def may(user: User, permission: Permission, *, on: date) -> bool:
    """Whether a role that the user holds on the day has this permission."""
    return permission in permissions_of(user, on=on)


def may_invite(user: User, *, on: date) -> bool:
    """Whether the user may invite a named person of an organisation by e-mail."""
    return bool(permissions_of(user, on=on) & MAY_INVITE)


def check(user: User | None, permission: Permission, *, on: date) -> None:
    """Raise NotAllowed unless the user may. `None` is the machine's administrator, who may run the commands."""
    if user is not None and not may(user, permission, on=on):
        raise NotAllowed(f"{user} may not do this: it needs the permission “{permission}”.")


def reaches(user: User, *, on: date) -> frozenset[str]:
    """Which children the roles held on the day come near (`Role.reach`); none for a user who is switched off."""
    return frozenset(ROLES[held.role].reach for held in current_roles(user, on=on)) if user.is_active else frozenset()


def users_who_may(permission: Permission, *, on: date) -> QuerySet[User]:
    """Those whom a role that they hold on the day permits it."""
    roles = [key for key, role in ROLES.items() if permission in role.permissions]
    held = RoleHeld.objects.filter(held_on(on), role__in=roles)
    return User.objects.filter(is_active=True, pk__in=held.values("user"))


def users_with_role(role: str, *, on: date, team: str = "") -> Iterable[User]:
    """Who holds a role on a day: whom to tell."""
    held = RoleHeld.objects.filter(held_on(on), role=role)
    if team:
        held = held.filter(team=team)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("pk")
