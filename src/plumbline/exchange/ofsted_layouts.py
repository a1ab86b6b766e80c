"""The layouts of Ofsted's published lists, as data: which column, by whatever name it had that year, says what.

Column names are compared folded (exchange.readers.fold). Sources: domain.md 5.6, 5.7 and 5.9, and the files themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from plumbline.ofsted.grades import Aspect
from plumbline.ofsted.rules import Kind


@dataclass(frozen=True, slots=True)
class Block:
    """The columns of one inspection inside a row. `kind` "" means: by the event's wording."""

    inspected_on: str
    judgements: Mapping[str, Aspect]
    kind: str = ""
    published_on: str = ""
    event_number: str = ""
    event_wording: str = ""
    # "No" in `relates` means that the inspection was of the school with the URN in `urn_then`.
    relates: str = ""
    urn_then: str = ""
    # "Yes" here means that another block of the row already tells this inspection.
    told_elsewhere: str = ""
    # Judgement column → the column of the day on which that grade was given.
    graded_on: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attached:
    """A judgement that the row gives without a date of its own: it belongs to the latest inspection of `kinds`."""

    column: str
    aspect: Aspect
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """A family of files. Lists of one family replace each other: a setting gone from a newer one is gone."""

    family: str
    register: str
    kind_name: str
    required: frozenset[str]
    aliases: Mapping[str, str]
    # Column → name of the attribute; `dates` are read as days.
    attributes: Mapping[str, str]
    blocks: Sequence[Block]
    attached: Sequence[Attached] = ()
    dates: frozenset[str] = frozenset({"registered_on", "opened_on"})
    numbers: frozenset[str] = frozenset({"places", "pupils", "premises"})
    ids: frozenset[str] = frozenset({"linked_urn", "laestab"})
    independent: bool = False
    # Read as several inspections a setting, whatever the rows say.
    in_year: bool = False
    known: frozenset[str] = field(default=frozenset())
    # Column → what it is called among the facts that only the council is given.
    facts: Mapping[str, str] = field(default_factory=dict)
    # Wordings, folded, by which a cell says nothing.
    absent: frozenset[str] = frozenset()
    # Whether being named there proves that a setting was checked: not where no judgement is told.
    proves: bool = True
    # How the columns begin whose names say of which day the list is; "": none does.
    day_in: str = ""

    def says_day(self, columns: Sequence[str]) -> list[str]:
        """The columns, as written, whose names say of which day the list is."""
        return [column for column in columns if column.casefold().startswith(self.day_in)] if self.day_in else []

    def days(self) -> frozenset[str]:
        """The columns that are days."""
        used = {column for column, name in self.attributes.items() if name in self.dates}
        for block in self.blocks:
            used |= {block.inspected_on, block.published_on, *block.graded_on.values()}
        return frozenset(used - {""})

    def read(self) -> frozenset[str]:
        """The columns that are read, which must hold what they show."""
        return (self.columns() - self.known) | self.required

    def columns(self) -> frozenset[str]:
        """Every column, by its name here, that is read or known to be of no use."""
        used = set(self.attributes) | set(self.required) | set(self.known) | set(self.facts)
        for block in self.blocks:
            used |= {block.inspected_on, block.published_on, block.event_number, block.event_wording, block.relates}
            used |= {block.urn_then, block.told_elsewhere, *block.judgements, *block.graded_on.values()}
        used |= {attached.column for attached in self.attached}
        return frozenset(used - {""})


# --- social care ---------------------------------------------------------------------------------------------------

