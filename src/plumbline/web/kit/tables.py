"""Every list: columns, filters kept in the address, sorting, pages of 50, and CSV and XLSX of just what is shown.

    class Settings(tables.Table):
        title = "Settings"
        one, many = "setting", "settings"
        columns = (
            tables.Column("name", "Name", link=lambda row: reverse("setting", args=[row.urn]), sort="name"),
            tables.Column("status", "Status", kind="status", note=lambda row: row.status_reason, sort="status_rank"),
            tables.Column("children", "Children placed", numeric=True, sort="children"),
        )
        filters = (
            tables.Text("q", "Name or URN", where=lambda rows, text: rows.filter(name__named=text)),
            tables.Choice("status", "Status", choices=STATUS_CHOICES, where="status"),
        )
        order = "name"

    @requires(Permission.SETTING_READ)
    def settings(request):
        rows = queries.settings_visible_to(request.user)
        return tables.page(request, Settings(request, rows), "ofsted/settings/list.html")

    {# ofsted/settings/list.html #}  <c-table :table="table" />

``rows`` is a lazy QuerySet (two queries a page, however many rows: which and how many, then those of the page; put what
cells need into ``select_related`` and annotations) or a list of anything.
"""

import csv
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any, ClassVar

import xlsxwriter
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Count, F, QuerySet, Window
from django.db.models.expressions import Combinable
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString
from django.utils.text import slugify

from plumbline.audit.moments import shown
from plumbline.kernel import labels, wording
from plumbline.people import acting
from plumbline.people.models import User
from plumbline.web.kit.filters import Choice, Day, Filter, Text, YesNo
from plumbline.web.kit.request import Request, record_number

__all__ = ["Cell", "Choice", "Column", "Day", "Filter", "Table", "Text", "YesNo", "page", "safe_for_spreadsheets"]

Row = Any
Rows = Any  # a QuerySet or a list

# XLSX holds 1,048,576 rows with its header; more would be cut off without a word.
LARGEST_SHEET = 1_048_575

# A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection); full-width signs count too.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_CELL_WITHIN = re.compile("(?<=[;\t])(?=[=+@\uff1d\uff0b\uff20-])")


@dataclass(frozen=True)
class Column:
    """One column.

    ``value``: a function of the row, or a dotted path of attributes, keys or methods (by default ``key``). It returns a
    plain value (text, number, date, moment, boolean, None): the page shows it in words, the files as what it is.
    ``link``: function of the row, giving an address or None. ``kind``: draws the value as a state's tag; a function of
    the row or a path, giving a state's key ("adverse") or a kind ("red"). ``note``: a second, quieter line, such as the
    reason; in the files it is a column of its own. ``sort``: for a QuerySet an expression, a field's name or a tuple of
    them; for a list a function of the row; None: not sortable. ``absent``: the words where there is no value.
    ``shown``: function of the row, giving what the page shows instead of the value (the files keep the value); None:
    the value after all.
    """

    key: str
    heading: str
    value: Callable[[Row], Any] | str | None = None
    sort: Any = None
    numeric: bool = False
    link: Callable[[Row], str | None] | None = None
    kind: Callable[[Row], str] | str | None = None
    note: Callable[[Row], Any] | str | None = None
    note_heading: str = ""
    absent: str = wording.NOT_RECORDED
    shown: Callable[[Row], str | None] | None = None

    def value_of(self, row: Row) -> Any:
        return _read(row, self.key if self.value is None else self.value)

    def cell(self, row: Row) -> "Cell":
        value = _local(self.value_of(row))
        nothing = value is None or value == ""
        shown = None if self.shown is None else self.shown(row)
        return Cell(
            column=self,
            text=shown if shown is not None else self.absent if nothing else wording.in_words(value),
            absent=nothing and shown is None,
            url=None if self.link is None else self.link(row),
            kind="" if self.kind is None or nothing else _read(row, self.kind),
            note="" if self.note is None else _said(_read(row, self.note)),
            short=shown is None and isinstance(value, (date, int, float, Decimal)),
        )


@dataclass(frozen=True)
class Cell:
    column: Column
    text: str | SafeString
    absent: bool
    url: str | None
    kind: str
    note: str
    short: bool  # days and numbers are never broken over two lines


@dataclass(frozen=True)
class Heading:
    """A column's heading: ``url`` sorts by it, ``aria_sort`` says how it is sorted now."""

    column: Column
    url: str | None
    aria_sort: str


