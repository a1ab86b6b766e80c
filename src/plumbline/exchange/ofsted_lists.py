"""Reads one of Ofsted's published lists, whatever its year: each setting it names, and each inspection it tells of."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from plumbline.exchange.cells import RoundedId, clean, clean_id, clean_text, fold
from plumbline.exchange.dates import BadDate, parse_date
from plumbline.exchange.ofsted_layouts import Block, Layout
from plumbline.exchange.ofsted_other_layouts import LAYOUTS
from plumbline.exchange.ofsted_rows import (
    Attribute,
    InspectionRow,
    OfstedList,
    SettingRow,
    content_of,
    without_copies,
)
from plumbline.exchange.readers import Cells, RefusedRow, Table, open_table
from plumbline.exchange.said_days import said_days
from plumbline.exchange.spreadsheets import Limits, open_workbook
from plumbline.exchange.text_files import is_spreadsheet
from plumbline.exchange.wrong_files import WrongFile
from plumbline.kernel.errors import RuleBroken
from plumbline.kernel.wording import day as day_in_words
from plumbline.ofsted.grades import (
    NOT_JUDGED,
    SAYS_NOTHING,
    UNKNOWN,
    Aspect,
    Judgement,
    framework_of,
    read_judgement,
)
from plumbline.ofsted.kinds import check_kind
from plumbline.ofsted.rules import JUDGING_ANEW, Kind

# Social-care numbers are seven digits or SC and six; schools' are six.
_URN = re.compile(r"(?:SC)?\d{5,8}")
# A list of a year's inspections repeats a quarter of its settings; a list of providers repeats none but by mistake.
_SHARE_REPEATED_IN_YEAR = 0.05
_CATEGORY = "category of concern"


def read_lists(path: Path, as_at: date, *, sheet: str = "", limits: Limits | None = None) -> list[OfstedList]:
    """The list in a text file, or the lists in a spreadsheet: one for each sheet that holds one, the whole lists first.

    Raises WrongFile: bad_header where it is none of the lists that are read, unknown_judgement where a column with
    judgements is not one of those known, two_tables where two sheets hold the same list and differ.
    """
    tables, hidden = _open(path, sheet, limits)
    lists = [_read(path.name, layout, table, as_at) for layout, table in tables]
    for read in lists:
        read.hidden = hidden
    return sorted(without_copies(path.name, lists), key=lambda read: not read.whole)


def _open(path: Path, sheet: str, limits: Limits | None) -> tuple[list[tuple[Layout, Table]], Sequence[str]]:
    if not is_spreadsheet(path):
        found = _first_that_fits(
            path.name,
            lambda layout: [
                open_table(
                    path,
                    kind_name=layout.kind_name,
                    required=layout.required,
                    aliases=layout.aliases,
                    read=layout.read(),
                    days=layout.days(),
                )
            ],
        )
        return found, ()
    book = open_workbook(path, limits=limits)
    if sheet and sheet not in book.sheets:
        raise WrongFile(f"{path.name} has no sheet “{sheet}”; it has {', '.join(book.sheets)}.", code="bad_header")
    left = {sheet} if sheet else set(book.sheets) - book.hidden
    if not left:
        raise WrongFile(f"{path.name} has hidden sheets only, which are not read: show the one that is wanted.")

    def tables(layout: Layout) -> list[Table]:
        return book.tables(
            kind_name=layout.kind_name,
            required=layout.required,
            aliases=layout.aliases,
            among=left,
            read=layout.read(),
            days=layout.days(),
        )

    found = []
    while True:
        try:
            more = _first_that_fits(path.name, tables)
        except WrongFile as refusal:
            if found and refusal.code == "bad_header":
                return found, sorted(book.hidden)
            raise
        found += more
        left -= {table.sheet for _, table in more}


def _first_that_fits(file_name: str, tables: Callable[[Layout], list[Table]]) -> list[tuple[Layout, Table]]:
    refusals: list[WrongFile] = []
    for layout in LAYOUTS:
        try:
            return [(layout, table) for table in tables(layout)]
        except WrongFile as refusal:
            if refusal.code != "bad_header":
                raise
            refusals.append(refusal)
    found = fold(refusals[0].reason.partition("The nearest row has")[2].partition("missing:")[0])
    nearest = refusals[1 if "school name" in found else 0].reason
    raise WrongFile(
        f"{file_name} is none of the lists of Ofsted that are read: providers of children's social care, state-funded "
        "schools, independent schools, the list to councils, joiners and leavers; nor of the schools register (GIAS). "
        f"{nearest}",
        code="bad_header",
    )


# --- rows ----------------------------------------------------------------------------------------------------------


class NotTaken(Exception):
    """A row that cannot be taken: the code of the interfaces, and a sentence."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def columns_of(family: str, register: str) -> list[str]:
    """The columns that lists of a family are read for, as refused rows name them, those of the setting first."""
    layouts = [
        each
        for each in LAYOUTS
        if (each.family.removesuffix("_in_year"), each.register) == (family.removesuffix("_in_year"), register)
    ]
    columns = [column for layout in layouts for column in ("urn", *layout.attributes)]
    for layout in layouts:
        for block in layout.blocks:
            columns += [block.inspected_on, block.published_on, block.event_number, block.event_wording]
            columns += block.judgements
        columns += sorted(layout.columns())
    return list(dict.fromkeys(column for column in columns if column))


