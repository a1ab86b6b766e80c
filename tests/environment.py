"""Loaded before Django reads its settings (see addopts): the environment of a test run."""

import os

from tests import databases

os.environ["PLUMBLINE_HOME"] = os.environ["PLUMBLINE_TEST_HOME"] = str(databases.HOME)
os.environ["PLUMBLINE_DEMO"] = "1"
os.environ["PLUMBLINE_LOGIN"] = "worker"
# Static files are collected there when the site is served; the tests serve them from where they are.
(databases.HOME / "static").mkdir(parents=True, exist_ok=True)
