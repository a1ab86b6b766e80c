"""Placements of children at settings, by what Ofsted's judgements made of the setting on the day; and what is done
about the settings."""

from dataclasses import replace

from plumbline.measures.definitions.sql import age_band_on, age_band_through, of_child
from plumbline.measures.model import NOT_RECORDED, Counter, Events, Measure, PartOf, Spells, Split

SOURCES = ("ssd_cla_placement", "school_placements")

_STATUSES = {
    "adverse": "adverse",
    "watch": "to be watched",
    "clear": "clear",
    "not_judged": "not judged",
    "closed": "closed",
    "unregistered": "unregistered",
    "unmatched": "not matched to Ofsted's lists",
}

_WHO = (of_child("sex", "Sex", "p.child_id"), of_child("ethnicity", "Ethnicity", "p.child_id"))
_OPEN_SPLITS = (age_band_through("p.child_id"), *_WHO)
_STATUS = Split(
    key="status",
    title="Status of the setting",
    join="join {setting_status} s on s.setting_id = p.setting_id",
    value="s.status",
    from_on="s.from_on",
    to_on="s.to_on",
    gaps=True,
    given_up_first=(NOT_RECORDED, "unmatched", "not_judged", "closed", "clear", "watch", "unregistered"),
)

_OPEN = Spells(source="{placement} p", record="p.placement_id", starts_on="p.started_on", ends_on="p.ended_on")


def _at(status: str) -> Spells:
    return Spells(
        source="{placement} p join {setting_status} h on h.setting_id = p.setting_id",
        record="p.placement_id",
        starts_on="greatest(p.started_on, h.from_on)",
        ends_on="least(p.ended_on, h.to_on)",
        where=f"h.status = '{status}'",
    )


PLACEMENTS_OPEN = Measure(
    key="placements_open",
    version=1,
    title="Children placed at settings",
    meaning="Placements that started on or before the day and have no end, or an end after the day.",
    unit="placements",
    kind="stock",
    rule=_OPEN,
    sources=SOURCES,
    any_source=True,
    splits=(_STATUS, *_OPEN_SPLITS),
)

PLACEMENTS_BY_STATUS = tuple(
    Measure(
        key=f"placements_{status}",
        version=1,
        title=f"Placements at settings that are {words}",
        meaning=f"Of the placements open on the day, those whose setting was {words} on it.",
        unit="placements",
        kind="stock",
        rule=_at(status),
        sources=SOURCES,
        any_source=True,
        splits=_OPEN_SPLITS,
        part_of=PartOf("placements_open", "status", (status,)),
    )
    for status, words in _STATUSES.items()
)

PLACEMENTS_ADVERSE_SHARE = Measure(
    key="placements_adverse_share",
    version=1,
    title="Share of placements that are at adverse settings",
    meaning="Of the placements open on the day, the share whose setting was adverse on it.",
    unit="placements",
    kind="share_of_stock",
    rule=Spells(
        source=_OPEN.source,
        record=_OPEN.record,
        starts_on=_OPEN.starts_on,
        ends_on=_OPEN.ends_on,
        numerator_spells=_at("adverse"),
    ),
    sources=SOURCES,
    any_source=True,
    splits=_OPEN_SPLITS,
    part_of=PartOf("placements_open", "status", ("adverse",)),
)

PLACEMENTS_BEGUN = Measure(
    key="placements_begun",
    version=1,
    title="Placements begun",
    meaning="Placements with their start in the period.",
    unit="placements",
    kind="flow",
    rule=Events(source="{placement} p", record="p.placement_id", on="p.started_on"),
    sources=SOURCES,
    any_source=True,
    splits=(age_band_on("p.started_on", "p.child_id"), *_WHO),
)

PLACEMENTS_BEGUN_ADVERSE = Measure(
    key="placements_begun_adverse",
    version=1,
    title="Placements begun at adverse settings",
    meaning="Placements with their start in the period at a setting that was adverse when they began.",
    unit="placements",
    kind="flow",
    rule=Events(source="{placement} p", record="p.placement_id", on="p.started_on", where="p.began_adverse"),
    sources=SOURCES,
    any_source=True,
    splits=(
        Split(
            key="ground",
            title="Ground of the exception",
            join="left join {placement_exception} x on x.exception_id = p.exception_id",
            value="x.ground",
        ),
        *PLACEMENTS_BEGUN.splits,
    ),
    part_of=PartOf("placements_begun"),
)

