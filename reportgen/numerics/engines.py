"""How steps are executed: three ways to the same numbers, up to rounding.

    Eager     PyTorch operations on any device; the reference
    Captured  the same operations on CUDA, recorded once as a graph and replayed
    Native    the C++ kernels, on a CPU with a compiler: one model after the other, each in cache

An engine advances the weights and moments (R, S) of R runs in place, from one step to a later one,
and says what logits the weights give. It may use `threads` cores; the kernels of modular addition do,
with the same bits however many. Dimensions as in models.py.
"""

import ctypes
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from reportgen.numerics import native
from reportgen.numerics.config import Config
from reportgen.numerics.models import Network, circle_embedding, encode, layout
from reportgen.numerics.tasks import Split

EPSILON = 1e-8
DTYPES = {
    "float64": torch.float64,
    "float32": torch.float32,
    "float32-plain": torch.float32,
}
DIGITS_AT_ONCE = 6  # as kernels/parity.cpp tabulates them


def make_engine(name: str, configs: Sequence[Config], splits: Sequence[Split], device: torch.device):  # type: ignore[no-untyped-def]
    """The engine of that name; "auto" takes the fastest there is on the device."""
    if name == "auto" and device.type == "cuda":
        return Captured(configs, splits, device)
    if name == "native" or (name == "auto" and device.type == "cpu" and native.library()):
        return Native(configs, splits, device)
    return Eager(configs, splits, device)


class Eager:
    """PyTorch, operation by operation."""

    name = "eager"
    threads = 1

    def __init__(self, configs: Sequence[Config], splits: Sequence[Split], device: torch.device):
        self.config, self.device = configs[0], device
        self.dtype = DTYPES[self.config.training.precision]
        self.network = Network(self.config, dtype=self.dtype, device=device)
        self.data = {part: self._data(splits, part) for part in ("train", "test")}
        training = self.config.training
        self.rate = self._column([config.training.learning_rate for config in configs])
        self.decay = self._column([config.training.weight_decay for config in configs])
        self.shrink = 1 - self.rate * self.decay
        biases = bias_corrections(training.beta1, training.beta2, training.steps)
        self.bias_1, self.bias_2 = (self._tensor(values) for values in biases)

    def _tensor(self, values: np.ndarray) -> Tensor:
        return torch.from_numpy(values).to(self.device, self.dtype)

    def _column(self, values: list[float]) -> Tensor:
        return self._tensor(np.array(values)[:, None])

    def _data(self, splits: Sequence[Split], part: str) -> tuple[Tensor, Tensor]:
        """Inputs (R, N, K) and targets (R, N, 1)."""
        examples, targets = zip(*(getattr(split, part) for split in splits), strict=True)
        inputs = np.stack([encode(self.config, rows) for rows in examples])
        kind = torch.int64 if self.network.modular else self.dtype
        labels = torch.from_numpy(np.stack(targets)).unsqueeze(-1)
        return self._tensor(inputs), labels.to(self.device, kind)

    def logits(self, weights: Tensor, part: str) -> Tensor:
        """(R, N, C) of the training or test examples."""
        return self.network.logits(weights, self.data[part][0])

    def advance(self, weights: Tensor, moments: tuple[Tensor, Tensor], start: int, stop: int) -> None:
        """Make the updates start + 1 to stop."""
        for step in range(start, stop):
            self._adamw(weights, *moments, self.bias_1[step], self.bias_2[step])

    def _adamw(self, weights: Tensor, first: Tensor, second: Tensor, bias_1: Tensor,
               bias_2: Tensor) -> None:  # fmt: skip
        """One update in place. bias_1 is 1/(1 − β1^t), bias_2 is 1/√(1 − β2^t)."""
        training = self.config.training
        gradient = self.network.gradient(weights, *self.data["train"])
        if training.decay == "L1":
            gradient += self.decay * weights.sign()
        else:
            weights.mul_(self.shrink)
        first.lerp_(gradient, 1 - training.beta1)
        second.mul_(training.beta2).addcmul_(gradient, gradient, value=1 - training.beta2)
        denominator = second.sqrt().mul_(bias_2).add_(EPSILON)
        weights.sub_(torch.div(first, denominator).mul_(self.rate * bias_1))


