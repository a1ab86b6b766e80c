"""Moderating a return beside its self-assessment, sending it back, and signing it off."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
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
from plumbline.web.kit.asking import ask, pressed
from plumbline.web.kit.forms import PageForm
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
        criterion
        for section in held.content.sections
        for criterion in _to_moderate(held, section)
        if not held.answers[criterion.key].moderated_value
    ]

    def page(form: PageForm) -> HttpResponseBase:
        final = {key: answer.moderated_value or answer.value for key, answer in held.answers.items()}
        context = {
            **_frame(answer_set, held, ""),
            "form": form,
            "left": left,
            "result": rules.overall(held.content, final),
            "self_grade": words.grade(held.content, answer_set.overall_self_grade),
            "sections": [
                {
                    "section": section,
                    "url": words.address(answer_set, "return_moderate_section", section.key),
                    "rows": read_rows(request, answer_set, held, section),
                    "may": bool(_to_moderate(held, section)),
                }
                for section in held.content.sections
            ],
        }
        return render(request, "toolkits/returns/moderate.html", context)

    agrees = "agree" in request.POST
    return ask(
        request,
        pressed(request),
        page,
        do=partial(returns.moderate, return_id=answer_set.pk, agree_with_rest=agrees, act=acting(request)),
        done="The return is moderated, and waits to be signed off.",
        to=words.address(answer_set),
    )


@requires(Permission.RETURNS_MODERATE)
def moderate_section(request: Request, return_id: int, section_key: str) -> HttpResponseBase:
    """One section's answers with their evidence, each to be borne out or put otherwise."""
    answer_set = _to_judge(request, return_id, queries.TO_MODERATE)
    held = queries.held(answer_set, on=request.day)
    found = next((section for section in held.content.sections if section.key == section_key), None)
    if found is None:
        raise Http404
    criteria = _to_moderate(held, found)

    def page(form: ModerateForm) -> HttpResponseBase:
        rows = read_rows(request, answer_set, held, found)
        for row in rows:
            key = row["criterion"].key
            row["fields"] = [form[f"value_{key}"], form[f"note_{key}"]] if f"value_{key}" in form.fields else []
        context = {**_frame(answer_set, held, found.key), "section": found, "rows": rows, "form": form}
        return render(request, "toolkits/returns/moderate_section.html", context)

    def judge(**given: str) -> None:
        for criterion in criteria:
            value, note = given[f"value_{criterion.key}"], rules.tidy(given[f"note_{criterion.key}"])
            answer = held.answers[criterion.key]
            if value and (value, note) != (answer.moderated_value, answer.moderation_note):
                returns.moderate_answer(
                    return_id=answer_set.pk, criterion=criterion.key, value=value, note=note, act=acting(request)
                )

    return ask(
        request,
        ModerateForm(request.POST if request.method == "POST" else None, criteria=criteria, answers=held.answers),
        page,
        do=judge,
        done="",
        to=_after(answer_set, held, found),
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
        "answer_set": answer_set,
        "whose": words.whose(answer_set),
        "tabs": tabs,
        "content": held.content,
        "breadcrumbs": [
            ("Returns", reverse("returns")),
            (answer_set.title, words.address(answer_set)),
            ("Moderation", ""),
        ],
    }


@requires(Permission.RETURNS_MODERATE)
def send_back(request: Request, return_id: int) -> HttpResponseBase:
    answer_set = _to_judge(request, return_id, queries.TO_MODERATE)
    form = ReasonForm(request.POST or None)
    form.fields["because"].label = "What is to be corrected?"
    return ask(
        request,
        form,
        words.question(
            answer_set,
            heading="Send this return back",
            button="Send it back",
            about="Those who answered it see what you write here, can change their answers, and hand it in again.",
        ),
        do=partial(returns.send_back, return_id=answer_set.pk, act=acting(request)),
        done="The return is sent back, with what you wrote.",
        to=words.address(answer_set),
    )


def _taken_up(request: Request, answer_set: Return) -> list[str]:
    """What follows for the contract, in sentences; why nothing does, where its rules refuse it."""
    try:
        return take_up(return_id=answer_set.pk, act=acting(request))
    except RuleBroken as refusal:
        return [f"Nothing was recorded on its contract: {refusal.reason}"]


@requires(Permission.RETURNS_SIGN_OFF)
def sign_off(request: Request, return_id: int) -> HttpResponseBase:
    """Both grades, and every answer on which the moderator differed; then the last word."""
    answer_set = _to_judge(request, return_id, frozenset({ReturnState.MODERATED}))
    held = queries.held(answer_set, on=request.day)

    def sign() -> list[str]:
        returns.sign_off(return_id=answer_set.pk, act=acting(request))
        return _taken_up(request, answer_set)

    def page(form: PageForm) -> HttpResponseBase:
        context = {
            "form": form,
            "answer_set": answer_set,
            "whose": words.whose(answer_set),
            "differing": [
                row
                for section in held.content.sections
                for row in read_rows(request, answer_set, held, section)
                if row["differs"]
            ],
            "self_grade": words.grade(held.content, answer_set.overall_self_grade),
            "moderated_grade": words.grade(held.content, answer_set.overall_moderated_grade),
            "back": words.address(answer_set),
        }
        return render(request, "toolkits/returns/sign_off.html", context)

    return ask(
        request,
        pressed(request),
        page,
        do=sign,
        done=lambda follows: " ".join(["The return is signed off.", *follows]),
        to=words.address(answer_set),
    )
