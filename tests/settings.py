"""The site's settings, with passwords hashed in a thousandth of the time: tests sign in a hundred times.

At which strength the site hashes them is tested by itself (tests/integration/web/test_sign_in.py).
"""

from plumbline.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["tests.hashing.Quick"]
