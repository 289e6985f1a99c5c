"""A product key in a text that is kept is refused, however it is written; words and names of SKUs are not keys."""

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
}
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
      for form in (contoso.KEY, '.'.join(GROUPS).lower(), contoso.KEY.replace('Q7WX4', 'O7WX4')):
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


if __name__ == '__main__':
  harness.main()
