#!/usr/bin/env python3
"""The distributor's part: the PowerShell face carried out by somebody else, after which `apply` verifies and
goes on with what is left.

No PowerShell runs here: a stand-in does on the twin what the script's own table and manifest say, by the rules
that the script states at its head. How the script is built is checked on its text.
"""

import json
import re
import urllib.parse

import contoso
import harness
import test_planning

WRITE = 'Invoke-MgGraphRequest'
BY_CMDLET = 'Update-MgUser', 'Set-MgUserLicense', 'Set-MgGroupLicense'
SCOPE = 'https://graph.microsoft.com/.default'
SELECT = 'id,usageLocation,assignedLicenses,licenseAssignmentStates'


class Script:
  """The table and the manifest of a script, read from its text."""

  def __init__(self, text):
    table, found, rest = text.partition("$Manifest = @'\n")
    manifest, ended, self.body = rest.partition("\n'@\n")
    assert found and ended
    self.head, _, table = table.partition('$Plan = @{')
    self.plan = dict(re.findall(r"^    (\w+) += '([^']*)'$", table, re.M))
    self.seats = [(sku, int(count)) for sku, count in
                  re.findall(r"@\{ SkuId = '([^']*)'; Name = '[^']*'; Count = (\d+) \}", table)]
    self.actions = [json.loads(line) for line in manifest.split('\n')]


class Distributor:
  """Carries a script out, signed in to one tenant."""

  def __init__(self, twin, tenant=contoso.TENANT):
    form = urllib.parse.urlencode({'client_id': contoso.CLIENT, 'client_secret': contoso.SECRET,
                                   'scope': SCOPE, 'grant_type': 'client_credentials'})
    status, answer = twin.request('POST', f'/{tenant}/oauth2/v2.0/token', form.encode(),
                                  {'Content-Type': 'application/x-www-form-urlencoded'})
    assert status == 200, answer
    self.twin, self.headers, self.log = twin, {'Authorization': f'Bearer {answer["access_token"]}'}, []

  def graph(self, method, path, body=None):
    status, answer = self.twin.request(method, '/v1.0' + path, body, self.headers)
    if status >= 300:
      raise RuntimeError(f'{method} {path}: {status} {answer}')
    return answer

  def carry_out(self, script, at_most=10**9, what_if=False):
    """Outcome -> how many. The tenant is looked at first; `at_most` writes, then the power fails."""
    organization, = self.graph('GET', '/organization')['value']
    domains = [domain['name'] for domain in organization['verifiedDomains']]
    if organization['id'] != script.plan['TenantId'] or script.plan['TenantDomain'] not in domains:
      raise RuntimeError('wrong tenant')
    counts = {}
    for action in script.actions:
      outcome = 'blocked' if counts.get('lacking') else self.act(action, what_if or counts.get('sent', 0) >= at_most)
      counts[outcome] = counts.get(outcome, 0) + 1
      if not what_if:
        self.log.append({'action': action['id'], 'subject': action['subject'], 'outcome': outcome})
    return counts

  def lacking(self, action):
    """The first member of the group who does not hold a new licence through it; None when all do."""
    path = f'/groups/{action["group"]}/members/microsoft.graph.user?$select=id,userPrincipalName,licenseAssignmentStates&$top=999'
    while path:
      page = self.graph('GET', path)
      for member in page['value']:
        through = {state['skuId'] for state in member['licenseAssignmentStates']
                   if state['assignedByGroup'] == action['group'] and state['state'] == 'Active'}
        if not {license['sku'] for license in action['add']} <= through:
          return member['userPrincipalName']
      path = page.get('@odata.nextLink', '').partition('/v1.0')[2]
    return None

  def act_on_group(self, action, dry):
    group = self.graph('GET', f'/groups/{action["group"]}?$select=id,assignedLicenses')
    held = {license['skuId'] for license in group['assignedLicenses']}
    if not {license['sku'] for license in action['add']} <= held:
      if not dry:
        self.graph('POST', f'/groups/{action["group"]}/assignLicense', {
          'addLicenses': [{'skuId': license['sku'], 'disabledPlans': license['disable']} for license in action['add']],
          'removeLicenses': action['remove']})
      if dry:
        return 'skipped'
      return 'lacking' if self.lacking(action) else 'sent'
    return 'lacking' if not dry and self.lacking(action) else 'already'

  def act(self, action, dry):
    if action['group']:
      return self.act_on_group(action, dry)
    user = self.graph('GET', f'/users/{action["user"]}?$select={SELECT}')
    if action['kind'] == 'set-usage-location':
      if user['usageLocation'] == action['location']:
        return 'already'
      if user['usageLocation']:
        return 'stale'
      if not dry:
        self.graph('PATCH', f'/users/{action["user"]}', {'usageLocation': action['location']})
      return 'skipped' if dry else 'sent'
    scope = {license['sku'] for license in action['add']} | set(action['remove'])
    held = {license['skuId']: sorted(license['disabledPlans']) for license in user['licenseAssignmentStates']
            if not license['assignedByGroup'] and license['skuId'] in scope}
    def is_held(licenses):
      return held == {license['sku']: sorted(license['disable']) for license in licenses if license['sku'] in scope}
    if is_held(action['result']):
      return 'already'
    if not is_held(action['expect']):
      return 'stale'
    if not dry:
      self.graph('POST', f'/users/{action["user"]}/assignLicense', {
        'addLicenses': [{'skuId': license['sku'], 'disabledPlans': license['disable']} for license in action['add']],
        'removeLicenses': action['remove']})
    return 'skipped' if dry else 'sent'


