"""fleet.yaml: every mistake in one run with its place, the schema that editors use, labels, and `validate`."""

import json

import harness
import many

FLEET = '''\
version: 1
select: {customers: ["contoso-*"], labels: {region: emea}}
waves:
  - {name: pilot, customers: [contoso-0000], until: moved, soak: 24h}
  - {name: ring, labels: {ring: "1"}, until: done}
  - {name: first, share: 10%, soak: 4h}
  - {name: rest}
max_failed: 2
parallel: 8
per_day: 200
'''

BAD = '''\
version: 1
select: {customers: [contoso-00000, "fabrikam-*"], label: {region: emea}}
waves:
  - {name: Pilot, customer: [contoso-0000], untill: moved}
  - {name: all}
  - {name: first, share: 0, soak: 0h}
  - {name: first, share: 120%}
max_failed: many
parallel: 0
parallel: 9
'''


class FleetFile(harness.TestCase):

  def setUp(self):
    super().setUp()
    self.ws.write('seatshift.yaml', many.contoso.POLICY)
    for number in range(3):
      self.ws.write(f'customers/{many.name(number)}.yaml', many.customer(number, labels={'region': 'emea'}))

  def test_a_good_one(self):
    self.ws.write('fleet.yaml', FLEET)
    result = self.ws.run('validate', expect=harness.OK)
    self.assertEqual(result.out, '5 files ok, no complaints\n')
    self.ws.run('validate', 'fleet.yaml', expect=harness.OK)

  def test_all_mistakes_at_once(self):
    self.ws.write('fleet.yaml', BAD)
    rows = self.ws.run_json('validate', expect=harness.INVALID)['files'][1]['diagnostics']
    found = [(row['code'], row['line']) for row in rows]
    for wanted in (('SS106', 2), ('SS106', 4), ('SS110', 4), ('SS113', 5), ('SS110', 6), ('SS114', 7), ('SS110', 7),
                   ('SS110', 8), ('SS110', 9), ('SS107', 10), ('SS119', 2)):
      self.assertIn(wanted, found)
    self.assertEqual([line for _, line in found], sorted(line for _, line in found))
    text = self.ws.run('validate', expect=harness.INVALID).err
    self.assertIn("did you mean 'until'?", text.lower())
    self.assertIn('fleet.yaml:4:', text)

  def test_names_that_nobody_has(self):
    self.ws.write('fleet.yaml', FLEET.replace('[contoso-0000]', '[contoso-000, "fabrikam-*"]'))
    text = self.ws.run('validate', expect=harness.INVALID).err
    self.assertIn('fleet.yaml:4:31: error[SS119]', text)
    self.assertIn("Did you mean 'contoso-000", text)
    self.assertIn("no customer's name is like 'fabrikam-*'", text)
    self.assertIn('Take the suggestion', ' '.join(self.ws.run('explain', 'SS119').out.split()))

  def test_two_customers_of_one_tenant(self):
    self.ws.write('fleet.yaml', 'version: 1\nselect: {customers: [contoso-0000]}\n')
    other = many.customer(2).replace(many.tenant_id(2), many.tenant_id(0).upper())
    self.ws.write('customers/contoso-0002.yaml', other)
    text = self.ws.run('validate', expect=harness.INVALID).err
    self.assertRegex(text, f"contoso-0000.yaml:3:9: error.SS120.: the tenant '{many.tenant_id(0)}' is also that of "
                           "customer 'contoso-0002'")
    self.assertRegex(text, "contoso-0002.yaml:3:9: error.SS120.: .* customer 'contoso-0000'")
    self.assertIn('put all of its moves into one file', text)
    self.assertNotIn('contoso-0001.yaml', text)
    self.assertIn('no lock between them', ' '.join(self.ws.run('explain', 'SS120').out.split()))
    # Neither is planned in a fleet, also where only one of them is chosen.
    result = self.ws.run_json('fleet', 'plan', expect=harness.INVALID)
    self.assertIn(('contoso-0000', 'invalid', f"the tenant '{many.tenant_id(0)}' is also that of customer "
                   "'contoso-0002'"), [(row['customer'], row['reason'], row['message']) for row in result['left_out']])
    # A domain belongs to one tenant.
    self.ws.write('customers/contoso-0002.yaml', many.customer(2).replace('contoso-0002.on', 'contoso-0001.on'))
    text = self.ws.run('validate', expect=harness.INVALID).err
    self.assertIn("the domain 'contoso-0001.onmicrosoft.com' is also that of customer 'contoso-0001'", text)
    self.ws.write('customers/contoso-0002.yaml', many.customer(2))
    self.ws.run('validate', expect=harness.OK)

  def test_labels(self):
    for bad in ('[a]', '{-a: b}', '{a: }', '{a: {b: c}}', '{a b: c}'):
      with self.subTest(bad):
        self.ws.write('customers/contoso-0002.yaml', many.customer(2) + f'labels: {bad}\n')
        self.assertIn('contoso-0002.yaml:', self.ws.run('validate', expect=harness.INVALID).err)
    self.ws.write('customers/contoso-0002.yaml', many.customer(2) + 'labels: {region: emea, ring: 1, x/y.z: no}\n')
    self.ws.run('validate', expect=harness.OK)

  def test_the_schema_takes_what_validate_takes(self):
    try:
      import jsonschema
      import yaml
    except ImportError as error:
      self.skipTest(str(error))
    check = jsonschema.Draft202012Validator(json.loads(self.ws.run('schema', 'fleet', expect=harness.OK).out))
    self.assertEqual(list(check.iter_errors(yaml.safe_load(FLEET))), [])
    wrong = [{}, {'version': 1, 'waves': []}, {'version': 1, 'waves': [{}]}, {'version': 1, 'parallel': 0},
             {'version': 1, 'waves': [{'name': 'a', 'until': 'later'}]}, {'version': 1, 'selects': {}},
             {'version': 1, 'select': {'customers': []}}, {'version': 1, 'max_failed': '101%'}]
    for document in wrong:
      with self.subTest(document):
        self.assertTrue(list(check.iter_errors(document)))
        self.ws.write('fleet.yaml', json.dumps(document))
        self.ws.run('validate', expect=harness.INVALID)


if __name__ == '__main__':
  harness.main()
