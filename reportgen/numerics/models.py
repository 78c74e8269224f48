"""The two-layer ReLU network, batched over runs, with its gradient derived by hand.

    logits = ReLU(X W_input) W_output

Parity trains W_input and W_output themselves; modular addition factors them through an
embedding. All trained matrices of a run lie in one flat vector, so that the optimiser is a
handful of elementwise operations whatever the model.

Dimensions, here and everywhere:
    R runs trained together    N examples    K input columns    H hidden neurons
    C outputs                  P modulus     D embedding size   S trained numbers per run
    T saved steps
"""

import math

import numpy as np
import torch
from torch import Tensor

from reportgen.numerics.config import Config, ModularModel, ModularTask
from reportgen.numerics.tasks import PERTURBATION_STREAM, WEIGHT_STREAM, generator

# sd of a standard normal cut at ±2; dividing by it restores the variance after truncation
TRUNCATED_SD = 0.87962566103423978
PERTURBATION = 1e-6


def layout(config: Config) -> dict[str, tuple[int, int]]:
    """Names and shapes of the trained matrices, in their order in the flat vector."""
    model, task = config.model, config.task
    if not isinstance(model, ModularModel):
        return {"input": (task.digits + 1, model.neurons), "output": (model.neurons, 1)}  # type: ignore[union-attr]
    d, h, shapes = model.embedding_size, model.neurons, {}
    if model.embedding == "normal":
        shapes["embed"] = (task.modulus, d)  # type: ignore[union-attr]
        if not model.tied:
            shapes["unembed"] = (task.modulus, d)  # type: ignore[union-attr]
    if not model.collapsed_in:
        names = ("in_proj",) if model.tied_in_proj else ("in_proj_a", "in_proj_b")
        shapes |= {name: (d, h) for name in names}
    if not model.collapsed_out:
        shapes["out_proj"] = (h, d)
    return shapes


def circle_embedding(modulus: int) -> np.ndarray:
    """(P, 2): columns cos(2πi/P) and sin(2πi/P), each of norm 1."""
    angles = 2 * np.pi * np.arange(modulus) / modulus
    columns = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return columns / np.linalg.norm(columns, axis=0)  # type: ignore[no-any-return]


def initial_weights(config: Config) -> Tensor:
    """(S,) float64 on the CPU: truncated normals cut at two standard deviations.

    Embeddings have variance 2/P after the cut; every other matrix has σ = 1/√fan_in before it.
    """
    rng, parts = generator(config, WEIGHT_STREAM), []
    for name, shape in layout(config).items():
        embedding = name in ("embed", "unembed")
        sigma = math.sqrt(2 / shape[0]) / TRUNCATED_SD if embedding else 1 / math.sqrt(shape[0])
        parts.append(sigma * _truncated_normal(rng, math.prod(shape)))
    weights = torch.cat(parts)
    if config.perturbation:
        nudge = generator(config, PERTURBATION_STREAM, config.perturbation)
        weights *= 1 + PERTURBATION * _truncated_normal(nudge, len(weights))
    return weights


def _truncated_normal(rng: np.random.Generator, size: int) -> Tensor:
    """Standard normal cut at ±2, by inverting its distribution function."""
    low, high = torch.special.ndtr(torch.tensor([-2.0, 2.0], dtype=torch.float64))
    return torch.special.ndtri(low + (high - low) * torch.from_numpy(rng.random(size)))  # type: ignore[no-any-return]


def encode(config: Config, examples: np.ndarray) -> np.ndarray:
    """(N, K) input columns: the digits, or how often each token occurs.

    When a and b have projections of their own, the tokens of b get their own P columns.
    """
    if not isinstance(config.task, ModularTask):
        return examples.astype(np.uint8)
    rows = np.arange(len(examples))
    a, b = np.zeros((2, len(examples), config.task.modulus), np.uint8)
    a[rows, examples[:, 0]] = 1
    b[rows, examples[:, 1]] = 1
    shared = config.model.tied_in_proj or config.model.collapsed_in  # type: ignore[union-attr]
    return a + b if shared else np.concatenate([a, b], axis=1)


