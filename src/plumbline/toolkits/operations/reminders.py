"""What the night says of returns: flags about those that are overdue, and e-mails to who is to answer them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from django.db.models import Q

from plumbline.flags import operations as flags
from plumbline.flags.models import Message
from plumbline.flags.operations import Raised
from plumbline.flags.rules import Recipient
from plumbline.flags.telling import message_to
from plumbline.kernel.moments import day_of
from plumbline.people.act import Act
from plumbline.people.acting import operation
from plumbline.people.models import User
from plumbline.toolkits import flagging, rules
from plumbline.toolkits.models import Return, ReturnState
from plumbline.toolkits.queries import returns as queries


def raise_flags(*, concerned: Mapping[int, Sequence[Recipient]], act: Act) -> Raised:
    """Make the flags about overdue returns what they should be on the day (`concerned`: flagging.wanted)."""
    return flags.reconcile(
        wanted=flagging.wanted(act.on, concerned=concerned),
        kinds=flagging.KINDS,
        why_closed=flagging.why_closed,
        act=act,
    )


@operation
def write_reminders(*, to_answer: Callable[[User], Collection[int]], act: Act) -> int:
    """E-mails to who is to answer a return: that it was asked for or sent back, as its day comes near, and once it has
    passed; each once, and only what is newest. Returns how many were written.

    They say how far it is answered, and name neither person nor organisation: the page says the rest. `to_answer`: the
    returns that wait for someone to answer or to correct, as My work says.
    """
    messages = []
    # People asked by name, and those who act for an organisation.
    could = Q(return_assignments__ended_at=None, return_assignments__isnull=False)
    could |= Q(roles_held__organisation__isnull=False)
    for user in User.objects.filter(could, is_active=True).exclude(email="").distinct().order_by("pk"):
        waiting = queries.with_progress(Return.objects.filter(pk__in=to_answer(user)), on=act.on).order_by("pk")
        letters = [
            rules.reminder(
                number=each.pk,
                due_on=each.due_on,
                sent_back_since=_sent_back_since(each, act.on),
                progress=queries.progress(each, on=act.on),
                on=act.on,
            )
            for each in waiting
        ]
        told = Message.objects.filter(flag=None, to_user=user, subject__in=[subject for subject, _ in letters])
        known = set(told.values_list("subject", flat=True))
        messages += [message_to(user, (subject, body), at=act.at) for subject, body in letters if subject not in known]
    Message.objects.bulk_create(messages)
    if messages:
        act.record("toolkits.reminders.written", count=len(messages))
    return len(messages)


def _sent_back_since(answer_set: Return, on: date) -> date | None:
    if answer_set.state != ReturnState.RETURNED or answer_set.submitted_at is None:
        return None
    return day_of(answer_set.submitted_at, on=on)