class Table:
    """A list on a page. Subclasses say ``title``, ``one``/``many``, ``columns``, ``filters``, ``order``.

    ``order``: the key of a sortable column, "-" before it for the largest first. ``lead``: the column that names the
    row (its first by default; read as the row's heading). Where one page has two tables, give them ``prefix``es.
    """

    title: str = ""
    one: ClassVar[str] = "row"
    many: ClassVar[str] = "rows"
    columns: Sequence[Column] = ()
    filters: Sequence[Filter] = ()
    order: ClassVar[str] = ""
    per_page: ClassVar[int] = 50
    empty: ClassVar[str] = ""
    caption_hidden: ClassVar[bool] = True

    def __init__(
        self,
        request: Request,
        rows: Rows,
        *,
        prefix: str = "",
        title: str = "",
    ) -> None:
        self.request = request
        self.prefix = prefix
        self.words = labels.current()
        self.all_rows = rows
        self.path = request.path
        if title:
            self.title = title
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys):
            raise ImproperlyConfigured(f"{type(self).__name__} has two columns of one key")
        if self.order and self.order.removeprefix("-") not in {column.key for column in self.sortable}:
            raise ImproperlyConfigured(f"{type(self).__name__} is ordered by {self.order!r}, no sortable column")

    # What was asked for

    @cached_property
    def chosen(self) -> dict[str, str]:
        """The filters that are on: key → what was typed or picked."""
        given = {each.key: self.request.GET.get(self.prefix + each.key, "").strip() for each in self.filters}
        return {key: value for key, value in given.items() if value}

    @cached_property
    def fields(self) -> list[dict[str, Any]]:
        """The filters for the template, with what was chosen and what is wrong with it."""
        return [
            {
                "filter": each,
                "name": self.prefix + each.key,
                "value": self.chosen.get(each.key, ""),
                "error": each.error(self.chosen[each.key]) if each.key in self.chosen else "",
            }
            for each in self.filters
        ]

    @property
    def sortable(self) -> list[Column]:
        return [column for column in self.columns if column.sort is not None]

    @cached_property
    def sorted_by(self) -> str:
        asked = self.request.GET.get(self.prefix + "sort", "")
        return asked if asked.removeprefix("-") in {column.key for column in self.sortable} else self.order

    # The rows

    @property
    def has_errors(self) -> bool:
        return any(field["error"] for field in self.fields)

    @cached_property
    def rows(self) -> Rows:
        """All rows that the filters leave, in order; still lazy."""
        rows = self.all_rows
        for each in self.filters:
            if each.key in self.chosen and not each.error(self.chosen[each.key]):
                rows = each.narrow(rows, self.chosen[each.key])
        return self._ordered(rows)

    def _ordered(self, rows: Rows) -> Rows:
        columns = {column.key: column for column in self.columns}
        column = columns.get(self.sorted_by.removeprefix("-"))
        falling = self.sorted_by.startswith("-")
        if isinstance(rows, QuerySet):
            return rows.order_by(*(_expressions(column.sort, falling) if column else []), "pk")
        if column is None:
            return list(rows)
        # What has no value comes last either way.
        keyed = [(column.sort(row), row) for row in rows]
        known = sorted((pair for pair in keyed if pair[0] is not None), key=itemgetter(0), reverse=falling)
        return [row for _, row in known] + [row for key, row in keyed if key is None]

    @cached_property
    def count(self) -> int:
        if not isinstance(self.rows, QuerySet):
            return len(self.rows)
        if self._page_asked_for:
            return self._page_asked_for[1]
        # Counting needs no order, and PostgreSQL would otherwise sort for nothing.
        return self.rows.order_by().count()

    @cached_property
    def _page_asked_for(self) -> tuple[list[Any], int] | None:
        """The numbers of the rows of the page that is asked for, and how many rows there are, in one statement. None
        where the page has none, or the rows are grouped or no records, so that the statement would mean something else.

        Who may see a row is asked for each of thousands; what is joined to it only for the fifty that are shown.
        """
        query = self.rows.query
        if query.combinator or query.distinct or query.group_by is not None or query.values_select:
            return None
        first = (max(1, record_number(self.request.GET.get(self.prefix + "page"))) - 1) * self.per_page
        counted = self.rows.annotate(rows_in_all=Window(Count("*"))).values_list("pk", "rows_in_all")
        found = list(counted[first : first + self.per_page])
        return ([key for key, _ in found], found[0][1]) if found else None

    @property
    def count_in_words(self) -> str:
        return wording.how_many(self.count, self.one, self.many)

    @cached_property
    def page_count(self) -> int:
        return max(1, -(-self.count // self.per_page))

    @cached_property
    def page_number(self) -> int:
        return min(max(1, record_number(self.request.GET.get(self.prefix + "page"))), self.page_count)

    @cached_property
    def lines(self) -> list[list[Cell]]:
        """The page's rows as cells."""
        return [[column.cell(row) for column in self.columns] for row in self._on_this_page()]

    def _on_this_page(self) -> Iterable[Row]:
        if isinstance(self.rows, QuerySet) and self._page_asked_for:
            keys, _ = self._page_asked_for
            shown = self.rows.order_by()
            # They were chosen just now: whether each of thousands is to be seen is not asked once more.
            shown.query.clear_where()
            found = {row.pk: row for row in shown.filter(pk__in=keys)}
            # One that has been taken away in between is not there any more.
            return [found[key] for key in keys if key in found]
        first = (self.page_number - 1) * self.per_page
        return self.rows[first : first + self.per_page]

    # Addresses

    def address(self, **changes: str | int | None) -> str:
        """This list's address with ``changes`` made (None takes one away); what other parts of the page keep stays."""
        query = self.request.GET.copy()
        for name, value in changes.items():
            query.pop(self.prefix + name, None)
            if value is not None:
                query[self.prefix + name] = str(value)
        return f"{self.path}?{query.urlencode()}" if query else self.path

    @cached_property
    def headings(self) -> list[Heading]:
        now, falling = self.sorted_by.removeprefix("-"), self.sorted_by.startswith("-")
        headings = []
        for column in self.columns:
            if column.sort is None:
                headings.append(Heading(column, None, ""))
            elif column.key == now:
                turned = column.key if falling else f"-{column.key}"
                url = self.address(sort=turned, page=None)
                headings.append(Heading(column, url, "descending" if falling else "ascending"))
            else:
                headings.append(Heading(column, self.address(sort=column.key, page=None), "none"))
        return headings

    @property
    def sort_choices(self) -> list[tuple[str, str]]:
        return [
            choice
            for column in self.sortable
            for choice in (
                (column.key, f"{column.heading}: {'smallest first' if column.numeric else 'first to last'}"),
                (f"-{column.key}", f"{column.heading}: {'largest first' if column.numeric else 'last to first'}"),
            )
        ]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What else is in the address and must survive the filters' form (hidden fields)."""
        ours = {self.prefix + name for name in ("page", "sort", "format", *(each.key for each in self.filters))}
        return [(name, value) for name, values in self.request.GET.lists() if name not in ours for value in values]

    @property
    def cleared(self) -> str:
        return self.address(page=None, **{each.key: None for each in self.filters})

    @property
    def csv_address(self) -> str:
        return self.address(page=None, format="csv")

    @property
    def xlsx_address(self) -> str:
        return self.address(page=None, format="xlsx")

    @property
    def pages(self) -> dict[str, Any]:
        """For c-pagination: previous, next, and the numbers (None is a gap)."""
        last, here = self.page_count, self.page_number
        near = sorted({1, last, *range(max(1, here - 1), min(last, here + 1) + 1)})
        items: list[dict[str, Any] | None] = []
        for before, at in zip([0, *near], near, strict=False):
            if at - before > 1:
                items.append(None)
            items.append({"number": at, "url": self.address(page=at), "current": at == here})
        return {
            "count": last,
            "previous": self.address(page=here - 1) if here > 1 else None,
            "next": self.address(page=here + 1) if here < last else None,
            "items": items,
        }

    # Files

    @property
    def download(self) -> HttpResponseBase | None:
        """The file that ``?format=csv`` or ``?format=xlsx`` asks for; None where a page is wanted."""
        wanted = self.request.GET.get(self.prefix + "format", "")
        if self.has_errors:
            return None  # the page says what is wrong: a file would silently hold more than was asked for
        if wanted == "csv":
            return self._csv()
        if wanted == "xlsx":
            return self._xlsx()
        return None

    @property
    def file_stem(self) -> str:
        return slugify(self.title or self.many)

    def _file_headings(self) -> list[str]:
        headings = []
        for column in self.columns:
            headings.append(str(column.heading))
            if column.note is not None:
                headings.append(str(column.note_heading) or f"{column.heading}: note")
        return headings

    def _file_rows(self) -> Iterator[list[Any]]:
        rows: Iterable[Row] = self.rows.iterator(chunk_size=2000) if isinstance(self.rows, QuerySet) else self.rows
        for row in rows:
            line = []
            for column in self.columns:
                line.append(_local(column.value_of(row)))
                if column.note is not None:
                    line.append(_said(_read(row, column.note)))
            yield line

    def _csv(self) -> HttpResponseBase:
        writer = csv.writer(_Echo())

        def lines() -> Iterator[str]:
            # The file is sent when the page's own words are gone, and its transaction is over: who looks is said again.
            with labels.speaking(self.words), self._as_viewer():
                # The mark at the start is how Excel knows that the file is UTF-8.
                yield "\ufeff" + writer.writerow(self._file_headings())
                for line in self._file_rows():
                    yield writer.writerow([_as_csv(value) for value in line])

        answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = content_disposition_header(True, f"{self.file_stem}.csv")
        return answer

    def _as_viewer(self) -> AbstractContextManager[None]:
        viewer = getattr(self.request, "user", None)
        return acting.viewing(viewer, on=self.request.day) if isinstance(viewer, User) else nullcontext()

    def _xlsx(self) -> HttpResponseBase:
        if self.count > LARGEST_SHEET:
            sentence = (
                f"A spreadsheet holds {wording.number(LARGEST_SHEET)} rows at most and this list has "
                f"{wording.number(self.count)}. Filter it first, or take it out as CSV."
            )
            return HttpResponse(sentence, content_type="text/plain; charset=utf-8", status=409)
        file = tempfile.TemporaryFile(suffix=".xlsx")
        # constant_memory writes each row as it comes, so a quarter of a million rows take no more than one.
        book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "remove_timezone": True, "default_date_format": "dd/mm/yyyy"}
        )
        moments = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        bold = book.add_format({"bold": True, "text_wrap": True})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for at, heading in enumerate(self._file_headings()):
            sheet.set_column(at, at, max(12, min(40, len(heading) + 2)))
            sheet.write_string(0, at, heading, bold)
        for down, line in enumerate(self._file_rows(), start=1):
            for across, value in enumerate(line):
                _write_cell(sheet, down, across, value, moments)
        book.close()
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=f"{self.file_stem}.xlsx")


