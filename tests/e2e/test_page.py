#!/usr/bin/env python3
"""A plan's HTML in a real browser: looks, widths, paper, keyboard, names for a screen reader, search.

SEATSHIFT_SCREENSHOTS=DIR keeps the pictures there, to be looked at. Skipped without Chromium.
"""

import os
import pathlib
import tempfile
import time
import unittest

import browser
import harness
from faces import NASTY, Plan

WIDTHS = 320, 375, 768, 1280
SEARCH_S = 60
STALL_MS = 1500  # one layout of all rows at once would take many seconds
BUSIEST = """
  window.longest = 0;
  let last = performance.now();
  setInterval(() => { const now = performance.now(); longest = Math.max(longest, now - last); last = now }, 5);
"""
PIECES = r"""
  const kinds = [/\d{4}-\d\d-\d\d/g, /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, /(?<!\S)[-+~!]\w+/g];
  const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  const range = document.createRange(), counts = kinds.map(() => 0), broken = [];
  while (texts.nextNode())
    kinds.forEach((kind, index) => [...texts.currentNode.data.matchAll(kind)].forEach(found => {
      range.setStart(texts.currentNode, found.index);
      range.setEnd(texts.currentNode, found.index + found[0].length);
      const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
      counts[index] += lines.size > 0 && !texts.currentNode.parentNode.closest('svg');
      if (lines.size > 1 && !texts.currentNode.parentNode.closest('thead'))
        broken.push(found[0]);
    }));
  return [counts, broken];
"""
NAMED = {'table', 'image', 'img', 'SvgRoot', 'searchbox', 'textbox', 'region', 'link', 'navigation', 'heading'}


def setUpModule():
  shared = unittest.enterModuleContext if hasattr(unittest, 'enterModuleContext') else None
  window = browser.Browser()
  globals()['WINDOW'] = shared(window) if shared else window.__enter__()
  if not shared:
    unittest.addModuleCleanup(window.__exit__)


