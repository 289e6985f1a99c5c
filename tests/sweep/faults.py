"""The n-th request fails, for every n and every kind of fault: envelopes, parts of batches, and what somebody
else does to the tenant in the middle of a run."""

import json
import sys

import sweep
from sweep import contoso, harness

# What the service or the network does to one request. The run must get over it by itself.
ENVELOPES = {
  '429-seconds': {'kind': '429', 'retry_after': 1},
  '429-fraction': {'kind': '429', 'retry_after': '0.6'},
  '429-date': {'kind': '429', 'retry_date': True},
  '429-silent': {'kind': '429'},
  '500': {'kind': '500'},
  '502': {'kind': '502'},
  '503-wait': {'kind': '503', 'retry_after': 1},
  '504-applied': {'kind': '504', 'applied': True},
  '423': {'kind': '423'},
  '429-applied': {'kind': '429', 'retry_after': 1, 'applied': True},
  'html': {'kind': 'html'},
  'drop': {'kind': 'drop'},
  'reset': {'kind': 'reset'},
  'lost': {'kind': 'lost'},
  'truncate': {'kind': 'truncate'},
  'malformed': {'kind': 'malformed'},
  'trickle': {'kind': 'trickle'},
  'slow': {'kind': 'latency', 'latency_ms': 1200},
  '401': {'kind': '401'},
  'expired-token': {'kind': 'expired-token'},
}
PARTS = {
  '429': {'kind': '429', 'retry_after': 1},
  '429-applied': {'kind': '429', 'retry_after': 1, 'applied': True},
  '503': {'kind': '503'},
  '500-applied': {'kind': '500', 'applied': True},
  '409': {'kind': '409'},
  '401': {'kind': '401'},
  'omit': {'kind': 'omit'},
}
SIGN_IN = (1, 2)  # the token, and OpenID discovery, which a run can do without: together, in either order
AT_LOGIN_FATAL = ('401', 'expired-token')  # the sign-in service says no: nothing to get over


def control(call, **body):
  return {'kind': 'meanwhile', 'call': call, 'body': json.dumps({'tenant': contoso.TENANT, **body})}


VICTIM = 'user00017@contoso.com'
OPEN_SUBSCRIPTION = '9b5d7a3e-62c8-4f1f-8d4e-3c9f80b2e1aa'
# What somebody else does: who is hurt by it. Nobody else may be.
MEANWHILE = {
  'user-deleted': (control('user', upn=VICTIM, set={'deleted': True}), {VICTIM}),
  'user-stripped': (control('user', upn=VICTIM, set={'licenses': []}), {VICTIM}),
  'user-moved-on': (control('user', upn=VICTIM, set={'usage_location': 'GB'}), {VICTIM}),
}


def with_fault(stage, fault, settings):
  def play(point):
    with stage.play(**settings) as scene:
      match = fault.get('match', {'whole': True})
      scene.twin.control('fault', **{**fault, 'match': {**match, 'nth': point}})
      first = scene.apply()
      allowed = {harness.WAITING}
      if point in SIGN_IN and fault.get('kind') in AT_LOGIN_FATAL and 'match' not in fault:
        allowed |= {harness.AUTH, harness.ERROR}
      if first.status not in allowed:
        raise AssertionError(f'not got over:\n{first}')
      scene.go_on()
      scene.check()
  return play


def meanwhile(stage, fault, hurt, settings):
  """Whatever somebody else does to one user, and whenever: all others are moved, and he is told by name."""
  def play(point):
    with stage.play(**settings) as scene:
      scene.twin.control('fault', **{**fault, 'match': {'nth': point, 'whole': True}})
      first = scene.apply()
      if first.status not in (harness.PARTIAL, harness.STALE, harness.WAITING):
        raise AssertionError(f'unexpected end:\n{first}')
      wanted, found = stage.wanted, scene.result()
      if first.status != harness.STALE:
        for part in ('tenant', 'successes'):
          others = {key for key in wanted[part] if wanted[part][key] != found[part].get(key)} - hurt
          if others:
            raise AssertionError(f'{part}: others were hurt: {sorted(others)}\n{first}')
      elif scene.twin.assigns():
        raise AssertionError('stale, and yet something was written')
      if first.status != harness.WAITING and VICTIM not in first.err:
        raise AssertionError(f'the user is not named:\n{first}')
      if any(count[0] > 1 for count in scene.twin.assigns().values()):
        raise AssertionError('asked more than once')
  return play


def count(stage, settings):
  with stage.play(**settings) as scene:
    scene.apply(expect=harness.WAITING)
    counters = scene.twin.counters()
    parts = sum(len(entry['parts']) for entry in scene.twin.log())
    return counters['requests'], parts


def sweeps(stage, wants):
  lagging, old_lists = {'replica_lag_ms': 1200}, {'listing_lag_ms': 5000}
  for settings, label in (({}, ''), (lagging, '-lagging'), (old_lists, '-old-lists')):
    requests, parts = count(stage, settings)
    for name, fault in ENVELOPES.items():
      if label and name not in ('lost', '504-applied', 'malformed'):
        continue
      if wants(f'request-{name}{label}'):
        yield f'request-{name}{label}', range(1, requests + 1), with_fault(stage, fault, settings)
    for name, fault in PARTS.items():
      if label and name not in ('omit', '500-applied'):
        continue
      part = {**fault, 'match': {'path': '/users/*'}}
      if wants(f'part-{name}{label}'):
        yield f'part-{name}{label}', range(1, parts + 1), with_fault(stage, part, settings)
  for settings, label in (({}, ''), (old_lists, '-old-lists')):
    requests, _ = count(stage, settings)
    for name, (fault, hurt) in MEANWHILE.items():
      if wants(f'meanwhile-{name}{label}'):
        yield f'meanwhile-{name}{label}', range(1, requests + 1), meanwhile(stage, fault, hurt, settings)


if __name__ == '__main__':
  sys.exit(sweep.main(sweeps))
