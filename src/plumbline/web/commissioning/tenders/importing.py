"""Bids from a file: the list that the portal gives after opening."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from plumbline.commissioning.queries import tenders as queries
from plumbline.exchange.bids import take_bids
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.web.commissioning.tenders.forms import BidsFile
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting


@requires(Permission.TENDERS_MANAGE)
def bids(request: Request, pk: int) -> HttpResponseBase:
    """What was taken, and each row that was not, with its reason."""
    tender = queries.tender_seen(request.user, tender_id=pk, on=request.day)
    form = BidsFile(request.POST or None, request.FILES or None)
    taken = None
    if form.is_valid():
        upload = form.cleaned_data["file"]
        with tempfile.TemporaryDirectory() as place:
            # The name that someone gave is no path of ours.
            path = Path(place) / "bids"
            with path.open("wb") as kept:
                for part in upload.chunks():
                    kept.write(part)
            try:
                taken = take_bids(tender_id=tender.pk, path=path, council=settings.COUNCIL, act=acting(request))
            except RuleBroken as refusal:
                form.refuse(refusal)
        if taken and not taken.refused:
            messages.success(request, f"{wording.how_many(taken.added, 'bid is', 'bids are')} entered from the file.")
            return redirect("tender_bids", tender.pk)
    asked = queries.questions_asked(tender)
    return render(
        request,
        "commissioning/tenders/bids_file.html",
        {
            "tender": tender,
            "form": form,
            "taken": taken,
            "back": reverse("tender_bids", args=[tender.pk]),
            "questions": asked.criteria if asked else (),
        },
    )
