"""The documents given as evidence for one answer: added, chosen from what is kept, and those that stop being given."""

from functools import partial
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render

from plumbline.evidence.models import Document, Sensitivity
from plumbline.evidence.operations import give_document, keep_document
from plumbline.kernel import wording
from plumbline.people.access import Permission
from plumbline.toolkits.content import Criterion
from plumbline.toolkits.models import Return
from plumbline.toolkits.operations import returns
from plumbline.toolkits.queries import returns as queries
from plumbline.web.evidence.files import folder
from plumbline.web.kit.access import signed_in
from plumbline.web.kit.asking import act, ask
from plumbline.web.kit.request import Request, acting, record_number
from plumbline.web.toolkits.returns import words
from plumbline.web.toolkits.returns.forms import ChooseForm, UploadForm
from plumbline.web.toolkits.returns.reading import came_from, criterion_of, frame, to_answer


@signed_in
def evidence(request: Request, return_id: int, criterion_key: str) -> HttpResponseBase:
    """The documents given for one answer: add one, choose one that is kept already, or stop giving one."""
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
    act_on: dict[str, Any] = {"return_id": answer_set.pk, "criterion": criterion.key, "act": acting(request)}
    back, back_words = came_from(request, answer_set, found, criterion.key)
    if "from" not in request.GET:
        back, back_words = words.address(answer_set, "return_question", criterion.key), "Back to the question"
    if what == "back":
        number = record_number(request.POST.get("document"))
        return act(
            request,
            do=partial(returns.take_document_back, document_id=number, **act_on),
            done="The document is not given for this answer any more. It is kept.",
            to=request.get_full_path(),
        )

    def page(form: UploadForm | ChooseForm) -> HttpResponseBase:
        choose = form if isinstance(form, ChooseForm) else ChooseForm(documents=choices)
        context = {
            **frame(answer_set, held, found.key, reads_only=False),
            "criterion": criterion,
            "upload": form if isinstance(form, UploadForm) else UploadForm(),
            "choose": choose if choices else None,
            "given": held.documents.get(criterion.key, ()),
            "back": back,
            "back_words": back_words,
            "form": form,
        }
        return render(request, "toolkits/returns/evidence.html", context)

    if what == "upload":

        def keep(**given: Any) -> Document:
            document = _kept(request, answer_set, criterion, **given)
            returns.give_document(document_id=document.pk, **act_on)
            return document

        return ask(
            request,
            UploadForm(request.POST, request.FILES),
            page,
            do=keep,
            done=lambda document: f"“{document.title}” is kept, and given as evidence.",
            to=back,
        )
    return ask(
        request,
        ChooseForm(request.POST if what == "choose" else None, documents=choices),
        page,
        do=lambda chosen: returns.give_document(document_id=int(chosen), **act_on),
        done="The document is given as evidence.",
        to=back,
    )


def _kept(request: Request, answer_set: Return, criterion: Criterion, document: Any, **about: Any) -> Document:
    """The uploaded file, kept as the organisation's. Who is asked to answer may give evidence, whatever their role."""
    whose = answer_set.organisation
    given: dict[str, Any] = {
        "file_name": document.name,
        "content": document.read(),
        "folder": folder(),
        "organisation": whose,
        "sensitivity": Sensitivity.SHARED if whose else Sensitivity.COUNCIL,
        "kind": criterion.policy,
        "act": acting(request),
        **about,
    }
    of_the_room = (Permission.EVIDENCE_KEEP, Permission.PROVIDER_PORTAL)
    give = give_document if any(given["act"].may(each) for each in of_the_room) else keep_document
    return give(**given)


def _document_words(document: Document) -> str:
    until = f", valid until {wording.day(document.expires_on)}" if document.expires_on else ""
    return f"{document.title} ({document.file_name}{until})"
