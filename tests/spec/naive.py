"""The measures read word for word, one record and one day at a time: slow, and with no SQL to share a mistake with."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]

NOT_RECORDED = "not recorded"
CLOSURES = {
    "tac_closed": None,
    "tac_closed_needs_met_or_reduced": {"needs_met", "needs_reduced"},
    "tac_closed_not_engaged_share": {"not_engaged"},
    "tac_stepped_up_share": {"stepped_up"},
}
ONLY = {"tac_closed_not_engaged": "not_engaged", "tac_stepped_up": "stepped_up"}


def as_known(versions: Tables, n: int, late: Sequence[int]) -> dict[str, list[Row]]:
    def happened(number: int | None) -> bool:
        return number is not None and number <= n and number not in late

    return {
        name: [row for row in rows if happened(row["from_tx"]) and not happened(row["to_tx"])]
        for name, rows in versions.items()
    }


def as_now(versions: Tables) -> dict[str, list[Row]]:
    return {name: [row for row in rows if row["to_tx"] is None] for name, rows in versions.items()}


def years_after(day: date, years: int) -> date:
    if (day.month, day.day) == (2, 29) and not leap(day.year + years):
        return date(day.year + years, 3, 1)
    return date(day.year + years, day.month, day.day)


def leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def stands(row: Row, day: date, first: str = "started_on", end: str = "ended_on") -> bool:
    return row[first] <= day and (row[end] is None or row[end] > day)


def stock(key: str, tables: Tables, day: date) -> list[tuple[str, bool, Row]]:
    """Record, whether in the numerator, and the row it comes from, of what stands on the day."""
    if key.startswith("contracts"):
        return contracts(key, tables, day)
    if key.startswith("settings"):
        return settings(key, tables, day)
    if key.startswith("placements"):
        standing = [row for row in tables["placement"] if stands(row, day)]
        if key == "placements_open":
            return [(row["placement_id"], True, row) for row in standing]
        if key == "placements_adverse_share":
            return [(row["placement_id"], status(tables, row, day) == "adverse", row) for row in standing]
        wanted = key.removeprefix("placements_")
        return [(row["placement_id"], True, row) for row in standing if status(tables, row, day) == wanted]
    standing = [row for row in tables["tac"] if stands(row, day)]
    if key == "tac_children":
        return [(row["child_id"], True, row) for row in standing]
    if key == "tac_school_led":
        return [(row["tac_id"], sector(tables, row) == "school", row) for row in standing]
    if key == "tac_open_over_a_year":
        return [(row["tac_id"], day > years_after(row["started_on"], 1), row) for row in standing]
    return [(row["tac_id"], True, row) for row in standing]


UNASSURED = {"no_board_assessment", "no_self_assessment", "no_action_plan"}
# Of a share of contracts, the reasons that keep one out of it.
WITHOUT = {
    "contracts_review_on_time": {"evaluation_overdue"},
    "contracts_visits_on_time": {"visit_overdue"},
    "contracts_assurance_complete": {"policy_missing", "policy_review_overdue", "policy_before_law_change"},
}


def contracts(key: str, tables: Tables, day: date) -> list[tuple[str, bool, Row]]:
    standing = [row for row in tables["contract"] if row["started_on"] is not None and stands(row, day)]
    if key in ("contracts_open", "contracts_value"):
        return [(row["contract_id"], True, row) for row in standing]
    if key == "contracts_visits_on_time":
        standing = [row for row in standing if row["visit_required"]]
    if key in WITHOUT:
        return [(row["contract_id"], not reasons(tables, row, day) & WITHOUT[key], row) for row in standing]
    if key == "contracts_unassured":
        return [(row["contract_id"], True, row) for row in standing if reasons(tables, row, day) & UNASSURED]
    wanted = key.removeprefix("contracts_").removesuffix("_share")
    fits = {row["contract_id"]: colour(tables, row, day) == wanted for row in standing}
    if key.endswith("_share"):
        return [(row["contract_id"], fits[row["contract_id"]], row) for row in standing]
    return [(row["contract_id"], True, row) for row in standing if fits[row["contract_id"]]]


def settings(key: str, tables: Tables, day: date) -> list[tuple[str, bool, Row]]:
    """One entry a placement: what comes of it counts a setting once."""
    relation, on, days = {
        "settings_visited": ("visit", "visited_on", 365),
        "settings_checked": ("setting_check", "checked_on", 31),
    }[key]
    standing = [row for row in tables["placement"] if stands(row, day) and row["setting_id"] is not None]
    return [
        (
            row["setting_id"],
            any(
                done["setting_id"] == row["setting_id"] and done[on] and 0 <= (day - done[on]).days <= days
                for done in tables[relation]
            ),
            row,
        )
        for row in standing
    ]


def reasons(tables: Tables, contract: Row, day: date) -> set[str]:
    return {
        row["code"]
        for row in tables["contract_reason"]
        if row["contract_id"] == contract["contract_id"] and stands(row, day, "from_on", "to_on")
    }


def colour(tables: Tables, contract: Row, day: date) -> str | None:
    for row in tables["contract_colour"]:
        if row["contract_id"] == contract["contract_id"] and stands(row, day, "from_on", "to_on"):
            return row["colour"]
    return None


# Of a flow of work: its relation, record and day; what is left out; what is in the numerator.
WORK: Mapping[str, tuple[str, str, str, str | None, str | None]] = {
    "evaluations_held": ("evaluation", "evaluation_id", "held_on", None, None),
    "evaluations_area_present": ("evaluation", "evaluation_id", "held_on", None, "service_area_present"),
    "visits_held": ("visit", "visit_id", "visited_on", None, None),
    "incidents_reported": ("incident", "incident_id", "occurred_on", None, None),
    "notifications_in_time": ("notification", "notification_id", "due_on", "needed", "in_time"),
    "tenders_published": ("tender", "tender_id", "published_on", None, None),
    "tenders_with_stage1": ("tender", "tender_id", "published_on", None, "has_stage1"),
    "tenders_scored_safeguarding": ("tender", "tender_id", "published_on", None, "scored_safeguarding"),
    "bids_received": ("bid", "bid_id", "received_on", None, None),
    "bids_failed_stage1": ("bid", "bid_id", "received_on", None, "failed_stage1"),
}


def flow(key: str, tables: Tables, first: date, last: date, until: date) -> Iterator[tuple[str, str, date, Row]]:
    """Record, what it counts as (in, counted, not yet known), its day, and its row."""
    if key in WORK:
        relation, record, on, only, numerator = WORK[key]
        for row in within(tables[relation], on, first, last):
            if key == "notifications_in_time" and row["needed"] and row["due_on"] == until and not row["sent"]:
                yield row[record], "not yet known", row[on], row
            elif only is None or row[only]:
                yield row[record], "in" if numerator is None or row[numerator] else "counted", row[on], row
    elif key == "stage1_criteria_failed":
        for bid in within(tables["bid"], "received_on", first, last):
            for row in tables["stage1_fail"]:
                if row["bid_id"] == bid["bid_id"] and row["decided_on"] is not None:
                    yield row["decision_id"], "in", bid["received_on"], row
    elif key in ("placements_begun", "placements_begun_adverse"):
        for row in within(tables["placement"], "started_on", first, last):
            if row["began_adverse"] or key == "placements_begun":
                yield row["placement_id"], "in", row["started_on"], row
    elif key.startswith("tac_audit"):
        for row in within(tables["tac_audit"], "audited_on", first, last):
            good = key == "tac_audits" or row["grade"] == key.removeprefix("tac_audit_")
            yield row["audit_id"], "in" if good else "counted", row["audited_on"], row
    elif key == "social_care_referral_without_tac":
        for row in within(tables["referral"], "referred_on", first, last):
            helped = helped_before(tables, row["child_id"], row["referred_on"])
            yield row["referral_id"], "counted" if helped else "in", row["referred_on"], row
    elif key in ("tac_opened", "tac_stepped_down"):
        for row in within(tables["tac"], "started_on", first, last):
            if key == "tac_opened" or row["step_down_recorded"] or came_from_social_care(tables, row):
                yield row["tac_id"], "in", row["started_on"], row
    else:
        for row in within(tables["tac"], "ended_on", first, last):
            if row["closure_code"] != "error":
                said = closure(key, tables, row, until)
                if said:
                    yield row["tac_id"], said, row["ended_on"], row


def closure(key: str, tables: Tables, row: Row, until: date) -> str | None:
    code = row["closure_code"]
    if key in ONLY:
        return "in" if code == ONLY[key] else None
    if key == "tac_repeat_referral":
        if code == "stepped_up":
            return None
        year_over = years_after(row["ended_on"], 1)
        if year_over > until:
            return "not yet known"
        came = [tac["started_on"] for tac in tables["tac"] if tac["child_id"] == row["child_id"]]
        came += [each["referred_on"] for each in tables["referral"] if each["child_id"] == row["child_id"]]
        return "in" if any(row["ended_on"] < day <= year_over for day in came) else "counted"
    codes = CLOSURES.get(key)
    return "in" if codes is None or code in codes else "counted"


def within(rows: Sequence[Row], column: str, first: date, last: date) -> Iterator[Row]:
    return (row for row in rows if row[column] is not None and first <= row[column] <= last)


def helped_before(tables: Tables, child: str, day: date) -> bool:
    """Day by day through the year before."""
    for tac in tables["tac"]:
        if tac["child_id"] == child:
            each = years_after(day, -1)
            while each < day:
                if tac["started_on"] == each or stands(tac, each):
                    return True
                each += timedelta(1)
    return False


def came_from_social_care(tables: Tables, tac: Row) -> bool:
    return any(
        row["child_id"] == tac["child_id"]
        and row["closed_on"] is not None
        and 0 <= (tac["started_on"] - row["closed_on"]).days <= 28
        for row in tables["referral"]
    )


def status(tables: Tables, placement: Row, day: date) -> str | None:
    for row in tables["setting_status"]:
        if row["setting_id"] == placement["setting_id"] and stands(row, day, "from_on", "to_on"):
            return row["status"]
    return None


def of_contract(tables: Tables, row: Row) -> Row:
    """The row itself, or of a meeting and an incident the contract under which it was."""
    if "evaluation_id" in row or "incident_id" in row:
        none = {"kind": None, "service": None}
        return next((each for each in tables["contract"] if each["contract_id"] == row["contract_id"]), none)
    return row


def ground(tables: Tables, placement: Row) -> str | None:
    for row in tables["placement_exception"]:
        if row["exception_id"] == placement["exception_id"]:
            return row["ground"]
    return None


def sector(tables: Tables, tac: Row) -> str | None:
    return organisation(tables, tac).get("sector")


def organisation(tables: Tables, tac: Row) -> Row:
    for row in tables["organisation"]:
        if row["organisation_id"] == tac["lead_organisation_id"]:
            return row
    return {}


def child(tables: Tables, row: Row) -> Row:
    return next((each for each in tables["child"] if each["child_id"] == row["child_id"]), {})


def age_band(born: date | None, day: date) -> str | None:
    if born is None:
        return None
    if day < born:
        return "unborn"
    for years, band in ((1, "under 1"), (5, "1 to 4"), (10, "5 to 9"), (16, "10 to 15")):
        if day < years_after(born, years):
            return band
    return "16 and over"


def audited(tables: Tables, row: Row) -> Row:
    """The TAC whose lead an audit is split by."""
    if "audit_id" not in row:
        return row
    return next((tac for tac in tables["tac"] if tac["tac_id"] == row["tac_id"]), {"lead_organisation_id": None})


GROUPS: Mapping[str, Callable[[Tables, Row, date], str | None]] = {
    "lead_sector": lambda tables, row, day: sector(tables, audited(tables, row)),
    "lead_organisation": lambda tables, row, day: organisation(tables, audited(tables, row)).get("name"),
    "age_band": lambda tables, row, day: age_band(child(tables, row).get("dob"), day),
    "sex": lambda tables, row, day: child(tables, row).get("sex"),
    "ethnicity": lambda tables, row, day: child(tables, row).get("ethnicity"),
    "outcome": lambda tables, row, day: row["closure_code"],
    "grade": lambda tables, row, day: row["grade"],
    "status": lambda tables, row, day: status(tables, row, day),
    "colour": lambda tables, row, day: colour(tables, row, day),
    "ground": lambda tables, row, day: ground(tables, row),
    **{key: lambda tables, row, day, key=key: of_contract(tables, row)[key] for key in ("kind", "service")},
    **{
        key: lambda tables, row, day, key=key: row[key]
        for key in ("whose", "type", "recipient", "duty", "body", "criterion")
    },
}


def group(split_by: str | None, tables: Tables, row: Row, day: date) -> str | None:
    return None if split_by is None else GROUPS[split_by](tables, row, day) or NOT_RECORDED


def stock_counts(key: str, tables: Tables, day: date, split_by: str | None) -> dict[str | None, tuple[int, int]]:
    """Numerator and denominator by group."""
    records: dict[str | None, set[str]] = defaultdict(set)
    inside: dict[str | None, set[str]] = defaultdict(set)
    for record, counts, row in stock(key, tables, day):
        name = group(split_by, tables, row, day)
        records[name].add(record)
        if counts:
            inside[name].add(record)
    if key == "contracts_value":
        worth = {row["contract_id"]: row["pounds"] for _, _, row in stock(key, tables, day)}
        sums = {name: sum(worth[record] for record in found) for name, found in records.items()}
        return {name: (total, total) for name, total in sums.items()}
    return {name: (len(inside[name]), len(found)) for name, found in records.items()}


def flow_counts(
    key: str, tables: Tables, first: date, last: date, until: date, split_by: str | None
) -> dict[str | None, tuple[int, int, int]]:
    """Numerator, denominator and not yet known by group."""
    found: Counter[tuple[str | None, str]] = Counter()
    for _, said, day, row in flow(key, tables, first, last, until):
        found[group(split_by, tables, row, day), said] += 1
    names = {name for name, _ in found}
    return {
        name: (found[name, "in"], found[name, "in"] + found[name, "counted"], found[name, "not yet known"])
        for name in names
    }


def durations(
    key: str, tables: Tables, first: date, last: date, split_by: str | None
) -> dict[str | None, tuple[float, float, float]]:
    """Lower quartile, median, upper quartile by group, in proportion between two values."""
    found: dict[str | None, list[int]] = defaultdict(list)
    if key == "placements_downgrade_told":
        for hours, day, row in tellings(tables, first, last):
            found[group(split_by, tables, row, day)].append(hours)
    else:
        for _, _, day, row in flow("tac_closed", tables, first, last, last):
            found[group(split_by, tables, row, day)].append((row["ended_on"] - row["started_on"]).days)
    return {name: tuple(at(sorted(values), part) for part in (0.25, 0.5, 0.75)) for name, values in found.items()}


def tellings(tables: Tables, first: date, last: date) -> Iterator[tuple[int, date, Row]]:
    """Hours from the downgrade to the first telling of a worker, the day of the flag, and the placement."""
    for flag in within(tables["placement_flag"], "raised_on", first, last):
        if flag["kind"] != "setting_adverse":
            continue
        told = [
            (row["told_on"], row["told_hour"])
            for row in tables["telling"]
            if row["flag_id"] == flag["flag_id"] and row["why"] == "allocated worker" and row["told_on"]
        ]
        for placement in tables["placement"]:
            for spell in tables["setting_status"]:
                if (
                    told
                    and placement["placement_id"] == flag["placement_id"]
                    and spell["setting_id"] == placement["setting_id"]
                    and spell["status"] == "adverse"
                    and stands(spell, flag["raised_on"], "from_on", "to_on")
                ):
                    day, hour = min(told)
                    yield (day - spell["from_on"]).days * 24 + hour, flag["raised_on"], placement


def at(ordered: list[int], part: float) -> float:
    place = (len(ordered) - 1) * part
    below = ordered[int(place)]
    above = ordered[min(int(place) + 1, len(ordered) - 1)]
    return below + (above - below) * (place - int(place))
