"""status: people moved through groups, what was found, and the double-billing window over time."""

import contoso
import harness
import test_looking


class Groups(test_looking.Looking):

  def begin(self, groups):
    document = contoso.document(0)
    tenant = test_looking.tenant()
    in_groups = {member for group in groups for member in group['members']}
    for user in tenant['users']:
      if user['upn'] in in_groups:
        user.pop('licenses', None)
    tenant['groups'] = groups
    document['tenants'][0] = tenant
    twin = self.twin(document)
    contoso.set_up(self.ws, twin)
    users = ''.join(f'      - group: {group["name"]}\n' for group in groups) + '      - holders_of: advisor'
    self.ws.write('customers/contoso.yaml', test_looking.customer(users=users))
    return twin, self.ws.run_json('plan', 'contoso', expect=harness.OK)

  def count(self, *options):
    answer = self.ws.run_json('status', 'contoso', *options, expect=harness.OK)
    return answer['stages']['users_moved'], answer['stages']['users'], answer['waiting_for']

  def test_people_of_a_group_count_once(self):
    sales = ['adele.vance@contoso.com', 'alex.wilber@contoso.com', 'lidia.holloway@contoso.com']
    twin, plan = self.begin([{'name': 'Sales', 'members': sales, 'licenses': ['STANDARDPACK']}])
    kinds = [action['kind'] for action in plan['actions']]
    self.assertEqual((kinds.count('swap-group-license'), kinds.count('swap-license')), (1, 2), kinds)
    self.assertEqual(plan['summary']['users_changed'], 5)
    for options in ([], ['--offline']):
      moved, users, waiting = self.count(*options)
      self.assertEqual((moved, users), (0, 5))
      self.assertIn(f'5 people to move: seatshift apply {plan["id"][:8]} --yes', waiting)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    for options in ([], ['--offline']):
      self.assertEqual(self.count(*options)[:2], (5, 5))
    self.assertIn('5 of 5', self.ws.run('status', 'contoso', expect=harness.OK).out)
    self.assertRegex(self.ws.run('status', expect=harness.OK).out, r'contoso .* 5 of 5')

  def test_who_joins_and_who_leaves_a_group(self):
    sales = ['adele.vance@contoso.com', 'alex.wilber@contoso.com']
    twin, plan = self.begin([{'name': 'Sales', 'members': sales, 'licenses': ['STANDARDPACK']}])
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertEqual(self.count()[:2], (4, 4))
    # Who joins a group afterwards is moved by it as well, and who leaves is not counted any more.
    twin.control('group', tenant=contoso.TENANT, group='Sales', add=['lidia.holloway@contoso.com'])
    self.assertEqual(self.count()[:2], (5, 5))
    twin.control('group', tenant=contoso.TENANT, group='Sales', remove=['adele.vance@contoso.com'])
    self.assertEqual(self.count()[:2], (4, 4))
    self.assertEqual(self.count('--offline')[:2], (4, 4))

  def test_a_member_whom_the_group_cannot_serve(self):
    sales = ['adele.vance@contoso.com', 'alex.wilber@contoso.com']
    twin, plan = self.begin([{'name': 'Sales', 'members': sales, 'licenses': ['STANDARDPACK']}])
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    # What she holds conflicts with what the group hands out: the service only says so in her state.
    twin.control('user', tenant=contoso.TENANT, upn='lidia.holloway@contoso.com', set={'add': ['MIDSIZEPACK']})
    twin.control('group', tenant=contoso.TENANT, group='Sales', add=['lidia.holloway@contoso.com'])
    moved, users, waiting = self.count()
    self.assertEqual((moved, users), (4, 5))

  def test_one_who_was_changed_since_is_not_one_to_move(self):
    twin, plan = self.begin([])
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.control('user', tenant=contoso.TENANT, upn='adele.vance@contoso.com', set={'remove': ['ENTERPRISEPACK']})
    moved, users, waiting = self.count()
    self.assertEqual((moved, users), (3, 4))
    self.assertIn('1 person changed since the plan moved them: seatshift drift contoso', waiting)
    self.assertFalse([line for line in waiting if 'to move' in line])


