"""Someone leaves: what is theirs goes to others, and they are switched off, in one act or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from plumbline.actions import leaving as of_actions
from plumbline.actions.operations import raise_flags as flags_of_actions
from plumbline.commissioning import leaving as of_tenders
from plumbline.contracts import leaving as of_contracts
from plumbline.contracts.flagging_of_care import concerned_with_returns
from plumbline.contracts.models import Contract
from plumbline.contracts.operations.rating import raise_flags as flags_of_contracts
from plumbline.earlyhelp.models import Tac
from plumbline.flags import telling
from plumbline.flags.models import FlagFor, FlagState
from plumbline.flags.rules import mail_handed_over, names_of
from plumbline.intake.origins import present
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import say
from plumbline.people import access
from plumbline.people import inviting as of_invitations
from plumbline.people import operations as people
from plumbline.people.access import ROLES, Permission
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation, over_all_records
from plumbline.people.leaving import Kind, hand_over
from plumbline.people.models import RoleAsked, RoleHeld, User
from plumbline.placements.models import Placement
from plumbline.socialcare.models import Involvement
from plumbline.toolkits import leaving as of_returns
from plumbline.toolkits.operations.reminders import raise_flags as flags_of_returns

KINDS: tuple[Kind, ...] = (
    *of_contracts.KINDS, *of_tenders.KINDS, *of_actions.KINDS, *of_returns.KINDS, *of_invitations.KINDS,
)  # fmt: skip


@dataclass(slots=True)
class Left:
    """`given`: what each person was given, in words. `told`: those of them to whom an e-mail about it is written."""

    given: dict[User, list[str]] = field(default_factory=dict)
    told: list[User] = field(default_factory=list)


@over_all_records
def stays(user: User, *, on: date) -> list[str]:
    """What is theirs and goes to nobody by being handed over here: in sentences that say what happens to it."""
    found = []
    now = Q(to_on=None) | Q(to_on__gt=on)
    if user.professional_id:
        lasting = Q(ended_on=None) | Q(ended_on__gt=on)
        held = [
            _many(present(Tac.objects.filter(lasting, lead_professional=user.professional_id)).count(),
                  say("{tac} led"), say("{tacs} led")),
            _many(present(Involvement.objects.filter(now, professional=user.professional_id, from_on__lte=on))
                  .values("child").distinct().count(), "child allocated to them", "children allocated to them"),
            _many(Placement.objects.filter(lasting, caseworker=user.professional_id, started_on__lte=on).count(),
                  "placement of which they are the caseworker", "placements of which they are the caseworker"),
        ]  # fmt: skip
        if any(held):
            found.append(
                f"{', '.join(each for each in held if each)}: the social-care system says who works with a child. Have "
                "it changed there; it comes with the next extract. Until then their manager is told in their place."
            )
    flags = FlagFor.objects.filter(flag__state=FlagState.OPEN, to_at=None, recipient__in=names_of(user))
    if number := flags.values("flag").distinct().count():
        found.append(
            f"{_many(number, 'open flag', 'open flags')} put to them by name: what is about something handed over goes "
            "with it; of the rest their manager, or the head of service, is told in their place."
        )
    if number := of_tenders.scoring(user).count():
        found.append(
            f"{_many(number, 'tender', 'tenders')} whose bids they are asked to score: the lead commissioner asks "
            "someone else. Scores are not handed over."
        )
    if number := RoleAsked.objects.filter(user=user, state=RoleAsked.State.ASKED).count():
        found.append(f"{_many(number, 'role', 'roles')} asked for them, not confirmed yet: decline what is not needed.")
    held_now = RoleHeld.objects.filter(access.held_on(on))
    others = held_now.filter(user__is_active=True).exclude(user=user).values("role")
    for role in sorted(set(held_now.filter(user=user).exclude(role__in=others).values_list("role", flat=True))):
        found.append(f"Nobody else is {ROLES[role].label.lower()}: what is put to that role waits until someone is.")
    return found


def _many(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


@operation
def let_go(*, user: User, to: Mapping[str, User], because: str, act: PersonalAct) -> Left:
    """Hand over what is someone's own, by kind, and switch them off where they are still on; each receiver is written
    to. What no kind is chosen for stays theirs.

    Raises RuleBroken, with nothing done: missing_reason; unknown_kind; cannot_hold; as people.switch_off.
    """
    act.check(Permission.USERS_MANAGE)
    if not because.strip():
        raise RuleBroken("Say why.", code="missing_reason")
    if unknown := sorted(set(to) - {kind.key for kind in KINDS}):
        raise RuleBroken(f"“{unknown[0]}” is nothing that is handed over.", code="unknown_kind")
    contracts = list(Contract.objects.filter(Q(manager=user) | Q(area_lead=user)).values_list("pk", flat=True))
    if user.is_active:
        people.switch_off(user=user, because=because, act=act)
    done = Left()
    for kind in KINDS:
        if kind.key in to:
            rows = hand_over(kind, user=user, to=to[kind.key], because=because.strip(), act=act)
            if rows:
                done.given.setdefault(to[kind.key], []).append(kind.words(len(rows)))
    for receiver, words in done.given.items():
        if telling.write(receiver, mail_handed_over(user.called, words), at=act.at):
            done.told.append(receiver)
    act.record(
        "people.user.handed_over",
        subject=user,
        because=because.strip(),
        given={str(receiver.pk): words for receiver, words in done.given.items()},
    )
    # What is put to them by name goes to who has it now.
    flags_of_contracts(act=act, contract_ids=contracts)
    flags_of_actions(act=act)
    flags_of_returns(concerned=concerned_with_returns(on=act.on), act=act)
    return done
