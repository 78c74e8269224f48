"""Which models grok, and which do not.

Every model of the sweep as a dot: a panel per weight decay, width against training size inside,
and nine seeds in each cell. Beside it the losses of one cell's nine models.
"""

import altair as alt
from _losses import log_losses, sweep_lines

from reportgen.analysis import largest_ratio, least, logged_losses
from reportgen.charts import color, named, sci_label

RUNS = ("parity-sweep",)
COLUMNS = 2
CAPTION = (
    "{{ parity_sweep.models|number }} models of the 1s and 0s, trained for {{ parity_sweep.steps|number }} steps. "
    "Upward more neurons, to the right more training sequences, a panel for each weight decay. Each square of dots holds {{ parity_sweep.seeds|words }} seeds, sorted by outcome. Point at one to see its losses, move the "
    "thresholds to see what depends on them. Single precision does not tell a loss below about 10⁻⁷ from none."
)
ALT = (
    "Dot diagrams, one per weight decay, of width against training size, coloured by outcome. Of "
    "{{ parity_sweep.models|number }} models {{ parity_sweep.grokking.count }} grok, in "
    "{{ parity_sweep.together.count }} train and test loss drop together, {{ parity_sweep.high_test_loss.count }} "
    "keep a high test loss and {{ parity_sweep.high_train_loss.count }} a high train loss. High test loss is on the "
    "side of weak decay and little data, high train loss at the strongest decay."
)

CLASSES = ("grokking", "drop together", "high test loss", "high train loss")
FILLS = [color("grokking"), color("together"), color("high-test"), color("high-train")]
SHAPES = ["circle", "diamond", "circle", "square"]
PER_ROW = 3  # panels
FIRST = (64, 1000, 0.1)  # the cell that is shown until the reader points at another
CURVE_STEPS = (10, 20, 50, *range(100, 2000, 100), *range(2000, 20_001, 500))


def chart(runs) -> dict:
    models = runs["parity-sweep"]
    cells = sorted({cell_of(run) for run in models})
    return {"diagram": diagram(models, cells), "losses": losses(models, cells)}


def cell_of(run) -> tuple[int, int, float]:
    """Neurons, training size, weight decay."""
    return run.config.model.neurons, run.config.task.train_size, run.config.training.weight_decay


def chosen(cells) -> alt.Parameter:
    """The cell whose losses are shown, by its number."""
    return alt.param(name="chosen", value=cells.index(FIRST) if FIRST in cells else 0)


