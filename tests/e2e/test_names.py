"""Names on the command line: the repository from a subfolder, plans by customer and in any case, hand steps."""

import datetime
import os
import shutil

import contoso
import harness
from looking import Looking, customer, tenant


class FromASubfolder(Looking):

  def setUp(self):
    super().setUp()
    self.start()
    self.id = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    self.deep = self.ws.repo / 'plans/contoso' / self.id

  def test_every_command_finds_the_repository(self):
    for args in (['validate'], ['status', '--offline'], ['show', self.id], ['verify', self.id], ['step', self.id],
                 ['history', 'contoso'], ['plan', 'contoso'], ['show', 'plan.json'], ['show', '.'],
                 ['show', '../' + self.id], ['plan', '../../../customers/contoso.yaml'],
                 ['validate', '../../../customers/contoso.yaml']):
      with self.subTest(args):
        self.ws.run(*args, cwd=self.deep, expect=harness.OK)

  def test_a_customer_is_not_the_folder_of_that_name(self):
    plans = self.ws.repo / 'plans'
    self.assertIn(self.id, self.ws.run('show', 'contoso', cwd=plans, expect=harness.OK).out)
    self.ws.run('plan', 'contoso', cwd=plans, expect=harness.OK)

  def test_validate_takes_a_name_too(self):
    """As every other command does; a file of that name comes first."""
    for where in (self.ws.repo, self.deep):
      self.assertEqual(self.ws.run_json('validate', 'contoso', cwd=where, expect=harness.OK)['files'][0]['path'].split('/')[-2:],
                       ['customers', 'contoso.yaml'])
    result = self.ws.run('validate', 'contosso', expect=harness.INVALID)
    self.assertIn("there is no customer 'contosso'", result.err)
    self.assertIn("Did you mean 'contoso'?", result.err)
    self.ws.write('contoso', 'version: 2\n')
    self.assertIn('contoso:1:', self.ws.run('validate', 'contoso', expect=harness.INVALID).err)

  def test_paths_are_those_of_the_person(self):
    self.ws.write('customers/contoso.yaml', customer().replace('version: 1', 'version: 2'))
    self.assertIn('../customers/contoso.yaml:1:', self.ws.run('validate', cwd=self.ws.repo / 'plans').err)

  def test_outside_every_command_says_so(self):
    outside = self.ws.dir / 'outside'
    outside.mkdir()
    for args in (['validate'], ['status'], ['show', 'contoso'], ['verify', 'abcd'], ['approve', 'abcd'],
                 ['apply', 'abcd'], ['step', 'abcd'], ['plan', 'contoso'], ['drift', 'contoso'],
                 ['history', 'contoso'], ['discover', '--tenant', contoso.TENANT]):
      with self.subTest(args):
        result = self.ws.run(*args, cwd=outside, expect=harness.INVALID)
        self.assertIn('there is no seatshift.yaml', result.err)
        self.assertIn('-C DIR', result.err)
    self.ws.run('show', self.deep, cwd=outside)
    self.ws.run('status', '--offline', '-C', self.deep, cwd=outside, expect=harness.OK)

  def test_the_search_ends_where_a_git_repository_does(self):
    inner = self.ws.repo / 'inner/deep'
    inner.mkdir(parents=True)
    (self.ws.repo / 'inner/.git').mkdir()
    self.ws.run('status', '--offline', cwd=inner, expect=harness.INVALID)

  def test_a_policy_of_somebody_else_above(self):
    if os.geteuid() != 0:
      self.skipTest('only root can give a file away')
    below = self.ws.dir / 'shared/below'
    below.mkdir(parents=True)
    shutil.copy(self.ws.repo / 'seatshift.yaml', below.parent)
    os.chown(below.parent / 'seatshift.yaml', 12345, 12345)
    refused = self.ws.run('status', '--offline', cwd=below, expect=harness.INVALID)
    self.assertIn('belongs to another user', refused.err)
    self.ws.run('status', '--offline', '-C', below.parent, expect=harness.OK)


class Plans(Looking):

  def test_by_id_in_any_case_and_by_customer(self):
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    for name in (plan[:4], plan.upper(), plan[:6].upper(), 'contoso', f'plans/contoso/{plan}'):
      self.assertEqual(self.ws.run_json('show', name, expect=harness.OK)['id'], plan, name)
    self.ws.write('customers/contoso.yaml', customer(retire_by='2098-12-31'))
    newer = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    self.assertNotEqual(newer, plan)
    self.assertEqual(self.ws.run_json('show', 'contoso', expect=harness.OK)['id'], newer)

  def test_what_is_none(self):
    self.start()
    self.assertIn("Did you mean 'contoso'?", self.ws.run('show', 'contso', expect=harness.INVALID).err)
    self.assertIn("'seatshift plan contoso'", self.ws.run('apply', 'contoso', expect=harness.INVALID).err)
    self.ws.run('show', 'ffff', expect=harness.INVALID)

  def test_a_customer_that_looks_like_an_id(self):
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    self.ws.write(f'customers/{plan[:5]}.yaml', customer().replace('customer: contoso', f'customer: "{plan[:5]}"'))
    self.assertIn("Give the plan's folder: plans/CUSTOMER/ID", self.ws.run('show', plan[:5], expect=harness.INVALID).err)
    self.ws.run('show', plan[:6], expect=harness.OK)


