create or replace function internal.quantile_levels_id(p_levels double precision[]) returns smallint
language plpgsql set search_path = ''
as $$
declare
  v_id smallint;
begin
  select q.id into v_id from public.quantile_levels q where q.levels = p_levels;
  if v_id is null then
    insert into public.quantile_levels (levels) values (p_levels) on conflict do nothing;
    select q.id into strict v_id from public.quantile_levels q where q.levels = p_levels;
  end if;
  return v_id;
end
$$;
comment on function internal.quantile_levels_id(double precision[]) is 'The id of a list of levels in quantile_levels, which is stored if it is new.';
revoke execute on function internal.quantile_levels_id(double precision[]) from public;
