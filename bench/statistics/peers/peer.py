# Times statsmodels and arch, where they are importable. Arguments: a JSON array of returns in percent. See timing-worker.ts.
import json
import sys
import time
import warnings

import numpy as np

try:
    import statsmodels
    from statsmodels.tsa.arima.model import ARIMA
except ImportError:
    statsmodels = None
try:
    import arch
except ImportError:
    arch = None

warnings.simplefilter("ignore")
with open(sys.argv[1]) as file:
    y = np.array(json.load(file))


cases = {}
versions = []

if statsmodels is not None:

    def arima_101():
        return float(ARIMA(y, order=(1, 0, 1)).fit().llf)

    def arima_grid():
        fits = [ARIMA(y, order=(p, 0, q)).fit() for p in range(3) for q in range(3)]
        return float(min(fits, key=lambda fit: fit.aicc).llf)

    cases["statsmodels:arima-101"] = arima_101
    cases["statsmodels:arima-grid"] = arima_grid
    versions.append("statsmodels " + statsmodels.__version__)

if arch is not None:
    from arch import arch_model

    def garch_t():
        model = arch_model(y, mean="Constant", vol="GARCH", p=1, q=1, dist="t", rescale=False)
        return float(model.fit(disp="off").loglikelihood)

    cases["arch:garch-t"] = garch_t
    versions.append("arch " + arch.__version__)


def calibrate():
    x, steps, begin = 0.5, 1_000_000, time.perf_counter()
    for _ in range(steps):
        x = 3.7 * x * (1 - x)
    return (time.perf_counter() - begin) / steps * 1e9


def answer(document):
    print(json.dumps(document), flush=True)


answer({"version": ", ".join(versions), "cases": list(cases), "calibration_ns": calibrate()})
for line in sys.stdin:
    name, minimum = line.split()
    calls, begin = 0, time.perf_counter()
    while True:
        log_likelihood = cases[name]()
        calls += 1
        elapsed = time.perf_counter() - begin
        if elapsed >= float(minimum):
            break
    answer({"seconds": elapsed / calls, "calls": calls, "log_likelihood": log_likelihood})
