#!/bin/sh
#SBATCH --job-name=seatshift-fleet
#SBATCH --array=0-@LAST@
#SBATCH --ntasks=1
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=seatshift-fleet-%A-%a.log
# Written by `seatshift fleet generate slurm`; from then on it is yours. Each task of the array walks its slice of
# the fleet. Submit it in the customers' repository, on a file system that every node sees:
#     sbatch fleet.slurm.sh
# and again (scrontab, or by hand) to resume what waited for a person or a soak.
set -u
fleet=${SEATSHIFT_FLEET:-@FLEET_ID@}
[ -n "$fleet" ] || { echo 'SEATSHIFT_FLEET is not set' >&2; exit 3; }
[ -z "${SLURM_SUBMIT_DIR:-}" ] || cd "$SLURM_SUBMIT_DIR" || exit 3
status=0
seatshift fleet run "$fleet" --shard slurm --shards @SHARDS@ --yes --wait "${SEATSHIFT_WAIT:-10m}" || status=$?
case $status in
0) exit 0 ;;
9) echo 'waits for a person, a gate or a soak: submit it again later'; exit 0 ;;
10 | 11 | 12 | 130)
	# Worth another try, so many times.
	if [ "${SLURM_RESTART_COUNT:-0}" -lt "${SEATSHIFT_REQUEUES:-5}" ]; then
		scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}" && sleep 60
	fi ;;
esac
exit "$status"
