# Times statsmodels and arch, where they are importable. Arguments: a JSON array of returns in percent. See timing-worker.ts.
import json
import os
import sys
import warnings

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../harness"))
from serve_timings import serve_timings, timed

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


def found(log_likelihood):
    return {"log-likelihood": float(log_likelihood)}


if statsmodels is not None:

    def arima_101():
        return found(ARIMA(y, order=(1, 0, 1)).fit().llf)

    def arima_grid():
        fits = [ARIMA(y, order=(p, 0, q)).fit() for p in range(3) for q in range(3)]
        return found(min(fits, key=lambda fit: fit.aicc).llf)

    cases["statsmodels:arima-101"] = timed(arima_101)
    cases["statsmodels:arima-grid"] = timed(arima_grid)
    versions.append("statsmodels " + statsmodels.__version__)

if arch is not None:
    from arch import arch_model

    def garch_t():
        model = arch_model(y, mean="Constant", vol="GARCH", p=1, q=1, dist="t", rescale=False)
        return found(model.fit(disp="off").loglikelihood)

    cases["arch:garch-t"] = timed(garch_t)
    versions.append("arch " + arch.__version__)


serve_timings(", ".join(versions), cases)
