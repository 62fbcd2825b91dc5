create or replace function internal.rollout_errors(p_since timestamptz, p_until timestamptz) returns table (
  id bigint, source text, code text, message text, occurred_at timestamptz, class text)
language sql stable set search_path = ''
as $$
  select e.id, e.source, e.code, e.message, e.occurred_at, internal.failure_class('error', e.source, e.code, e.details)
  from public.errors e where e.occurred_at >= p_since and e.occurred_at <= p_until
$$;
comment on function internal.rollout_errors(timestamptz, timestamptz) is
  'Errors that nobody handled from one time to another, each with its class: whose fault it is (failure_class).';
revoke execute on function internal.rollout_errors(timestamptz, timestamptz) from public;
