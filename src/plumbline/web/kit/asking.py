"""One question, one act, all or nothing: a page with one form, and a button that asks nothing.

    @requires(Permission.EVIDENCE_KEEP)
    def withdraw(request: Request, pk: int) -> HttpResponseBase:
        found, address = _seen(request, pk), reverse("document_page", args=[pk])
        return ask(
            request,
            forms.Withdraw(request.POST or None),
            Question(heading=f"Withdraw “{found.title}”", button="Withdraw the document", back=address),
            do=partial(operations.withdraw_document, document_id=pk, act=acting(request)),
            done=f"“{found.title}” is withdrawn.",
            to=address,
        )

`do` is given the answers of the form by their names. Where it calls two operations, either both happen or none does.
Where a refusal is shown is said by the form (`PageForm.refused_at`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from plumbline.kernel.errors import RuleBroken
from plumbline.web.kit.forms import PageForm
from plumbline.web.kit.request import Request

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A page with a heading, what is to be known before answering, and one form.

    `back`: the address to go back to, which "Cancel" leads to as well; `about`: a paragraph, or several; `points`:
    a list below it; `kind`: "warning" for what takes something away; `links`: what else can be done, below the form.
    """

    heading: str
    button: str
    back: str
    back_words: str = "Back"
    caption: str = ""
    about: str | Sequence[str] = ()
    points: Sequence[str] = ()
    kind: str = ""
    breadcrumbs: Sequence[tuple[str, str]] = field(default=())
    links: Sequence[tuple[str, str]] = ()

    @property
    def paragraphs(self) -> Sequence[str]:
        return ([self.about] if self.about else []) if isinstance(self.about, str) else self.about


# A question, a template of its own with its context, or what answers with the page of a form among others.
Page = Question | tuple[str, Mapping[str, Any]] | Callable[[Any], HttpResponseBase]
Said = str | Callable[[Made], str]


def ask(
    request: Request,
    form: PageForm,
    page: Page,
    *,
    do: Callable[..., Made],
    done: Said[Made],
    to: str | Callable[[Made], str],
) -> HttpResponseBase:
    """Show the form; once it is answered, do it, say what was done ("": nothing is said) and go on to an address.

    A refusal undoes all of it, and is shown in the form.
    """
    if form.is_valid():
        try:
            made = whole(do, **form.cleaned_data)
        except RuleBroken as refusal:
            form.refuse(refusal)
        else:
            return _led_on(request, made, done, to)
    return _shown(request, form, page)


def act(
    request: Request,
    *,
    do: Callable[[], Made],
    done: Said[Made],
    to: str | Callable[[Made], str],
    back: str = "",
) -> HttpResponseBase:
    """Do what a button of a page asks for, and go on. A refusal is said on the page `back` (where none is named, `to`).

    An address that was only opened changes nothing, and leads back."""
    page = back or (to if isinstance(to, str) else "")
    if request.method != "POST":
        return redirect(page)
    try:
        made = whole(do)
    except RuleBroken as refusal:
        messages.error(request, refusal.reason)
        return redirect(page)
    return _led_on(request, made, done, to)


def pressed(request: Request) -> PageForm:
    """The form of a page that asks nothing: its button is the answer."""
    return PageForm(request.POST if request.method == "POST" else None)


def whole(do: Callable[..., Made], /, **given: Any) -> Made:
    """Do all of it or nothing; what is recorded of a refusal stays."""
    try:
        with transaction.atomic():
            return do(**given)
    except RuleBroken as refusal:
        refusal.record_again()
        raise


def _led_on(request: Request, made: Made, done: Said[Made], to: str | Callable[[Made], str]) -> HttpResponseBase:
    said = done(made) if callable(done) else done
    if said:
        messages.success(request, said)
    return redirect(to(made) if callable(to) else to)


def _shown(request: Request, form: PageForm, page: Page) -> HttpResponseBase:
    if isinstance(page, Question):
        context = {"form": form, "question": page, "breadcrumbs": page.breadcrumbs}
        return render(request, "kit/question.html", context)
    if isinstance(page, tuple):
        template, around = page
        return render(request, template, {"form": form, **around})
    return page(form)