# One of these was before a judgement's name in the lists of 2022 (one of them misspelt) and in those of a year.
_PREFIXES = ("", "latest full inspection ", "latest full inspectio ", "inspection ")
_SOCIAL_CARE_JUDGEMENTS: Mapping[str, tuple[str, Aspect, tuple[str, ...]]] = {
    "overall judgement": (
        "previous overall judgement",
        Aspect.OVERALL,
        ("overall effectiveness", "overall experiences and progress of children and young people"),
    ),
    "helped and protected": (
        "previous helped and protected",
        Aspect.HELPED_PROTECTED,
        (
            "how well children and young people are helped and protected",
            "safeguarding children and young people",
            "the safety of children and young people",
        ),
    ),
    "leaders and managers": (
        "previous leaders and managers",
        Aspect.LEADERS,
        (
            "the effectiveness of leaders and managers",
            "effectiveness of leaders and managers",
            "leadership and management",
        ),
    ),
    "education outcomes": (
        "previous education outcomes",
        Aspect.EDUCATION_OUTCOMES,
        ("outcomes in education and related learning activities",),
    ),
    "health": ("previous health", Aspect.HEALTH, ("health services",)),
    "quality of care": ("previous quality of care", Aspect.QUALITY_OF_CARE, ("quality of care",)),
    "outcomes": ("previous outcomes", Aspect.OUTCOMES, ("outcomes for children and young people",)),
    "supported accommodation": (
        "previous supported accommodation",
        Aspect.SUPPORTED_ACCOMMODATION,
        ("supported accommodation outcome",),
    ),
}

_SOCIAL_CARE_ALIASES = {
    "reg status": "registration status",
    "setting name": "name",
    "linked ed urn": "linked education urn",
    "region": "government office region",
    "organisation": "organisation which owns the provider",
    "short breaks only": "short-break-only children's home",
    "short breaks only children's home": "short-break-only children's home",
    "multi building children's home": "multi-building children's home",
    "premises": "supported accommodation premises",
    "inspection type": "event type",
    "latest full inspection event type": "event type",
    "inspection event type": "event type",
    "latest full inspection date": "inspection date",
    "latest full inspection publication date": "publication date",
    "inspection publication date": "publication date",
    "inspection id": "event number",
    "latest full inspection event number": "event number",
    "inspection event number": "event number",
    "previous full inspection event date": "previous full inspection date",
    **{
        prefix + name: column
        for column, (_, _, names) in _SOCIAL_CARE_JUDGEMENTS.items()
        for name in names
        for prefix in _PREFIXES
    },
    **{
        prefix + name: previous
        for previous, _, names in _SOCIAL_CARE_JUDGEMENTS.values()
        for name in names
        for prefix in ("previous ", "previous full inspection ")
    },
}

SOCIAL_CARE = Layout(
    family="social_care",
    register="social_care",
    kind_name="a provider-level list of children's social care",
    required=frozenset({"urn", "provision type", "inspection date", "overall judgement"}),
    aliases=_SOCIAL_CARE_ALIASES,
    attributes={
        "name": "name",
        "provision type": "provision_type",
        "registration status": "registration_status",
        "registration date": "registered_on",
        "local authority": "local_authority",
        "government office region": "region",
        "ofsted region": "ofsted_region",
        "sector": "sector",
        "places": "places",
        "supported accommodation premises": "premises",
        "organisation which owns the provider": "owner",
        "linked education urn": "linked_urn",
        "short-break-only children's home": "short_breaks",
        "multi-building children's home": "multi_building",
    },
    blocks=(
        Block(
            inspected_on="inspection date",
            published_on="publication date",
            event_number="event number",
            event_wording="event type",
            judgements={column: aspect for column, (_, aspect, _) in _SOCIAL_CARE_JUDGEMENTS.items()},
        ),
        Block(
            inspected_on="previous full inspection date",
            published_on="previous full inspection publication date",
            event_number="previous full inspection event number",
            event_wording="previous full inspection event type",
            judgements={previous: aspect for previous, aspect, _ in _SOCIAL_CARE_JUDGEMENTS.values()},
        ),
    ),
    # Addresses are left where they are: most are redacted, and a home's address is not ours to spread.
    known=frozenset(
        {"web link", "address 1", "address 2", "town", "county", "postcode", "parliamentary constituency"},
    ),
)

