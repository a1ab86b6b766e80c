"""The page that the link in an e-mail to an office of the council opens: its reader says that it was read.

Nobody need be signed in here. Looking marks nothing, since mail scanners open links; the page says the number of the
incident and the day, as the e-mail does. A link that is over, replaced or invented is answered alike.
"""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from plumbline.contracts.operations.contacts import mark_mail_read
from plumbline.contracts.queries import contacts as queries
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.moments import day_of
from plumbline.people.act import Act
from plumbline.people.models import User
from plumbline.web.contracts.incidents.forms import MailRead
from plumbline.web.kit.access import public
from plumbline.web.kit.once import own_transactions
from plumbline.web.kit.request import DatedRequest
from plumbline.web.people.account import guarding


@public
@own_transactions
def mail_read(request: DatedRequest, pk: int, token: str) -> HttpResponseBase:
    limited = guarding.opening_link(
        request, of=f"e-mail {pk}", was_made=lambda: queries.was_made(mail_id=pk, token=token)
    )
    return guarding.passed_on_by_nobody(limited or _answer(request, pk, token))


def _answer(request: DatedRequest, pk: int, token: str) -> HttpResponseBase:
    line = queries.line_of_link(mail_id=pk, token=token)
    if line is None or line.mail is None:
        return _over(request)
    form = MailRead(request.POST or None) if line.mail.read_at is None else None
    if form is not None and form.is_valid():
        by = request.user if isinstance(request.user, User) else None
        try:
            mark_mail_read(
                mail_id=pk, token=token, read_by=form.cleaned_data["read_by"], act=Act(by, request.at, request.day)
            )
        except RuleBroken:
            return _over(request)
        return redirect(request.path)
    return render(
        request,
        "contracts/incidents/mail_read.html",
        {
            "reference": line.incident.reference,
            "written_on": day_of(line.mail.written_at, on=request.day),
            "mail": line.mail,
            "form": form,
        },
    )


def _over(request: DatedRequest) -> HttpResponseBase:
    return render(request, "contracts/incidents/mail_over.html", status=404)