def proves_checks(family: str) -> bool:
    """Whether being named in a list of that family proves that a setting was checked."""
    return all(layout.proves for layout in LAYOUTS if layout.family == family)


def read_row(cells: Cells, *, line: int, family: str, register: str, as_at: date) -> SettingRow:
    """One row of a list of that family and day, by the columns it has. Raises NotTaken (bad_header, for a row without
    the columns by which its list is known)."""
    for layout in LAYOUTS:
        fits = layout.family == family or (not layout.in_year and f"{layout.family}_in_year" == family)
        if fits and layout.register == register and layout.required <= set(cells):
            return _RowReader(layout, cells, as_at, []).row(line, cells)
    raise NotTaken("bad_header", "The row lacks the columns of its list: hand the list in again once it is corrected.")


def _read(file_name: str, layout: Layout, table: Table, as_at: date) -> OfstedList:
    read = OfstedList(
        layout="",
        family=layout.family,
        register=layout.register,
        whole=True,
        proves=layout.proves,
        as_at=as_at,
        file_name=file_name,
        sheet=table.sheet,
        header_line=table.header_line,
        columns_present=frozenset(name for column, name in layout.attributes.items() if table.has(column)),
        unknown_columns=table.unknown_columns(layout.columns()),
        said_as_at=said_days([*table.above, *layout.says_day(table.columns)]),
    )
    _check_judgements_known(read)
    reader = _RowReader(layout, table.names, as_at, read.notes)
    taken: list[tuple[SettingRow, Cells]] = []
    for line, cells in table:
        read.read += 1
        if isinstance(cells, RefusedRow):
            said = cells.raw.get("urn", "").strip().upper()
            read.refused.append(RefusedRow(line, said, cells.code, cells.reason, cells.raw))
            continue
        try:
            taken.append((reader.row(line, cells), cells))
        except NotTaken as refusal:
            said = cells["urn"].strip().upper()
            read.refused.append(RefusedRow(line, said, refusal.code, refusal.reason, cells))
    # What the reading of the whole file says: it is whole only now.
    read.notes[:0] = [RefusedRow(note.line or 0, "", note.code, note.reason, {}) for note in table.notes]
    read.content = content_of([row for row, _ in taken], read.refused)
    read.whole = not (layout.in_year or _is_of_a_year([row for row, _ in taken]))
    if not read.whole and not layout.in_year:
        read.family += "_in_year"
    read.layout = _layout_name(read, layout, table)
    _take_once(read, taken)
    read.refused.sort(key=lambda refusal: refusal.line)
    return read


