"""Which device trains: what was asked for, checked before anything starts."""

from reportgen.errors import ReportError, unknown

DEVICES = ("auto", "cpu", "cuda", "mps")


def resolve(device: str) -> str:
    """The device for single runs. "auto" is the CPU: one small model gains nothing from a GPU.

    Raises ReportError for a device this machine, or float64, cannot use.
    """
    if device in ("auto", "cpu"):
        return "cpu"
    if device not in DEVICES:
        raise unknown("device", device, DEVICES)
    import torch

    if device == "mps":
        raise ReportError(
            "MPS has no float64, which these experiments need.",
            hint="Use --device cpu; it takes a few minutes.",
        )
    if not torch.cuda.is_available():
        raise ReportError(
            "CUDA was asked for, but PyTorch sees no CUDA device here.",
            hint="Use --device cpu, or install a CUDA build of PyTorch.",
        )
    return device
