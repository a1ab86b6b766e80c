"""Queues: wordings and organisations to be mapped, what an extract no longer holds, and refused rows."""

from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from procrastinate.contrib.django import app

from plumbline.earlyhelp import operations as earlyhelp
from plumbline.earlyhelp.intake import END_REASON
from plumbline.earlyhelp.models import ClosureCode
from plumbline.earlyhelp.queries import organisations_to_map, wordings_to_map
from plumbline.exchange import queries, uploads
from plumbline.exchange.models import RefusedRow
from plumbline.exchange.operations import rows as exchange
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.labels import say
from plumbline.people import queries as people
from plumbline.people.access import Permission, may
from plumbline.people.models import Organisation
from plumbline.people.operations import look_at_list
from plumbline.web.exchange.queues import forms
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, act, ask
from plumbline.web.kit.request import Request, acting
from plumbline.web.kit.sealed_names import known_by_bids_alone, unnamed

# Rows of a queue on one page; the next come when these are decided.
_AT_ONCE = 50
_CRUMB = "Data to match"


@requires(Permission.IMPORTS, Permission.LISTS_MANAGE)
def queues(request: Request) -> HttpResponseBase:
    """How much waits in each queue that the person may work on."""
    counts = []
    if may(request.user, Permission.LISTS_MANAGE, on=request.day):
        counts += [
            _count(len(wordings_to_map()), "wordings to be mapped", "queue_wording"),
            _count(len(organisations_to_map()), "organisations to be mapped", "queue_organisations"),
        ]
    if may(request.user, Permission.IMPORTS, on=request.day):
        missing = queries.no_longer_in_extract(request.user, on=request.day)
        refused_rows = queries.rows_to_mend(request.user, on=request.day).count()
        counts += [
            _count(refused_rows, "refused rows to mend", "queue_refused"),
            _count(sum(each.rows for each in missing), "rows no longer in the extract", "queue_gone"),
        ]
    return render(request, "exchange/queues/queues.html", {"counts": counts})


def _count(number: int, label: str, route: str) -> dict[str, Any]:
    return {"number": number, "label": label, "url": reverse(route), "kind": "amber"}


# --- wordings ------------------------------------------------------------------------------------------------------


@requires(Permission.LISTS_MANAGE)
def wording_queue(request: Request) -> HttpResponseBase:
    waiting = wordings_to_map()
    if request.method == "POST":
        return _map_wordings(request, waiting[:_AT_ONCE])
    undo = request.session.pop("mapped_wordings", [])
    return render(
        request,
        "exchange/queues/wording.html",
        {
            "waiting": [
                {"at": at, "wording": each.wording, "why": _started(each), "count": _tacs(each.rows)}
                for at, each in enumerate(waiting[:_AT_ONCE])
            ],
            "how_many": len(waiting),
            "choices": ClosureCode.choices,
            "undo": undo,
            "known": [
                {"wording": each.wording, "label": ClosureCode(each.code).label}
                for each in people.code_mappings(END_REASON)
            ],
            "breadcrumbs": [(_CRUMB, reverse("queues")), ("Wordings", "")],
        },
    )


def _map_wordings(request: Request, waiting: list[Any]) -> HttpResponseBase:
    """Each row as decided; those left open as all of them, where that was decided."""
    for_all = request.POST.get("all", "")
    # The wording comes with the decision: the queue may have moved meanwhile.
    known = {each.wording for each in waiting}
    sent = [(request.POST.get(f"wording{at}", ""), request.POST.get(f"code{at}", "")) for at in range(_AT_ONCE)]
    decided = [(said, code or for_all) for said, code in sent if said in known and (code or for_all)]
    if not decided:
        messages.warning(request, "Nothing was decided: choose what at least one wording means.")
        return redirect("queue_wording")

    def map_them() -> int:
        changed = 0
        for said, code in decided:
            changed += earlyhelp.map_wording(column=END_REASON, wording=said, code=code, act=acting(request))
        request.session["mapped_wordings"] = [said for said, _ in decided]
        return changed

    what = wording.how_many(len(decided), "wording is", "wordings are")
    return act(
        request,
        do=map_them,
        done=lambda changed: f"{what} mapped, on {_tacs(changed)}.",
        to=reverse("queue_wording"),
    )


@requires(Permission.LISTS_MANAGE)
def unmap_wording(request: Request) -> HttpResponseBase:
    def take_back() -> int:
        changed = 0
        for said in request.POST.getlist("wording"):
            changed += earlyhelp.unmap_wording(column=END_REASON, wording=said, act=acting(request))
        return changed

    return act(
        request,
        do=take_back,
        done=lambda changed: f"Taken back. {_tacs(changed)} count as not recorded again.",
        to=reverse("queue_wording"),
    )


# --- organisations -------------------------------------------------------------------------------------------------


