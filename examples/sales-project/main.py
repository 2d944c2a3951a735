"""Turns orders into a report and, on request, two plots."""

import argparse
import pathlib

from roastery import orders, plots


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", help="orders as CSV")
    parser.add_argument("--plots", type=pathlib.Path, help="folder for the plots")
    wanted = parser.parse_args()

    table = orders.read(wanted.table)
    report = orders.summary(table)
    pathlib.Path("report.txt").write_text(report)
    print(report, end="")

    if wanted.plots:
        wanted.plots.mkdir(parents=True, exist_ok=True)
        plots.save(orders.turnover(table, "item"), "bar", "By item", wanted.plots / "items.png")
        plots.save(orders.turnover(table, "day"), "line", "By day", wanted.plots / "days.png")
        print(f"plots are in {wanted.plots}/")


main()
