echo "Hello, ${1:-world}, from a sandbox!"
