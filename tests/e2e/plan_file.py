"""A plan file as seatshift lays it out, for tests that forge one: canonical JSON, an action or a shape a line."""

import json

LISTS = ('actions', 'shapes')


def line(value):
  return json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False)


def member(key, value):
  if key in LISTS and value:
    return f'"{key}":[\n' + ',\n'.join(map(line, value)) + '\n]'
  return f'"{key}":{line(value)}'


def encode(value):
  return ('{\n' + ',\n'.join(member(key, value[key]) for key in sorted(value)) + '\n}\n').encode()
