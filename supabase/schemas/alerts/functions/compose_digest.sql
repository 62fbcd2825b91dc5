create or replace function internal.compose_digest(p_ids bigint[]) returns jsonb
language sql stable set search_path = ''
as $$
  select internal.webhook_payload(format('%s alerts since %s: %s. The worst:%s%s', cardinality(p_ids),
    (select to_char(min(d.created_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC') from public.alert_deliveries d where d.id = any (p_ids)),
    (select string_agg(format('%s %s', l.n, replace(l.level, '_', ' ')), ', ' order by internal.alert_rank(l.level), l.level)
      from (select d.level, count(*) as n from public.alert_deliveries d where d.id = any (p_ids) group by d.level) l),
    -- Written for the webhook already: its marks are taken back, or they would be marked twice.
    (select string_agg(E'\n- ' || left(replace(replace(replace(w.text, '&lt;', '<'), '&gt;', '>'), '&amp;', '&'), 400), '' order by w.place)
      from (
        select d.payload ->> 'text' as text, row_number() over (order by internal.alert_rank(d.level), d.id) as place
        from public.alert_deliveries d where d.id = any (p_ids)
      ) w where w.place <= 5),
    E'\nAll of them are in public.alert_deliveries.'))
$$;
comment on function internal.compose_digest(bigint[]) is 'One message for many: how many of each level, and the five worst in their own words.';
revoke execute on function internal.compose_digest(bigint[]) from public;
