import os
from pathlib import Path

from rows import rows_of
from stats import write_stats


def main():
    if os.environ.get("DEV_MODE") != "1":
        raise SystemExit("this worker only knows the local mode: set DEV_MODE=1")
    rows = rows_of(Path(os.environ["INPUT_PATH"]) / "query_results.db")
    write_stats(Path(os.environ["OUTPUT_PATH"]) / "stats.json", rows)
    print(f"{len(rows)} rows")


main()
