"""A product key in a text that is kept is refused, however it is written; words and names of SKUs are not keys."""

import base64
import pathlib
import re

import contoso
import harness
from looking import Looking

BARE = contoso.KEY.replace('-', '')
GROUPS = contoso.KEY.split('-')
FORMS = {
  'as it came': contoso.KEY,
  'in one piece': BARE,
  'in small letters': contoso.KEY.lower(),
  'with blanks': ' '.join(GROUPS),
  'with dots': '.'.join(GROUPS),
  'with underscores': '_'.join(GROUPS).lower(),
  'mixed': f'{GROUPS[0]} {GROUPS[1].lower()}.{GROUPS[2]}_{GROUPS[3]}-{GROUPS[4]}',
  'spelt': ' '.join(BARE),
  'in a sentence': f'the key is {contoso.KEY}, used today',
  'in brackets, broken': f'({GROUPS[0]}-{GROUPS[1]}- {GROUPS[2]} -{GROUPS[3]}-{GROUPS[4]})',
  'glued to a word': f'key{BARE}ok',
  'O for Q': contoso.KEY.replace('Q7WX4', 'O7WX4'),
  'one too few': contoso.KEY[:-1],
  'full width': ''.join(chr(ord(c) + 0xfee0) if c != '-' else c for c in contoso.KEY),
  'many marks': ' ..... '.join(GROUPS),
  'words between': ' and then '.join(GROUPS),
  'numbered': ' '.join(f'{n}) {group}' for n, group in enumerate(GROUPS, 1)),
  'Cyrillic': contoso.KEY.translate(str.maketrans('CKTMH', 'СКТМН')),
  'Greek': contoso.KEY.translate(str.maketrans('NKTMHX', 'ΝΚΤΜΗΧ')),
  'mathematical': ''.join(chr(0x1d400 + ord(c) - 65) if c.isalpha() else c for c in contoso.KEY),
  'backwards': contoso.KEY[::-1],
  'base64': base64.b64encode(contoso.KEY.encode()).decode(),
  'hexadecimal': contoso.KEY.encode().hex(),
  'for an address': ''.join(f'%{ord(c):02X}' for c in contoso.KEY),
}
INNOCENT = pathlib.Path(__file__).parents[1].joinpath('support/innocent_texts.txt').read_text().splitlines()
WORDS = ('needs SHAREPOINTENTERPRISE', 'MICROSOFTBOOKINGSPREMIUM1', 'these three seats could never be moved',
         'XXXXX-XXXXX-XXXXX-XXXXX-7QX2K was read out', 'case 2347-6894-2736-9482-7364-9283',
         'STANDARDPACK 18181a46-0d4e-45cd-891e-60aabd171b4e is over')


class Notes(Looking):

  def test_what_a_person_says_of_a_step(self):
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    journal = self.folder(plan) / 'journal.jsonl'
    for name, form in FORMS.items():
      with self.subTest(name):
        for option in ('--note', '--case', '--agent'):
          result = self.ws.run('step', plan['plan'], 'redeem-key', '--done', option, form, expect=harness.INVALID)
          self.assertIn('looks like a product key', result.err)
          self.assertNotIn(GROUPS[2], result.err.upper())
        self.assertFalse(journal.exists())
    for words in WORDS:
      self.ws.run('step', plan['plan'], 'redeem-key', '--done', '--note', words, '--case', words, '--agent', words,
                  expect=harness.OK)
      self.assertIn(words, journal.read_text())


  def test_bit_by_bit(self):
    """In two options of one command, or in one command after the other."""
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    done = ('step', plan['plan'], 'redeem-key', '--done')
    half = contoso.KEY[:14], contoso.KEY[14:]
    for first, second in (half, half[::-1]):
      self.ws.run(*done, '--note', first, '--case', second, expect=harness.INVALID)
    self.ws.run(*done, '--note', f'{GROUPS[0]}, {GROUPS[1]}', '--case', f'{GROUPS[2]}', '--agent', f'{GROUPS[3]} {GROUPS[4]}', expect=harness.INVALID)
    self.ws.env['CONTOSO_OPEN_KEY'] = ''  # nobody here knows it
    self.ws.run(*done, '--note', half[0], expect=harness.OK)
    self.ws.run(*done, '--note', half[1], expect=harness.INVALID)
    self.ws.scan(contoso.KEY, allowed=('twin.json',))

  def test_the_key_itself_is_known_where_it_is_kept(self):
    """What nobody could guess from the text alone: two groups of this very key."""
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    done = ('step', plan['plan'], 'redeem-key', '--done')
    for note in (f'{GROUPS[1]} comes before {GROUPS[2]}', f'{GROUPS[3].lower()}...{GROUPS[0]}', f'x{GROUPS[2][::-1]}y{GROUPS[0][::-1]}'):
      refused = self.ws.run(*done, '--note', note, expect=harness.INVALID)
      self.assertIn("parts of this customer's product key", refused.err)
    self.ws.run(*done, '--note', f'it ends in {GROUPS[4]}', expect=harness.OK)

  def test_innocent_texts(self):
    """Case numbers, part numbers, GUIDs, fingerprints, sentences: all can be said."""
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    self.assertGreater(len(INNOCENT), 200)
    for line in INNOCENT[::5]:  # the unit test has them all
      self.ws.run('step', plan['plan'], 'redeem-key', '--done', '--note', line, expect=harness.OK)


