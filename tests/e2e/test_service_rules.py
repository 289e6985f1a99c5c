"""Rules between service plans: what the plan says of them, and what the service does."""

import contoso
import harness
import twin_case
from test_planning import ADELE, ALEX, Planning, customer, document, user

SITES = '5dbe027f-2339-4123-9542-606e4d348a72'  # SHAREPOINTENTERPRISE
E1 = '18181a46-0d4e-45cd-891e-60aabd171b4e'
SITES_KIOSK = '902b47e5-dcb2-4fdc-858b-c63a90a2bdb9'  # SHAREPOINTDESKLESS


class ServiceRules(Planning):

  def start_with(self, *held, users=None, entries=('holders_of: advisor',), **whole):
    """Adele holds these beside the Advisor SKU; Alex holds the Advisor SKU alone."""
    subscriptions = contoso.tenant(0)['subscriptions'] + [
      {'sku': sku, 'seats': 5, 'created': '2025-12-01T00:00:00Z', 'ends': contoso.time(367)} for sku in held]
    twin = document([user(ADELE, licenses=['STANDARDPACK', *held]), user(ALEX, licenses=['STANDARDPACK'])],
                    subscriptions=subscriptions)
    twin.update(whole)
    return self.start(twin, customer(entries))

  def warnings(self, plan, code):
    return [warning['message'] for warning in plan['warnings'] if warning['code'] == code]

  def swap(self, twin, plan):
    self.apply(plan, harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    return self.apply(plan, harness.WAITING)

  def test_exchange_plans_are_held_together(self):
    """Since January 2023: neither refused nor warned about, and the service takes it."""
    for sku in ('EXCHANGESTANDARD', 'EXCHANGEENTERPRISE', 'EXCHANGEDESKLESS'):
      with self.subTest(sku=sku):
        twin = self.start_with(sku)
        plan = self.plan()
        self.assertEqual(self.warnings(plan, 'SS224'), [])
        self.swap(twin, plan)
        self.assertEqual(twin.assigns()[ADELE], (1, 1))

  def test_where_the_pages_disagree_it_warns_and_the_service_decides(self):
    twin = self.start_with('DESKLESSPACK')
    plan = self.plan()
    told = self.warnings(plan, 'SS224')
    self.assertEqual(len(told), 2, told)
    self.assertIn(f"'{ADELE}' will hold SHAREPOINTENTERPRISE of ENTERPRISEPACK beside SHAREPOINTDESKLESS of "
                  'DESKLESSPACK', told[1])
    self.assertIn("Microsoft's pages disagree", told[1])
    self.assertIn('SS224', self.ws.run('show', plan['id'], expect=harness.OK).out)
    self.swap(twin, plan)
    self.assertEqual(twin.assigns()[ADELE], (1, 1))

  def test_a_service_that_refuses_what_is_disputed(self):
    """Then the user keeps what she has, and who has no such pair is moved."""
    twin = self.start_with('DESKLESSPACK', conflicts=[[SITES, SITES_KIOSK]])
    plan = self.plan()
    self.apply(plan, harness.WAITING)
    twin.redeem(contoso.TENANT, 'ENTERPRISEPACK', 10)
    self.apply(plan, harness.PARTIAL)
    self.assertEqual(twin.assigns()[ADELE], (1, 0))
    self.assertEqual(twin.assigns()[ALEX], (1, 1))
    self.assertIn(E1, twin.licenses(contoso.TENANT)[ADELE])

  def test_an_old_product_is_refused_with_every_pair(self):
    twin = self.start_with('LITEPACK')
    told = self.ws.run('plan', 'contoso', expect=harness.DENIED).err
    for pair in ('EXCHANGE_S_ENTERPRISE of ENTERPRISEPACK conflicts with EXCHANGE_L_STANDARD of LITEPACK',
                 'MCOSTANDARD of ENTERPRISEPACK conflicts with MCOLITE of LITEPACK'):
      self.assertIn(pair, told)
    self.assertEqual(twin.writes(), 0)

  def test_what_a_disabled_plan_carries_is_named_before_the_key_is_spent(self):
    twin = self.start_with(entries=[f'{{upn: {ADELE}, disable: [SHAREPOINTENTERPRISE]}}', 'holders_of: advisor'])
    told = self.ws.run('plan', 'contoso', expect=harness.DENIED).err
    self.assertIn(f"error[SS312]: '{ADELE}': SHAREPOINTWAC of ENTERPRISEPACK needs SHAREPOINTENTERPRISE, which "
                  'would not be on', told)
    self.assertIn('switch SHAREPOINTWAC off as well', told)
    self.assertNotRegex(told, '[0-9a-f]{8}-[0-9a-f]{4}-')
    self.assertEqual(twin.writes(), 0)

  def test_both_off_as_the_file_says(self):
    twin = self.start_with(
      entries=[f'{{upn: {ADELE}, disable: [SHAREPOINTENTERPRISE, SHAREPOINTWAC]}}', 'holders_of: advisor'])
    self.swap(twin, self.plan())
    self.assertEqual(twin.assigns()[ADELE], (1, 1))

  def test_an_add_on_that_stays_needs_what_is_switched_off(self):
    """The same across two products: the add-on is of another SKU, and nobody's plan touches it."""
    self.start_with('WORKPLACE_ANALYTICS',
                    entries=[f'{{upn: {ADELE}, disable: [EXCHANGE_S_ENTERPRISE], lose_mailbox: true}}',
                             'holders_of: advisor'])
    told = self.ws.run('plan', 'contoso', expect=harness.DENIED).err
    self.assertIn('WORKPLACE_ANALYTICS of WORKPLACE_ANALYTICS needs EXCHANGE_S_ENTERPRISE', told)

  def test_what_was_off_before_takes_what_leans_on_it_along(self):
    """'preserve' carries SharePoint's being off over to the new SKU: told at plan time as well."""
    twin = document([user(ADELE, licenses=[{'sku': 'STANDARDPACK', 'disable': ['SHAREPOINTSTANDARD']}])])
    twin['dependencies'] = []  # as a service of before allowed it
    self.start(twin, customer(['holders_of: advisor']))
    told = self.ws.run('plan', 'contoso', expect=harness.DENIED).err
    self.assertIn('SHAREPOINTWAC of ENTERPRISEPACK needs SHAREPOINTENTERPRISE', told)


class TheTwin(twin_case.TwinCase):
  """The imitated service refuses by itself what its own table says, whatever the planner believes."""

  def test_a_dependency_in_the_services_words(self):
    client = self.start()
    self.assert_error(client.assign('lee.gu@contoso.com', [{'skuId': twin_case.E3, 'disabledPlans': [SITES]}]), 400,
                      'Request_BadRequest', 'depends on the service plan(s)')

  def test_what_is_stacked_is_taken(self):
    today = twin_case.document()
    del today['conflicts']
    client = self.start(today)
    for sku in (twin_case.E1, twin_case.E3):
      self.assertEqual(client.assign('lee.gu@contoso.com', [sku])[0], 200, sku)


if __name__ == '__main__':
  harness.main()
