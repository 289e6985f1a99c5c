"""The bars, measured: seatshift against a bare libcurl program that makes the same requests, in turns.

Everything runs on loopback against the twin, with 20 ms of latency. Each figure is the median of --times
runs. The twin's own processor time is printed, since a twin that is busy would measure itself.
"""

import argparse
import csv
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'sweep'))

import sweep  # noqa: E402
from sweep import contoso, harness  # noqa: E402

BARE = os.environ.get('BENCH_BARE', '')
INSIDE = os.environ.get('BENCH_INSIDE', '')
LATENCY_MS, CONCURRENCY = 20, 4
SELECT = ('?$select=id,userPrincipalName,displayName,accountEnabled,userType,usageLocation,'
          'onPremisesSyncEnabled,assignedLicenses,licenseAssignmentStates')
TENANT_PATHS = ['/organization', '/directory/subscriptions', '/subscribedSkus']


def upn(number):
  return f'user{number:05}@contoso.com'


def catalog_plans(part_number):
  with (HERE.parent.parent / 'core/catalog.csv').open(newline='') as file:
    return next(row[3].split(';') for row in csv.reader(file) if row and row[0] == part_number)


# In this order, in one repository: what each command takes of people who all differ, and the status it ends with.
DIFFER = [(['validate'], harness.OK), (['plan', 'contoso', '-q'], harness.OK), (['verify', 'contoso'], harness.OK),
          *[(['show', 'contoso', '--format', face], harness.OK)
            for face in ('text', 'json', 'markdown', 'html', 'csv', 'powershell')],
          (['apply', 'contoso', '--yes', '-q'], harness.WAITING), (['status', 'contoso'], harness.OK),
          (['drift', 'contoso'], harness.OK), (['history', 'contoso'], harness.OK), (['undo', 'contoso'], harness.OK)]


