"""Taking an import back: why, what would change by it, and then the import as it was before."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from procrastinate.contrib.django import app

from plumbline.exchange import queries
from plumbline.exchange import withdrawing as exchange
from plumbline.exchange.models import Withdrawal
from plumbline.intake.models import Import
from plumbline.kernel import wording
from plumbline.people.access import Permission
from plumbline.web.exchange.imports.forms import Withdraw
from plumbline.web.kit.access import requires
from plumbline.web.kit.asking import Question, act, ask
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
def withdraw(request: Request, import_id: int) -> HttpResponseBase:
    """Why it is taken back; nothing changes yet."""
    run = _import(request, import_id)
    address = reverse("import", args=[run.pk])

    def begin(because: str) -> Withdrawal:
        asked = exchange.ask(import_id=run.pk, because=because, act=acting(request))
        _enqueue(asked)
        return asked

    return ask(
        request,
        Withdraw(request.POST or None),
        Question(
            heading=f"Withdraw {run.label}",
            button="Show what would change",
            back=address,
            caption=f"Import {run.pk}, of {wording.day(run.as_at)}" if run.as_at else f"Import {run.pk}",
            about=[
                "What it said is taken back from now on, and what follows from it: statuses, flags, ratings. What "
                "people have changed since stays. History keeps both, and figures that were published run again to "
                "their values.",
                "First you see what would change. Nothing changes before you say so.",
            ],
            breadcrumbs=[("Imports", reverse("imports")), (run.label, address), ("Withdraw", "")],
        ),
        do=begin,
        done="",
        to=_address,
    )


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
            "asked": asked,
            "run": run,
            "look": LOOKS[asked.state],
            "at_work": at_work,
            "stopped": at_work and (request.at - asked.since).total_seconds() > _LONG_SECONDS,
            "found": [*counts.get("means", []), *rows],
            "breadcrumbs": [
                ("Imports", reverse("imports")),
                (run.label, reverse("import", args=[run.pk])),
                ("Withdraw", ""),
            ],
        },
    )


@requires(Permission.IMPORTS)
def settle(request: Request, withdrawal_id: int) -> HttpResponseBase:
    """Have it done, leave the import as it is, or ask again for what was stopped."""
    asked = _withdrawal(request, withdrawal_id)

    def decide() -> Withdrawal:
        decided = asked
        if asked.state not in _JOBS:
            wanted = request.POST.get("do") == "yes"
            decided = exchange.settle(withdrawal_id=asked.pk, do=wanted, act=acting(request))
        _enqueue(decided)
        return decided

    return act(request, do=decide, done="", to=_address, back=reverse("withdrawal", args=[asked.pk]))


def _address(asked: Withdrawal) -> str:
    """The page of a withdrawal; of one that was left, the import."""
    if asked.state == _State.LEFT:
        return reverse("import", args=[asked.import_run_id])
    return reverse("withdrawal", args=[asked.pk])


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
