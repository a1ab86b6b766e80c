"""The site as it is served, and two pages of ours beside it that show every component (the browser tests look at them)."""

from plumbline.config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.functional.urls"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], ROOT.parents[1] / "tests" / "functional" / "templates"]  # noqa: F405
