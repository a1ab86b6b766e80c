"""The documents given as evidence for one answer: added, chosen from what is kept, no longer given."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from plumbline.evidence.models import Document, Sensitivity
from plumbline.evidence.operations import give_document, keep_document
from plumbline.evidence.rules import ENDINGS
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission, may
from plumbline.toolkits.content import Criterion
from plumbline.toolkits.models import Return
from plumbline.toolkits.operations import returns
from plumbline.toolkits.queries import returns as queries
from plumbline.web.evidence.files import folder
from plumbline.web.kit import wording
from plumbline.web.kit.access import signed_in
from plumbline.web.kit.request import Request, acting, record_number
from plumbline.web.toolkits.returns import words
from plumbline.web.toolkits.returns.forms import ChooseForm, UploadForm
from plumbline.web.toolkits.returns.reading import came_from, criterion_of, frame, to_answer


@signed_in
def evidence(request: Request, return_id: int, criterion_key: str) -> HttpResponseBase:
    """The documents given for one answer: add one, choose one that is kept already, or no longer give one."""
    answer_set = to_answer(request, return_id)
    held = queries.held(answer_set, on=request.day)
    found, criterion = criterion_of(held, criterion_key)
    what = request.POST.get("what", "")
    given = {each.document.pk for each in held.documents.get(criterion.key, ())}
    choices = [
        (str(document.pk), _document_words(document))
        for document in queries.documents_to_choose(answer_set, viewer=request.user, on=request.day)
        if document.pk not in given
    ]
    upload = UploadForm(request.POST if what == "upload" else None, request.FILES if what == "upload" else None)
    upload.fields["document"].widget.attrs["accept"] = ENDINGS
    choose = ChooseForm(request.POST if what == "choose" else None, documents=choices)
    act: dict[str, Any] = {"return_id": answer_set.pk, "criterion": criterion.key, **acting(request)}
    here = redirect(request.get_full_path())
    back, back_words = came_from(request, answer_set, found, criterion.key)
    if "from" not in request.GET:
        back, back_words = words.address(answer_set, "return_question", criterion.key), "Back to the question"
    if what == "back":
        returns.take_document_back(document_id=record_number(request.POST.get("document")), **act)
        messages.success(request, "The document is no longer given for this answer. It is kept.")
        return here
    try:
        if what == "choose" and choose.is_valid():
            returns.give_document(document_id=int(choose.cleaned_data["chosen"]), **act)
            messages.success(request, "The document is given as evidence.")
            return redirect(back)
        if what == "upload" and upload.is_valid():
            with transaction.atomic():
                document = _kept(request, answer_set, criterion, upload)
                returns.give_document(document_id=document.pk, **act)
            messages.success(request, f"“{document.title}” is kept, and given as evidence.")
            return redirect(back)
    except RuleBroken as refusal:
        (upload if what == "upload" else choose).refuse(refusal, field="document" if what == "upload" else "chosen")
    context = {
        **frame(answer_set, held, found.key, reads_only=False), "criterion": criterion, "upload": upload,
        "choose": choose if choices else None, "given": held.documents.get(criterion.key, ()), "section": found,
        "back": back, "back_words": back_words,
        "form": upload if upload.errors else choose,
    }  # fmt: skip
    return render(request, "toolkits/returns/evidence.html", context)


def _kept(request: Request, answer_set: Return, criterion: Criterion, form: UploadForm) -> Document:
    """The uploaded file, kept as the organisation's. Who is asked to answer may give evidence, whatever their role."""
    file, whose = form.cleaned_data["document"], answer_set.organisation
    given: dict[str, Any] = {
        "title": form.cleaned_data["title"], "file_name": file.name, "content": file.read(), "folder": folder(),
        "organisation": whose, "sensitivity": Sensitivity.SHARED if whose else Sensitivity.COUNCIL,
        "kind": criterion.policy,
        "period_from": form.cleaned_data["period_from"], "period_to": form.cleaned_data["period_to"],
        "expires_on": form.cleaned_data["expires_on"], "by": request.user, "at": request.at,
    }  # fmt: skip
    if may(request.user, Permission.EVIDENCE_KEEP, on=request.day) or may(
        request.user, Permission.PROVIDER_PORTAL, on=request.day
    ):
        return give_document(**given, on=request.day)
    return keep_document(**given)


def _document_words(document: Document) -> str:
    until = f", valid until {wording.day(document.expires_on)}" if document.expires_on else ""
    return f"{document.title} ({document.file_name}{until})"