class Page(unittest.TestCase):

  def open(self, plan, width=1280, height=900, scheme='light', change=lambda text: text):
    folder = tempfile.TemporaryDirectory(prefix='seatshift-page-')
    self.addCleanup(folder.cleanup)
    path = pathlib.Path(folder.name, 'plan.html')
    path.write_text(change(plan.text('html')))
    WINDOW.size(width, height)
    WINDOW.scheme(scheme)
    WINDOW.open(path)
    self.addCleanup(lambda: self.assertEqual(WINDOW.complaints(), []))

  def keep(self, name, data):
    if os.environ.get('SEATSHIFT_SCREENSHOTS'):
      pathlib.Path(os.environ['SEATSHIFT_SCREENSHOTS'], name).write_bytes(data)
    return data

  def style(self, selector, name):
    return WINDOW.run('return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]', selector, name)

  def test_light_and_dark(self):
    plan, seen = Plan(8), {}
    for scheme in ('light', 'dark'):
      self.open(plan, scheme=scheme)
      seen[scheme] = self.keep(f'{scheme}.png', WINDOW.whole_page())
      self.assertGreater(len(seen[scheme]), 50000)
      ground, ink = (sum(map(int, self.style('body', name)[4:-1].split(', ')))
                     for name in ('backgroundColor', 'color'))
      self.assertEqual(ground > ink, scheme == 'light')
    self.assertNotEqual(seen['light'], seen['dark'])

  def test_no_empty_space(self):
    """A step of one user takes the place of one user, seen or not."""
    self.open(Plan(5))
    self.assertLess(WINDOW.run('return Math.max(...[...document.querySelectorAll(".chunk")]'
                               '.map(node => node.offsetHeight))'), 300)

  def test_narrow(self):
    names = NASTY.read_text().splitlines()
    plans = {'plain': Plan(8)}
    plans |= {line: Plan(8, 'nasty', NASTY, names.index(line) + 1) for line in names if line.startswith('REPEAT')}
    for name, plan in plans.items():
      for width in WIDTHS:
        with self.subTest(name, width=width):
          self.open(plan, width)
          self.assertLessEqual(WINDOW.run('return document.documentElement.scrollWidth'), width)
          self.assertEqual(WINDOW.run(
            'return [...document.querySelectorAll("h1,h2,h3,p,li,dd,td,th,input")].filter(node =>'
            ' !node.closest(".scroll") && !node.closest("thead") && node.getBoundingClientRect().right >'
            ' innerWidth + 1).map(node => node.outerHTML.slice(0, 200))'), [])
          if name == 'plain':
            self.keep(f'{width}.png', WINDOW.whole_page())

  def test_what_is_read_in_one_piece(self):
    """On a phone and wider, no line ends within a day, an id, or between a sign and its name."""
    for width in (390, 820, 1440):
      with self.subTest(width=width):
        self.open(Plan(12, 'journal'), width)
        counts, broken = WINDOW.run(PIECES)
        self.assertGreater(min(counts), 2)  # of each kind
        self.assertEqual(broken, [])

  def test_paper(self):
    self.open(Plan(300, 'journal'), scheme='dark')
    paper = self.keep('print.pdf', WINDOW.pdf())
    self.assertTrue(paper.startswith(b'%PDF-'))
    self.assertGreater(paper.count(b'/Type /Page\n') + paper.count(b'/Type /Page '), 3)
    WINDOW.devtools('Emulation.setEmulatedMedia', media='print')
    self.addCleanup(WINDOW.devtools, 'Emulation.setEmulatedMedia', media='')
    self.assertEqual(self.style('nav', 'display'), 'none')
    self.assertEqual(self.style('.search', 'display'), 'none')
    self.assertEqual(self.style('.chunk', 'contentVisibility'), 'visible')
    self.assertEqual(self.style('body', 'color'), 'rgb(0, 0, 0)')
    self.keep('print.png', WINDOW.whole_page())

  def test_keyboard(self):
    self.open(Plan(8))
    tab, enter = '\ue004', '\ue007'
    focus = 'return document.activeElement.'
    WINDOW.keys(tab)
    self.assertEqual(WINDOW.run(focus + 'className'), 'skip')
    self.assertGreaterEqual(WINDOW.run(focus + 'getBoundingClientRect().left'), 0)
    WINDOW.keys(enter)
    self.assertEqual(WINDOW.run(focus + 'id'), 'main')
    reached = []
    for _ in range(10):
      WINDOW.keys(tab)
      reached.append(WINDOW.run(focus + 'id') or WINDOW.run(focus + 'getAttribute("aria-label")'))
    self.assertEqual(reached[0], 'query')  # nothing on the page has to be scrolled sideways

  def test_names_for_a_screen_reader(self):
    self.open(Plan(8))
    nodes = WINDOW.devtools('Accessibility.getFullAXTree')['nodes']
    told = [(node['role']['value'], node.get('name', {}).get('value', ''))
            for node in nodes if not node['ignored'] and node['role']['value'] in NAMED]
    self.assertEqual([role for role, name in told if not name.strip()], [])
    roles = [role for role, _ in told]
    for role in ('table', 'searchbox', 'region', 'navigation'):
      self.assertIn(role, roles)
    self.assertTrue({'image', 'img', 'SvgRoot'} & set(roles))

  def test_hostile_names_do_nothing(self):
    names = NASTY.read_text().splitlines()
    for line in ('<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '" onmouseover="alert(1)" x=\\\'',
                 '</title></style></script></svg></table></td><h1>out</h1>'):
      with self.subTest(line):
        self.open(Plan(8, 'nasty', NASTY, names.index(line) + 1))
        self.assertEqual(WINDOW.run(
          'return [document.scripts.length, document.images.length, document.querySelectorAll("h1").length,'
          ' [...document.querySelectorAll("*")].flatMap(node => node.getAttributeNames())'
          '.filter(name => name.startsWith("on")).length]'), [1, 0, 1, 0])

  def test_read_without_its_script(self):
    """Another script than the one the page names is refused: what is left is the page without any."""
    self.open(Plan(8), change=lambda text: text.replace('<script>', '<script>document.title = "ran";'))
    self.assertRegex(' '.join(WINDOW.complaints()), 'inline script')
    self.assertNotEqual(WINDOW.run('return document.title'), 'ran')
    self.assertEqual(self.style('.search', 'display'), 'none')
    self.assertEqual(WINDOW.run('return [...document.querySelectorAll(".chunk tbody tr")]'
                                '.filter(row => !row.offsetHeight).length'), 0)

  def found(self, query):
    WINDOW.run('const box = document.getElementById("query"); box.focus(); box.select()')
    WINDOW.keys(*query)
    end = time.monotonic() + SEARCH_S
    while time.monotonic() < end:
      said = WINDOW.run('return document.getElementById("found").textContent')
      if said.endswith(' found') and said != self.before:
        self.before = said
        return said, WINDOW.run('return [...document.querySelectorAll(".chunk:not([hidden]) tbody tr:not([hidden])")]'
                                '.map(row => row.textContent)')
      time.sleep(0.05)
    raise AssertionError(f'{query!r} was not found in {SEARCH_S} s')

  def press(self, column, descending):
    """Presses the head of a column of the longest step, and waits until all its rows stand in that order."""
    WINDOW.run("""
      const step = (node) => node.previousElementSibling.classList.contains('chunk') ? step(node.previousElementSibling) : node;
      window.longestStep = step([...document.querySelectorAll('.chunk:not(.last)')].pop());
      window.rowsNow = () => {
        const rows = [];
        for (let node = longestStep; node && node.classList.contains('chunk'); node = node.nextElementSibling)
          rows.push(...node.querySelectorAll('tbody tr'));
        return rows.map(row => row.cells[0].textContent);
      };
      longestStep.querySelectorAll('.sort')[arguments[0]].click()""", column)
    end = time.monotonic() + SEARCH_S
    while time.monotonic() < end:
      people = WINDOW.run('return rowsNow()')
      if people == sorted(people, reverse=descending):
        return people
      time.sleep(0.2)
    raise AssertionError(f'not sorted in {SEARCH_S} s')

  def test_sort(self):
    """By any column, up and down, across the tables that a long step is cut into; the buttons say how it is sorted."""
    self.open(Plan(1000))
    before = WINDOW.run('return document.querySelectorAll("tbody tr").length')
    up = self.press(0, False)
    self.assertGreater(len(up), 500)
    self.assertEqual(self.press(0, True), up[::-1])
    self.assertEqual(WINDOW.run('return document.querySelectorAll("tbody tr").length'), before)
    self.assertEqual(WINDOW.run('return [...longestStep.querySelectorAll("thead th")]'
                                '.map(head => head.getAttribute("aria-sort"))'), ['descending', None, None, None])

  def test_search_in_50000_users(self):
    self.before = ''
    self.open(Plan(50000))
    self.assertEqual(self.style('.search', 'display'), 'block')
    WINDOW.run(BUSIEST)
    said, rows = self.found('USER04321@')
    self.assertEqual((said, len(rows)), ('1 found', 1))
    self.assertIn('user04321@contoso.com', rows[0])
    said, rows = self.found('user0432')  # ten users, three of whom get a location too
    self.assertEqual((said, len(rows)), ('13 found', 13))
    self.keep('search.png', WINDOW.screenshot())
    self.found('@contoso')
    WINDOW.run('window.longest = 0')
    self.press(0, False)
    WINDOW.run('longest = 0')
    self.press(0, True)
    self.assertLess(WINDOW.run('return longest'), STALL_MS)


if __name__ == '__main__':
  if browser.missing():
    harness.skip_file(browser.missing())
  harness.main()
