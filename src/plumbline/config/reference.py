"""What the generated pages of the docs need from the rooms above `jobs`. Needs Django ready, and no database."""

from pathlib import Path

from django.urls import get_resolver

from plumbline.config import cli
from plumbline.config.environment import CHECKOUT, SETTINGS
from plumbline.jobs.reference_pages import Known, Route
from plumbline.web.home.about.views import GLOSSARY
from plumbline.web.kit import access

DOCS: Path = CHECKOUT / "docs"


def known() -> Known:
    """Raises web.access.Unmarked where a route does not say who may use it."""
    marks = [(path, name or "", access.access_of(view)) for path, name, view in access.routes(get_resolver())]
    return Known(
        settings=SETTINGS,
        routes=tuple(Route(path, name, mark.kind, mark.permissions) for path, name, mark in marks),
        commands=cli.main,
        glossary=GLOSSARY,
    )