@requires(Permission.LISTS_MANAGE)
def organisation_queue(request: Request) -> HttpResponseBase:
    waiting = organisations_to_map()
    if request.method == "POST":
        return _new_organisations(request, {each.wording for each in waiting})
    undo = request.session.pop("mapped_organisations", [])
    return render(
        request,
        "exchange/queues/organisations.html",
        {
            "waiting": [
                {"at": at, "wording": each.wording, "why": _started(each), "count": _tacs(each.rows)}
                for at, each in enumerate(waiting[:_AT_ONCE])
            ],
            "how_many": len(waiting),
            "sectors": Organisation.Sector.choices,
            "undo": undo,
            "known": people.organisation_names(),
            "breadcrumbs": [(_CRUMB, reverse("queues")), ("Organisations", "")],
        },
    )


def _new_organisations(request: Request, known: set[str]) -> HttpResponseBase:
    """Every ticked wording becomes an organisation of the one sector."""
    ticked = [said for said in request.POST.getlist("wording") if said in known]
    sector = request.POST.get("sector", "")
    if not ticked or not sector:
        messages.warning(request, "Tick the wordings that are new organisations, and choose their sector.")
        return redirect("queue_organisations")

    def map_them() -> int:
        changed = 0
        for said in ticked:
            changed += earlyhelp.map_new_organisation(wording=said, sector=sector, act=acting(request))
        return changed

    what = wording.how_many(len(ticked), "organisation is", "organisations are")
    return act(
        request,
        do=map_them,
        done=lambda changed: f"{what} in the register, with {_tacs(changed)}.",
        to=reverse("queue_organisations"),
    )


@requires(Permission.LISTS_MANAGE)
def decide_organisation(request: Request) -> HttpResponseBase:
    said = request.GET.get("wording", "")
    found = next((each for each in organisations_to_map() if each.wording == said), None)
    if found is None:
        messages.info(request, "That wording does not wait any more.")
        return redirect("queue_organisations")
    form = forms.DecideOrganisation(
        request.POST or None, alike=people.organisations_like(said, but=unnamed(request.user, on=request.day))
    )

    def decide(**given: Any) -> int:
        changed = _map_organisation(request, said, given)
        if given["which"] != forms.NEW:
            request.session["mapped_organisations"] = [said]
        return changed

    return ask(
        request,
        form,
        Question(
            heading=f"What is “{said}”?",
            button="Save this decision",
            back=reverse("queue_organisations"),
            back_words="Organisations to be mapped",
            about=f"{_started(found)}: {_tacs(found.rows)}.",
        ),
        do=decide,
        done=lambda changed: f"“{said}” is mapped, on {_tacs(changed)}.",
        to=reverse("queue_organisations"),
    )


def _map_organisation(request: Request, said: str, given: dict[str, Any]) -> int:
    if given["which"] == forms.NEW:
        return earlyhelp.map_new_organisation(wording=said, sector=given["sector"], act=acting(request))
    number = given["which"]
    if number == forms.OTHER:
        known = people.organisations().exclude(pk__in=known_by_bids_alone(request.user, on=request.day))
        found = known.filter(name__iexact=given["name"].strip()).first()
        if found is None:
            raise RuleBroken("The register has no organisation of that name.", code="unknown_organisation")
        number = found.pk
    return earlyhelp.map_organisation(wording=said, organisation_id=int(number), act=acting(request))


@requires(Permission.LISTS_MANAGE)
def unmap_organisation(request: Request) -> HttpResponseBase:
    def take_back() -> int:
        changed = 0
        for said in request.POST.getlist("wording"):
            changed += earlyhelp.unmap_organisation(wording=said, act=acting(request))
        return changed

    return act(
        request,
        do=take_back,
        done=lambda changed: f"Taken back, on {_tacs(changed)}.",
        to=reverse("queue_organisations"),
    )


# --- no longer in the extract --------------------------------------------------------------------------------------


@requires(Permission.IMPORTS)
def gone(request: Request) -> HttpResponseBase:
    missing = queries.no_longer_in_extract(request.user, on=request.day)
    crumbs = [(_CRUMB, reverse("queues")), ("No longer in the extract", "")]
    return render(request, "exchange/queues/gone.html", {"missing": missing, "breadcrumbs": crumbs})


class Gone(tables.Table):
    one, many = "record", "records"
    columns = (
        tables.Column("source_id", "Number", itemgetter(0), sort=itemgetter(0)),
        tables.Column("missing_since", "Not in the extract since", itemgetter(1), sort=itemgetter(1)),
    )
    filters = (
        tables.Text("q", "Number", lambda rows, text: [row for row in rows if text.casefold() in row[0].casefold()]),
    )
    order = "-missing_since"


@requires(Permission.IMPORTS)
def gone_rows(request: Request, file: str) -> HttpResponseBase:
    rows = queries.rows_no_longer_in_extract(request.user, file=file, on=request.day)
    table = Gone(request, rows, title=f"No longer in {file}")
    crumbs = [(_CRUMB, reverse("queues")), ("No longer in the extract", reverse("queue_gone")), (file, "")]
    return tables.page(request, table, "exchange/queues/gone_rows.html", {"breadcrumbs": crumbs})


# --- refused rows --------------------------------------------------------------------------------------------------


