"""The moves of a report."""

from collections.abc import Mapping

from plumbline.scrutiny.models import Report

REPORT_MOVES: Mapping[Report.State, frozenset[Report.State]] = {
    Report.State.DRAFT: frozenset({Report.State.PUBLISHED}),
    # What has been published stays as it was: a correction is a new report.
    Report.State.PUBLISHED: frozenset(),
}
