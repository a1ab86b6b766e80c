"""A form that is sent twice is carried out once: pressed twice, or sent again from a page that "back" has shown.

Each showing of a form can be told from any other: by the mark in its sealed line (web.kit.drafts), or by the token
against forgery that every form carries, together with what was sent, since the buttons of one page share it.

What "back" shows is another showing: no browser stores our pages, so it asks for the page once more and fills in what
was typed. So the very same words, sent soon after they were carried out, are not carried out again at once: their
sender is told, and led where they had led. The person who means another one sends it once more.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect

from plumbline.kernel import wording
from plumbline.kernel.errors import Refusal
from plumbline.kernel.moments import here
from plumbline.people import sent
from plumbline.people.models import FormSent
from plumbline.web.kit import drafts
from plumbline.web.kit.forms import AS_OPENED
from plumbline.web.kit.request import DatedRequest

View = Callable[..., HttpResponseBase]

# So soon after it was carried out a form with the same words is taken for the same.
_SOON = timedelta(minutes=30)
# Words of so many characters are not typed twice by chance; a name that is looked up is, or a role that is given.
_WORDS = 20


def own_transactions(view: View) -> View:
    """Mark a view that is not one transaction: it reads at moments that it chooses itself, or counts attempts that stay
    counted. Its form may be carried out twice without harm, and it shows no child's record: nobody looks."""
    view.own_transactions = True  # type: ignore[attr-defined]  # a mark of ours on a function
    return view


def carried_out(
    request: DatedRequest, view: View, place: drafts.Place | None, do: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """The answer of `do`, in one transaction with the form's key; where the form was carried out before, what that
    led to. `place`: where its draft is kept, which goes when the form is carried out."""
    content = _content(request) if request.method == "POST" and not getattr(view, "own_transactions", False) else ""
    key = _key(request, place, content) if content else ""
    if not key:
        answer = do()
        if place and leads_on(answer):
            drafts.drop(place)
        return answer
    refused: Refusal | None = None
    earlier = None
    words = _words(request, place, content)
    with transaction.atomic():
        before = sent.take(key=key, content=content, at=request.at)
        if before is None and words:
            earlier = sent.same_words(key=words, since=request.at - _SOON)
        if earlier is not None:
            sent.give_back(key=key)
        elif before is None:
            try:
                answer = do()
            except Refusal as refusal:
                # What its operations have recorded of the refusal stays.
                refused = refusal
            if refused is None and leads_on(answer):
                sent.led_to(answer["Location"], key=key, at=request.at)
                if words:
                    sent.keep_words(answer["Location"], key=words, content=content, at=request.at)
            else:
                sent.give_back(key=key)
    if refused is not None:
        raise refused
    if earlier is not None:
        return _soon_again(request, place, earlier)
    if before is None:
        if place and leads_on(answer):
            drafts.drop(place)
        return answer
    return _again(request, place, before, is_same=before.content == content)


def leads_on(answer: HttpResponseBase) -> bool:
    """A page shows again what it did not take, and leads on from what it took."""
    return 300 <= answer.status_code < 400


def _again(request: DatedRequest, place: drafts.Place | None, before: FormSent, *, is_same: bool) -> HttpResponseBase:
    said = "You had sent this form already. It is recorded once, and this is what came of it."
    if is_same and place:
        drafts.drop(place)
    if not is_same:
        said += " What you have changed in it since is not saved: it is kept as a draft, and is in the form when "
        said += "you open it again."
    messages.info(request, said)
    return redirect(before.led_to)


def _soon_again(request: DatedRequest, place: drafts.Place | None, earlier: FormSent) -> HttpResponseBase:
    if place:
        drafts.drop(place)
    messages.warning(
        request,
        f"You had sent exactly this at {wording.clock(here(earlier.at))}. It is recorded once, and this is what came "
        "of it. If you mean another one, go back and send it once more.",
    )
    return redirect(earlier.led_to)


def _words(request: DatedRequest, place: drafts.Place | None, content: str) -> str:
    """A key of what was typed, by whom and into which page, whatever showing of it; "" where that tells nothing."""
    if place is None or any(name.endswith(AS_OPENED) for name in request.POST):
        return ""
    typed = (value for name, values in request.POST.lists() if name not in drafts.OURS for value in values)
    if not any(len(value) >= _WORDS and " " in value for value in typed):
        return ""
    return _digest("words", request.path, content, str(request.user.pk))


def _key(request: DatedRequest, place: drafts.Place | None, content: str) -> str:
    # A form that shows what is recorded may be sent again with other answers, and says what has changed meanwhile; so
    # may a page of a journey, which only keeps them.
    changes = any(name.endswith(AS_OPENED) for name in request.POST)
    if place and not changes:
        return _digest("page", place.page, request.path)
    token = request.POST.get("csrfmiddlewaretoken", "")
    return _digest("token", token, request.path, content, str(request.user.pk)) if token else ""


def _content(request: DatedRequest) -> str:
    """A digest of what was sent, without what says only when and from where."""
    typed = sorted((name, values) for name, values in request.POST.lists() if name not in drafts.OURS)
    files = []
    for name, given in request.FILES.lists():
        for each in given:
            digest = hashlib.sha256()
            for chunk in each.chunks():
                digest.update(chunk)
            each.seek(0)
            files.append((name, each.name, digest.hexdigest()))
    return _digest(json.dumps([typed, sorted(files)]))


def _digest(*parts: Any) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
