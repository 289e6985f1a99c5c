#!/usr/bin/env python3
"""Every face of a plan: golden outputs, hostile names, sizes from 5 to 50,000 users, determinism.

UPDATE_GOLDEN=1 rewrites tests/golden/faces/.
"""

import codecs
import csv
import html.parser
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import harness
from faces import FACES, MAKE_PLAN, NASTY, ROOT, SEATSHIFT, Plan, run

GOLDEN = ROOT / 'tests/golden/faces'
MARKDOWN_MAX = 60000
CMARK_EXTENSIONS = [word for name in ('table', 'autolink', 'strikethrough', 'tagfilter', 'tasklist')
                    for word in ('-e', name)]


class Outline(html.parser.HTMLParser):
  """Tags with the names of their attributes, and how often text stands between."""

  def __init__(self, page, comments=0):
    super().__init__(convert_charrefs=True)
    self.comments = comments  # that may stand in it
    self.tags, self.open, self.errors, self.said = [], [], [], []
    self.feed(page)
    self.close()

  def handle_starttag(self, tag, attrs):
    self.tags.append((tag, tuple(name for name, _ in attrs)))
    if tag not in ('meta', 'input', 'br'):
      self.open.append(tag)

  def handle_startendtag(self, tag, attrs):
    self.tags.append((tag, tuple(name for name, _ in attrs)))

  def handle_endtag(self, tag):
    if not self.open or self.open.pop() != tag:
      self.errors.append(f'</{tag}>')

  def handle_data(self, data):
    self.said.append(data)

  def handle_comment(self, data):
    self.comments -= 1
    if self.comments < 0:
      self.errors.append(f'<!--{data}-->')


SPAN = re.compile(r'(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)')


def without_ids(text):
  return re.sub(r'\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b|\b[0-9a-f]{8}(?=`$)', 'ID', text, flags=re.M)


WORDS = re.compile(r"(?:S|&quot;|[A-Za-z0-9.,:;()'\"!?×→·… -])+")  # what may stand outside code, and code


def markdown_outline(text):
  """Lines and cells with every code span replaced, and then what of a sentence stands around it: what is left acts."""
  text = without_ids(text)
  lines = []
  for line in re.sub(r'```mermaid\n.*?```\n', 'GRAPH\n', text, flags=re.S).split('\n'):
    cells = re.split(r'(?<!\\)\|', line)
    lines.append([WORDS.sub('W', SPAN.sub('S', cell)) for cell in cells])
  return lines


def quoted_outline(text, pattern):
  return re.sub(pattern, 'S', without_ids(text))


DOT_STRING = r'"(?:[^"\\]|\\.)*"'
MERMAID_STRING = r'"[^"]*"'
PS_PIECE = r"(?:'(?:[^']|'')*'|\[char\]0x[0-9a-f]{4}|\[char\]::ConvertFromUtf32\(0x[0-9a-f]{5}\))"
PS_STRING = r"\('(?:[^']|'')*'(?: \+ " + PS_PIECE + r")*\)|'(?:[^']|'')*'"


def powershell_parts(script):
  head, _, rest = script.partition("$Manifest = @'\n")
  manifest, end, tail = rest.partition("\n'@\n")
  assert end, 'the manifest has no end'
  settings = head[head.index('$Plan = @{'):]
  return quoted_outline(settings, PS_STRING), [json.loads(line) for line in manifest.split('\n')], tail