class Network:
    """Forward and gradient of R models of one architecture; holds no weights."""

    def __init__(self, config: Config, *, dtype: torch.dtype, device: torch.device):
        self.shapes = layout(config)
        self.modular = isinstance(config.model, ModularModel)
        self.model = config.model  # type: ModularModel  # type: ignore[assignment]
        self.plain_gradient = config.training.precision == "float32-plain"
        self.frozen = None
        if self.modular and config.model.embedding == "circle":  # type: ignore[union-attr]
            circle = torch.from_numpy(circle_embedding(config.task.modulus))  # type: ignore[union-attr]
            self.frozen = circle.to(device, dtype).unsqueeze(0)

    def split(self, weights: Tensor) -> dict[str, Tensor]:
        """Views of the flat weights (R, S) as matrices (R, rows, columns)."""
        sizes = [math.prod(shape) for shape in self.shapes.values()]
        parts = torch.split(weights, sizes, dim=1)
        named = zip(self.shapes.items(), parts, strict=True)
        return {name: part.unflatten(1, shape) for (name, shape), part in named}

    def effective(self, weights: Tensor) -> tuple[Tensor, Tensor]:
        """W_input (R, K, H) and W_output (R, H, C) of the flat weights (R, S)."""
        w = self.split(weights)
        if not self.modular:
            return w["input"], w["output"]
        embed = self._embed(w)
        if self.model.collapsed_in:
            w_input = embed
        elif self.model.tied_in_proj:
            w_input = embed @ w["in_proj"]
        else:
            w_input = torch.cat([embed @ w["in_proj_a"], embed @ w["in_proj_b"]], dim=1)
        unembed = self._unembed(w).mT
        return w_input, unembed if self.model.collapsed_out else w["out_proj"] @ unembed

    def logits(self, weights: Tensor, inputs: Tensor) -> Tensor:
        """(R, N, C) for inputs (R, N, K)."""
        w_input, w_output = self.effective(weights)
        return (inputs @ w_input).relu() @ w_output

    def gradient(self, weights: Tensor, inputs: Tensor, targets: Tensor) -> Tensor:
        """(R, S): gradient of the mean loss over the N examples (and the C outputs).

        inputs (R, N, K); targets (R, N, 1): the right output (modular) or 0 and 1 (parity).
        """
        w_input, w_output = self.effective(weights)
        active = (inputs @ w_input).relu()
        d_logits = self._loss_gradient(active @ w_output, targets)
        d_output = active.mT @ d_logits
        d_hidden = torch.ops.aten.threshold_backward(d_logits @ w_output.mT, active, 0)
        d_input = inputs.mT @ d_hidden
        parts = self._factor_gradient(self.split(weights), d_input, d_output)
        return torch.cat([parts[name].flatten(1) for name in self.shapes], dim=1)

    def _embed(self, w: dict[str, Tensor]) -> Tensor:
        return w["embed"] if self.frozen is None else self.frozen

    def _unembed(self, w: dict[str, Tensor]) -> Tensor:
        return self._embed(w) if self.model.tied else w["unembed"]

    def _loss_gradient(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Gradient of the mean loss by the logits, (R, N, C), without cancellation.

        Cross-entropy's p − 1 at the target is minus the sum of the other probabilities, and
        sigmoid(z) − y is −s·sigmoid(−s·z) with s = ±1: the forms that keep their digits.
        """
        scale = 1 / (logits.shape[1] * logits.shape[2])
        if not self.modular:
            if self.plain_gradient:
                return (logits.sigmoid() - targets) * scale
            sign = 2 * targets - 1
            return -scale * sign * (-sign * logits).sigmoid()
        if self.plain_gradient:
            minus_one = torch.full_like(logits[..., :1], -1)
            return logits.softmax(dim=-1).scatter_add_(-1, targets, minus_one).mul_(scale)
        exponentials = logits.sub_(logits.amax(dim=-1, keepdim=True)).exp_()
        at_target = exponentials.gather(-1, targets)
        others = exponentials.scatter_(-1, targets, 0).sum(dim=-1, keepdim=True)
        exponentials.scatter_(-1, targets, -others)
        return exponentials.mul_(scale / (others + at_target))

    def _factor_gradient(self, w: dict[str, Tensor], d_input: Tensor, d_output: Tensor) -> dict:  # type: ignore[type-arg]
        """Gradients of the matrices from those of W_input and W_output."""
        if not self.modular:
            return {"input": d_input, "output": d_output}
        embed, unembed, parts = self._embed(w), self._unembed(w), {}  # type: Tensor, Tensor, dict[str, Tensor]
        if self.model.collapsed_in:
            d_embed = d_input
        else:
            halves = {"in_proj": d_input}
            if not self.model.tied_in_proj:
                halves = dict(zip(("in_proj_a", "in_proj_b"), d_input.chunk(2, dim=1), strict=True))
            parts |= {name: embed.mT @ half for name, half in halves.items()}
            d_embed = sum(half @ w[name].mT for name, half in halves.items())  # type: ignore[assignment]
        d_unembed = d_output.mT
        if not self.model.collapsed_out:
            parts["out_proj"] = d_output @ unembed
            d_unembed = d_unembed @ w["out_proj"]
        if self.model.tied:
            return parts | {"embed": d_embed + d_unembed}
        return parts | {"embed": d_embed, "unembed": d_unembed}
