"""What shows that a provider keeps children safe: assessments, the six policies, and the returns asked for."""

from datetime import date
from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from plumbline.contracts.access import contracts_visible_to
from plumbline.contracts.models import Assessment, Contract, ContractReturn, Policy, PolicyReview
from plumbline.contracts.operations import assurance as operations
from plumbline.contracts.operations import papers
from plumbline.contracts.queries import care
from plumbline.contracts.queries.papers import papers_held
from plumbline.contracts.rules import assurance as rules
from plumbline.contracts.rules.rating import BOOK
from plumbline.evidence.operations import keep_document
from plumbline.intake.origins import origin_of
from plumbline.kernel import wording
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.labels import Said, article, say, small
from plumbline.people.access import Permission, may
from plumbline.people.labels import later
from plumbline.people.queries import acting_for
from plumbline.toolkits.queries.versions import current_version
from plumbline.toolkits.states import ANSWERABLE
from plumbline.web.contracts.care import forms, frame
from plumbline.web.contracts.care.journey import owners
from plumbline.web.evidence import files
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import act, ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.people.inviting.whom_to_ask import can_be_reached, if_reached, ways

P = Permission
_ASKED = {"self": ContractReturn.Purpose.SELF_ASSESSMENT, "board": ContractReturn.Purpose.BOARD_ASSESSMENT,
          "assurance": ContractReturn.Purpose.ASSURANCE}  # fmt: skip
_HEADINGS = Said(
    {
        "self": "Ask for a self-assessment",
        "board": "Ask for {a_board} assessment",
        "assurance": "Ask for the annual assurance return",
    }
)


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
        "has_own": any(each.kind == Assessment.Kind.SELF for each in found),
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
    return {
        "label": Assessment.Kind(kind).label,
        "state": "amber",
        "word": "Missing",
        "said": f"{gone} The contract is amber for this, and on the management team’s list.",
    }


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
    valid = each.completed_on <= request.day <= each.valid_until
    needs = P.BOARD_ASSESSMENTS if each.kind == Assessment.Kind.BOARD else P.CONTRACTS_MANAGE
    return {
        "row": each,
        "state": "green" if valid else "grey",
        "word": "Valid" if valid else "Over",
        "withdraws": origin_of(each) is None and may(request.user, needs, on=request.day),
    }


@requires(P.CONTRACTS_MANAGE, P.BOARD_ASSESSMENTS)
def ask_for(request: Request, pk: int, kind: str) -> HttpResponseBase:
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
    name = contract.provider.name
    people = acting_for(contract.provider_id, on=request.day)

    def leads_to(made: ContractReturn) -> str:
        if can_be_reached(people):
            return frame.address(contract, "assurance")
        return reverse("return", args=[made.answer_set_id])

    return ask(
        request,
        form,
        frame.question(
            contract,
            "assurance",
            heading=_HEADINGS[kind],
            button="Ask for it",
            about=f"{name} answers it here, or by an Excel file. It counts once it is signed off.",
        ),
        do=partial(
            operations.request_contract_return, contract_id=contract.pk, purpose=_ASKED[kind], act=acting(request)
        ),
        done=lambda _: if_reached(
            people,
            f"{name} is asked for it, by {wording.day(form.cleaned_data['due_on'])}.",
            otherwise=f"The return is made, and nobody of {name} can be told of it here: nobody signs in for it with "
            "an e-mail address. Invite a person there, name someone who answers it, or hand over the Excel file.",
        ),
        to=leads_to,
    )


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
    months = care.term_on(kind, on=request.day)
    form = forms.RecordAssessment(request.POST or None, request.FILES or None, returns=returns, months=months)
    form.day_field("completed_on").no_later_than = (request.day, "That day is still to come")
    label = str(Assessment.Kind(kind).label)

    def keep_and_record(document: Any, expires_on: date | None, return_id: str = "", **given: Any) -> Assessment:
        kept = _kept(request, contract, document, label, kind="assessment", expires_on=expires_on)
        return operations.record_assessment(
            contract_id=contract.pk,
            kind=kind,
            document_id=kept,
            return_id=int(return_id) if return_id else None,
            **given,
            act=acting(request),
        )

    return ask(
        request,
        form,
        frame.question(
            contract,
            "assurance",
            heading=f"Record {article(label)} {small(label)}",
            button="Record it",
        ),
        do=keep_and_record,
        done=lambda recorded: f"It is recorded and counts until {wording.day(recorded.valid_until)}.",
        to=frame.address(contract, "assurance"),
    )


def _kept(request: Request, contract: Contract, upload: Any, title: str, **more: Any) -> int | None:
    if not upload:
        return None
    return keep_document(
        title=f"{title}, {contract.provider.name}",
        file_name=upload.name,
        content=upload.read(),
        folder=files.folder(),
        organisation=contract.provider,
        sensitivity="shared",
        act=acting(request),
        **more,
    ).pk


