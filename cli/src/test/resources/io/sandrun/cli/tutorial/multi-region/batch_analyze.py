import glob
import json
import os

import pandas

regions = []
for path in sorted(glob.glob("data/sales_*.csv")):
    table = pandas.read_csv(path)
    regions.append({
        "region": os.path.basename(path)[len("sales_"):-len(".csv")],
        "total_revenue": float(table["revenue"].sum()),
        "total_quantity": int(table["quantity"].sum()),
        "unique_products": int(table["product"].nunique()),
        "records": len(table),
    })
    print("✓", path)

totals = {
    "revenue": sum(region["total_revenue"] for region in regions),
    "quantity": sum(region["total_quantity"] for region in regions),
    "regions_processed": len(regions),
}
with open("summary.json", "w") as summary:
    json.dump({"regions": regions, "totals": totals}, summary, indent=2)
with open("summary.txt", "w") as summary:
    summary.write(f"{totals['regions_processed']} regions, ${totals['revenue']:.2f}\n")