class PowerShell(harness.TestCase):

  def begin(self, users=30):
    """A plan whose key is redeemed; the script for the rest."""
    twin = self.twin(contoso.document(users))
    contoso.set_up(self.ws, twin)
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    self.ws.git_commit('contoso: plan')
    self.ws.run('apply', plan, '--yes', expect=harness.WAITING)
    twin.control('redeem', tenant=contoso.TENANT, sku='ENTERPRISEPACK', seats=contoso.SEATS_OPEN)
    script = Script(self.ws.run('show', plan, '--format', 'powershell', expect=harness.OK).out)
    self.assertEqual((script.plan['Id'], script.plan['TenantId']), (plan, contoso.TENANT))
    return twin, plan, script

  def outcomes(self, plan):
    path, = self.ws.repo.glob(f'plans/contoso/*{plan[:8]}*/journal.jsonl')
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return {action: line['outcome'] for line in lines if line['event'] == 'ended' for action in line['actions']}

  def finish(self, twin, plan):
    self.ws.run('apply', plan, '--yes', expect=harness.WAITING)
    twin.control('cancel', tenant=contoso.TENANT, subscription=contoso.SUBSCRIPTION, status='Suspended')
    self.ws.run('apply', plan, '--yes', expect=harness.OK)

  def test_all_of_it_then_apply_verifies(self):
    twin, plan, script = self.begin()
    self.assertEqual(script.seats, [(contoso.ENTERPRISEPACK, 30)])
    distributor = Distributor(twin)
    self.assertEqual(distributor.carry_out(script, what_if=True), {'skipped': len(script.actions)})
    self.assertEqual(distributor.log, [])
    self.assertEqual(distributor.carry_out(script), {'sent': len(script.actions)})
    self.assertEqual(distributor.carry_out(script), {'already': len(script.actions)}, 'twice is once')
    self.assertEqual(len(distributor.log), 2 * len(script.actions))
    twin.control('clear')
    self.finish(twin, plan)
    asked = [f'{call["method"]} {call["path"]}' for call in twin.look('log')['requests']]
    self.assertEqual([call for call in asked if call.startswith('PATCH') or 'assignLicense' in call], [],
                     'apply writes nothing that is done')
    self.assertTrue([call for call in asked if call.startswith('GET')])
    outcomes = self.outcomes(plan)
    for action in script.actions:
      self.assertEqual(outcomes[action['id']], 'already', action)
    self.ws.scan(contoso.KEY, contoso.SECRET, allowed=('twin.json',))

  def test_a_part_of_it_then_apply_does_the_rest(self):
    twin, plan, script = self.begin()
    done = Distributor(twin).carry_out(script, at_most=9)
    self.assertEqual(done['sent'], 9)
    self.finish(twin, plan)
    outcomes = self.outcomes(plan)
    ended = [outcomes[action['id']] for action in script.actions]
    self.assertEqual((ended.count('already'), ended.count('verified')), (9, len(script.actions) - 9))
    self.assertEqual(set(Distributor(twin).carry_out(script)), {'already'})

  def test_who_changed_since_is_left_alone(self):
    twin, plan, script = self.begin()
    swap = next(action for action in script.actions if action['add'] and not action['canary'])
    Distributor(twin).graph('POST', f'/users/{swap["user"]}/assignLicense',
                            {'addLicenses': [], 'removeLicenses': swap['remove']})
    self.assertEqual(Distributor(twin).carry_out(script)['stale'], 1)
    self.assertNotEqual(self.ws.run('apply', plan, '--yes').status, harness.OK)

  def test_a_group_is_its_members(self):
    """Its own list is as it should be at once; a member in conflict holds nothing of it, and stops what comes after."""
    people = [test_planning.user(contoso.upn(number)) for number in range(4)]
    group = {'name': 'Sales', 'members': [user['upn'] for user in people], 'licenses': ['STANDARDPACK']}
    twin = self.twin(test_planning.document([*people, test_planning.user('lee.gu@contoso.com', licenses=['STANDARDPACK'])], [group]))
    contoso.set_up(self.ws, twin)
    self.ws.write('customers/contoso.yaml', test_planning.customer(['group: Sales', 'lee.gu@contoso.com']))
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    self.ws.run('apply', plan, '--yes', expect=harness.WAITING)
    twin.control('redeem', tenant=contoso.TENANT, sku='ENTERPRISEPACK', seats=3)  # one too few
    script = Script(self.ws.run('show', plan, '--format', 'powershell', expect=harness.OK).out)
    at = [action['kind'] for action in script.actions].index('swap-group-license')
    script.actions = script.actions[at:] + script.actions[:at]
    counts = Distributor(twin).carry_out(script)
    self.assertEqual(counts.get('lacking'), 1)
    self.assertEqual(counts.get('blocked', 0), len(script.actions) - 1)

  def test_another_tenant_is_left_alone(self):
    twin, _, script = self.begin(3)
    with self.assertRaisesRegex(RuntimeError, 'wrong tenant'):
      Distributor(twin, contoso.OTHER).carry_out(script)

  def test_how_it_is_built(self):
    """The tenant before all else; each write is asked about (-WhatIf), read before, and logged; no secret."""
    _, _, script = self.begin(3)
    main = script.body[script.body.index('\n# The right tenant'):]
    self.assertLess(main.index('Get-MgContext'), main.index('Get-MgOrganization'))
    self.assertLess(main.index('$context.TenantId -ne $Plan.TenantId'), main.index('Get-MgOrganization'))
    self.assertLess(main.index("$domains -notcontains $Plan.TenantDomain"), main.index('foreach ($line in'))
    self.assertNotIn(WRITE, main)
    for name in BY_CMDLET:
      self.assertNotIn(name, script.body)
    self.assertEqual(len(re.findall(rf'{WRITE} -Method (?:PATCH|POST) ', script.body)), 2)
    self.assertEqual(script.body.count(WRITE), 3)  # and the members of a group are read
    functions = dict(re.findall(r'^function (\S+) \{\n(.*?)^\}', script.body, re.S | re.M))
    self.assertGreater(len(functions), 6)
    for function, text in functions.items():
      if f'{WRITE} -Method P' in text:
        self.assertIn('SupportsShouldProcess = $true', text, function)
        for first in ("return @('already'", "return @('stale'", '$PSCmdlet.ShouldProcess', "return @('skipped'"):
          self.assertLess(text.index(first), text.index(f' {WRITE} '), (function, first))
        self.assertLess(min(text.find(read) % 10**6 for read in ('Get-MgUser', 'Get-HeldLicense')),
                        text.index(f' {WRITE} '))
    swap = functions['Set-ActionLicense']
    self.assertLess(swap.index(WRITE), swap.rindex('Wait-NewLicense'), 'read back')
    # Of a group its members are, page after page, also when its own list is as it should be.
    self.assertLess(swap.index('Wait-NewLicense'), swap.index("return @('already'"))
    self.assertIn('Get-LackingName $Action', functions['Wait-NewLicense'])
    members = functions['Get-LackingName']
    self.assertIn("'/members/microsoft.graph.user?$select=id,userPrincipalName,licenseAssignmentStates&$top=999'", members)
    self.assertRegex(members, r"while \(\$uri\) \{[^}]*Invoke-MgGraphRequest -Method GET -Uri \$uri")
    self.assertIn("([Uri][string]$page.'@odata.nextLink').PathAndQuery", members)
    for word in ('assignedByGroup -eq $Action.group', "state -eq 'Active'", 'skuId -eq $license.sku'):
      self.assertIn(word, functions['Test-Member'])
    self.assertIn("ModuleName = 'Microsoft.Graph.Authentication'; ModuleVersion = '", script.head)
    self.assertRegex(main, r"'lacking'\) \{\s+\$stopped = \$true")
    self.assertIn('SupportsShouldProcess = $true', script.head)
    self.assertIn('Write-ActionLog -Action $action', main)
    self.assertNotRegex(script.head + script.body, r'(?i)invoke-expression|\biex\b|start-process|add-type|secret *=|password')


if __name__ == '__main__':
  harness.main()