# The words by which a column can be known to carry judgements, whatever else its name says.
_JUDGES = re.compile(
    r"\b(overall|effectiveness|judge?ments?|grades?|outcomes?|category of concern|safeguarding|section \d+|behaviour"
    r"|leadership|leaders|personal development|experiences and progress|helped and protected|safety|standards|ratings?"
    r"|quality of|achievement|compliance|compliant|complies|not met|relate to the urn|urn at time)\b"
)


def _check_judgements_known(read: OfstedList) -> None:
    """A column that carries judgements is never left out like any unknown one."""
    judging = [column for column in read.unknown_columns if _JUDGES.search(fold(column))]
    if judging:
        raise WrongFile(
            f"{read.file_name} has columns that seem to carry judgements and are not known here: {', '.join(judging)}. "
            "Without them a setting could be taken for clear, so nothing of the list is taken. If they carry none, "
            "take them out; otherwise tell those who look after Plumbline.",
            code="unknown_judgement",
        )


def _is_of_a_year(rows: Sequence[SettingRow]) -> bool:
    """Whether these rows are inspections of a year. The header does not always tell: interim visits, and settings that
    come again with another event, do.
    """
    events: dict[str, set[tuple[str, date]]] = {}
    again = 0
    for row in rows:
        if any(inspection.kind == Kind.INTERIM for inspection in row.inspections):
            return True
        told = {(inspection.event_number, inspection.inspected_on) for inspection in row.inspections[:1]}
        known = events.setdefault(row.urn, told)
        if known is not told:
            again += bool(known) and not told <= known
            known |= told
    return again > _SHARE_REPEATED_IN_YEAR * len(rows)


def _take_once(read: OfstedList, taken: Iterable[tuple[SettingRow, Cells]]) -> None:
    """Keep each setting (in a list of a year: each inspection) once: the first. Count repeats, refuse the rest."""
    first: dict[tuple[str, str], tuple[int, Cells]] = {}
    for row, cells in taken:
        # A provider of supported accommodation has a row for each of its premises.
        event = " ".join(row.facts.get(part, "") for part in ("name", "line 1", "postcode")).strip()
        if not read.whole and row.inspections and not row.facts:
            inspection = row.inspections[0]
            event = f"{inspection.event_number} {inspection.kind} {inspection.inspected_on}"
        line, before = first.setdefault((row.urn, event), (row.line, cells))
        if line == row.line:
            read.rows.append(row)
        elif _same(before, cells):
            read.repeated += 1
        else:
            what = f"inspection {row.inspections[0].event_number}" if event and not row.facts else "setting"
            read.refused.append(
                RefusedRow(
                    row.line,
                    row.urn,
                    "conflict_in_file",
                    f"The {what} is on line {line} already, with other content; the first is taken.",
                    cells,
                )
            )


def _same(one: Cells, other: Cells) -> bool:
    return all(cell.strip() == other[name].strip() for name, cell in one.items())


def _layout_name(read: OfstedList, layout: Layout, table: Table) -> str:
    """The family and the first year known with these columns."""
    if layout.family not in ("social_care", "social_care_in_year") and layout.register == "social_care":
        return layout.family
    if layout.register != "social_care":
        renewed = table.has("safeguarding standards")
        return f"{read.family}_{'reif' if renewed else 'oeif'}"
    written = {fold(column) for column in table.columns}
    if "reg status" in written:
        year = "2015"
    elif "overall effectiveness" in written:
        year = "2016"
    elif "previous full inspection date" in table.names:
        year = "2024"
    elif "supported accommodation" in table.names:
        year = "2025"
    elif any(name.startswith(("latest full inspection overall", "inspection overall")) for name in written):
        year = "2022"
    elif "latest full inspection date" in written:
        year = "2023"
    else:
        year = "2019"
    return f"{read.family}_{year}"


