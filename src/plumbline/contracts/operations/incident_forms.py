"""The incident form of a contract: its steps, written as a new version each time, and agreed by all three sides."""

from collections.abc import Sequence

from plumbline.contracts import flagging_of_incidents, locked_incident
from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import Contract, Incident, IncidentForm, StepTaken
from plumbline.contracts.queries import incidents as queries
from plumbline.contracts.rules import incidents as rules
from plumbline.contracts.rules.notifications import Step, check_steps, library
from plumbline.flags import operations as flags
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.people.access import Permission
from plumbline.people.act import Act, PersonalAct
from plumbline.people.acting import operation


@operation
def write_form(*, contract_id: int, steps: Sequence[Step], act: Act) -> IncidentForm:
    """A new version of the contract's incident form, to be agreed again; the agreed one is in force until then.

    Raises RuleBroken for steps that cannot be used or are those of the newest version; NotAllowed for whom it is not.
    """
    act.check(Permission.INCIDENTS_MANAGE)
    contract = _contract(contract_id, act=act)
    check_steps(steps, recipients=library().recipients)
    written = [{"step": each.step.strip(), "duty": each.duty, "recipient": each.recipient} for each in steps]
    newest = contract.incident_forms.order_by("-number").first()
    if newest is not None and newest.steps == written:
        raise RuleBroken("Nothing is different from the newest version.", code="nothing_changed")
    form = IncidentForm.objects.create(
        contract=contract,
        number=newest.number + 1 if newest else 1,
        steps=written,
        made_at=act.now,
        made_by=act.by,
    )
    act.record("contracts.incident_form.written", subject=form, contract=contract.reference, number=form.number)
    return form


@operation
def agree_form(*, form_id: int, side: str, act: PersonalAct) -> IncidentForm:
    """Agree the newest version for one side: manager, area or provider. Raises RuleBroken and NotAllowed."""
    form = IncidentForm.objects.select_related("contract").filter(pk=form_id).first()
    if form is None:
        raise NotAllowed(f"There is no form {form_id}.")
    contract = _contract(form.contract_id, act=act)
    if side not in queries.sides_of(act.by, contract, on=act.on):
        raise NotAllowed(f"{act.by} cannot agree form {form_id} for the side “{side}”.")
    # Under the lock of the contract: nobody writes a newer version, or agrees for another side, meanwhile.
    form = IncidentForm.objects.get(pk=form_id)
    newest = not contract.incident_forms.filter(number__gt=form.number).exists()
    rules.check_agreement(queries.agreed_of(form), side=side, user_id=act.by.pk, newest=newest)
    setattr(form, f"{side}_agreed_at", act.now)
    setattr(form, f"{side}_agreed_by", act.by)
    form.save(update_fields=[f"{side}_agreed_at", f"{side}_agreed_by"])
    act.record(
        "contracts.incident_form.agreed", subject=form, contract=contract.reference, number=form.number, side=side
    )
    raise_form_flags(contract_id=contract.pk, act=act)
    return form


@operation
def tick_step(*, incident_id: int, place: int, act: Act) -> StepTaken:
    """Say that a step of the agreed form was taken: the provider of its own steps, the council of all. `place` counts
    from 1. Raises RuleBroken where that is said already, and NotAllowed."""
    incident = _with_step(incident_id, place, act=act)
    there = queries.steps_taken(incident).get(place)
    if there is not None:
        raise RuleBroken(f"{there.taken_by or 'The machine'} has ticked this step already.", code="wrong_state")
    taken = StepTaken.objects.create(incident=incident, place=place, taken_at=act.now, taken_by=act.by)
    act.record("contracts.incident.step_taken", subject=incident, place=place)
    return taken


@operation
def untick_step(*, incident_id: int, place: int, act: Act) -> StepTaken:
    """Take a tick back: the step was not taken after all."""
    incident = _with_step(incident_id, place, act=act)
    taken = queries.steps_taken(incident).get(place)
    if taken is None:
        raise RuleBroken("This step is not ticked.", code="wrong_state")
    taken.undone_at, taken.undone_by = act.now, act.by
    taken.save(update_fields=["undone_at", "undone_by"])
    act.record("contracts.incident.step_undone", subject=incident, place=place)
    return taken


def _with_step(incident_id: int, place: int, *, act: Act) -> Incident:
    """The incident, locked, for the person who may tick this step of its form."""
    incident = locked_incident.seen(incident_id, act=act)
    steps = incident.form.steps if incident.form else []
    if not 1 <= place <= len(steps):
        raise NotAllowed(f"Incident {incident_id} has no step {place}.")
    if not queries.may_tick(queries.hand_of(act.by, incident, on=act.on), steps[place - 1]["duty"]):
        raise NotAllowed(f"Step {place} of incident {incident_id} is not {act.by}'s to tick.")
    rules.check_live(incident.state)
    return incident


@operation
def raise_form_flags(*, act: Act, contract_id: int | None = None) -> flags.Raised:
    """Make the flags about contracts with an incident and no agreed form what they should be."""
    return flags.reconcile(
        wanted=flagging_of_incidents.wanted_of_contracts(on=act.on, contract_id=contract_id),
        kinds=flagging_of_incidents.OF_CONTRACT,
        why_closed=flagging_of_incidents.why_closed,
        act=act,
        subject=(flagging_of_incidents.CONTRACT, contract_id) if contract_id is not None else None,
    )


def _contract(contract_id: int, *, act: Act) -> Contract:
    seen = Contract.objects.all() if act.by is None else contracts_visible_to(act.by, on=act.on)
    contract = Contract.objects.select_for_update(of=("self",)).filter(pk=contract_id, pk__in=seen.values("pk")).first()
    if contract is None:
        raise NotAllowed(f"There is no contract {contract_id}.")
    return contract
