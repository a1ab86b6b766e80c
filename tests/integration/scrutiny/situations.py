"""Reports as these tests write and read them."""

from datetime import UTC, date, datetime

from plumbline.documents import html
from plumbline.people.act import Act
from plumbline.scrutiny import operations, queries
from plumbline.scrutiny.models import Report

NOW = datetime(2016, 7, 31, 9, 0, tzinfo=UTC)
TODAY = date(2016, 7, 31)
AS_AT = date(2016, 6, 30)


def write(numbers=(6, 7), by=None, answers=None, profile="dfe-cin", as_at=AS_AT) -> Report:
    return operations.write_report(
        question_numbers=numbers, as_at=as_at, profile=profile, act=Act(by, NOW, TODAY), answers=answers
    )


def publish(report, by=None) -> Report:
    return operations.publish_report(report_id=report.pk, act=Act(by, NOW, TODAY))


def page(report) -> str:
    return html.page(queries.report_document(report, viewer=None, on=TODAY, council="Fenmarsh", colour="#1d4f6e"))
