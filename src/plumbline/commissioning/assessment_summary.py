"""What one bidder is told of the assessment of their bid, as data: one source for page, PDF and Word."""

from collections.abc import Iterator, Sequence
from datetime import date

from plumbline.commissioning import report_words as words
from plumbline.commissioning.models import (
    Award,
    Bid,
    Tender,
)
from plumbline.commissioning.queries import evaluation as queries
from plumbline.commissioning.report import CONFIDENTIAL, POINTS, criteria, front, points_rows, sections
from plumbline.commissioning.rules.award import made_of
from plumbline.commissioning.rules.scoring import Result, Standing, advantages, lost_tie_to, plain, tie_words
from plumbline.documents.model import (
    Block,
    Bullets,
    Paragraph,
    Report,
    Strong,
    Table,
)
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.names import listed


def assessment_summary(
    tender: Tender, awards: Sequence[Award], bid: Bid, *, council: str, colour: str, on: date
) -> Report:
    """What one bidder is told: their scores with reasons, and where each successful bid was better. Names no evaluator.

    Raises RuleBroken for a bid that was not scored.
    """
    board = queries.board_of(tender)
    found = queries.result_of(tender, board)
    if bid.pk not in {row.bid for row in found.standings}:
        raise RuleBroken("This bid was not scored; its letter says why it went no further.", code="not_scored")
    own, winners = found.of(bid.pk), [found.of(award.bid_id) for award in awards]
    parts = [
        ("The outcome", list(_outcome(own, winners, found, awards[0].tie_decided))),
        ("How bids were assessed", list(criteria(tender))),
        ("Your bid", list(_explained(own, queries.reasons_for(board, tender, bid.pk), found))),
    ]
    for winner in winners if own not in winners else ():
        theirs = list(_explained(winner, queries.reasons_for(board, tender, winner.bid), found))
        better = advantages(winner, own)
        if better and own.rank is not None:
            theirs = [Paragraph("Where it was better than yours:"), Bullets(better), *theirs]
        title = "The successful bid" if len(winners) == 1 else "A successful bid"
        parts.append((f"{title}: {winner.name}", theirs))
    return Report(
        title=f"Assessment summary: {own.name}",
        front=front(tender, to=own.name, on=on, summary=()),
        blocks=tuple(sections(parts)),
        layout="paper",
        classification=CONFIDENTIAL,
        council=council,
        colour=colour,
    )


def _outcome(own: Standing, winners: Sequence[Standing], found: Result, tie_decided: str) -> Iterator[Block]:
    ranked = sum(1 for row in found.standings if row.rank is not None)
    if own in winners:
        yield Paragraph("Your bid was successful.")
    elif own.rank is None:
        yield Paragraph(f"Your bid was disqualified. {' '.join(own.reasons)}")
    else:
        bids = "bid is that of" if len(winners) == 1 else "bids are those of"
        names = listed([winner.name for winner in winners])
        yield Paragraph(f"Your bid was not successful. The successful {bids} {names}.")
    if own.rank is not None and own.total is not None:
        tie = ", the same total as another bid" if own.tied_with else ""
        yield Paragraph(f"It has {words.points(own.total, found)} of 100 points and rank {own.rank} of {ranked}{tie}.")
    lost_to = [] if own in winners else lost_tie_to(own, winners)
    if lost_to:
        yield Paragraph(tie_words(lost_to, tie_decided))


def _explained(row: Standing, because: dict[str, str], found: Result) -> Iterator[Block]:
    yield Table("Scores and points", POINTS, points_rows(row))
    if row.total is not None:
        said = made_of(row, quality_share=found.quality_share, places=found.places)
        yield Paragraph(said or f"Its total is {words.points(row.total, found)} points.")
    for answer in row.answers:
        said = because.get(answer.question.key, "")
        if said:
            score = f"{answer.question.title} ({plain(answer.score)} of {plain(answer.question.highest)}): "
            yield Paragraph([Strong(score), said])
