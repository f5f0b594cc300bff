#!/usr/bin/env bash
# The fault campaign: kills at random moments, failing system calls, conditions of machines. docs/reliability.md has its results.
#
#   scripts/campaign/campaign.sh [TOOLS_FOLDER]      `make campaign` builds first; CAMPAIGN=small takes minutes, else hours
#
# Ends non-zero when anything is wrong; each wrong run is named on standard error.
set -uo pipefail
cd "$(dirname "$0")/../.."
tools="${1:-$(swift build -c release --show-bin-path)}"
if [ "${CAMPAIGN:-full}" = small ]; then
    kills=8 faults=3 files=1000 hours=0.1 errors=ENOSPC,EROFS
else
    kills=150 faults=0 files=10000 hours=4 errors=ENOSPC,EIO,EDQUOT,EROFS
fi
status=0
echo "== Killed at random moments"
python3 scripts/campaign/kill.py "$tools" --kills "$kills" || status=1
echo "== Failing system calls"
python3 scripts/campaign/faults.py "$tools" --most "$faults" --errors "$errors" || status=1
echo "== Conditions of machines"
python3 scripts/campaign/conditions.py "$tools" --files "$files" --hours "$hours" || status=1
exit "$status"