# --- schools -------------------------------------------------------------------------------------------------------

_SCHOOL_ATTRIBUTES = {
    "school name": "name",
    "type of education": "provision_type",
    "ofsted phase": "phase",
    "local authority": "local_authority",
    "region": "region",
    "ofsted region": "ofsted_region",
    "multi-academy trust name": "owner",
    "laestab": "laestab",
    "school open date": "opened_on",
    "total number of pupils": "pupils",
}
_SCHOOL_KNOWN = frozenset(
    {
        "web link",
        "web link (opens in new window)",
        "admissions policy",
        "sixth form",
        "designated religious character",
        "religious ethos",
        "faith grouping",
        "parliamentary constituency",
        "postcode",
        "multi-academy trust uid",
        "academy sponsor uid",
        "academy sponsor name",
        "the income deprivation affecting children index (idaci) quintile",
        "statutory lowest age",
        "statutory highest age",
        "inspection type grouping",
        "event type grouping",
        "inspection type grouping of latest oeif graded inspection",
        "event type grouping of latest oeif graded inspection",
        "inspection end date",
        "previous inspection end date",
        "number of ungraded inspections since the last graded inspection",
        "number of monitoring and urgent inspections since last graded inspection",
        *(
            f"{what} at time of {which}"
            for what in ("laestab", "school name", "school type")
            for which in (
                "the ungraded inspection",
                "latest graded inspection",
                "previous graded inspection",
                "latest oeif graded inspection",
                "latest full inspection",
                "previous full inspection",
                *(
                    f"{the} {kind} inspection"
                    for the in ("the", "latest", "the latest")
                    for kind in ("section 8", "short")
                ),
            )
        ),
        *(
            f"number of {kind} inspections since {the} last full inspection".replace("  ", " ")
            for kind in ("section 8", "other section 8", "short")
            for the in ("", "the")
        ),
        "number of warning notices issued in academic year",
    }
)

_KEY_JUDGEMENTS = {
    "overall effectiveness": Aspect.OVERALL_EFFECTIVENESS,
    "quality of education": Aspect.QUALITY_OF_EDUCATION,
    "behaviour and attitudes": Aspect.BEHAVIOUR,
    "personal development": Aspect.PERSONAL_DEVELOPMENT,
    "effectiveness of leadership and management": Aspect.LEADERSHIP,
    "safeguarding is effective?": Aspect.SAFEGUARDING_EFFECTIVE,
    "early years provision (where applicable)": Aspect.EARLY_YEARS,
    "sixth form provision (where applicable)": Aspect.SIXTH_FORM,
    "category of concern": Aspect.CATEGORY_OF_CONCERN,
    # To August 2019.
    "outcomes for pupils": Aspect.OUTCOMES_OF_PUPILS,
    "quality of teaching, learning and assessment": Aspect.TEACHING,
    "personal development, behaviour and welfare": Aspect.BEHAVIOUR_AND_WELFARE,
}
_REPORT_CARD = {
    "safeguarding standards": Aspect.SAFEGUARDING_STANDARDS,
    "inclusion": Aspect.RC_INCLUSION,
    "curriculum and teaching": Aspect.RC_CURRICULUM,
    "achievement": Aspect.RC_ACHIEVEMENT,
    "attendance and behaviour": Aspect.RC_ATTENDANCE,
    "personal development and wellbeing": Aspect.RC_WELLBEING,
    "early years (where applicable)": Aspect.RC_EARLY_YEARS,
    "post-16 provision (where applicable)": Aspect.RC_POST_16,
    "leadership and governance": Aspect.RC_LEADERSHIP,
}
_GRADED_ON = {column: f"{column.removesuffix(' (where applicable)')} - date of grade" for column in _REPORT_CARD}
_LATEST_OEIF = {f"latest oeif {name}": aspect for name, aspect in _KEY_JUDGEMENTS.items()}
_JUDGING_KINDS = frozenset({Kind.FULL, Kind.STANDARD, Kind.REPORT_CARD})

