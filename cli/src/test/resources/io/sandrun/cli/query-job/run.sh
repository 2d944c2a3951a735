export DEV_MODE=1 INPUT_PATH=./input OUTPUT_PATH=./output
exec python3 worker.py "$@"
