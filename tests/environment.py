"""Loaded before Django reads its settings (see addopts): the environment of a test run.

Run by itself, with `init` or `demo` after it, it makes the databases of which tests have copies, before any waits.
"""

import os
import sys

from tests import databases

os.environ["PLUMBLINE_HOME"] = os.environ["PLUMBLINE_TEST_HOME"] = str(databases.HOME)
os.environ["PLUMBLINE_DEMO"] = "1"
os.environ["PLUMBLINE_LOGIN"] = "worker"
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    # Where nothing compiled may be kept beside the source it is kept with the databases: a run starts two hundred
    # processes, and each would compile the whole product before it does anything.
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(databases.HOME / "compiled")
# Static files are collected there when the site is served; the tests serve them from where they are.
(databases.HOME / "static").mkdir(parents=True, exist_ok=True)

if __name__ == "__main__":
    for command in sys.argv[1:]:
        databases.template(command)
