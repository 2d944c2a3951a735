import os

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as pyplot
import pandas


def load(path):
    return pandas.read_csv(path, parse_dates=["date"])


def plot(table, column, kind, path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    figure, axes = pyplot.subplots()
    table.groupby(column)["revenue"].sum().plot(kind=kind, ax=axes)
    figure.savefig(path)