class ToMend(tables.Table):
    title = "Refused rows"
    one, many = "row", "rows"
    columns = (
        tables.Column("file", "File", sort="file"),
        tables.Column("line", "Line", sort="line", numeric=True, link=lambda row: reverse("refused", args=[row.pk])),
        tables.Column("row_id", "Number", sort="row_id"),
        tables.Column("reason", "Why", note="code", note_heading="Code"),
        tables.Column(
            "import_run", "Import", lambda row: row.import_run.label, sort="import_run",
            link=lambda row: reverse("import", args=[row.import_run_id]),
        ),
    )  # fmt: skip
    filters = (
        tables.Text("file", "File", "file__icontains"),
        tables.Text("code", "Code", "code__icontains"),
        tables.Text("q", "Number", "row_id__icontains"),
    )
    order = "-import_run"
    empty = "No row waits to be mended."


@requires(Permission.IMPORTS)
def refused_queue(request: Request) -> HttpResponseBase:
    rows = queries.rows_to_mend(request.user, on=request.day).order_by()
    crumbs = [(_CRUMB, reverse("queues")), ("Refused rows", "")]
    return tables.page(request, ToMend(request, rows), "exchange/queues/refused_queue.html", {"breadcrumbs": crumbs})


@requires(Permission.IMPORTS)
def refused(request: Request, refused_id: int) -> HttpResponseBase:
    row = _row(request, refused_id)
    if row.cells:
        asked = {"file": row.file, "line": str(row.line), "number": row.row_id}
        look_at_list(kind="refused_rows", asked=asked, act=acting(request))
    return _refused_page(request, row)


def _refused_page(request: Request, row: RefusedRow, *, status: int = 200, **context: Any) -> HttpResponseBase:
    waiting = row.state == RefusedRow.State.OPEN and row.tried.get("state") == "waiting"
    return render(
        request,
        "exchange/queues/refused.html",
        {
            "row": row,
            "waiting": waiting,
            "tried": row.tried,
            "look": {"open": "amber", "mended": "green"}.get(row.state, "grey"),
            "mend_form": forms.Mend(cells=uploads.cells_of(row), prefix="mend") if uploads.can_be_mended(row) else None,
            "aside_form": forms.SetAside(prefix="aside"),
            "breadcrumbs": [
                (_CRUMB, reverse("queues")),
                ("Refused rows", reverse("queue_refused")),
                (f"{row.file}, line {row.line}", ""),
            ],
            **context,
        },
        status=status,
    )


@requires(Permission.IMPORTS)
def mend(request: Request, refused_id: int) -> HttpResponseBase:
    row = _row(request, refused_id)
    form = forms.Mend(request.POST if request.method == "POST" else None, cells=uploads.cells_of(row), prefix="mend")

    def try_it(**_: str) -> None:
        uploads.ask_to_mend(refused_id=row.pk, cells=form.cells(), act=acting(request))
        # In the transaction of the asking. The worker tries it: it alone may say that something had happened.
        app.configure_task("mend_row", queue="imports", lock="imports").defer(refused_id=row.pk)

    return ask(request, form, _with(request, row, "mend_form"), do=try_it, done="", to=_address(row))


@requires(Permission.IMPORTS)
def set_aside(request: Request, refused_id: int) -> HttpResponseBase:
    row = _row(request, refused_id)

    def dismiss(because: str, *, alike: bool) -> int:
        if alike:
            return uploads.dismiss_alike(refused_id=row.pk, because=because, act=acting(request))
        exchange.dismiss_row(refused_id=row.pk, because=because, act=acting(request))
        return 1

    return ask(
        request,
        forms.SetAside(request.POST or None, prefix="aside"),
        _with(request, row, "aside_form"),
        do=dismiss,
        done=lambda count: f"{wording.how_many(count, 'row is', 'rows are')} set aside.",
        to=_address(row),
    )


def _with(request: Request, row: RefusedRow, name: str) -> Callable[[Any], HttpResponseBase]:
    """The page of a row with one of its forms as it was sent."""
    return lambda form: _refused_page(request, row, form=form, status=422 if form.is_bound else 200, **{name: form})


@requires(Permission.IMPORTS)
def reopen(request: Request, refused_id: int) -> HttpResponseBase:
    row = _row(request, refused_id)
    return act(
        request,
        do=partial(uploads.reopen_row, refused_id=row.pk, act=acting(request)),
        done="The row waits to be mended again.",
        to=_address(row),
    )


def _address(row: RefusedRow) -> str:
    return reverse("refused", args=[row.pk])


def _row(request: Request, refused_id: int) -> RefusedRow:
    row = queries.refused_row(request.user, refused_id=refused_id, on=request.day)
    if row is None:
        raise Http404
    return row


def _started(waiting: Any) -> str:
    return f"On {say('{tacs}')} that started from {wording.day(waiting.first_on)} to {wording.day(waiting.last_on)}"


def _tacs(count: int) -> str:
    return wording.how_many(count, say("{tac}"), say("{tacs}"))
