"""What a run tells while it works: one line that is drawn again on a terminal, plain lines elsewhere, and events
for machines, each of a known shape."""

import json
import os
import pathlib
import re
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'sweep'))

import sweep  # noqa: E402
from sweep import contoso, harness  # noqa: E402

LINE = re.compile(r'(reading|writing|verifying|throttled): (\d+) of 33 verified'
                  r'(, the service asks to wait \d+ s)?(, about (?:\d+ min )?\d+ s left|, time left not known yet)?'
                  r'(, \d+\.\d a second)?(?:, (\d+) sent)?')
TEXT, NUMBER, TEXT_OR_NOT = (str,), (int,), (str, type(None))
OUTCOMES = {'done', 'nothing', 'waiting', 'partial', 'stale', 'interrupted', 'throttled', 'error'}
EVENTS = {
  'run-begin': {'actions': NUMBER, 'customer': TEXT, 'plan': TEXT, 'tenant': TEXT},
  'progress': {'left_ms': NUMBER, 'phase': TEXT, 'rate': NUMBER, 'sent': NUMBER, 'total': NUMBER,
               'verified': NUMBER, 'waiting_ms': NUMBER},
  'ended': {'action': TEXT, 'detail': TEXT_OR_NOT, 'kind': TEXT, 'outcome': TEXT, 'subject': TEXT_OR_NOT},
  'gate': {'action': TEXT, 'detail': TEXT_OR_NOT, 'kind': TEXT},
  'run-end': {'outcome': TEXT, 'requests': NUMBER, 'throttled': NUMBER},
}
FAILED = {'code': NUMBER, 'message': TEXT, 'name': TEXT, 'outcome': TEXT}
TIME = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z')


class Progress(harness.TestCase):

  @classmethod
  def setUpClass(cls):
    cls.stage = sweep.Stage()
    cls.addClassCleanup(cls.stage.close)

  def slow(self, scene):
    """Long enough to be seen: every change is refused for a second and a half."""
    scene.twin.control('settings', latency_ms=60)
    scene.twin.control('fault', kind='429', retry_after=2, match={'path': '/users/*/assignLicense', 'nth': 5})

  def on_terminal(self, scene, *args, columns=80):
    return scene.ws.on_terminal('apply', self.stage.plan['id'], '--yes', *args, streams=('stderr',), columns=columns,
                                env={'TERM': 'xterm'}, expect=harness.WAITING)

  def test_one_line_on_a_terminal(self):
    with self.stage.play() as scene:
      self.slow(scene)
      shown = self.on_terminal(scene)
      drawn = shown.split('\r\x1b[K')
      lines = [LINE.fullmatch(piece) for piece in drawn if LINE.match(piece)]
      self.assertGreater(len(lines), 3, shown)
      self.assertTrue(all(lines), shown)
      verified = [int(line[2]) for line in lines]
      self.assertEqual(verified, sorted(verified), 'does not go back')
      self.assertTrue(any(line[3] for line in lines), f'what it waits for: {shown}')
      # Nothing of it stays: what a person sees in the end has no line of progress left.
      left = [row.rsplit('\r\x1b[K')[-1] for row in shown.split('\r\n')]
      self.assertFalse([row for row in left if LINE.search(row)], shown)
      self.assertNotIn('\x1b[K', self.on_terminal(scene, '--quiet'))

  def test_it_never_wraps(self):
    """A line that is longer than the terminal is wide stays, and the next one is drawn below it."""
    for columns in (60, 20):
      with self.subTest(columns), self.stage.play() as scene:
        self.slow(scene)
        drawn = self.on_terminal(scene, columns=columns).split('\r\x1b[K')
        lines = [piece for piece in drawn if re.match('reading|writing|verifying|throttled', piece)]
        self.assertGreater(len(lines), 3, drawn)
        self.assertLess(max(map(len, lines)), columns)
        if columns == 60:
          self.assertTrue(all(LINE.fullmatch(line) for line in lines), f'whole parts: {lines}')

  def test_counts_when_resumed(self):
    with self.stage.play() as scene:
      scene.apply(expect=harness.WAITING)
      self.assertIn('resuming plan ' + self.stage.plan['id'] + ': 1 left of 34 actions',
                    scene.apply(expect=harness.WAITING).err)

  def test_plain_lines_elsewhere(self):
    with self.stage.play() as scene:
      self.slow(scene)
      result = scene.ws.run('apply', self.stage.plan['id'], '--yes', expect=harness.WAITING)
      self.assertNotIn('\x1b', result.err + result.out)
      self.assertNotIn('\r', result.err + result.out)
      lines = [line for line in result.err.splitlines() if LINE.match(line)]
      self.assertTrue(1 <= len(lines) <= 3, f'every five seconds: {result}')

  def check(self, lines):
    """Every line is a known event, whole; the last says how the run ended."""
    events = [json.loads(line) for line in lines]
    at = []
    for event in events:
      at.append(event.pop('at'))
      self.assertRegex(at[-1], TIME)
      self.assertEqual((event.pop('v'), event.pop('format')), (1, 'seatshift-events/1'))
      kind = event.pop('type')
      shape = FAILED if kind == 'run-end' and event['outcome'] == 'error' else EVENTS[kind]
      self.assertEqual(set(event), set(shape), kind)
      for name, value in event.items():
        self.assertIn(type(value), shape[name], (kind, name))
      event['type'] = kind
    self.assertEqual(at, sorted(at))
    self.assertEqual([event['type'] for event in events].count('run-begin'), 1)
    self.assertEqual(events[0]['type'], 'run-begin')
    self.assertEqual(events[-1]['type'], 'run-end')
    self.assertIn(events[-1]['outcome'], OUTCOMES)
    return events

  def test_events_through_a_pipe(self):
    with self.stage.play() as scene:
      self.slow(scene)
      ours, theirs = os.pipe()
      text = []
      with os.fdopen(ours) as source:
        reader = threading.Thread(target=lambda: text.append(source.read()))
        process = subprocess.Popen(
          [harness.BINARY, 'apply', self.stage.plan['id'], '--yes', '--events', f'fd:{theirs}'], cwd=scene.ws.repo,
          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=[theirs],
          env=harness.clean_env(scene.ws.env, scene.ws.home))
        os.close(theirs)
        reader.start()
        self.assertEqual(scene.ws.finish(process).status, harness.WAITING)
        reader.join(30)
      events = self.check(text[0].splitlines())
      self.assertEqual({event['type'] for event in events}, set(EVENTS))
      self.assertEqual(len([event for event in events if event['type'] == 'ended']), 33)
      self.assertTrue(any(event['type'] == 'progress' and event['waiting_ms'] > 0 for event in events))

  def test_events_of_runs_that_end_early(self):
    plays = (({'kind': '403', 'match': {'path': '/organization', 'nth': 2}}, 'error'),
             ({'kind': '400', 'match': {'path': '/users/*/assignLicense'}}, 'partial'))
    for fault, outcome in plays:
      with self.subTest(outcome), self.stage.play() as scene:
        scene.twin.control('fault', **fault)
        path = scene.ws.dir / 'events.jsonl'
        scene.apply('--events', path)
        self.assertEqual(self.check(path.read_text().splitlines())[-1]['outcome'], outcome)
        scene.ws.scan(contoso.KEY, contoso.SECRET, allowed=('twin.json',))


if __name__ == '__main__':
  harness.main()
