"""Checking what was answered, and handing the return in."""

from datetime import date
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render

from plumbline.kernel.errors import RuleBroken
from plumbline.toolkits import rules
from plumbline.toolkits.models import Return, ReturnState
from plumbline.toolkits.operations import returns
from plumbline.toolkits.queries import returns as queries
from plumbline.web.kit.access import signed_in
from plumbline.web.kit.asking import ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.toolkits.returns import words
from plumbline.web.toolkits.returns.answering import unsaved
from plumbline.web.toolkits.returns.forms import HandInForm
from plumbline.web.toolkits.returns.reading import CHECK, frame, last_time, read_rows, to_answer


@signed_in
def check(request: Request, return_id: int) -> HttpResponseBase:
    """Everything that was answered, what is missing, what differs from last time; and the button that hands it in."""
    answer_set = to_answer(request, return_id)
    held = queries.held(answer_set, on=request.day)
    carried = sum(1 for answer in held.answers.values() if answer.carried_from_id and answer_set.previous_id)

    def hand_in(**_: bool) -> Return:
        try:
            return returns.submit(return_id=answer_set.pk, act=acting(request))
        except returns.Incomplete as refusal:
            raise RuleBroken("The return is not complete yet: see what is missing.", code=refusal.code) from refusal

    def page(form: HandInForm) -> HttpResponseBase:
        before = last_time(answer_set, request.day)
        context = {
            **frame(answer_set, held, "check", reads_only=False),
            "form": form,
            "progress": held.completeness,
            "sections": [
                {
                    "section": section,
                    "rows": read_rows(request, answer_set, held, section, change_from=CHECK, before=before),
                }
                for section in held.content.sections
            ],
            "missing": missing(answer_set, held),
            "differences": _told(answer_set, held, request.day),
            "result": rules.overall(held.content, held.values),
            "again": answer_set.state == ReturnState.RETURNED,
            "drafts": _drafts(request, answer_set, held),
        }
        return render(request, "toolkits/returns/check.html", context)

    return ask(
        request,
        # Without an answer to tick it is valid as it is.
        HandInForm(request.POST if request.method == "POST" else None, carried=carried),
        page,
        do=hand_in,
        done="The return is handed in. You can read it and take it out at any time, for ever.",
        to=words.address(answer_set),
    )


def missing(answer_set: Return, held: queries.Held) -> list[dict[str, str]]:
    """What is still lacking, each with the place where it is corrected; what is not answered yet once a section."""
    found = []
    for section in held.content.sections:
        of_section = held.completeness.of(section).missing
        open_ones = [each for each in of_section if each.code == rules.NOT_ANSWERED]
        if len(open_ones) > 1:
            found.append(
                {
                    "sentence": f"“{section.title}”: {len(open_ones)} questions are not answered yet.",
                    "link": "Answer them",
                    "url": words.address(answer_set, "return_question", open_ones[0].criterion),
                }
            )
            of_section = tuple(each for each in of_section if each.code != rules.NOT_ANSWERED)
        found += [
            {
                "sentence": each.reason,
                "link": "Answer it" if each.code == rules.NOT_ANSWERED else "Correct it",
                "url": f"{words.address(answer_set, 'return_question', each.criterion)}?from={CHECK}",
            }
            for each in of_section
        ]
    return found


def _told(answer_set: Return, held: queries.Held, on: date) -> list[rules.Difference]:
    """What is otherwise than last time."""
    return [each for each in queries.differences(answer_set, held, on=on) if each.what != "same"]


def _drafts(request: Request, answer_set: Return, held: queries.Held) -> list[dict[str, Any]]:
    """Questions at which this person has typed something that is not saved."""
    return [
        {
            "sentence": f"What you typed at “{held.content.criterion(key).title}” is not saved yet.",
            "link": "Look at it",
            "url": f"{words.address(answer_set, 'return_question', key)}?from={CHECK}",
        }
        for key in unsaved(request.user, answer_set, held, on=request.day)
    ]
