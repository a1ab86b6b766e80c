"""Taking an import back: why, what would change by it, and then the import as it was before."""

from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from procrastinate.contrib.django import app

from plumbline.audit.models import Import
from plumbline.exchange import queries
from plumbline.exchange import withdrawing as exchange
from plumbline.exchange.models import Withdrawal
from plumbline.kernel.errors import RuleBroken
from plumbline.people.access import Permission
from plumbline.web.exchange.imports.forms import Withdraw
from plumbline.web.kit.access import requires
from plumbline.web.kit.request import Request, acting

# A job that has not ended after so long has been stopped, or has much to do: it can be asked for again either way.
_LONG_SECONDS = 300
_State = Withdrawal.State
_JOBS = {_State.TRYING: "try_withdrawal", _State.WITHDRAWING: "withdraw_import"}
LOOKS = {
    "trying": "in_progress", "ready": "amber", "withdrawing": "in_progress", "done": "done", "refused": "refused",
    "left": "grey",
}  # fmt: skip


@requires(Permission.IMPORTS)
def ask(request: Request, import_id: int) -> HttpResponseBase:
    """Why it is taken back; nothing changes yet."""
    run = _import(request, import_id)
    form = Withdraw(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                asked = exchange.ask(import_id=run.pk, because=form.cleaned_data["because"], **acting(request))
                _enqueue(asked)
        except RuleBroken as refusal:
            form.refuse(refusal, field="because" if refusal.code == "missing_reason" else None)
        else:
            return redirect("withdrawal", asked.pk)
    crumbs = [("Imports", reverse("imports")), (run.label, reverse("import", args=[run.pk])), ("Withdraw", "")]
    return render(request, "exchange/imports/withdraw.html", {"run": run, "form": form, "breadcrumbs": crumbs})


@requires(Permission.IMPORTS)
def withdrawal(request: Request, withdrawal_id: int) -> HttpResponseBase:
    asked = _withdrawal(request, withdrawal_id)
    run, counts = asked.import_run, asked.result
    rows = exchange.counted(counts["put_back"], counts["taken_out"], counts["kept"]) if counts else []
    at_work = asked.state in _JOBS
    return render(
        request,
        "exchange/imports/withdrawal.html",
        {
            "asked": asked, "run": run, "look": LOOKS[asked.state], "at_work": at_work,
            "stopped": at_work and (request.at - asked.since).total_seconds() > _LONG_SECONDS,
            "found": [*counts.get("means", []), *rows],
            "breadcrumbs": [("Imports", reverse("imports")), (run.label, reverse("import", args=[run.pk])),
                            ("Withdraw", "")],
        },
    )  # fmt: skip


@requires(Permission.IMPORTS)
def settle(request: Request, withdrawal_id: int) -> HttpResponseBase:
    """Have it done, leave the import as it is, or ask again for what was stopped."""
    asked = _withdrawal(request, withdrawal_id)
    if request.method != "POST":
        return redirect("withdrawal", asked.pk)
    with transaction.atomic():
        if asked.state not in _JOBS:
            asked = exchange.settle(withdrawal_id=asked.pk, do=request.POST.get("do") == "yes", **acting(request))
        _enqueue(asked)
    return redirect("import", asked.import_run_id) if asked.state == _State.LEFT else redirect("withdrawal", asked.pk)


def _enqueue(asked: Withdrawal) -> None:
    if job := _JOBS.get(_State(asked.state)):
        app.configure_task(job, queue="imports", lock="imports").defer(withdrawal_id=asked.pk)


def _import(request: Request, import_id: int) -> Import:
    run = queries.imports(request.user, on=request.day).filter(pk=import_id).first()
    if run is None:
        raise Http404
    return run


def _withdrawal(request: Request, withdrawal_id: int) -> Withdrawal:
    asked = exchange.withdrawals_visible_to(request.user, on=request.day).filter(pk=withdrawal_id).first()
    if asked is None:
        raise Http404
    return asked
