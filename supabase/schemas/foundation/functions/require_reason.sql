create or replace function internal.require_reason(p_reason text) returns text
language plpgsql stable set search_path = ''
as $$
begin
  if coalesce(p_reason, '') !~ '[^[:space:]]' then
    perform internal.refuse(400, 'no_reason', 'This needs its reason: it is what the log of the rollout will say');
  end if;
  return btrim(p_reason);
end
$$;
comment on function internal.require_reason(text) is 'The reason of a decision, without blanks around it; raises no_reason.';
revoke execute on function internal.require_reason(text) from public;
