"""Putting contracts in the register, by hand or from what was published; correcting; ending."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponseBase
from django.urls import reverse

from plumbline.contracts.models import Contract
from plumbline.contracts.operations import register as operations
from plumbline.contracts.queries import register
from plumbline.kernel import wording
from plumbline.ofsted.models import Setting
from plumbline.people.access import Permission, users_with_role
from plumbline.web.contracts.register import frame, words
from plumbline.web.contracts.register.forms import ContractEntry, EndContract, NewContract
from plumbline.web.kit import setting_words as settings
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, ask
from plumbline.web.kit.request import Request, acting, record_number


def _choices(request: Request) -> dict[str, Any]:
    return {
        "managers": list(users_with_role("contract_officer", on=request.day)),
        "leads": list(users_with_role("service_area_lead", on=request.day)),
        "frameworks": register.frameworks(),
    }


@requires(Permission.CONTRACTS_MANAGE)
def new(request: Request) -> HttpResponseBase:
    source = _published(request)
    initial = register.entry_from_published(source) if source else _for_setting(request) or {"kind": "block"}
    form = NewContract(request.POST or None, initial=initial, **_choices(request))
    return ask(
        request,
        form,
        Question(
            heading="Put a contract in the register",
            button="Put it in the register",
            about=_source_words(source) if source else "",
            back=reverse("contracts"),
            back_words="Contracts",
        ),
        do=lambda **_: operations.register_contract(
            entry=form.entry(child=None), ocds_contract_id=source.pk if source else None, act=acting(request)
        ),
        done=lambda made: f"{made.reference} is in the register, and is rated.",
        to=words.address,
    )


def _source_words(source: Any) -> str:
    by = f" by {source.process.buyer_name}" if source.process.buyer_name else ""
    return f"Filled in from what was published as {source.process.ocid}{by}. Look it over."


def _for_setting(request: Request) -> dict[str, Any]:
    """The first values of an agreement for a child at a setting that is under no contract yet: `?setting=` its URN."""
    urn = request.GET.get("setting", "").strip()
    setting = Setting.objects.filter(urn__iexact=urn).select_related("owner").first() if urn else None
    if setting is None:
        return {}
    return {
        "kind": Contract.Kind.SPOT.value,
        "title": f"Placement at {settings.label(setting)}",
        "urns": setting.urn,
        "provider": setting.owner.name if setting.owner else "",
        "visit_required": True,
    }


def _published(request: Request) -> Any:
    asked = request.GET.get("published", "")
    if not asked:
        return None
    found = register.published(record_number(asked))
    if found is None:
        raise Http404
    return found


class Published(tables.Table):
    title = "Published contracts that are not in the register"
    one, many = "published contract", "published contracts"
    columns = (
        tables.Column("title", "Contract", lambda row: row.title or row.process.title or row.contract_id, sort="title",
                      link=lambda row: f"{reverse('contract_new')}?published={row.pk}",
                      note=lambda row: f"{row.process.ocid}, {row.contract_id}", note_heading="Number"),
        tables.Column("buyer", "Buyer", "process.buyer_name", sort="process__buyer_name"),
        tables.Column("starts_on", "Starts", sort="starts_on"),
        tables.Column("ends_on", "Ends", sort="ends_on"),
        tables.Column("value", "Value", numeric=True, sort="value",
                      shown=lambda row: wording.money(row.value) if row.value is not None else None),
    )  # fmt: skip
    filters = (tables.Text("q", "Title or buyer", lambda rows, text: rows.filter(title__named=text)
                           | rows.filter(process__buyer_name__named=text)),)  # fmt: skip
    order = "-starts_on"
    empty = "No contract has come in from open contracting data."


@requires(Permission.CONTRACTS_MANAGE)
def published(request: Request) -> HttpResponseBase:
    return tables.page(
        request,
        Published(request, register.published_to_register()),
        "contracts/register/published.html",
        {"breadcrumbs": [("Contracts", reverse("contracts")), ("Published contracts", "")]},
    )


@requires(Permission.CONTRACTS_MANAGE)
def change(request: Request, pk: int) -> HttpResponseBase:
    found = frame.the_contract(request, pk)
    form = ContractEntry(request.POST or None, initial=_as_entered(found), **_with_own(request, found))
    return ask(
        request,
        form,
        frame.question(found, heading=f"Correct {found.reference}", button="Save"),
        do=lambda **_: operations.change_contract(
            contract_id=found.pk, entry=form.entry(child=None), act=acting(request)
        ),
        done="The register is corrected, and the contract is rated again.",
        to=words.address(found),
    )


def _with_own(request: Request, found: Contract) -> dict[str, Any]:
    """The choices, with the people whom the contract names already, though they do not hold the role any more."""
    choices = _choices(request)
    for name, own in (("managers", found.manager), ("leads", found.area_lead)):
        if own is not None and own not in choices[name]:
            choices[name].append(own)
    return choices


def _as_entered(found: Contract) -> dict[str, Any]:
    return {
        "reference": found.reference,
        "title": found.title,
        "kind": found.kind,
        "framework": found.framework_id or "",
        "provider": found.provider.name,
        "service": found.service,
        "starts_on": found.starts_on,
        "ends_on": found.ends_on,
        "value": "" if found.value is None else f"{found.value:.2f}",
        "statutory_from": found.statutory_from,
        "manager": found.manager_id or "",
        "area_lead": found.area_lead_id or "",
        "urns": "\n".join(row.urn for row in register.settings_of(found)),
        "visit_required": found.visit_required,
        "review_every": found.review_every,
    }


@requires(Permission.CONTRACTS_MANAGE)
def end(request: Request, pk: int) -> HttpResponseBase:
    found = frame.the_contract(request, pk)
    form = EndContract(request.POST or None, initial={"last_day": found.ends_on})
    return ask(
        request,
        form,
        frame.question(
            found,
            heading=f"End {found.reference}",
            button="End the contract",
            about="Its ratings up to its last day stay. What is still open is not closed by this.",
        ),
        do=partial(operations.end_contract, contract_id=found.pk, act=acting(request)),
        done=lambda _: f"{found.reference} ends on {wording.day(form.cleaned_data['last_day'])}.",
        to=words.address(found),
    )
