"""The incident form of a contract: its steps, written as a new version each time, and agreed by all three sides."""

from collections.abc import Sequence
from datetime import date, datetime

from plumbline.audit import operations as audit
from plumbline.contracts import handling, incident_due
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import Contract, Incident, IncidentForm, StepTaken
from plumbline.contracts.queries import incidents as queries
from plumbline.contracts.rules import incidents as rules
from plumbline.contracts.rules.notifications import Step, check_steps, library
from plumbline.flags import operations as flags
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.moments import moment
from plumbline.people import access
from plumbline.people.access import Permission
from plumbline.people.acting import operation
from plumbline.people.models import User


@operation
def write_form(*, contract_id: int, steps: Sequence[Step], by: User | None, at: datetime, on: date) -> IncidentForm:
    """A new version of the contract's incident form, to be agreed again; the agreed one stands until then.

    Raises RuleBroken for steps that cannot stand or are those of the newest version; NotAllowed for whom it is not.
    """
    access.check(by, Permission.INCIDENTS_MANAGE, on=on)
    contract = _contract(contract_id, by=by, on=on)
    check_steps(steps, recipients=library().recipients)
    written = [{"step": each.step.strip(), "duty": each.duty, "recipient": each.recipient} for each in steps]
    newest = contract.incident_forms.order_by("-number").first()
    if newest is not None and newest.steps == written:
        raise RuleBroken("Nothing is different from the newest version.", code="nothing_changed")
    form = IncidentForm.objects.create(
        contract=contract,
        number=newest.number + 1 if newest else 1,
        steps=written,
        made_at=moment(on=on, at=at),
        made_by=by,
    )
    audit.record(
        "contracts.incident_form.written", by=by, at=at, subject=form, contract=contract.reference, number=form.number
    )
    return form


@operation
def agree_form(*, form_id: int, side: str, by: User, at: datetime, on: date) -> IncidentForm:
    """Agree the newest version for one side: manager, area or provider. Raises RuleBroken and NotAllowed."""
    form = IncidentForm.objects.select_related("contract").filter(pk=form_id).first()
    if form is None:
        raise NotAllowed(f"There is no form {form_id}.")
    contract = _contract(form.contract_id, by=by, on=on)
    if side not in queries.sides_of(by, contract, on=on):
        raise NotAllowed(f"{by} cannot agree form {form_id} for the side “{side}”.")
    # Under the lock of the contract: nobody writes a newer version, or agrees for another side, meanwhile.
    form = IncidentForm.objects.get(pk=form_id)
    newest = not contract.incident_forms.filter(number__gt=form.number).exists()
    rules.check_agreement(queries.agreed_of(form), side=side, user_id=by.pk, newest=newest)
    setattr(form, f"{side}_agreed_at", moment(on=on, at=at))
    setattr(form, f"{side}_agreed_by", by)
    form.save(update_fields=[f"{side}_agreed_at", f"{side}_agreed_by"])
    audit.record(
        "contracts.incident_form.agreed",
        by=by,
        at=at,
        subject=form,
        contract=contract.reference,
        number=form.number,
        side=side,
    )
    raise_form_flags(contract_id=contract.pk, by=by, at=at, on=on)
    return form


@operation
def tick_step(*, incident_id: int, place: int, by: User | None, at: datetime, on: date) -> StepTaken:
    """Say that a step of the agreed form was taken: the provider of its own steps, the council of all. `place` counts
    from 1. Raises RuleBroken where that is said already, and NotAllowed."""
    incident = _with_step(incident_id, place, by=by, on=on)
    there = queries.steps_taken(incident).get(place)
    if there is not None:
        raise RuleBroken(f"{there.taken_by or 'The machine'} has ticked this step already.", code="wrong_state")
    taken = StepTaken.objects.create(incident=incident, place=place, taken_at=moment(on=on, at=at), taken_by=by)
    audit.record("contracts.incident.step_taken", by=by, at=at, subject=incident, place=place)
    return taken


@operation
def untick_step(*, incident_id: int, place: int, by: User | None, at: datetime, on: date) -> StepTaken:
    """Take a tick back: the step was not taken after all."""
    incident = _with_step(incident_id, place, by=by, on=on)
    taken = queries.steps_taken(incident).get(place)
    if taken is None:
        raise RuleBroken("This step is not ticked.", code="wrong_state")
    taken.undone_at, taken.undone_by = moment(on=on, at=at), by
    taken.save(update_fields=["undone_at", "undone_by"])
    audit.record("contracts.incident.step_undone", by=by, at=at, subject=incident, place=place)
    return taken


def _with_step(incident_id: int, place: int, *, by: User | None, on: date) -> Incident:
    """The incident, locked, for the person who may tick this step of its form."""
    incident = handling.seen(incident_id, by=by, on=on)
    steps = incident.form.steps if incident.form else []
    if not 1 <= place <= len(steps):
        raise NotAllowed(f"Incident {incident_id} has no step {place}.")
    if not queries.may_tick(queries.hand_of(by, incident, on=on), steps[place - 1]["duty"]):
        raise NotAllowed(f"Step {place} of incident {incident_id} is not {by}'s to tick.")
    rules.check_live(incident.state)
    return incident


@operation
def raise_form_flags(*, by: User | None, at: datetime, on: date, contract_id: int | None = None) -> flags.Raised:
    """Make the flags about contracts with an incident and no agreed form what they should be."""
    return flags.reconcile(
        wanted=incident_due.wanted_of_contracts(on=on, contract_id=contract_id),
        kinds=incident_due.OF_CONTRACT,
        why_closed=incident_due.why_closed,
        by=by,
        at=at,
        on=on,
        subject=(incident_due.CONTRACT, contract_id) if contract_id is not None else None,
    )


def _contract(contract_id: int, *, by: User | None, on: date) -> Contract:
    seen = Contract.objects.all() if by is None else contracts_visible_to(by, on=on)
    contract = Contract.objects.select_for_update(of=("self",)).filter(pk=contract_id, pk__in=seen.values("pk")).first()
    if contract is None:
        raise NotAllowed(f"There is no contract {contract_id}.")
    return contract
