"""`plumbline import-ssd`: an extract of the council's social-care system."""

from pathlib import Path

from plumbline.exchange import ssd
from plumbline.jobs import taken_in
from plumbline.jobs.ways_in import read_day
from plumbline.people.act import Act


def import_ssd(
    folder: Path,
    *,
    extracted: str | None,
    backfill: bool,
    dry_run: bool,
    strict: bool,
    whole: bool,
    as_json: bool,
    act: Act,
) -> None:
    day = read_day(extracted) if extracted else None
    with taken_in.Shown() as shown:
        result = ssd.import_ssd(
            folder,
            extracted_on=day,
            backfill=backfill,
            dry_run=dry_run,
            strict=strict,
            whole=whole,
            act=act,
            progress=shown.step,
        )
    taken_in.say(result, dry_run=dry_run, as_json=as_json)
