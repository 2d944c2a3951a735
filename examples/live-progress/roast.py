"""Takes its time, and says how far it is: watch it with `sandrun run`, or `sandrun logs -f` from elsewhere."""

import sys
import time

BATCHES = {"Ethiopia": 6, "Brazil": 4, "Guatemala": 5}
SECONDS_PER_BAG = float(sys.argv[1]) if len(sys.argv) > 1 else 0.3

for number, (origin, bags) in enumerate(BATCHES.items(), 1):
    print(f"batch {number} of {len(BATCHES)}: {origin}", flush=True)
    for bag in range(1, bags + 1):
        time.sleep(SECONDS_PER_BAG)
        print(f"  bag {bag} of {bags} is done", flush=True)
    print(f"{origin} is ready", file=sys.stderr, flush=True)
print("everything is roasted", flush=True)
