"""The look at everybody before the first write: few requests, and whoever looks wrong is looked at again."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'sweep'))

import sweep  # noqa: E402
from sweep import contoso, harness  # noqa: E402

OTHERS = ['KAIZALA_O365_P2']  # off, where the plan expects nothing to be off


class FirstLook(harness.TestCase):

  @classmethod
  def setUpClass(cls):
    cls.stage = sweep.Stage()
    cls.addClassCleanup(cls.stage.close)

  def set(self, scene, number, **changes):
    scene.twin.control('user', tenant=contoso.TENANT, upn=f'user{number:05}@contoso.com', set=changes)

  def test_holders_are_listed(self):
    """One page shows all 30: nobody is asked for by id before the read that precedes the writes."""
    with self.stage.play() as scene:
      scene.apply(expect=harness.WAITING)
      calls = scene.twin.counters()['calls']
      self.assertEqual(calls['GET users'], 2)  # the other is for the gate before the hand step
      # Three get a location, which their licence comes after: two looks for each of 33 actions.
      self.assertEqual(calls['GET users/{}'], 2 * 33)
      scene.check()

  def test_whoever_is_not_listed_is_asked_for(self):
    """Somebody else moved one of them: by the listing not a holder, and just as the plan wants it."""
    with self.stage.play() as scene:
      self.set(scene, 7, usage_location='US', licenses=[
        'FLOW_FREE', {'sku': 'ENTERPRISEPACK', 'disable': ['YAMMER_ENTERPRISE']}])
      scene.apply(expect=harness.WAITING)
      self.assertIn('already', scene.outcomes().values())
      self.assertNotIn('user00007@contoso.com', scene.twin.assigns())

  def test_renamed(self):
    """Users are addressed by id: the right one is changed, and whoever runs it is told of the name."""
    with self.stage.play() as scene:
      self.set(scene, 5, upn='adele.vance@contoso.com')
      result = scene.apply(expect=harness.WAITING)
      words = "renamed since the plan: the user is now 'adele.vance@contoso.com'"
      self.assertIn('user00005@contoso.com: verified: ' + words, result.err)
      self.assertEqual(result.err.count('renamed since'), 1)
      self.assertEqual(scene.twin.assigns()['adele.vance@contoso.com'], (1, 1))
      told = [row for row in map(json.loads, scene.journal.read_text().splitlines())
              if words in (row.get('detail') or '')]
      self.assertEqual([row['outcome'] for row in told], ['verified'])

  def test_gone(self):
    with self.stage.play() as scene:
      self.set(scene, 5, deleted=True)
      result = scene.apply(expect=harness.STALE)
      self.assertIn('user00005@contoso.com', result.out + result.err)
      self.assertEqual(scene.twin.writes(), 0)

  def test_somebody_changed(self):
    with self.stage.play() as scene:
      self.set(scene, 5, remove=['STANDARDPACK'], add=[{'sku': 'STANDARDPACK', 'disable': OTHERS}])
      result = scene.apply(expect=harness.STALE)
      self.assertIn('user00005@contoso.com', result.out + result.err)
      self.assertEqual(scene.twin.writes(), 0)

  def test_a_listing_that_is_older(self):
    """What the listing shows is not what the user's own record says: the record counts."""
    with self.stage.play() as scene:
      self.set(scene, 5, remove=['STANDARDPACK'], add=[{'sku': 'STANDARDPACK', 'disable': OTHERS}])
      back = {'tenant': contoso.TENANT, 'upn': 'user00005@contoso.com',
              'set': {'remove': ['STANDARDPACK'], 'add': ['STANDARDPACK']}}
      scene.twin.control('fault', kind='meanwhile', call='user', body=json.dumps(back),
                         match={'method': 'GET', 'path': '/users/*', 'nth': 1})
      scene.apply(expect=harness.WAITING)
      scene.check()


if __name__ == '__main__':
  harness.main()
