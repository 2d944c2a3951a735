import argparse

import analyzer

parser = argparse.ArgumentParser()
parser.add_argument("--input", default="data/sales.csv")
parser.add_argument("--plots", action="store_true")
wanted = parser.parse_args()

table = analyzer.load(wanted.input)
with open("report.txt", "w") as report:
    report.write(f"Turnover: ${table['revenue'].sum():.2f}\n")
if wanted.plots:
    analyzer.plot(table, "product", "bar", "plots/by_product.png")
    analyzer.plot(table, "date", "line", "plots/by_day.png")
print(f"✓ {len(table)} rows")