class Golden(unittest.TestCase):
  def test_faces(self):
    plan = Plan(6)
    self.assertEqual(plan.faces['text'], plan.shown)
    for name, extension in FACES.items():
      with self.subTest(name):
        path = GOLDEN / f'plan.{extension}'
        if os.environ.get('UPDATE_GOLDEN'):
          GOLDEN.mkdir(parents=True, exist_ok=True)
          path.write_bytes(plan.faces[name])
        self.assertEqual(path.read_bytes(), plan.faces[name], f'{path} differs')

  def test_same_bytes_every_time(self):
    first, second = Plan(30), Plan(30)
    self.assertEqual(first.faces, second.faces)
    self.assertEqual(first.again, first.faces['html'])

  def test_json_is_the_plan(self):
    shown = json.loads(Plan(6).faces['json'])
    self.assertEqual(shown['id'], shown['digest'][7:19])
    self.assertTrue(shown['path'].endswith('/plan.json'))

  def test_outcomes_come_from_the_journal(self):
    plan = Plan(12, 'journal')
    # People and steps, who failed by name, and each step with how far it is.
    self.assertRegex(plan.text('text'), r'DONE +1 of 12 people +1 of 6 steps')
    for name in ('text', 'markdown', 'html'):
      said = ' '.join(re.sub('<[^>]*>', ' ', plan.text(name)).split())
      self.assertRegex(said, r'1 of 12 people moved and verified; 1 failed: .?user0', name)
      self.assertRegex(said, r'Failed for 1 person\W.*Who: .?user0', name)
      self.assertRegex(said, r'(✓ +1 .* redeem-key|redeem-key .*\bdone\b)', name)
    self.assertIn('| already |', plan.text('markdown'))
    self.assertIn('>failed<', plan.text('html'))
    rows = list(csv.DictReader(io.StringIO(plan.text('csv'), newline='')))
    self.assertEqual(sorted(row['outcome'] for row in rows if row['outcome']), ['already', 'failed'])
    self.assertEqual(plan.faces['powershell'], Plan(12).faces['powershell'])

  def test_csv_for_excel(self):
    """The same bytes behind one byte order mark, by --format and by --also."""
    with tempfile.TemporaryDirectory() as folder:
      path = run(MAKE_PLAN, folder, '5').decode().strip()
      run(SEATSHIFT, '-C', folder, 'show', path, '--also', f'csv={folder}/a.csv', '--also', f'csv-bom={folder}/b.csv')
      plain, marked = (pathlib.Path(folder, name).read_bytes() for name in ('a.csv', 'b.csv'))
      self.assertEqual(marked, codecs.BOM_UTF8 + plain)
      self.assertFalse(plain.startswith(codecs.BOM_UTF8))
      self.assertEqual(run(SEATSHIFT, '-C', folder, 'show', path, '--format', 'csv-bom'), marked)

  def test_what_is_done_is_no_decision(self):
    """The key is redeemed: in no face does that need a decision, and in each it is said under another heading."""
    plan = Plan(12, 'journal')
    headings = {'text': ('  Needs your decision:', '  Done already:', '\n\n'),
                'markdown': ('### Needs your decision', '### Done already', '\n\n|'),
                'html': ('>Needs your decision</h2>', '>Done already</h2>', '</section>')}
    for name, (open_list, done_list, end) in headings.items():
      with self.subTest(name):
        face = plan.text(name)
        asked = face[face.index(open_list):face.index(done_list)]
        done = face[face.index(done_list):]
        done = done[:done.index(end, len(done_list))]
        self.assertIn('Cancelled', asked)
        self.assertNotIn('Redeemed for good', asked)
        self.assertIn('Redeemed for good', done)
        self.assertNotIn('Cancelled', done)
    fresh = Plan(12)
    for name in headings:
      self.assertIn('Redeemed for good', fresh.text(name))
      self.assertNotIn('Done already', fresh.text(name))

  def test_powershell_brackets(self):
    """Every bracket outside strings and comments is closed in order."""
    script = Plan(6).text('powershell')
    code = re.sub(r"<#.*?#>|@'\n.*?\n'@|'(?:[^']|'')*'|#[^\n]*", ' ', script, flags=re.S)
    stack = []
    for char in re.sub(r'[^][(){}]', '', code):
      if char in '([{':
        stack.append(char)
      else:
        self.assertEqual(stack.pop() + char, {')': '()', ']': '[]', '}': '{}'}[char])
    self.assertFalse(stack)
    self.assertNotIn('"', code)
    self.assertLess(script.index('$context.TenantId -ne'), script.index('Get-MgOrganization -'))
    self.assertLess(script.rindex('throw'), script.index('foreach ($line in'))

  def test_wrong_format_is_told_before_anything_is_written(self):
    with tempfile.TemporaryDirectory() as folder:
      path = run(MAKE_PLAN, folder, '5').decode().strip()
      for word in ('pdf=x', 'html', 'html=', '=x'):
        run(SEATSHIFT, '-C', folder, 'show', path, '--also', f'csv={folder}/a.csv', '--also', word, status=3)
      self.assertFalse(os.path.exists(f'{folder}/a.csv'))


