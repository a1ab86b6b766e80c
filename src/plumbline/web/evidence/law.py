"""The register of changes in law and guidance: each marks every policy reviewed before it as due."""

from datetime import date
from functools import partial

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.contracts.operations.following import change_law
from plumbline.evidence import operations, queries
from plumbline.evidence.models import LawChange
from plumbline.kernel.errors import NotAllowed
from plumbline.people.access import Permission, may
from plumbline.web.evidence import words
from plumbline.web.evidence.forms import LawChangeForm, Withdraw
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, ask
from plumbline.web.kit.request import Request, acting

READS = (Permission.EVIDENCE_VIEW, Permission.PROVIDER_PORTAL)


class LawChanges(tables.Table):
    title = "Changes in law and guidance"
    one, many = "change", "changes"
    columns = (
        tables.Column("title", "Change", sort="title", link=lambda row: reverse("law_change", args=[row.pk])),
        tables.Column("in_force", "In force from", sort="in_force"),
        tables.Column("policies", "Policies to be reviewed", lambda row: words.policies(row.policies)),
        tables.Column("review_by", "To be reviewed by", sort="review_by"),
        tables.Column("state", "State", lambda row: _state(row, row.today)[1], sort=("withdrawn_at", "in_force"),
                      kind=lambda row: _state(row, row.today)[0], note="withdrawn_because", note_heading="Why"),
    )  # fmt: skip
    filters = (
        tables.Text("q", "Words of its title", "title__named"),
        tables.Choice("policy", "Policy", lambda rows, key: rows.filter(policies__contains=[key]),
                      choices=words.POLICIES),
    )  # fmt: skip
    order = "-in_force"
    empty = "No change has been entered yet."


def _state(change: LawChange, on: date) -> tuple[str, str]:
    if change.withdrawn_at:
        return "grey", "Withdrawn"
    return ("blue", "Still to come") if change.in_force > on else ("green", "In force")


@requires(*READS)
def changes(request: Request) -> HttpResponseBase:
    rows = queries.law_changes_listed(on=request.day)
    context = {"may_enter": may(request.user, Permission.LAW_CHANGES, on=request.day),
               "breadcrumbs": [("Documents", reverse("documents")), ("Changes in law and guidance", "")]}  # fmt: skip
    return tables.page(request, LawChanges(request, rows), "evidence/law_changes.html", context)


@requires(*READS)
def change(request: Request, pk: int) -> HttpResponseBase:
    found = _found(request, pk)
    state, word = _state(found, request.day)
    context = {
        "change": found, "state": state, "word": word, "policies": words.policies(found.policies),
        "may_withdraw": not found.withdrawn_at and may(request.user, Permission.LAW_CHANGES, on=request.day),
        "breadcrumbs": [("Changes in law and guidance", reverse("law_changes")), (found.title, "")],
    }  # fmt: skip
    return render(request, "evidence/law_change.html", context)


@requires(Permission.LAW_CHANGES)
def enter(request: Request) -> HttpResponseBase:
    return ask(
        request,
        LawChangeForm(request.POST or None),
        Question(
            heading="Enter a change in law or guidance",
            button="Enter the change",
            back=reverse("law_changes"),
            breadcrumbs=[("Changes in law and guidance", reverse("law_changes")), ("New", "")],
        ),
        do=partial(change_law, change=operations.enter_law_change, act=acting(request)),
        done=lambda made: f"“{made.title}” is entered. Policies reviewed before it are due.",
        to=lambda made: reverse("law_change", args=[made.pk]),
    )


@requires(Permission.LAW_CHANGES)
def withdraw(request: Request, pk: int) -> HttpResponseBase:
    found = _found(request, pk)
    form = Withdraw(request.POST or None)
    form.fields["because"].help_text = "It is kept on the register and marks no policy as due any more."
    address = reverse("law_change", args=[pk])
    return ask(
        request,
        form,
        Question(
            heading=f"Withdraw “{found.title}”",
            button="Withdraw the change",
            back=address,
            back_words=found.title,
            kind="warning",
        ),
        do=partial(change_law, change=operations.withdraw_law_change, law_change_id=pk, act=acting(request)),
        done=f"“{found.title}” is withdrawn.",
        to=address,
    )


def _found(request: Request, pk: int) -> LawChange:
    found = queries.law_changes_listed(on=request.day).select_related("entered_by").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(f"There is no change {pk}.")
    return found
