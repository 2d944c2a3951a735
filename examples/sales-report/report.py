"""Adds up a week of a coffee roastery's sales and writes a report beside the data."""

import csv

with open("sales.csv", newline="") as table:
    sales = list(csv.DictReader(table))

turnover = {}
for sale in sales:
    turnover[sale["item"]] = turnover.get(sale["item"], 0.0) + float(sale["eur"])

lines = [f"{len(sales)} sales, {sum(turnover.values()):.2f} EUR"]
lines += [f"{item:10}{eur:10.2f}" for item, eur in sorted(turnover.items(), key=lambda pair: -pair[1])]

with open("report.txt", "w") as report:
    report.write("\n".join(lines) + "\n")
print("\n".join(lines))
