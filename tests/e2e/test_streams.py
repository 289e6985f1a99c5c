"""Standard streams that are closed, full or of the wrong kind: nothing goes astray, and a lost result is said."""

import json

import contoso
import harness
from looking import Looking

LOST = 'cannot write the result'


def shell(before):
  """Runs the command under a shell that has done something to the streams first."""
  return ('/bin/sh', '-c', f'exec {before}; exec "$0" "$@"')


class Streams(Looking):

  def run_under(self, before, *args, expect=None):
    process = self.ws.start(*args, under=shell(before) if before else ())
    result = self.ws.finish(process)
    self.assertGreaterEqual(result.status, 0, result)  # no signal
    if expect is not None:
      self.assertEqual(result.status, expect, result)
    return result

  def test_closed_in_every_combination(self):
    """Neither the journal nor the service gets what was meant for a person."""
    for closed in range(8):
      with self.subTest(closed=f'{closed:03b}'):
        self.ws.close()
        self.ws = harness.Workspace()
        self.addCleanup(self.ws.close)
        twin = self.start()
        before = ' '.join(name for bit, name in enumerate(('<&-', '>&-', '2>&-')) if closed >> bit & 1)
        plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
        result = self.run_under(before, 'apply', plan['id'], '--yes', '-v', expect=harness.WAITING)
        self.assertEqual(LOST in result.err, bool(closed & 2) and not closed & 4, result)
        lines = (self.folder(plan) / 'journal.jsonl').read_text().splitlines()
        self.assertEqual([json.loads(line)['seq'] for line in lines], list(range(1, len(lines) + 1)))
        self.ws.run('verify', plan['id'], expect=harness.OK)
        twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
        self.run_under(before, 'apply', plan['id'], '--yes', expect=harness.WAITING)
        self.assertEqual({tries for tries, _ in twin.assigns().values()}, {1})

  def test_a_result_that_could_not_be_written(self):
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    (self.ws.dir / 'readable').write_text('')
    for before in ('>&-', '>/dev/full', f'1<{self.ws.dir}/readable'):
      for args in (('show', plan['id']), ('show', plan['id'], '--format', 'json'), ('plan', 'contoso'), ('version',),
                   ('help',), ('status', '--offline'), ('verify', plan['id']), ('step', plan['id']),
                   ('plan', 'contoso', '--detailed-exitcode')):
        with self.subTest(before, args=args):
          result = self.run_under(before, *args, expect=harness.ERROR)
          self.assertIn(LOST, result.err)
          self.assertNotIn(': Success', result.err)
      # What failed before keeps its exit status, and the lost result is said as well.
      self.assertIn(LOST, self.run_under(before, 'apply', plan['id'], '--yes', expect=harness.WAITING).err)
      self.assertIn(LOST, self.run_under(before, 'show', 'ffff', '--format', 'json', expect=harness.INVALID).err)

  def test_into_a_file_that_is_full(self):
    self.start()
    result = self.ws.run('help', '--out', '/dev/full', expect=harness.ERROR)
    self.assertIn("cannot write the result to '/dev/full': No space left on device", result.err)

  def test_messages_that_nobody_hears(self):
    """They are lost, the result is not."""
    self.start()
    for before in ('2>&-', '2>/dev/full', '<&- 2>&-'):
      self.assertIn('Plan ', self.run_under(before, 'plan', 'contoso', '-v', expect=harness.OK).out)

  def test_a_limit_on_the_size_of_files(self):
    """SIGXFSZ would end a run between a request and its record; a write that fails does not."""
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    result = self.ws.finish(self.ws.start('apply', plan['id'], '--yes',
                                          under=('/bin/sh', '-c', 'ulimit -f 0; exec "$0" "$@"')))
    self.assertEqual(result.status, harness.ERROR, result)
    self.assertIn('File too large', result.err)
    self.assertEqual(twin.writes(), 0)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)

  def test_a_program_that_is_started_has_the_signals_as_ever(self):
    self.start()
    path = self.ws.repo / 'customers/contoso.yaml'
    tool = self.ws.dir / 'tool'
    tool.write_text(f'#!/bin/sh\ngrep SigIgn /proc/self/status > {self.ws.dir}/ignored\necho {contoso.KEY}\n')
    tool.chmod(0o755)
    path.write_text(path.read_text().replace('{env: CONTOSO_OPEN_KEY', f'{{command: [{tool}]'))
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    twin_env = {'SEATSHIFT_ACCESS_TOKEN': ''}
    process = self.ws.start('step', plan['id'], 'redeem-key', '--show-key', env=twin_env)
    shown = b''
    while b'code ' not in shown:
      line = process.stderr.readline()
      self.assertTrue(line, shown)
      shown += line
    self.last.control('device', user_code=shown.split(b'code ')[1].split()[0].decode(), tenant=contoso.TENANT)
    self.assertEqual(self.ws.finish(process).status, harness.OK)
    ignored = int((self.ws.dir / 'ignored').read_text().split()[1], 16)
    self.assertEqual(ignored & (1 << 12 | 1 << 24), 0)  # SIGPIPE, SIGXFSZ

  def start(self, **changes):
    self.last = super().start(**changes)
    return self.last


if __name__ == '__main__':
  harness.main()
