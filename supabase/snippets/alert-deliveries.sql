-- What was the webhook told in the last seven days, and did it arrive?
select created_at, level, status, reason, attempts, response_status, sent_at, delivered_at, digest_id, payload ->> 'text' as told
from public.alert_deliveries
where created_at > now() - interval '7 days'
order by id desc;
