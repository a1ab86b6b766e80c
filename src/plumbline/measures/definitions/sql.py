"""Pieces of portable SQL that several definitions share."""

from plumbline.measures.model import Split


def years_after(day: str, years: str) -> str:
    """The same day `years` later; from 29 February, 1 March where there is none (as kernel.periods counts)."""
    clamped = f"cast({day} + {years} * interval '1 year' as date)"
    leap = f"date_part('month', {day}) = 2 and date_part('day', {day}) = 29 and date_part('day', {clamped}) = 28"
    return f"({clamped} + case when {leap} then 1 else 0 end)"


# The bands of the Department for Education's Children in Need release.
_BANDS = ((0, "under 1"), (1, "1 to 4"), (5, "5 to 9"), (10, "10 to 15"), (16, "16 and over"))


def _as_number(day: str) -> str:
    return f"(date_part('year', {day}) * 10000 + date_part('month', {day}) * 100 + date_part('day', {day}))"


def age_band_on(day: str, child: str) -> Split:
    """Age on the day that something happened, from the child's date of birth."""
    # 20160301 - 20150301 = 10000 is one year exactly; born on 29 February, a year older on 1 March.
    age = f"({_as_number(day)} - {_as_number('c.dob')})"
    cases = " ".join(f"when {age} >= {first * 10000} then '{name}'" for first, name in reversed(_BANDS))
    return Split(
        key="age_band",
        title="Age",
        join=f"left join {{child}} c on c.child_id = {child}",
        value=f"case when c.dob is not null then case {cases} else 'unborn' end end",
    )


def age_band_through(child: str) -> Split:
    """Age on each day that something is open: the child grows from band to band."""
    limits = [*(str(first) for first, _ in _BANDS), "null"]
    ages = [f"('{name}', {first}, {limits[number]})" for number, (first, name) in enumerate(_BANDS, 1)]
    bands = ", ".join(("('unborn', cast(null as int), 0)", *ages))
    return Split(
        key="age_band",
        title="Age",
        join=(
            f"left join {{child}} c on c.child_id = {child}"
            f" left join (values {bands}) as b(band, from_year, to_year) on c.dob is not null"
        ),
        value="b.band",
        from_on=years_after("c.dob", "b.from_year"),
        to_on=years_after("c.dob", "b.to_year"),
    )


def of_child(key: str, title: str, child: str) -> Split:
    """A column of the child as it is now."""
    return Split(key=key, title=title, join=f"left join {{child}} c on c.child_id = {child}", value=f"c.{key}")


def lead_sector(organisation: str = "t.lead_organisation_id") -> Split:
    return Split(
        key="lead_sector",
        title="Sector of the lead",
        join=f"left join {{organisation}} o on o.organisation_id = {organisation}",
        value="o.sector",
    )


def lead_organisation(organisation: str = "t.lead_organisation_id") -> Split:
    return Split(
        key="lead_organisation",
        title="Lead organisation",
        join=f"left join {{organisation}} o on o.organisation_id = {organisation}",
        value="o.name",
    )
