"""A whole report about an invented county, with one of everything that a report can hold."""

from datetime import date

from plumbline.documents.model import (
    Appendix,
    Author,
    BackgroundPaper,
    Break,
    Bullets,
    Chart,
    Column,
    Figure,
    Front,
    Heading,
    Note,
    Paragraph,
    Point,
    Quotation,
    Report,
    Row,
    Series,
    Strong,
    Table,
    Withheld,
    numbered,
)

READ = "as the records stood on 1 August 2016 at 09:12"

OPEN_NOW = Figure(
    ref="tac_open@2016-06-30",
    shown="2,704",
    title="Open Teams Around the Child",
    definition="Teams that had started on or before the day, and had not ended by it.",
    moment=READ,
    as_at="30 June 2016",
)
OPEN_THEN = Figure("tac_open@2014-03-31", "1,131", OPEN_NOW.title, OPEN_NOW.definition, READ, "31 March 2014")
SCHOOL_LED = Figure(
    ref="tac_school_led@2016-06-30",
    shown="64.7%",
    full="64.7% (1,750 of 2,704)",
    title="Open teams led by schools",
    definition="Of the open teams, those led by someone who works for a school. Teams with no lead count as not led.",
    moment=READ,
    as_at="30 June 2016",
)
NEEDS_MET = Figure(
    ref="tac_closed_needs_met_or_reduced@2015-16",
    shown="76.0% (1,017 of 1,338)",
    title="Closed with needs met or reduced",
    definition="Of the teams that ended in the period, those closed because needs were met, or reduced to one service.",
    moment=READ,
    as_at="1 April 2015 to 31 March 2016",
)
NOT_ENGAGED = Figure(
    ref="tac_closed_not_engaged@2015-16",
    shown="97",
    title="Closed because the family did not engage",
    definition="Teams that ended in the period with that code.",
    moment=READ,
    as_at="1 April 2015 to 31 March 2016",
)
DIED = Withheld(
    ref="tac_closed_died@2015-16",
    title="Closed because a child died",
    definition="Teams that ended in the period with that code.",
    moment=READ,
    as_at="1 April 2015 to 31 March 2016",
)

_DAYS = [date(2014, 3, 31), date(2014, 6, 30), date(2014, 9, 30), date(2014, 12, 31), date(2015, 3, 31)]
_DAYS += [date(2015, 6, 30), date(2015, 9, 30), date(2015, 12, 31), date(2016, 3, 31), date(2016, 6, 30)]


def _points(values: list[float | None], unit: str = "", gap: str = "not recorded") -> tuple[Point, ...]:
    return tuple(
        Point(day, value, gap if value is None else f"{value:,.10g}{unit}")
        for day, value in zip(_DAYS, values, strict=True)
    )


OPEN_CHART = Chart(
    title="Open teams more than doubled in two years, and have grown more slowly since the process changed",
    kind="line",
    measure="Open Teams Around the Child",
    series=(Series("Open teams", _points([1131, 1200, 1420, 1655, None, 2010, 2240, 2420, 2590, 2704])),),
    breaks=(Break(date(2015, 12, 31), "Requests go through one front door"),),
    source="Brayshire County Council, early help records",
)
COMPARED_CHART = Chart(
    title="More teams close with needs met than in the year before, and than in similar counties",
    kind="line",
    measure="% of closures with needs met or reduced",
    at_title="Year",
    series=(
        Series(
            "Brayshire",
            tuple(
                Point(at, value, f"{value}%")
                for at, value in (("2012-13", 58.4), ("2013-14", 63.1), ("2014-15", 67.0), ("2015-16", 76.0))
            ),
        ),
        Series(
            "Similar counties",
            tuple(
                Point(at, value, f"{value}%")
                for at, value in (("2012-13", 61.0), ("2013-14", 62.2), ("2014-15", 66.1), ("2015-16", 68.3))
            ),
            comparison=True,
        ),
    ),
)
OUTCOMES_CHART = Chart(
    title="Three of four teams close because needs are met or reduced to one service",
    kind="bar",
    measure="Teams closed in 2015-16, by outcome",
    at_title="Outcome",
    series=(
        Series(
            "2015-16",
            (
                Point("Needs met", 688, "688"),
                Point("Needs reduced to one service", 329, "329"),
                Point("Stepped up to social care", 113, "113"),
                Point("Family did not engage", 97, "97"),
                Point("Moved away or transferred", 71, "71"),
                Point("Consent withdrawn", 40, "40"),
                Point("Child died", None, "withheld (1 to 5)", withheld=True),
            ),
        ),
    ),
)
GRADES_CHART = Chart(
    title="Far fewer audits are inadequate than a year ago",
    kind="bar",
    measure="% of audits",
    at_title="Grade",
    series=(
        Series(
            "2015-16",
            (Point("Outstanding", 10, "10%"), Point("Good", 61, "61%"), Point("Inadequate", 2, "2%")),
        ),
        Series(
            "2014-15",
            (Point("Outstanding", 8, "8%"), Point("Good", 44, "44%"), Point("Inadequate", 18, "18%")),
            comparison=True,
        ),
    ),
)


