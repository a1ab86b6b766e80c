"""What the management team decides on what counts against contracts, and its list by e-mail."""

from datetime import date

from plumbline.actions import operations as actions
from plumbline.contracts.access import contract_seen
from plumbline.contracts.models import TeamDecision
from plumbline.contracts.operations import rating as rating_operations
from plumbline.contracts.queries import management, rating
from plumbline.contracts.rules import decisions as rules
from plumbline.flags.models import Message
from plumbline.flags.telling import message_to
from plumbline.kernel import wording
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import User


@operation
def decide(
    *,
    contract_id: int,
    code: str,
    about: str,
    decision: str,
    by_when: date,
    action_owner: User | None = None,
    act: PersonalAct,
) -> TeamDecision:
    """Record what was decided on one reason of one contract, by when it is to be done; with `action_owner` it becomes
    an action of theirs. Raises RuleBroken (rules.decisions.check)."""
    contract = contract_seen(act.by, contract_id=contract_id, on=act.on)
    act.check(Permission.CONTRACTS_DECIDE)
    rated = rating.rating_on(act.on, contract.pk)
    holds = rated is not None and any((each.code, each.about) == (code, about) for each in rated.reasons)
    rules.check(decision=decision, by_when=by_when, holds=holds, on=act.on)
    made = TeamDecision(
        contract=contract,
        code=code,
        about=about,
        decision=decision.strip(),
        decided_on=act.on,
        decided_at=act.at,
        decided_by=act.by,
        by_when=by_when,
    )
    if action_owner is not None:
        made.action = actions.raise_action(
            title=f"{contract.reference}: {decision.strip()}"[:300],
            detail=decision.strip(),
            subject_type="contract",
            subject_id=contract.pk,
            subject_label=contract.called,
            origin_type="decision",
            origin_id=None,
            owner=action_owner,
            due_on=by_when,
            act=act,
        )
    made.save(force_insert=True)
    act.record(
        "contracts.reason.decided",
        subject=contract,
        because=made.decision,
        code=code,
        about=about,
        by_when=by_when.isoformat(),
        action=made.action_id,
    )
    if made.action_id:
        rating_operations.rerate(contract_ids=[contract.pk], act=act)
    return made


_MOST_LISTED = 30


@operation
def write_digests(*, act: Act) -> int:
    """One e-mail a day to each of the management team: first every decision that was not carried out in time and every
    reason that is new, however many there are, then the contracts that are red or amber with their first reasons;
    nothing where there are none. Returns how many were written."""
    subject = f"Plumbline, {wording.day(act.on)}: contracts that are red or amber"
    told = set(Message.objects.filter(flag=None, subject=subject).values_list("to_user_id", flat=True))
    team = [user for user in access.users_with_role("management_team", on=act.on) if user.email and user.pk not in told]
    listed = management.team_list(act.on) if team else []
    if not listed:
        return 0
    lines = [
        f"{each.reference} {each.colour.upper()}: {each.reasons[0].for_mail}"
        for each in listed[:_MOST_LISTED]
        if each.reasons
    ]
    new = [
        f"{each.reference} {line.reason.colour.upper()} since {wording.day(line.reason.since)}: {line.reason.for_mail}"
        for each, line in management.new_lines(listed, on=act.on)
    ]
    more = len(listed) - _MOST_LISTED
    late = [
        f"{each.reference}: {line.reason.title}. What was decided was to be done by "
        f"{wording.day(line.decision.by_when)}"
        f"{f', by {line.decision.action.owner}' if line.decision.action and line.decision.action.owner else ''}."
        for each in listed
        for line in each.lines
        if line.overdue and line.decision
    ]
    body = "\n".join(
        [
            f"Red: {sum(each.colour == 'red' for each in listed)}. "
            f"Amber: {sum(each.colour == 'amber' for each in listed)}. Decisions overdue: {len(late)}.",
            "",
            *(["Decided, and not done in time:", *late, ""] if late else []),
            *(["New in the last seven days:", *new, "", "All of them, the worst first:"] if new else []),
            *lines,
            *([f"… and {more} more."] if more > 0 else []),
            "",
            "Sign in to Plumbline and open Contracts, Management team’s list.",
            "",
        ]
    )
    Message.objects.bulk_create(message_to(user, (subject, body), at=act.at) for user in team)
    act.record("contracts.digests.written", count=len(team), contracts=len(listed))
    return len(team)
