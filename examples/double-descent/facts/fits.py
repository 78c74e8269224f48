"""What the text quotes: where test error has its peak, and how low it gets on either side."""

import numpy as np

from reportgen import of_run


@of_run("fits")
def fits(run):
    """Medians over the draws."""
    widths, error = run["widths"], np.median(run["test_error"], axis=0)
    peak = int(error.argmax())
    return {
        "peak_at": int(widths[peak]),
        "peak_error": float(error[peak]),
        "best_before": float(error[:peak].min()) if peak else None,
        "error_at_most": float(error[-1]),
        "most": int(widths[-1]),
    }
