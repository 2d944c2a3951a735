"""Pictures of the orders, drawn without a screen."""

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402 (the backend comes first)


def save(series, kind, title, path):
    figure, axes = pyplot.subplots(figsize=(6, 4))
    series.plot(kind=kind, ax=axes, color="#7a4b2a")
    axes.set_title(title)
    axes.set_ylabel("EUR")
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
