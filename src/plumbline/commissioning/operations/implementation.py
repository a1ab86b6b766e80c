"""The plan by which an awarded service is made ready; what was agreed; the contacts, and the pack that gives them."""

from collections.abc import Sequence
from datetime import date

from plumbline.commissioning.models import (
    Agreement,
    Award,
    Contact,
    ImplementationPlan,
    PathwayPack,
    PlanItem,
    Tender,
)
from plumbline.commissioning.queries import implementation as queries
from plumbline.commissioning.queries.evaluation import standing_awards
from plumbline.commissioning.rules import implementation as rules
from plumbline.commissioning.states import PLAN_ITEM_MOVES, TENDER_MOVES
from plumbline.evidence.queries import document_to_use
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.labels import say
from plumbline.kernel.transitions import check_move
from plumbline.people.access import Permission
from plumbline.people.act import PersonalAct
from plumbline.people.acting import operation
from plumbline.people.models import User
from plumbline.toolkits import content
from plumbline.toolkits.queries import current_version

_I = PlanItem.State


@operation
def make_plan(*, award_id: int, service_starts_on: date, act: PersonalAct) -> ImplementationPlan:
    """The plan of an award, from the council's template of today. Raises RuleBroken before the award, or twice."""
    act.check(Permission.IMPLEMENTATION)
    award = (
        Award.objects.select_for_update(of=("self",))
        .select_related("bid__supplier", "tender")
        .filter(pk=award_id)
        .first()
    )
    if award is None:
        raise NotAllowed(f"There is no award {award_id}.")
    if award.state != Award.State.AWARDED:
        raise RuleBroken("A plan is made once the contract is awarded.", code="not_awarded")
    if ImplementationPlan.objects.filter(award=award).exists():
        raise RuleBroken("This award has its plan already.", code="known_plan")
    tender, version = award.tender, current_version("implementation_plan")
    # The plans of a framework's suppliers are told apart by their names.
    title = f"{award.bid.supplier.name}: {tender.title}" if len(standing_awards(tender)) > 1 else tender.title
    plan = ImplementationPlan.objects.create(
        tender=tender,
        award=award,
        version=version,
        title=title[:300],
        supplier=award.bid.supplier,
        supplier_is_new=award.bid.new_to_council,
        service_starts_on=service_starts_on,
        commissioner=tender.lead_commissioner,
        service_area_lead=tender.service_area_lead,
        made_at=act.at,
        made_by=act.by,
    )
    PlanItem.objects.bulk_create(
        PlanItem(
            plan=plan,
            number=due.number,
            criterion=due.criterion,
            title=due.title,
            critical=due.critical,
            due_on=due.due_on,
        )
        for due in rules.items_due(content.read(version.content), service_starts_on=service_starts_on)
    )
    if tender.state == Tender.State.CONTRACT_DETAILS:
        check_move(TENDER_MOVES, Tender.State(tender.state), Tender.State.IMPLEMENTATION)
        tender.state, tender.state_since = Tender.State.IMPLEMENTATION, act.on
        tender.save(update_fields=["state", "state_since"])
    act.record("commissioning.plan.made", subject=plan, tender=tender.pk, items=plan.items.count())
    return plan


@operation
def move_start(*, plan_id: int, service_starts_on: date, because: str, act: PersonalAct) -> int:
    """Another first day of the service: the days of what is still open move with it; how many moved."""
    plan = _plan(plan_id, act=act)
    if not because.strip():
        raise RuleBroken("Say why the service starts on another day.", code="missing_reason")
    shift = service_starts_on - plan.service_starts_on
    items = list(plan.items.select_for_update().filter(state__in=[_I.OPEN, _I.IN_PROGRESS]))
    for item in items:
        item.due_on += shift
    PlanItem.objects.bulk_update(items, ["due_on"])
    before, plan.service_starts_on = plan.service_starts_on, service_starts_on
    plan.save(update_fields=["service_starts_on"])
    act.record(
        "commissioning.plan.start_moved",
        subject=plan,
        because=because.strip(),
        before=before.isoformat(),
        after=service_starts_on.isoformat(),
        items=len(items),
    )
    return len(items)