class Hostile(unittest.TestCase):
  """A plan whose every name is a nasty string has the outline of one whose every name is plain."""

  @classmethod
  def setUpClass(cls):
    cls.lines = NASTY.read_text().splitlines()
    cls.plain = Plan(8, 'nasty', NASTY, len(cls.lines))
    cls.plans = {line: Plan(8, 'nasty', NASTY, number) for number, line in enumerate(cls.lines, 1)}

  def check_each(self, check):
    for line, plan in self.plans.items():
      with self.subTest(line):
        check(plan)

  def test_no_controls_anywhere(self):
    def check(plan):
      for name in FACES:
        text = plan.text(name)
        bad = re.findall(r'[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]',
                         text)
        self.assertFalse(bad if name != 'json' else None, name)
        if name != 'csv':
          self.assertNotIn('\r', text if name != 'json' else '')
    self.check_each(check)

  def test_text_keeps_its_lines(self):
    """But for what is filled: its further lines are indented as nothing else is, by 4 blanks or by 11 at least."""
    def beginnings(plan):
      before, label, after = plan.text('text').partition('\n  RETIRES ')
      return [len([line for line in part.split('\n') if not re.match(r' {4}\S| {11,}\S', line)]) for part in (before, after)], label
    def check(plan):
      self.assertEqual(beginnings(plan), beginnings(self.plain))
      self.assertLess(max(map(len, plan.text('text').split('\n'))), 1400)
    self.check_each(check)

  def test_html(self):
    want = Outline(self.plain.text('html'))
    self.assertFalse(want.errors)
    def check(plan):
      got = Outline(plan.text('html'))
      self.assertEqual(got.tags, want.tags)
      self.assertFalse(got.errors + got.open)
    self.check_each(check)

  def test_markdown(self):
    want = markdown_outline(self.plain.text('markdown'))
    def check(plan):
      self.assertEqual(markdown_outline(plan.text('markdown')), want)
      self.assertLessEqual(len(plan.faces['markdown']), MARKDOWN_MAX)
    self.check_each(check)

  @unittest.skipUnless(shutil.which('cmark-gfm'), 'cmark-gfm is not installed')
  def test_markdown_rendered(self):
    """As GitHub renders it: the elements of a plain plan, none of them acts, and data stands in code but for plain words."""
    def rendered(plan):
      done = subprocess.run(['cmark-gfm', '--unsafe', *CMARK_EXTENSIONS], input=plan.faces['markdown'],
                            capture_output=True, check=True)
      outline = Outline(done.stdout.decode(), comments=1)
      outside = WORDS.sub('', re.sub(r'<code.*?</code>', 'S', done.stdout.decode(), flags=re.S))
      return outline, outside
    want, outside = rendered(self.plain)
    self.assertFalse(want.errors)
    self.assertFalse({'a', 'img', 'script', 'input'} & {tag for tag, _ in want.tags})
    def check(plan):
      got, said = rendered(plan)
      self.assertEqual([tag for tag in got.tags if tag[0] != 'code'], [tag for tag in want.tags if tag[0] != 'code'])
      self.assertFalse(got.errors + got.open)
      self.assertEqual(said, outside)
    self.check_each(check)

  def test_csv(self):
    want = len(list(csv.reader(io.StringIO(self.plain.text('csv'), newline=''), strict=True)))
    def check(plan):
      rows = list(csv.reader(io.StringIO(plan.text('csv'), newline=''), strict=True))
      self.assertEqual((len(rows), {len(row) for row in rows}), (want, {12}))
      for row in rows:
        for field in row:
          self.assertNotRegex(field, r'^[=+\-@\t\r]')
    self.check_each(check)

  def test_graphs(self):
    def check(plan):
      for name, pattern in (('dot', DOT_STRING), ('mermaid', MERMAID_STRING)):
        self.assertEqual(quoted_outline(plan.text(name), pattern),
                         quoted_outline(self.plain.text(name), pattern))
    self.check_each(check)

  @unittest.skipUnless(shutil.which('dot'), 'graphviz is not installed')
  def test_dot_draws(self):
    def check(plan):
      drawn = subprocess.run(['dot', '-Tsvg'], input=plan.faces['dot'], capture_output=True, check=False)
      self.assertEqual(drawn.returncode, 0, drawn.stderr)
      self.assertEqual(drawn.stdout.count(b'<g id="node'), 6)
    self.check_each(check)

  def test_powershell(self):
    settings, manifest, body = powershell_parts(self.plain.text('powershell'))
    def check(plan):
      script = plan.text('powershell')
      self.assertTrue(script.isascii())
      got_settings, got_manifest, got_body = powershell_parts(script)
      self.assertEqual((got_settings, got_body), (settings, body))
      self.assertEqual([sorted(line) for line in got_manifest], [sorted(line) for line in manifest])
    self.check_each(check)


