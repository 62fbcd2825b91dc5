create or replace view public.vw_missed_ticks with (security_invoker = true) as
-- Reckoned once a job, not once a tick.
with ticks as materialized (select x.job, x.every, 1.5 * x.every as longest from public.schedule_ticks x)
select 'cron' as kind, j.job as name, t.ticked_at as last_before, t.until,
  (ceil(extract(epoch from t.until - t.ticked_at) / extract(epoch from j.every)) - 1)::integer as missed,
  format('no tick for %s minutes', floor(extract(epoch from t.until - t.ticked_at) / 60)) as reason
from ticks j
cross join lateral (
  select c.ticked_at, lead(c.ticked_at, 1, now()) over (order by c.ticked_at) as until
  from public.cron_ticks c where c.job = j.job and c.ticked_at > now() - interval '7 days' and c.ticked_at <= now()
) t
where t.until > t.ticked_at + j.longest and (select internal.may_read_operations())
union all
select 'slot', r.slot, r.due_at, r.finished_at, 1, format('%s: %s', r.status, r.reason)
from public.slot_runs r
where r.status in ('missed', 'failed') and r.due_at > now() - interval '7 days'
  and (select internal.may_read_operations());
comment on view public.vw_missed_ticks is
  'The last seven days'' ticks that did not come: gaps between two ticks of a cron job longer than one and a half of its intervals (the '
  'last one ends now), and slots that were missed or failed.';
comment on column public.vw_missed_ticks.kind is 'cron or slot.';
comment on column public.vw_missed_ticks.name is 'The job of cron, or the slot.';
comment on column public.vw_missed_ticks.last_before is 'Of cron: the tick before the gap; of a slot: when it was due. UTC.';
comment on column public.vw_missed_ticks.until is 'Of cron: the next tick, or now; of a slot: when it was tried last or noticed. UTC.';
comment on column public.vw_missed_ticks.missed is 'How many ticks did not come.';
comment on column public.vw_missed_ticks.reason is 'In words.';

revoke all on public.vw_missed_ticks from anon, authenticated, service_role;
grant select on public.vw_missed_ticks to authenticated, service_role;