class _RowReader:
    """Reads rows under one header; what depends on the header alone is worked out once."""

    def __init__(self, layout: Layout, columns: Collection[str], as_at: date, notes: list[RefusedRow]) -> None:
        self.layout = layout
        self.as_at = as_at
        self.notes = notes
        self.attributes = [(column, name) for column, name in layout.attributes.items() if column in columns]
        self.texts = {
            column for column, name in self.attributes if name not in layout.dates | layout.numbers | layout.ids
        }
        self.blocks = [
            (block, [(column, aspect) for column, aspect in block.judgements.items() if column in columns])
            for block in layout.blocks
            if block.inspected_on in columns
        ]
        self.facts = [(column, name) for column, name in layout.facts.items() if column in columns]
        self.attached = [attached for attached in layout.attached if attached.column in columns]

    def row(self, line: int, cells: Cells) -> SettingRow:
        try:
            return self._row(line, clean_id(cells["urn"]), cells)
        except RoundedId as rounded:
            raise NotTaken("rounded_id", rounded.reason) from rounded

    def _row(self, line: int, urn: str, cells: Cells) -> SettingRow:
        if self.layout.absent:
            cells = {name: "" if fold(cell) in self.layout.absent else cell for name, cell in cells.items()}
        if not urn:
            raise NotTaken("missing_id", "The row has no URN: it cannot be known whose it is.")
        if not _URN.fullmatch(urn):
            raise NotTaken("missing_id", f"“{cells['urn'].strip()}” is not a URN (six or seven digits, or SC and six).")
        texts = self.texts
        attributes = {
            # Most cells are plain text, and there are eighty thousand of them in a list.
            name: _text_of(cells[column])
            if column in texts
            else self._attribute(line, urn, column, name, cells[column])
            for column, name in self.attributes
        }
        inspections: list[InspectionRow] = []
        for block, judgements in self.blocks:
            inspection = self._inspection(line, urn, cells, block, judgements)
            if inspection:
                regraded = self._given_anew(cells, block, inspection)
                _merge(inspections, inspection)
                inspections += regraded
        for attached in self.attached:
            judgement = self._judgement(cells, attached.column, attached.aspect)
            if judgement:
                self._attach(inspections, attached.aspect, judgement, attached.kinds)
        self._note_not_read(line, urn, inspections)
        if "leaver" in attributes:
            _say_left(attributes)
        facts = {name: self._fact(column, name, cells[column]) for column, name in self.facts}
        return SettingRow(line, self.layout.register, urn, attributes, inspections, facts)

    def _fact(self, column: str, name: str, cell: str) -> str:
        if name in self.layout.dates:
            day = self._day(column, cell)
            return day.isoformat() if day else ""
        return clean(cell) if name in ("name", "places", "conditions") else clean_text(clean(cell))

    def _attribute(self, line: int, urn: str, column: str, name: str, cell: str) -> Attribute:
        if name in self.layout.dates:
            return self._day(column, cell) if cell else None
        if not cell:
            return ""
        if name in self.layout.numbers or name in self.layout.ids:
            return self._number(line, urn, column, cell)
        return _text_of(cell)

    def _number(self, line: int, urn: str, column: str, cell: str) -> str:
        """A number by which the setting itself is not known: rounded, it is left out, and the row is taken."""
        try:
            return clean_id(cell)
        except RoundedId:
            self.notes.append(
                RefusedRow(
                    line,
                    urn,
                    "rounded_id",
                    f"{column.capitalize()}: “{cell.strip()}” was rounded by a spreadsheet: the row is taken, without "
                    "this number.",
                    {},
                )
            )
            return ""

    def _day(self, column: str, cell: str) -> date | None:
        try:
            return parse_date(cell)
        except BadDate as bad:
            raise NotTaken("bad_date", f"{column.capitalize()}: {bad.reason}") from bad

    def _inspection(
        self, line: int, urn: str, cells: Cells, block: Block, columns: Sequence[tuple[str, Aspect]]
    ) -> InspectionRow | None:
        if cells.get(block.told_elsewhere, "").strip().casefold() == "yes":
            return None
        inspected_on = self._day(block.inspected_on, cells[block.inspected_on])
        published_on = self._day(block.published_on, cells.get(block.published_on, ""))
        wording = clean(cells.get(block.event_wording, ""))
        event_number = self._number(line, urn, block.event_number, cells.get(block.event_number, ""))
        judgements = {
            aspect.value: judgement
            for column, aspect in columns
            if (judgement := self._judgement(cells, column, aspect))
        }
        if inspected_on is None:
            if any(judgement.grade != NOT_JUDGED for judgement in judgements.values()):
                raise NotTaken(
                    "missing_start", f"There is a judgement and no date of inspection ({block.inspected_on})."
                )
            return None
        self._check_not_to_come(inspected_on, "The inspection of")
        if published_on and published_on < inspected_on:
            # Ofsted's own slip: a judgement is not lost for it, and counts from its inspection.
            self.notes.append(
                RefusedRow(
                    line,
                    urn,
                    "end_before_start",
                    f"Published on {day_in_words(published_on)}, before the inspection of "
                    f"{day_in_words(inspected_on)}: the row is taken, without its day of publication.",
                    {},
                )
            )
            published_on = None
        kind = block.kind or _kind_of(wording, judgements)
        if kind == Kind.INTERIM and Aspect.OVERALL in judgements:
            # The one column holds another scale for interim inspections.
            overall = judgements.pop(Aspect.OVERALL)
            judgements[Aspect.INTERIM_OUTCOME] = read_judgement(Aspect.INTERIM_OUTCOME, overall.wording)
        self._note_unknown(line, urn, judgements)
        self._check_kind(kind, inspected_on, judgements)
        then = clean_id(cells.get(block.urn_then, ""))
        another = clean(cells.get(block.relates, "")).casefold() == "no" and then != urn
        return InspectionRow(
            kind,
            framework_of(self.layout.register, inspected_on, independent=self.layout.independent),
            event_number,
            wording,
            inspected_on,
            published_on,
            then if another else "",
            judgements,
        )

    def _given_anew(self, cells: Cells, block: Block, inspection: InspectionRow) -> list[InspectionRow]:
        """The grades of a report card that were given after it, each day an event of its own; they are taken out of
        `inspection`. The category of concern, which has no day of its own, goes with the last of them."""
        later: dict[date, dict[str, Judgement]] = {}
        for column, of_day in block.graded_on.items():
            aspect = block.judgements[column].value
            if of_day not in cells or aspect not in inspection.judgements:
                continue
            given_on = self._day(of_day, cells[of_day])
            if given_on and given_on > (inspection.published_on or inspection.inspected_on):
                self._check_not_to_come(given_on, f"The grade given ({of_day}) on")
                later.setdefault(given_on, {})[aspect] = inspection.judgements.pop(aspect)
        if later and _CATEGORY in cells:
            none = Judgement("", "no_category")
            later[max(later)][Aspect.CATEGORY_OF_CONCERN] = inspection.judgements.pop(Aspect.CATEGORY_OF_CONCERN, none)
        return [
            InspectionRow(
                Kind.REGRADED, inspection.framework, "", "", given_on, None, inspection.predecessor_urn, grades
            )
            for given_on, grades in sorted(later.items())
        ]

    def _check_not_to_come(self, day: date, what: str) -> None:
        if day > self.as_at:
            raise NotTaken(
                "future_date", f"{what} {day_in_words(day)} is after the day of the list, {day_in_words(self.as_at)}."
            )

    def _judgement(self, cells: Cells, column: str, aspect: Aspect) -> Judgement | None:
        cell = cells[column]
        # Most cells are empty, and there are thirty thousand of them in a list.
        if not cell:
            return None
        if cell.strip().upper() == "#N/A":
            # Ofsted leaves a cell empty. This is a look-up that a spreadsheet did not find.
            raise NotTaken("error_cell", f"{column.capitalize()}: the cell holds the error #N/A, and no judgement.")
        wording = clean(cell)
        return read_judgement(aspect, wording) if wording else None

    def _check_kind(self, kind: str, inspected_on: date, judgements: Mapping[str, Judgement]) -> None:
        graded = [aspect for aspect, judgement in judgements.items() if judgement.grade not in SAYS_NOTHING]
        try:
            check_kind(
                register=self.layout.register,
                kind=kind,
                inspected_on=inspected_on,
                aspects=graded,
                independent=self.layout.independent,
            )
        except RuleBroken as refusal:
            raise NotTaken(refusal.code, refusal.reason) from refusal

    def _note_not_read(self, line: int, urn: str, inspections: Sequence[InspectionRow]) -> None:
        """The last full inspection of the row, where it gives no judgement of it."""
        judging = [each for each in inspections if each.kind in JUDGING_ANEW]
        last = max(judging, key=lambda each: each.inspected_on, default=None)
        given_anew = any(each.kind == Kind.REGRADED for each in inspections)
        if last and not given_anew and all(each.grade in SAYS_NOTHING for each in last.judgements.values()):
            self.notes.append(
                RefusedRow(
                    line,
                    urn,
                    "judgement_not_read",
                    f"The list gives no judgement of the full inspection of {day_in_words(last.inspected_on)}: the row "
                    "is taken, and the setting is to be watched until someone has read the report.",
                    {},
                )
            )

    def _note_unknown(self, line: int, urn: str, judgements: dict[str, Judgement]) -> None:
        for aspect, judgement in judgements.items():
            if judgement.grade == UNKNOWN:
                self.notes.append(
                    RefusedRow(
                        line,
                        urn,
                        "unknown_code",
                        f"“{judgement.wording}” is not on the scale of {aspect.replace('_', ' ')}: "
                        "the row is taken, this judgement counts as not understood.",
                        {},
                    )
                )

    def _attach(
        self, inspections: Sequence[InspectionRow], aspect: Aspect, judgement: Judgement, kinds: frozenset[str]
    ) -> None:
        fitting = [inspection for inspection in inspections if inspection.kind in kinds]
        if fitting and not any(inspection.judgements.get(aspect) == judgement for inspection in fitting):
            max(fitting, key=lambda inspection: inspection.inspected_on).judgements[aspect] = judgement