class Names(Looking):
  """Whoever runs it has a name, which is kept with what they do."""

  def test_who_runs_it(self):
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    for form in (contoso.KEY, BARE.lower(), ' and '.join(GROUPS)):
      for name in ('USER', 'GITHUB_ACTOR', 'GITLAB_USER_LOGIN', 'BUILD_REQUESTEDFOREMAIL'):
        with self.subTest(name, form=form):
          for args in (('apply', plan['id'], '--yes'), ('step', plan['id'], 'redeem-key', '--done', '--note', 'done')):
            refused = self.ws.run(*args, env={name: form}, expect=harness.INVALID)
            self.assertIn('looks like a product key', refused.err)
    self.assertEqual(twin.writes(), 0)
    self.ws.scan(contoso.KEY, allowed=('twin.json',))

  def test_who_commits(self):
    self.start()
    self.ws.git_init()
    self.ws.git_commit('customers')
    for name in ('GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME'):
      with self.subTest(name):
        refused = self.ws.run('plan', 'contoso', '--commit', env={name: contoso.KEY})
        self.assertNotEqual(refused.status, harness.OK)
        self.assertIn('looks like a product key', refused.err)
    self.ws.git('config', 'user.name', contoso.KEY)
    self.assertIn('looks like a product key', self.ws.run('plan', 'contoso', '--commit').err)
    self.ws.git('config', 'user.name', 'Alex Wilber')
    self.ws.run('plan', 'contoso', '--commit', expect=harness.OK)

  def test_who_approves(self):
    self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    key = self.ws.dir / 'key'
    key.write_text('')
    refused = self.ws.run('approve', plan['id'], '--key', key, '--as', BARE.lower(), '--yes')
    self.assertNotEqual(refused.status, harness.OK)
    self.assertNotIn(BARE.lower(), refused.err)
    self.assertFalse((self.folder(plan) / 'approvals').exists())