@operation
def say_whether_new(*, plan_id: int, supplier_is_new: bool, because: str, act: PersonalAct) -> ImplementationPlan:
    """Whether the supplier is new to the council, where the bid had it wrong: a new one needs the pack before the
    service goes live. Only a manager who may decide to go live without it says that a supplier is not new."""
    plan = queries.plan_to_change(plan_id, viewer=act.by, on=act.on, manager=True)
    rules.check_said_new(
        was_new=plan.supplier_is_new,
        is_new=supplier_is_new,
        because=because,
        may_waive=act.may(Permission.CONTRACTS_OVERRIDE),
    )
    plan.supplier_is_new = supplier_is_new
    plan.save(update_fields=["supplier_is_new"])
    act.record("commissioning.plan.supplier_said_new", subject=plan, because=because.strip(), new=supplier_is_new)
    return plan


@operation
def assign_item(*, item_id: int, owner: User | None, owner_words: str, act: PersonalAct) -> PlanItem:
    """Whose item it is: a user, or words for someone of the supplier."""
    item = _item(item_id, act=act)
    item.owner, item.owner_words = owner, owner_words.strip()
    item.save(update_fields=["owner", "owner_words"])
    act.record(
        "commissioning.plan.item.assigned", subject=item.plan, item=item.number, owner=owner.pk if owner else None
    )
    return item


@operation
def move_item(
    *,
    item_id: int,
    state: PlanItem.State,
    note: str,
    lacks: Sequence[str] | None,
    document_id: int | None = None,
    act: PersonalAct,
) -> PlanItem:
    """Progress on an item. Not needed takes a reason; a critical item is done with words or evidence, and only a
    manager who may decide to go live all the same says that it is not needed. The exchange of contacts with a supplier
    new to the council is done only once the newest pack is acknowledged by name and both leads have confirmed it.

    `lacks`: of an item that the record meets, what it does not have yet (contracts.queries.go_live); None: of another.
    """
    item = _item(item_id, act=act)
    check_move(PLAN_ITEM_MOVES, _I(item.state), state)
    rules.check_settled(
        state=str(state),
        critical=item.critical,
        note=note,
        has_evidence=bool(document_id or item.document_id) or lacks is not None,
        may_waive=act.may(Permission.CONTRACTS_OVERRIDE),
    )
    if item.criterion == rules.CONTACTS_ITEM and state in (_I.DONE, _I.NOT_NEEDED):
        missing = rules.pack_wanting(supplier_is_new=item.plan.supplier_is_new, pack=queries.newest_pack(item.plan))
        if missing:
            raise RuleBroken(" ".join(missing), code="pack_not_settled")
    if state == _I.DONE:
        rules.check_met(lacks or ())
    settled = state in (_I.DONE, _I.NOT_NEEDED)
    item.state, item.note = state, note.strip() or item.note
    item.document = document_to_use(document_id, act=act) or item.document
    item.done_on, item.done_at, item.done_by = (act.on, act.at, act.by) if settled else (None, None, None)
    item.save()
    act.record(
        "commissioning.plan.item.moved", subject=item.plan, because=note.strip(), item=item.number, state=str(state)
    )
    return item


@operation
def note_item(*, item_id: int, note: str, document_id: int | None, act: PersonalAct) -> PlanItem:
    """What is known of an item, or a document for it, without its state changing."""
    item = _item(item_id, act=act)
    item.note, item.document = note.strip(), document_to_use(document_id, act=act) or item.document
    item.save(update_fields=["note", "document"])
    act.record("commissioning.plan.item.noted", subject=item.plan, item=item.number)
    return item


