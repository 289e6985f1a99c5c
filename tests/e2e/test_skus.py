"""`seatshift skus`: the names of the catalogue and of a tenant."""

import contoso
import harness


class Skus(harness.TestCase):

  def names(self, *args, **options):
    return [row['part_number'] for row in self.ws.run_json('skus', *args, expect=harness.OK, **options)['skus']]

  def test_catalogue(self):
    """Without a repository, a customer or a network."""
    answer = self.ws.run_json('skus', expect=harness.OK)
    self.assertEqual(answer['source'], 'catalogue')
    by_name = {row['part_number']: row for row in answer['skus']}
    self.assertEqual(by_name['ENTERPRISEPACK']['product'], 'Office 365 E3')
    self.assertIn({'id': 'efb87545-963c-4e0d-99df-69c6916d9eb0', 'name': 'EXCHANGE_S_ENTERPRISE',
                   'product': 'Exchange Online (Plan 2)'}, by_name['ENTERPRISEPACK']['service_plans'])
    listed = self.ws.run('skus', expect=harness.OK)
    out = listed.out
    self.assertIn("by Microsoft's list of August 2026", listed.err)
    for row in answer['skus']:
      self.assertIn(f'  {row["id"]}\n', out)
      self.assertIn(row['part_number'], out)

  def test_words(self):
    self.assertIn('ENTERPRISEPACK', self.names('e3'))
    self.assertNotIn('STANDARDPACK', self.names('e3'))
    self.assertEqual(self.names('office', 'e3', 'developer'), ['DEVELOPERPACK'])
    self.assertEqual(self.names('6fd2c87f'), ['ENTERPRISEPACK'])  # an id, by how it begins
    self.assertIn('EMS', self.names('mfa_premium'))  # by a service plan
    shown = self.ws.run('skus', 'ENTERPRISEPACK', '--plans', expect=harness.OK).out
    self.assertRegex(shown, r'\n  EXCHANGE_S_ENTERPRISE +Exchange Online \(Plan 2\)\n')
    missed = self.ws.run('skus', 'ENTERPRISEPAK', expect=harness.INVALID).err
    self.assertIn("Did you mean 'ENTERPRISEPACK'?", missed)

  def test_tenant(self):
    document = contoso.document(3)
    twin = self.twin(document)
    contoso.set_up(self.ws, twin)
    answer = self.ws.run_json('skus', 'contoso', expect=harness.OK)
    self.assertEqual((answer['source'], answer['customer']), ('tenant', 'contoso'))
    row = next(row for row in answer['skus'] if row['part_number'] == 'STANDARDPACK')
    self.assertEqual((row['assigned'], row['seats']), (3, contoso.SEATS_ADVISOR))
    self.assertTrue(row['service_plans'])
    self.assertEqual(self.names('contoso', 'e1'), ['STANDARDPACK'])
    missed = self.ws.run('skus', 'contoso', 'nothing', expect=harness.INVALID).err
    self.assertIn("nothing in the tenant of 'contoso' is called 'nothing'", missed)
    self.assertEqual(twin.writes(), 0)

  def test_the_wrong_tenant_is_not_listed(self):
    twin = self.twin(contoso.document(3))
    contoso.set_up(self.ws, twin, name='Litware Inc')
    result = self.ws.run('skus', 'contoso', expect=harness.WRONG_TENANT)
    self.assertNotIn('STANDARDPACK', result.out)


if __name__ == '__main__':
  harness.main()
