"""What reports give people to do: to go on with, to approve, to read."""

from collections.abc import Collection, Iterable
from datetime import date

from plumbline.indicators.queries import CASE_AREA
from plumbline.kernel.duties import Duty, Gravity, Source, news_since, of_role
from plumbline.kernel.moments import day_of
from plumbline.kernel.names import listed
from plumbline.kernel.wording import day
from plumbline.measures.disclosure import PROFILES
from plumbline.people.access import ROLES, Permission, Role
from plumbline.scrutiny.models import Report

P = Permission


def of_reports(keys: Collection[int] | None, on: date) -> Iterable[Duty]:
    """Drafts, for who approves or writes them; and what was published of late, for those who read no drafts. A report
    whose profile withholds no small counts is for those who may see them."""
    for report in Report.objects.filter(state=Report.State.DRAFT).order_by("-pk"):
        for role in _reading(report):
            if P.REPORT_VIEW_DRAFT not in role.permissions:
                continue
            if P.REPORT_PUBLISH in role.permissions:
                yield _duty(
                    report,
                    role,
                    "approve",
                    f"The report “{report.title}” is waiting for your approval",
                    "Read and approve",
                )
            elif P.REPORT_WRITE in role.permissions:
                yield _duty(report, role, "write", f"The report “{report.title}” is a draft", "Go on with it")
    published = Report.objects.filter(state=Report.State.PUBLISHED, published_at__gt=news_since(on))
    for report in published.prefetch_related("answers__question").order_by("-pk"):
        numbers = sorted(answer.question.number for answer in report.answers.all())
        answers = listed([str(number) for number in numbers])
        when = day(day_of(report.published_at, on=on)) if report.published_at else ""
        why = f"It answers {'question' if len(numbers) == 1 else 'questions'} {answers} of the committee."
        for role in _reading(report):
            if P.REPORT_VIEW_PUBLISHED in role.permissions and P.REPORT_VIEW_DRAFT not in role.permissions:
                yield _duty(
                    report,
                    role,
                    "read",
                    f"Read the report “{report.title}”",
                    "Read it",
                    called=f"Published {when}, as at {day(report.as_at)}",
                    why=why if numbers else "",
                    gravity=Gravity.HOUSEKEEPING,
                )


def _reading(report: Report) -> list[Role]:
    withholds = PROFILES[report.profile].threshold if report.profile in PROFILES else 1
    return [role for role in ROLES.values() if withholds or CASE_AREA & role.permissions]


def _duty(
    report: Report,
    role: Role,
    kind: str,
    what: str,
    deed: str,
    *,
    called: str = "",
    why: str = "",
    gravity: Gravity = Gravity.AGREED,
) -> Duty:
    return Duty(
        kind=f"report.{kind}",
        subject=("report", report.pk),
        whose=of_role(role.key),
        what=what,
        deed=deed,
        called=called,
        why=why,
        place=f"report {report.pk}",
        gravity=gravity,
        key=report.pk,
    )


SOURCES = (
    Source("reports", of_reports, {"scrutiny_report": "", "scrutiny_answer": ""},
           settled=frozenset({"scrutiny_question"})),
)  # fmt: skip
