create or replace function internal.plan_slot(p_date date, p_time time, p_what text, p_plan text) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object(p_what, r.round -> 'total') || case when r.round -> 'more' = 'true' then jsonb_build_object('more', true) else '{}' end
  from internal.plan_round(format('%s %s', p_what, internal.slot_key(p_date, p_time)), p_plan, 1.2) r(round)
$$;
comment on function internal.plan_slot(date, time, text, text) is
  'What a slot that plans returns: under p_what how many it has planned, and more while it is not through all symbols (see plan_round).';
revoke execute on function internal.plan_slot(date, time, text, text) from public;
