"""What is to be done about a contract, in words. The council's own words ("{board}") are put in where it is said."""

from collections.abc import Collection, Sequence
from datetime import date

from plumbline.contracts.models import Contract, Notification
from plumbline.contracts.queries.portal import SELF_CODES, Lacking
from plumbline.contracts.queries.rating import Reason
from plumbline.contracts.rules.contacts import is_unread
from plumbline.flags.models import Message
from plumbline.kernel.moments import day_of


def worst(reasons: Sequence[Reason]) -> str:
    """The worst reason, which is the first, and how many more there are."""
    if not reasons:
        return ""
    more = len(reasons) - 1
    return f"{reasons[0].sentence} And {more} more." if more else reasons[0].sentence


def lacking_assessment(without: Sequence[Lacking]) -> str:
    """What is to be done about a missing self-assessment, its plan or both."""
    codes = {each.code for each in without}
    if codes == set(SELF_CODES):
        return "A new self-assessment with its action plan is needed"
    if "no_action_plan" in codes:
        return "An action plan to your self-assessment is needed"
    return "A new self-assessment is needed"


def whom_to_ask(contract: Contract) -> str:
    who = contract.manager or contract.manager_wording or "your contract manager"
    return f"The council has not sent you the questions yet. Ask {who} for them."


def missed(row: Notification, *, on: date, holidays: Collection[date]) -> str:
    """Why the e-mail to an office has told it nothing: it failed, or nobody has read it for a working day; "" else."""
    mail = row.mail
    if mail is None or mail.read_at:
        return ""
    if mail.state in (Message.State.FAILED, Message.State.NOT_SENT):
        return "the e-mail was not delivered"
    if mail.state != Message.State.SENT or not mail.sent_at or not mail.read_key:
        return ""
    late = is_unread(day_of(mail.sent_at, on=on), on=on, holidays=holidays)
    return "the e-mail is not read" if late else ""
