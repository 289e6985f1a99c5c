"""Golden cases of `seatshift validate`: run.py BINARY CASE

A case is a folder with the files of a repository (seatshift.yaml is supplied when left out; a
customer.yaml becomes customers/contoso.yaml) and expected.txt: exit status, stdout and stderr.
UPDATE_GOLDEN=1 rewrites expected.txt. A file NAME.hex holds the bytes of NAME in hexadecimal, for
what no editor would keep.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

# What is past and what is to come is the same on any day.
CLOCK = {"SEATSHIFT_CLOCK": "2026-11-20T09:00:00Z", "SEATSHIFT_GRAPH_URL": "http://127.0.0.1:9",
         "SEATSHIFT_LOGIN_URL": "http://127.0.0.1:9"}


def lay_out(case, root):
  customers = root / "customers"
  customers.mkdir()
  for source in sorted(case.iterdir()):
    if source.name == "expected.txt":
      continue
    name = source.name.removesuffix(".hex")
    target = root / name if name == "seatshift.yaml" else customers / name
    if name == "customer.yaml":
      target = customers / "contoso.yaml"
    if source.suffix == ".hex":
      target.write_bytes(bytes.fromhex(source.read_text()))
    else:
      shutil.copyfile(source, target)
  policy = root / "seatshift.yaml"
  if not policy.exists():
    policy.write_text("version: 1\n")


def run(binary, case):
  with tempfile.TemporaryDirectory() as name:
    root = pathlib.Path(name)
    lay_out(case, root)
    done = subprocess.run([binary, "validate"], cwd=root, capture_output=True, timeout=20, env={**os.environ, **CLOCK})
  return (f"exit {done.returncode}\n--- stdout\n{done.stdout.decode()}"
          f"--- stderr\n{done.stderr.decode()}")


def main():
  binary, case = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
  actual = run(binary, case)
  expected = case / "expected.txt"
  if os.environ.get("UPDATE_GOLDEN"):
    expected.write_text(actual)
    return 0
  wanted = expected.read_text() if expected.exists() else ""
  if actual == wanted:
    return 0
  print(f"--- expected\n{wanted}\n--- actual\n{actual}")
  return 1


sys.exit(main())
