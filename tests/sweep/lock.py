"""The lock, with the program itself: three clones race on a bare repository over file://, a holder whose lock is taken
away stops before its next write, and a lock is broken by its id only."""

import json
import os
import sys
import unittest

import sweep
from sweep import contoso, harness

CI = {'CI': 'true'}
FOREIGN = {'expires': '2099-01-01T00:00:00.000Z', 'host': 'elsewhere', 'id': '3d0f8c6b-4a3e-4b7d-9f1c-0e8d6a4f2b3c',
           'machine': '', 'process': 7, 'since': '2026-11-01T00:00:00.000Z', 'started': '', 'who': 'Adele Vance'}


class Lock(unittest.TestCase):

  @classmethod
  def setUpClass(cls):
    cls.stage = sweep.Stage()
    cls.addClassCleanup(cls.stage.close)

  def locks(self, scene):
    return scene.ws.repo / '.git' / 'seatshift' / 'locks' / 'contoso.lock'

  def hold(self, scene):
    path = self.locks(scene)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(FOREIGN) + '\n')
    return path

  def test_race_over_file(self):
    with self.stage.play(latency_ms=10) as scene:
      bare = scene.ws.dir / 'bare.git'
      scene.ws.git('clone', '-q', '--bare', str(scene.ws.repo), str(bare))
      runs = []
      for number in range(3):
        where = scene.ws.dir / f'clone{number}'
        scene.ws.git('clone', '-q', f'file://{bare}', str(where))
        for name, value in (('name', 'Alex Wilber'), ('email', 'alex.wilber@example.com')):
          scene.ws.git('-C', str(where), 'config', f'user.{name}', value)
        runs.append(where)
      runs = [scene.ws.start('apply', self.stage.plan['id'], '--yes', cwd=where, env=CI) for where in runs]
      results = [scene.ws.finish(run) for run in runs]
      self.assertEqual(sorted(it.status for it in results), [harness.WAITING, harness.LOCKED, harness.LOCKED], results)
      for result in results:
        if result.status == harness.LOCKED:
          self.assertRegex(result.err, r"'contoso' is locked by .* \(process \d+\) since |being taken by others")
      self.assertTrue(all(count == (1, 1) for count in scene.twin.assigns().values()))
      refs = scene.ws.git('--git-dir', str(bare), 'for-each-ref', '--format=%(refname)').split()
      self.assertEqual(refs, ['refs/heads/main'])
      scene.ws.git('--git-dir', str(bare), 'fsck', '--strict')

  @unittest.skipUnless(os.environ.get('SWEEP_KILLS'), 'a sanitizer wants to be loaded first')
  def test_lost_at_renewal(self):
    """Half way through it is five minutes later, and by then another holds the lock: nothing more is written."""
    with self.stage.play() as scene:
      later = scene.ws.dir / 'later'
      scene.twin.control('fault', kind='latency', latency_ms=3000, match={'path': '/users/*/assignLicense', 'nth': 2})
      process = scene.ws.start('apply', self.stage.plan['id'], '--yes', env=scene.shim(later_with=later))
      self.assertTrue(harness.wait_until(lambda: len(scene.twin.assigns()) >= 1))
      path = self.hold(scene)
      later.touch()
      result = scene.ws.finish(process)
      self.assertEqual(result.status, harness.LOCKED, result)
      self.assertIn("the lock of 'contoso' was lost", result.err)
      self.assertIn('Adele Vance on elsewhere', result.err)
      self.assertLess(len(scene.twin.assigns()), sweep.USERS)
      self.assertEqual(json.loads(path.read_text()), FOREIGN, 'the lock of another is left alone')
      writes = scene.twin.writes()
      self.assertEqual(scene.apply().status, harness.LOCKED)
      self.assertEqual(scene.twin.writes(), writes)
      path.unlink()
      scene.go_on()
      scene.check()

  @unittest.skipUnless(os.environ.get('SWEEP_KILLS'), 'a sanitizer wants to be loaded first')
  def test_renewed(self):
    with self.stage.play() as scene:
      later = scene.ws.dir / 'later'
      scene.twin.control('fault', kind='latency', latency_ms=1500, match={'path': '/users/*/assignLicense'})
      process = scene.ws.start('apply', self.stage.plan['id'], '--yes', env=scene.shim(later_with=later))
      self.assertTrue(harness.wait_until(lambda: len(scene.twin.assigns()) >= 1))
      before = json.loads(self.locks(scene).read_text())
      later.touch()
      self.assertTrue(harness.wait_until(lambda: json.loads(self.locks(scene).read_text() or '{}').get('expires', '')
                                         > before['expires'], 20))
      self.assertEqual(scene.ws.finish(process).status, harness.WAITING)
      self.assertFalse(self.locks(scene).exists())
      scene.check()

  def test_broken_by_id_only(self):
    with self.stage.play() as scene:
      path = self.hold(scene)
      result = scene.apply(expect=harness.LOCKED)
      self.assertRegex(result.err, 'locked by Adele Vance on elsewhere .process 7. since 2026-11-01')
      self.assertIn(FOREIGN['id'], result.err)
      for wrong in ('3d0f8c6b', '', 'contoso', FOREIGN['id'][:-1] + 'd'):
        result = scene.apply('--break-lock', wrong)
        self.assertIn(result.status, (harness.ERROR, harness.INVALID), result)
        self.assertTrue(path.exists())
      self.assertEqual(scene.twin.writes(), 0)
      scene.apply('--break-lock', FOREIGN['id'], expect=harness.WAITING)
      self.assertFalse(path.exists())
      scene.check()


if __name__ == '__main__':
  harness.main()
