"""Looks at everybody, before the first write and around each: few requests, and whoever looks wrong is looked at again."""

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
    """One page shows all 30: only the canary and the three who get a location, which their licence comes after,
    are asked for by id."""
    with self.stage.play() as scene:
      scene.apply(expect=harness.WAITING)
      calls = scene.twin.counters()['calls']
      # Before the first write, before the second wave, after it; and for the gate who holds the old SKU, who the new.
      self.assertEqual(calls['GET users'], 5)
      # With the start, and once for the gate: who depends on the old SKU is asked together with who is served.
      self.assertEqual(calls['GET subscribedSkus'], 2)
      # A location comes after the canary, and is looked at again before it is written.
      self.assertEqual(calls['GET users/{}'], 2 + 3 * 3)
      scene.check()

  def test_afterwards_too(self):
    """Whether the tenant still matches is seen in the lists as well; only who holds neither SKU is asked for alone."""
    with self.stage.play() as scene:
      scene.apply(expect=harness.WAITING)
      scene.twin.control('clear')
      scene.ws.run('drift', 'contoso', expect=harness.OK)
      calls = scene.twin.counters()['calls']
      self.assertEqual(calls['GET users/{}'], 1)
      self.assertEqual(calls['GET users'], 2)

  def test_lists_that_lag(self):
    """Lists show what was five seconds ago: nobody is verified by them too early, or written twice."""
    with self.stage.play(listing_lag_ms=5000) as scene:
      scene.apply(expect=harness.WAITING)
      scene.check()
      shown = scene.twin.counters()['calls']['GET users']
      self.assertGreater(shown, 5)

  def test_lists_that_are_refused(self):
    """After the first look they are: then each is asked for alone."""
    with self.stage.play() as scene:
      scene.twin.control('fault', kind='400', match={'method': 'GET', 'path': '/users', 'nth': 2, 'count': 2})
      scene.apply(expect=harness.WAITING)
      scene.check()
      self.assertGreaterEqual(scene.twin.counters()['calls']['GET users/{}'], 2 * 33)

  def test_whoever_is_not_listed_is_asked_for(self):
    """Somebody else moved one of them: by the listing not a holder, and just as the plan wants it."""
    with self.stage.play() as scene:
      self.set(scene, 7, usage_location='US', licenses=[
        'FLOW_FREE', {'sku': 'ENTERPRISEPACK', 'disable': ['YAMMER_ENTERPRISE']}])
      scene.apply(expect=harness.WAITING)
      self.assertIn('already', scene.outcomes().values())
      self.assertNotIn('user00007@contoso.com', scene.twin.assigns())

  def test_renamed(self):
    """What was reviewed is a name, and under another one the account may be a protected one: plan again."""
    with self.stage.play() as scene:
      self.set(scene, 5, upn='adele.vance@contoso.com')
      result = scene.apply(expect=harness.STALE)
      words = "renamed since the plan: the user is now 'adele.vance@contoso.com'; plan again"
      self.assertIn('user00005@contoso.com: ' + words, result.err)
      self.assertEqual(scene.twin.writes(), 0)

  def test_renamed_meanwhile(self):
    """After the first look, before the write: that action stops, and nothing is sent for it."""
    with self.stage.play() as scene:
      body = json.dumps({'tenant': contoso.TENANT, 'upn': 'user00005@contoso.com',
                         'set': {'upn': 'adele.vance@contoso.com'}})
      scene.twin.control('fault', kind='meanwhile', call='user', body=body,
                         match={'method': 'POST', 'path': '/users/*/assignLicense', 'nth': 1})
      result = scene.apply(expect=harness.PARTIAL)
      words = "renamed since the plan: the user is now 'adele.vance@contoso.com'; plan again"
      told = [row for row in map(json.loads, scene.journal.read_text().splitlines())
              if words in (row.get('detail') or '')]
      self.assertEqual([row['outcome'] for row in told], ['stale'], result)
      self.assertNotIn('adele.vance@contoso.com', scene.twin.assigns())

  def test_renamed_to_the_name_of_somebody_protected(self):
    """The name that a reviewer saw was harmless; the account that has the id is not."""
    with self.stage.play() as scene:
      scene.ws.write('seatshift.yaml', contoso.POLICY + 'protected: [breakglass@contoso.com]\n')
      plan = scene.ws.run_json('plan', 'contoso', expect=harness.OK)
      self.set(scene, 8, upn='breakglass@contoso.com')
      result = scene.ws.run('apply', plan['id'], '--yes', expect=harness.STALE)
      self.assertIn("the user is now 'breakglass@contoso.com'", result.err)
      self.assertEqual(scene.twin.writes(), 0)

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
