"""The key performance indicators of a contract, what was measured each quarter, and the rating word for it."""

from datetime import date

from plumbline.contracts.locked_contract import contract_to_change
from plumbline.contracts.models import Evaluation, Kpi, KpiRating, KpiReading
from plumbline.contracts.operations.rating import rerate
from plumbline.contracts.rules.evaluations import check_quarter
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.act import Act
from plumbline.people.acting import operation


@operation
def add_kpi(*, contract_id: int, title: str, target: str, act: Act) -> Kpi:
    """A new indicator with its target, in words. Raises RuleBroken where one of the same title is measured already."""
    contract = contract_to_change(contract_id=contract_id, act=act)
    title, target = title.strip(), target.strip()
    if not title:
        raise RuleBroken("Say what is measured.", code="missing_title")
    if not target:
        raise RuleBroken("Say what the target is.", code="missing_target")
    if contract.kpis.filter(title__iexact=title, ended_on=None).exists():
        raise RuleBroken(f"“{title}” is measured already.", code="already_there")
    kpi = Kpi.objects.create(contract=contract, title=title, target=target)
    act.record("contracts.kpi.added", subject=kpi, contract=contract.pk, target=target)
    return kpi


@operation
def end_kpi(*, kpi_id: int, because: str, act: Act) -> Kpi:
    """Stop measuring it; what was measured stays."""
    kpi = _kpi(kpi_id, act=act)
    if not because.strip():
        raise RuleBroken("Say why you stop measuring it.", code="missing_reason")
    if kpi.ended_on is not None:
        raise RuleBroken(f"It ended on {wording.day(kpi.ended_on)}.", code="wrong_state")
    kpi.ended_on = act.on
    kpi.save(update_fields=["ended_on"])
    act.record("contracts.kpi.ended", subject=kpi, because=because.strip())
    rerate(contract_ids=[kpi.contract_id], act=act)
    return kpi


@operation
def record_reading(
    *,
    kpi_id: int,
    quarter_from: date,
    value: str,
    rating: str,
    note: str = "",
    evaluation: Evaluation | None = None,
    act: Act,
) -> KpiReading:
    """What a quarter brought, and its rating word (`KpiRating`); a second reading of a quarter corrects the first.

    Raises RuleBroken for a rating that is none of the five, a quarter that has not begun, or no value.
    """
    kpi = _kpi(kpi_id, act=act, area_lead=evaluation is not None)
    check_quarter(quarter_from, on=act.on)
    if not value.strip():
        raise RuleBroken(f"Say what was measured for “{kpi.title}”.", code="missing_value")
    if rating not in KpiRating.values:
        raise RuleBroken(f"Choose a rating for “{kpi.title}”.", code="missing_rating")
    before = kpi.readings.filter(quarter_from=quarter_from).first()
    reading = before or KpiReading(kpi=kpi, quarter_from=quarter_from)
    was = {"value": before.value, "rating": before.rating} if before else None
    reading.value, reading.rating, reading.note = value.strip(), rating, note.strip()
    reading.recorded_at, reading.recorded_by = act.at, act.by
    reading.evaluation = evaluation or reading.evaluation
    reading.save()
    act.record(
        "contracts.kpi.read",
        subject=reading,
        quarter=quarter_from.isoformat(),
        value=reading.value,
        rating=rating,
        before=was,
    )
    rerate(contract_ids=[kpi.contract_id], act=act)
    return reading


def _kpi(kpi_id: int, *, act: Act, area_lead: bool = False) -> Kpi:
    contract_id = Kpi.objects.filter(pk=kpi_id).values_list("contract", flat=True).first()
    if contract_id is None:
        raise NotAllowed(f"There is no indicator {kpi_id}.")
    contract_to_change(contract_id=contract_id, act=act, area_lead=area_lead)
    return Kpi.objects.get(pk=kpi_id)