_UNGRADED = Block(
    kind=Kind.UNGRADED,
    inspected_on="date of latest ungraded inspection",
    published_on="ungraded inspection publication date",
    event_number="latest ungraded inspection number",
    relates="does the ungraded inspection relate to the urn of the current school?",
    urn_then="urn at time of the ungraded inspection",
    told_elsewhere="did the latest ungraded inspection convert to a graded inspection?",
    judgements={"ungraded inspection overall outcome": Aspect.UNGRADED_OUTCOME},
)

# The words of 2015 to 2022: a full inspection is a graded one; a section 8 inspection, short before that, an ungraded.
_EARLIER_NAMES = {
    "inspection number": "inspection number of latest graded inspection",
    "inspection number of latest full inspection": "inspection number of latest graded inspection",
    "does the latest full inspection relate to the urn of the current school?": (
        "does the latest graded inspection relate to the urn of the current school?"
    ),
    "urn at time of latest full inspection": "urn at time of latest graded inspection",
    "first published date": "publication date",
    "previous full inspection number": "previous inspection number",
    "previous first published date": "previous publication date",
    "does the previous full inspection relate to the urn of the current school?": (
        "does the previous graded inspection relate to the urn of the current school?"
    ),
    "urn at time of previous full inspection": "urn at time of previous graded inspection",
    "previous full inspection overall effectiveness": "previous overall effectiveness",
    **{
        before + earlier: before + later
        for before in ("", "previous ")
        for earlier, later in (
            ("outcomes for children and learners", "outcomes for pupils"),
            ("achievement of pupils", "outcomes for pupils"),
            ("quality of teaching", "quality of teaching, learning and assessment"),
            ("behaviour and safety of pupils", "personal development, behaviour and welfare"),
            ("leadership and management", "effectiveness of leadership and management"),
            ("16 - 19 study programmes (where applicable)", "sixth form provision (where applicable)"),
            ("16 - 19 study programmes", "sixth form provision (where applicable)"),
            ("16-19 study programmes (where applicable)", "sixth form provision (where applicable)"),
            ("16-19 study programmes", "sixth form provision (where applicable)"),
            ("sixth form provision", "sixth form provision (where applicable)"),
            ("early years provision", "early years provision (where applicable)"),
        )
    },
    **{
        earlier.format(kind=kind): later
        for kind in ("section 8", "short")
        for earlier, later in (
            ("latest {kind} inspection number since last full inspection", _UNGRADED.event_number),
            ("latest {kind} inspection number", _UNGRADED.event_number),
            ("does the {kind} inspection relate to the urn of the current school?", _UNGRADED.relates),
            ("does the latest {kind} inspection relate to the urn of the current school?", _UNGRADED.relates),
            ("urn at time of the {kind} inspection", _UNGRADED.urn_then),
            ("urn at time of the latest {kind} inspection", _UNGRADED.urn_then),
            ("urn at time of latest {kind} inspection", _UNGRADED.urn_then),
            ("date of latest {kind} inspection", _UNGRADED.inspected_on),
            ("{kind} inspection publication date", _UNGRADED.published_on),
            ("publication date of latest {kind} inspection", _UNGRADED.published_on),
            ("did the latest {kind} inspection convert to a full inspection?", _UNGRADED.told_elsewhere),
            ("{kind} inspection overall outcome", "ungraded inspection overall outcome"),
        )
    },
}

