"""What shows that a provider keeps children safe: assessments, the six policies, and the returns asked for."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import Assessment, Contract, ContractReturn, Policy
from plumbline.contracts.operations import assurance as operations
from plumbline.contracts.operations import papers
from plumbline.contracts.queries import care
from plumbline.contracts.queries.papers import papers_held
from plumbline.contracts.rules import assurance as rules
from plumbline.contracts.rules.rating import BOOK
from plumbline.evidence.operations import keep_document
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.labels import Said, article, say
from plumbline.people.access import Permission, may
from plumbline.people.labels import later
from plumbline.people.queries import acting_for
from plumbline.toolkits.queries.versions import current_version
from plumbline.toolkits.states import ANSWERABLE
from plumbline.web.contracts.care import forms, frame
from plumbline.web.contracts.care.journey import owners
from plumbline.web.contracts.care.meetings import frame_form
from plumbline.web.evidence import files
from plumbline.web.evidence.opened import FILE_CODES
from plumbline.web.kit import tables, wording
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting
from plumbline.web.people.inviting.whom_to_ask import can_be_reached, if_reached, ways

P = Permission
_ASKED = {"self": ContractReturn.Purpose.SELF_ASSESSMENT, "board": ContractReturn.Purpose.BOARD_ASSESSMENT,
          "assurance": ContractReturn.Purpose.ASSURANCE}  # fmt: skip
_HEADINGS = Said({"self": "Ask for a self-assessment", "board": "Ask for {a_board} assessment",
             "assurance": "Ask for the annual assurance return"})  # fmt: skip


@requires(P.CONTRACTS_VIEW)
def assurance(request: Request, pk: int) -> HttpResponseBase:
    contract = frame.the_contract(request, pk)
    found = list(care.assessments_of(contract))
    asked = list(care.returns_of(contract))
    needed = care.needed_kinds(contract, on=request.day)
    context = {
        **frame.around(request, contract, "assurance"), "assessments": [_row(each, request) for each in found],
        "needed": [_needed(kind, found, request) for kind in needed], "statutory": needed == (Assessment.Kind.BOARD,),
        "policies": [_policy(each, request) for each in care.policies_of(contract)],
        "returns": asked, "unreached": _unreached(request, contract, asked),
        "terms": [(Assessment.Kind(kind).label, care.term_on(kind, on=request.day)) for kind in rules.KINDS],
        "records_board": may(request.user, P.BOARD_ASSESSMENTS, on=request.day),
        "asks": may(request.user, P.RETURNS_REQUEST, on=request.day),
        "papers": papers_held(contract, viewer=request.user, on=request.day),
        "has_own": any(each.kind == Assessment.Kind.SELF and each.missing_since is None for each in found),
    }  # fmt: skip
    return render(request, "contracts/care/assurance.html", context)


def _unreached(request: Request, contract: Contract, asked: list[ContractReturn]) -> list[Any]:
    """Nobody of the provider can be told of a return that it has still to hand in."""
    waits = next((each.answer_set for each in asked if each.answer_set.state in ANSWERABLE), None)
    if waits is None or not may(request.user, P.RETURNS_REQUEST, on=request.day):
        return []
    sentence = f"Nobody who signs in for {contract.provider.name} can be told of “{waits.title}”."
    return ways(request, contract.provider, sentence, back=reverse("return", args=[waits.pk]))


def _needed(kind: str, found: list[Assessment], request: Request) -> dict[str, Any]:
    """One kind that the contract must have: whether it has it today, in a sentence."""
    day = request.day
    valid = [each for each in found if each.kind == kind and each.completed_on <= day <= each.valid_until]
    until = max((each.valid_until for each in valid), default=None)
    ran_out = max((each.valid_until for each in found if each.kind == kind and each.valid_until < day), default=None)
    if until is not None:
        soon = (until - day).days < rules.TOLD_BEFORE_DAYS
        said = f"Valid until {wording.day(until)}." + (" Ask for the next one now." if soon else "")
        return {
            "label": Assessment.Kind(kind).label,
            "state": "amber" if soon else "green",
            "word": "Valid",
            "said": said,
        }
    gone = f"The last was valid until {wording.day(ran_out)}." if ran_out else "There has been none."
    return {"label": Assessment.Kind(kind).label, "state": "amber", "word": "Missing",
            "said": f"{gone} The contract is amber for this, and on the management team’s list."}  # fmt: skip


def _policy(each: care.PolicyStanding, request: Request) -> dict[str, Any]:
    """One of the six, and whether its last review is older than a year."""
    review = each.review
    if review is None:
        state, word = "amber", "Not seen"
    elif (request.day - review.reviewed_on).days > BOOK.days["policy_review"]:
        state, word = "amber", "Review overdue"
    else:
        state, word = "green", "Reviewed"
    return {"policy": each.policy, "label": each.label, "review": review, "state": state, "word": word}


def _row(each: Assessment, request: Request) -> dict[str, Any]:
    valid = each.completed_on <= request.day <= each.valid_until and each.missing_since is None
    needs = P.BOARD_ASSESSMENTS if each.kind == Assessment.Kind.BOARD else P.CONTRACTS_MANAGE
    return {"row": each, "state": "green" if valid else "grey", "word": "Valid" if valid else "Over",
            "withdraws": each.import_run_id is None and may(request.user, needs, on=request.day)}  # fmt: skip


@requires(P.CONTRACTS_MANAGE, P.BOARD_ASSESSMENTS)
def ask(request: Request, pk: int, kind: str) -> HttpResponseBase:
    """Ask the provider for a return; it has it on its own pages from then on."""
    contract = frame.the_contract(request, pk)
    if kind not in _ASKED:
        raise NotAllowed(f"There is no return {kind}.")
    toolkits = []
    for key in operations.TOOLKITS[_ASKED[kind]]:
        try:
            toolkits.append((key, current_version(key).title))
        except RuleBroken:
            continue  # a toolkit that the council has withdrawn is not offered
    form = forms.AskReturn(request.POST or None, toolkits=toolkits)
    form.day_field("due_on").no_earlier_than = (request.day, "That day has passed")
    if form.is_valid():
        try:
            made = operations.request_contract_return(
                contract_id=contract.pk, purpose=_ASKED[kind], **acting(request),
                **form.cleaned_data,
            )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            people, name = acting_for(contract.provider_id, on=request.day), contract.provider.name
            messages.success(request, if_reached(
                people, f"{name} is asked for it, by {wording.day(form.cleaned_data['due_on'])}.",
                otherwise=f"The return is made, and nobody of {name} can be told of it here: nobody signs in for it "
                "with an e-mail address. Invite a person there, name someone who answers it, or hand over the Excel "
                "file.",
            ))  # fmt: skip
            return redirect("contract_assurance", contract.pk) if can_be_reached(people) else redirect(
                "return", made.answer_set_id
            )  # fmt: skip
    return frame_form(request, contract, form, heading=_HEADINGS[kind], button="Ask for it", section="assurance",
                      about=f"{contract.provider.name} answers it here, or by an Excel file. It counts once it is "
                            "signed off.")  # fmt: skip


@requires(P.CONTRACTS_MANAGE, P.BOARD_ASSESSMENTS)
def record(request: Request, pk: int, kind: str) -> HttpResponseBase:
    """A board assessment or a self-assessment, from a file or from a return that is signed off."""
    contract = frame.the_contract(request, pk)
    needs = {"board": P.BOARD_ASSESSMENTS, "self": P.CONTRACTS_MANAGE}
    if kind not in needs or not may(request.user, needs[kind], on=request.day):
        raise NotAllowed(f"{request.user} does not record a {kind} assessment.")
    returns = [
        (str(each.answer_set_id), f"{each.answer_set.title} ({each.contract.reference})")
        for each in care.signed_off_elsewhere(contract, purpose=_ASKED[kind])
    ]
    form = forms.RecordAssessment(request.POST or None, request.FILES or None, returns=returns,
                                  months=care.term_on(kind, on=request.day))  # fmt: skip
    form.day_field("completed_on").no_later_than = (request.day, "That day is still to come")
    if form.is_valid():
        try:
            with transaction.atomic():
                recorded = _record(request, contract, kind, form.cleaned_data)
        except RuleBroken as refusal:
            form.refuse(refusal, field="document" if refusal.code in FILE_CODES else None)
        else:
            messages.success(request, f"It is recorded and counts until {wording.day(recorded.valid_until)}.")
            return redirect("contract_assurance", contract.pk)
    label = str(Assessment.Kind(kind).label)
    return frame_form(
        request,
        contract,
        form,
        heading=f"Record {article(label)} {label[:1].lower()}{label[1:]}",
        button="Record it",
        section="assurance",
    )


def _record(request: Request, contract: Contract, kind: str, given: dict[str, Any]) -> Assessment:
    title = f"{Assessment.Kind(kind).label}, {contract.provider.name}"
    document = _kept(request, contract, given.get("document"), title,
                     kind="assessment", expires_on=given.get("expires_on"))  # fmt: skip
    number = given.get("return_id") or ""
    return operations.record_assessment(
        contract_id=contract.pk, kind=kind, completed_on=given["completed_on"], valid_until=given["valid_until"],
        instrument=given["instrument"], document_id=document, return_id=int(number) if number else None,
        **acting(request),
    )  # fmt: skip


def _kept(request: Request, contract: Contract, upload: Any, title: str, **more: Any) -> int | None:
    if not upload:
        return None
    return keep_document(
        title=title, file_name=upload.name, content=upload.read(), folder=files.folder(),
        organisation=contract.provider, sensitivity="shared", by=request.user, at=request.at, **more,
    ).pk  # fmt: skip


@requires(P.CONTRACTS_MANAGE)
def plan(request: Request, pk: int) -> HttpResponseBase:
    """Agree the action plan of the newest self-assessment."""
    contract = frame.the_contract(request, pk)
    form = forms.AgreePlan(request.POST or None, request.FILES or None, owners=owners(request, contract),
                           initial={"agreed_on": request.day})  # fmt: skip
    form.day_field("agreed_on").no_later_than = (request.day, "That day is still to come")
    form.day_field("due_on").no_earlier_than = (request.day, "That day has passed")
    if form.is_valid():
        action = form.action()
        try:
            with transaction.atomic():
                document = _kept(request, contract, form.cleaned_data["document"],
                                 f"Action plan, {contract.provider.name}", kind="action_plan")  # fmt: skip
                recorded = operations.agree_plan(
                    contract_id=contract.pk, agreed_on=form.cleaned_data["agreed_on"],
                    actions=[action] if action else [], document_id=document, **acting(request),
                )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal, field="document" if refusal.code in FILE_CODES else
                        "title" if refusal.code == "no_actions" else None)  # fmt: skip
        else:
            messages.success(request, f"The action plan counts until {wording.day(recorded.valid_until)}.")
            return redirect("contract_assurance", contract.pk)
    return frame_form(
        request,
        contract,
        form,
        heading="Agree the action plan",
        button="The plan is agreed",
        section="assurance",
        about="The plan counts when its actions are written down. Those that the "
        "provider has written down already belong to it; one more can be added here.",
    )


@requires(P.CONTRACTS_MANAGE, P.BOARD_ASSESSMENTS)
def withdraw(request: Request, pk: int) -> HttpResponseBase:
    seen = contracts_visible_to(request.user, on=request.day)
    found = Assessment.objects.select_related("contract").filter(pk=pk, contract__in=seen).first()
    if found is None:
        raise NotAllowed(f"There is no assessment {pk}.")
    form = forms.Withdraw(request.POST or None)
    if form.is_valid():
        try:
            operations.withdraw_assessment(assessment_id=pk, **acting(request),
                                           **form.cleaned_data)  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "It does not count any more, and the contract’s rating is worked out again.")
            return redirect("contract_assurance", found.contract_id)
    return frame_form(
        request,
        found.contract,
        form,
        heading="Withdraw the assessment",
        button="Withdraw it",
        section="assurance",
        kind="warning",
        about=f"{found.get_kind_display()}, completed on {wording.day(found.completed_on)}.",
    )


@requires(P.CONTRACTS_MANAGE)
def policy(request: Request, pk: int) -> HttpResponseBase:
    contract = frame.the_contract(request, pk)
    form = forms.ReviewPolicy(request.POST or None, request.FILES or None,
                              initial={"policy": request.GET.get("policy", "")})  # fmt: skip
    form.day_field("reviewed_on").no_later_than = (request.day, "That day is still to come")
    if form.is_valid():
        given = form.cleaned_data
        try:
            title = f"{Policy(given['policy']).label} policy, {contract.provider.name}"
            with transaction.atomic():
                document = _kept(request, contract, given["document"], title,
                                 kind=given["policy"])  # fmt: skip
                operations.review_policy(
                    contract_id=contract.pk, policy=given["policy"], reviewed_on=given["reviewed_on"],
                    document_id=document, **acting(request),
                )  # fmt: skip
        except RuleBroken as refusal:
            form.refuse(refusal, field="document" if refusal.code in FILE_CODES else None)
        else:
            messages.success(request, "The review is recorded.")
            return redirect("contract_assurance", contract.pk)
    return frame_form(
        request, contract, form, heading="A policy and its last review", button="Record it", section="assurance"
    )


@requires(P.CONTRACTS_MANAGE, P.BOARD_ASSESSMENTS)
@require_POST
def take(request: Request, pk: int) -> HttpResponseBase:
    """Count for the contract what is held of its provider already."""
    contract = frame.the_contract(request, pk)
    try:
        taken = papers.take_papers(contract_id=contract.pk, **acting(request))
    except RuleBroken as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, f"They count for this contract now: {', '.join(each.label for each in taken)}.")
    return redirect("contract_assurance", contract.pk)


@requires(P.CONTRACTS_MANAGE)
@require_POST
def count(request: Request, pk: int, return_id: int) -> HttpResponseBase:
    """Count a return that is signed off, where the sign-off did not do it."""
    contract = frame.the_contract(request, pk)
    if not contract.returns.filter(answer_set=return_id).exists():
        raise NotAllowed(f"There is no return {return_id} of this contract.")
    said = operations.take_up(return_id=return_id, **acting(request))
    messages.success(request, " ".join(said) or "It was counted already, or it is not signed off.")
    return redirect("contract_assurance", contract.pk)


@requires(P.CONTRACTS_VIEW)
def terms(request: Request) -> HttpResponseBase:
    """For how long assessments are valid: what holds now, what held, and who settled it."""
    settles = may(request.user, P.CONTRACTS_DECIDE, on=request.day)
    form = forms.Term(request.POST or None) if settles else None
    if form is not None:
        form.day_field("from_on").no_earlier_than = (request.day, "A term cannot be changed for days that have passed")
    if form is not None and form.is_valid():
        try:
            operations.set_term(**acting(request), **form.cleaned_data)
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The term is settled. What stands is not shortened by it.")
            return redirect("assessment_terms")
    context = {"form": form, "terms": care.terms(), "now": [
        (Assessment.Kind(kind).label, wording.how_many(care.term_on(kind, on=request.day), "month", "months"))
        for kind in rules.KINDS
    ]}  # fmt: skip
    context["breadcrumbs"] = [("Contracts", reverse("contracts")), ("How long assessments are valid", "")]
    return render(request, "contracts/care/terms.html", context)


class BoardAssessments(tables.Table):
    title = later("Contracts that wait for {a_board} assessment")
    one, many = "contract", "contracts"
    columns = (
        tables.Column("contract", "Contract", lambda row: f"{row.reference}, {row.title}",
                      sort=lambda row: row.reference, link=lambda row: reverse("contract_assurance", args=[row.pk])),
        tables.Column("provider", "Provider", lambda row: row.provider.name, sort=lambda row: row.provider.sort_key),
        tables.Column("statutory_from", "Statutory since", sort=lambda row: row.statutory_from),
        tables.Column("board_until", "Last valid until", sort=lambda row: row.board_until, absent="none so far"),
        tables.Column("next", "What next", lambda row: "Record the assessment",
                      link=lambda row: reverse("assessment_record", args=[row.pk, "board"])),
    )  # fmt: skip
    order = "board_until"
    empty = later("Every contract that delivers a statutory function has a valid {board} assessment.")


@requires(P.BOARD_ASSESSMENTS)
def board(request: Request) -> HttpResponseBase:
    """What waits for the partnership officer: contracts with a statutory function and no valid board assessment."""
    table = BoardAssessments(request, care.board_assessments_waiting(on=request.day))
    context = {"breadcrumbs": [("Contracts", reverse("contracts")), (say("{Board} assessments"), "")]}
    return tables.page(request, table, "contracts/care/list.html", context)
