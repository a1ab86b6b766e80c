"""My work: what waits for the person signed in, what to do next first; what came back to them; what they put off."""

from datetime import date, datetime
from functools import partial
from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.due import keeping, operations, queries
from plumbline.due.rules import Band
from plumbline.kernel import wording
from plumbline.people.access import ROLES, Permission, current_roles, may
from plumbline.people.models import User
from plumbline.placements.queries import enquiries_of
from plumbline.web.due import places
from plumbline.web.kit import duties, forms, setting_words
from plumbline.web.kit.access import signed_in
from plumbline.web.kit.asking import Question, act, ask
from plumbline.web.kit.request import Request, acting, now_of, record_number

# So many matters are on a page.
_MOST = 25
BANDS = {
    Band.NOW: ("now", "Now", "red"),
    Band.TODAY: ("today", "Today", "amber"),
    Band.WEEK: ("week", "This week", "blue"),
    Band.PLANNED: ("planned", "Planned", ""),
    Band.PUT_OFF: ("put-off", "Put off", ""),
}
_BY_KEY = {key: band for band, (key, _, _) in BANDS.items()}


@signed_in
def my_work(request: Request) -> HttpResponseBase:
    on, viewer, now = request.day, request.user, now_of(request)
    if may(viewer, Permission.PROVIDER_PORTAL, on=on):
        # What waits for a provider's people is on their own page, with their contracts.
        return redirect("provider")
    asked = request.GET.get("show", "")
    if asked and asked not in _BY_KEY:
        raise Http404
    page = max(1, record_number(request.GET.get("page", "1")))
    current = keeping.catch_up(on=on)
    band = _BY_KEY.get(asked)
    work = queries.work_of(viewer, on=on, at=request.at, band=band, most=_MOST, before=(page - 1) * _MOST)
    asks = may(viewer, Permission.PLACEMENT_EXCEPTION_ASK, on=on)
    total = work.total if band is None else work.counts[band]
    context = {
        "current": current,
        "work": work,
        "counts": [_tile(each, work.counts[each]) for each in BANDS if each != Band.PUT_OFF] if work.total else [],
        "late": work.late,
        "bands": _bands(work, viewer, on=on, now=now, whole=band is not None),
        "put_off": work.counts[Band.PUT_OFF],
        "show": asked,
        "page": page,
        "pages": -(-total // _MOST),
        "back": duties.lines(work.back, on=on, now=now),
        "asks": asks,
        "asked": [
            {"enquiry": each, "setting": setting_words.label(each.setting) if each.setting else each.asked}
            for each in (enquiries_of(viewer) if asks else [])
        ],
        "does": [ROLES[held.role].does for held in current_roles(viewer, on=on)],
        "reports": places.published_reports(viewer, on=on),
        "places": places.places_of(viewer, on=on),
    }
    return render(request, "due/my_work.html", context)


def _tile(band: Band, number: int) -> dict[str, Any]:
    key, label, kind = BANDS[band]
    return {"number": number, "label": label.lower(), "kind": kind, "url": f"?show={key}#next"}


def _bands(work: queries.Work, viewer: User, *, on: date, now: datetime, whole: bool) -> list[dict[str, Any]]:
    """The matters under the heading of when they are to be done; how many more of it there are is a link to them."""
    found = []
    for band, matters in groupby(work.matters, key=lambda matter: matter.band):
        if band == Band.PUT_OFF:
            rows = duties.put_off_drawn(work, viewer, on=on, now=now)
        else:
            rows = [duties.matter_drawn(matter, on=on, now=now) for matter in matters]
        key, label, _ = BANDS[band]
        found.append(
            {
                "label": label,
                "rows": rows,
                "url": f"?show={key}#next",
                "now": band == Band.NOW,
                "more": 0 if whole else work.counts[band] - len(rows),
            }
        )
    return found


class PutOff(forms.PageForm):
    until_on = forms.DayField(label="Until which day?", hint="It is in your list again on that day")
    because = forms.TextField(
        label="Why?",
        hint="For example: “The provider is away until the 14th, and nothing can be agreed before”",
        max_length=1000,
    )
    refused_at = {"day_not_to_come": "until_on", "too_long": "until_on", "missing_reason": "because"}


@signed_in
def put_off(request: Request, matter_type: str, matter_id: int) -> HttpResponseBase:
    """A matter put off for the one who asks, until a day, with the reason."""
    kind = duties.matter_type(matter_type)
    own = queries.of_matter(request.user, matter=(kind, matter_id), on=request.day, at=request.at)
    if not own:
        raise Http404
    first = duties.drawn(own[0], on=request.day, now=now_of(request))
    question = Question(
        heading=f"Put off: {first['what']}",
        caption=first["called"],
        button="Put it off",
        back=reverse("my_work"),
        back_words="My work",
        about="It leaves your own list until the day that you give. Others have it as before.",
    )
    return ask(
        request,
        PutOff(request.POST or None),
        question,
        do=partial(operations.put_off, matter_type=kind, matter_id=matter_id, act=acting(request)),
        done=lambda made: f"It is put off until {wording.day(made.until_on)}.",
        to=reverse("my_work"),
    )


@signed_in
def take_up(request: Request, matter_type: str, matter_id: int) -> HttpResponseBase:
    kind = duties.matter_type(matter_type)
    return act(
        request,
        do=partial(operations.take_up, matter_type=kind, matter_id=matter_id, act=acting(request)),
        done="It is in your list again.",
        to=reverse("my_work"),
    )


@signed_in
def read(request: Request, pk: int) -> HttpResponseBase:
    return act(
        request,
        do=partial(operations.read, item_id=pk, act=acting(request)),
        done="",
        to=reverse("my_work"),
    )
