create or replace function internal.failure_consequence(p_class text) returns text
language sql immutable set search_path = ''
as $$
  select case
    when p_class in ('candidate', 'judge') then 'counts'
    when p_class = 'bars' then 'holds'
    when p_class = 'request' then 'none'
    else 'noted'
  end
$$;
comment on function internal.failure_consequence(text) is
  'What a failure of a class comes to. counts: against the candidate, an error rolls back. holds: the stage, by the criterion on errors, as '
  'those that count do. noted: in the canary log. none: not even that. The one place of this rule.';
revoke execute on function internal.failure_consequence(text) from public;
