"""Which device trains: what was asked for, checked before anything starts."""

from reportgen.errors import ReportError, unknown

DEVICES = ("auto", "cpu", "cuda", "mps")


def resolve(device: str, *, sweep: bool) -> str:
    """The device for a sweep or a single run.

    "auto" is a GPU for a sweep, where there is one, and the CPU for a single run: one small model
    gains nothing from a GPU. Raises ReportError for a device this machine, or float64, cannot use.
    """
    if device not in DEVICES:
        raise unknown("device", device, DEVICES)
    if device == "auto":
        return "cuda" if sweep and gpu_count() else "cpu"
    if device == "mps":
        raise ReportError(
            "MPS has no float64, which these experiments need.",
            hint="Use --device cpu; it takes a few minutes.",
        )
    if device == "cuda" and not gpu_count():
        raise ReportError(
            "CUDA was asked for, but PyTorch sees no CUDA device here.",
            hint="Use --device cpu, or install a CUDA build of PyTorch.",
        )
    return device


def gpu_count() -> int:
    """How many CUDA devices PyTorch sees."""
    import torch

    return torch.cuda.device_count() if torch.cuda.is_available() else 0


def describe(device: str) -> str:
    """A device in words."""
    count = gpu_count() if device == "cuda" else 0
    if not count:
        return "the CPU: PyTorch sees no CUDA device here" if device == "cpu" else device
    return f"{count} CUDA device{'s' * (count > 1)}"
