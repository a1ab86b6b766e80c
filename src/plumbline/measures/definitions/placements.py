"""Placements of children at settings, by what Ofsted's judgements made of the setting on the day."""

from plumbline.measures.definitions.sql import age_band_on, age_band_through, of_child
from plumbline.measures.model import Events, Measure, Spells, Split

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
    splits=PLACEMENTS_BEGUN.splits,
)

MEASURES = (
    PLACEMENTS_OPEN,
    *PLACEMENTS_BY_STATUS,
    PLACEMENTS_ADVERSE_SHARE,
    PLACEMENTS_BEGUN,
    PLACEMENTS_BEGUN_ADVERSE,
)
