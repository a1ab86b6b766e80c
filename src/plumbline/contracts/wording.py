"""What is to be done about a contract, in words. The council's own words ("{board}") are put in where it is said."""

from collections.abc import Collection, Sequence
from datetime import date

from plumbline.contracts.models import Contract, Notification
from plumbline.contracts.queries.portal import SELF_CODES, Lacking
from plumbline.contracts.queries.rating import Reason
from plumbline.contracts.rules import rating as rules
from plumbline.contracts.rules.contacts import is_unread
from plumbline.flags.models import Message
from plumbline.kernel.moments import day_of

# What is to be done so that a reason does not begin, and the section of the contract where it is done.
TO_DO = {
    "no_board_assessment": ("A new {board_before} assessment", "contract_assurance"),
    "no_self_assessment": ("A new self-assessment", "contract_assurance"),
    "no_action_plan": ("A new action plan", "contract_assurance"),
    "policy_missing": ("See the policy on {about}", "contract_assurance"),
    "policy_review_overdue": ("The policy on {about} to be reviewed", "contract_assurance"),
    "policy_before_law_change": ("The policy on {about} to be reviewed for the change of law", "contract_assurance"),
    "evaluation_overdue": ("The joint evaluation meeting", "contract_meetings"),
    "visit_overdue": ("The yearly visit", "contract_visits"),
    "notification_overdue": ("Everybody told of incident {about}", "contract_incidents"),
    "action_overdue": ("The action “{detail}”", ""),
    "allegation_without_action": ("Action on incident {about}", "contract_incidents"),
    "kpi_inadequate": ("The next rating of an indicator", "contract_kpis"),
    "kpi_requires_improvement": ("The next rating of an indicator", "contract_kpis"),
    "action_long_overdue": ("The action “{detail}”, before it turns the contract red", ""),
    "reg44_missing": ("The independent visitor’s report on {about}", "contract_visits"),
}


def to_do(code: str, about: str, detail: str) -> str:
    """What is to be done so that a reason does not begin."""
    what, _ = TO_DO.get(code, (rules.title(code), ""))
    return what.replace("{about}", rules.policy_label(about)).replace("{detail}", detail)


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
