"""Contracts, evaluations, visits, incidents and tenders: how safe is what the council buys (question 5).

The unit is a piece of work, never a child: nothing here passes disclosure control.
"""

from dataclasses import replace

from plumbline.measures.model import Counter, Events, Measure, Spells, Split

# Native records: they reach to now and wait for no extract.
NATIVE: tuple[str, ...] = ()

_COLOURS = {"red": "red", "amber": "amber", "green": "green"}
# The reasons where an assessment is missing: the joint evaluation's rule.
WANT_OF_AN_ASSESSMENT = ("no_board_assessment", "no_self_assessment", "no_action_plan")

_OPEN = Spells(source="{contract} c", record="c.contract_id", starts_on="c.started_on", ends_on="c.ended_on")
_COLOUR = Split(
    key="colour",
    title="Rating",
    join="join {contract_colour} r on r.contract_id = c.contract_id",
    value="r.colour",
    from_on="r.from_on",
    to_on="r.to_on",
    gaps=True,
)
_KIND = Split(key="kind", title="Kind of contract", value="c.kind")
_SERVICE = Split(key="service", title="Service", value="c.service")


def _while(relation: str, where: str, *, distinct: bool = False) -> Spells:
    """The days of a contract on which one of these rows holds."""
    return Spells(
        source=f"{{contract}} c join {{{relation}}} w on w.contract_id = c.contract_id",
        record="c.contract_id",
        starts_on="greatest(c.started_on, w.from_on)",
        ends_on="least(c.ended_on, w.to_on)",
        where=where,
        distinct="c.contract_id" if distinct else None,
    )


def _stock(key: str, title: str, meaning: str, rule: Spells, *splits: Split) -> Measure:
    return Measure(
        key=key,
        version=1,
        title=title,
        meaning=meaning,
        unit="contracts",
        kind="stock",
        rule=rule,
        disclosure="work",
        sources=NATIVE,
        splits=splits,
    )


def _share(key: str, title: str, meaning: str, rule: Spells, *splits: Split) -> Measure:
    return Measure(
        key=key,
        version=1,
        title=title,
        meaning=meaning,
        unit="contracts",
        kind="share_of_stock",
        rule=rule,
        disclosure="work",
        sources=NATIVE,
        splits=splits,
    )


def _flow(key: str, title: str, meaning: str, unit: str, rule: Events, *splits: Split) -> Measure:
    return Measure(
        key=key,
        version=1,
        title=title,
        meaning=meaning,
        unit=unit,
        kind="share_of_flow" if rule.numerator else "flow",
        rule=rule,
        disclosure="work",
        sources=NATIVE,
        splits=splits,
    )


CONTRACTS = (
    _stock(
        "contracts_open", "Contracts in force",
        "Contracts that are live, started on or before the day, and end on or after it.", _OPEN, _COLOUR, _KIND,
        _SERVICE,
    ),
    Measure(
        key="contracts_value", version=1, title="Value of the contracts in force",
        meaning="The values of the contracts in force on the day, each over its whole term, added up in whole pounds.",
        unit="pounds", kind="stock", disclosure="work", sources=NATIVE, splits=(_COLOUR, _KIND, _SERVICE),
        rule=replace(
            _OPEN, amount="c.pounds",
            apart=(Counter("no_value", "not c.has_value", "Contracts without a recorded value, not in the sum"),),
        ),
    ),
    *(
        _stock(
            f"contracts_{colour}", f"Contracts rated {colour}",
            f"Of the contracts in force on the day, those whose rating on it was {colour}.",
            _while("contract_colour", f"w.colour = '{colour}'"), _KIND, _SERVICE,
        )
        for colour in _COLOURS
    ),
    *(
        _share(
            f"contracts_{colour}_share", f"Share of contracts rated {colour}",
            f"Of the contracts in force on the day, the share whose rating on it was {colour}.",
            replace(_OPEN, numerator_spells=_while("contract_colour", f"w.colour = '{colour}'")), _KIND, _SERVICE,
        )
        for colour in _COLOURS
    ),
    _stock(
        "contracts_unassured", "Contracts without the assessment they need",
        "Contracts in force on the day that lacked a valid {board_before} assessment where a statutory function is"
        " delivered, or else a completed self-assessment or its action plan.",
        _while(
            "contract_reason", f"w.code in ({', '.join(repr(code) for code in WANT_OF_AN_ASSESSMENT)})", distinct=True
        ),
        _KIND, _SERVICE,
    ),
    _share(
        "contracts_review_on_time", "Contracts whose quarterly evaluation is on time",
        "Of the contracts in force on the day, the share whose last evaluation meeting was not longer ago than the"
        " rhythm of the contract allows: 92 days for a quarterly one, as shipped, and a contract is quarterly unless"
        " the register says otherwise. Until one is held the days count from the contract's start.",
        replace(_OPEN, without=_while("contract_reason", "w.code = 'evaluation_overdue'")), _KIND, _SERVICE,
    ),
    _share(
        "contracts_assurance_complete", "Contracts whose annual assurance is complete",
        "Of the contracts in force on the day, the share for which each of the six policies had been seen, was reviewed"
        " within the year before (365 days as shipped), and has been reviewed since each change in the law or guidance"
        " whose date for that had passed.",
        replace(
            _OPEN,
            without=_while(
                "contract_reason", "w.code in ('policy_missing', 'policy_review_overdue', 'policy_before_law_change')",
                distinct=True,
            ),
        ),
        _KIND, _SERVICE,
    ),
    _share(
        "contracts_visits_on_time", "Contracts whose yearly visit is on time",
        "Of the contracts in force on the day that are to be visited each year, the share whose last visit was not"
        " longer ago than the rules of the rating allow, 395 days as shipped (a year and a month). Until one is made"
        " the days count from the contract's start. A visit to one of its settings that is under no contract counts.",
        replace(
            _OPEN, where="c.visit_required",
            without=_while("contract_reason", "c.visit_required and w.code = 'visit_overdue'", distinct=True),
        ),
        _KIND, _SERVICE,
    ),
)  # fmt: skip


