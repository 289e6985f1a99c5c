"""A plan file as seatshift lays it out, for tests that forge one: canonical JSON, an action, a reason, a shape or a choice a line."""

import hashlib
import json

LISTS = ('actions', 'reasons', 'shapes', 'switched_off')


def line(value):
  return json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False)


def member(key, value):
  if key in LISTS and value:
    return f'"{key}":[\n' + ',\n'.join(map(line, value)) + '\n]'
  return f'"{key}":{line(value)}'


def encode(value):
  return ('{\n' + ',\n'.join(member(key, value[key]) for key in sorted(value)) + '\n}\n').encode()


def save(repo, value, snapshot, customer=None):
  """Puts a plan where its digest and customer say it belongs, with its snapshot; its id."""
  data = encode(value)
  name = hashlib.sha256(data).hexdigest()[:12]
  folder = repo / 'plans' / (customer or value['customer']) / name
  folder.mkdir(parents=True)
  (folder / 'plan.json').write_bytes(data)
  (folder / 'snapshot.json').write_bytes(snapshot)
  return name
