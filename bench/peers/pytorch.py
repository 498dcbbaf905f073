"""PyTorch: module and optimiser, autograd by hand without them, and whole steps compiled by torch.compile."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from bench.works import Work

NAME = "PyTorch"


def version() -> str:
    return f"PyTorch {torch.__version__}"


def forms(work: Work) -> list[str]:
    if work.network != "lenet":
        return ["eager", "eager, by hand", "compile", *["compile, C++ wrapper"] * (work.batch == 1)]
    small = ["eager, without oneDNN"] if work.batch < 64 else []
    return ["eager", "eager, by hand", *small, "channels_last", "compile", "compile, channels_last"]


def network(work: Work) -> tuple[nn.Module, dict[str, str]]:
    """The module, and the work's name of each of its parameters."""
    if work.network == "question-1":
        module = nn.Sequential(nn.MaxPool2d(2), nn.PReLU(), nn.Flatten(), nn.Linear(4, 1, bias=False))
        return module, {"1.weight": "alpha", "3.weight": "W"}
    if work.network == "mlp":
        module = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
        layers = {"0": "F1", "2": "z"}
    else:
        module = nn.Sequential(
            *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
            *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
        )
        layers = {"0": "C1", "3": "C2", "7": "F1", "9": "F2", "11": "z"}
    return module, {f"{k}.{part}": f"{v}.{part}" for k, v in layers.items() for part in ("weight", "bias")}


def forward(work: Work, w: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """The same without modules."""
    if work.network == "question-1":
        return F.linear(F.prelu(F.max_pool2d(x, 2), w["alpha"]).flatten(1), w["W"])
    if work.network == "lenet":
        x = F.max_pool2d(F.relu(F.conv2d(x, w["C1.weight"], w["C1.bias"], padding=2)), 2)
        x = F.max_pool2d(F.relu(F.conv2d(x, w["C2.weight"], w["C2.bias"])), 2).flatten(1)
        x = F.relu(F.linear(x, w["F1.weight"], w["F1.bias"]))
        x = F.relu(F.linear(x, w["F2.weight"], w["F2.bias"]))
    else:
        x = F.relu(F.linear(x, w["F1.weight"], w["F1.bias"]))
    return F.linear(x, w["z.weight"], w["z.bias"])


def half_squared_error(y: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    return 0.5 * (y - t).square().sum()


class Training:
    """Batches are tensors made beforehand; the loss is computed at each step and not kept."""

    def __init__(self, work: Work, form: str, threads: int) -> None:
        torch.set_num_threads(threads)
        self.work, self.form = work, form
        module, self.names = network(work)
        x, t = torch.tensor(work.x), torch.tensor(work.t)
        if work.network == "question-1":
            x, t = x[:, None], t[:, None]
        if "channels_last" in form:
            x, module = x.contiguous(memory_format=torch.channels_last), module.to(memory_format=torch.channels_last)
        self.batches = list(zip(x.split(work.batch), t.split(work.batch), strict=True))
        self.module = module
        self.loss = half_squared_error if work.network == "question-1" else F.cross_entropy
        self.parameters = dict(module.named_parameters())
        if form.startswith("compile"):
            self.parameters = {k: p.detach() for k, p in self.parameters.items()}
        torch.backends.mkldnn.enabled = "without oneDNN" not in form
        self.step = self.make()

    def make(self) -> Any:
        """The step: x, t -> nothing."""
        module, loss, lr, parameters = self.module, self.loss, self.work.lr, self.parameters
        if self.form.startswith("compile"):
            gradients = torch.func.grad(lambda p, x, t: loss(torch.func.functional_call(module, p, (x,)), t))

            def whole(x: torch.Tensor, t: torch.Tensor) -> None:
                g = gradients(parameters, x, t)
                for key, p in parameters.items():
                    p.sub_(g[key], alpha=lr)

            return torch.compile(whole, fullgraph=True, options={"cpp_wrapper": "C++ wrapper" in self.form})
        if "by hand" in self.form:
            named = {self.names[key]: p for key, p in parameters.items()}
            values = list(named.values())

            def lean(x: torch.Tensor, t: torch.Tensor) -> None:
                g = torch.autograd.grad(loss(forward(self.work, named, x), t), values)
                with torch.no_grad():
                    torch._foreach_sub_(values, g, alpha=lr)

            return lean
        optimiser = torch.optim.SGD(module.parameters(), lr=lr)

        def eager(x: torch.Tensor, t: torch.Tensor) -> None:
            optimiser.zero_grad(set_to_none=True)
            loss(module(x), t).backward()
            optimiser.step()

        return eager

    @torch.no_grad()
    def start(self) -> None:
        torch.backends.mkldnn.enabled = "without oneDNN" not in self.form
        for key, p in self.parameters.items():
            p.copy_(torch.tensor(self.work.weights[self.names[key]]).reshape(p.shape))

    def run(self, steps: int) -> None:
        batches, step = self.batches, self.step
        for k in range(steps):
            step(*batches[k % len(batches)])

    def result(self) -> Any:
        shapes = {key: w.shape for key, w in self.work.weights.items()}
        named = {self.names[key]: p.detach().numpy() for key, p in self.parameters.items()}
        return {key: p.reshape(shapes[key]) for key, p in named.items()}


prepare = Training


def softmax_forms() -> list[str]:
    return ["eager", "compile"]


class Softmax:
    """F.cross_entropy and its gradient (sum)."""

    def __init__(self, x: Any, t: Any, form: str) -> None:
        torch.set_num_threads(1)
        self.x, self.t = torch.tensor(x, requires_grad=form == "eager"), torch.tensor(t)
        self.gradient: torch.Tensor | None = None
        self.compiled = torch.compile(torch.func.grad(self.loss)) if form == "compile" else None

    def loss(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return F.cross_entropy(x, t, reduction="sum")

    def start(self) -> None:
        self.gradient = None

    def run(self, steps: int) -> None:
        for _ in range(steps):
            if self.compiled:
                self.gradient = self.compiled(self.x, self.t)
            else:
                (self.gradient,) = torch.autograd.grad(self.loss(self.x, self.t), self.x)

    def result(self) -> Any:
        assert self.gradient is not None
        return {"gradient": self.gradient.numpy()}


softmax = Softmax
