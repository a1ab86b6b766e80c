"""The contacts, and the pack of reporting pathways that a supplier new to the council reads and acknowledges."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.commissioning.models import Contact, PathwayPack
from plumbline.commissioning.operations import implementation as operations
from plumbline.commissioning.pack import pathway_pack
from plumbline.commissioning.queries import implementation as queries
from plumbline.commissioning.rules import implementation as rules
from plumbline.kernel.moments import day_of
from plumbline.people.access import Permission, may
from plumbline.people.queries import acting_for
from plumbline.web.commissioning.evaluation.papers import answer_with_file
from plumbline.web.commissioning.implementation.addresses import address, of_plan
from plumbline.web.commissioning.implementation.forms import Acknowledge, ContactForm
from plumbline.web.kit import duties
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import act, ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.people.inviting.whom_to_ask import INVITE, can_be_reached, if_reached, ways

_CONFIRM = {"pack.confirm": duties.Button("Confirm it", "pack_confirm", sent=True)}
_ROLES = {Contact.Side.COUNCIL: rules.COUNCIL_CONTACTS, Contact.Side.SUPPLIER: rules.SUPPLIER_CONTACTS}


@requires(Permission.IMPLEMENTATION, Permission.PROVIDER_PORTAL)
def contact(request: Request, pk: int, side: str, role: str) -> HttpResponseBase:
    plan = queries.plans_visible_to(request.user, on=request.day).filter(pk=pk).first()
    own = may(request.user, Permission.IMPLEMENTATION, on=request.day) or side == Contact.Side.SUPPLIER
    if plan is None or not own or side not in Contact.Side or role not in _ROLES[Contact.Side(side)]:
        raise Http404
    known = plan.contacts.filter(side=side, role=role, ended_at=None).first()
    fields = ("name", "phone", "email", "hours")
    form = ContactForm(request.POST or None, initial={name: getattr(known, name) for name in fields} if known else {})
    council = may(request.user, Permission.IMPLEMENTATION, on=request.day)
    back = address(plan) if council else reverse("provider")

    def said(made: tuple[Contact, PathwayPack | None]) -> str:
        again = " The supplier is given the pack again." if made[1] else ""
        return f"The contact is saved.{again}"

    return ask(
        request,
        form,
        of_plan(plan, heading=_ROLES[Contact.Side(side)][role], button="Save the contact", back=back),
        do=partial(operations.set_contact, plan_id=plan.pk, side=Contact.Side(side), role=role, act=acting(request)),
        done=said,
        to=back,
    )


@requires(Permission.IMPLEMENTATION)
def give(request: Request, pk: int) -> HttpResponseBase:
    plan = queries.plans_visible_to(request.user, on=request.day).filter(pk=pk).first()
    if plan is None:
        raise Http404
    name, supplier = plan.supplier.name, acting_for(plan.supplier_id, on=request.day)
    return act(
        request,
        do=partial(operations.give_pack, plan_id=plan.pk, act=acting(request)),
        done=lambda _: if_reached(
            supplier,
            f"The pack is given: {name} sees it when signing in.",
            otherwise=f"The pack is made, and nobody of {name} can be told of it here: nobody signs in for it with an "
            f"e-mail address. {INVITE}",
        ),
        to=lambda made: address(plan) if can_be_reached(supplier) else reverse("pack", args=[made.pk]),
        back=address(plan),
    )


@requires(Permission.IMPLEMENTATION, Permission.TENDERS_VIEW, Permission.PROVIDER_PORTAL)
def pack(request: Request, pk: int) -> HttpResponseBase:
    """The pack to read and print; a provider's people acknowledge it here by name."""
    found = _pack(request, pk)
    newest = not PathwayPack.objects.filter(plan=found.plan_id, number__gt=found.number).exists()
    waits = newest and found.acknowledged_at is None
    provider = may(request.user, Permission.PROVIDER_PORTAL, on=request.day)
    named = {each.role: each for each in found.plan.contacts.filter(side=Contact.Side.SUPPLIER, ended_at=None)}
    page = (
        "commissioning/implementation/pack.html",
        {
            "pack": found,
            "plan": found.plan,
            "newest": newest,
            "next": duties.next_of(request, ("pack", found.pk), kinds="pack.confirm", buttons=_CONFIRM),
            "supplier_contacts": [
                {
                    "role": words,
                    "url": reverse("plan_contact", args=[found.plan_id, "supplier", role]),
                    "contact": named.get(role),
                    "action": "Change" if role in named else "Name",
                }
                for role, words in rules.SUPPLIER_CONTACTS.items()
            ]
            if provider
            else [],
            "back": reverse("provider") if provider else address(found.plan),
            "unreached": _unreached(request, found) if waits else [],
        },
    )
    if not (provider and waits):
        return render(request, *page)
    leads = [each for each in (found.plan.commissioner, found.plan.service_area_lead) if each]
    return ask(
        request,
        Acknowledge(request.POST or None, initial={"name": request.user.name}),
        page,
        do=partial(operations.acknowledge_pack, pack_id=found.pk, act=acting(request)),
        done=lambda _: if_reached(
            leads,
            "Thank you. The council’s leads are asked to confirm that you have read and understood it.",
            otherwise="Thank you. It is recorded that you have read and understood it.",
        ),
        to=reverse("pack", args=[found.pk]),
    )


def _unreached(request: Request, found: PathwayPack) -> list[Any]:
    """Nobody of the supplier can be told that it is to read the pack and say so."""
    sentence = (
        f"Nobody who signs in for {found.plan.supplier.name} can be told of this pack. Print it and hand it over."
    )
    return ways(request, found.plan.supplier, sentence, back=reverse("pack", args=[found.pk]))


@requires(Permission.IMPLEMENTATION, Permission.TENDERS_VIEW, Permission.PROVIDER_PORTAL)
def pack_file(request: Request, pk: int, kind: str) -> HttpResponseBase:
    """The pack as a file, to keep, print and pass on."""
    found = _pack(request, pk)
    document = pathway_pack(
        found, council=settings.COUNCIL, colour=settings.COLOUR, given_on=day_of(found.sent_at, on=request.day)
    )
    return answer_with_file(request, document, kind, f"whom-to-tell-{found.plan.title}-{found.number}")


def _pack(request: Request, pk: int) -> PathwayPack:
    plans = queries.plans_visible_to(request.user, on=request.day)
    found = (
        PathwayPack.objects.select_related("plan__supplier", "plan__commissioner")
        .filter(pk=pk, plan__in=plans.values("pk"))
        .first()
    )
    if found is None:
        raise Http404
    return found


@requires(Permission.IMPLEMENTATION)
def confirm(request: Request, pk: int) -> HttpResponseBase:
    return act(
        request,
        do=partial(operations.confirm_pack, pack_id=pk, act=acting(request)),
        done="Confirmed: the supplier understands whom to tell, and how soon.",
        to=reverse("pack", args=[pk]),
    )
