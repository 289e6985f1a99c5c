"""What others do in the middle of a run, before the n-th answer for every n: they take the seats, cancel the
Advisor subscription early, serve old replicas, answer every change with a conflict, point to elsewhere.

Nobody may end with neither licence, whoever was hurt is told by name and why, and once it is set right, the
next run goes on to the end of the undisturbed one.
"""

import http.server
import sys
import threading

import meddle
import sweep
from sweep import contoso, harness

OTHERS = 12  # people outside the plan who could take the five seats that are to spare, and some of the plan's


def served(scene):
  """UPN -> the two SKUs of the move that somebody of the plan has."""
  both = {contoso.STANDARDPACK, contoso.ENTERPRISEPACK}
  return {upn: both & set(licenses) for upn, licenses in scene.twin.licenses(contoso.TENANT).items()
          if upn < f'user{scene.stage.users:05}'}


def nobody_is_without(scene, first):
  bad = {upn: skus for upn, skus in served(scene).items() if len(skus) != 1}
  if bad:
    raise AssertionError(f'without a licence, or with both: {bad}\n{first}')


def named(scene, first, pattern):
  """Everybody whose change failed is named on a line that says why; the others wait for them, or are moved."""
  lines = first.err.splitlines()
  outcomes = scene.outcomes()
  failed = [row for row in first.json['actions'] if row['outcome'] not in ('verified', 'already', 'blocked')]
  if not failed:
    raise AssertionError(f'nobody failed, and yet somebody was not moved:\n{first}')
  for row in failed:
    if not any(row['id'] in line and 'contoso.com: failed' in line and pattern in line.lower() for line in lines):
      raise AssertionError(f'{row["id"]} failed, and nobody is told why:\n{first}')
    if outcomes[row['id']] != row['outcome']:
      raise AssertionError(f'the journal tells something else of {row["id"]}:\n{first}')


def one(point, deed):
  return meddle.Nth(point, meddle.whatever, lambda exchange: deed())


def seats_taken(stage):
  def play(point):
    with stage.play() as scene:
      takers = [f'user{stage.users + number:05}@contoso.com' for number in range(OTHERS)]

      def change(what):
        for upn in takers:
          scene.twin.control('user', tenant=contoso.TENANT, upn=upn, set={what: ['ENTERPRISEPACK']})

      first = meddle.reached(scene, one(point, lambda: change('add')))
      nobody_is_without(scene, first)
      left = [upn for upn, skus in served(scene).items() if contoso.ENTERPRISEPACK not in skus]
      # Counted again before the first write: then nothing is written, since not all would have one.
      none = len(left) == stage.users and not scene.twin.assigns()
      wanted = harness.STALE if none else harness.PARTIAL if left else harness.WAITING
      if first.status != wanted:
        raise AssertionError(f'{len(left)} were not moved, expected {wanted}:\n{first}')
      if none and 'need 30 seats of ENTERPRISEPACK' not in first.err:
        raise AssertionError(f'the seats are not counted out:\n{first}')
      if left and not none:
        named(scene, first, 'no seat of')
      change('remove')
      scene.go_on()
      scene.check(once=False)
  return play


def cancelled_early(status, ends):
  """The distributor was quicker than the plan: everybody is moved all the same, and the step is found done."""
  def kind(stage):
    def play(point):
      with stage.play() as scene:
        first = meddle.reached(
          scene, one(point, lambda: scene.twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION, status)))
        nobody_is_without(scene, first)
        if first.status not in ends:
          raise AssertionError(f'expected one of {ends}:\n{first}')
        scene.ws.run('apply', stage.plan['id'], '--yes', expect=harness.OK)
        for part in ('tenant', 'successes'):
          if scene.result()[part] != stage.wanted[part]:
            raise AssertionError(f'{part} differs:\n{first}')
        if any(count[0] != 1 for count in scene.twin.assigns().values()):
          raise AssertionError('asked more than once')
    return play
  return kind


class Old:
  """From the n-th answer on, every second look at a user shows what the first one did, for as long as `times`."""

  def __init__(self, point, times):
    self.point, self.times = point, times
    self.first, self.shown, self.lock = {}, 0, threading.Lock()

  def __call__(self, exchange):
    if not exchange.is_batch or exchange.writes:
      return
    wanted = {part['id']: part['url'] for part in exchange.requests()}
    answer = exchange.json()
    with self.lock:
      for part in answer['responses']:
        before = self.first.setdefault(wanted[part['id']], part)
        if exchange.number >= self.point and exchange.number % 2 and self.shown < self.times:
          self.shown += 1
          part['body'] = before['body']
    exchange.put(answer)


