-- Artifacts that nothing seems to refer to: read beside the writer, which is asked again before anything is deleted.
select sha256
from artifacts
where sha256 > :after
    and not exists (select 1 from job_inputs where job_inputs.sha256 = artifacts.sha256)
    and not exists (select 1 from job_outputs where job_outputs.sha256 = artifacts.sha256)
    and not exists (select 1 from artifact_uploads where artifact_uploads.sha256 = artifacts.sha256)
order by sha256
limit :limit
