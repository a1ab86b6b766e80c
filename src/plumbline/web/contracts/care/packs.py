"""A visit as a pack: ours for another council, and another council's, read and accepted.

What was read stays here, as its reader's own, and is accepted by its number: what comes back from the browser is the
reason alone.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings as site
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from plumbline.contracts.models import Visit
from plumbline.contracts.operations import visits as operations
from plumbline.contracts.rules import packs
from plumbline.contracts.rules import visits as rules
from plumbline.contracts.rules.visits import FindingGiven
from plumbline.contracts.visit_paper import JUDGEMENTS
from plumbline.kernel.errors import NotAllowed, RuleBroken
from plumbline.kernel.names import sort_key as fold_name
from plumbline.ofsted.models import Setting
from plumbline.people import drafts
from plumbline.people.access import Permission
from plumbline.web.contracts.care import forms
from plumbline.web.contracts.care.visits import JUDGED, keep_report, visit_of
from plumbline.web.kit import setting_words as settings
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import ask
from plumbline.web.kit.request import Request, acting

P = Permission
# The draft in which a pack that was read waits for its reader.
READ = "visit_pack"


def _signing_key() -> bytes | None:
    """The council's own key, where the person who looks after the machine has put one beside the files."""
    kept = Path(site.HOME) / "signing_key.pem"
    return kept.read_bytes() if kept.exists() else None


def _known_keys() -> dict[str, bytes]:
    """The public keys of other councils, by the name of their file."""
    folder = Path(site.HOME) / "partner_keys"
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.pem"))} if folder.is_dir() else {}


@requires(P.CONTRACTS_MANAGE)
def pack(request: Request, pk: int) -> HttpResponseBase:
    """Our visit as a pack for another council, as a file."""
    found = visit_of(request, pk)
    if request.method != "POST":
        return redirect("visit", found.pk)
    content = operations.export_visit(
        visit_id=found.pk, council=site.COUNCIL, colour=site.COLOUR, signing_key=_signing_key(), act=acting(request)
    )
    answer = HttpResponse(content, content_type="application/zip")
    name = f"visit-{found.setting.urn if found.setting else found.pk}-{found.visited_on.isoformat()}.zip"
    answer["Content-Disposition"] = content_disposition_header(True, name)
    answer["Cache-Control"] = "private, no-store"
    return answer


@requires(P.CONTRACTS_MANAGE)
def read_pack(request: Request) -> HttpResponseBase:
    """Read another council's pack: whether it is whole and was altered, and whose key signed it."""

    def read_and_keep(pack: Any) -> int:
        read = packs.read(pack.read(), known=_known_keys())
        said = _said_in(read)
        if fold_name(said["council"]) == fold_name(site.COUNCIL):
            raise RuleBroken("This is a pack of our own council: its visit is recorded here.", code="own_pack")
        report_id = keep_report(request, "report.pdf", read.files["report.pdf"], said["council"])
        found = {"sentence": read.says(), "is_known": bool(read.known_as), "is_signed": bool(read.fingerprint)}
        drafts.keep(
            user=request.user,
            form=READ,
            subject=str(report_id),
            base=0,
            seq=None,
            at=request.at,
            payload={**said, **found},
        )
        return report_id

    return ask(
        request,
        forms.ReadPack(request.POST or None, request.FILES or None),
        ("contracts/care/pack.html", {"breadcrumbs": _crumbs()}),
        do=read_and_keep,
        done="",
        to=lambda report_id: reverse("visit_pack_accept", args=[report_id]),
    )


def _crumbs() -> list[tuple[str, str]]:
    return [("Yearly visits", reverse("visits_due")), ("Another council’s pack", "")]


def _said_in(read: packs.Pack) -> dict[str, Any]:
    """What a pack says of its visit; anything else in it is left."""
    try:
        said = json.loads(read.files["visit.json"])
        if not isinstance(said, dict) or "report.pdf" not in read.files:
            raise ValueError
        return {
            **{name: str(said.get(name, "")) for name in ("place", "visitors", "summary")},
            **{name: str(said[name]) for name in ("council", "urn")},
            "visited_on": date.fromisoformat(str(said["visited_on"])).isoformat(),
            "findings": [
                {
                    "area": each["area"],
                    "judgement": each["judgement"] if each.get("judgement") in JUDGEMENTS else "",
                    "words": str(each.get("finding", "")),
                }
                for each in said.get("findings", [])
                if isinstance(each, dict) and each.get("area") in rules.AREAS
            ],
        }
    except (KeyError, ValueError) as wrong:
        raise RuleBroken("The pack does not say which visit it holds.", code="wrong_file") from wrong


@requires(P.CONTRACTS_MANAGE)
def accept_pack(request: Request, pk: int) -> HttpResponseBase:
    """What a pack that was just read holds, to its reader; and why their visit counts in place of ours."""
    kept = drafts.find(user=request.user, form=READ, subject=str(pk))
    if kept is None:
        raise NotAllowed(f"There is no pack {pk} that {request.user} has read.")
    said = kept.payload
    setting = Setting.objects.filter(urn=said["urn"].upper()).order_by("pk").first()
    page = (
        "contracts/care/pack.html",
        {
            "said": said,
            "setting": setting,
            "label": settings.label(setting) if setting else "",
            "report_id": pk,
            "visited": date.fromisoformat(said["visited_on"]),
            "findings": [
                {
                    "label": rules.AREAS[each["area"]],
                    "word": JUDGEMENTS.get(each["judgement"], "Not seen"),
                    "tag": JUDGED.get(each["judgement"], "grey"),
                    "words": each["words"],
                }
                for each in said["findings"]
            ],
            "breadcrumbs": _crumbs(),
        },
    )
    if setting is None:
        return render(request, *page)

    def accept_read(because: str) -> Visit:
        made = operations.accept_visit(
            contract_id=None,
            setting_id=setting.pk,
            by_council=said["council"],
            because=because,
            visited_on=date.fromisoformat(said["visited_on"]),
            visitors=said["visitors"][:300],
            summary=said["summary"][:4000],
            report_id=pk,
            findings=[
                FindingGiven(each["area"], each["judgement"], each["words"])
                for each in said["findings"]
                if each["judgement"]
            ],
            act=acting(request),
        )
        drafts.drop(user=request.user, form=READ, subject=str(pk))
        return made

    return ask(
        request,
        forms.AcceptPack(request.POST or None),
        page,
        do=accept_read,
        done="The visit is accepted and counts as this year’s.",
        to=lambda made: reverse("visit", args=[made.pk]),
    )
