"""A return taken out, for ever, by who may read it; and the Excel file that comes back."""

import tempfile
from pathlib import Path

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from plumbline.exchange import return_files
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.toolkits.queries import returns as queries
from plumbline.web.evidence import opened
from plumbline.web.kit.access import signed_in
from plumbline.web.kit.request import Request, acting
from plumbline.web.toolkits.returns import words
from plumbline.web.toolkits.returns.forms import BackForm
from plumbline.web.toolkits.returns.reading import read_rows, seen, shows_moderation, to_answer

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@signed_in
def excel(request: Request, return_id: int) -> HttpResponseBase:
    """The return as an Excel file, to fill in or to keep; whatever its state and its due date."""
    answer_set = seen(request, return_id)
    made = return_files.workbook(
        answer_set=answer_set,
        on=request.day,
        titled=opened.titles(request.user, on=request.day),
        with_moderation=bool(answer_set.moderated_at) and shows_moderation(request, answer_set),
    )
    answer = HttpResponse(made, content_type=_XLSX)
    name = f"{slugify(answer_set.title)[:80] or 'return'}-{answer_set.pk}.xlsx"
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@signed_in
def back(request: Request, return_id: int) -> HttpResponseBase:
    """The file comes back: what was taken, and each row that was not, with its reason."""
    answer_set = to_answer(request, return_id)
    form = BackForm(request.POST or None, request.FILES or None)
    taken = None
    if form.is_valid():
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "return.xlsx"
            with path.open("wb") as kept:
                for part in form.cleaned_data["file"].chunks():
                    kept.write(part)
            try:
                taken = return_files.take_back(return_id=answer_set.pk, path=path, act=acting(request))
            except RuleBroken as refusal:
                form.refuse(refusal, field="file")
        if taken and not taken.refused:
            said = wording.how_many(taken.changed, "answer was", "answers were")
            nothing = "Nothing in the file has changed since it was sent out: every answer is as it was."
            messages.success(request, f"{said} taken from the file." if taken.changed else nothing)
            return redirect(words.address(answer_set))
    context = {"answer_set": answer_set, "form": form, "taken": taken, "back": words.address(answer_set)}
    return render(request, "toolkits/returns/back.html", context)


@signed_in
def paper(request: Request, return_id: int) -> HttpResponseBase:
    """The whole return on one page, to be read on paper."""
    answer_set = seen(request, return_id)
    held = queries.held(answer_set, on=request.day)
    context = {
        "answer_set": answer_set, "whose": words.whose(answer_set), "period": words.period(answer_set),
        "content": held.content, "back": words.address(answer_set), "shows": shows_moderation(request, answer_set),
        "self_grade": words.grade(held.content, answer_set.overall_self_grade),
        "moderated_grade": words.grade(held.content, answer_set.overall_moderated_grade),
        "sections": [
            {"section": section, "rows": read_rows(request, answer_set, held, section)}
            for section in held.content.sections
        ],
    }  # fmt: skip
    return render(request, "toolkits/returns/paper.html", context)
