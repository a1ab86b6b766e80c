"""Texts that wait to be read by someone who may see every name that they must not hold."""

from functools import partial
from typing import ClassVar

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.contracts.queries import held
from plumbline.contracts.queries.held import about as about
from plumbline.people.access import Permission
from plumbline.placements import at_setting
from plumbline.placements.access import children_visible_to
from plumbline.web.contracts.incidents import words
from plumbline.web.contracts.incidents.views import WORKS
from plumbline.web.kit import forms
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, ask
from plumbline.web.kit.request import Request, acting

READS = (Permission.CHILDREN_VIEW, *WORKS)


class ReadText(forms.PageForm):
    refused_at: ClassVar = {"": "text"}

    text = forms.TextField(
        label="The text as others may read it",
        hint="Write “a child” or “a member of staff” for every name",
        max_length=20_000,
        missing="Enter the text as others may read it",
    )


@requires(*READS)
def texts(request: Request) -> HttpResponseBase:
    visible = children_visible_to(request.user, on=request.day)
    waiting = [
        {"text": each, "about": about(each)} for each in held.to_read(request.user, visible=visible, on=request.day)
    ]
    return render(request, "contracts/incidents/texts.html", {"waiting": waiting})


@requires(*READS)
def text(request: Request, pk: int) -> HttpResponseBase:
    visible = children_visible_to(request.user, on=request.day)
    found = held.to_read(request.user, visible=visible, on=request.day).filter(pk=pk).first()
    if found is None:
        raise Http404
    belongs_to = about(found)
    written_by = found.written_by or "The machine"
    return ask(
        request,
        ReadText(request.POST or None, initial={"text": found.text}),
        Question(
            heading="Read a text before others do",
            button="Let others read it",
            caption=belongs_to,
            about=f"{written_by}, {words.said(found.written_at)}. Many people will read it: it names no child and no "
            "member of staff.",
            back=reverse("texts_to_read"),
            breadcrumbs=[("Texts to read", reverse("texts_to_read")), (belongs_to, "")],
        ),
        do=partial(at_setting.settle_text, held_id=pk, visible=visible, act=acting(request)),
        done="Others can read it now.",
        to=reverse("texts_to_read"),
    )
