"""My work: what waits for the person signed in, what to do next first."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import resolve

from plumbline.people.access import ROLES, Permission, current_roles, may
from plumbline.placements.lookups import enquiries_of
from plumbline.web.contracts.incidents.words import now_of
from plumbline.web.home.work import items
from plumbline.web.kit import setting_words
from plumbline.web.kit.access import access_of, may_use, signed_in
from plumbline.web.kit.request import Request


@signed_in
def my_work(request: Request) -> HttpResponseBase:
    on, viewer, now = request.day, request.user, now_of(request)
    if may(viewer, Permission.PROVIDER_PORTAL, on=on):
        # What waits for a provider's people stands on their own page, with their contracts.
        return redirect("provider")
    work = items.work_of(viewer, on=on, now=now, whole=request.GET.get("all") == "yes")
    asks = may(viewer, Permission.PLACEMENT_EXCEPTION_ASK, on=on)
    context = {
        "work": work,
        "next": work.items[0] if work.items else None,
        "rows": [{"item": item, "due": item.by_when(on=on, now=now), "late": item.is_late(now)} for item in work.items],
        "asks": asks,
        "asked": [
            {"enquiry": each, "setting": setting_words.label(each.setting) if each.setting else each.asked}
            for each in (enquiries_of(viewer) if asks else [])
        ],
        "does": [ROLES[held.role].does for held in current_roles(viewer, on=on)],
        "reports": items.published_reports(viewer, on=on),
        "places": items.places_of(lambda address: may_use(viewer, access_of(resolve(address).func), on=on)),
    }
    return render(request, "home/work/my_work.html", context)
