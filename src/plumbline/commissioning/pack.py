"""The reporting-pathway pack as a document to hand over, from what was given: the pathways and all contacts, frozen."""

from datetime import date

from plumbline.commissioning.models import PathwayPack
from plumbline.documents.model import Block, Column, Front, Heading, Paragraph, Report, Row, Table
from plumbline.kernel import wording


def pathway_pack(pack: PathwayPack, *, council: str, colour: str, given_on: date) -> Report:
    """What a supplier new to the council reads and acknowledges. The caller has found the pack for its viewer."""
    plan = pack.plan
    blocks: list[Block] = []
    for each in pack.contents["pathways"]:
        blocks += [Heading(1, each["title"]), Paragraph(each["words"])]
    blocks += [
        Heading(1, "Whom to reach"),
        Table(
            "Contacts of the council",
            (Column("For"), Column("Name"), Column("Telephone"), Column("E-mail"), Column("When")),
            [
                Row(each["role"], (each["name"], each["phone"], each["email"], each["hours"]))
                for each in pack.contents["contacts"]
            ],
        ),
    ]
    if pack.acknowledged_at is not None:
        blocks.append(Paragraph(f"{pack.acknowledged_name} has read and understood this for {plan.supplier.name}."))
    why = (Paragraph(pack.because),) if pack.because else ()
    return Report(
        title="Whom to tell, and how soon",
        front=Front(
            on_behalf_of=str(plan.commissioner or council),
            to=plan.supplier.name,
            date=wording.day(given_on),
            subject=f"{plan.title}, pack {pack.number}",
            summary=why,
            actions_required=(),
        ),
        blocks=tuple(blocks),
        layout="paper",
        council=council,
        colour=colour,
    )