class Captured(Eager):
    """One step as a CUDA graph: a replay costs one launch instead of some forty."""

    name = "CUDA graph"

    def __init__(self, configs: Sequence[Config], splits: Sequence[Split], device: torch.device):
        super().__init__(configs, splits, device)
        self._position = torch.zeros(1, dtype=torch.int64, device=device)
        self._graph: torch.cuda.CUDAGraph | None = None

    def advance(self, weights: Tensor, moments: tuple[Tensor, Tensor], start: int, stop: int) -> None:
        """Make the updates start + 1 to stop; always on the same tensors."""
        if self._graph is None:
            self._graph = self._capture(weights, moments)
        self._position.fill_(start)
        for _ in range(start, stop):
            self._graph.replay()

    def _step(self, weights: Tensor, moments: tuple[Tensor, Tensor]) -> None:
        bias_1, bias_2 = (table.index_select(0, self._position) for table in (self.bias_1, self.bias_2))
        self._adamw(weights, *moments, bias_1, bias_2)
        self._position += 1

    def _capture(self, weights: Tensor, moments: tuple[Tensor, Tensor]) -> torch.cuda.CUDAGraph:
        """Record a step. Libraries initialise in a step on copies first, beside the main stream."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            self._position.zero_()
            self._step(weights.clone(), tuple(moment.clone() for moment in moments))  # type: ignore[arg-type]
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._step(weights, moments)
        return graph


def bias_corrections(beta1: float, beta2: float, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """(steps,) each: 1/(1 − β1^t) and 1/√(1 − β2^t) for t = 1, 2, …"""
    t = np.arange(1, steps + 1, dtype=np.float64)
    return 1 / (1 - beta1**t), 1 / np.sqrt(1 - beta2**t)


class _ModularShape(ctypes.Structure):
    """`Shape` of kernels/modular.cpp."""

    _fields_ = [(name, ctypes.c_int32) for name in (
        "modulus", "embedding", "neurons", "examples", "tied", "collapsed_in", "collapsed_out",
        "projections", "plain_gradient", "l1", "threads")] + [(name, ctypes.c_double) for name in (
        "beta1", "beta2", "rate", "decay")]  # fmt: skip


class _ParityShape(ctypes.Structure):
    """`ParityShape` of kernels/parity.cpp."""

    _fields_ = [(name, ctypes.c_int32) for name in (
        "columns", "neurons", "examples", "plain_gradient", "l1")] + [(name, ctypes.c_double) for name in (
        "beta1", "beta2", "rate", "decay")]  # fmt: skip


class Native:
    """The C++ kernels: each run's numbers in one padded vector, one run after the other."""

    name = "compiled kernels"
    threads = 1

    def __init__(self, configs: Sequence[Config], splits: Sequence[Split], device: torch.device):
        self.configs, self.library = configs, native.library()
        training, self.dtype = configs[0].training, DTYPES[configs[0].training.precision]
        self.numpy_type = np.float64 if self.dtype == torch.float64 else np.float32
        self.modular = hasattr(configs[0].task, "modulus")
        kind = "modular" if self.modular else "parity"
        precision = np.dtype(self.numpy_type).name
        self.step = getattr(self.library, f"{kind}_{precision}")
        lanes = getattr(self.library, f"{kind}_lanes")(np.dtype(self.numpy_type).itemsize)
        self.places, self.size = padded_places(configs[0], lanes)
        biases = bias_corrections(training.beta1, training.beta2, training.steps)
        self.biases = [values.astype(self.numpy_type) for values in biases]
        self.splits = splits
        self.frozen = self._frozen(lanes)
        self.parts = {
            part: [self._prepare(getattr(split, part)) for split in splits] for part in ("train", "test")
        }
        self.eager = Eager(configs, splits, device) if self.modular else None

    def _frozen(self, lanes: int) -> np.ndarray | None:
        """The frozen circle (P, D), padded."""
        if not self.modular or self.configs[0].model.embedding != "circle":  # type: ignore[union-attr]
            return None
        circle = circle_embedding(self.configs[0].task.modulus)  # type: ignore[union-attr]
        width = -(-circle.shape[1] // lanes) * lanes
        return np.pad(circle, ((0, 0), (0, width - circle.shape[1]))).astype(self.numpy_type)

    def _prepare(self, part: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Rows of W_input (N, 2) and targets (N,); or digits six at a time (N, G) and targets."""
        examples, targets = part
        if not self.modular:
            return digit_codes(examples[:, :-1]), targets.astype(np.uint8)
        model, rows = self.configs[0].model, examples.astype(np.int32)
        if not (model.tied_in_proj or model.collapsed_in):  # type: ignore[union-attr]
            rows[:, 1] += self.configs[0].task.modulus  # type: ignore[union-attr]
        return np.ascontiguousarray(rows), targets.astype(np.int32)

    def logits(self, weights: Tensor, part: str) -> Tensor:
        """(R, N, C) of the training or test examples."""
        if self.modular:
            return self.eager.logits(weights, part)  # type: ignore[union-attr]
        function = getattr(self.library, f"parity_logits_{np.dtype(self.numpy_type).name}")
        found = []
        for config, row, (codes, _) in zip(self.configs, self._pack(weights), self.parts[part], strict=True):
            out = np.empty(len(codes), self.numpy_type)
            function(ctypes.byref(self._shape(config, len(codes))), *map(_pointer, (row, codes, out)))
            found.append(out)
        return torch.from_numpy(np.stack(found)).unsqueeze(-1)

    def advance(self, weights: Tensor, moments: tuple[Tensor, Tensor], start: int, stop: int) -> None:
        """Make the updates start + 1 to stop."""
        packed = [self._pack(tensor) for tensor in (weights, *moments)]
        biases = [values[start:stop] for values in self.biases]
        circle = [self.frozen] if self.modular else []
        for r, config in enumerate(self.configs):
            data = self.parts["train"][r]
            arrays = (*(rows[r] for rows in packed), *circle, *data, *biases)
            shape = self._shape(config, len(data[1]))
            self.step(ctypes.byref(shape), *map(_pointer, arrays), ctypes.c_int32(stop - start))
        for tensor, rows in zip((weights, *moments), packed, strict=True):
            tensor.copy_(torch.from_numpy(rows[:, self.places]))

    def _pack(self, tensor: Tensor) -> np.ndarray:
        """(R, size) in the kernels' places, in PyTorch's memory: it begins with a cache line."""
        packed = torch.zeros(len(tensor), self.size, dtype=self.dtype).numpy()
        packed[:, self.places] = tensor.numpy()
        return packed

    def _shape(self, config: Config, examples: int) -> ctypes.Structure:
        t, model = config.training, config.model
        forms = t.precision == "float32-plain", t.decay == "L1"
        rates = t.beta1, t.beta2, t.learning_rate, t.weight_decay
        if not self.modular:
            return _ParityShape(config.task.digits + 1, model.neurons, examples, *forms, *rates)  # type: ignore[union-attr]
        projections = 0 if model.collapsed_in else 1 if model.tied_in_proj else 2  # type: ignore[union-attr]
        return _ModularShape(config.task.modulus, model.embedding_size, model.neurons, examples, model.tied,  # type: ignore[union-attr]
                             model.collapsed_in, model.collapsed_out, projections, *forms, self.threads,  # type: ignore[union-attr]
                             *rates)  # fmt: skip


def _pointer(array: np.ndarray | None) -> ctypes.c_void_p | None:
    return None if array is None else ctypes.c_void_p(array.ctypes.data)


def digit_codes(digits: np.ndarray) -> np.ndarray:
    """(N, G) uint8: six binary digits (N, digits) at a time as one number, the first the lowest bit."""
    groups = -(-digits.shape[1] // DIGITS_AT_ONCE)
    filled = np.pad(digits, ((0, 0), (0, groups * DIGITS_AT_ONCE - digits.shape[1])))
    bits = filled.reshape(len(digits), groups, DIGITS_AT_ONCE)
    return (bits << np.arange(DIGITS_AT_ONCE)).sum(axis=-1).astype(np.uint8)  # type: ignore[no-any-return]


def padded_places(config: Config, lanes: int) -> tuple[np.ndarray, int]:
    """Where each of the S trained numbers lies in the kernels' vector, and that vector's length.

    Rows are padded to whole vectors of `lanes` numbers; W_in-proj is stored transposed.
    """
    places, start = [], 0
    for name, shape in layout(config).items():
        turned = name.startswith("in_proj") or name == "output"
        rows, columns = shape[::-1] if turned else shape
        width = -(-columns // lanes) * lanes
        where = start + np.arange(rows)[:, None] * width + np.arange(columns)
        places.append((where.T if turned else where).ravel())
        start += rows * width
    return np.concatenate(places), start
