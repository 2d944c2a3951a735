"""The orders as a table, and sums over it."""

import pandas


def read(path):
    return pandas.read_csv(path, parse_dates=["day"])


def turnover(orders, column):
    """Euros for each value of a column, in its order."""
    return orders.groupby(column)["eur"].sum()


def summary(orders):
    items = turnover(orders, "item").sort_values(ascending=False)
    lines = [f"{len(orders)} orders, {orders['eur'].sum():.2f} EUR"]
    lines += [f"{item:10}{eur:10.2f}" for item, eur in items.items()]
    return "\n".join(lines) + "\n"