class Files(Looking):

  def test_every_text_of_a_file(self):
    self.start()
    path = self.ws.repo / 'customers/contoso.yaml'
    before = path.read_text()
    places = {
      'the note': ('reason: upfront-payment', 'reason: upfront-payment, note: "%s"'),
      'who agreed': ('agreed_by: jane@contoso.com', 'agreed_by: "%s"'),
      'the distributor': ('distributor: Example Distribution', 'distributor: "%s"'),
      'the order': ('reference: PO-4711', 'reference: "%s"'),
      'a comment': ('version: 1', '# %s\nversion: 1'),
      'a group': ('- holders_of: advisor', '- group: "%s"'),
    }
    for place, (old, new) in places.items():
      self.assertIn(old, before, place)
      disguised = () if place == 'a comment' else (FORMS['base64'], FORMS['Cyrillic'], FORMS['words between'])
      for form in (contoso.KEY, '.'.join(GROUPS).lower(), contoso.KEY.replace('Q7WX4', 'O7WX4'), *disguised):
        with self.subTest(place, form=form):
          text = before.replace(old, new % form)
          path.write_text(text)
          result = self.ws.run('validate', 'customers/contoso.yaml', expect=harness.INVALID)
          line = text[:text.index(form)].count('\n') + 1
          self.assertRegex(result.err, rf'contoso\.yaml:{line}:\d+: error\[SS112\]')
          self.assertNotIn(GROUPS[2], result.err.upper())
      path.write_text(before.replace(old, new % 'needs SHAREPOINTENTERPRISE'))
      self.assertNotIn('SS112', self.ws.run('validate', 'customers/contoso.yaml').err)

  def test_as_escapes_and_across_lines(self):
    self.start()
    path = self.ws.repo / 'customers/contoso.yaml'
    before = path.read_text()
    escaped = ''.join(f'\\x{ord(c):02x}' for c in contoso.KEY)
    folded = '>\n    ' + '\n    '.join(GROUPS)
    for value in (f'"{escaped}"', folded, '"' + '-\\\n    '.join(GROUPS) + '"'):
      path.write_text(re.sub('agreement: .*', lambda _: f'agreement:\n  note: {value}', before))
      result = self.ws.run('validate', 'customers/contoso.yaml', expect=harness.INVALID)
      self.assertIn('error[SS112]', result.err)

  def test_split_over_two_fields(self):
    self.start()
    path = self.ws.repo / 'customers/contoso.yaml'
    before = path.read_text()
    text = before.replace('distributor: Example Distribution', f'distributor: "{contoso.KEY[:14]}"')
    path.write_text(text.replace('reference: PO-4711', f'reference: "{contoso.KEY[14:]}"'))
    self.assertIn('error[SS112]', self.ws.run('validate', 'customers/contoso.yaml', expect=harness.INVALID).err)
    path.write_text(before.replace('agreed_by: jane@contoso.com', f'agreed_by: "{contoso.KEY[:14]}"').replace(
      'reference: PO-4711', f'reference: "{contoso.KEY[14:]}"'))
    self.assertIn('error[SS112]', self.ws.run('validate', 'customers/contoso.yaml', expect=harness.INVALID).err)

  def test_endings_of_many_keys_are_none(self):
    """Five moves name five endings, which are 25 characters: what the file is meant to say."""
    self.start()
    path = self.ws.repo / 'customers/contoso.yaml'
    text = path.read_text()
    move = text[text.index('  - open:'):]
    endings = ('7QX2K', '3PD9F', 'TKVMH', 'CNRYB', 'Q7WX4')
    path.write_text(text.replace(move, ''.join(move.replace('7QX2K', ending) for ending in endings)))
    self.assertNotIn('SS112', self.ws.run('validate', 'customers/contoso.yaml').err)

  def test_lists_and_the_policy(self):
    self.start()
    customer = self.ws.repo / 'customers/contoso.yaml'
    customer.write_text(customer.read_text().replace('- holders_of: advisor', '- csv: people.csv'))
    self.ws.write('customers/people.csv', f'upn,usage_location,disable\nadele@contoso.com,US,{BARE.lower()}\n')
    result = self.ws.run('validate', 'customers/contoso.yaml', expect=harness.INVALID)
    self.assertRegex(result.err, r'people\.csv:2:22: error\[SS112\]')
    policy = self.ws.repo / 'seatshift.yaml'
    policy.write_text(policy.read_text() + f'# {contoso.KEY}\n')
    self.assertRegex(self.ws.run('validate', expect=harness.INVALID).err, r'seatshift\.yaml:\d+:3: error\[SS112\]')

  def test_in_every_form_of_the_report(self):
    """Nor does a key come out again in what machines read."""
    self.start()
    path = self.ws.repo / 'customers/contoso.yaml'
    path.write_text(path.read_text().replace('version: 1', f'version: {contoso.KEY}'))
    for form in ('text', 'json', 'junit', 'sarif', 'codequality'):
      result = self.ws.run('validate', '--format', form)
      self.assertNotIn(GROUPS[2], result.out + result.err, form)

  def test_a_long_name_is_shown_whole(self):
    self.start()
    path = self.ws.repo / 'customers/contoso.yaml'
    path.write_text(path.read_text().replace('- holders_of: advisor', '- disable: needs SHAREPOINTENTERPRISE'))
    result = self.ws.run('validate', 'customers/contoso.yaml', expect=harness.INVALID)
    self.assertIn('needs SHAREPOINTENTERPRISE', result.err)
    self.assertFalse(re.search(r'\*\*\*', result.err), result.err)


# None of them opens anything.
SECRETS = {
  'a client secret': 'Abc8Q~dEfGhIjKlMnOpQrStUvWxYz0123456789ab',
  'an access token': 'eyJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiI4ZjNjMWQ1ZSJ9.c2lnbmF0dXJl',
  'a token of GitHub': 'ghp_0123456789abcdefghijABCDEFGHIJ012345',
  'a password in an address': 'https://adele:canary22@git.example/moves.git',
  'a password': 'their password is Canary2026!',
  'what a variable is set to': 'AZURE_CLIENT_SECRET=canary0123456789',
  'a private key': '-----BEGIN PRIVATE KEY----- MIIEcanary2026',
}
CORES = ('dEfGhIjKl', 'eyJ0aWQ', '0123456789', 'canary', 'Canary')


