"""Where a fleet stands: the same facts in every format, the page in a real browser, drift, and the report."""

import csv
import io
import re
import unittest
import xml.etree.ElementTree

import browser
import contoso
import harness
import many
from test_fleet import FLEET, FleetCase


LISTED = 'return Array.from(document.querySelectorAll("tbody tr")).filter(row => row.offsetHeight).length'


class Seeing(FleetCase):
  """Four customers: one waits to be cancelled, one failed, one done, one not begun."""

  def setUp(self):
    super().setUp()
    self.start(4, FLEET.replace('{name: rest}', '{name: next, customers: [contoso-0001, contoso-0002]}\n  - {name: rest}')
               + 'parallel: 2\n', hand=[0])
    self.plan()
    self.server.redeem(many.tenant_id(0), 'ENTERPRISEPACK', many.HOLDERS)
    self.ws.write('customers/contoso-0001.yaml', many.customer(1, holders=2, retire=False))
    self.apply(expect=harness.STALE)

  def test_every_format_says_the_same(self):
    status = self.ws.run_json('fleet', 'status', self.fleet, expect=harness.OK)
    self.assertEqual(self.states(status), {'0000': 'waiting', '0001': 'failed', '0002': 'done', '0003': 'not-started'})
    self.assertEqual([row['who'] for row in status['members']], ['operator', 'operator', None, 'fleet'])
    self.assertEqual((status['users'], status['users_moved']), (12, 6))
    self.assertEqual(status['billed_twice']['windows_open'], 1)
    self.assertEqual(status['billed_twice']['next_last_safe_day'], contoso.RETIRE_BY)
    self.assertFalse(any(row['late'] for row in status['members']), 'what is normal is no alarm')
    self.assertEqual([(wave['name'], wave['gate']) for wave in status['waves']],
                     [('pilot', 'open'), ('next', 'waiting'), ('rest', 'waiting')])
    text = self.ws.run('fleet', 'status', self.fleet, expect=harness.OK).out
    self.assertRegex(' '.join(text.split()), rf'contoso-0000 +pilot +waiting +3/3 +cancel by {contoso.RETIRE_BY}')
    markdown = self.ws.run('fleet', 'status', self.fleet, '--format', 'markdown', expect=harness.OK).out
    self.assertIn(f'<!-- seatshift:fleet {self.fleet} -->', markdown)
    self.assertIn('| `contoso-0002` | `next` | done | 3/3 |', markdown)
    self.assertEqual(self.server.counters()['requests'], len(self.server.log()))

  def test_the_report(self):
    report = self.ws.run_json('fleet', 'report', self.fleet, expect=harness.OK)
    self.assertEqual({name: count for name, count in report['counts'].items() if count},
                     {'done': 1, 'failed': 1, 'waiting': 1, 'not-started': 1})
    causes = {row['state']: row['cause'] for row in report['groups']}
    self.assertEqual(causes['waiting'], 'retire-subscription')
    table = self.ws.run('fleet', 'report', self.fleet, '--format', 'csv').out
    self.assertEqual(self.ws.run('fleet', 'report', self.fleet, '--format', 'csv-bom').out, '\ufeff' + table)
    rows = list(csv.DictReader(io.StringIO(table)))
    self.assertEqual([row['state'] for row in rows], ['waiting', 'failed', 'done', 'not-started'])
    self.assertTrue(rows[0]['moved_at'] and not rows[0]['done_at'] and rows[2]['done_at'])
    suite = xml.etree.ElementTree.fromstring(self.ws.run('fleet', 'report', self.fleet, '--format', 'junit').out)
    self.assertEqual({key: suite.get(key) for key in ('tests', 'failures', 'errors', 'skipped')},
                     {'tests': '4', 'failures': '1', 'errors': '0', 'skipped': '2'})
    self.assertIn('| 1 | failed |', self.ws.run('fleet', 'report', self.fleet, '--format', 'markdown').out)
    self.ws.run('fleet', 'report', self.fleet, '--format', 'html', expect=harness.INVALID)

  def test_drift(self):
    answer = self.ws.run_json('fleet', 'drift', self.fleet, '--detailed-exitcode', expect=harness.OK)
    self.assertEqual([row['customer'] for row in answer['members']], ['contoso-0000', 'contoso-0002'])
    self.server.control('user', tenant=many.tenant_id(2), upn=many.upn(2, 1), set={'remove': ['ENTERPRISEPACK']})
    answer = self.ws.run_json('fleet', 'drift', self.fleet, '--detailed-exitcode', expect=harness.CHANGES)
    self.assertEqual([row['status'] for row in answer['members']], [0, 2])
    self.assertIn(many.upn(2, 1), answer['members'][1]['first'])
    self.assertEqual(answer['not_begun'], 2)

  @unittest.skipIf(browser.missing(), browser.missing())
  def test_the_page_with_5000_rows(self):
    html = self.ws.run('fleet', 'status', self.fleet, '--format', 'html', expect=harness.OK).out
    self.assertNotRegex(html, r'(?i)\b(src|href)=|@import|url\(|https?://', 'one file, no network')
    row = re.search(r'<tr data-s=waiting>.*?</tr>', html, re.S)[0]
    more = ''.join(row.replace('contoso-0000', f'fabrikam-{number:04}') for number in range(5000))
    page = self.ws.dir / 'fleet.html'
    page.write_text(html.replace('</tbody>', more + '</tbody>'))
    with browser.Browser() as window:
      for width, dark in ((1400, False), (420, True)):
        window.size(width, 900)
        window.scheme('dark' if dark else 'light')
        window.open(page)
        self.assertEqual(window.run('return document.getElementById("o").textContent'),
                         '5004 customers, the first 250 listed')
        # What is not listed costs no layout: that is what keeps thousands from freezing.
        self.assertEqual(window.run(LISTED), 250)
        self.assertLessEqual(window.run('return document.documentElement.scrollWidth'), width, 'nothing sticks out')
        shown = window.run('''
          document.getElementById("s").value = "failed";
          document.getElementById("s").dispatchEvent(new Event("change"));
          return Array.from(document.querySelectorAll("tbody tr")).filter(row => row.offsetHeight).map(
            row => row.cells[0].textContent);''')
        self.assertEqual(shown, ['contoso-0001'])
        first = window.run('''
          document.getElementById("s").value = "";
          document.getElementById("s").dispatchEvent(new Event("change"));
          const head = document.querySelector("thead button");
          head.click();
          head.click();
          return document.querySelector("tbody tr").cells[0].textContent;''')
        self.assertEqual(first, 'fabrikam-4999')
        self.assertEqual(window.run(LISTED), 250)
        self.assertEqual(window.run('document.getElementById("m").click();' + LISTED), 5004)
        self.assertEqual(window.run('return document.getElementById("o").textContent'), '5004 customers')
        self.assertTrue(window.run('return document.getElementById("m").hidden'))


class Nobody(FleetCase):

  def test_hostile_names_cannot_act(self):
    self.start(1, 'version: 1\n')
    self.plan()
    self.ws.write(f'fleets/{self.fleet}/results/contoso-0000.json',
                  '{"at":"2026-11-29T10:00:00.000Z","customer":"contoso-0000","format":"seatshift-fleetresult/1",'
                  '"message":"<script>x</script> | @all \\u001b[31m","plan":"0","status":7}\n')
    html = self.ws.run('fleet', 'status', self.fleet, '--format', 'html').out
    self.assertNotIn('<script>x', html)
    self.assertNotIn('\x1b', self.ws.run('fleet', 'status', self.fleet).out)
    self.assertIn('\\|', self.ws.run('fleet', 'status', self.fleet, '--format', 'markdown').out)


del FleetCase  # its own tests are in test_fleet.py

if __name__ == '__main__':
  harness.main()
