"""Moderating a return beside its self-assessment, sending it back, and signing it off."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.contracts.operations.assurance import take_up
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.toolkits import access, rules
from plumbline.toolkits.content import Criterion, Section
from plumbline.toolkits.models import Return, ReturnState
from plumbline.toolkits.operations import returns
from plumbline.toolkits.queries import returns as queries
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting
from plumbline.web.toolkits.returns import words
from plumbline.web.toolkits.returns.forms import ModerateForm, ReasonForm
from plumbline.web.toolkits.returns.reading import read_rows, seen


def _to_judge(request: Request, return_id: int, states: frozenset[ReturnState]) -> Return:
    """The return, where this person may judge it now: nobody judges what they answered."""
    answer_set = seen(request, return_id)
    if answer_set.state not in states or access.gave_answers(request.user, answer_set):
        raise Http404
    return answer_set


def _to_moderate(held: queries.Held, section: Section) -> tuple[Criterion, ...]:
    return tuple(c for c in section.criteria if rules.is_graded(c) and held.values.get(c.key))


@requires(Permission.RETURNS_MODERATE)
def moderate(request: Request, return_id: int) -> HttpResponseBase:
    """Their answers and the moderator's side by side, section by section; and the button that closes the moderation."""
    answer_set = _to_judge(request, return_id, queries.TO_MODERATE)
    held = queries.held(answer_set, on=request.day)
    left = [
        criterion for section in held.content.sections for criterion in _to_moderate(held, section)
        if not held.answers[criterion.key].moderated_value
    ]  # fmt: skip
    if request.method == "POST":
        returns.moderate(return_id=answer_set.pk, agree_with_rest="agree" in request.POST, **acting(request))
        messages.success(request, "The return is moderated, and waits to be signed off.")
        return redirect(words.address(answer_set))
    final = {key: answer.moderated_value or answer.value for key, answer in held.answers.items()}
    context = {
        **_frame(answer_set, held, ""), "left": left, "result": rules.overall(held.content, final),
        "self_grade": words.grade(held.content, answer_set.overall_self_grade),
        "sections": [
            {"section": section, "url": words.address(answer_set, "return_moderate_section", section.key),
             "rows": read_rows(request, answer_set, held, section), "may": bool(_to_moderate(held, section))}
            for section in held.content.sections
        ],
    }  # fmt: skip
    return render(request, "toolkits/returns/moderate.html", context)


@requires(Permission.RETURNS_MODERATE)
def moderate_section(request: Request, return_id: int, section_key: str) -> HttpResponseBase:
    """One section's answers with their evidence, each to be borne out or put otherwise."""
    answer_set = _to_judge(request, return_id, queries.TO_MODERATE)
    held = queries.held(answer_set, on=request.day)
    found = next((section for section in held.content.sections if section.key == section_key), None)
    if found is None:
        raise Http404
    criteria = _to_moderate(held, found)
    form = ModerateForm(request.POST if request.method == "POST" else None, criteria=criteria, answers=held.answers)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                _moderate(request, answer_set, held, form, criteria)
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            return redirect(_after(answer_set, held, found))
    rows = read_rows(request, answer_set, held, found)
    for row in rows:
        key = row["criterion"].key
        row["fields"] = [form[f"value_{key}"], form[f"note_{key}"]] if f"value_{key}" in form.fields else []
    return render(
        request, "toolkits/returns/moderate_section.html",
        {**_frame(answer_set, held, found.key), "section": found, "rows": rows, "form": form},
    )  # fmt: skip


def _moderate(
    request: Request, answer_set: Return, held: queries.Held, form: ModerateForm, criteria: tuple[Criterion, ...]
) -> None:
    for criterion in criteria:
        value, note = form.cleaned_data[f"value_{criterion.key}"], form.cleaned_data[f"note_{criterion.key}"]
        answer = held.answers[criterion.key]
        if value and (value, rules.tidy(note)) != (answer.moderated_value, answer.moderation_note):
            returns.moderate_answer(
                return_id=answer_set.pk, criterion=criterion.key, value=value, note=rules.tidy(note), **acting(request)
            )


def _after(answer_set: Return, held: queries.Held, found: Section) -> str:
    """The next section with something to moderate, or the page that closes it."""
    after = held.content.sections[held.content.sections.index(found) + 1 :]
    for section in after:
        if _to_moderate(held, section):
            return words.address(answer_set, "return_moderate_section", section.key)
    return words.address(answer_set, "return_moderate")


def _frame(answer_set: Return, held: queries.Held, current: str) -> dict[str, Any]:
    tabs = [
        (section.title, words.address(answer_set, "return_moderate_section", section.key), section.key == current)
        for section in held.content.sections
    ]
    tabs.append(("Side by side, and close", words.address(answer_set, "return_moderate"), not current))
    return {
        "answer_set": answer_set, "whose": words.whose(answer_set), "tabs": tabs, "content": held.content,
        "breadcrumbs": [
            ("Returns", reverse("returns")), (answer_set.title, words.address(answer_set)), ("Moderation", ""),
        ],
    }  # fmt: skip


@requires(Permission.RETURNS_MODERATE)
def send_back(request: Request, return_id: int) -> HttpResponseBase:
    answer_set = _to_judge(request, return_id, queries.TO_MODERATE)
    form = ReasonForm(request.POST or None)
    form.fields["because"].label = "What is to be put right?"
    if form.is_valid():
        try:
            returns.send_back(return_id=answer_set.pk, because=form.cleaned_data["because"], **acting(request))
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The return is sent back, with what you wrote.")
            return redirect(words.address(answer_set))
    context = {
        "form": form, "answer_set": answer_set, "back": words.address(answer_set), "heading": "Send this return back",
        "about": "Those who answered it see what you write here, can change their answers, and hand it in again.",
        "button": "Send it back",
    }  # fmt: skip
    return render(request, "toolkits/returns/reason.html", context)


def _taken_up(request: Request, answer_set: Return) -> list[str]:
    """What follows for the contract, in sentences; why nothing does, where its rules refuse it."""
    try:
        return take_up(return_id=answer_set.pk, **acting(request))
    except RuleBroken as refusal:
        return [f"Nothing was recorded on its contract: {refusal.reason}"]


@requires(Permission.RETURNS_SIGN_OFF)
def sign_off(request: Request, return_id: int) -> HttpResponseBase:
    """Both grades, and every answer on which the moderator differed; then the last word."""
    answer_set = _to_judge(request, return_id, frozenset({ReturnState.MODERATED}))
    held = queries.held(answer_set, on=request.day)
    if request.method == "POST":
        with transaction.atomic():
            returns.sign_off(return_id=answer_set.pk, **acting(request))
            follows = _taken_up(request, answer_set)
        messages.success(request, " ".join(["The return is signed off.", *follows]))
        return redirect(words.address(answer_set))
    differing = [
        row for section in held.content.sections for row in read_rows(request, answer_set, held, section)
        if row["differs"]
    ]  # fmt: skip
    context = {
        "answer_set": answer_set, "whose": words.whose(answer_set), "differing": differing,
        "self_grade": words.grade(held.content, answer_set.overall_self_grade),
        "moderated_grade": words.grade(held.content, answer_set.overall_moderated_grade),
        "back": words.address(answer_set),
    }  # fmt: skip
    return render(request, "toolkits/returns/sign_off.html", context)
