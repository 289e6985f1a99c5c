"""How a run ends early, and what machines are told: deadline, signals while reading and writing, events,
a read-only disk, a journal that somebody edited."""

import json
import os
import pathlib
import signal
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'sweep'))

import sweep  # noqa: E402
from sweep import contoso, harness  # noqa: E402


class Ends(harness.TestCase):

  @classmethod
  def setUpClass(cls):
    cls.stage = sweep.Stage()
    cls.addClassCleanup(cls.stage.close)

  def events(self, path):
    return [json.loads(line) for line in path.read_text().splitlines()]

  def test_events(self):
    with self.stage.play() as scene:
      path = scene.ws.dir / 'events.jsonl'
      scene.apply('--events', path, expect=harness.WAITING)
      events = self.events(path)
      self.assertTrue(all(event['v'] == 1 and event['at'] for event in events))
      self.assertEqual(events[0]['type'], 'run-begin')
      self.assertEqual(events[-1]['type'], 'run-end')
      self.assertEqual(events[-1]['outcome'], 'waiting')
      ended = [event for event in events if event['type'] == 'ended']
      self.assertEqual({event['action']: event['outcome'] for event in ended}, scene.outcomes())
      self.assertTrue(any(event['type'] == 'gate' for event in events))
      self.assertTrue(any(event['type'] == 'progress' for event in events))
      scene.ws.scan(contoso.KEY, contoso.SECRET, allowed=('twin.json',))

  def test_events_to_a_descriptor(self):
    """A reader that has gone away does not stop a run."""
    with self.stage.play() as scene:
      result = scene.apply('--events', 'fd:77', expect=harness.INVALID)
      self.assertIn('fd:77', result.err)
      result = scene.apply('--events', '/dev/full', expect=harness.WAITING)
      self.assertIn('no more events', result.err)
      scene.check()

  def test_deadline(self):
    with self.stage.play() as scene:
      scene.twin.control('fault', kind='429', retry_after=1,
                         match={'path': '/users/*/assignLicense', 'count': 0})
      result = scene.apply('--deadline', '3s', expect=harness.THROTTLED)
      self.assertEqual(result.json['outcome'], 'throttled')
      scene.twin.control('clear')
      scene.go_on()
      scene.check(journal=True)

  def test_a_service_that_accepts_and_does_nothing(self):
    """Nothing was throttled: what was accepted and is not there is said, and is no success and no lack of time."""
    with self.stage.play() as scene:
      scene.twin.control('fault', kind='ignored', match={'path': '/users/*', 'method': 'PATCH', 'count': 0})
      scene.twin.control('fault', kind='ignored', match={'path': '/users/*/assignLicense', 'count': 0})
      for deadline in ('6s', '20s', '80s'):  # a slow machine may not come so far as to send anything
        result = scene.ws.run('apply', self.stage.plan['id'], '--yes', '--deadline', deadline)
        self.assertNotIn('throttled', result.out)
        if result.status != harness.THROTTLED:
          break
        self.assertIn('the deadline has passed', result.said)
      self.assertEqual(result.status, harness.PARTIAL, result)
      self.assertRegex(result.out, r'accepted by the service did not show when the\s+deadline passed')
      scene.twin.control('clear')
      scene.go_on()
      scene.check(journal=True)

  def test_deadline_while_reading(self):
    """In the look at everybody, and in the look before a write, which is asked for again and again."""
    for path in ('/users', '/users/*'):
      with self.subTest(path), self.stage.play() as scene:
        scene.twin.control('fault', kind='429', retry_after=2, match={'path': path, 'count': 0})
        begun = time.monotonic()
        result = scene.apply('--deadline', '2s', expect=harness.THROTTLED)
        self.assertLess(time.monotonic() - begun, 12)
        self.assertTrue('deadline' in result.err or result.json['outcome'] == 'throttled', result)
        self.assertEqual(scene.twin.writes(), 0)

  def test_signal_while_reading(self):
    for path in ('/users', '/users/*'):
      with self.subTest(path), self.stage.play() as scene:
        scene.twin.control('fault', kind='503', retry_after=60, match={'path': path, 'count': 0})
        process = scene.ws.start('apply', self.stage.plan['id'], '--yes')
        self.assertTrue(harness.wait_until(lambda s=scene: any(
          503 in [entry['status'], *(part['status'] for part in entry['parts'])] for entry in s.twin.log())))
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        result = scene.ws.finish(process)
        self.assertEqual(result.status, 130, result)
        self.assertLess(time.monotonic() - begun, 40)  # not the 60 s that the service asked for
        self.assertEqual(scene.twin.writes(), 0)

  def test_second_signal(self):
    """The first waits for what is in flight; the second does not, and nothing is lost."""
    with self.stage.play() as scene:
      scene.twin.control('fault', kind='latency', latency_ms=15000,
                         match={'path': '/users/*/assignLicense', 'nth': 2})
      process = scene.ws.start('apply', self.stage.plan['id'], '--yes')
      self.assertTrue(harness.wait_until(lambda: len(scene.twin.assigns()) > 1))
      process.send_signal(signal.SIGTERM)
      time.sleep(0.3)
      self.assertIsNone(process.poll(), 'waits for what is in flight')
      begun = time.monotonic()
      process.send_signal(signal.SIGTERM)
      self.assertEqual(scene.ws.finish(process).status, 130)
      self.assertLess(time.monotonic() - begun, 12)
      scene.go_on()
      scene.check()

  def test_edited_journal(self):
    with self.stage.play() as scene:
      scene.apply(expect=harness.WAITING)
      lines = scene.journal.read_text().splitlines(keepends=True)
      lines[4] = lines[4].replace('"seq":5', '"seq":7')
      scene.journal.write_text(''.join(lines))
      writes = scene.twin.writes()
      result = scene.apply(expect=harness.INVALID)
      self.assertRegex(result.err, r'journal\.jsonl.*(line |:)5')
      self.assertEqual(scene.twin.writes(), writes)

  @unittest.skipIf(os.geteuid() == 0, 'nothing is read-only for root')
  def test_read_only(self):
    with self.stage.play() as scene:
      folder = scene.journal.parent
      os.chmod(folder, 0o555)
      try:
        result = scene.apply(expect=harness.ERROR)
        self.assertIn('journal.jsonl', result.err)
        self.assertEqual(scene.twin.writes(), 0)
      finally:
        os.chmod(folder, 0o755)


if __name__ == '__main__':
  harness.main()
