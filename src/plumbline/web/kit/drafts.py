"""Whose page something was typed into, and which form of it: said by the form itself, in a sealed line of its own.

The line is signed, so that what is sent with it may be kept for the person whose page it was even when their session
has ended, and for nobody else. It opens nothing: what is kept is shown only to that person, signed in.
"""

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import HttpRequest, QueryDict

from plumbline.kernel.errors import RuleBroken
from plumbline.people import drafts
from plumbline.people.models import Draft, User
from plumbline.web.kit.forms import AS_OPENED, PageForm

FIELD = "typed_into"
# A page that has been open for longer than this is opened again.
LASTS = timedelta(days=7)
_SALT = "plumbline.web.kit.drafts"
OURS = frozenset({FIELD, "csrfmiddlewaretoken", "seq", "typed_seq"})
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Place:
    """`subject` and `form` find the draft; `address` is the page where it is offered again.

    `by_page`: the page keeps and drops its drafts itself, as a journey does whose pages are saved all together.
    `page` marks the page as it was opened this once: each showing of a form has its own, given when its line is sealed.
    """

    user_id: int
    form: str
    subject: str
    address: str
    by_page: bool = False
    page: str = ""

    def sealed(self) -> str:
        opened = replace(self, page=secrets.token_hex(8))
        return signing.dumps(astuple(opened), salt=_SALT, compress=True)


def of_page(request: HttpRequest, form: str, *, user: User) -> Place:
    """A form of the page that is shown now. What was sent from a page and is shown again belongs to that page still."""
    sent = sent_to(request.POST)
    if sent and sent.user_id == user.pk and not sent.by_page:
        return replace(sent, form=form)
    address = request.get_full_path()
    subject = address
    if len(subject) > _LONGEST:
        subject = subject[: _LONGEST - 64] + hashlib.sha256(subject.encode()).hexdigest()
    return Place(user.pk, form, subject, address)


def sent_to(data: Mapping[str, Any]) -> Place | None:
    """The place that what was sent names; None where it names none, or none that we wrote lately."""
    line = data.get(FIELD, "")
    if not line:
        return None
    try:
        return Place(*signing.loads(line, salt=_SALT, max_age=LASTS))
    except (signing.BadSignature, TypeError):
        return None


def seq_of(data: Mapping[str, Any]) -> int | None:
    """The page's own count of what it sent, while it was typed or with the button; None where it said none."""
    seq = data.get("seq") or data.get("typed_seq") or ""
    return int(seq) if seq.isascii() and seq.isdigit() and len(seq) < 17 else None


def sent_from(data: Mapping[str, Any]) -> dict[str, Any]:
    """What orders a draft (drafts.keep): the opened page that it was sent from, and that page's count."""
    place = sent_to(data)
    return {"page": place.page if place else "", "seq": seq_of(data)}


def keep(place: Place, data: QueryDict, *, at: datetime) -> bool:
    """Keep what was sent for the person whose page it was; False where it is too long, or they are here no more.

    Files are not kept: they may be large, and nobody has looked at them yet.
    """
    user = User.objects.filter(pk=place.user_id, is_active=True).first()
    if user is None:
        return False
    payload = {
        name: values[0] if len(values) == 1 else values for name, values in data.lists() if name not in OURS and values
    }
    try:
        drafts.keep(
            user=user,
            form=place.form,
            subject=place.subject,
            base=0,
            payload=payload,
            page=place.page,
            seq=seq_of(data),
            at=at,
        )
    except RuleBroken:
        return False
    return True


def alone(place: Place | None, data: QueryDict) -> AbstractContextManager[None]:
    """While a form that changes a record is worked on, no other of that record is: the second finds what the first has
    saved, and shows both. Told by the address: /tenders/12/draft/what/ and /tenders/12/draft/people/ are of one."""
    if place is None or not any(name.endswith(AS_OPENED) for name in data):
        return nullcontext()
    return drafts.one_at_a_time("/".join(place.address.split("?")[0].split("/")[:3]))


def drop(place: Place) -> None:
    drafts.drop(user=User(pk=place.user_id), form=place.form, subject=place.subject)


def kept_for(request: HttpRequest, subject: str, *, user: User) -> dict[str, Draft]:
    """What the person signed in has typed into this page and not saved, by form; asked once a page."""
    found: dict[str, Draft] | None = getattr(request, "_typed_before", None)
    if found is None:
        found = drafts.about(user=user, subject=subject)
        request._typed_before = found  # type: ignore[attr-defined]
    return found


def typed_values(draft: Draft) -> QueryDict:
    """What was typed, as a browser sends it."""
    data = QueryDict(mutable=True)
    for name, value in draft.payload.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


@dataclass(frozen=True, slots=True)
class Offer:
    """What a form of a page carries: its sealed line, and the draft that it begins with, where there is one."""

    line: str
    draft: Draft | None


def offer(request: HttpRequest, form: Any) -> Offer | None:
    """Let a form begin with what its writer typed before; None where nothing of it is kept.

    May be asked again for the same form: the answer is the same.
    """
    user = request.user
    if isinstance(user, AnonymousUser) or not isinstance(form, PageForm) or not form.is_typed:
        return None
    made: Offer | None = getattr(form, "typed_offer", None)
    if made is None:
        name = _name(form)
        place = of_page(request, name, user=user)
        draft = None if form.is_bound else kept_for(request, place.subject, user=user).get(name)
        if draft and not form.take_up(typed_values(draft)):
            drop(place)
            draft = None
        made = form.typed_offer = Offer(place.sealed(), draft)  # type: ignore[attr-defined]
    return made


def _name(form: PageForm) -> str:
    room = type(form).__module__.removeprefix("plumbline.web.").removesuffix(".forms")
    return f"{room}.{type(form).__name__}{f':{form.prefix}' if form.prefix else ''}"[:60]