class Bench:

  def __init__(self, given):
    self.given = given
    self.rows = []
    self.ws = harness.Workspace()
    self.documents = {}

  def document(self, users, others):
    """A twin's file, made once for each size: `users` hold the Advisor SKU, `others` do not."""
    if (users, others) not in self.documents:
      path = self.ws.dir / f'twin-{users}-{others}.json'
      made = sweep.document(users, others, latency_ms=LATENCY_MS)
      for user in made['tenants'][0]['users']:
        user['usage_location'] = 'US'  # so that every user is one write
      for subscription in made['tenants'][0]['subscriptions']:
        subscription['seats'] = max(users, self.given.users) + 5
      path.write_text(json.dumps(made))
      self.documents[users, others] = path
    return self.documents[users, others]

  def twin(self, users, others=3, **settings):
    twin = harness.Twin(self.document(users, others), self.ws)
    twin.__enter__()
    if settings:
      twin.control('settings', **settings)
    return twin

  def stop(self, twin):
    cpu = self.cpu(twin)
    twin.__exit__(None, None, None)
    return cpu

  @staticmethod
  def cpu(twin):
    fields = pathlib.Path(f'/proc/{twin.process.pid}/stat').read_text().split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf('SC_CLK_TCK')

  @staticmethod
  def token(twin):
    form = urllib.parse.urlencode({
      'grant_type': 'client_credentials', 'client_id': contoso.CLIENT, 'client_secret': contoso.SECRET,
      'scope': 'https://graph.microsoft.com/.default'}).encode()
    _, answer = twin.request('POST', f'/{contoso.TENANT}/oauth2/v2.0/token', form)
    return answer['access_token']

  def bare(self, twin, *args, concurrency=CONCURRENCY):
    done = subprocess.run([BARE, twin.url, self.token(twin), str(concurrency), *args], check=True,
                          capture_output=True, text=True)
    seconds, requests = done.stdout.split()
    return float(seconds), int(requests)

  def inside(self, twin, what, last):
    done = subprocess.run([INSIDE, what, twin.url, contoso.TENANT, self.token(twin), str(last)], check=True,
                          capture_output=True, text=True)
    seconds, count, peak = done.stdout.split()
    return float(seconds), int(count), int(peak)

  def names(self, users, what=upn):
    path = self.ws.dir / f'names-{what.__name__}-{users}'
    path.write_text(''.join(what(number) + '\n' for number in range(users)))
    return str(path)

  def repository(self, users, named=0, order='assign-first'):
    """contoso's repository in self.ws: everybody who holds the Advisor SKU, or `named` users by CSV."""
    for name in ('plans', '.seatshift', '.git'):
      shutil.rmtree(self.ws.repo / name, ignore_errors=True)
    text = contoso.customer(seats=users + 5, canary=upn(1))
    text = text.replace(f'canary: [{upn(1)}]\n', '')
    if named:
      self.ws.write('customers/users.csv', 'upn\n' + ''.join(upn(n) + '\n' for n in range(named)))
      text = text.replace('- holders_of: advisor', '- csv: users.csv')
    self.ws.write('seatshift.yaml', contoso.POLICY)
    self.ws.write('customers/contoso.yaml', text)
    self.ws.git_init()
    self.ws.git_commit('contoso: move to Open License')

  def timed(self, twin, *args, expect):
    self.ws.env = twin.env(AZURE_CLIENT_SECRET=contoso.SECRET, CONTOSO_OPEN_KEY=contoso.KEY)
    begun = time.monotonic()
    result = self.ws.run(*args, expect=expect, timeout=3600)
    return time.monotonic() - begun, result

  def row(self, what, bar, found, good, note=''):
    self.rows.append((what, bar, found, good, note))
    print(f'| {what} | {bar} | {found} | {"yes" if good else "NO"} | {note} |', flush=True)

  def ratio(self, what, bar, own, bare, note):
    own_s, bare_s = statistics.median(own), statistics.median(bare)
    self.row(what, f'{bar} x', f'{own_s / bare_s:.2f} x', own_s / bare_s <= bar,
             f'{own_s:.2f} s against {bare_s:.2f} s; {note}')

  # The rows.

  def plan_named(self, newcomers=False):
    """
    The bare program asks for each by name and lists who holds the Advisor SKU. Newcomers hold nothing, so
    there is no other way. Holders are in that list, and seatshift asks for nobody else: what the list alone
    takes is told as well.
    """
    users, named = self.given.tenant, self.given.users
    self.repository(named, named)
    own, bare, listing, requests, asked = [], [], [], 0, 0
    twin = self.twin(0 if newcomers else named, users if newcomers else users - named)
    begun = self.cpu(twin)
    for _ in range(self.given.times):
      shutil.rmtree(self.ws.repo / 'plans', ignore_errors=True)
      before = twin.counters()['requests']
      own.append(self.timed(twin, 'plan', 'contoso', '-q', expect=harness.OK)[0])
      requests = twin.counters()['requests'] - before
      seconds, asked = self.bare(twin, 'read', self.names(named), *TENANT_PATHS, self.holders())
      bare.append(seconds)
      listing.append(self.bare(twin, 'pages', *TENANT_PATHS, self.holders())[0])
    cpu = self.stop(twin) - begun
    self.ratio(f'plan {named} named users of {users}, {"who hold nothing" if newcomers else "who hold the Advisor SKU"}',
               1.25, own, bare, f'{requests} requests against {asked}; listing alone takes '
               f'{statistics.median(listing):.2f} s; the twin was busy '
               f'{cpu / (sum(own) + sum(bare) + sum(listing)):.0%}')

  def plan_newcomers(self):
    self.plan_named(newcomers=True)

  @staticmethod
  def holders():
    return ('/users?$filter=assignedLicenses/any(x:x/skuId%20eq%20' + contoso.STANDARDPACK + ')&' + SELECT[1:] +
            '&$top=999')

  def read_all(self):
    users = self.given.tenant
    twin = self.twin(users)
    begun, own, bare, peak, found = self.cpu(twin), [], [], 0, 0
    for _ in range(self.given.times):
      seconds, found, peak = self.inside(twin, 'read', contoso.STANDARDPACK)
      own.append(seconds)
      bare.append(self.bare(twin, 'pages', self.holders())[0])
    cpu = self.stop(twin) - begun
    self.ratio(f'read all {found} users', 1.15, own, bare,
               f'the twin was busy {cpu / (sum(own) + sum(bare)):.0%}')
    self.row('memory for that, at its peak', '96 MiB', f'{peak / 1024:.0f} MiB', peak < 96 * 1024)

  def apply_swaps(self):
    users = self.given.users
    self.repository(users)
    own, bare, script, peer, note, asked = [], [], [], [], '', 0
    for _ in range(self.given.times):
      shutil.rmtree(self.ws.repo / 'plans', ignore_errors=True)
      twin = self.twin(users)
      plan = self.timed(twin, 'plan', 'contoso', '--format', 'json', expect=harness.OK)[1].json
      twin.control('clear')
      begun = self.cpu(twin)
      seconds, _ = self.timed(twin, 'apply', plan['id'], '--yes', '-q', expect=harness.WAITING)
      counters = twin.counters()
      cpu = self.cpu(twin) - begun
      own.append(seconds)
      calls = counters['calls']
      note = (f'{counters["requests"]} requests, {counters["tokens"]} token, {counters["writes"]} writes, '
              f'{sum(n for call, n in calls.items() if call.startswith("GET"))} reads; the twin was busy '
              f'{cpu / seconds:.0%}')
      self.stop(twin)
      ids = self.names(users, sweep.user_id)
      twin = self.twin(users)
      seconds, asked = self.bare(twin, 'swap', ids, contoso.ENTERPRISEPACK, contoso.STANDARDPACK, *TENANT_PATHS,
                                 self.holders())
      bare.append(seconds)
      self.stop(twin)
      for found, in_flight in ((script, 1), (peer, 4)):
        twin = self.twin(users)
        found.append(self.bare(twin, 'write', ids, contoso.ENTERPRISEPACK, contoso.STANDARDPACK,
                               concurrency=in_flight)[0])
        self.stop(twin)
    self.ratio(f'apply {users} swaps', 1.2, own, bare, f'{note}; {asked} requests of the bare program')
    self.ratio('the same against a script that posts batch after batch and verifies nothing', 1.0, own, script,
               'the script has one request in flight')
    self.ratio('the same against a script with four batches in flight', 1.0, own, peer,
               'it signs in beforehand, looks at nothing and keeps no journal')

  def token_bucket(self):
    self.bucket(f'token bucket, {self.given.rate} writes a second: rate used', self.given.rate,
                writes=self.given.rate * 10, writes_window_ms=10000, resource_units=1000000)

  def unit_bucket(self):
    rate = 2 * self.given.rate
    self.bucket(f'token bucket, {rate} units a second, reads count too: rate used', rate,
                writes=1000000, writes_window_ms=10000, resource_units=rate * 10, window_ms=10000)

  def bucket(self, what, rate, **settings):
    """A bucket of `rate` a second; it begins full, and what is in it at first is not counted."""
    users, window_s = self.given.bucket_users, 10
    self.repository(users)
    shutil.rmtree(self.ws.repo / 'plans', ignore_errors=True)
    twin = self.twin(users)
    plan = self.timed(twin, 'plan', 'contoso', '--format', 'json', expect=harness.OK)[1].json
    twin.control('clear')
    twin.control('settings', throttle=True, **settings)
    self.timed(twin, 'apply', plan['id'], '--yes', '-q', expect=harness.WAITING)
    counters, log = twin.counters(), twin.log()
    self.stop(twin)
    times = [entry['at_ms'] for entry in log for part in entry['parts']
             if part['method'] != 'GET' and part['status'] < 300]
    spent_s = (max(times) - min(times)) / 1000
    allowed = rate * window_s + rate * spent_s
    used, refused = len(times) / allowed, counters['throttled'] / counters['parts']
    self.row(what, '95 %', f'{used:.1%}', used >= 0.95,
             f'{len(times)} writes in {spent_s:.1f} s')
    self.row('requests refused meanwhile', '1 %', f'{refused:.2%}', refused < 0.01,
             f'{counters["throttled"]} of {counters["parts"]} parts')

  def round_trips(self):
    """25 people and 200 ms, as most customers are: how often a command waits for an answer before it asks on."""
    global LATENCY_MS
    latency, LATENCY_MS = LATENCY_MS, 200
    self.repository(25)
    self.documents.clear()
    twin = self.twin(25)
    rows = [('plan', 4, ['plan', 'contoso', '-q'], harness.OK),
            ('apply to the first gate', 8, ['apply', 'contoso', '--yes', '-q'], harness.WAITING),
            ('status', 3, ['status', 'contoso'], harness.OK),
            ('gate to end', 4, ['apply', 'contoso', '--yes', '-q'], harness.OK)]
    for what, bar, words, expect in rows:
      if what == 'gate to end':
        twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
      twin.control('clear')
      seconds = self.timed(twin, *words, expect=expect)[0]
      waits = self.count_waits(entry['at_ms'] for entry in twin.log())
      self.row(f'25 people, 200 ms: {what}', bar, waits, waits <= bar, f'{seconds:.2f} s')
    self.stop(twin)
    self.documents.clear()
    LATENCY_MS = latency

  @staticmethod
  def count_waits(times):
    """Requests that begin within half a wait of each other go out together."""
    waits, begun = 0, None
    for at in times:
      if begun is None or at - begun > LATENCY_MS / 2:
        waits, begun = waits + 1, at
    return waits

  def compute(self):
    found = []
    for users in (self.given.tenant // 4, self.given.tenant // 2, self.given.tenant):
      self.repository(users)
      twin = self.twin(users, latency_ms=0)
      runs = [self.inside(twin, 'plan', self.ws.repo) for _ in range(self.given.times)]
      found.append((users, statistics.median(run[0] for run in runs)))
      self.stop(twin)
    text = ', '.join(f'{users}: {seconds:.2f} s' for users, seconds in found)
    self.row(f'plan computation, {users} users', '1 s', f'{found[-1][1]:.2f} s', found[-1][1] < 1, text)
    self.row('... grows like the number of users', 'linear',
             f'{found[-1][1] / max(found[0][1], 0.001):.1f} x for 4 x',
             found[-1][1] / max(found[0][1], 0.001) < 5.5)

  def differ(self):
    """People whose service plans differ: processor time, memory and file sizes, and how they grow."""
    before = {}
    for users in (self.given.tenant // 100, self.given.tenant // 10, self.given.tenant):
      twin = self.differing(users)
      self.repository(users)
      self.ws.env = twin.env(AZURE_CLIENT_SECRET=contoso.SECRET, CONTOSO_OPEN_KEY=contoso.KEY)
      found = {' '.join(words): self.used(*words, expect=expect) for words, expect in DIFFER}
      self.stop(twin)
      folder = next(path for path in (self.ws.repo / 'plans/contoso').iterdir() if (path / 'journal.jsonl').exists())
      sizes = ', '.join(f'{name} {(folder / name).stat().st_size / 1e6:.1f} MB' for name in ('plan.json', 'snapshot.json'))
      for what, (seconds, mib) in found.items():
        growth = seconds / max(before.get(what, (seconds, 0))[0], 0.01)
        bar = (5 if what.startswith('plan') else 2 if what.startswith('show') else None) if users == self.given.tenant else None
        self.row(f'{what}, {users} people who differ', f'{bar} s, 256 MiB' if bar else '-',
                 f'{seconds:.2f} s, {mib:.0f} MiB', growth < 11 and (not bar or (seconds < bar and mib < 256)),
                 f'{growth:.1f} x the time; {sizes}')
      before = found

  def differing(self, users):
    """Hardly two have the same services off: up to 16 of those of the Advisor SKU."""
    dice = random.Random(1)
    plans = [name for name in catalog_plans('STANDARDPACK') if not name.startswith(('EXCHANGE', 'SHAREPOINT', 'INTUNE'))]
    made = sweep.document(users, 0, latency_ms=0)
    for user in made['tenants'][0]['users']:
      off = dice.sample(plans, dice.randint(0, 16))
      user['licenses'] = ['FLOW_FREE', {'sku': 'STANDARDPACK', 'disable': sorted(off)}]
      user['usage_location'] = dice.choice(('US', 'GB', 'DE'))
    for subscription in made['tenants'][0]['subscriptions']:
      subscription['seats'] = users + 5
    path = self.ws.dir / f'twin-differ-{users}.json'
    path.write_text(json.dumps(made))
    twin = harness.Twin(path, self.ws)
    twin.__enter__()
    return twin

  def used(self, *args, expect):
    """(processor time in seconds, peak memory in MiB)"""
    done = subprocess.run([sys.executable, str(HERE / 'used.py'), os.environ['SEATSHIFT'], '-C', str(self.ws.repo), *args],
                          stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, **self.ws.env})
    status, seconds, kib = done.stdout.split()
    if int(status) != expect:
      sys.exit(f'{args}: status {status}')
    return float(seconds), int(kib) / 1024

  def small(self):
    self.repository(self.given.users, self.given.users)
    for what, args, bar_ms in ((f'validate a file of {self.given.users} users', ['validate'], 50),
                               ('version', ['version'], 10)):
      times = []
      for _ in range(self.given.times * 5):
        begun = time.monotonic()
        self.ws.run(*args, expect=harness.OK)
        times.append((time.monotonic() - begun) * 1000)
      found = min(times)  # anything above it is the machine's other work
      self.row(what, f'{bar_ms} ms', f'{found:.0f} ms', found < bar_ms, 'starting a process included')


ROWS = ['plan_named', 'plan_newcomers', 'read_all', 'apply_swaps', 'token_bucket', 'unit_bucket', 'round_trips',
        'compute', 'differ', 'small']


def main():
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument('--times', type=int, default=3)
  parser.add_argument('--users', type=int, default=10000)
  parser.add_argument('--tenant', type=int, default=100000)
  parser.add_argument('--bucket-users', type=int, default=10000)
  parser.add_argument('--rate', type=int, default=100)
  parser.add_argument('--only', default='', help='only the row of this name: ' + ', '.join(ROWS))
  given = parser.parse_args()
  bench = Bench(given)
  print('| what | bar | found | holds | |\n| --- | --- | --- | --- | --- |', flush=True)
  try:
    for row in ROWS:
      if given.only in row:
        getattr(bench, row)()
  finally:
    bench.ws.close()
  return 0 if all(row[3] for row in bench.rows) else 1


if __name__ == '__main__':
  sys.exit(main())
