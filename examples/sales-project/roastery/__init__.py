"""What the roastery wants to know of its orders."""
