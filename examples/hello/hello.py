name = "world"
print(f"Hello, {name}, from a sandbox!")
