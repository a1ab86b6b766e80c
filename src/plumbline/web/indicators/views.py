"""Figures: every measure as a card, and one measure opened down to its definition and its records."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from plumbline.audit.moments import shown
from plumbline.documents import charts
from plumbline.documents.model import Chart
from plumbline.indicators import queries
from plumbline.indicators.definitions import definition_text, record_rows
from plumbline.kernel import labels, wording
from plumbline.kernel.errors import RuleBroken
from plumbline.measures import catalogue
from plumbline.measures.model import Answer, Asked, Measure
from plumbline.people.access import Permission, may
from plumbline.web.indicators import asked as asking
from plumbline.web.indicators import drawing
from plumbline.web.kit import tables
from plumbline.web.kit.access import requires
from plumbline.web.kit.once import own_transactions
from plumbline.web.kit.request import Request, acting

GROUPS = (
    ("Early help", "Question 6: how effective is early help?", "tac_", ("social_care_referral_without_tac",)),
    ("Placements", "Question 5: how safe is what the council buys?", "placements_",
     ("settings_visited", "settings_checked")),
    ("Contracts", "Question 5: how is safeguarding looked after in contracts?", "contracts_",
     ("evaluations_held", "evaluations_area_present", "visits_held", "incidents_reported", "notifications_in_time")),
    ("Tenders", "Question 5: is safeguarding asked for before anything is bought?", "tenders_",
     ("bids_received", "bids_failed_stage1", "stage1_criteria_failed")),
)  # fmt: skip


@requires(Permission.FIGURES_VIEW)
@own_transactions
def figures(request: Request) -> HttpResponseBase:
    groups = []
    for title, question, prefix, others in GROUPS:
        measures = [m for key, m in catalogue.CATALOGUE.items() if key.startswith(prefix) or key in others]
        groups.append({"title": title, "question": question, "cards": [_card(request, m) for m in measures]})
    return render(request, "indicators/figures.html", {"groups": groups})


@requires(Permission.FIGURES_VIEW)
@own_transactions
def figure(request: Request, key: str) -> HttpResponseBase:
    measure = _measure(key)
    context: dict[str, Any] = {
        "measure": measure,
        "given": request.GET,
        "splits": measure.splits,
        "may_see_records": may(request.user, Permission.FIGURES_RECORDS, on=request.day),
    }
    try:
        question = asking.read(request, key)
        answer = queries.ask(viewer=request.user, asked=question.asked, on=request.day, known_at=question.known_at)
    except RuleBroken as refusal:
        return render(request, "indicators/figure.html", {**context, "refused": refusal.reason}, status=400)
    trend = _trend(request, question)
    split = next((s for s in measure.splits if s.key == question.asked.split_by), None)
    chart = drawing.split_chart(answer, split.title) if split and not answer.shows_nothing else None
    context |= {
        "asked": question.asked,
        "answer": answer,
        "value": drawing.value_words(measure, answer.total),
        "of": drawing.of_words(measure, answer.total),
        "facts": _facts(answer, question.known_at is not None),
        "trend": trend,
        "trend_uri": charts.data_uri(trend) if trend else "",
        "split": split,
        "split_chart": chart,
        "split_uri": charts.data_uri(chart) if chart else "",
        "split_rows": [
            (drawing.group_words(row), drawing.value_words(measure, row), drawing.of_words(measure, row))
            for row in answer.rows
        ],
        "query": request.GET.urlencode(),
    }
    return render(request, "indicators/figure.html", context)


@requires(Permission.FIGURES_VIEW)
def definition(request: Request, key: str) -> HttpResponseBase:
    measure = _measure(key)
    return render(request, "indicators/definition.html", {"measure": measure, "code": definition_text(measure)})


class RecordsBehind(tables.Table):
    one, many = "record", "records"
    columns: Sequence[tables.Column] = (
        tables.Column("source_id", "Record", sort=lambda row: row["source_id"]),
        tables.Column("first", "From", sort=lambda row: row["first"]),
        tables.Column("last", "To", sort=lambda row: row["last"], absent="still open"),
        tables.Column("detail", "What it says", sort=lambda row: row["detail"]),
        tables.Column("counted", "Counted in the numerator", sort=lambda row: row["counted"]),
    )
    filters = (
        tables.YesNo("counted", "In the numerator", where=lambda rows, yes: [r for r in rows if r["counted"] == yes]),
    )
    order = "source_id"


class RecordsOfGroups(RecordsBehind):
    """Of a figure that was asked split."""

    columns = (*RecordsBehind.columns, tables.Column("group", "Group", sort=lambda row: row["group"]))


@requires(Permission.FIGURES_RECORDS)
@own_transactions
def records(request: Request, key: str) -> HttpResponseBase:
    """The records behind a figure, by their numbers in the source: no names."""
    measure = _measure(key)
    question = asking.read(request, key)
    behind = queries.records_behind(
        viewer=request.user, asked=question.asked, on=request.day, known_at=question.known_at
    )
    rows = record_rows(measure=measure, behind=behind, act=acting(request), known_at=question.known_at)
    kind = RecordsOfGroups if question.asked.split_by else RecordsBehind
    table = kind(request, rows, title=f"Records behind: {measure.title}")
    return tables.page(request, table, "indicators/records.html", {"measure": measure, "asked": question.asked})


@requires(Permission.FIGURES_VIEW)
@own_transactions
def trend_image(request: Request, key: str) -> HttpResponseBase:
    """The chart of a figure's history as a picture to take away."""
    _measure(key)
    chart = _trend(request, asking.read(request, key))
    if chart is None:
        raise Http404
    answer = HttpResponse(charts.svg(chart), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'attachment; filename="{key}.svg"'
    return answer


@requires(Permission.FIGURES_VIEW)
@own_transactions
def spark_image(request: Request, key: str) -> HttpResponseBase:
    measure = _measure(key)
    day = asking.horizon(measure, request.day)
    base = _standing_question(measure, day)
    rows = _kept(request, asking.history(base)).rows
    values = [None if row.withheld or row.value is None else float(row.value) for row in rows]
    answer = HttpResponse(charts.sparkline(values), content_type="image/svg+xml")
    answer["Cache-Control"] = "private, max-age=300"
    return answer


def _measure(key: str) -> Measure:
    if key not in catalogue.CATALOGUE:
        raise Http404
    return catalogue.get(key)


def _standing_question(measure: Measure, day: date) -> Asked:
    return Asked(measure, as_at=day) if measure.is_stock else Asked(measure, period=asking.last_year(day))


def _card(request: Request, measure: Measure) -> dict[str, str]:
    card = {"title": measure.title, "url": reverse("figure", args=[measure.key])}
    try:
        question = _standing_question(measure, asking.horizon(measure, request.day))
        now, then = _kept(request, question), _kept(request, asking.before(question))
    except RuleBroken as refusal:
        return {**card, "of": refusal.reason}
    day, period = question.as_at, question.period
    when = f"{wording.day(period.first)} to {wording.day(period.last)}" if period else wording.day(day) if day else ""
    return {
        **card,
        "value": drawing.value_words(measure, now.total),
        "of": f"{drawing.of_words(measure, now.total)}, {when}",
        "change": drawing.change_words(measure, now.total, then.total),
        "spark": reverse("figure_spark", args=[measure.key]),
    }


def _kept(request: Request, asked: Asked) -> Answer:
    """The answer, kept until anything in the records changes: the page of all figures asks forty questions."""
    profile = queries.profile_of(request.user, on=request.day)
    # What is said beside a figure is in the council's words, which are part of what is kept.
    words = frozenset(labels.current()().items())
    question = (asked.measure.key, asked.as_at, asked.period, asked.every, request.day, profile, words)
    changed = _last_change()
    # No space may be in the name of what is kept.
    name = f"figure:{changed.isoformat() if changed else 'never'}:{hash(question)}"
    found = cache.get(name)
    if found is None:
        found = queries.ask(viewer=request.user, asked=asked, on=request.day)
        cache.set(name, found, timeout=3600)
    return found


def _last_change() -> datetime | None:
    """The moment of the last commit: not its number, since a lower one can be committed later."""
    with connection.cursor() as cursor:
        cursor.execute("select max(at) from audit_moment")
        return cursor.fetchone()[0]


def _trend(request: Request, question: asking.Question) -> Chart | None:
    series = asking.history(question.asked)
    try:
        answer = queries.ask(viewer=request.user, asked=series, on=request.day, known_at=question.known_at)
    except RuleBroken:
        # The records do not reach back or forth far enough for a history; the figure itself was given.
        return None
    return None if answer.shows_nothing else drawing.trend(answer)


def _facts(answer: Answer, past: bool) -> list[str]:
    facts = []
    if answer.asked.as_at:
        facts.append(f"As at {wording.day(answer.asked.as_at)}.")
    elif answer.asked.period:
        facts.append(f"From {wording.day(answer.asked.period.first)} to {wording.day(answer.asked.period.last)}.")
    if answer.known_at:
        facts.append(f"As our records {'said' if past else 'say'} at {wording.moment(shown(answer.known_at))}.")
    if answer.observed_until:
        facts.append(f"The records reach to {wording.day(answer.observed_until)}.")
    return [*facts, *answer.sentences()]
