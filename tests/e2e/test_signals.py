"""A signal ends every wait, and nothing is asked after it."""

import re
import signal
import time

import contoso
import harness
import signin
from looking import Looking

SOON = 40  # seconds: far less than what is waited for without a signal or a deadline, on a busy machine too
READING = (('plan', 'contoso'), ('status', 'contoso'), ('drift', 'contoso'), ('doctor', 'contoso'),
           ('discover', '--tenant', contoso.TENANT))


class Signals(Looking):
  """One signal, wherever something is waited for."""

  def ended(self, process, log, most=1):
    """Interrupted at once, with at most one request after the signal."""
    # Held for a moment, so that what was sent before the signal is counted before it.
    process.send_signal(signal.SIGSTOP)
    before = -1
    while before != len(log()):
      before = len(log())
      time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    result = self.ws.finish(process, SOON)
    self.assertEqual(result.status, 130, result)
    self.assertLessEqual(len(log()) - before, most, result)
    return result

  def wait_for(self, condition):
    self.assertTrue(harness.wait_until(condition))

  def test_while_reading(self):
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    self.ws.run('apply', plan, '--yes', expect=harness.WAITING)
    for kind, more in (('503', {'retry_after': 60}), ('429', {'retry_after': 60}), ('latency', {'latency_ms': 60000}),
                       ('drop', {}), ('malformed', {})):
      for args in (*READING, ('apply', plan, '--yes')):
        if args[0] == 'doctor':  # has a line for each check, whatever becomes of the others
          continue
        with self.subTest(kind, args=args):
          twin.control('clear')
          twin.control('fault', kind=kind, match={'path': '*/subscribedSkus*', 'count': 0}, **more)
          before = len(twin.log())
          process = self.ws.start(*args, '-v')
          seen = lambda: any('subscribedSkus' in entry['path'] or any('subscribedSkus' in part['path'] for part in entry['parts'])
                             for entry in twin.log()[before:])
          if kind == 'latency':  # is in the log only when it is answered
            self.wait_for(lambda: len(twin.log()) > before)
            time.sleep(0.3)
          else:
            self.wait_for(seen)
          self.ended(process, twin.log)

  def test_while_a_program_gives_the_key(self):
    twin = self.start()
    tool = self.ws.dir / 'tool'
    tool.write_text(f'#!/bin/sh\ntouch {self.ws.dir}/asked\nsleep 600\n')
    tool.chmod(0o755)
    path = self.ws.repo / 'customers/contoso.yaml'
    path.write_text(path.read_text().replace('{env: CONTOSO_OPEN_KEY', f'{{command: [{tool}]'))
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    process = self.ws.start('step', plan, 'redeem-key', '--show-key')
    twin.control('device', user_code=self.code(process), tenant=contoso.TENANT)
    self.wait_for((self.ws.dir / 'asked').exists)
    self.ended(process, twin.log)

  def code(self, process):
    shown = b''
    while not re.search(rb'code (\S+)\n', shown):
      line = process.stderr.readline()
      self.assertTrue(line, shown)
      shown += line
    return re.search(rb'code (\S+)\n', shown)[1].decode()

  def test_while_somebody_is_to_sign_in(self):
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    process = self.ws.start('step', plan, 'redeem-key', '--show-key')
    self.code(process)
    self.ended(process, twin.log)

  def test_at_a_gate(self):
    twin = self.start()
    plan = self.ws.run_json('plan', 'contoso', expect=harness.OK)['id']
    process = self.ws.start('apply', plan, '--yes', '--wait', '10m')
    self.wait_for(lambda: (self.ws.repo / 'plans/contoso' / plan / 'journal.jsonl').exists())
    time.sleep(1)
    before = len(twin.log())
    process.send_signal(signal.SIGTERM)
    self.assertIn(self.ws.finish(process, SOON).status, (130, harness.WAITING))
    self.assertLessEqual(len(twin.log()) - before, 1)


class DeviceCode(signin.TestCase):

  def test_a_run_by_device_code(self):
    twin = self.start({'public': True}, 'device-code')
    for wait in (0, 6):  # before the first question whether somebody has signed in, and between two
      with self.subTest(wait):
        process, fd = self.at_terminal('plan', 'contoso', '-v')
        self.read_until(fd, r'enter the code (\S+)')
        time.sleep(wait)
        before = len(twin.log())
        process.send_signal(signal.SIGINT)
        self.end(process, fd, 130)
        self.assertLessEqual(len(twin.log()) - before, 1)

  def test_a_person_has_time(self):
    """What is said after three seconds is for the service."""
    twin = self.start({'public': True}, 'device-code')
    process, fd = self.at_terminal('plan', 'contoso', '-v')
    found, said = self.read_until(fd, r'enter the code (\S+)')
    time.sleep(4)
    twin.control('device', user_code=found[1], tenant=contoso.TENANT, user='adele.vance@contoso.com')
    said += self.end(process, fd, harness.OK) or ''
    self.assertNotIn('waiting for', said)

  def test_a_person_has_as_much_time_as_the_deadline(self):
    self.start({'public': True}, 'device-code')
    process, fd = self.at_terminal('plan', 'contoso', '-v', '--deadline', '3s')
    self.read_until(fd, r'enter the code (\S+)')
    said = self.end(process, fd, harness.ERROR)
    self.assertIn('nobody has signed in', said)


if __name__ == '__main__':
  harness.main()
