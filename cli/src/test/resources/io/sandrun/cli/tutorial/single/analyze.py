import csv

sums = {}
with open("sales.csv", newline="") as table:
    for row in csv.DictReader(table):
        sums[row["product"]] = sums.get(row["product"], 0) + float(row["revenue"])

lines = [f"Turnover: ${sum(sums.values()):.2f}"]
lines += [f"  {product}: ${revenue:.2f}" for product, revenue in sorted(sums.items())]
print("=== Chandlery ===\n")
print("\n".join(lines))
with open("report.txt", "w") as report:
    report.write("\n".join(lines) + "\n")
print("\n✓ written to report.txt")