# As at May 2024, and under other names to August 2023 and before: graded columns without a prefix.
STATE_SCHOOLS_OEIF = Layout(
    family="state_schools",
    register="education",
    kind_name="a list of state-funded schools (to August 2025)",
    required=frozenset({"urn", "school name", "inspection start date", "overall effectiveness"}),
    aliases={
        "latest ungraded inspection number since last graded inspection": "latest ungraded inspection number",
        "previous graded inspection number": "previous inspection number",
        "previous graded inspection overall effectiveness": "previous overall effectiveness",
        **_EARLIER_NAMES,
    },
    attributes=_SCHOOL_ATTRIBUTES,
    blocks=(
        Block(
            kind=Kind.FULL,
            inspected_on="inspection start date",
            published_on="publication date",
            event_number="inspection number of latest graded inspection",
            event_wording="inspection type",
            relates="does the latest graded inspection relate to the urn of the current school?",
            urn_then="urn at time of latest graded inspection",
            judgements=_KEY_JUDGEMENTS,
        ),
        Block(
            kind=Kind.FULL,
            inspected_on="previous inspection start date",
            published_on="previous publication date",
            event_number="previous inspection number",
            relates="does the previous graded inspection relate to the urn of the current school?",
            urn_then="urn at time of previous graded inspection",
            judgements={f"previous {name}": aspect for name, aspect in _KEY_JUDGEMENTS.items()},
        ),
        _UNGRADED,
    ),
    known=_SCHOOL_KNOWN,
)

_REPORT_CARD_BLOCK = Block(
    kind=Kind.REPORT_CARD,
    inspected_on="inspection start date",
    published_on="publication date",
    event_number="inspection number of latest full inspection",
    event_wording="inspection type",
    relates="does the latest full inspection relate to the urn of the current school?",
    urn_then="urn at time of latest full inspection",
    judgements={**_REPORT_CARD, "category of concern": Aspect.CATEGORY_OF_CONCERN},
    graded_on=_GRADED_ON,
)

# "Most recent inspections", sheet D2, with report cards (from November 2025).
STATE_SCHOOLS = Layout(
    family="state_schools",
    register="education",
    kind_name="a list of state-funded schools (most recent inspections)",
    required=frozenset(
        {
            "urn",
            "school name",
            "inspection start date of latest oeif graded inspection",
            "latest oeif overall effectiveness",
        }
    ),
    aliases={},
    attributes=_SCHOOL_ATTRIBUTES,
    blocks=(
        Block(
            kind=Kind.FULL,
            inspected_on="inspection start date of latest oeif graded inspection",
            published_on="publication date of latest oeif graded inspection",
            event_number="inspection number of latest oeif graded inspection",
            event_wording="inspection type of latest oeif graded inspection",
            relates="does the latest oeif graded inspection relate to the urn of the current school?",
            urn_then="urn at time of latest oeif graded inspection",
            judgements=_LATEST_OEIF,
        ),
        _REPORT_CARD_BLOCK,
        _UNGRADED,
    ),
    # A category may have been given by a later visit than the graded inspection.
    attached=(Attached("most recent category of concern", Aspect.CATEGORY_OF_CONCERN, frozenset(Kind)),),
    known=_SCHOOL_KNOWN,
)

# "In-year inspections", sheet D1: an inspection a row.
STATE_SCHOOLS_IN_YEAR = Layout(
    family="state_schools_in_year",
    register="education",
    kind_name="a list of the year's inspections of state-funded schools",
    required=frozenset({"urn", "school name", "inspection number", "inspection start date", "safeguarding standards"}),
    aliases={},
    attributes=_SCHOOL_ATTRIBUTES,
    blocks=(
        Block(
            inspected_on="inspection start date",
            published_on="publication date",
            event_number="inspection number",
            event_wording="inspection type",
            judgements={
                **_REPORT_CARD,
                "category of concern": Aspect.CATEGORY_OF_CONCERN,
                "outcomes for legacy monitoring inspections": Aspect.MONITORING_OUTCOME,
            },
        ),
    ),
    in_year=True,
    known=_SCHOOL_KNOWN,
)