def diagram(models, cells) -> alt.Chart:
    """The phase diagram: class by two thresholds that the reader can move."""
    widths, sizes, decays = (sorted({cell[i] for cell in cells}) for i in range(3))
    rows = []
    for run in models:
        cell, seed = cell_of(run), run.config.seed
        train, test = (least(values) for values in logged_losses(run))
        rows.append({
            "neurons": cell[0], "train_size": cell[1], "decay": cell[2], "seed": seed, "chosen": cells.index(cell),
            "column": sizes.index(cell[1]), "row": widths.index(cell[0]),
            "train": float(f"{train:.4g}"), "test": float(f"{test:.4g}"), "ratio": float(f"{largest_ratio(run):.4g}"),
        })  # fmt: skip
    limit, ratio = (
        alt.param(name=name, value=value, bind=alt.binding_range(min=low, max=high, step=0.1, name=label))
        for name, value, low, high, label in (
            ("low", -5, -6.9, -2, "a low loss is below"),
            ("far", 4.7, 1, 7, "a large ratio is above"),
        )
    )
    wordings = [
        alt.param(name="low_text", expr=sci_label("pow(10, low)")),
        alt.param(
            name="far_text", expr=f"far < 6 ? format(pow(10, far), ',.2r') : {sci_label('pow(10, far)')}"
        ),
    ]
    kind = (
        "datum.train > pow(10, low) ? 'high train loss' : datum.test > pow(10, low) ? 'high test loss' : "
        "datum.ratio < pow(10, far) ? 'drop together' : 'grokking'"
    )
    legend = alt.Legend(title=None, orient="top", columns=2, symbolStrokeWidth=0.5, symbolSize=90, labelFontSize=12,
                        offset=8)  # fmt: skip
    dots = (
        alt.Chart()
        .mark_point(filled=True, strokeWidth=0.5, opacity=1, size={"expr": "pow(max(min(child_width, child_height), 40) / 17, 2)"})
        .encode(
            x=alt.X("x:Q", scale=alt.Scale(domain=[-0.6, len(sizes) - 0.4], nice=False),
                    axis=alt.Axis(title="sequences", labelOverlap="greedy", values=list(range(len(sizes))),
                                  labelExpr=_labels(sizes), ticks=False, domain=False)),
            y=alt.Y("y:Q", scale=alt.Scale(domain=[-0.6, len(widths) - 0.4], nice=False),
                    axis=alt.Axis(title="neurons", values=list(range(len(widths))), labelExpr=_labels(widths),
                                  grid=False, labelOverlap=False)),
            fill=alt.Fill("kind:N", scale=alt.Scale(domain=CLASSES, range=FILLS), legend=legend),
            shape=alt.Shape("kind:N", scale=alt.Scale(domain=CLASSES, range=SHAPES), legend=legend),
            stroke=alt.value(color("muted")),
        )
    )  # fmt: skip
    ring = (
        alt.Chart()
        .transform_filter("datum.chosen == chosen && datum.place == 5")
        .mark_point(shape="square", filled=False, stroke=color("ink"), strokeWidth=1.5, opacity=1,
                    size={"expr": "pow(max(child_width, 40) / 5, 2)"})
        .encode(x="x:Q", y="y:Q")
    )  # fmt: skip
    header = alt.Header(title=None, labelExpr="'decay ' + datum.value", labelAnchor="start", labelFontSize=12,
                        labelColor=color("ink"))  # fmt: skip
    return (
        alt.layer(dots, ring, data=named("models", rows))
        .transform_calculate(kind=kind)
        .transform_calculate(order=f"indexof({list(CLASSES)}, datum.kind)")
        .transform_window(place="row_number()", sort=[alt.SortField("order"), alt.SortField("seed")], groupby=["chosen"])
        .transform_calculate(
            x="datum.column + ((datum.place - 1) % 3 - 1) * 0.3", y="datum.row + (1 - floor((datum.place - 1) / 3)) * 0.3"
        )
        .properties(width=184, height=170)
        .facet(facet=alt.Facet("decay:N", header=header), columns=PER_ROW, spacing=14)
        .resolve_axis(x="independent")
        .add_params(limit, ratio, *wordings, chosen(cells))
    )  # fmt: skip


def _labels(values) -> str:
    """The expression that words a position on an axis."""
    texts = [f"{v / 1000:g}k" if v >= 1000 else str(v) for v in values]
    return f"{texts}[datum.value]"


def losses(models, cells) -> alt.LayerChart:
    """Train and test loss of the chosen cell's models; both axes logarithmic."""
    rows = [
        {"chosen": cells.index(cell), "neurons": cell[0], "train_size": cell[1], "decay": cell[2],
         "seed": run.config.seed, **log_losses(run, CURVE_STEPS)}
        for run in models for cell in [cell_of(run)]
    ]  # fmt: skip
    x = alt.X("step:Q", scale=alt.Scale(type="log", domain=[10, max(CURVE_STEPS)], nice=False),
              axis=alt.Axis(title="training step", values=[10, 100, 1000, 10_000], format="~s"))  # fmt: skip
    lines = sweep_lines(x, "seed:N")
    named_cell = (
        alt.Chart()
        .transform_filter("datum.seed == 0")
        .transform_calculate(
            text="datum.neurons + ' neurons, ' + format(datum.train_size, ',') + ' sequences, decay ' + datum.decay"
        )
        .mark_text(align="left", baseline="bottom", x=0, y=-6, fontSize=11, color=color("muted"))
        .encode(text="text:N")
    )
    ends = [
        alt.Chart().transform_filter("datum.seed == 0")
        .mark_text(align="right", x={"expr": "width - 4"}, y=y, fontWeight=600, color=color(name), text=name)
        for name, y in (("test", 10), ("train", 24))
    ]  # fmt: skip
    return (
        alt.layer(lines, named_cell, *ends, data=named("curves", rows))
        .transform_filter("datum.chosen == chosen")
        .add_params(chosen(cells))
        .properties(width=290, height=260, title=alt.Title("Losses of one cell", offset=20))
    )
