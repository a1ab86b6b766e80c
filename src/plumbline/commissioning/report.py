"""The evaluation report of a tender as data: one source for page, PDF and Word.

The evaluation report says everything that was decided, by whom, when and why, from the publication to the award, so
that it can be defended line by line (domain.md 3.5). The callers have found the tender for their viewer.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from plumbline.audit.models import Event
from plumbline.commissioning import report_words as words
from plumbline.commissioning.models import (
    Award,
    Decision,
    Evaluator,
    ExclusionCheck,
    Stage1Decision,
    Tender,
    TenderConflict,
)
from plumbline.commissioning.queries import evaluation as queries
from plumbline.commissioning.queries.evaluation import Board, Moderated
from plumbline.commissioning.rules.scoring import Question, Result, Standing, plain
from plumbline.documents.model import (
    Block,
    Bullets,
    Column,
    Front,
    Heading,
    Inline,
    Note,
    Paragraph,
    Report,
    Row,
    Strong,
    Table,
    numbered,
)
from plumbline.kernel.wording import how_many
from plumbline.toolkits import content

CONFIDENTIAL = "Commercially confidential"
_NONE = "none"


def evaluation_report(tender: Tender, *, council: str, colour: str, on: date) -> Report:
    """The whole process of one tender as it is on a day. The caller may see all its scores."""
    board = queries.board_of(tender)
    scored = queries.scored(tender)
    found, why = queries.result_or_why(tender, board) if scored else (None, "")
    awards = queries.standing_awards(tender)
    award = next(iter(awards), None)
    parts: list[tuple[str, list[Block]]] = [
        ("The procurement", list(_procurement(tender))),
        ("Timetable", list(_timetable(tender, award))),
        ("Bids received", list(_bids(tender))),
        ("Conflicts of interest", list(_conflicts(tender))),
        ("Stage 1: business information", list(_stage1(tender))),
        ("Exclusion and debarment", list(_exclusion(tender))),
    ]
    if scored:
        parts += [
            ("How bids are scored", list(_method(tender))),
            ("Moderation meetings", list(_meetings(tender))),
            ("Scores, comments and moderation", list(_scores(tender, board))),
            ("Result", list(_result(tender, found, why))),
        ]
    else:
        reason = tender.direct_award_reason or "One supplier could be called on."
        parts.append(("Why no bids were scored", [Paragraph(f"{tender.get_kind_display()}. {reason}")]))
    parts += [
        ("Recommendation and approval", list(_recommendations(tender))),
        ("What the winners promised" if len(awards) > 1 else "What the winner promised", list(_promises(awards))),
        ("Signatures", list(_signatures(tender, award))),
    ]
    return Report(
        title=f"Evaluation report: {tender.title}",
        front=front(tender, to="Those who approve the award", on=on, summary=_summary(tender, awards, found)),
        blocks=tuple(sections(parts)),
        layout="paper",
        classification=CONFIDENTIAL,
        standing=_standing(tender, award),
        council=council,
        colour=colour,
    )


# --- the frame ------------------------------------------------------------------------------------------------------


def front(tender: Tender, *, to: str, on: date, summary: Sequence[Paragraph | Bullets]) -> Front:
    """What every paper about a tender says first: on whose behalf, to whom, of which day."""
    return Front(
        on_behalf_of=f"{tender.lead_commissioner}, lead commissioner",
        to=to,
        date=words.day(on),
        subject=f"{tender.title} (reference {tender.reference})",
        summary=summary,
        actions_required=(),
    )


def sections(parts: Iterable[tuple[str, list[Block]]]) -> Iterator[Block]:
    """Each part under its heading, with the number of its place."""
    for number, (title, blocks) in enumerate(parts, start=1):
        yield Heading(1, f"{number}. {title}")
        yield from numbered(blocks, str(number))


def _summary(tender: Tender, awards: Sequence[Award], found: Result | None) -> tuple[Paragraph, ...]:
    bids = list(tender.bids.all())
    failed = sum(bid.state == "failed" for bid in bids)
    said = [
        f"{tender.get_kind_display()} for {tender.service}, led by {tender.lead_commissioner}. "
        f"{how_many(len(bids), 'bid', 'bids')} came in; {how_many(failed, 'bid', 'bids')} failed stage 1."
    ]
    if found is not None:
        ranked = [row for row in found.standings if row.rank is not None]
        out = len(found.standings) - len(ranked)
        said.append(
            " ".join(f"{row.rank}. {row.name}: {words.points(row.total, found)} points." for row in ranked)
            + (f" {how_many(out, 'bid was', 'bids were')} disqualified or withdrawn after scoring." if out else "")
        )
        said += [note for note in found.notes if "same total" in note]
    if awards:
        said.append(f"Recommended: {queries.suppliers_named(awards)}. {_standing(tender, awards[0])}.")
    return tuple(Paragraph(each) for each in said)


def _standing(tender: Tender, award: Award | None) -> str:
    if award is None:
        return f"Draft, {tender.get_state_display().lower()}"
    if award.awarded_on:
        return f"Awarded on {words.day(award.awarded_on)}"
    if award.approved_at:
        return f"Approved on {words.day(award.approved_on)}"
    return "Recommended, not yet approved"


# --- process --------------------------------------------------------------------------------------------------------


def _procurement(tender: Tender) -> Iterator[Block]:
    rows = [
        ("Reference", tender.reference), ("Kind", tender.get_kind_display()),
        ("Commissioning body", tender.get_body_display()), ("Service", tender.service),
        ("Statutory function", "Yes" if tender.statutory_function else "No"),
        ("Regime", "Light touch" if tender.light_touch else "Full"),
        ("Estimated value", words.money(tender.value)), ("Lead commissioner", str(tender.lead_commissioner)),
        ("Service-area lead", str(tender.service_area_lead) if tender.service_area_lead else "not recorded"),
        ("Stage 1", words.version(tender.stage1)), ("Scored questions", words.version(tender.questions)),
        ("A scored safeguarding question", "Yes" if tender.scored_safeguarding else "No"),
        ("Standstill", f"{tender.standstill_days} working days" if tender.standstill_days else "None"),
    ]  # fmt: skip
    if tender.description:
        yield Paragraph(tender.description)
    yield words.facts("The procurement", "Matter", rows)


def _timetable(tender: Tender, award: Award | None) -> Iterator[Block]:
    begun = {
        event.kind: event
        for event in Event.objects.filter(
            subject_type=Tender._meta.label_lower,
            subject_id=str(tender.pk),
            kind__in=[
                "commissioning.tender.evaluation_begun",
                "commissioning.tender.moderation_opened",
                "commissioning.tender.moderation_closed",
            ],
        ).order_by("no")
    }
    locked = [each.locked_at for each in tender.evaluators.all() if each.locked_at is not None]
    approved = f"{words.day(tender.approved_on)}, by {tender.approved_by.called}" if tender.approved_by else ""
    rows = [
        ("Approved to be published", approved or words.day(tender.approved_on)),
        ("Published", words.day(tender.published_on)),
        ("Last day for bids", words.day(tender.bids_due_on)), ("Closed to bids", words.day(tender.closed_on)),
        ("Stage 1 begun", words.day(tender.stage1_began_on)),
        ("Evaluation begun", words.event(begun.get("commissioning.tender.evaluation_begun"))),
        ("Last evaluator locked", words.moment(max(locked)) if locked else ""),
        ("Scores opened for moderation", words.event(begun.get("commissioning.tender.moderation_opened"))),
        ("Moderation closed", words.event(begun.get("commissioning.tender.moderation_closed"))),
        ("Recommended", words.moment(award.recommended_at) if award else ""),
        ("Approved", words.day(award.approved_on) if award else ""),
        ("Award notice", words.day(award.notice_on) if award else ""),
        ("Standstill until the end of", words.day(award.standstill_until) if award else ""),
        ("Awarded", words.day(award.awarded_on) if award else ""),
        ("Contract details published", words.day(award.details_published_on) if award else ""),
        ("Implementation from", words.day(tender.implementation_from)),
        ("Service starts", words.day(tender.service_starts_on)),
        ("Service ends", words.day(tender.service_ends_on)),
    ]  # fmt: skip
    yield words.facts("Timetable", "Step", [(name, when) for name, when in rows if when])


def _bids(tender: Tender) -> Iterator[Block]:
    bids = list(tender.bids.select_related("supplier").order_by("supplier__sort_key", "pk"))
    if not bids:
        yield Paragraph("No bid was received.")
        return
    yield Table(
        "Bids received",
        (
            Column("Bidder"),
            Column("Received"),
            Column("Price", "right"),
            Column("New to the council"),
            Column("Outcome"),
            Column("Letter sent"),
        ),
        [
            Row(
                bid.supplier.name,
                (
                    words.moment(bid.received_at) + (" (late)" if bid.late else ""),
                    words.money(bid.price),
                    "Yes" if bid.new_to_council else "No",
                    bid.get_state_display(),
                    words.day(bid.letter_sent_on) or "not yet",
                ),
            )
            for bid in bids
        ],
    )
    stopped = [f"{bid.supplier.name}: {bid.stopped_because}" for bid in bids if bid.stopped_because]
    late = [
        f"{bid.supplier.name} was late and accepted: {bid.late_accepted_because}"
        for bid in bids
        if bid.late_accepted_because
    ]
    if stopped or late:
        yield Bullets([*stopped, *late])


def _conflicts(tender: Tender) -> Iterator[Block]:
    recorded = list(
        TenderConflict.objects.filter(tender=tender).select_related("decided_by").order_by("recorded_at", "pk")
    )
    if recorded:
        yield Table(
            "Conflicts in the tender as a whole",
            (Column("Person"), Column("Conflict"), Column("What was decided"), Column("By, on")),
            [
                Row(
                    each.person,
                    (each.conflict, each.decided or "not decided yet", words.by_on(each.decided_by, each.decided_at)),
                )
                for each in recorded
            ],
        )
    else:
        yield Paragraph("No conflict of interest was recorded in the tender as a whole.")
    evaluators = list(queries.evaluators_of(tender))
    if not evaluators:
        return
    titles = queries.titles_of(tender)
    yield Table(
        "What each evaluator declared before seeing any bid",
        (Column("Evaluator"), Column("Questions"), Column("Declared"), Column("Decision"), Column("Scores locked")),
        [
            Row(
                each.user.called,
                (
                    "All" if not each.questions else "; ".join(titles.get(key, key) for key in each.questions),
                    _declared(each),
                    _decided(each),
                    words.moment(each.locked_at) or "not locked",
                ),
            )
            for each in evaluators
        ],
    )


def _declared(evaluator: Evaluator) -> str:
    when = f" ({words.moment(evaluator.declared_at)})" if evaluator.declared_at else ""
    return f"{evaluator.get_declared_display()}{when}" + (f": {evaluator.conflict}" if evaluator.conflict else "")


def _decided(evaluator: Evaluator) -> str:
    if evaluator.decided_at is None:
        return "none needed" if evaluator.declared == "none" else "not decided yet"
    result = "Excluded" if evaluator.excluded else "May evaluate"
    return f"{result}: {evaluator.decided_because} ({words.by_on(evaluator.decided_by, evaluator.decided_at)})"


def _stage1(tender: Tender) -> Iterator[Block]:
    asked = tender.stage1.content if tender.stage1 else None
    titles = {each.key: each.title for each in content.read(asked).criteria} if asked else {}
    decisions: dict[int, list[Stage1Decision]] = {}
    for decision in Stage1Decision.objects.filter(bid__tender=tender).select_related("decided_by").order_by("pk"):
        decisions.setdefault(decision.bid_id, []).append(decision)
    if not decisions:
        yield Paragraph("No decision of stage 1 is recorded.")
    for bid in tender.bids.select_related("supplier").order_by("supplier__sort_key", "pk"):
        if bid.pk not in decisions:
            continue
        order = {key: at for at, key in enumerate(titles)}
        rows = sorted(decisions[bid.pk], key=lambda each: order.get(each.criterion, len(order)))
        yield Table(
            f"Stage 1 of {bid.supplier.name}",
            (Column("Criterion"), Column("Decision"), Column("Reason and clarification"), Column("By, on")),
            [
                Row(
                    titles.get(each.criterion, each.criterion),
                    (Decision(each.decision).label, _reasoned(each), words.by_on(each.decided_by, each.decided_at)),
                )
                for each in rows
            ],
        )


def _reasoned(decision: Stage1Decision) -> str:
    parts = [decision.reason]
    if decision.clarification_asked:
        parts.append(f"Asked on {words.day(decision.clarification_asked_on)}: {decision.clarification_asked}")
    if decision.clarification_answer:
        parts.append(f"Answered on {words.day(decision.clarification_answered_on)}: {decision.clarification_answer}")
    return " ".join(part for part in parts if part) or _NONE


def _exclusion(tender: Tender) -> Iterator[Block]:
    checks = list(
        ExclusionCheck.objects.filter(bid__tender=tender)
        .select_related("bid__supplier", "checked_by")
        .order_by("bid__supplier__sort_key", "bid", "pk")
    )
    if not checks:
        yield Paragraph("No ground for exclusion was looked at.")
        return
    yield Table(
        "Grounds for exclusion and the debarment list (Procurement Act 2023, sections 57 to 62)",
        (Column("Bidder"), Column("Ground"), Column("Result"), Column("Note"), Column("By, on")),
        [
            Row(
                each.bid.supplier.name,
                (
                    each.get_ground_display(),
                    each.get_result_display(),
                    each.note or _NONE,
                    f"{each.checked_by.called}, {words.day(each.checked_on)}",
                ),
            )
            for each in checks
        ],
    )


# --- scoring --------------------------------------------------------------------------------------------------------


def criteria(tender: Tender) -> Iterator[Block]:
    """What was asked, how it counted, and on which scale."""
    questions = queries.questions_of(tender)
    yield Table(
        "Questions, weights and minimums",
        (Column("Question"), Column("Weight", "right"), Column("Scale", "right"), Column("Minimum", "right")),
        [
            Row(
                each.title,
                (
                    plain(each.weight),
                    f"{plain(each.scale[0])} to {plain(each.highest)}",
                    _NONE if each.minimum is None else plain(each.minimum),
                ),
            )
            for each in questions
        ],
    )
    yield from _scale(tender)
    price = Decimal(100) - tender.quality_share
    yield Paragraph(
        "Points of an answer are its score divided by the highest score of the scale, times the weight. A score below "
        "the minimum of its question disqualifies a bid, whatever its total."
    )
    yield Paragraph(
        "Quality alone counts; price does not."
        if not price
        else f"Quality counts {plain(tender.quality_share)} in a hundred and price {plain(price)}."
        + (
            " Price points are the lowest price of the bids still standing divided by the price of the bid, times "
            f"{plain(price)}."
            if price
            else ""
        )
    )


def _scale(tender: Tender) -> Iterator[Block]:
    """What each score stands for, once for each scale that the questions use."""
    scales: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for criterion in queries.criteria_of(tender).values():
        points = tuple((plain(each.points), each.label) for each in criterion.options if each.points is not None)
        if points:
            scales.setdefault(points, []).append(criterion.title)
    for points, titles in scales.items():
        of = "" if len(scales) == 1 else f": {'; '.join(titles)}"
        yield Table(
            f"What each score means{of}",
            (Column("Score", "right"), Column("Meaning")),
            [Row(score, (words.removeprefix(f"{score}: "),)) for score, words in points],
        )


def _method(tender: Tender) -> Iterator[Block]:
    yield from criteria(tender)
    if tender.method == Tender.Method.AVERAGE:
        yield Paragraph("Each evaluator scored alone. The score that counts is the exact average of their scores.")
    else:
        beyond = plain(tender.reason_beyond)
        yield Paragraph(
            "Each evaluator scored alone, with a comment, and locked their scores; nobody saw another's score before "
            "all had locked. The scores were then moderated to an agreed score. A reason was obligatory where it "
            + (
                "differed from any individual score."
                if beyond == "0"
                else f"lay further than {beyond} from any individual score."
            )
        )


def _meetings(tender: Tender) -> Iterator[Block]:
    meetings = list(queries.meetings_of(tender))
    if not meetings:
        yield Paragraph("No moderation meeting was held.")
        return
    yield Table(
        "Moderation meetings",
        (Column("Held on"), Column("Chair"), Column("Present"), Column("Recorded by, on")),
        [
            Row(words.day(each.held_on), (each.chair, each.attendees, words.by_on(each.recorded_by, each.recorded_at)))
            for each in meetings
        ],
    )


def _scores(tender: Tender, board: Board) -> Iterator[Block]:
    left_out = [each.user.called for each in queries.evaluators_of(tender) if each.excluded]
    if left_out:
        yield Note(
            f"{', '.join(left_out)} did not evaluate to the end; scores they had given count for nothing.",
            title="Left out",
        )
    for criterion, cells in board.rows:
        yield Heading(2, criterion.title)
        for cell in cells:
            yield Table(
                f"{cell.bid.supplier.name}: {criterion.title}",
                (Column("Evaluator"), Column("Score", "right"), Column("Comment")),
                [Row(given.evaluator, (plain(given.score), given.comment)) for given in cell.given]
                or [Row("Nobody", ("", "This answer was not scored."))],
            )
            yield Paragraph(_agreed(tender, cell))


def _agreed(tender: Tender, cell: Moderated) -> Inline:
    if tender.method == Tender.Method.AVERAGE:
        average = cell.average
        return [Strong(f"Average: {plain(average)}.")] if average is not None else "There is nothing to average."
    agreed = cell.agreed
    if agreed is None:
        return "No score was agreed."
    started = ", ".join(f"{each['evaluator']} {each['score']}" for each in agreed.start_scores)
    reason = f" Reason: {agreed.reason}" if agreed.reason else ""
    return [
        Strong(f"Agreed: {plain(agreed.score)}."),
        f" Began from {started}. Discussed on {words.day(agreed.meeting.held_on)}: {agreed.discussion}{reason}",
    ]


def _result(tender: Tender, found: Result | None, why: str) -> Iterator[Block]:
    if found is None:
        yield Paragraph(f"There is no result yet. {why}")
        return
    priced = any(row.price_points is not None for row in found.standings)
    columns = [Column("Bidder"), Column("Quality of 100", "right"), Column("Quality points", "right")]
    columns += [Column("Price", "right"), Column("Price points", "right")] if priced else []
    columns += [Column("Total", "right"), Column("Rank", "right")]
    yield Table(
        "Totals and ranks",
        columns,
        [Row(row.name, _result_cells(row, found, priced=priced)) for row in found.standings],
        note="Totals are worked out exactly and rounded only here; where a figure does not end, the exact fraction "
        "is in brackets.",
    )
    yield Bullets(found.notes)
    for row in found.standings:
        if row.reasons:
            yield Paragraph([Strong(f"{row.name}: "), " ".join(row.reasons)])
    for row in found.standings:
        if row.answers:
            yield Table(f"How the points of {row.name} add up", POINTS, points_rows(row))


POINTS = (Column("Question"), Column("Score", "right"), Column("Of", "right"), Column("Weight", "right"),
           Column("Points", "right"))  # fmt: skip


def points_rows(row: Standing) -> list[Row]:
    """A bid's score and points, question by question."""
    rows = [
        Row(
            answer.question.title,
            (
                plain(answer.score),
                plain(answer.question.highest),
                plain(answer.question.weight),
                words.exact(answer.points),
            ),
        )
        for answer in row.answers
    ]
    return [*rows, Row("Quality", ("", "", _sum(answer.question for answer in row.answers), words.exact(row.quality)))]