class OtherSecrets(Looking):
  """What is no product key is refused where one would be: it would stand in git as well."""

  def hidden(self, result):
    for core in CORES:
      self.assertNotIn(core, result.out + result.err)

  def test_every_file(self):
    self.start()
    path = self.ws.repo / 'customers/contoso.yaml'
    before = path.read_text()
    places = {
      'the note': ('reason: upfront-payment', 'reason: upfront-payment, note: "%s"'),
      'who agreed': ('agreed_by: jane@contoso.com', 'agreed_by: "%s"'),
      'the order': ('reference: PO-4711', 'reference: "%s"'),
      'a comment': ('version: 1', '# %s\nversion: 1'),
      'a label': ('version: 1', 'version: 1\nlabels: {region: "%s"}'),
      'a key that there is none of': ('version: 1', 'version: 1\nnotes: "%s"'),
    }
    for place, (old, new) in places.items():
      for name, secret in SECRETS.items():
        with self.subTest(place, secret=name):
          path.write_text(before.replace(old, new % secret))
          for args in (('validate', 'customers/contoso.yaml'), ('validate', '--format', 'json'), ('plan', 'contoso')):
            result = self.ws.run(*args, expect=harness.INVALID)
            self.assertIn('SS112', result.out + result.err)
            self.hidden(result)
    path.write_text(before.replace('reason: upfront-payment', 'reason: upfront-payment, note: "the client secret is in the vault"'))
    self.assertNotIn('SS112', self.ws.run('validate', 'customers/contoso.yaml').err)
    self.assertFalse((self.ws.repo / 'plans').exists())

  def test_other_files_and_over_lines(self):
    self.start()
    customer = self.ws.repo / 'customers/contoso.yaml'
    text = customer.read_text()
    secret = SECRETS['a client secret']
    escaped = ''.join(f'\\x{ord(c):02x}' for c in secret)
    for value in (f'"{escaped}"', f'>-\n    {secret}', f'"{secret[:20]}\\\n    {secret[20:]}"'):
      customer.write_text(re.sub('agreement: .*', lambda _: f'agreement:\n  note: {value}', text))
      self.assertIn('error[SS112]', self.ws.run('validate', 'customers/contoso.yaml', expect=harness.INVALID).err)
    customer.write_text(text.replace('- holders_of: advisor', '- csv: people.csv'))
    self.ws.write('customers/people.csv', f'upn,usage_location,disable\nadele@contoso.com,US,{secret}\n')
    self.assertRegex(self.ws.run('validate', 'customers/contoso.yaml', expect=harness.INVALID).err, r'people\.csv:2:22: error\[SS112\]')
    customer.write_text(text)
    for name, more in (('seatshift.yaml', f'# {secret}\n'), ('fleet.yaml', f'# {secret}\nversion: 1\n')):
      path = self.ws.repo / name
      before = path.read_text() if path.exists() else ''
      path.write_text(before + more)
      result = self.ws.run('validate', expect=harness.INVALID)
      self.assertRegex(result.err, rf'{name}:\d+:3: error\[SS112\]')
      self.hidden(result)
      path.write_text(before)

  def test_what_this_environment_signs_in_with(self):
    """It has no form to be known by, but it is at hand."""
    self.start()
    path = self.ws.repo / 'customers/contoso.yaml'
    secret = 'ordinary-words-only'
    path.write_text(path.read_text().replace('reason: upfront-payment', f'reason: upfront-payment, note: "{secret}"'))
    result = self.ws.run('plan', 'contoso', env={'AZURE_CLIENT_SECRET': secret}, expect=harness.INVALID)
    self.assertIn("'customers/contoso.yaml': that holds a secret of this environment", ' '.join(result.err.split()))
    self.assertNotIn(secret, result.out + result.err)
    self.assertFalse((self.ws.repo / 'plans').exists())

  def test_what_people_say_and_are_called(self):
    self.start()
    self.ws.git_init()
    self.ws.git_commit('customers')
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    key = self.ws.dir / 'key'
    key.write_text('')
    for name, secret in SECRETS.items():
      with self.subTest(name):
        for args, env in ((('step', plan['plan'], 'redeem-key', '--done', '--note', secret), {}),
                          (('step', plan['plan'], 'redeem-key', '--done', '--case', secret), {}),
                          (('apply', plan['plan'], '--yes'), {'USER': secret}),
                          (('plan', 'contoso', '--commit'), {'GIT_AUTHOR_NAME': secret}),
                          (('approve', plan['plan'], '--key', str(key), '--as', secret, '--yes'), {})):
          result = self.ws.run(*args, env=env)
          self.assertNotEqual(result.status, harness.OK, args)
          self.assertIn('a secret is never recorded', ' '.join(result.err.split()))
          self.hidden(result)
    self.assertFalse((self.folder(plan) / 'journal.jsonl').exists())
    self.assertFalse((self.folder(plan) / 'approvals').exists())


if __name__ == '__main__':
  harness.main()
