#!/bin/bash
# Sends the pipeline to a pool five times and tells the jobs' ids.
set -e
FOLDER=pipeline
cat > $FOLDER/job.json <<MANIFEST
{"entrypoint": "pipeline.py", "interpreter": "python3", "outputs": ["harbours.json"], "timeout": 120, "memory_mb": 256}
MANIFEST
tar czf pipeline.tar.gz -C $FOLDER .
JOBS=()
for i in $(seq 1 5); do
  RESPONSE=$(curl -s -X POST $POOL_URL/submit \
    -F "files=@pipeline.tar.gz" \
    -F "manifest=$(cat $FOLDER/job.json)")
  JOB_ID=$(echo $RESPONSE | jq -r '.job_id')
  JOBS+=($JOB_ID)
done
curl -s $POOL_URL/pool | jq '{
  total_workers: .total_workers,
  healthy_workers: .healthy_workers,
  queued_jobs: .queued_jobs,
  loads: [.workers[] | {worker: .worker_id[0:16], active: .active_jobs, max: .max_concurrent_jobs}]
}' > loads.json
printf '%s\n' "${JOBS[@]}"
