"""Checks with nothing of ours that a worker vouches for a job: check_result.py POOL_URL JOB_ID WORKER_ID"""
import base64
import json
import sys
import urllib.request

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def main(pool, job_id, worker_id):
    with urllib.request.urlopen(f"{pool}/status/{job_id}") as answer:
        vouched = json.load(answer)["worker_metadata"]
    if vouched["worker_id"] != worker_id:
        sys.exit("another worker")
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(worker_id))
    signature = base64.b64decode(vouched["signature"])
    signed = vouched["signed_data"]
    try:
        key.verify(signature, json.dumps(signed, sort_keys=True).encode())
    except InvalidSignature:
        sys.exit("no valid signature")
    signed["output_hash"] = "sha256:" + "0" * 64
    try:
        key.verify(signature, json.dumps(signed, sort_keys=True).encode())
        sys.exit("a change was not noticed")
    except InvalidSignature:
        print(f"valid: job {signed['job_id']} exit {signed['exit_code']}")


main(*sys.argv[1:])
