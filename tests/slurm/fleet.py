"""A fleet on Slurm, really run: waves, hand steps, faults, requeues, a node that is lost, and the controller killed
in the middle and started again. Afterwards every customer has ended as their journal says, with one write per person,
and tenants and journals are those of the same fleet carried out undisturbed on one machine.

Usage: fleet.py [--customers N]   200 by default
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'e2e'))

import cluster
import harness
import many
from test_fleet import FleetCase

CUSTOMERS = int(sys.argv[sys.argv.index('--customers') + 1]) if '--customers' in sys.argv else 200
SHARDS = min(12, CUSTOMERS)
EVERY_HAND = 10  # every tenth waits for a person
LONGEST_S = 120 + 5 * CUSTOMERS  # for one submission, also on a busy machine
TEND_EVERY_S = 5
FLEET = '''\
version: 1
waves:
  - {name: pilot, share: 3}
  - {name: rest}
'''


class OnSlurm(FleetCase):

  def setUp(self):
    if cluster.missing():
      self.skipTest(cluster.missing())
    super().setUp()
    self.begin()

  def begin(self):
    self.start(CUSTOMERS, FLEET, hand=range(5, CUSTOMERS, EVERY_HAND))
    self.plan()

  def fault(self, kind, **more):
    self.server.control('fault', kind=kind, match={'path': '*', **more})

  def do_hand_steps(self, what):
    for number in sorted(self.hand):
      if what == 'redeem':
        self.server.redeem(many.tenant_id(number), 'ENTERPRISEPACK', many.HOLDERS)
      else:
        self.server.cancel(many.tenant_id(number), many.subscription(number))

  def counts(self):
    answer = self.ws.run_json('fleet', 'status', self.fleet)
    return {name: count for name, count in answer['counts'].items() if count}

  def ended(self):
    """How many have a journal that says so, without asking the program."""
    return sum('"outcome":"done"' in path.read_text() for path in self.ws.repo.glob('plans/*/*/journal.jsonl'))

  def story(self):
    """Customer -> what the journal says of each action, in the end."""
    told = {}
    for path in sorted(self.ws.repo.glob('plans/*/*/journal.jsonl')):
      last = {}
      for line in path.read_text().splitlines():
        entry = json.loads(line)
        if entry['event'] == 'ended':
          last[entry['actions'][0]] = 'verified' if entry['outcome'] == 'already' else entry['outcome']
      told[path.parent.parent.name] = last
    return told

  def tenants(self):
    return {many.name(number): self.server.licenses(many.tenant_id(number)) for number in range(CUSTOMERS)}

  def submit(self, slurm):
    env = {**self.ws.env, 'SEATSHIFT_WAIT': '3s', 'SEATSHIFT_REQUEUES': '20', 'no_proxy': '127.0.0.1',
           'PATH': f'{self.tools}:{cluster.PATH}', 'HOME': str(self.ws.home), 'GIT_CONFIG_NOSYSTEM': '1',
           **{name: value for name, value in os.environ.items() if name.endswith('SAN_OPTIONS')}}
    return slurm.submit(self.script, env, self.ws.repo)

  def until_idle(self, slurm, each=lambda: None):
    end = time.monotonic() + LONGEST_S
    tended = time.monotonic()
    while slurm.pending_or_running():
      self.assertLess(time.monotonic(), end, slurm.run('squeue', '-a', '-r', check=False) + self.logs())
      slurm.let_requeued_begin()
      if 'controller' in self.happened and time.monotonic() - tended > TEND_EVERY_S:
        slurm.tend()
        tended = time.monotonic()
      each()
      time.sleep(0.5)

  def logs(self):
    return '\n'.join(path.name + ':\n' + path.read_text()[-1500:] for path in sorted(self.ws.repo.glob('*.log')))

  def disturb(self, slurm):
    """Called again and again while the array runs; each disturbance once, when its time has come."""
    ended = self.ended()
    if 'controller' not in self.happened and ended >= CUSTOMERS // 8:
      self.happened.append('controller')
      slurm.kill_controller()
      time.sleep(2)
      slurm.start_controller()
      self.assertTrue(cluster.wait_until(lambda: slurm.run('sinfo', '-h', check=False), 60), 'it came back')
    elif 'node' not in self.happened and ended >= CUSTOMERS // 4:
      self.happened.append('node')
      slurm.lose_node('n3')
      time.sleep(2)
      slurm.start_node('n3')

  def test_disturbed_ends_as_undisturbed(self):
    self.tools = self.ws.dir / 'bin'
    self.tools.mkdir()
    (self.tools / 'seatshift').symlink_to(pathlib.Path(harness.BINARY).resolve())
    self.script = self.ws.dir / 'fleet.slurm.sh'
    self.script.write_text(self.ws.run('fleet', 'generate', 'slurm', self.fleet, '--shards', str(SHARDS),
                                       expect=harness.OK).out)
    self.happened = []
    self.fault('503', probability=2, seed=1, count=0)
    self.fault('429', probability=1, seed=2, count=0)
    self.fault('lost', probability=1, seed=3, count=0)
    self.server.control('settings', latency_ms=30)  # so that there is a middle
    with cluster.Cluster(self.ws.dir / 'slurm') as slurm:
      self.assertIn('to start at', self.ask_only(slurm))
      for _ in range(4):  # a slow array ends before the first wave is there
        self.submit(slurm)
        self.until_idle(slurm, lambda: self.disturb(slurm))
        if len(self.happened) == 2:
          break
      self.assertEqual(self.happened, ['controller', 'node'], self.logs())
      self.writes_before = self.server.assigns()
      self.server.control('clear')  # faults; and the counters with them
      for what in ('redeem', 'cancel', None):
        for _ in range(6):  # what waited behind a gate, or for a node, comes with the next submission
          self.submit(slurm)
          self.until_idle(slurm)
          left = self.counts()
          if set(left) <= {'done', 'waiting'}:
            break
        self.assertEqual(left, {'done': CUSTOMERS} if what is None or not self.hand else
                         {'done': CUSTOMERS - len(self.hand), 'waiting': len(self.hand)}, self.logs())
        if what:
          self.do_hand_steps(what)
    self.check()
    disturbed = self.story(), self.tenants()
    self.undisturbed()
    self.assertEqual(disturbed, (self.story(), self.tenants()))

  def ask_only(self, slurm):
    done = subprocess.run(['sbatch', '--test-only', str(self.script)], env={**slurm.env}, cwd=self.ws.repo,
                          capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr

  def check(self):
    successes = {}
    for counted in (self.writes_before, self.server.assigns()):
      for upn, (_, count) in counted.items():
        successes[upn] = successes.get(upn, 0) + count
    self.assertEqual(successes, {many.upn(number, person): 1 for number in range(CUSTOMERS)
                                 for person in range(many.HOLDERS)})
    self.assertEqual(self.ended(), CUSTOMERS)
    self.ws.run('fleet', 'gate', self.fleet, 'rest', expect=harness.OK)
    for number in range(0, CUSTOMERS, max(1, CUSTOMERS // 10)):
      self.ws.run('verify', many.name(number), expect=harness.OK)

  def undisturbed(self):
    """The same fleet on one machine, on a twin where nothing happens."""
    self.ws = harness.Workspace()
    self.addCleanup(self.ws.close)
    before, self.writes_before = self.fleet, {}
    self.begin()
    self.assertEqual(self.fleet, before, 'the same facts make the same fleet')
    self.apply(expect=harness.WAITING if self.hand else harness.OK)
    for what in ('redeem', 'cancel') if self.hand else ():
      self.do_hand_steps(what)
      self.ws.run('fleet', 'apply', self.fleet, '--yes', timeout=600)
    self.check()


del FleetCase

if __name__ == '__main__':
  signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # a test that takes too long ends its daemons as well
  sys.argv = sys.argv[:1]
  harness.main()