class Steps(Looking):
  """With several keys, a kind alone is never silently the first."""

  SECOND = 'W4HJT-9BCMK-VRPXD-6FQ3Y-T8NCM'

  def setUp(self):
    super().setUp()
    document = contoso.document(0)
    here = tenant()
    here['subscriptions'].append({'id': '7b1d7f3e-2a4c-4e6b-8d0f-5c7a9e1b3d24', 'sku': 'EXCHANGESTANDARD', 'seats': 5,
                                  'created': '2025-12-01T00:00:00Z', 'ends': contoso.time(367)})
    here['users'][4]['licenses'] = ['EXCHANGESTANDARD']
    document['tenants'][0] = here
    self.server = self.twin(document)
    contoso.set_up(self.ws, self.server)
    self.ws.write('customers/contoso.yaml', customer(more=f'''\
  - open:
      sku: ENTERPRISEPREMIUM
      seats: 5
      order: {{distributor: Example Distribution, reference: PO-4712, placed_on: {contoso.ORDERED}}}
      key: {{env: SECOND_KEY, ends_in: T8NCM}}
    advisor:
      sku: EXCHANGESTANDARD
      subscription: 7b1d7f3e-2a4c-4e6b-8d0f-5c7a9e1b3d24
      retire_by: 2099-12-31
    users:
      - holders_of: advisor
'''))
    self.ws.env['SECOND_KEY'] = self.SECOND
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.redeems = [row['id'] for row in self.plan['actions'] if row['kind'] == 'redeem-key']
    self.retires = [row['id'] for row in self.plan['actions'] if row['kind'] == 'retire-subscription']

  def test_a_kind_with_two_open_steps_is_refused(self):
    for options in ([], ['--show-key'], ['--done', '--case', '1']):
      refused = self.ws.run('step', self.plan['id'], 'redeem-key', *options, expect=harness.INVALID)
      for step in self.redeems:
        self.assertIn(step, refused.err)
    self.assertFalse((self.folder(self.plan) / 'journal.jsonl').exists())
    self.ws.run('step', self.plan['id'], 'retire-subscription', '--done', '--case', '1', expect=harness.INVALID)

  def test_ids_and_numbers(self):
    text = self.ws.run('show', self.plan['id'], expect=harness.OK).out
    for step, kind in [(step, 'redeem-key') for step in self.redeems] + [(step, 'retire-subscription') for step in self.retires]:
      card = self.ws.run('step', self.plan['id'], step, expect=harness.OK).out
      self.assertEqual(self.ws.run('step', self.plan['id'], step.upper(), expect=harness.OK).out, card)
      numbers = [line.split()[0] for line in text.splitlines() if kind in line.split()[2:4]]
      self.assertEqual(len(numbers), 2)
      self.assertIn(card, [self.ws.run('step', self.plan['id'], number, expect=harness.OK).out for number in numbers])

  def test_the_only_open_one(self):
    self.ws.run('apply', self.plan['id'], '--yes', expect=harness.WAITING)
    self.server.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.ws.run('apply', self.plan['id'], '--yes', expect=harness.WAITING)
    card = self.ws.run('step', self.plan['id'], 'redeem-key', expect=harness.OK).out
    self.assertIn('T8NCM', card)
    self.assertNotIn('7QX2K', card)


class Against(Looking):
  """`show A --against B`: what changed since."""

  def setUp(self):
    super().setUp()
    self.twin = self.start()
    self.old = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']

  def changes(self, new, *args):
    return self.ws.run_json('show', new, '--against', self.old, *args, expect=harness.OK)

  def test_the_same_plan(self):
    answer = self.changes(self.old)
    self.assertEqual((answer['changes'], answer['file_changed'], answer['policy_changed']), ([], False, False))
    self.assertGreater(answer['alike'], 5)

  def test_the_tenant_changed(self):
    upns = [user['upn'] for user in tenant()['users'] if user.get('licenses')]
    self.twin.control('user', tenant=contoso.TENANT, upn=upns[0], set={'licenses': []})
    self.twin.control('user', tenant=contoso.TENANT, upn=upns[1],
                      set={'licenses': [{'sku': 'STANDARDPACK', 'disable': ['YAMMER_ENTERPRISE']}]})
    new = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    answer = self.changes(new)
    self.assertFalse(answer['file_changed'])
    people = {row['subject']: row for row in answer['changes'] if '@' in row['subject']}
    self.assertEqual(people[upns[0]]['kind'], 'dropped')
    self.assertEqual(people[upns[1]]['kind'], 'other')
    self.assertNotIn('YAMMER_ENTERPRISE', people[upns[1]]['before'])
    self.assertIn('+ENTERPRISEPACK (off: YAMMER_ENTERPRISE) -STANDARDPACK', people[upns[1]]['after'])
    text = self.ws.run('show', new, '--against', self.old, expect=harness.OK).out
    self.assertIn('what differs was found in the tenant', text)
    self.assertIn(f'- {upns[0]}  swap-license', text)
    back = self.ws.run_json('show', self.old, '--against', new, expect=harness.OK)
    kinds = {row['subject']: row['kind'] for row in back['changes']}
    self.assertEqual((kinds[upns[0]], kinds[upns[1]]), ('new', 'other'))

  def test_the_file_changed(self):
    later = (datetime.date.today() + datetime.timedelta(days=70)).isoformat()
    self.ws.write('customers/contoso.yaml', customer(retire_by=later))
    new = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    answer = self.changes(new)
    self.assertTrue(answer['file_changed'])
    self.assertEqual([(row['kind'], row['action']) for row in answer['changes']], [('other', 'retire-subscription')])
    self.assertIn(later, answer['changes'][0]['after'])

  def test_what_cannot_be_compared(self):
    self.ws.run('show', self.old, '--against', 'ffff', expect=harness.INVALID)
    result = self.ws.run('show', self.old, '--against', self.old, '--format', 'html', expect=harness.INVALID)
    self.assertIn('text and json', result.err)


if __name__ == '__main__':
  harness.main()
