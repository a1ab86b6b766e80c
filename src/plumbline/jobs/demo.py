"""The demonstration county, loaded as it would be in life: an extract, a published report, and what came after it.

The county's files are the whole extract of 31 July 2016. The first extract, of 4 July, is what they would have said
then: later days not there yet, and some closures, audits and leads entered late. Nothing of it is written by hand.
"""

import csv
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from django.conf import settings

from plumbline.audit import operations as audit
from plumbline.exchange import import_ofsted, ssd
from plumbline.jobs import demo_buying, demo_story, demo_users, ways_in
from plumbline.kernel import wording
from plumbline.people.act import PersonalAct
from plumbline.people.models import Child, User
from plumbline.scrutiny import operations as scrutiny

FILES = Path(__file__).parent / "demonstration"
FIRST_EXTRACT = date(2016, 7, 4)
WHOLE_EXTRACT = date(2016, 7, 31)
REPORT_AS_AT = date(2016, 6, 30)

Row = dict[str, str]

# The days of each file: the first says when a row came to be; the others are empty until they come.
_DAYS: Mapping[str, tuple[str, ...]] = {
    "ssd_early_help_episodes": ("earl_episode_start_date", "earl_episode_end_date"),
    "ssd_cin_episodes": ("cine_referral_date", "cine_close_date"),
    "ssd_cla_placement": ("clap_cla_placement_start_date", "clap_cla_placement_end_date"),
    "ssd_involvements": ("invo_involvement_start_date", "invo_involvement_end_date"),
    "tac_audits": ("audit_date",),
}
# What goes with an end that had not come yet.
_WITH_END = {"earl_episode_end_date": "earl_episode_end_reason", "cine_close_date": "cine_close_reason"}


def load(*, say: Callable[[str], None]) -> None:
    """Load what is not there yet; run again, it does nothing twice."""
    demo_users.make(from_on=date(2014, 4, 1))
    if Child.objects.exists():
        say("The demonstration county is loaded already.")
        return
    on = settings.TODAY or WHOLE_EXTRACT
    folder = Path(settings.HOME) / "demonstration" / "first_extract"
    first_extract(FILES / "county_2016", folder)
    _read_list("provider_at_march_2015.csv", date(2015, 3, 31), say)
    say("Taking in the extract of 4 July 2016 …")
    ssd.import_ssd(folder, extracted_on=FIRST_EXTRACT, act=ways_in.act().of(on))
    _read_list("provider_at_march_2016.csv", date(2016, 3, 31), say)
    demo_users.make(from_on=date(2014, 4, 1))
    demo_story.before_the_report(on=on)
    say("Entering contracts, tenders, incidents and what was asked of providers …")
    demo_buying.load(FILES / "county_2016", on=on)
    say("Writing and publishing the report to the committee …")
    report = scrutiny.write_report(question_numbers=[5, 6, 7], as_at=REPORT_AS_AT, act=ways_in.act().of(on))
    scrutiny.publish_report(report_id=report.pk, act=ways_in.act().of(on))
    say("Taking in the whole extract of 31 July 2016 …")
    ssd.import_ssd(FILES / "county_2016", extracted_on=WHOLE_EXTRACT, act=ways_in.act().of(on))
    demo_story.by_its_day(on=on)
    officer = User.objects.get(username="scrutiny")
    scrutiny.write_report(question_numbers=[7], as_at=WHOLE_EXTRACT, act=PersonalAct(officer, ways_in.now(), on))
    audit.seal(at=ways_in.now())
    shutil.rmtree(folder)
    say("The demonstration county is loaded.")


def first_extract(whole: Path, target: Path) -> None:
    """Write what the county's files would have said on 4 July 2016."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(whole.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as source:
            reader = csv.DictReader(source)
            rows = [row for row in map(_early(path.stem), reader) if row is not None]
            columns = reader.fieldnames or []
        with (target / path.name).open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, columns)
            writer.writeheader()
            writer.writerows(rows)


def _early(kind: str) -> Callable[[Row], Row | None]:
    days = _DAYS.get(kind, ())

    def early(row: Row) -> Row | None:
        if days and row[days[0]] > FIRST_EXTRACT.isoformat():
            return None
        if kind == "tac_audits" and _entered_late(row["audit_id"], row["audit_date"], "2016-03-01", 9):
            return None
        row = dict(row)
        for end in days[1:]:
            late = kind == "ssd_early_help_episodes" and _entered_late(
                row["earl_episode_id"], row[end], "2016-03-01", 23
            )
            if row[end] > FIRST_EXTRACT.isoformat() or late:
                row[end] = ""
                if end in _WITH_END:
                    row[_WITH_END[end]] = ""
        return row

    return early


def _entered_late(number: str, day: str, since: str, one_in: int) -> bool:
    """One in so many of the records of the last month of the year reached the system after 4 July."""
    return since <= day <= "2016-03-31" and int("".join(c for c in number if c.isdigit())) % one_in == 0


def _read_list(name: str, as_at: date, say: Callable[[str], None]) -> None:
    say(f"Reading Ofsted's list as at {wording.day(as_at)} …")
    import_ofsted.import_ofsted(
        FILES / "ofsted" / name, as_at=as_at, act=ways_in.act().of(settings.TODAY or WHOLE_EXTRACT)
    )
