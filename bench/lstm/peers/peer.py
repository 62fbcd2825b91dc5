# Times training by PyTorch on one thread. Arguments: a JSON array of training problems. See timing-worker.ts and
# training-problem.ts.
import json
import os
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../harness"))
from serve_timings import serve_timings

import torch

torch.set_num_threads(1)

DEGREES_OF_FREEDOM = 6
LOG_SCALE_LIMIT = 4.0
GRADIENT_LIMIT = 1.0


class Network(torch.nn.Module):
    """Stacked LSTM layers; location and log scale from the last hidden state, the log scale from the skip inputs too."""

    def __init__(self, shape):
        super().__init__()
        self.lstm = torch.nn.LSTM(shape["inputs"], shape["hidden"], shape["layers"])
        self.location = torch.nn.Linear(shape["hidden"], 1)
        self.log_scale = torch.nn.Linear(shape["hidden"] + shape["skipInputs"], 1)

    def forward(self, bars, skip):
        outputs, _ = self.lstm(bars)
        last = outputs[-1]
        return self.location(last)[:, 0], self.log_scale(torch.cat((last, skip), 1))[:, 0]

    def start(self, shape, weights):
        """Takes over weights that are laid out as Keras does: the gates in the same order, matrices transposed."""
        hidden = shape["hidden"]
        with torch.no_grad():
            for layer in range(shape["layers"]):
                kernel, recurrent, bias = (
                    torch.tensor(weights[f"lstm_{layer}/{name}"]) for name in ("kernel", "recurrent_kernel", "bias")
                )
                getattr(self.lstm, f"weight_ih_l{layer}").copy_(kernel.view(-1, 4 * hidden).T)
                getattr(self.lstm, f"weight_hh_l{layer}").copy_(recurrent.view(-1, 4 * hidden).T)
                getattr(self.lstm, f"bias_ih_l{layer}").copy_(bias)
                # One bias a gate, as everywhere else: two would learn twice as fast.
                second = getattr(self.lstm, f"bias_hh_l{layer}")
                second.zero_()
                second.requires_grad_(False)
            for head, name in ((self.location, "location"), (self.log_scale, "logScale")):
                head.weight.copy_(torch.tensor(weights[f"{name}/kernel"])[None, :])
                head.bias.copy_(torch.tensor(weights[f"{name}/bias"]))


def mean_loss(network, bars, skip, targets):
    """Negative log-likelihood of a Student t, without its constant."""
    location, log_scale = network(bars, skip)
    log_scale = log_scale.clamp(-LOG_SCALE_LIMIT, LOG_SCALE_LIMIT)
    z = (targets - location) * torch.exp(-log_scale)
    return (log_scale + (DEGREES_OF_FREEDOM + 1) / 2 * torch.log1p(z * z / DEGREES_OF_FREEDOM)).mean()


def epoch_case(problem):
    shape, size = problem["shape"], problem["batchSize"]
    lookback = shape["lookback"]
    rows = torch.tensor(problem["inputs"]).view(-1, shape["inputs"])
    # lookback x samples x inputs; gathered once, not in each epoch.
    windows = torch.stack([rows[row - lookback + 1 : row + 1] for row in problem["samples"]], 1)
    skip = torch.tensor(problem["skip"]).view(-1, shape["skipInputs"])[problem["samples"]]
    targets = torch.tensor(problem["targets"])[problem["samples"]]
    weights = {weight["name"]: weight["values"] for weight in problem["weights"]}
    # From a bar to its sample.
    order = torch.tensor(problem["order"]) - problem["samples"][0]
    batches = order.split(size)
    found = {}

    def case():
        network = Network(shape)
        network.start(shape, weights)
        trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
        optimiser = torch.optim.Adam(trained, lr=problem["learningRate"])
        if not found:
            with torch.no_grad():
                first = batches[0]
                found["loss of the first batch"] = float(
                    mean_loss(network, windows[:, first], skip[first], targets[first])
                )
        begin = time.perf_counter()
        for batch in batches:
            loss = mean_loss(network, windows[:, batch], skip[batch], targets[batch])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, GRADIENT_LIMIT)
            optimiser.step()
        seconds = time.perf_counter() - begin
        if "loss after the epoch" not in found:
            with torch.no_grad():
                found["loss after the epoch"] = float(mean_loss(network, windows, skip, targets))
        return seconds, found

    return case


with open(sys.argv[1]) as file:
    problems = json.load(file)
serve_timings("torch " + torch.__version__, {problem["id"]: epoch_case(problem) for problem in problems})
