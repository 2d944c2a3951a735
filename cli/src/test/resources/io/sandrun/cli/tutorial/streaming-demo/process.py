import sys
import time

print("=== Loading the ship ===\n")
sys.stdout.flush()
for number, crates in [(1, 10), (2, 5)]:
    print(f"[Deck {number}] {crates} crates...")
    sys.stdout.flush()
    for crate in range(1, crates + 1):
        time.sleep(0.15)
        if crate % 5 == 0:
            print(f"  {crate}/{crates} stowed")
            sys.stdout.flush()
print("🚢 loaded")
