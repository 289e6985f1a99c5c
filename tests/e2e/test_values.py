"""Values of a file that look right and are not: countries, dates, lists of users, and YAML that parses badly."""

import csv
import datetime
import json
import pathlib
import re

import contoso
import harness
from test_planning import ADELE, ALEX, customer, document, user

ISO_CODES = pathlib.Path('/usr/share/iso-codes/json/iso_3166-1.json')
COUNTRIES = pathlib.Path(__file__).resolve().parents[2] / 'core/countries.csv'


def countries():
  with open(COUNTRIES, encoding='utf-8') as stream:
    return list(csv.DictReader(line for line in stream if not line.startswith('#')))


class Files(harness.TestCase):

  def setUp(self):
    super().setUp()
    self.ws.write('seatshift.yaml', contoso.POLICY)

  def validate(self, text, expect=harness.INVALID):
    self.ws.write('customers/contoso.yaml', text)
    return self.ws.run('validate', expect=expect).err


class Values(Files):

  def listed(self, content, expect=harness.INVALID):
    self.ws.write('customers/users.csv', content)
    return self.validate(customer(['csv: users.csv'], unlisted='keep'), expect)

  def test_the_list_of_countries_is_iso_codes(self):
    rows = countries()
    self.assertGreater(len(rows), 240)
    self.assertEqual(len({row['alpha2'] for row in rows}), len(rows))
    if ISO_CODES.exists():
      theirs = {row['alpha_2']: row['alpha_3'] for row in json.loads(ISO_CODES.read_text())['3166-1']}
      self.assertEqual({row['alpha2']: row['alpha3'] for row in rows}, theirs)

  def test_every_country_is_taken(self):
    rows = ''.join(f'user{number}@contoso.com,{row["alpha2"]}\n' for number, row in enumerate(countries()))
    self.listed('upn,usage_location\n' + rows, harness.OK)

  def test_a_country_that_is_none(self):
    told = self.listed('upn,usage_location\nadele@contoso.com,UK\nalex@contoso.com,de\nallan@contoso.com,NO\n'
                       'bianca@contoso.com,EL\nbrian@contoso.com,USA\ncameron@contoso.com,Germany\n'
                       'lee@contoso.com,XX\n')
    for line, what in ((2, "'UK'"), (3, "'de'"), (5, "'EL'"), (6, "'USA'"), (7, "'Germany'"), (8, "'XX'")):
      self.assertRegex(told, rf'users.csv:{line}:\d+: error\[SS115\]: {what} is not a country code')
    self.assertNotIn('users.csv:4', told)
    for meant in ("'GB' (United Kingdom)", "'DE' (Germany)", "'GR' (Greece)", "'US' (United States)"):
      self.assertIn(f'Did you mean {meant}?', told)
    self.assertIn('two-letter code', told)

  def test_wherever_a_country_stands(self):
    told = self.validate(customer([f'{{upn: {ADELE}, usage_location: UK}}'], 'defaults: {usage_location: uk}\n'))
    self.assertEqual(told.count("Did you mean 'GB' (United Kingdom)?"), 2, told)

  def test_emptied_rows_are_skipped(self):
    self.listed('upn,usage_location\nadele@contoso.com,US\n,\n,\n\n"",""\n  ,\t\nalex@contoso.com,US\n', harness.OK)
    told = self.listed('upn,usage_location\n,\n,US\n')
    self.assertIn('users.csv:3:', told)
    self.assertNotIn('users.csv:2:', told)

  def test_a_file_of_empty_rows_names_nobody(self):
    self.assertIn('SS318', self.listed('upn,usage_location\n,\n,\n'))

  def test_what_nobody_sees_is_shown(self):
    told = self.listed('upn,usage_location\nadele@contoso.com\u00a0,US\nalex@contoso.com\u200b,US\n'
                       '\ufeffallan@contoso.com,US\nbianca@contoso.com,US\u00a0\n')
    for line, shown in ((2, r'adele@contoso.com\xa0'), (3, r'alex@contoso.com\u200b'),
                        (4, r'\ufeffallan@contoso.com'), (5, r'US\xa0')):
      self.assertRegex(told, rf'users.csv:{line}:')
      self.assertIn(f"'{shown}'", told)
    self.assertIn('U+00A0', told)
    self.assertNotIn('\u00a0', told)
    self.assertIn('U+200B', self.validate(customer(['"adele\u200b@contoso.com"'])))
    for blank in '\u1680\u2003\u202f\u3000':
      self.assertIn(f'it has a character that nobody sees, U+{ord(blank):04X}',
                    self.listed(f'upn\nadele@contoso.com{blank}\n'))

  def lists(self, content):
    """What a plan makes of a list: UPN -> the services that are off."""
    twin = self.twin(document([user(upn, licenses=['STANDARDPACK']) for upn in (ADELE, ALEX)]))
    contoso.set_up(self.ws, twin)
    self.ws.write('customers/users.csv', content)
    self.ws.write('customers/contoso.yaml', customer(['csv: users.csv']))
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)
    return {action['subject']['upn']: len(action['change']['add'][0]['disable'])
            for action in plan['actions'] if action['kind'] == 'swap-license'}

  def test_semicolons_tabs_and_what_a_spreadsheet_adds(self):
    want = {ADELE: 2, ALEX: 0}
    for content in (f'upn;disable\n{ADELE};SWAY,FORMS_PLAN_E3\n{ALEX};\n',
                    f'sep=;\r\nupn;usage_location;disable\r\n{ADELE};US;"SWAY;FORMS_PLAN_E3"\r\n{ALEX}\r\n;;\r\n',
                    f'disable\tupn\nSWAY;FORMS_PLAN_E3\t{ADELE}\n\t{ALEX}\n',
                    f'upn,disable\n{ADELE},SWAY;FORMS_PLAN_E3\n{ALEX},\n',
                    f'"upn";"disable"\n"{ADELE}";"SWAY;FORMS_PLAN_E3"\n"{ALEX}";""\n',
                    f'upn,disable,\n{ADELE},SWAY;FORMS_PLAN_E3,\n{ALEX},,\n',
                    f'upn;disable;;\n{ADELE};SWAY,FORMS_PLAN_E3;;\n{ALEX};;;;;\n',
                    f'upn,,disable\n{ADELE},,SWAY;FORMS_PLAN_E3\n{ALEX}\n'):
      with self.subTest(content=content):
        self.assertEqual(self.lists(content), want)

  def test_countries_and_hidden_characters_in_a_semicolon_list(self):
    """What a spreadsheet elsewhere saves: the same mistakes are found at the same cells."""
    told = self.listed(f'sep=;\nupn;usage_location;disable\n;;\n{ADELE};UK;"SWAY\u00a0;FORMS_PLAN_E3"\n'
                       f'{ALEX}\u202f;DE;\n;;\n')
    self.assertRegex(told, r"users.csv:4:\d+: error\[SS115\]: 'UK' is not a country code")
    self.assertIn("Did you mean 'GB' (United Kingdom)?", told)
    self.assertRegex(told, r'users.csv:5:\d+: ')
    self.assertIn(f"'{ALEX}\\u202f'", told)
    self.assertNotIn('\u202f', told)
    for line in (3, 6):
      self.assertNotIn(f'users.csv:{line}:', told)

  def test_a_row_parted_otherwise_than_its_header(self):
    self.assertIn(f"'{ADELE}", self.listed(f'upn;usage_location\n{ADELE},US\n'))
    self.assertIn('2 columns where the header has 1', self.listed(f'upn\n{ADELE},US\n'))

  def test_a_value_in_a_column_without_a_name(self):
    told = self.listed(f'upn,,\n{ADELE},,\n{ALEX},,US\n')
    self.assertRegex(told, 'users.csv:3:[0-9]+: .*a value in a column that has no name')
    self.assertNotIn('users.csv:1:', told)
    self.assertIn("there is no column 'upn'", self.listed(f',usage_location\n{ADELE},US\n'))

  def test_dates(self):
    today = datetime.date.today()
    good = customer(['holders_of: advisor']).replace('}\n    users:', ', retire_by: 2098-12-31}\n    users:')

    def day(offset):
      return (today + datetime.timedelta(days=offset)).isoformat()

    for old, new, words in (
        (f'agreed_on: {contoso.AGREED}', f'agreed_on: {day(9)}', f'agreed_on: {day(9)} is still to come'),
        (f'placed_on: {contoso.ORDERED}', f'placed_on: {day(9)}', f'placed_on: {day(9)} is still to come'),
        (f'agreed_on: {contoso.AGREED}', 'agreed_on: 2006-11-02', 'agreed_on: 2006-11-02 is too long ago'),
        (f'placed_on: {contoso.ORDERED}', 'placed_on: 2009-12-31', 'placed_on: 2009-12-31 is too long ago'),
        ('retire_by: 2098-12-31', f'retire_by: {day(-28)}', 'lies before the agreement or the order'),
        ('retire_by: 2098-12-31', f'retire_by: {day(-25)}', 'lies before the agreement or the order')):
      with self.subTest(new=new):
        self.assertIn(old, good)
        told = self.validate(good.replace(old, new))
        self.assertIn(words, told)
        self.assertIn('error[SS110]', told)
        self.ws.run('plan', 'contoso', expect=harness.INVALID)
    self.validate(good.replace(contoso.AGREED, day(0)).replace(contoso.ORDERED, day(0)), harness.OK)
    past = good.replace(contoso.AGREED, day(-9)).replace(contoso.ORDERED, day(-8)).replace('2098-12-31', day(-3))
    self.assertIn(f'warning[SS226]: retire_by: {day(-3)} is past', self.validate(past, harness.OK))


