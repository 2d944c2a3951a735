-- Guarded by all that may refer to it: a submit may have done so since it was found.
delete from artifacts
where sha256 = :sha256
    and not exists (select 1 from job_inputs where job_inputs.sha256 = artifacts.sha256)
    and not exists (select 1 from job_outputs where job_outputs.sha256 = artifacts.sha256)
    and not exists (select 1 from artifact_uploads where artifact_uploads.sha256 = artifacts.sha256)