@lru_cache(maxsize=65_536)
def _text_of(cell: str) -> str:
    return clean(cell) if cell.strip() in {"-", "null"} else clean_text(cell)


def _say_left(attributes: dict[str, Attribute]) -> None:
    """How a provider in a list of joiners and leavers is to be read: as what it left, and on which day."""
    left = str(attributes.pop("leaver") or "").strip()
    resigned, cancelled = attributes.pop("resigned_on", None), attributes.pop("cancelled_on", None)
    if not left:
        attributes["registration_status"] = "Active"
        attributes.pop("closed_on", None)
        return
    attributes["registration_status"] = "Cancelled" if cancelled else "Resigned" if resigned else "Closed"
    attributes["closed_on"] = attributes.get("closed_on") or cancelled or resigned


def _kind_of(wording: str, judgements: dict[str, Judgement]) -> str:
    """The kind by the event's wording. What does not plainly judge again is taken as a visit, which clears nothing."""
    said = wording.casefold()
    if any(aspect.startswith("rc_") for aspect in judgements):
        return Kind.REPORT_CARD
    if "interim" in said:
        return Kind.INTERIM
    if "monitoring" in said or "assurance" in said or "emergency" in said:
        return Kind.MONITORING
    if "full" in said or (not said and judgements):
        return Kind.FULL
    if "ungraded" in said:
        return Kind.UNGRADED
    return Kind.MONITORING


def _merge(inspections: list[InspectionRow], new: InspectionRow) -> None:
    """Add an inspection, or what it adds to one of the same kind and day that the row has already told of."""
    for known in inspections:
        if (known.kind, known.inspected_on) == (new.kind, new.inspected_on):
            known.judgements.update(new.judgements)
            return
    inspections.append(new)