def _district(name: str, values: list[float | None], kept: int | None = None) -> Series:
    return Series(
        name,
        tuple(
            Point(day, None, "withheld (1 to 5)", withheld=True)
            if index == kept
            else Point(day, value, "not recorded" if value is None else f"{value:,.10g}")
            for index, (day, value) in enumerate(zip(_DAYS, values, strict=True))
        ),
    )


DISTRICTS_CHART = Chart(
    title="Every district has more open teams than in 2014; Fenside grew most",
    kind="small_multiples",
    measure="Open Teams Around the Child, by district, one scale",
    series=(
        _district("Fenside", [240, 260, 320, 380, 450, 520, 610, 680, 730, 790]),
        _district("Harbour and Wold", [300, 310, 350, 420, 470, 500, 540, 580, 610, 640]),
        _district("Northmoor", [180, 200, 240, 280, None, 330, 350, 380, 420, 430]),
        _district("Saltby", [201, 210, 260, 300, 330, 360, 390, 410, 440, 454]),
        _district("Upper Bray", [None, 60, 70, 85, 99, 110, 120, 125, 130, 140], kept=0),
        _district("Wenning", [140, 150, 165, 180, 190, 200, 215, 225, 240, 250]),
    ),
)

SECTORS = Table(
    caption="Open teams by the sector of the lead professional, 30 June 2016",
    columns=(
        Column("Sector"),
        Column("Open teams", "right"),
        Column("Share", "right"),
        Column("Two years before", "right"),
    ),
    rows=(
        Row("Schools", ("1,750", SCHOOL_LED, "600")),
        Row("Health visitors and school nurses", ("402", "14.9%", "288")),
        Row("Children’s centres", ("311", "11.5%", "190")),
        Row("Voluntary and community sector", ("98", "3.6%", "60")),
        Row("Police", ("withheld (1 to 5)", "withheld", "0")),
        Row("Not recorded", ("withheld (1 to 5)", "withheld", "12")),
        Row(Strong("All"), (OPEN_NOW, "100.0%", "1,200")),
    ),
    note="Counts of 1 to 5 are withheld, with enough others that none can be worked out from the totals.",
    source="Brayshire County Council, early help records",
)


