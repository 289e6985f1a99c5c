"""Whose tenant, whose journal, whose word: what a plan's record is trusted for, and by whom it could be forged."""

import base64
import json

import contoso
import harness
import looking
import plan_file


class OneTenant(looking.Looking):
  """Wherever a plan and a tenant meet, the plan, the customer file and the token name the same one."""

  def prepare(self):
    twin = self.start()
    self.plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    return twin

  def pin(self, tenant_id, domain):
    text = looking.customer().replace(contoso.TENANT, tenant_id).replace('contoso.onmicrosoft.com', domain)
    self.ws.write('customers/contoso.yaml', text)

  def assertAllRefuse(self, twin, status):
    commands = (
      ['step', self.plan, 'redeem-key', '--show-key'], ['step', self.plan, 'redeem-key', '--look'],
      ['step', self.plan, 'redeem-key', '--open'], ['step', self.plan, 'redeem-key'], ['step', self.plan],
      ['step', self.plan, 'redeem-key', '--done', '--case', '4711'],
      ['status', 'contoso'], ['status', 'contoso', '--offline'], ['status'], ['drift', 'contoso'],
      ['apply', self.plan, '--yes'])
    asked = len(twin.log())
    journal = self.ws.repo / 'plans/contoso' / self.plan / 'journal.jsonl'
    before = journal.read_bytes()
    for command in commands:
      with self.subTest(command):
        result = self.ws.run(*command, expect=status)
        self.assertNotIn(contoso.KEY, result.out + result.err)
        self.assertNotIn('retired', result.out)
    self.assertEqual(len(twin.log()), asked, 'neither tenant was asked, and nobody had to sign in')
    self.assertEqual(journal.read_bytes(), before)

  def begin(self):
    twin = self.prepare()
    self.ws.run('apply', self.plan, '--yes', expect=harness.WAITING)
    return twin

  def test_the_file_names_another_tenant(self):
    twin = self.begin()
    self.pin(contoso.OTHER, 'litware.onmicrosoft.com')
    self.assertAllRefuse(twin, harness.STALE)
    says = self.ws.run('status', 'contoso', expect=harness.STALE).err
    self.assertIn(contoso.TENANT, says)
    self.assertIn(contoso.OTHER, says)
    # The right one again, in other letters: it is one tenant.
    self.pin(contoso.TENANT.upper(), 'contoso.onmicrosoft.com')
    self.ws.run('status', 'contoso', expect=harness.OK)

  def test_the_file_names_the_partners_own(self):
    twin = self.begin()
    self.pin(contoso.PARTNER, 'fabrikam.onmicrosoft.com')
    self.assertAllRefuse(twin, harness.WRONG_TENANT)

  def test_the_plans_tenant_is_the_partners_own(self):
    twin = self.begin()
    self.ws.write('seatshift.yaml', contoso.POLICY.replace(contoso.PARTNER, contoso.TENANT.upper()))
    self.assertAllRefuse(twin, harness.WRONG_TENANT)

  def test_one_customers_mistake_is_one_line(self):
    self.begin()
    self.ws.write('customers/litware.yaml', looking.customer().replace('customer: contoso', 'customer: litware'))
    self.pin(contoso.OTHER, 'litware.onmicrosoft.com')
    rows = {row['customer']: row for row in self.ws.run_json('status', expect=harness.STALE)['customers']}
    self.assertEqual(rows['contoso']['error']['code'], harness.STALE)
    self.assertNotIn('stages', rows['contoso'])
    self.assertIn('stages', rows['litware'])

  def test_a_key_is_for_a_plan_that_the_planner_makes(self):
    """A plan that somebody wrote about another tenant is no plan, even where its digest fits."""
    twin = self.prepare()
    folder = self.ws.repo / 'plans/contoso' / self.plan
    value = json.loads((folder / 'plan.json').read_text())
    value['tenant'] = {'id': contoso.OTHER, 'domain': 'litware.onmicrosoft.com', 'name': 'Litware Inc'}
    forged = plan_file.save(self.ws.repo, value, (folder / 'snapshot.json').read_bytes())
    self.pin(contoso.OTHER, 'litware.onmicrosoft.com')
    asked = len(twin.log())
    result = self.ws.run('step', forged, 'redeem-key', '--show-key')
    self.assertIn(result.status, (harness.STALE, harness.INVALID), result)
    self.assertIn('stays hidden', result.err)
    self.assertEqual(len(twin.log()), asked)


class Tokens(looking.Looking):
  """A token that can be read says for which tenant it is; one that does not is no way round the question."""

  def token(self, payload):
    def part(value):
      return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip('=')
    return f'{part({"alg": "none"})}.{part(payload)}.c2ln'

  def test_without_a_tenant(self):
    twin = self.start()
    graph = {'aud': 'https://graph.microsoft.com', 'appid': contoso.CLIENT, 'roles': ['Organization.Read.All']}
    for payload in (graph, {**graph, 'tid': None}, {**graph, 'tid': ''}, {**graph, 'tid': 7},
                    {**graph, 'tid': [contoso.TENANT]}, {**graph, 'tid': contoso.TENANT + ' '}, {}, [], 'text'):
      with self.subTest(payload):
        for command in (['plan', 'contoso'], ['status', 'contoso'], ['doctor', 'contoso']):
          result = self.ws.run(*command, env={'SEATSHIFT_ACCESS_TOKEN': self.token(payload)})
          if command[0] != 'doctor':
            self.assertEqual(result.status, harness.WRONG_TENANT, result)
          else:
            self.assertNotEqual(result.status, harness.OK, result)
    self.assertEqual([row['path'] for row in twin.log() if '/v1.0/' in row['path']], [])

  def test_one_that_cannot_be_read_is_left_to_the_service(self):
    twin = self.start()
    self.ws.run('plan', 'contoso', env={'SEATSHIFT_ACCESS_TOKEN': 'opaque'}, expect=harness.AUTH)
    self.assertTrue([row for row in twin.log() if '/v1.0/' in row['path']])


if __name__ == '__main__':
  harness.main()
