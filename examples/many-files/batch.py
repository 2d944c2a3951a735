"""Adds up one table after the other, and writes what came of all of them as text and as JSON."""

import csv
import json
import pathlib


def add_up(path):
    with path.open(newline="") as table:
        rows = list(csv.DictReader(table))
    return {
        "shop": path.stem,
        "orders": len(rows),
        "bags": sum(int(row["bags"]) for row in rows),
        "eur": round(sum(float(row["eur"]) for row in rows), 2),
    }


shops = []
for path in sorted(pathlib.Path("data").glob("*.csv")):
    print("reading", path)
    shops.append(add_up(path))

total = {field: round(sum(shop[field] for shop in shops), 2) for field in ("orders", "bags", "eur")}
pathlib.Path("summary.json").write_text(json.dumps({"shops": shops, "total": total}, indent=2) + "\n")

lines = [f"{shop['shop']:10}{shop['bags']:6} bags{shop['eur']:10.2f} EUR" for shop in shops]
lines.append(f"{'total':10}{total['bags']:6} bags{total['eur']:10.2f} EUR")
pathlib.Path("summary.txt").write_text("\n".join(lines) + "\n")
print("\n".join(lines))
