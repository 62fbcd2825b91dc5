-- The canary log: what was decided, noticed and noted, by whom and why; the latest first.
select happened_at, rollout_id, stage, kind, actor, reason, subject, figures
from public.rollout_events
order by id desc
limit 100;
