"""A process that asks one address over kept connections, so many times or so long, and prints the times as JSON.

    python -m benchmarks.load PORT PATH COOKIE CONNECTIONS REQUESTS SECONDS WORDS

Localhost only. Every answer must be 200 and hold WORDS, or it stops.
"""

import http.client
import itertools
import json
import sys
import threading
import time


def load(
    port: int, path: str, cookie: str, *, connections: int, requests: int, seconds: float, words: str
) -> dict[str, float]:
    """Times in milliseconds at the median and at 95 of 100, and answers a second."""
    took: list[float] = []
    wrong: list[str] = []
    numbers = itertools.count()
    begun = time.perf_counter()

    def ask_again_and_again() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Host": "localhost", "Cookie": cookie} if cookie else {"Host": "localhost"}
        while next(numbers) < requests and time.perf_counter() - begun < seconds and not wrong:
            asked = time.perf_counter()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            took.append(time.perf_counter() - asked)
            if answer.status != 200 or words.encode() not in body:
                wrong.append(f"{path} answered {answer.status}: {body[:300]!r}")
        connection.close()

    threads = [threading.Thread(target=ask_again_and_again) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - begun
    if wrong or not took:
        raise AssertionError(wrong[0] if wrong else f"{path} never answered")
    took.sort()
    return {
        "requests": len(took),
        "p50_ms": round(took[len(took) // 2] * 1000, 1),
        "p95_ms": round(took[int(len(took) * 0.95)] * 1000, 1),
        "requests_a_second": round(len(took) / elapsed, 1),
    }


def main() -> None:
    port, path, cookie, connections, requests, seconds, words = sys.argv[1:]
    found = load(
        int(port),
        path,
        cookie,
        connections=int(connections),
        requests=int(requests),
        seconds=float(seconds),
        words=words,
    )
    print(json.dumps(found))


if __name__ == "__main__":
    main()