def old_replicas(stage):
  def play(point):
    with stage.play() as scene:
      meddle.reached(scene, Old(point, 200), expect=harness.WAITING)
      scene.check()
  return play


def conflicts(stage):
  """Somebody else changes everybody all the time: 409 on changes, some times in a row, and at last for ever."""
  def play(point):
    with stage.play() as scene:
      forever = point > 2
      scene.twin.control('fault', kind='409', match={'path': '/users/*', 'method': 'POST',
                                                     'count': 0 if forever else point * 2})
      first = scene.apply(expect=harness.PARTIAL if forever else harness.WAITING)
      nobody_is_without(scene, first)
      if forever:
        named(scene, first, 'concurrent')
        scene.twin.control('clear')
      scene.go_on()
      scene.check()
  return play


class Elsewhere(http.server.ThreadingHTTPServer):
  """Another host; nobody is to come."""

  def __init__(self):
    super().__init__(('127.0.0.1', 0), http.server.BaseHTTPRequestHandler)
    self.visits = 0

  def verify_request(self, request, client_address):
    self.visits += 1
    return False


class Link:
  """The n-th list goes on at another place; so does the same list each time after that when it is for ever."""

  def __init__(self, point, make, forever):
    self.nth = meddle.Nth(point, meddle.listed, self.change)
    self.make, self.forever, self.path = make, forever, None

  def __call__(self, exchange):
    if self.forever and exchange.path == self.path:
      self.change(exchange)
    else:
      self.nth(exchange)

  def change(self, exchange):
    self.path = exchange.path
    exchange.put({**exchange.json(), '@odata.nextLink': self.make(exchange)})


def linked(stage, make, status, pattern, forever=False):
  def play(point):
    with stage.play() as scene, Elsewhere() as elsewhere:
      thread = threading.Thread(target=elsewhere.serve_forever, kwargs={'poll_interval': 0.05})
      thread.start()
      try:
        link = Link(point, lambda exchange: make(elsewhere, exchange), forever)
        first = meddle.reached(scene, link, expect=status)
      finally:
        elsewhere.shutdown()
        thread.join()
      if elsewhere.visits:
        raise AssertionError(f'went elsewhere:\n{first}')
      if pattern not in first.err:
        raise AssertionError(f'does not say why:\n{first}')
      scene.go_on()
      scene.check()
  return play


def to_another_host(stage):
  return linked(stage, lambda there, _: f'http://127.0.0.1:{there.server_port}/v1.0/users?$skiptoken=x',
                harness.WRONG_TENANT, 'refused to follow a link')


def to_another_version(stage):
  return linked(stage, lambda _, exchange: f'http://{exchange.host}/beta/users', harness.INCOMPLETE,
                'refused to follow a link')


def round_in_a_circle(stage):
  return linked(stage, lambda _, exchange: f'http://{exchange.host}{exchange.path}', harness.INCOMPLETE,
                'does not end', forever=True)


EARLY = (harness.OK, harness.WAITING)
SWEEPS = {
  'seats-taken': (seats_taken, meddle.whatever),
  'advisor-suspended': (cancelled_early('Suspended', EARLY), meddle.whatever),
  'advisor-locked-out': (cancelled_early('LockedOut', EARLY), meddle.whatever),
  'advisor-deleted': (cancelled_early('Deleted', EARLY), meddle.whatever),
  'advisor-gone': (cancelled_early('absent', EARLY), meddle.whatever),
  'old-replicas': (old_replicas, meddle.whatever),
  'conflicts': (conflicts, meddle.written),
  'link-to-another-host': (to_another_host, meddle.listed),
  'link-to-another-version': (to_another_version, meddle.listed),
  'link-in-a-circle': (round_in_a_circle, meddle.listed),
}


def sweeps(stage, wants):
  for name, (kind, fits) in SWEEPS.items():
    if wants(name):
      yield name, range(1, meddle.count(stage, fits, {}) + 1), kind(stage)


if __name__ == '__main__':
  sys.exit(sweep.main(sweeps, others=OTHERS))
