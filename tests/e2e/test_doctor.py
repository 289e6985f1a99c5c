"""seatshift doctor: each line ok, warn or fail, the remedy, and the exit status of the worst failure."""

import re

import contoso
import harness
import signing


class Doctor(harness.TestCase):

  def start(self, client=None, relation='none', partner=None, policy=''):
    document = contoso.document(users=12)
    if client is not None:
      row = document['tenants'][0]['clients'][0]
      row.clear()
      row.update({'client_id': contoso.CLIENT, 'secret': contoso.SECRET, 'roles': 'all', **client})
    document['tenants'][1].update(partner or {})
    twin = self.twin(document)
    contoso.set_up(self.ws, twin)
    self.ws.write('seatshift.yaml', f'version: 1\nauth: {{client_id: {contoso.CLIENT}}}\n' + policy +
                  f'partner: {{tenant: {contoso.PARTNER}, relation: {relation}}}\n')
    return twin

  def doctor(self, expect, *args, **env):
    result = self.ws.run('doctor', *(args or ('contoso',)), '--format', 'json', env=env, expect=expect)
    self.checks = {check['check']: check for check in result.json['checks']}
    return result.json['outcome']

  def verdicts(self):
    return {name: check['verdict'] for name, check in self.checks.items()}

  def test_all_is_well(self):
    twin = self.start()
    self.assertEqual(self.doctor(harness.OK), 'warn')
    self.assertEqual(self.verdicts(), {
      'config': 'ok', 'cloud': 'warn', 'clock': 'ok', 'discovery': 'ok', 'sign-in': 'ok', 'permissions': 'ok',
      'partner': 'ok', 'git': 'ok', 'ssh-keygen': 'ok', 'terminal': 'ok'})
    self.assertIn('by client-secret, to Contoso Ltd', self.checks['sign-in']['detail'])
    self.assertEqual(twin.writes(), 0)
    text = self.ws.run('doctor', 'contoso', expect=harness.OK).out
    self.assertIn('ok    sign-in      by client-secret', text)
    self.ws.scan(contoso.SECRET, allowed=('twin.json',))

  def test_without_a_customer(self):
    twin = self.start()
    lines = self.ws.run('doctor', expect=harness.OK).out.splitlines()
    self.assertEqual(len([line for line in lines if line[0] != ' ']), 6)
    self.assertEqual(twin.log(), [])

  def signers(self, text, policy='approvals: {required: 1}\n', commit=True):
    """What is said of who may approve."""
    self.ws.write('seatshift.yaml', contoso.POLICY.replace('approvals: {required: 0}\n', policy))
    (self.ws.repo / 'allowed_signers').unlink(missing_ok=True)
    if text is not None:
      self.ws.write('allowed_signers', text)
    if commit:
      self.ws.git_commit('signers')
    checks = self.ws.run_json('doctor', expect=harness.OK)['checks']
    return [(check['verdict'], check['detail']) for check in checks if check['check'] == 'signers']

  def test_whether_anybody_may_approve(self):
    self.start()
    people = signing.People(self.ws.dir / 'keys')
    adele, megan = people.public(signing.ADELE), people.public(signing.MEGAN)
    self.assertEqual(self.signers(None, policy='approvals: {required: 0}\n'), [])
    none = ('warn', 'no key may approve, by allowed_signers on main; a plan needs 1 approval')
    self.assertEqual(self.signers(None), [none])
    self.assertEqual(self.signers(f'# nobody yet\n\n'), [none])
    good = people.signer(signing.ADELE)
    self.assertEqual(self.signers(good), [('ok', none[1].replace('no key', '1 key'))])
    self.assertEqual(self.signers(good + good.replace('adele', 'boss'), policy='approvals: {required: 2}\n'),
                     [('warn', '1 key may approve, by allowed_signers on main; a plan needs 2 approvals')])
    for options, words in (('namespaces="seatshift-aproval"', "is for the namespace 'seatshift-aproval' alone"),
                           ('namespaces="git,file"', "is for the namespace 'git,file' alone"),
                           ('namespace="seatshift-approval"', "has an option 'namespace' that ssh-keygen does not know")):
      told = self.signers(f'{good}{signing.MEGAN} {options} {megan}\n')
      self.assertEqual(told[0][0], 'ok')
      self.assertIn(f'line 2 of allowed_signers {words}', told[1][1])
    self.assertIn('line 1 of allowed_signers has no public key on it', self.signers(f'{signing.ADELE}\n')[1][1])
    for options in ('', 'namespaces="git,seatshift-*"', f'valid-before="20990101",namespaces="seatshift-approval"'):
      self.assertEqual([row[0] for row in self.signers(f'"{signing.ADELE},a@example.com" {options} {adele}\n')], ['ok'], options)
    # What is not committed does not count yet.
    self.assertEqual(self.signers('', commit=True), [none])
    self.assertEqual(self.signers(good, commit=False), [none])

  def test_wrong_files(self):
    self.start()
    self.ws.write('customers/contoso.yaml', 'version: 2\n')
    self.assertEqual(self.doctor(harness.INVALID), 'fail')
    self.assertEqual(self.verdicts(), {'config': 'fail'})

  def test_wrong_tenant(self):
    twin = self.start()
    self.ws.write('customers/contoso.yaml', contoso.customer(domain='litware.onmicrosoft.com'))
    self.doctor(harness.WRONG_TENANT)
    self.assertEqual(self.checks['discovery']['verdict'], 'fail')
    self.assertIn(contoso.OTHER, self.checks['discovery']['detail'])
    self.assertNotIn('sign-in', self.checks)
    self.assertEqual(twin.counters().get('tokens', 0), 0)

  def test_clock(self):
    twin = self.start()
    twin.control('advance', ms=3600_000)
    self.doctor(harness.ERROR)
    self.assertEqual(self.checks['clock']['verdict'], 'fail')
    self.assertIn('behind', self.checks['clock']['detail'])

  def test_sign_in_and_permissions(self):
    self.start()
    self.doctor(harness.AUTH, 'contoso', AZURE_CLIENT_SECRET='canary-wrong-one')
    self.assertIn('AADSTS7000215', self.checks['sign-in']['detail'])
    self.doctor(harness.AUTH, 'contoso', AZURE_CLIENT_SECRET='')
    self.assertIn('no credentials', self.checks['sign-in']['detail'])
    self.ws.scan('canary-wrong-one')

  def test_missing_permissions(self):
    self.start({'roles': ['Organization.Read.All', 'User.Read.All', 'GroupMember.Read.All']})
    self.doctor(harness.OK)
    permissions = self.checks['permissions']
    self.assertEqual(permissions['verdict'], 'warn')
    self.assertIn('LicenseAssignment.ReadWrite.All ("Manage all license assignments")', permissions['detail'])
    self.assertIn('adminconsent?client_id=', permissions['remedy'])

  def test_groups_are_read_where_something_is_retired(self):
    """Which groups hand the SKU out is asked then: doctor says it before plan has to."""
    self.start({'roles': ['Organization.Read.All', 'User.Read.All']})
    self.doctor(harness.AUTH)
    self.assertEqual(self.checks['permissions']['verdict'], 'fail')
    self.assertIn('GroupMember.Read.All', self.checks['permissions']['detail'])
    refused = self.ws.run('plan', 'contoso', expect=harness.AUTH)
    self.assertIn('GroupMember.Read.All', refused.err)

  def test_groups_are_not_read_where_licences_are_only_given(self):
    self.start({'roles': ['Organization.Read.All', 'User.Read.All']})
    path = self.ws.repo / 'customers/contoso.yaml'
    text = re.sub(r'    advisor:\n(      .*\n)+', '', path.read_text()).replace('holders_of: advisor', f'upn: {contoso.upn(1)}')
    path.write_text(text)
    self.doctor(harness.OK)
    self.assertEqual(self.checks['permissions']['verdict'], 'warn')
    self.assertIn('planning works, applying does not', self.checks['permissions']['detail'])
    self.ws.run('plan', 'contoso', expect=harness.OK)

  def test_missing_permission_to_read(self):
    self.start({'roles': ['Organization.Read.All']})
    self.doctor(harness.AUTH)
    self.assertEqual(self.checks['permissions']['verdict'], 'fail')

  def test_partner(self):
    self.start(relation='required')
    self.doctor(harness.OK)
    self.assertEqual(self.checks['partner']['verdict'], 'warn')

  def test_partner_is_there(self):
    self.start(relation='required', partner={
      'contracts': [{'customer': contoso.TENANT, 'name': 'Contoso Ltd'}],
      'gdap': [{'customer': contoso.TENANT, 'ends': contoso.time(184)}]})
    self.doctor(harness.OK)
    self.assertEqual(self.checks['partner']['detail'], f'among the contracts, GDAP active until {contoso.day(184)}')

  def test_partner_relation_that_ends_early(self):
    self.start(relation='required', partner={'gdap': [{'customer': contoso.TENANT, 'ends': contoso.time(2)}]})
    self.doctor(harness.OK)
    self.assertEqual(self.checks['partner']['verdict'], 'warn')
    self.assertIn('retire_by', self.checks['partner']['remedy'])

  def test_ssh_keygen(self):
    self.start(policy='approvals: {required: 1}\n')
    self.doctor(harness.ERROR, 'contoso', PATH='/nonexistent')
    self.assertEqual(self.checks['ssh-keygen']['verdict'], 'fail')


if __name__ == '__main__':
  harness.main()
