"""What no imitation of the service says by itself, at the n-th answer for every n: a gateway's page that looks
like success, statuses that nobody knows, batches with parts twice, missing or of another, old answers, links
to elsewhere, page tokens that have expired. And what others do: take the seats, cancel the subscription.
"""

import json
import sys
import threading

import sweep
from sweep import contoso, gateway, harness

PAGE = b'<html><head><title>Sign in to the network</title></head><body>Welcome to the hotel</body></html>'


class Nth:
  """Changes the n-th answer that fits; 0 counts only."""

  def __init__(self, point, fits, change):
    self.point, self.fits, self.change = point, fits, change
    self.seen, self.lock = 0, threading.Lock()

  def __call__(self, exchange):
    if not self.fits(exchange):
      return
    with self.lock:
      self.seen += 1
      if self.seen != self.point:
        return
    self.change(exchange)


# Which answers fit.

def whatever(_):
  return True


def batch(exchange):
  return exchange.is_batch


def written(exchange):
  return exchange.is_batch and exchange.writes


def listed(exchange):
  return not exchange.is_batch and 'value' in exchange.json()


def later_page(exchange):
  return 'skiptoken' in exchange.path


# What becomes of them.

def page(status):
  def change(exchange):
    exchange.status, exchange.body = status, PAGE
    exchange.headers = [('Content-Type', 'text/html')]
  return change


def body(data):
  def change(exchange):
    exchange.body = data
  return change


def status(number):
  def change(exchange):
    exchange.status = number
  return change


def responses(change_list):
  def change(exchange):
    answer = exchange.json()
    answer['responses'] = change_list(answer['responses'])
    exchange.put(answer)
  return change


def broken(part, number=500, **headers):
  return {'id': part['id'], 'status': number, 'headers': headers,
          'body': {'error': {'code': 'Broken', 'message': 'This answer is not the one.'}}}


def one(number, **headers):
  """The middle part is answered with another status; what was asked is done all the same."""
  def change(parts):
    middle = len(parts) // 2
    return parts[:middle] + [broken(parts[middle], number, **headers)] + parts[middle + 1:]
  return responses(change)


def of_another(parts):
  return parts + [dict(part, body=other.get('body')) for part, other in zip(parts, reversed(parts), strict=True)]


def foreign(parts):
  bodies = [part['body'] for part in parts if 'body' in part]
  strange = ['99', '-1', '', ' 0', '0x1', '18446744073709551616', 0, None, {'id': '0'}, ['0']]
  return [{'id': name, 'status': 200, 'body': bodies[0] if bodies else {}} for name in strange] + [None, 7, 'x'] + parts


def expired_page(exchange):
  exchange.status = 400
  exchange.put({'error': {'code': 'Directory_ExpiredPageToken', 'message': 'The page token has expired.'}})


# The run gets over these by itself: (which answers, what becomes of them).
PASSING = {
  'page-200': (whatever, page(200)), 'page-403-of-gateway': (written, page(502)),
  'empty-200': (whatever, body(b'')), 'null-200': (whatever, body(b'null')), 'list-200': (batch, body(b'[]')),
  'status-299': (whatever, status(299)), 'status-520': (whatever, page(520)), 'status-599': (whatever, page(599)),
  'batch-twice': (batch, responses(lambda parts: parts + [broken(part) for part in parts])),
  'batch-twice-and-broken-first': (batch, responses(lambda parts: [broken(part) for part in parts] + parts)),
  'batch-of-another': (batch, responses(of_another)),
  'batch-none': (batch, responses(lambda _: [])),
  'batch-without': (batch, body(b'{}')),
  'batch-but-one': (batch, responses(lambda parts: parts[1:])),
  'batch-backwards': (batch, responses(lambda parts: parts[::-1])),
  'batch-foreign': (batch, responses(foreign)),
  'part-0': (batch, one(0)), 'part-600': (batch, one(600)), 'part-text': (batch, one('200')),
  'part-599': (batch, one(599)), 'part-429-soon': (batch, one(429, **{'Retry-After': 'soon'})),
  'part-429-negative': (batch, one(429, **{'retry-after': '-5'})),
  'part-429-number': (batch, one(429, **{'Retry-After': 1})),
  'part-409': (batch, one(409)), 'part-423': (batch, one(423)),
  'expired-page-token': (later_page, expired_page),
}
# These are a refusal or nothing that a run may go on with: it ends, says why, and the next one goes on.
STOPPING = {
  'status-418': (whatever, page(418), '418'),
  'status-304': (whatever, page(304), '304'),
  'part-418': (batch, one(418), 'This answer is not the one'),
}


def reached(scene, alter, *args, expect=None):
  with gateway.Gateway(scene.twin, alter) as between:
    return scene.apply(*args, expect=expect, env=between.env())


def passing(stage, settings, fits, change):
  def play(point):
    with stage.play(**settings) as scene:
      reached(scene, Nth(point, fits, change), expect=harness.WAITING)
      scene.check()
  return play


def stopping(stage, settings, fits, change, pattern):
  def play(point):
    with stage.play(**settings) as scene:
      first = reached(scene, Nth(point, fits, change))
      if first.status not in (harness.WAITING, harness.PARTIAL, harness.ERROR, harness.INCOMPLETE):
        raise AssertionError(f'unexpected end:\n{first}')
      if first.status != harness.WAITING and not pattern in first.err:
        raise AssertionError(f'does not say why:\n{first}')
      scene.go_on()
      # What a look of the next run finds as it should be may be told as found, not as done.
      scene.check(journal=False)
  return play


def count(stage, fits, settings):
  counting = Nth(0, fits, None)
  with stage.play(**settings) as scene:
    reached(scene, counting, expect=harness.WAITING)
  return counting.seen


def sweeps(stage, wants):
  counts = {}
  rows = [(name, fits, passing, (change,)) for name, (fits, change) in PASSING.items()]
  rows += [(name, fits, stopping, (change, pattern)) for name, (fits, change, pattern) in STOPPING.items()]
  for name, fits, kind, more in rows:
    if not wants(name):
      continue
    settings = {'page_size': 1} if fits == later_page else {}
    if fits not in counts:
      counts[fits] = count(stage, fits, settings)
    yield name, range(1, counts[fits] + 1), kind(stage, settings, fits, *more)


if __name__ == '__main__':
  sys.exit(sweep.main(sweeps))
