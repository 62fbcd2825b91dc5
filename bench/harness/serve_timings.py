# The side of a timing worker that runs in Python; see timing-worker.ts.
import json
import sys
import time


def timed(call):
    """A case whose whole call is timed; `call` gives what it found."""

    def case():
        begin = time.perf_counter()
        found = call()
        return time.perf_counter() - begin, found

    return case


def _calibrate():
    x, steps, begin = 0.5, 1_000_000, time.perf_counter()
    for _ in range(steps):
        x = 3.7 * x * (1 - x)
    return (time.perf_counter() - begin) / steps * 1e9


def _answer(document):
    print(json.dumps(document), flush=True)


def serve_timings(version, cases):
    """Greets, then answers requests until standard input ends. A case gives its seconds and what it found."""
    _answer({"version": version, "cases": list(cases), "calibration_ns": _calibrate()})
    for line in sys.stdin:
        name, minimum = line.split()
        calls, seconds = 0, 0.0
        while True:
            elapsed, found = cases[name]()
            calls += 1
            seconds += elapsed
            if seconds >= float(minimum):
                break
        _answer({"seconds": seconds / calls, "calls": calls, "found": found})
