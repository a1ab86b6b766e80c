"""Who is meant by the names that files of contracts give: said once by a person, it holds for later files too."""

from datetime import date, datetime

from plumbline.audit import operations as audit
from plumbline.contracts import intake
from plumbline.contracts.models import PersonWording
from plumbline.contracts.operations import rating
from plumbline.kernel.errors import RuleBroken
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.acting import operation
from plumbline.people.models import User


@operation
def map_person(*, wording: str, user_id: int, by: User | None, at: datetime, on: date) -> int:
    """Say who a wording means; on how many contracts. From then they alone are told about these. It can be said again.

    Raises RuleBroken (missing_wording; unknown_user, for one who may not read flags: nobody would be told).
    """
    access.check(by, Permission.CONTRACTS_MANAGE, on=on)
    wording = " ".join(wording.split())
    if not wording:
        raise RuleBroken("Say which wording is meant.", code="missing_wording")
    user = access.users_who_may(Permission.FLAGS_VIEW, on=on).filter(pk=user_id).first()
    if user is None:
        raise RuleBroken("Choose someone who signs in here and reads flags.", code="unknown_user")
    PersonWording.objects.filter(wording__iexact=wording).delete()
    made = PersonWording.objects.create(wording=wording, user=user, mapped_at=at, mapped_by=by)
    audit.record("contracts.person.mapped", by=by, at=at, subject=made, wording=wording, user=user.pk)
    return follow(by=by, at=at, on=on)


@operation
def unmap_person(*, wording: str, by: User | None, at: datetime, on: date) -> int:
    """Take back who a wording means; on how many contracts."""
    access.check(by, Permission.CONTRACTS_MANAGE, on=on)
    known = PersonWording.objects.filter(wording__iexact=" ".join(wording.split())).first()
    if known is None:
        raise RuleBroken("Nobody said who that is.", code="missing_wording")
    audit.record("contracts.person.unmapped", by=by, at=at, subject=known, wording=known.wording, user=known.user_id)
    known.delete()
    return follow(by=by, at=at, on=on)


@operation
def follow(*, by: User | None, at: datetime, on: date) -> int:
    """Name the people of contracts as their wordings say, and put the flags about these contracts to them."""
    changed = intake.find_people()
    if changed:
        rating.raise_flags(by=by, at=at, on=on, contract_ids=changed)
    return len(changed)
