"""Reads every ledger under data/, says how each fares, and writes what came of it."""
import csv
import json
import pathlib
import sys


def read(ledger):
    with ledger.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    takings = [float(row["takings"]) for row in rows]
    if any(amount < 0 for amount in takings):
        raise ValueError("takings below nothing")
    return {"days": len(rows), "takings": sum(takings), "best": max(takings)}


def main():
    harbours, spoilt = {}, {}
    for ledger in sorted(pathlib.Path("data").glob("*.csv")):
        print(f"[{ledger.stem}] reading", flush=True)
        try:
            harbours[ledger.stem] = read(ledger)
            print(f"[{ledger.stem}] ✓ {harbours[ledger.stem]['takings']:.2f}", flush=True)
        except ValueError as fault:
            spoilt[ledger.stem] = str(fault)
            print(f"[{ledger.stem}] ✗ {fault}", flush=True)
    summary = {
        "read": len(harbours),
        "spoilt": len(spoilt),
        "takings": sum(harbour["takings"] for harbour in harbours.values()),
    }
    with open("harbours.json", "w") as page:
        json.dump({"harbours": harbours, "spoilt": spoilt, "summary": summary}, page, indent=1)
    if not harbours:
        sys.exit("no ledger could be read")


main()