_ISS_PARTS = {f"part {number} overall": Aspect(f"iss_part_{number}") for number in range(1, 9)}
_MOST_RECENT = "most recent standard inspection: "

INDEPENDENT_SCHOOLS = Layout(
    family="independent_schools",
    register="education",
    kind_name="a list of non-association independent schools",
    required=frozenset({"urn", "school name", f"{_MOST_RECENT}overall compliance with iss"}),
    aliases={},
    attributes=_SCHOOL_ATTRIBUTES,
    blocks=(
        Block(
            kind=Kind.STANDARD,
            inspected_on="inspection start date of latest oeif standard inspection",
            published_on="publication date of latest oeif standard inspection",
            event_number="inspection number of latest oeif standard inspection",
            event_wording="inspection type of latest oeif standard inspection",
            judgements=_LATEST_OEIF,
        ),
        Block(
            kind=Kind.REPORT_CARD,
            inspected_on="inspection start date",
            published_on="publication date",
            event_number="inspection number of latest reif standard inspection",
            event_wording="inspection type",
            judgements=_REPORT_CARD,
            graded_on=_GRADED_ON,
        ),
        Block(
            kind=Kind.PROGRESS_MONITORING,
            inspected_on="most recent progress monitoring: inspection start date",
            published_on="most recent progress monitoring: publication date",
            event_number="most recent progress monitoring: inspection number",
            event_wording="most recent progress monitoring: inspection type",
            judgements={},
        ),
    ),
    attached=(
        Attached(f"{_MOST_RECENT}overall compliance with iss", Aspect.ISS_OVERALL, _JUDGING_KINDS),
        Attached(
            f"{_MOST_RECENT}school complies with registration agreement (gias)?",
            Aspect.ISS_REGISTRATION,
            _JUDGING_KINDS,
        ),
        *(Attached(_MOST_RECENT + name, aspect, _JUDGING_KINDS) for name, aspect in _ISS_PARTS.items()),
    ),
    independent=True,
    known=_SCHOOL_KNOWN,
)

# To 31 July 2025.
INDEPENDENT_SCHOOLS_OEIF = Layout(
    family="independent_schools",
    register="education",
    kind_name="a list of non-association independent schools (to July 2025)",
    required=frozenset({"urn", "school name", "first day of inspection", "overall standards - standard inspections"}),
    aliases={"overall effectiveness and key judgements": "overall effectiveness"},
    attributes=_SCHOOL_ATTRIBUTES,
    blocks=(
        Block(
            kind=Kind.STANDARD,
            inspected_on="first day of inspection",
            published_on="publication date",
            event_number="inspection number",
            event_wording="inspection type",
            judgements={
                **_KEY_JUDGEMENTS,
                "overall standards - standard inspections": Aspect.ISS_OVERALL,
                **_ISS_PARTS,
            },
        ),
        Block(
            kind=Kind.STANDARD,
            inspected_on="previous first day of inspection",
            published_on="previous publication date",
            event_number="previous standard inspection number",
            judgements={"previous overall effectiveness": Aspect.OVERALL_EFFECTIVENESS},
        ),
        Block(
            kind=Kind.PROGRESS_MONITORING,
            inspected_on="progress monitoring: first day of inspection",
            published_on="progress monitoring: publication date",
            event_number="progress monitoring: inspection number",
            event_wording="progress monitoring: inspection type",
            judgements={"progress monitoring: overall outcome": Aspect.MONITORING_OUTCOME},
        ),
    ),
    independent=True,
    known=_SCHOOL_KNOWN,
)

# In the order of trying: the header of an earlier one is never that of a later one.
PUBLISHED: Sequence[Layout] = (
    SOCIAL_CARE,
    STATE_SCHOOLS,
    INDEPENDENT_SCHOOLS,
    INDEPENDENT_SCHOOLS_OEIF,
    STATE_SCHOOLS_OEIF,
    STATE_SCHOOLS_IN_YEAR,
)
