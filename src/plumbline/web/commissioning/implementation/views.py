"""An awarded service made ready: the plan with its items, agreements, contacts and packs, its contract, and go-live."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.commissioning.models import Award, Contact, ImplementationPlan, PathwayPack, PlanItem, Tender
from plumbline.commissioning.operations import implementation as operations
from plumbline.commissioning.queries import implementation as queries
from plumbline.commissioning.queries import tenders
from plumbline.commissioning.queries.evaluation import standing_awards
from plumbline.commissioning.rules import implementation as rules
from plumbline.contracts.models import Contract
from plumbline.contracts.operations import go_live as going_live
from plumbline.contracts.queries.go_live import standing_of
from plumbline.contracts.queries.papers import papers_held
from plumbline.contracts.rules.go_live import KNOWN
from plumbline.evidence.operations import keep_document
from plumbline.kernel import wording
from plumbline.people.access import Permission, may, users_with_role
from plumbline.people.models import User
from plumbline.toolkits import content
from plumbline.web.commissioning.implementation import forms
from plumbline.web.commissioning.implementation.addresses import address, of_plan
from plumbline.web.commissioning.tenders.frame import frame
from plumbline.web.commissioning.tenders.views import READS
from plumbline.web.evidence.files import folder
from plumbline.web.kit import duties
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, act, ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.people.inviting.whom_to_ask import if_reached

# A question that says above all what is open.
_WITH_OPEN = "commissioning/implementation/with_open.html"
# Steps that are buttons of the plan's own page.
_BUTTONS = {
    "plan.begin": duties.Button("Go live", "plan_go_live", sent=True),
    "plan.prepare_pack": duties.Button("Give the pack", "pack_give", sent=True),
}
# What the items wait for, though they are due sooner.
_BEFORE = ("plan.begin", "plan.prepare", "pack.confirm")
_STATE_KINDS = {"open": "open", "in_progress": "due", "done": "done", "not_needed": "withdrawn"}


@requires(*READS)
def implementation(request: Request, pk: int, award_id: int | None = None) -> HttpResponseBase:
    """The plan of the supplier; where a framework has several, who they are, and with `award_id` the plan of one."""
    found = tenders.tender_seen(request.user, tender_id=pk, on=request.day)
    awards = _awarded(found)
    several = len(awards) > 1
    award = _one_of(awards, award_id) if award_id or not several else None
    plans = {
        each.award_id: each for each in queries.plans_visible_to(request.user, on=request.day).filter(award__in=awards)
    }
    plan = plans.get(award.pk) if award else None
    may_work = may(request.user, Permission.IMPLEMENTATION, on=request.day)
    context = frame(request, found, "implementation") | {
        "awards": awards,
        "several": several,
        "award": award,
        "plan": plan,
        "may_work": may_work,
        "next": duties.next_of(request, *(("award", each.pk) for each in ([award] if award else awards)))
        if awards and not plan
        else None,
        "suppliers": _suppliers(awards, plans) if several and award is None else [],
    }
    if plan:
        context |= _plan(request, plan)
    return render(request, "commissioning/implementation/plan.html", context)


def _awarded(tender: Tender) -> list[Award]:
    return [award for award in standing_awards(tender) if award.state == Award.State.AWARDED]


def _one_of(awards: list[Award], award_id: int | None) -> Award | None:
    """The award of this number, without a number the first. Http404 for one that is none of them."""
    if award_id is None:
        return awards[0] if awards else None
    found = next((award for award in awards if award.pk == award_id), None)
    if found is None:
        raise Http404
    return found


def _suppliers(awards: list[Award], plans: dict[int | None, ImplementationPlan]) -> list[dict[str, Any]]:
    """How far each supplier of a framework is."""
    contracts = {each.award_id: each for each in Contract.objects.filter(award__in=awards)}
    return [
        {
            "name": award.bid.supplier.name,
            "planned": award.pk in plans,
            "contract": contracts.get(award.pk),
            "url": reverse("award_implementation", args=[award.tender_id, award.pk]),
        }
        for award in awards
    ]


def _plan(request: Request, plan: ImplementationPlan) -> dict[str, Any]:
    items = list(plan.items.select_related("owner", "document", "done_by").order_by("due_on", "number"))
    contract = Contract.objects.filter(plan=plan).first()
    standing = standing_of(plan, on=request.day)
    hindrances = standing.hindrances
    met = {each.number: each for each in standing.items}
    packs = list(plan.packs.select_related("sent_by").order_by("-number"))
    may_work = may(request.user, Permission.IMPLEMENTATION, on=request.day)
    contacts = {(each.side, each.role): each for each in plan.contacts.filter(ended_at=None)}
    return {
        "items": [
            {
                "row": item,
                **_state(item, met[item.number], request.day),
                "who": str(item.owner) if item.owner else item.owner_words or "nobody yet",
                "url": reverse("plan_item", args=[plan.pk, item.number]),
            }
            for item in items
        ],
        "settled": sum(each.settled for each in standing.items),
        "total": len(items),
        "hindrances": _linked(plan, standing.items, packs, hindrances)
        if contract is None or contract.state == "implementation"
        else [],
        "next": duties.next_of(request, ("plan", plan.pk), before=_BEFORE, buttons=_BUTTONS),
        "papers": papers_held(contract, viewer=request.user, on=request.day)
        if contract and may(request.user, Permission.CONTRACTS_MANAGE, on=request.day)
        else [],
        "contacts": [
            {
                "side": label,
                "rows": [
                    {
                        "role": words,
                        "contact": contacts.get((side, role)),
                        "url": reverse("plan_contact", args=[plan.pk, side, role]) if may_work else "",
                        "action": "Change" if (side, role) in contacts else "Name",
                    }
                    for role, words in roles.items()
                ],
            }
            for side, label, roles in (
                (Contact.Side.COUNCIL, "Whom the supplier can reach here", rules.COUNCIL_CONTACTS),
                (Contact.Side.SUPPLIER, "Whom we can reach there", rules.SUPPLIER_CONTACTS),
            )
        ],
        "packs": packs,
        "pack_needed": plan.supplier_is_new and not packs,
        "agreements": plan.agreements.select_related("recorded_by").order_by("-agreed_on", "-pk"),
        "contract": contract,
        "may_override": contract is not None
        and contract.state == "implementation"
        and bool(hindrances)
        and may(request.user, Permission.CONTRACTS_OVERRIDE, on=request.day),
    }


def _linked(
    plan: ImplementationPlan, items: Sequence[rules.Item], packs: list[PathwayPack], hindrances: tuple[str, ...]
) -> list[Any]:
    """Each thing that holds up going live, with where it is settled: the critical items first, then the pack."""
    critical = [item for item in items if item.critical and not item.settled]
    places = [(reverse("plan_item", args=[plan.pk, item.number]), "Open the item") for item in critical]
    pack = (reverse("pack", args=[packs[0].pk]), "Open the pack") if packs else None
    places += [pack or ("", "")] * (len(hindrances) - len(critical))
    return [
        {"sentence": sentence, "url": url, "link": link}
        for sentence, (url, link) in zip(hindrances, places, strict=True)
    ]


def _state(item: PlanItem, standing: rules.Item, on: date) -> dict[str, Any]:
    """How an item is drawn and said. What the record meets is said to be met by it; what it does not have is named."""
    if item.criterion in KNOWN and item.state != PlanItem.State.NOT_NEEDED:
        if standing.settled:
            return {"kind": "done", "word": "Done", "lacks": (), "by_record": item.state != PlanItem.State.DONE}
        late = item.due_on < on
        return {"kind": "overdue" if late else "open", "word": "Overdue" if late else "Open", "lacks": standing.lacks}
    late = _late(item, on)
    return {
        "kind": "overdue" if late else _STATE_KINDS[item.state],
        "word": "Overdue" if late else item.get_state_display(),
        "lacks": (),
    }


def _open(item: PlanItem) -> bool:
    return item.state in ("open", "in_progress")


def _late(item: PlanItem, on: date) -> bool:
    return _open(item) and item.due_on < on


@requires(Permission.IMPLEMENTATION)
def make(request: Request, pk: int, award_id: int) -> HttpResponseBase:
    found = tenders.tender_seen(request.user, tender_id=pk, on=request.day)
    award = _one_of(_awarded(found), award_id)
    if award is None:
        raise Http404
    back = reverse("award_implementation", args=[found.pk, award.pk])
    return ask(
        request,
        forms.Start(request.POST or None, initial={"service_starts_on": found.service_starts_on}),
        Question(
            heading=f"Make the implementation plan of {award.bid.supplier.name}",
            button="Make the plan",
            caption=found.title,
            about="Every item gets its day, counted from the day on which the service starts.",
            back=back,
            back_words=found.title,
        ),
        do=partial(operations.make_plan, award_id=award.pk, act=acting(request)),
        done="The plan is made. Name who does what, and give the contacts.",
        to=back,
    )


@requires(Permission.IMPLEMENTATION)
def move_start(request: Request, pk: int) -> HttpResponseBase:
    plan, back = _found(request, pk)
    return ask(
        request,
        forms.MoveStart(request.POST or None, initial={"service_starts_on": plan.service_starts_on}),
        of_plan(plan, heading="Another day for the start", button="Move the start"),
        do=partial(going_live.move_start, plan_id=plan.pk, act=acting(request)),
        done=lambda moved: f"Moved, with {wording.how_many(moved, 'open item', 'open items')}.",
        to=back,
    )


@requires(Permission.IMPLEMENTATION, Permission.CONTRACTS_OVERRIDE)
def supplier(request: Request, pk: int) -> HttpResponseBase:
    """Whether the supplier is new to the council, where the bid had it wrong."""
    plan, back = _found(request, pk)
    return ask(
        request,
        forms.SupplierNew(request.POST or None, initial={"supplier_is_new": "yes" if plan.supplier_is_new else "no"}),
        of_plan(
            plan,
            heading=f"Is {plan.supplier.name} new to the council?",
            button="Save",
            about="A supplier new to the council is given the reporting pathways and all contacts, and acknowledges "
            "them by name; until then the service does not go live.",
        ),
        do=lambda supplier_is_new, because: operations.say_whether_new(
            plan_id=plan.pk, supplier_is_new=supplier_is_new == "yes", because=because, act=acting(request)
        ),
        done="It is recorded whether the supplier is new to the council.",
        to=back,
    )


@requires(Permission.IMPLEMENTATION)
def leads(request: Request, pk: int) -> HttpResponseBase:
    plan, back = _found(request, pk)
    by_pk = {str(user.pk): user for user in _council(request)}
    form = forms.Leads(
        request.POST or None,
        commissioners=_held(request, "commissioner"),
        leads=_held(request, "service_area_lead"),
        initial={"commissioner": plan.commissioner_id, "service_area_lead": plan.service_area_lead_id},
    )
    return ask(
        request,
        form,
        of_plan(
            plan,
            heading="Who confirms",
            button="Save",
            about="Both confirm that a new supplier knows whom to tell. They are two people.",
        ),
        do=lambda commissioner, service_area_lead: operations.name_leads(
            plan_id=plan.pk,
            commissioner=by_pk[commissioner],
            service_area_lead=by_pk[service_area_lead],
            act=acting(request),
        ),
        done="Both leads are named.",
        to=back,
    )


@requires(Permission.IMPLEMENTATION)
def owners(request: Request, pk: int) -> HttpResponseBase:
    """Who does what, for all items on one page."""
    plan, back = _found(request, pk)
    items = list(plan.items.select_related("owner").order_by("number"))
    people = _council(request)
    by_pk = {str(user.pk): user for user in people}

    def assign(**given: str) -> int:
        """How many items have another owner."""
        changed = [item for item in items if given[f"owner{item.number}"] != str(item.owner_id or "")]
        for item in changed:
            chosen = by_pk.get(given[f"owner{item.number}"])
            # Someone of the supplier, who is named in words, stays where nobody of the council is chosen.
            in_words = "" if chosen else item.owner_words
            operations.assign_item(item_id=item.pk, owner=chosen, owner_words=in_words, act=acting(request))
        return len(changed)

    return ask(
        request,
        forms.Owners(request.POST or None, items=items, owners=people),
        of_plan(
            plan,
            heading="Who does what",
            button="Save",
            about="Each sees on “My work” what is theirs. Someone of the supplier is named on the item’s own page.",
        ),
        do=assign,
        done=lambda number: f"{wording.how_many(number, 'item has', 'items have')} another owner.",
        to=back,
    )


@requires(Permission.IMPLEMENTATION)
def agreement(request: Request, pk: int) -> HttpResponseBase:
    plan, back = _found(request, pk)
    return ask(
        request,
        forms.Agreement(request.POST or None, initial={"agreed_by": request.user.name}),
        of_plan(plan, heading="A safeguarding arrangement that was agreed", button="Record it"),
        do=partial(operations.record_agreement, plan_id=plan.pk, act=acting(request)),
        done="The agreement is recorded.",
        to=back,
    )


@requires(*READS)
def item(request: Request, pk: int, number: int) -> HttpResponseBase:
    plan = queries.plans_visible_to(request.user, on=request.day).filter(pk=pk).first()
    found = plan.items.select_related("plan").filter(number=number).first() if plan else None
    if plan is None or found is None:
        raise Http404
    owners = _council(request)
    form = forms.Item(
        request.POST or None,
        request.FILES or None,
        owners=owners,
        initial={"state": found.state, "note": found.note, "owner": found.owner_id, "owner_words": found.owner_words},
    )
    question = of_plan(plan, heading=f"{found.number}. {found.title}", button="Save", about=_guidance(plan, found))
    wrong = standing_of(plan, on=request.day).lacks.get(found.criterion, ())
    return ask(
        request,
        form,
        (_WITH_OPEN, {"question": question, "wrong": wrong}),
        do=partial(_save_item, request, found, {str(user.pk): user for user in owners}),
        done=f"Item {found.number} is saved.",
        to=address(plan),
    )


def _save_item(
    request: Request,
    found: PlanItem,
    users: dict[str, User],
    *,
    state: str,
    note: str,
    owner: str,
    owner_words: str,
    evidence: Any,
) -> None:
    kept = None
    if evidence:
        kept = keep_document(
            title=f"{found.title}: {found.plan.title}"[:300],
            file_name=evidence.name,
            content=evidence.read(),
            folder=folder(),
            act=acting(request),
        ).pk
    chosen = users.get(owner)
    if (chosen, owner_words.strip()) != (found.owner, found.owner_words):
        operations.assign_item(item_id=found.pk, owner=chosen, owner_words=owner_words, act=acting(request))
    if state != found.state:
        going_live.move_item(
            item_id=found.pk, state=PlanItem.State(state), note=note, document_id=kept, act=acting(request)
        )
    elif note.strip() != found.note or kept:
        operations.note_item(item_id=found.pk, note=note, document_id=kept, act=acting(request))


def _guidance(plan: ImplementationPlan, found: PlanItem) -> str:
    asked = content.read(plan.version.content).criteria
    return next((criterion.guidance for criterion in asked if criterion.key == found.criterion), "")


@requires(Permission.IMPLEMENTATION, Permission.CONTRACTS_MANAGE)
def contract(request: Request, pk: int) -> HttpResponseBase:
    plan, back = _found(request, pk)
    award_id = plan.award_id
    if award_id is None:
        raise Http404
    managers = _held(request, "contract_officer")
    by_pk = {str(user.pk): user for user in managers}
    return ask(
        request,
        forms.Contract(request.POST or None, managers=managers),
        of_plan(
            plan,
            heading="Enter the contract",
            button="Enter the contract",
            about=f"It begins in implementation; the decision to go live makes it live. {_promised(plan)}",
        ),
        do=lambda manager, **given: going_live.begin_contract(
            award_id=award_id, manager=by_pk.get(manager), **given, act=acting(request)
        ),
        done=lambda made: f"Contract {made.reference} is entered, with what the bid promised.",
        to=back,
    )


def _promised(plan: ImplementationPlan) -> str:
    number = plan.award.promises.count() if plan.award else 0
    if not number:
        return (
            "No promise of the bid is recorded. Record first, under “Award”, what the winner promised: only then is it "
            "a commitment of the contract that reviews check."
        )
    return f"It takes over {wording.how_many(number, 'promise', 'promises')} of the bid, for its reviews to check."


@requires(Permission.IMPLEMENTATION, Permission.CONTRACTS_MANAGE, Permission.CONTRACTS_OVERRIDE)
def go_live(request: Request, pk: int) -> HttpResponseBase:
    """By POST where nothing is open; with a reason where a manager decides it all the same."""
    plan, back = _found(request, pk)
    found = Contract.objects.filter(plan=plan).first()
    if found is None:
        raise Http404
    hindrances = standing_of(plan, on=request.day).hindrances
    if not hindrances:
        return act(
            request,
            do=partial(going_live.go_live, contract_id=found.pk, act=acting(request)),
            done=f"{found.reference} is live.",
            to=back,
        )
    if not may(request.user, Permission.CONTRACTS_OVERRIDE, on=request.day):
        messages.error(request, "The service cannot go live yet. Settle what is open, or have a manager decide it.")
        return redirect(back)
    question = of_plan(plan, heading="Go live with open items", button="Decide that the service begins")
    return ask(
        request,
        forms.GoLive(request.POST or None),
        (_WITH_OPEN, {"question": question, "wrong": hindrances}),
        do=lambda because: going_live.go_live(contract_id=found.pk, override_because=because, act=acting(request)),
        done=lambda _: if_reached(
            users_with_role("management_team", on=request.day),
            f"{found.reference} is live. The management team is told what is still open.",
            otherwise=f"{found.reference} is live. Nobody of the management team can be told here what is still open: "
            "tell them.",
        ),
        to=back,
    )


def _found(request: Request, pk: int) -> tuple[ImplementationPlan, str]:
    plan = queries.plans_visible_to(request.user, on=request.day).filter(pk=pk).first()
    if plan is None:
        raise Http404
    return plan, address(plan)


def _held(request: Request, role: str) -> list[User]:
    return sorted(users_with_role(role, on=request.day), key=lambda user: user.name)


def _council(request: Request) -> list[User]:
    """Those who work on what is bought, and may be given an item."""
    found = {
        user.pk: user
        for role in ("commissioner", "service_area_lead", "contract_officer", "partnership_officer")
        for user in _held(request, role)
    }
    return sorted(found.values(), key=lambda user: user.name)