def page(request: Request, table: Table, template: str, context: dict[str, Any] | None = None) -> HttpResponseBase:
    """The page with the table as ``table``, or the file of it that the address asks for."""
    return table.download or render(request, template, {"table": table, **(context or {})})


def safe_for_spreadsheets(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula: an apostrophe is put before it where it might, and where
    a spreadsheet that separates by semicolons or tabs would begin a cell."""
    text = _CELL_WITHIN.sub("'", text)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


class _Echo:
    """What csv.writer writes to; gives the line back."""

    def write(self, line: str) -> str:
        return line


def _read(row: Row, path: Callable[[Row], Any] | str) -> Any:
    if callable(path):
        return path(row)
    value = row
    for step in path.split("."):
        if value is None:
            return None
        value = value[step] if isinstance(value, dict) else getattr(value, step)
        if callable(value):
            value = value()
    return value


def _local(value: Any) -> Any:
    return shown(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _said(value: Any) -> str:
    value = _local(value)
    return "" if value is None or value == "" else wording.in_words(value)


def _expressions(sort: Any, falling: bool) -> list[Any]:
    parts = sort if isinstance(sort, (tuple, list)) else [sort]
    ordered = []
    for part in parts:
        expression = part if isinstance(part, Combinable) or hasattr(part, "resolve_expression") else F(part)
        ordered.append(expression.desc(nulls_last=True) if falling else expression.asc(nulls_last=True))
    return ordered


def _as_csv(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return safe_for_spreadsheets(str(value))


def _write_cell(sheet: Any, down: int, across: int, value: Any, moments: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(down, across, "Yes" if value else "No")
    elif isinstance(value, (int, float, Decimal)):
        sheet.write_number(down, across, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(down, across, value, moments)
    elif isinstance(value, date):
        sheet.write_datetime(down, across, value)
    else:
        # As text whatever it begins with: it is never taken for a formula.
        sheet.write_string(down, across, str(value))
