create or replace function internal.require_actor(p_actor text) returns text
language plpgsql stable set search_path = ''
as $$
begin
  if coalesce(btrim(p_actor), '') = '' or length(btrim(p_actor)) > 200 or lower(btrim(p_actor)) = 'automatic'
    or p_actor ~ '[[:cntrl:]]' then
    perform internal.refuse(400, 'no_actor', format(
      'A decision needs the name of who takes it, on one line of 1 to 200 characters and not automatic, not "%s"', left(p_actor, 250)));
  end if;
  return btrim(p_actor);
end
$$;
comment on function internal.require_actor(text) is 'The name of who decides, without blanks around it; raises no_actor.';
revoke execute on function internal.require_actor(text) from public;