class OneRun(Files):
  """What can be judged of a file is told in one run, whatever else is wrong with it."""

  FIELDS = (('seats: 10', 'seats: many', 'SS109'), ('upfront-payment', 'upfront', 'SS110'))
  REST = ((f'agreed_on: {contoso.AGREED}', 'agreed_on: 2098-01-01', 'agreed_on: 2098-01-01 is still to come'),
          (f'placed_on: {contoso.ORDERED}', 'placed_on: 2006-11-05', 'placed_on: 2006-11-05 is too long ago'),
          ('order_of_work: assign-first\n', 'limits: {users_changed: 100%}\n', 'SS116'))

  def edited(self, *edits):
    text = customer(['holders_of: advisor'], 'order_of_work: assign-first\n')
    for old, new, _ in edits:
      self.assertIn(old, text)
      text = text.replace(old, new)
    return text

  def errors(self):
    files = self.ws.run_json('validate', expect=harness.INVALID)['files']
    return {row['message'] for file in files for row in file['diagnostics'] if row['severity'] == 'error'}

  def test_fields_and_what_is_judged_of_them(self):
    self.ws.write('seatshift.yaml', f'version: 1\nlimits: {{users_changed: 50%}}\npartner: {{tenant: {contoso.TENANT}}}\n')
    other = self.edited().replace('customer: contoso', 'customer: fabrikam')
    self.ws.write('customers/fabrikam.yaml', other)
    told = self.validate(self.edited(*self.FIELDS, *self.REST))
    for command in (told, self.ws.run('plan', 'contoso', expect=harness.INVALID).err):
      for words in [row[2] for row in self.FIELDS + self.REST] + ["the partner's own tenant", "of customer 'fabrikam'"]:
        self.assertIn(words, command)
      places = [int(line.split(':')[1]) for line in command.splitlines()
                if line.startswith('customers/contoso.yaml:')]
      self.assertEqual(places, sorted(places), command)
      self.assertGreaterEqual(len(places), 7)
    self.assertIn("of customer 'contoso'", told)

  def test_mended_one_after_the_other_nothing_new_comes_up(self):
    """Whichever of them is mended first, the second run tells of nothing that the first did not."""
    edits = self.FIELDS + self.REST[:2]
    self.ws.write('customers/contoso.yaml', self.edited(*edits))
    first = self.errors()
    self.assertGreaterEqual(len(first), len(edits))
    for mended in edits:
      with self.subTest(mended=mended[1]):
        self.ws.write('customers/contoso.yaml', self.edited(*[edit for edit in edits if edit != mended]))
        self.assertLess(self.errors(), first)

  def test_a_plan_tells_dates_and_the_other_customer_together(self):
    self.ws.write('customers/fabrikam.yaml', self.edited().replace('customer: contoso', 'customer: fabrikam'))
    self.ws.write('customers/contoso.yaml', self.edited(self.REST[0]))
    told = self.ws.run('plan', 'contoso', expect=harness.INVALID).err
    self.assertIn(self.REST[0][2], told)
    self.assertIn("of customer 'fabrikam'", told)

  def test_a_copy_that_is_not_filled_in(self):
    """Without a tenant it claims none; what is missing is told, and of the other customer nothing."""
    self.ws.write('customers/fabrikam.yaml', 'version: 1\ncustomer: contoso\nmoves: []\n')
    told = self.validate(self.edited())
    self.assertIn("'tenant' is missing", told)
    self.assertNotIn('SS120', told)