class Billed(test_looking.Looking):
  """The tenant decides whether two are billed, also before the next apply writes it into the journal."""

  def test_a_key_that_was_redeemed_since_the_last_apply(self):
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    status = self.ws.run_json('status', 'contoso', expect=harness.OK)
    self.assertEqual((status['window']['open'], status['undo']['way']), (False, 'needless'))
    self.assertIn('nothing was done yet', self.ws.run('status', 'contoso', expect=harness.OK).said)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    status = self.ws.run_json('status', 'contoso', expect=harness.OK)
    window = status['window']
    self.assertEqual((status['stages']['redeemed'], window['open'], window['days']), ('yes', True, 1))
    said = self.ws.run('status', 'contoso', expect=harness.OK).said
    self.assertIn(f'twice since {window["first_day"]}', said)
    self.assertNotIn('nothing was done yet', said)
    self.assertIn('nobody was moved yet; the key is redeemed, and that stays', said)
    self.assertEqual(self.ws.run_json('drift', 'contoso', expect=harness.OK)['window'], window)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    self.assertEqual(self.ws.run_json('status', 'contoso', expect=harness.OK)['window'], window)

  def test_fewer_seats_than_the_key_brings(self):
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 4)
    status = self.ws.run_json('status', 'contoso', expect=harness.OK)
    self.assertEqual((status['stages']['redeemed'], status['window']['open']), ('no', False))


class Kept(test_looking.Looking):
  """Nobody moves them, and what they hold is cancelled: told until they hold it no more."""

  def kept(self):
    for command in ('status', 'drift'):
      yield command, self.ws.run_json(command, 'contoso', expect=harness.OK), self.ws.run(command, 'contoso').said

  def test_who_keeps_what_was_retired(self):
    users = '      - adele.vance@contoso.com'
    twin = self.start(users=users, more='    unlisted: keep\n    except: [alex.wilber@contoso.com]\n')
    self.ws.write('seatshift.yaml', contoso.POLICY + 'protected: [grady.archie@contoso.com]\n')
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    for command, answer, said in self.kept():
      self.assertEqual((answer['kept'], 'on purpose' in said), ([], False), command)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.WAITING)
    twin.cancel(contoso.TENANT, contoso.SUBSCRIPTION)
    self.ws.run('apply', plan['id'], '--yes', expect=harness.OK)
    names = [f'{name}@contoso.com' for name in ('alex.wilber', 'diego.siciliani', 'grady.archie')]
    for command, answer, said in self.kept():
      self.assertEqual(answer['kept'], names, command)
      self.assertIn(f'3 people still hold STANDARDPACK on purpose: {", ".join(names)}', said)
      self.assertIn('it has no seats left for them', said)
    self.assertEqual(self.ws.run_json('drift', 'contoso', expect=harness.OK)['differences'], [])
    (waits,) = self.ws.run_json('status', 'contoso', expect=harness.OK)['waiting_for']
    self.assertRegex(waits, '^a decision: 3 people still hold STANDARDPACK .* give them another licence, or take this one')
    # Who has it no more is no more told of.
    for name in names[1:]:
      twin.control('user', tenant=contoso.TENANT, upn=name, set={'remove': ['STANDARDPACK']})
    for command, answer, said in self.kept():
      self.assertEqual(answer['kept'], names[:1], command)
      self.assertIn('1 person still holds STANDARDPACK on purpose: alex.wilber@contoso.com', said)


class Width(test_looking.Looking):

  def test_60_columns(self):
    """Too narrow for the table: nothing stands under a heading that is another's."""
    self.start()
    self.ws.run('plan', 'contoso', expect=harness.OK)
    out = self.ws.run('status', env={'COLUMNS': '60'}, expect=harness.OK).out
    self.assertLessEqual(max(map(len, out.splitlines())), 60)
    self.assertNotIn('AGREED', out)
    self.assertIn('contoso agreed yes, ordered yes, key yes, redeemed no, users 0 of 4, retired no, billed twice - waits for',
                  ' '.join(out.split()))
    listed = self.ws.run('step', 'contoso', env={'COLUMNS': '60'}, expect=harness.OK).out
    self.assertRegex(listed, r'(?m)^a0001  redeem-key            open             10 seats')

  def test_80_columns(self):
    """Also with a customer whose name is as long as names can be, and with what each waits for."""
    self.start()
    self.ws.run('plan', 'contoso', expect=harness.OK)
    name = 'a-customer-with-a-name-as-long-as-names-of-customers-can-ever-be'[:63]
    self.ws.write(f'customers/{name}.yaml', test_looking.customer().replace("customer: contoso", f"customer: {name}"))
    self.ws.write('customers/broken.yaml', 'version: 1\n')
    out = self.ws.run('status', expect=harness.INVALID).out
    lines = [line for line in out.splitlines() if not line.startswith('    seatshift ')]  # to be copied whole
    self.assertLessEqual(max(map(len, lines)), 80, out)
    self.assertRegex(out, r'\ncontoso +yes +yes +yes +no +0 of 4 +no +-\n  waits for a0001 redeem-key')
    self.assertRegex(out, rf'\n{name}\n +yes ')
    detail = self.ws.run('status', 'contoso', expect=harness.OK).out
    self.assertLessEqual(max(map(len, detail.splitlines())), 80, detail)


if __name__ == '__main__':
  harness.main()