PLACEMENTS_DOWNGRADE_TOLD = Measure(
    key="placements_downgrade_told",
    # 2: told is reached (an e-mail accepted for delivery, or the page opened), no longer put to them.
    version=2,
    title="Hours until the social worker was told of a downgrade",
    meaning=(
        "Of the flags raised in the period because a setting became adverse while a child was there: hours from the"
        " beginning of the day on which the setting became adverse (Ofsted's publication, or else the inspection) until"
        " the flag first reached the child's allocated worker (an e-mail about it was accepted for delivery to someone"
        " who can act, or they opened it): median and quartiles. Flags that reached no worker, for example one without"
        " an account, are left out and counted apart."
    ),
    unit="hours",
    kind="distribution",
    rule=Events(
        source=(
            "{placement_flag} f join {placement} p on p.placement_id = f.placement_id"
            " join {setting_status} h on h.setting_id = p.setting_id and h.status = 'adverse'"
            " and h.from_on <= f.raised_on and (h.to_on is null or h.to_on > f.raised_on)"
            " left join (select flag_id, min((told_on - date '1970-01-01') * 24 + told_hour) as hour from {telling} t"
            " where why = 'allocated worker' and told_on is not null group by flag_id) w on w.flag_id = f.flag_id"
        ),
        record="f.flag_id",
        on="f.raised_on",
        where="f.kind = 'setting_adverse'",
        leaves_out=(Counter("nobody_told", "w.hour is null", "Downgrades of which no allocated worker was told"),),
        value="w.hour - (h.from_on - date '1970-01-01') * 24",
    ),
    sources=SOURCES,
    any_source=True,
    splits=(age_band_on("f.raised_on", "p.child_id"), *_WHO),
)

# A setting counts once, however many children are there. Nothing can be said of a placement without a setting: 0, or
# none.
_WITH_CHILDREN = Spells(
    source="{placement} p",
    record="p.setting_id",
    starts_on="p.started_on",
    ends_on="p.ended_on",
    where="p.setting_id <> '0'",
    distinct="p.setting_id",
)


def _after(relation: str, day: str, days: int) -> Spells:
    """Days on which children are there and one of these lies at most so many days back."""
    return Spells(
        source=f"{{placement}} p join {{{relation}}} d on d.setting_id = p.setting_id",
        record="p.setting_id",
        starts_on=f"greatest(p.started_on, d.{day})",
        ends_on=f"least(p.ended_on, d.{day} + {days + 1})",
        where=f"p.setting_id <> '0' and d.{day} is not null",
        distinct="p.setting_id",
    )


def _of_settings(key: str, title: str, meaning: str, numerator: Spells) -> Measure:
    """A figure about work, and so not split: how many settings are adverse would tell how many children are there."""
    return Measure(
        key=key,
        version=1,
        title=title,
        meaning=f"Of the settings at which a child of ours was placed on the day, {meaning} Placements whose setting is"
        " not known are in neither number.",
        unit="settings",
        kind="share_of_stock",
        rule=replace(_WITH_CHILDREN, numerator_spells=numerator),
        disclosure="work",
        sources=SOURCES,
        any_source=True,
    )


SETTINGS_VISITED = _of_settings(
    "settings_visited",
    "Settings with our children that were visited within the year",
    "the share that was visited on it or in the 365 days before, by us or by another council whose visit was accepted.",
    _after("visit", "visited_on", 365),
)

SETTINGS_CHECKED = _of_settings(
    "settings_checked",
    "Settings with our children that were checked within 31 days",
    "the share whose newest judgement was looked up on it or in the 31 days before: on the setting's page at Ofsted, or"
    " in a list of Ofsted as at that day.",
    _after("setting_check", "checked_on", 31),
)

MEASURES = (
    PLACEMENTS_OPEN,
    *PLACEMENTS_BY_STATUS,
    PLACEMENTS_ADVERSE_SHARE,
    PLACEMENTS_BEGUN,
    PLACEMENTS_BEGUN_ADVERSE,
    PLACEMENTS_DOWNGRADE_TOLD,
    SETTINGS_VISITED,
    SETTINGS_CHECKED,
)
