"""Who is meant by the names that files of contracts give: said once by a person, it holds for later files too."""

from plumbline.contracts import intake
from plumbline.contracts.models import PersonWording
from plumbline.contracts.operations import rating
from plumbline.kernel.errors import RuleBroken
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.act import Act
from plumbline.people.acting import operation


@operation
def map_person(*, wording: str, user_id: int, act: Act) -> int:
    """Say who a wording means; on how many contracts. From then they alone are told about these. It can be said again.

    Raises RuleBroken (missing_wording; unknown_user, for one who may not read flags: nobody would be told).
    """
    act.check(Permission.CONTRACTS_MANAGE)
    wording = " ".join(wording.split())
    if not wording:
        raise RuleBroken("Say which wording is meant.", code="missing_wording")
    user = access.users_who_may(Permission.FLAGS_VIEW, on=act.on).filter(pk=user_id).first()
    if user is None:
        raise RuleBroken("Choose someone who signs in here and reads flags.", code="unknown_user")
    PersonWording.objects.filter(wording__iexact=wording).delete()
    made = PersonWording.objects.create(wording=wording, user=user, mapped_at=act.at, mapped_by=act.by)
    act.record("contracts.person.mapped", subject=made, wording=wording, user=user.pk)
    return follow(act=act)


@operation
def unmap_person(*, wording: str, act: Act) -> int:
    """Take back who a wording means; on how many contracts."""
    act.check(Permission.CONTRACTS_MANAGE)
    known = PersonWording.objects.filter(wording__iexact=" ".join(wording.split())).first()
    if known is None:
        raise RuleBroken("Nobody said who that is.", code="missing_wording")
    act.record("contracts.person.unmapped", subject=known, wording=known.wording, user=known.user_id)
    known.delete()
    return follow(act=act)


@operation
def follow(*, act: Act) -> int:
    """Name the people of contracts as their wordings say, and put the flags about these contracts to them."""
    changed = intake.find_people()
    if changed:
        rating.raise_flags(act=act, contract_ids=changed)
    return len(changed)
