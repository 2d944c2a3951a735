#!/usr/bin/env python3
"""Checks receipts without Sandrun: see "A receipt" in protocol.md. Needs python3-cryptography.

Files with a receipt each are named as arguments, or receipts come on standard input, one on a line. Tells of each that
it is genuine, or else which fields are not.
"""
import base64
import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FIELDS = set("""version job_id worker_id attempt interpreter interpreter_version environment code_sha256 entrypoint
inputs requirements args_sha256 env_sha256 stdin_sha256 limits node_clock outcome exit_code signal usage stdout
stdout_sha256 stderr stderr_sha256 outputs outputs_left_out output_hash""".split())
BESIDE = ("seal", "signature", "signature_algorithm")


def canonical(value):
    return json.dumps(value, sort_keys=True, allow_nan=False).encode()


def digest(value):
    return hashlib.sha256(canonical(value)).hexdigest()


def once(pairs):
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def decoded(text):
    if base64.b64encode(base64.b64decode(text)).decode() != text:
        raise ValueError("not the one base64 of its bytes")
    return base64.b64decode(text)


def seal_of(fields):
    seal = {name: digest(value) for name, value in fields.items()}
    seal["outputs"] = {entry["path"]: digest(entry) for entry in fields["outputs"]}
    return seal


def is_signed(seal, receipt):
    try:
        key = Ed25519PublicKey.from_public_bytes(decoded(receipt["worker_id"]))
        key.verify(decoded(receipt["signature"]), canonical(seal))
        return True
    except InvalidSignature:
        return False


def output_hash(fields):
    listing = [{name: entry[name] for name in ("path", "sha256", "size_bytes")} for entry in fields["outputs"]]
    stdout = fields["stdout"]
    printed = [{"stream": "stdout", "sha256": stdout["kept_sha256"], "size_bytes": stdout["kept_bytes"]}]
    return "sha256:" + digest(listing or printed)


def faults(text):
    """The names of what is wrong with a receipt; none of a genuine one."""
    receipt = json.loads(text, object_pairs_hook=once)
    fields = {name: value for name, value in receipt.items() if name not in BESIDE}
    found = set(fields) ^ FIELDS
    right, given = seal_of(fields), receipt["seal"]
    found |= {name for name in right.keys() | given.keys() if right.get(name) != given.get(name)}
    paths = [entry["path"] for entry in fields["outputs"]]
    if paths != sorted(set(paths)):
        found.add("outputs")
    if fields["version"] != "sandrun-receipt-1":
        found.add("version")
    if receipt["signature_algorithm"] != "Ed25519":
        found.add("signature_algorithm")
    if not is_signed(given, receipt):
        found.add("signature")
    if fields["output_hash"] != output_hash(fields):
        found.add("output_hash")
    return found


def verdict(text):
    try:
        found = faults(text)
    except Exception as broken:  # whatever is not of the form at all
        return f"not genuine: {type(broken).__name__}"
    return "not genuine: " + ", ".join(sorted(found)) if found else "genuine"


if __name__ == "__main__":
    texts = [open(name, "rb").read() for name in sys.argv[1:]] or sys.stdin
    verdicts = [verdict(text) for text in texts]
    print("\n".join(ascii(one)[1:-1] for one in verdicts))
    sys.exit(any(one != "genuine" for one in verdicts))
