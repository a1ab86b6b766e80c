"""Early help: the measures of Teams Around the Child (TACs) that imported records can answer."""

from dataclasses import replace

from plumbline.measures.definitions.sql import (
    age_band_on,
    age_band_through,
    lead_organisation,
    lead_sector,
    of_child,
    years_after,
)
from plumbline.measures.model import NOT_RECORDED, Counter, Events, Measure, PartOf, Spells, Split

EARLY_HELP = "ssd_early_help_episodes"
SOCIAL_CARE = "ssd_cin_episodes"
AUDITS = "tac_audits"

_WHO = (of_child("sex", "Sex", "t.child_id"), of_child("ethnicity", "Ethnicity", "t.child_id"))
_OUTCOME = Split(key="outcome", title="Outcome", value="t.closure_code")
_OPEN_SPLITS = (lead_sector(), lead_organisation(), age_band_through("t.child_id"), *_WHO)
_OPENED_SPLITS = (lead_sector(), lead_organisation(), age_band_on("t.started_on", "t.child_id"), *_WHO)
_CLOSED_SPLITS = (lead_sector(), lead_organisation(), _OUTCOME, age_band_on("t.ended_on", "t.child_id"), *_WHO)

_NO_LEAD = Counter("no_lead", "not t.has_lead", "{Tacs} with no lead")
_NO_CODE_IS = ("no_outcome", "tac_closed", "outcome", NOT_RECORDED)
_NO_CODE = Counter("no_outcome", "t.closure_code = ''", "Closures with no recorded outcome")
_ERROR = Counter("closed_in_error", "t.closure_code = 'error'", "Closed as entered in error, left out")


def _open(**changes: object) -> Spells:
    plain: dict[str, object] = {
        "source": "{tac} t",
        "record": "t.tac_id",
        "starts_on": "t.started_on",
        "ends_on": "t.ended_on",
    }
    return Spells(**(plain | changes))  # type: ignore[arg-type]


def _closed(**changes: object) -> Events:
    plain: dict[str, object] = {
        "source": "{tac} t",
        "record": "t.tac_id",
        "on": "t.ended_on",
        "leaves_out": (_ERROR,),
    }
    return Events(**(plain | changes))  # type: ignore[arg-type]


TAC_OPEN = Measure(
    key="tac_open",
    version=1,
    title="{Tacs} open",
    meaning="{Tacs} that started on or before the day and have no end, or an end after the day.",
    unit="{tacs}",
    kind="stock",
    rule=_open(),
    sources=(EARLY_HELP,),
    splits=_OPEN_SPLITS,
)

TAC_CHILDREN = Measure(
    key="tac_children",
    version=1,
    title="Children with an open {tac}",
    meaning="Children, each counted once, in the {tacs} open on the day. Split, a child is counted in every group in"
    " which they have an open {tac}.",
    unit="children",
    kind="stock",
    rule=_open(record="t.child_id", distinct="t.child_id"),
    sources=(EARLY_HELP,),
    splits=_OPEN_SPLITS,
)

TAC_SCHOOL_LED = Measure(
    key="tac_school_led",
    version=1,
    title="Open {tacs} led by schools",
    meaning="Of the {tacs} open on the day, those whose lead organisation is of sector school. {Tacs} with no lead are"
    " in the denominator and shown apart.",
    unit="{tacs}",
    kind="share_of_stock",
    rule=_open(
        source="{tac} t left join {organisation} o on o.organisation_id = t.lead_organisation_id",
        numerator="o.sector = 'school'",
        apart=(
            _NO_LEAD,
            Counter(
                "lead_not_mapped",
                "t.has_lead and coalesce(o.sector, '') = ''",
                "{Tacs} whose lead's organisation is not yet mapped to a sector",
            ),
        ),
    ),
    sources=(EARLY_HELP,),
    splits=(replace(lead_sector(), join=""), age_band_through("t.child_id"), *_WHO),
    part_of=PartOf("tac_open", "lead_sector", ("school",)),
    counters_in=(
        ("no_lead", "tac_open", "lead_sector", NOT_RECORDED),
        ("lead_not_mapped", "tac_open", "lead_sector", NOT_RECORDED),
    ),
)

TAC_OPEN_OVER_A_YEAR = Measure(
    key="tac_open_over_a_year",
    version=1,
    title="Open {tacs} that have lasted over a year",
    meaning="Of the {tacs} open on the day, those for which the day is later than the same day a year after the start"
    " (from 29 February, 1 March).",
    unit="{tacs}",
    kind="share_of_stock",
    rule=_open(numerator_spells=_open(starts_on=f"{years_after('t.started_on', '1')} + 1")),
    sources=(EARLY_HELP,),
    splits=_OPEN_SPLITS,
    part_of=PartOf("tac_open"),
)

