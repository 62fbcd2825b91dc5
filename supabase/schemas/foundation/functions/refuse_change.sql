create or replace function internal.refuse_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  -- rename_symbol: what is about a symbol stays about it, and says so by its new name.
  if tg_table_name = 'rollout_events' and tg_op = 'UPDATE' and current_setting('plumbline.renames_symbol', true) = 'true' then
    if to_jsonb(new) - '{subject, figures}'::text[] = to_jsonb(old) - '{subject, figures}'::text[] then
      return new;
    end if;
  end if;
  perform internal.refuse(409, 'append_only', format('%s is append-only: a row once written is neither changed nor deleted', tg_table_name));
  return null;
end
$$;
comment on function internal.refuse_change() is 'Trigger: refuses to change or delete the rows of an append-only table (append_only); rename_symbol may '
  'change subject and figures of an event.';
revoke execute on function internal.refuse_change() from public;
