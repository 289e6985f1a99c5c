"""Who answers must be who was asked, and one answer that somebody is gone is none."""

import json
import urllib.parse

import contoso
import harness
from gateway import Gateway
from test_planning import ADELE, ALEX, BIANCA, GROUP, Planning, customer, document, user

SEATS = {'sku': 'ENTERPRISEPACK', 'seats': 10, 'created': contoso.CAME, 'ends': contoso.time(367)}
STRANGER = 'dddddddd-0000-4000-8000-00000000000d'
OTHERS = 'c0ffee00-0000-4000-8000-000000000009'


class Answers(Planning):

  def begin(self, entries=(ADELE, ALEX), groups=()):
    """Whoever holds the Advisor SKU is seen in a list; Adele, who holds nothing, is asked for alone."""
    users = [user(ADELE), user(ALEX) if groups else user(ALEX, licenses=['STANDARDPACK'])]
    doc = document([*users, user(BIANCA)], groups, subscriptions=[*contoso.tenant(0)['subscriptions'], SEATS])
    return self.start(doc, customer([*entries]))

  def ids(self, twin):
    return {row['upn']: row['id'] for row in twin.state(contoso.TENANT)['users']}

  def through(self, twin, change, when=lambda part: True):
    """A gateway that alters the bodies of the parts of batches that `when` picks out."""
    def alter(exchange):
      asked = {part['id']: part for part in exchange.requests()}
      if not asked:
        return
      answer = exchange.json()
      for part in answer['responses']:
        if asked[part['id']]['method'] == 'GET' and when(asked[part['id']]):
          change(part['body'])
      exchange.put(answer)
    gateway = Gateway(twin, alter)
    self.ws.env.update(gateway.env())
    return gateway

  def test_another_person_for_a_name(self):
    twin = self.begin()
    with self.through(twin, lambda body: body.update(userPrincipalName=BIANCA),
                      lambda part: f'/users/{ADELE}' in urllib.parse.unquote(part['url'])):
      result = self.ws.run('plan', 'contoso', expect=harness.INCOMPLETE)
    self.assertIn(f"Graph answered for '{BIANCA}' when asked for '{ADELE}'", result.err)
    self.assertFalse((self.ws.repo / 'plans').exists())

  def test_another_person_for_an_id(self):
    """At the first look, and once it has begun: nothing is written for somebody who may be another."""
    twin = self.begin()
    plan = self.plan()
    with self.through(twin, lambda body: body.update(id=STRANGER),
                      lambda part: self.ids(twin)[ADELE] in part['url']):
      result = self.ws.run('apply', plan['id'], '--yes', expect=harness.INCOMPLETE)
    self.assertIn(f"Graph answered for '{STRANGER}' when asked for", result.err)
    self.assertEqual(twin.writes(), 0)

  def test_another_person_at_the_look_before_the_write(self):
    """Everything that was read before was right."""
    twin = self.begin()
    plan = self.plan()
    asked = []

    def later(part):
      asked.append(part['url'])
      return self.ids(twin)[ADELE] in part['url'] and sum(self.ids(twin)[ADELE] in url for url in asked) > 1

    with self.through(twin, lambda body: body.update(id=STRANGER), later):
      result = self.ws.run('apply', plan['id'], '--yes')
    self.assertNotEqual(result.status, harness.WAITING)
    self.assertIn(f"Graph answered for '{STRANGER}' when asked for", result.err)
    self.assertEqual(twin.writes(), 0)

  def test_another_group_for_an_id(self):
    group = {'id': GROUP, 'name': 'Sales', 'members': [ADELE, ALEX], 'licenses': ['STANDARDPACK']}
    twin = self.begin([f'group: {GROUP}'], [group])
    with self.through(twin, lambda body: body.update(id=OTHERS), lambda part: f'/groups/{GROUP}' in part['url']):
      result = self.ws.run('plan', 'contoso', expect=harness.INCOMPLETE)
      self.assertIn(f"Graph answered for '{OTHERS}' when asked for '{GROUP}'", result.err)
    self.ws.env.update(twin.env())
    plan = self.plan()
    with self.through(twin, lambda body: body.update(id=OTHERS), lambda part: f'/groups/{GROUP}' in part['url']):
      self.ws.run('apply', plan['id'], '--yes', expect=harness.INCOMPLETE)
    self.assertEqual(twin.writes(), 0)

  def hide(self, twin, path, times, nth=1):
    """A replica that does not know it (yet)."""
    twin.control('fault', kind='404', match={'method': 'GET', 'path': path, 'nth': nth, 'count': times})

  def test_one_404_at_the_first_look(self):
    for nth in (1, 2):  # the look before all writes, and the one before this write
      with self.subTest(nth):
        self.setUp()
        twin = self.begin()
        plan = self.plan()
        self.hide(twin, f'/users/{self.ids(twin)[ADELE]}', 1, nth)
        self.apply(plan, harness.WAITING)
        self.assertEqual(twin.assigns(), {ADELE: (1, 1), ALEX: (1, 1)})

  def test_one_404_for_a_group(self):
    group = {'id': GROUP, 'name': 'Sales', 'members': [ADELE, ALEX], 'licenses': ['STANDARDPACK']}
    for nth in (1, 2, 3):
      with self.subTest(nth):
        self.setUp()
        twin = self.begin([f'group: {GROUP}'], [group])
        plan = self.plan()
        self.hide(twin, f'/groups/{GROUP}', 1, nth)
        self.apply(plan, harness.WAITING)

  def test_whoever_is_gone(self):
    """Every look agrees: the plan is stale, and after it has begun that action alone is."""
    twin = self.begin()
    plan = self.plan()
    self.hide(twin, f'/users/{self.ids(twin)[ADELE]}', 0)
    result = self.ws.run('apply', plan['id'], '--yes', expect=harness.STALE)
    self.assertIn(f'{ADELE}: the user is gone', result.err)
    twin.control('clear')
    self.hide(twin, f'/users/{self.ids(twin)[ADELE]}', 0, 2)  # after the first look
    rows = {row['id']: row for row in self.apply(plan, harness.PARTIAL)['actions']}
    outcomes = {action['subject']['upn']: rows[action['id']]['outcome'] for action in plan['actions']
                if action['by'] == 'graph'}
    self.assertEqual(outcomes, {ADELE: 'stale', ALEX: 'verified'})


if __name__ == '__main__':
  harness.main()