def _sum(questions: Iterable[Question]) -> str:
    return plain(sum((each.weight for each in questions), Decimal(0)))


def _result_cells(row: Standing, found: Result, *, priced: bool) -> tuple[str, ...]:
    cells = [words.exact(row.quality), words.exact(row.quality_points)]
    if priced:
        cells += [words.money(row.price), "" if row.price_points is None else words.exact(row.price_points)]
    rank = "disqualified" if row.rank is None else f"{row.rank}{' (tie)' if row.tied_with else ''}"
    return (*cells, "" if row.total is None else words.points(row.total, found), rank)


# --- decision -------------------------------------------------------------------------------------------------------


def _recommendations(tender: Tender) -> Iterator[Block]:
    together = queries.recommendations_of(tender)
    if not together:
        yield Paragraph("No bid has been recommended yet.")
    for awards in together:
        award, names = awards[0], queries.suppliers_named(awards)
        rows = [
            ("Recommended", names),
            ("By, on", words.by_on(award.recommended_by, award.recommended_at)),
            ("Reason", award.reason), ("How the tie was decided", award.tie_decided),
            ("Approved by, on", words.by_on(award.approved_by, award.approved_at)),
            ("Awarded by, on", f"{award.awarded_by.called}, {words.day(award.awarded_on)}" if award.awarded_by
             else words.day(award.awarded_on)),
            ("Taken back because", award.cancelled_because),
        ]  # fmt: skip
        yield words.facts(f"Recommendation of {names}", "Matter", [(k, v) for k, v in rows if v])