TAC_OPENED = Measure(
    key="tac_opened",
    version=1,
    title="{Tacs} opened",
    meaning="{Tacs} with their start in the period.",
    unit="{tacs}",
    kind="flow",
    rule=Events(source="{tac} t", record="t.tac_id", on="t.started_on"),
    sources=(EARLY_HELP,),
    splits=_OPENED_SPLITS,
)

TAC_STEPPED_DOWN = Measure(
    key="tac_stepped_down",
    version=1,
    title="{Tacs} opened that came from social care",
    meaning="{Tacs} opened in the period that are recorded as a step-down, or, where the record does not say so, whose"
    " child had a social-care episode closed 0 to 28 days before the start, both days counted. Those inferred in this"
    " way are shown apart.",
    unit="{tacs}",
    kind="flow",
    rule=Events(
        source=(
            "{tac} t left join (select distinct s.tac_id from {tac} s join {referral} r on r.child_id = s.child_id"
            " where s.started_on >= :first and s.started_on <= :last and not s.step_down_recorded"
            " and r.closed_on <= s.started_on and r.closed_on >= s.started_on - 28) i on i.tac_id = t.tac_id"
        ),
        record="t.tac_id",
        on="t.started_on",
        where="t.step_down_recorded or i.tac_id is not null",
        apart=(Counter("inferred", "not t.step_down_recorded", "Inferred from a social-care episode that closed"),),
    ),
    sources=(EARLY_HELP, SOCIAL_CARE),
    splits=_OPENED_SPLITS,
    part_of=PartOf("tac_opened"),
)

TAC_CLOSED = Measure(
    key="tac_closed",
    version=1,
    title="{Tacs} closed",
    meaning="{Tacs} with their end in the period, those closed as entered in error left out.",
    unit="{tacs}",
    kind="flow",
    rule=_closed(apart=(_NO_CODE,)),
    sources=(EARLY_HELP,),
    splits=_CLOSED_SPLITS,
    counters_in=(_NO_CODE_IS,),
)

TAC_DURATION = Measure(
    key="tac_duration",
    version=1,
    title="How long closed {tacs} had lasted",
    meaning="Days from start to end of the {tacs} closed in the period: median and quartiles, between two values the"
    " point in proportion.",
    unit="days",
    kind="distribution",
    rule=_closed(value="t.ended_on - t.started_on"),
    sources=(EARLY_HELP,),
    splits=_CLOSED_SPLITS,
    part_of=PartOf("tac_closed"),
)


def _outcome(key: str, title: str, meaning: str, code: str) -> tuple[Measure, Measure]:
    """The count of one outcome, and its share of closures."""
    condition = f"t.closure_code = '{code}'"
    count = Measure(
        key=key,
        version=1,
        title=title,
        meaning=f"{meaning}.",
        unit="{tacs}",
        kind="flow",
        rule=_closed(where=condition, leaves_out=()),
        sources=(EARLY_HELP,),
        splits=tuple(split for split in _CLOSED_SPLITS if split is not _OUTCOME),
        part_of=PartOf("tac_closed", "outcome", (code,)),
    )
    share = Measure(
        key=f"{key}_share",
        version=1,
        title=f"{title}, as a share of closures",
        meaning=f"{meaning}, as a share of all closed in the period but those closed as entered in error.",
        unit="{tacs}",
        kind="share_of_flow",
        rule=_closed(numerator=condition, apart=(_NO_CODE,)),
        sources=(EARLY_HELP,),
        splits=count.splits,
        part_of=count.part_of,
        counters_in=(_NO_CODE_IS,),
    )
    return count, share


TAC_CLOSED_NOT_ENGAGED, TAC_CLOSED_NOT_ENGAGED_SHARE = _outcome(
    "tac_closed_not_engaged",
    "{Tacs} closed because the family did not engage",
    "{Tacs} closed in the period because the family did not engage",
    "not_engaged",
)
TAC_STEPPED_UP, TAC_STEPPED_UP_SHARE = _outcome(
    "tac_stepped_up",
    "{Tacs} stepped up to social care",
    "{Tacs} closed in the period because the child moved into social care",
    "stepped_up",
)

TAC_CLOSED_NEEDS_MET_OR_REDUCED = Measure(
    key="tac_closed_needs_met_or_reduced",
    version=1,
    title="{Tacs} closed with needs met, or reduced so that one service can support",
    meaning="Of the {tacs} closed in the period, those closed with needs met or needs reduced. Closures with no"
    " recorded outcome are in the denominator; those closed as entered in error are not.",
    unit="{tacs}",
    kind="share_of_flow",
    rule=_closed(numerator="t.closure_code in ('needs_met', 'needs_reduced')", apart=(_NO_CODE,)),
    sources=(EARLY_HELP,),
    splits=tuple(split for split in _CLOSED_SPLITS if split is not _OUTCOME),
    part_of=PartOf("tac_closed", "outcome", ("needs_met", "needs_reduced")),
    counters_in=(_NO_CODE_IS,),
)

_A_YEAR_AFTER_CLOSURE = years_after("t.ended_on", "1")