@operation
def record_agreement(
    *, plan_id: int, arrangement: str, agreed_by: str, agreed_with: str, agreed_on: date, act: PersonalAct
) -> Agreement:
    """Who agreed which safeguarding arrangement with whom, and when."""
    plan = _plan(plan_id, act=act)
    if not (arrangement.strip() and agreed_by.strip() and agreed_with.strip()):
        raise RuleBroken("Say what was agreed, by whom and with whom.", code="incomplete")
    if agreed_on > act.on:
        raise RuleBroken("It cannot have been agreed on a day to come.", code="future_date")
    agreement = Agreement.objects.create(
        plan=plan,
        arrangement=arrangement.strip(),
        agreed_by=agreed_by.strip(),
        agreed_with=agreed_with.strip(),
        agreed_on=agreed_on,
        recorded_at=act.at,
        recorded_by=act.by,
    )
    act.record("commissioning.plan.agreement.recorded", subject=plan, agreement=agreement.pk)
    return agreement


@operation
def set_contact(
    *,
    plan_id: int,
    side: Contact.Side,
    role: str,
    name: str,
    phone: str = "",
    email: str = "",
    hours: str = "",
    act: PersonalAct,
) -> tuple[Contact, PathwayPack | None]:
    """Name the contact of a role, in place of the one before. A pack that was given is given again with the change.

    The supplier's own people may change the supplier's contacts. Returns the contact, and the new pack if there is one.
    """
    plan = queries.plan_to_change(plan_id, viewer=act.by, on=act.on, suppliers_own=side == Contact.Side.SUPPLIER)
    if not name.strip() or not (phone.strip() or email.strip()):
        raise RuleBroken("Give a name, and a telephone number or an e-mail address.", code="incomplete")
    known = plan.contacts.filter(side=side, role=role, ended_at=None).first()
    said = {"name": name.strip(), "phone": phone.strip(), "email": email.strip(), "hours": hours.strip()}
    if known and all(getattr(known, key) == value for key, value in said.items()):
        return known, None
    plan.contacts.filter(side=side, role=role, ended_at=None).update(ended_at=act.at)
    contact = Contact.objects.create(plan=plan, side=side, role=role, entered_at=act.at, entered_by=act.by, **said)
    act.record("commissioning.plan.contact.set", subject=plan, side=str(side), role=role)
    given = queries.newest_pack(plan)
    if given is None or side == Contact.Side.SUPPLIER:
        return contact, None
    label = rules.COUNCIL_CONTACTS.get(role, role)
    return contact, _give(plan, because=f"The contact changed: {label}.", act=act)


@operation
def give_pack(*, plan_id: int, act: PersonalAct) -> PathwayPack:
    """Give the reporting pathways and all contacts. Raises RuleBroken while a contact of the council is missing."""
    plan = _plan(plan_id, act=act)
    given = plan.packs.exists()
    return _give(plan, because="Given again." if given else "", act=act)


@operation
def acknowledge_pack(*, pack_id: int, name: str, act: PersonalAct) -> PathwayPack:
    """Someone of the supplier says by name that they have read and understood the newest pack."""
    pack = queries.pack_of_supplier(pack_id, viewer=act.by, on=act.on)
    if not name.strip():
        raise RuleBroken("Write your name: it says that you have read and understood this.", code="missing_name")
    if pack.acknowledged_at is not None:
        raise RuleBroken(f"{pack.acknowledged_name} has acknowledged this already.", code="wrong_state")
    _check_newest(pack)
    pack.acknowledged_name, pack.acknowledged_at, pack.acknowledged_by = name.strip(), act.at, act.by
    pack.save()
    act.record("commissioning.pack.acknowledged", subject=pack, name=name.strip())
    return pack


