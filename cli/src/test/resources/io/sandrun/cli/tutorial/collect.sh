#!/bin/bash
# Fetches what the jobs of a list have left, and tells who made it.
mkdir -p results
while IFS= read -r JOB_ID; do
  STATUS=$(curl -s $POOL_URL/status/$JOB_ID | jq -r '.pool_status')
  if [ "$STATUS" = "completed" ]; then
    curl -s $POOL_URL/outputs/$JOB_ID/harbours.json -o results/${JOB_ID}.json
    jq -c '.summary' results/${JOB_ID}.json
    WORKER_ID=$(curl -s $POOL_URL/status/$JOB_ID | jq -r '.worker_id')
    REMOTE_JOB=$(curl -s $POOL_URL/status/$JOB_ID | jq -r '.worker_status.job_id')
    echo "worker ${WORKER_ID:0:16} job $REMOTE_JOB"
  else
    echo "status $STATUS"
  fi
done < "$1"