def report(**changes: object) -> Report:
    front = Front(
        on_behalf_of="Miriam Okafor, Director of Children’s Services",
        to="Children and Young People Scrutiny Committee",
        date="9 September 2016",
        subject="Assurance on safeguarding: commissioning, early help and what has been learnt",
        summary=(
            Paragraph(
                "In October 2015 the Committee asked for assurance against a published set of questions about "
                "safeguarding children. This report answers questions 5, 6 and 7. Each figure opens down to its "
                "definition and the moment at which the records were read."
            ),
            Paragraph(
                (
                    "Early help has grown from ",
                    OPEN_THEN,
                    " to ",
                    OPEN_NOW,
                    " open teams, and closes better than it did.",
                )
            ),
        ),
        actions_required=(
            Paragraph("Members are asked to:"),
            Bullets(
                (
                    "consider the answers and say how far they give assurance;",
                    "agree which answers are to be tested with front-line staff;",
                    "take part in a focus group on 18 October 2016.",
                )
            ),
        ),
        conclusion=numbered(
            (
                Paragraph(
                    "Early help reaches more families than before, and more of them leave it with their needs met."
                ),
                Paragraph("Whether this lasts is only partly known: the later check was begun in April 2016."),
            ),
            "2",
        ),
        consultation=(Paragraph("The safeguarding board and the schools’ forum were consulted in July 2016."),),
        policy_proofing=(Paragraph("An equality impact analysis was made in June 2016 and is held by the author."),),
        appendices=(
            Appendix("A", "The Committee’s questions"),
            Appendix("B", "Contracts with open concerns", exempt=True),
        ),
        background_papers=(
            BackgroundPaper("Minutes of the Committee, 9 October 2015", "The council’s website"),
            BackgroundPaper("Early help audit report 2015-16", "Children’s Services, County Offices"),
        ),
        written_by=Author("Tom Adeyemi", "Head of Early Help", "01999 555 010", "tom.adeyemi@brayshire.example"),
    )
    blocks = numbered(
        (
            Heading(2, "Question 5: How are local commissioners considering safeguarding in their work?", "question-5"),
            Paragraph(
                "Every tender of Children’s Services since April 2015 began with a stage that a bidder passes or fails "
                "on its safeguarding arrangements: safer recruitment, checks at the right level, and policies "
                "that were reviewed since the law last changed. A bidder who fails is told why and goes no further."
            ),
            Paragraph(
                "Each contract has a manager and a named lead in the service area. They meet the provider every "
                "quarter; safeguarding is the first item, and what was promised in the tender is checked against "
                "what is done."
            ),
            Note(
                "The contracts themselves are not yet kept as records, so this answer carries no figures about them. "
                "They will be added when the register of contracts has been filled, which is planned for December 2016."
            ),
            Heading(2, "Question 6: How effective are early help strategies?", "question-6"),
            Heading(3, "How many families are helped, and by whom"),
            Paragraph(
                (
                    "On 30 June 2016 there were ",
                    OPEN_NOW,
                    " open Teams Around the Child; on 31 March 2014 there had been ",
                    OPEN_THEN,
                    ". Schools lead ",
                    SCHOOL_LED,
                    " of them.",
                )
            ),
            OPEN_CHART,
            SECTORS,
            DISTRICTS_CHART,
            Heading(3, "How teams end"),
            Paragraph(
                (
                    "Of the teams that closed in 2015-16, ",
                    NEEDS_MET,
                    " closed with needs met or reduced to one service; ",
                    NOT_ENGAGED,
                    " closed because the family did not engage. Teams closed because a child died: ",
                    DIED,
                    ".",
                )
            ),
            OUTCOMES_CHART,
            COMPARED_CHART,
            Paragraph(
                ("This is borne out by ", Strong("three kinds of evidence"), " that do not depend on each other:")
            ),
            Bullets(
                (
                    ("the records, as above: ", NEEDS_MET, ";"),
                    "audits of a random sample, graded by people who had no part in the case;",
                    "an inspection, quoted below, which looked at cases of its own choosing.",
                )
            ),
            Quotation(
                "Early help is well coordinated. Families told inspectors that they had been listened to, and that one "
                "person had stayed with them from the first meeting to the last.",
                "Ofsted",
                "Inspection of services for children in need of help and protection",
                "March 2014",
                stale=True,
            ),
            Heading(2, "Question 7: What has been learnt, and what does it cost?", "question-7"),
            Paragraph("Audits have been read for what they teach. The grades have moved as follows."),
            GRADES_CHART,
            Quotation(
                "I have eleven teams and would do more good with seven.",
                "Lead professional, primary school",
                "Focus group with staff, managers absent",
                "June 2016",
            ),
            Paragraph(
                "Smaller caseloads for longer would need about nine more early help consultants, if the number of "
                "requests stays as it is. The projection missed by 4% on average for the three past years."
            ),
        ),
        "1",
    )
    given = {
        "title": "Safeguarding assurance: questions 5, 6 and 7",
        "front": front,
        "blocks": blocks,
        "council": "Brayshire County Council",
        "standing": "Draft for the Director’s approval",
    } | changes
    return Report(**given)