class Yaml(Files):
  """What the parser words for those who know its grammar gets a sentence for those who do not."""

  def test_help_lines(self):
    good = customer(['holders_of: advisor'])
    for old, new, place, words in (
        ('      seats: 10', '      seats:10', ':8:7:', "a space after the key: 'seats: 10'"),
        ('      seats: 10', '      seats = 10', ':8:7:', "a space after the key: 'seats: 10'"),
        ('      seats: 10', '      seats', ':8:7:', "a space after a key, and '- '"),
        ('{distributor: Example', '{distributor:Example', ':9:15:', "'distributor: Example Distribution'"),
        ('- holders_of: advisor', '- @adele', ':12:9:', 'begins with @ in quotes'),
        ('agreed_by: jane@contoso.com', 'agreed_by: @jane', ':4:', 'begins with @ in quotes'),
        ('- holders_of: advisor', '- `adele`', ':12:9:', 'begins with ` in quotes'),
        ('- holders_of: advisor', '- %adele', ':12:9:', 'begins with % in quotes'),
        ('- holders_of: advisor', '- *adele', ':12:9:', 'begins with * in quotes'),
        ('distributor: Example', 'distributor: Example: Two', ':9:', 'with a colon and a space in it in quotes'),
        ('version: 1', 'version: 1\nnote: one: two', ':2:10:', 'with a colon and a space in it in quotes'),
        ('- holders_of: advisor', '-holders_of: advisor', ':12:7:', 'a space after the dash'),
        ('- holders_of: advisor', '-adele@contoso.com', ':12:7:', "a space after the dash: '- adele@contoso.com'"),
        (f'placed_on: {contoso.ORDERED}}}', f'placed_on: {contoso.ORDERED}', ':10:', 'Close the bracket that is opened on line 9'),
        ('distributor: Example', 'distributor: "Example', ':9:', 'Close the quote'),
        ('      seats: 10', '     seats: 10', ':8:6:', 'does not line up'),
        ('      seats: 10', '        seats: 10', ':8:', 'further in'),
        ('      seats: 10', '\tseats: 10', ':8:', 'Indent with spaces'),
        ('distributor: Example', 'distributor: "C:\\keys"', ':9:', 'single quotes')):
      with self.subTest(new=new):
        self.assertIn(old, good)
        told = self.validate(good.replace(old, new, 1))
        self.assertIn(f'customers/contoso.yaml{place}', told)
        self.assertRegex(told, rf'help: .*{re.escape(words)}')


if __name__ == '__main__':
  harness.main()
