"""Slurm from Debian (slurm-wlm) on loopback: a controller and three nodes, without systemd, in a folder of its own.

Only processes that were started here are ever ended: by their ids, and a node's by the folder in their environment.
"""

import getpass
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

PROGRAMS = 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scontrol', 'sinfo'
NODES, CPUS = ('n1', 'n2', 'n3'), 4
PATH = os.environ.get('PATH', '') + ':/usr/sbin:/sbin'

CONF = '''\
ClusterName=seatshift
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={controller}
AuthType=auth/none
CredType=cred/none
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=2,sched_interval=2
SlurmctldTimeout=10
SlurmdTimeout=10
InactiveLimit=0
KillWait=2
ReturnToService=2
SlurmdParameters=config_overrides
MailProg=/bin/true
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobRequeue=1
{nodes}
PartitionName=fleet Nodes=ALL Default=YES MaxTime=INFINITE State=UP
'''


def missing():
  """Why there is no Slurm to start; '' when there is one."""
  absent = [name for name in PROGRAMS if not shutil.which(name, path=PATH)]
  return f'slurm-wlm is not installed: no {", ".join(absent)}' if absent else ''


def free_port():
  with socket.socket() as holder:
    holder.bind(('127.0.0.1', 0))
    return holder.getsockname()[1]


def wait_until(condition, timeout_s, pause_s=0.2):
  end = time.monotonic() + timeout_s
  while time.monotonic() < end:
    if condition():
      return True
    time.sleep(pause_s)
  return False


class Cluster:

  def __init__(self, folder):
    self.folder = pathlib.Path(folder)
    self.folder.mkdir()
    self.conf = self.folder / 'slurm.conf'
    self.env = {'PATH': PATH, 'SLURM_CONF': str(self.conf), 'LANG': 'C.UTF-8', 'HOME': str(self.folder)}
    self.daemons = {}

  def __enter__(self):
    for name in ('state', *(f'spool-{node}' for node in NODES)):
      (self.folder / name).mkdir()
    nodes = '\n'.join(f'NodeName={node} NodeHostname=localhost NodeAddr=127.0.0.1 Port={free_port()} CPUs={CPUS} '
                      'RealMemory=1000 State=UNKNOWN' for node in NODES)
    self.conf.write_text(CONF.format(controller=free_port(), user=getpass.getuser(), folder=self.folder, nodes=nodes))
    self.start_controller()
    for node in NODES:
      self.start_node(node)
    if not wait_until(lambda: self.run('sinfo', '-h', '-o', '%T', check=False).split() == ['idle'], 60):
      self.__exit__()
      raise AssertionError('Slurm did not come up:\n' + '\n'.join(
        path.read_text()[-1500:] for path in sorted(self.folder.glob('*.log'))))
    return self

  def __exit__(self, *_):
    for name in (*NODES, 'slurmctld'):
      if name in self.daemons:
        self._end(name, signal.SIGKILL)
    for node in NODES:
      self._end_everything_on(node)

  def run(self, *words, check=True, env=None, cwd=None):
    done = subprocess.run(words, env={**self.env, **(env or {})}, cwd=cwd, capture_output=True, text=True, timeout=60)
    if check and done.returncode:
      raise AssertionError(f'{words}: {done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout

  def _start(self, name, *words):
    with open(self.folder / f'{name}.out', 'ab') as out:
      self.daemons[name] = subprocess.Popen([shutil.which(words[0], path=PATH), *words[1:]], env=self.env,
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.folder)

  def _end(self, name, number):
    self.daemons[name].send_signal(number)
    self.daemons.pop(name).wait(30)

  def start_controller(self):
    self._start('slurmctld', 'slurmctld', '-D', '-f', str(self.conf))

  def kill_controller(self):
    """As a power cut would: nothing is said to anybody."""
    self._end('slurmctld', signal.SIGKILL)

  def start_node(self, node):
    self._start(node, 'slurmd', '-D', '-f', str(self.conf), '-N', node)

  def lose_node(self, node):
    """The daemon and everything that it runs is gone at once."""
    self._end(node, signal.SIGKILL)
    self._end_everything_on(node)

  def _end_everything_on(self, node):
    """By the environment that Slurm gave them: this cluster's configuration, and the node's name."""
    wanted = {f'SLURM_CONF={self.conf}'.encode(), f'SLURMD_NODENAME={node}'.encode()}
    for _ in range(3):  # what was starting something meanwhile
      for path in pathlib.Path('/proc').glob('[0-9]*/environ'):
        try:
          words = set(path.read_bytes().split(b'\0'))
          command = (path.parent / 'cmdline').read_bytes()
        except OSError:
          continue
        step = command.startswith(f'slurmstepd-{node}'.encode()) and f'SLURM_CONF={self.conf}'.encode() in words
        if wanted <= words or step:
          try:
            os.kill(int(path.parent.name), signal.SIGKILL)
          except ProcessLookupError:
            pass
      time.sleep(0.1)

  def submit(self, script, env, cwd):
    return re.search(r'\d+', self.run('sbatch', str(script), env=env, cwd=cwd))[0]

  def pending_or_running(self):
    return self.run('squeue', '-h', '-a', '-o', '%T', check=False).split()

  def let_requeued_begin(self):
    """Slurm lets a requeued job wait for two minutes."""
    for row in self.run('squeue', '-h', '-a', '-r', '-t', 'PD', '-o', '%i %r', check=False).splitlines():
      job, _, reason = row.partition(' ')
      if reason == 'BeginTime':
        self.run('scontrol', 'update', f'jobid={job}', 'starttime=now', check=False)

  def tend(self):
    """What a person does where a controller was killed: it has lost its last five seconds. What it had begun in them
    it begins again, which the node refuses, since that job is running; the node is drained and the job held. What had
    ended in them it takes for running until the node registers again, which may be minutes later."""
    for row in self.run('sinfo', '-h', '-N', '-o', '%N %T', check=False).splitlines():
      node, _, state = row.partition(' ')
      if 'drain' in state:
        self.run('scontrol', 'update', f'nodename={node}', 'state=resume', check=False)
    for row in self.run('squeue', '-h', '-a', '-r', '-t', 'PD', '-o', '%i %r', check=False).splitlines():
      job, _, reason = row.partition(' ')
      if 'held' in reason:
        self.run('scontrol', 'release', job, check=False)
    self.run('scontrol', 'reconfigure', check=False)  # which makes nodes register
