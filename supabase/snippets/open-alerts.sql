-- Which alerts are open, since when, and were they delivered? Of errors, with what the last one said.
select a.kind, a.level, a.subject, a.opened_at, a.last_seen_at, a.occurrences, round((100 * a.divergence)::numeric, 1) as divergence_percent,
  a.message, e.message as last_error, a.delivery, a.delivery_reason
from public.vw_open_alerts a
left join lateral (
  select x.message from public.errors x where a.kind = 'error' and x.source = a.subject and x.code = a.message order by x.id desc limit 1
) e on true
order by a.opened_at desc, a.kind, a.subject;