@operation
def confirm_pack(*, pack_id: int, act: PersonalAct) -> PathwayPack:
    """The plan's service-area lead or its lead commissioner confirms that the supplier understands; both must, and they
    are two people. Raises RuleBroken before the supplier has acknowledged it."""
    act.check(Permission.IMPLEMENTATION)
    pack = PathwayPack.objects.select_for_update(of=("self",)).select_related("plan").filter(pk=pack_id).first()
    if pack is None:
        raise NotAllowed(f"There is no pack {pack_id}.")
    if pack.acknowledged_at is None:
        raise RuleBroken("The supplier has not acknowledged it yet.", code="not_acknowledged")
    _check_newest(pack)
    if act.by.pk == pack.plan.service_area_lead_id and pack.area_lead_confirmed_at is None:
        pack.area_lead_confirmed_at, pack.area_lead_confirmed_by, side = act.at, act.by, "service_area_lead"
    elif act.by.pk == pack.plan.commissioner_id and pack.commissioner_confirmed_at is None:
        pack.commissioner_confirmed_at, pack.commissioner_confirmed_by, side = act.at, act.by, "commissioner"
    else:
        raise RuleBroken(
            "The service-area lead and the lead commissioner of this plan confirm it, each once.", code="not_theirs"
        )
    pack.save()
    act.record("commissioning.pack.confirmed", subject=pack, side=side)
    return pack


@operation
def name_leads(*, plan_id: int, commissioner: User, service_area_lead: User, act: PersonalAct) -> ImplementationPlan:
    """The two who confirm; they are two people."""
    plan = _plan(plan_id, act=act)
    if commissioner.pk == service_area_lead.pk:
        raise RuleBroken("The lead commissioner and the service-area lead are two people.", code="same_person")
    plan.commissioner, plan.service_area_lead = commissioner, service_area_lead
    plan.save(update_fields=["commissioner", "service_area_lead"])
    act.record(
        "commissioning.plan.leads_named",
        subject=plan,
        commissioner=commissioner.pk,
        service_area_lead=service_area_lead.pk,
    )
    return plan


def _give(plan: ImplementationPlan, *, because: str, act: PersonalAct) -> PathwayPack:
    contacts = list(plan.contacts.filter(side=Contact.Side.COUNCIL, ended_at=None).order_by("pk"))
    missing = rules.missing_contacts([contact.role for contact in contacts])
    if missing:
        raise RuleBroken(f"These contacts are missing: {', '.join(missing)}.", code="missing_contacts")
    order = list(rules.COUNCIL_CONTACTS)
    contacts.sort(key=lambda contact: order.index(contact.role) if contact.role in order else len(order))
    pack = PathwayPack.objects.create(
        plan=plan,
        number=plan.packs.count() + 1,
        contents={
            "pathways": [{"title": title, "words": say(words)} for title, words in rules.PATHWAYS],
            "contacts": [
                {
                    "role": rules.COUNCIL_CONTACTS.get(contact.role, contact.role),
                    "name": contact.name,
                    "phone": contact.phone,
                    "email": contact.email,
                    "hours": contact.hours,
                }
                for contact in contacts
            ],
        },
        sent_at=act.at,
        sent_by=act.by,
        because=because,
    )
    act.record("commissioning.pack.given", subject=pack, because=because, plan=plan.pk)
    return pack


def _check_newest(pack: PathwayPack) -> None:
    if PathwayPack.objects.filter(plan=pack.plan_id, number__gt=pack.number).exists():
        raise RuleBroken("A newer pack was given since: open that one.", code="older_pack")


def _plan(plan_id: int, *, act: PersonalAct) -> ImplementationPlan:
    return queries.plan_to_change(plan_id, viewer=act.by, on=act.on)


def _item(item_id: int, *, act: PersonalAct) -> PlanItem:
    """The person who works on implementation, a manager who may go live with open items, and the item's own owner."""
    item = PlanItem.objects.select_for_update(of=("self",)).select_related("plan").filter(pk=item_id).first()
    works = any(act.may(each) for each in (Permission.IMPLEMENTATION, Permission.CONTRACTS_OVERRIDE))
    if item is None or not (works or (item.owner_id == act.by.pk and act.by.is_active)):
        raise NotAllowed(f"There is no item {item_id} of a plan.")
    return item
