"""Safeguarding arrangements agreed for one contract alone, and what its provider has promised."""

from datetime import date

from plumbline.contracts.locked_contract import contract_to_change
from plumbline.contracts.models import Arrangement, Commitment
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.people.acting import operation


@operation
def agree_arrangement(
    *, contract_id: int, text: str, agreed_on: date, agreed_by: str, agreed_with: str, act: Act
) -> Arrangement:
    """What was agreed, by whom for the council, with whom for the provider, and when."""
    contract = contract_to_change(contract_id=contract_id, act=act, area_lead=True)
    for value, sentence in (
        (text, "Say what was agreed."),
        (agreed_by, "Say who agreed it for the council."),
        (agreed_with, "Say who agreed it for the provider."),
    ):
        if not value.strip():
            raise RuleBroken(sentence, code="missing_words")
    if agreed_on > act.on:
        raise RuleBroken(f"{wording.day(agreed_on)} is a date in the future.", code="future_date")
    arrangement = Arrangement.objects.create(
        contract=contract,
        text=text.strip(),
        agreed_on=agreed_on,
        agreed_by=agreed_by.strip(),
        agreed_with=agreed_with.strip(),
        recorded_at=act.at,
        recorded_by=act.by,
    )
    act.record("contracts.arrangement.agreed", subject=arrangement, contract=contract.pk)
    return arrangement


@operation
def end_arrangement(*, arrangement_id: int, because: str, act: Act) -> Arrangement:
    """End it; it stays on the record."""
    arrangement = Arrangement.objects.filter(pk=arrangement_id).first()
    if arrangement is None:
        raise NotAllowed(f"There is no arrangement {arrangement_id}.")
    contract_to_change(contract_id=arrangement.contract_id, act=act, area_lead=True)
    _check_end(because, arrangement.ended_on)
    arrangement.ended_on = act.on
    arrangement.save(update_fields=["ended_on"])
    act.record("contracts.arrangement.ended", subject=arrangement, because=because.strip())
    return arrangement


@operation
def add_commitment(*, contract_id: int, text: str, source: str, due_on: date | None = None, act: Act) -> Commitment:
    """What the provider promised, and where (`source`: "its bid, question 4"); each evaluation checks it."""
    contract = contract_to_change(contract_id=contract_id, act=act, area_lead=True)
    if not text.strip():
        raise RuleBroken("Say what was promised.", code="missing_text")
    if not source.strip():
        raise RuleBroken("Say where it was promised.", code="missing_source")
    commitment = Commitment.objects.create(
        contract=contract, text=text.strip(), source=source.strip()[:200], due_on=due_on
    )
    act.record("contracts.commitment.added", subject=commitment, contract=contract.pk)
    return commitment


@operation
def end_commitment(*, commitment_id: int, because: str, act: Act) -> Commitment:
    """Settle it as kept, or as not asked any more: evaluations stop checking it."""
    commitment = Commitment.objects.filter(pk=commitment_id).first()
    if commitment is None:
        raise NotAllowed(f"There is no commitment {commitment_id}.")
    contract_to_change(contract_id=commitment.contract_id, act=act)
    _check_end(because, commitment.ended_on)
    commitment.ended_on = act.on
    commitment.save(update_fields=["ended_on"])
    act.record("contracts.commitment.ended", subject=commitment, because=because.strip())
    return commitment


def _check_end(because: str, ended_on: date | None) -> None:
    if ended_on is not None:
        raise RuleBroken(f"It ended on {wording.day(ended_on)}.", code="wrong_state")
    if not because.strip():
        raise RuleBroken("Say why it ends.", code="missing_reason")
