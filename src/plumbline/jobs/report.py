"""`plumbline report`, `publish` and `rerun`: the assurance report as files, frozen, and its figures run again."""

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import click
from django.conf import settings

from plumbline.documents import docx, html, pdf
from plumbline.documents.model import Report as Document
from plumbline.kernel import wording
from plumbline.kernel.errors import RuleBroken
from plumbline.people.act import Act
from plumbline.people.models import User
from plumbline.scrutiny import operations, queries

_WRITERS: Mapping[str, Callable[[Document, bytes | None, datetime], bytes]] = {
    ".html": lambda document, template, at: html.page(document).encode(),
    ".docx": lambda document, template, at: docx.write(document, template),
    ".pdf": lambda document, template, at: pdf.write(document, at),
}


def report(
    *,
    question_numbers: Sequence[int],
    as_at: date,
    outputs: Sequence[Path],
    template: Path | None,
    profile: str,
    as_json: bool,
    act: Act,
) -> None:
    """Write a draft and its files. Every file is made before the first is put in its place."""
    _check_outputs(outputs)
    council_template = _read_template(template)
    written = operations.write_report(question_numbers=question_numbers, as_at=as_at, profile=profile, act=act)
    shown = queries.figures_shown(written, on=act.on)
    document = queries.report_document(
        written, viewer=act.by, on=act.on, council=settings.COUNCIL, colour=settings.COLOUR, shown=shown
    )
    files = {path: _WRITERS[path.suffix.lower()](document, council_template, act.at) for path in outputs}
    for path, content in files.items():
        put(path, content)
    answer = {
        "id": written.pk,
        "files": [str(path) for path in files],
        "figures": queries.figures_json(shown, queries.figures_asked(written)),
        "published": False,
    }
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    click.echo(f"Report {written.pk}: {written.title}, as at {wording.day(as_at)}.")
    for path in files:
        click.echo(f"  {path}")
    for figure in shown.values():
        if figure.body is None:
            click.echo(f"  “{figure.title}” could not be given: {figure.reason}")


def publish(*, report_id: int, as_json: bool, act: Act) -> None:
    published = operations.publish_report(report_id=report_id, act=act)
    shown = queries.figures_shown(published, on=act.on)
    known_at = published.publication.known_at if published.publication else None
    answer = {
        "id": published.pk,
        "published": True,
        "known_at": known_at.isoformat() if known_at else None,
        "figures": queries.figures_json(shown, queries.figures_asked(published)),
    }
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    click.echo(f"Report {published.pk} is published, with its {len(shown)} figures as known at {answer['known_at']}.")


def rerun(*, report_id: int, as_json: bool, by: User | None, on: date) -> None:
    rows = operations.rerun_report(report_id=report_id, viewer=by, on=on)
    if as_json:
        click.echo(json.dumps({"figures": rows}, ensure_ascii=False))
        return
    for row in rows:
        said = {
            name: "withheld" if name in row["withheld"] else "no value" if row[name] is None else row[name]
            for name in ("published", "as_known_then", "as_known_now")
        }
        click.echo(
            f"{row['key']} ({row['ref']}): published {said['published']}, "
            f"as known then {said['as_known_then']}, as known now {said['as_known_now']}"
        )
        for because in row["because"]:
            click.echo(f"  {because}")


def put(path: Path, content: bytes) -> None:
    """The file whole in its place, or what was there before."""
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp makes files for the owner's eyes alone; a report is as readable as any other file made here.
        mask = os.umask(0)
        os.umask(mask)
        Path(unfinished).chmod(0o666 & ~mask)
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def _check_outputs(outputs: Sequence[Path]) -> None:
    if not outputs:
        raise RuleBroken("Name at least one file to write, with --output FILE.", code="no_output")
    for path in outputs:
        if path.suffix.lower() not in _WRITERS:
            raise RuleBroken(
                f"“{path.name}” ends in neither .html, .docx nor .pdf, so it is not clear what to write.",
                code="unknown_output",
            )
        if not path.parent.is_dir():
            raise RuleBroken(f"There is no folder {path.parent} to write {path.name} into.", code="no_folder")
    if len({path.resolve() for path in outputs}) < len(outputs):
        raise RuleBroken("The same file is named twice.", code="unknown_output")


def _read_template(template: Path | None) -> bytes | None:
    """Raises RuleBroken before anything is written, where a report cannot be made with it."""
    if template is None:
        return None
    try:
        content = template.read_bytes()
    except OSError as problem:
        raise RuleBroken(f"The template {template} cannot be read: {problem.strerror}.", code="no_template") from None
    docx.check_template(content)
    return content
