"""A light that burns for a while, so that one can see where it stands."""
import pathlib
import time

print("lit", flush=True)
time.sleep(120)
pathlib.Path("log.txt").write_text("burnt down\n")