def _by_contract(of: str) -> tuple[Split, Split]:
    """The kind and the service of the contract under which it was done."""
    join = f"left join {{contract}} c on c.contract_id = {of}.contract_id"
    return replace(_KIND, join=join), replace(_SERVICE, join=join)


_EVALUATION = Events(source="{evaluation} e", record="e.evaluation_id", on="e.held_on")
_INCIDENT_TYPE = Split(key="type", title="Type of incident", value="i.type")

WORK = (
    _flow(
        "evaluations_held", "Evaluation meetings held", "Quarterly joint evaluation meetings held in the period.",
        "meetings", _EVALUATION, *_by_contract("e"),
    ),
    _flow(
        "evaluations_area_present", "Evaluation meetings with the service area present",
        "Of the evaluation meetings held in the period, the share at which the service area was represented; where it"
        " was not recorded, it is counted as not.",
        "meetings", replace(_EVALUATION, numerator="e.service_area_present"), *_by_contract("e"),
    ),
    _flow(
        "visits_held", "Contract visits to homes and schools",
        "Visits made in the period under a contract or to a setting, our own and those of other councils that were"
        " accepted.",
        "visits", Events(source="{visit} v", record="v.visit_id", on="v.visited_on"),
        Split(key="whose", title="Whose visit", value="v.whose"),
    ),
    _flow(
        "incidents_reported", "Serious incidents",
        "Serious incidents under contracts, by the day on which they occurred.",
        "incidents", Events(source="{incident} i", record="i.incident_id", on="i.occurred_on"),
        _INCIDENT_TYPE, *_by_contract("i"),
    ),
    _flow(
        "notifications_in_time", "Notifications of serious incidents sent within their clock",
        "Of the notifications that fell due in the period, the share that was sent by the moment it was due. Those"
        " due on the last day of the records and not sent yet are not yet known; those not needed do not count.",
        "notifications",
        Events(
            source="{notification} n", record="n.notification_id", on="n.due_on", where="n.needed",
            numerator="n.in_time", not_yet_known="not n.sent and n.due_on = :observed",
        ),
        Split(key="recipient", title="Recipient", value="n.recipient"),
        Split(key="duty", title="Whose duty", value="n.duty"),
    ),
)  # fmt: skip

_TENDER = Events(source="{tender} t", record="t.tender_id", on="t.published_on")
_TENDER_SPLITS = (
    Split(key="body", title="Commissioning body", value="t.body"),
    Split(key="kind", title="Kind of procurement", value="t.kind"),
)

TENDERS = (
    _flow(
        "tenders_published", "Procurements published",
        "Tenders, direct awards and call-offs of all commissioning bodies that were published in the period.",
        "procurements", _TENDER, *_TENDER_SPLITS,
    ),
    _flow(
        "tenders_with_stage1", "Procurements with stage 1",
        "Of the procurements published in the period, the share with the business-information assessment as stage 1.",
        "procurements", replace(_TENDER, numerator="t.has_stage1"), *_TENDER_SPLITS,
    ),
    _flow(
        "tenders_scored_safeguarding", "Procurements with a scored safeguarding question",
        "Of the procurements published in the period, the share with a scored question on safeguarding.",
        "procurements", replace(_TENDER, numerator="t.scored_safeguarding"), *_TENDER_SPLITS,
    ),
    _flow(
        "bids_received", "Bids received", "Bids received in the period.", "bids",
        Events(source="{bid} b", record="b.bid_id", on="b.received_on"),
    ),
    _flow(
        "bids_failed_stage1", "Bids failed at stage 1",
        "Of the bids received in the period, the share that failed the business-information assessment.", "bids",
        Events(source="{bid} b", record="b.bid_id", on="b.received_on", numerator="b.failed_stage1"),
    ),
    _flow(
        "stage1_criteria_failed", "Criteria of stage 1 that were failed",
        "Criteria of stage 1 that bids received in the period were found to fail, each counted once a bid.",
        "decisions",
        Events(
            source="{stage1_fail} f join {bid} b on b.bid_id = f.bid_id", record="f.decision_id", on="b.received_on",
            where="f.decided_on is not null",
        ),
        Split(key="criterion", title="Criterion", value="f.criterion"),
    ),
)  # fmt: skip

MEASURES = (*CONTRACTS, *WORK, *TENDERS)
