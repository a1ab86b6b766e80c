"""One demonstration user for each role. They need no second factor; the banner and the README say so."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password

from plumbline.people.access import ROLES
from plumbline.people.models import Professional, RoleHeld, User

# Said in the README and on the sign-in page of the demonstration; refused outside it.
PASSWORD = "fenmarsh-demonstration"  # noqa: S105 - everybody may know it


@dataclass(frozen=True)
class DemoUser:
    username: str
    name: str
    role: str
    # The source id of the professional they are in the imported records, and the team they manage.
    professional: str = ""
    team: str = ""


USERS = (
    DemoUser("lead", "Ngozi Fernández", "lead_professional", professional="W0001"),
    DemoUser("member", "Priya Nair", "tac_member"),
    DemoUser("consultant", "Tomasz Hale", "early_help_consultant"),
    DemoUser("worker", "Archie Davies", "social_worker", professional="SW007"),
    DemoUser("worker2", "Ngozi O'Neill", "social_worker", professional="SW055"),
    DemoUser("caseworker", "Iris Marlow", "sen_caseworker"),
    DemoUser("reviewing", "Gwen Sallis", "reviewing_officer"),
    DemoUser("placements", "Callum Reyes", "placement_officer"),
    DemoUser("manager", "Amara Finch", "team_manager", team="Family Assessment and Support Team West"),
    DemoUser("auditor", "Leon Vickers", "auditor"),
    DemoUser("contracts", "Beth Larkin", "contract_officer"),
    DemoUser("servicelead", "Owen Tibbs", "service_area_lead"),
    DemoUser("commissioner", "Farah Quill", "commissioner"),
    DemoUser("evaluator", "Hugh Dunmore", "evaluator"),
    DemoUser("evaluator2", "Ines Calder", "evaluator"),
    DemoUser("evaluator3", "Rafal Stone", "evaluator"),
    DemoUser("provider", "Kemi Ashdown", "provider_user"),
    DemoUser("provider2", "Rowan Quayle", "provider_user"),
    DemoUser("partnership", "Sian Crowther", "partnership_officer"),
    DemoUser("head", "Margaret Oyelaran", "head_of_service"),
    DemoUser("management", "Peter Holbeck", "management_team"),
    DemoUser("director", "Ruth Calloway", "director"),
    DemoUser("analyst", "Wei Thornton", "performance_analyst"),
    DemoUser("scrutiny", "Ellen Marsh", "scrutiny_officer"),
    DemoUser("member1", "Cllr Joan Fairweather", "elected_member"),
    DemoUser("chair", "Cllr Alan Brook", "committee_chair"),
    DemoUser("leadmember", "Cllr Nadia Frost", "lead_member"),
    DemoUser("coopted", "Stephen Yaxley", "co_opted_member"),
    DemoUser("governance", "Lydia Penhale", "information_governance"),
    DemoUser("admin", "Marcus Webb", "administrator"),
)

_missing = set(ROLES) - {user.role for user in USERS}
if _missing:
    raise RuntimeError(f"No demonstration user has the role {', '.join(sorted(_missing))}.")


def make(*, from_on: date) -> None:
    """Make the users that are not there yet, and tie them to their imported professional."""
    hashed = make_password(PASSWORD)
    for wanted in USERS:
        user, made = User.objects.get_or_create(
            username=wanted.username,
            defaults={"name": wanted.name, "email": f"{wanted.username}@fenmarsh.example", "password": hashed},
        )
        if made:
            RoleHeld.objects.create(user=user, role=wanted.role, team=wanted.team, from_on=from_on)
        if wanted.professional and user.professional_id is None:
            user.professional = Professional.objects.filter(source_id=wanted.professional).first()
            user.save(update_fields=["professional"])
