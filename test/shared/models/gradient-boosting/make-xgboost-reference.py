"""Makes xgboost-reference.json: /usr/bin/python3 make-xgboost-reference.py > xgboost-reference.json"""

import json
import sys

import numpy as np
import xgboost as xgb

rng = np.random.default_rng(20240101)
n, width = 300, 6
# Few distinct values: every value is its own bin. The third column has missing values, the last is constant.
x = rng.integers(0, 40, size=(n, width)) / 8.0
x[:, 5] = 1.0
x[rng.random(n) < 0.2, 2] = np.nan
filled = np.nan_to_num(x[:, 2], nan=6.0)
signal = np.sin(x[:, 0]) + 0.5 * (x[:, 1] > 2) * x[:, 3] - 0.3 * filled
y = np.round(signal + 0.3 * rng.standard_normal(n), 3)
counts = np.round(np.exp(0.4 * signal) * rng.gamma(4, 0.25, n), 3)  # positive
exponential = lambda p, d: (1 - d.get_label() * np.exp(-p), d.get_label() * np.exp(-p))
base = {"max_depth": 3, "eta": 0.3, "lambda": 1.5, "gamma": 0, "min_child_weight": 5, "base_score": 0.5, "seed": 1, "nthread": 1}
cases = [
    ("squared error, exact", {**base, "tree_method": "exact"}, y, None),
    ("squared error, histogram", {**base, "tree_method": "hist", "max_bin": 64}, y, None),
    ("a price on leaves, histogram", {**base, "tree_method": "hist", "max_bin": 64, "gamma": 2.0, "eta": 0.1, "max_depth": 5}, y, None),
    ("exponential likelihood, exact", {**base, "tree_method": "exact", "eta": 0.1, "max_depth": 4, "min_child_weight": 3}, counts, exponential),
]
clean = lambda a: [[None if np.isnan(v) else float(v) for v in row] for row in a]
out = {"package": f"xgboost {xgb.__version__} (Debian python3-xgboost), numpy {np.__version__}",
       "command": "/usr/bin/python3 make-xgboost-reference.py > xgboost-reference.json",
       "trees": 50, "columns": clean(x.T), "cases": []}
for name, p, target, obj in cases:
    d = xgb.DMatrix(x, label=target)
    b = xgb.train(p, d, 50, obj=obj)
    show = lambda m: [round(float(v), 6) for v in b.predict(m, output_margin=True)]
    out["cases"].append({"name": name, "objective": "exponential" if obj else "squaredError", "targets": [float(v) for v in target],
        "depth": p["max_depth"], "learningRate": p["eta"], "lambda": p["lambda"], "minimumLoss": p["gamma"],
        "minimumChildWeight": p["min_child_weight"], "base": p["base_score"],
        "firstTreeLeaves": b.get_dump()[0].count("leaf"), "predictions": show(d)})
json.dump(out, sys.stdout, separators=(",", ":"))