class Sizes(unittest.TestCase):
  def check_fixed_parts(self, plan, removed):
    """What is never cut, in every face that people read."""
    full = json.loads(plan.faces['json'])
    for name in ('text', 'markdown', 'html'):
      text = plan.text(name)
      for word in (full['digest'], full['tenant']['id'], 'redeem-key', 'retire-subscription', '7QX2K',
                   '6f2d8a4c-51b7-4e0e-9c3d-2b8e7f6a1d90', *removed):
        self.assertIn(word, text, f'{name}: {word}')

  def test_users(self):
    for users, gone in ((5, 5), (500, 500), (50000, 3)):
      with self.subTest(users):
        plan = Plan(users)
        self.check_fixed_parts(plan, [f'user{gone:05}@contoso.com'])
        markdown = plan.text('markdown')
        self.assertTrue(markdown.startswith('<!-- seatshift:plan contoso -->\n'))
        self.assertLessEqual(len(plan.faces['markdown']), MARKDOWN_MAX)
        self.assertEqual('left out here' in markdown, users > 1000)
        self.assertEqual(markdown.count('<details>'), markdown.count('</details>'))
        page = plan.text('html')
        for number in (1, users // 2, users):
          self.assertIn(f'user{number:05}@contoso.com', page)
        self.assertEqual(len(plan.text('csv').splitlines()), users + 1)
        self.assertLess(len(plan.text('dot').splitlines()), 40)
        self.assertEqual(len(plan.text('mermaid').splitlines()), len(self.small.text('mermaid').splitlines()))

  @classmethod
  def setUpClass(cls):
    cls.small = Plan(8)

  def test_left_out_is_counted(self):
    markdown = Plan(2000).text('markdown')
    rows = len(re.findall(r'^\| `user\d{5}@contoso.com` \| `STANDARDPACK` \| `ENTERPRISEPACK`', markdown, re.M))
    left_out = sum(int(count.replace(',', '')) for count, _ in
                   re.findall(r'\*\*([\d,]+) of ([\d,]+) people are left out here', markdown))
    locations = len(re.findall(r'^\| `user\d{5}@contoso.com` \|  \| `US`', markdown, re.M))
    self.assertEqual(rows + locations + left_out, 1999 + 499)

  def test_removals_are_never_cut(self):
    for users, fits in ((150, True), (1500, True), (6000, False)):
      with self.subTest(users):
        plan = Plan(users, 'removals')
        removed = [f'user{number:05}@contoso.com' for number in range(3, users + 1)]
        self.check_fixed_parts(plan, removed)
        self.assertEqual(len(plan.faces['markdown']) <= MARKDOWN_MAX, fits)
        self.assertEqual('what is taken from whom is never cut' in plan.text('markdown'), not fits)


class Accessible(unittest.TestCase):
  def test_landmarks_and_tables(self):
    page = Plan(8).text('html')
    outline = Outline(page)
    tags = [tag for tag, _ in outline.tags]
    self.assertIn('lang="en"', page)
    drawings = [attrs for tag, attrs in outline.tags if tag == 'svg' and 'role' in attrs]  # in them are others, for boxes
    self.assertEqual(len(drawings), 2)
    for tag in ('title', 'main', 'header', 'footer', 'nav', 'h1'):
      self.assertEqual(tags.count(tag), 1 + (len(drawings) if tag == 'title' else 0), tag)
    self.assertEqual(tags.count('table'), tags.count('caption'))
    self.assertTrue(all('scope' in attrs for tag, attrs in outline.tags if tag == 'th'))
    self.assertTrue(all('aria-labelledby' in attrs for attrs in drawings))
    ids = re.findall(r' id="([^"]+)"', page)
    self.assertEqual(len(ids), len(set(ids)))
    for target in re.findall(r'(?:href="#|for="|aria-labelledby=")([^"]+)"', page):
      self.assertIn(target, ids)
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r'h[1-6]', tag)]
    self.assertTrue(all(b - a <= 1 for a, b in zip(levels, levels[1:])))

  def test_nothing_is_fetched(self):
    page = Plan(8).text('html')
    self.assertNotRegex(page, r'\b(?:src|srcset|action|xlink:href)=|url\(|@import|https?://')

  def test_contrast(self):
    """Text on its ground, light and dark: WCAG AA, 4.5 to 1."""
    css = (ROOT / 'plans/faces/page.css').read_text()
    light, dark = (dict(re.findall(r'--([a-z-]+):(#[0-9a-f]{3,6})', part))
                   for part in (css.split('@media')[0], css.split('@media')[1]))
    for theme in (light, light | dark):
      for ink in ('ink', 'soft'):
        for ground in ('paper', 'panel', 'graph', 'hand', 'take'):
          self.assertGreaterEqual(contrast(theme[ink], theme[ground]), 4.5, (ink, ground))
      for ink in ('accent', 'good', 'warn', 'bad', 'twice'):
        self.assertGreaterEqual(contrast(theme[ink], theme['paper']), 4.5, ink)


def luminance(color):
  digits = color[1:] if len(color) == 7 else ''.join(digit * 2 for digit in color[1:])
  parts = [int(digits[at:at + 2], 16) / 255 for at in (0, 2, 4)]
  linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
  high, low = sorted((luminance(one), luminance(other)), reverse=True)
  return (high + 0.05) / (low + 0.05)


if __name__ == '__main__':
  harness.main()