@requires(P.CONTRACTS_MANAGE)
def plan(request: Request, pk: int) -> HttpResponseBase:
    """Agree the action plan of the newest self-assessment."""
    contract = frame.the_contract(request, pk)
    form = forms.AgreePlan(
        request.POST or None,
        request.FILES or None,
        owners=owners(request, contract),
        initial={"agreed_on": request.day},
    )
    form.day_field("agreed_on").no_later_than = (request.day, "That day is still to come")
    form.day_field("due_on").no_earlier_than = (request.day, "That day has passed")

    def keep_and_agree(agreed_on: date, document: Any, **_: Any) -> Assessment:
        kept = _kept(request, contract, document, "Action plan", kind="action_plan")
        return operations.agree_plan(
            contract_id=contract.pk, agreed_on=agreed_on, actions=form.actions(), document_id=kept, act=acting(request)
        )

    return ask(
        request,
        form,
        frame.question(
            contract,
            "assurance",
            heading="Agree the action plan",
            button="The plan is agreed",
            about="The plan counts when its actions are written down. Those that the provider has written down already "
            "belong to it; one more can be added here.",
        ),
        do=keep_and_agree,
        done=lambda recorded: f"The action plan counts until {wording.day(recorded.valid_until)}.",
        to=frame.address(contract, "assurance"),
    )


@requires(P.CONTRACTS_MANAGE, P.BOARD_ASSESSMENTS)
def withdraw(request: Request, pk: int) -> HttpResponseBase:
    seen = contracts_visible_to(request.user, on=request.day)
    found = Assessment.objects.select_related("contract").filter(pk=pk, contract__in=seen).first()
    if found is None:
        raise NotAllowed(f"There is no assessment {pk}.")
    return ask(
        request,
        forms.Withdraw(request.POST or None),
        frame.question(
            found.contract,
            "assurance",
            heading="Withdraw the assessment",
            button="Withdraw it",
            about=f"{found.get_kind_display()}, completed on {wording.day(found.completed_on)}.",
            kind="warning",
        ),
        do=partial(operations.withdraw_assessment, assessment_id=pk, act=acting(request)),
        done="It does not count any more, and the contract’s rating is worked out again.",
        to=frame.address(found.contract, "assurance"),
    )


@requires(P.CONTRACTS_MANAGE)
def policy(request: Request, pk: int) -> HttpResponseBase:
    contract = frame.the_contract(request, pk)
    form = forms.ReviewPolicy(
        request.POST or None, request.FILES or None, initial={"policy": request.GET.get("policy", "")}
    )
    form.day_field("reviewed_on").no_later_than = (request.day, "That day is still to come")

    def keep_and_review(policy: str, reviewed_on: date, document: Any) -> PolicyReview:
        kept = _kept(request, contract, document, f"{Policy(policy).label} policy", kind=policy)
        return operations.review_policy(
            contract_id=contract.pk, policy=policy, reviewed_on=reviewed_on, document_id=kept, act=acting(request)
        )

    return ask(
        request,
        form,
        frame.question(contract, "assurance", heading="A policy and its last review", button="Record it"),
        do=keep_and_review,
        done="The review is recorded.",
        to=frame.address(contract, "assurance"),
    )


@requires(P.CONTRACTS_MANAGE, P.BOARD_ASSESSMENTS)
@require_POST
def take(request: Request, pk: int) -> HttpResponseBase:
    """Count for the contract what is held of its provider already."""
    contract = frame.the_contract(request, pk)
    return act(
        request,
        do=partial(papers.take_papers, contract_id=contract.pk, act=acting(request)),
        done=lambda taken: f"They count for this contract now: {', '.join(each.label for each in taken)}.",
        to=frame.address(contract, "assurance"),
    )


@requires(P.CONTRACTS_MANAGE)
@require_POST
def count(request: Request, pk: int, return_id: int) -> HttpResponseBase:
    """Count a return that is signed off, where the sign-off did not do it."""
    contract = frame.the_contract(request, pk)
    if not contract.returns.filter(answer_set=return_id).exists():
        raise NotAllowed(f"There is no return {return_id} of this contract.")
    return act(
        request,
        do=partial(operations.take_up, return_id=return_id, act=acting(request)),
        done=lambda said: " ".join(said) or "It was counted already, or it is not signed off.",
        to=frame.address(contract, "assurance"),
    )


@requires(P.CONTRACTS_VIEW)
def terms(request: Request) -> HttpResponseBase:
    """For how long assessments are valid: what holds now, what held, and who decided it."""
    page = (
        "contracts/care/terms.html",
        {
            "terms": care.terms(),
            "now": [
                (Assessment.Kind(kind).label, wording.how_many(care.term_on(kind, on=request.day), "month", "months"))
                for kind in rules.KINDS
            ],
            "breadcrumbs": [("Contracts", reverse("contracts")), ("How long assessments are valid", "")],
        },
    )
    if not may(request.user, P.CONTRACTS_DECIDE, on=request.day):
        return render(request, *page)
    form = forms.Term(request.POST or None)
    form.day_field("from_on").no_earlier_than = (request.day, "A term cannot be changed for days that have passed")
    return ask(
        request,
        form,
        page,
        do=partial(operations.set_term, act=acting(request)),
        done="The term is recorded. Assessments that are valid already keep their last day.",
        to=reverse("assessment_terms"),
    )


class BoardAssessments(tables.Table):
    title = later("Contracts that wait for {a_board} assessment")
    one, many = "contract", "contracts"
    columns = (
        tables.Column("contract", "Contract", lambda row: row.called,
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
