"""The report of a visit, as a document: the same for the provider, for the file, and for another council."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from plumbline.contracts.rules.visits import AREAS
from plumbline.documents.model import Block, Bullets, Column, Front, Heading, Paragraph, Report, Row, Table
from plumbline.kernel import wording

JUDGEMENTS = {"met": "Met", "partly": "Partly met", "not_met": "Not met", "not_seen": "Not seen"}


@dataclass(frozen=True, slots=True)
class ActionSaid:
    title: str
    owner: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSaid:
    """What the report says of one visit; `findings` are (area, judgement, words)."""

    council: str
    colour: str
    place: str
    urn: str
    contract: str
    visited_on: date
    visitors: str
    summary: str
    findings: Sequence[tuple[str, str, str]]
    actions: Sequence[ActionSaid] = ()
    provider_answer: str = ""
    standing: str = ""


def report(said: VisitSaid) -> Report:
    rows = {area: (JUDGEMENTS[judgement], words) for area, judgement, words in said.findings}
    title = f"Visit to {said.place}, {wording.day(said.visited_on)}"
    blocks: list[Block] = [
        Heading(1, "What was found"),
        Table(
            "Findings of the visit", (Column("Area"), Column("Judgement"), Column("What was found")),
            tuple(Row(label, rows.get(area, ("Not looked at", ""))) for area, label in AREAS.items()),
        ),
        Heading(1, "What is to be done"),
        Bullets([f"{one.title}. {one.owner}, by {wording.day(one.due_on)}." for one in said.actions])
        if said.actions else Paragraph("No action was agreed."),
        Heading(1, "What the provider says"),
        Paragraph(said.provider_answer or "The provider has not answered yet."),
    ]  # fmt: skip
    front = Front(
        on_behalf_of=said.council,
        to=said.contract or said.place,
        date=wording.day(said.visited_on),
        subject=title,
        summary=[Paragraph(said.summary)] if said.summary else [],
        actions_required=[],
    )
    about = ", ".join(
        part
        for part in (
            f"Visited by {said.visitors}" if said.visitors else "",
            f"URN {said.urn}" if said.urn else "",
            said.contract,
        )
        if part
    )
    return Report(
        title=title,
        front=front,
        blocks=[Paragraph(about), *blocks] if about else blocks,
        standing=said.standing,
        council=said.council,
        colour=said.colour,
        layout="paper",
    )