TAC_REPEAT_REFERRAL = Measure(
    key="tac_repeat_referral",
    version=1,
    title="Repeat referrals within a year of closure",
    meaning="Of the {tacs} closed in the period and not stepped up, those whose child had a new {tac} or a referral to"
    " social care after the day of closure and up to the same day a year later (from 29 February, 1 March). Only"
    " closures whose following year is over within the records; the rest are not yet known.",
    unit="{tacs}",
    kind="share_of_flow",
    rule=_closed(
        source=(
            "{tac} t left join (select distinct t.tac_id from {tac} t join ("
            "select child_id, started_on as came_on from {tac} came"
            " union all select child_id, referred_on from {referral} came) e"
            " on e.child_id = t.child_id and e.came_on > t.ended_on"
            f" and e.came_on <= {_A_YEAR_AFTER_CLOSURE}"
            " where t.ended_on >= :first and t.ended_on <= :last) again on again.tac_id = t.tac_id"
        ),
        leaves_out=(
            _ERROR,
            Counter("stepped_up", "t.closure_code = 'stepped_up'", "Stepped up to social care, left out"),
        ),
        numerator="again.tac_id is not null",
        not_yet_known="t.ended_on > :year_over",
    ),
    sources=(EARLY_HELP, SOCIAL_CARE),
    splits=_CLOSED_SPLITS,
    counters_in=(("stepped_up", "tac_closed", "outcome", "stepped_up"),),
)

SOCIAL_CARE_REFERRAL_WITHOUT_TAC = Measure(
    key="social_care_referral_without_tac",
    version=1,
    title="Referrals to social care without early help before",
    meaning="Of the referrals to social care in the period, those of children with no {tac} that had started or was"
    " open in the year before, from the same day a year earlier to the day before the referral.",
    unit="referrals",
    kind="share_of_flow",
    rule=Events(
        source=(
            "{referral} r left join (select distinct r.referral_id from {referral} r join {tac} t"
            " on t.child_id = r.child_id and t.started_on < r.referred_on and (t.ended_on is null"
            f" or t.ended_on > {years_after('r.referred_on', '-1')}"
            f" or t.started_on >= {years_after('r.referred_on', '-1')})"
            " where r.referred_on >= :first and r.referred_on <= :last) earlier"
            " on earlier.referral_id = r.referral_id"
        ),
        record="r.referral_id",
        on="r.referred_on",
        numerator="earlier.referral_id is null",
    ),
    sources=(SOCIAL_CARE, EARLY_HELP),
    splits=(
        age_band_on("r.referred_on", "r.child_id"),
        of_child("sex", "Sex", "r.child_id"),
        of_child("ethnicity", "Ethnicity", "r.child_id"),
    ),
)

_GRADES = {
    "outstanding": "outstanding",
    "good": "good",
    "requires_improvement": "requires improvement",
    "inadequate": "inadequate",
}
_AUDITED = "{tac_audit} a left join {tac} t on t.tac_id = a.tac_id"

TAC_AUDITS = Measure(
    key="tac_audits",
    version=1,
    title="Quality audits of {tacs}",
    meaning="Audits dated in the period.",
    unit="audits",
    kind="flow",
    disclosure="work",
    rule=Events(source=_AUDITED, record="a.audit_id", on="a.audited_on"),
    sources=(AUDITS,),
    splits=(Split(key="grade", title="Grade", value="a.grade"), lead_sector(), lead_organisation()),
)

TAC_AUDIT_GRADES = tuple(
    Measure(
        key=f"tac_audit_{grade}",
        version=1,
        title=f"Audits of {{tacs}} graded {words}",
        meaning=f"Of the audits dated in the period, those graded {words}: the moderated grade, or else the first.",
        unit="audits",
        kind="share_of_flow",
        disclosure="work",
        rule=Events(
            source=_AUDITED,
            record="a.audit_id",
            on="a.audited_on",
            numerator=f"a.grade = '{grade}'",
            apart=(Counter("no_grade", "coalesce(a.grade, '') = ''", "Audits with no recorded grade"),),
        ),
        sources=(AUDITS,),
        splits=(lead_sector(), lead_organisation()),
    )
    for grade, words in _GRADES.items()
)

MEASURES = (
    TAC_OPEN,
    TAC_CHILDREN,
    TAC_SCHOOL_LED,
    TAC_OPEN_OVER_A_YEAR,
    TAC_OPENED,
    TAC_STEPPED_DOWN,
    TAC_CLOSED,
    TAC_CLOSED_NEEDS_MET_OR_REDUCED,
    TAC_CLOSED_NOT_ENGAGED,
    TAC_CLOSED_NOT_ENGAGED_SHARE,
    TAC_STEPPED_UP,
    TAC_STEPPED_UP_SHARE,
    TAC_DURATION,
    TAC_REPEAT_REFERRAL,
    TAC_AUDITS,
    *TAC_AUDIT_GRADES,
    SOCIAL_CARE_REFERRAL_WITHOUT_TAC,
)
