"""Run as the pages' own login beside the database of the benchmark: a session for the viewer, and queries a page.

    python -m benchmarks.pages_signed_in USERNAME PATH…

Prints JSON: the number of the viewer, the session's cookie, and for each path its queries and its seconds, the median
of BENCH_ROUNDS.
"""

import json
import os
import statistics
import sys
import time
from typing import Any

import django


def signed_in(username: str, paths: list[str]) -> dict[str, Any]:
    os.environ["PLUMBLINE_LOGIN"] = "web"
    os.environ["DJANGO_SETTINGS_MODULE"] = "plumbline.config.settings"
    django.setup()
    # Needs Django ready.
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from plumbline.people.models import User

    # As a site that is served has them.
    call_command("collectstatic", interactive=False, verbosity=0)
    user = User.objects.get(username=username)
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    # The first page of a session writes down when it was used, as one a minute does.
    client.get(paths[0])
    queries, seconds = {}, {}
    for path in paths:
        taken = []
        for _ in range(int(os.environ.get("BENCH_ROUNDS", "1"))):
            started = time.perf_counter()
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(path)
            taken.append(time.perf_counter() - started)
            if answer.status_code != 200:
                raise AssertionError(f"{path} answered {answer.status_code}")
        seconds[path] = round(statistics.median(taken), 4)
        queries[path] = len(asked)
    cookie = client.cookies["sessionid"].value
    return {"viewer": user.pk, "cookie": f"sessionid={cookie}", "queries": queries, "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(signed_in(sys.argv[1], sys.argv[2:])))