def _promises(awards: Sequence[Award]) -> Iterator[Block]:
    by_supplier = {award.bid.supplier.name: list(queries.promises_of(award)) for award in awards}
    if not any(by_supplier.values()):
        yield Paragraph("No promise is recorded.")
        return
    yield Paragraph("Each becomes a commitment of the contract, which its reviews check.")
    for name, promises in by_supplier.items():
        if len(awards) > 1:
            yield Paragraph([Strong(f"{name}: "), "this was promised." if promises else "no promise is recorded."])
        if promises:
            yield Bullets(
                [f"{each.text}{f' By {words.day(each.due_on)}.' if each.due_on else ''}" for each in promises]
            )


def _signatures(tender: Tender, award: Award | None) -> Iterator[Block]:
    yield Paragraph("What was approved here by signing in is under “Recommendation and approval”.")
    signers = [("Lead commissioner", str(tender.lead_commissioner))]
    signers += [("Evaluator", each.user.called) for each in queries.evaluators_of(tender) if not each.excluded]
    if award is not None and award.approved_by is not None:
        signers.append(("Approved the award", award.approved_by.called))
    yield Table(
        "Signatures",
        (Column("As"), Column("Name"), Column("Signature"), Column("Date")),
        [Row(role, (name, " " * 30, " " * 20)) for role, name in signers],
    )
