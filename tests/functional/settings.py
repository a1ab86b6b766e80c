"""The site as it is served, and beside it two pages that show every component, for the browser tests."""

from plumbline.config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.functional.urls"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], ROOT.parents[1] / "tests" / "functional" / "templates"]  # noqa: F405
